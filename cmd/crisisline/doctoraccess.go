package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
	"example.org/crisisline/router"
)

// providerPatience is how long the provider has to say who it is.
const providerPatience = 5 * time.Second

// providerOptions are what the configuration says of where people sign in.
func providerOptions(c config.Console) access.ProviderOptions {
	home := c.PublicURL
	if home == "" {
		home = "http://" + c.Listen
	}
	return access.ProviderOptions{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret.Reveal(),
		ReturnURL: strings.TrimSuffix(home, "/") + "/sign-in/return", Scopes: c.OIDCScopes,
		GroupsClaim: c.GroupsClaim, PersonClaim: c.PersonClaim, ResponderClaim: c.ResponderClaim,
	}
}

// examineSignIn looks at who can open the pages. Calls never depend on it.
func examineSignIn(ctx context.Context, e *examination, cfg *config.Config, plan *rota.Rota) {
	const check = "sign-in"
	c := cfg.Console
	if c.Listen == "" {
		e.ok(check, "there are no pages: console.listen is empty")
		return
	}
	if plan != nil {
		_, teams := router.Names(plan)
		for _, r := range c.Roles {
			for _, t := range r.Teams {
				if !slices.Contains(teams, t) {
					e.warn(check, "mend console.roles: the plan has "+strings.Join(teams, ", "), "group %q is given a role for team %q, which the plan does not have", r.Group, t)
				}
			}
		}
	}
	if c.OIDCIssuer == "" {
		e.ok(check, "no provider: people sign in by one-time codes (crisisline access code)")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	if err := access.NewProvider(providerOptions(c)).Reach(ctx); err != nil {
		e.warn(check, "docs/SIGN-IN.md; until then: crisisline access code. Calls are not affected", "the provider does not answer: %s", err)
		return
	}
	e.ok(check, "the provider answers; it must send people back to %s", providerOptions(c).ReturnURL)
}

// examineTries looks whether tries to sign in may be counted: under a key that
// begins with the limiter's own word, which the store's user must be allowed.
func examineTries(ctx context.Context, e *examination, cfg *config.Config, st redis.UniversalClient) {
	key := "rate:cl:{" + cfg.Service.ID + "}:tries:doctor"
	if err := st.Get(ctx, key).Err(); err != nil && strings.HasPrefix(err.Error(), "NOPERM") {
		e.warn("sign-in", "allow it ~rate:cl:* (deploy/README.md)", "the store's user may not count tries to sign in, so nobody can")
	}
}

// examineAudit verifies who did what, and that each plan that is kept is the one
// that was published.
func examineAudit(ctx context.Context, e *examination, cfg *config.Config, log *audit.Log, b *rota.Book) {
	const check = "audit"
	plans := publishedPlans{}
	count, err := log.Verify(ctx, func(o audit.Entry) error { plans.see(o); return nil })
	switch {
	case errors.Is(err, audit.ErrKey):
		e.fail(check, "set privacy.previous_key to the key it was written with", "cannot be read back: was privacy.key changed?")
		return
	case errors.Is(err, audit.ErrBroken):
		e.fail(check, "docs/SIGN-IN.md says what to do; keep a copy of the store", "%s", err)
		return
	case err != nil:
		e.fail(check, "see the store", "%s", err)
		return
	}
	kept, err := b.History(ctx, historyMost)
	if err != nil && !errors.Is(err, rota.ErrNoPlan) {
		e.fail(check, "see the plan", "plans cannot be compared: %s", err)
		return
	}
	if problems := plans.differ(kept); len(problems) > 0 {
		e.fail(check, "docs/SIGN-IN.md says what to do; keep a copy of the store", "%s", strings.Join(problems, "; "))
		return
	}
	e.ok(check, "%d entries hold together", count)
	examineRewrapped(ctx, e, cfg, log)
}

// examineRewrapped says when the privacy key before may be forgotten.
func examineRewrapped(ctx context.Context, e *examination, cfg *config.Config, log *audit.Log) {
	if !cfg.Privacy.PreviousKey.IsSet() {
		return
	}
	now, err := call.NewSealer([]byte(cfg.Privacy.Key.Reveal()))
	if err != nil {
		return // the privacy check says it
	}
	if opens, err := log.KeyOpens(ctx, now.Open); err == nil && !opens {
		e.warn("audit", "leave privacy.previous_key until the service has run for an hour", "its key is still kept under privacy.previous_key")
	}
}

func (s *service) examineAccess(ctx context.Context, e *examination, plan *rota.Rota) {
	examineSignIn(ctx, e, s.cfg, plan)
	examineTries(ctx, e, s.cfg, s.store.UniversalClient)
	if held := s.audit.Holds(ctx, s.now()); held.Err != nil {
		e.fail("audit", "docs/SIGN-IN.md says what to do; keep a copy of the store", "%s", held.Err)
	} else if held.Whole {
		e.ok("audit", "%d entries hold together", held.Count)
	} else {
		e.warn("audit", "crisisline access audit verify", "%s", fmt.Sprintf("%d entries hold so far; it is still being looked at", held.Count))
	}
}
