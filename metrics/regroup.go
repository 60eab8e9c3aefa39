package metrics

import "strings"

// Regrouped is the same calls with their teams under other names: teams that
// under gives one name are counted together. d is left as it is. What is not by
// team stays the same.
func (d *Day) Regrouped(under func(team string) string) *Day {
	to := *d
	to.Slices = make(map[Slice]*Tally, len(d.Slices))
	for s, t := range d.Slices {
		if team, ok := strings.CutPrefix(string(s), string(sliceTeam)); ok {
			s = TeamSlice(under(team))
		} else if rest, ok := strings.CutPrefix(string(s), string(sliceTeamBand)); ok {
			team, band, _ := strings.Cut(rest, "/")
			s = teamBandSlice(under(team), band)
		}
		to.at(s).Merge(t)
	}
	return &to
}
