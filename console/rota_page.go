package console

import (
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// rotaSpan is how far ahead the page Rota looks.
const rotaSpan = 24 * time.Hour

// rotaPage is the next day of every team.
type rotaPage struct {
	From, Until string
	Version     int64
	ClockChange string // "Clocks go back at 02:00 on Sunday"; "" when they do not
	Teams       []rotaTeam
	Gaps        []alarm
	Findings    []finding
	NoPlan      bool
	Views       []menuItem
	Prev, Next  string // addresses of the day before and after; "" for the next 24 hours
	Day         string // heading of a day; "" for the next 24 hours
	CanEdit     bool
	CanReplace  bool // a shift lead may, at once
	Drafts      []draftLine
	Waivers     []alarm
	Done        string
}

// draftLine is a change under way.
type draftLine struct{ Name, What, By string }

type rotaTeam struct {
	ID, Name string
	Tiers    []string // column headings
	Rows     []rotaRow
	Gaps     int
}

// rotaRow is a span in which the same people are on shift.
type rotaRow struct {
	From, Until string
	Length      string // "12 hours", "13 hours: clocks go back"
	Now         bool
	Gap         bool // nobody of the responding tier
	Cells       []rotaCell
}

type rotaCell struct {
	Tier   string
	People string // "" for nobody
	Href   string
}

type finding struct{ Tone, Level, Text, Mend string }

// rotaDay computes the page. It is pure.
func rotaDay(r *rota.Rota, now time.Time, zone *time.Location) rotaPage {
	if r == nil {
		return rotaPage{NoPlan: true}
	}
	return rotaBetween(r, now, now.Add(rotaSpan), now, zone)
}

// rotaBetween computes the page for another span. It is pure.
func rotaBetween(r *rota.Rota, from, end, now time.Time, zone *time.Location) rotaPage {
	n := names{r, zone}
	p := rotaPage{From: when(from, now, zone), Until: when(end, now, zone), Version: r.Version()}
	if !from.Equal(now) {
		n.r = covering(r, from, end)
	}
	edges := boundaries(n.r, from, end)
	for _, id := range n.openTeams(from) {
		t := teamDay(n, id, edges, now)
		for _, row := range t.Rows {
			if row.Gap {
				p.Gaps = append(p.Gaps, alarm{Title: "Nobody for " + t.Name + ", " + row.From + " to " + row.Until, Text: row.Length})
			}
		}
		p.Teams = append(p.Teams, t)
	}
	p.ClockChange = clockChange(from, end, zone)
	for _, f := range n.r.Check(from, end.Sub(from)) {
		if f.Rule != rota.RuleIdle { // most people are on no shift on a given day
			p.Findings = append(p.Findings, n.finding(f))
		}
	}
	return p
}

// boundaries are the instants in [now, end] at which anybody comes on or goes
// off, with both ends.
func boundaries(r *rota.Rota, now, end time.Time) []time.Time {
	edges := []time.Time{now}
	for t := r.NextChange(now); t.After(edges[len(edges)-1]) && t.Before(end); t = r.NextChange(t) {
		edges = append(edges, t)
	}
	return append(edges, end)
}

func teamDay(n names, team string, edges []time.Time, now time.Time) rotaTeam {
	t := rotaTeam{ID: team, Name: n.team(team)}
	var tiers []call.Tier
	for _, tier := range shownTiers {
		for _, at := range edges[:len(edges)-1] {
			if tier == call.TierResponding || len(n.r.OnShift(team, tier, at)) > 0 {
				tiers = append(tiers, tier)
				t.Tiers = append(t.Tiers, tierWord(tier))
				break
			}
		}
	}
	for i := 0; i < len(edges)-1; {
		j := i + 1
		for j < len(edges)-1 && samePeople(n.r, team, tiers, edges[i], edges[j]) {
			j++
		}
		row := n.rotaRow(team, tiers, edges[i], edges[j], now)
		if row.Gap {
			t.Gaps++
		}
		t.Rows = append(t.Rows, row)
		i = j
	}
	return t
}

func samePeople(r *rota.Rota, team string, tiers []call.Tier, a, b time.Time) bool {
	for _, tier := range tiers {
		if ids(r.OnShift(team, tier, a)) != ids(r.OnShift(team, tier, b)) {
			return false
		}
	}
	return true
}

func (n names) rotaRow(team string, tiers []call.Tier, from, until, now time.Time) rotaRow {
	row := rotaRow{From: when(from, now, n.zone), Until: when(until, now, n.zone), Now: from.Equal(now)}
	row.Length = spoken(until.Sub(from))
	if why := offsetChange(from, until, n.zone); why != "" {
		row.Length += ": " + why
	}
	for _, tier := range tiers {
		var people []string
		for _, d := range n.r.OnShift(team, tier, from) {
			people = append(people, n.person(d.Responder))
		}
		if tier == call.TierResponding && len(people) == 0 {
			row.Gap = true
		}
		row.Cells = append(row.Cells, rotaCell{Tier: tierWord(tier), People: list(people), Href: shiftLink(team, tier, from, n.zone)})
	}
	return row
}

// offsetChange says whether the clocks change between two instants, and how.
func offsetChange(from, until time.Time, zone *time.Location) string {
	_, a := from.In(zone).Zone()
	_, b := until.In(zone).Zone()
	switch {
	case b < a:
		return "clocks go back"
	case b > a:
		return "clocks go forward"
	}
	return ""
}

// clockChange is a sentence about the clocks changing in a span, or "". The
// wall time is the one that is read just before they change.
func clockChange(from, until time.Time, zone *time.Location) string {
	how := offsetChange(from, until, zone)
	if how == "" {
		return ""
	}
	lo, hi := from, until // the change lies in (lo, hi]
	for hi.Sub(lo) > time.Second {
		mid := lo.Add(hi.Sub(lo) / 2)
		if offsetChange(from, mid, zone) == "" {
			lo = mid
		} else {
			hi = mid
		}
	}
	_, offset := from.In(zone).Zone()
	wall := hi.Round(time.Second).In(time.FixedZone("", offset))
	return upper(how) + " on " + wall.Format("Monday 2 January at 15:04") + "."
}

// finding is what the check found, with names in place of ids.
func (n names) finding(f rota.Finding) finding {
	var names []string
	for _, id := range f.People {
		names = append(names, id, n.person(id))
	}
	if f.Team != "" {
		names = append(names, "team "+f.Team, n.team(f.Team))
	}
	out := finding{Tone: "blue", Level: "Note", Text: upper(strings.NewReplacer(names...).Replace(f.Text)), Mend: upper(f.Mend)}
	switch f.Level {
	case rota.LevelRefuse:
		out.Tone, out.Level = "red", "Must be mended"
	case rota.LevelWarn:
		out.Tone, out.Level = "orange", "Warning"
	}
	return out
}

// rotaDone is what the page says after a change.
var rotaDone = map[string]string{
	"published": "Published. It is in force at the next ring. " + callsGoOn,
	"undone":    "Undone. The rota before it is in force at the next ring. " + callsGoOn,
	"dropped":   "Thrown away. The rota is as it was.",
}

// rota is the page Rota.
func (c *Console) rota(w http.ResponseWriter, r *asked) {
	now, plan := c.o.Now(), c.o.Rota()
	title := "Rota, the next 24 hours"
	p := rotaDay(plan, now, c.o.Zone)
	day, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("day"), c.o.Zone)
	if err == nil && near(day, now) && plan != nil {
		p = rotaBetween(plan, day, day.AddDate(0, 0, 1), now, c.o.Zone)
		p.Day = day.Format("Monday 2 January 2006")
		p.Prev, p.Next = "/rota?day="+day.AddDate(0, 0, -1).Format(time.DateOnly), "/rota?day="+day.AddDate(0, 0, 1).Format(time.DateOnly)
		title = "Rota, " + p.Day
	}
	p.Views = rotaViews("/rota")
	p.Done = rotaDone[r.URL.Query().Get("done")]
	if plan != nil {
		p.Waivers = names{plan, c.o.Zone}.waivers(now)
	}
	p.CanReplace = c.o.Changes != nil && plan != nil && r.Who.May(access.MendNow)
	if p.CanEdit = p.CanReplace && r.Who.May(access.ChangeRota); p.CanEdit {
		p.Drafts = c.draftLines(r, names{plan, c.o.Zone}, false)
	}
	c.render(w, http.StatusOK, "rota", c.page(r, title, p))
}

// waivers are what people answer for, until it ends.
func (n names) waivers(now time.Time) []alarm {
	var all []alarm
	for _, w := range n.r.Waivers(now) {
		all = append(all, alarm{
			Level: "warn", Title: "The rota was published although refused. " + n.person(w.Who) + " answers for it until " + when(w.Until(), now, n.zone) + ".",
			Text: w.Why,
		})
	}
	return all
}

// draftLines are the changes under way, of the rota or of teams. Without a store
// there are none to show.
func (c *Console) draftLines(r *asked, n names, teams bool) []draftLine {
	drafts, err := c.o.Changes.Drafts(r.Context())
	if err != nil {
		c.o.Log.Warn("drafts not read", "err", err)
		return nil
	}
	var lines []draftLine
	for _, d := range drafts {
		if (d.Way != "") != teams || !c.theirDraft(r.Context(), r.Who, d) {
			continue
		}
		what, _, _ := strings.Cut(d.Why, "; ")
		lines = append(lines, draftLine{d.Name, n.plainly(what), n.person(d.Who) + ", " + when(d.At, c.o.Now(), c.o.Zone)})
	}
	return lines
}
