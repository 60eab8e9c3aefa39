package console

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/oauth2-proxy/mockoidc"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// closed is a scene whose pages sign nobody in by themselves.
func closed(t testing.TB, o access.Options) *Console {
	t.Helper()
	s := allScenes(t)["quiet"]
	options := s.options()
	options.Gate, options.Audit = gate(s.now, o)
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWhoeverIsNotSignedInIsAskedTo: and comes back to where they were going.
func TestWhoeverIsNotSignedInIsAskedTo(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{})
	r := get(t, c, "/rota?day=2026-06-21")
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || to != "/sign-in?back=%2Frota%3Fday%3D2026-06-21" {
		t.Fatalf("%s to %q", r.Status, to)
	}
	html := body(t, get(t, c, r.Header.Get("Location")))
	holdsPromises(t, get(t, c, r.Header.Get("Location")), html)
	if !strings.Contains(html, `name="back" value="/rota?day=2026-06-21"`) {
		t.Errorf("the way back is lost:\n%s", html)
	}
	r = submit(c, "/sign-in/code", url.Values{"code": {codeFor(t, c, "Night lead", access.Grant{Role: access.Viewer})}, "back": {"/rota?day=2026-06-21"}})
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || to != "/rota?day=2026-06-21" {
		t.Errorf("%s to %q", r.Status, to)
	}
	if r := get(t, c, "/events"); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stream: %s", r.Status)
	}
}

// TestAWayBackIsNobodyElses: whatever stands in the address or the form.
func TestAWayBackIsNobodyElses(t *testing.T) {
	t.Parallel()
	for _, back := range []string{
		"https://evil.example", "//evil.example", `/\evil.example`, "/%5Cevil.example", "/%2Fevil.example", "\t//evil.example", "/\t/evil.example",
		"javascript:alert(1)", "http:evil.example", "///evil.example", "/%09/evil.example",
	} {
		c := closed(t, access.Options{})
		r := submit(c, "/sign-in/code", url.Values{"code": {codeFor(t, c, "x", access.Grant{Role: access.Viewer})}, "back": {back}})
		to, err := url.Parse(r.Header.Get("Location"))
		if err != nil || r.StatusCode != http.StatusSeeOther || to.Host != "" || to.Scheme != "" || strings.HasPrefix(to.Path, "//") {
			t.Errorf("%q leads to %q (%s)", back, r.Header.Get("Location"), r.Status)
		}
	}
}

// TestAFormIsNotLost: what was typed comes back to whoever was signed out
// meanwhile, and is sent to nobody else.
func TestAFormIsNotLost(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	options := s.options()
	options.Gate, options.Audit = gate(s.now, access.Options{})
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	r := submit(c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "why": {`"><script>`}})
	html := body(t, r)
	if r.StatusCode != http.StatusUnauthorized || !strings.Contains(html, `name="person" value="r-leo"`) || !strings.Contains(html, `action="/rota/change/sick"`) {
		t.Errorf("%s\n%s", r.Status, html)
	}
	if !strings.Contains(html, `href="/sign-in" target="_blank"`) {
		t.Errorf("signing in takes the place of what was typed:\n%s", html)
	}
	holdsPromises(t, r, html)
}

// TestAFormIsNotLostToTheStore either: what was typed comes back when nobody can
// be told from anybody, but for what somebody signs in with.
func TestAFormIsNotLostToTheStore(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{})
	for path, kept := range map[string]bool{"/rota/change/sick": true, "/sign-in/code": false} {
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{"person": {"r-leo"}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		c.away(w, req)
		html := w.Body.String()
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(html, "The store does not answer") || strings.Contains(html, `name="person" value="r-leo"`) != kept {
			t.Errorf("%s: %d\n%s", path, w.Code, html)
		}
	}
}

func TestTheEleventhTryIsRefusedInWords(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{})
	for i := range 10 {
		if r := submit(c, "/sign-in/code", url.Values{"code": {"AAAA-BBBB-CCCC-DDDD"}}); r.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("try %d: %s", i+1, r.Status)
		}
	}
	good := codeFor(t, c, "x", access.Grant{Role: access.Viewer})
	r := submit(c, "/sign-in/code", url.Values{"code": {good}})
	html := body(t, r)
	holdsPromises(t, r, html)
	if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" || !strings.Contains(html, "Too many tries: try again in") {
		t.Errorf("%s, Retry-After %q\n%s", r.Status, r.Header.Get("Retry-After"), html)
	}
	other := httptest.NewRequest(http.MethodPost, "/sign-in/code", strings.NewReader(url.Values{"code": {good}}.Encode()))
	other.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	other.RemoteAddr = "198.51.100.7:4000"
	w := httptest.NewRecorder()
	c.ServeHTTP(w, other)
	if w.Code != http.StatusSeeOther {
		t.Errorf("the code from elsewhere, not spent by the refusal: %d", w.Code)
	}
}

