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

func (r *Reach) merge(o Reach) {
	r.Met += o.Met
	r.Missed += o.Missed
}

func (r *Reach) count(met bool) {
	if met {
		r.Met++
	} else {
		r.Missed++
	}
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
	date, hour := d.local(first)
	if date < d.taken && d.days[date] == nil {
		return
	}
	day := d.day(date)
	day.Reach.count(met)
	for _, s := range [...]Slice{
		LineSlice(e.Line), CallerSlice(e.Caller), lineCallerSlice(e.Line, e.Caller), TeamSlice(e.Team), BandSlice(Band(hour)),
	} {
		day.at(s).Reach.count(met)
	}
}
