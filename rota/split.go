package rota

import (
	"fmt"
	"slices"
	"time"
)

// Parting makes a new team out of a part of another, which goes on.
type Parting struct {
	From       string // the team that goes on
	ID, Name   string // the new one
	CutOver    CutOver
	People     []string // who goes; nobody = the same people answer for both, until the rota is changed
	Localities []string // that go
	Lines      []string // that go
	Neighbours []string // of the new team; nil = the old team, then its own
	Minimum    *Minimum // nil = the old team's
}

// SplitTeam is the plan with the parting in it. p stays as it is; now must be
// before the cut-over. Localities and lines remember whose they were; the old
// team keeps its past. A shift some of whose people go ends for them with the
// cut-over, and goes on in the new team for as long and at the same times. The
// error is ErrCannot, or Problems of the plan it would make.
func SplitTeam(p *Plan, s Parting, now time.Time) (*Plan, error) {
	e, err := reorganise(p, s.CutOver, now)
	if err != nil {
		return nil, err
	}
	if err := e.goesOn(s.From); err != nil {
		return nil, err
	}
	if _, known := e.r.catalogue.teams[s.ID]; known {
		return nil, cannot("there is, or was, a team %q already: choose a new id", s.ID)
	}
	if err := e.move(s); err != nil {
		return nil, err
	}
	old := e.team(s.From)
	fresh := Team{ID: s.ID, Name: s.Name, From: s.CutOver.On, Neighbours: s.Neighbours, For: old.For, Minimum: s.Minimum}
	if s.Neighbours == nil {
		fresh.Neighbours = without(append([]string{s.From}, old.Neighbours...), []string{s.ID})
	}
	if s.Minimum == nil {
		fresh.Minimum = old.Minimum
	}
	old.SplitOff = append(old.SplitOff, Source{Team: s.ID, Name: s.Name, From: s.CutOver.On, At: s.CutOver.At})
	old.Neighbours = append(slices.Clone(old.Neighbours), s.ID)
	e.p.Teams = append(e.p.Teams, fresh)
	if len(s.People) == 0 {
		e.besides([]string{s.From}, s.ID)
		return e.done()
	}
	e.partShifts(s)
	return e.done()
}

// move gives localities, lines and people to the new team.
func (e *reorganisation) move(s Parting) error {
	was := Move{Team: s.From, Till: s.CutOver.On, At: s.CutOver.At}
	missing := slices.Clone(s.Localities)
	for i := range e.p.Localities {
		if l := &e.p.Localities[i]; slices.Contains(s.Localities, l.ID) {
			if l.Team != s.From && e.r.standsFor(l.Team, e.sec) != s.From {
				return cannot("locality %q is not %s's: it cannot go with it", l.ID, s.From)
			}
			l.Moved, l.Team = append(slices.Clone(l.Moved), was), s.ID
			missing = without(missing, []string{l.ID})
		}
	}
	if len(missing) > 0 {
		return cannot("there is no locality %q: see the plan's localities", missing[0])
	}
	missing = slices.Clone(s.Lines)
	for i := range e.p.Lines {
		if l := &e.p.Lines[i]; slices.Contains(s.Lines, l.ID) {
			if l.Retired != nil && l.Retired.Team != "" {
				return cannot("line %q is retired and says itself who has its calls: change its retired.team", l.ID)
			}
			l.Moved, l.Team = append(slices.Clone(l.Moved), was), s.ID
			missing = without(missing, []string{l.ID})
		}
	}
	if len(missing) > 0 {
		return cannot("there is no line %q: see the plan's lines", missing[0])
	}
	return e.movePeople(s)
}

// movePeople makes the new team theirs at once: it says whose list they are on,
// and never who is rung.
func (e *reorganisation) movePeople(s Parting) error {
	missing := slices.Clone(s.People)
	for i := range e.p.Responders {
		r := &e.p.Responders[i]
		if !slices.Contains(s.People, r.ID) {
			continue
		}
		missing = without(missing, []string{r.ID})
		if r.Team == s.From {
			r.Team = s.ID
		}
	}
	if len(missing) > 0 {
		return cannot("there is no responder %q: see the plan's responders", missing[0])
	}
	return nil
}

// partShifts parts each of the old team's shifts into what goes and what stays.
func (e *reorganisation) partShifts(s Parting) {
	shifts := e.p.Shifts
	e.p.Shifts = nil
	for i := range shifts {
		if stays, goes := parted(shifts[i].People, s.People); !slices.Contains(shifts[i].Teams, s.From) || len(goes) == 0 {
			e.p.Shifts = append(e.p.Shifts, shifts[i])
		} else {
			e.partShift(s, shifts, shifts[i], stays, goes)
		}
	}
	e.carry(s.From, s.ID, func(d Duty) Override {
		if !slices.Contains(s.People, d.Responder) {
			return Override{}
		}
		return Override{Teams: []string{s.From}, Remove: d.Responder}
	})
	e.replaceCopies()
}

// partShift parts one. The new team's shift needs no first day: the team has
// none of its own before the cut-over, and is in the middle of it then.
func (e *reorganisation) partShift(s Parting, all []Shift, was Shift, stays, goes []string) {
	fresh := e.fresh(&was)
	add := func(part Shift, suffix, team string, people []string) {
		part.ID = e.idBeside(all, was.ID+"-"+suffix)
		part.Teams, part.People = []string{team}, people
		part.AtOnce, part.MoveOn = min(part.AtOnce, len(people)), min(part.MoveOn, len(people))
		e.p.Shifts = append(e.p.Shifts, part)
		e.copied(was.ID, part.ID, fresh, people)
	}
	if before, some := was.until(fresh); some {
		e.p.Shifts = append(e.p.Shifts, before)
	}
	for _, part := range was.since(fresh) {
		if still, _ := parted(part.People, goes); len(still) > 0 {
			add(part, s.From, s.From, still)
		}
		for _, other := range without(was.Teams, []string{s.From}) { // shared with a third team, where nobody leaves
			add(part, other, other, part.People)
		}
	}
	if len(stays) > 0 || was.Kind != KindRotation {
		was.People = goes
	}
	add(was, s.ID, s.ID, was.People)
}

// idBeside is a free id, given the shifts that are still to be looked at.
func (e *reorganisation) idBeside(all []Shift, base string) string {
	kept := e.p.Shifts
	e.p.Shifts = append(slices.Clone(kept), all...)
	id := e.freeID(base)
	e.p.Shifts = kept
	return id
}

// parted is who of people stays and who goes.
func parted(people, going []string) (stays, goes []string) {
	for _, id := range people {
		if slices.Contains(going, id) {
			goes = append(goes, id)
		} else {
			stays = append(stays, id)
		}
	}
	return stays, goes
}

// String is the cut-over as a person writes it: "2027-04-01T08:00".
func (c CutOver) String() string { return c.local().String() }

// ParseCutOver reads a day, or a day and a time.
func ParseCutOver(s string) (CutOver, error) {
	if d, err := ParseDate(s); err == nil {
		return CutOver{On: d}, nil
	}
	l, err := ParseLocalTime(s)
	if err != nil {
		return CutOver{}, fmt.Errorf("%s is not a cut-over: write it as 2027-04-01 or 2027-04-01T08:00", shown(s))
	}
	return CutOver{l.Date, l.Clock}, nil
}
