package metrics

import (
	"slices"
	"time"

	"example.org/crisisline/call"
)

// PromisesKept is how promises after a call went, by category: of the calls of a
// slice, on the day of each entry. It holds the categories of Compared.
type PromisesKept map[string]PromiseKept

// PromiseKept are the counts of one category. Days are merged by adding, so a
// promise may run out on one day and be taken back on another.
type PromiseKept struct {
	Met  int64 `json:"m,omitempty"` // kept in time, whenever that was recorded
	Ran  int64 `json:"r,omitempty"` // ran out before an end was recorded
	Back int64 `json:"b,omitempty"` // of those that ran out: kept in time after all, or started by mistake
}

// Compared are the categories that groups of callers are compared by.
var Compared = []string{"callback.closed", "crisis.very_urgent", "crisis.urgent"}

// Share is the promises kept in time, of those kept in time and those that ran
// out. What ran out counts against it, kept later or never; what was ended
// otherwise before it ran out (declined, handed on) is in neither.
func (p PromiseKept) Share() Proportion {
	return Proportion{p.Met, p.Met + max(0, p.Ran-p.Back)}
}

func (p *PromisesKept) add(category string, more PromiseKept) {
	if more == (PromiseKept{}) {
		return
	}
	if *p == nil {
		*p = PromisesKept{}
	}
	k := (*p)[category]
	(*p)[category] = PromiseKept{k.Met + more.Met, k.Ran + more.Ran, k.Back + more.Back}
}

func (p *PromisesKept) merge(o PromisesKept) {
	for category, more := range o {
		p.add(category, more)
	}
}

// promiseKept is what an entry about a follow-up adds.
func promiseKept(e call.Event) (p PromiseKept) {
	if e.Kind == call.KindFollowUpMissed {
		return PromiseKept{Ran: 1}
	}
	if e.Kind != call.KindFollowUpDone {
		return p
	}
	inTime := Kept(e.Reason) && e.WaitMs <= e.DueMs
	if inTime {
		p.Met = 1
	}
	if e.Missed && (inTime || e.Reason == "mistaken") {
		p.Back = 1
	}
	return p
}

// promised counts an entry about a follow-up in the slices of its call. The part
// of the day is that in which its clock started.
func (d *Days) promised(day *Day, e call.Event) {
	if !slices.Contains(Compared, e.Category) {
		return
	}
	of := []Slice{SliceAll, TeamSlice(e.Team), LineSlice(e.Line), CallerSlice(e.Caller)}
	if e.SinceMs != 0 {
		started := e.At.Add(-time.Duration(e.SinceMs) * time.Millisecond)
		of = append(of, BandSlice(Band(started.In(d.zone()).Hour())))
	}
	if e.Number != "" {
		of = append(of, NumberSlice(e.Number == call.ShownWithheld))
	}
	more := promiseKept(e)
	for _, s := range of {
		day.at(s).Kept.add(e.Category, more)
	}
}
