package access

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

func both(t *testing.T, run func(t *testing.T, rdb redis.UniversalClient)) {
	t.Helper()
	t.Run("redis-server", func(t *testing.T) { t.Parallel(); run(t, realRedis(t)) })
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		rdb, _ := memory(t)
		run(t, rdb)
	})
}

func TestACodeSignsInOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		d := newDoor(t, rdb, Options{})
		code := d.codeFor(t, "Night lead", ShiftLead)
		b := d.browser(t)
		typed := strings.ToLower(strings.ReplaceAll(code, "-", "+–+"))
		if status, said, _ := b.asks("/code?code=" + typed); status != http.StatusOK || said != "code:Night lead shift_lead" {
			t.Fatalf("however it is typed: %d %s", status, said)
		}
		if status, _, _ := d.browser(t).asks("/code?code=" + code); status != http.StatusForbidden {
			t.Errorf("a second use: %d", status)
		}
		for name, wrong := range map[string]string{"nothing": "", "a guess": "AAAA-BBBB-CCCC-DDDD"} {
			if status, _, _ := d.browser(t).asks("/code?code=" + wrong); status != http.StatusForbidden {
				t.Errorf("%s: %d", name, status)
			}
		}
		late, ended := d.codeFor(t, "Late", Viewer), d.codeFor(t, "Ended", Viewer)
		if n, err := d.store.EndCodes(t.Context(), "Ended"); n != 1 || err != nil {
			t.Fatalf("EndCodes = %d, %v", n, err)
		}
		d.forward(61 * time.Minute)
		for _, code := range []string{late, ended} {
			if status, _, _ := d.browser(t).asks("/code?code=" + code); status != http.StatusForbidden {
				t.Errorf("too late, or ended: %d", status)
			}
		}
		d.codeFor(t, "New", Viewer)
		if all, err := d.store.Codes(t.Context(), d.now()); err != nil || len(all) != 1 || all[0].For != "New" {
			t.Errorf("codes left: %+v, %v", all, err)
		}
	})
}

func TestOfTwoWhoTypeOneCodeOneIsSignedIn(t *testing.T) {
	t.Parallel()
	d := newDoor(t, realRedis(t), Options{})
	code := d.codeFor(t, "Night lead", ShiftLead)
	var wg sync.WaitGroup
	won := make(chan bool, 16)
	for range cap(won) {
		b := d.browser(t)
		wg.Go(func() {
			status, _, _, err := b.tries(t.Context(), "/code?code="+code)
			won <- err == nil && status == http.StatusOK
		})
	}
	wg.Wait()
	close(won)
	n := 0
	for w := range won {
		if w {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d were signed in by one code", n)
	}
}

func TestACookieIsForThisHostAndNoScript(t *testing.T) {
	t.Parallel()
	rdb, _ := memory(t)
	d := newDoor(t, rdb, Options{})
	r := httptest.NewRequest(http.MethodGet, d.url+"/code?code="+d.codeFor(t, "x", Viewer), nil)
	w := httptest.NewRecorder()
	d.Around(d.pages(), nil).ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	c := cookies[0]
	if c.Name != "__Host-crisisline" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("cookie %s", c)
	}
}

// TestASessionIsNotFixed: what a browser held before signing in is worth nothing
// afterwards, and a token nobody was given is none.
func TestASessionIsNotFixed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		d := newDoor(t, rdb, Options{})
		b := d.browser(t)
		b.enters("first", Viewer)
		planted := b.cookie().Value
		b.enters("second", Administrator)
		thief := d.browser(t)
		thief.holds(planted)
		thief.is("")
		chosen := d.browser(t)
		chosen.holds("chosen-by-somebody-else")
		chosen.enters("third", Viewer)
		if chosen.cookie().Value == "chosen-by-somebody-else" {
			t.Error("a token from outside became a session's")
		}
	})
}

func (b *browser) holds(token string) {
	b.Helper()
	req := httptest.NewRequest(http.MethodGet, b.url, nil)
	b.client.Jar.SetCookies(req.URL, []*http.Cookie{{Name: "__Host-crisisline", Value: token, Path: "/", Secure: true}})
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	limits := Options{Idle: 30 * time.Minute, Longest: 2 * time.Hour}
	tests := map[string]struct {
		do    func(t *testing.T, d *door, b *browser)
		still bool
	}{
		"not while it is used": {func(_ *testing.T, d *door, b *browser) {
			for range 3 {
				d.forward(20 * time.Minute)
				b.asks("/who")
			}
		}, true},
		"at its longest time, however much it is used": {func(_ *testing.T, d *door, b *browser) {
			for range 7 {
				d.forward(20 * time.Minute)
				b.asks("/who")
			}
		}, false},
		"without use": {func(_ *testing.T, d *door, _ *browser) { d.forward(31 * time.Minute) }, false},
		"when its owner leaves": {func(_ *testing.T, _ *door, b *browser) {
			kept := b.cookie().Value
			b.asks("/leave")
			b.holds(kept)
		}, false},
		"when an administrator ends theirs": {func(t *testing.T, d *door, _ *browser) {
			if err := d.EndSessions(t.Context(), "code:Ben"); err != nil {
				t.Fatal(err)
			}
		}, false},
		"when an administrator ends everybody's": {func(t *testing.T, d *door, _ *browser) {
			if err := d.EndSessions(t.Context(), "*"); err != nil {
				t.Fatal(err)
			}
		}, false},
		"not when another's are ended": {func(t *testing.T, d *door, _ *browser) {
			if err := d.EndSessions(t.Context(), "code:Ada"); err != nil {
				t.Fatal(err)
			}
		}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, rdb redis.UniversalClient) {
				d := newDoor(t, rdb, limits)
				b := d.browser(t)
				b.enters("Ben", Responder)
				tt.do(t, d, b)
				want := ""
				if tt.still {
					want = "code:Ben responder"
				}
				b.is(want)
				other := newDoor(t, rdb, limits) // another instance says the same
				other.ahead.Store(d.ahead.Load())
				cookie := b.cookie()
				if b = other.browser(t); cookie != nil {
					b.holds(cookie.Value)
				}
				b.is(want)
			})
		})
	}
}

