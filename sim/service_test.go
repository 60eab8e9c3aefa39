package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.org/crisisline/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	line      = "+442392000001"
	callerNo  = "+447700900101"
	aliceNo   = "+447700900201"
	benNo     = "+447700900202"
	authToken = "made-up token"
	// public is what the network is told; it is really served elsewhere.
	public = "https://line.example.org"
)

var start = time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)

// hook is one webhook as the service got it.
type hook struct {
	Method, Path string
	Form         url.Values
	Header       http.Header
}

// script is a service that answers each path with a fixed document, and
// remembers what it was asked.
type script struct {
	t   *testing.T
	net *sim.Network
	api *httptest.Server
	own *httptest.Server

	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	hooks []hook
}

// newScript puts a network and a scripted service together, on a manual clock.
func newScript(t *testing.T, set ...func(*sim.Options)) *script {
	t.Helper()
	s := &script{t: t, pages: map[string]http.HandlerFunc{}}
	opt := sim.Options{Clock: sim.NewManual(start), AuthToken: authToken, CPS: -1, Seed: 1}
	for _, fn := range set {
		fn(&opt)
	}
	s.net = sim.New(opt)
	service := httptest.NewServer(s)
	s.own = service
	s.api = httptest.NewServer(s.net.Handler())
	s.net.Route(public, service.URL)
	s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in", StatusURL: public + "/status"})
	t.Cleanup(func() {
		s.net.Close()
		service.Close()
		s.api.Close()
	})
	return s
}

func (s *script) origin() string { return s.own.URL }

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	s.hooks = append(s.hooks, hook{r.Method, r.URL.Path, r.Form, r.Header})
	page := s.pages[r.URL.Path]
	s.mu.Unlock()
	if page == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	page(w, r)
}

// says answers a path with verbs.
func (s *script) says(path, verbs string) {
	s.page(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Response>`+verbs+`</Response>`)
	})
}

func (s *script) page(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = h
}

// got is what was asked of a path, in order.
func (s *script) got(path string) (found []hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hooks {
		if h.Path == path {
			found = append(found, h)
		}
	}
	return found
}

// values is one parameter of every request to a path.
func (s *script) values(path, name string) []string {
	hooks := s.got(path)
	values := make([]string, 0, len(hooks))
	for _, h := range hooks {
		values = append(values, h.Form.Get(name))
	}
	return values
}

func (s *script) expect(path, name string, want ...string) {
	s.t.Helper()
	if got := s.values(path, name); !slices.Equal(got, want) {
		s.t.Errorf("%s of %s: got %q, want %q", name, path, got, want)
	}
}

// pass lets time pass in the network.
func (s *script) pass(d time.Duration) {
	s.t.Helper()
	s.net.Until(d, func() bool { return false })
}

// rest makes a REST request and decodes the answer.
func (s *script) rest(method, path string, form url.Values) (int, map[string]any) {
	s.t.Helper()
	address := s.api.URL + "/2010-04-01/Accounts/" + s.net.AccountSID() + path
	req, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if method == http.MethodGet {
		req, err = http.NewRequest(method, address+"?"+form.Encode(), nil)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.SetBasicAuth(s.net.AccountSID(), authToken)
	res, err := s.api.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil && err != io.EOF {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, out
}

// call makes an outbound call with all status events.
func (s *script) call(to, path string, more ...string) string {
	s.t.Helper()
	form := url.Values{
		"To": {to}, "From": {line}, "Url": {public + path}, "StatusCallback": {public + "/leg"},
		"StatusCallbackEvent": {"initiated", "ringing", "answered", "completed"}, "Timeout": {"20"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	status, out := s.rest(http.MethodPost, "/Calls.json", form)
	if status != http.StatusCreated {
		s.t.Fatalf("POST Calls: status %d: %v", status, out)
	}
	return out["sid"].(string)
}

// clean fails the test if anybody heard an application error.
func (s *script) clean() {
	s.t.Helper()
	if spoken := s.net.ApplicationErrors(); len(spoken) > 0 {
		s.t.Errorf("application errors: %+v", spoken)
	}
	if bridges := s.net.DoubleBridges(); len(bridges) > 0 {
		s.t.Errorf("double bridges: %+v", bridges)
	}
}
