package console

import (
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// offerCalls are the operations about past calls.
func offerCalls(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/calls", ID: "calls", Tag: "calls", Needs: access.ReadCalls,
		Summary: "Past calls, the latest first", More: "No caller's number, name or place is in it."}, (*Console).apiCalls)
	offer(a, operation{Method: http.MethodPost, Path: "/calls/{id}/record", ID: "record", Tag: "calls", Needs: access.Record,
		Summary: "Say what came of a call", More: "A responder of their own calls, a shift lead of any of their team's. Said again, the last one holds."}, (*Console).apiRecord)
}

type recordAsk struct {
	asker
	ID   string `path:"id"`
	Body struct {
		Code     call.Code        `json:"code" enum:"01,02,03,04,05,06,98" doc:"NHS Data Dictionary, contact outcome"`
		Response string           `json:"response,omitempty" doc:"What was promised, whose clock starts; none when nobody need be seen"`
		Hard     bool             `json:"hard,omitempty" doc:"A hard call: a debrief is owed to the responder"`
		Duty     call.DutyToRefer `json:"duty_to_refer,omitempty" enum:"consent,no_consent"`
		Decided  time.Time        `json:"decided,omitzero" doc:"When it was decided what is promised: the clock runs from then; the end of the talk when left out"`
		Received time.Time        `json:"received,omitzero" doc:"When the call came, where you know: it is found sooner"`
	}
}

type recordedJSON struct {
	Recorded bool `json:"recorded" doc:"false: the same was recorded before"`
}

func (c *Console) apiRecord(r *asked, in *recordAsk) (recordedJSON, error) {
	t, err := c.taleOf(r, call.ID(in.ID), in.Body.Received)
	if err != nil {
		return recordedJSON{}, err
	}
	rec, err := c.recordingOf(r, t)
	if err != nil {
		return recordedJSON{}, err
	}
	say := queue.WrapUpRecord{Call: rec.ID, Code: in.Body.Code, Response: in.Body.Response, Hard: in.Body.Hard, Duty: in.Body.Duty, ReceivedAt: rec.received}
	decided := in.Body.Decided
	if decided.IsZero() {
		decided = rec.decided()
	}
	ps := rec.wrong(&say, func() (time.Time, *problem) {
		if ps := toCome("decided", decided, rec.now); len(ps) > 0 {
			return decided, &ps[0]
		}
		return decided, nil
	})
	if len(ps) > 0 {
		return recordedJSON{}, amiss(ps)
	}
	first, err := c.recordCall(r, say)
	return recordedJSON{first}, err
}

// taleOf is the story of a call.
func (c *Console) taleOf(r *asked, id call.ID, received time.Time) (tale, error) {
	events, err := c.o.Story(r.Context(), id, received)
	if err != nil {
		return tale{}, err
	}
	if len(events) == 0 {
		return tale{}, errNotThere
	}
	return tell(id, events, names{c.o.Rota(), c.o.Zone}, c.o.Now()), nil
}

// offerStory is the operation about one call.
func offerStory(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/calls/{id}", ID: "story", Tag: "calls", Needs: access.ReadCalls,
		Summary: "All that happened to one call, in order"}, (*Console).apiStory)
}

type callsAsk struct {
	asker
	From      time.Time    `query:"from" doc:"A day before until when left out"`
	Until     time.Time    `query:"until" doc:"Now when left out"`
	Team      string       `query:"team"`
	Line      string       `query:"line"`
	Responder string       `query:"responder"`
	Caller    call.Caller  `query:"caller"`
	Outcome   call.Outcome `query:"outcome"`
	Limit     int          `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After     string       `query:"after" doc:"next of the answer before"`
}

type pastJSON struct {
	ID         call.ID      `json:"id"`
	ReceivedAt time.Time    `json:"received_at"`
	EndedAt    *time.Time   `json:"ended_at,omitempty"`
	Line       string       `json:"line"`
	Team       string       `json:"team"`
	Caller     call.Caller  `json:"caller"`
	Outcome    call.Outcome `json:"outcome,omitempty" doc:"None while the caller is on the line"`
	WaitMs     int64        `json:"wait_ms"`
	TalkMs     int64        `json:"talk_ms"`
	Responder  string       `json:"responder,omitempty"`
	Tier       call.Tier    `json:"tier,omitempty"`
	Offers     int          `json:"offers"`
	Redials    int          `json:"redials"`
	Drops      int          `json:"drops"`
}

type callsJSON struct {
	Calls []pastJSON `json:"calls" nullable:"false"`
	Next  string     `json:"next,omitempty" doc:"To go on; a page may have few calls, or none, and still a next"`
	Back  *time.Time `json:"looked_back_to,omitempty"`
}

func (c *Console) apiCalls(r *asked, in *callsAsk) (callsJSON, error) {
	if in.Until.IsZero() {
		in.Until = c.o.Now()
	}
	if in.From.IsZero() {
		in.From = in.Until.Add(-24 * time.Hour)
	}
	if !in.From.Before(in.Until) {
		return callsJSON{}, wrongly("until must be after from")
	}
	page, err := c.o.Calls.Search(r.Context(), in.From, in.Until, queue.CallFilter{
		Team: in.Team, Line: in.Line, Responder: in.Responder, Caller: in.Caller, Outcome: in.Outcome,
	}, in.Limit, in.After)
	if err != nil {
		return callsJSON{}, err
	}
	out := callsJSON{Calls: []pastJSON{}, Next: page.Next, Back: utc(page.Back)}
	for _, k := range page.Calls {
		out.Calls = append(out.Calls, pastJSON{
			ID: k.ID, ReceivedAt: k.ReceivedAt.UTC(), EndedAt: utc(k.EndedAt), Line: k.Line, Team: k.Team, Caller: k.Caller, Outcome: k.Outcome,
			WaitMs: k.Wait.Milliseconds(), TalkMs: k.Talk.Milliseconds(), Responder: k.Responder, Tier: k.Tier, Offers: k.Offers, Redials: k.Redials, Drops: k.Drops,
		})
	}
	return out, nil
}

type storyAsk struct {
	asker
	ID       string    `path:"id"`
	Received time.Time `query:"received" doc:"When it came, where you know: it is found sooner"`
}

type happenedJSON struct {
	At        time.Time     `json:"at"`
	Kind      call.Kind     `json:"kind"`
	Line      string        `json:"line,omitempty"`
	Team      string        `json:"team,omitempty"`
	FromTeam  string        `json:"from_team,omitempty"`
	Caller    call.Caller   `json:"caller,omitempty"`
	Responder string        `json:"responder,omitempty"`
	Tier      call.Tier     `json:"tier,omitempty"`
	Result    call.Result   `json:"result,omitempty"`
	Outcome   call.Outcome  `json:"outcome,omitempty"`
	Presence  call.Presence `json:"presence,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	By        call.By       `json:"by,omitempty" doc:"Who did it at a screen"`
	WaitMs    int64         `json:"wait_ms,omitempty"`
	TalkMs    int64         `json:"talk_ms,omitempty"`
	Category  string        `json:"category,omitempty" doc:"Of a promise after the call"`
	Code      call.Code     `json:"code,omitempty" doc:"What came of it"`
	Hard      bool          `json:"hard,omitempty"`
}

