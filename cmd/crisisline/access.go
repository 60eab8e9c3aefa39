package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// openAudit is who did what on the pages.
func openAudit(cfg *config.Config, st *store, sealer *call.Sealer, log *slog.Logger) *audit.Log {
	return audit.New(st.UniversalClient, cfg.Service.ID, audit.Root{
		Seal: sealer.Seal, Open: sealer.Open, Derive: func(secret []byte) (audit.Keys, error) {
			own, err := call.NewSealer(secret)
			if err != nil {
				return audit.Keys{}, err
			}
			return audit.Keys{Seal: own.Seal, Open: own.Open, Sign: own.Sign, Verify: own.Verify}, nil
		},
	}, log)
}

// rewrapAudit keeps the audit's own key under the privacy key of today, while the
// one before is still known. It is done an hour after the start, when every
// instance has the new one.
func (s *service) rewrapAudit(ctx context.Context) error {
	if !s.cfg.Privacy.PreviousKey.IsSet() {
		return nil
	}
	return s.audit.Rewrap(ctx)
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
		o.Provider = access.NewProvider(providerOptions(c))
	}
	return access.NewGate(o)
}

// mostLogo bounds a logo: it is on every page.
const mostLogo = 256 << 10

// openLogo reads the trust's own logo, nil when there is none.
func openLogo(file string) (*console.Logo, error) {
	if file == "" {
		return nil, nil
	}
	kind := map[string]string{".svg": "image/svg+xml", ".png": "image/png"}[strings.ToLower(filepath.Ext(file))]
	if kind == "" {
		return nil, fmt.Errorf("console.logo_file: %s is neither .svg nor .png", file)
	}
	body, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("console.logo_file: %w", err)
	}
	if len(body) > mostLogo {
		return nil, fmt.Errorf("console.logo_file: %s has more than %d kB: make it smaller", file, mostLogo>>10)
	}
	return &console.Logo{Body: body, Type: kind}, nil
}
