package metrics

import "testing"

// Two teams that became one are counted together, in every part of the day; the
// day they were read from keeps them apart, and all calls stay all calls.
func TestRegrouped(t *testing.T) {
	t.Parallel()
	d := NewDay("2026-11-20", "UTC")
	for s, n := range map[Slice]int64{
		SliceAll: 7, TeamSlice("solent"): 3, TeamSlice("southern"): 4, teamBandSlice("solent", "night"): 1, teamBandSlice("southern", "night"): 2,
	} {
		d.at(s).Received = n
	}
	got := d.Regrouped(func(team string) string {
		if team == "solent" || team == "southern" {
			return "pseh"
		}
		return team
	})
	for s, want := range map[Slice]int64{
		SliceAll: 7, TeamSlice("pseh"): 7, teamBandSlice("pseh", "night"): 3, TeamSlice("solent"): 0,
	} {
		if n := got.Of(s).Received; n != want {
			t.Errorf("%s: %d, want %d", s, n, want)
		}
	}
	if d.Of(TeamSlice("solent")).Received != 3 || len(d.Slices) != 5 || len(got.Slices) != 3 {
		t.Errorf("the day itself changed: %v", d.Slices)
	}
}
