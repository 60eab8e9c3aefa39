package rota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// wild says how much of each layer a wild plan has.
type wild struct{ weekly, rotation, dated, swaps, absences, overrides int }

// wildPlan is a plan no Parse would pass: shifts begin and end at any quarter
// of an hour, those that clocks skip and repeat above all; swaps are of people
// who may not be there, and everything overlaps.
func wildPlan(rnd *rand.Rand, zone string, around time.Time, w wild) *Plan {
	p := &Plan{Zone: zone, Lines: []PlannedLine{{ID: "l", Team: "a"}}, LastHuman: []LastHuman{{Name: "x"}}}
	for _, id := range []string{"a", "b"} {
		p.Teams = append(p.Teams, Team{ID: id, Name: id})
	}
	for i := range 7 {
		p.Responders = append(p.Responders, Responder{ID: fmt.Sprintf("p%d", i), Team: "a"})
	}
	g := wilder{rnd, p, dateOf(around).number()}
	for range w.weekly {
		g.shift(KindWeekly)
	}
	for range w.rotation {
		g.shift(KindRotation)
	}
	for range w.dated {
		g.shift(KindDated)
	}
	rnd.Shuffle(len(p.Shifts), func(i, j int) { p.Shifts[i], p.Shifts[j] = p.Shifts[j], p.Shifts[i] })
	for i := range w.swaps {
		if len(p.Shifts) == 0 {
			break
		}
		s := Swap{
			ID: fmt.Sprintf("w%d", i), Person: g.person(), Gives: g.slot(), With: g.person(),
			State: SwapAgreed,
		}
		if rnd.IntN(5) == 0 {
			s.State = SwapStates[rnd.IntN(4)]
		}
		if rnd.IntN(2) == 0 {
			s.Takes = g.slot()
		}
		p.Swaps.Offers = append(p.Swaps.Offers, s)
	}
	for i := range w.absences {
		start, end := g.span(9)
		if rnd.IntN(8) == 0 {
			end = LocalTime{}
		}
		p.Absences = append(p.Absences, Absence{ID: fmt.Sprintf("a%d", i), Person: g.person(), Kind: AbsentLeave, Start: start, End: end})
	}
	for i := range w.overrides {
		start, end := g.span(3)
		v := Override{ID: fmt.Sprintf("o%d", i), Teams: []string{"a"}, Tier: call.TierResponding, Start: start, End: end}
		if rnd.IntN(3) > 0 {
			v.Add = g.person()
		}
		if rnd.IntN(3) > 0 || v.Add == "" {
			v.Remove = g.person()
		}
		if v.Add == v.Remove {
			v.Remove = ""
		}
		p.Overrides = append(p.Overrides, v)
	}
	return p
}

// wilder makes the parts of a wild plan.
type wilder struct {
	*rand.Rand
	p   *Plan
	mid int64 // day around which everything dated happens
}

func (g wilder) person() string { return fmt.Sprintf("p%d", g.IntN(7)) }

func (g wilder) clock() Clock {
	if g.IntN(2) == 0 {
		return Clock(g.IntN(14) * 15) // 00:00 to 03:15
	}
	return Clock(g.IntN(96) * 15)
}

func (g wilder) day() Date { return dayOf(g.mid + int64(g.IntN(80)) - 40) }

func (g wilder) span(days int) (start, end LocalTime) {
	start = LocalTime{g.day(), g.clock()}
	return start, LocalTime{dayOf(start.Date.number() + int64(1+g.IntN(days))), g.clock()}
}

func (g wilder) slot() Slot {
	s := Slot{Shift: g.p.Shifts[g.IntN(len(g.p.Shifts))].ID, Date: g.day()}
	if g.IntN(2) == 0 {
		s.Until = dayOf(s.Date.number() + int64(1+g.IntN(60)))
	}
	return s
}

func (g wilder) shift(kind Kind) {
	s := Shift{
		ID: fmt.Sprintf("s%d", len(g.p.Shifts)), Kind: kind, Teams: []string{[]string{"a", "b", AllTeams}[g.IntN(3)]}, Tier: rosteredTiers[g.IntN(3)],
		Days: Days(1 + g.IntN(127)), Start: g.clock(), End: g.clock(), People: slices.Compact([]string{g.person(), g.person()}),
	}
	if g.IntN(4) == 0 {
		s.From = g.day()
	}
	if g.IntN(4) == 0 {
		s.Until = g.day()
	}
	switch kind {
	case KindRotation:
		s.From = dayOf(g.mid + 20 - int64(g.IntN(400)))
		s.People = nil
		for _, i := range g.Perm(7)[:1+g.IntN(5)] {
			s.People = append(s.People, fmt.Sprintf("p%d", i))
		}
		s.AtOnce = 1 + g.IntN(len(s.People))
		s.MoveOn = 1 + g.IntN(3)
		s.Every.Shifts = g.IntN(3) == 0
		for range 1 + g.IntN(3) {
			s.Every.Lengths = append(s.Every.Lengths, []int{1, 2, 3, 4, 7, 14}[g.IntN(6)])
		}
	case KindDated:
		s.Days, s.From, s.Until = 0, Date{}, Date{}
		for range 1 + g.IntN(60) {
			if d := g.day(); !slices.Contains(s.Dates, d) {
				s.Dates = append(s.Dates, d)
			}
		}
	}
	if kind != KindWeekly && g.IntN(3) == 0 {
		s.Replaces = []string{AllTeams}
		if g.IntN(2) == 0 {
			s.Replaces = []string{fmt.Sprintf("s%d", g.IntN(len(g.p.Shifts)+1)), fmt.Sprintf("s%d", g.IntN(len(g.p.Shifts)+1))}
		}
	}
	g.p.Shifts = append(g.p.Shifts, s)
}
