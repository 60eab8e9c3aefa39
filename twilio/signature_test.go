package twilio_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.org/crisisline/twilio"
	"example.org/crisisline/twilio/conformance"
)

const documentedToken = "12345"

// The vector of https://www.twilio.com/docs/usage/security, read 2026-11-21. Its
// numbers are the vendor's, kept because the signature is over them.
func documented(t testing.TB) (v *twilio.Validator, requestURI, body, signature string) {
	t.Helper()
	v, err := twilio.NewValidator("https://example.com", documentedToken)
	if err != nil {
		t.Fatal(err)
	}
	return v, "/myapp.php?foo=1&bar=2",
		"CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212",
		"L/OH5YylLD5NRKLltdqwSvS0BnU="
}

func parse(t testing.TB, body string) *twilio.Form {
	t.Helper()
	f := new(twilio.Form)
	if err := f.Parse([]byte(body)); err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return f
}

func TestValidAcceptsTheDocumentedVector(t *testing.T) {
	t.Parallel()
	v, uri, body, signature := documented(t)
	if !v.Valid(uri, parse(t, body), nil, signature) {
		t.Fatal("the vector of Twilio's documentation was refused")
	}
	if got := twilio.Sign(documentedToken, "https://example.com"+uri, parse(t, body)); got != signature {
		t.Fatalf("Sign = %s, want %s", got, signature)
	}
}

func TestValidAgreesWithNPMTwilio(t *testing.T) {
	t.Parallel()
	token, cases, err := conformance.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	differ := []string{}
	for _, c := range cases {
		if c.Node != c.Ours {
			differ = append(differ, c.Name)
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			base, uri := splitSeen(c.URL)
			v, err := twilio.NewValidator(base, token)
			if err != nil {
				t.Fatal(err)
			}
			f, body := new(twilio.Form), []byte(nil)
			if c.JSON {
				body = []byte(c.Body)
			} else if err := f.Parse([]byte(c.Body)); err != nil {
				t.Fatal(err)
			}
			if got := v.Valid(uri, f, body, c.Signature); got != c.Ours {
				t.Errorf("Valid = %v, npm twilio %v, wanted %v %s", got, c.Node, c.Ours, c.Why)
			}
			if v.Valid(uri, f, body, flip(c.Signature)) {
				t.Error("a signature with one bit changed was accepted")
			}
		})
	}
	// The one case where npm twilio does not do what Twilio documents.
	if want := []string{"userinfo seen, signed without"}; !slices.Equal(differ, want) {
		t.Errorf("cases that differ from npm twilio: %q, want %q", differ, want)
	}
}

// splitSeen splits a URL at the end of its authority.
func splitSeen(raw string) (base, uri string) {
	scheme, rest, _ := strings.Cut(raw, "://")
	i := strings.IndexAny(rest, "/?#")
	return scheme + "://" + rest[:i], rest[i:]
}

func flip(signature string) string {
	b := []byte(signature)
	if b[5] == 'A' {
		b[5] = 'B'
	} else {
		b[5] = 'A'
	}
	return string(b)
}

