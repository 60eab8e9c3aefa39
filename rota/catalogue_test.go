package rota

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// Every team there ever was, on every side of every date in the example's
// history, leads to exactly one team.
func TestTeamAtThroughTheExamplesHistory(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct{ team, before, after, day string }{ // day: local midnight of the change
		{"solent-portsmouth", "solent-portsmouth", "pseh", "2024-10-01"},
		{"southern-south-east", "southern-south-east", "pseh", "2024-10-01"},
		{"southern-southampton", "southern-southampton", "southampton", "2024-10-01"},
		{"southern-mid-north", "southern-mid-north", "mid-north", "2024-10-01"},
		{"iow-trust", "iow-trust", "isle-of-wight", "2024-05-01"},
		{"c2h-east", "c2h-east", "closer2home", "2024-07-01"},
		{"c2h-west", "c2h-west", "closer2home", "2024-07-01"},
		{"c2h-dorset", "c2h-east", "c2h-dorset", "2024-07-01"}, // before it left, its calls were the old team's
		{"pseh", "solent-portsmouth", "pseh", "2024-10-01"},
		{"isle-of-wight", "iow-trust", "isle-of-wight", "2024-05-01"},
		{"closer2home", "c2h-east", "closer2home", "2024-07-01"},
	} {
		local, err := ParseLocalTime(tc.day + "T00:00")
		if err != nil {
			t.Fatal(err)
		}
		day := time.Unix(local.instant(r.zone), 0)
		for at, want := range map[time.Time]string{
			day.AddDate(-3, 0, 0): tc.before, day.Add(-time.Second): tc.before,
			day: tc.after, day.AddDate(20, 0, 0): tc.after,
		} {
			if got, ok := r.TeamAt(tc.team, at); !ok || got != want {
				t.Errorf("%s at %s: got %q, want %q", tc.team, at, got, want)
			}
		}
	}
	if team, ok := r.TeamAt("never-was", day2026); ok {
		t.Errorf("a team that never was is %q", team)
	}
	if got := r.TeamName("solent-portsmouth"); got != "Portsmouth crisis team (Solent)" {
		t.Errorf("old team is called %q", got)
	}
}

var day2026 = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Every number that ever was on a poster lands at an open team with people,
// on any day the service runs.
func TestEveryLineLands(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	for _, from := range []string{"2024-10-01T00:00:00Z", "2026-03-01T00:00:00Z", "2035-01-01T00:00:00Z"} {
		at := when(t, from).Add(36 * time.Hour)
		r := compiled(t, p, when(t, from), DefaultHorizon)
		for _, l := range p.Lines {
			for _, n := range l.Numbers {
				got, ok := r.Line(n.E164(), at)
				team, why := r.HomeTeam(got.ID, call.Number{}, at)
				if !ok || team != "pseh" || got.Team != "pseh" || len(r.OnShift(team, call.TierResponding, at)) == 0 {
					t.Errorf("line %s on %s: team %q, because %s", l.ID, at, team, why)
				}
			}
		}
	}
}

