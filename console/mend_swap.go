package console

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// swapSpan is how far ahead shifts are offered to be swapped or taken.
const swapSpan = 14 * 24 * time.Hour

// swapForm lets two people exchange shifts, or one give theirs away.
func swapForm(m mending) form {
	person := m.v.Get("person")
	f := form{Title: "Swap a shift", Button: "See what changes", Lines: []string{callsGoOn}}
	mine := m.slots(person)
	if _, ok := m.r.Responder(person); !ok || len(mine) == 0 {
		f.Button = "Continue"
		if ok {
			f.Warning = m.person(person) + " has no shift to swap in the next two weeks."
			if len(m.slotsOf(m.begun(m.now, m.now.Add(swapSpan))[person])) > 0 {
				f.Warning = m.person(person) + " has only shifts that every team shares. Those are for a duty manager of every team to swap."
			}
		}
		f.Fields = []field{m.ownPeople("").named("Whose shift?"), goOn}
		return f
	}
	f.Title = "Swap a shift of " + m.person(person)
	f.Fields = []field{
		{Kind: "hidden", Name: "person", Value: person},
		{Kind: "select", Name: "gives", Label: m.person(person) + " gives", Choices: chosen(mine, m.v, "gives")},
		{Kind: "select", Name: "takes", Label: "Who takes it, and for which shift in return?", Choices: chosen(m.partners(person, mine), m.v, "takes")},
		m.despite(),
	}
	if m.someTeams() {
		f.Fields[2].Hint = theirsOnly
	}
	return f
}

// despite is asked beside every change that may shorten somebody's rest.
func (m mending) despite() field {
	return field{
		Kind: "text", Name: "despite", Label: "Reason, if somebody’s rest becomes too short", Value: m.v.Get("despite"),
		Hint: "Leave empty otherwise. Rest must be made good later.",
	}
}

// slots are the shifts of a person that can be swapped.
func (m mending) slots(person string) []choice {
	return m.givable(m.slotsOf(m.begun(m.now, m.now.Add(swapSpan))[person]))
}

// givable are those of slots whose shift is theirs to change.
func (m mending) givable(slots []choice) []choice {
	return slices.DeleteFunc(slots, func(c choice) bool { return !m.mayGive(slotOf(c.Value).Shift) })
}

func (m mending) slotsOf(turns []turn) []choice {
	var all []choice
	for _, t := range turns {
		if c := m.slotChoice(t); !t.Slot.IsZero() && !slices.ContainsFunc(all, func(o choice) bool { return o.Value == c.Value }) {
			all = append(all, c)
		}
	}
	return all
}

func (m mending) slotChoice(t turn) choice {
	return choice{
		Value: t.Slot.Shift + "|" + t.Slot.Date.String(), Text: m.longSpan(t.Start, t.End),
		Hint: lower(tierWord(t.Tier)) + ", " + m.teamList(t.Teams),
	}
}

// longSpan is a span with its date, for choosing from a list.
func (m mending) longSpan(from, until time.Time) string {
	return onWall(from, m.zone, "Mon 2 Jan 15:04") + " to " + onWall(until, m.zone, "15:04")
}

// partners are those who may take one of the shifts, each with what they could
// give in return.
func (m mending) partners(person string, mine []choice) []choice {
	var all []choice
	turns := m.begun(m.now, m.now.Add(swapSpan))
	for i := range m.r.Plan().Responders {
		p := &m.r.Plan().Responders[i]
		if p.ID == person || !m.mayTake(p, mine) || !m.mayChange(nil, p.ID) {
			continue
		}
		all = append(all, choice{Value: p.ID + "|", Text: p.Name + ", nothing in return", Group: p.Name})
		for _, s := range m.givable(m.slotsOf(turns[p.ID])) {
			all = append(all, choice{Value: p.ID + "|" + s.Value, Text: p.Name + ", for " + s.Text, Group: p.Name})
		}
	}
	return all
}

func (m mending) mayTake(p *rota.Responder, slots []choice) bool {
	return slices.ContainsFunc(slots, func(c choice) bool {
		s := m.shiftOf("shift " + slotOf(c.Value).Shift)
		return s != nil && p.Eligible(s.Tier)
	})
}

// slotOf reads "shift|2026-06-22"; zero when it is none.
func slotOf(value string) rota.Slot {
	shift, day, _ := strings.Cut(value, "|")
	date, err := rota.ParseDate(day)
	if err != nil || shift == "" {
		return rota.Slot{}
	}
	return rota.Slot{Shift: shift, Date: date}
}

