package rota

import (
	"fmt"
	"slices"
)

// teamLives checks that every team, past and present, leads to exactly one
// team on every day.
func (c *checks) teamLives() {
	merged := map[string]string{} // source → path of the merger that took it
	for i := range c.p.Teams {
		t := &c.p.Teams[i]
		c.closing(i, t)
		for j, s := range t.MergedFrom {
			c.sourceRight(at("teams", i, "merged_from", j), t, s, merged)
		}
		for j, s := range t.SplitOff {
			path := at("teams", i, "split_off", j)
			if _, ok := merged[s.Team]; ok || s.Team == t.ID {
				c.note(path, fmt.Sprintf("team %q cannot have both joined and left", s.Team), "keep one of the two, or use two ids")
			}
		}
		c.neighboursRight(i, t)
		if m := t.Minimum; m != nil && m.Responding == 0 {
			c.note(at("teams", i, "minimum", "responding"), "the minimum of responders is 0", "write 1 or more: no minute may be empty")
		}
	}
	for i := range c.p.Teams {
		c.noRing(i, &c.p.Teams[i])
	}
}

func (c *checks) closing(i int, t *Team) {
	if !t.Until.IsZero() && !t.From.IsZero() && t.Until.number() <= t.From.number() {
		c.note(at("teams", i, "until"), fmt.Sprintf("team %q ends before it begins", t.ID), "check from and until")
	}
	_, absorbed := c.absorbedBy(t.ID)
	switch {
	case t.Successor != "":
		c.teamExists(at("teams", i, "successor"), t.Successor)
		if t.Until.IsZero() {
			c.note(at("teams", i, "successor"), fmt.Sprintf("team %q has a successor but no last day", t.ID), "add until, or leave successor out")
		}
	case !t.Until.IsZero() && !absorbed:
		c.note(at("teams", i, "until"), fmt.Sprintf("team %q ends and nobody takes its calls", t.ID), "add successor")
	}
}

func (c *checks) absorbedBy(id string) (string, bool) {
	for i := range c.p.Teams {
		for _, s := range c.p.Teams[i].MergedFrom {
			if s.Team == id {
				return c.p.Teams[i].ID, true
			}
		}
	}
	return "", false
}

func (c *checks) sourceRight(path string, t *Team, s Source, merged map[string]string) {
	switch first, taken := merged[s.Team]; {
	case s.Team == t.ID:
		c.note(path, fmt.Sprintf("team %q is merged from itself", t.ID), "give the old team an id of its own")
	case taken:
		c.note(path, fmt.Sprintf("team %q was merged twice", s.Team),
			fmt.Sprintf("a team goes to one successor (see line %d); for a part of it use split_off or a locality's moved", c.lines[first]))
	case s.Name == "" && c.teams[s.Team] == nil:
		c.note(path, fmt.Sprintf("old team %q has no name", s.Team), "add the name people knew it by")
	}
	if old := c.teams[s.Team]; old != nil && !old.Until.IsZero() && old.Until != s.From {
		c.note(path, fmt.Sprintf("team %q ends on %s but is merged on %s", s.Team, old.Until, s.From), "make the two days the same")
	}
	merged[s.Team] = path
}

// noRing follows successors; a ring of them would leave a call without a home.
func (c *checks) noRing(i int, t *Team) {
	id := t.ID
	for range len(c.catalogue.teams) + 1 {
		l := c.catalogue.teams[id]
		if l.successor == "" {
			return
		}
		id = l.successor
	}
	c.note(at("teams", i), fmt.Sprintf("successors of team %q go round in a ring", t.ID), "let one of them stay open")
}

func (c *checks) neighboursRight(i int, t *Team) {
	for j, n := range t.Neighbours {
		path := at("teams", i, "neighbours", j)
		if !c.teamExists(path, n) {
			continue
		}
		if n == t.ID || slices.Index(t.Neighbours, n) < j {
			c.note(path, fmt.Sprintf("neighbour %q of team %q is itself or there twice", n, t.ID), "remove it")
		}
	}
}

