package twilio

import "strings"

// urlParts is a URL split without changing a character of it: what is signed
// is the very text, so nothing may be normalised.
type urlParts struct {
	scheme   string // with "://"
	userinfo string // with "@"
	host     string
	port     string // with ":"
	rest     string
}

func splitURL(raw string) urlParts {
	i := strings.Index(raw, "://")
	if i < 0 {
		return urlParts{rest: raw}
	}
	p := urlParts{scheme: raw[:i+3]}
	authority := raw[i+3:]
	if j := strings.IndexAny(authority, "/?#"); j >= 0 {
		authority, p.rest = authority[:j], authority[j:]
	}
	if j := strings.LastIndexByte(authority, '@'); j >= 0 {
		p.userinfo, authority = authority[:j+1], authority[j+1:]
	}
	p.host = authority
	// A colon starts the port only after the bracket that closes an IPv6 literal.
	if j := strings.LastIndexByte(authority, ':'); j > strings.LastIndexByte(authority, ']') {
		p.host, p.port = authority[:j], authority[j:]
	}
	return p
}

func (p urlParts) https() bool { return strings.EqualFold(p.scheme, "https://") }

// signedURL is raw as Twilio signs it.
func signedURL(raw string) string {
	if i := strings.IndexByte(raw, '#'); i >= 0 {
		raw = raw[:i]
	}
	p := splitURL(raw)
	if p.https() {
		return p.scheme + p.host + p.rest
	}
	return p.scheme + p.host + p.port + p.rest
}

// bases lists what may stand before the request URI when the service is known
// as publicURL: first what Twilio documents for voice, then with or without the
// port, then with the userinfo, because back ends differ and npm twilio accepts
// them all. A path prefix may or may not have been removed by a proxy.
func bases(publicURL string) []string {
	p := splitURL(publicURL)
	prefix := strings.TrimRight(p.rest, "/")
	port := p.port
	if port == "" {
		port = ":80"
		if p.https() {
			port = ":443"
		}
	}
	hosts := []string{p.host, p.host + port}
	if !p.https() && p.port != "" {
		hosts[0], hosts[1] = hosts[1], hosts[0]
	}
	if p.userinfo != "" {
		hosts = append(hosts, p.userinfo+hosts[0], p.userinfo+hosts[1])
	}
	var all []string
	for _, h := range hosts {
		all = append(all, p.scheme+h+prefix)
	}
	if prefix != "" {
		for _, h := range hosts {
			all = append(all, p.scheme+h)
		}
	}
	return all
}
