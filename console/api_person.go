package console

import (
	"net/http"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// offerPerson are the operations about one person, and about everybody's hours.
func offerPerson(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/people/{id}", ID: "person", Tag: "people", Needs: access.Look,
		Summary: "One person: their shifts, and for who may see them hours beside the limits, fair shares and findings",
		More:    "The whole is for a shift lead of their team, and for themselves. Their number is on the pages only."}, (*Console).apiPerson)
	offer(a, operation{Method: http.MethodGet, Path: "/hours", ID: "hours", Tag: "people", Needs: access.ChangeRota,
		Summary: "What the people of your teams work beside the limits, closest to one first"}, (*Console).apiHours)
}

type useJSON struct {
	Rule  string    `json:"rule"`
	Is    float64   `json:"is" doc:"Hours, days or nights, as the rule counts"`
	Limit float64   `json:"limit"`
	Least bool      `json:"least" doc:"The limit is the least, of a rest; else the most"`
	Part  float64   `json:"part" doc:"1 at the limit, more beyond it"`
	At    time.Time `json:"at" doc:"Where it comes to that"`
}

type hoursJSON struct {
	Person    string     `json:"person"`
	Team      string     `json:"team"`
	WeekMs    int64      `json:"week_ms" doc:"Of the week, Monday to Sunday, in which the time begins"`
	SpanMs    int64      `json:"span_ms" doc:"Of the whole time"`
	OnCallsMs int64      `json:"on_calls_ms" doc:"Of that, called out at home or kept on, by the ledger"`
	Nights    int        `json:"nights"`
	Next      *time.Time `json:"next_at_work,omitempty"`
	RestedMs  int64      `json:"rested_ms" doc:"Before that; 0 when it is not known"`
	Uses      []useJSON  `json:"limits" nullable:"false" doc:"The one closest to it first"`
}

func hoursOfAPI(h rota.Hours) hoursJSON {
	out := hoursJSON{
		Person: h.Responder, Team: h.Team, WeekMs: h.Week.Milliseconds(), SpanMs: h.Span.Milliseconds(), OnCallsMs: h.OnCalls.Milliseconds(), Nights: h.Nights,
		Next: utc(h.Next), RestedMs: h.Rested.Milliseconds(), Uses: []useJSON{},
	}
	for _, u := range h.Uses {
		out.Uses = append(out.Uses, useJSON{u.Rule, u.Is, u.Limit, u.Rest, u.Part(), u.At.UTC()})
	}
	return out
}

type hoursAsk struct {
	asker
	Team   string `query:"team" doc:"One team; every one whose rota you make when left out"`
	Period string `query:"period" enum:"ahead,week,back,quarter" default:"ahead" doc:"The next four weeks, this week, the last four weeks, the next twelve"`
}

type everybodysHoursJSON struct {
	From  time.Time   `json:"from"`
	Until time.Time   `json:"until"`
	Hours []hoursJSON `json:"hours" nullable:"false"`
}

func (c *Console) apiHours(r *asked, in *hoursAsk) (everybodysHoursJSON, error) {
	plan, now := c.o.Rota(), c.o.Now()
	if plan == nil {
		return everybodysHoursJSON{}, rota.ErrNoPlan
	}
	if in.Team != "" && !r.Who.May(access.ChangeRota, in.Team) {
		return everybodysHoursJSON{}, refused{access.ChangeRota, []string{in.Team}}
	}
	all := periods(now, c.o.Zone)
	over := all[max(0, slices.IndexFunc(all, func(p period) bool { return p.Value == in.Period }))]
	out := everybodysHoursJSON{over.From.UTC(), over.Until.UTC(), []hoursJSON{}}
	list, err := plan.Hours(over.From, over.Until, c.facts(r.Context()))
	for _, h := range list {
		if r.Who.May(access.ChangeRota, h.Team) && (in.Team == "" || h.Team == in.Team) {
			out.Hours = append(out.Hours, hoursOfAPI(h))
		}
	}
	return out, err
}

type shareJSON struct {
	What     string  `json:"what" enum:"nights,weekends,bank_holidays,hard_calls"`
	Have     int     `json:"have"`
	Expected float64 `json:"expected" doc:"By the hours they work"`
	Unfair   bool    `json:"unfair" doc:"Far more than their share"`
}

type awayJSON struct {
	ID    string           `json:"id,omitempty" doc:"To end it; for who may see the whole"`
	Kind  rota.AbsenceKind `json:"kind,omitempty" enum:"sick,leave,training" doc:"For who may see the whole"`
	From  time.Time        `json:"from"`
	Until *time.Time       `json:"until,omitempty" doc:"Until further notice when left out"`
}

