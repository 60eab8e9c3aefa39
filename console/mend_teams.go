package console

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// teamChoices are the teams that are open now.
func (m mending) teamChoices() []choice {
	var all []choice
	for _, id := range m.r.Teams(m.now) {
		all = append(all, choice{Value: id, Text: m.team(id)})
	}
	return all
}

// neighboursOf are the open teams that a team asks, in order.
func (m mending) neighboursOf(team string) []choice {
	life, ok := m.r.TeamLife(team, m.now)
	if !ok || life.Standing != rota.StandingOpen {
		return nil
	}
	var all []choice
	for _, id := range life.Neighbours {
		by, ok := m.r.TeamAt(id, m.now)
		if ok && by != team && has(m.r.Teams(m.now), by) {
			all = append(all, choice{Value: by, Text: m.team(by)})
		}
	}
	return all
}

// helpForm agrees on help: whose callers first, then who helps and on which
// terms.
func helpForm(m mending) form {
	team := m.v.Get("team")
	f := form{Title: "Whose callers are to be helped?", Button: "Continue", Lines: []string{callsGoOn}}
	helpers := m.neighboursOf(team)
	if len(helpers) == 0 {
		if team != "" {
			f.Warning = m.team(team) + " has no neighbour that could be asked."
		}
		f.Fields = []field{{Kind: "radios", Name: "team", Label: "Team", Choices: chosen(m.teamChoices(), m.v, "team")}}
		return f
	}
	f.Title, f.Button = "Who helps "+m.team(team)+", and how?", "See what changes"
	f.Lines = append(f.Lines, "A neighbour without an agreement helps at all hours, without a limit.")
	f.Fields = []field{
		{Kind: "hidden", Name: "team", Value: team},
		{Kind: "radios", Name: "by", Label: "Who helps?", Choices: chosen(helpers, m.v, "by")},
		{Kind: "select", Name: "after", Label: "When are they asked?", Choices: chosen(afterChoices(), m.v, "after")},
		{Kind: "select", Name: "most", Label: "How many calls at once?", Choices: chosen(mostChoices(), m.v, "most")},
		{Kind: "checkboxes", Name: "days", Label: "On which days?", Hint: "Leave all empty for every day.", Choices: ticked(dayChoices(), m.v, "days", nil)},
		{Kind: "text", Name: "start", Label: "From what time?", Hint: "For example 22:00. Leave both times empty for all day.", Value: m.v.Get("start"), Auto: "off"},
		{Kind: "text", Name: "end", Label: "Until what time?", Hint: "For example 06:00: the next morning.", Value: m.v.Get("end"), Auto: "off"},
		m.day("since", "From which day?", "For example 1 7 2026. Leave it empty for now."),
		m.day("until", "Until which day?", "The first day without it. Leave it empty for good."),
	}
	return f
}

// day asks for a day that may be left empty.
func (m mending) day(name, label, hint string) field {
	return field{Kind: "date", Name: name, Label: label, Hint: hint, Day: m.v.Get(name + "-day"), Month: m.v.Get(name + "-month"), Year: m.v.Get(name + "-year")}
}

func afterChoices() []choice {
	all := []choice{{Value: "", Text: "When any neighbour is asked"}, {Value: "0s", Text: "From the first second"}}
	for _, seconds := range []string{"5", "10", "15", "20", "30", "45", "60", "90", "120"} {
		all = append(all, choice{Value: seconds + "s", Text: "After " + seconds + " seconds of waiting"})
	}
	return all
}

func mostChoices() []choice {
	all := []choice{{Value: "", Text: "As many as there are people free"}}
	for n := 1; n <= 10; n++ {
		all = append(all, choice{Value: strconv.Itoa(n), Text: "At most " + count(n, "call", "calls")})
	}
	return append(all, choice{Value: "0", Text: "None: they are not asked at all"})
}

func dayChoices() []choice {
	var all []choice
	for i := range time.Weekday(7) {
		day := (i + 1) % 7
		all = append(all, choice{Value: strings.ToLower(day.String()[:3]), Text: day.String()})
	}
	return all
}

