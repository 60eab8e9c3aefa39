package rota

import (
	"slices"
	"sync/atomic"
	"time"

	"example.org/crisisline/call"
)

// lane is the timeline of one team and tier: instants at which who is on shift
// changes, and between two of them a stretch in which nothing does.
type lane struct {
	team   string
	tier   call.Tier
	shifts []int32 // indices in the plan, in its order
	over   []int32 // overrides, likewise

	starts  []int64                  // seconds UTC, ascending; stretch i is [starts[i], starts[i+1])
	sources []sourceSpan             // what is on in stretch i
	arena   []int32                  // of sources: a shift's index, or ^index of an override
	roster  []atomic.Pointer[[]Duty] // stretch i as people, made when first asked for
	life    [2]int64                 // the team's own [from, until), 0 = without end
}

// sourceSpan is a part of a lane's arena.
type sourceSpan struct{ from, until uint32 }

// find is the stretch that holds sec, -1 before the first.
func (l *lane) find(sec int64) int {
	lo, hi := 0, len(l.starts)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if l.starts[mid] <= sec {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

func (l *lane) on(i int) []int32 {
	s := l.sources[i]
	return l.arena[s.from:s.until]
}

// OnShift is who is on shift for a team in a tier, in the plan's order. It is
// the only answer to that question. The slice is shared: do not change it.
//
// The first question about a stretch between two changes of shift makes its
// slice; every later one costs two look-ups and a binary search and allocates
// nothing. Outside the compiled horizon the rules are walked instead.
func (r *Rota) OnShift(team string, tier call.Tier, now time.Time) []Duty {
	lanes := r.lanes[team]
	if lanes == nil {
		return nil
	}
	sec := now.Unix()
	switch tier {
	case call.TierResponding:
		return r.onLane(&lanes.tiers[0], sec)
	case call.TierBackup:
		return r.onLane(&lanes.tiers[1], sec)
	case call.TierDutyManager:
		return r.onLane(&lanes.tiers[2], sec)
	case call.TierLastHuman:
		return lanes.lastHumans
	}
	return nil
}

func (r *Rota) onLane(l *lane, sec int64) []Duty {
	if sec < r.from || sec >= r.until {
		return r.walk(l, sec)
	}
	i := l.find(sec)
	if made := l.roster[i].Load(); made != nil {
		return *made
	}
	return r.fill(l, i)
}

// fill makes stretch i's slice. Two readers may both make it; both are right.
func (r *Rota) fill(l *lane, i int) []Duty {
	duties := r.resolve(l, l.on(i))
	for d := range duties {
		duties[d].Until = time.Unix(r.offAt(l, i, duties[d].Responder), 0).UTC()
	}
	l.roster[i].Store(&duties)
	return duties
}

// lookAhead bounds how far Duty.Until is looked for.
const lookAhead = 14 * daySeconds

// offAt is when the person first goes off the lane after stretch i, across
// shifts that adjoin.
func (r *Rota) offAt(l *lane, i int, person string) int64 {
	limit := l.starts[i] + lookAhead
	for j := i + 1; j < len(l.starts); j++ {
		if l.starts[j] > limit || !r.isOn(l.on(j), person) {
			return l.starts[j]
		}
	}
	return r.until
}

// resolve turns what is on into who is on: shifts in the plan's order, then
// overrides in theirs, one entry per person. on is sorted.
func (r *Rota) resolve(l *lane, on []int32) []Duty {
	duties := []Duty{} // not nil: a stretch that was made stays made
	put := func(id, why string) {
		if !slices.ContainsFunc(duties, func(d Duty) bool { return d.Responder == id }) {
			duties = append(duties, Duty{Responder: id, Team: l.team, Tier: l.tier, Why: why})
		}
	}
	for _, src := range on {
		if src >= 0 {
			s := &r.plan.Shifts[src]
			for _, id := range s.People {
				put(id, "shift "+s.ID)
			}
		}
	}
	for i := len(on) - 1; i >= 0; i-- { // backwards: the override written first is applied first
		if on[i] >= 0 {
			continue
		}
		o := &r.plan.Overrides[^on[i]]
		at := slices.IndexFunc(duties, func(d Duty) bool { return d.Responder == o.Remove })
		if at >= 0 {
			duties = slices.Delete(duties, at, at+1)
		}
		if o.Add != "" && (o.Remove == "" || at >= 0) {
			put(o.Add, "override "+o.ID)
		}
	}
	return duties
}

func (r *Rota) isOn(on []int32, person string) bool {
	is := false
	for _, src := range on {
		if src >= 0 {
			is = is || r.names(src, person)
			continue
		}
		// Overrides are rare: ask the full question.
		return slices.ContainsFunc(r.resolve(&lane{}, on), func(d Duty) bool { return d.Responder == person })
	}
	return is
}

// names reports whether a source puts the person on.
func (r *Rota) names(src int32, person string) bool {
	if src >= 0 {
		return slices.Contains(r.plan.Shifts[src].People, person)
	}
	return r.plan.Overrides[^src].Add == person
}

// walk answers from the rules themselves, for instants outside the horizon.
func (r *Rota) walk(l *lane, sec int64) []Duty {
	if sec < l.life[0] || l.life[1] != 0 && sec >= l.life[1] {
		return nil
	}
	today := localDay(r.zone, sec)
	var on []int32
	until := map[int32]int64{}
	for _, i := range l.shifts {
		for day := today - 1; day <= today; day++ {
			if start, end := r.plan.Shifts[i].occurrence(day, r.zone); start <= sec && sec < end {
				on = append(on, i)
				until[i] = end
			}
		}
	}
	for _, i := range l.over {
		o := &r.plan.Overrides[i]
		if start, end := o.Start.instant(r.zone), o.End.instant(r.zone); start <= sec && sec < end {
			on = append(on, ^i)
			until[^i] = end
		}
	}
	slices.Sort(on)
	duties := r.resolve(l, on)
	for d := range duties {
		for _, src := range on {
			if r.names(src, duties[d].Responder) {
				duties[d].Until = time.Unix(max(until[src], duties[d].Until.Unix()), 0).UTC()
			}
		}
	}
	return duties
}

// Duties is everything one person is on shift for, teams in the plan's order,
// tiers in asking order.
func (r *Rota) Duties(responder string, now time.Time) []Duty {
	p := r.persons[responder]
	if p == nil {
		return nil
	}
	if p.lastHuman != nil {
		return p.lastHuman
	}
	var duties []Duty
	for _, l := range p.lanes {
		for _, d := range r.onLane(l, now.Unix()) {
			if d.Responder == responder {
				duties = append(duties, d)
			}
		}
	}
	return duties
}
