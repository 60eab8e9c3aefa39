package conformance

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const (
	accountPath = "/2010-04-01/Accounts/AC00000000000000000000000000000000"
	callPath    = accountPath + "/Calls/CA11111111111111111111111111111111.json"
)

func goodCall() url.Values {
	return url.Values{"To": {"+447700900001"}, "From": {"+442079460000"}, "Url": {"https://line.example/v#rc=2"}, "Method": {"POST"},
		"Timeout": {"20"}, "StatusCallback": {"https://line.example/s"}, "StatusCallbackEvent": {"initiated", "ringing", "answered", "completed"}}
}

func request(t *testing.T, method, path string, form url.Values) (*http.Request, []byte) {
	t.Helper()
	body := []byte(form.Encode())
	r := httptest.NewRequest(method, path, nil)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", formType)
	}
	r.SetBasicAuth("AC", "token")
	return r, body
}

func TestCheckRequest(t *testing.T) {
	t.Parallel()
	spec, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	with := func(key string, values ...string) url.Values {
		f := goodCall()
		f[key] = values
		return f
	}
	tests := []struct {
		name, method, path string
		form               url.Values
		want               string // "" when good
	}{
		{"create", "POST", accountPath + "/Calls.json", goodCall(), ""},
		{"create under a prefix", "POST", "/api/laml" + accountPath + "/Calls.json", goodCall(), ""},
		{"update", "POST", callPath, url.Values{"Status": {"completed"}}, ""},
		{"list", "GET", accountPath + "/Calls.json?To=%2B447700900001&PageSize=50", nil, ""},
		{"no such path", "POST", accountPath + "/Callz.json", goodCall(), "no matching operation"},
		{"not the API", "GET", "/healthz", nil, "is not under"},
		{"no such method", "PUT", callPath, nil, "method"},
		{"account of the wrong form", "GET", "/2010-04-01/Accounts/AC1/Calls.json", nil, "AccountSid"},
		{"call of the wrong form", "POST", accountPath + "/Calls/CA1.json", url.Values{"Status": {"completed"}}, "Sid"},
		{"no To", "POST", accountPath + "/Calls.json", url.Values{"From": {"+442079460000"}, "Url": {"https://line.example"}}, "To"},
		{"misspelt key", "POST", accountPath + "/Calls.json", with("StatusCallbackEvents", "ringing"), "unknown body parameter"},
		{"misspelt query", "GET", accountPath + "/Calls.json?to=x", nil, "unknown query parameter"},
		{"Method of no kind", "POST", accountPath + "/Calls.json", with("Method", "PUT"), "Method"},
		{"Status of no kind", "POST", callPath, url.Values{"Status": {"finished"}}, "Status"},
		{"event of no kind", "POST", accountPath + "/Calls.json", with("StatusCallbackEvent", "bogus"), "StatusCallbackEvent"},
		{"key twice", "POST", accountPath + "/Calls.json", with("To", "+447700900001", "+447700900002"), "2 times"},
		{"Timeout out of range", "POST", accountPath + "/Calls.json", with("Timeout", "601"), "Timeout"},
		{"relative URL", "POST", accountPath + "/Calls.json", with("Url", "/voice"), "whole URL"},
		{"host with an underscore", "POST", accountPath + "/Calls.json", with("StatusCallback", "https://a_b.example/"), "whole URL"},
		{"recording", "POST", accountPath + "/Calls.json", with("Record", "false"), "never recorded"},
		{"machine detection", "POST", accountPath + "/Calls.json", with("MachineDetection", "Enable"), "not a machine"},
		{"document inline and by URL", "POST", accountPath + "/Calls.json", with("Twiml", "<Response/>"), "exclude"},
		{"document inline, too long", "POST", accountPath + "/Calls.json", with("Twiml", strings.Repeat("x", 4001)), "4001 characters"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, body := request(t, tc.method, tc.path, tc.form)
			err := spec.CheckRequest(r, body)
			if (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("CheckRequest: %v, want %q", err, tc.want)
			}
		})
	}
}

func TestCheckRequestWantsCredentials(t *testing.T) {
	t.Parallel()
	spec, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	r, body := request(t, "POST", accountPath+"/Calls.json", goodCall())
	r.Header.Del("Authorization")
	if err := spec.CheckRequest(r, body); err == nil || !strings.Contains(err.Error(), "authorisation") {
		t.Errorf("CheckRequest: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportReportsAndPassesOn(t *testing.T) {
	t.Parallel()
	spec, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var reported, sent []string
	passed := errors.New("passed on")
	transport := spec.Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		sent = append(sent, string(body))
		return nil, errors.Join(passed, err)
	}), func(err error) { reported = append(reported, err.Error()) })
	for _, form := range []string{goodCall().Encode(), "Wrong=1"} {
		r, _ := request(t, "POST", accountPath+"/Calls.json", nil)
		r.Body = io.NopCloser(strings.NewReader(form))
		if _, err := transport.RoundTrip(r); !errors.Is(err, passed) {
			t.Fatal(err)
		}
	}
	if len(sent) != 2 || sent[0] != goodCall().Encode() || sent[1] != "Wrong=1" {
		t.Errorf("sent %q", sent)
	}
	if len(reported) != 1 || !strings.Contains(reported[0], "Wrong") {
		t.Errorf("reported %q", reported)
	}
}
