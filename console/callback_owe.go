package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// owes is one promising to ring a caller back.
type owes struct {
	tale
	names
	now time.Time
}

// owes reads the call, or answers why nothing can be promised.
func (c *Console) owes(w http.ResponseWriter, r *asked) (o owes, ok bool) {
	t, ok := c.tale(w, r)
	if !ok {
		return o, false
	}
	o, err := c.owesOf(r, t)
	if err != nil {
		c.refuse(w, r, access.RecordAny, t.team)
	}
	return o, err == nil
}

// owesOf is what can be promised after a call, if whoever asks may promise it.
func (c *Console) owesOf(r *asked, t tale) (owes, error) {
	if !c.mayRecord(r, t.team, t.responder) {
		return owes{}, refused{access.RecordAny, []string{t.team}}
	}
	return owes{t, names{c.o.Rota(), c.o.Zone}, c.o.Now()}, nil
}

// askOwe asks what was agreed with a caller about ringing them back.
func (c *Console) askOwe(w http.ResponseWriter, r *asked) {
	if o, ok := c.owes(w, r); ok {
		c.showForm(w, r, http.StatusOK, o.form(url.Values{}))
	}
}

// usually is when they will have asked for it: at the end of the talk.
func (o owes) usually() time.Time {
	if o.ended.IsZero() {
		return o.now
	}
	return o.ended
}

func (o owes) form(v url.Values) form {
	asked := v.Get("at")
	if !v.Has("at") {
		asked = writtenMoment(o.usually(), o.now, o.zone)
	}
	f := form{
		Title: "Promise to ring back the caller of " + onWall(o.received, o.zone, "15:04"), Button: "Promise it",
		Action: callAt(o.ID, "callback/promise", o.received), Back: Link{"Back to the call", storyAt(o.ID, o.received, "")},
		Lines: []string{"Only when they agreed to it. It stays on the list, with two clocks, until somebody says that it is over."},
	}
	if o.withheld {
		f.Warning = "Their number was withheld. Promise this only if the clinical record has a number that they gave."
	}
	f.Fields = []field{
		{Kind: "moment", Name: "from", Label: "Safe to ring from", Hint: "Leave it empty if it is safe now. Such as 18:00, or tomorrow 09:00.", Value: v.Get("from")},
		{Kind: "moment", Name: "until", Label: "Safe until", Hint: "Leave it empty if there is no end.", Value: v.Get("until")},
		{Kind: "moment", Name: "at", Label: "When did they ask for it?", Hint: hintOf(o.now, o.zone), Value: asked},
	}
	return f
}

// keepOwe keeps the promise.
func (c *Console) keepOwe(w http.ResponseWriter, r *asked) {
	o, ok := c.owes(w, r)
	if !ok {
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, o.form(r.PostForm).with(ps...)) }
	p, ps := o.read(r.PostForm)
	if len(ps) > 0 {
		again(http.StatusUnprocessableEntity, ps...)
		return
	}
	_, first, err := c.oweCallback(r, p)
	switch {
	case errors.Is(err, queue.ErrNoCall):
		again(http.StatusConflict, problem{Text: "The ledger no longer has this call. Nothing was promised."})
	case err != nil:
		c.o.Log.Error("owe callback", "call", o.ID, "err", err)
		again(http.StatusBadGateway, problem{Text: unclear})
	default:
		done := "promised"
		if !first {
			done = "before"
		}
		http.Redirect(w, r.Request, doneAt(callAt(o.ID, "callback", time.Time{}), done), http.StatusSeeOther)
	}
}

// read is what was entered, or what is wrong with it.
func (o owes) read(v url.Values) (p queue.CallbackPromise, ps []problem) {
	p = queue.CallbackPromise{Call: o.ID, ReceivedAt: o.received}
	at, wrong := happened(v.Get("at"), "at", o.now, o.zone)
	if wrong != nil {
		ps = append(ps, *wrong)
	}
	p.AskedAt = at
	ahead := func(name, say string) (at time.Time) {
		if text := v.Get(name); text != "" {
			var no notRead
			if at, no = readAhead(text, o.now, o.zone); no != "" {
				ps = append(ps, problem{name, no.or(say)})
			}
		}
		return at
	}
	p.SafeFrom = ahead("from", "Say from when, such as 18:00 or tomorrow 09:00")
	p.SafeUntil = ahead("until", "Say until when, such as 20:00 or tomorrow 20:00")
	if len(ps) == 0 {
		ps = o.wrong(p)
	}
	return p, ps
}

// wrong is what cannot be promised so.
func (o owes) wrong(p queue.CallbackPromise) (ps []problem) {
	if p.AskedAt.Before(o.received.Truncate(time.Minute)) {
		ps = append(ps, problem{"at", "That was before the call came"})
	}
	switch {
	case p.SafeFrom.After(o.now.Add(farthestCallback)):
		ps = append(ps, problem{"from", "That is more than a month away. Promise it for sooner"})
	case !p.SafeUntil.IsZero() && !p.SafeUntil.After(latest(o.now, p.SafeFrom)):
		ps = append(ps, problem{"until", "There is no time left to ring them in"})
	}
	return ps
}

// farthestCallback is how far ahead a caller may be promised to be rung back. It
// is a crisis line's promise, and no appointment.
const farthestCallback = 31 * 24 * time.Hour

// oweCallback is the operation: a caller is owed a callback, and who promised it.
func (c *Console) oweCallback(r *asked, p queue.CallbackPromise) (got queue.Callback, first bool, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	p.By = c.by(r.Who)
	got, first, err = c.o.After.Owe(ctx, c.o.Now(), p)
	if err == nil && first {
		c.note(r, audit.Entry{What: audit.Recorded, About: string(p.Call), After: "callback promised, over by " + got.CloseDue.UTC().Format(time.RFC3339), Teams: ofTeam(got.Team)})
	}
	return got, first, err
}
