package router

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// ring has the carrier make an offer's leg, unless the pacer has put it off:
// then the sweep makes it when its time has come.
func (r *Router) ring(ctx context.Context, now time.Time, o queue.Offer) {
	r.posts.Store(o.ID, post{o.Responder, o.Team, o.Tier, now})
	r.o.Metrics.PaceWait(max(0, o.SendAt.Sub(now)))
	if o.SendAt.After(now) {
		return
	}
	r.later(ctx, "ring", func(ctx context.Context) error { return r.send(ctx, o.ID, o.Responder, o.From) })
}

// send asks the carrier once. Every ending is an event of the offer:
//
//	made          → OfferSent; if the offer is over by now, the leg is ended
//	refused       → the offer ends as failed, the next person is asked at once
//	throttled     → tried again when the carrier says
//	never sent    → tried again in a second
//	unknown       → looked up before anything is repeated (reconcile.go)
func (r *Router) send(ctx context.Context, id call.OfferID, responder, from string) error {
	who, ok := r.o.Book.Current().Responder(responder)
	if !ok { // the plan lost them since the claim
		return r.endOffer(ctx, id, call.ResultFailed)
	}
	leg, err := r.o.Carrier.CreateCall(ctx, twilio.NewLeg{
		To: who.Number.E164(), From: from, Ring: r.o.Timing.RingFor, Limit: time.Duration(TimeLimit(r.o.Timing.LongestCall)) * time.Second,
		URL: r.voiceURL("/voice/offer/", string(id)), FallbackURL: r.voiceURL("/voice/offer/", string(id), "/lost"),
		StatusURL: r.statusURL("/voice/offer/", string(id), "/status"),
	})
	r.o.Metrics.CarrierRequest("create_call", carrierResult(err))
	now := r.o.Now()
	var apiErr *twilio.APIError
	switch {
	case err == nil:
		return r.sent(ctx, now, id, leg)
	case errors.Is(err, twilio.ErrThrottled):
		wait := time.Second
		if errors.As(err, &apiErr) && apiErr.RetryAfter > 0 {
			wait = min(apiErr.RetryAfter, r.o.Timing.RingFor)
		}
		return r.held(ctx, id, now.Add(wait), true)
	case errors.Is(err, twilio.ErrNotSent):
		r.carrier.failed(now)
		return r.held(ctx, id, now.Add(time.Second), false)
	case errors.Is(err, twilio.ErrUnknown):
		r.carrier.failed(now)
		return r.held(ctx, id, now.Add(reconcileAfter), false)
	case errors.Is(err, twilio.ErrAuth):
		r.carrier.refused(now)
		r.o.Log.Error("carrier refuses our credentials", "err", err)
	default:
		r.o.Log.Warn("leg refused", "offer", id, "responder", responder, "err", err)
	}
	return r.endOffer(ctx, id, call.ResultFailed)
}

// sent records the leg; an offer that is over by now must not go on ringing.
func (r *Router) sent(ctx context.Context, now time.Time, id call.OfferID, leg twilio.Leg) error {
	r.carrier.worked()
	var offer queue.OfferRecord
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		offer, err = r.o.Store.OfferSent(ctx, now, id, leg.SID, leg.QueueTime)
		return err
	})
	over := offer.State == queue.OfferOver && offer.Result != call.ResultAccepted
	another := offer.SID != "" && offer.SID != leg.SID // the offer has its leg: this one is a second
	if errors.Is(err, queue.ErrNoOffer) || (err == nil && (over || another)) {
		return r.endLeg(ctx, leg.SID)
	}
	return err
}

// held puts an offer's leg off. Only a carrier that asked for patience moves the
// offer's own deadline: one whose leg does not come about must end.
func (r *Router) held(ctx context.Context, id call.OfferID, until time.Time, stretch bool) error {
	return r.store.through(ctx, r.o.Now(), func(ctx context.Context) error {
		return r.o.Store.OfferHeld(ctx, id, until, stretch)
	})
}

