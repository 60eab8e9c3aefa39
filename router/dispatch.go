package router

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// grace is what an offer may take beyond its ringing: the carrier's own five
// seconds, the words before the key, and the time to press it.
const grace = 30 * time.Second

// sendLease is how long after its time a promised leg may go unreported before
// another process sees to it: longer than the request itself may take, or a slow
// carrier would be asked twice.
func (r *Router) sendLease() time.Duration { return r.o.Timing.CarrierBudget + 2*time.Second }

// speakLease is the same for what takes up to three requests.
func (r *Router) speakLease() time.Duration { return 3*r.o.Timing.CarrierBudget + 2*time.Second }

// advance looks at one call and gives it what it may have now: load → Escalate
// → Claim → ring. It is called at every event of the call and at its deadline,
// on any instance; doing it twice is harmless.
func (r *Router) advance(ctx context.Context, id call.ID) error {
	now := r.o.Now()
	if r.journal.knows(id) { // <Dial> rings for them: the store is told so by the next replay
		return nil
	}
	var rec queue.Record
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		rec, err = r.o.Store.Record(ctx, id)
		return err
	})
	if errors.Is(err, queue.ErrNoCall) {
		return r.settleDue(ctx, queue.DueCall, string(id))
	}
	if err != nil {
		return err
	}
	return r.advanceRecord(ctx, now, rec)
}

// reload reads plan and call again after a claim was refused because one of
// them had changed.
func (r *Router) reload(ctx context.Context, id call.ID) (queue.Record, error) {
	if _, err := r.o.Book.Refresh(ctx); err != nil {
		return queue.Record{}, err
	}
	return r.record(ctx, id)
}

// record reads one call.
func (r *Router) record(ctx context.Context, id call.ID) (rec queue.Record, err error) {
	err = r.store.through(ctx, r.o.Now(), func(ctx context.Context) (err error) {
		rec, err = r.o.Store.Record(ctx, id)
		return err
	})
	return rec, err
}

// advanceRecord is advance for a call just read.
func (r *Router) advanceRecord(ctx context.Context, now time.Time, rec queue.Record) error {
	_, err := r.claim(ctx, now, rec, queue.NoMore)
	return err
}

// claim gives a call what time allows it, and more phones beyond that.
func (r *Router) claim(ctx context.Context, now time.Time, rec queue.Record, more queue.More) (queue.Claimed, error) {
	for range 3 { // a stale plan, or a call handed over, is reloaded and decided again
		if !rec.State.Unanswered() || (rec.State == call.StateIntake && !r.o.Timing.EarlyOffer) {
			return queue.Claimed{State: rec.State}, r.settleDue(ctx, queue.DueCall, string(rec.ID))
		}
		claimed, err := r.climb(ctx, now, rec, more)
		if !errors.Is(err, queue.ErrStale) {
			return claimed, err
		}
		if rec, err = r.reload(ctx, rec.ID); err != nil {
			return queue.Claimed{}, ignoreNoCall(err)
		}
	}
	return queue.Claimed{}, queue.ErrStale
}

// climb claims on the rungs that are reached, and while nobody rings on those
// above that may be opened before their time.
func (r *Router) climb(ctx context.Context, now time.Time, rec queue.Record, more queue.More) (queue.Claimed, error) {
	plan := r.o.Book.Current()
	ladder := plan.Match(need(rec), r.o.Timing.Ladder, now)
	step := Escalate(rec, ladder, r.o.Timing, now)
	for {
		c := r.claimOf(rec, step, plan.Version(), now)
		c.More = more
		claimed, err := r.put(ctx, now, c)
		if err != nil || !claimed.Waiting || claimed.Ringing > 0 || step.Rung >= step.SkipTo {
			return claimed, err
		}
		step = step.widen(ladder)
	}
}

// put puts one claim to the store and rings what it promised.
func (r *Router) put(ctx context.Context, now time.Time, c queue.Claim) (claimed queue.Claimed, err error) {
	err = r.store.through(ctx, now, func(ctx context.Context) (err error) {
		claimed, err = r.o.Store.Claim(ctx, now, c)
		return err
	})
	if err != nil {
		return queue.Claimed{}, err
	}
	for _, offer := range claimed.Offers {
		r.ring(ctx, now, offer)
	}
	return claimed, nil
}

