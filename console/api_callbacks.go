package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// offerCallbacks are the operations about callers who were promised to be rung
// back. Their numbers are on the pages only, for a reason, once.
func offerCallbacks(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/callbacks", ID: "callbacks", Tag: "callbacks", Needs: access.ReadCalls,
		Summary: "Callbacks that are owed, what is due soonest first", More: "At most 500. No number is in it."}, (*Console).apiCallbacks)
	offer(a, operation{Method: http.MethodGet, Path: "/calls/{id}/callback", ID: "callback", Tag: "callbacks", Needs: access.ReadCalls,
		Summary: "What a caller was promised, and what was done about it"}, (*Console).apiCallback)
	offer(a, operation{Method: http.MethodPost, Path: "/calls/{id}/callback", ID: "owe-callback", Tag: "callbacks", Needs: access.Record,
		Summary: "Promise a caller to ring them back",
		More:    "A responder after their own calls, a shift lead after any of their team's. Once for each call: a second time gives the promise as it stands, with recorded false."},
		(*Console).apiOwe)
	offer(a, operation{Method: http.MethodPost, Path: "/calls/{id}/callback/claim", ID: "claim-callback", Tag: "callbacks", Needs: access.Record,
		Summary: "Take a callback for 15 minutes, or keep it for longer", More: "409 says who has it, and until when."},
		func(c *Console, r *asked, in *callbackAsk) (callbackKeptJSON, error) {
			return c.apiClaim(r, in.ID, "take", c.o.After.Claim)
		})
	offer(a, operation{Method: http.MethodPost, Path: "/calls/{id}/callback/release", ID: "release-callback", Tag: "callbacks", Needs: access.Record,
		Summary: "Give a callback back, for somebody else to take"},
		func(c *Console, r *asked, in *callbackAsk) (callbackKeptJSON, error) {
			return c.apiClaim(r, in.ID, "give-back", c.o.After.Release)
		})
	offer(a, operation{Method: http.MethodPost, Path: "/calls/{id}/callback/attempts", ID: "try-callback", Tag: "callbacks", Needs: access.Record,
		Summary: "Say that somebody rang back, and what came of it", More: "The same moment and result again are recorded once. Only reached is the right person; then close it."},
		(*Console).apiTry)
	offer(a, operation{Method: http.MethodPost, Path: "/calls/{id}/callback/close", ID: "close-callback", Tag: "callbacks", Needs: access.Record,
		Summary: "Say how a callback ended", More: "Once: 409 says how it ended before, if it was otherwise."}, (*Console).apiClose)
}

type callbackJSON struct {
	Call       call.ID     `json:"call"`
	State      string      `json:"state" enum:"owed,due,claimed,overdue,over" doc:"owed: not to be rung yet; overdue: a clock ran out, claimed or not"`
	Team       string      `json:"team,omitempty"`
	Line       string      `json:"line,omitempty"`
	Caller     call.Caller `json:"caller,omitempty"`
	By         call.By     `json:"recorded_by,omitempty"`
	AskedAt    time.Time   `json:"asked_at"`
	SafeFrom   *time.Time  `json:"safe_from,omitempty" doc:"Not to be rung before"`
	SafeUntil  *time.Time  `json:"safe_until,omitempty" doc:"Not to be rung after"`
	AttemptDue time.Time   `json:"attempt_due_at" doc:"By when somebody must have tried"`
	CloseDue   time.Time   `json:"close_due_at" doc:"By when it must be over"`
	HasNumber  bool        `json:"has_number" doc:"This service has it; else it stands in the clinical record"`
	Attempts   int         `json:"attempts"`
	LastAt     *time.Time  `json:"last_at,omitempty"`
	LastResult string      `json:"last_result,omitempty"`
	LastBy     call.By     `json:"last_by,omitempty"`
	ClaimedBy  call.By     `json:"claimed_by,omitempty"`
	ClaimedTo  *time.Time  `json:"claimed_until,omitempty"`
	Done       *time.Time  `json:"done_at,omitempty"`
	How        string      `json:"how,omitempty"`
	Code       call.Code   `json:"code,omitempty"`
	DoneBy     call.By     `json:"done_by,omitempty"`
}

func callbackOfAPI(b queue.Callback, now time.Time) callbackJSON {
	out := callbackJSON{
		Call: b.Call, State: string(b.State(now)), Team: b.Team, Line: b.Line, Caller: b.Caller, By: b.By, AskedAt: b.AskedAt.UTC(),
		SafeFrom: utc(b.SafeFrom), SafeUntil: utc(b.SafeUntil), AttemptDue: b.AttemptDue.UTC(), CloseDue: b.CloseDue.UTC(), HasNumber: b.HasNumber,
		Attempts: b.Attempts, LastAt: utc(b.LastAt), LastResult: b.LastResult, LastBy: b.LastBy,
		Done: utc(b.DoneAt), How: b.How, Code: b.Code, DoneBy: b.DoneBy,
	}
	if b.ClaimedBy != "" && now.Before(b.ClaimedUntil) {
		out.ClaimedBy, out.ClaimedTo = b.ClaimedBy, utc(b.ClaimedUntil)
	}
	return out
}

// callbackKeptJSON is a callback after something was done about it.
type callbackKeptJSON struct {
	Recorded bool         `json:"recorded" doc:"false: it was so before, and nothing changed"`
	Callback callbackJSON `json:"callback"`
}

func (c *Console) apiCallbacks(r *asked, _ *nothing) ([]callbackJSON, error) {
	open, err := c.o.After.Callbacks(r.Context(), owedShown)
	all := []callbackJSON{}
	for _, b := range open {
		all = append(all, callbackOfAPI(b, c.o.Now()))
	}
	return all, err
}

type callbackAsk struct {
	asker
	ID string `path:"id" doc:"The call's"`
}

