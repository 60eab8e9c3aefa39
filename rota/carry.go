package rota

import (
	"slices"
	"strings"
	"time"
)

// carry writes an override from the cut-over on for everybody who is in the
// middle of a shift of the team then, until that shift ends.
func (e *reorganisation) carry(team, heir string, as func(Duty) Override) {
	for _, tier := range rosteredTiers {
		for _, d := range e.r.OnShift(team, tier, time.Unix(e.sec, 0)) {
			o := as(d)
			until, middle := e.inTheMiddle(d, heir)
			if len(o.Teams) == 0 || !middle {
				continue
			}
			o.ID = e.freeID("cut-over-" + d.Responder)
			o.Tier, o.Why = tier, "in the middle of a shift at the cut-over"
			o.Start, o.End = e.cut.local(), wallAt(e.r.zone, until)
			e.p.Overrides = append(e.p.Overrides, o)
		}
	}
}

// inTheMiddle is when the shift ends that somebody is in the middle of at the
// cut-over; false for one that begins with it, that is the heir's too, and for
// whoever an override has put on.
func (e *reorganisation) inTheMiddle(d Duty, heir string) (until int64, middle bool) {
	kind, id, _ := strings.Cut(d.Why, " ")
	ids := []string{id}
	for _, w := range e.p.Swaps.Offers {
		if kind == "swap" && w.ID == id {
			ids = []string{w.Gives.Shift, w.Takes.Shift}
		}
	}
	today := localDay(e.r.zone, e.sec)
	for i := range e.r.plan.Shifts {
		s := &e.r.plan.Shifts[i]
		if kind == "override" || !slices.Contains(ids, s.ID) || s.has(heir) {
			continue
		}
		for day := today - 1; day <= today; day++ {
			if start, end := s.occurrence(day, e.r.zone); start < e.sec && e.sec < end {
				return min(end, d.Until.Unix()), true
			}
		}
	}
	return 0, false
}
