package console

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// weekPage is seven days of every team.
type weekPage struct {
	CanDrag     bool // shifts can be dragged onto each other, to be swapped
	NoPlan      bool
	Title       string
	Prev, Next  string // addresses
	ClockChange string
	Teams       []weekTeam
	Views       []menuItem
}

type weekTeam struct {
	ID, Name string
	Tiers    []string
	Days     []weekDay
	Findings []finding // what must be mended
	Warnings []finding
	Gaps     int
}

type weekDay struct {
	Name, Href string
	Today      bool
	Cells      []weekCell
}

type weekCell struct {
	Tier  string
	Spans []shiftSpan
}

// shiftSpan is a time in which the same people are on for a team and tier.
type shiftSpan struct {
	When, People, Note, Href string
	Gap                      bool // too few

	Person, Slot string // whose shift it is, when it is one person's and can be swapped: it can be dragged
	Tier         call.Tier
}

// rotaViews are the ways to look at the rota.
func rotaViews(path string) []menuItem {
	return []menuItem{{"24 hours", "/rota", path == "/rota"}, {"Week", "/rota/week", path == "/rota/week"}, {"Six weeks", "/rota/weeks", path == "/rota/weeks"}}
}

// rotaWeek computes the page. It is pure.
func rotaWeek(r *rota.Rota, monday, now time.Time, zone *time.Location, facts rota.Facts) weekPage {
	p := weekPage{NoPlan: r == nil, Views: rotaViews("/rota/week")}
	if r == nil {
		return p
	}
	end := monday.AddDate(0, 0, 7)
	p.Title = "Week of " + monday.In(zone).Format("2 January 2006")
	p.Prev, p.Next = "/rota/week?from="+monday.AddDate(0, 0, -7).Format(time.DateOnly), "/rota/week?from="+end.Format(time.DateOnly)
	p.ClockChange = clockChange(monday, end, zone)
	wide := covering(r, monday, end)
	n := names{wide, zone}
	edges := boundaries(wide, monday.Add(-24*time.Hour), end.Add(24*time.Hour)) // nights that reach over either end
	found := wide.Review(latest(monday, now), end.Sub(latest(monday, now)), facts)
	for _, id := range n.openTeams(monday) {
		p.Teams = append(p.Teams, n.weekTeam(id, monday, edges, found, now))
	}
	return p
}

// covering is the same plan compiled for a span, when it was not yet.
func covering(r *rota.Rota, from, until time.Time) *rota.Rota {
	wide, err := rota.Compile(r.Plan(), from.Add(-48*time.Hour), until.Sub(from)+96*time.Hour)
	if err != nil { // it compiled before
		return r
	}
	return wide
}

func (n names) weekTeam(id string, start time.Time, edges []time.Time, found []rota.Finding, now time.Time) weekTeam {
	t := weekTeam{ID: id, Name: n.team(id)}
	end := start.AddDate(0, 0, 7)
	byTier := map[call.Tier][]tierSpan{}
	for _, tier := range shownTiers {
		spans := n.tierSpans(id, tier, edges)
		if tier != call.TierResponding && len(spans) == 1 && len(spans[0].people) == 0 {
			continue
		}
		byTier[tier] = withoutHandOvers(spans)
		t.Tiers = append(t.Tiers, tierWord(tier))
	}
	for day := start; day.Before(end); day = day.AddDate(0, 0, 1) {
		d := weekDay{Name: day.In(n.zone).Format("Mon 2 Jan"), Href: "/rota?day=" + day.In(n.zone).Format(time.DateOnly)}
		d.Today = !now.Before(day) && now.Before(day.AddDate(0, 0, 1))
		for _, tier := range shownTiers {
			if spans, ok := byTier[tier]; ok {
				d.Cells = append(d.Cells, n.weekCell(id, tier, spans, day, day.Equal(start)))
			}
		}
		t.Days = append(t.Days, d)
	}
	for _, s := range byTier[call.TierResponding] {
		if len(s.people) == 0 && s.until.After(start) && s.from.Before(end) {
			t.Gaps++
		}
	}
	for _, f := range found {
		switch {
		case f.Team != id || f.Level == rota.LevelNote:
		case f.Level == rota.LevelRefuse:
			t.Findings = append(t.Findings, n.finding(f))
		default:
			t.Warnings = append(t.Warnings, n.finding(f))
		}
	}
	return t
}

// tierSpan is an unbroken time in which the same people are on.
type tierSpan struct {
	from, until time.Time
	people      []string
	alone       time.Time // when only these people are on: after the hand-over it begins with
}

