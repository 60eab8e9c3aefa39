package rota

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrCannot is what a merger or split that makes no sense is refused with; the
// text says why and what to do.
var ErrCannot = errors.New("cannot be done")

// CutOver is the instant at which teams change: a minute in the plan's zone.
// Until then everything is as it was, and the change can be taken back; at the
// instant, calls go to the new teams. Calls that have begun keep their team.
type CutOver struct {
	On Date
	At Clock
}

// Instant is when that is, in the plan's zone.
func (c CutOver) Instant(zone *time.Location) time.Time {
	return time.Unix(c.local().instant(zone), 0).UTC()
}

func (c CutOver) local() LocalTime { return LocalTime{c.On, c.At} }

// Merger makes one team of several.
type Merger struct {
	Sources    []string // teams of the plan that end
	ID, Name   string   // their heir: a new team, or one that goes on
	CutOver    CutOver
	Neighbours []string // of a new heir; nil = the sources' own, without themselves
	Minimum    *Minimum // of a new heir; nil = for each count, the greatest of the sources'
}

// MergeTeams is the plan with the merger in it. p stays as it is; now must be
// before the cut-over. Nothing is lost: the sources stay in the plan, with
// their people, shifts, lines and localities, and lead to the heir from the
// cut-over on. Only the sources' shifts, overrides and promises of help gain
// the heir. The error is ErrCannot, or Problems of the plan it would make.
func MergeTeams(p *Plan, m Merger, now time.Time) (*Plan, error) {
	e, err := reorganise(p, m.CutOver, now)
	if err != nil {
		return nil, err
	}
	for i, id := range m.Sources {
		switch {
		case slices.Index(m.Sources, id) < i:
			return nil, cannot("team %q is there twice: name each once", id)
		case id == m.ID:
			return nil, cannot("team %q cannot become part of itself: leave it out of the sources, it goes on", id)
		}
		if err := e.goesOn(id); err != nil {
			return nil, err
		}
	}
	if heir := e.team(m.ID); heir != nil {
		if len(m.Sources) == 0 {
			return nil, cannot("no team is named that becomes part of %s", m.ID)
		}
		if err := e.goesOn(m.ID); err != nil {
			return nil, err
		}
		e.absorb(heir, m.Sources)
		return e.done()
	}
	if len(m.Sources) < 2 {
		return nil, cannot("a new team is merged from at least two: name them, or rename the one with renamed")
	}
	e.found(m)
	return e.done()
}

func cannot(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCannot, fmt.Sprintf(format, args...))
}

// reorganisation is a plan being changed at a cut-over.
type reorganisation struct {
	p   *Plan // a copy
	r   *Rota // the plan as it was, around the cut-over
	cut CutOver
	sec int64

	copies map[string][]string // shift → those made of it
}

func reorganise(p *Plan, cut CutOver, now time.Time) (*reorganisation, error) {
	q, err := p.Clone()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return nil, err
	}
	instant := cut.Instant(zone)
	if cut.On.IsZero() || !instant.After(now) {
		return nil, cannot("the cut-over is not ahead: choose a day and time to come, as in 2027-04-01T08:00")
	}
	if cut.local().twiceOrNever(zone) {
		return nil, cannot("the clocks skip or repeat that hour that night: choose another")
	}
	r, err := Compile(q, instant.Add(-4*24*time.Hour), 8*24*time.Hour)
	if err != nil {
		return nil, err
	}
	return &reorganisation{p: q, r: r, cut: cut, sec: instant.Unix()}, nil
}

// done is the plan made, checked as any plan is.
func (e *reorganisation) done() (*Plan, error) { return e.p.Clone() }

func (e *reorganisation) team(id string) *Team {
	for i := range e.p.Teams {
		if e.p.Teams[i].ID == id {
			return &e.p.Teams[i]
		}
	}
	return nil
}