func (c *Console) apiCallback(r *asked, in *callbackAsk) (callbackJSON, error) {
	b, err := c.backOf(r, call.ID(in.ID), access.ReadCalls)
	return callbackOfAPI(b.Callback, c.o.Now()), err
}

type oweAsk struct {
	asker
	ID   string `path:"id" doc:"The call's"`
	Body struct {
		From     time.Time `json:"from,omitzero" doc:"Safe to ring from; at once when left out"`
		Until    time.Time `json:"until,omitzero" doc:"Safe until; whenever when left out"`
		At       time.Time `json:"at,omitzero" doc:"When they asked for it; the end of the talk when left out"`
		Received time.Time `json:"received,omitzero" doc:"When the call came, where you know: it is found sooner"`
	}
}

func (c *Console) apiOwe(r *asked, in *oweAsk) (callbackKeptJSON, error) {
	t, err := c.taleOf(r, call.ID(in.ID), in.Body.Received)
	if err != nil {
		return callbackKeptJSON{}, err
	}
	o, err := c.owesOf(r, t)
	if err != nil {
		return callbackKeptJSON{}, err
	}
	p := queue.CallbackPromise{Call: o.ID, ReceivedAt: o.received, AskedAt: in.Body.At, SafeFrom: in.Body.From, SafeUntil: in.Body.Until}
	if p.AskedAt.IsZero() {
		p.AskedAt = o.usually()
	}
	ps := append(toCome("at", p.AskedAt, o.now), o.wrong(p)...)
	if len(ps) > 0 {
		return callbackKeptJSON{}, amiss(ps)
	}
	got, first, err := c.oweCallback(r, p)
	return callbackKeptJSON{first, callbackOfAPI(got, o.now)}, err
}

// toCome is what is wrong with a moment that is said to have been; clocks may
// differ by a minute.
func toCome(field string, at, now time.Time) []problem {
	if at.After(now.Add(time.Minute)) {
		return []problem{{field, "That is still to come. Say when it happened"}}
	}
	return nil
}

func (c *Console) apiClaim(r *asked, id, what string, do func(context.Context, time.Time, call.ID, call.By) (queue.Callback, bool, error)) (callbackKeptJSON, error) {
	b, err := c.backOf(r, call.ID(id), access.Record)
	if err != nil {
		return callbackKeptJSON{}, err
	}
	got, first, err := c.claimCallback(r, b.Call, what, do)
	switch {
	case errors.Is(err, queue.ErrClaimed):
		return callbackKeptJSON{}, meanwhile{Text: b.takenWords(got)}
	case err == nil && !got.DoneAt.IsZero():
		return callbackKeptJSON{}, b.endedMeanwhile(got)
	}
	return callbackKeptJSON{first, callbackOfAPI(got, b.now)}, err
}

// endedMeanwhile says how and by whom a callback was ended.
func (b theirs) endedMeanwhile(got queue.Callback) error {
	text := "It is over, " + when(got.DoneAt, b.now, b.zone) + ", says " + b.names.by(got.DoneBy) + ": " + lower(endedWord("callback.closed", got.How))
	if got.Code != "" {
		text += ", " + lower(got.Code.Words())
	}
	return meanwhile{Text: text + ". Nothing was changed."}
}

type tryAsk struct {
	asker
	ID   string `path:"id" doc:"The call's"`
	Body struct {
		Result string    `json:"result" enum:"no_answer,engaged,voicemail,someone_else,not_safe,number_fails,reached"`
		At     time.Time `json:"at,omitzero" doc:"When somebody rang; now when left out"`
	}
}

func (c *Console) apiTry(r *asked, in *tryAsk) (callbackKeptJSON, error) {
	b, at, err := c.rangBack(r, in.ID, in.Body.At, triedSo(in.Body.Result))
	if err != nil {
		return callbackKeptJSON{}, err
	}
	got, first, err := c.tryCallback(r, b.Call, at, in.Body.Result)
	return callbackKeptJSON{first, callbackOfAPI(got, b.now)}, err
}

// rangBack is a callback that somebody has rung for at a moment, which is now when
// it is zero, unless ps or that is wrong.
func (c *Console) rangBack(r *asked, id string, at time.Time, ps []problem) (theirs, time.Time, error) {
	b, err := c.backOf(r, call.ID(id), access.Record)
	if err != nil {
		return b, at, err
	}
	if at.IsZero() {
		at = b.now
	}
	if ps = append(append(ps, toCome("at", at, b.now)...), b.rangAt(at)...); len(ps) > 0 {
		return b, at, amiss(ps)
	}
	return b, at, nil
}

type closeAsk struct {
	asker
	ID   string `path:"id" doc:"The call's"`
	Body struct {
		How  string    `json:"how" enum:"reached,decided,not_needed,mistaken" doc:"decided: something else is done, such as a welfare check"`
		Code call.Code `json:"code,omitempty" enum:"01,02,03,04,05,06,98" doc:"When reached or decided: NHS Data Dictionary, contact outcome"`
		At   time.Time `json:"at,omitzero" doc:"When it ended; now when left out"`
	}
}

func (c *Console) apiClose(r *asked, in *closeAsk) (callbackKeptJSON, error) {
	code, ps := endedSo(in.Body.How, in.Body.Code)
	b, at, err := c.rangBack(r, in.ID, in.Body.At, ps)
	if err != nil {
		return callbackKeptJSON{}, err
	}
	got, first, err := c.closeCallback(r, b.Call, at, in.Body.How, code)
	if err == nil && !first && (got.How != in.Body.How || got.Code != code) {
		return callbackKeptJSON{}, b.endedMeanwhile(got)
	}
	return callbackKeptJSON{first, callbackOfAPI(got, b.now)}, err
}
