package rota

import (
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
)

func (c *checks) shiftsRight() {
	unsafe := changingClocks(c.zone)
	for i := range c.p.Shifts {
		s := &c.p.Shifts[i]
		c.shiftTeams(at("shifts", i, "team"), s.Teams)
		if len(s.People) == 0 {
			c.note(at("shifts", i, "people"), fmt.Sprintf("shift %q has no people", s.ID), "name at least one responder, or remove the shift")
		}
		for j, id := range s.People {
			path := at("shifts", i, "people", j)
			c.personExists(path, id, s.Tier)
			if slices.Index(s.People, id) < j && s.Kind != KindRotation { // somebody may have two turns in a round
				c.note(path, fmt.Sprintf("responder %q is in shift %q twice", id, s.ID), "remove one")
			}
		}
		switch s.Kind {
		case KindRotation:
			c.rotationRight(i, s)
		case KindDated:
			c.datedRight(i, s)
		default:
			c.only(i, s, "every", len(s.Every.Lengths) > 0)
			c.only(i, s, "at_once", s.AtOnce != 0)
			c.only(i, s, "move_on", s.MoveOn != 0)
			c.only(i, s, "dates", len(s.Dates) > 0)
		}
		c.replacesRight(i, s)
		if s.Kind != KindDated {
			c.edgeSafe(at("shifts", i, "start"), s.ID, "starts", s.Start, unsafe)
			c.edgeSafe(at("shifts", i, "end"), s.ID, "ends", s.End, unsafe)
			if s.Days == 0 {
				c.note(at("shifts", i, "days"), fmt.Sprintf("shift %q has no days", s.ID), "name at least one day")
			}
		}
		if !s.From.IsZero() && !s.Until.IsZero() && s.Until.number() <= s.From.number() {
			c.note(at("shifts", i, "until"), fmt.Sprintf("shift %q ends before it begins", s.ID), "until is the first day it no longer starts; check from and until")
		}
	}
}

func (c *checks) shiftTeams(path string, teams []string) {
	for j, id := range teams {
		switch {
		case id == AllTeams && len(teams) > 1:
			c.note(path, `"all" stands beside other teams`, `write "all" alone, or the teams without it`)
		case id == AllTeams:
		case slices.Index(teams, id) < j:
			c.note(path, fmt.Sprintf("team %q is there twice", id), "remove one")
		default:
			c.teamExists(path, id)
		}
	}
	if len(teams) == 0 {
		c.note(path, "no team is named", "name at least one")
	}
}

// edgeSafe refuses a wall time that some nights skip and others have twice:
// people would read it differently, and somebody would not come.
func (c *checks) edgeSafe(path, shift, verb string, edge Clock, unsafe []clockSpan) {
	for _, u := range unsafe {
		if edge >= u.from && edge < u.until {
			c.note(path, fmt.Sprintf("shift %q %s at %s, which the nights of clock changes skip or repeat (%s to %s)", shift, verb, edge, u.from, u.until),
				fmt.Sprintf("use a time before %s, or %s or later", u.from, u.until%dayMinutes))
		}
	}
}

func (c *checks) overridesRight() {
	for i := range c.p.Overrides {
		o := &c.p.Overrides[i]
		c.shiftTeams(at("overrides", i, "team"), o.Teams)
		if o.Remove == "" && o.Add == "" {
			c.note(at("overrides", i), fmt.Sprintf("override %q changes nobody", o.ID), "write remove, add, or both")
		}
		if o.Remove != "" && o.Remove == o.Add {
			c.note(at("overrides", i), fmt.Sprintf("override %q replaces somebody by themselves", o.ID), "name two people")
		}
		if o.Remove != "" && c.responders[o.Remove] == nil {
			c.personExists(at("overrides", i, "remove"), o.Remove, o.Tier)
		}
		if o.Add != "" {
			c.personExists(at("overrides", i, "add"), o.Add, o.Tier)
		}
		if o.End.instant(c.zone) <= o.Start.instant(c.zone) {
			c.note(at("overrides", i, "end"), fmt.Sprintf("override %q ends before it begins", o.ID), "check start and end")
		}
		for path, edge := range map[string]LocalTime{"start": o.Start, "end": o.End} {
			if edge.twiceOrNever(c.zone) {
				c.note(at("overrides", i, path), fmt.Sprintf("override %q has an edge at %s, which that night skips or repeats", o.ID, edge),
					"use a time outside that hour")
			}
		}
	}
}

// coveredWeek checks each open team's pattern for every minute of a week. It
// asks the least: that nobody planned an empty hour into every week. Dates,
// overrides and minima are Check's to judge, at an instant.
func (c *checks) coveredWeek() {
	for i := range c.p.Teams {
		t := &c.p.Teams[i]
		if !t.Until.IsZero() {
			continue
		}
		var week [7 * dayMinutes]bool
		for j := range c.p.Shifts {
			if s := &c.p.Shifts[j]; s.Tier == call.TierResponding && s.Kind != KindDated && s.has(t.ID) {
				s.mark(&week)
			}
		}
		if from, until, total := firstGap(&week); total > 0 {
			c.note(at("teams", i, "id"), fmt.Sprintf("nobody responds for team %q from %s to %s (%s a week in all)",
				t.ID, weekTime(from), weekTime(until), hours(time.Duration(total)*time.Minute)), "add a shift in tier responding for that time")
		}
	}
}

// mark sets the minutes of a week, from Monday 00:00, in which the shift is on.
func (s *Shift) mark(week *[7 * dayMinutes]bool) {
	for day := range 7 {
		if !s.Days.Has(time.Weekday((day + 1) % 7)) {
			continue
		}
		for m := range s.minutes() {
			week[(day*dayMinutes+int(s.Start)+m)%len(week)] = true
		}
	}
}

func firstGap(week *[7 * dayMinutes]bool) (from, until, total int) {
	from = -1
	for m, on := range week {
		switch {
		case !on && from < 0:
			from = m
		case on && from >= 0 && until == 0:
			until = m
		}
		if !on {
			total++
		}
	}
	if until == 0 {
		until = len(week)
	}
	return from, until, total
}

// weekTime is minute m of a week as people say it: "Mon 02:00".
func weekTime(m int) string {
	m %= 7 * dayMinutes
	return time.Weekday((m/dayMinutes + 1) % 7).String()[:3] + " " + Clock(m%dayMinutes).String()
}
