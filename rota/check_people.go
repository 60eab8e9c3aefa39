package rota

import (
	"fmt"
	"slices"
	"time"
)

// handovers notes when everybody responding for a team changes with less
// overlap than hoped for. It is one note per team: it is a habit of the
// pattern, not an event.
func (c *checking) handovers(lanes *teamLanes, overlap time.Duration) {
	if overlap <= 0 {
		return
	}
	l := &lanes.tiers[0]
	first, count := int64(0), 0
	for _, now := range cuts(c.from, c.until, l)[1:] {
		before := c.r.onLane(l, now-1)
		if len(before) == 0 || !c.r.catalogue.open(l.team, now) || c.overlaps(l, before, now, overlap) {
			continue
		}
		if count == 0 {
			first = now
		}
		count++
	}
	if count > 0 {
		c.add(Finding{
			Level: LevelNote, Rule: RuleHandover, Team: l.team,
			Text: fmt.Sprintf("everybody responding for team %s changes with less than %s of overlap, %d times, first on %s",
				l.team, hours(overlap), count, time.Unix(first, 0).In(c.r.zone).Format("Mon 2 Jan 2006 15:04")),
			Mend: "let the shift that ends run on a little, or the next begin earlier",
		}, first, c.until)
	}
}

// overlaps reports whether somebody of those on before the change is still on
// at it, or had the company of somebody who stays for at least the overlap.
func (c *checking) overlaps(l *lane, before []Duty, now int64, overlap time.Duration) bool {
	after := c.r.onLane(l, now)
	stayed := func(d Duty) bool {
		return slices.ContainsFunc(after, func(a Duty) bool { return a.Responder == d.Responder })
	}
	if len(after) == 0 {
		return true // a gap, and reported as one
	}
	if !slices.ContainsFunc(before, stayed) {
		return false // everybody is new
	}
	if !slices.ContainsFunc(before, func(d Duty) bool { return !stayed(d) }) {
		return true // nobody left
	}
	earlier := c.r.onLane(l, now-int64(overlap.Seconds()))
	return slices.ContainsFunc(earlier, stayed)
}

// clockChanges notes shifts that last longer or shorter than their times read.
func (c *checking) clockChanges(lanes *teamLanes) {
	for t := time.Unix(c.from, 0).In(c.r.zone); ; {
		_, change := t.ZoneBounds()
		if change.IsZero() || change.Unix() >= c.until {
			return
		}
		c.changedShifts(lanes, change.Unix())
		t = change
	}
}

func (c *checking) changedShifts(lanes *teamLanes, change int64) {
	for t := range lanes.tiers {
		l := &lanes.tiers[t]
		for k, i := range l.shifts {
			s := &c.r.plan.Shifts[i]
			day := localDay(c.r.zone, change)
			for d := day - 1; d <= day; d++ {
				start, end := s.occurrence(d, c.r.zone)
				if start < change && change < end {
					reads := time.Duration(s.minutes()) * time.Minute
					c.add(Finding{
						Level: LevelNote, Rule: RuleClocks, Team: l.team, People: l.crewOf(k, s, d),
						Text: fmt.Sprintf("shift %s reads %s and lasts longer or shorter, %s", s.ID, hours(reads), c.span(start, end)),
						Mend: "nothing to mend: tell the people on it",
					}, start, end)
				}
			}
		}
	}
}

// people checks each person across teams and tiers.
func (c *checking) people() {
	for i := range c.r.plan.Responders {
		p := c.r.persons[c.r.plan.Responders[i].ID]
		if !c.everOn(p) {
			c.add(Finding{
				Level: LevelNote, Rule: RuleIdle, Team: p.Team, People: []string{p.ID},
				Text: p.ID + " is not on shift in this time", Mend: "put them in a shift, or leave them out of the plan",
			}, c.from, c.until)
		}
		if len(p.lanes) > 1 {
			c.doubled(p)
		}
	}
}

func (c *checking) everOn(p *person) bool {
	for _, l := range p.lanes {
		for _, now := range cuts(c.from, c.until, l) {
			if c.onAt(l, p.ID, now) != nil {
				return true
			}
		}
	}
	return false
}

func (c *checking) onAt(l *lane, id string, sec int64) *Duty {
	on := c.r.onLane(l, sec)
	if i := slices.IndexFunc(on, func(d Duty) bool { return d.Responder == id }); i >= 0 {
		return &on[i]
	}
	return nil
}

// doubled reports spans in which one person stands in two tiers of a team, or
// on separate shifts of two teams. A shift shared by several teams is one
// shift.
func (c *checking) doubled(p *person) {
	at := append(cuts(c.from, c.until, p.lanes...), c.until)
	var last Finding
	since := int64(0)
	for _, now := range at {
		var f Finding
		if now < c.until {
			f = c.clash(p, now)
		}
		if f.Text == last.Text {
			continue
		}
		if last.Text != "" {
			last.Text += ", " + c.span(since, now)
			c.add(last, since, now)
		}
		last, since = f, now
	}
}

// clash is what the person is doubled in at an instant; no text when nothing.
func (c *checking) clash(p *person, sec int64) Finding {
	var on []Duty
	for _, l := range p.lanes {
		if d := c.onAt(l, p.ID, sec); d != nil {
			on = append(on, *d)
		}
	}
	for i, a := range on {
		for _, b := range on[i+1:] {
			if a.Why == b.Why {
				continue
			}
			f := Finding{Level: LevelWarn, Rule: RuleTwoTeams, Team: a.Team, People: []string{p.ID}}
			if a.Team == b.Team {
				f.Level, f.Rule = LevelRefuse, RuleTwoTiers
			}
			f.Text = fmt.Sprintf("%s is on %s of team %s (%s) and on %s of team %s (%s) at once", p.ID, a.Tier, a.Team, a.Why, b.Tier, b.Team, b.Why)
			f.Mend = "take them off one, or name somebody else"
			return f
		}
	}
	return Finding{}
}
