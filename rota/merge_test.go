package rota

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

var autumn = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func cutOver(t *testing.T, s string) CutOver {
	t.Helper()
	c, err := ParseCutOver(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// richExample is the example with a rotation and a dated shift in a team about to change.
func richExample(t *testing.T) *Plan {
	t.Helper()
	return reworded(t, examplePlan(t), "  # Closer2Home by day\n", `  - {id: soton-third, kind: rotation, team: southampton, tier: responding, start: "09:00", end: "17:00", every: week, people: [ivo, juno, kai], from: 2026-06-01}
  - {id: soton-extra, kind: dated, team: southampton, tier: responding, dates: [2026-10-15, 2026-11-20], start: "10:00", end: "14:00", people: [juno]}
  # Closer2Home by day
`)
}

// who is everybody on for a team in a tier at an instant, sorted.
func whoIsOn(r *Rota, team string, tier call.Tier, at time.Time) (ids []string) {
	for _, d := range r.OnShift(team, tier, at) {
		ids = append(ids, d.Responder)
	}
	slices.Sort(ids)
	return ids
}

// Until the cut-over nothing changes, from it on the heir has exactly the
// people of its sources, at every hour, through the clock change.
func TestMergerIsExact(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, heir, cut string }{
		{"a new team at midnight", "south", "2026-10-20"},
		{"a new team at noon", "south", "2026-10-20T12:00"},
		{"into a team that goes on", "pseh", "2026-10-20T12:00"},
		{"into a team that goes on, at eight", "pseh", "2026-10-20T08:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := richExample(t)
			sources := []string{"southampton"}
			if tc.heir == "south" {
				sources = []string{"pseh", "southampton"}
			}
			q, err := MergeTeams(p, Merger{Sources: sources, ID: tc.heir, Name: "South", CutOver: cutOver(t, tc.cut)}, autumn)
			if err != nil {
				t.Fatal(err)
			}
			before, after := compiled(t, p, autumn, DefaultHorizon), compiled(t, q, autumn, DefaultHorizon)
			cut := cutOver(t, tc.cut).Instant(before.zone)
			for at := autumn; at.Before(autumn.Add(40 * 24 * time.Hour)); at = at.Add(15 * time.Minute) {
				for _, tier := range rosteredTiers {
					checkMergedAt(t, before, after, tier, at, cut, tc.heir)
				}
			}
			for _, id := range []string{"public", "old-portsmouth", "professionals"} {
				if team, _ := after.HomeTeam(id, call.Number{}, cut); team != tc.heir {
					t.Errorf("line %s goes to %s", id, team)
				}
			}
			place, _ := after.Place("SO14", cut)
			was, _ := after.Place("SO14", cut.Add(-time.Second))
			if place.Team != tc.heir || was.Team != "southampton" {
				t.Errorf("SO14 goes from %s to %s", was.Team, place.Team)
			}
			if name := after.TeamNameAt("southampton", cut.Add(-time.Hour)); name != "Southampton and South West Hampshire" {
				t.Errorf("the old team's name is lost: %q", name)
			}
		})
	}
}

func checkMergedAt(t *testing.T, before, after *Rota, tier call.Tier, at, cut time.Time, heir string) {
	t.Helper()
	both := append(whoIsOn(before, "pseh", tier, at), whoIsOn(before, "southampton", tier, at)...)
	slices.Sort(both)
	both = slices.Compact(both)
	if at.Before(cut) {
		for _, id := range []string{"pseh", "southampton"} {
			if diff := cmp.Diff(whoIsOn(before, id, tier, at), whoIsOn(after, id, tier, at)); diff != "" {
				t.Fatalf("%s %s at %s, before the cut-over: %s", id, tier, at, diff)
			}
		}
		return
	}
	if diff := cmp.Diff(both, whoIsOn(after, heir, tier, at)); diff != "" {
		t.Fatalf("%s %s at %s: %s", heir, tier, at, diff)
	}
	if left := whoIsOn(after, "southampton", tier, at); len(left) > 0 {
		t.Fatalf("southampton still has %v at %s", left, at)
	}
}