func number(t *testing.T, s string) call.Number {
	t.Helper()
	n, err := call.ParseDialable(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHomeTeam(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct{ name, line, caller, team, why string }{
		{"withheld", "public", "", "pseh", HomeByDefault},
		{"mobile", "public", "07700 900999", "pseh", HomeByDefault},
		{"Portsmouth landline", "public", "023 9200 0555", "pseh", HomeByLandline},
		{"Southampton landline, same area code", "public", "023 8000 0555", "southampton", HomeByLandline},
		{"Isle of Wight landline", "public", "01983 000555", "isle-of-wight", HomeByLandline},
		{"Winchester landline", "public", "01962 000555", "mid-north", HomeByLandline},
		{"outside the service: still answered", "public", "01243 000555", "pseh", HomeByDefault},
		{"landline of nowhere near", "public", "020 7946 0000", "pseh", HomeByDefault},
		{"foreign", "public", "+33 1 99 00 12 34", "pseh", HomeByDefault},
		{"a line of its own asks nothing of the caller", "professionals", "01983 000555", "pseh", HomeByLine},
		{"retired", "old-portsmouth", "01983 000555", "pseh", HomeBySuccessor},
		{"a line the plan does not know", "what", "", "pseh", HomeByDefault},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			caller := call.Number{}
			if tc.caller != "" {
				caller = number(t, tc.caller)
			}
			if team, why := r.HomeTeam(tc.line, caller, day2026); team != tc.team || why != tc.why {
				t.Errorf("got %s (%s), want %s (%s)", team, why, tc.team, tc.why)
			}
		})
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	old, ok := r.Line("+442392000099", day2026)
	want := Line{
		ID: "old-portsmouth", Name: "Portsmouth crisis team's old number", Number: "+442392000099",
		Caller: call.CallerUnknown, Menu: true, Language: "en-GB", Retired: true, Team: "pseh",
	}
	if diff := cmp.Diff(want, old); diff != "" || !ok {
		t.Errorf("ok %v; want -, got +\n%s", ok, diff)
	}
	if before, _ := r.Line("+442392000099", when(t, "2024-09-30T22:59:59Z")); before.Retired {
		t.Error("retired a second too early")
	}
	stray, ok := r.Line("+442392000077", day2026)
	if ok || stray.ID != "public" || stray.Number != "+448081570001" {
		t.Errorf("a number nobody knows: %q, known %v", stray.ID, ok)
	}
}

// A merger planned for a day ahead: both teams have people until then, the
// heir has them all from then on, and calls follow at midnight.
func TestMergerAhead(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/merger.yaml")
	r := compiled(t, p, when(t, "2026-03-15T00:00:00Z"), DefaultHorizon)
	night := when(t, "2026-03-31T23:00:00Z") // midnight in London, in summer time
	for _, tc := range []struct {
		at         time.Time
		line, team string
		on         []int // old-a, old-b, both
	}{
		{night.Add(-time.Second), "a", "old-a", []int{1, 1, 0}},
		{night.Add(-time.Second), "b", "old-b", []int{1, 1, 0}},
		{night, "a", "both", []int{0, 0, 2}},
		{night, "b", "both", []int{0, 0, 2}},
		{night.AddDate(1, 0, 0), "b", "both", []int{0, 0, 2}},
	} {
		team, _ := r.HomeTeam(tc.line, call.Number{}, tc.at)
		on := make([]int, 0, 3)
		for _, id := range []string{"old-a", "old-b", "both"} {
			on = append(on, len(r.OnShift(id, call.TierResponding, tc.at)))
		}
		if diff := cmp.Diff(tc.on, on); team != tc.team || diff != "" {
			t.Errorf("line %s at %s: team %s, want %s; people want -, got +\n%s", tc.line, tc.at, team, tc.team, diff)
		}
		ladder := r.Match(call.Need{Team: "old-b"}, DefaultTiming(), tc.at) // a call in flight names its old team
		if got := ladder[0].Team; tc.at.Before(night) && got != "old-b" || !tc.at.Before(night) && got != "both" {
			t.Errorf("call of old-b at %s is asked of %s first", tc.at, got)
		}
	}
	if findings := r.Check(when(t, "2026-03-15T00:00:00Z"), DefaultHorizon); Refused(findings) {
		t.Errorf("refused: %+v", findings)
	}
	if gap, ok := r.NextGap("old-a", when(t, "2026-03-15T00:00:00Z")); ok {
		t.Errorf("a team that closes has a gap at %s", gap)
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct {
		outward, at string
		want        Place
		ok          bool
	}{
		{"po1", "2026-03-01T00:00:00Z", Place{Localities: []string{"portsmouth"}, Team: "pseh"}, true},
		{"PO1", "2023-03-01T00:00:00Z", Place{Localities: []string{"portsmouth"}, Team: "solent-portsmouth"}, true},
		{"PO9", "2023-03-01T00:00:00Z", Place{Localities: []string{"havant"}, Team: "southern-south-east"}, true},
		{"PO30", "2024-04-30T22:59:59Z", Place{Localities: []string{"isle-of-wight"}, Team: "iow-trust"}, true},
		{"PO30", "2024-04-30T23:00:00Z", Place{Localities: []string{"isle-of-wight"}, Team: "isle-of-wight"}, true},
		{"PO19", "2026-03-01T00:00:00Z", Place{
			Localities: []string{"west-sussex"}, Outside: "the neighbouring trust to the east (check which)",
			HandOver: HandOver{To: "the neighbouring trust to the east (check which)", Say: defaultSay},
		}, true},
		{"SO31", "2026-03-01T00:00:00Z", Place{
			Localities: []string{"eastleigh", "fareham"},
			Ask:        "Hamble, Netley or Bursledon are Eastleigh; Locks Heath, Sarisbury or Warsash are Fareham",
		}, true},
		{"EC1A", "2026-03-01T00:00:00Z", Place{}, false},
	} {
		got, ok := r.Place(tc.outward, when(t, tc.at))
		if diff := cmp.Diff(tc.want, got); diff != "" || ok != tc.ok {
			t.Errorf("%s at %s: known %v; want -, got +\n%s", tc.outward, tc.at, ok, diff)
		}
	}
}

// Every outward code of the domain's list is somewhere, once.
func TestEveryOutwardCodeHasAPlace(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	ranges := []struct {
		area     string
		from, to int
	}{{"PO", 1, 22}, {"PO", 30, 41}, {"SO", 14, 24}, {"SO", 30, 32}, {"SO", 40, 43}, {"SO", 50, 53}, {"GU", 30, 35}, {"RG", 21, 29}}
	for _, rg := range ranges {
		for n := rg.from; n <= rg.to; n++ {
			code := fmt.Sprintf("%s%d", rg.area, n)
			if _, ok := r.Place(code, day2026); !ok {
				t.Errorf("%s is nowhere", code)
			}
		}
	}
}
