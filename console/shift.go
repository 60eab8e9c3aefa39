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
	CanEdit       bool // their place in the rota is for whoever looks to change
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
	p := n.shiftPage(team, tier, at, now, c.facts(r.Context()))
	p.CanEdit = c.o.Changes != nil && !p.Over && r.Who.May(access.ChangeRota, team)
	for i := range p.People {
		who, _ := n.r.Responder(p.People[i].ID)
		p.People[i].CanEdit = p.CanEdit && r.Who.May(access.ChangeRota, who.Team)
	}
	c.render(w, http.StatusOK, "shift", c.page(r, p.Team+", "+lower(p.Tier), p))
}

func (n names) shiftPage(team string, tier call.Tier, at, now time.Time, facts rota.Facts) shiftPage {
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
	for _, f := range n.r.Review(start, max(until.Sub(start), time.Minute), facts) {
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
