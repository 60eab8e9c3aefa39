package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// withSwap is the plan in which Leo gives Mia a night, and a duty manager is to
// approve it; and one of Amara's is offered.
func withSwap(text string) string {
	return mendable(text) + `swaps:
  approval: yes
  offers:
    - {id: s-leo, person: r-leo, gives: {shift: m-night, date: 2026-06-22}, with: r-mia, state: accepted}
    - {id: s-amara, person: r-amara, gives: {shift: p-night, date: 2026-06-24}, with: r-harry, state: offered}
    - {id: s-old, person: r-leo, gives: {shift: m-night, date: 2026-05-22}, with: r-mia, state: agreed, approved_by: "development:administrator"}
`
}

func crew(s *scene, team string, at time.Time) string {
	return ids(s.book.Current().OnShift(team, call.TierResponding, at))
}

var mondayNight = time.Date(2026, 6, 22, 22, 0, 0, 0, time.UTC)

// TestSwapsAreApproved: what it comes to is shown before; then it holds.
func TestSwapsAreApproved(t *testing.T) {
	t.Parallel()
	s := editable(t, withSwap)
	o := s.options()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := get(t, c, "/rota/swaps")
	html := body(t, r)
	holdsPromises(t, r, html)
	for _, want := range []string{"Waits for a duty manager", "<strong>Leo Brandt</strong> gives <strong>Mia Thorne</strong>", "Mon 22 June 20:00 to 08:00, responding, Mid and North Hampshire", "/rota/swaps/s-leo", "1 swap declined or over", "Approved by The administrator"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	r = get(t, c, "/rota/swaps/s-leo")
	html = body(t, r)
	holdsPromises(t, r, html)
	for _, want := range []string{"Who rings", "<dd>Leo Brandt</dd>", "<dd>Mia Thorne</dd>", "Approve</button>", "Refuse</button>"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if got := crew(s, "mid-north", mondayNight); got != "r-leo" {
		t.Errorf("in force before it was approved: %s", got)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", nil); r.Header.Get("Location") != "/rota/swaps?done=approved" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if got := crew(s, "mid-north", mondayNight); got != "r-mia" {
		t.Errorf("on shift: %s", got)
	}
	if html := body(t, get(t, c, "/rota/swaps?done=approved")); !strings.Contains(html, "Approved. It is in force") || !strings.Contains(html, "Agreed") {
		t.Error(html)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", nil); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body(t, r), "decided already") {
		t.Errorf("a second time: %s", r.Status)
	}
	if entries := auditOf(t, o.Audit); len(entries) != 1 || entries[0].About != "s-leo" || entries[0].After != "swap approved" {
		t.Errorf("audit: %+v", entries)
	}
}

// A swap that is refused leaves everybody where they were; and nobody approves
// their own.
func TestSwapsAreRefused(t *testing.T) {
	t.Parallel()
	s := editable(t, withSwap)
	s.who = "r-leo"
	c := serve(t, s)
	if html := body(t, get(t, c, "/rota/swaps/s-leo")); !strings.Contains(html, "Leo Brandt is a side of it") || strings.Contains(html, "Approve</button>") {
		t.Errorf("one may approve one's own:\n%s", html)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", nil); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("one's own: %s", r.Status)
	}
	for _, id := range []string{"s-leo", "s-amara"} {
		if r := submit(c, "/rota/swaps/"+id+"/refuse", nil); r.Header.Get("Location") != "/rota/swaps?done=refused" {
			t.Fatalf("%s: %s\n%s", id, r.Status, body(t, r))
		}
	}
	if got := crew(s, "mid-north", mondayNight); got != "r-leo" {
		t.Errorf("on shift: %s", got)
	}
	if r := get(t, c, "/rota/swaps/s-none"); r.StatusCode != http.StatusNotFound {
		t.Errorf("a swap nobody knows: %s", r.Status)
	}
}

// Where somebody's rest would be too short, and where the gate refuses, the
// reason is asked for, and without it nothing is done.
func TestSwapsThatNeedAReason(t *testing.T) {
	t.Parallel()
	short := func(text string) string { // Mia works the day before the night she would take
		return strings.Replace(withSwap(text), "shifts:\n", "shifts:\n  - {id: m-extra, kind: dated, team: mid-north, tier: responding, dates: [2026-06-22], start: \"09:00\", end: \"17:00\", people: [r-mia]}\n", 1)
	}
	s := editable(t, short)
	c := serve(t, s)
	if html := body(t, get(t, c, "/rota/swaps/s-leo")); !strings.Contains(html, "Somebody’s rest would be too short") || !strings.Contains(html, "Mia Thorne has 3 h of rest") {
		t.Fatalf("not told:\n%s", html)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", nil); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body(t, r), `href="#despite"`) {
		t.Errorf("without a reason: %s", r.Status)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", url.Values{"despite": {"nobody else, and off the day after"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("with one: %s\n%s", r.Status, body(t, r))
	}
}

// A swap that the gate refuses waits for somebody to answer for it by name.
func TestASwapThatTheGateRefuses(t *testing.T) {
	t.Parallel()
	s := editable(t, func(text string) string { // at night a nurse must be there, and Mia is none
		return strings.NewReplacer(
			"07700 900106}", "07700 900106, skills: [nurse]}", "07700 900112}", "07700 900112, skills: [nurse]}",
			"policy: {levels: {", "policy: {levels: {coverage_skill: refuse, ",
			"name: Mid and North Hampshire,", "name: Mid and North Hampshire, minimum: {skills: {nurse: 1}},",
		).Replace(withSwap(text))
	})
	c := serve(t, s)
	if html := body(t, get(t, c, "/rota/swaps/s-leo")); !strings.Contains(html, "Must be mended") || !strings.Contains(html, "Approve it all the same") {
		t.Fatalf("not told:\n%s", html)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", nil); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body(t, r), `href="#because"`) {
		t.Errorf("without a reason: %s", r.Status)
	}
	if got := crew(s, "mid-north", mondayNight); got != "r-leo" {
		t.Errorf("on shift: %s", got)
	}
	if r := submit(c, "/rota/swaps/s-leo/approve", url.Values{"because": {"a nurse of the neighbours is there"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("with one: %s\n%s", r.Status, body(t, r))
	}
	if got := crew(s, "mid-north", mondayNight); got != "r-mia" || len(s.book.Current().Waivers(atNight)) != 1 {
		t.Errorf("on shift: %s, waivers %v", got, s.book.Current().Waivers(atNight))
	}
}

// Somebody for one team may not decide about another's.
func TestSwapsOfOtherTeams(t *testing.T) {
	t.Parallel()
	s := editable(t, withSwap)
	c := serve(t, s)
	other := signedIn(t, c, "Other", access.Grant{Role: access.DutyManager, Teams: []string{"portsmouth"}})
	if r := submit(c, "/rota/swaps/s-leo/approve", nil, other); r.StatusCode != http.StatusForbidden {
		t.Errorf("%s", r.Status)
	}
	own := signedIn(t, c, "Own", access.Grant{Role: access.DutyManager, Teams: []string{"mid-north"}})
	if r := submit(c, "/rota/swaps/s-leo/approve", nil, own); r.StatusCode != http.StatusSeeOther {
		t.Errorf("%s\n%s", r.Status, body(t, r))
	}
	if p := s.book.Current().Plan().Swaps.Offers[0]; p.State != rota.SwapAgreed || p.ApprovedBy == "" {
		t.Errorf("%+v", p)
	}
}

// What a duty manager swaps or takes for others does not wait for a duty manager.
func TestAManagersSwapIsApproved(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]struct {
		path string
		v    url.Values
	}{
		"swap": {"/rota/change/swap", url.Values{"person": {"r-leo"}, "gives": {"m-night|2026-06-21"}, "takes": {"r-mia|"}}},
		"take": {"/rota/change/take", url.Values{"person": {"r-mia"}, "slot": {"m-night|2026-06-21|r-leo"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := editable(t, withSwap)
			c := serve(t, s)
			where, html := draftOf(t, c, ask.path, ask.v)
			if r := publish(t, c, where, html, nil); r.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s\n%s", r.Status, body(t, r))
			}
			if got := crew(s, "mid-north", mondayNight.Add(-24*time.Hour)); got != "r-mia" {
				t.Errorf("on shift: %s", got)
			}
		})
	}
}
