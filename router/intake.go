package router

import (
	"context"
	"errors"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// errNoPlan says that there is nothing to route by: neither a plan in the store
// nor a snapshot on disk.
var errNoPlan = errors.New("no plan is in force")

// inbound is a call's first webhook: the call is created and answered with the
// greeting, and the first phone rings meanwhile.
func (r *Router) inbound(ctx context.Context, h *hook) error {
	plan := r.o.Book.Current()
	if plan == nil {
		return errNoPlan
	}
	if r.carrier.down(h.now) { // no leg can be made: <Dial> needs no request of ours
		r.fallBack(ctx, h, nil)
		return nil
	}
	from := call.ParseCaller(h.req.From)
	line, _ := plan.Line(h.req.To, h.now)
	team, _ := plan.HomeTeam(line.ID, from, h.now)
	arrival := queue.Arrival{
		Call: call.ID(h.req.CallSID),
		Need: call.Need{Line: line.ID, Team: team, Caller: line.Caller, Language: line.Language, Skills: line.Skills},
		From: from, Number: line.Number, Menu: true,
		RedialBoost: r.o.Timing.RedialBoost, ActAt: h.now, LiveFor: liveFor,
	}
	if line.Caller == call.CallerProfessional {
		arrival.Boost = r.o.Timing.Professional
	}
	if !r.o.Timing.EarlyOffer { // nobody is rung before the intake, which sets the moment anew
		arrival.ActAt = h.now.Add(liveFor)
	}
	var arrived queue.Arrived
	err := r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		arrived, err = r.o.Store.Arrive(ctx, h.now, arrival)
		return err
	})
	if err != nil {
		return err
	}
	docs := r.docs.of(line.Language)
	if !arrived.New && arrived.State != call.StateIntake {
		r.placeAgain(ctx, h, arrived.Record)
		return nil
	}
	if arrived.New {
		r.o.Log.Info("received", "call", arrived.ID, "line", line.ID, "team", team, "redials", arrived.Redials)
	}
	if arrived.New && r.o.Timing.EarlyOffer {
		now := h.now // the hook is another request's by the time the task runs
		r.later(ctx, "advance", func(ctx context.Context) error { return r.advanceRecord(ctx, now, arrived.Record) })
	}
	if line.Menu {
		h.use(docs.menu)
	} else {
		h.use(docs.professional)
	}
	return nil
}

// placeAgain answers a caller whose call is past intake: a webhook that came
// twice, or a leg brought back. Where they belong is decided by the state alone.
func (r *Router) placeAgain(ctx context.Context, h *hook, rec queue.Record) {
	docs := r.docs.of(rec.Language)
	switch {
	case rec.State.Unanswered():
		h.use(docs.enqueue)
	case rec.State == call.StateAccepted:
		h.use(docs.joinSoon)
	case rec.State == call.StateConnected: // they were in the room, and are out of it
		r.roomClosed(ctx, h, rec)
	case rec.ConnectedAt.IsZero():
		// They are on the line, and yet their call is over and nobody ever spoke
		// to them: whatever went wrong, they are put through to a person.
		r.o.Log.Error("a caller is on the line whose call is over", "call", rec.ID)
		r.fallBack(ctx, h, nil)
	default:
		h.use(docs.closing)
	}
}

// callerByKey is what the menu's keys mean. No key, or any other, is a caller
// like every other: nobody is asked to press anything.
var callerByKey = map[string]call.Caller{
	"1": call.CallerSelf, "2": call.CallerCarer, "3": call.CallerProfessional,
}

// dangerKey works in the menu and at any moment of waiting.
const dangerKey = "9"

// intake is the end of the greeting: with a key, the wrong key or none, the
// caller joins the queue.
func (r *Router) intake(ctx context.Context, h *hook) error {
	plan := r.o.Book.Current()
	if plan == nil {
		return errNoPlan
	}
	id := call.ID(h.req.CallSID)
	line, _ := plan.Line(h.req.To, h.now)
	team, _ := plan.HomeTeam(line.ID, call.ParseCaller(h.req.From), h.now)
	done := queue.IntakeDone{Caller: line.Caller, Team: team, Language: line.Language, Skills: line.Skills, LiveFor: liveFor}
	if chosen, ok := callerByKey[h.req.Digits]; ok && line.Menu {
		done.Caller = chosen
		if chosen == call.CallerProfessional {
			done.Boost = r.o.Timing.Professional
		}
	}
	var rec queue.Record
	var first bool
	err := r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		rec, first, err = r.o.Store.Intake(ctx, h.now, id, done)
		return err
	})
	if errors.Is(err, queue.ErrNoCall) { // the store lost it: as if it had just arrived
		return r.inbound(ctx, h)
	}
	if err != nil {
		return err
	}
	if first {
		r.o.Log.Info("waiting", "call", id, "line", rec.Line, "team", rec.Team, "caller", rec.Caller)
	}
	if first && h.req.Digits == dangerKey {
		return r.raise(ctx, h)
	}
	if first {
		r.later(ctx, "advance", func(ctx context.Context) error { return r.advanceRecord(ctx, r.o.Now(), rec) })
	}
	r.placeAgain(ctx, h, rec)
	return nil
}