// longestHandOver is how long two crews may be on together for it to be their
// hand-over, and not a time of its own.
const longestHandOver = 30 * time.Minute

// withoutHandOvers leaves out the times in which one crew hands over to the
// next, and gives them to both: "20:00 to 08:15", as people say it.
func withoutHandOvers(all []tierSpan) []tierSpan {
	var out []tierSpan
	for i, s := range all {
		if k := len(out) - 1; k >= 0 && i+1 < len(all) && isHandOver(all[i-1], s, all[i+1]) {
			out[k].until = s.until
			all[i+1].from = s.from
			continue
		}
		out = append(out, s)
	}
	return out
}

// isHandOver reports whether a span is nobody's but the crews' on either side.
func isHandOver(before, s, after tierSpan) bool {
	if s.until.Sub(s.from) > longestHandOver || len(before.people) == 0 || len(after.people) == 0 {
		return false
	}
	for _, id := range s.people {
		if !has(before.people, id) && !has(after.people, id) {
			return false
		}
	}
	return len(without(before.people, s.people)) == 0 && len(without(after.people, s.people)) == 0
}

func (n names) tierSpans(team string, tier call.Tier, edges []time.Time) []tierSpan {
	var all []tierSpan
	for i, at := range edges[:len(edges)-1] {
		on := n.r.OnShift(team, tier, at)
		if k := len(all) - 1; k >= 0 && ids(n.r.OnShift(team, tier, all[k].from)) == ids(on) {
			all[k].until = edges[i+1]
			continue
		}
		all = append(all, tierSpan{at, edges[i+1], idList(on), at})
	}
	return all
}

// weekCell lists what begins on the day, and what goes on through all of it.
func (n names) weekCell(team string, tier call.Tier, spans []tierSpan, day time.Time, first bool) weekCell {
	c := weekCell{Tier: tierWord(tier)}
	next := day.AddDate(0, 0, 1)
	for _, s := range spans {
		begins := !s.from.Before(day) && s.from.Before(next)
		through := s.from.Before(day) && !s.until.Before(next)
		long := s.until.Sub(s.from) > 24*time.Hour // its end was not told on the day it began
		ends := (first || long) && s.from.Before(day) && s.until.After(day)
		if !begins && !through && !ends {
			continue
		}
		out := shiftSpan{People: list(n.people(s.people)), Href: shiftLink(team, tier, latest(s.alone, day), n.zone), Gap: len(s.people) == 0 && tier == call.TierResponding}
		switch {
		case through || s.until.Sub(s.from) > 24*time.Hour && s.from.Equal(day):
			out.When = "All day"
		case ends:
			out.When = "Until " + onWall(s.until, n.zone, "15:04")
		case s.until.Sub(s.from) > 24*time.Hour:
			out.When = "From " + onWall(s.from, n.zone, "15:04")
		default:
			out.When = onWall(s.from, n.zone, "15:04") + " to " + onWall(s.until, n.zone, "15:04")
			out.Note = oddLength(s.from, s.until, n.zone)
		}
		if len(s.people) == 0 {
			out.People = "Nobody"
		}
		if out.Person, out.Slot = n.swappable(team, tier, s); out.Slot != "" {
			out.Tier = tier
		}
		c.Spans = append(c.Spans, out)
	}
	return c
}

// swappable is whose shift a span is, and which; nothing when it is several
// people's, or was put there by hand.
func (n names) swappable(team string, tier call.Tier, s tierSpan) (person, slot string) {
	on := n.r.OnShift(team, tier, s.alone)
	if len(on) != 1 {
		return "", ""
	}
	at, _, ok := n.slotAt(on[0].Why, s.alone)
	if !ok {
		return "", ""
	}
	return on[0].Responder, at.Shift + "|" + at.Date.String()
}

// oddLength says how long a span is when the clocks make it odd.
func oddLength(from, until time.Time, zone *time.Location) string {
	if why := offsetChange(from, until, zone); why != "" {
		return spoken(until.Sub(from)) + ": " + why
	}
	return ""
}

// shiftLink is the page of who is on for a team and tier at an instant.
func shiftLink(team string, tier call.Tier, at time.Time, zone *time.Location) string {
	return fmt.Sprintf("/rota/shift/%s/%s/%s", team, tier, at.In(zone).Format("2006-01-02T15:04"))
}

