package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/rota"
)

// callsGoOn is what every change says of calls.
const callsGoOn = "Calls in progress stay with who has them."

// sickDays is for how long somebody is taken to be sick until they say.
const sickDays = 3

// usuallyBack is the midnight with which that ends.
func (m mending) usuallyBack() time.Time { return midnight(m.now, m.zone).AddDate(0, 0, sickDays) }

// sickForm reports an absence, and asks who stands in for each shift missed.
func sickForm(m mending) form {
	person := m.v.Get("person")
	f := form{Title: "Who is sick?", Button: "Continue", Lines: []string{callsGoOn}}
	if _, ok := m.r.Responder(person); !ok {
		f.Fields = []field{m.ownPeople("")}
		f.Fields = append(f.Fields, m.kind(), m.until(), goOn)
		return f
	}
	f.Title = m.person(person) + " is away from now"
	f.Button = "See what changes"
	f.Fields = []field{{Kind: "hidden", Name: "person", Value: person}, m.kind()}
	missed := m.missed(person)
	for _, t := range missed {
		cover := append(m.candidates(t.turn, person, 5), choice{Value: "none", Text: "Nobody yet"})
		f.Fields = append(f.Fields, field{
			Kind: "select", Name: t.Name, Label: "Who covers " + m.span(t.Start, t.End, m.now) + "?",
			Hint: lower(tierWord(t.Tier)) + " for " + m.teamList(t.Teams), Choices: chosen(cover, m.v, t.Name),
		})
	}
	if len(missed) == 0 {
		f.Lines = append(f.Lines, "They are on no shift before then.")
	}
	f.Fields = append(f.Fields, m.until())
	return f
}

func (m mending) kind() field {
	return field{Kind: "radios", Name: "kind", Label: "Why", Choices: chosen([]choice{
		{Value: string(rota.AbsentSick), Text: "Sick"}, {Value: string(rota.AbsentLeave), Text: "Leave"},
		{Value: string(rota.AbsentTraining), Text: "Training"},
	}, m.v, "kind")}
}

func (m mending) until() field {
	f := field{
		Kind: "date", Name: "back", Label: "First day back",
		Hint: "For example 22 6 2026. Leave it empty if they are away for long: every later shift then needs cover.",
		Day:  m.v.Get("back-day"), Month: m.v.Get("back-month"), Year: m.v.Get("back-year"),
	}
	if !m.v.Has("back-day") {
		back := dateOf(m.usuallyBack())
		f.Day, f.Month, f.Year = strconv.Itoa(back.Day), strconv.Itoa(int(back.Month)), strconv.Itoa(back.Year)
	}
	return f
}

// dayOf reads the three fields of a date; zero when all are empty.
func dayOf(v url.Values, name string) (day rota.Date, ok bool) {
	d, m, y := strings.TrimSpace(v.Get(name+"-day")), strings.TrimSpace(v.Get(name+"-month")), strings.TrimSpace(v.Get(name+"-year"))
	if d+m+y == "" {
		return rota.Date{}, true
	}
	day, err := rota.ParseDate(fmt.Sprintf("%04s-%02s-%02s", y, m, d))
	return day, err == nil
}

func sickOps(m mending) ([]rota.Op, []problem) {
	person := m.v.Get("person")
	if _, ok := m.r.Responder(person); !ok {
		return nil, []problem{{"person", "Choose who is away"}}
	}
	absence := rota.ReportAbsence{ID: m.freeID("absence"), Person: person, Kind: rota.AbsenceKind(m.v.Get("kind"))}
	if !slices.Contains(rota.AbsenceKinds, absence.Kind) {
		return nil, []problem{{"kind", "Choose why they are away"}}
	}
	var back time.Time
	day, ok := dayOf(m.v, "back")
	if ok && !day.IsZero() {
		absence.End = rota.LocalTime{Date: day}
		back = instant(absence.End, m.zone)
		ok = back.After(m.now)
	}
	if !ok {
		return nil, []problem{{"back", "The first day back must be a day after today, such as 22 6 2026"}}
	}
	missed := m.missed(person)
	if ps := m.otherShifts(missed, back); len(ps) > 0 {
		return nil, ps
	}
	ops := []rota.Op{absence}
	for _, t := range missed {
		by := m.v.Get(t.Name)
		if by == "" || by == "none" || !back.IsZero() && !t.Start.Before(back) {
			continue
		}
		ops = append(ops, m.instead(t.turn, by, "cover"))
	}
	return ops, nil
}

// instead puts somebody in the place of whoever has the turn.
func (m mending) instead(t turn, by, why string) rota.AddOverride {
	op := rota.AddOverride{ID: m.freeID("override"), Teams: t.Teams, Tier: t.Tier, Remove: t.Person, Add: by, End: onTheWall(t.End, m.zone), Why: why}
	if t.Start.After(m.now) {
		op.Start = onTheWall(t.Start, m.zone)
	}
	return op
}