type wholePersonJSON struct {
	Hours    hoursJSON     `json:"hours" doc:"The next four weeks"`
	Shares   []shareJSON   `json:"shares" nullable:"false" doc:"Of twelve weeks, up to the end of the next four"`
	Findings []findingJSON `json:"findings" nullable:"false"`
	Swaps    []swapJSON    `json:"swaps" nullable:"false"`
	Answered *time.Time    `json:"answered_at,omitempty" doc:"When a call was last taken on their telephone"`
	Rung     *time.Time    `json:"rung_at,omitempty"`
	Missed   int           `json:"missed" doc:"Rings since then that nobody took up"`
}

type onePersonJSON struct {
	Person personJSON       `json:"person"`
	Shifts []myShiftJSON    `json:"shifts" nullable:"false" doc:"Of the next four weeks, the one going on first"`
	Away   []awayJSON       `json:"away" nullable:"false"`
	Whole  *wholePersonJSON `json:"whole,omitempty" doc:"For a shift lead of their team, and for themselves"`
}

func (c *Console) apiPerson(r *asked, in *aboutAsk) (onePersonJSON, error) {
	plan := c.o.Rota()
	if plan == nil {
		return onePersonJSON{}, rota.ErrNoPlan
	}
	who, ok := plan.Responder(in.ID)
	if !ok {
		return onePersonJSON{}, errNotThere
	}
	l := c.looking(r)
	out := onePersonJSON{Person: personOfAPI(&who), Shifts: l.shiftsOfAPI(who.ID, peopleSpan), Away: l.awayOfAPI(&who)}
	if l.may(&who) {
		out.Whole = l.wholeOfAPI(&who)
	}
	return out, nil
}

func personOfAPI(p *rota.Responder) personJSON {
	one := personJSON{ID: p.ID, Name: p.Name, Team: p.Team, Tiers: []call.Tier{}, Skills: listOf(p.Skills)}
	for _, tier := range call.Tiers {
		if p.Eligible(tier) {
			one.Tiers = append(one.Tiers, tier)
		}
	}
	if !p.Proven.IsZero() {
		one.Proven = p.Proven.String()
	}
	return one
}

// shiftsOfAPI are somebody's shifts that begin within a span, the one going on first.
func (l looking) shiftsOfAPI(id string, span time.Duration) []myShiftJSON {
	all := []myShiftJSON{}
	for _, t := range l.begun(l.now, l.now.Add(span))[id] {
		shift := myShiftJSON{t.Teams, t.Tier, t.Start.UTC(), t.End.UTC(), nil}
		if !t.Slot.IsZero() {
			slot := slotOfAPI(t.Slot)
			shift.Slot = &slot
		}
		all = append(all, shift)
	}
	return all
}

// awayOfAPI is when somebody is not there; why is for who may see the whole.
func (l looking) awayOfAPI(who *rota.Responder) []awayJSON {
	all := []awayJSON{}
	for _, a := range l.r.Plan().Absences {
		if a.Person != who.ID || !a.End.IsZero() && !instant(a.End, l.zone).After(l.now) {
			continue
		}
		one := awayJSON{From: instant(a.Start, l.zone).UTC()}
		if !a.End.IsZero() {
			one.Until = utc(instant(a.End, l.zone))
		}
		if l.may(who) {
			one.ID, one.Kind = a.ID, a.Kind
		}
		all = append(all, one)
	}
	return all
}

func (l looking) wholeOfAPI(who *rota.Responder) *wholePersonJSON {
	reached := l.facts.Reached[who.ID]
	out := &wholePersonJSON{
		Hours: hoursOfAPI(l.hours()[who.ID]), Shares: []shareJSON{}, Swaps: []swapJSON{},
		Answered: utc(reached.Answered), Rung: utc(reached.Rung), Missed: reached.Missed,
	}
	if s, ok := l.share(who.ID); ok {
		for _, one := range []struct {
			what string
			of   rota.Count
		}{{"nights", s.Nights}, {"weekends", s.Weekends}, {"bank_holidays", s.BankHolidays}, {"hard_calls", s.HardCalls}} {
			out.Shares = append(out.Shares, shareJSON{one.what, one.of.Have, one.of.Expected, one.of.Unfair()})
		}
	}
	found := slices.DeleteFunc(l.r.Review(l.now, peopleSpan, l.facts), func(f rota.Finding) bool { return !slices.Contains(f.People, who.ID) })
	for i := range found { // others' names are nothing for who asks about one
		if words, ok := ownWords[found[i].Rule]; ok {
			found[i].Text, found[i].People = words, []string{who.ID}
		}
	}
	out.Findings = findingsOfAPI(found)
	for _, row := range l.swapsOf(who.ID) {
		out.Swaps = append(out.Swaps, swapOfAPI(row))
	}
	return out
}
