package console

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

var update = flag.Bool("update", false, "write the golden files")

// allScenes are the scenes with a clock that stands still.
func allScenes(t testing.TB) map[string]*scene {
	t.Helper()
	all, err := scenes(func() time.Time { return atNight })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// serve is a console over a scene; what was seen before a store went is kept.
func serve(t testing.TB, s *scene) *Console {
	t.Helper()
	c, err := New(s.options())
	if err != nil {
		t.Fatal(err)
	}
	c.patience = time.Minute // of machines that are busy with other tests
	if s.err != nil {
		c.source.last = s.snap
		c.source.last.At = atNight.Add(-40 * time.Second)
	}
	return c
}

func get(t testing.TB, h http.Handler, path string, cookies ...*http.Cookie) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	r := here(httptest.NewRequest(http.MethodGet, path, nil))
	for _, c := range cookies {
		r.AddCookie(c)
	}
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPages holds every page in every scene to what all pages promise.
func TestPages(t *testing.T) {
	t.Parallel()
	paths := map[string]int{
		"/": 200, "/?wall=1": 200, "/?every=10": 200, "/rota": 200, "/confirm/pause/r-amara": 200, "/nothing": 404,
		"/confirm/pause/r-nobody": 404, "/confirm/ring-person/CA-none": 404, "/confirm/widen/CA-none": 404, "/confirm/hand-over/CA-none": 404,
		"/confirm/ring-again/CA-none": 404, "/confirm/dance/r-amara": 404, "/calls/CA-none": 404,
	}
	for name, s := range allScenes(t) {
		c := serve(t, s)
		for path, want := range paths {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				r := get(t, c, path)
				html := body(t, r)
				switch {
				case name == "noplan" && strings.HasPrefix(path, "/confirm/pause"):
					want = 404
				case s.err != nil && strings.HasPrefix(path, "/calls/"):
					want = 502
				}
				if r.StatusCode != want {
					t.Fatalf("status %d, want %d", r.StatusCode, want)
				}
				holdsPromises(t, r, html)
			})
		}
	}
}

var (
	inline  = regexp.MustCompile(`<style|<script(?:>|[^>]*[^"]>)[^<]|\sstyle=|\son[a-z]+=|javascript:`)
	remote  = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`)
	openTag = regexp.MustCompile(`<(section|div|ul|li|dl|table|main|header|nav|form|p|span|h[1-4])\b`)
	endTag  = regexp.MustCompile(`</(section|div|ul|li|dl|table|main|header|nav|form|p|span|h[1-4])>`)
	idAttr  = regexp.MustCompile(`\sid="([^"]*)"`)
)

// holdsPromises: the policy allows nothing inline and the page has nothing
// inline; nobody else's page is asked for anything; no number; tags that end.
func holdsPromises(t *testing.T, r *http.Response, html string) {
	t.Helper()
	h := r.Header
	if got := h.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'self'") || strings.Contains(got, "unsafe") {
		t.Errorf("Content-Security-Policy: %q", got)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if m := inline.FindString(html); m != "" {
		t.Errorf("something inline: %q", m)
	}
	if m := remote.FindString(html); m != "" {
		t.Errorf("an address of another host: %q", m)
	}
	for _, number := range callerNumbers {
		if strings.Contains(html, number) {
			t.Errorf("a caller's number is on the page: %s", number)
		}
	}
	if opened, ended := len(openTag.FindAllString(html, -1)), len(endTag.FindAllString(html, -1)); opened != ended {
		t.Errorf("%d elements begin, %d end", opened, ended)
	}
	seen := map[string]bool{}
	for _, m := range idAttr.FindAllStringSubmatch(html, -1) {
		if seen[m[1]] {
			t.Errorf("id %q is there twice", m[1])
		}
		seen[m[1]] = true
	}
	if n := strings.Count(html, "<h1"); n != 1 {
		t.Errorf("%d first headings, want 1", n)
	}
}

var hashed = regexp.MustCompile(`/assets/[0-9a-f]{12}/`)

// TestGolden shows what pages say, whole. The design system's files, which a
// clean checkout does not have, are left out.
func TestGolden(t *testing.T) {
	t.Parallel()
	all := allScenes(t)
	for file, page := range map[string]struct{ scene, path string }{
		"calm.html":     {"calm", "/"},
		"full.html":     {"full", "/"},
		"degraded.html": {"degraded", "/"},
		"nobody.html":   {"nobody", "/"},
		"rota.html":     {"full", "/rota"},
		"story.html":    {"full", "/calls/CA01"},
		"pause.html":    {"full", "/confirm/pause/r-jo"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			html := hashed.ReplaceAllString(body(t, get(t, serve(t, all[page.scene]), page.path)), "/assets/HASH/")
			got := noBlanks(html)
			golden := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("run with -update after looking at it:\n%s", d)
			}
		})
	}
}

func noBlanks(html string) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(html) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(line, "vendor/") && !strings.Contains(line, "design.js") {
			b.WriteString(line + "\n")
		}
	}
	return b.Bytes()
}

// TestStoryOfACallGoingOn: a call that is not over says so, and is read again
// when something happens.
func TestStoryOfACallGoingOn(t *testing.T) {
	t.Parallel()
	html := body(t, get(t, serve(t, allScenes(t)["full"]), "/calls/CA03"))
	for _, want := range []string{`data-call="CA03"`, "Still going on", "The phone of Ben Carter rings"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestUnknownEntryIsShown: a newer program's ledger is not hidden by an older
// program's page.
func TestUnknownEntryIsShown(t *testing.T) {
	t.Parallel()
	tale := tell("CA1", []call.Event{{At: atNight, Kind: "teleported"}}, names{nil, london(t)}, atNight)
	if got := tale.Entries[0].Text; got != "teleported" {
		t.Errorf("got %q", got)
	}
}

// TestEveryKindHasWords: each entry of the closed set is told in words.
func TestEveryKindHasWords(t *testing.T) {
	t.Parallel()
	for _, k := range call.Kinds {
		e := call.Event{At: atNight, Kind: k, Responder: "r", Result: call.ResultLost, Outcome: call.OutcomeFailed}
		if got := (names{nil, london(t)}).entry(e, atNight).Text; got == string(k) || got == "" {
			t.Errorf("%s: told as %q", k, got)
		}
	}
	for _, r := range call.Results {
		if resultWords[r] == "" {
			t.Errorf("result %s has no words", r)
		}
	}
	for _, o := range call.Outcomes {
		if outcomeWords[o] == "" {
			t.Errorf("outcome %s has no words", o)
		}
	}
	for _, c := range call.Callers {
		if callerWords[c] == "" {
			t.Errorf("caller %s has no words", c)
		}
	}
}
