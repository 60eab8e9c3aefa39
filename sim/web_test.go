package sim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// visitor is somebody with the phone page open.
type visitor struct {
	t   *testing.T
	url string
}

func newVisitor(t *testing.T, s *script) visitor {
	t.Helper()
	page := s.net.Web(sim.WebPage{
		Lines:      []sim.WebEntry{{Label: "Public line", Number: line}},
		Responders: []sim.WebEntry{{Label: "Alice", Number: aliceNo}, {Label: "Ben", Number: benNo}},
	})
	server := httptest.NewServer(http.StripPrefix("/phones", page))
	t.Cleanup(server.Close)
	return visitor{t, server.URL + "/phones/"}
}

func (v visitor) do(action string) int {
	v.t.Helper()
	res, err := http.Post(v.url+"act", "application/json", strings.NewReader(action))
	if err != nil {
		v.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func (v visitor) get(path string) (string, http.Header) {
	v.t.Helper()
	res, err := http.Get(v.url + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		v.t.Fatalf("GET %s: %d %v", path, res.StatusCode, err)
	}
	return string(body), res.Header
}

// A person rings the line, is the responder, and never sees a number.
func TestWebPhone(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Gather numDigits="1" action="/ring"><Say>Press 1.</Say></Gather>`)
	s.says("/ring", `<Dial timeout="20">`+aliceNo+`</Dial>`)
	v := newVisitor(t, s)
	for _, refused := range []string{`{"do":"press","phone":"caller","keys":"1"}`, `{"do":"answer"}`, `{"do":"dial","line":9}`, `{"do":"take","index":9}`, `{"do":"?"}`} {
		if got := v.do(refused); got != http.StatusConflict {
			t.Errorf("%s: %d", refused, got)
		}
	}
	v.do(`{"do":"take","index":0}`)
	v.do(`{"do":"dial","line":0,"withheld":true}`)
	s.pass(time.Second)
	v.do(`{"do":"press","phone":"caller","keys":"1"}`)
	s.pass(2 * time.Second)
	v.do(`{"do":"answer"}`)
	s.pass(time.Second)
	state, _ := v.get("state")
	for _, want := range []string{`"status":"connected"`, `"bridged":["Alice (you)"]`, `"You, the caller"`, `Press 1.`, `"Public line"`} {
		if !strings.Contains(state, want) {
			t.Errorf("state has no %s:\n%s", want, state)
		}
	}
	if number := regexp.MustCompile(`\+?44[0-9]{6,}|07[0-9]{6,}`).FindString(state); number != "" {
		t.Errorf("the page is told a number")
	}
	s.expect("/in", "From", "anonymous")
	v.do(`{"do":"hangup","phone":"responder"}`)
	v.do(`{"do":"hangup","phone":"caller"}`)
	v.do(`{"do":"release"}`)
	s.pass(time.Second)
	state, _ = v.get("state")
	var got struct {
		Taken int
		Legs  []any
	}
	if err := json.Unmarshal([]byte(state), &got); err != nil || got.Taken != -1 || len(got.Legs) != 0 {
		t.Errorf("afterwards: %v %+v", err, got)
	}
	s.clean()
}

// The page streams what changes, and needs no inline script or style.
func TestWebPage(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Pause length="60"/>`)
	v := newVisitor(t, s)
	html, header := v.get("")
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy: %q", csp)
	}
	if inline := regexp.MustCompile(`style=|<style|onclick|<script>|(src|href)="/`).FindString(html); inline != "" {
		t.Errorf("the page holds %q", inline)
	}
	v.get("app.js")
	v.get("app.css")

	res, err := http.Get(v.url + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	next := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		return ""
	}
	if first := next(); !strings.Contains(first, `"legs":[]`) {
		t.Errorf("first picture: %s", first)
	}
	s.net.Phone(callerNo).Dials(t, line)
	if second := next(); !strings.Contains(second, "Caller ") {
		t.Errorf("second picture: %s", second)
	}
}

// Another site's page may not ring the line through somebody's browser.
func TestWebRefusesOtherSites(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	v := newVisitor(t, s)
	req, err := http.NewRequest(http.MethodPost, v.url+"act", strings.NewReader(`{"do":"dial"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", res.StatusCode)
	}
}
