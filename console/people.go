package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// peopleSpan is how far ahead shifts and hours are looked at.
const peopleSpan = 28 * 24 * time.Hour

// peopleRoutes are the pages of who is in the plan.
func (c *Console) peopleRoutes() []route {
	return []route{
		{"GET /people", access.Look, c.people},
		{"GET /people/{id}", access.Look, c.person},
		{"GET /hours", access.ChangeRota, c.hours},
		{"GET /people/{id}/number", access.SeeNumbers, c.askNumber},
		{"POST /people/{id}/number", access.SeeNumbers, c.seeNumber},
	}
}

// facts is what is known of people besides the plan.
func (c *Console) facts(ctx context.Context) rota.Facts {
	if c.o.Facts == nil {
		return rota.Facts{}
	}
	return c.o.Facts(ctx)
}

type peoplePage struct {
	NoPlan  bool
	Teams   []peopleTeam
	Full    bool // what is only for those who make the rota
	CanEdit bool
	Done    string
}

type peopleTeam struct {
	ID, Name string
	People   []personLine
}

// personLine is one person. A number is never shown but for its end.
type personLine struct {
	ID, Name, Number string
	Skills, Tiers    string
	Week, Hours      string
	Reach            reach
	Findings         int
	Away             string
}

// looking is somebody looking at people: what they are shown goes by who they
// are. Hours, findings and why somebody is away are personal: they are for whoever
// mends the rota, and for the person.
type looking struct {
	names
	now   time.Time
	facts rota.Facts
	may   func(who *rota.Responder) bool // see the whole
}

func (c *Console) looking(r *asked) looking {
	return looking{
		names: names{covering(c.o.Rota(), c.o.Now(), c.o.Now().Add(peopleSpan)), c.o.Zone}, now: c.o.Now(), facts: c.facts(r.Context()),
		may: func(who *rota.Responder) bool {
			return who.ID == r.Who.Responder || r.Who.May(access.MendNow, who.Team)
		},
	}
}

// people computes the page. It is pure.
func (l looking) people() peoplePage {
	found := l.r.Review(l.now, peopleSpan, l.facts)
	hours := l.hours()
	var p peoplePage
	for i := range l.r.Plan().Teams {
		t := peopleTeam{ID: l.r.Plan().Teams[i].ID, Name: l.r.Plan().Teams[i].Name}
		for j := range l.r.Plan().Responders {
			who := &l.r.Plan().Responders[j]
			if who.Team != t.ID {
				continue
			}
			p.Full = p.Full || l.may(who)
			t.People = append(t.People, l.personLine(who, found, hours[who.ID]))
		}
		if len(t.People) > 0 {
			p.Teams = append(p.Teams, t)
		}
	}
	return p
}

// hours are everybody's from now on, by id.
func (l looking) hours() map[string]rota.Hours {
	all := map[string]rota.Hours{}
	list, err := l.r.Hours(l.now, l.now.Add(peopleSpan), l.facts)
	if err != nil { // it compiled before: the zone cannot have gone
		return all
	}
	for _, h := range list {
		all[h.Responder] = h
	}
	return all
}

func (l looking) personLine(p *rota.Responder, found []rota.Finding, h rota.Hours) personLine {
	line := personLine{ID: p.ID, Name: p.Name, Skills: skillWords(p.Skills), Tiers: l.tiersOf(p)}
	for _, a := range l.absences(p.ID, l.now, l.may(p)) {
		line.Away = a.Text
		break
	}
	if !l.may(p) {
		return line
	}
	line.Number, line.Reach = ending(p.Number), l.reach(p)
	line.Week, line.Hours = worked(h.Week), worked(h.Span)
	for _, f := range found {
		if f.Level != rota.LevelNote && f.Rule != rota.RuleProven && slices.Contains(f.People, p.ID) {
			line.Findings++
		}
	}
	return line
}