// TestTheProviderIsAnotherHost: a form may lead to our own addresses only, and
// browsers hold its redirects to that; the way there is a page.
func TestTheProviderIsAnotherHost(t *testing.T) {
	t.Parallel()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Server.Close() })
	client := &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	c := closed(t, access.Options{Provider: access.NewProvider(access.ProviderOptions{
		Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret, ReturnURL: "http://localhost/sign-in/return",
		Scopes: []string{"profile", "groups"}, HTTP: client,
	}), Rules: []access.Rule{{Group: "leads", Role: access.ShiftLead}}})
	r := submit(c, "/sign-in", url.Values{"back": {"/rota"}})
	html := body(t, r)
	holdsLeaving(t, r, html, m.AuthorizationEndpoint())
	session := r.Cookies()[0]
	for name, tt := range map[string]struct {
		query string
		says  string
	}{
		"by hand":   {"code=x&state=y", "The sign-in did not work. Try again."},
		"by nobody": {"", "The sign-in did not work. Try again."},
	} {
		w := httptest.NewRecorder()
		req := here(httptest.NewRequest(http.MethodGet, "/sign-in/return?"+tt.query, nil))
		req.AddCookie(session)
		c.ServeHTTP(w, req)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%s: %d\n%s", name, w.Code, w.Body)
		}
	}
	_ = m.Server.Close()
}

func holdsLeaving(t *testing.T, r *http.Response, html, to string) {
	t.Helper()
	if r.StatusCode != http.StatusOK || !strings.Contains(html, `<meta http-equiv="refresh" content="0; url=`+to) || !strings.Contains(html, `<a href="`+to) {
		t.Errorf("%s\n%s", r.Status, html)
	}
	if r.Header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(html, "rota\" content") {
		t.Errorf("the provider could learn where they were going")
	}
}

// TestTheProviderIsDownInWords: and a code still works.
func TestTheProviderIsDownInWords(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{Provider: access.NewProvider(access.ProviderOptions{
		Issuer: "http://127.0.0.1:1", HTTP: &http.Client{Transport: &http.Transport{}, Timeout: time.Second},
	})})
	r := submit(c, "/sign-in", nil)
	if html := body(t, r); r.StatusCode != http.StatusBadGateway || !strings.Contains(html, "Calls are not affected") || !strings.Contains(html, "one-time code") {
		t.Errorf("%s\n%s", r.Status, html)
	}
	signedIn(t, c, "Night lead", access.Grant{Role: access.ShiftLead})
}

// TestTheStoreIsAwayInWords: nobody can be told from anybody, and it says so.
func TestTheStoreIsAwayInWords(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	s := allScenes(t)["quiet"]
	options := s.options()
	g, err := access.NewGate(access.Options{Store: access.NewStore(rdb, "away"), Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	accessOf.Store(g, access.NewStore(rdb, "away"))
	options.Gate = g
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	session := signedIn(t, c, "Ben", access.Grant{Role: access.Viewer})
	server.SetError("LOADING")
	with := func(path, token string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := here(httptest.NewRequest(http.MethodGet, path, nil))
		r.AddCookie(&http.Cookie{Name: session.Name, Value: token})
		c.ServeHTTP(w, r)
		return w
	}
	if w := with("/rota", session.Value); w.Code != http.StatusOK {
		t.Errorf("who looked a moment ago: %d", w.Code)
	}
	w := with("/rota", "somebody-else")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "Telephones are not affected") {
		t.Errorf("whom nobody knows: %d\n%s", w.Code, w.Body)
	}
	if w := with("/events", "somebody-else"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a stream: %d", w.Code)
	}
	if r := submit(c, "/sign-in/code", url.Values{"code": {"AAAA"}}); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a code: %s", r.Status)
	}
}

// TestAStreamEndsWithItsSession: somebody who signed out, or whose sessions were
// ended, sees no more of the board.
func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, c *Console, session *http.Cookie){
		"signed out": func(_ *testing.T, c *Console, session *http.Cookie) { submit(c, "/sign-out", nil, session) },
		"ended by an administrator": func(t *testing.T, c *Console, _ *http.Cookie) {
			if err := c.o.Gate.EndSessions(t.Context(), "code:Ben"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := closed(t, access.Options{})
			c.whoEvery = 20 * time.Millisecond
			server := httptest.NewServer(c)
			t.Cleanup(func() {
				c.Close()
				server.Close()
			})
			session := signedIn(t, c, "Ben", access.Grant{Role: access.Viewer})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(session)
			client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
			t.Cleanup(client.CloseIdleConnections)
			r, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			lines := bufio.NewScanner(r.Body)
			lines.Buffer(nil, 1<<20)
			if r.StatusCode != http.StatusOK || !lines.Scan() {
				t.Fatalf("%s, %v", r.Status, lines.Err())
			}
			end(t, c, session)
			for lines.Scan() { // until the stream ends by itself
			}
			if err := lines.Err(); err != nil {
				t.Errorf("the stream did not end: %v", err)
			}
		})
	}
}

// TestARefusalIsKeptOnceAMinute: asking again and again does not fill the store
// that carries the calls.
func TestARefusalIsKeptOnceAMinute(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.role = access.Viewer
	c := serve(t, s)
	for range 5 {
		if r := get(t, c, "/rota/undo"); r.StatusCode != http.StatusForbidden {
			t.Fatal(r.Status)
		}
	}
	entries, err := c.o.Audit.Newest(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if e.What == audit.Refused {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d entries of one refusal", n)
	}
}

// TestSigningInAndOutIsInTheAudit: with how, and who.
func TestSigningInAndOutIsInTheAudit(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{})
	submit(c, "/sign-out", nil, signedIn(t, c, "Night lead", access.Grant{Role: access.ShiftLead}))
	entries, err := c.o.Audit.Newest(t.Context(), 0, 10)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for i, want := range []string{"code:Night lead shift_lead signed_out ", "code:Night lead shift_lead signed_in code"} {
		e := entries[i]
		if got := fmt.Sprintf("%s %s %s %s", e.Who, e.Role, e.What, e.After); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
