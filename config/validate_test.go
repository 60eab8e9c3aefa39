package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultIsValid(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Demo, Tool} {
		if err := Default().Validate(mode); err != nil {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
}

// TestServeNeedsMore is the difference between carrying calls and looking at
// something.
func TestServeNeedsMore(t *testing.T) {
	t.Parallel()
	cfg := Default()
	for _, mode := range []Mode{Demo, Tool} {
		if err := cfg.Validate(mode); err != nil {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
	err := cfg.Validate(Serve)
	if err == nil {
		t.Fatal("was accepted")
	}
	for _, key := range []string{"twilio.account_sid", "http.public_url", "twilio.auth_token", "privacy.key"} {
		if !strings.Contains(err.Error(), "\n  "+key+": is needed") {
			t.Errorf("%s is not asked for in:\n%v", key, err)
		}
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		url  string
		want Endpoint
		err  string
	}{
		"plain":            {url: "redis://127.0.0.1:6379", want: Endpoint{Addrs: []string{"127.0.0.1:6379"}}},
		"port left out":    {url: "redis://store", want: Endpoint{Addrs: []string{"store:6379"}}},
		"database":         {url: "redis://store/3", want: Endpoint{Addrs: []string{"store:6379"}, DB: 3}},
		"slash at the end": {url: "redis://store/", want: Endpoint{Addrs: []string{"store:6379"}}},
		"several":          {url: "rediss://a:1,b:2, c", want: Endpoint{Addrs: []string{"a:1", "b:2", "c:6379"}, TLS: true}},
		"IPv6":             {url: "redis://[::1]:7000", want: Endpoint{Addrs: []string{"[::1]:7000"}}},
		"socket":           {url: "unix:///run/redis.sock", want: Endpoint{Addrs: []string{"/run/redis.sock"}, Unix: true}},
		"user":             {url: "redis://u:p@store", err: "must not hold a user or password"},
		"nothing":          {url: "redis://", err: "names no server"},
		"other scheme":     {url: "http://store", err: "must be"},
		"no scheme":        {url: "store:6379", err: "must be"},
		"word for number":  {url: "redis://store/main", err: "may have only the number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Redis{URL: test.url}.Endpoint()
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("got %v, %v", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("endpoint (-want +got):\n%s", d)
			}
		})
	}
}

// TestConsoleStaysAtHome: the pages have no sign-in yet.
func TestConsoleStaysAtHome(t *testing.T) {
	t.Parallel()
	for listen, ok := range map[string]bool{
		"": true, "127.0.0.1:8081": true, "localhost:0": true, "[::1]:1": true, "127.8.8.8:80": true,
		":8081": false, "0.0.0.0:8081": false, "[::]:8081": false, "10.0.0.1:8081": false, "pages.example.org:80": false,
		"127.0.0.1": false, "127.0.0.1:web": false,
	} {
		cfg := Default()
		cfg.Console.Listen = listen
		if err := cfg.Validate(Demo); (err == nil) != ok {
			t.Errorf("%q: %v", listen, err)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"routing.rng_for": "routing.ring_for",
		"routing.ringfor": "routing.ring_for",
		"redis.url":       "redis.url",
		"colour":          "",
	} {
		if got := nearest(word, Keys()); got != want {
			t.Errorf("nearest to %q is %q, not %q", word, got, want)
		}
	}
}
