package rota

import (
	"slices"
)

// A source is whatever puts people on a lane or takes them off for a time: a
// crew of a shift, an absence or an override. A lane keeps its sources in the
// order in which they apply, so that a sorted list of those that are on now
// reads from the weakest to the strongest.
type source struct {
	layer layer
	index int32 // of the shift, absence or override in the plan
	crew  []post
}

// post is one person of a crew, and what to say when asked why.
type post struct {
	person string
	why    string
	swap   bool // there by a swap
}

// layer is how strong a source is.
type layer uint8

// Layers, weakest first. A swap is not a source of its own: it makes another
// crew for the occurrence it is about.
const (
	layerWeekly layer = iota
	layerRotation
	layerDated
	layerSwap
	layerAbsence
	layerOverride
)

// roster is who has each occurrence of a shift.
type roster struct {
	crews   [][]post        // one; for a rotation one per place in the list; then those made by swaps
	swapped map[int64]int32 // day → crew, for occurrences that a swap changed
}

// rosters are the plan's shifts with their agreed swaps, by index.
func (r *Rota) rosters() []roster {
	all := make([]roster, len(r.plan.Shifts))
	byID := make(map[string]int, len(all))
	for i := range r.plan.Shifts {
		s := &r.plan.Shifts[i]
		byID[s.ID] = i
		why := "shift " + s.ID
		for k := range s.crewsOf() {
			all[i].crews = append(all[i].crews, mapped(s.crew(k), func(id string) post { return post{person: id, why: why} }))
		}
	}
	for i := range r.plan.Swaps.Offers {
		w := &r.plan.Swaps.Offers[i]
		if w.State != SwapAgreed {
			continue
		}
		for _, half := range [2]struct {
			slot     Slot
			off, put string
		}{{w.Gives, w.Person, w.With}, {w.Takes, w.With, w.Person}} {
			if k, ok := byID[half.slot.Shift]; ok {
				all[k].exchange(&r.plan.Shifts[k], half.slot, half.off, half.put, "swap "+w.ID)
			}
		}
	}
	return all
}

// exchange puts one person in another's place for the slot, where the other
// has it and the one has not.
func (ro *roster) exchange(s *Shift, slot Slot, off, put, why string) {
	from, until := slot.span()
	made := map[int32]int32{} // crew → the crew it became
	for day := from; day < until; day++ {
		if !s.startsOn(day) {
			continue
		}
		was := ro.crewOn(s, day)
		is, ok := made[was]
		if !ok {
			is = ro.traded(was, off, put, why)
			made[was] = is
		}
		if is == was {
			continue
		}
		if ro.swapped == nil {
			ro.swapped = map[int64]int32{}
		}
		ro.swapped[day] = is
	}
}

// traded is the crew with one person in another's place, or the crew itself
// when that cannot be.
func (ro *roster) traded(was int32, off, put, why string) int32 {
	crew := ro.crews[was]
	at := slices.IndexFunc(crew, func(p post) bool { return p.person == off })
	if at < 0 || slices.ContainsFunc(crew, func(p post) bool { return p.person == put }) {
		return was
	}
	crew = slices.Clone(crew)
	crew[at] = post{person: put, why: why, swap: true}
	ro.crews = append(ro.crews, crew)
	return int32(len(ro.crews) - 1) //nolint:gosec // thousands
}

// crewOn is which of the crews has the occurrence that starts on the day.
func (ro *roster) crewOn(s *Shift, day int64) int32 {
	if i, ok := ro.swapped[day]; ok {
		return i
	}
	return int32(s.crewOn(day)) //nolint:gosec // thousands
}

// laneShift is a shift on a lane: its crews are sources first, first+1, ….
type laneShift struct {
	roster *roster
	first  int32
}

// addShift gives each crew of the shift a source on the lane.
func (l *lane) addShift(i int32, s *Shift, ro *roster) {
	l.shifts = append(l.shifts, i)
	l.rosters = append(l.rosters, laneShift{ro, int32(len(l.sources))}) //nolint:gosec // thousands
	for _, crew := range ro.crews {
		l.sources = append(l.sources, source{layer(s.Kind.strength()), i, crew}) //nolint:gosec // three kinds
	}
	l.people = len(l.sources)
	l.replacing = l.replacing || len(s.Replaces) > 0
}