func swapOps(m mending) ([]rota.Op, []problem) {
	person := m.v.Get("person")
	if _, ok := m.r.Responder(person); !ok || !m.v.Has("gives") && len(m.slots(person)) == 0 {
		return nil, []problem{{"person", "Choose somebody who has a shift in the next two weeks"}}
	}
	if !m.v.Has("gives") {
		return nil, []problem{{"gives", "Choose the shift to give"}}
	}
	gives := slotOf(m.v.Get("gives"))
	with, taken, _ := strings.Cut(m.v.Get("takes"), "|")
	var ps []problem
	if gives.IsZero() {
		ps = append(ps, problem{"gives", "Choose the shift to give"})
	}
	if _, ok := m.r.Responder(with); !ok {
		ps = append(ps, problem{"takes", "Choose who takes it"})
	}
	if len(ps) > 0 {
		return nil, ps
	}
	id, despite := m.freeID("swap"), strings.TrimSpace(m.v.Get("despite"))
	ops := []rota.Op{
		rota.OfferSwap{ID: id, Person: person, Gives: gives, With: with, Takes: slotOf(taken)},
		rota.AcceptSwap{ID: id, Person: with, Despite: despite},
	}
	return m.approved(ops, id, despite, person, with), nil
}

// approved adds the approval to a swap that is made by who may give it: where the
// plan asks for one, it would otherwise wait for them. Nobody approves their own.
func (m mending) approved(ops []rota.Op, id, despite string, sides ...string) []rota.Op {
	if !m.r.Plan().Swaps.Approval || slices.Contains(sides, m.by) {
		return ops
	}
	return append(ops, rota.ApproveSwap{ID: id, By: m.by, Despite: despite})
}

// freeID is an id that nothing else has: no other draft either, or two people
// who edit at once could not both keep their work.
func (m mending) freeID(word string) string {
	day := strings.ReplaceAll(dateOf(m.now.In(m.zone)).String(), "-", "")
	return word + "-" + day + "-" + strings.ToLower(rand.Text()[:6])
}

// takeForm is "I'll do it": somebody takes another's shift.
func takeForm(m mending) form {
	f := form{Title: "Take a shift", Button: "See what changes", Lines: []string{callsGoOn}}
	f.Fields = []field{
		{Kind: "select", Name: "slot", Label: "Which shift?", Choices: chosen(m.allSlots(), m.v, "slot")},
		m.ownPeople("Choose a person").named("Who takes it?"),
		m.despite(),
	}
	if m.someTeams() {
		f.Fields[0].Hint = "Only shifts of the teams whose rota is yours to change."
	}
	return f
}

// allSlots are the shifts of everybody, soonest first, under their day.
func (m mending) allSlots() []choice {
	type offer struct {
		at time.Time
		c  choice
	}
	var all []offer
	turns := m.begun(m.now, m.now.Add(swapSpan/2))
	for i := range m.r.Plan().Responders {
		p := &m.r.Plan().Responders[i]
		for _, t := range turns[p.ID] {
			if t.Slot.IsZero() || !m.mayGive(t.Slot.Shift, p.ID) {
				continue
			}
			c := m.slotChoice(t)
			c.Text, c.Value = p.Name+", "+m.longSpan(t.Start, t.End), c.Value+"|"+p.ID
			c.Group = t.Start.In(m.zone).Format("Monday 2 January")
			all = append(all, offer{t.Start, c})
		}
	}
	slices.SortStableFunc(all, func(a, b offer) int { return a.at.Compare(b.at) })
	var out []choice
	for _, o := range all {
		out = append(out, o.c)
	}
	return out
}

func takeOps(m mending) ([]rota.Op, []problem) {
	parts := strings.Split(m.v.Get("slot"), "|")
	var ps []problem
	if len(parts) != 3 || slotOf(parts[0]+"|"+parts[1]).IsZero() {
		ps = append(ps, problem{"slot", "Choose a shift"})
	}
	person := m.v.Get("person")
	if _, ok := m.r.Responder(person); !ok {
		ps = append(ps, problem{"person", "Choose who takes it"})
	}
	if len(ps) > 0 {
		return nil, ps
	}
	take := rota.TakeShift{
		ID: m.freeID("swap"), Person: person, Slot: slotOf(parts[0] + "|" + parts[1]), From: parts[2], Despite: strings.TrimSpace(m.v.Get("despite")),
	}
	for _, s := range m.r.Plan().Swaps.Offers { // an open offer of it is taken up, and keeps its id
		if s.State == rota.SwapOffered && s.Gives == take.Slot && s.Person == take.From && s.Takes.IsZero() && (s.With == "" || s.With == person) {
			take.ID = s.ID
		}
	}
	return m.approved([]rota.Op{take}, take.ID, take.Despite, person, take.From), nil
}