func helpOps(m mending) ([]rota.Op, []problem) {
	op := rota.AddAid{Team: m.v.Get("team"), By: m.v.Get("by"), After: m.v.Get("after"), Days: m.v["days"]}
	if len(m.neighboursOf(op.Team)) == 0 {
		return nil, []problem{{"team", "Choose a team that has a neighbour"}}
	}
	var ps []problem
	if !m.v.Has("by") {
		return nil, []problem{{"by", "Choose who helps"}}
	}
	if most, err := strconv.Atoi(m.v.Get("most")); err == nil {
		op.AtOnce = &most
	}
	for _, at := range []struct {
		name string
		to   *rota.Clock
	}{{"start", &op.Start}, {"end", &op.End}} {
		clock, err := clockOf(m.v, at.name)
		if err != nil {
			ps = append(ps, problem{at.name, "Write a time of day, such as 22:00"})
		}
		*at.to = clock
	}
	if (strings.TrimSpace(m.v.Get("start")) == "") != (strings.TrimSpace(m.v.Get("end")) == "") {
		ps = append(ps, problem{"end", "Write both times, or neither"})
	}
	for _, on := range []struct {
		name string
		to   *rota.Date
	}{{"since", &op.Since}, {"until", &op.Until}} {
		day, ok := dayOf(m.v, on.name)
		if !ok {
			ps = append(ps, problem{on.name, "Write a day, such as 1 7 2026"})
		}
		*on.to = day
	}
	return []rota.Op{op}, ps
}

// clockOf reads a time of day; midnight when nothing was entered.
func clockOf(v url.Values, name string) (rota.Clock, error) {
	text := strings.TrimSpace(v.Get(name))
	if text == "" {
		return 0, nil
	}
	if hour, _, ok := strings.Cut(text, ":"); ok && len(hour) == 1 {
		text = "0" + text
	}
	return rota.ParseClock(text)
}

// promise is the one that an address or a form means.
func (m mending) promise() (a rota.Aid, ok bool) {
	for _, a := range m.r.Plan().MutualAid {
		if endAidLink(a) == "/rota/change/end-help?promise="+m.v.Get("promise") {
			return a, true
		}
	}
	return a, false
}

func endHelpForm(m mending) form {
	a, ok := m.promise()
	f := form{Title: "That help is over", Button: "See what changes", Warning: "It ended, or was changed meanwhile."}
	if !ok {
		return f
	}
	f.Title, f.Warning = "End the help of "+m.team(a.By)+" for "+m.team(a.Team)+"?", ""
	f.Lines = []string{aidTerms(a) + ". " + m.aidHours(a) + ".", callsGoOn}
	f.Fields = []field{
		{Kind: "hidden", Name: "promise", Value: m.v.Get("promise")},
		m.day("end", "On which day does it end?", "The first day without it, for example 1 7 2026. Leave it empty for now."),
		{Kind: "radios", Name: "then", Label: "And then?", Choices: chosen([]choice{
			{Value: "neighbour", Text: "They help as any neighbour", Hint: "At all hours, without a limit."},
			{Value: "none", Text: "They are not asked at all"},
		}, m.v, "then")},
	}
	return f
}

func endHelpOps(m mending) ([]rota.Op, []problem) {
	a, ok := m.promise()
	if !ok {
		return nil, []problem{{"", "It ended, or was changed meanwhile."}}
	}
	day, ok := dayOf(m.v, "end")
	if !ok {
		return nil, []problem{{"end", "Write a day, such as 1 7 2026"}}
	}
	return endAid(a, day, m.v.Get("then") == "none"), nil
}

// endAid ends a promise on a day, zero for now; alone: the helper is not asked at
// all from then on.
func endAid(a rota.Aid, day rota.Date, alone bool) []rota.Op {
	ops := []rota.Op{rota.EndAid{Team: a.Team, By: a.By, Since: a.Since, Start: a.Start, Until: day}}
	if alone {
		none := 0
		ops = append(ops, rota.AddAid{Team: a.Team, By: a.By, AtOnce: &none, Since: day})
	}
	return ops
}

// moveCodeForm gives an outward code to another team.
func moveCodeForm(m mending) form {
	f := form{Title: "Move a code to another team", Button: "See what changes", Lines: []string{"Who visits changes, never who waits. " + callsGoOn}}
	code, wrong := tidyCode(m.v.Get("code"))
	if wrong != "" {
		code = "" // it may be where somebody lives
	} else if at, ok := m.r.Place(code, m.now); ok && at.Team != "" {
		f.Lines = append([]string{m.team(at.Team) + " visits " + code + " now."}, f.Lines...)
	}
	f.Fields = []field{
		{Kind: "text", Name: "code", Label: "Which code?", Hint: "Only the first half of a postcode, for example PO4.", Value: code, Auto: "off"},
		{Kind: "radios", Name: "team", Label: "Who visits it then?", Choices: chosen(m.teamChoices(), m.v, "team")},
		m.day("at", "From which day?", "For example 1 7 2026. Leave it empty for now."),
	}
	return f
}