// endOffer ends an offer and asks the next person at once.
func (r *Router) endOffer(ctx context.Context, id call.OfferID, result call.Result) error {
	now := r.o.Now()
	var ended queue.OfferEnded
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		ended, err = r.o.Store.OfferEnd(ctx, now, id, result, r.aside(ctx, now, id))
		return err
	})
	if errors.Is(err, queue.ErrNoOffer) {
		return nil
	}
	if err != nil {
		return err
	}
	r.afterOfferEnd(ctx, ended)
	return nil
}

// afterOfferEnd logs the transition and moves on: the call to its next person,
// the person to whoever else is waiting.
func (r *Router) afterOfferEnd(ctx context.Context, e queue.OfferEnded) {
	if !e.First {
		r.o.Metrics.Ignored(call.KindOfferEnded)
		if e.Freed { // over before, and now their phone is down
			r.freeAll(ctx, e.Responder)
		}
		return
	}
	r.o.Log.Info("offer ended", "call", e.Call, "responder", e.Responder, "result", e.Result, "set_aside", e.SetAside)
	if e.State.Unanswered() {
		r.later(ctx, "advance", func(ctx context.Context) error { return r.advance(ctx, e.Call) })
	}
	if e.Freed && !e.SetAside {
		r.freeAll(ctx, e.Responder)
	}
}

// post is the duty under which somebody was asked. It is kept by the instance
// that asked until the leg is over, so that the end of an offer needs one store
// round trip; another instance reads it from the store.
type post struct {
	responder, team string
	tier            call.Tier
	at              time.Time
}

// postsFor is how long a post is kept whose leg's end another instance heard of.
const postsFor = time.Hour

func (r *Router) forgetPosts(now time.Time) {
	r.posts.Range(func(id, p any) bool {
		if now.Sub(p.(post).at) > postsFor {
			r.posts.Delete(id)
		}
		return true
	})
}

// aside is the rule for repeated misses, with everyone on the same duty: the
// last of them is never set aside. Of an unknown offer nobody is set aside.
func (r *Router) aside(ctx context.Context, now time.Time, id call.OfferID) queue.Aside {
	a := queue.Aside{After: r.o.Timing.MissesBeforeAway, For: r.o.Timing.AwayFor}
	if a.After == 0 {
		return a
	}
	var p post
	if known, ok := r.posts.Load(id); ok {
		p = known.(post)
	} else {
		offer, err := r.o.Store.Offer(ctx, id)
		if err != nil {
			return queue.Aside{}
		}
		p = post{offer.Responder, offer.Team, offer.Tier, now}
	}
	for _, duty := range r.o.Book.Current().OnShift(p.team, p.tier, now) {
		if duty.Responder != p.responder {
			a.Others = append(a.Others, duty.Responder)
		}
	}
	return a
}

// endLeg ends a leg of ours, whatever its state; one that is over already is
// what was wanted.
func (r *Router) endLeg(ctx context.Context, sid string) error {
	if sid == "" {
		return nil
	}
	err := r.o.Carrier.CancelCall(ctx, sid)
	r.o.Metrics.CarrierRequest("cancel_call", carrierResult(err))
	if err != nil && !errors.Is(err, twilio.ErrGone) {
		return fmt.Errorf("end leg: %w", err)
	}
	return nil
}

// cancel ends the legs of phones that must stop ringing, and frees their
// responders after: a phone that still rings is engaged. A leg the carrier has
// not named yet is ended when it is named (see sent).
func (r *Router) cancel(ctx context.Context, legs []queue.Leg) {
	for _, leg := range legs {
		r.later(ctx, "cancel", func(ctx context.Context) error {
			return errors.Join(r.endLeg(ctx, leg.SID), r.freed(ctx, leg.Responder))
		})
	}
}

func carrierResult(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, twilio.ErrGone):
		return "gone"
	case errors.Is(err, twilio.ErrThrottled):
		return "throttled"
	case errors.Is(err, twilio.ErrNotSent):
		return "not_sent"
	case errors.Is(err, twilio.ErrUnknown):
		return "unknown"
	case errors.Is(err, twilio.ErrAuth):
		return "auth"
	}
	return "refused"
}
