package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// offerTeamChanges are the operations that change teams: each makes a draft, as
// the pages do.
func offerTeamChanges(a *api) {
	change := func(path, id, summary, more string) operation {
		return operation{Method: http.MethodPost, Path: path, ID: id, Tag: "teams", Needs: access.ChangeTeams, Status: http.StatusCreated,
			Summary: summary + ": a draft", More: more + " Nothing is in force before the draft is published. Calls in progress stay with who has them."}
	}
	offer(a, change("/teams/merge", "merge", "Make one team of several", "The draft says what it would do."), (*Console).apiMerge)
	offer(a, change("/teams/split", "split", "Make a new team of a part of one", "The draft says what it would do."), (*Console).apiSplit)
	offer(a, change("/teams/{id}/take-back", "take-back-team", "Take back a merger or split whose time has not come", "What was changed since is kept."),
		func(c *Console, r *asked, in *draftedAsk) (draftJSON, error) {
			if c.o.Rota() == nil {
				return draftJSON{}, rota.ErrNoPlan
			}
			d, err := c.takeTeam(r, c.o.Rota(), in.ID)
			return c.draftNow(r, d, err)
		})
	offer(a, change("/mutual-aid", "help", "Agree that one team helps another, and how", "A neighbour without an agreement helps at all hours, without a limit."), (*Console).apiHelp)
	offer(a, change("/mutual-aid/end", "end-help", "End an agreement on help", ""), (*Console).apiEndHelp)
	offer(a, change("/localities/move", "move-code", "Have another team visit an outward code", ""), (*Console).apiMoveCode)
	offer(a, change("/lines/{id}/retire", "retire", "Give a number up, or say who has its calls", "Whoever rings it is answered all the same."), (*Console).apiRetire)
	offer(a, change("/lines/{id}/restore", "restore", "Publish a number again", ""), func(c *Console, r *asked, in *draftedAsk) (draftJSON, error) {
		if !c.hasLine(in.ID) {
			return draftJSON{}, errNotThere
		}
		return c.apiWay(r, "retire", "", rota.RestoreLine{Line: in.ID})
	})
}

type draftedAsk struct {
	asker
	Key string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	ID  string `path:"id"`
}

// apiWay makes a draft in one of the pages' ways.
func (c *Console) apiWay(r *asked, way, draft string, ops ...rota.Op) (draftJSON, error) {
	m, d, err := c.mendingOf(r, draft)
	if err == nil {
		d, err = c.keepEdited(r, mends[way].Needs, m, d, way, ops)
	}
	return c.draftNow(r, d, err)
}

// draftNow is a draft as it is after something was done to it.
func (c *Console) draftNow(r *asked, d rota.Draft, err error) (draftJSON, error) {
	if err == nil {
		d, err = c.o.Changes.Draft(r.Context(), d.Name)
	}
	if err != nil {
		return draftJSON{}, c.staleDraft(r, d.Name, err)
	}
	return draftOfAPI(d), nil
}

// cutOverAnswers are the day and time of a change as the steps on the pages ask for
// them; 08:00 for no time.
func cutOverAnswers(v url.Values, on, at string) error {
	day, err := rota.ParseDate(on)
	if err != nil {
		return wrongAt("on", "Write a day as 2026-07-01.")
	}
	v.Set("on-day", strconv.Itoa(day.Day))
	v.Set("on-month", strconv.Itoa(int(day.Month)))
	v.Set("on-year", strconv.Itoa(day.Year))
	v.Set("at", cmp.Or(at, "08:00"))
	return nil
}

type mergeAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Sources []string `json:"sources" minItems:"2" nullable:"false" doc:"The teams that become one"`
		Heir    string   `json:"heir,omitempty" doc:"The one of them that goes on; a new team, with a name, when left out"`
		Name    string   `json:"name,omitempty" doc:"Of a new team"`
		On      string   `json:"on" format:"date" doc:"A day to come"`
		At      string   `json:"at,omitempty" doc:"Local time; 08:00 when left out"`
	}
}

