package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// tale is the story of one call.
type tale struct {
	ID       call.ID
	Rang     string
	Back     Link
	Done     string
	Facts    []fact
	Recorded []fact // what came of it, as said last
	Promises []promiseRow
	Callback *owedRow // a callback that is or was owed
	Phones   []phoneRow
	Entries  []entry
	Over     bool
	Does     []Link // what whoever looks may do about it

	received  time.Time
	ended     time.Time // zero while the caller is on the line
	team      string    // home team
	responder string    // who has, or last had, the caller
	answered  bool
	withheld  bool

	promisedBack bool // a callback was promised
}

type fact struct{ Label, Value, Detail string }

// story is the page of one call.
func (c *Console) story(w http.ResponseWriter, r *asked) {
	t, ok := c.tale(w, r)
	if !ok {
		return
	}
	t.Back = Link{"Back to Now", "/"}
	if back := backTo(r.FormValue("back")); back != "/" {
		t.Back = Link{"Back to the calls found", back}
	}
	t.Done = storyDone[r.FormValue("done")]
	if t.promisedBack && c.o.After != nil {
		t.Callback = c.callbackOf(r, t.ID)
	}
	t.Does = c.storyDoes(r, t)
	p := c.page(r, "The call of "+t.Rang, t)
	p.CallID = string(t.ID)
	c.render(w, http.StatusOK, "story", p)
}

// storyDone is what a call's page says after something was done about it.
var storyDone = map[string]string{
	"recorded": "Recorded.",
	"same":     "That is what was recorded already. Nothing changed.",
}

// storyDoes is what whoever looks may do about a call.
func (c *Console) storyDoes(r *asked, t tale) (all []Link) {
	if c.o.Calls == nil {
		return nil
	}
	if t.answered && c.mayRecord(r, t.team, t.responder) {
		text := "Record what came of it"
		if len(t.Recorded) > 0 {
			text = "Correct what was recorded"
		}
		all = append(all, Link{text, callAt(t.ID, "record", t.received)})
	}
	if c.o.After != nil && t.Callback == nil && c.mayRecord(r, t.team, t.responder) {
		all = append(all, Link{"Promise to ring back", callAt(t.ID, "callback/promise", t.received)})
	}
	if r.Who.May(access.SeeNumbers, t.team) && !t.withheld {
		all = append(all, Link{"Caller’s number", callAt(t.ID, "number", t.received)})
	}
	return all
}

// callbackOf is the callback of a call, nil when it cannot be read now: the
// story is worth more than its end.
func (c *Console) callbackOf(r *asked, id call.ID) *owedRow {
	b, ok, err := c.o.After.Callback(r.Context(), id)
	if err != nil || !ok {
		return nil
	}
	o := owing{names: names{c.o.Rota(), c.o.Zone}, now: c.o.Now(), who: r.Who, by: c.by(r.Who), keep: c.o.Calls.OverdueNumberFor}
	row := o.callbackRow(b)
	if !b.DoneAt.IsZero() {
		row.Due = lower(endedWord("callback.closed", b.How))
	}
	return &row
}

// tale reads a call's story, or answers that it cannot.
func (c *Console) tale(w http.ResponseWriter, r *asked) (tale, bool) {
	id := call.ID(r.PathValue("id"))
	ctx, done := context.WithTimeout(r.Context(), c.patience)
	defer done()
	events, err := c.o.Story(ctx, id, receivedAt(r))
	switch {
	case err != nil:
		c.o.Log.Error("read story", "call", id, "err", err)
		text := "The store did not answer. Calls are answered all the same. Try again in a moment."
		if ctx.Err() != nil && r.Context().Err() == nil {
			text = "It was not found in the time there is: the ledger is long, and callers come first. Find the call by the time it came, under Calls."
		}
		c.render(w, http.StatusBadGateway, "message", c.page(r, "The story cannot be read", text))
		return tale{}, false
	case len(events) == 0:
		c.render(w, http.StatusNotFound, "message", c.page(r, "No such call", "The ledger has nothing of this call, or it was kept only for a time that is over."))
		return tale{}, false
	}
	return tell(id, c.fit(r, events), names{c.o.Rota(), c.o.Zone}, c.o.Now()), true
}

// fit leaves out that a call was hard, and the debrief after it, for whoever is
// neither the responder nor one who leads: it is about staff.
func (c *Console) fit(r *asked, events []call.Event) []call.Event {
	team, responder := "", ""
	for _, e := range events {
		if e.Kind == call.KindWrapUpRecord {
			team, responder = e.Team, e.Responder
		}
	}
	if r.Who.May(access.ActOnPeople, team) || responder != "" && responder == r.Who.Responder {
		return events
	}
	fit := make([]call.Event, 0, len(events))
	for _, e := range events {
		e.Hard = false
		if e.Category != queue.CategoryDebrief {
			fit = append(fit, e)
		}
	}
	return fit
}

// receivedAt is when a call came, as its address says; zero when it does not.
func receivedAt(r *asked) time.Time {
	ms, err := strconv.ParseInt(r.FormValue("at"), 10, 64)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return call.FromMillis(ms)
}

// mayRecord reports whether whoever asks may say what came of a call: of their
// own, wherever it came from, or of any of a team they lead.
func (c *Console) mayRecord(r *asked, team, responder string) bool {
	own := responder != "" && r.Who.Responder == responder
	return r.Who.May(access.Record) && own || r.Who.May(access.RecordAny, team)
}

// tell makes a story of a call's entries. It is pure.
func tell(id call.ID, events []call.Event, n names, now time.Time) tale {
	first := events[0]
	t := tale{ID: id, Rang: onWall(first.At, n.zone, "15:04:05 on 2 January 2006"), received: first.At, withheld: first.Withheld}
	t.Facts = []fact{{Label: "Line", Value: n.line(first.Line)}, {Label: "Who rings", Value: callerWord(first.Caller)}}
	for _, e := range events {
		t.Entries = append(t.Entries, n.entry(e, first.At))
		if e.Caller != "" && e.Caller != call.CallerUnknown {
			t.Facts[1].Value = callerWord(e.Caller)
		}
		t.note(e)
	}
	if t.team != "" {
		t.Facts = append(t.Facts, fact{Label: "Team", Value: n.team(t.team)})
	}
	t.Phones = n.phones(events)
	t.sums(n, events)
	t.Recorded = n.recorded(events, now)
	t.Promises = n.promises(events, now)
	return t
}

// note keeps whose call it is.
func (t *tale) note(e call.Event) {
	switch e.Kind {
	case call.KindOffered, call.KindOfferSent, call.KindRinging, call.KindPickedUp, call.KindOfferEnded:
		return // an offer's team is the responder's
	case call.KindAccepted, call.KindConnected:
		t.responder = e.Responder
		t.answered = t.answered || e.Kind == call.KindConnected
	case call.KindFinished:
		t.Over, t.ended = true, e.At
		if e.Responder != "" {
			t.responder = e.Responder
		}
	case call.KindCallbackOwed:
		t.promisedBack = true
		return
	case call.KindWrapUpRecord, call.KindCallbackClaimed, call.KindCallbackAttempt, call.KindCallbackClosed, call.KindCallbackForgotten,
		call.KindFollowUp, call.KindFollowUpMissed, call.KindFollowUpDone, call.KindFollowUpReviewed:
		return // may be another team's promise
	default: // says whose it is now
	}
	if e.Team != "" {
		t.team = e.Team
	}
}
