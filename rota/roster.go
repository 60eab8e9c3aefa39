package rota

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Import says how a roster of single times, from a table or a calendar, comes
// into a plan.
type Import struct {
	Source   string    // id: what an earlier import of the same source said about the same days is replaced
	Person   string    // for entries that name nobody
	Team     string    // for entries that name none
	Tier     call.Tier // for entries that name none; "" = responding
	Replaces []string  // weaker shifts that are off while an entry is on; nil = it is besides them
}

// entry is one time in a roster.
type entry struct {
	number     int // of the row or event, for whoever looks for it
	person     string
	team       string
	tier       call.Tier
	start, end int64 // seconds UTC
}

// ImportRoster is the plan with the rows of a table as dated shifts. Columns:
// person (id, or the name as the plan has it), start and end ("2026-03-02
// 20:00", local), and team and tier where in does not say. The error is a
// Problems whose lines are the table's rows.
func ImportRoster(p *Plan, file string, data []byte, in Import) (*Plan, error) {
	rd := &reader{file: file, lines: map[string]int{}}
	_, rows := rd.table(data, rosterColumns)
	if len(rd.problems) > 0 {
		return nil, rd.problems.sorted()
	}
	im, err := newImporting(p, rd, in)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		e, ok := im.entry(r.line, r.cells["person"], r.cells["team"], r.cells["tier"])
		start, okStart := im.localInstant(r.line, "start", r.cells["start"])
		end, okEnd := im.localInstant(r.line, "end", r.cells["end"])
		if e.start, e.end = start, end; ok && okStart && okEnd {
			im.add(e)
		}
	}
	return im.done()
}

// importing is one roster on its way into a plan.
type importing struct {
	*reader
	q       *Plan
	zone    *time.Location
	in      Import
	entries []entry
}

func newImporting(p *Plan, rd *reader, in Import) (*importing, error) {
	if _, err := parseID(in.Source); err != nil {
		return nil, cannot("the import has no name: name it with letters, digits and -, always the same for the same calendar")
	}
	if len(in.Source) > 20 {
		return nil, cannot("the import's name is too long: use up to 20 letters")
	}
	q, err := p.Clone()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return nil, err
	}
	if in.Tier == "" {
		in.Tier = call.TierResponding
	}
	return &importing{reader: rd, q: q, zone: zone, in: in}, nil
}

// entry finds out who and for what.
func (im *importing) entry(number int, person, team, tier string) (e entry, ok bool) {
	e = entry{number: number, team: im.in.Team, tier: im.in.Tier}
	ok = true
	if e.person = im.personOf(person); e.person == "" {
		im.problem(number, "nobody in the plan has the name or id written here", "write a responder's id, or the name exactly as the plan has it")
		ok = false
	}
	if team != "" {
		e.team = team
	}
	if !slices.ContainsFunc(im.q.Teams, func(t Team) bool { return t.ID == e.team }) {
		var known []string
		for i := range im.q.Teams {
			known = append(known, im.q.Teams[i].ID)
		}
		im.problem(number, "there is no team "+shown(e.team), didYouMean(e.team, known))
		ok = false
	}
	if tier != "" {
		t, err := parseTier(tier)
		if err != nil {
			what, mend := halves(err)
			im.problem(number, what, mend)
			ok = false
		}
		e.tier = t
	}
	return e, ok
}

// personOf is a responder by id, or by a name that only one of them has.
func (im *importing) personOf(text string) (id string) {
	if text = strings.TrimSpace(text); text == "" {
		text = im.in.Person
	}
	for i := range im.q.Responders {
		r := &im.q.Responders[i]
		switch {
		case r.ID == text:
			return r.ID
		case strings.EqualFold(r.Name, text) && id != "":
			return "" // two of that name
		case strings.EqualFold(r.Name, text):
			id = r.ID
		}
	}
	return id
}

