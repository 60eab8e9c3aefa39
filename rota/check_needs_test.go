package rota

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a shift needs is looked for among those on that shift, each time it is
// on: who is on the team by another shift, or put on besides, is not on it.
func TestShiftNeeds(t *testing.T) {
	t.Parallel()
	const night = `end: "08:00", people: [bob]`
	needs := func(people, needs string) []string {
		return []string{night, `end: "08:00", people: ` + people + `, needs: ` + needs}
	}
	for _, tc := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"who has it is on the shift", needs("[bob, ann]", "{registered: 1}"), ""},
		{"who is ill counts no more, who stands in does", needs("[bob]", "{peer: 1}"), `
warn shift_needs east: nobody with skill peer on shift east-night, from Thu 2 Apr 2026 20:00 to Fri 3 Apr 2026 08:00 (12 h)
warn shift_needs east: nobody with skill peer on shift east-night, from Fri 3 Apr 2026 20:00 to Sat 4 Apr 2026 08:00 (12 h)
`},
		{"two wanted, one there", needs("[cat, bob]", "{registered: 2}"), `
warn shift_needs east: 1 person of 2 with skill registered on shift east-night, from Wed 1 Apr 2026 20:00 to Thu 2 Apr 2026 08:00 (12 h)
warn shift_needs east: 1 person of 2 with skill registered on shift east-night, from Thu 2 Apr 2026 20:00 to Fri 3 Apr 2026 08:00 (12 h)
`},
		{"another shift's person does not help", append(needs("[bob]", "{registered: 1}"),
			`start: 2026-04-02T20:00, end: 2026-04-03T08:00, why: ill}`, `start: 2026-05-02T20:00, end: 2026-05-03T08:00, why: ill}`+
				"\n  - {id: besides, team: east, tier: responding, add: cat, start: 2026-04-01T20:00, end: 2026-04-02T08:00, why: busy}"), `
warn shift_needs east: nobody with skill registered on shift east-night, from Wed 1 Apr 2026 20:00 to Thu 2 Apr 2026 08:00 (12 h)
warn shift_needs east: nobody with skill registered on shift east-night, from Thu 2 Apr 2026 20:00 to Fri 3 Apr 2026 08:00 (12 h)
`},
		{"a shift of every team is told once", []string{"people: [gus]}", "people: [gus], needs: {registered: 1}}"}, `
warn shift_needs east: nobody with skill registered on shift manager, from Wed 1 Apr 2026 12:00 to Sat 4 Apr 2026 12:00 (3 days)
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			from := when(t, "2026-04-01T11:00:00Z")
			found := compiled(t, edited(t, tc.edits...), from, DefaultHorizon).Check(from, 3*24*time.Hour)
			if diff := cmp.Diff(strings.TrimPrefix(tc.want, "\n"), said(found, RuleNeeds)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
			for _, f := range found {
				if f.Rule == RuleNeeds && (!strings.Contains(f.Mend, "put somebody with skill") || f.Source != serviceOf) {
					t.Errorf("incomplete: %+v", f)
				}
			}
		})
	}
}

// A note on a clock change names who is on that night, not the whole list of a
// rotation.
func TestClockChangeNamesTheCrew(t *testing.T) {
	t.Parallel()
	from := when(t, "2026-10-24T12:00:00Z")
	p := layered(t, `  - {id: turn, kind: rotation, team: east, tier: responding, start: "20:00", end: "08:00", every: day, people: [cat, dan, eve], from: 2026-10-23, replaces: [night]}`+"\n")
	for _, f := range compiled(t, p, from, 48*time.Hour).Check(from, 24*time.Hour) {
		if f.Rule == RuleClocks && strings.Contains(f.Text, "shift turn ") {
			if diff := cmp.Diff([]string{"dan"}, f.People); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
			return
		}
	}
	t.Error("the night is not told")
}
