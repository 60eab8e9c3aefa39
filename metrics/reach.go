package metrics

import (
	"time"

	"example.org/crisisline/call"
)

// Reach counts needs: somebody whose number is known rings until a person is
// connected to them, however often that takes. Each counts once, on the day of its
// first try. Needs that ended elsewhere (handed on, to be rung back, answered while
// the store was gone) are in neither.
type Reach struct {
	Met    int64 `json:"met,omitempty"`    // connected within ReachWithin of the first try
	Missed int64 `json:"missed,omitempty"` // not
}

// Judged is how many needs were.
func (r Reach) Judged() int64 { return r.Met + r.Missed }

// need counts an entry that decides a need.
func (d *Days) need(e call.Event) {
	met := false
	switch {
	case e.Kind == call.KindUnreached:
	case !FirstConnected(e) || e.FirstMs == 0 || e.Missed:
		return
	default:
		met = time.Duration(e.FirstMs)*time.Millisecond <= ReachWithin
	}
	first := e.At.Add(-time.Duration(e.FirstMs) * time.Millisecond)
	if !d.counts(first) {
		return
	}
	date, _ := d.local(first)
	if date < d.taken && d.days[date] == nil {
		return
	}
	if met {
		d.day(date).Reach.Met++
	} else {
		d.day(date).Reach.Missed++
	}
}
