package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/rota"
)

// The questions who covers Leo Brandt's nights of the 19th and of the 20th.
const (
	leoTonight  = "cover-r-leo-20260619T1900Z-20260620T0700Z-responding-m-night"
	leoTomorrow = "cover-r-leo-20260620T1900Z-20260621T0700Z-responding-m-night"
)

// asks are the names of the questions of a form who covers what.
func asks(html string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`<select[^>]* name="(cover-[^"]*)"`).FindAllStringSubmatch(html, -1) {
		names = append(names, m[1])
	}
	return names
}

func leoIsSick(more url.Values) url.Values {
	v := url.Values{"person": {"r-leo"}, "kind": {"sick"}, "back-day": {"24"}, "back-month": {"6"}, "back-year": {"2026"}}
	for key, val := range more {
		v[key] = val
	}
	return v
}

// TestCoverIsForTheShiftThatWasSeen: a shift that ends, or is changed by somebody
// else, between a page and its sending never passes its cover on to another.
func TestCoverIsForTheShiftThatWasSeen(t *testing.T) {
	t.Parallel()
	takenOff := rota.AddOverride{ID: "taken", Teams: []string{"mid-north"}, Tier: "responding", Remove: "r-leo", Add: "r-femi",
		Start: rota.LocalTime{Date: rota.Date{Year: 2026, Month: 6, Day: 20}, Clock: 20 * 60}, End: rota.LocalTime{Date: rota.Date{Year: 2026, Month: 6, Day: 21}, Clock: 8 * 60}}
	extra := rota.AddOverride{ID: "extra", Teams: []string{"southampton"}, Tier: "responding", Add: "r-leo",
		Start: rota.LocalTime{Date: rota.Date{Year: 2026, Month: 6, Day: 21}, Clock: 10 * 60}, End: rota.LocalTime{Date: rota.Date{Year: 2026, Month: 6, Day: 21}, Clock: 14 * 60}}
	for _, tt := range []struct {
		name  string
		after time.Duration
		op    rota.Op
		says  []string
	}{
		{"the shift has ended", 5 * time.Hour, nil, []string{"You chose Mia Thorne for Fri 20:00 to 08:00.", "That shift is over, or somebody changed it meanwhile, so nothing was done."}},
		{"somebody else has it", 0, takenOff, []string{"You chose Harry Lloyd for 20:00 to Sun 08:00."}},
		{"there is one more", 0, extra, []string{"Choose who covers Sun 10:00 to 14:00: that shift was not there when you looked", "Who covers Sun 10:00 to 14:00?"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := editable(t, mendable)
			now := atNight
			s.now = func() time.Time { return now }
			c := serve(t, s)
			seen := asks(body(t, get(t, c, "/rota/change/sick?person=r-leo")))
			if len(seen) < 3 || seen[0] != leoTonight || seen[1] != leoTomorrow {
				t.Fatalf("asked: %v", seen)
			}
			v := leoIsSick(url.Values{seen[0]: {"r-mia"}, seen[1]: {"r-harry"}})
			for _, name := range seen[2:] {
				v.Set(name, "none")
			}
			if now = now.Add(tt.after); tt.op != nil {
				if _, err := s.book.Do(t.Context(), now, tt.op, "r-kit", "", rota.How{Emergency: true}); err != nil {
					t.Fatal(err)
				}
			}
			version := s.book.Current().Version()
			r := submit(c, "/rota/change/sick", v)
			html := body(t, r)
			for _, want := range append(tt.says, "<title>Error: ", `value="24"`) {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
			if drafts, err := s.book.Drafts(t.Context()); r.StatusCode != http.StatusUnprocessableEntity || len(drafts) > 0 || err != nil || s.book.Current().Version() != version {
				t.Errorf("%s, drafts %v, %v", r.Status, drafts, err)
			}
			holdsPromises(t, r, html)
			again := leoIsSick(nil)
			for _, name := range asks(html) {
				again.Set(name, "none")
			}
			draftOf(t, c, "/rota/change/sick", again)
		})
	}
}

// TestCoverHoldsWhileTheShiftGoesOn: time that passes within a shift, or into it,
// makes it no other.
func TestCoverHoldsWhileTheShiftGoesOn(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	now := atNight
	s.now = func() time.Time { return now }
	c := serve(t, s)
	seen := asks(body(t, get(t, c, "/rota/change/sick?person=r-leo")))
	v := leoIsSick(nil)
	for _, name := range seen {
		v.Set(name, "r-mia")
	}
	now = now.Add(90 * time.Minute)
	_, html := draftOf(t, c, "/rota/change/sick", v)
	if !strings.Contains(html, "04:42 to 08:00") {
		t.Errorf("the cover is not from now on:\n%s", html)
	}
}

// TestReplaceIsForTheShiftThatWasSeen: at the turn of a shift nobody is replaced
// for the next one unasked.
func TestReplaceIsForTheShiftThatWasSeen(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	m := regexp.MustCompile(`name="until" value="([^"]*)"`).FindStringSubmatch(body(t, get(t, c, "/rota/change/replace?person=r-leo")))
	if m == nil {
		t.Fatal("the page does not say until when")
	}
	longer := rota.AddOverride{ID: "longer", Teams: []string{"mid-north"}, Tier: "responding", Add: "r-leo",
		Start: rota.LocalTime{Date: rota.Date{Year: 2026, Month: 6, Day: 20}, Clock: 8 * 60}, End: rota.LocalTime{Date: rota.Date{Year: 2026, Month: 6, Day: 20}, Clock: 12 * 60}}
	if _, err := s.book.Do(t.Context(), atNight, longer, "r-kit", "", rota.How{Emergency: true}); err != nil {
		t.Fatal(err)
	}
	v := url.Values{"person": {"r-leo"}, "by": {"r-mia"}, "until": {m[1]}}
	r := submit(c, "/rota/change/replace", v)
	if html := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "The shift you saw is over, or somebody changed it") || !strings.Contains(html, `value="r-mia" checked`) {
		t.Errorf("%s\n%s", r.Status, html)
	}
	if got := onShift(s, "mid-north"); got != "r-leo" {
		t.Errorf("on shift: %s", got)
	}
}