// goesOn refuses a team that will not be there at the cut-over.
func (e *reorganisation) goesOn(id string) error {
	if e.team(id) == nil {
		var known []string
		for i := range e.p.Teams {
			known = append(known, e.p.Teams[i].ID)
		}
		return cannot("there is no team %q: %s", id, didYouMean(id, known))
	}
	if l := e.r.catalogue.teams[id]; l.until != 0 {
		return cannot("team %q ends on %s anyway: choose teams that go on", id, time.Unix(l.until, 0).In(e.r.zone).Format(time.DateOnly))
	}
	if !e.r.catalogue.open(id, e.sec) {
		return cannot("team %q is not open at the cut-over: choose a later day", id)
	}
	return nil
}

// found makes a new heir. Its people answer from the very minute of the
// cut-over, in the middle of a shift too, because a team's shifts hold exactly
// while the team exists: each shift of a source becomes the heir's as well.
func (e *reorganisation) found(m Merger) {
	heir := Team{ID: m.ID, Name: m.Name, From: e.cut.On, Neighbours: m.Neighbours, Minimum: m.Minimum}
	for _, id := range m.Sources {
		source := e.team(id)
		heir.MergedFrom = append(heir.MergedFrom, Source{Team: id, Name: source.Name, From: e.cut.On, At: e.cut.At})
		if m.Neighbours == nil {
			heir.Neighbours = append(heir.Neighbours, source.Neighbours...)
		}
		if m.Minimum == nil && source.Minimum != nil {
			heir.Minimum = greater(heir.Minimum, source.Minimum)
		}
	}
	heir.For = e.purpose(m.Sources)
	heir.Neighbours = without(heir.Neighbours, append([]string{m.ID}, m.Sources...))
	e.p.Teams = append(e.p.Teams, heir)
	e.besides(m.Sources, m.ID)
}

// purpose is what a team exists for when every source exists for something.
func (e *reorganisation) purpose(sources []string) (skills []string) {
	for _, id := range sources {
		of := e.team(id).For
		if len(of) == 0 {
			return nil
		}
		skills = append(skills, of...)
	}
	slices.Sort(skills)
	return slices.Compact(skills)
}

// absorb makes the sources part of a team that goes on. It keeps them as
// neighbours, who are asked until the cut-over and are itself after it; theirs are
// asked last, from now on. Its own lane does not begin at the cut-over, so the sources' shifts are copied from their first
// start after it, and whoever is in the middle of one is put on until it ends.
func (e *reorganisation) absorb(heir *Team, sources []string) {
	for _, id := range sources {
		heir.MergedFrom = append(heir.MergedFrom, Source{Team: id, Name: e.team(id).Name, From: e.cut.On, At: e.cut.At})
		heir.Neighbours = append(heir.Neighbours, without(e.team(id).Neighbours, slices.Concat(heir.Neighbours, []string{heir.ID}, sources))...)
	}
	for _, s := range slices.Clone(e.p.Shifts) {
		if !overlap(s.Teams, sources) || s.has(heir.ID) {
			continue
		}
		fresh := e.fresh(&s)
		for _, part := range s.since(fresh) {
			was := part.ID
			part.ID, part.Teams = e.freeID(part.ID+"-"+heir.ID), []string{heir.ID}
			e.p.Shifts = append(e.p.Shifts, part)
			e.copied(was, part.ID, fresh, nil)
		}
	}
	e.replaceCopies()
	for _, o := range slices.Clone(e.p.Overrides) {
		if !overlap(o.Teams, sources) || slices.Contains(o.Teams, heir.ID) || o.End.instant(e.r.zone) <= e.sec {
			continue
		}
		o.ID, o.Teams = e.freeID(o.ID+"-"+heir.ID), []string{heir.ID}
		if o.Start.instant(e.r.zone) < e.sec {
			o.Start = e.cut.local()
		}
		e.p.Overrides = append(e.p.Overrides, o)
	}
	for _, id := range sources {
		e.carry(id, heir.ID, func(d Duty) Override { return Override{Teams: []string{heir.ID}, Add: d.Responder} })
	}
}

