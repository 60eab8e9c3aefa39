package twilio

import (
	"slices"
	"strings"
)

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
	if lower := strings.ToLower(p.host); lower != p.host {
		hosts = append(hosts, lower, lower+port)
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

// rewritten lists other spellings of a request URI that Twilio's back ends are
// known to have signed: escaped as a browser would, and with the query decoded
// and encoded again. Tried only after the URI as received, as npm twilio does.
func rewritten(requestURI string) []string {
	path, query, hasQuery := strings.Cut(requestURI, "?")
	path = escapeBytes(path, "\"<>`{}")
	if !hasQuery {
		return []string{path}
	}
	uris := []string{path + "?" + escapeBytes(query, "\"<>'")}
	var f Form
	if query != "" && f.Parse([]byte(query)) == nil {
		uris = append(uris, path+"?"+encodeAgain(&f))
	}
	return uris
}

// escapeBytes escapes what is not printable ASCII, and the bytes of also.
func escapeBytes(s, also string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= 0x20 || c >= 0x7f || strings.IndexByte(also, c) >= 0 {
			b.WriteString("%" + string(upperHex[c>>4]) + string(upperHex[c&15]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

const upperHex = "0123456789ABCDEF"

// encodeAgain writes the parameters as node's querystring does: values of one
// name together, where the name first stood.
func encodeAgain(f *Form) string {
	var b strings.Builder
	for i := range f.n {
		name := f.pairs[i].name
		if slices.ContainsFunc(f.pairs[:i], func(p pair) bool { return p.name == name }) {
			continue
		}
		for _, value := range f.All(name) {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(escapeQuery(name) + "=" + escapeQuery(value))
		}
	}
	return b.String()
}

func escapeQuery(s string) string { return escapeBytes(s, "\"#$%&+,/:;<=>?@[\\]^`{|}") }
