package rota

import (
	"strings"
	"time"

	"example.org/crisisline/call"
)

// catalogue knows every team there is or ever was, and who stands for it on
// any day. It answers for names and numbers that people, posters and other
// services still use years after a merger.
type catalogue struct {
	zone  *time.Location
	teams map[string]life
	alias map[string]string // an id a team had before → the team
	order []string          // the plan's own teams, as listed
	home  string            // team of the default line: the answer when nothing else is
}

// life is a team's time: instants in seconds UTC, 0 = without end on that side.
type life struct {
	name      string
	names     []Rename // what it was called before, oldest first
	from      int64
	before    string // who had its work before from
	until     int64
	successor string
	rostered  bool // has people of its own in this plan
}

func newCatalogue(p *Plan, zone *time.Location) *catalogue {
	c := &catalogue{zone: zone, teams: map[string]life{}, alias: map[string]string{}}
	for i := range p.Teams {
		t := &p.Teams[i]
		l := life{name: t.Name, names: t.Renamed, successor: t.Successor, rostered: true}
		l.from, l.until = c.opening(t), c.day(t.Until)
		for _, was := range t.Renamed {
			if was.ID != "" {
				c.alias[was.ID] = t.ID
			}
		}
		if len(t.MergedFrom) > 0 {
			l.before = t.MergedFrom[0].Team
		}
		c.teams[t.ID] = l
		c.order = append(c.order, t.ID)
	}
	for i := range p.Teams {
		c.addSources(&p.Teams[i])
	}
	if len(p.Lines) > 0 {
		c.home = defaultLine(p).Team
	}
	return c
}

// addSources enters the teams a team was merged from, which end that day, and
// those that left it, which begin.
func (c *catalogue) addSources(t *Team) {
	for _, s := range t.MergedFrom {
		l := c.teams[s.Team] // may be a team of the plan too, whose people come over that day
		if l.name == "" {
			l.name = s.Name
		}
		l.until, l.successor = c.instant(s.From, s.At), t.ID
		c.teams[s.Team] = l
	}
	for _, s := range t.SplitOff {
		l := c.teams[s.Team]
		if l.name == "" {
			l.name = s.Name
		}
		l.from, l.before = c.instant(s.From, s.At), t.ID
		c.teams[s.Team] = l
	}
}

func (c *catalogue) day(d Date) int64 { return c.instant(d, 0) }

// instant is a time of a day, 0 for no day.
func (c *catalogue) instant(d Date, at Clock) int64 {
	if d.IsZero() {
		return 0
	}
	return LocalTime{d, at}.instant(c.zone)
}

// opening is when a team begins: on its first day, at the very instant of the
// cut-over if it takes over another on that day.
func (c *catalogue) opening(t *Team) int64 {
	at, cut := Clock(0), false
	for _, s := range t.MergedFrom {
		if s.From == t.From && (!cut || s.At < at) {
			at, cut = s.At, true
		}
	}
	return c.instant(t.From, at)
}

// teamAt is the one team that stands for id at the instant: itself while it
// exists, its successor after, and before it opened the first of the teams it
// came from. ok is false for an id the plan has never heard of.
func (c *catalogue) teamAt(id string, sec int64) (team string, ok bool) {
	if now, renamed := c.alias[id]; renamed {
		id = now
	}
	if _, ok := c.teams[id]; !ok {
		return "", false
	}
	for range len(c.teams) { // a plan with a ring of successors is refused; never spin on one
		l := c.teams[id]
		switch {
		case l.until != 0 && sec >= l.until && l.successor != "":
			id = l.successor
		case l.from != 0 && sec < l.from && l.before != "" && c.existed(l.before, sec):
			id = l.before
		default:
			return id, true
		}
	}
	return id, true
}

// existed reports whether the team had not yet ended, so that looking back
// never turns round.
func (c *catalogue) existed(id string, sec int64) bool {
	l, ok := c.teams[id]
	return ok && (l.until == 0 || sec < l.until)
}

// rosteredAt is teamAt for routing: a team with people of its own that is
// open. When there is none it is the default line's, then any open team, so
// that a call always has a home.
func (c *catalogue) rosteredAt(id string, sec int64) string {
	for _, id := range []string{id, c.home} {
		if team, ok := c.teamAt(id, sec); ok && c.open(team, sec) {
			return team
		}
	}
	for _, id := range c.order {
		if c.open(id, sec) {
			return id
		}
	}
	return c.order[0]
}

