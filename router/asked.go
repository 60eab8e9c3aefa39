package router

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// What people at screens ask for. Each press is done once however often it is
// made, by whomever, and says honestly what came of it. What time alone would
// have given the caller comes first, so that what stands in the ledger as a
// person's is theirs.

// RingAgain rings somebody for a waiting caller at once: whoever may be asked now
// and is free, those who were tried a moment ago included. While a phone rings for
// them nothing more is done.
func (r *Router) RingAgain(ctx context.Context, id call.ID, by call.By) (queue.Did, error) {
	return r.pressed(ctx, by, func(now time.Time, _ *rota.Rota) (queue.Did, error) {
		rec, rang, why, err := r.caughtUp(ctx, now, id)
		switch {
		case err != nil || why != "":
			return queue.Did{Why: why}, err
		case rang: // by time, in this very moment
			return queue.Did{Done: true, Why: queue.WhyRung}, nil
		case rec.Ringing > 0:
			return queue.Did{Why: queue.WhyAlready}, nil
		}
		plan := r.o.Book.Current()
		c := r.claimOf(rec, Escalate(rec, plan.Match(need(rec), r.o.Timing.Ladder, now), r.o.Timing, now), plan.Version(), now)
		c.ReofferAfter, c.By, c.OfferIDs = 0, by, c.OfferIDs[:1]
		claimed, err := r.put(ctx, now, c)
		if err != nil || len(claimed.Offers) == 0 {
			return queue.Did{Why: queue.WhyNobodyFree}, err
		}
		return queue.Did{Done: true, Why: queue.WhyRung}, nil
	})
}

// Widen brings in the next rung of a waiting caller's ladder at once, as its time
// would have: those of its people who are free are asked first. beyond is the
// highest rung that was reached when the person decided; when another has been
// reached since, by time or by somebody else, nothing is done. −1 is whichever is
// reached now.
func (r *Router) Widen(ctx context.Context, id call.ID, beyond int, by call.By) (queue.Did, error) {
	return r.pressed(ctx, by, func(now time.Time, _ *rota.Rota) (queue.Did, error) {
		rec, _, why, err := r.caughtUp(ctx, now, id)
		if err != nil || why != "" {
			return queue.Did{Why: why}, err
		}
		plan := r.o.Book.Current()
		ladder := plan.Match(need(rec), r.o.Timing.Ladder, now)
		step := Escalate(rec, ladder, r.o.Timing, now)
		switch {
		case beyond >= 0 && step.Rung > beyond:
			return queue.Did{Why: queue.WhyAlready}, nil
		case step.Rung >= len(ladder)-1:
			return queue.Did{Why: queue.WhyAllAsked}, nil
		}
		wider := step.widenStage(ladder)
		c := r.claimOf(rec, wider, plan.Version(), now)
		c.Groups = slices.Concat(wider.Groups[len(step.Groups):], step.Groups)
		c.By, c.More, c.OfferIDs = by, queue.OneMoreWider, c.OfferIDs[:1]
		claimed, err := r.put(ctx, now, c)
		switch {
		case err != nil:
			return queue.Did{}, err
		case !claimed.Widened:
			return queue.Did{Why: queue.WhyAlready}, nil
		case len(claimed.Offers) == 0:
			return queue.Did{Done: true, Why: queue.WhyNobodyFree}, nil
		}
		return queue.Did{Done: true, Why: queue.WhyRung}, nil
	})
}

// widenStage is the step with the next rung opened, and those that are reached
// together with it.
func (s Step) widenStage(l rota.Ladder) Step {
	next := l[s.Rung+1]
	for s.Rung+1 < len(l) && l[s.Rung+1].After == next.After && l[s.Rung+1].Reason == next.Reason {
		s = s.widen(l)
	}
	return s
}

// RingPerson rings this very person for a waiting caller: from another team or
// tier, off the ladder, or just tried. They must be on shift and free, because
// promise 2 holds for everyone: whoever is offered a call, has one, is in wrap-up,
// on a break, away or off shift is not rung, and Did says which.
func (r *Router) RingPerson(ctx context.Context, id call.ID, responder string, by call.By) (queue.Did, error) {
	return r.pressed(ctx, by, func(now time.Time, plan *rota.Rota) (queue.Did, error) {
		rec, err := r.record(ctx, id)
		if err != nil {
			return queue.Did{}, err
		}
		if why := r.unaskable(now, rec); why != "" {
			return queue.Did{Why: why}, nil
		}
		a, why := r.ask(plan, rec, responder, now)
		if why != "" {
			return queue.Did{Why: why}, nil
		}
		a.By = by
		var offer *queue.Offer
		var did queue.Did
		err = r.store.through(ctx, now, func(ctx context.Context) (err error) {
			offer, did, err = r.o.Store.RingPerson(ctx, now, a)
			return err
		})
		if err == nil && offer != nil {
			r.ring(ctx, now, *offer)
		}
		return did, err
	})
}

