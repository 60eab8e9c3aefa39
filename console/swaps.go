package console

import (
	"slices"
	"time"

	"example.org/crisisline/rota"
)

// swapRow is one swap in words.
type swapRow struct {
	ID          string
	Person      string
	With        string // "" = whoever takes it
	Gives       string
	Takes       string // "" = nothing in return
	State, Tone string
	By          string // who approved it
	Teams       []string
	Over        bool // every shift of it is over
	s           rota.Swap
	first       time.Time
}

var swapWords = map[rota.SwapState]struct{ Text, Tone string }{
	rota.SwapOffered:  {"Offered", "blue"},
	rota.SwapAccepted: {"Waits for a duty manager", "orange"},
	rota.SwapAgreed:   {"Agreed", "green"},
	rota.SwapDeclined: {"Declined", "grey"},
}

// swaps are all of the plan, by when the first shift of each begins.
func (n names) swaps(now time.Time) []swapRow {
	var rows []swapRow
	for _, s := range n.r.Plan().Swaps.Offers {
		w := swapWords[s.State]
		row := swapRow{ID: s.ID, Person: n.person(s.Person), State: w.Text, Tone: w.Tone, s: s, Over: true}
		if s.With != "" {
			row.With = n.person(s.With)
		}
		if s.ApprovedBy != "" {
			row.By = n.person(s.ApprovedBy)
		}
		for _, slot := range []rota.Slot{s.Gives, s.Takes} {
			if slot.IsZero() {
				continue
			}
			start, end := n.slotSpan(slot)
			row.Over = row.Over && !end.After(now)
			if row.first.IsZero() || start.Before(row.first) {
				row.first = start
			}
		}
		row.Gives, row.Takes = n.slotText(s.Gives), n.slotText(s.Takes)
		row.Teams = n.swapTeams(s)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b swapRow) int { return a.first.Compare(b.first) })
	return rows
}

// swapsOf are those that somebody is a side of and that are not over.
func (l looking) swapsOf(id string) []swapRow {
	return slices.DeleteFunc(l.swaps(l.now), func(r swapRow) bool {
		return r.Over || r.s.State == rota.SwapDeclined || r.s.Person != id && r.s.With != id
	})
}

// swapTeams are the teams of the shifts of a swap, and the home teams of both.
func (n names) swapTeams(s rota.Swap) []string {
	var teams []string
	add := func(ids ...string) {
		for _, id := range ids {
			if id == rota.AllTeams {
				id = rota.EveryTeam
			}
			if !slices.Contains(teams, id) {
				teams = append(teams, id)
			}
		}
	}
	for _, slot := range []rota.Slot{s.Gives, s.Takes} {
		if shift := n.shiftOf("shift " + slot.Shift); shift != nil {
			add(shift.Teams...)
		}
	}
	for _, id := range []string{s.Person, s.With} {
		if p, ok := n.r.Responder(id); ok {
			add(p.Team)
		}
	}
	return teams
}

// slotText is one occurrence of a shift, or a turn of several days.
func (n names) slotText(slot rota.Slot) string {
	s := n.shiftOf("shift " + slot.Shift)
	if slot.IsZero() || s == nil {
		return slot.Shift
	}
	start, end := n.slotSpan(slot)
	text := onWall(start, n.zone, "Mon 2 January 15:04") + " to " + onWall(end, n.zone, "15:04")
	if !slot.Until.IsZero() {
		text = start.Format("Mon 2 January") + " to " + end.Format("Mon 2 January") + ", each " + s.Start.String() + " to " + s.End.String()
	}
	return text + ", " + lower(tierWord(s.Tier)) + ", " + n.teamList(s.Teams)
}

// slotSpan is when a slot begins and ends, on the wall.
func (n names) slotSpan(slot rota.Slot) (start, end time.Time) {
	s := n.shiftOf("shift " + slot.Shift)
	day := instant(rota.LocalTime{Date: slot.Date}, n.zone)
	if s == nil {
		return day, day.AddDate(0, 0, 1)
	}
	start, end = n.occurrence(s, day)
	if !slot.Until.IsZero() {
		_, end = n.occurrence(s, instant(rota.LocalTime{Date: slot.Until}, n.zone).AddDate(0, 0, -1))
	}
	return start, end
}