// replaceForm puts somebody in a person's place at once.
func replaceForm(m mending) form {
	person := m.v.Get("person")
	on := m.turns(person, m.now, m.now.Add(time.Minute))
	f := form{Title: "Replace " + m.person(person) + " now", Button: "Replace now", Back: Link{"Back to Now", "/"}}
	duties := m.r.Duties(person, m.now)
	if len(on) == 0 || len(duties) == 0 {
		f.Title, f.Button = "Whom to replace now?", "Continue"
		f.Fields = []field{{Kind: "select", Name: "person", Label: "Person on shift", Choices: m.onNow()}, goOn}
		switch {
		case len(f.Fields[0].Choices) == 0:
			f.Fields, f.Button = nil, ""
			f.Warning = "Nobody whom you may replace is on shift now."
		case m.someTeams():
			f.Fields[0].Hint = theirsOnly
		}
		return f
	}
	on[0].End = duties[0].Until
	for _, d := range duties { // they are replaced wherever they are on
		if !slices.Contains(on[0].Teams, d.Team) {
			on[0].Teams = append(on[0].Teams, d.Team)
		}
	}
	f.Lines = []string{"It is in force at the next ring, until " + when(on[0].End, m.now, m.zone) + ". " + callsGoOn}
	f.Fields = []field{
		{Kind: "hidden", Name: "person", Value: person},
		{Kind: "hidden", Name: "until", Value: stamp(on[0].End)},
		{Kind: "radios", Name: "by", Label: "Who comes instead?", Choices: chosen(m.candidates(on[0], person, 6), m.v, "by")},
	}
	return f
}

func replaceOps(m mending) ([]rota.Op, []problem) {
	person, by := m.v.Get("person"), m.v.Get("by")
	if _, ok := m.r.Responder(person); !ok {
		return nil, []problem{{"person", "Choose somebody who is on shift now"}}
	}
	if _, ok := m.r.Responder(by); !ok {
		return nil, []problem{{"by", "Choose who comes instead"}}
	}
	// Whoever asked saw until when it would hold: the next shift was not meant.
	if on := m.r.Duties(person, m.now); m.v.Has("until") && len(on) > 0 && m.v.Get("until") != stamp(on[0].Until) {
		return nil, []problem{{"by", "The shift you saw is over, or somebody changed it meanwhile. Nothing was done. It is the one above now: choose again"}}
	}
	return []rota.Op{rota.ReplaceNow{Person: person, By: by, Why: "replaced at once"}}, nil
}

// candidates are who may cover a turn, best first, each with what speaks for
// and against. Those who cannot come last, so that nobody need wonder; after them
// the best of those who could, and are not for whoever asks to put on.
func (m mending) candidates(t turn, not string, most int) []choice {
	var all, others []choice
	q := rota.CoverQuery{Team: t.Teams[0], Tier: t.Tier, From: t.Start, Until: t.End, Not: not}
	for _, c := range m.r.Cover(q) {
		if !m.mayChange(t.Teams, not, c.Responder) {
			if c.Can && len(others) < mostOthers {
				p, _ := m.r.Responder(c.Responder)
				others = append(others, choice{Value: c.Responder, Text: m.person(c.Responder), Not: true, Hint: "Could come. Ask a duty manager of " + m.team(p.Team) + ": it is not yours to change"})
			}
			continue
		}
		if !c.Can && len(all) >= most || len(all) >= 2*most {
			continue
		}
		hint := upper(m.words(strings.Join(teamWords(c.Reasons), ", ")))
		if !c.Can {
			hint = "Not advised: " + lower(hint)
		}
		all = append(all, choice{Value: c.Responder, Text: m.person(c.Responder), Hint: hint})
	}
	return append(all, others...)
}

// mostOthers is how many are named who could come, and whom somebody else must ask.
const mostOthers = 3

// teamWords are a candidate's reasons as words reads them.
func teamWords(reasons []string) []string {
	out := make([]string, len(reasons))
	for i, r := range reasons {
		out[i] = strings.Replace(r, "of team ", "from team ", 1)
	}
	return out
}

// people are everybody of the plan, by team.
func (m mending) people(first string) []choice {
	var all []choice
	if first != "" {
		all = append(all, choice{Value: "", Text: first})
	}
	for i := range m.r.Plan().Teams {
		t := &m.r.Plan().Teams[i]
		for j := range m.r.Plan().Responders {
			p := &m.r.Plan().Responders[j]
			if p.Team == t.ID {
				all = append(all, choice{Value: p.ID, Text: p.Name, Group: t.Name})
			}
		}
	}
	return chosen(all, m.v, "person")
}

// onNow are the people on shift now.
func (m mending) onNow() []choice {
	var all []choice
	for i := range m.r.Plan().Responders {
		p := &m.r.Plan().Responders[i]
		var teams []string
		for _, d := range m.r.Duties(p.ID, m.now) {
			teams = append(teams, d.Team)
		}
		if len(teams) > 0 && m.mayChange(teams, p.ID) {
			all = append(all, choice{Value: p.ID, Text: p.Name, Group: m.team(p.Team)})
		}
	}
	slices.SortStableFunc(all, func(a, b choice) int { return strings.Compare(a.Group, b.Group) })
	return all
}
