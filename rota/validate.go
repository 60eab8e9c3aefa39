package rota

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// checks are made once a plan has been read whole. Each notes every problem it
// finds; none needs the time of day.
type checks struct {
	*reader
	p          *Plan
	zone       *time.Location
	catalogue  *catalogue
	teams      map[string]*Team
	responders map[string]*Responder
	localities map[string]bool
	skills     []string // held by somebody
}

func validate(p *Plan, rd *reader) {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		rd.problem(rd.lines["zone"], "zone does not load", "use an IANA name, as in Europe/London")
		return
	}
	c := &checks{
		reader: rd, p: p, zone: zone,
		teams: map[string]*Team{}, responders: map[string]*Responder{}, localities: map[string]bool{},
	}
	c.ids()
	c.present()
	if len(rd.problems) > 0 { // references to doubtful ids would only repeat the problem
		return
	}
	c.catalogue = newCatalogue(p, zone)
	c.teamLives()
	c.renamesRight()
	c.aidRight()
	c.places()
	c.numbers()
	c.lineTeams()
	c.responderTeams()
	c.shiftsRight()
	c.absencesRight()
	c.swapsRight()
	c.overridesRight()
	c.skillsHeld()
	c.reachable()
	c.coveredWeek()
}

// at is the path of a value: at("shifts", 3, "people", 1) is "shifts[3].people[1]".
func at(steps ...any) string {
	path := ""
	for _, s := range steps {
		switch s := s.(type) {
		case string:
			path = join(path, s)
		case int:
			path += "[" + strconv.Itoa(s) + "]"
		}
	}
	return path
}

