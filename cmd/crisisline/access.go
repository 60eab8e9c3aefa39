package main

import (
	"log/slog"
	"strings"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// openAudit is who did what on the pages.
func openAudit(cfg *config.Config, st *store, sealer *call.Sealer, log *slog.Logger) *audit.Log {
	return audit.New(st.UniversalClient, cfg.Service.ID, audit.Keys{
		Seal: sealer.Seal, Open: sealer.Open, Sign: sealer.Sign, Verify: sealer.Verify,
	}, log)
}

// openGate is who may open the pages.
func (s *service) openGate() (*access.Gate, error) {
	c := s.cfg.Console
	o := access.Options{
		Store: access.NewStore(s.store.UniversalClient, s.cfg.Service.ID), Now: s.now,
		Secure: strings.HasPrefix(c.PublicURL, "https:"), Idle: c.Idle, Longest: c.Longest,
		Development: c.DevelopmentSignIn, As: s.signInAs, Responder: s.signInResponder, Log: s.log,
	}
	for _, r := range c.Roles {
		o.Rules = append(o.Rules, access.Rule{Group: r.Group, Role: access.Role(r.Role), Teams: r.Teams})
	}
	if c.OIDCIssuer != "" {
		home := c.PublicURL
		if home == "" {
			home = "http://" + c.Listen
		}
		o.Provider = access.NewProvider(access.ProviderOptions{
			Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret.Reveal(),
			ReturnURL: strings.TrimSuffix(home, "/") + "/sign-in/return", Scopes: c.OIDCScopes,
			GroupsClaim: c.GroupsClaim, PersonClaim: c.PersonClaim, ResponderClaim: c.ResponderClaim,
		})
	}
	return access.NewGate(o)
}