func (c *Console) apiMerge(r *asked, in *mergeAsk) (draftJSON, error) {
	v := url.Values{"sources": in.Body.Sources, "heir": {in.Body.Heir}, "name": {in.Body.Name}}
	if in.Body.Heir == "" {
		v.Set("heir", newTeam)
	}
	if err := cutOverAnswers(v, in.Body.On, in.Body.At); err != nil {
		return draftJSON{}, err
	}
	return c.apiSteps(r, "merge", v, func(m mending) []problem { return strangers("sources", m.goingOn(), in.Body.Sources) })
}

type splitAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		From       string   `json:"from" minLength:"1" doc:"The team that is split, and goes on"`
		Name       string   `json:"name" minLength:"1" doc:"Of the new team"`
		Localities []string `json:"localities,omitempty" nullable:"false" doc:"That go with it"`
		Lines      []string `json:"lines,omitempty" nullable:"false" doc:"Whose calls go with it"`
		People     []string `json:"people,omitempty" nullable:"false" doc:"Who goes with it; the same people answer for both when left out"`
		On         string   `json:"on" format:"date" doc:"A day to come"`
		At         string   `json:"at,omitempty" doc:"Local time; 08:00 when left out"`
	}
}

func (c *Console) apiSplit(r *asked, in *splitAsk) (draftJSON, error) {
	b := &in.Body
	v := url.Values{"from": {b.From}, "name": {b.Name}, "localities": b.Localities, "lines": b.Lines, "people": b.People}
	for _, boxes := range []string{"localities", "lines", "people"} {
		v.Set(boxesOf(boxes), "1")
	}
	if err := cutOverAnswers(v, b.On, b.At); err != nil {
		return draftJSON{}, err
	}
	return c.apiSteps(r, "split", v, func(m mending) []problem {
		return slices.Concat(strangers("localities", m.localitiesOf(b.From), b.Localities), strangers("lines", m.linesOf(b.From), b.Lines), strangers("people", m.peopleOf(b.From), b.People))
	})
}

// strangers are those named that cannot be chosen: a page does not offer them.
func strangers(field string, may []choice, named []string) []problem {
	for _, id := range named {
		if !slices.ContainsFunc(may, func(c choice) bool { return c.Value == id }) {
			return []problem{{field, "There is no such one to choose, or it ends anyway: " + id}}
		}
	}
	return nil
}

// apiSteps answers all that a page asks in steps, at once.
func (c *Console) apiSteps(r *asked, way string, v url.Values, also func(mending) []problem) (draftJSON, error) {
	plan := c.o.Rota()
	if plan == nil {
		return draftJSON{}, rota.ErrNoPlan
	}
	s := stepping{way: way, wizard: wizards[way], mending: mending{names: names{plan, c.o.Zone}, now: c.o.Now(), v: v, by: r.Who.Signature()}}
	if teams := s.Names(v); !r.Who.May(access.ChangeTeams, teams...) {
		return draftJSON{}, refused{access.ChangeTeams, teams}
	}
	ps := also(s.mending)
	for _, step := range s.Steps {
		ps = append(ps, step.Check(s.mending)...)
	}
	if len(ps) > 0 {
		return draftJSON{}, amiss(ps)
	}
	d, _, err := c.answered(r, &s)
	return c.draftNow(r, d, err)
}

type helpAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Team   string   `json:"team" minLength:"1" doc:"Whose callers"`
		By     string   `json:"by" minLength:"1" doc:"Who helps: a neighbour"`
		After  string   `json:"after,omitempty" doc:"30s of waiting; when any neighbour is asked when left out"`
		AtOnce *int     `json:"at_once,omitempty" minimum:"0" doc:"Calls at once, 0 for no help; without a limit when left out"`
		Days   []string `json:"days,omitempty" nullable:"false" doc:"mon, tue …; every day when left out"`
		Start  string   `json:"start,omitempty" doc:"Local, 22:00; all day when left out"`
		End    string   `json:"end,omitempty" doc:"06:00 is the next morning"`
		Since  string   `json:"since,omitempty" format:"date" doc:"First day; today when left out"`
		Until  string   `json:"until,omitempty" format:"date" doc:"First day without it; for good when left out"`
		Draft  string   `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiHelp(r *asked, in *helpAsk) (draftJSON, error) {
	var read reading
	b := &in.Body
	op := rota.AddAid{
		Team: b.Team, By: b.By, After: b.After, AtOnce: b.AtOnce, Days: b.Days,
		Start: read.clock("start", b.Start), End: read.clock("end", b.End), Since: read.date("since", b.Since), Until: read.date("until", b.Until),
	}
	if (b.Start == "") != (b.End == "") {
		read.wrong("end", "Write both times, or neither.")
	}
	if len(read.ps) > 0 {
		return draftJSON{}, amiss(read.ps)
	}
	return c.apiWay(r, "help", b.Draft, op)
}

type endHelpAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Team  string `json:"team" minLength:"1"`
		By    string `json:"by" minLength:"1"`
		Since string `json:"since,omitempty" format:"date" doc:"Of the agreement that is meant, as it is listed"`
		Start string `json:"start,omitempty" doc:"The same"`
		End   string `json:"until,omitempty" format:"date" doc:"The first day without it; at once when left out"`
		Alone bool   `json:"not_asked,omitempty" doc:"From then on the helper is not asked at all; else as any neighbour"`
		Draft string `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiEndHelp(r *asked, in *endHelpAsk) (draftJSON, error) {
	var read reading
	b := &in.Body
	meant := rota.Aid{Team: b.Team, By: b.By, Since: read.date("since", b.Since), Start: read.clock("start", b.Start)}
	day := read.date("until", b.End)
	if len(read.ps) > 0 {
		return draftJSON{}, amiss(read.ps)
	}
	return c.apiWay(r, "end-help", b.Draft, endAid(meant, day, b.Alone)...)
}

type moveCodeAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Code  string `json:"code" doc:"The first half of a postcode, such as PO4"`
		Team  string `json:"team" minLength:"1" doc:"Who visits it"`
		At    string `json:"at,omitempty" format:"date" doc:"From which day; now when left out"`
		Draft string `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiMoveCode(r *asked, in *moveCodeAsk) (draftJSON, error) {
	var read reading
	code, wrong := tidyCode(in.Body.Code)
	if wrong != "" {
		read.wrong("code", wrong+".")
	}
	op := rota.MoveOutward{Outward: code, Team: in.Body.Team, At: rota.LocalTime{Date: read.date("at", in.Body.At)}}
	if len(read.ps) > 0 {
		return draftJSON{}, amiss(read.ps)
	}
	return c.apiWay(r, "move-code", in.Body.Draft, op)
}

type retireAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	ID   string `path:"id"`
	Body struct {
		Since string `json:"since,omitempty" format:"date" doc:"First day on which it is published no more; today when left out"`
		Team  string `json:"team,omitempty" doc:"Who has its calls then; who had them, or whoever stands for them, when left out"`
		Draft string `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiRetire(r *asked, in *retireAsk) (draftJSON, error) {
	var read reading
	if !c.hasLine(in.ID) {
		return draftJSON{}, errNotThere
	}
	op := rota.RetireLine{Line: in.ID, Since: read.date("since", in.Body.Since), Team: in.Body.Team}
	if len(read.ps) > 0 {
		return draftJSON{}, amiss(read.ps)
	}
	return c.apiWay(r, "retire", in.Body.Draft, op)
}

func (c *Console) hasLine(id string) bool {
	plan := c.o.Rota()
	return plan != nil && mending{names: names{plan, c.o.Zone}}.plannedLine(id) != nil
}

// reading reads days and times, and gathers what is wrong with them.
type reading struct{ ps []problem }

func (r *reading) wrong(field, text string) { r.ps = append(r.ps, problem{field, text}) }

// date is a day; zero for "".
func (r *reading) date(field, text string) (d rota.Date) {
	if text == "" {
		return d
	}
	d, err := rota.ParseDate(text)
	if err != nil {
		r.wrong(field, "Write a day as 2026-07-01.")
	}
	return d
}

// clock is a time of day; midnight for "".
func (r *reading) clock(field, text string) (t rota.Clock) {
	if text == "" {
		return t
	}
	t, err := rota.ParseClock(text)
	if err != nil {
		r.wrong(field, "Write a time of day as 22:00.")
	}
	return t
}