// TestOnlyOlderSessionsAreEnded: whoever signs in after an administrator ended
// their sessions is signed in.
func TestOnlyOlderSessionsAreEnded(t *testing.T) {
	t.Parallel()
	rdb, _ := memory(t)
	d := newDoor(t, rdb, Options{})
	old, fresh := d.browser(t), d.browser(t)
	old.enters("Ben", Responder)
	if err := d.EndSessions(t.Context(), "code:Ben"); err != nil {
		t.Fatal(err)
	}
	fresh.enters("Ben", Responder)
	old.is("")
	fresh.is("code:Ben responder")
}

// TestNoRequestOutlivesTheLongestTime: one that was on its way when the session
// reached its longest time does not prolong it.
func TestNoRequestOutlivesTheLongestTime(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		d := newDoor(t, rdb, Options{Idle: time.Hour, Longest: time.Hour})
		b := d.browser(t)
		b.enters("Ben", Responder)
		done := make(chan string, 1)
		go func() {
			_, said, _, _ := b.tries(t.Context(), "/slow")
			done <- said
		}()
		<-d.in
		d.forward(2 * time.Hour)
		close(d.hold)
		if said := <-done; said != "" {
			t.Errorf("a long answer goes on as %q", said)
		}
		b.is("")
	})
}

func TestASessionWhoseTimeHasComeIsNotKept(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := newSessions(NewStore(rdb, "test"), time.Now)
		for _, left := range []time.Duration{-time.Hour, 0, 100 * time.Microsecond} {
			if err := s.CommitCtx(t.Context(), "late", []byte("box"), time.Now().Add(left)); err != nil {
				t.Fatal(err)
			}
			if n := rdb.Exists(t.Context(), "cl:{test}:session:late").Val(); n != 0 {
				t.Errorf("with %s left it is kept, for %s", left, rdb.TTL(t.Context(), "cl:{test}:session:late").Val())
			}
		}
	})
}

// TestASignOutWinsOverARequestOnItsWay: what began before it must not bring the
// session back.
func TestASignOutWinsOverARequestOnItsWay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		d := newDoor(t, rdb, Options{})
		b := d.browser(t)
		b.enters("Ben", Responder)
		token := b.cookie().Value
		done := make(chan string, 1)
		go func() {
			_, said, _, _ := b.tries(t.Context(), "/slow")
			done <- said
		}()
		<-d.in
		second := d.browser(t)
		second.holds(token)
		second.asks("/leave")
		close(d.hold)
		if said := <-done; said != "" {
			t.Errorf("a long answer goes on as %q", said)
		}
		thief := d.browser(t)
		thief.holds(token)
		thief.is("")
	})
}

// TestALongAnswerIsUse: a board that is open keeps its session, and hears when
// it ends.
func TestALongAnswerIsUse(t *testing.T) {
	t.Parallel()
	rdb, _ := memory(t)
	d := newDoor(t, rdb, Options{Idle: 30 * time.Minute, Longest: 2 * time.Hour})
	b := d.browser(t)
	b.enters("Ben", Responder)
	done := make(chan string, 1)
	go func() {
		_, said, _, _ := b.tries(t.Context(), "/slow")
		done <- said
	}()
	<-d.in
	d.forward(20 * time.Minute)
	close(d.hold)
	if said := <-done; said != "code:Ben responder" {
		t.Errorf("asked again: %q", said)
	}
	d.forward(20 * time.Minute)
	b.is("code:Ben responder")
}

// TestNoSecretIsInTheStore: a copy of the store signs nobody in.
func TestNoSecretIsInTheStore(t *testing.T) {
	t.Parallel()
	rdb := realRedis(t)
	d := newDoor(t, rdb, Options{})
	b := d.browser(t)
	b.enters("Ben", Responder)
	secrets := []string{b.cookie().Value, d.codeFor(t, "Ada", Viewer)}
	secrets = append(secrets, strings.ReplaceAll(secrets[1], "-", ""))
	token, err := d.store.NewToken(t.Context(), Token{Name: "wallboard", Grants: []Grant{{Role: Viewer}}})
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, token)
	ctx := t.Context()
	for _, key := range rdb.Keys(ctx, "*").Val() {
		held := key + " " + rdb.Get(ctx, key).Val()
		for field, value := range rdb.HGetAll(ctx, key).Val() {
			held += " " + field + " " + value
		}
		for _, secret := range secrets {
			if strings.Contains(held, secret) {
				t.Errorf("%s holds a secret", key)
			}
		}
	}
}
