package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// peopleSpan is how far ahead hours are counted.
const peopleSpan = 28 * 24 * time.Hour

type peoplePage struct {
	NoPlan bool
	Teams  []peopleTeam
}

type peopleTeam struct {
	ID, Name string
	People   []personLine
}

// personLine is one person. A number is never shown but for its end.
type personLine struct {
	ID, Name, Number string
	Skills, Tiers    string
	Hours            string
	Findings         int
	Away             string
}

// people computes the page. It is pure.
func people(r *rota.Rota, now time.Time, zone *time.Location) peoplePage {
	if r == nil {
		return peoplePage{NoPlan: true}
	}
	n := names{covering(r, now, now.Add(peopleSpan)), zone}
	found := n.r.Review(now, peopleSpan, rota.Facts{})
	turns := n.allTurns(now, now.Add(peopleSpan))
	var p peoplePage
	for i := range r.Plan().Teams {
		t := peopleTeam{ID: r.Plan().Teams[i].ID, Name: r.Plan().Teams[i].Name}
		for j := range r.Plan().Responders {
			if who := &r.Plan().Responders[j]; who.Team == t.ID {
				t.People = append(t.People, n.personLine(who, found, turns[who.ID], now))
			}
		}
		if len(t.People) > 0 {
			p.Teams = append(p.Teams, t)
		}
	}
	return p
}

func (n names) personLine(p *rota.Responder, found []rota.Finding, turns []turn, now time.Time) personLine {
	l := personLine{ID: p.ID, Name: p.Name, Number: ending(p.Number), Skills: strings.Join(p.Skills, ", "), Tiers: n.tiersOf(p)}
	l.Hours = hoursOf(turns)
	for _, f := range found {
		if f.Level != rota.LevelNote && slices.Contains(f.People, p.ID) {
			l.Findings++
		}
	}
	for _, a := range n.absences(p.ID, now) {
		l.Away = a.Text
		break
	}
	return l
}

// ending is the last three digits of a number.
func ending(n call.Number) string {
	digits := n.E164()
	if len(digits) < 3 {
		return "none"
	}
	return "ends " + digits[len(digits)-3:]
}

func (n names) tiersOf(p *rota.Responder) string {
	var words []string
	for _, t := range shownTiers {
		if p.Eligible(t) {
			words = append(words, lower(tierWord(t)))
		}
	}
	return upper(list(words))
}

// hoursOf is the time of some turns together.
func hoursOf(turns []turn) string {
	sum := time.Duration(0)
	for _, t := range turns {
		sum += t.End.Sub(t.Start)
	}
	if sum == 0 {
		return "none"
	}
	return spoken(sum.Round(time.Minute))
}

type personPage struct {
	personLine
	Team     string
	Turns    []turnRow
	Weeks    []hoursRow // hours of each week
	Findings []finding
	Absences []absenceRow
	CanEdit  bool
	OnNow    bool
}

type hoursRow struct{ Name, Value string }

type turnRow struct {
	When, Length, Duty string
	Href, Swap         string
	Now                bool
}

type absenceRow struct{ Text, Back string }

// person computes one person's page. It is pure.
func personOf(r *rota.Rota, id string, now time.Time, zone *time.Location, edit bool) (p personPage, ok bool) {
	who, ok := r.Responder(id)
	if !ok {
		return p, false
	}
	n := names{covering(r, now, now.Add(peopleSpan)), zone}
	found := n.r.Review(now, peopleSpan, rota.Facts{})
	turns := n.turns(id, now, now.Add(peopleSpan))
	p = personPage{personLine: n.personLine(&who, found, turns, now), Team: n.team(who.Team), CanEdit: edit, Absences: n.absences(id, now)}
	for _, t := range turns {
		row := turnRow{When: n.span(t.Start, t.End, now), Length: spoken(t.End.Sub(t.Start)), Now: t.Start.Equal(now)}
		if odd := offsetChange(t.Start, t.End, zone); odd != "" {
			row.Length += ": " + odd
		}
		if row.Now {
			row.When, p.OnNow = "Now to "+when(t.End, now, zone), true
		}
		row.Duty = tierWord(t.Tier) + ", " + n.teamList(t.Teams)
		row.Href = shiftLink(t.Teams[0], t.Tier, t.Start, zone)
		p.Turns = append(p.Turns, row)
	}
	for w := range 4 {
		from := now.AddDate(0, 0, 7*w)
		p.Weeks = append(p.Weeks, hoursRow{"Week from " + from.In(zone).Format("2 January"), hoursOf(n.turns(id, from, from.AddDate(0, 0, 7)))})
	}
	for _, f := range found {
		if slices.Contains(f.People, id) {
			p.Findings = append(p.Findings, n.finding(f))
		}
	}
	return p, true
}

var absenceWords = map[rota.AbsenceKind]string{rota.AbsentSick: "Sick", rota.AbsentLeave: "On leave", rota.AbsentTraining: "Training"}

