package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/rota"
)

// aidPage is who helps whom, and on which terms.
type aidPage struct {
	NoPlan    bool
	Views     []menuItem
	Teams     []aidTeam
	CanChange bool
	Done      string
}

// aidTeam is a team and who answers its callers when its own people cannot, in
// the order in which they are asked.
type aidTeam struct {
	Link Link
	Rows []aidRow
}

// aidRow is one promise of help, or a neighbour without one.
type aidRow struct {
	Home, By  Link
	Tag, Tone string
	Terms     string
	Hours     string
	Used      string // calls answered today; "" when nobody knows
	End       string // address to end it, "" for a neighbour without a promise
}

// mutualAid computes the page. used may be nil: nobody knows. It is pure.
func mutualAid(r *rota.Rota, used map[HelpPair]int, now time.Time, zone *time.Location) aidPage {
	if r == nil {
		return aidPage{NoPlan: true}
	}
	n, p := names{r, zone}, aidPage{}
	for _, team := range r.Teams(now) {
		t := aidTeam{Link: n.teamLink(team)}
		for _, by := range n.helpers(team, now) {
			rows := n.aidRows(now, used, n.agreed(team, by, now))
			if len(rows) == 0 {
				rows = []aidRow{{Tag: "Neighbour", Tone: "grey", Terms: "Nothing agreed: helps as any neighbour, without a limit", Hours: "At all hours"}}
			}
			if used != nil {
				rows[0].Used = count(used[HelpPair{Home: team, By: by}], "call", "calls")
			}
			for i := range rows {
				rows[i].Home, rows[i].By = n.teamLink(team), n.teamLink(by)
			}
			t.Rows = append(t.Rows, rows...)
		}
		p.Teams = append(p.Teams, t)
	}
	return p
}

// helpers are the open teams that are asked for a team's callers, in order.
func (n names) helpers(team string, now time.Time) []string {
	var all []string
	life, _ := n.r.TeamLife(team, now)
	for _, id := range life.Neighbours {
		by, ok := n.r.TeamAt(id, now)
		if ok && by != team && has(n.r.Teams(now), by) && !slices.Contains(all, by) {
			all = append(all, by)
		}
	}
	return all
}

// agreed means the promises of one team to another as they are called now.
func (n names) agreed(team, by string, now time.Time) func(rota.Aid) bool {
	return func(a rota.Aid) bool {
		home, _ := n.r.TeamAt(a.Team, now)
		helper, _ := n.r.TeamAt(a.By, now)
		return home == team && helper == by
	}
}

// helpAgreed are the promises of help that are meant and not over.
func (n names) helpAgreed(now time.Time, meant func(rota.Aid) bool) []rota.Aid {
	return slices.DeleteFunc(slices.Clone(n.r.Plan().MutualAid), func(a rota.Aid) bool {
		return !meant(a) || !a.Until.IsZero() && !instant(rota.LocalTime{Date: a.Until}, n.zone).After(now)
	})
}

// aidRows are the promises that are meant and not over.
func (n names) aidRows(now time.Time, used map[HelpPair]int, meant func(rota.Aid) bool) []aidRow {
	var rows []aidRow
	for _, a := range n.helpAgreed(now, meant) {
		row := aidRow{Home: n.teamLink(a.Team), By: n.teamLink(a.By), Tag: "Agreed", Tone: "green", Terms: aidTerms(a), Hours: n.aidHours(a), End: endAidLink(a)}
		switch {
		case !a.Since.IsZero() && instant(rota.LocalTime{Date: a.Since}, n.zone).After(now):
			row.Tag, row.Tone = "To come", "blue"
		case a.AtOnce == 0:
			row.Tag, row.Tone = "No help", "orange"
		}
		if used != nil {
			row.Used = count(used[HelpPair{Home: a.Team, By: a.By}], "call", "calls")
		}
		rows = append(rows, row)
	}
	return rows
}

// endAidLink tells promises of the same two teams apart.
func endAidLink(a rota.Aid) string {
	return "/rota/change/end-help?promise=" + strings.Join([]string{a.Team, a.By, a.Since.String(), strings.ReplaceAll(a.Start.String(), ":", "")}, "_")
}

func aidTerms(a rota.Aid) string {
	if a.AtOnce == 0 {
		return "Not asked at all"
	}
	after := "When any neighbour is asked"
	switch {
	case a.After == 0:
		after = "From the first second"
	case a.After > 0:
		after = "After " + spoken(a.After) + " of waiting"
	}
	if a.AtOnce > 0 {
		return after + ", at most " + count(a.AtOnce, "call", "calls") + " at once"
	}
	return after + ", as many calls as there are people free"
}

// aidHours are when a promise holds.
func (n names) aidHours(a rota.Aid) string {
	text := upper(dayWords(a.Days))
	switch {
	case a.Start != a.End:
		text += ", " + a.Start.String() + " to " + a.End.String()
	case text == "Every day":
		text = "At all hours"
	default:
		text += ", all day"
	}
	if !a.Since.IsZero() {
		text += ", from " + n.day(instant(rota.LocalTime{Date: a.Since}, n.zone))
	}
	if !a.Until.IsZero() {
		text += ", until " + n.day(instant(rota.LocalTime{Date: a.Until}, n.zone))
	}
	return text
}

// dayWords are days of the week as people say them.
func dayWords(d rota.Days) string {
	switch d {
	case 0, rota.EveryDay:
		return "every day"
	case rota.Weekdays:
		return "Monday to Friday"
	case rota.Weekend:
		return "Saturday and Sunday"
	}
	var days []string
	for i := range time.Weekday(7) {
		if day := (i + 1) % 7; d.Has(day) { // Monday first
			days = append(days, day.String())
		}
	}
	return list(days)
}

// mutualAid is the page.
func (c *Console) mutualAid(w http.ResponseWriter, r *asked) {
	var used map[HelpPair]int
	if c.o.Use.Helped != nil {
		used = c.o.Use.Helped()
	}
	p := mutualAid(c.o.Rota(), used, c.o.Now(), c.o.Zone)
	p.Views, p.CanChange, p.Done = teamViews("/mutual-aid"), c.mayChangeTeams(r), teamsDone[r.URL.Query().Get("done")]
	c.render(w, http.StatusOK, "mutual_aid", c.page(r, "Mutual aid", p))
}

// HelpPair is a team that was helped with a call, and the team that answered.
type HelpPair struct{ Home, By string }
