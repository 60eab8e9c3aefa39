package rota

import (
	"math/bits"
	"slices"
	"sort"
	"sync/atomic"
	"time"

	"example.org/crisisline/call"
)

// lane is the timeline of one team and tier: stretches of time in which the
// same sources are on.
type lane struct {
	stretches []stretch // ascending, without holes, over the whole horizon
	hours     []uint32  // hour of the horizon → stretch in force as it begins
	sets      []uint64  // what is on in each stretch: a bit for each of sources
	words     int       // of sets, to a stretch

	team      string
	tier      call.Tier
	order     int         // among all lanes
	sources   []source    // in the order they apply
	people    int         // sources[:people] are crews, the rest absences and overrides
	shifts    []int32     // indices in the plan, in its order
	rosters   []laneShift // of each of shifts
	replacing bool        // some shift replaces others
	life      [2]int64    // the team's own [from, until), 0 = without end
}

// stretch is a time in which nothing changes, up to the next stretch.
type stretch struct {
	start  int64                  // seconds UTC
	roster atomic.Pointer[[]Duty] // who that is, made when first asked for
	set    uint32                 // which of the lane's sets is on; many stretches share one
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

// set is what is on in stretch i, a bit for each source.
func (l *lane) set(i int) []uint64 {
	at := int(l.stretches[i].set) * l.words
	return l.sets[at : at+l.words]
}

// on is what is on in stretch i, as sources in their order.
func (l *lane) on(i int) []int32 {
	var on []int32
	for w, word := range l.set(i) {
		for ; word != 0; word &= word - 1 {
			on = append(on, int32(w<<6+bits.TrailingZeros64(word))) //nolint:gosec // thousands
		}
	}
	return on
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
		if l.stretches[j].start > limit || !r.isOn(l, j, person, sources) {
			return l.stretches[j].start
		}
	}
	return r.until
}

// isOn reports whether the person is on in stretch i, who is named by sources
// alone.
func (r *Rota) isOn(l *lane, i int, person string, sources []int32) bool {
	set := l.set(i)
	if l.replacing || changed(set, l.people) { // rare: ask the full question
		return slices.ContainsFunc(r.resolve(l, l.on(i)), func(d Duty) bool { return d.Responder == person })
	}
	return slices.ContainsFunc(sources, func(src int32) bool { return set[src>>6]>>(src&63)&1 != 0 })
}

// changed reports whether any of the bits from on is set.
func changed(set []uint64, from int) bool {
	for w := from >> 6; w < len(set); w++ {
		word := set[w]
		if w == from>>6 {
			word = word >> (from & 63) << (from & 63)
		}
		if word != 0 {
			return true
		}
	}
	return false
}

// names reports whether a source puts the person on.
func (r *Rota) names(s *source, person string) bool {
	if s.layer == layerOverride {
		return r.plan.Overrides[s.index].Add == person
	}
	return slices.ContainsFunc(s.crew, func(p post) bool { return p.person == person })
}

// span is when an absence or override holds, [start, end) in seconds UTC.
func (r *Rota) span(s *source) (start, end int64) {
	if s.layer == layerAbsence {
		a := &r.plan.Absences[s.index]
		if a.End.IsZero() {
			return a.Start.instant(r.zone), endless
		}
		return a.Start.instant(r.zone), a.End.instant(r.zone)
	}
	o := &r.plan.Overrides[s.index]
	return o.Start.instant(r.zone), o.End.instant(r.zone)
}

// endless is an instant after every horizon: the year 9999.
const endless = int64(253402300799)

// walk answers from the rules themselves, for instants outside the horizon.
func (r *Rota) walk(l *lane, sec int64) []Duty {
	if sec < l.life[0] || l.life[1] != 0 && sec >= l.life[1] {
		return nil
	}
	today := localDay(r.zone, sec)
	var on []int32
	until := map[int32]int64{}
	for k, i := range l.shifts {
		s := &r.plan.Shifts[i]
		for day := today - 1; day <= today; day++ {
			if start, end := s.occurrence(day, r.zone); start <= sec && sec < end {
				src := l.rosters[k].first + l.rosters[k].roster.crewOn(s, day)
				on = append(on, src)
				until[src] = end
			}
		}
	}
	for k := l.people; k < len(l.sources); k++ {
		if start, end := r.span(&l.sources[k]); start <= sec && sec < end {
			on = append(on, int32(k)) //nolint:gosec // thousands
			until[int32(k)] = end     //nolint:gosec // thousands
		}
	}
	slices.Sort(on)
	duties := r.resolve(l, on)
	for d := range duties {
		for _, src := range on {
			if r.names(&l.sources[src], duties[d].Responder) {
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
