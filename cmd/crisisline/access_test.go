package main

import (
	"encoding/json"
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

	"github.com/google/go-cmp/cmp"

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

// TestAProgramSeesAndMendsALiveLine: the API over everything it is made of, on a
// real store, while somebody rings.
func TestAProgramSeesAndMendsALiveLine(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{})
	i := l.instances[0]
	pages, err := i.pages(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := access.NewStore(l.st.UniversalClient, l.cfg.Service.ID).NewToken(t.Context(), access.Token{
		Name: "program", Grants: []access.Grant{{Role: access.Administrator}}, Expires: l.clock.Now().Add(24 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) (said map[string]any) {
		t.Helper()
		r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		l.noNumbersIn(path, w.Body.String())
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code >= 300 {
			t.Fatalf("%s %s: %d %s %v", method, path, w.Code, w.Body, err)
		}
		return said
	}
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	callers, _ := ask("GET", "/board", "")["callers"].([]any)
	if len(callers) != 1 || callers[0].(map[string]any)["responder"] != "amal" || callers[0].(map[string]any)["state"] != "connected" {
		t.Errorf("board: %v", callers)
	}
	if got := ask("POST", "/people/ben/pause", `{"why":"rest"}`); got["done"] != any(true) || l.presence("ben") != call.PresenceBreak {
		t.Errorf("a break: %v, and ben is %s", got, l.presence("ben"))
	}
	c.HangsUp()
	l.step(5 * time.Minute)
	past, _ := ask("GET", "/calls", "")["calls"].([]any)
	if len(past) != 1 || past[0].(map[string]any)["outcome"] != "answered" {
		t.Fatalf("calls: %v", past)
	}
	if got, _ := ask("GET", "/calls/"+c.SID(), "")["events"].([]any); len(got) < 6 {
		t.Errorf("its story has %d entries", len(got))
	}
	ask("POST", "/calls/"+c.SID()+"/record", `{"code":"02"}`)
	before := ask("GET", "/on-shift", "")
	done := ask("POST", "/rota/replace", `{"person":"amal","by":"ben"}`)
	if done["version"] != before["plan_version"].(float64)+1 {
		t.Errorf("replaced in version %v, after %v", done["version"], before["plan_version"])
	}
	ask("POST", "/rota/undo", fmt.Sprintf(`{"version":%v}`, done["version"]))
	if err := notePlans(t.Context(), i.book, i.audit); err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, e := range ask("GET", "/audit", "")["entries"].([]any) {
		entry := e.(map[string]any)
		kept = append(kept, fmt.Sprintf("%s %s", entry["who"], entry["what"]))
	}
	if diff := cmp.Diff([]string{"token:program exported", "token:program published", "token:program recorded", "token:program acted"}, kept); diff != "" {
		t.Error(diff)
	}
}
