package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// submit posts a form as a browser does.
func submit(h http.Handler, path string, v url.Values, cookies ...*http.Cookie) *http.Response {
	w := httptest.NewRecorder()
	r := here(httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	h.ServeHTTP(w, r)
	return w.Result()
}

func onShift(s *scene, team string) string {
	return ids(s.book.Current().OnShift(team, call.TierResponding, atNight))
}

// draftOf submits a form that must end in a draft, and is its page.
func draftOf(t *testing.T, c *Console, path string, v url.Values) (where, html string) {
	t.Helper()
	r := submit(c, path, v)
	where = r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(where, "/rota/drafts/") {
		t.Fatalf("%s: %s to %q\n%s", path, r.Status, where, body(t, r))
	}
	return where, body(t, get(t, c, where))
}

var revision = regexp.MustCompile(`name="revision" value="(\d+)"`)

func publish(t *testing.T, c *Console, where, html string, more url.Values) *http.Response {
	t.Helper()
	m := revision.FindStringSubmatch(html)
	if m == nil {
		t.Fatalf("no revision on the page:\n%s", html)
	}
	v := url.Values{"revision": {m[1]}}
	for key, val := range more {
		v[key] = val
	}
	return submit(c, where+"/publish", v)
}

// TestSickNow: report, look at the cover that is suggested, publish.
func TestSickNow(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	asked := body(t, get(t, c, "/rota/change/sick?person=r-leo"))
	if !strings.Contains(asked, "Leo Brandt is away from now") || !strings.Contains(asked, `<option value="r-mia" selected>`) {
		t.Fatalf("cover is not suggested:\n%s", asked)
	}
	where, html := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, leoTonight: {"r-mia"}, leoTomorrow: {"r-mia"}, "back-day": {"21"}, "back-month": {"6"}, "back-year": {"2026"}})
	if onShift(s, "mid-north") != "r-leo" {
		t.Error("a draft is in force before it is published")
	}
	for _, want := range []string{"Leo Brandt is away", "Mia Thorne", "Calls in progress stay with who has them."} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if r := publish(t, c, where, html, nil); r.Header.Get("Location") != "/rota?done=published" {
		t.Fatalf("publish: %s\n%s", r.Status, body(t, r))
	}
	if got := onShift(s, "mid-north"); got != "r-mia" {
		t.Errorf("on shift: %s, want r-mia", got)
	}
	if r := get(t, c, where); r.StatusCode != http.StatusNotFound {
		t.Errorf("the draft is still there: %s", r.Status)
	}
}

// TestReplaceNow is one step, and is told apart in the audit.
func TestReplaceNow(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	r := submit(c, "/rota/change/replace", url.Values{"person": {"r-leo"}, "by": {"r-mia"}})
	if r.Header.Get("Location") != "/?done=replace" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if got := onShift(s, "mid-north"); got != "r-mia" {
		t.Errorf("on shift: %s, want r-mia", got)
	}
	html := body(t, get(t, c, "/audit/plans"))
	for _, want := range []string{"The administrator", "Mia Thorne is on in place of Leo Brandt", "At once, checked afterwards"} {
		if !strings.Contains(html, want) {
			t.Errorf("audit: no %q in\n%s", want, html)
		}
	}
	if html := body(t, get(t, c, "/audit/2")); !strings.Contains(html, "Added") || !strings.Contains(html, "Override: Mia Thorne is on in place of Leo Brandt, responding for Mid and North Hampshire, from Sat 20 June 03:12") {
		t.Errorf("what changed is not shown:\n%s", html)
	}
}

// TestAuditTellsWhatWasAdded: whoever reads what a version changed reads it in
// words, with names and days as people write them.
func TestAuditTellsWhatWasAdded(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	where, html := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, leoTonight: {"r-mia"}, leoTomorrow: {"r-mia"}, "back-day": {"21"}, "back-month": {"6"}, "back-year": {"2026"}})
	if r := publish(t, c, where, html, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %s", r.Status)
	}
	for _, page := range []string{"/audit/2", "/rota/undo"} {
		html := body(t, get(t, c, page))
		if want := "bsence of Leo Brandt, sick, from Sat 20 June 03:12 to Sun 21 June"; !strings.Contains(html, want) {
			t.Errorf("%s: no %q in\n%s", page, want, html)
		}
	}
}

// TestSwapAndTake go through the rota's own swaps.
func TestSwapAndTake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		v          url.Values
	}{
		{"swap", "/rota/change/swap", url.Values{"person": {"r-leo"}, "gives": {"m-night|2026-06-20"}, "takes": {"r-mia|"}}},
		{"take", "/rota/change/take", url.Values{"person": {"r-mia"}, "slot": {"m-night|2026-06-20|r-leo"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := editable(t, mendable)
			c := serve(t, s)
			where, html := draftOf(t, c, tt.path, tt.v)
			if r := publish(t, c, where, html, nil); r.StatusCode != http.StatusSeeOther {
				t.Fatalf("publish: %s\n%s", r.Status, body(t, r))
			}
			swaps := s.book.Current().Plan().Swaps.Offers
			if len(swaps) != 1 || swaps[0].State != rota.SwapAgreed || swaps[0].With != "r-mia" {
				t.Errorf("swaps: %+v", swaps)
			}
		})
	}
}