func TestValid(t *testing.T) {
	t.Parallel()
	const token, next, uri = "first-token", "second-token", "/voice/inbound?o=1"
	const body = "AccountSid=AC1&CallSid=CA1&From=%2B447700900123"
	sign := func(token, url string) string { return twilio.Sign(token, url, parse(t, body)) }
	tests := []struct {
		name      string
		publicURL string
		tokens    []string
		signature string
		want      bool
	}{
		{"the token", "https://line.example", []string{token}, sign(token, "https://line.example"+uri), true},
		{"another token", "https://line.example", []string{token}, sign(next, "https://line.example"+uri), false},
		{"rotation: the old token", "https://line.example", []string{token, next}, sign(token, "https://line.example"+uri), true},
		{"rotation: the new token", "https://line.example", []string{token, next}, sign(next, "https://line.example"+uri), true},
		{"https drops port and userinfo", "https://u:p@line.example:8443", []string{token}, sign(token, "https://u:p@line.example:8443"+uri), true},
		{"http keeps the port", "http://127.0.0.1:8080", []string{token}, sign(token, "http://127.0.0.1:8080"+uri), true},
		{"http, another port", "http://127.0.0.1:8080", []string{token}, sign(token, "http://127.0.0.1:8081"+uri), false},
		{"overrides are not signed", "https://line.example", []string{token}, sign(token, twilio.Overrides("https://line.example"+uri, 2)), true},
		{"prefix removed by a proxy", "https://line.example/crisis/", []string{token}, sign(token, "https://line.example/crisis"+uri), true},
		{"no signature", "https://line.example", []string{token}, "", false},
		{"an empty signature of the right length", "https://line.example", []string{token}, strings.Repeat("=", 28), false},
		{"another host", "https://line.example", []string{token}, sign(token, "https://other.example"+uri), false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, err := twilio.NewValidator(tc.publicURL, tc.tokens...)
			if err != nil {
				t.Fatal(err)
			}
			if got := v.Valid(uri, parse(t, body), nil, tc.signature); got != tc.want {
				t.Errorf("Valid = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestValidWithPrefixKeptByTheProxy(t *testing.T) {
	t.Parallel()
	v, err := twilio.NewValidator("https://line.example/crisis", "token")
	if err != nil {
		t.Fatal(err)
	}
	const uri = "/crisis/voice/inbound"
	if !v.Valid(uri, nil, nil, twilio.Sign("token", "https://line.example"+uri, nil)) {
		t.Error("a request whose path still has the prefix was refused")
	}
}

func TestNewValidatorRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, publicURL string
		tokens          []string
	}{
		{"no URL", "", []string{"t"}},
		{"no scheme", "line.example", []string{"t"}},
		{"another scheme", "ftp://line.example", []string{"t"}},
		{"no host", "https:///voice", []string{"t"}},
		{"a query", "https://line.example?a=1", []string{"t"}},
		{"a fragment", "https://line.example#a", []string{"t"}},
		{"no token", "https://line.example", nil},
		{"an empty token", "https://line.example", []string{"t", ""}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := twilio.NewValidator(tc.publicURL, tc.tokens...); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// Not parallel: testing.AllocsPerRun counts every goroutine's allocations.
func TestValidAllocatesNothingOnSuccess(t *testing.T) {
	v, uri, body, signature := documented(t)
	f := parse(t, body)
	unsorted := new(twilio.Form)
	if err := unsorted.Parse([]byte("b=1&a=2")); err != nil {
		t.Fatal(err)
	}
	unsortedSignature := twilio.Sign(documentedToken, "https://example.com/v", unsorted)
	ok := true
	allocs := testing.AllocsPerRun(200, func() {
		ok = ok && v.Valid(uri, f, nil, signature) && v.Valid("/v", unsorted, nil, unsortedSignature)
	})
	if !ok {
		t.Fatal("refused")
	}
	if allocs >= 1 && !raceEnabled { // the race detector makes sync.Pool drop items at random
		t.Errorf("%v allocations, want 0", allocs)
	}
}

func FuzzValidNeverAcceptsAnotherBody(f *testing.F) {
	f.Add("a=1", "a=2", "/v?x=1")
	f.Add("b=1&a=2", "a=2&b=1", "/v?bodySHA256=00")
	f.Add("a=%E9", "a=%FF", "/caf\u00e9?o'b")
	v, err := twilio.NewValidator("https://line.example", "token")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, signed, seen, uri string) {
		var a, b twilio.Form
		if a.Parse([]byte(signed)) != nil || b.Parse([]byte(seen)) != nil || strings.ContainsAny(uri, "#") || strings.Contains(uri, "bodySHA256") {
			return
		}
		if !strings.HasPrefix(uri, "/") {
			uri = "/" + uri
		}
		signature := twilio.Sign("token", "https://line.example"+uri, &a)
		if !v.Valid(uri, &a, nil, signature) {
			t.Errorf("refused what Sign signed for %q with %q", uri, signed)
		}
		if v.Valid(uri, &b, nil, signature) && message(&a) != message(&b) {
			t.Errorf("accepted %q under the signature of %q", seen, signed)
		}
	})
}

// message is what is signed of a form, written a second way.
func message(f *twilio.Form) string {
	values := url.Values{}
	for _, name := range f.Names() {
		values[name] = f.All(name)
	}
	names := f.Names()
	slices.Sort(names)
	var b strings.Builder
	for _, name := range slices.Compact(names) {
		all := values[name]
		slices.Sort(all)
		for _, v := range slices.Compact(all) {
			b.WriteString(name + v)
		}
	}
	return b.String()
}
