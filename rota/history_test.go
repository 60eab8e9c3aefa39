package rota

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
)

// reworded is a plan with some of its text replaced.
func reworded(t *testing.T, p *Plan, replace ...string) *Plan {
	t.Helper()
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	changed := string(text)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(changed, replace[i]) {
			t.Fatalf("the plan does not say %q", replace[i])
		}
		changed = strings.Replace(changed, replace[i], replace[i+1], 1)
	}
	q, err := Parse("edited.yaml", []byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Any id there ever was, any locality and any number, at any instant from 2015
// to 2045, leads to exactly one team, and that team stands for itself.
func TestEverythingLeadsToOneTeamAtAnyTime(t *testing.T) {
	t.Parallel()
	p := reworded(t, examplePlan(t),
		"    name: Isle of Wight\n", "    name: Isle of Wight\n    renamed:\n      - {id: wight-cmht, name: Wight crisis team, till: 2025-06-01}\n",
		", from: 2024-10-01}\n    neighbours: [southampton, mid-north", ", from: 2024-10-01, at: \"08:00\"}\n    neighbours: [southampton, mid-north")
	r := compiled(t, p, when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	ids := []string{"wight-cmht"}
	for id := range r.catalogue.teams {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1420070400, 2366841600).Draw(t, "at"), 0)
		id := rapid.SampledFrom(ids).Draw(t, "team")
		team, ok := r.TeamAt(id, at)
		if again, _ := r.TeamAt(team, at); !ok || again != team {
			t.Errorf("%s at %s is %q, which is %q", id, at, team, again)
		}
		routed := r.catalogue.rosteredAt(id, at.Unix())
		if again := r.catalogue.rosteredAt(routed, at.Unix()); again != routed || r.lanes[routed] == nil {
			t.Errorf("%s at %s is routed to %q, then %q", id, at, routed, again)
		}
		l := rapid.SampledFrom(p.Localities).Draw(t, "locality")
		place, ok := r.Place(l.Outward[0], at)
		if again, _ := r.TeamAt(place.Team, at); !ok || (place.Team == "") != (place.Outside != "") || place.Team != "" && again != place.Team {
			t.Errorf("%s at %s is %+v", l.Outward[0], at, place)
		}
		number := rapid.SampledFrom(p.Lines).Draw(t, "line").Numbers[0]
		line, ok := r.Line(number.E164(), at)
		if !ok || r.lanes[line.Team] == nil {
			t.Errorf("line %s at %s lands at %q", line.ID, at, line.Team)
		}
	})
}

// A cut-over has a time of day: until that minute each team is itself.
func TestCutOverAtATimeOfDay(t *testing.T) {
	t.Parallel()
	p := reworded(t, parseFile(t, "testdata/merger.yaml"), "{team: old-a, from: 2026-04-01}", `{team: old-a, from: 2026-04-01, at: "08:00"}`,
		"{team: old-b, from: 2026-04-01}", `{team: old-b, from: 2026-04-01, at: "08:00"}`)
	r := compiled(t, p, when(t, "2026-03-15T00:00:00Z"), DefaultHorizon)
	cut := when(t, "2026-04-01T07:00:00Z")
	for _, tc := range []struct {
		at   time.Time
		want string
		on   []int // old-a, both
	}{
		{cut.Add(-time.Second), "old-a", []int{1, 0}},
		{cut, "both", []int{0, 2}},
	} {
		on := []int{len(r.OnShift("old-a", call.TierResponding, tc.at)), len(r.OnShift("both", call.TierResponding, tc.at))}
		if team, _ := r.TeamAt("old-a", tc.at); team != tc.want || cmp.Diff(tc.on, on) != "" {
			t.Errorf("%s: %s with %v, want %s with %v", tc.at, team, on, tc.want, tc.on)
		}
	}
}