// TestTwoEditors: the second keeps their work, sees what changed, and publishes
// on top of it.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	first, htmlFirst := draftOf(t, c, "/rota/change/cover", url.Values{
		"team": {"mid-north"}, "tier": {"responding"}, "from": {"2026-06-22T20:00"}, "until": {"2026-06-23T08:00"}, "person": {"r-leo"}, "by": {"r-mia"},
	})
	second, htmlSecond := draftOf(t, c, "/rota/change/cover", url.Values{
		"team": {"southampton"}, "tier": {"responding"}, "from": {"2026-06-24T20:00"}, "until": {"2026-06-25T08:00"}, "person": {"r-dev"}, "by": {"r-mia"},
	})
	if r := publish(t, c, first, htmlFirst, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first: %s\n%s", r.Status, body(t, r))
	}
	r := publish(t, c, second, htmlSecond, nil)
	html := body(t, r)
	for _, want := range []string{"Somebody else changed the rota", "Your change is kept", "Put my change on top of theirs", "<title>Error: "} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if got := s.book.Current().Version(); r.StatusCode != http.StatusUnprocessableEntity || got != 2 {
		t.Errorf("%s, version %d", r.Status, got)
	}
	if r := submit(c, second+"/catch-up", nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("catch up: %s\n%s", r.Status, body(t, r))
	}
	html = body(t, get(t, c, second))
	r = publish(t, c, second, html, nil)
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("the second: %s\n%s", r.Status, body(t, r))
	}
	if n := len(s.book.Current().Plan().Overrides); n != 3 { // one was there before
		t.Errorf("%d overrides, want both", n)
	}
}

// TestRefused: what is refused blocks, a name and a reason let it pass, and it
// is shown until it ends.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	where, html := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}})
	if !strings.Contains(html, "Publish it all the same") || !strings.Contains(html, "Must be mended") {
		t.Fatalf("a gap does not block:\n%s", html)
	}
	r := publish(t, c, where, html, url.Values{"why": {"what I wrote"}})
	again := body(t, r)
	if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(again, `value="what I wrote"`) || !strings.Contains(again, "<title>Error: ") {
		t.Fatalf("without a reason: %s\n%s", r.Status, again)
	}
	holdsPromises(t, r, again)
	r = publish(t, c, where, html, url.Values{"because": {"the bank sends somebody"}})
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("with a reason: %s\n%s", r.Status, body(t, r))
	}
	for _, page := range []string{"/", "/rota"} {
		if html := body(t, get(t, c, page)); !strings.Contains(html, "The administrator answers for it") {
			t.Errorf("%s does not show who answers for it", page)
		}
	}
}

// TestFormsKeepWhatWasEntered and say what is wrong with it, twice: above, and
// beside the question.
func TestFormsKeepWhatWasEntered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		v          url.Values
		says, kept string
	}{
		{"nobody is sick", "sick", url.Values{}, "Choose who is away", ""},
		{"back yesterday", "sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, "back-day": {"19"}, "back-month": {"6"}, "back-year": {"2026"}}, "The first day back must be", `value="19"`},
		{"a day that is none", "sick", url.Values{"person": {"r-leo"}, "kind": {"leave"}, "back-day": {"31"}, "back-month": {"6"}, "back-year": {"2026"}}, "The first day back must be", `value="leave" checked`},
		{"nobody comes", "replace", url.Values{"person": {"r-leo"}}, "Choose who comes instead", "Replace Leo Brandt now"},
		{"not on shift", "replace", url.Values{"person": {"r-mia"}, "by": {"r-leo"}}, "Mia Thorne is on no shift now", ""},
		{"no shift", "take", url.Values{"person": {"r-mia"}}, "Choose a shift", `<option value="r-mia" selected>`},
		{"no partner", "swap", url.Values{"person": {"r-leo"}, "gives": {"m-night|2026-06-21"}}, "Choose who takes it", `value="m-night|2026-06-21" selected`},
		{"too little rest", "swap", url.Values{"person": {"r-leo"}, "gives": {"m-night|2026-06-20"}, "takes": {"r-femi|"}, "despite": {""}}, "of rest from", "Femi Adeyemi"},
		{"back, but never away", "back", url.Values{"absence": {"none"}}, "That absence is over", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := editable(t, mendable)
			c := serve(t, s)
			r := submit(c, "/rota/change/"+tt.path, tt.v)
			html := body(t, r)
			if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "<title>Error: ") || !strings.Contains(html, "There is a problem") {
				t.Errorf("%s\n%s", r.Status, html)
			}
			if !strings.Contains(html, tt.says) || !strings.Contains(html, tt.kept) {
				t.Errorf("no %q or no %q in\n%s", tt.says, tt.kept, html)
			}
			holdsPromises(t, r, html)
			if got := s.book.Current().Version(); got != 1 {
				t.Errorf("version %d", got)
			}
		})
	}
}

// TestUndo takes the last change back, and only the one that was looked at.
func TestUndo(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	submit(c, "/rota/change/replace", url.Values{"person": {"r-leo"}, "by": {"r-mia"}})
	if r := submit(c, "/rota/undo", url.Values{"version": {"1"}}); r.StatusCode != http.StatusConflict || onShift(s, "mid-north") != "r-mia" {
		t.Errorf("an undo of another version: %s", r.Status)
	}
	if r := submit(c, "/rota/undo", url.Values{"version": {"2"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if got := onShift(s, "mid-north"); got != "r-leo" {
		t.Errorf("on shift: %s, want r-leo", got)
	}
}

// TestChangesCannotComeFromElsewhere, and are not there when nobody hands them in.
func TestChangesCannotComeFromElsewhere(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	if r := post(serve(t, s), "/rota/change/replace?person=r-leo&by=r-mia", "cross-site"); r.StatusCode != http.StatusForbidden || onShift(s, "mid-north") != "r-leo" {
		t.Errorf("from another site: %s", r.Status)
	}
	c := serve(t, allScenes(t)["full"])
	for _, path := range []string{"/rota/change/sick", "/rota/undo", "/audit/plans", "/rota/drafts/x"} {
		if r := get(t, c, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s without functions: %s", path, r.Status)
		}
	}
}
