package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fair is a plan in which ann and bob share the nights and days as written, a
// shift a line: id, days, start, end, people.
func fair(t *testing.T, policy string, shifts ...string) *Plan {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `service: test
zone: Europe/London
minimum: {responding: 1, backup: 0, duty_manager: 0, skills: {registered: 1}}
policy: {%s}
teams: [{id: east, name: East, neighbours: [west]}, {id: west, name: West}]
lines: [{id: public, name: Public, number: "0808 157 0001", team: east}]
responders:
  - {id: ann, name: A, team: east, number: 07700 900001, skills: registered}
  - {id: bob, name: B, team: east, number: 07700 900002, skills: registered}
  - {id: cat, name: C, team: east, number: 07700 900003}
  - {id: always, name: X, team: west, number: 07700 900004, skills: registered}
last_human: [{name: Switchboard, number: 01632 960001}]
shifts:
  - {id: base, team: [east, west], tier: responding, days: daily, start: "00:00", end: "00:00", people: [always]}
`, policy)
	for _, s := range shifts {
		f := strings.Fields(s)
		fmt.Fprintf(&b, "  - {id: %s, team: east, tier: responding, days: [%s], start: %q, end: %q, people: [%s]}\n", f[0], f[1], f[2], f[3], f[4])
	}
	p, err := Parse("fair", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestShares(t *testing.T) {
	t.Parallel()
	p := fair(t, `holidays: [{date: 2026-03-18, name: A royal day}, {date: 2026-04-06, off: yes}]`,
		"day mon,wed,fri 09:00 17:00 ann", "night sat 22:00 06:00 bob", "late tue 17:00 21:00 bob", "brief sun 09:00 11:59 ann")
	from := when(t, "2026-03-02T00:00:00Z")
	hard := []HardCall{
		{"bob", from.Add(time.Hour)}, {"bob", from.Add(50 * 24 * time.Hour)},
		{"ann", from.Add(-time.Second)}, {"ann", from.Add(FairWeeks * 7 * 24 * time.Hour)}, // outside
	}
	all, err := compiled(t, p, from, time.Hour).Shares(from, 0, Facts{HardCalls: hard})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, s := range all {
		fmt.Fprintf(&got, "%s %s %.0fh", s.Responder, s.Team, s.Hours.Hours())
		for _, k := range shareKinds {
			fmt.Fprintf(&got, ", %s %d of %.2f", k.word, k.of(&s).Have, k.of(&s).Expected)
		}
		got.WriteString("\n")
	}
	// ann: 36 days of 8 h and 12 of 2 h 59; bank holidays in the span: 18 March
	// (Wednesday), 3 April (Friday), 4 May (Monday); 6 April is taken off. bob:
	// 12 nights of 8 h, one of which the clocks shorten, and 12 evenings of 4 h.
	// Somebody who is on without end began before the span and has no share.
	want := `ann east 324h, nights 0 of 8.32, weekends 0 of 8.32, bank holidays 3 of 2.08, hard calls 0 of 1.39
bob east 143h, nights 12 of 3.68, weekends 12 of 3.68, bank holidays 0 of 0.92, hard calls 2 of 0.61
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestUnfair(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		have     int
		expected float64
		want     bool
	}{{4, 2, true}, {3, 2, false}, {3, 1.01, false}, {3, 1, true}, {9, 6, false}, {10, 6.5, true}, {0, 0, false}, {2, 0, true}} {
		if got := (Count{tc.have, tc.expected}).Unfair(); got != tc.want {
			t.Errorf("%d where %.2f: unfair %v", tc.have, tc.expected, got)
		}
	}
	p := fair(t, "", "day mon,tue,wed 09:00 17:00 ann", "night thu,fri,sat 22:00 06:00 bob")
	from := when(t, "2026-06-01T00:00:00Z")
	found := compiled(t, p, from, time.Hour).Review(from, 42*24*time.Hour, Facts{})
	want := "note fair_share east: bob has 36 nights where 18.0 would be their share and 12 weekends where 6.0 would be their share, over 12 weeks\n"
	if diff := cmp.Diff(want, said(found, RuleFairShare)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if got := said(found, RuleHolidayKnown); got != "" {
		t.Error(got)
	}
	beyond := when(t, "2028-12-01T00:00:00Z")
	if got := said(compiled(t, p, beyond, time.Hour).Review(beyond, 42*24*time.Hour, Facts{}), RuleHolidayKnown); !strings.Contains(got, "known only to 2029-01-01") {
		t.Errorf("holidays that nobody knows: %q", got)
	}
}

// Each suggestion evens out, breaks nothing the checks know, and is the same
// when asked again.
func TestSuggest(t *testing.T) {
	t.Parallel()
	p := fair(t, "", "day mon,tue,wed 09:00 17:00 ann", "night mon,tue,wed 22:00 06:00 bob")
	now := when(t, "2026-06-01T00:00:00Z")
	const horizon = 42 * 24 * time.Hour
	r := compiled(t, p, now, horizon)
	list, err := r.Suggest(now, horizon, Facts{}, 3)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d suggestions, %v", len(list), err)
	}
	again, _ := r.Suggest(now, horizon, Facts{}, 3)
	if diff := cmp.Diff(list, again); diff != "" {
		t.Errorf("asked again: want -, got +\n%s", diff)
	}
	if s := list[0]; s.Kind != "nights" || s.From != "bob" || s.To != "ann" || len(s.Gives) != 3 || len(s.Takes) != 3 || !strings.Contains(s.Text, "nights for bob 36 → 33 (share 18.0), for ann 0 → 3 (share 18.0)") {
		t.Errorf("%+v", s)
	}
	before := compiled(t, p, now, horizon)
	for i, s := range list {
		var ops []Swap
		for j, o := range s.Offers {
			ops = append(ops, Swap{ID: fmt.Sprintf("s%d-%d", i, j), Person: o.Person, Gives: o.Gives, With: o.With, Takes: o.Takes, State: SwapAgreed})
		}
		p.Swaps.Offers = append(slices.Clone(p.Swaps.Offers), ops...)
		after := compiled(t, p, now, horizon)
		worse := newIn(after.Review(now, horizon, Facts{}), before.Review(now, horizon, Facts{}))
		re, err := Rehearse(before, after, now, horizon)
		if err != nil || len(worse) > 0 || len(re.Opened) > 0 || len(re.Rings) == 0 {
			t.Errorf("%s\nmakes worse: %v %v %v", s.Text, worse, re.Opened, err)
		}
		shares, _ := after.Shares(fairSpan(after.zone, now, horizon), 0, Facts{})
		if got := shareOf(shares, s.To).Nights.Have; got != 3*(i+1) {
			t.Errorf("%s has %d nights after %d suggestions", s.To, got, i+1)
		}
	}
}

// Nobody is asked to take what they may not: a minimum of registered clinicians
// would be missed, or a night would follow a day.
func TestSuggestLeavesWhatMustNotBe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		shifts []string
		want   int
	}{
		{"cat is no clinician", []string{"day mon,tue,wed 09:00 17:00 cat", "night mon,tue,wed 22:00 06:00 bob"}, 0},
		{"ann works every day", []string{"day daily 09:00 21:00 ann", "night mon,tue,wed 22:00 06:00 bob"}, 0},
		{"fair already", []string{"day mon,tue 09:00 17:00 ann", "late thu,fri 09:00 17:00 bob"}, 0},
	} {
		p := fair(t, "", tc.shifts...)
		p.Minimum.Skills = map[string]int{registered: 2}
		now := when(t, "2026-06-01T00:00:00Z")
		list, err := compiled(t, p, now, time.Hour).Suggest(now, 42*24*time.Hour, Facts{}, 0)
		if err != nil || len(list) != tc.want {
			t.Errorf("%s: %v %v", tc.name, list, err)
		}
	}
}
