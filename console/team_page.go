package console

import (
	"net/http"
	"time"

	"example.org/crisisline/rota"
)

// teamPage is one team.
type teamPage struct {
	teamCard
	Open      bool
	CanChange bool
	Coming    []comingChange
	Members   []memberLine
	Helps     []aidRow
	Rota      string // address of its rota; "" for a team that has none
}

// comingChange is a merger or parting whose time has not come.
type comingChange struct {
	Text string
	Team string // whose change it is: what is taken back
}

type memberLine struct{ ID, Name, Skills string }

// teamOf computes the page of one team. It is pure.
func teamOf(r *rota.Rota, id string, now time.Time, zone *time.Location) (p teamPage, ok bool) {
	l, ok := r.TeamLife(id, now)
	if !ok {
		return p, false
	}
	n := names{r, zone}
	p.teamCard, p.Open = n.teamCard(l, now), l.Standing == rota.StandingOpen
	at := latest(now, l.From)
	if l.Listed && l.Standing != rota.StandingClosed {
		for _, id := range r.PeopleOf(l.ID, at) {
			who, _ := r.Responder(id)
			p.Members = append(p.Members, memberLine{id, n.person(id), skillWords(who.Skills)})
		}
		p.Rota = "/rota#rota-" + l.ID
	}
	p.Helps = n.aidRows(now, nil, func(a rota.Aid) bool {
		home, _ := r.TeamAt(a.Team, now)
		by, _ := r.TeamAt(a.By, now)
		return home == l.ID || by == l.ID
	})
	p.Coming = n.coming(l, now)
	return p, true
}

// coming are the changes of a team that are published and not in force yet.
func (n names) coming(l rota.TeamLife, now time.Time) []comingChange {
	var all []comingChange
	for _, s := range l.MergedFrom {
		if at := n.r.HappensAt(s); at.After(now) {
			all = append(all, comingChange{n.team(s.Team) + " becomes part of " + n.team(l.ID) + " on " + n.day(at), l.ID})
		}
	}
	for _, s := range l.SplitOff {
		if at := n.r.HappensAt(s); at.After(now) {
			all = append(all, comingChange{n.team(s.Team) + " leaves " + n.team(l.ID) + " on " + n.day(at), s.Team})
		}
	}
	switch {
	case l.Until.After(now) && l.Successor != "":
		all = append(all, comingChange{"It becomes part of " + n.team(l.Successor) + " on " + n.day(l.Until), l.Successor})
	case l.From.After(now) && l.Before != "" && len(l.MergedFrom) == 0:
		all = append(all, comingChange{"It leaves " + n.team(l.Before) + " on " + n.day(l.From), l.ID})
	}
	return all
}

// team is the page of one.
func (c *Console) team(w http.ResponseWriter, r *asked) {
	plan := c.o.Rota()
	if plan == nil {
		c.missing(w, r)
		return
	}
	p, ok := teamOf(plan, r.PathValue("id"), c.o.Now(), c.o.Zone)
	if !ok {
		c.render(w, http.StatusNotFound, "message", c.page(r, "No such team", "The plan has no team of that name, and never had one."))
		return
	}
	p.CanChange = c.mayChangeTeams(r)
	c.render(w, http.StatusOK, "team", c.page(r, p.Name, p))
}
