package rota

import (
	"fmt"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/call"
)

// Rename is a name, and perhaps an id, that a team had before. The team is the
// same one: an old id means the team on every day, before and after.
type Rename struct {
	ID   string // "" when the id stayed
	Name string
	Till Date // until this day it was called so
}

// HandOver is whom a responder brings in for a caller whom another service
// looks after. The caller stays on the line until a person there has them: they
// are never told to ring another number.
type HandOver struct {
	To     string      // the service, as said aloud
	Number call.Number // for the responder to bring in, never for the caller; zero when not known yet
	Say    string      // the words to the caller; "" = defaultSay
	Hours  string      // when a person answers there, as people write it; "" = always
}

// defaultSay is what a responder says before a hand-over, in words that promise
// only what is done.
const defaultSay = "I'm going to bring in the team who can come to you, and I'll stay on the line with you until you are talking to them."

type (
	writtenRename struct {
		ID   string `yaml:"id,omitempty"`
		Name string `yaml:"name"`
		Till string `yaml:"till"`
	}
	writtenHandOver struct {
		To     string `yaml:"to"`
		Number string `yaml:"number,omitempty"`
		Say    string `yaml:"say,omitempty"`
		Hours  string `yaml:"hours,omitempty"`
	}
)

func (r Rename) written() writtenRename { return writtenRename{r.ID, r.Name, r.Till.String()} }

func (m Move) written() writtenMove {
	return writtenMove{m.Team, m.Till.String(), m.At.unlessMidnight()}
}

func (h *HandOver) written() *writtenHandOver {
	if h == nil {
		return nil
	}
	return &writtenHandOver{h.To, h.Number.E164(), h.Say, h.Hours}
}

var someNumber = regexp.MustCompile(`[0-9][0-9 ]{2,}`)

// handOverRight keeps a hand-over one: nobody in a crisis is told to ring
// another number.
func (c *checks) handOverRight(i int, l *Locality) {
	switch h := l.HandOver; {
	case h == nil:
	case l.Team != "":
		c.note(at("localities", i, "hand_over"), fmt.Sprintf("locality %q is ours, and has a hand-over", l.ID), "remove hand_over, or write outside instead of team")
	case someNumber.MatchString(h.Say):
		c.note(at("localities", i, "hand_over", "say"), "the words to the caller hold a number", "say that somebody is brought in; the number goes in number, for the responder")
	}
}

// View is under which teams figures are shown.
type View string

// The two views. As they were is what was true when the call was taken; under
// today's teams the years before a merger stand beside those after it.
const (
	AsWere  View = "as_were"
	AsToday View = "as_today"
)

// CountedUnder is the team whose figure a call counts in, and its name in that
// view: team is what the ledger has, at when the call came. A team that parted
// keeps its own past under today's teams: what left it begins on the day it
// left, because nobody knows which of the older calls would have been its own.
func (r *Rota) CountedUnder(v View, team string, at, today time.Time) (id, name string) {
	when := at
	if v == AsToday {
		when = today
	}
	id, ok := r.TeamAt(team, when)
	if !ok {
		return team, team // from a plan that had a team this one never heard of
	}
	return id, r.TeamNameAt(id, when)
}

// placeOf is what one locality means at the instant.
func (r *Rota) placeOf(l *Locality, sec int64) Place {
	p := Place{Localities: []string{l.ID}, Team: r.catalogue.localityTeam(l, sec)}
	if p.Team == "" {
		p.Outside, p.HandOver = l.Outside, l.handOver()
	}
	return p
}

// handOver is the warm hand-over out of a locality, with words in any case. A
// target nobody has written down yet is found by the duty manager while the
// responder stays with the caller.
func (l *Locality) handOver() HandOver {
	h := HandOver{To: l.Outside}
	if l.HandOver != nil {
		h = *l.HandOver
	}
	if h.Say == "" {
		h.Say = defaultSay
	}
	return h
}

// PlaceByLandline is the place a caller's landline hints at, ok false when it
// hints at none. Dialling codes follow no boundary and mobiles have none: Hint
// is always set, and nobody is turned to another service on a hint.
func (r *Rota) PlaceByLandline(caller call.Number, at time.Time) (p Place, ok bool) {
	l := r.landlineLocality(caller)
	if l == nil {
		return Place{}, false
	}
	p = r.placeOf(l, at.Unix())
	p.Hint = true
	return p, true
}

// unlessMidnight is the time of day, "" for midnight.
func (c Clock) unlessMidnight() string {
	if c == 0 {
		return ""
	}
	return c.String()
}

func (rd *reader) rename(r *Rename, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"id", false, into(rd, parseID, &r.ID)},
		field{"name", true, into(rd, parseText, &r.Name)},
		field{"till", true, into(rd, ParseDate, &r.Till)},
	)
}

func (rd *reader) handOver(dst **HandOver) value {
	return func(path string, n *yaml.Node) {
		h := &HandOver{}
		rd.mapping(path, n,
			field{"to", true, into(rd, parseText, &h.To)},
			field{"number", false, into(rd, call.ParseDialable, &h.Number)},
			field{"say", false, into(rd, parseText, &h.Say)},
			field{"hours", false, into(rd, parseText, &h.Hours)},
		)
		*dst = h
	}
}

// renamesRight checks that an old name leads to one team, and that an old id is
// nobody else's.
func (c *checks) renamesRight() {
	taken := map[string]string{}
	for i := range c.p.Teams {
		t := &c.p.Teams[i]
		last := Date{}
		for j, r := range t.Renamed {
			path := at("teams", i, "renamed", j)
			if !last.IsZero() && r.Till.number() <= last.number() {
				c.note(path, fmt.Sprintf("names of team %q are not in the order of their days", t.ID), "write the oldest name first")
			}
			last = r.Till
			if r.ID == "" {
				continue
			}
			if first, ok := taken[r.ID]; ok {
				c.note(path, fmt.Sprintf("old id %q is there twice (line %d)", r.ID, c.lines[first]), "an old id leads to one team")
			}
			if _, ok := c.catalogue.teams[r.ID]; ok {
				c.note(path, fmt.Sprintf("old id %q is a team of its own", r.ID), "a team that became part of another goes in merged_from")
			}
			taken[r.ID] = path
		}
	}
	c.historyRight()
}

// historyRight checks what moved, and the cut-overs that have a time of day.
func (c *checks) historyRight() {
	unsafe := func(path string, d Date, at Clock) {
		if at != 0 && (LocalTime{d, at}).twiceOrNever(c.zone) {
			c.note(path, "the cut-over is in the hour that the clocks skip or repeat that night", "use a time outside that hour")
		}
	}
	for i := range c.p.Teams {
		for j, s := range c.p.Teams[i].MergedFrom {
			unsafe(at("teams", i, "merged_from", j, "at"), s.From, s.At)
		}
		for j, s := range c.p.Teams[i].SplitOff {
			unsafe(at("teams", i, "split_off", j, "at"), s.From, s.At)
		}
	}
	for i := range c.p.Lines {
		for j, m := range c.p.Lines[i].Moved {
			c.knownTeam(at("lines", i, "moved", j, "team"), m.Team)
			unsafe(at("lines", i, "moved", j, "at"), m.Till, m.At)
		}
	}
	for i := range c.p.Localities {
		for j, m := range c.p.Localities[i].Moved {
			unsafe(at("localities", i, "moved", j, "at"), m.Till, m.At)
		}
		c.handOverRight(i, &c.p.Localities[i])
	}
}