// A parting moves exactly the people named, in the middle of a shift too.
func TestSplitIsExact(t *testing.T) {
	t.Parallel()
	going := []string{"cleo", "dara", "edda"}
	for _, cut := range []string{"2026-10-20", "2026-10-23T23:00", "2026-10-24T12:00"} {
		t.Run(cut, func(t *testing.T) {
			t.Parallel()
			p := withHavantCover(t, richExample(t))
			q, err := SplitTeam(p, Parting{
				From: "pseh", ID: "havant", Name: "Havant", CutOver: cutOver(t, cut), People: going,
				Localities: []string{"havant", "east-hampshire"}, Lines: []string{"professionals"},
			}, autumn)
			if err != nil {
				t.Fatal(err)
			}
			before, after := compiled(t, p, autumn, DefaultHorizon), compiled(t, q, autumn, DefaultHorizon)
			when := cutOver(t, cut).Instant(before.zone)
			for at := autumn; at.Before(autumn.Add(40 * 24 * time.Hour)); at = at.Add(15 * time.Minute) {
				all := whoIsOn(before, "pseh", call.TierResponding, at)
				stays, goes := all, []string(nil)
				if !at.Before(when) {
					stays, goes = parted(all, going)
				}
				if diff := cmp.Diff(stays, whoIsOn(after, "pseh", call.TierResponding, at)); diff != "" {
					t.Fatalf("pseh at %s: %s", at, diff)
				}
				if diff := cmp.Diff(goes, whoIsOn(after, "havant", call.TierResponding, at)); diff != "" {
					t.Fatalf("havant at %s: %s", at, diff)
				}
			}
			for _, tc := range []struct {
				at   time.Time
				want string
			}{{when.Add(-time.Second), "pseh"}, {when, "havant"}} {
				line, _ := after.HomeTeam("professionals", call.Number{}, tc.at)
				place, _ := after.Place("PO9", tc.at)
				if line != tc.want || place.Team != tc.want {
					t.Errorf("at %s the line goes to %s and PO9 to %s, want %s", tc.at, line, place.Team, tc.want)
				}
			}
			if old, _ := after.CountedUnder(AsToday, "pseh", when.Add(-time.Hour), when.Add(time.Hour)); old != "pseh" {
				t.Errorf("the old team's past is now %s's", old)
			}
		})
	}
}

// withHavantCover puts one of those who go on at every hour of the week.
func withHavantCover(t *testing.T, p *Plan) *Plan {
	t.Helper()
	return reworded(t, p, "people: [ada, bram]}", "people: [ada, bram, dara]}", "people: [greta, hugo]}", "people: [greta, hugo, edda]}")
}

// With nobody named, the same people answer for both until the rota changes.
func TestSplitWithTheSamePeople(t *testing.T) {
	t.Parallel()
	q, err := SplitTeam(examplePlan(t), Parting{From: "pseh", ID: "havant", Name: "Havant", CutOver: cutOver(t, "2026-10-20"), Localities: []string{"havant"}}, autumn)
	if err != nil {
		t.Fatal(err)
	}
	r := compiled(t, q, autumn, DefaultHorizon)
	at := when(t, "2026-10-21T12:00:00Z")
	if diff := cmp.Diff(whoIsOn(r, "pseh", call.TierResponding, at), whoIsOn(r, "havant", call.TierResponding, at)); diff != "" {
		t.Error(diff)
	}
	if findings := r.Check(autumn, DefaultHorizon); Refused(findings) {
		t.Errorf("refused: %+v", findings)
	}
}

