package rota

import (
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// AddOverride takes Remove off, puts Add on, or puts Add in Remove's place, for
// a span.
type AddOverride struct {
	ID     string    `json:"id,omitempty"` // "" = made
	Teams  []string  `json:"teams"`
	Tier   call.Tier `json:"tier"`
	Remove string    `json:"remove,omitempty"`
	Add    string    `json:"add,omitempty"`
	Start  LocalTime `json:"start,omitzero"` // zero = now
	End    LocalTime `json:"end"`
	Why    string    `json:"why,omitempty"`
}

// Do is the operation's name.
func (AddOverride) Do() string { return "add_override" }

func (op AddOverride) edit(e *edit) error {
	if op.Start.IsZero() {
		op.Start = writable(e.zone, e.now.Unix())
	}
	if op.ID == "" {
		op.ID = e.newID("override", e.hasOverride)
	}
	o := Override(op)
	e.p.Overrides = append(e.p.Overrides, o)
	e.say("override %s: %s", o.ID, o.does())
	return nil
}

func (e *edit) hasOverride(id string) bool {
	return slices.ContainsFunc(e.p.Overrides, func(o Override) bool { return o.ID == id })
}

// does is what an override does, where it is known for which teams.
func (o Override) does() string {
	return fmt.Sprintf("%s, %s, from %s to %s", o.whom(), o.Tier, o.Start, o.End)
}

func (o Override) whom() string {
	switch {
	case o.Add == "":
		return o.Remove + " is taken off"
	case o.Remove != "":
		return o.Add + " is on in place of " + o.Remove
	}
	return o.Add + " comes on"
}

// RemoveOverride takes an override back.
type RemoveOverride struct {
	ID string `json:"id"`
}

// Do is the operation's name.
func (RemoveOverride) Do() string { return "remove_override" }

func (op RemoveOverride) edit(e *edit) error {
	i := slices.IndexFunc(e.p.Overrides, func(o Override) bool { return o.ID == op.ID })
	if i < 0 {
		return fmt.Errorf("%w: override %s", ErrNoSuch, shown(op.ID))
	}
	e.say("override %s is taken back: %s", op.ID, e.p.Overrides[i].does())
	e.p.Overrides = slices.Delete(e.p.Overrides, i, i+1)
	return nil
}

// ReplaceNow puts By in Person's place at once, wherever Person is on shift or
// would be but for an absence, until they would have gone off. It is for 3 a.m.:
// one step, no dates.
type ReplaceNow struct {
	Person string    `json:"person"`
	By     string    `json:"by"`
	Until  LocalTime `json:"until,omitzero"` // zero = until Person's shift ends
	Why    string    `json:"why,omitempty"`
}

// Do is the operation's name.
func (ReplaceNow) Do() string { return "replace_now" }

func (op ReplaceNow) edit(e *edit) error {
	if _, err := e.person(op.Person); err != nil {
		return err
	}
	by, err := e.person(op.By)
	if err != nil {
		return err
	}
	start := writable(e.zone, e.now.Unix())
	for _, d := range e.before.meant(op.Person, e.now) {
		if !by.Eligible(d.Tier) {
			return fmt.Errorf("%w: %s may not be put in tier %s", ErrCannot, op.By, d.Tier)
		}
		end := op.Until
		if end.IsZero() {
			end = writable(e.zone, d.Until.Unix()+59)
		}
		same := slices.IndexFunc(e.p.Overrides, func(o Override) bool {
			return o.Remove == op.Person && o.Add == op.By && o.Tier == d.Tier && o.Start == start && o.End == end
		})
		if same >= 0 { // one shift of several teams is one override
			e.p.Overrides[same].Teams = append(e.p.Overrides[same].Teams, d.Team)
			continue
		}
		o := Override{e.newID("replace", e.hasOverride), []string{d.Team}, d.Tier, op.Person, op.By, start, end, op.Why}
		e.p.Overrides = append(e.p.Overrides, o)
		e.say("override %s: %s", o.ID, o.does())
	}
	if len(e.said) == 0 {
		return fmt.Errorf("%w: %s is on no shift now; add an override to put %s on", ErrNotOn, op.Person, op.By)
	}
	return nil
}

// meant is where a person is on shift, or would be were they not absent, and
// until when that lasts for the same reason.
func (r *Rota) meant(id string, now time.Time) []Duty {
	p := r.persons[id]
	sec := now.Unix()
	if p == nil || sec < r.from || sec >= r.until {
		return nil
	}
	var duties []Duty
	for _, l := range p.lanes {
		i := l.find(sec)
		why := r.meantWhy(l, i, id)
		if why == "" {
			continue
		}
		end := i + 1
		for end < len(l.stretches) && l.stretches[end].start < sec+lookAhead && r.meantWhy(l, end, id) == why {
			end++
		}
		until := r.until
		if end < len(l.stretches) {
			until = l.stretches[end].start
		}
		duties = append(duties, Duty{Responder: id, Team: l.team, Tier: l.tier, Until: time.Unix(until, 0).UTC(), Why: why})
	}
	return duties
}

// meantWhy is why the person would be on in stretch i; "" when they would not.
func (r *Rota) meantWhy(l *lane, i int, id string) string {
	on := slices.DeleteFunc(slices.Clone(l.on(i)), func(src int32) bool { return l.sources[src].layer == layerAbsence })
	for _, d := range r.resolve(l, on) {
		if d.Responder == id {
			return d.Why
		}
	}
	return ""
}

// AddDated puts a one-off shift in the plan.
type AddDated struct {
	ID       string         `json:"id,omitempty"` // "" = made
	Teams    []string       `json:"teams"`
	Tier     call.Tier      `json:"tier"`
	Dates    []Date         `json:"dates"`
	Start    Clock          `json:"start"`
	End      Clock          `json:"end"`
	People   []string       `json:"people"`
	Needs    map[string]int `json:"needs,omitempty"`
	Replaces []string       `json:"replaces,omitempty"` // weaker shifts that are off meanwhile; none = it is an extra one
}

// Do is the operation's name.
func (AddDated) Do() string { return "add_dated" }

func (op AddDated) edit(e *edit) error {
	if op.ID == "" {
		op.ID = e.newID("shift", func(id string) bool { s, _ := e.shift(id); return s != nil })
	}
	e.p.Shifts = append(e.p.Shifts, Shift{
		ID: op.ID, Kind: KindDated, Teams: op.Teams, Tier: op.Tier, Dates: op.Dates, Start: op.Start, End: op.End,
		People: op.People, Needs: op.Needs, Replaces: op.Replaces,
	})
	e.say("shift %s is added, %s to %s on %d days", op.ID, op.Start, op.End, len(op.Dates))
	return nil
}

// RemoveDated takes a one-off shift out again.
type RemoveDated struct {
	ID string `json:"id"`
}

// Do is the operation's name.
func (RemoveDated) Do() string { return "remove_dated" }

func (op RemoveDated) edit(e *edit) error {
	i := slices.IndexFunc(e.p.Shifts, func(s Shift) bool { return s.ID == op.ID && s.Kind == KindDated })
	if i < 0 {
		return fmt.Errorf("%w: dated shift %s", ErrNoSuch, shown(op.ID))
	}
	e.p.Shifts = slices.Delete(e.p.Shifts, i, i+1)
	e.say("shift %s is removed", op.ID)
	return nil
}

// Tidy takes out what was over before a day: overrides, absences, swaps and
// dated shifts. The history keeps them.
type Tidy struct {
	Before Date `json:"before"`
}

// Do is the operation's name.
func (Tidy) Do() string { return "tidy" }

func (op Tidy) edit(e *edit) error {
	limit := op.Before.number()
	if limit > localDay(e.zone, e.now.Unix()) {
		return fmt.Errorf("%w: %s is not over", ErrCannot, op.Before)
	}
	passed := func(l LocalTime) bool { return !l.IsZero() && l.Date.number() < limit }
	count := len(e.p.Overrides) + len(e.p.Absences) + len(e.p.Swaps.Offers) + len(e.p.Shifts)
	e.p.Overrides = slices.DeleteFunc(e.p.Overrides, func(o Override) bool { return passed(o.End) })
	e.p.Absences = slices.DeleteFunc(e.p.Absences, func(a Absence) bool { return passed(a.End) })
	e.p.Swaps.Offers = slices.DeleteFunc(e.p.Swaps.Offers, func(s Swap) bool {
		_, gives := s.Gives.span()
		_, takes := s.Takes.span()
		return max(gives, takes) < limit // a night that starts the day before is over by then
	})
	e.p.Shifts = slices.DeleteFunc(e.p.Shifts, func(s Shift) bool {
		return s.Kind == KindDated && !slices.ContainsFunc(s.Dates, func(d Date) bool { return d.number()+1 >= limit }) &&
			!slices.ContainsFunc(e.p.Swaps.Offers, func(w Swap) bool { return w.Gives.Shift == s.ID || w.Takes.Shift == s.ID })
	})
	count -= len(e.p.Overrides) + len(e.p.Absences) + len(e.p.Swaps.Offers) + len(e.p.Shifts)
	e.say("%d entries that were over before %s are taken out", count, op.Before)
	return nil
}
