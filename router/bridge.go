package router

import (
	"context"
	"errors"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// fetchCaller brings the caller out of the queue, or out of the greeting, into
// the room where the responder waits. The carrier lets a queue member be
// dequeued once by its CallSid, a second guard against two winners. It is the
// only thing that moves a caller into a room: a caller moved twice would leave
// the room, and leaving closes it.
func (r *Router) fetchCaller(ctx context.Context, rec queue.Record) {
	r.later(ctx, "fetch caller", func(ctx context.Context) error {
		to := r.voiceURL("/voice/bridge")
		sid := rec.QueueSID
		if own := r.queueSID.Load(); sid == "" && own != nil {
			sid = *own
		}
		err := twilio.ErrGone
		if sid != "" && !rec.WaitingAt.IsZero() {
			err = r.o.Carrier.Dequeue(ctx, sid, string(rec.ID), to)
			r.o.Metrics.CarrierRequest("dequeue", carrierResult(err))
		}
		if errors.Is(err, twilio.ErrGone) {
			err = r.redirectCaller(ctx, rec, to)
		}
		if errors.Is(err, twilio.ErrGone) {
			return r.finish(ctx, rec.ID, queue.Finish{Reason: reasonLeft})
		}
		return err // anything else is tried again at the bridge's deadline
	})
}

// redirectCaller moves a caller who is not in the queue: still in the greeting,
// or between two documents. One who is on the way by now is left alone.
func (r *Router) redirectCaller(ctx context.Context, rec queue.Record, to string) error {
	var now queue.Record
	err := r.store.through(ctx, r.o.Now(), func(ctx context.Context) (err error) {
		now, err = r.o.Store.Record(ctx, rec.ID)
		return err
	})
	if err != nil || now.State != call.StateAccepted || now.Conference != rec.Conference || now.CallerIn {
		return err
	}
	err = r.o.Carrier.RedirectCall(ctx, string(rec.ID), to)
	r.o.Metrics.CarrierRequest("redirect_call", carrierResult(err))
	return err
}

// joined records that a leg is in the room; when both are, the call is
// answered, and only then.
func (r *Router) joined(ctx context.Context, now time.Time, conference, sid string) error {
	var rec queue.Record
	var first bool
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		rec, first, err = r.o.Store.Joined(ctx, now, conference, sid)
		return err
	})
	if errors.Is(err, queue.ErrNoCall) {
		return nil
	}
	if err == nil && first {
		r.o.Log.Info("connected", "call", rec.ID, "line", rec.Line, "responder", rec.Responder, "tier", rec.Tier,
			"waited_ms", rec.ConnectedAt.Sub(rec.ReceivedAt).Milliseconds())
	}
	return err
}

// drop puts a caller whose responder's leg has gone back to the front. The
// same person is asked first, after a pause in which a caller who had finished
// can hang up before any phone rings.
func (r *Router) drop(ctx context.Context, id call.ID, offer call.OfferID) error {
	now := r.o.Now()
	var before, rec queue.Record
	var first bool
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		if before, err = r.o.Store.Record(ctx, id); err != nil {
			return err
		}
		rec, first, err = r.o.Store.Drop(ctx, now, id, queue.Dropped{
			Offer: offer, NotBefore: now.Add(r.o.Timing.ReconnectPause), LiveFor: liveRetry, WrapUp: r.o.Timing.WrapUp,
		})
		return err
	})
	if err == nil && !first {
		r.o.Metrics.Ignored(call.KindDropped)
	}
	if err != nil || !first {
		return ignoreNoCall(err)
	}
	r.o.Log.Warn("responder's leg dropped, caller is back at the front", "call", id, "responder", rec.Prefer)
	r.later(ctx, "end dropped leg", func(ctx context.Context) error { return r.endLeg(ctx, before.OfferSID) })
	if before.State == call.StateAccepted {
		r.later(ctx, "bring caller back", func(ctx context.Context) error { return r.bringBack(ctx, id) })
	}
	return nil
}

// bringBack sends a caller whose room never opened to the queue: nothing else
// will. After a talk the carrier does it itself, by asking what comes next.
func (r *Router) bringBack(ctx context.Context, id call.ID) error {
	err := r.o.Carrier.RedirectCall(ctx, string(id), r.voiceURL("/voice/back"))
	r.o.Metrics.CarrierRequest("redirect_call", carrierResult(err))
	if errors.Is(err, twilio.ErrGone) {
		return r.finish(ctx, id, queue.Finish{Reason: reasonLeft})
	}
	return err
}

// reasonLeft: the caller's leg is over.
const reasonLeft = "caller_left"

// finish ends a call now. One the store does not know may be in another
// instance's journal: its end is kept for it.
func (r *Router) finish(ctx context.Context, id call.ID, f queue.Finish) error {
	now := r.o.Now()
	onSnapshot := r.journal.knows(id)
	if onSnapshot {
		f.Outcome = call.OutcomeFallback
	}
	done, err := r.end(ctx, now, id, f)
	if f.Reason == reasonLeft && !onSnapshot && otherJournals(done, err) {
		return r.noteOver(ctx, now, id, queue.Over{At: now, How: howLeft})
	}
	return ignoreNoCall(err)
}

// otherJournals reports that a call may be in another instance's journal: the
// store never knew it, or has been told that it went on on the snapshot.
func otherJournals(done queue.Finished, err error) bool {
	return errors.Is(err, queue.ErrNoCall) || (err == nil && !done.First && done.Call.Outcome == call.OutcomeFallback)
}

// end ends a call: the outcome is written once, every phone that still rings is
// stopped, and the responder's leg, if they were never joined, is told.
func (r *Router) end(ctx context.Context, at time.Time, id call.ID, f queue.Finish) (done queue.Finished, err error) {
	f.WrapUp, f.KeepFor = r.o.Timing.WrapUp, r.o.Timing.KeepEnded
	err = r.store.through(ctx, r.o.Now(), func(ctx context.Context) (err error) {
		done, err = r.o.Store.Finish(ctx, at, id, f)
		return err
	})
	if err == nil && !done.First {
		r.o.Metrics.Ignored(call.KindFinished)
		r.cancel(ctx, done.Cancel) // the first time's answer may have been lost
	}
	if err != nil || !done.First {
		return done, err
	}
	r.o.Log.Info("finished", "call", id, "outcome", done.Outcome, "reason", f.Reason,
		"line", done.Call.Line, "team", done.Call.Team, "caller", done.Call.Caller, "offers", done.Call.Offers)
	r.cancel(ctx, done.Cancel)
	if !done.Freed {
		return done, nil
	}
	if sid := done.Leg.SID; sid != "" {
		r.later(ctx, "tell responder", func(ctx context.Context) error {
			err := r.o.Carrier.RedirectCall(ctx, sid, r.voiceURL("/voice/offer/", string(done.Leg.Offer), "/gone"))
			r.o.Metrics.CarrierRequest("redirect_call", carrierResult(err))
			if errors.Is(err, twilio.ErrGone) {
				return nil
			}
			return err
		})
	}
	r.freeAll(ctx, done.Responder)
	return done, nil
}

func ignoreNoCall(err error) error {
	if errors.Is(err, queue.ErrNoCall) {
		return nil
	}
	return err
}
