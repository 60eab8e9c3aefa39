package rota

import (
	"fmt"
	"slices"
)

// only notes a key that means nothing for the shift's kind.
func (c *checks) only(i int, s *Shift, key string, said bool) {
	if !said {
		return
	}
	kind, mend := s.Kind, "remove it"
	if kind == "" {
		kind = KindWeekly
	}
	switch key {
	case "every", "at_once", "move_on":
		mend = "add kind: rotation, or remove it"
	case "dates":
		mend = "add kind: dated, or remove it"
	case "days":
		mend = "a dated shift starts on its dates: remove it"
	}
	c.note(at("shifts", i, key), fmt.Sprintf("shift %q has %q, which means nothing for kind %s", s.ID, key, kind), mend)
}

func (c *checks) rotationRight(i int, s *Shift) {
	c.only(i, s, "dates", len(s.Dates) > 0)
	if len(s.Every.Lengths) == 0 {
		c.note(at("shifts", i), fmt.Sprintf("rotation %q does not say how long a turn is", s.ID), "add every: day, week, 2 weeks, shift, or a list")
	}
	if s.From.IsZero() {
		c.note(at("shifts", i), fmt.Sprintf("rotation %q has no from", s.ID), "add the day on which the first person's turn begins")
	}
	switch n := len(s.People); {
	case s.AtOnce < 1:
		c.note(at("shifts", i, "at_once"), fmt.Sprintf("nobody of rotation %q is on at once", s.ID), "write 1 or more")
	case n > 0 && s.AtOnce > n:
		c.note(at("shifts", i, "at_once"), fmt.Sprintf("rotation %q wants %d at once and has %d people", s.ID, s.AtOnce, n), "name more people")
	case s.MoveOn < 1:
		c.note(at("shifts", i, "move_on"), fmt.Sprintf("nobody is ever relieved in rotation %q", s.ID), "write 1 or more")
	case n > 0:
		for p := range n {
			crew := s.crew(p)
			slices.Sort(crew)
			if len(slices.Compact(crew)) < s.AtOnce {
				c.note(at("shifts", i, "people"), fmt.Sprintf("rotation %q puts one person on beside themselves", s.ID), "let two turns of a person lie further apart in the list")
				return
			}
		}
	}
}

func (c *checks) datedRight(i int, s *Shift) {
	c.only(i, s, "days", s.Days != 0)
	c.only(i, s, "every", len(s.Every.Lengths) > 0)
	c.only(i, s, "at_once", s.AtOnce != 0)
	c.only(i, s, "move_on", s.MoveOn != 0)
	c.only(i, s, "from", !s.From.IsZero())
	c.only(i, s, "until", !s.Until.IsZero())
	if len(s.Dates) == 0 {
		c.note(at("shifts", i), fmt.Sprintf("dated shift %q has no dates", s.ID), "add dates, the days on which it starts")
	}
	for j, d := range s.Dates {
		path := at("shifts", i, "dates", j)
		if slices.Index(s.Dates, d) < j {
			c.note(path, fmt.Sprintf("dated shift %q has %s twice", s.ID, d), "remove one")
		}
		c.spanEdge(path, fmt.Sprintf("shift %q starts", s.ID), LocalTime{d, s.Start})
		end := d.number()*dayMinutes + int64(s.Start) + int64(s.minutes())
		c.spanEdge(path, fmt.Sprintf("shift %q ends", s.ID), LocalTime{dayOf(end / dayMinutes), Clock(end % dayMinutes)})
	}
}

// spanEdge refuses a local time that its very night skips or repeats.
func (c *checks) spanEdge(path, what string, edge LocalTime) {
	if edge.twiceOrNever(c.zone) {
		c.note(path, fmt.Sprintf("%s at %s, which that night skips or repeats", what, edge), "use a time outside that hour")
	}
}

