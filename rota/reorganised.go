package rota

import (
	"bytes"
	"slices"
	"time"
)

// Reorganised reports whether a version of the history made a team out of
// others, or parted it from one, and when that happens; ok is false for one that
// did nothing of the kind.
func Reorganised(e Entry, team string) (when time.Time, ok bool) {
	if e.Before == nil || bytes.Equal(e.Before, e.After) {
		return time.Time{}, false
	}
	before, err := Parse("before", e.Before)
	if err != nil {
		return time.Time{}, false
	}
	after, err := Parse("after", e.After)
	if err != nil {
		return time.Time{}, false
	}
	zone, err := time.LoadLocation(after.Zone)
	if err != nil {
		return time.Time{}, false
	}
	had := before.reorganisations(team)
	for _, s := range after.reorganisations(team) {
		if !slices.Contains(had, s) {
			return CutOver{On: s.From, At: s.At}.Instant(zone), true
		}
	}
	return time.Time{}, false
}

// reorganisations are the mergers into a team and the splits that made it.
func (p *Plan) reorganisations(id string) (list []Source) {
	for i := range p.Teams {
		t := &p.Teams[i]
		if t.ID == id {
			list = append(list, t.MergedFrom...)
		}
		for _, s := range t.SplitOff {
			if s.Team == id {
				list = append(list, s)
			}
		}
	}
	return list
}
