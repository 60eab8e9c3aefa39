package rota

import (
	"slices"
	"sort"
	"sync/atomic"
	"time"

	"example.org/crisisline/call"
)

// lane is the timeline of one team and tier: stretches of time in which the
// same shifts and overrides are on.
type lane struct {
	stretches []stretch // ascending, without holes, over the whole horizon
	hours     []uint32  // hour of the horizon → stretch in force as it begins
	arena     []int32   // what is on in each stretch: a shift's index, or ^index of an override; sorted

	team   string
	tier   call.Tier
	shifts []int32  // indices in the plan, in its order
	over   []int32  // overrides, likewise
	life   [2]int64 // the team's own [from, until), 0 = without end
}

// stretch is a time in which nothing changes, up to the next stretch.
type stretch struct {
	start       int64                  // seconds UTC
	roster      atomic.Pointer[[]Duty] // who that is, made when first asked for
	first, last uint32                 // arena[first:last] is on
}

// find is the stretch that holds sec, which lies in the horizon. The hour says
// where to begin; few changes fall within one.
func (l *lane) find(sec int64) int {
	i := int(l.hours[(sec-l.stretches[0].start)/3600])
	for i+1 < len(l.stretches) && l.stretches[i+1].start <= sec {
		i++
	}
	return i
}

// indexHours fills hours for a horizon that ends at until.
func (l *lane) indexHours(until int64) {
	l.hours = make([]uint32, (until-l.stretches[0].start+3599)/3600)
	i := 0
	for h := range l.hours {
		for i+1 < len(l.stretches) && l.stretches[i+1].start <= l.stretches[0].start+int64(h)*3600 {
			i++
		}
		l.hours[h] = uint32(i)
	}
}

// after is the first stretch that begins after sec, wherever sec lies.
func (l *lane) after(sec int64) int {
	return sort.Search(len(l.stretches), func(i int) bool { return l.stretches[i].start > sec })
}

func (l *lane) on(i int) []int32 {
	s := &l.stretches[i]
	return l.arena[s.first:s.last]
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
	if made := l.stretches[i].roster.Load(); made != nil {
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
	l.stretches[i].roster.Store(&duties)
	return duties
}

// lookAhead bounds how far Duty.Until is looked for.
const lookAhead = 14 * daySeconds

// offAt is when the person first goes off the lane after stretch i, across
// shifts that adjoin.
func (r *Rota) offAt(l *lane, i int, person string) int64 {
	limit := l.stretches[i].start + lookAhead
	sources := r.persons[person].on[l].sources
	for j := i + 1; j < len(l.stretches); j++ {
		if l.stretches[j].start > limit || !r.isOn(l, l.on(j), person, sources) {
			return l.stretches[j].start
		}
	}
	return r.until
}

// isOn reports whether what is on puts the person on, who is named by sources
// alone.
func (r *Rota) isOn(l *lane, on []int32, person string, sources []int32) bool {
	if len(on) > 0 && on[0] < 0 { // overrides are rare: ask the full question
		return slices.ContainsFunc(r.resolve(l, on), func(d Duty) bool { return d.Responder == person })
	}
	for _, src := range sources {
		if _, ok := slices.BinarySearch(on, src); ok {
			return true
		}
	}
	return false
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
