package console

import (
	"errors"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// offerTeams are the operations about which teams there are, where they visit, on
// which lines they answer, and who helps whom.
func offerTeams(a *api) {
	look := func(method, path, id, summary, more string) operation {
		return operation{Method: method, Path: path, ID: id, Tag: "teams", Needs: access.Look, Summary: summary, More: more}
	}
	offer(a, look(http.MethodGet, "/teams/{id}", "team", "One team: what it was and becomes, its people, places and lines", ""), (*Console).apiTeam)
	offer(a, look(http.MethodGet, "/localities", "localities", "Who visits where", ""), (*Console).apiLocalities)
	offer(a, look(http.MethodPost, "/localities/look-up", "look-up", "Which team visits an outward code",
		"Sent in the body, so that no place stands in an address. Never a whole postcode; what is sent is not kept."), (*Console).apiLookUp)
	offer(a, look(http.MethodGet, "/lines", "lines", "The numbers people may ring, those given up included", ""), (*Console).apiLines)
	offer(a, look(http.MethodGet, "/mutual-aid", "mutual-aid", "Who answers a team's callers when its own people cannot, in the order they are asked", ""), (*Console).apiAid)
}

type becameJSON struct {
	Team string     `json:"team"`
	On   *time.Time `json:"on,omitempty"`
}

type oneTeamJSON struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Standing   rota.Standing `json:"standing" enum:"open,opening,closed,elsewhere"`
	From       *time.Time    `json:"from,omitempty" doc:"Always when left out"`
	Until      *time.Time    `json:"until,omitempty" doc:"For good when left out"`
	Before     string        `json:"before,omitempty" doc:"Who had its work before"`
	Successor  string        `json:"successor,omitempty" doc:"Who has its work afterwards"`
	MergedFrom []becameJSON  `json:"merged_from" nullable:"false"`
	SplitOff   []becameJSON  `json:"split_off" nullable:"false"`
	Neighbours []string      `json:"neighbours" nullable:"false"`
	People     []string      `json:"people" nullable:"false" doc:"Their ids"`
	Localities []string      `json:"localities" nullable:"false"`
	Lines      []string      `json:"lines" nullable:"false"`
	OnShift    []dutyJSON    `json:"on_shift" nullable:"false"`
}

func (c *Console) apiTeam(_ *asked, in *aboutAsk) (oneTeamJSON, error) {
	plan, now := c.o.Rota(), c.o.Now()
	if plan == nil {
		return oneTeamJSON{}, rota.ErrNoPlan
	}
	l, ok := plan.TeamLife(in.ID, now)
	if !ok {
		return oneTeamJSON{}, errNotThere
	}
	n := names{plan, c.o.Zone}
	out := oneTeamJSON{
		ID: l.ID, Name: n.team(l.ID), Standing: l.Standing, From: utc(l.From), Until: utc(l.Until), Before: l.Before, Successor: l.Successor,
		MergedFrom: n.became(l.MergedFrom), SplitOff: n.became(l.SplitOff), Neighbours: listOf(l.Neighbours), Localities: []string{}, Lines: []string{}, People: []string{}, OnShift: []dutyJSON{},
	}
	if l.Standing == rota.StandingClosed || l.Standing == rota.StandingElsewhere {
		return out, nil
	}
	at := latest(now, l.From) // of a team to come: as it opens
	out.People = listOf(plan.PeopleOf(l.ID, at))
	for _, p := range plan.LocalitiesOf(l.ID, at) {
		out.Localities = append(out.Localities, p.ID)
	}
	for _, line := range plan.LinesOf(l.ID, at) {
		out.Lines = append(out.Lines, line.ID)
	}
	if l.Standing == rota.StandingOpen {
		out.OnShift = n.duties([]string{l.ID}, now)
	}
	return out, nil
}

func (n names) became(all []rota.Source) []becameJSON {
	out := []becameJSON{}
	for _, s := range all {
		out = append(out, becameJSON{s.Team, utc(n.r.HappensAt(s))})
	}
	return out
}

