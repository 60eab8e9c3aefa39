package router

import (
	"context"
	"errors"
	"strconv"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// keyTimeout is how many seconds a responder has, after the words, to press.
const keyTimeout = 5

// offer is fetched when a responder's phone is picked up. Until a key is
// pressed nothing says who is calling, because it may be anyone, or a machine.
func (r *Router) offer(ctx context.Context, h *hook) error {
	id := call.OfferID(h.id)
	var offer queue.OfferRecord
	err := r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		offer, err = r.o.Store.OfferEvent(ctx, h.now, id, call.KindPickedUp, h.req.CallSID)
		return err
	})
	w := r.words()
	switch {
	case errors.Is(err, queue.ErrNoOffer):
		h.say(verbs(w, twilio.Hangup{}, w.OfferGone)...)
		return nil
	case err != nil:
		return err
	case offer.State == queue.OfferOver && offer.Result != call.ResultAccepted && !late(offer.Result):
		h.say(verbs(w, twilio.Hangup{}, overWords(w, offer.Result))...)
		return nil
	}
	key := r.voiceURL("/voice/offer/", h.id, "/key")
	h.say(
		twilio.Gather{Action: key, NumDigits: 1, Timeout: keyTimeout, FinishOnKey: new(string), Verbs: w.speak(w.Offer)},
		twilio.Gather{Action: key, NumDigits: 1, Timeout: keyTimeout, FinishOnKey: new(string), ActionOnEmptyResult: true, Verbs: w.speak(w.OfferAgain)},
		twilio.Redirect{URL: key},
	)
	return nil
}

// late reports an ending that a key may still undo, if nobody else has the
// call: we gave up on the leg, but here it is.
func late(result call.Result) bool {
	return result == call.ResultLapsed || result == call.ResultNoAnswer || result == call.ResultNoKey
}

func overWords(w *Words, result call.Result) Prompt {
	if result == call.ResultCancelled {
		return w.OfferGone
	}
	return w.OfferTaken
}

// offerKey is the responder's key: 1 takes the call, 2 declines, silence is an
// answerphone, anything else is asked again.
func (r *Router) offerKey(ctx context.Context, h *hook) error {
	id := call.OfferID(h.id)
	w := r.words()
	switch h.req.Digits {
	case "1":
		return r.accept(ctx, h, id)
	case "2":
		h.say(verbs(w, twilio.Hangup{}, w.OfferDeclined)...)
		return r.endOffer(ctx, id, call.ResultDeclined)
	case "":
		h.use(r.docs.hangup)
		return r.endOffer(ctx, id, call.ResultNoKey)
	}
	key := r.voiceURL("/voice/offer/", h.id, "/key")
	h.say(twilio.Gather{
		Action: key, NumDigits: 1, Timeout: keyTimeout, FinishOnKey: new(string), ActionOnEmptyResult: true, Verbs: w.speak(w.OfferAgain),
	}, twilio.Redirect{URL: key})
	return nil
}

// accept is the compare-and-set: of all who press 1, one has the caller.
func (r *Router) accept(ctx context.Context, h *hook, id call.OfferID) error {
	var a queue.Accepted
	err := r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		a, err = r.o.Store.Accept(ctx, h.now, id, h.req.CallSID, r.o.Random(), h.now.Add(bridgeRetry))
		return err
	})
	w := r.words()
	if errors.Is(err, queue.ErrNoOffer) {
		a.Verdict, err = queue.VerdictGone, nil
	}
	if err != nil {
		return err
	}
	switch a.Verdict {
	case queue.VerdictGone:
		h.say(verbs(w, twilio.Hangup{}, w.OfferGone)...)
		return nil
	case queue.VerdictWon:
	default:
		h.say(verbs(w, twilio.Hangup{}, w.OfferTaken)...)
		return nil
	}
	whispered := r.whisper(w, heard(a.Call))
	dial := twilio.Dial{
		Action: r.voiceURL("/voice/offer/", h.id, "/after"), HangupOnStar: true, TimeLimit: TimeLimit(r.o.Timing.LongestCall),
		Target: r.room(a.Call.Conference, r.joiningURL()),
	}
	h.say(verbs(w, dial, whispered...)...)
	if a.First {
		r.o.Log.Info("accepted", "call", a.Call.ID, "responder", a.Call.Responder, "tier", a.Call.Tier)
		r.fetchCaller(ctx, a.Call)
	}
	r.cancel(ctx, a.Losers) // also the second time: the first one's answer may have been lost
	return nil
}

func (r *Router) joiningURL() *string {
	url := r.voiceURL("/voice/joining")
	return &url
}

// acceptedCall is what a whisper may say of a call.
type acceptedCall struct {
	caller        call.Caller
	waited        time.Duration
	again, danger bool
	redials       int
}

func heard(rec queue.Record) acceptedCall {
	return acceptedCall{ // once connected and now accepted again: their last connection was lost
		caller: rec.Caller, waited: max(0, rec.AcceptedAt.Sub(rec.ReceivedAt)), again: !rec.ConnectedAt.IsZero(), danger: rec.Danger, redials: rec.Redials,
	}
}

