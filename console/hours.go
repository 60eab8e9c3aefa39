package console

import (
	"net/http"
	"net/url"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// hoursPage is what people work beside the limits, those closest to one first.
type hoursPage struct {
	NoPlan bool
	Fields []field
	Title  string // of the table
	Beyond string // how many are beyond a limit; "" for none
	Rows   []hoursLine
	Idle   []string // who works nothing in it
}

// hoursLine is one person.
type hoursLine struct {
	ID, Name, Team string
	Week, Span     string
	OnCalls        string // "" for none
	Nights         int
	Next           string
	Closest        limitRow
	None           bool // no limit can be said to be near
}

// period is a time that hours are looked at in.
type period struct {
	Value, Text string
	From, Until time.Time
}

// periods are those there are to choose from; the first is usual.
func periods(now time.Time, zone *time.Location) []period {
	monday := mondayOf(now, zone)
	return []period{
		{"ahead", "The next four weeks", now, now.Add(peopleSpan)},
		{"week", "This week, Monday to Sunday", monday, monday.AddDate(0, 0, 7)},
		{"back", "The last four weeks", now.Add(-peopleSpan), now},
		{"quarter", "The next twelve weeks", now, now.Add(3 * peopleSpan)},
	}
}

// hours is the page of one's own teams' working time.
func (c *Console) hours(w http.ResponseWriter, r *asked) {
	p := hoursPage{NoPlan: true}
	if plan := c.o.Rota(); plan != nil {
		v := r.URL.Query()
		may := func(team string) bool { return r.Who.May(access.ChangeRota, team) }
		p = names{plan, c.o.Zone}.hoursPage(v, c.o.Now(), c.facts(r.Context()), may)
	}
	c.render(w, http.StatusOK, "hours", c.page(r, "Hours and rest", p))
}

// hoursPage computes it; may says for which teams whoever looks makes the rota. It
// is pure.
func (n names) hoursPage(v url.Values, now time.Time, facts rota.Facts, may func(team string) bool) hoursPage {
	var p hoursPage
	all := periods(now, n.zone)
	over := all[0]
	var times []choice
	for _, o := range all {
		times = append(times, choice{Value: o.Value, Text: o.Text})
		if o.Value == v.Get("period") {
			over = o
		}
	}
	var teams []choice
	for i := range n.r.Plan().Teams {
		if t := &n.r.Plan().Teams[i]; may(t.ID) {
			teams = append(teams, choice{Value: t.ID, Text: t.Name})
		}
	}
	if len(teams) > 1 {
		teams = append([]choice{{Value: "", Text: "Every team"}}, teams...)
	}
	team := v.Get("team")
	p.Fields = []field{
		{Kind: "select", Name: "team", Label: "Team", Choices: chosen(teams, v, "team")},
		{Kind: "select", Name: "period", Label: "Time", Choices: chosen(times, v, "period")},
	}
	p.Title = over.Text
	if team != "" {
		p.Title = n.team(team) + ": " + lower(over.Text)
	}
	list, err := n.r.Hours(over.From, over.Until, facts)
	if err != nil { // it compiled before: the zone cannot have gone
		return p
	}
	beyond := 0
	for _, h := range list {
		if !may(h.Team) || team != "" && h.Team != team {
			continue
		}
		if h.Span == 0 && h.Closest().Part() <= 1 {
			p.Idle = append(p.Idle, n.person(h.Responder))
			continue
		}
		if h.Closest().Part() > 1 {
			beyond++
		}
		p.Rows = append(p.Rows, n.hoursLine(h, now))
	}
	if beyond > 0 {
		p.Beyond = count(beyond, "person is", "people are") + " beyond a limit"
	}
	return p
}

func (n names) hoursLine(h rota.Hours, now time.Time) hoursLine {
	line := hoursLine{ID: h.Responder, Name: n.person(h.Responder), Team: n.team(h.Team), Week: worked(h.Week), Span: worked(h.Span), Nights: h.Nights, None: len(h.Uses) == 0}
	if h.OnCalls > 0 {
		line.OnCalls = worked(h.OnCalls)
	}
	switch {
	case h.Next.IsZero():
	case h.Next.After(now):
		line.Next = when(h.Next, now, n.zone)
	default:
		line.Next = "now"
	}
	if !line.None {
		line.Closest = n.limit(h.Closest())
	}
	return line
}