// copied notes that from a day on another shift stands for one, and that swaps
// of its occurrences are now swaps of the other; only those that one of people
// gives away, unless people is nil.
func (e *reorganisation) copied(was, is string, from Date, people []string) {
	if e.copies == nil {
		e.copies = map[string][]string{}
	}
	e.copies[was] = append(e.copies[was], is)
	point := func(slot *Slot, giver string) {
		if slot.Shift == was && slot.Date.number() >= from.number() && (people == nil || slices.Contains(people, giver)) {
			slot.Shift = is
		}
	}
	for i := range e.p.Swaps.Offers {
		w := &e.p.Swaps.Offers[i]
		point(&w.Gives, w.Person)
		point(&w.Takes, w.With)
	}
}

// replaceCopies makes shifts that replace others replace their copies too.
func (e *reorganisation) replaceCopies() {
	exists := map[string]bool{AllTeams: true}
	for i := range e.p.Shifts {
		exists[e.p.Shifts[i].ID] = true
	}
	for i := range e.p.Shifts {
		s := &e.p.Shifts[i]
		var replaces []string
		for _, id := range s.Replaces {
			for _, id := range append([]string{id}, e.copies[id]...) {
				if exists[id] && !slices.Contains(replaces, id) {
					replaces = append(replaces, id)
				}
			}
		}
		s.Replaces = replaces
	}
}

// fresh is the first day on which the shift may start at the cut-over or after.
func (e *reorganisation) fresh(s *Shift) Date {
	day := e.cut.On
	if s.Start < e.cut.At {
		day = day.plus(1)
	}
	return day
}

// plus is n days later.
func (d Date) plus(n int) Date {
	return dateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// freeID is base, shortened and numbered until no shift or override has it.
func (e *reorganisation) freeID(base string) string {
	const longest = 40
	taken := func(id string) bool {
		return slices.ContainsFunc(e.p.Shifts, func(s Shift) bool { return s.ID == id }) ||
			slices.ContainsFunc(e.p.Overrides, func(o Override) bool { return o.ID == id })
	}
	id := base[:min(len(base), longest)]
	for n := 2; taken(id); n++ {
		suffix := fmt.Sprintf("-%d", n)
		id = base[:min(len(base), longest-len(suffix))] + suffix
	}
	return id
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// besides gives every shift and override of a source to the heir too.
func (e *reorganisation) besides(sources []string, heir string) {
	with := func(teams []string) []string {
		for _, id := range sources {
			if slices.Contains(teams, id) {
				return append(slices.Clone(teams), heir)
			}
		}
		return teams
	}
	for i := range e.p.Shifts {
		e.p.Shifts[i].Teams = with(e.p.Shifts[i].Teams)
	}
	for i := range e.p.Overrides {
		e.p.Overrides[i].Teams = with(e.p.Overrides[i].Teams)
	}
}

// greater is the greater of two minima, count by count. Values not said stay so.
func greater(a, b *Minimum) *Minimum {
	if a == nil {
		c := *b
		return &c
	}
	m := Minimum{
		Responding: max(a.Responding, b.Responding), Backup: max(a.Backup, b.Backup),
		DutyManager: max(a.DutyManager, b.DutyManager), Overlap: max(a.Overlap, b.Overlap),
	}
	if a.Skills != nil || b.Skills != nil {
		m.Skills = map[string]int{}
		for _, of := range []*Minimum{a, b} {
			for skill, n := range of.Skills {
				m.Skills[skill] = max(m.Skills[skill], n)
			}
		}
	}
	return &m
}

// without is ids in order, each once, but for some.
func without(ids, some []string) (left []string) {
	for _, id := range ids {
		if !slices.Contains(some, id) && !slices.Contains(left, id) {
			left = append(left, id)
		}
	}
	return left
}
