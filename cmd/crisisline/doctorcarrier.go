package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"example.org/crisisline/config"
	"example.org/crisisline/rota"
	"example.org/crisisline/twilio"
)

// dated remembers the Date of the last answer: the carrier's clock, to the second.
type dated struct {
	next http.RoundTripper
	last atomic.Pointer[time.Time]
}

func (d *dated) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := d.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if t, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		d.last.Store(&t)
	}
	return res, nil
}

// examineCarrier looks at the account, the clock, and every number of the plan.
// It gives the fallback documents that stand apart from this service.
func examineCarrier(ctx context.Context, e *examination, cfg *config.Config, plan *rota.Rota, now func() time.Time) (apart []fallback) {
	const check = "twilio"
	if cfg.Twilio.AccountSID == "" || !cfg.Twilio.AuthToken.IsSet() {
		e.fail(check, "set twilio.account_sid and twilio.auth_token_file", "no account: nobody can be rung")
		return nil
	}
	wire := &dated{next: http.DefaultTransport}
	c, err := twilio.NewClient(twilio.ClientOptions{
		AccountSID: cfg.Twilio.AccountSID, AuthToken: cfg.Twilio.AuthToken.Reveal(), BaseURL: cfg.Twilio.APIBaseURL,
		Region: cfg.Twilio.Region, Edge: cfg.Twilio.Edge, Budget: cfg.Twilio.RequestBudget, HTTP: &http.Client{Transport: wire},
	})
	if err != nil {
		e.fail(check, "see twilio.* in config.example.yaml", "%s", err)
		return nil
	}
	err = c.CheckAccount(ctx)
	if theirs := wire.last.Load(); theirs != nil {
		examineSkew(e, "clock", "Twilio's", theirs.Sub(now()).Truncate(time.Second))
	}
	switch {
	case err == nil:
		e.ok(check, "%s takes the account and its token", c.Host())
	case errors.Is(err, twilio.ErrAuth):
		e.fail(check, "copy the account SID and the primary auth token from the Twilio console; a region has a token of its own", "%s does not take the account and its token", c.Host())
		return nil
	case errors.Is(err, twilio.ErrRefused):
		e.fail(check, "look at the account in the Twilio console", "%s", err)
		return nil
	default:
		e.fail(check, "see that this machine may open HTTPS connections to "+c.Host(), "%s", err)
		return nil
	}
	if cfg.Twilio.CallsPerSecond <= 1 {
		e.warn(check, "ask Twilio for more calls per second, then set twilio.calls_per_second", "1 call a second: when several callers wait, phones ring one second after another")
	}
	if plan != nil && cfg.HTTP.PublicURL != "" {
		for _, line := range plan.Plan().Lines {
			apart = append(apart, examineLine(ctx, e, c, cfg, line)...)
		}
	}
	return apart
}

// fallback is where a line's calls go when this service is gone.
type fallback struct {
	line  string
	setup twilio.NumberSetup
}

// examineLine compares where a line's numbers point with where they should. It
// names the line, never the number.
func examineLine(ctx context.Context, e *examination, c *twilio.Client, cfg *config.Config, line rota.PlannedLine) (apart []fallback) {
	const check = "number"
	base := strings.TrimRight(cfg.HTTP.PublicURL, "/")
	for i, number := range line.Numbers {
		setup, err := c.FetchNumber(ctx, number.E164())
		switch {
		case errors.Is(err, twilio.ErrGone) && line.Retired != nil:
			e.warn(check, "keep retired numbers for as long as anyone may ring them", "line %s (retired), number %d: the account does not have it", line.ID, i+1)
			continue
		case errors.Is(err, twilio.ErrGone):
			e.fail(check, "buy or port it, or take it out of the plan; numbers are set up per region", "line %s, number %d: the account does not have it", line.ID, i+1)
			continue
		case err != nil:
			e.warn(check, "try again", "line %s, number %d: %s", line.ID, i+1, err)
			continue
		}
		before := len(*e)
		examineSetup(e, line.ID, i+1, base, setup)
		if len(*e) == before {
			e.ok(check, "line %s, number %d: leads here, and elsewhere when we are gone", line.ID, i+1)
		}
		if setup.FallbackURL != "" && !sameHost(setup.FallbackURL, base) {
			apart = append(apart, fallback{line.ID, setup})
		}
	}
	return apart
}

func examineSetup(e *examination, line string, n int, base string, s twilio.NumberSetup) {
	const check = "number"
	if !leadsTo(s.VoiceURL, base+"/voice/inbound") || s.VoiceMethod != http.MethodPost {
		e.fail(check, "set its voice URL to POST "+base+"/voice/inbound", "line %s, number %d: calls do not lead here", line, n)
	}
	switch {
	case s.FallbackURL == "":
		e.fail(check, "crisisline plan export --fallback-twiml --line "+line+", host the document apart from this service, and set it as the number's fallback URL",
			"line %s, number %d: no fallback URL: when we are gone, callers hear an error and are cut off", line, n)
	case sameHost(s.FallbackURL, base):
		e.warn(check, "better: a document hosted apart from this service (crisisline plan export --fallback-twiml --line "+line+")",
			"line %s, number %d: the fallback URL leads to this service, which may be what is gone", line, n)
	}
	if !leadsTo(s.StatusURL, base+"/voice/status") {
		e.warn(check, "set its status callback to POST "+base+"/voice/status", "line %s, number %d: we are not told when a caller hangs up; it is found out later", line, n)
	}
}

// leadsTo compares addresses without the connection overrides behind the #.
func leadsTo(address, want string) bool {
	address, _, _ = strings.Cut(address, "#")
	return address == want
}

func sameHost(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && ua.Host == ub.Host
}