// open reports whether the team has people in this plan and exists then.
func (c *catalogue) open(id string, sec int64) bool {
	l, ok := c.teams[id]
	return ok && l.rostered && sec >= l.from && (l.until == 0 || sec < l.until)
}

// TeamAt is the one team that stands for id at the instant: itself while it
// exists, its successor after that, what it came from before. id may be a team
// long merged. ok is false when the plan never heard of it. The team may be one
// that has left the service; HomeTeam never returns such a one.
func (r *Rota) TeamAt(id string, at time.Time) (team string, ok bool) {
	return r.catalogue.teamAt(id, at.Unix())
}

// TeamName is the name of any team, present or past; the id when it has none.
func (r *Rota) TeamName(id string) string {
	if now, renamed := r.catalogue.alias[id]; renamed {
		id = now
	}
	if l := r.catalogue.teams[id]; l.name != "" {
		return l.name
	}
	return id
}

// TeamNameAt is what people called the team at the instant.
func (r *Rota) TeamNameAt(id string, at time.Time) string {
	if now, renamed := r.catalogue.alias[id]; renamed {
		id = now
	}
	for _, was := range r.catalogue.teams[id].names {
		if at.Unix() < r.catalogue.day(was.Till) {
			return was.Name
		}
	}
	return r.TeamName(id)
}

// Place is what an outward code, or a landline, says about where somebody lives.
type Place struct {
	Localities []string // one, or those a split code crosses
	Team       string   // team of the one locality at that instant, "" when split or outside
	Ask        string   // for a split code: what tells its localities apart
	Outside    string   // who looks after it when it is outside the service
	HandOver   HandOver // for Outside: whom to bring in, and what to say meanwhile
	Hint       bool     // only a guess, from a landline: ask before anything hangs on it
}

// Place is where an outward code ("PO1") belongs at the instant. ok is false
// for a code the plan does not list.
func (r *Rota) Place(outward string, at time.Time) (p Place, ok bool) {
	outward = strings.ToUpper(strings.TrimSpace(outward))
	for _, s := range r.plan.Split {
		if s.Outward == outward {
			return Place{Localities: s.Between, Ask: s.Ask}, true
		}
	}
	for i := range r.plan.Localities {
		l := &r.plan.Localities[i]
		for _, code := range l.Outward {
			if code == outward {
				return r.placeOf(l, at.Unix()), true
			}
		}
	}
	return Place{}, false
}

// localityTeam is the team that has a locality at the instant: the earliest
// owner whose time was not over, else the present one; "" outside.
func (c *catalogue) localityTeam(l *Locality, sec int64) string {
	team := c.owner(l.Team, l.Moved, sec)
	if team == "" {
		return ""
	}
	team, _ = c.teamAt(team, sec)
	return team
}

// owner is the team that had something at the instant, of those it moved from
// and the one that has it now.
func (c *catalogue) owner(now string, moved []Move, sec int64) string {
	team, end := now, int64(0)
	for _, m := range moved {
		if till := c.instant(m.Till, m.At); sec < till && (end == 0 || till < end) {
			team, end = m.Team, till
		}
	}
	return team
}

// landlineTeam is the team that a caller's landline hints at, "" when it does
// not. The longest prefix wins. Dialling codes follow no boundary: it is a
// hint for who is asked first and nothing more.
func (r *Rota) landlineTeam(caller call.Number, sec int64) string {
	l := r.landlineLocality(caller)
	if l == nil {
		return ""
	}
	return r.catalogue.localityTeam(l, sec)
}

// landlineLocality is the locality with the longest dialling code that the
// number begins with, nil when there is none.
func (r *Rota) landlineLocality(caller call.Number) (best *Locality) {
	area := caller.AreaHint()
	if area == "" {
		return nil
	}
	longest := 0
	for i := range r.plan.Localities {
		l := &r.plan.Localities[i]
		for _, code := range l.Dialling {
			if len(code) > longest && strings.HasPrefix(area, code) {
				best, longest = l, len(code)
			}
		}
	}
	return best
}

// defaultLine is the line a call to an unknown number is taken for: the first
// public line that is still published, or the first of all.
func defaultLine(p *Plan) *PlannedLine {
	for i := range p.Lines {
		if p.Lines[i].Caller != call.CallerProfessional && p.Lines[i].Retired == nil {
			return &p.Lines[i]
		}
	}
	return &p.Lines[0]
}