// coverLink is the form that puts somebody on for a span.
func coverLink(team string, tier call.Tier, from, until time.Time, zone *time.Location) string {
	q := url.Values{"team": {team}, "tier": {string(tier)}, "from": {onTheWall(from, zone).String()}, "until": {onTheWall(until, zone).String()}}
	return "/rota/change/cover?" + q.Encode()
}

// heatPage is six weeks at a glance.
type heatPage struct {
	NoPlan bool
	Views  []menuItem
	Teams  []heatTeam
}

type heatTeam struct {
	ID, Name string
	Days     []string
	Weeks    []heatWeek
}

type heatWeek struct {
	Name  string
	Cells []heatCell
}

// heatCell is one day: the fewest people responding at any minute.
type heatCell struct {
	Text, About, Level, Href string
	Day                      string
	Past                     bool
}

const heatWeeks = 6

// rotaHeat computes the overview. It is pure.
func rotaHeat(r *rota.Rota, now time.Time, zone *time.Location) heatPage {
	p := heatPage{NoPlan: r == nil, Views: rotaViews("/rota/weeks")}
	if r == nil {
		return p
	}
	from := mondayOf(now, zone)
	end := from.AddDate(0, 0, 7*heatWeeks)
	n := names{covering(r, from, end), zone}
	for _, id := range n.openTeams(now) {
		t := heatTeam{ID: id, Name: n.team(id), Days: []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}}
		for w := range heatWeeks {
			week := heatWeek{Name: from.AddDate(0, 0, 7*w).Format("2 Jan")}
			for d := range 7 {
				week.Cells = append(week.Cells, n.heatCell(id, from.AddDate(0, 0, 7*w+d), now))
			}
			t.Weeks = append(t.Weeks, week)
		}
		p.Teams = append(p.Teams, t)
	}
	return p
}

func (n names) heatCell(team string, day, now time.Time) heatCell {
	next := day.AddDate(0, 0, 1)
	c := heatCell{Day: day.Format("2"), Href: "/rota?day=" + day.Format(time.DateOnly), Past: !next.After(now)}
	least, gap := -1, time.Duration(0)
	edges := boundaries(n.r, day, next)
	for i, at := range edges[:len(edges)-1] {
		on := len(n.r.OnShift(team, call.TierResponding, at))
		if on == 0 {
			gap += edges[i+1].Sub(at)
		}
		if least < 0 || on < least {
			least = on
		}
	}
	want := n.wanted(team)
	about := day.Format("Monday 2 January") + ": "
	switch {
	case least == 0:
		c.Level, c.Text, c.About = "gap", "Gap", about+"nobody for "+spoken(gap)
	case least < want:
		c.Level, c.Text, c.About = "short", fmt.Sprint(least), about+fmt.Sprintf("%d of %d at least", least, want)
	case least == want:
		c.Level, c.Text, c.About = "just", fmt.Sprint(least), about+"just enough, "+count(least, "person", "people")
	default:
		c.Level, c.Text, c.About = "well", fmt.Sprint(least), about+count(least, "person", "people")+" at least"
	}
	return c
}

// wanted is how many people are to respond for a team at every minute.
func (n names) wanted(team string) int {
	p := n.r.Plan()
	for i := range p.Teams {
		if t := &p.Teams[i]; t.ID == team && t.Minimum != nil && t.Minimum.Responding >= 0 {
			return t.Minimum.Responding
		}
	}
	return p.Minimum.Responding
}

// mondayOf is the midnight with which the week of t begins.
func mondayOf(t time.Time, zone *time.Location) time.Time {
	day := midnight(t, zone)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// week is the page of seven days.
func (c *Console) week(w http.ResponseWriter, r *asked) {
	now := c.o.Now()
	monday := mondayOf(now, c.o.Zone)
	if day, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("from"), c.o.Zone); err == nil && near(day, now) {
		monday = mondayOf(day, c.o.Zone)
	}
	p := rotaWeek(c.o.Rota(), monday, now, c.o.Zone, c.facts(r.Context()))
	p.CanDrag = c.o.Changes != nil && r.Who.May(access.ChangeRota)
	c.render(w, http.StatusOK, "week", c.page(r, "Rota, "+lower(p.Title), p))
}

// weeks is the overview.
func (c *Console) weeks(w http.ResponseWriter, r *asked) {
	c.render(w, http.StatusOK, "weeks", c.page(r, "Rota, six weeks", rotaHeat(c.o.Rota(), c.o.Now(), c.o.Zone)))
}

// near bounds which days can be asked for: a year either way.
func near(day, now time.Time) bool { return day.Sub(now).Abs() < 366*24*time.Hour }