// note adds a problem at the line of path, or of the nearest thing around it.
func (c *checks) note(path, text, mend string) {
	for p := path; p != ""; {
		if line, ok := c.lines[p]; ok {
			c.problem(line, text, mend)
			return
		}
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	c.problem(0, text, mend)
}

// ids notes repeated and reserved ids and indexes the rest.
func (c *checks) ids() {
	teams, lines, shifts, overrides := map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	once := func(seen map[string]string, path, id, what string) {
		if first, ok := seen[id]; ok {
			c.note(path, fmt.Sprintf("%s %q is there twice", what, id), fmt.Sprintf("rename one (the first is at line %d)", c.lines[first]))
		}
		seen[id] = path
	}
	for i := range c.p.Teams {
		once(teams, at("teams", i, "id"), c.p.Teams[i].ID, "team")
		c.teams[c.p.Teams[i].ID] = &c.p.Teams[i]
		if c.p.Teams[i].ID == AllTeams {
			c.note(at("teams", i, "id"), `a team cannot be called "all"`, "it means every team; choose another id")
		}
	}
	people := map[string]string{}
	for i := range c.p.Responders {
		r := &c.p.Responders[i]
		once(people, at("responders", i, "id"), r.ID, "responder")
		c.responders[r.ID] = r
		if strings.HasPrefix(r.ID, "last-human-") {
			c.note(at("responders", i, "id"), "ids beginning with last-human- are taken", "choose another id")
		}
	}
	places := map[string]string{}
	for i := range c.p.Localities {
		once(places, at("localities", i, "id"), c.p.Localities[i].ID, "locality")
		c.localities[c.p.Localities[i].ID] = true
	}
	for i := range c.p.Lines {
		once(lines, at("lines", i, "id"), c.p.Lines[i].ID, "line")
	}
	for i := range c.p.Shifts {
		once(shifts, at("shifts", i, "id"), c.p.Shifts[i].ID, "shift")
		if c.p.Shifts[i].ID == AllTeams {
			c.note(at("shifts", i, "id"), `a shift cannot be called "all"`, "it means every weaker shift; choose another id")
		}
	}
	for i := range c.p.Overrides {
		once(overrides, at("overrides", i, "id"), c.p.Overrides[i].ID, "override")
	}
	absences, swaps := map[string]string{}, map[string]string{}
	for i := range c.p.Absences {
		once(absences, at("absences", i, "id"), c.p.Absences[i].ID, "absence")
	}
	for i := range c.p.Swaps.Offers {
		once(swaps, at("swaps", "offers", i, "id"), c.p.Swaps.Offers[i].ID, "swap")
	}
}

// present notes what no plan can do without.
func (c *checks) present() {
	for path, n := range map[string]int{
		"teams": len(c.p.Teams), "lines": len(c.p.Lines), "responders": len(c.p.Responders), "shifts": len(c.p.Shifts),
	} {
		if n == 0 {
			c.note(path, path+" is empty", "add at least one")
		}
	}
	if len(c.p.LastHuman) == 0 {
		c.note("last_human", "nobody is the last human", "name a telephone outside the rota that a person answers day and night")
	}
	if c.p.Minimum.Responding < 1 {
		c.note("minimum.responding", "the minimum of responders is 0", "write 1 or more: no minute may be empty")
	}
}

func (c *checks) teamExists(path, id string) bool {
	if c.teams[id] == nil {
		c.note(path, fmt.Sprintf("there is no team %q", id), didYouMean(id, c.teamIDs()))
		return false
	}
	return true
}

func (c *checks) teamIDs() []string {
	ids := make([]string, len(c.p.Teams))
	for i := range c.p.Teams {
		ids[i] = c.p.Teams[i].ID
	}
	return ids
}

func (c *checks) personExists(path, id string, tier call.Tier) {
	r := c.responders[id]
	switch {
	case r == nil:
		ids := make([]string, len(c.p.Responders))
		for i := range c.p.Responders {
			ids[i] = c.p.Responders[i].ID
		}
		c.note(path, fmt.Sprintf("there is no responder %q", id), didYouMean(id, ids))
	case !r.Eligible(tier):
		c.note(path, fmt.Sprintf("responder %q may not be put in tier %s", id, tier), "add the tier to the responder's tiers, or choose somebody else")
	}
}

// numbers notes one telephone used for two purposes: a person rung twice at
// once, or a line that would ring itself.
func (c *checks) numbers() {
	type use struct{ path, what string }
	seen := map[call.Number]use{}
	once := func(path string, n call.Number, what string) {
		if first, ok := seen[n]; ok {
			c.note(path, fmt.Sprintf("number of %s is also that of %s (line %d)", what, first.what, c.lines[first.path]),
				"give each its own number")
			return
		}
		seen[n] = use{path, what}
	}
	for i := range c.p.Lines {
		for j, n := range c.p.Lines[i].Numbers {
			once(at("lines", i, "number", j), n, "line "+c.p.Lines[i].ID)
		}
	}
	for i := range c.p.Responders {
		once(at("responders", i, "number"), c.p.Responders[i].Number, "responder "+c.p.Responders[i].ID)
	}
	for i := range c.p.LastHuman {
		once(at("last_human", i, "number"), c.p.LastHuman[i].Number, lastHumanID(i))
	}
}

// skillsHeld notes skills asked for that nobody has: most often a slip of the pen.
func (c *checks) skillsHeld() {
	for i := range c.p.Responders {
		c.skills = append(c.skills, c.p.Responders[i].Skills...)
	}
	slices.Sort(c.skills)
	c.skills = slices.Compact(c.skills)
	need := func(path string, skills []string) {
		for j, s := range skills {
			if !slices.Contains(c.skills, s) {
				c.note(at(path, j), fmt.Sprintf("no responder has the skill %q", s), didYouMean(s, c.skills))
			}
		}
	}
	counted := func(path string, skills map[string]int) {
		for s := range skills {
			if !slices.Contains(c.skills, s) {
				c.note(path+"."+s, fmt.Sprintf("no responder has the skill %q", s), didYouMean(s, c.skills))
			}
		}
	}
	counted("minimum.skills", c.p.Minimum.Skills)
	for i := range c.p.Shifts {
		counted(at("shifts", i, "needs"), c.p.Shifts[i].Needs)
	}
	for i := range c.p.Teams {
		need(at("teams", i, "for"), c.p.Teams[i].For)
		if m := c.p.Teams[i].Minimum; m != nil {
			counted(at("teams", i, "minimum", "skills"), m.Skills)
		}
	}
	for i := range c.p.Lines {
		need(at("lines", i, "skills"), c.p.Lines[i].Skills)
	}
}