type localityJSON struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Team     string   `json:"team,omitempty" doc:"Who visits it now; none: outside the service"`
	Outside  string   `json:"outside,omitempty" doc:"Who looks after it instead"`
	Outward  []string `json:"outward" nullable:"false" doc:"First halves of postcodes"`
	Dialling []string `json:"dialling" nullable:"false" doc:"Of landlines there; a hint only"`
}

type splitJSON struct {
	Outward string   `json:"outward"`
	Between []string `json:"between" nullable:"false" doc:"Localities that it crosses"`
	Ask     string   `json:"ask" doc:"What tells them apart"`
}

type localitiesJSON struct {
	Localities []localityJSON `json:"localities" nullable:"false"`
	Split      []splitJSON    `json:"split" nullable:"false" doc:"Codes that cross localities"`
}

func (c *Console) apiLocalities(*asked, *nothing) (localitiesJSON, error) {
	plan, out := c.o.Rota(), localitiesJSON{[]localityJSON{}, []splitJSON{}}
	if plan == nil {
		return out, rota.ErrNoPlan
	}
	for _, l := range plan.Plan().Localities {
		out.Localities = append(out.Localities, localityJSON{l.ID, l.Name, plan.LocalityTeam(l.ID, c.o.Now()), l.Outside, listOf(l.Outward), listOf(l.Dialling)})
	}
	for _, s := range plan.Plan().Split {
		out.Split = append(out.Split, splitJSON{s.Outward, listOf(s.Between), s.Ask})
	}
	return out, nil
}

type lookUpAsk struct {
	asker
	Body struct {
		Code string `json:"code" doc:"The first half of a postcode, such as PO4"`
	}
}

type placeJSON struct {
	Code       string   `json:"code"`
	Known      bool     `json:"known" doc:"The plan has it"`
	Team       string   `json:"team,omitempty" doc:"Who visits there"`
	Localities []string `json:"localities" nullable:"false" doc:"One, or those it crosses"`
	Ask        string   `json:"ask,omitempty" doc:"What tells them apart"`
	Outside    string   `json:"outside,omitempty" doc:"Who looks after it instead: the caller is answered all the same"`
	BringIn    string   `json:"bring_in,omitempty"`
	Say        string   `json:"say,omitempty"`
	Hours      string   `json:"hours,omitempty" doc:"When a person answers there"`
}

func (c *Console) apiLookUp(_ *asked, in *lookUpAsk) (placeJSON, error) {
	plan := c.o.Rota()
	if plan == nil {
		return placeJSON{}, rota.ErrNoPlan
	}
	code, wrong := tidyCode(in.Body.Code)
	if wrong != "" {
		return placeJSON{}, wrongAt("code", "%s.", wrong)
	}
	at, known := plan.Place(code, c.o.Now())
	return placeJSON{code, known, at.Team, listOf(at.Localities), at.Ask, at.Outside, at.HandOver.To, at.HandOver.Say, at.HandOver.Hours}, nil
}

type lineJSON struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Numbers    []string    `json:"numbers" nullable:"false" doc:"The service's own"`
	Caller     call.Caller `json:"caller,omitempty" doc:"Who is taken to ring it"`
	Team       string      `json:"team" doc:"Whose its calls are now"`
	Menu       bool        `json:"menu"`
	ByLandline bool        `json:"by_landline" doc:"A landline's area may choose a nearer team"`
	Language   string      `json:"language,omitempty"`
	Skills     []string    `json:"skills" nullable:"false"`
	Retired    string      `json:"retired_since,omitempty" doc:"The day it was given up, or is: answered all the same"`
	Rung       *int64      `json:"rung,omitempty" doc:"How often since counted_since; none when nobody knows"`
}

type linesJSON struct {
	Lines    []lineJSON `json:"lines" nullable:"false"`
	Since    *time.Time `json:"counted_since,omitempty"`
	Counting bool       `json:"counting" doc:"How often they are rung is still being counted"`
}

