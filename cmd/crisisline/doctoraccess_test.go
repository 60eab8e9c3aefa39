package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"
)

// TestDoctorLooksAtSignIn: whether people can sign in, and what to do when not.
func TestDoctorLooksAtSignIn(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.finds("sign-in", verdictOK, "no provider")
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Server.Close() })
	with := func(issuer, team string) *clinic {
		other := *c
		other.environ = append(slices.Clone(c.environ), "CRISISLINE_CONSOLE_OIDC_ISSUER="+issuer, "CRISISLINE_CONSOLE_OIDC_CLIENT_ID=us",
			"CRISISLINE_CONSOLE_PUBLIC_URL=https://rota.example.org", "CRISISLINE_CONFIG="+c.leads(team))
		return &other
	}
	with(provider.Issuer(), "pseh").finds("sign-in", verdictOK, "must send people back to https://rota.example.org/sign-in/return")
	with(provider.Issuer(), "nowhere").finds("sign-in", verdictWarn, `for team "nowhere", which the plan does not have`)
	silent := httptest.NewServer(http.NotFoundHandler())
	defer silent.Close()
	with(silent.URL, "pseh").finds("sign-in", verdictWarn, "the provider does not answer")
	both := with(provider.Issuer(), "pseh")
	both.environ = append(both.environ, "CRISISLINE_CONSOLE_DEVELOPMENT_SIGN_IN=true")
	both.finds("config", verdictFail, "console.development_sign_in")
}

// leads writes a configuration that makes shift leads of a team.
func (c *clinic) leads(team string) string {
	c.t.Helper()
	file := filepath.Join(c.folder, team+".yaml")
	if err := os.WriteFile(file, []byte("console: {roles: [{group: leads, role: shift_lead, teams: ["+team+"]}]}\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return file
}

// TestDoctorLooksAtTheAudit: what was taken out of it is found; rotating the
// service's key is said to be half done until it is done.
func TestDoctorLooksAtTheAudit(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.finds("audit", verdictOK, "0 entries hold together")
	c.types(exitDone, "access", "code", "--for", "x", "--role", "viewer")
	c.types(exitDone, "access", "code", "--for", "y", "--role", "viewer")
	c.finds("audit", verdictOK, "2 entries hold together")

	rotated := *c
	rotated.environ = append(slices.Clone(c.environ), "CRISISLINE_PRIVACY_KEY="+strings.Repeat("n", 32), "CRISISLINE_PRIVACY_PREVIOUS_KEY="+strings.Repeat("k", 32))
	rotated.finds("audit", verdictWarn, "still kept under privacy.previous_key")
	if err := rotated.office(t).log.Rewrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	rotated.finds("audit", verdictOK, "2 entries hold together")

	cfg, st, _ := rotated.store(t)
	if err := st.XDel(t.Context(), "cl:{"+cfg.Service.ID+"}:audit", "1-0").Err(); err != nil {
		t.Fatal(err)
	}
	rotated.finds("audit", verdictFail, "entry 1 is missing")
	rotated.types(exitFindings, "access", "audit", "verify")
}