// ask is a person as they may be asked for, by the duty nearest to the call: of
// its own team before others, in asking order.
func (r *Router) ask(plan *rota.Rota, rec queue.Record, responder string, now time.Time) (queue.Asked, queue.Why) {
	who, ok := plan.Responder(responder)
	if !ok {
		return queue.Asked{}, queue.WhyNotInPlan
	}
	if !who.Number.Known() {
		return queue.Asked{}, queue.WhyNoNumber
	}
	duties := plan.Duties(responder, now)
	if len(duties) == 0 {
		return queue.Asked{}, queue.WhyOffShift
	}
	duty := duties[0]
	if i := slices.IndexFunc(duties, func(d rota.Duty) bool { return d.Team == rec.Team }); i >= 0 {
		duty = duties[i]
	}
	a := queue.Asked{
		Call: rec.ID, Responder: responder, Team: duty.Team, Tier: duty.Tier, Version: plan.Version(),
		OfferID: call.OfferID(r.o.Random()), RingFor: r.o.Timing.RingFor, Grace: grace, Pace: r.pace(), SendLease: r.sendLease(),
	}
	for _, rung := range plan.Match(need(rec), r.o.Timing.Ladder, now) {
		if slices.ContainsFunc(rung.Groups, func(g []string) bool { return slices.Contains(g, responder) }) {
			a.LimitKey = rung.Limit.Key
		}
	}
	return a, ""
}

// HandOver gives a waiting caller to another team from now on: their home team
// changes and with it their ladder and whose figures they are in; what they have
// waited, their place and their score stay. Phones that ring go on ringing, for
// whoever answers first is the caller's soonest help; one phone of the new team's
// ladder rings beside them. Somebody who is talking cannot be handed over: there
// is no transfer.
func (r *Router) HandOver(ctx context.Context, h queue.HandOver) (queue.Did, error) {
	return r.pressed(ctx, h.By, func(now time.Time, plan *rota.Rota) (queue.Did, error) {
		if !slices.Contains(plan.Teams(now), h.To) {
			return queue.Did{Why: queue.WhyNotInPlan}, nil
		}
		h.Version = plan.Version()
		var rec queue.Record
		var did queue.Did
		err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
			rec, did, err = r.o.Store.HandOver(ctx, now, h)
			return err
		})
		if err != nil || !did.Done {
			return did, err
		}
		return r.handedOver(ctx, now, rec), nil
	})
}

// handedOver rings for the new team. The hand-over stands whatever becomes of it:
// the call is due to be looked at in any case.
func (r *Router) handedOver(ctx context.Context, now time.Time, rec queue.Record) queue.Did {
	claimed, err := r.claim(ctx, now, rec, queue.OneMore)
	switch {
	case err != nil:
		r.o.Log.Warn("ring for the new team", "call", rec.ID, "err", err)
	case len(claimed.Offers) > 0:
		return queue.Did{Done: true, Why: queue.WhyRung}
	case claimed.Ringing == 0 && r.unaskable(now, rec) == "":
		return queue.Did{Done: true, Why: queue.WhyNobodyFree}
	}
	return queue.Did{Done: true, Why: queue.WhyHandedOver}
}

// pressed does what a person asked for with the plan in force, and again when that
// has changed meanwhile. A call that is gone is an answer, not an error.
func (r *Router) pressed(ctx context.Context, by call.By, do func(time.Time, *rota.Rota) (queue.Did, error)) (queue.Did, error) {
	if !by.Fits() {
		return queue.Did{}, fmt.Errorf("act on call: %w", ErrUnfit)
	}
	for range 3 {
		plan := r.o.Book.Current()
		if plan == nil {
			return queue.Did{}, errNoPlan
		}
		did, err := do(r.o.Now(), plan)
		switch {
		case errors.Is(err, queue.ErrNoCall):
			return queue.Did{Why: queue.WhyOver}, nil
		case !errors.Is(err, queue.ErrStale):
			return did, err
		}
		if _, err := r.o.Book.Refresh(ctx); err != nil {
			return queue.Did{}, err
		}
	}
	return queue.Did{}, queue.ErrStale
}

// caughtUp gives a waiting call what time allows it, so that what is done next is
// the person's alone, and reads it. rang: a phone was rung by that. why: it does
// not wait, or nobody can be rung for it now.
func (r *Router) caughtUp(ctx context.Context, now time.Time, id call.ID) (rec queue.Record, rang bool, why queue.Why, err error) {
	if rec, err = r.record(ctx, id); err != nil {
		return rec, false, "", err
	}
	if why = r.unaskable(now, rec); why != "" {
		return rec, false, why, nil
	}
	claimed, err := r.claim(ctx, now, rec, queue.NoMore)
	if err != nil {
		return rec, false, "", err
	}
	if rec, err = r.record(ctx, id); err != nil {
		return rec, false, "", err
	}
	return rec, len(claimed.Offers) > 0, r.unaskable(now, rec), nil
}

// unaskable is why nobody can be rung for a call now, "" when somebody can.
func (r *Router) unaskable(now time.Time, rec queue.Record) queue.Why {
	switch {
	case !rec.State.Unanswered():
		return queue.StateWhy(rec.State)
	case heldBack(rec, now):
		return queue.WhyHeldBack
	case rec.State == call.StateIntake && !r.o.Timing.EarlyOffer:
		return queue.WhyGreeting
	}
	return ""
}
