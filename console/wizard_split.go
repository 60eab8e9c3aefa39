package console

import (
	"fmt"
	"net/url"

	"example.org/crisisline/rota"
)

// splitWizard makes a new team of a part of one, which goes on.
var splitWizard = wizard{
	Title: "Split a team",
	Steps: []wizardStep{
		{
			ID: "team", Keeps: []string{"from", "name"}, Form: splitTeamForm, Check: checkSplitTeam,
			Forgets: []string{"localities", "localities-asked", "lines", "lines-asked", "people", "people-asked"},
		},
		{ID: "what", Keeps: []string{"localities", "localities-asked", "lines", "lines-asked"}, Form: splitWhatForm, Check: checkAsked("localities")},
		{ID: "people", Keeps: []string{"people", "people-asked"}, Form: splitPeopleForm, Check: checkAsked("people")},
		whenStep("Until then nothing changes, and it can be taken back. Whoever is in the middle of a shift then goes on until it ends. " + callsGoOn),
	},
	Make: func(m mending) (*rota.Plan, string, error) {
		s := partingOf(m)
		p, err := rota.SplitTeam(m.r.Plan(), s, m.now)
		return p, fmt.Sprintf("%s leaves %s on %s", s.Name, m.team(s.From), m.cutOver(s.CutOver)), err
	},
	CutOver: cutOverOf,
	Names: func(v url.Values) []string {
		if from := v.Get("from"); from != "" {
			return []string{from}
		}
		return nil
	},
}

func splitTeamForm(m mending) form {
	return form{Title: "Which team is split?", Lines: []string{"A part of it becomes a new team; the rest goes on."}, Fields: []field{
		{Kind: "radios", Name: "from", Label: "Team", Choices: chosen(m.goingOn(), m.v, "from")},
		{Kind: "text", Name: "name", Label: "Name of the new team", Hint: "For example Havant.", Value: m.v.Get("name"), Auto: "off"},
	}}
}

func checkSplitTeam(m mending) []problem {
	var ps []problem
	if len(amongst(m.goingOn(), []string{m.v.Get("from")})) == 0 {
		ps = append(ps, problem{"from", "Choose the team that is split"})
	}
	return append(ps, m.checkName("name")...)
}

// checkAsked holds once a page of boxes was answered, even with none.
func checkAsked(name string) func(m mending) []problem {
	return func(m mending) []problem {
		if !m.v.Has(boxesOf(name)) {
			return []problem{{name, "Say which go with it, or leave all empty"}}
		}
		return nil
	}
}

func (m mending) localitiesOf(team string) []choice {
	var all []choice
	for _, l := range m.r.LocalitiesOf(team, m.now) {
		all = append(all, choice{Value: l.ID, Text: l.Name, Hint: codeRanges(l.Outward)})
	}
	return all
}

// linesOf are the lines that can go: one that is given up and says itself who
// has its calls cannot.
func (m mending) linesOf(team string) []choice {
	var all []choice
	for _, l := range m.r.LinesOf(team, m.now) {
		if l.Retired == nil || l.Retired.Team == "" {
			all = append(all, choice{Value: l.ID, Text: l.Name, Hint: list(mappedNumbers(l.Numbers))})
		}
	}
	return all
}

func (m mending) peopleOf(team string) []choice {
	var all []choice
	for _, id := range m.r.PeopleOf(team, m.now) {
		who, _ := m.r.Responder(id)
		all = append(all, choice{Value: id, Text: m.person(id), Hint: skillWords(who.Skills)})
	}
	return all
}

func splitWhatForm(m mending) form {
	from := m.v.Get("from")
	f := form{Title: "What goes to " + tidyName(m.v.Get("name")) + "?", Lines: []string{"What stays unticked stays with " + m.team(from) + "."}}
	if localities := m.localitiesOf(from); len(localities) > 0 {
		f.Fields = append(f.Fields, field{Kind: "checkboxes", Name: "localities", Label: "Localities it visits", Choices: marks(localities, m.v["localities"])})
	} else {
		f.Fields = append(f.Fields, field{Kind: "hidden", Name: boxesOf("localities"), Value: "1"})
	}
	if lines := m.linesOf(from); len(lines) > 0 {
		f.Fields = append(f.Fields, field{Kind: "checkboxes", Name: "lines", Label: "Lines whose calls it has", Choices: marks(lines, m.v["lines"])})
	}
	return f
}

func splitPeopleForm(m mending) form {
	return form{Title: "Who goes to " + tidyName(m.v.Get("name")) + "?", Fields: []field{{
		Kind: "checkboxes", Name: "people", Label: "People", Hint: "Leave all empty and the same people answer for both teams, until the rota is changed.",
		Choices: marks(m.peopleOf(m.v.Get("from")), m.v["people"]),
	}}}
}

// partingOf is what was answered.
func partingOf(m mending) rota.Parting {
	name, from := tidyName(m.v.Get("name")), m.v.Get("from")
	return rota.Parting{
		From: from, ID: teamID(name), Name: name, CutOver: cutOverOf(m.v),
		People:     amongst(m.peopleOf(from), m.v["people"]),
		Localities: amongst(m.localitiesOf(from), m.v["localities"]),
		Lines:      amongst(m.linesOf(from), m.v["lines"]),
	}
}
