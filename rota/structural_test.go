package rota

import (
	"strings"
	"testing"
)

// A change of what there is, and one of who is on, are told apart; a team that
// only changes whom it asks for help is the only one concerned.
func TestStructural(t *testing.T) {
	t.Parallel()
	now := when(t, "2026-03-02T12:00:00Z")
	small := parseFile(t, "testdata/small.yaml")
	for _, tc := range []struct {
		name       string
		change     func(t *testing.T) *Plan
		touched    string
		structural bool
	}{
		{"an override", func(t *testing.T) *Plan {
			t.Helper()
			p, _ := do(t, small, now, AddOverride{Teams: []string{"west"}, Tier: "responding", Add: "ann", Start: local(t, "2026-03-03"), End: local(t, "2026-03-04")})
			return p
		}, "east west", false},
		{"the minimum", func(t *testing.T) *Plan {
			t.Helper()
			return edited(t, "minimum: {responding: 1", "minimum: {responding: 2")
		}, EveryTeam, false},
		{"help", func(t *testing.T) *Plan {
			t.Helper()
			p, _ := do(t, small, now, AddAid{Team: "young", By: "west"})
			return p
		}, "west young", true},
		{"a name, and who is asked for help", func(t *testing.T) *Plan {
			t.Helper()
			return edited(t, "name: East, neighbours: [west, young]", "name: Eastern, neighbours: [young, west]")
		}, "east", true},
		{"a part of a team leaves it", func(t *testing.T) *Plan {
			t.Helper()
			p, err := SplitTeam(small, Parting{From: "west", ID: "north", Name: "North", CutOver: CutOver{On: Date{2026, 4, 7}}}, now)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}, "east north west", true}, // Cat, of east, is put on in west one day
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := tc.change(t)
			if got := strings.Join(Touched(small, p), " "); got != tc.touched {
				t.Errorf("touches %q, want %q", got, tc.touched)
			}
			if got := Structural(small, p); got != tc.structural {
				t.Errorf("structural: %v", got)
			}
		})
	}
	if Structural(small, small) || !Structural(nil, small) {
		t.Error("nothing is a change of teams, or a whole plan is none")
	}
}
