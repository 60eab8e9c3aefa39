package console

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// turn is one time somebody is on shift, for one or several teams at once:
// what a person would call "my night on Tuesday".
type turn struct {
	Person     string
	Teams      []string
	Tier       call.Tier
	Start, End time.Time
	Slot       rota.Slot // the occurrence it is; zero when an override put them on
}

// turns is when a person is on shift in [from, until), by start.
func (n names) turns(person string, from, until time.Time) []turn {
	return n.allTurns(from, until)[person]
}

// allTurns is when everybody is on shift in [from, until), by start: spells cut
// where one occurrence of a shift ends and the next begins.
func (n names) allTurns(from, until time.Time) map[string][]turn {
	n.r = covering(n.r, from, until)
	all := map[string][]turn{}
	for _, s := range n.r.Spells(from, until) {
		mine, end := all[s.Responder], earliest(s.Until, until)
		for at := latest(s.From, from); at.Before(end); {
			t := turn{Person: s.Responder, Teams: []string{s.Team}, Tier: s.Tier, Start: at, End: end}
			if slot, over, ok := n.slotAt(s.Why, at); ok {
				t.Slot, t.End = slot, earliest(over, end)
			}
			if i := slices.IndexFunc(mine, t.sameTime); i >= 0 {
				mine[i].Teams = append(mine[i].Teams, s.Team)
			} else {
				mine = append(mine, t)
			}
			at = t.End
		}
		all[s.Responder] = mine
	}
	for _, mine := range all {
		slices.SortStableFunc(mine, func(a, b turn) int { return a.Start.Compare(b.Start) })
	}
	return all
}

// begun are everybody's turns that begin before until, each to its own end.
func (n names) begun(from, until time.Time) map[string][]turn {
	all := n.allTurns(from, until.Add(longestTurn))
	for id := range all {
		all[id] = slices.DeleteFunc(all[id], func(t turn) bool { return !t.Start.Before(until) })
	}
	return all
}

func (t turn) sameTime(o turn) bool {
	return t.Tier == o.Tier && t.Start.Equal(o.Start) && t.End.Equal(o.End) && t.Slot == o.Slot
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// slotAt is the occurrence of the shift that a duty's reason names which is
// running at the instant, and when it ends.
func (n names) slotAt(why string, at time.Time) (slot rota.Slot, end time.Time, ok bool) {
	s := n.shiftOf(why)
	if s == nil {
		return slot, end, false
	}
	for _, back := range []int{0, -1} { // a night began the day before
		day := at.In(n.zone).AddDate(0, 0, back)
		start, end := n.occurrence(s, day)
		if !at.Before(start) && at.Before(end) && startsOn(s, day) {
			return rota.Slot{Shift: s.ID, Date: dateOf(day)}, end, true
		}
	}
	return slot, end, false
}

// shiftOf is the shift that puts somebody on, also by way of a swap.
func (n names) shiftOf(why string) *rota.Shift {
	kind, id, _ := strings.Cut(why, " ")
	if kind == "swap" {
		for _, o := range n.r.Plan().Swaps.Offers {
			if o.ID == id {
				id = o.Gives.Shift // what it gives and takes start alike, or the slot is not found
			}
		}
	}
	for i := range n.r.Plan().Shifts {
		if s := &n.r.Plan().Shifts[i]; s.ID == id && kind != "override" {
			return s
		}
	}
	return nil
}

// occurrence is [start, end) of the shift that starts on the local day.
func (n names) occurrence(s *rota.Shift, day time.Time) (start, end time.Time) {
	y, m, d := day.Date()
	last := s.End
	if s.End <= s.Start {
		last += 24 * 60
	}
	return time.Date(y, m, d, 0, int(s.Start), 0, 0, n.zone), time.Date(y, m, d, 0, int(last), 0, 0, n.zone)
}

func startsOn(s *rota.Shift, day time.Time) bool {
	date := dateOf(day)
	if s.Kind == rota.KindDated {
		return slices.Contains(s.Dates, date)
	}
	return s.Days.Has(day.Weekday())
}

func dateOf(t time.Time) rota.Date {
	y, m, d := t.Date()
	return rota.Date{Year: y, Month: m, Day: d}
}

// onTheWall is an instant as a plan writes it.
func onTheWall(t time.Time, zone *time.Location) rota.LocalTime {
	t = t.In(zone)
	return rota.LocalTime{Date: dateOf(t), Clock: rota.Clock(t.Hour()*60 + t.Minute())}
}

// instant is a time of the wall as an instant.
func instant(l rota.LocalTime, zone *time.Location) time.Time {
	return time.Date(l.Date.Year, l.Date.Month, l.Date.Day, 0, int(l.Clock), 0, 0, zone)
}

// midnight is when the day of t begins on the wall.
func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// aWord is an id where it stands alone, with "team" or "line" before it when
// there is.
var aWord = regexp.MustCompile(`(?:\b(?:team|line) )?\b[a-z0-9]+(?:-[a-z0-9]+)*\b`)

// quotedID is an id in the words of a plan that is refused: team "east".
var quotedID = regexp.MustCompile(`\b(team|line) "([a-z0-9]+(?:-[a-z0-9]+)*)"`)

// words is a text of the rota's with names in place of ids.
func (n names) words(text string) string {
	if n.r == nil {
		return text
	}
	return aWord.ReplaceAllStringFunc(quotedID.ReplaceAllString(text, "$1 $2"), func(word string) string {
		if line, ok := strings.CutPrefix(word, "line "); ok {
			if name := n.line(line); name != line {
				return name
			}
			return "line " + n.person(line)
		}
		team, isTeam := strings.CutPrefix(word, "team ")
		switch _, known := n.r.Responder(team); {
		case isTeam && n.team(team) != team:
			return n.team(team)
		case isTeam && known:
			return "team " + n.person(team)
		case known:
			return n.person(word)
		}
		return word
	})
}

var (
	ownID   = regexp.MustCompile(`^(?:absence|override|swap) \S+-\d{8}-\w+(?: is|:) `)
	wallISO = regexp.MustCompile(`\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?`)
)

// plainly is what an operation says it does, without ids and with days as
// people write them.
func (n names) plainly(text string) string {
	text = wallISO.ReplaceAllStringFunc(ownID.ReplaceAllString(text, ""), func(iso string) string {
		if t, err := time.Parse("2006-01-02T15:04", iso); err == nil {
			return t.Format("Mon 2 January 15:04")
		}
		if t, err := time.Parse(time.DateOnly, iso); err == nil {
			return t.Format("Mon 2 January")
		}
		return iso
	})
	return upper(n.words(text))
}

// teamList is teams by name, "every team" when it is all of them.
func (n names) teamList(ids []string) string {
	if n.r != nil && len(ids) > 1 && len(ids) == len(n.r.Plan().Teams) || slices.Contains(ids, rota.AllTeams) {
		return "every team"
	}
	var words []string
	for _, id := range ids {
		words = append(words, n.team(id))
	}
	return list(words)
}

// span is a time on the wall: "Sat 20:00 to Sun 08:00", "20:00 to 23:00".
func (n names) span(from, until, now time.Time) string {
	end := when(until, now, n.zone)
	if from.In(n.zone).Format(time.DateOnly) == until.In(n.zone).Format(time.DateOnly) {
		end = onWall(until, n.zone, "15:04")
	}
	return when(from, now, n.zone) + " to " + end
}
