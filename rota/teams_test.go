package rota

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A merger to come, as a person would read the catalogue before and after it.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	p, err := MergeTeams(examplePlan(t), Merger{Sources: []string{"pseh", "southampton"}, ID: "south", Name: "South", CutOver: cutOver(t, "2026-10-20T08:00")}, autumn)
	if err != nil {
		t.Fatal(err)
	}
	told := func(at string) string {
		now := when(t, at)
		r := compiled(t, p, now, 24*time.Hour)
		var b strings.Builder
		for _, l := range r.Catalogue(now) {
			again, ok := r.TeamLife(l.ID, now)
			if diff := cmp.Diff(l, again); diff != "" || !ok {
				t.Errorf("%s alone: %s", l.ID, diff)
			}
			if l.Name == "" {
				t.Errorf("%s has no name", l.ID)
			}
			fmt.Fprintf(&b, "%s %s", l.ID, l.Standing)
			if l.Standing == StandingOpen {
				fmt.Fprintf(&b, ": %d people, %d lines, %d localities", len(r.PeopleOf(l.ID, now)), len(r.LinesOf(l.ID, now)), len(r.LocalitiesOf(l.ID, now)))
			}
			if l.Successor != "" {
				fmt.Fprintf(&b, ", %s from %s", l.Successor, l.Until.Format("2006-01-02T15:04Z"))
			}
			fmt.Fprintln(&b)
		}
		return b.String()
	}
	const gone = `c2h-dorset elsewhere
c2h-east closed, closer2home from 2024-06-30T23:00Z
c2h-west closed, closer2home from 2024-06-30T23:00Z
iow-trust closed, isle-of-wight from 2024-04-30T23:00Z
solent-portsmouth closed, pseh from 2024-09-30T23:00Z
southern-mid-north closed, mid-north from 2024-09-30T23:00Z
southern-south-east closed, pseh from 2024-09-30T23:00Z
southern-southampton closed, southampton from 2024-09-30T23:00Z
`
	for _, tc := range []struct{ at, want string }{
		{"2026-10-20T06:59:59Z", `pseh open: 11 people, 3 lines, 5 localities, south from 2026-10-20T07:00Z
southampton open: 6 people, 0 lines, 3 localities, south from 2026-10-20T07:00Z
mid-north open: 5 people, 0 lines, 3 localities
isle-of-wight open: 2 people, 0 lines, 1 localities
closer2home open: 2 people, 0 lines, 0 localities
south opening
` + gone},
		{"2026-10-20T07:00:00Z", `pseh closed, south from 2026-10-20T07:00Z
southampton closed, south from 2026-10-20T07:00Z
mid-north open: 5 people, 0 lines, 3 localities
isle-of-wight open: 2 people, 0 lines, 1 localities
closer2home open: 2 people, 0 lines, 0 localities
south open: 17 people, 3 lines, 8 localities
` + gone},
	} {
		if diff := cmp.Diff(tc.want, told(tc.at)); diff != "" {
			t.Errorf("%s: want -, got +\n%s", tc.at, diff)
		}
	}
	r := compiled(t, p, autumn, 24*time.Hour)
	if _, ok := r.TeamLife("nowhere", autumn); ok {
		t.Error("a team nobody heard of has a life")
	}
	if got := r.HappensAt(p.Teams[len(p.Teams)-1].MergedFrom[0]); !got.Equal(when(t, "2026-10-20T07:00:00Z")) {
		t.Errorf("the merger happens at %s", got)
	}
	if a, b := r.LocalityTeam("portsmouth", autumn), r.LocalityTeam("west-sussex", autumn); a != "pseh" || b != "" {
		t.Errorf("Portsmouth is visited by %q, Chichester by %q", a, b)
	}
}
