package rota

import (
	"fmt"
	"slices"
	"strings"
)

// unmet is a skill that too few of those on a shift have.
type unmet struct {
	shift  int32
	skill  string
	on     int
	people string // ids of those on it, joined; comparable
}

// needs checks that those on each shift have among them the skills it needs,
// in every lane the shift is on. A shift shared by several teams is told once
// where the same is missing for all of them.
func (c *checking) needs() {
	if !slices.ContainsFunc(c.r.plan.Shifts, func(s Shift) bool { return len(s.Needs) > 0 }) {
		return
	}
	told := map[string]bool{}
	for _, team := range c.r.order {
		for t := range team.tiers {
			c.laneNeeds(&team.tiers[t], told)
		}
	}
}

// laneNeeds walks one lane's stretches. What is missing depends on what is on
// alone, and the same is on again and again: it is found once for each set.
func (c *checking) laneNeeds(l *lane, told map[string]bool) {
	if !slices.ContainsFunc(l.shifts, func(i int32) bool { return len(c.r.plan.Shifts[i].Needs) > 0 }) {
		return
	}
	known := map[uint32][]unmet{}
	open := map[unmet]int64{} // since when
	for _, now := range append(cuts(c.from, c.until, l), c.until) {
		var missing []unmet
		if now < c.until {
			i := l.find(now)
			set := l.stretches[i].set
			if _, ok := known[set]; !ok {
				known[set] = c.r.unmet(l, l.on(i))
			}
			missing = known[set]
		}
		for u, since := range open {
			if !slices.Contains(missing, u) {
				c.tellUnmet(l.team, u, since, now, told)
				delete(open, u)
			}
		}
		for _, u := range missing {
			if _, ok := open[u]; !ok {
				open[u] = now
			}
		}
	}
}

// unmet is what the shifts among on need and do not have. on is sorted.
func (r *Rota) unmet(l *lane, on []int32) (missing []unmet) {
	for k, src := range on {
		s := &l.sources[src]
		if s.layer >= layerAbsence {
			break
		}
		shift := &r.plan.Shifts[s.index]
		if len(shift.Needs) == 0 || l.replacing && r.replaced(l, on, k) {
			continue
		}
		people := r.onThat(l, on, src)
		for _, skill := range sortedKeys(shift.Needs) {
			have := 0
			for _, id := range people {
				if slices.Contains(r.persons[id].Skills, skill) {
					have++
				}
			}
			if have < shift.Needs[skill] {
				missing = append(missing, unmet{s.index, skill, have, strings.Join(people, ", ")})
			}
		}
	}
	return missing
}

// onThat is who is on one shift of those that are on: its crew as swaps made
// it, without who is away, and with whoever stands in somebody's place. Who was
// put on besides is on the team and the tier, but not on the shift.
func (r *Rota) onThat(l *lane, on []int32, src int32) (people []string) {
	c := crowd{}
	for _, p := range l.sources[src].crew {
		c.put(l, p, l.sources[src].layer)
	}
	for _, o := range on {
		switch s := &l.sources[o]; s.layer {
		case layerAbsence:
			c.absent(r.plan.Absences[s.index].Person)
		case layerOverride:
			if o := &r.plan.Overrides[s.index]; o.Remove != "" {
				c.override(l, o)
			}
		}
	}
	for _, d := range c.present() {
		people = append(people, d.Responder)
	}
	return people
}

func (c *checking) tellUnmet(team string, u unmet, since, now int64, told map[string]bool) {
	s := &c.r.plan.Shifts[u.shift]
	f := Finding{
		Level: ruleOf(RuleNeeds).Level, Rule: RuleNeeds, Team: team,
		Text: fmt.Sprintf("%s with skill %s on shift %s, %s", ofWanted(u.on, s.Needs[u.skill]), u.skill, s.ID, c.span(since, now)),
		Mend: fmt.Sprintf("put somebody with skill %s on shift %s: a swap, or an override in somebody's place", u.skill, s.ID),
	}
	if u.people != "" {
		f.People = strings.Split(u.people, ", ")
		f.Mend += " (on it: " + u.people + ")"
	}
	if !told[f.Text] {
		told[f.Text] = true
		c.add(f, since, now)
	}
}

// crewOf is who has the lane's k-th shift on the day it starts, swaps counted.
func (l *lane) crewOf(k int, s *Shift, day int64) []string {
	ro := l.rosters[k].roster
	return mapped(ro.crews[ro.crewOn(s, day)], func(p post) string { return p.person })
}