func (im *importing) localInstant(number int, what, text string) (sec int64, ok bool) {
	l, err := ParseLocalTime(text)
	if err != nil {
		_, mend := halves(err)
		im.problem(number, what+" is not a day and time", mend)
		return 0, false
	}
	if l.twiceOrNever(im.zone) {
		im.problem(number, what+" is in the hour that the clocks skip or repeat that night", "use a time outside that hour")
		return 0, false
	}
	return l.instant(im.zone), true
}

// longestEntry bounds one entry; a week on call is usual, two months are not.
const (
	longestEntry = 31 * daySeconds
	firstEntry   = 946684800  // 2000-01-01
	lastEntry    = 4102444800 // 2100-01-01
)

func (im *importing) add(e entry) {
	switch {
	case e.end <= e.start:
		im.problem(e.number, "it ends before it begins", "check start and end")
	case e.end-e.start > longestEntry:
		im.problem(e.number, "it lasts longer than a month", "check start and end")
	case e.start < firstEntry || e.end > lastEntry:
		im.problem(e.number, "it is not in this century", "check the year")
	default:
		im.entries = append(im.entries, e)
	}
}

// done turns the entries into dated shifts. Those with the same person, team,
// tier and times are one shift with many dates.
func (im *importing) done() (*Plan, error) {
	fresh := map[string]*Shift{}
	var order []string
	rows := map[string]int{}
	for _, e := range im.entries {
		for _, s := range im.shifts(e) {
			if fresh[s.ID] == nil {
				fresh[s.ID] = &s
				order = append(order, s.ID)
				rows[s.ID] = e.number
			} else if !slices.Contains(fresh[s.ID].Dates, s.Dates[0]) {
				fresh[s.ID].Dates = append(fresh[s.ID].Dates, s.Dates[0])
			}
		}
	}
	if len(im.problems) > 0 {
		return nil, im.problems.sorted()
	}
	im.forget()
	for _, id := range order {
		s := fresh[id]
		slices.SortFunc(s.Dates, func(a, b Date) int { return int(a.number() - b.number()) })
		i := slices.IndexFunc(im.q.Shifts, func(was Shift) bool { return was.ID == id })
		if i < 0 {
			i = len(im.q.Shifts)
			im.q.Shifts = append(im.q.Shifts, *s)
		} else { // days before this import's first
			s.Dates = append(im.q.Shifts[i].Dates, s.Dates...)
			im.q.Shifts[i] = *s
		}
		im.lines[at("shifts", i)] = rows[id]
	}
	validate(im.q, im.reader)
	if len(im.problems) > 0 {
		return nil, im.problems.sorted()
	}
	return im.q, nil
}

// shifts are an entry as shifts of at most a day each.
func (im *importing) shifts(e entry) (list []Shift) {
	for from := wallAt(im.zone, e.start); ; {
		next := LocalTime{from.Date.plus(1), from.Clock}
		until := wallAt(im.zone, min(e.end, next.instant(im.zone)))
		s := Shift{
			Kind: KindDated, Teams: []string{e.team}, Tier: e.tier, Dates: []Date{from.Date},
			Start: from.Clock, End: until.Clock, People: []string{e.person}, Replaces: im.in.Replaces,
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d|%d", e.person, e.team, e.tier, s.Start, s.End))
		s.ID = im.in.Source + "-" + hex.EncodeToString(sum[:5])
		list = append(list, s)
		if next.instant(im.zone) >= e.end {
			return list
		}
		from = next
	}
}

// forget takes out what an earlier import of the same source said from the
// first day of this one on.
func (im *importing) forget() {
	first := Date{}
	for _, e := range im.entries {
		if d := wallAt(im.zone, e.start).Date; first.IsZero() || d.number() < first.number() {
			first = d
		}
	}
	if first.IsZero() {
		return
	}
	var kept []Shift
	for _, s := range im.q.Shifts {
		if rest, ours := strings.CutPrefix(s.ID, im.in.Source+"-"); ours && s.Kind == KindDated && len(rest) == 10 {
			var some bool
			if s, some = s.until(first); !some {
				continue
			}
		}
		kept = append(kept, s)
	}
	im.q.Shifts = kept
}