func waitedWords(w *Words, waited time.Duration) Prompt {
	if waited < 90*time.Second {
		return w.WhisperWaitedSeconds.with(strconv.Itoa(int(waited.Round(time.Second) / time.Second)))
	}
	return w.WhisperWaitedMinutes.with(strconv.Itoa(int(waited.Round(time.Minute) / time.Minute)))
}

// offerAfter is fetched on the responder's phone when the room has closed. A
// leg that is over dropped or hung up: the caller may still be there. A leg
// that is still there finished the talk, by pressing * or because the caller
// left: the call is over, and the wrap-up begins.
func (r *Router) offerAfter(ctx context.Context, h *hook) error {
	offer, err := r.offered(ctx, h)
	if err != nil {
		return err
	}
	w := r.words()
	switch {
	case offer.SID != "" && offer.SID != h.req.CallSID: // a second leg of the same offer
		h.use(r.docs.hangup)
		return nil
	case twilio.Ended(h.req.CallStatus):
		h.use(r.docs.empty)
		return r.drop(ctx, offer.Call, offer.ID)
	}
	rec, err := r.record(ctx, offer.Call)
	if err != nil && !errors.Is(err, queue.ErrNoCall) {
		return err
	}
	switch {
	case rec.Offer == offer.ID && rec.State == call.StateAccepted: // the caller never came into the room: they are still to be answered
		h.say(verbs(w, twilio.Hangup{}, w.OfferDeclined)...)
		return r.drop(ctx, offer.Call, offer.ID)
	case rec.State.Live() && !theirTalk(rec, offer):
		h.say(verbs(w, twilio.Hangup{}, w.OfferGone)...)
		return nil
	}
	r.askKey(h, "/ready", w.speak(w.WrapUp))
	return r.finish(ctx, offer.Call, queue.Finish{Reason: "talk_over"})
}

// theirTalk reports that a live call's talk was with an offer's responder: still,
// or until the caller's side, which was quicker to say that the room had closed,
// put the caller back to the front. Another's talk, and a caller who waits and was
// never with them, are not theirs to end.
func theirTalk(rec queue.Record, offer queue.OfferRecord) bool {
	if rec.Offer != "" {
		return rec.Offer == offer.ID
	}
	return !rec.ConnectedAt.IsZero() && rec.Prefer == offer.Responder
}

// offerGone tells a responder who was waiting in the room that nobody comes.
func (r *Router) offerGone(_ context.Context, h *hook) error {
	w := r.words()
	h.say(verbs(w, twilio.Hangup{}, w.OfferGone)...)
	return nil
}

// offerLost is the leg's fallback URL: the carrier could not fetch or run what
// we answered. It is tried once more from the start.
func (r *Router) offerLost(_ context.Context, h *hook) error {
	w := r.words()
	h.say(verbs(w, twilio.Redirect{URL: r.voiceURL("/voice/offer/", h.id)}, w.OfferOneMoment)...)
	return nil
}

// resultOf is how an offer ends when its leg does, by the leg's last status.
// Completed without a key is a machine, or a pocket.
var resultOf = map[string]call.Result{
	twilio.StatusCompleted: call.ResultNoKey, twilio.StatusBusy: call.ResultBusy, twilio.StatusNoAnswer: call.ResultNoAnswer,
	twilio.StatusFailed: call.ResultFailed, twilio.StatusCanceled: call.ResultNoAnswer,
}

// offerStatus is the leg's progress. A leg that ends ends its offer; if the
// offer had been accepted, the responder has gone from the call.
func (r *Router) offerStatus(ctx context.Context, h *hook) error {
	h.use(r.docs.empty)
	id := call.OfferID(h.id)
	result, ended := resultOf[h.req.CallStatus]
	if !ended {
		if h.req.CallStatus != twilio.StatusRinging {
			return nil
		}
		return ignoreNoOffer(r.store.through(ctx, h.now, func(ctx context.Context) error {
			_, err := r.o.Store.OfferEvent(ctx, h.now, id, call.KindRinging, h.req.CallSID)
			return err
		}))
	}
	var e queue.OfferEnded
	err := r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		rule := r.aside(ctx, h.now, id)
		rule.Leg = h.req.CallSID
		e, err = r.o.Store.OfferEnd(ctx, h.now, id, result, rule)
		return err
	})
	if err != nil {
		return ignoreNoOffer(err)
	}
	if e.SID != "" && e.SID != h.req.CallSID {
		r.o.Log.Warn("a second leg of one offer ended", "call", e.Call, "offer", id)
		return nil
	}
	r.posts.Delete(id)
	if !e.First && e.Result == call.ResultAccepted {
		r.later(ctx, "drop", func(ctx context.Context) error { return r.drop(ctx, e.Call, id) })
	}
	r.afterOfferEnd(ctx, e)
	return nil
}

func ignoreNoOffer(err error) error {
	if errors.Is(err, queue.ErrNoOffer) {
		return nil
	}
	return err
}
