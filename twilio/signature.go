package twilio

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// SignatureHeader carries the signature of every request Twilio makes.
const SignatureHeader = "X-Twilio-Signature"

// Validator checks that a webhook came from Twilio. It is safe for concurrent
// use. There is no time stamp or nonce in the signature, so a valid request may
// be a repeated one: whatever it asks must be safe to do twice.
type Validator struct {
	bases   []string // what may stand before the request URI, likeliest first
	signers []*signer
}

// NewValidator makes a validator for requests to publicURL, which is
// scheme://host[:port][/prefix] as Twilio was told it; what a proxy made of it
// on the way does not matter. One token is the rule; two while a token is being
// rotated. For voice over HTTPS Twilio leaves the port and any user:password@
// out of what it signs; over HTTP it keeps the port.
// https://www.twilio.com/docs/usage/security, read 2026-11-21.
func NewValidator(publicURL string, tokens ...string) (*Validator, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("public URL: must be http:// or https:// and a host")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("public URL: must not have a query or a fragment")
	}
	v := &Validator{bases: bases(publicURL)}
	for i, t := range tokens {
		if t == "" {
			return nil, fmt.Errorf("token %d: is empty", i+1)
		}
		v.signers = append(v.signers, newSigner(t))
	}
	if len(v.signers) == 0 {
		return nil, errors.New("token: at least one is needed")
	}
	return v, nil
}

// Valid reports whether signature is Twilio's for a request to requestURI (the
// path and query as received) with the parameters of f. For a request whose URL
// carries bodySHA256 the body must be given and is checked against it; f is
// then ignored. f may be nil for a GET. A signature that fits costs no
// allocation and, with the first token and the URL as configured, one HMAC.
func (v *Validator) Valid(requestURI string, f *Form, body []byte, signature string) bool {
	if len(signature) != signatureLen {
		return false
	}
	if want, ok := bodySHA256(requestURI); ok {
		if !bodyMatches(body, want) {
			return false
		}
		f = nil
	}
	if v.fits(requestURI, f, signature) {
		return true
	}
	return slices.ContainsFunc(rewritten(requestURI), func(uri string) bool { return v.fits(uri, f, signature) })
}

func (v *Validator) fits(requestURI string, f *Form, signature string) bool {
	for _, s := range v.signers {
		for _, base := range v.bases {
			if s.fits(base, requestURI, f, signature) {
				return true
			}
		}
	}
	return false
}

// Sign is the signature Twilio sends with a request to rawURL carrying the
// parameters of f (nil for none): the fragment is not signed, nor, over HTTPS,
// the port, nor ever user:password@.
func Sign(token, rawURL string, f *Form) string {
	s := newSigner(token)
	x := s.pool.Get().(*signing)
	s.compute(x, signedURL(rawURL), "", f)
	return string(x.b64[:])
}

// signatureLen is the length of 20 bytes in base64.
const signatureLen = 28

type signer struct{ pool sync.Pool }

// signing is the working memory of one signature.
type signing struct {
	mac   hash.Hash
	buf   []byte
	sum   [sha1.Size]byte
	b64   [signatureLen]byte
	given [signatureLen]byte
	order [MaxParams]pair
}

func newSigner(token string) *signer {
	s := &signer{}
	s.pool.New = func() any {
		return &signing{mac: hmac.New(sha1.New, []byte(token)), buf: make([]byte, 0, 2048)}
	}
	return s
}

func (s *signer) fits(base, requestURI string, f *Form, signature string) bool {
	x := s.pool.Get().(*signing)
	s.compute(x, base, requestURI, f)
	copy(x.given[:], signature)
	ok := subtle.ConstantTimeCompare(x.b64[:], x.given[:]) == 1
	s.pool.Put(x)
	return ok
}

// compute leaves in x.b64 the signature of base+requestURI and f. Parameters
// are signed sorted by name; of a repeated name each different value once,
// sorted, as npm twilio does. Twilio sends them sorted, so the sort is skipped
// when it can be.
func (s *signer) compute(x *signing, base, requestURI string, f *Form) {
	x.buf = append(append(x.buf[:0], base...), requestURI...)
	var sorted []pair
	if f != nil {
		params := f.pairs[:f.n]
		if !inOrder(params) {
			sorted = x.order[:copy(x.order[:], params)]
			slices.SortFunc(sorted, comparePairs)
			params = sorted
		}
		for i := range params {
			if i > 0 && params[i] == params[i-1] {
				continue
			}
			x.buf = append(append(x.buf, params[i].name...), params[i].value...)
		}
	}
	x.mac.Reset()
	x.mac.Write(x.buf)
	base64.StdEncoding.Encode(x.b64[:], x.mac.Sum(x.sum[:0]))
	clear(sorted)
}

func inOrder(params []pair) bool {
	for i := 1; i < len(params); i++ {
		if params[i-1].name >= params[i].name {
			return false
		}
	}
	return true
}

func comparePairs(a, b pair) int {
	if c := compareUTF16(a.name, b.name); c != 0 {
		return c
	}
	return compareUTF16(a.value, b.value)
}

// compareUTF16 orders as Java and JavaScript do, by UTF-16 units: characters
// beyond the first plane, F0 and up in UTF-8, come before U+E000 to U+FFFF,
// which begin with EE or EF.
func compareUTF16(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := a[i], b[i]; x != y {
			if x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0) {
				return cmp.Compare(y, x)
			}
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}

// bodySHA256 is the parameter of that name in requestURI's query.
func bodySHA256(requestURI string) (value string, ok bool) {
	_, query, _ := strings.Cut(requestURI, "?")
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		if v, found := strings.CutPrefix(p, "bodySHA256="); found {
			return v, true
		}
	}
	return "", false
}

func bodyMatches(body []byte, want string) bool {
	const digits = "0123456789abcdef"
	var text, given [2 * sha256.Size]byte
	if len(want) != len(given) {
		return false
	}
	copy(given[:], want)
	for i, b := range sha256.Sum256(body) {
		text[2*i], text[2*i+1] = digits[b>>4], digits[b&15]
	}
	return subtle.ConstantTimeCompare(text[:], given[:]) == 1
}
