package console

import (
	"slices"
	"strings"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// Ways to change who is in the plan, besides those to change who is on shift.

// joinForm asks about somebody new.
func joinForm(m mending) form {
	return form{
		Title: "Add a person", Button: "See what changes", Back: Link{"Back to People", "/people"},
		Lines:  []string{"They are on no shift yet: nothing rings because of it. Put them on shifts next."},
		Fields: m.aboutPerson(rota.Responder{}),
	}
}

// detailsForm asks what is to change of somebody.
func detailsForm(m mending) form {
	f := form{Title: "Whose details?", Button: "Continue", Back: Link{"Back to People", "/people"}}
	p, ok := m.r.Responder(m.v.Get("person"))
	if !ok {
		f.Fields = []field{m.ownPeople(""), goOn}
		return f
	}
	f.Title, f.Button = "Change the details of "+p.Name, "See what changes"
	f.Back = Link{"Back to " + p.Name, "/people/" + p.ID}
	f.Lines = []string{"A new number rings from the next call on. " + callsGoOn}
	f.Fields = append([]field{{Kind: "hidden", Name: "person", Value: p.ID}}, m.aboutPerson(p)...)
	return f
}

// aboutPerson is what the plan says of a person, as questions. The number they
// have is not shown: it is kept when nothing is entered.
func (m mending) aboutPerson(p rota.Responder) []field {
	value := func(name, now string) string {
		if m.v.Has(name) {
			return m.v.Get(name)
		}
		return now
	}
	numberHint := "A mobile or landline that they answer themselves, such as 07700 900123. No extension, no 999, no premium rate."
	if p.ID != "" {
		numberHint = "It " + ending(p.Number) + " now. Leave it empty to keep it. A new one must be tested."
	}
	var teams, tiers []choice
	for i := range m.r.Plan().Teams {
		t := &m.r.Plan().Teams[i]
		if t.ID == p.Team || m.mayChange([]string{t.ID}) {
			teams = append(teams, choice{Value: t.ID, Text: t.Name, Chosen: t.ID == value("team", p.Team)})
		}
	}
	var may []string
	for _, t := range shownTiers {
		tiers = append(tiers, choice{Value: string(t), Text: tierWord(t)})
		if p.Eligible(t) {
			may = append(may, string(t))
		}
	}
	fields := []field{
		{Kind: "text", Name: "name", Label: "Name", Hint: "As colleagues know them. Screens show it; logs never do.", Value: value("name", p.Name), Auto: "off"},
		{Kind: "text", Name: "number", Label: "Telephone number", Hint: numberHint, Value: m.v.Get("number"), Auto: "off"},
		{Kind: "select", Name: "team", Label: "Team", Choices: teams},
		{Kind: "checkboxes", Name: "tiers", Label: "They may be", Choices: ticked(tiers, m.v, "tiers", may)},
	}
	if known := m.knownSkills(); len(known) > 0 {
		fields = append(fields, field{Kind: "checkboxes", Name: "skills", Label: "Skills", Choices: ticked(known, m.v, "skills", p.Skills)})
	}
	return append(fields, field{
		Kind: "text", Name: "more-skills", Label: "Other skills (you can leave this empty)", Value: m.v.Get("more-skills"),
		Hint: "With commas between them, such as young people, language:pl.", Auto: "off",
	})
}

// knownSkills are those that somebody has, or that the plan asks for, by name.
func (m mending) knownSkills() []choice {
	var all []string
	for i := range m.r.Plan().Responders {
		all = append(all, m.r.Plan().Responders[i].Skills...)
	}
	for skill := range m.r.Plan().Minimum.Skills {
		all = append(all, skill)
	}
	for i := range m.r.Plan().Lines {
		all = append(all, m.r.Plan().Lines[i].Skills...)
	}
	slices.Sort(all)
	var choices []choice
	for _, s := range slices.Compact(all) {
		choices = append(choices, choice{Value: s, Text: upper(skillWords([]string{s}))})
	}
	return choices
}

// entry is what was entered about a person.
type personEntry struct {
	name, number, team string
	tiers              []call.Tier
	skills             []string
}

// entry reads it; new says that nothing may be left out.
func (m mending) personEntry(isNew bool) (e personEntry, ps []problem) {
	e = personEntry{name: tidyName(m.v.Get("name")), number: strings.TrimSpace(m.v.Get("number")), team: m.v.Get("team")}
	if e.name == "" {
		ps = append(ps, problem{"name", "Enter a name of at most 60 characters"})
	}
	if e.number != "" || isNew {
		if _, err := call.ParseDialable(e.number); err != nil {
			ps = append(ps, problem{"number", upper(err.Error())})
		}
	}
	if !slices.ContainsFunc(m.r.Plan().Teams, func(t rota.Team) bool { return t.ID == e.team }) {
		ps = append(ps, problem{"team", "Choose a team"})
	}
	for _, t := range shownTiers {
		if slices.Contains(m.v["tiers"], string(t)) {
			e.tiers = append(e.tiers, t)
		}
	}
	if len(e.tiers) == 0 {
		ps = append(ps, problem{"tiers", "Choose at least one thing they may be"})
	}
	e.skills = slices.Clone(m.v["skills"])
	for _, s := range strings.Split(m.v.Get("more-skills"), ",") {
		s = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
		if s != "" && !slices.Contains(e.skills, s) {
			e.skills = append(e.skills, s)
		}
	}
	for _, s := range e.skills {
		if _, err := rota.ParseSkill(s); err != nil {
			ps = append(ps, problem{"more-skills", upper(err.Error())})
		}
	}
	return e, ps
}

func joinOps(m mending) ([]rota.Op, []problem) {
	e, ps := m.personEntry(true)
	if len(ps) > 0 {
		return nil, ps
	}
	op := rota.AddPerson{ID: m.freeID("p"), Name: e.name, Team: e.team, Number: e.number, Skills: e.skills}
	if !slices.Equal(e.tiers, usualTiers) {
		op.Tiers = e.tiers
	}
	return []rota.Op{op}, nil
}

// usualTiers are what somebody may be when the plan does not say.
var usualTiers = []call.Tier{call.TierResponding, call.TierBackup}

func detailsOps(m mending) ([]rota.Op, []problem) {
	p, ok := m.r.Responder(m.v.Get("person"))
	if !ok || !m.v.Has("name") {
		return nil, []problem{{"person", "Choose whose details are to change"}}
	}
	e, ps := m.personEntry(false)
	if len(ps) > 0 {
		return nil, ps
	}
	op := rota.ChangePerson{Person: p.ID, Name: e.name, Team: e.team, Number: e.number}
	var may []call.Tier
	for _, t := range shownTiers {
		if p.Eligible(t) {
			may = append(may, t)
		}
	}
	if !slices.Equal(may, e.tiers) {
		op.Tiers = e.tiers
	}
	if !sameSet(p.Skills, e.skills) {
		op.Skills = append([]string{}, e.skills...)
	}
	return []rota.Op{op}, nil
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// leaveForm takes somebody out of the plan.
func leaveForm(m mending) form {
	f := form{Title: "Who leaves the plan?", Button: "Continue", Back: Link{"Back to People", "/people"}}
	p, ok := m.r.Responder(m.v.Get("person"))
	if !ok {
		f.Fields = []field{m.ownPeople(""), goOn}
		return f
	}
	f.Title, f.Button = "Take "+p.Name+" out of the plan", "See what changes"
	f.Back = Link{"Back to " + p.Name, "/people/" + p.ID}
	f.Lines = []string{
		"Their phone is not rung again once it is published. A call they have now goes on to its end.",
		"Their absences and swaps go with them. What they did stays in the history and in the figures.",
	}
	if n := len(m.shiftsOf(p.ID)); n > 0 {
		f.Lines = append(f.Lines, "They are in "+count(n, "shift", "shifts")+" of the plan: "+strings.Join(m.shiftsOf(p.ID), ", ")+".")
	}
	if teams := m.teamsOfShifts(p.ID); !m.mayChange(teams, p.ID) {
		f.Button = ""
		f.Warning = "They are in shifts that concern " + m.teamList(teams) + ", whose rota is not all yours to change. Ask an administrator, or a duty manager of every team."
		return f
	}
	others := []choice{{Value: "", Text: "Nobody"}}
	for _, c := range m.people("") {
		if c.Value != p.ID && m.mayChange(nil, c.Value) {
			c.Chosen = false
			others = append(others, c)
		}
	}
	for i := range others {
		others[i].Chosen = others[i].Value == m.v.Get("by")
	}
	f.Fields = []field{
		{Kind: "hidden", Name: "person", Value: p.ID},
		{Kind: "select", Name: "by", Label: "Who has their place in shifts?", Hint: "Turns of a rotation too. With nobody, the others of a rotation take turns among themselves, so their turns move.", Choices: others},
	}
	return f
}

func (m mending) shiftsOf(id string) []string {
	var all []string
	for i := range m.r.Plan().Shifts {
		if s := &m.r.Plan().Shifts[i]; slices.Contains(s.People, id) {
			all = append(all, s.ID)
		}
	}
	return all
}

// teamsOfShifts are the teams whose rota it changes when somebody leaves their
// shifts: those of the shifts, and of whoever is in them beside.
func (m mending) teamsOfShifts(id string) (teams []string) {
	add := func(team string) {
		if !slices.Contains(teams, team) {
			teams = append(teams, team)
		}
	}
	for i := range m.r.Plan().Shifts {
		s := &m.r.Plan().Shifts[i]
		if !slices.Contains(s.People, id) {
			continue
		}
		for _, team := range s.Teams {
			add(team)
		}
		for _, other := range s.People {
			if p, ok := m.r.Responder(other); ok {
				add(p.Team)
			}
		}
	}
	return teams
}

func leaveOps(m mending) ([]rota.Op, []problem) {
	p, ok := m.r.Responder(m.v.Get("person"))
	if !ok || !m.v.Has("by") {
		return nil, []problem{{"person", "Choose who leaves the plan"}}
	}
	return []rota.Op{rota.RemovePerson{Person: p.ID, By: m.v.Get("by")}}, nil
}
