package main

import (
	"net/http"
	"testing"
)

func TestPeerIsWhoATrustedProxySays(t *testing.T) {
	t.Parallel()
	p := newPeers([]string{"10.0.0.0/8", "192.0.2.7", "2001:db8::/32"})
	for name, c := range map[string]struct {
		remote, forwarded, want string
	}{
		"no proxy":                         {"198.51.100.1:4000", "", "198.51.100.1"},
		"a stranger who writes the header": {"198.51.100.1:4000", "203.0.113.9", "198.51.100.1"},
		"one proxy":                        {"10.1.2.3:4000", "203.0.113.9", "203.0.113.9"},
		"two proxies":                      {"10.1.2.3:4000", "203.0.113.9, 192.0.2.7", "203.0.113.9"},
		"what a client wrote before":       {"10.1.2.3:4000", "1.1.1.1, 203.0.113.9", "203.0.113.9"},
		"a proxy that says nothing":        {"10.1.2.3:4000", "", "10.1.2.3"},
		"a proxy that says nonsense":       {"10.1.2.3:4000", "unknown", "10.1.2.3"},
		"IPv6":                             {"[2001:db8::1]:4000", "2001:db9::2", "2001:db9::2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			if got := p.of(r); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
