package console

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"example.org/crisisline/rota"
)

// mergeWizard makes one team of several.
var mergeWizard = wizard{
	Title: "Merge teams",
	Steps: []wizardStep{
		{ID: "teams", Keeps: []string{"sources"}, Form: mergeTeamsForm, Check: checkMergeTeams},
		{ID: "heir", Keeps: []string{"heir", "name"}, Form: heirForm, Check: checkHeir},
		whenStep("Until then nothing changes, and it can be taken back. From that minute calls go to the new team. " + callsGoOn),
	},
	Make: func(m mending) (*rota.Plan, string, error) {
		merger := mergerOf(m)
		p, err := rota.MergeTeams(m.r.Plan(), merger, m.now)
		var teams []string
		for _, id := range merger.Sources {
			teams = append(teams, m.team(id))
		}
		becomes := " become " + merger.Name
		if merger.Name == "" {
			becomes = " become part of " + m.team(merger.ID)
		}
		if len(teams) == 1 {
			becomes = " becomes part of " + m.team(merger.ID)
		}
		return p, list(teams) + becomes + " on " + m.cutOver(merger.CutOver), err
	},
	CutOver: cutOverOf,
	Names:   func(v url.Values) []string { return v["sources"] },
}

// cutOver is a cut-over as people write it.
func (m mending) cutOver(c rota.CutOver) string { return m.names.day(c.Instant(m.zone)) }

// goingOn are the teams that are open and do not end anyway.
func (m mending) goingOn() []choice {
	var all []choice
	for _, id := range m.r.Teams(m.now) {
		if life, ok := m.r.TeamLife(id, m.now); ok && life.Until.IsZero() {
			all = append(all, choice{Value: id, Text: m.team(id), Hint: count(len(m.r.PeopleOf(id, m.now)), "person", "people")})
		}
	}
	return all
}

func mergeTeamsForm(m mending) form {
	return form{Title: "Which teams become one?", Fields: []field{{
		Kind: "checkboxes", Name: "sources", Label: "Teams", Hint: "Choose two or more.",
		Choices: marks(m.goingOn(), m.v["sources"]),
	}}}
}

// marks ticks what was chosen.
func marks(all []choice, values []string) []choice {
	for i := range all {
		all[i].Chosen = has(values, all[i].Value)
	}
	return all
}

// amongst are the values that are among the choices, each once.
func amongst(all []choice, values []string) []string {
	var out []string
	for _, c := range all {
		if has(values, c.Value) {
			out = append(out, c.Value)
		}
	}
	return out
}

func checkMergeTeams(m mending) []problem {
	if len(amongst(m.goingOn(), m.v["sources"])) < 2 {
		return []problem{{"sources", "Choose two teams or more"}}
	}
	return nil
}

func heirForm(m mending) form {
	heirs := []choice{{Value: newTeam, Text: "A new team"}}
	for _, id := range amongst(m.goingOn(), m.v["sources"]) {
		heirs = append(heirs, choice{Value: id, Text: m.team(id) + " goes on", Hint: "The others become part of it."})
	}
	return form{Title: "What do they become?", Lines: []string{"Old names, numbers and figures lead to it for ever."}, Fields: []field{
		{Kind: "radios", Name: "heir", Label: "The team they become", Choices: chosen(heirs, m.v, "heir")},
		{Kind: "text", Name: "name", Label: "Name of a new team", Hint: "For example Hampshire South. Leave it empty when one goes on.", Value: m.v.Get("name"), Auto: "off"},
	}}
}

// newTeam is what a new team is called in the answers; no team's id has a dot.
const newTeam = "a.new"

func checkHeir(m mending) []problem {
	heir := m.v.Get("heir")
	if heir == newTeam {
		return m.checkName("name")
	}
	if !has(amongst(m.goingOn(), m.v["sources"]), heir) {
		return []problem{{"heir", "Choose what they become"}}
	}
	return nil
}

// checkName refuses a name for a new team that is none, or another's.
func (m mending) checkName(field string) []problem {
	name := tidyName(m.v.Get(field))
	switch id := teamID(name); {
	case name == "" || id == "":
		return []problem{{field, fmt.Sprintf("Write the name of the new team, at most %d characters", longestName)}}
	default:
		if _, known := m.r.TeamLife(id, m.now); known {
			return []problem{{field, "There is, or was, a team of that name: choose another"}}
		}
	}
	return nil
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// teamID is a name as the plan's id.
func teamID(name string) string {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(name), "-"), "-")
	const longest = 32
	return strings.Trim(id[:min(len(id), longest)], "-")
}

// mergerOf is what was answered.
func mergerOf(m mending) rota.Merger {
	sources := amongst(m.goingOn(), m.v["sources"])
	merger := rota.Merger{CutOver: cutOverOf(m.v), ID: m.v.Get("heir")}
	if merger.ID == newTeam {
		merger.Name = tidyName(m.v.Get("name"))
		merger.ID, merger.Sources = teamID(merger.Name), sources
		return merger
	}
	merger.Sources = without(sources, []string{merger.ID})
	return merger
}
