package rota

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// edited is the small plan with pieces of its text replaced.
func edited(t *testing.T, pairs ...string) *Plan {
	t.Helper()
	text, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			t.Fatalf("%q is not in the plan", pairs[i])
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	p, err := Parse("edited", []byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// said is findings as one line each; of the given rules only, or all.
func said(findings []Finding, rules ...string) string {
	var b strings.Builder
	for _, f := range findings {
		if len(rules) == 0 || slices.Contains(rules, f.Rule) {
			fmt.Fprintf(&b, "%s %s %s: %s\n", f.Level, f.Rule, f.Team, f.Text)
		}
	}
	return b.String()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		edits []string
		rules []string
		want  string
	}{
		{"an empty night, to the minute", nil, []string{RuleResponding}, `
refuse coverage_responding east: nobody in tier responding of team east, from Thu 2 Apr 2026 20:00 to Fri 3 Apr 2026 08:00 (12 h)
`},
		{"two wanted, one there", []string{"name: East,", "name: East, minimum: {responding: 2},", "add: ann, start: 2026-04-03", "add: cat, start: 2026-04-03"}, []string{RuleResponding}, `
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Mon 30 Mar 2026 01:00 to Mon 30 Mar 2026 08:00 (7 h)
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Mon 30 Mar 2026 20:00 to Tue 31 Mar 2026 08:00 (12 h)
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Tue 31 Mar 2026 20:00 to Wed 1 Apr 2026 08:00 (12 h)
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Wed 1 Apr 2026 20:00 to Thu 2 Apr 2026 08:00 (12 h)
refuse coverage_responding east: nobody in tier responding of team east, from Thu 2 Apr 2026 20:00 to Fri 3 Apr 2026 08:00 (12 h)
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Fri 3 Apr 2026 20:00 to Sat 4 Apr 2026 08:00 (12 h)
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Sat 4 Apr 2026 20:00 to Sun 5 Apr 2026 08:00 (12 h)
refuse coverage_responding east: 1 person of 2 in tier responding of team east, from Sun 5 Apr 2026 20:00 to Mon 6 Apr 2026 01:00 (5 h)
`},
		{"no backup by night", []string{"name: East,", "name: East, minimum: {backup: 1},", "daily, start: \"08:00\", end: \"20:00\", people: [fay]", "daily, start: \"08:00\", end: \"07:00\", people: [fay]"}, []string{RuleBackup}, `
warn coverage_backup east: nobody in tier backup of team east, from Mon 30 Mar 2026 07:00 to Mon 30 Mar 2026 08:00 (1 h)
warn coverage_backup east: nobody in tier backup of team east, from Tue 31 Mar 2026 07:00 to Tue 31 Mar 2026 08:00 (1 h)
warn coverage_backup east: nobody in tier backup of team east, from Wed 1 Apr 2026 07:00 to Wed 1 Apr 2026 08:00 (1 h)
warn coverage_backup east: nobody in tier backup of team east, from Thu 2 Apr 2026 07:00 to Thu 2 Apr 2026 08:00 (1 h)
warn coverage_backup east: nobody in tier backup of team east, from Fri 3 Apr 2026 07:00 to Fri 3 Apr 2026 08:00 (1 h)
warn coverage_backup east: nobody in tier backup of team east, from Sat 4 Apr 2026 07:00 to Sat 4 Apr 2026 08:00 (1 h)
warn coverage_backup east: nobody in tier backup of team east, from Sun 5 Apr 2026 07:00 to Sun 5 Apr 2026 08:00 (1 h)
`},
		{"a skill that must be there", []string{"name: West,", "name: West, minimum: {skills: {young_people: 1}},"}, []string{RuleSkill}, `
warn coverage_skill west: nobody with skill young_people responding for team west, from Mon 30 Mar 2026 01:00 to Wed 1 Apr 2026 12:00 (59 h)
warn coverage_skill west: nobody with skill young_people responding for team west, from Wed 1 Apr 2026 16:00 to Mon 6 Apr 2026 01:00 (4 days)
`},
		{"no registered clinician by night", []string{"name: East,", "name: East, minimum: {skills: {registered: 1, peer: 1}},", "start: 2026-04-02T20:00, end: 2026-04-03T08:00", "start: 2026-05-02T20:00, end: 2026-05-03T08:00", "remove: bob, add: ann, start: 2026-04-03T20:00, end: 2026-04-04T08:00", "add: ann, start: 2026-03-31T20:00, end: 2026-04-06T08:00"}, []string{RuleClinician, RuleSkill}, `
refuse coverage_clinician east: nobody with skill registered responding for team east, from Mon 30 Mar 2026 01:00 to Mon 30 Mar 2026 08:00 (7 h)
refuse coverage_clinician east: nobody with skill registered responding for team east, from Mon 30 Mar 2026 20:00 to Tue 31 Mar 2026 08:00 (12 h)
`},
		{"one person on two teams at once", nil, []string{RuleTwoTeams, RuleTwoTiers}, `
warn two_teams east: cat is on responding of team east (shift east-day) and on responding of team west (override cat-helps) at once, from Wed 1 Apr 2026 12:00 to Wed 1 Apr 2026 16:00 (4 h)
`},
		{"the backup is the responder", []string{"people: [fay]", "people: [fay, ann]"}, []string{RuleTwoTiers}, `
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Mon 30 Mar 2026 08:00 to Mon 30 Mar 2026 20:00 (12 h)
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Tue 31 Mar 2026 08:00 to Tue 31 Mar 2026 20:00 (12 h)
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Wed 1 Apr 2026 08:00 to Wed 1 Apr 2026 20:00 (12 h)
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Thu 2 Apr 2026 08:00 to Thu 2 Apr 2026 20:00 (12 h)
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Fri 3 Apr 2026 08:00 to Fri 3 Apr 2026 20:00 (12 h)
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Sat 4 Apr 2026 08:00 to Sat 4 Apr 2026 20:00 (12 h)
refuse two_tiers east: ann is on responding of team east (shift east-day) and on backup of team east (shift backup) at once, from Sun 5 Apr 2026 08:00 to Sun 5 Apr 2026 20:00 (12 h)
`},
		{"everybody changes at one moment", []string{"duty_manager: 0}", "duty_manager: 0, overlap: 15m}", "people: [bob]", "people: [cat]", "end: \"20:00\", people: [ann, bob, cat]", "end: \"20:00\", people: [ann, bob]"}, []string{RuleHandover}, `
note handover east: everybody responding for team east changes with less than 15 min of overlap, 14 times, first on Mon 30 Mar 2026 08:00
`},
		{"somebody in no shift", []string{"people: [fay]", "people: [ann]", "end: \"20:00\", people: [ann, bob, cat]", "end: \"20:00\", people: [bob, cat]"}, []string{RuleIdle}, `
note never_on_shift east: fay is not on shift in this time
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			from := when(t, "2026-03-30T00:00:00Z")
			r := compiled(t, edited(t, tc.edits...), from, DefaultHorizon)
			got := "\n" + said(r.Check(from, 7*24*time.Hour), tc.rules...)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

// Findings come gravest first, each with something to do about it, and the
// same question gets the same answer.
func TestCheckIsOrderlyAndTheSameTwice(t *testing.T) {
	t.Parallel()
	from := when(t, "2026-03-30T00:00:00Z")
	r := compiled(t, edited(t, "duty_manager: 0}", "duty_manager: 0, skills: {peer: 1}}", "people: [fay]", "people: [ann]"), from, time.Hour) // horizon shorter than the check
	first := r.Check(from, 14*24*time.Hour)
	if diff := cmp.Diff(first, r.Check(from, 14*24*time.Hour)); diff != "" {
		t.Errorf("a second time: want -, got +\n%s", diff)
	}
	grave := 0
	for _, f := range first {
		if gravity(f.Level) < grave {
			t.Errorf("%s comes after something less grave", f.Text)
		}
		grave = gravity(f.Level)
		if f.Mend == "" || f.Text == "" || !f.Until.After(f.From) {
			t.Errorf("incomplete finding: %+v", f)
		}
	}
	if grave != gravity(LevelNote) || !Refused(first) {
		t.Errorf("wanted findings of every level, got\n%s", said(first))
	}
}

// A night over a clock change lasts an hour more or less, nobody is doubled
// and nobody is missing, and the check says so.
func TestClockChangeNights(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from, start, end, words string
	}{
		{"2026-03-28T12:00:00Z", "2026-03-28T20:00:00Z", "2026-03-29T07:00:00Z", "from Sat 28 Mar 2026 20:00 to Sun 29 Mar 2026 08:00 (11 h: the clocks go forward)"},
		{"2026-10-24T12:00:00Z", "2026-10-24T19:00:00Z", "2026-10-25T08:00:00Z", "from Sat 24 Oct 2026 20:00 to Sun 25 Oct 2026 08:00 (13 h: the clocks go back)"},
		{"2027-03-27T12:00:00Z", "2027-03-27T20:00:00Z", "2027-03-28T07:00:00Z", "(11 h: the clocks go forward)"},
		{"2027-10-30T12:00:00Z", "2027-10-30T19:00:00Z", "2027-10-31T08:00:00Z", "(13 h: the clocks go back)"},
		{"2028-03-25T12:00:00Z", "2028-03-25T20:00:00Z", "2028-03-26T07:00:00Z", "(11 h: the clocks go forward)"},
		{"2028-10-28T12:00:00Z", "2028-10-28T19:00:00Z", "2028-10-29T08:00:00Z", "(13 h: the clocks go back)"},
	} {
		t.Run(tc.from[:7], func(t *testing.T) {
			t.Parallel()
			p := edited(t, "people: [ann, bob, cat]", "people: [ann, cat]")
			r := compiled(t, p, when(t, tc.from), 48*time.Hour)
			start, end := when(t, tc.start), when(t, tc.end)
			for at := start.Add(-time.Hour); at.Before(end.Add(time.Hour)); at = at.Add(time.Minute) {
				on := r.OnShift("east", "responding", at)
				night := !at.Before(start) && at.Before(end)
				if night && (len(on) != 1 || on[0].Responder != "bob" || !on[0].Until.Equal(end)) || !night && len(on) != 2 {
					t.Fatalf("at %s: %v", at, on)
				}
			}
			found := said(r.Check(when(t, tc.from), 48*time.Hour), RuleClocks)
			if !strings.Contains(found, "note clock_change east: shift east-night reads 12 h") || !strings.Contains(found, tc.words) {
				t.Errorf("the check says:\n%s", found)
			}
		})
	}
}

func TestNextChangeAndNextGap(t *testing.T) {
	t.Parallel()
	from := when(t, "2026-03-30T00:00:00Z")
	r := compiled(t, smallPlan(t), from, DefaultHorizon)
	for at, want := range map[string]string{
		"2026-03-30T07:00:00Z": "2026-03-30T19:00:00Z",
		"2026-04-01T07:00:00Z": "2026-04-01T11:00:00Z", // an override begins
		"2026-04-01T11:00:00Z": "2026-04-01T15:00:00Z",
		"2036-04-01T11:00:00Z": r.CoversUntil().Format(time.RFC3339),
	} {
		if got := r.NextChange(when(t, at)).Format(time.RFC3339); got != want {
			t.Errorf("next change after %s: got %s, want %s", at, got, want)
		}
	}
	for _, tc := range []struct {
		team, at, want string
	}{
		{"east", "2026-03-30T07:00:00Z", "2026-04-02T19:00:00Z"},
		{"east", "2026-04-02T21:00:00Z", "2026-04-02T21:00:00Z"}, // in the middle of it
		{"east", "2026-04-03T07:00:00Z", ""},
		{"west", "2026-03-30T07:00:00Z", ""},
		{"nobody", "2026-03-30T07:00:00Z", ""},
	} {
		gap, ok := r.NextGap(tc.team, when(t, tc.at))
		if got := gap.Format(time.RFC3339); ok != (tc.want != "") || ok && got != tc.want {
			t.Errorf("next gap of %s after %s: got %s (%v), want %s", tc.team, tc.at, got, ok, tc.want)
		}
	}
}

// Whoever cannot be rung is found, last humans too.
func TestEverybodyCanBeRung(t *testing.T) {
	t.Parallel()
	from := when(t, "2026-03-30T00:00:00Z")
	p := edited(t)
	p.Responders[0].Number = call.Number{}
	p.LastHuman[1].Number = call.ParseCaller("anonymous")
	want := `refuse number east: ann cannot be rung: no number
refuse number : last-human-2 cannot be rung: no number
`
	if diff := cmp.Diff(want, said(compiled(t, p, from, gateSpan).Check(from, gateSpan), RuleNumber)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}
