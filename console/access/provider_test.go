package access

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
)

// elsewhere is a provider nobody here wrote, and what it was asked. It can be
// made to lie about who somebody is.
type elsewhere struct {
	*mockoidc.MockOIDC

	mu    sync.Mutex
	asked []url.Values                                // every form and query it was sent
	lie   func(claims jwt.MapClaims) (idToken string) // nil: the truth
	out   any                                         // end_session_endpoint of its discovery document; nil: it has none
}

func newElsewhere(t *testing.T, l net.Listener) *elsewhere {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &elsewhere{MockOIDC: m}
	if err := m.AddMiddleware(e.between); err != nil {
		t.Fatal(err)
	}
	if l == nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Start(l, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Server.Close() })
	return e
}

// between notes what is asked, and puts another id_token into the answer.
func (e *elsewhere) between(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		e.mu.Lock()
		e.asked = append(e.asked, r.Form)
		lie, out := e.lie, e.out
		e.mu.Unlock()
		if out != nil && r.URL.Path == mockoidc.DiscoveryEndpoint {
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			said := map[string]any{}
			_ = json.Unmarshal(kept.Body.Bytes(), &said)
			said["end_session_endpoint"] = out
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(said)
			return
		}
		if lie == nil || r.URL.Path != mockoidc.TokenEndpoint {
			next.ServeHTTP(w, r)
			return
		}
		s, err := e.SessionStore.GetSessionByID(r.Form.Get("code"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		now := time.Now()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "bearer", "id_token": lie(jwt.MapClaims{
			"iss": e.Issuer(), "aud": e.ClientID, "sub": "s-1", "nonce": s.OIDCNonce, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
			"preferred_username": "ben", "groups": []string{"leads"},
		})})
	})
}

func (e *elsewhere) sent(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := len(e.asked) - 1; i >= 0; i-- {
		if v := e.asked[i].Get(name); v != "" {
			return v
		}
	}
	return ""
}

// lies makes the next answers say what lie makes of the truth.
func (e *elsewhere) lies(lie func(jwt.MapClaims) string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lie = lie
}

var rules = []Rule{
	{Group: "everybody", Role: Viewer},
	{Group: "leads", Role: ShiftLead, Teams: []string{"portsmouth"}},
	{Group: "managers", Role: DutyManager},
}

func (e *elsewhere) provider() *Provider {
	return NewProvider(ProviderOptions{
		Issuer: e.Issuer(), ClientID: e.ClientID, ClientSecret: e.ClientSecret, Scopes: []string{"profile", "email", "groups"},
	})
}

// arrives goes to the provider as somebody, and gives the address back here.
func (b *browser) arrives(e *elsewhere, u *mockoidc.MockUser) string {
	b.Helper()
	e.QueueUser(u)
	code, said, to := b.asks("/begin")
	if code != http.StatusSeeOther {
		b.Fatalf("begin: %d %s", code, said)
	}
	_, said, back := b.asks(to)
	if !strings.HasPrefix(back, b.url+"/return?") {
		b.Fatalf("the provider sends to %q: %s", back, said)
	}
	return back
}

func ben(groups ...string) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: "s-1", PreferredUsername: "ben", Email: "ben@example.org", EmailVerified: true, Groups: groups}
}

func TestSigningInAtAProvider(t *testing.T) { //nolint:tparallel // the one provider signs in one at a time
	t.Parallel()
	e := newElsewhere(t, nil)
	d := newDoor(t, realRedis(t), Options{Provider: e.provider(), Rules: rules})
	tests := map[string]struct {
		user *mockoidc.MockUser
		code int
		says string
	}{
		"one group":           {ben("leads"), http.StatusOK, "ben shift_lead"},
		"the highest of many": {ben("everybody", "managers", "leads", "unknown"), http.StatusOK, "ben duty_manager"},
		"no group":            {ben(), http.StatusForbidden, ErrNoGroup.Error()},
		"no group of ours":    {ben("lead", "Leads", "leads "), http.StatusForbidden, ErrNoGroup.Error()},
		"without a name":      {&mockoidc.MockUser{Subject: "s-2", Groups: []string{"leads"}}, http.StatusOK, "s-2 shift_lead"},
		"by a checked address": {&mockoidc.MockUser{Subject: "s-2", Email: "a@example.org", EmailVerified: true, Groups: []string{"leads"}},
			http.StatusOK, "a@example.org shift_lead"},
		"who would be a token":   {&mockoidc.MockUser{Subject: "s-2", PreferredUsername: "token:wallboard", Groups: []string{"leads"}}, http.StatusOK, "provider:token:wallboard shift_lead"},
		"who would be two lines": {&mockoidc.MockUser{Subject: "s-2", PreferredUsername: "ben\nada", Groups: []string{"leads"}}, http.StatusOK, "ben ada shift_lead"},
		"with an endless name":   {&mockoidc.MockUser{Subject: "s-2", PreferredUsername: strings.Repeat("x", 300), Groups: []string{"leads"}}, http.StatusOK, "s-2 shift_lead"},
	}
	for name, tt := range tests { // one after the other: the provider answers who is next
		t.Run(name, func(t *testing.T) {
			b := d.browser(t)
			code, said, _ := b.asks(b.arrives(e, tt.user))
			if code != tt.code || said != tt.says {
				t.Errorf("%d %q, want %d %q", code, said, tt.code, tt.says)
			}
			want := ""
			if tt.code == http.StatusOK {
				want = tt.says
			}
			b.is(want)
		})
	}
	if e.sent("code_challenge_method") != "S256" || e.sent("code_challenge") == "" || e.sent("code_verifier") == "" || e.sent("nonce") == "" {
		t.Error("no PKCE, or no nonce")
	}
}

