package router

import (
	"context"
	"errors"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// What is done when an answer did not come: look first, act after. Nothing here
// repeats a request whose outcome is unknown.

// reconcileAfter is how long after an unknown outcome the carrier is asked
// whether the leg exists; its own callback usually tells sooner.
const reconcileAfter = 1500 * time.Millisecond

// giveUpAfter is how long a leg may fail to come about before the next person
// is asked instead.
const giveUpAfter = 10 * time.Second

// sendDue sees to a promised leg: one whose paced moment has come is made; one
// that should have been reported by now is looked up, taken over if the carrier
// has it, and made if it does not.
func (r *Router) sendDue(ctx context.Context, now time.Time, id call.OfferID) error {
	var offer queue.OfferRecord
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		offer, err = r.o.Store.Offer(ctx, id)
		return err
	})
	if errors.Is(err, queue.ErrNoOffer) || (err == nil && offer.State != queue.OfferPromised) {
		return r.settleDue(ctx, queue.DueSend, string(id))
	}
	if err != nil {
		return err
	}
	rec, err := r.o.Store.Record(ctx, offer.Call)
	if err != nil {
		return err
	}
	if err := r.held(ctx, id, now.Add(r.speakLease()), false); err != nil {
		return err
	}
	paced := offer.SendAt.After(offer.OfferedAt) && now.Sub(offer.SendAt) < time.Second
	if !paced {
		leg, found, err := r.findLeg(ctx, offer)
		if err != nil {
			return err // asked again when the lease is over
		}
		if found {
			return r.sent(ctx, now, id, leg)
		}
		if now.Sub(offer.SendAt) > giveUpAfter {
			return r.endOffer(ctx, id, call.ResultFailed)
		}
	}
	return r.send(ctx, id, offer.Responder, rec.Number)
}

// findLeg looks for a live leg to the offer's responder made since the offer:
// nobody has two offers at once, so a leg that is there is this offer's.
func (r *Router) findLeg(ctx context.Context, offer queue.OfferRecord) (twilio.Leg, bool, error) {
	who, ok := r.o.Book.Current().Responder(offer.Responder)
	if !ok {
		return twilio.Leg{}, false, nil
	}
	legs, err := r.o.Carrier.FindCalls(ctx, who.Number.E164(), offer.OfferedAt.Add(-time.Second))
	r.o.Metrics.CarrierRequest("find_calls", carrierResult(err))
	if err != nil {
		return twilio.Leg{}, false, err
	}
	i := slices.IndexFunc(legs, func(l twilio.Leg) bool { return !twilio.Ended(l.Status) })
	if i < 0 {
		return twilio.Leg{}, false, nil
	}
	return legs[i], true, nil
}

// lapse ends an offer that has had its time, and its leg if there is one.
func (r *Router) lapse(ctx context.Context, now time.Time, id call.OfferID) error {
	var ended queue.OfferEnded
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		ended, err = r.o.Store.OfferEnd(ctx, now, id, call.ResultLapsed, queue.Aside{})
		return err
	})
	if errors.Is(err, queue.ErrNoOffer) {
		return r.settleDue(ctx, queue.DueOffer, string(id))
	}
	if err != nil {
		return err
	}
	if !ended.First {
		return r.settleDue(ctx, queue.DueOffer, string(id))
	}
	r.afterOfferEnd(ctx, ended)
	return r.endLeg(ctx, ended.SID)
}

// bridgeMost is how long joining two legs may take before the caller goes back
// to the front: longer than a round of waiting words, at whose end the caller
// finds the way without a request (see mustLeave). bridgeRetry is between two tries.
const (
	bridgeMost  = 45 * time.Second
	bridgeRetry = 4 * time.Second
)

// bridgeDue looks at a call that was accepted but of which nobody has said that
// both can hear each other: either the word was lost, or a leg was.
func (r *Router) bridgeDue(ctx context.Context, now time.Time, id call.ID) error {
	rec, err := r.o.Store.Record(ctx, id)
	if errors.Is(err, queue.ErrNoCall) || (err == nil && rec.State != call.StateAccepted) {
		return r.settleDue(ctx, queue.DueBridge, string(id))
	}
	if err != nil {
		return err
	}
	// Nobody else is to move the caller while this one asks: moved twice, they
	// would leave the room, and leaving closes it.
	if err := r.deferDue(ctx, queue.DueBridge, string(id), now.Add(r.speakLease())); err != nil {
		return err
	}
	in, _, err := r.o.Carrier.Participants(ctx, rec.Conference)
	r.o.Metrics.CarrierRequest("participants", carrierResult(err))
	// Without an answer they may be talking: nothing is done to them. A caller who is
	// not in the room finds the way without a request, and a room that closes, or a
	// leg that ends, says so by itself.
	if err != nil {
		return errors.Join(err, r.deferDue(ctx, queue.DueBridge, string(id), now.Add(bridgeRetry)))
	}
	late := now.Sub(rec.AcceptedAt) > bridgeMost
	for _, sid := range in {
		if err := r.joined(ctx, now, rec.Conference, sid); err != nil {
			return err
		}
	}
	caller := slices.Contains(in, string(id))
	responder := slices.Contains(in, rec.OfferSID)
	switch {
	case caller && responder:
		return nil
	case !caller && r.callerOver(ctx, id):
		return r.finish(ctx, id, queue.Finish{Reason: reasonLeft})
	case late || (!responder && r.legOver(ctx, rec.OfferSID)):
		return r.drop(ctx, id, rec.Offer)
	case !caller:
		r.fetchCaller(ctx, rec)
	}
	return r.deferDue(ctx, queue.DueBridge, string(id), now.Add(bridgeRetry))
}