func (c *Console) apiLines(r *asked, _ *nothing) (linesJSON, error) {
	plan, out := c.o.Rota(), linesJSON{Lines: []lineJSON{}}
	if plan == nil {
		return out, rota.ErrNoPlan
	}
	var rung map[string]int64
	if c.o.Use.Rung != nil {
		by, since, err := c.o.Use.Rung(r.Context())
		if out.Counting = errors.Is(err, ErrCounting); err != nil && !out.Counting {
			return out, err
		}
		if err == nil {
			rung, out.Since = by, utc(since)
		}
	}
	for i := range plan.Plan().Lines {
		l := &plan.Plan().Lines[i]
		means, _ := plan.Line(l.ID, c.o.Now())
		one := lineJSON{ID: l.ID, Name: l.Name, Numbers: listOf(mappedNumbers(l.Numbers)), Caller: l.Caller, Team: means.Team, Menu: l.Menu, ByLandline: l.ByLandline, Language: l.Language, Skills: listOf(l.Skills)}
		if l.Retired != nil {
			one.Retired = l.Retired.Since.String()
		}
		if rung != nil {
			times := rung[l.ID]
			one.Rung = &times
		}
		out.Lines = append(out.Lines, one)
	}
	return out, nil
}

type aidJSON struct {
	Team   string `json:"team" doc:"Whose callers"`
	By     string `json:"by" doc:"Who helps"`
	Agreed bool   `json:"agreed" doc:"false: nothing is, and they help as any neighbour, at all hours and without a limit"`
	After  *int64 `json:"after_ms,omitempty" doc:"Of waiting; when any neighbour is asked when left out"`
	Most   *int   `json:"at_once,omitempty" doc:"Calls at once, 0 for no help; without a limit when left out"`
	Days   string `json:"days,omitempty" doc:"In words; every day when left out"`
	Start  string `json:"start,omitempty" doc:"Local; all day when left out"`
	End    string `json:"end,omitempty"`
	Since  string `json:"since,omitempty" doc:"First day"`
	Until  string `json:"until,omitempty" doc:"First day without it"`
	Today  *int   `json:"answered_today,omitempty" doc:"Calls of the team that the helper answered"`
}

func (c *Console) apiAid(*asked, *nothing) ([]aidJSON, error) {
	plan, now, all := c.o.Rota(), c.o.Now(), []aidJSON{}
	if plan == nil {
		return all, rota.ErrNoPlan
	}
	n := names{plan, c.o.Zone}
	var used map[HelpPair]int
	if c.o.Use.Helped != nil {
		used = c.o.Use.Helped()
	}
	for _, team := range plan.Teams(now) {
		for _, by := range n.helpers(team, now) {
			rows := []aidJSON{}
			for _, a := range n.helpAgreed(now, n.agreed(team, by, now)) {
				rows = append(rows, aidOfAPI(a, team, by))
			}
			if len(rows) == 0 {
				rows = []aidJSON{{Team: team, By: by}}
			}
			if used != nil {
				today := used[HelpPair{Home: team, By: by}]
				rows[0].Today = &today
			}
			all = append(all, rows...)
		}
	}
	return all, nil
}

func aidOfAPI(a rota.Aid, team, by string) aidJSON {
	out := aidJSON{Team: team, By: by, Agreed: true}
	if a.After >= 0 {
		ms := a.After.Milliseconds()
		out.After = &ms
	}
	if a.AtOnce >= 0 {
		out.Most = &a.AtOnce
	}
	if a.Days != 0 && a.Days != rota.EveryDay {
		out.Days = dayWords(a.Days)
	}
	if a.Start != a.End {
		out.Start, out.End = a.Start.String(), a.End.String()
	}
	if !a.Since.IsZero() {
		out.Since = a.Since.String()
	}
	if !a.Until.IsZero() {
		out.Until = a.Until.String()
	}
	return out
}