// A renamed team is one team: its old id means it on every day, its old name
// is shown for the days that had it.
func TestRenamedTeam(t *testing.T) {
	t.Parallel()
	p := reworded(t, examplePlan(t), "    name: Isle of Wight\n",
		"    name: Isle of Wight\n    renamed:\n      - {id: wight-cmht, name: Wight crisis team, till: 2025-06-01}\n      - {name: Island team, till: 2026-01-01}\n")
	r := compiled(t, p, when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct{ id, at, team, name string }{
		{"wight-cmht", "2025-05-31T22:59:59Z", "isle-of-wight", "Wight crisis team"},
		{"wight-cmht", "2025-05-31T23:00:00Z", "isle-of-wight", "Island team"},
		{"isle-of-wight", "2025-05-31T22:59:59Z", "isle-of-wight", "Wight crisis team"},
		{"isle-of-wight", "2026-03-01T00:00:00Z", "isle-of-wight", "Isle of Wight"},
		{"wight-cmht", "2024-04-30T00:00:00Z", "iow-trust", "Isle of Wight crisis service (before it joined)"},
	} {
		team, ok := r.TeamAt(tc.id, when(t, tc.at))
		if name := r.TeamNameAt(team, when(t, tc.at)); !ok || team != tc.team || name != tc.name {
			t.Errorf("%s at %s: %s, %q; want %s, %q", tc.id, tc.at, team, name, tc.team, tc.name)
		}
	}
}

func TestFiguresAsTheyWereAndUnderTodaysTeams(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct{ team, counted, were, today string }{
		{"solent-portsmouth", "2024-09-30T12:00:00Z", "solent-portsmouth", "pseh"},
		{"southern-south-east", "2024-09-30T12:00:00Z", "southern-south-east", "pseh"},
		{"solent-portsmouth", "2024-10-01T12:00:00Z", "pseh", "pseh"},
		{"c2h-west", "2024-06-01T12:00:00Z", "c2h-west", "closer2home"},
		{"c2h-dorset", "2025-06-01T12:00:00Z", "c2h-dorset", "c2h-dorset"}, // it left, and stays its own
		{"iow-trust", "2024-04-01T12:00:00Z", "iow-trust", "isle-of-wight"},
		{"never-was", "2024-04-01T12:00:00Z", "never-was", "never-was"},
	} {
		were, _ := r.CountedUnder(AsWere, tc.team, when(t, tc.counted), day2026)
		today, _ := r.CountedUnder(AsToday, tc.team, when(t, tc.counted), day2026)
		if were != tc.were || today != tc.today {
			t.Errorf("%s counted on %s: as it was %s, today %s; want %s, %s", tc.team, tc.counted, were, today, tc.were, tc.today)
		}
	}
}

// A line that moved between teams lands where it belonged on each day.
func TestMovedLine(t *testing.T) {
	t.Parallel()
	p := reworded(t, parseFile(t, "testdata/small.yaml"), "team: west, caller: professional",
		`team: west, moved: [{team: east, till: 2026-05-01, at: "09:00"}], caller: professional`)
	r := compiled(t, p, when(t, "2026-04-15T00:00:00Z"), DefaultHorizon)
	for at, want := range map[string]string{"2026-05-01T07:59:59Z": "east", "2026-05-01T08:00:00Z": "west"} {
		if team, why := r.HomeTeam("gp", call.Number{}, when(t, at)); team != want || why != HomeByLine {
			t.Errorf("at %s: %s (%s), want %s", at, team, why, want)
		}
	}
}

func TestPlaceByLandlineIsOnlyAHint(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	p, ok := r.PlaceByLandline(number(t, "023 9200 0555"), day2026)
	if !ok || !p.Hint || p.Team != "pseh" {
		t.Errorf("a Portsmouth landline: %+v, %v", p, ok)
	}
	p, ok = r.PlaceByLandline(number(t, "01243 000555"), day2026)
	if !ok || !p.Hint || p.Team != "" || p.HandOver.To == "" || p.HandOver.Say == "" {
		t.Errorf("a landline next door: %+v, %v", p, ok)
	}
	if p, ok := r.PlaceByLandline(number(t, "07700 900500"), day2026); ok {
		t.Errorf("a mobile hints at %+v", p)
	}
}

func TestHandOverIsWrittenAndKept(t *testing.T) {
	t.Parallel()
	p := reworded(t, parseFile(t, "testdata/small.yaml"), "outside: the next county,",
		`outside: the next county, hand_over: {to: Next county's crisis line, number: 01632 960077, say: I'll stay with you., hours: always},`)
	again, err := p.Clone()
	if err != nil {
		t.Fatal(err)
	}
	r := compiled(t, again, when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
	place, ok := r.Place("ZZ3", day2026)
	want := HandOver{To: "Next county's crisis line", Number: number(t, "01632 960077"), Say: "I'll stay with you.", Hours: "always"}
	if diff := cmp.Diff(want, place.HandOver); diff != "" || !ok {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// Nobody in a crisis is told to ring another number.
func TestHandOverNeverGivesTheCallerANumber(t *testing.T) {
	t.Parallel()
	text, err := parseFile(t, "testdata/small.yaml").YAML()
	if err != nil {
		t.Fatal(err)
	}
	for say, want := range map[string]string{
		`hand_over: {to: Next door, say: "Please ring 01632 960077"}`: "the words to the caller hold a number",
		`hand_over: {to: Next door, say: I will stay with you}`:       "",
	} {
		_, err := Parse("x.yaml", []byte(strings.Replace(string(text), "outside: the next county", "outside: the next county, "+say, 1)))
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", say, err, want)
		}
	}
}