// replacesRight lets a shift take the place of weaker kinds only: two shifts
// could otherwise each be off because of the other.
func (c *checks) replacesRight(i int, s *Shift) {
	for j, id := range s.Replaces {
		path := at("shifts", i, "replaces", j)
		weaker := slices.IndexFunc(c.p.Shifts, func(w Shift) bool { return w.ID == id })
		switch {
		case s.Kind.strength() == 0:
			c.note(path, fmt.Sprintf("shift %q is weekly, and nothing is weaker", s.ID), "shifts of one kind add up; use until on the other, or a dated shift or an override")
		case id == AllTeams && len(s.Replaces) > 1:
			c.note(path, `"all" stands beside other shifts`, `write "all" alone, or the shifts without it`)
		case id == AllTeams:
		case weaker < 0:
			c.note(path, fmt.Sprintf("there is no shift %q", id), didYouMean(id, c.shiftIDs()))
		case !s.replaces(&c.p.Shifts[weaker]):
			c.note(path, fmt.Sprintf("shift %q is as strong as %q", id, s.ID), "only a weaker kind can be replaced: dated is stronger than rotation, rotation than weekly")
		case c.p.Shifts[weaker].Tier != s.Tier:
			c.note(path, fmt.Sprintf("shift %q is of another tier than %q", id, s.ID), "name a shift of the same tier")
		}
	}
}

func (c *checks) shiftIDs() []string {
	ids := make([]string, len(c.p.Shifts))
	for i := range c.p.Shifts {
		ids[i] = c.p.Shifts[i].ID
	}
	return ids
}

func (c *checks) absencesRight() {
	for i := range c.p.Absences {
		a := &c.p.Absences[i]
		c.known(at("absences", i, "person"), a.Person)
		c.spanEdge(at("absences", i, "start"), fmt.Sprintf("absence %q starts", a.ID), a.Start)
		if a.End.IsZero() {
			continue
		}
		c.spanEdge(at("absences", i, "end"), fmt.Sprintf("absence %q ends", a.ID), a.End)
		if a.End.instant(c.zone) <= a.Start.instant(c.zone) {
			c.note(at("absences", i, "end"), fmt.Sprintf("absence %q ends before it begins", a.ID), "end is when they are back; check start and end")
		}
	}
}

// known notes a person who is not in the plan.
func (c *checks) known(path, id string) {
	if c.responders[id] != nil {
		return
	}
	ids := make([]string, len(c.p.Responders))
	for i := range c.p.Responders {
		ids[i] = c.p.Responders[i].ID
	}
	c.note(path, fmt.Sprintf("there is no responder %q", id), didYouMean(id, ids))
}

// swapsRight asks what must hold of any swap, past ones too. Whether its giver
// is on the shift that day is asked when it is offered; later the pattern may
// have moved away from under it, and it is without effect then.
func (c *checks) swapsRight() {
	for i := range c.p.Swaps.Offers {
		s := &c.p.Swaps.Offers[i]
		path := at("swaps", "offers", i)
		c.known(join(path, "person"), s.Person)
		c.slotRight(join(path, "gives"), s.Gives, s.With)
		switch {
		case s.With == "" && !s.Takes.IsZero():
			c.note(path, fmt.Sprintf("swap %q takes a shift from nobody", s.ID), "add with, whose shift it is")
		case s.With == "" && (s.State == SwapAccepted || s.State == SwapAgreed):
			c.note(path, fmt.Sprintf("swap %q is %s and nobody takes it", s.ID, s.State), "add with, who takes it")
		case s.With == s.Person:
			c.note(path, fmt.Sprintf("swap %q is of one person with themselves", s.ID), "name two people")
		}
		if s.With != "" {
			c.known(join(path, "with"), s.With)
		}
		if !s.Takes.IsZero() {
			c.slotRight(join(path, "takes"), s.Takes, s.Person)
		}
		if s.ApprovedBy != "" && s.State != SwapAgreed {
			c.note(join(path, "approved_by"), fmt.Sprintf("swap %q is approved and only %s", s.ID, s.State), "write state: agreed, or remove it")
		}
	}
}

// slotRight checks a slot that goes to taker, "" when nobody has it yet.
func (c *checks) slotRight(path string, slot Slot, taker string) {
	i := slices.IndexFunc(c.p.Shifts, func(s Shift) bool { return s.ID == slot.Shift })
	if i < 0 {
		c.note(join(path, "shift"), fmt.Sprintf("there is no shift %q", slot.Shift), didYouMean(slot.Shift, c.shiftIDs()))
		return
	}
	switch from, until := slot.span(); {
	case until <= from:
		c.note(join(path, "until"), "a swap ends before it begins", "until is the first day it no longer holds for")
	case until-from > longestSlot:
		c.note(join(path, "until"), "a swap is of more than a year", "change the shift's people instead")
	}
	if r := c.responders[taker]; r != nil && !r.Eligible(c.p.Shifts[i].Tier) {
		c.note(path, fmt.Sprintf("responder %q may not be put in tier %s", taker, c.p.Shifts[i].Tier), "choose somebody else")
	}
}