func moveCodeOps(m mending) ([]rota.Op, []problem) {
	code, wrong := tidyCode(m.v.Get("code"))
	if wrong != "" {
		return nil, []problem{{"code", wrong}}
	}
	var ps []problem
	if _, ok := m.r.Place(code, m.now); !ok {
		ps = append(ps, problem{"code", code + " is in no locality of the plan"})
	}
	if !has(m.r.Teams(m.now), m.v.Get("team")) {
		ps = append(ps, problem{"team", "Choose who visits it"})
	}
	day, ok := dayOf(m.v, "at")
	if !ok || !day.IsZero() && !instant(rota.LocalTime{Date: day}, m.zone).After(m.now) {
		ps = append(ps, problem{"at", "Write a day to come, such as 1 7 2026, or leave it empty for now"})
	}
	return []rota.Op{rota.MoveOutward{Outward: code, Team: m.v.Get("team"), At: rota.LocalTime{Date: day}}}, ps
}

// retireForm gives a number up, or says who has its calls since.
func retireForm(m mending) form {
	f := form{Title: "Give a number up", Button: "See what changes"}
	f.Lines = []string{"Whoever rings it is answered all the same, and counted, until nobody does. " + callsGoOn}
	own := []choice{{Value: "", Text: "Who had them, or whoever stands for them"}}
	to := field{Kind: "select", Name: "to", Label: "Who has its calls then?", Choices: chosen(append(own, m.teamChoices()...), m.v, "to")}
	l := m.plannedLine(m.v.Get("line"))
	switch {
	case l == nil:
		f.Fields = []field{
			{Kind: "radios", Name: "line", Label: "Which line?", Choices: chosen(m.publishedLines(), m.v, "line")},
			m.day("since", "From which day?", "The first day on which it is published no more. Leave it empty for today."), to,
		}
	case l.Retired == nil:
		f.Title = "Give up: " + l.Name
		f.Fields = []field{{Kind: "hidden", Name: "line", Value: l.ID}, m.day("since", "From which day?", "The first day on which it is published no more. Leave it empty for today."), to}
	default:
		f.Title = l.Name + ": who has its calls?"
		if !m.v.Has("to") && l.Retired.Team != "" {
			to.Choices = marked(to.Choices, l.Retired.Team)
		}
		f.Fields = []field{{Kind: "hidden", Name: "line", Value: l.ID}, to, {Kind: "radios", Name: "back", Label: "And the number?", Choices: chosen([]choice{
			{Value: "no", Text: "It stays given up"}, {Value: "yes", Text: "It is published again", Hint: "Its calls then go to " + m.team(l.Team) + "."},
		}, m.v, "back")}}
	}
	return f
}

func (m mending) plannedLine(id string) *rota.PlannedLine {
	for i := range m.r.Plan().Lines {
		if l := &m.r.Plan().Lines[i]; l.ID == id {
			return l
		}
	}
	return nil
}

func (m mending) publishedLines() []choice {
	var all []choice
	for i := range m.r.Plan().Lines {
		if l := &m.r.Plan().Lines[i]; l.Retired == nil {
			all = append(all, choice{Value: l.ID, Text: l.Name, Hint: list(mappedNumbers(l.Numbers))})
		}
	}
	return all
}

func mappedNumbers(numbers []call.Number) []string {
	var all []string
	for _, n := range numbers {
		all = append(all, nationally(n))
	}
	return all
}

func retireOps(m mending) ([]rota.Op, []problem) {
	l := m.plannedLine(m.v.Get("line"))
	if l == nil {
		return nil, []problem{{"line", "Choose a line"}}
	}
	if m.v.Get("back") == "yes" {
		return []rota.Op{rota.RestoreLine{Line: l.ID}}, nil
	}
	day, ok := dayOf(m.v, "since")
	if !ok {
		return nil, []problem{{"since", "Write a day, such as 1 7 2026"}}
	}
	return []rota.Op{rota.RetireLine{Line: l.ID, Since: day, Team: m.v.Get("to")}}, nil
}
