package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// offerPeople are the operations about who is on, who there is, and the buttons
// of the board.
func offerPeople(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/on-shift", ID: "on-shift", Tag: "rota", Needs: access.Look,
		Summary: "Who is on shift at an instant", More: "The same function that decides who is rung."}, (*Console).apiOnShift)
	offer(a, operation{Method: http.MethodGet, Path: "/rota", ID: "rota", Tag: "rota", Needs: access.Look,
		Summary: "Who is on between two instants, span by span", More: "At most 35 days."}, (*Console).apiRota)
	offer(a, operation{Method: http.MethodGet, Path: "/people", ID: "people", Tag: "people", Needs: access.Look, Summary: "Everybody in the plan, without their numbers"}, (*Console).apiPeople)
	offer(a, operation{Method: http.MethodGet, Path: "/teams", ID: "teams", Tag: "teams", Needs: access.Look, Summary: "The teams there were, are and will be"}, (*Console).apiTeams)
	offerPresses(a)
}

type dutyJSON struct {
	Team      string     `json:"team"`
	Tier      call.Tier  `json:"tier"`
	Responder string     `json:"responder"`
	Name      string     `json:"name"`
	Until     *time.Time `json:"until,omitempty" doc:"When they go off"`
	Why       string     `json:"why" doc:"The shift or override that says so"`
}

type onShiftAsk struct {
	asker
	Team string    `query:"team" doc:"One team; all that are open when left out"`
	At   time.Time `query:"at" doc:"Now when left out"`
}

type onShiftJSON struct {
	At      time.Time  `json:"at"`
	Version int64      `json:"plan_version"`
	OnShift []dutyJSON `json:"on_shift" nullable:"false"`
}

func (n names) duties(teams []string, when time.Time) []dutyJSON {
	all := []dutyJSON{}
	for _, team := range teams {
		for _, tier := range call.Tiers {
			for _, d := range n.r.OnShift(team, tier, when) {
				all = append(all, dutyJSON{team, tier, d.Responder, n.person(d.Responder), utc(d.Until), d.Why})
			}
		}
	}
	return all
}

// planAsked is the plan, wide enough for a span, and the teams asked about.
func (c *Console) planAsked(team string, from, until time.Time) (n names, teams []string, err error) {
	plan := c.o.Rota()
	if plan == nil {
		return n, nil, errNotThere
	}
	if now := c.o.Now(); !near(from, now) || !near(until, now) {
		return n, nil, wrongly("that is too far from now")
	}
	n = names{covering(plan, from.Add(-24*time.Hour), until.Add(24*time.Hour)), c.o.Zone}
	teams = n.openTeams(from)
	if team != "" {
		if !has(teams, team) {
			return n, nil, errNotThere
		}
		teams = []string{team}
	}
	return n, teams, nil
}

func (c *Console) apiOnShift(_ *asked, in *onShiftAsk) (onShiftJSON, error) {
	if in.At.IsZero() {
		in.At = c.o.Now()
	}
	n, teams, err := c.planAsked(in.Team, in.At, in.At)
	if err != nil {
		return onShiftJSON{}, err
	}
	return onShiftJSON{in.At.UTC(), c.o.Rota().Version(), n.duties(teams, in.At)}, nil
}

type rotaAsk struct {
	asker
	Team  string    `query:"team"`
	From  time.Time `query:"from" doc:"Now when left out"`
	Until time.Time `query:"until" doc:"A day after from when left out"`
}

type spanJSON struct {
	Team   string    `json:"team"`
	Tier   call.Tier `json:"tier"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until" doc:"The first instant at which it is over"`
	People []string  `json:"people" nullable:"false" doc:"Their ids, in the order they are asked; none is a gap"`
}

type rotaJSON struct {
	Version int64      `json:"plan_version"`
	Zone    string     `json:"zone"`
	Spans   []spanJSON `json:"spans" nullable:"false"`
}

// mostSpan is the longest time one answer tells of.
const mostSpan = 35 * 24 * time.Hour

func (c *Console) apiRota(_ *asked, in *rotaAsk) (rotaJSON, error) {
	if in.From.IsZero() {
		in.From = c.o.Now()
	}
	if in.Until.IsZero() {
		in.Until = in.From.Add(24 * time.Hour)
	}
	if !in.From.Before(in.Until) || in.Until.Sub(in.From) > mostSpan {
		return rotaJSON{}, wrongly("until must be after from, at most 35 days")
	}
	n, teams, err := c.planAsked(in.Team, in.From, in.Until)
	if err != nil {
		return rotaJSON{}, err
	}
	out := rotaJSON{Version: c.o.Rota().Version(), Zone: n.r.Plan().Zone, Spans: []spanJSON{}}
	edges := boundaries(n.r, in.From, in.Until)
	for _, team := range teams {
		for _, tier := range call.Tiers {
			for _, s := range n.tierSpans(team, tier, edges) {
				if len(s.people) > 0 || tier == call.TierResponding {
					out.Spans = append(out.Spans, spanJSON{team, tier, s.from.UTC(), s.until.UTC(), listOf(s.people)})
				}
			}
		}
	}
	return out, nil
}

type personJSON struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Team   string      `json:"team"`
	Tiers  []call.Tier `json:"tiers" nullable:"false" doc:"Tiers they may be put in"`
	Skills []string    `json:"skills" nullable:"false"`
	Proven string      `json:"proven,omitempty" doc:"The day their telephone was last tested"`
}