// worked is a time of work, "none" for none.
func worked(d time.Duration) string {
	if d <= 0 {
		return "none"
	}
	return spoken(d.Round(time.Minute))
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

// reach is how well somebody's telephone is proven.
type reach struct {
	Short string // for a list: "Wed 02:14", "never"
	Text  string
	Late  bool // it must be tested
}

// reach says when a telephone was last answered, as a test or for a caller.
func (l looking) reach(p *rota.Responder) reach {
	days := l.r.Plan().Policy.ProvenDays
	if days == 0 {
		days = rota.ProvenDays
	}
	known := l.facts.Reached[p.ID]
	last, what := known.Answered, "A call was taken on it"
	if tested := instant(rota.LocalTime{Date: p.Proven}, l.zone); !p.Proven.IsZero() && tested.After(last) && !tested.After(l.now) {
		last, what = tested, "It was tested"
	}
	r := reach{Late: true}
	switch {
	case last.IsZero():
		r.Short, r.Text = "never", "Nobody has taken a call on this number, and no test is noted."
	case l.now.Sub(last) > time.Duration(days)*24*time.Hour:
		r.Short, r.Text = last.In(l.zone).Format("2 January"), what+" on "+last.In(l.zone).Format("2 January 2006")+": more than "+strconv.Itoa(days)+" days ago."
	default:
		r.Late = false
		r.Short, r.Text = when(last, l.now, l.zone), what+": "+when(last, l.now, l.zone)+"."
		if known.Answered.Before(last) {
			r.Short = last.In(l.zone).Format("2 January")
			r.Text = what + " on " + r.Short + "."
		}
	}
	if known.Rung.After(known.Answered) {
		r.Text += " It last rang " + when(known.Rung, l.now, l.zone) + "."
	}
	if known.Missed > 0 {
		r.Text += " " + count(known.Missed, "ring was", "rings were") + " missed"
		if !known.Answered.IsZero() {
			r.Text += " since"
		}
		r.Text += "."
	}
	return r
}

// people is the page of everybody.
func (c *Console) people(w http.ResponseWriter, r *asked) {
	p := peoplePage{NoPlan: true}
	if c.o.Rota() != nil {
		p = c.looking(r).people()
		p.CanEdit = c.o.Changes != nil && r.Who.May(access.ChangeRota)
	}
	c.render(w, http.StatusOK, "people", c.page(r, "People", p))
}

// responder is whom a page is about, and their plan's names.
func (c *Console) responder(r *asked) (rota.Responder, bool) {
	plan := c.o.Rota()
	if plan == nil {
		return rota.Responder{}, false
	}
	return plan.Responder(r.PathValue("id"))
}

// numberReasons are why a responder's number may be needed.
var numberReasons = []choice{
	{Value: "reach", Text: "To reach them about a shift"},
	{Value: "check", Text: "To check that the number is right"},
	{Value: "safety", Text: "To see that they are safe"},
	{Value: otherReason, Text: "Something else", Hint: "Say what, below."},
}

func (c *Console) numberOf(r *asked) (u unmasking, ok bool) {
	who, ok := c.responder(r)
	return unmasking{
		Title: "Show the number of " + who.Name, About: who.ID, Teams: []string{who.Team}, Action: "/people/" + who.ID + "/number",
		Back: Link{"Back to " + who.Name, "/people/" + who.ID}, Reasons: numberReasons,
		Number: func(context.Context) (call.Number, error) { return who.Number, nil },
		None:   "The plan has no number for them.",
	}, ok
}

// askNumber asks why somebody wants to see a responder's number.
func (c *Console) askNumber(w http.ResponseWriter, r *asked) {
	u, ok := c.numberOf(r)
	if !ok {
		c.over(w, r)
		return
	}
	c.askUnmask(w, r, u)
}

// seeNumber shows it.
func (c *Console) seeNumber(w http.ResponseWriter, r *asked) {
	u, ok := c.numberOf(r)
	if !ok {
		c.over(w, r)
		return
	}
	c.unmask(w, r, u)
}