// liveDue looks up a caller's leg of which nothing was heard for a while. A leg
// that is over is finished; one that is there is looked at again, and a waiting
// one is asked for.
func (r *Router) liveDue(ctx context.Context, now time.Time, id call.ID) error {
	rec, err := r.o.Store.Record(ctx, id)
	if errors.Is(err, queue.ErrNoCall) || (err == nil && !rec.State.Live()) {
		return r.settleDue(ctx, queue.DueLive, string(id))
	}
	if err != nil {
		return err
	}
	if err := r.deferDue(ctx, queue.DueLive, string(id), now.Add(r.speakLease())); err != nil {
		return err
	}
	leg, err := r.o.Carrier.FetchCall(ctx, string(id))
	r.o.Metrics.CarrierRequest("fetch_call", carrierResult(err))
	switch {
	case errors.Is(err, twilio.ErrGone) || (err == nil && twilio.Ended(leg.Status)):
		return r.finish(ctx, id, queue.Finish{Reason: "lost_track"})
	case err != nil:
		return r.deferDue(ctx, queue.DueLive, string(id), now.Add(liveRetry))
	}
	if rec.State.Unanswered() && rec.State != call.StateIntake {
		// The leg lives and yet fetches no words: bring it back to the queue.
		if err := r.o.Carrier.RedirectCall(ctx, string(id), r.voiceURL("/voice/back")); err != nil && !errors.Is(err, twilio.ErrGone) {
			r.o.Log.Warn("bring caller back", "call", id, "err", err)
		}
	}
	return r.deferDue(ctx, queue.DueLive, string(id), now.Add(liveEvery))
}

// legDue looks up a leg that its responder should have put down by now, of whose
// end nothing was heard: they are not rung while it may be at their ear. When the
// carrier cannot say, they are: an engaged phone costs a moment, a person who is
// never rung again costs a shift.
func (r *Router) legDue(ctx context.Context, now time.Time, id call.OfferID) error {
	var offer queue.OfferRecord
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		offer, err = r.o.Store.Offer(ctx, id)
		return err
	})
	if err != nil && !errors.Is(err, queue.ErrNoOffer) {
		return err
	}
	if offer.SID != "" {
		if err := r.deferDue(ctx, queue.DueLeg, string(id), now.Add(legEvery)); err != nil {
			return err
		}
		leg, err := r.o.Carrier.FetchCall(ctx, offer.SID)
		r.o.Metrics.CarrierRequest("fetch_call", carrierResult(err))
		if err == nil && !twilio.Ended(leg.Status) {
			return nil
		}
	}
	var who string
	var free bool
	err = r.store.through(ctx, now, func(ctx context.Context) (err error) {
		who, free, err = r.o.Store.LegDown(ctx, id)
		return err
	})
	if free {
		r.freeAll(ctx, who)
	}
	return ignoreNoOffer(err)
}

// legEvery is between two looks at a leg that should be over.
const legEvery = 30 * time.Second

// liveFor is how long a waiting or greeted caller may be silent; liveEvery is
// between looks at a call in conversation, which is silent by nature.
const (
	liveFor   = 2 * time.Minute
	liveEvery = 10 * time.Minute
	liveRetry = 15 * time.Second
)

func (r *Router) callerOver(ctx context.Context, id call.ID) bool { return r.legOver(ctx, string(id)) }

// legOver reports that a leg is known to be over. When the carrier cannot say,
// it is not.
func (r *Router) legOver(ctx context.Context, sid string) bool {
	if sid == "" {
		return false
	}
	leg, err := r.o.Carrier.FetchCall(ctx, sid)
	r.o.Metrics.CarrierRequest("fetch_call", carrierResult(err))
	return errors.Is(err, twilio.ErrGone) || (err == nil && twilio.Ended(leg.Status))
}
