package twilio_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/twilio"
)

func TestNewClientPlaces(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options twilio.ClientOptions
		want    string // host; "" when refused
	}{
		{"default", twilio.ClientOptions{AccountSID: account, AuthToken: "t"}, "api.twilio.com"},
		{"region and edge", twilio.ClientOptions{AccountSID: account, AuthToken: "t", Region: "ie1", Edge: "dublin"}, "api.dublin.ie1.twilio.com"},
		{"edge alone", twilio.ClientOptions{AccountSID: account, AuthToken: "t", Edge: "frankfurt"}, "api.frankfurt.us1.twilio.com"},
		{"region alone", twilio.ClientOptions{AccountSID: account, AuthToken: "t", Region: "ie1"}, ""},
		{"region that is none", twilio.ClientOptions{AccountSID: account, AuthToken: "t", Region: "ie1.evil.example/", Edge: "dublin"}, ""},
		{"base URL wins", twilio.ClientOptions{AccountSID: account, AuthToken: "t", BaseURL: "http://127.0.0.1:4010/api/laml/", Region: "ie1"}, "127.0.0.1:4010"},
		{"base URL that is none", twilio.ClientOptions{AccountSID: account, AuthToken: "t", BaseURL: "127.0.0.1:4010"}, ""},
		{"no account", twilio.ClientOptions{AuthToken: "t"}, ""},
		{"account with a slash", twilio.ClientOptions{AccountSID: "AC/1", AuthToken: "t"}, ""},
		{"no token", twilio.ClientOptions{AccountSID: account}, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, err := twilio.NewClient(tc.options)
			if tc.want == "" {
				if err == nil {
					t.Error("accepted")
				}
				return
			}
			if err != nil || c.Host() != tc.want {
				t.Errorf("host %v, %v, want %s", c, err, tc.want)
			}
		})
	}
}

// asked is a transport that notes requests and answers with an active account.
type asked struct{ requests []*http.Request }

func (a *asked) RoundTrip(r *http.Request) (*http.Response, error) {
	a.requests = append(a.requests, r)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"status":"active"}`))}, nil
}

// Not parallel: it sets the environment, which twilio-go's own client would follow.
func TestEnvironmentMovesNothing(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "sydney")
	t.Setenv("TWILIO_REGION", "au1")
	got := &asked{}
	// An account that is a UUID, as other vendors of the same API have.
	c, err := twilio.NewClient(twilio.ClientOptions{AccountSID: "5f1f-11-aa_b", AuthToken: "secret", BaseURL: "https://space.example/api/laml", HTTP: &http.Client{Transport: got}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckAccount(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := got.requests[0]
	if want := "https://space.example/api/laml/2010-04-01/Accounts/5f1f-11-aa_b.json"; r.URL.String() != want {
		t.Errorf("asked %s, want %s", r.URL, want)
	}
	if user, pass, ok := r.BasicAuth(); !ok || user != "5f1f-11-aa_b" || pass != "secret" {
		t.Errorf("authorisation %q %q", user, pass)
	}
	stray := twilio.StrayEnvironment()
	if !slices.Contains(stray, "TWILIO_EDGE") || !slices.Contains(stray, "TWILIO_REGION") || !slices.IsSorted(stray) {
		t.Errorf("stray environment %q", stray)
	}
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		url     string
		retries int
		edges   []string
		want    string
	}{
		{"a document", "https://line.example/v?o=1", 2, nil, "https://line.example/v?o=1#ct=2000&rt=4000&tt=12000&rc=2&rp=all"},
		{"with edges", "https://line.example/v", 3, []string{"dublin", "frankfurt"}, "https://line.example/v#ct=2000&rt=4000&tt=12000&rc=3&rp=all&e=dublin,frankfurt"},
		{"too many retries", "/v", 9, nil, "/v#ct=2000&rt=4000&tt=12000&rc=5&rp=all"},
		{"fewer than none", "/v", -1, nil, "/v#ct=2000&rt=4000&tt=12000&rc=0&rp=all"},
		{"overrides already there", "/v#rc=1", 2, nil, "/v#ct=2000&rt=4000&tt=12000&rc=2&rp=all"},
		{"none", "", 2, nil, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, twilio.Overrides(tc.url, tc.retries, tc.edges...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
