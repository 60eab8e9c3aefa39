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

// After the talk the responder's leg is still there, and a few keys say what came
// of the call. Everything is optional: whoever hangs up, or presses nothing, has
// recorded nothing, and can do so on the page. The first key stays what it was,
// 1 for ready, because that is what hands know.

// outcomeKeys are the seven codes in their order, by key.
var outcomeKeys = map[string]call.Code{
	"1": call.CodeDisconnected, "2": call.CodeAdvice, "3": call.CodeSignposted, "4": call.CodeReferred,
	"5": call.CodeUrgent, "6": call.CodeEmergency, "7": call.CodeOther,
}

// askKey says words to a responder in wrap-up and takes one key; none ends the leg.
func (r *Router) askKey(h *hook, path string, words []twilio.GatherVerb) {
	h.say(twilio.Gather{
		Action: r.voiceURL("/voice/offer/", h.id, path), NumDigits: 1, Timeout: keyTimeout, FinishOnKey: new(string), Verbs: words,
	}, twilio.Hangup{})
}

// offerReady is a key in wrap-up: 1 ends it, 2 asks for the outcome, 9 says that
// the call was hard, 3 that they want to be left alone for a while.
func (r *Router) offerReady(ctx context.Context, h *hook) error {
	w := r.words()
	switch h.req.Digits {
	case "1":
		return r.ready(ctx, h)
	case "2":
		r.askKey(h, "/outcome", w.speak(w.WrapUpOutcome))
		return nil
	case "9":
		return r.recordWrapUp(ctx, h, w.WrapUpHard.with(r.recovery()), func(rec *queue.WrapUpRecord) { rec.Hard = true })
	case "3":
		return r.recoverAWhile(ctx, h)
	}
	h.use(r.docs.hangup)
	return nil
}

// recoverAWhile leaves a responder alone for a while: one key, no reason asked.
func (r *Router) recoverAWhile(ctx context.Context, h *hook) error {
	w := r.words()
	offer, err := r.offered(ctx, h)
	if err != nil {
		return err
	}
	did, err := r.Pause(ctx, queue.Standing{
		Responder: offer.Responder, To: call.PresenceBreak, Why: call.PauseRecovery, By: call.By(offer.Responder),
	})
	if err != nil {
		return err
	}
	if !did.Done && did.Why != queue.WhyAlready && did.Why != queue.WhyOffShift { // a caller needed them meanwhile
		h.use(r.docs.hangup)
		return nil
	}
	h.say(verbs(w, twilio.Hangup{}, w.WrapUpRecovery.with(r.recovery()))...)
	return nil
}

// recovery is how many minutes that is, for words.
func (r *Router) recovery() string {
	return strconv.Itoa(int(r.o.Timing.RecoverFor.Round(time.Minute) / time.Minute))
}

// offerOutcome is the key of an outcome.
func (r *Router) offerOutcome(ctx context.Context, h *hook) error {
	code, ok := outcomeKeys[h.req.Digits]
	if !ok {
		h.use(r.docs.hangup)
		return nil
	}
	return r.recordWrapUp(ctx, h, r.words().WrapUpRecorded, func(rec *queue.WrapUpRecord) { rec.Code = code })
}

// recordWrapUp lays one more thing over what was said of the call, and asks what
// is next. Nothing is said to be recorded that was not: without the store the
// route's degraded answer hangs up.
func (r *Router) recordWrapUp(ctx context.Context, h *hook, then Prompt, say func(*queue.WrapUpRecord)) error {
	offer, err := r.offered(ctx, h)
	if err != nil {
		return err
	}
	err = r.store.through(ctx, h.now, func(ctx context.Context) error {
		if _, err := r.o.Store.Record(ctx, offer.Call); err != nil { // long over: not looked for in the ledger from here
			return err
		}
		rec, _, err := r.o.Store.WrapUp(ctx, offer.Call)
		if err != nil {
			return err
		}
		rec.Call, rec.By = offer.Call, call.By(offer.Responder)
		say(&rec)
		_, _, err = r.o.Store.WrapUpRecord(ctx, h.now, rec)
		return err
	})
	switch {
	case errors.Is(err, queue.ErrNoCall) || errors.Is(err, queue.ErrNotAnswered):
		h.use(r.docs.hangup)
		return nil
	case err != nil:
		return err
	}
	r.askKey(h, "/ready", r.words().speak(then))
	return nil
}

// ready ends the wrap-up. Whoever waits for the responder rings once their phone
// is down, which the leg's last status tells: rung while it is up it is engaged.
func (r *Router) ready(ctx context.Context, h *hook) error {
	w := r.words()
	h.say(verbs(w, twilio.Hangup{}, w.WrapUpReady)...)
	var who string
	did, err := r.frees(ctx, h.now, "", func(ctx context.Context) (stood queue.Stood, err error) {
		who, stood, err = r.o.Store.Ready(ctx, h.now, call.OfferID(h.id))
		return stood, err
	})
	if did.Done {
		r.o.Log.Info("wrap-up ended", "responder", who, "reason", "ready")
		r.freeAll(ctx, who) // in case their phone was down before the key was heard of
	}
	return err
}

// offered is the offer that a responder's webhook is about.
func (r *Router) offered(ctx context.Context, h *hook) (offer queue.OfferRecord, err error) {
	err = r.store.through(ctx, h.now, func(ctx context.Context) (err error) {
		offer, err = r.o.Store.Offer(ctx, call.OfferID(h.id))
		return err
	})
	return offer, err
}
