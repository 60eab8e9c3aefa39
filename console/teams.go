package console

import (
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// teamsPage is every team there is, was or will be.
type teamsPage struct {
	NoPlan    bool
	Open      []teamCard
	Opening   []teamCard
	Closed    []teamCard // and those that left the service
	Views     []menuItem
	CanChange bool
	Drafts    []draftLine
	Done      string
}

// teamCard is one team as the catalogue shows it.
type teamCard struct {
	ID, Name   string
	Tag, Tone  string
	When       string // since when, until when, and who then
	Past       []string
	For        string
	Neighbours []Link
	Places     []placeLine
	Lines      []Link
	People     int
	OnNow      []tierLine
	Nobody     bool // open, and nobody responds
}

// placeLine is a locality with its outward codes, as ranges, and its dialling
// codes.
type placeLine struct{ Name, Codes, Dialling string }

// tierLine is who is on for one tier, and until when.
type tierLine struct {
	Tier, People string
	Each         []onLine
}

// onLine is one person who is on.
type onLine struct{ ID, Name, Until string }

// standingTags say how a team stands.
var standingTags = map[rota.Standing]versionFlag{
	rota.StandingOpen: {"Open", "green"}, rota.StandingOpening: {"Opening", "blue"},
	rota.StandingClosed: {"Closed", "grey"}, rota.StandingElsewhere: {"Elsewhere", "purple"},
}

// catalogue computes the page. It is pure.
func catalogue(r *rota.Rota, now time.Time, zone *time.Location) teamsPage {
	if r == nil {
		return teamsPage{NoPlan: true}
	}
	n := names{r, zone}
	var p teamsPage
	for _, l := range r.Catalogue(now) {
		card := n.teamCard(l, now)
		switch l.Standing {
		case rota.StandingOpen:
			p.Open = append(p.Open, card)
		case rota.StandingOpening:
			p.Opening = append(p.Opening, card)
		default:
			p.Closed = append(p.Closed, card)
		}
	}
	return p
}

func (n names) teamCard(l rota.TeamLife, now time.Time) teamCard {
	c := teamCard{ID: l.ID, Name: n.team(l.ID), Past: n.past(l), For: skillWords(l.For)}
	c.Tag, c.Tone = standingTags[l.Standing].Text, standingTags[l.Standing].Tone
	c.When = n.lifeWords(l)
	if l.Standing == rota.StandingClosed || l.Standing == rota.StandingElsewhere {
		return c
	}
	for _, id := range l.Neighbours {
		c.Neighbours = append(c.Neighbours, n.teamLink(id))
	}
	at := latest(now, l.From) // of a team to come: as it opens
	c.People = len(n.r.PeopleOf(l.ID, at))
	for _, p := range n.r.LocalitiesOf(l.ID, at) {
		c.Places = append(c.Places, placeLine{p.Name, codeRanges(p.Outward), list(p.Dialling)})
	}
	for _, line := range n.r.LinesOf(l.ID, at) {
		c.Lines = append(c.Lines, Link{line.Name, "/lines#line-" + line.ID})
	}
	if l.Standing == rota.StandingOpen {
		c.OnNow, c.Nobody = n.onTiers(l.ID, now)
	}
	return c
}

func (n names) teamLink(id string) Link { return Link{n.team(id), "/teams/" + id} }

// lifeWords say since when a team is there, until when, and who then.
func (n names) lifeWords(l rota.TeamLife) string {
	since, until := "Since "+n.day(l.From), "Until "+n.day(l.Until)
	if l.From.IsZero() {
		since = ""
	}
	then := ""
	if l.Successor != "" {
		then = ", then part of " + n.team(l.Successor)
	}
	switch {
	case l.Standing == rota.StandingOpening:
		return "Opens on " + n.day(l.From)
	case l.Standing == rota.StandingElsewhere:
		return "A team elsewhere, since " + n.day(l.From)
	case l.Until.IsZero():
		return since
	case l.Standing == rota.StandingClosed:
		return until + then
	case since == "":
		return "Closes on " + n.day(l.Until) + then
	}
	return since + ". Closes on " + n.day(l.Until) + then
}

// past is what became part of a team, what left it, and what it was called.
func (n names) past(l rota.TeamLife) []string {
	var all []string
	for _, s := range l.MergedFrom {
		all = append(all, n.team(s.Team)+" became part of it on "+n.day(n.r.HappensAt(s)))
	}
	for _, s := range l.SplitOff {
		all = append(all, n.team(s.Team)+" left it on "+n.day(n.r.HappensAt(s)))
	}
	for _, was := range l.Renamed {
		all = append(all, "Called "+was.Name+" until "+n.day(instant(rota.LocalTime{Date: was.Till}, n.zone)))
	}
	return all
}

// day is a day as people write it, with the time when that is not midnight.
func (n names) day(t time.Time) string {
	if t = t.In(n.zone); t.Hour() == 0 && t.Minute() == 0 {
		return t.Format("2 January 2006")
	}
	return onWall(t, n.zone, "2 January 2006 at 15:04")
}

// onTiers is who is on for a team now, tier by tier; nobody reports whether none
// of them responds.
func (n names) onTiers(team string, now time.Time) (tiers []tierLine, nobody bool) {
	for _, tier := range shownTiers {
		on := n.r.OnShift(team, tier, now)
		if len(on) == 0 {
			nobody = nobody || tier == call.TierResponding
			continue
		}
		line := tierLine{Tier: tierWord(tier)}
		var people []string
		for _, d := range on {
			people = append(people, n.person(d.Responder))
			line.Each = append(line.Each, onLine{d.Responder, n.person(d.Responder), when(d.Until, now, n.zone)})
		}
		line.People = list(people)
		tiers = append(tiers, line)
	}
	return tiers, nobody
}

// teamViews are the pages about teams.
func teamViews(current string) []menuItem {
	items := []menuItem{{Text: "Teams", Href: "/teams"}, {Text: "Localities", Href: "/localities"}, {Text: "Lines", Href: "/lines"}, {Text: "Mutual aid", Href: "/mutual-aid"}}
	for i := range items {
		items[i].Current = items[i].Href == current
	}
	return items
}

// mayChangeTeams reports whether whoever asks may change what teams there are.
func (c *Console) mayChangeTeams(r *asked) bool {
	return c.o.Changes != nil && c.o.Rota() != nil && r.Who.May(access.ChangeTeams)
}

// teams is the page Teams.
func (c *Console) teams(w http.ResponseWriter, r *asked) {
	p := catalogue(c.o.Rota(), c.o.Now(), c.o.Zone)
	p.Views, p.Done = teamViews("/teams"), teamsDone[r.URL.Query().Get("done")]
	if p.CanChange = c.mayChangeTeams(r); p.CanChange {
		p.Drafts = c.draftLines(r, names{c.o.Rota(), c.o.Zone}, true)
	}
	c.render(w, http.StatusOK, "teams", c.page(r, "Teams", p))
}

// teamsDone is what the pages about teams say after a change.
var teamsDone = map[string]string{
	"published": "Published. " + callsGoOn,
	"dropped":   "Thrown away. The teams are as they were.",
}

// teamRoutes are the pages about teams.
func (c *Console) teamRoutes() []route {
	all := []route{
		{"GET /teams", access.Look, c.teams},
		{"GET /teams/{id}", access.Look, c.team},
		{"GET /mutual-aid", access.Look, c.mutualAid},
		{"GET /localities", access.Look, c.localities},
		{"POST /localities", access.Look, c.lookUp},
		{"GET /lines", access.Look, c.lines},
	}
	if c.o.Changes == nil {
		return all
	}
	return append(all, []route{
		{"GET /teams/change/{way}", access.ChangeTeams, c.askStep},
		{"POST /teams/change/{way}", access.ChangeTeams, c.doStep},
		{"POST /teams/take-back/{id}", access.ChangeTeams, c.takeTeamBack},
	}...)
}