func TestTeamsComeWithTheGroup(t *testing.T) {
	t.Parallel()
	p := Person{ID: "ben", Grants: grants(rules, []string{"leads", "everybody"})}
	for what, got := range map[string]bool{
		"their team":    p.May(ActOnCalls, "portsmouth"),
		"another":       !p.May(ActOnCalls, "southampton"),
		"both":          !p.May(ActOnCalls, "portsmouth", "southampton"),
		"looking":       p.May(Look, "southampton"),
		"every team":    !p.Everywhere(ActOnCalls),
		"more than led": !p.May(ChangeRota, "portsmouth"),
	} {
		if !got {
			t.Error(what)
		}
	}
}

// TestTheWayOutOfTheProvider: whoever signs out here is told where to sign out
// there, and never sent to what is no web address.
func TestTheWayOutOfTheProvider(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		out  any
		want string
	}{
		"it has one":            {"https://login.example.org/end?tenant=a", "https://login.example.org/end?client_id=CLIENT&tenant=a"},
		"it has none":           {nil, ""},
		"it is no web address":  {"javascript:alert(1)", ""},
		"it has no host":        {"https:///end", ""},
		"it is not even a text": {7, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newElsewhere(t, nil)
			e.out = tt.out
			d := newDoor(t, realRedis(t), Options{Provider: e.provider(), Rules: rules})
			if got := d.Leaving(t.Context()); got != strings.Replace(tt.want, "CLIENT", e.ClientID, 1) {
				t.Errorf("out by %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("it is down", func(t *testing.T) {
		t.Parallel()
		e := newElsewhere(t, nil)
		d := newDoor(t, realRedis(t), Options{Provider: e.provider(), Rules: rules})
		_ = e.Server.Close()
		if got := d.Leaving(t.Context()); got != "" {
			t.Errorf("out by %q", got)
		}
	})
}

// TestAnotherAnswerIsRefused: what did not begin in this browser, with this
// sign-in, signs nobody in.
func TestAnotherAnswerIsRefused(t *testing.T) { //nolint:tparallel // the one provider signs in one at a time
	t.Parallel()
	e := newElsewhere(t, nil)
	d := newDoor(t, realRedis(t), Options{Provider: e.provider(), Rules: rules})
	with := func(back, name, value string) string {
		u, err := url.Parse(back)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	refused := func(t *testing.T, b *browser, back string) {
		t.Helper()
		if code, said, _ := b.asks(back); code == http.StatusOK {
			t.Errorf("signed in: %s", said)
		}
		b.is("")
	}
	tests := map[string]func(t *testing.T, b *browser, back string){
		"another state": func(t *testing.T, b *browser, back string) { refused(t, b, with(back, "state", "x")) },
		"no state":      func(t *testing.T, b *browser, back string) { refused(t, b, with(back, "state", "")) },
		"another browser": func(t *testing.T, _ *browser, back string) {
			refused(t, d.browser(t), back)
		},
		"somebody else's code in one's own sign-in": func(t *testing.T, b *browser, back string) {
			mine := d.browser(t)
			own := mine.arrives(e, ben("managers"))
			theirs, _ := url.Parse(back)
			refused(t, mine, with(own, "code", theirs.Query().Get("code")))
		},
		"an answer of another provider": func(t *testing.T, b *browser, back string) {
			refused(t, b, with(back, "iss", "https://elsewhere.example.org"))
		},
		"a refusal": func(t *testing.T, b *browser, back string) { refused(t, b, with(back, "error", "access_denied")) },
		"a wrong try first": func(t *testing.T, b *browser, back string) {
			refused(t, b, with(back, "state", "x"))
			refused(t, b, back) // one sign-in has one answer
		},
		"a second use": func(t *testing.T, b *browser, back string) {
			if code, said, _ := b.asks(back); code != http.StatusOK {
				t.Fatalf("%d %s", code, said)
			}
			b.asks("/leave")
			refused(t, b, back)
		},
	}
	for name, do := range tests { // one after the other: the provider answers who is next
		t.Run(name, func(t *testing.T) {
			b := d.browser(t)
			do(t, b, b.arrives(e, ben("leads")))
		})
	}
}

// TestATokenThatDoesNotHoldIsRefused: who somebody is, is believed only when the
// provider signed it, for us, for this sign-in, and lately.
func TestATokenThatDoesNotHoldIsRefused(t *testing.T) { //nolint:tparallel // the one provider signs in one at a time
	t.Parallel()
	e := newElsewhere(t, nil)
	d := newDoor(t, realRedis(t), Options{Provider: e.provider(), Rules: rules})
	other, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(c jwt.MapClaims) string { text, _ := e.Keypair.SignJWT(c); return text }
	set := func(name string, value any) func(jwt.MapClaims) string {
		return func(c jwt.MapClaims) string { c[name] = value; return signed(c) }
	}
	tests := map[string]struct {
		lie func(jwt.MapClaims) string
		may bool
	}{
		"the truth":                {signed, true},
		"for somebody else":        {set("aud", "another-client"), false},
		"of another issuer":        {set("iss", "https://elsewhere.example.org"), false},
		"expired":                  {set("exp", time.Now().Add(-time.Minute).Unix()), false},
		"without an end":           {func(c jwt.MapClaims) string { delete(c, "exp"); return signed(c) }, false},
		"of another sign-in":       {set("nonce", "another"), false},
		"of no sign-in":            {func(c jwt.MapClaims) string { delete(c, "nonce"); return signed(c) }, false},
		"signed by somebody else":  {func(c jwt.MapClaims) string { text, _ := other.SignJWT(c); return text }, false},
		"signed with our secret":   {func(c jwt.MapClaims) string { return by(jwt.SigningMethodHS256, c, []byte(e.ClientSecret)) }, false},
		"not signed":               {func(c jwt.MapClaims) string { return by(jwt.SigningMethodNone, c, jwt.UnsafeAllowNoneSignatureType) }, false},
		"nothing":                  {func(jwt.MapClaims) string { return "" }, false},
		"one group as one name":    {set("groups", "leads"), true},
		"groups that are no names": {set("groups", []any{1, map[string]any{"leads": true}}), false},
	}
	for name, tt := range tests { // one after the other: the provider lies once for each
		t.Run(name, func(t *testing.T) {
			e.lies(tt.lie)
			b := d.browser(t)
			code, said, _ := b.asks(b.arrives(e, ben("leads")))
			if got := code == http.StatusOK; got != tt.may {
				t.Errorf("signed in: %v (%d %s), want %v", got, code, said, tt.may)
			}
		})
	}
}

func by(m jwt.SigningMethod, c jwt.MapClaims, key any) string {
	text, _ := jwt.NewWithClaims(m, c).SignedString(key)
	return text
}

// TestTheProviderIsDown: a code works, and the provider does again when it is
// back, without a restart.
func TestTheProviderIsDown(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	p := NewProvider(ProviderOptions{Issuer: "http://" + addr + mockoidc.IssuerBase, ClientID: "us", ClientSecret: "secret", Scopes: []string{"profile", "groups"}})
	rdb, _ := memory(t)
	d := newDoor(t, rdb, Options{Provider: p, Rules: rules})
	if err := p.Reach(t.Context()); err == nil {
		t.Fatal("a provider that is down is reached")
	}
	if code, _, _ := d.browser(t).asks("/begin"); code != http.StatusBadGateway {
		t.Errorf("begin: %d", code)
	}
	d.browser(t).enters("Night lead", ShiftLead)
	if l, err = net.Listen("tcp", addr); err != nil {
		t.Fatal(err)
	}
	e := newElsewhere(t, l)
	e.ClientID, e.ClientSecret = "us", "secret"
	b := d.browser(t)
	if code, said, _ := b.asks(b.arrives(e, ben("leads"))); code != http.StatusOK {
		t.Errorf("back again: %d %s", code, said)
	}
	// Down again in the middle of a sign-in: refused, and nobody is signed in.
	second := d.browser(t)
	back := second.arrives(e, ben("leads"))
	_ = e.Server.Close()
	if code, said, _ := second.asks(back); code != http.StatusBadGateway || strings.Contains(said, "secret") {
		t.Errorf("down in the middle: %d %s", code, said)
	}
	second.is("")
}

// TestAProviderThatHangsHoldsNobodyLong: those who ask together wait together.
func TestAProviderThatHangsHoldsNobodyLong(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := NewProvider(ProviderOptions{
		Issuer: "http://" + l.Addr().String(), HTTP: &http.Client{Timeout: 200 * time.Millisecond, Transport: &http.Transport{}},
	})
	began := time.Now()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := p.Reach(t.Context()); err == nil || errors.Is(err, t.Context().Err()) {
				t.Errorf("reached: %v", err)
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took > 1200*time.Millisecond { // one after the other would be 1.6 s
		t.Errorf("took %s", took)
	}
}