// absences are a person's that are not over, by start.
func (n names) absences(id string, now time.Time) []absenceRow {
	var rows []absenceRow
	for _, a := range n.r.Plan().Absences {
		if a.Person != id || !a.End.IsZero() && !instant(a.End, n.zone).After(now) {
			continue
		}
		text := absenceWords[a.Kind] + " from " + when(instant(a.Start, n.zone), now, n.zone)
		if a.End.IsZero() {
			text += " until further notice"
		} else {
			text += " until " + when(instant(a.End, n.zone), now, n.zone)
		}
		rows = append(rows, absenceRow{text, "/rota/change/back?absence=" + a.ID})
	}
	return rows
}

// people is the page of everybody.
func (c *Console) people(w http.ResponseWriter, r *asked) {
	c.render(w, http.StatusOK, "people", c.page(r, "People", people(c.o.Rota(), c.o.Now(), c.o.Zone)))
}

// person is the page of one.
func (c *Console) person(w http.ResponseWriter, r *asked) {
	plan := c.o.Rota()
	if plan == nil {
		c.over(w, r)
		return
	}
	p, ok := personOf(plan, r.PathValue("id"), c.o.Now(), c.o.Zone, c.o.Changes != nil && r.Who.May(access.ChangeRota))
	if !ok {
		c.over(w, r)
		return
	}
	c.render(w, http.StatusOK, "person", c.page(r, p.Name, p))
}

// shiftPage is who is on for a team and tier at an instant, and what can be
// done about it.
type shiftPage struct {
	Team, Tier, When, Length string
	People                   []shiftPerson
	Findings                 []finding
	Cover                    string
	CanEdit, Over            bool
	Need                     string // what is missing, "" for nothing
}

type shiftPerson struct {
	ID, Name, Why string
	Take          string // address; "" when it cannot be taken
	Off           string
	Now           bool
}

// shift is that page.
func (c *Console) shift(w http.ResponseWriter, r *asked) {
	plan, now, zone := c.o.Rota(), c.o.Now(), c.o.Zone
	team, tier := r.PathValue("team"), call.Tier(r.PathValue("tier"))
	wall, err := rota.ParseLocalTime(r.PathValue("at"))
	at := instant(wall, zone)
	if at.Before(now) && now.Sub(at) < time.Minute {
		at = now
	}
	if plan == nil || err != nil || !near(at, now) || !slices.Contains(shownTiers, tier) || !slices.Contains((names{plan, zone}).openTeams(at), team) {
		c.over(w, r)
		return
	}
	n := names{covering(plan, at.Add(-48*time.Hour), at.Add(72*time.Hour)), zone}
	p := n.shiftPage(team, tier, at, now)
	p.CanEdit = c.o.Changes != nil && !p.Over && r.Who.May(access.ChangeRota)
	c.render(w, http.StatusOK, "shift", c.page(r, p.Team+", "+lower(p.Tier), p))
}

func (n names) shiftPage(team string, tier call.Tier, at, now time.Time) shiftPage {
	from, until := n.around(team, tier, at)
	p := shiftPage{Team: n.team(team), Tier: tierWord(tier), When: n.span(from, until, now), Length: spoken(until.Sub(from)), Over: !until.After(now)}
	if odd := offsetChange(from, until, n.zone); odd != "" {
		p.Length += ": " + odd
	}
	on := n.r.OnShift(team, tier, at)
	if want := n.wanted(team); tier == call.TierResponding && len(on) < want {
		p.Need = count(want-len(on), "more person", "more people") + " needed"
	}
	start := latest(from, now)
	p.Cover = coverLink(team, tier, start, until, n.zone)
	for _, d := range on {
		person := shiftPerson{ID: d.Responder, Name: n.person(d.Responder), Now: !from.After(now) && now.Before(until)}
		person.Off = p.Cover + "&person=" + d.Responder
		if slot, _, ok := n.slotAt(d.Why, at); ok {
			person.Take = "/rota/change/take?slot=" + slot.Shift + "%7C" + slot.Date.String() + "%7C" + d.Responder
		}
		person.Why = n.reason(d.Why)
		p.People = append(p.People, person)
	}
	for _, f := range n.r.Review(start, max(until.Sub(start), time.Minute), rota.Facts{}) {
		if f.Level != rota.LevelNote && f.Team == team {
			p.Findings = append(p.Findings, n.finding(f))
		}
	}
	return p
}

// reason is why somebody is on, in words.
func (n names) reason(why string) string {
	kind, id, _ := strings.Cut(why, " ")
	switch kind {
	case "override":
		for _, o := range n.r.Plan().Overrides {
			if o.ID == id && o.Remove != "" {
				return "in place of " + n.person(o.Remove)
			}
		}
		return "put on by hand"
	case "swap":
		return "by a swap"
	}
	return ""
}

// around is the time about an instant in which the same people are on, at most
// a day to either side.
func (n names) around(team string, tier call.Tier, at time.Time) (from, until time.Time) {
	begin, end := at.Add(-24*time.Hour), at.Add(24*time.Hour)
	for _, s := range n.tierSpans(team, tier, boundaries(n.r, begin, end)) {
		if !at.Before(s.from) && at.Before(s.until) {
			return s.from, s.until
		}
	}
	return begin, end
}