func (c *Console) apiPeople(*asked, *nothing) ([]personJSON, error) {
	plan := c.o.Rota()
	if plan == nil {
		return nil, errNotThere
	}
	all := []personJSON{}
	for i := range plan.Plan().Responders {
		all = append(all, personOfAPI(&plan.Plan().Responders[i]))
	}
	return all, nil
}

type teamJSON struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	From       string   `json:"from,omitempty" doc:"First day; always when left out"`
	Until      string   `json:"until,omitempty" doc:"First day it no longer exists"`
	Successor  string   `json:"successor,omitempty"`
	Neighbours []string `json:"neighbours" nullable:"false" doc:"Asked after the own team, in this order"`
	Open       bool     `json:"open" doc:"It exists today"`
}

func (c *Console) apiTeams(*asked, *nothing) ([]teamJSON, error) {
	plan := c.o.Rota()
	if plan == nil {
		return nil, errNotThere
	}
	all, open := []teamJSON{}, names{plan, c.o.Zone}.openTeams(c.o.Now())
	for i := range plan.Plan().Teams {
		t := &plan.Plan().Teams[i]
		one := teamJSON{ID: t.ID, Name: t.Name, Successor: t.Successor, Neighbours: listOf(t.Neighbours), Open: has(open, t.ID)}
		if !t.From.IsZero() {
			one.From = t.From.String()
		}
		if !t.Until.IsZero() {
			one.Until = t.Until.String()
		}
		all = append(all, one)
	}
	return all, nil
}

type didJSON struct {
	Done bool      `json:"done"`
	Why  queue.Why `json:"why" doc:"What came of it"`
}

// notDone is a press that came to nothing, with why.
type notDone struct {
	Action string
	Why    queue.Why
}

func (n notDone) Error() string { return "Not done. " + saidOf(n.Action, n.Why) }

type aboutAsk struct {
	asker
	ID string `path:"id"`
}

type ringPersonAsk struct {
	asker
	ID   string `path:"id"`
	Body struct {
		Person string `json:"person" minLength:"1"`
	}
}

type widenAsk struct {
	asker
	ID   string `path:"id"`
	Body struct {
		Beyond int `json:"beyond" minimum:"0" doc:"The highest rung you saw reached: a second press does not go further by mistake"`
	}
}

type handOverAsk struct {
	asker
	ID   string `path:"id"`
	Body struct {
		Team string `json:"team" minLength:"1" doc:"Whose the caller is from now on"`
		From string `json:"from" minLength:"1" doc:"Whose they were when you looked"`
	}
}

type pauseAsk struct {
	asker
	ID   string `path:"id"`
	Body struct {
		Why call.Pause `json:"why" doc:"rest, meal, recovery, unwell …"`
	}
}

// offerPresses are the buttons of the board.
func offerPresses(a *api) {
	for _, o := range []struct{ path, name, summary string }{
		{"/calls/{id}/ring-again", pressRingAgain, "Ring again for a caller who waits"},
		{"/people/{id}/back", pressBack, "Let a responder be rung again"},
		{"/people/{id}/end-wrap-up", pressEndWrapUp, "End a responder's wrap-up"},
	} {
		offer(a, pressOperation(o.path, o.name, o.summary), func(c *Console, r *asked, in *aboutAsk) (didJSON, error) {
			return c.apiPress(r, o.name, in.ID, url.Values{})
		})
	}
	offer(a, pressOperation("/calls/{id}/ring-person", pressRingPerson, "Ring one person for a caller who waits"), func(c *Console, r *asked, in *ringPersonAsk) (didJSON, error) {
		return c.apiPress(r, pressRingPerson, in.ID, url.Values{"person": {in.Body.Person}})
	})
	offer(a, pressOperation("/calls/{id}/widen", pressWiden, "Bring in the next rung of people"), func(c *Console, r *asked, in *widenAsk) (didJSON, error) {
		return c.apiPress(r, pressWiden, in.ID, url.Values{"beyond": {strconv.Itoa(in.Body.Beyond)}})
	})
	offer(a, pressOperation("/calls/{id}/hand-over", pressHandOver, "Make a waiting caller another team's"), func(c *Console, r *asked, in *handOverAsk) (didJSON, error) {
		return c.apiPress(r, pressHandOver, in.ID, url.Values{"team": {in.Body.Team}, "from": {in.Body.From}})
	})
	offer(a, pressOperation("/people/{id}/pause", pressPause, "Set a responder on a break, or away"), func(c *Console, r *asked, in *pauseAsk) (didJSON, error) {
		return c.apiPress(r, pressPause, in.ID, url.Values{"why": {string(in.Body.Why)}})
	})
}

func pressOperation(path, name, summary string) operation {
	return operation{Method: http.MethodPost, Path: path, ID: name, Tag: "now", Needs: new(Console).everyAction()[name].Needs, Summary: summary,
		More: "409 says why it was not done. Calls in progress are not touched."}
}

func (c *Console) apiPress(r *asked, name, id string, v url.Values) (didJSON, error) {
	q, ok := c.asking(r.Context(), name, id, v)
	if !ok {
		return didJSON{}, errNotThere
	}
	did, err := c.press(r, q, v)
	if err != nil {
		return didJSON{}, err
	}
	if !did.Done && !soAlready(did.Why) {
		return didJSON{}, notDone{name, did.Why}
	}
	return didJSON{did.Done, did.Why}, nil
}
