package access

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestTriesAreCounted(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		d := newDoor(t, rdb, Options{})
		ctx := t.Context()
		for i := range 10 {
			if err := d.Try(ctx, ByCode, "198.51.100.1"); err != nil {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		var often TooOften
		if err := d.Try(ctx, ByCode, "198.51.100.1"); !errors.As(err, &often) || often.Wait <= 0 || often.Wait > time.Minute {
			t.Errorf("the eleventh: %v", err)
		}
		for name, try := range map[string]struct {
			way  How
			peer string
		}{"another address": {ByCode, "198.51.100.2"}, "another way": {ByProvider, "198.51.100.1"}} {
			if err := d.Try(ctx, try.way, try.peer); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestOneNetworkIsOneStranger: whoever has an IPv6 network has more addresses
// than could be counted.
func TestOneNetworkIsOneStranger(t *testing.T) {
	t.Parallel()
	rdb, _ := memory(t)
	d := newDoor(t, rdb, Options{})
	var err error
	for i := range 11 {
		err = d.Try(t.Context(), ByCode, fmt.Sprintf("2001:db8:1:%x::%x", i, i))
	}
	if !errors.As(err, &TooOften{}) {
		t.Errorf("eleven addresses of one network: %v", err)
	}
	if err := d.Try(t.Context(), ByCode, "2001:db8:2::1"); err != nil {
		t.Errorf("another network: %v", err)
	}
}

func TestDevelopmentAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		peer, host string
		header     [2]string
		may        bool
	}{
		"this machine":                   {"127.0.0.1:4000", "localhost:8081", [2]string{}, true},
		"by address":                     {"127.0.0.1:4000", "127.0.0.1:8081", [2]string{}, true},
		"by IPv6":                        {"[::1]:4000", "[::1]:8081", [2]string{}, true},
		"another machine":                {"192.0.2.7:4000", "localhost:8081", [2]string{}, false},
		"a name somebody made lead here": {"127.0.0.1:4000", "rota.example.org", [2]string{}, false},
		"a name that begins like ours":   {"127.0.0.1:4000", "localhost.example.org", [2]string{}, false},
		"no host":                        {"127.0.0.1:4000", "", [2]string{}, false},
		"through a proxy here":           {"127.0.0.1:4000", "localhost", [2]string{"X-Forwarded-For", "192.0.2.7"}, false},
		"through a modern proxy":         {"127.0.0.1:4000", "localhost", [2]string{"Forwarded", "for=192.0.2.7"}, false},
		"through one that says so":       {"127.0.0.1:4000", "localhost", [2]string{"Via", "1.1 proxy"}, false},
		"an empty header is one":         {"127.0.0.1:4000", "localhost", [2]string{"X-Forwarded-For", ""}, false},
		"no address":                     {"@", "localhost", [2]string{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rdb, _ := memory(t)
			for _, as := range []Role{"", Administrator} {
				d := newDoor(t, rdb, Options{Development: true, As: as})
				ask := func(path string) *httptest.ResponseRecorder {
					r := httptest.NewRequest(http.MethodPost, path, nil)
					r.RemoteAddr, r.Host = tt.peer, tt.host
					if tt.header[0] != "" {
						r.Header.Set(tt.header[0], tt.header[1])
					}
					w := httptest.NewRecorder()
					d.Around(d.pages(), nil).ServeHTTP(w, r)
					return w
				}
				if got := ask("/as?role=administrator").Code == http.StatusOK; got != tt.may {
					t.Errorf("may choose: %v, want %v", got, tt.may)
				}
				if got := ask("/who").Body.String() != " "; got != (tt.may && as != "") {
					t.Errorf("is somebody without asking: %v", got)
				}
			}
		})
	}
}

// TestDevelopmentEndsWhenItIsTurnedOff: a session from before is worth nothing,
// neither then nor from elsewhere.
func TestDevelopmentEndsWhenItIsTurnedOff(t *testing.T) {
	t.Parallel()
	rdb, _ := memory(t)
	d := newDoor(t, rdb, Options{Development: true})
	b := d.browser(t)
	if code, _, _ := b.asks("/as?role=administrator"); code != http.StatusOK {
		t.Fatalf("sign in: %d", code)
	}
	b.is("development:administrator administrator")
	off := newDoor(t, rdb, Options{})
	after := off.browser(t)
	after.holds(b.cookie().Value)
	after.is("")
}

// TestTheStoreGoesAway: who looked goes on looking for a while, nobody signs in,
// and nobody is taken for somebody else.
func TestTheStoreGoesAway(t *testing.T) {
	t.Parallel()
	rdb, server := memory(t)
	d := newDoor(t, rdb, Options{Idle: time.Hour})
	b := d.browser(t)
	b.enters("Ben", Responder)
	code := d.codeFor(t, "Ada", Viewer)
	server.SetError("LOADING")
	b.is("code:Ben responder")
	if status, _, _ := d.browser(t).asks("/code?code=" + code); status != http.StatusBadGateway {
		t.Errorf("a code: %d", status)
	}
	stranger := d.browser(t)
	stranger.holds("whatever")
	if status, said, _ := stranger.asks("/who"); status != http.StatusServiceUnavailable || said != "away" {
		t.Errorf("a token nobody knows: %d %q", status, said)
	}
	d.browser(t).is("") // without a cookie nothing need be asked
	d.forward(16 * time.Minute)
	if status, _, _ := b.asks("/who"); status != http.StatusServiceUnavailable {
		t.Errorf("after a quarter of an hour: %d", status)
	}
	server.SetError("")
	b.is("code:Ben responder")
	if status, _, _ := d.browser(t).asks("/code?code=" + code); status != http.StatusOK {
		t.Errorf("the code afterwards: %d", status)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, rdb redis.UniversalClient) {
		d := newDoor(t, rdb, Options{})
		ctx := t.Context()
		secret, err := d.store.NewToken(ctx, Token{Name: "wallboard", Grants: []Grant{{Role: Viewer}}, Expires: d.now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.store.NewToken(ctx, Token{Name: "wallboard"}); err == nil {
			t.Error("two tokens have one name")
		}
		who, err := d.WithToken(ctx, "Bearer "+secret)
		if err != nil || who.ID != "token:wallboard" || who.Role() != Viewer || who.How != ByToken {
			t.Fatalf("WithToken = %+v, %v", who, err)
		}
		for name, header := range map[string]string{
			"none": "", "another scheme": "Basic " + secret, "no scheme": secret, "another secret": "Bearer clt_" + secret[8:],
			"its hash": "Bearer " + hashed(secret), "without our word": "Bearer " + secret[4:], "two": "Bearer " + secret + " " + secret,
		} {
			if _, err := d.WithToken(ctx, header); !errors.Is(err, ErrNoToken) {
				t.Errorf("%s: %v", name, err)
			}
		}
		d.forward(2 * time.Hour)
		if _, err := d.WithToken(ctx, "Bearer "+secret); !errors.Is(err, ErrNoToken) {
			t.Errorf("after its time: %v", err)
		}
		if err := d.store.EndToken(ctx, "wallboard"); err != nil {
			t.Fatal(err)
		}
		if err := d.store.EndToken(ctx, "wallboard"); !errors.Is(err, ErrNoToken) {
			t.Errorf("ended twice: %v", err)
		}
	})
}