func (r *Router) claimOf(rec queue.Record, s Step, version int64, now time.Time) queue.Claim {
	ids := make([]call.OfferID, s.Phones)
	for i := range ids {
		ids[i] = call.OfferID(r.o.Random())
	}
	c := queue.Claim{
		Call: rec.ID, Version: version, Team: rec.Team, Rung: s.Rung, Reason: s.Reason,
		Groups: s.Groups, Pools: s.Pools, Want: s.Phones, OfferIDs: ids,
		RingFor: r.o.Timing.RingFor, Grace: grace, Pace: r.pace(), SendLease: r.sendLease(),
		ReofferAfter: r.o.Timing.ReofferAfter,
		AllowWrapUp:  s.Rung >= s.SkipTo, WrapUpLeast: r.o.Timing.WrapUpLeast,
		AllowAway: s.Last,
	}
	if s.Again > 0 {
		c.Next = now.Add(r.unhurried(s.Again))
	}
	return c
}

// unhurried draws the net under the events out as the crowd grows: looking at
// each of 20 000 callers every five seconds, to find nobody free for any of
// them, would leave the store no time for the events themselves. A look that
// would find something, the next rung or another phone, keeps its moment.
func (r *Router) unhurried(again time.Duration) time.Duration {
	if again != lookAgain {
		return again
	}
	return min(lookAgain*time.Duration(1+r.live.Load()/crowded), lookAgainMost)
}

const (
	crowded       = 500         // callers on the line, for each further lookAgain
	lookAgainMost = time.Minute // well within the life of a beat, see liveFor
)

// need is what a stored call requires, for Match.
func need(rec queue.Record) call.Need {
	return call.Need{Line: rec.Line, Team: rec.Team, Caller: rec.Caller, Language: rec.Language, Skills: rec.Skills}
}

// pace is the least gap between two legs of the account.
func (r *Router) pace() time.Duration {
	if r.o.Timing.CallsPerSecond <= 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / r.o.Timing.CallsPerSecond)
}

// freed asks whether someone who has just become free is wanted anywhere, and
// rings them if so. Nobody who is off shift has duties, so nobody off shift is
// asked.
func (r *Router) freed(ctx context.Context, responder string) error {
	for range 3 {
		now := r.o.Now()
		plan := r.o.Book.Current()
		pools := plan.Serves(responder, now)
		if len(pools) == 0 {
			return nil
		}
		var offer *queue.Offer
		err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
			offer, err = r.o.Store.Free(ctx, now, queue.Freed{
				Responder: responder, Version: plan.Version(), Duties: duties(pools),
				OfferID: call.OfferID(r.o.Random()),
				RingFor: r.o.Timing.RingFor, Grace: grace, Pace: r.pace(), SendLease: r.sendLease(),
				ReofferAfter: r.o.Timing.ReofferAfter,
			})
			return err
		})
		switch {
		case errors.Is(err, queue.ErrStale):
			if _, err := r.o.Book.Refresh(ctx); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			if offer != nil {
				r.ring(ctx, now, *offer)
			}
			return nil
		}
	}
	return queue.ErrStale
}

// duties reads pools, "team/tier/skills", back into the duty each stands for.
func duties(pools []string) []queue.Duty {
	out := make([]queue.Duty, len(pools))
	for i, pool := range pools {
		team, rest, _ := strings.Cut(pool, "/")
		tier, _, _ := strings.Cut(rest, "/")
		out[i] = queue.Duty{Pool: pool, Team: team, Tier: call.Tier(tier)}
	}
	return out
}

// free frees several people, as a task of its own each.
func (r *Router) freeAll(ctx context.Context, responders ...string) {
	for _, who := range responders {
		if who != "" {
			r.later(ctx, "free", func(ctx context.Context) error { return r.freed(ctx, who) })
		}
	}
}

func (r *Router) settleDue(ctx context.Context, kind queue.DueKind, id string) error {
	return r.store.through(ctx, r.o.Now(), func(ctx context.Context) error {
		return r.o.Store.Settle(ctx, kind, id)
	})
}

func (r *Router) deferDue(ctx context.Context, kind queue.DueKind, id string, at time.Time) error {
	return r.store.through(ctx, r.o.Now(), func(ctx context.Context) error {
		return r.o.Store.Defer(ctx, kind, id, at)
	})
}
