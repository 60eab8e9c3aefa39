package rota

import (
	"strings"
	"testing"
)

// Whose business a change is: the teams it names, and those of the people.
func TestTouched(t *testing.T) {
	t.Parallel()
	small := string(mustYAML(t, parseFile(t, "testdata/small.yaml")))
	const offer = "\n    - {id: s2, person: ann, gives: {shift: east-day, date: 2026-04-05}, with: bob, state: offered}"
	swaps := strings.Replace(small, "last_human:", "swaps:\n  offers:\n    - {id: s1, person: dan, gives: {shift: west-all, date: 2026-04-05}, with: ann, state: offered}\nlast_human:", 1)
	for _, tc := range []struct {
		name, before, after string
		want                string
	}{
		{"nothing", small, small, ""},
		{"a person", small, strings.Replace(small, "name: F,", "name: Fay,", 1), "east"},
		{"a person between teams", small, strings.Replace(small, "{id: fay, name: F, team: east", "{id: fay, name: F, team: west", 1), "east west"},
		{"a shift with somebody of another team", small, strings.Replace(small, "people: [dan]", "people: [dan, cat]", 1), "east west"},
		{"the service's minimum", small, strings.Replace(small, "backup: 0", "backup: 1", 1), "*"},
		{"a swap", swaps, strings.Replace(swaps, "state: offered", "state: agreed", 1), "east west"},
		{"a swap that somebody of another team approves", strings.Replace(swaps, "person: dan, gives: {shift: west-all, date: 2026-04-05}, with: ann, state: offered", "person: bob, gives: {shift: east-day, date: 2026-04-05}, with: ann, state: accepted", 1),
			strings.Replace(swaps, "person: dan, gives: {shift: west-all, date: 2026-04-05}, with: ann, state: offered", "person: bob, gives: {shift: east-day, date: 2026-04-05}, with: ann, state: agreed, approved_by: dan", 1), "east"},
		{"the first swap", small, swaps, "east west"},
		{"a swap, and none of the others", swaps, strings.Replace(swaps, "\nlast_human:", offer+"\nlast_human:", 1), "east"},
		{"a swap of a shift of every team", small, strings.Replace(small, "last_human:", "swaps:\n  offers:\n    - {id: s1, person: gus, gives: {shift: manager, date: 2026-04-05}, state: offered}\nlast_human:", 1), "* east"},
		{"a shift of every team", small, strings.Replace(small, "team: all, tier: duty_manager, days: daily", "team: all, tier: duty_manager, days: weekend", 1), "* east"},
		{"an exception for every team", small, strings.Replace(small, "last_human:", "  - {id: gus-out, team: all, tier: duty_manager, remove: gus, start: 2026-04-02T20:00, end: 2026-04-03T08:00}\nlast_human:", 1), "* east"},
		{"how swaps are agreed", swaps, strings.Replace(swaps, "swaps:\n", "swaps:\n  approval: yes\n", 1), "*"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, errA := Parse("a", []byte(tc.before))
			b, errB := Parse("b", []byte(tc.after))
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if tc.name != "nothing" && tc.before == tc.after {
				t.Fatal("nothing was changed")
			}
			if got := strings.Join(Touched(a, b), " "); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