// places checks that every outward code is in one locality or in the split
// list, and that every dialling code hints at one locality.
func (c *checks) places() {
	outward, dialling := map[string]string{}, map[string]string{}
	once := func(seen map[string]string, path, code, what string) {
		if first, ok := seen[code]; ok {
			c.note(path, fmt.Sprintf("%s %s is there twice (line %d)", what, code, c.lines[first]),
				"keep it in one locality; an outward code that crosses two goes in split")
		}
		seen[code] = path
	}
	for i := range c.p.Localities {
		l := &c.p.Localities[i]
		if (l.Team == "") == (l.Outside == "") {
			c.note(at("localities", i), fmt.Sprintf("locality %q needs either team or outside", l.ID), "write one of them")
		}
		if l.Team != "" {
			c.teamExists(at("localities", i, "team"), l.Team)
		}
		for j, m := range l.Moved {
			c.knownTeam(at("localities", i, "moved", j, "team"), m.Team)
		}
		for j, code := range l.Outward {
			once(outward, at("localities", i, "outward", j), code, "outward code")
		}
		for j, code := range l.Dialling {
			once(dialling, at("localities", i, "dialling", j), code, "dialling code")
		}
	}
	for i, s := range c.p.Split {
		once(outward, at("split", i, "outward"), s.Outward, "outward code")
		if len(s.Between) < 2 {
			c.note(at("split", i, "between"), "a split code crosses at least two localities", "name them, or move the code to its one locality")
		}
		for j, id := range s.Between {
			if !c.localities[id] {
				c.note(at("split", i, "between", j), fmt.Sprintf("there is no locality %q", id), didYouMean(id, c.localityIDs()))
			}
		}
	}
}

func (c *checks) localityIDs() []string {
	ids := make([]string, len(c.p.Localities))
	for i := range c.p.Localities {
		ids[i] = c.p.Localities[i].ID
	}
	return ids
}

// knownTeam accepts teams of the past too.
func (c *checks) knownTeam(path, id string) {
	if _, ok := c.catalogue.teams[id]; ok {
		return
	}
	known := make([]string, 0, len(c.catalogue.teams))
	for id := range c.catalogue.teams {
		known = append(known, id)
	}
	slices.Sort(known)
	c.note(path, fmt.Sprintf("no team was ever called %q", id), didYouMean(id, known))
}

// lineTeams checks that each line has a home, whatever became of its team.
func (c *checks) lineTeams() {
	published := false
	for i := range c.p.Lines {
		l := &c.p.Lines[i]
		published = published || l.Retired == nil
		c.knownTeam(at("lines", i, "team"), l.Team)
		if l.Retired != nil && l.Retired.Team != "" {
			c.knownTeam(at("lines", i, "retired", "team"), l.Retired.Team)
		}
		if len(l.Numbers) == 0 {
			c.note(at("lines", i, "number"), fmt.Sprintf("line %q has no number", l.ID), "add the number people dial")
		}
	}
	if !published {
		c.note("lines", "every line is retired", "keep at least one line that people may dial")
	}
}

func (c *checks) responderTeams() {
	for i := range c.p.Responders {
		r := &c.p.Responders[i]
		if c.teams[r.Team] == nil {
			if heir, ok := c.absorbedBy(r.Team); ok {
				c.note(at("responders", i, "team"), fmt.Sprintf("team %q was merged", r.Team), fmt.Sprintf("write %q", heir))
				continue
			}
		}
		c.teamExists(at("responders", i, "team"), r.Team)
	}
}

// reachable notes an open team that nothing leads to: its people would sit by
// silent phones.
func (c *checks) reachable() {
	led := map[string]bool{}
	lead := func(id string) {
		for range len(c.catalogue.teams) {
			led[id] = true
			if id = c.catalogue.teams[id].successor; id == "" {
				return
			}
		}
	}
	for i := range c.p.Lines {
		lead(c.p.Lines[i].Team)
		if r := c.p.Lines[i].Retired; r != nil && r.Team != "" {
			lead(r.Team)
		}
	}
	for i := range c.p.Localities {
		lead(c.p.Localities[i].Team)
	}
	for i := range c.p.Teams {
		for _, n := range c.p.Teams[i].Neighbours {
			lead(n)
		}
	}
	for i := range c.p.Teams {
		if t := &c.p.Teams[i]; !led[t.ID] && t.Until.IsZero() {
			c.note(at("teams", i), fmt.Sprintf("nothing leads to team %q", t.ID), "make it the home of a line or locality, or somebody's neighbour")
		}
	}
}