// raise moves a caller who pressed the danger key forward, keeping their place
// at least, and has every phone there is ring.
func (r *Router) raise(ctx context.Context, h *hook) error {
	id := call.ID(h.req.CallSID)
	var rec queue.Record
	var first bool
	err := r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		rec, first, err = r.o.Store.Danger(ctx, h.now, id, r.o.Timing.DangerBoost)
		return err
	})
	if errors.Is(err, queue.ErrNoCall) {
		h.say(twilio.Leave{})
		return nil
	}
	if err != nil {
		return err
	}
	if first {
		r.o.Log.Info("danger", "call", id)
		r.later(ctx, "advance", func(ctx context.Context) error { return r.advance(ctx, id) })
	}
	switch docs := r.docs.of(rec.Language); {
	case h.route.path == "/voice/intake":
		r.placeAgain(ctx, h, rec)
	case rec.State.Unanswered():
		h.use(docs.danger)
	default:
		h.use(docs.joinWait)
	}
	return nil
}

// wait is one round of waiting words. It is fetched again each time it runs
// out, so it is also the sign that the caller is still there.
func (r *Router) wait(ctx context.Context, h *hook) error {
	if h.req.QueueSID != "" && r.queueSID.Load() == nil {
		sid := h.req.QueueSID
		r.queueSID.Store(&sid)
	}
	rec, err := r.beat(ctx, h)
	if errors.Is(err, queue.ErrNoCall) { // the store lost it: out of the queue, and in again
		h.say(twilio.Leave{})
		return nil
	}
	if err != nil {
		return err
	}
	if r.mustLeave(rec, h.now) {
		h.say(twilio.Leave{})
		return nil
	}
	h.use(r.waitWords(rec, h.now))
	return nil
}

// mustLeave says that waiting on leads nowhere: out of the queue, where the
// action of <Enqueue> knows what to do without a request to the carrier.
func (r *Router) mustLeave(rec queue.Record, now time.Time) bool {
	switch {
	case rec.State == call.StateAccepted: // and the request that should have fetched them did not
		return passed(now, rec.AcceptedAt.UnixMilli(), bridgeByLeave+time.Millisecond)
	case rec.State.Unanswered():
		return r.carrier.down(now)
	}
	return true // over, and yet here
}

// bridgeByLeave is how long after someone accepted a caller who still hears
// waiting words takes the way into the room that needs no request.
const bridgeByLeave = 6 * time.Second

// waitWords chooses what a waiting caller hears, by how long they have waited.
func (r *Router) waitWords(rec queue.Record, now time.Time) []byte {
	docs := r.docs.of(rec.Language)
	waited := max(0, now.Sub(rec.WaitingAt))
	turn := int(waited / r.o.Timing.ComfortEvery)
	switch {
	case !rec.State.Unanswered():
		return docs.joinWait
	case rec.Front && now.Before(rec.NotBefore.Add(time.Second)):
		return docs.reconnecting
	case waited >= r.o.Timing.LongWait && turn%3 == 0:
		return docs.waitLong
	case turn == 0 || len(docs.waitTurns) == 0:
		return docs.waitFirst
	}
	return docs.waitTurns[(turn-1)%len(docs.waitTurns)]
}

// waitKey is a key pressed while waiting. Nothing pressed ever loses the place.
func (r *Router) waitKey(ctx context.Context, h *hook) error {
	if h.req.Digits == dangerKey {
		return r.raise(ctx, h)
	}
	rec, err := r.beat(ctx, h)
	if errors.Is(err, queue.ErrNoCall) {
		h.say(twilio.Leave{})
		return nil
	}
	if err != nil {
		return err
	}
	docs := r.docs.of(rec.Language)
	switch {
	case !rec.State.Unanswered():
		h.use(docs.joinWait)
	case h.req.Digits == "4":
		h.use(docs.elsewhere)
	default:
		h.use(docs.nothing)
	}
	return nil
}

// beat says that the caller is still on the line, and reads the call.
func (r *Router) beat(ctx context.Context, h *hook) (rec queue.Record, err error) {
	err = r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		rec, err = r.o.Store.Beat(ctx, h.now, call.ID(h.req.CallSID), h.req.QueueSID, liveFor)
		return err
	})
	return rec, err
}