type storyJSON struct {
	ID     call.ID        `json:"id"`
	Events []happenedJSON `json:"events" nullable:"false"`
}

func (c *Console) apiStory(r *asked, in *storyAsk) (storyJSON, error) {
	events, err := c.o.Story(r.Context(), call.ID(in.ID), in.Received)
	if err != nil {
		return storyJSON{}, err
	}
	if len(events) == 0 {
		return storyJSON{}, errNotThere
	}
	out := storyJSON{ID: call.ID(in.ID)}
	for _, e := range c.fit(r, events) {
		out.Events = append(out.Events, happenedJSON{
			At: e.At.UTC(), Kind: e.Kind, Line: e.Line, Team: e.Team, FromTeam: e.FromTeam, Caller: e.Caller, Responder: e.Responder, Tier: e.Tier,
			Result: e.Result, Outcome: e.Outcome, Presence: e.Presence, Reason: e.Reason, By: e.By, WaitMs: e.WaitMs, TalkMs: e.TalkMs,
			Category: e.Category, Code: e.Code, Hard: e.Hard,
		})
	}
	return out, nil
}

// offerAudit are the operations about who did what.
func offerAudit(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/audit", ID: "audit", Tag: "audit", Needs: access.ReadAudit,
		Summary: "Who did what, the newest first", More: "That you read it is in it."}, (*Console).apiAudit)
}

type auditAsk struct {
	asker
	Who   string    `query:"who" doc:"An id as it stands there"`
	Kind  string    `query:"kind"`
	About string    `query:"about"`
	From  time.Time `query:"from"`
	Until time.Time `query:"until"`
	Below int64     `query:"below" minimum:"0" doc:"next of the answer before"`
	Limit int       `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type entryJSON struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Role   string    `json:"role,omitempty"`
	What   string    `json:"what"`
	About  string    `json:"about,omitempty"`
	Why    string    `json:"why,omitempty"`
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	MAC    string    `json:"mac" doc:"Binds it to all before it"`
}

type auditJSON struct {
	Entries []entryJSON `json:"entries" nullable:"false"`
	Next    int64       `json:"next,omitempty" doc:"Below which to go on"`
	Holds   *bool       `json:"holds,omitempty" doc:"Whether all entries hold together; left out while it is being looked at"`
	Broken  string      `json:"broken,omitempty" doc:"Where they do not"`
}

func (c *Console) apiAudit(r *asked, in *auditAsk) (auditJSON, error) {
	want := audit.Wanted{Who: in.Who, What: in.Kind, About: in.About, From: in.From, Until: in.Until, Below: in.Below, Limit: in.Limit}
	if in.Kind != "" && audit.Words(in.Kind) == "" {
		return auditJSON{}, wrongly("kind is one of %s", strings.Join(audit.Kinds, ", "))
	}
	if err := c.noted(r, audit.Entry{What: audit.Exported, About: "audit", After: strings.TrimSpace("api " + names{c.o.Rota(), c.o.Zone}.asksFor(want))}); err != nil {
		return auditJSON{}, err
	}
	want.Whose = c.readable(r.Who)
	found, next, err := c.o.Audit.Find(r.Context(), want)
	if err != nil {
		return auditJSON{}, err
	}
	out := auditJSON{Entries: []entryJSON{}, Next: next}
	for _, e := range found {
		out.Entries = append(out.Entries, entryJSON{e.Number, e.At.UTC(), e.Who, e.Role, e.What, e.About, e.Why, e.Before, e.After, e.MAC})
	}
	if s := c.o.Audit.Holds(r.Context(), c.o.Now()); s.Whole || s.Err != nil {
		holds := s.Err == nil
		out.Holds = &holds
		if s.Err != nil {
			out.Broken = s.Err.Error()
		}
	}
	return out, nil
}
