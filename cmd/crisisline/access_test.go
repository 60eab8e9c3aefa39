package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// TestCallsFlowWhenSignInIsDown: a telephone knows nothing of sign-in, and is
// never told to try again later.
func TestCallsFlowWhenSignInIsDown(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, settings: func(cfg *config.Config) {
		cfg.Console.OIDCIssuer, cfg.Console.OIDCClientID = "http://127.0.0.1:1", "us"
	}})
	pages, err := l.instances[0].pages(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string) int {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code
	}
	if got := ask(http.MethodGet, "/rota"); got != http.StatusSeeOther {
		t.Errorf("nobody sees the rota: %d", got)
	}
	last := 0
	for range 11 {
		last = ask(http.MethodPost, "/sign-in")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the eleventh try: %d", last)
	}
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	c.HangsUp()
	for range 15 { // one caller after the other, from one address, with no cookie
		other := l.phone(otherCaller).Dials(t, public)
		other.Hears(t, "crisis line")
		other.HangsUp()
	}
	if got := l.outcome(c); got != call.OutcomeAnswered {
		t.Errorf("outcome %s", got)
	}
}

// TestTheStoresUserOfTheDocsMay: what deploy/README.md allows the store's user is
// enough to sign somebody in, count their tries, and keep what they did.
func TestTheStoresUserOfTheDocsMay(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "deploy", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	user := regexp.MustCompile(`(?m)^user crisisline (.*)$`).FindSubmatch(page)
	if user == nil {
		t.Fatal("no ACL user in deploy/README.md")
	}
	port := freePort(t)
	args := append([]string{"--port", fmt.Sprint(port), "--user", "crisisline"}, strings.Fields(string(user[1]))...)
	elsewhere(t, append(args, "--user", "default", "off")...)
	cfg := at(fmt.Sprintf("redis://127.0.0.1:%d", port))
	cfg.Redis.Username, cfg.Redis.Password = "crisisline", config.NewSecret("password")
	st := open(t, cfg, slog.New(slog.DiscardHandler))
	comesUp(t, st)
	ctx, keep := t.Context(), access.NewStore(st.UniversalClient, cfg.Service.ID)
	g, err := access.NewGate(access.Options{Store: keep, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		err = errors.Join(err, g.Try(ctx, access.ByCode, "198.51.100.1"))
	}
	if err != nil {
		t.Fatalf("tries: %v", err)
	}
	if err := g.Try(ctx, access.ByCode, "198.51.100.1"); !errors.As(err, &access.TooOften{}) {
		t.Errorf("the eleventh: %v", err)
	}
	code, err := keep.NewCode(ctx, access.Code{For: "x", Grants: []access.Grant{{Role: access.Viewer}}, Expires: time.Now().Add(time.Hour)}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	g.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := g.WithCode(r.Context(), r.FormValue("code"))
		_, _ = io.WriteString(w, fmt.Sprint(err))
	}), nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?"+url.Values{"code": {code}}.Encode(), nil))
	if w.Body.String() != "<nil>" || len(w.Result().Cookies()) != 1 {
		t.Errorf("sign in: %s", w.Body)
	}
	sealer, err := call.NewSealer([]byte(strings.Repeat("test-key", 6)))
	if err != nil {
		t.Fatal(err)
	}
	log := openAudit(cfg, st, sealer, slog.New(slog.DiscardHandler))
	if _, err := log.Add(ctx, audit.Entry{At: time.Now(), Who: "x", What: audit.SignedIn}); err != nil {
		t.Error(err)
	}
	if n, err := log.Verify(ctx, nil); n != 1 || err != nil {
		t.Errorf("Verify = %d, %v", n, err)
	}
}