func TestMergersAndPartingsThatCannotBe(t *testing.T) {
	t.Parallel()
	cut := cutOver(t, "2026-10-20")
	for name, m := range map[string]Merger{
		"past":       {Sources: []string{"pseh", "southampton"}, ID: "x", Name: "X", CutOver: cutOver(t, "2026-09-30")},
		"unknown":    {Sources: []string{"pseh", "sothampton"}, ID: "x", Name: "X", CutOver: cut},
		"twice":      {Sources: []string{"pseh", "pseh"}, ID: "x", Name: "X", CutOver: cut},
		"itself":     {Sources: []string{"pseh", "southampton"}, ID: "pseh", CutOver: cut},
		"one":        {Sources: []string{"pseh"}, ID: "x", Name: "X", CutOver: cut},
		"clock hour": {Sources: []string{"pseh", "southampton"}, ID: "x", Name: "X", CutOver: cutOver(t, "2026-10-25T01:30")},
	} {
		if _, err := MergeTeams(examplePlan(t), m, autumn); !errors.Is(err, ErrCannot) || strings.Count(err.Error(), ": ") < 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range map[string]Parting{
		"unknown team":     {From: "psh", ID: "x", Name: "X", CutOver: cut},
		"taken id":         {From: "pseh", ID: "southampton", Name: "X", CutOver: cut},
		"an old id":        {From: "pseh", ID: "iow-trust", Name: "X", CutOver: cut},
		"others' locality": {From: "pseh", ID: "x", Name: "X", CutOver: cut, Localities: []string{"southampton"}},
		"no such line":     {From: "pseh", ID: "x", Name: "X", CutOver: cut, Lines: []string{"none"}},
		"nobody":           {From: "pseh", ID: "x", Name: "X", CutOver: cut, People: []string{"nobody"}},
	} {
		if _, err := SplitTeam(examplePlan(t), s, autumn); !errors.Is(err, ErrCannot) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Until the cut-over it can be taken back, with everything done since kept.
func TestRevert(t *testing.T) {
	t.Parallel()
	before := examplePlan(t)
	merged, err := MergeTeams(before, Merger{Sources: []string{"pseh", "southampton"}, ID: "south", Name: "South", CutOver: cutOver(t, "2026-10-20")}, autumn)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Revert(before, merged, merged)
	if err != nil {
		t.Fatal(err)
	}
	if diff := Diff(before, back); len(diff) > 0 {
		t.Errorf("taken back at once, it differs: %v", diff)
	}
	later, err := merged.Clone() // an edit in between
	if err != nil {
		t.Fatal(err)
	}
	later.Responders[0].Name = "Ada Again"
	back, err = Revert(before, merged, later)
	if err != nil {
		t.Fatal(err)
	}
	want := reworded(t, before, "name: Ada,", "name: Ada Again,")
	if diff := Diff(want, back); len(diff) > 0 {
		t.Errorf("the edit in between is lost: %v", diff)
	}
	again, err := MergeTeams(later, Merger{Sources: []string{"south", "mid-north"}, ID: "all-of-us", Name: "All", CutOver: cutOver(t, "2026-11-20")}, autumn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Revert(before, merged, again); !errors.Is(err, ErrEntangled) {
		t.Errorf("a merger of the merged: %v", err)
	}
}

// Until the cut-over callers reach whoever they reached before, in the same
// order, and what teams promised each other holds; nobody is lost.
func TestNobodyIsLostBeforeTheCutOver(t *testing.T) {
	t.Parallel()
	before := examplePlan(t)
	before.MutualAid = []Aid{{Team: "pseh", By: "southampton", After: 5 * time.Second, AtOnce: 2}}
	before, err := before.Clone()
	if err != nil {
		t.Fatal(err)
	}
	cut := cutOver(t, "2026-10-20T08:00")
	for name, change := range map[string]func() (*Plan, error){
		"a new heir": func() (*Plan, error) {
			return MergeTeams(before, Merger{Sources: []string{"pseh", "southampton"}, ID: "south", Name: "South", CutOver: cut}, autumn)
		},
		"one goes on": func() (*Plan, error) {
			return MergeTeams(before, Merger{Sources: []string{"southampton"}, ID: "pseh", CutOver: cut}, autumn)
		},
		"a split": func() (*Plan, error) {
			return SplitTeam(before, Parting{From: "pseh", ID: "havant", Name: "Havant", CutOver: cut, Localities: []string{"havant"}}, autumn)
		},
	} {
		after, err := change()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		was, is := compiled(t, before, autumn, 30*24*time.Hour), compiled(t, after, autumn, 30*24*time.Hour)
		for _, now := range []time.Time{autumn, cut.Instant(zoneOf(t, "Europe/London")).Add(-time.Second)} {
			for _, team := range was.Teams(now) {
				need := call.Need{Team: team}
				a, b := was.Match(need, DefaultTiming(), now), is.Match(need, DefaultTiming(), now)
				if diff := cmp.Diff(a, b); diff != "" {
					t.Errorf("%s, %s at %s: before -, after +\n%s", name, team, now, diff)
				}
			}
		}
	}
}

func TestPreviewOfAMerger(t *testing.T) {
	t.Parallel()
	before := examplePlan(t)
	after, err := MergeTeams(before, Merger{Sources: []string{"pseh", "southampton"}, ID: "south", Name: "South", CutOver: cutOver(t, "2026-10-20T08:00")}, autumn)
	if err != nil {
		t.Fatal(err)
	}
	p, err := PreviewOf(before, after, cutOver(t, "2026-10-20T08:00").Instant(zoneOf(t, "Europe/London")), 14*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ids := func(list []TeamView) (out []string) {
		for _, v := range list {
			out = append(out, v.Team)
		}
		return out
	}
	if diff := cmp.Diff([][]string{{"pseh", "southampton"}, {"south"}}, [][]string{ids(p.Before), ids(p.After)}); diff != "" {
		t.Fatal(diff)
	}
	heir := p.After[0]
	if heir.Minimum != 2 || heir.Least != 3 || heir.Short != 0 || len(heir.Localities) != 8 || len(heir.Lines) != 3 {
		t.Errorf("got %+v", heir)
	}
	if len(heir.People) < len(p.Before[0].People) || heir.Skills["registered"] < p.Before[0].Skills["registered"] {
		t.Errorf("people or skills are lost: %+v", heir)
	}
}

// Whoever is in the middle of a shift is carried over to its end and no further;
// whoever begins one with the cut-over, or is on for every team, needs no carrying.
func TestCarriedToTheEndOfTheShift(t *testing.T) {
	t.Parallel()
	now := when(t, "2026-04-10T12:00:00Z")
	for cut, want := range map[string]string{
		"2026-04-15T00:00": "",
		"2026-04-15T12:00": "cut-over-dan: dan comes on, responding, from 2026-04-15T12:00 to 2026-04-16T00:00",
	} {
		p, err := MergeTeams(edited(t), Merger{Sources: []string{"west"}, ID: "east", CutOver: cutOver(t, cut)}, now)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range p.Overrides[3:] {
			got = append(got, o.ID+": "+o.does())
		}
		if diff := cmp.Diff(want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s: want -, got +\n%s", cut, diff)
		}
		at := cutOver(t, cut).Instant(zoneOf(t, "Europe/London"))
		for _, later := range []time.Duration{0, time.Hour, 13 * time.Hour, 40 * time.Hour} {
			r := compiled(t, p, at.Add(later), 24*time.Hour)
			if !slices.ContainsFunc(r.OnShift("east", call.TierResponding, at.Add(later)), func(d Duty) bool { return d.Responder == "dan" }) {
				t.Errorf("%s: dan is not on %s after it", cut, later)
			}
		}
	}
}
