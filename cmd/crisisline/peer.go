package main

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// peers tells who sent a request, for the log of refused ones: the peer of the
// connection, or, when that is a proxy we trust, whoever the proxy says. It is
// the address of a machine at the carrier, or of a stranger; never a caller's.
type peers []netip.Prefix

// newPeers reads addresses and networks; the configuration has checked them.
func newPeers(trusted []string) (p peers) {
	for _, s := range trusted {
		if prefix, err := netip.ParsePrefix(s); err == nil {
			p = append(p, prefix)
		} else if addr, err := netip.ParseAddr(s); err == nil {
			p = append(p, netip.PrefixFrom(addr, addr.BitLen()))
		}
	}
	return p
}

func (p peers) trusts(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr.Unmap()) })
}

// of is the last address before the first one we do not trust, read backwards:
// what stands further left in the header anybody may have written.
func (p peers) of(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(host); i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			return host
		}
		host = hop
	}
	return host
}
