package console

import (
	"slices"

	"example.org/crisisline/rota"
)

// Whose business a change is decides who may make it: the teams it names, and the
// home teams of the people it names (rota.Touched). What would be refused is not
// offered, or is told as what it is.

// mayChange reports whether whoever asks may make a change that concerns these
// teams and people; "" is nobody.
func (m mending) mayChange(teams []string, people ...string) bool {
	teams = slices.Clone(teams)
	for i, team := range teams {
		if team == rota.AllTeams {
			teams[i] = rota.EveryTeam
		}
	}
	for _, id := range people {
		if p, ok := m.r.Responder(id); ok && !slices.Contains(teams, p.Team) {
			teams = append(teams, p.Team)
		}
	}
	return m.who.May(m.needs, teams...)
}

// mayGive reports whether they may make a swap of a shift.
func (m mending) mayGive(shift string, people ...string) bool {
	s := m.shiftOf("shift " + shift)
	return s != nil && m.mayChange(s.Teams, people...)
}

// someTeams reports whether they may change the rota of some teams only, so that a
// list of people may be shorter than they expect.
func (m mending) someTeams() bool { return m.needs != "" && !m.who.Everywhere(m.needs) }

// theirsOnly is said beside a list that leaves out what is not theirs to change.
const theirsOnly = "Only people of the teams whose rota is yours to change."

// ownPeople are those of people whose place in the rota is theirs to change.
func (m mending) ownPeople(first string) field {
	f := field{Kind: "select", Name: "person", Label: "Person", Choices: m.people(first)}
	f.Choices = slices.DeleteFunc(f.Choices, func(c choice) bool { return c.Value != "" && !m.mayChange(nil, c.Value) })
	f.Choices = chosen(f.Choices, m.v, f.Name)
	if m.someTeams() {
		f.Hint = theirsOnly
	}
	return f
}

// named is a field under another label.
func (f field) named(label string) field {
	f.Label = label
	return f
}