// coverForm puts somebody on for a span, in a person's place or besides.
func coverForm(m mending) form {
	t, ok := m.asked()
	f := form{Title: "Put somebody on", Button: "See what changes", Lines: []string{callsGoOn}}
	if !ok {
		f.Title, f.Warning = "Nothing to cover", "That span is over, or its team is not in the plan."
		return f
	}
	f.Lines = append([]string{upper(lower(tierWord(t.Tier))) + " for " + m.teamList(t.Teams) + ", " + m.span(t.Start, t.End, m.now) + "."}, f.Lines...)
	if t.Person != "" {
		f.Title = "Put somebody on instead of " + m.person(t.Person)
	}
	who := m.candidates(t, t.Person, 8)
	if t.Person != "" {
		who = append(who, choice{Value: "none", Text: "Nobody: take them off"})
	}
	if !slices.ContainsFunc(who, func(c choice) bool { return !c.Not }) {
		f.Button, f.Warning = "", "Nobody of your teams can be put on."
	}
	f.Fields = []field{
		{Kind: "radios", Name: "by", Label: "Who comes?", Choices: chosen(who, m.v, "by")},
		{Kind: "hidden", Name: "team", Value: t.Teams[0]}, {Kind: "hidden", Name: "tier", Value: string(t.Tier)},
		{Kind: "hidden", Name: "from", Value: m.v.Get("from")}, {Kind: "hidden", Name: "until", Value: m.v.Get("until")},
		{Kind: "hidden", Name: "person", Value: t.Person},
	}
	return f
}

// asked is the span a cover form is about.
func (m mending) asked() (t turn, ok bool) {
	from, errFrom := rota.ParseLocalTime(m.v.Get("from"))
	until, errUntil := rota.ParseLocalTime(m.v.Get("until"))
	team, tier, person := m.v.Get("team"), call.Tier(m.v.Get("tier")), m.v.Get("person")
	if errFrom != nil || errUntil != nil || !slices.Contains(m.openTeams(instant(from, m.zone)), team) || !slices.Contains(shownTiers, tier) {
		return t, false
	}
	if _, there := m.r.Responder(person); person != "" && !there {
		return t, false
	}
	t = turn{Person: person, Teams: []string{team}, Tier: tier, Start: instant(from, m.zone), End: instant(until, m.zone)}
	if t.Start.Before(m.now) {
		t.Start = m.now
	}
	return t, t.End.After(t.Start)
}

func coverOps(m mending) ([]rota.Op, []problem) {
	t, ok := m.asked()
	by := m.v.Get("by")
	if _, there := m.r.Responder(by); !ok || !there && (by != "none" || t.Person == "") {
		return nil, []problem{{"by", "Choose who comes"}}
	}
	if by == "none" {
		by = ""
	}
	return []rota.Op{m.instead(t, by, "")}, nil
}

// backForm ends an absence.
func backForm(m mending) form {
	f := form{Title: "Nobody is away", Button: "See what changes"}
	a := m.absence()
	if a == nil {
		f.Warning = "That absence is over, or was taken back."
		return f
	}
	f.Title = m.person(a.Person) + " is back"
	f.Lines = []string{"From now on they are on their own shifts again. Whoever was put in their place stays until that cover is taken back."}
	f.Fields = []field{{Kind: "hidden", Name: "absence", Value: a.ID}}
	return f
}

func (m mending) absence() *rota.Absence {
	for i := range m.r.Plan().Absences {
		if a := &m.r.Plan().Absences[i]; a.ID == m.v.Get("absence") {
			return a
		}
	}
	return nil
}

func backOps(m mending) ([]rota.Op, []problem) {
	a := m.absence()
	if a == nil {
		return nil, []problem{{"", "That absence is over, or was taken back."}}
	}
	return []rota.Op{rota.EndAbsence{ID: a.ID}}, nil
}
