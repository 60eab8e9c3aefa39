package router

import (
	"context"
	"errors"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// queued is the action of <Enqueue>: the caller is no longer in the carrier's
// queue, or was never let in. What is answered depends on why, and on the state:
//
//	leave                  our own doing: into the room if someone accepted, or
//	                       rung through when no leg can be made
//	redirected, bridging…  our own doing. Whether the carrier runs this answer
//	                       is not documented, so it is the same document that
//	                       the redirect itself fetches
//	queue-full             hold sound outside the queue, then try again
//	hangup, or a leg over  the call is finished
//	error, …               back into the queue
func (r *Router) queued(ctx context.Context, h *hook) error {
	id := call.ID(h.req.CallSID)
	if h.req.QueueResult == twilio.QueueHangup || twilio.Ended(h.req.CallStatus) {
		h.use(r.docs.empty)
		return r.finish(ctx, id, queue.Finish{Reason: reasonLeft})
	}
	rec, err := r.beat(ctx, h)
	if errors.Is(err, queue.ErrNoCall) { // the store lost it: as if it had just arrived
		return r.inbound(ctx, h)
	}
	if err != nil {
		return err
	}
	docs := r.docs.of(rec.Language)
	// Only we let anybody leave: because this instance, or another that was asked
	// before it, finds that no leg can be made. Those two must not differ, or a
	// caller goes in and out of the queue between them and hears nobody.
	left := h.req.QueueResult == twilio.QueueLeave
	if rec.State.Unanswered() && (left || r.carrier.down(h.now)) {
		r.fallBack(ctx, h, nil)
		return nil
	}
	switch h.req.QueueResult {
	case twilio.QueueLeave, twilio.QueueRedirected, twilio.QueueBridging, twilio.QueueRedirectedBridged, twilio.QueueBridged:
		if rec.State == call.StateAccepted {
			r.bridgeCaller(h, rec.Conference)
			return nil
		}
	case twilio.QueueFull:
		r.o.Log.Error("the carrier's queue is full", "call", id, "size", h.req.MaxQueueSize)
		if rec.State.Unanswered() {
			h.use(docs.hold)
			return nil
		}
	case twilio.QueueError, twilio.QueueSystemError:
		r.o.Log.Error("left the carrier's queue by an error", "call", id, "result", h.req.QueueResult)
	}
	r.placeAgain(ctx, h, rec)
	return nil
}

// back is where a caller's leg is sent when it has lost its way: to wherever
// the state says it belongs.
func (r *Router) back(ctx context.Context, h *hook) error {
	rec, err := r.beat(ctx, h)
	if errors.Is(err, queue.ErrNoCall) {
		return r.inbound(ctx, h)
	}
	if err != nil {
		return err
	}
	r.placeAgain(ctx, h, rec)
	return nil
}

// bridge is fetched for the caller once someone has accepted: into the room.
func (r *Router) bridge(ctx context.Context, h *hook) error {
	rec, err := r.beat(ctx, h)
	if errors.Is(err, queue.ErrNoCall) {
		return r.inbound(ctx, h)
	}
	if err != nil {
		return err
	}
	if rec.State == call.StateAccepted {
		r.bridgeCaller(h, rec.Conference)
		return nil
	}
	r.placeAgain(ctx, h, rec)
	return nil
}

// joining is heard by whoever is in the room first. It plays once and is
// followed by silence, so it is short and the room soon full.
func (r *Router) joining(_ context.Context, h *hook) error {
	h.use(r.docs.fallback.joining)
	return nil
}

// afterTries is how often the caller's side asks again, a second apart, why the
// room closed: the responder's side usually says it in the same moment.
const afterTries = 2

// bridgeAfter is fetched for the caller when the room has closed. If the caller
// has hung up the call is finished. If they are still on the line, it is for
// the responder's side to say why; when it does not, their phone dropped, and
// the caller goes back to the front.
func (r *Router) bridgeAfter(ctx context.Context, h *hook) error {
	id := call.ID(h.req.CallSID)
	if twilio.Ended(h.req.CallStatus) {
		h.use(r.docs.empty)
		return r.finish(ctx, id, queue.Finish{Reason: reasonLeft})
	}
	rec, err := r.beat(ctx, h)
	if errors.Is(err, queue.ErrNoCall) {
		return r.inbound(ctx, h)
	}
	if err != nil {
		return err
	}
	if rec.State == call.StateConnected || rec.State == call.StateAccepted {
		r.roomClosed(ctx, h, rec)
	} else {
		r.placeAgain(ctx, h, rec)
	}
	return nil
}

// roomClosed answers a caller who is out of the room while the store still has
// them in it: a moment, for the responder's side to say why, then the front. The
// URL names the room: of one they were in before, told late or again, nothing
// follows for the one they are in.
func (r *Router) roomClosed(ctx context.Context, h *hook, rec queue.Record) {
	if h.room != "" && h.room != rec.Conference {
		h.use(r.docs.of(rec.Language).joinSoon)
		return
	}
	if h.tries < afterTries {
		h.say(twilio.Pause{Seconds: 1}, twilio.Redirect{URL: r.afterURL(rec.Conference, h.tries+1)})
		return
	}
	r.later(ctx, "drop", func(ctx context.Context) error { return r.drop(ctx, rec.ID, rec.Offer) })
	h.use(r.docs.of(rec.Language).enqueue)
}

// afterURL is where a caller's side says that a room has closed, the n-th time.
func (r *Router) afterURL(room string, n int) string {
	return r.voiceURL("/voice/bridge/after?n=", digit(n), "&c=", room)
}

func digit(n int) string { return string(rune('0' + n%10)) }

// callerStatus is the number's status callback: the caller's leg is over.
func (r *Router) callerStatus(ctx context.Context, h *hook) error {
	h.use(r.docs.empty)
	if !twilio.Ended(h.req.CallStatus) {
		return nil
	}
	r.journal.left(call.ID(h.req.CallSID), h.now)
	return r.finish(ctx, call.ID(h.req.CallSID), queue.Finish{Reason: reasonLeft})
}

// conference hears who has come into the room.
func (r *Router) conference(ctx context.Context, h *hook) error {
	h.use(r.docs.empty)
	if h.req.StatusCallbackEvent != twilio.EventParticipantJoin {
		return nil
	}
	return r.joined(ctx, h.now, h.req.FriendlyName, h.req.CallSID)
}
