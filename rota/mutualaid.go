package rota

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Aid is what one team has promised another: to answer its calls under certain
// terms. Without one, a neighbour helps at all hours, without a limit, from
// Timing.NeighboursAfter on. One entry for a pair and hour is enough; of
// several that hold at once the first counts.
//
// A call never changes its home by being helped with. It is counted to its home
// team and to the team that answered, and its home team's people are asked
// before the helpers whenever one of them is free.
type Aid struct {
	Team   string        // whose calls
	By     string        // who helps
	After  time.Duration // since the call began to wait; negative = Timing.NeighboursAfter
	AtOnce int           // calls of Team that By may have at once; NoLimit, or 0 for none
	Days   Days          // days on which its hours begin; 0 = every day
	Start  Clock         // local
	End    Clock         // local; equal to Start = round the clock
	Since  Date          // first day; zero = always
	Until  Date          // first day on which it has ended by itself; zero = until the plan says otherwise
}

// NoLimit in Aid.AtOnce is as many as there are people.
const NoLimit = -1

// Limit is how many calls of one home team the people of a rung may have at
// once, offers included. The zero Limit is none.
type Limit struct {
	Key  string // "home>helper": what is counted
	Most int
}

// limit is the terms' limit.
func (a *Aid) limit() Limit {
	if a.AtOnce < 0 {
		return Limit{}
	}
	return Limit{Key: a.Team + ">" + a.By, Most: a.AtOnce}
}

type writtenAid struct {
	Team   string   `yaml:"team"`
	By     string   `yaml:"by"`
	After  string   `yaml:"after,omitempty"`
	AtOnce *int     `yaml:"at_once,omitempty"`
	Days   []string `yaml:"days,omitempty,flow"`
	Start  string   `yaml:"start,omitempty"`
	End    string   `yaml:"end,omitempty"`
	Since  string   `yaml:"since,omitempty"`
	Until  string   `yaml:"until,omitempty"`
}

func (a Aid) written() writtenAid {
	w := writtenAid{Team: a.Team, By: a.By, Days: a.Days.names(), Since: a.Since.String(), Until: a.Until.String()}
	if a.After >= 0 {
		w.After = spanText(a.After)
	}
	if a.AtOnce >= 0 {
		w.AtOnce = &a.AtOnce
	}
	if a.Start != a.End {
		w.Start, w.End = a.Start.String(), a.End.String()
	}
	return w
}

func (rd *reader) aid(a *Aid, path string, n *yaml.Node) {
	a.After, a.AtOnce = -1, NoLimit
	rd.mapping(path, n,
		field{"team", true, into(rd, parseID, &a.Team)},
		field{"by", true, into(rd, parseID, &a.By)},
		field{"after", false, into(rd, parseSpan, &a.After)},
		field{"at_once", false, into(rd, parseCount, &a.AtOnce)},
		field{"days", false, rd.oneOrMore(parsed(rd, ParseDays, func(d Days) { a.Days |= d }))},
		field{"start", false, into(rd, ParseClock, &a.Start)},
		field{"end", false, into(rd, ParseClock, &a.End)},
		field{"since", false, into(rd, ParseDate, &a.Since)},
		field{"until", false, into(rd, ParseDate, &a.Until)},
	)
}

// aidRight checks that each promise is between a team and a neighbour of it.
func (c *checks) aidRight() {
	unsafe := changingClocks(c.zone)
	for i := range c.p.MutualAid {
		a := &c.p.MutualAid[i]
		path := at("mutual_aid", i)
		if !c.teamExists(at("mutual_aid", i, "team"), a.Team) || !c.teamExists(at("mutual_aid", i, "by"), a.By) {
			continue
		}
		switch {
		case a.Team == a.By:
			c.note(path, fmt.Sprintf("team %q helps itself", a.Team), "name two teams")
		case !c.leadsTo(c.teams[a.Team].Neighbours, a.By):
			c.note(path, fmt.Sprintf("team %q is no neighbour of %q, so it is never asked", a.By, a.Team), "add it to the team's neighbours, or remove this")
		}
		if !a.Since.IsZero() && !a.Until.IsZero() && a.Until.number() <= a.Since.number() {
			c.note(path, "the help ends before it begins", "check since and until")
		}
		if a.Start != a.End {
			c.edgeSafe(at("mutual_aid", i, "start"), a.Team+">"+a.By, "starts", a.Start, unsafe)
			c.edgeSafe(at("mutual_aid", i, "end"), a.Team+">"+a.By, "ends", a.End, unsafe)
		}
	}
}

// leadsTo reports whether one of ids is team, or becomes part of it.
func (c *checks) leadsTo(ids []string, team string) bool {
	for _, id := range ids {
		for range len(c.catalogue.teams) + 1 {
			if id == team {
				return true
			}
			id = c.catalogue.teams[id].successor
		}
	}
	return false
}

// shiftLike is the aid's hours as a pattern, so that they follow the rules of
// shifts on the nights the clocks change.
func (a *Aid) shiftLike() Shift {
	s := Shift{Kind: KindWeekly, Days: a.Days, Start: a.Start, End: a.End, From: a.Since, Until: a.Until}
	if s.Days == 0 {
		s.Days = EveryDay
	}
	return s
}

// holds reports whether the promise holds at the instant. It has ended by
// itself on the morning of Until, at midnight, even in the middle of its hours.
func (a *Aid) holds(sec int64, zone *time.Location) bool {
	if !a.lasts(sec, zone) {
		return false
	}
	s := a.shiftLike()
	today := localDay(zone, sec)
	for day := today - 1; day <= today; day++ {
		if start, end := s.occurrence(day, zone); start <= sec && sec < end {
			return true
		}
	}
	return false
}

// lasts reports whether the promise is in its days. Before and after it says
// nothing, and the two teams are neighbours as any.
func (a *Aid) lasts(sec int64, zone *time.Location) bool {
	return (a.Since.IsZero() || sec >= midnight(zone, a.Since)) && (a.Until.IsZero() || sec < midnight(zone, a.Until))
}

// aidTerms is what holds for a pair of teams at the instant: asked says whether
// the neighbour may be asked at all.
func (r *Rota) aidTerms(home, helper string, sec int64) (terms Aid, asked bool) {
	promised := false
	for i := range r.plan.MutualAid {
		a := &r.plan.MutualAid[i]
		if r.standsFor(a.Team, sec) != home || r.standsFor(a.By, sec) != helper {
			continue
		}
		if a.holds(sec, r.zone) {
			terms = *a
			terms.Team, terms.By = home, helper // a merged team's calls count as its successor's
			return terms, a.AtOnce != 0
		}
		promised = promised || a.lasts(sec, r.zone) // its hours are over for now
	}
	return Aid{Team: home, By: helper, After: -1, AtOnce: NoLimit}, !promised
}

func (r *Rota) standsFor(id string, sec int64) string {
	team, _ := r.catalogue.teamAt(id, sec)
	return team
}