// TestTheFirstQuestionIsNoMistake: whoever says whom it is about is asked the rest,
// without being told that it is missing, and without a draft that nobody looked at.
func TestTheFirstQuestionIsNoMistake(t *testing.T) {
	t.Parallel()
	for way, next := range map[string]string{"sick": "Who covers", "replace": "Who comes instead?", "swap": "Who takes it", "details": "Telephone number", "leave": "Who has their place"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			c := serve(t, editable(t, mendable))
			if html := body(t, get(t, c, "/rota/change/"+way)); !strings.Contains(html, `name="go-on" value="1"`) {
				t.Fatalf("no question goes on:\n%s", html)
			}
			r := submit(c, "/rota/change/"+way, url.Values{"person": {"r-leo"}, "kind": {"training"}, "go-on": {"1"}})
			html := body(t, r)
			if r.StatusCode != http.StatusOK || !strings.Contains(html, next) || strings.Contains(html, "There is a problem") || strings.Contains(html, `name="go-on"`) {
				t.Errorf("%s\n%s", r.Status, html)
			}
			if way == "sick" && !strings.Contains(html, `value="training" checked`) {
				t.Error("why they are away is forgotten")
			}
		})
	}
}

// TestUndoIsOfTheVersionLookedAt: somebody who publishes between the look and the
// press loses nothing, and whoever pressed sees what they published.
func TestUndoIsOfTheVersionLookedAt(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	o := s.options()
	undo := o.Changes.Undo
	o.Changes.Undo = func(ctx context.Context, now time.Time, last int64, who, why string) (int64, error) {
		// After the page has read the history, and before the store is asked.
		if s.book.Current().Version() == 2 {
			if _, err := s.book.Do(ctx, now, rota.ReportAbsence{Person: "r-dev", Kind: rota.AbsentSick}, "r-kit", "", rota.How{}); err != nil {
				t.Error(err)
			}
		}
		return undo(ctx, now, last, who, why)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	submit(c, "/rota/change/replace", url.Values{"person": {"r-leo"}, "by": {"r-mia"}})
	r := submit(c, "/rota/undo", url.Values{"version": {"2"}})
	html := body(t, r)
	for _, want := range []string{"<title>Error: ", "Somebody else changed the rota meanwhile. Nothing was undone.", "Version 3 of Kit Barnes", "Dev Patel is away", `name="version" value="3"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if got := s.book.Current().Version(); r.StatusCode != http.StatusConflict || got != 3 || onShift(s, "mid-north") != "r-mia" {
		t.Errorf("%s, version %d", r.Status, got)
	}
	holdsPromises(t, r, html)
}
