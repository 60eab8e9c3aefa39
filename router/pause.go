package router

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// ErrUnfit says that an action was asked for in terms outside the closed sets: a
// reason there is not, or a By that is no id and no role. Nothing was changed.
var ErrUnfit = errors.New("not a reason or a person that may be written down")

// Pause puts somebody on shift on a break or sets them away, for one of
// call.Pauses. No phone of theirs rings until they are set back or the pause ends
// by itself: at p.Until, recovery after Timing.RecoverFor when that is zero, and
// always with the shift at the latest, so that a pause nobody remembered costs no
// later one. Somebody who is offered a call or has one cannot go.
func (r *Router) Pause(ctx context.Context, p queue.Standing) (queue.Did, error) {
	if !p.By.Fits() || !slices.Contains(call.Pauses[p.To], p.Why) || p.To == call.PresenceFree {
		return queue.Did{}, fmt.Errorf("pause: %w", ErrUnfit)
	}
	now := r.o.Now()
	plan := r.o.Book.Current()
	if plan == nil {
		return queue.Did{}, errNoPlan
	}
	if _, ok := plan.Responder(p.Responder); !ok {
		return queue.Did{Why: queue.WhyNotInPlan}, nil
	}
	duties := plan.Duties(p.Responder, now)
	if len(duties) == 0 {
		return queue.Did{Why: queue.WhyOffShift}, nil
	}
	var off time.Time
	for _, d := range duties {
		if d.Tier == call.TierLastHuman {
			return queue.Did{Why: queue.WhyLastHuman}, nil
		}
		if d.Until.After(off) {
			off = d.Until
		}
	}
	if p.Until.IsZero() && p.Why == call.PauseRecovery {
		p.Until = now.Add(r.o.Timing.RecoverFor)
	}
	if p.Until.IsZero() || p.Until.After(off) {
		p.Until = off
	}
	var stood queue.Stood
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		stood, err = r.o.Store.SetPresence(ctx, now, p)
		return err
	})
	switch {
	case errors.Is(err, queue.ErrTaken):
		return queue.Did{Why: queue.PresenceWhy(stood.Now)}, nil
	case err != nil:
		return queue.Did{}, err
	case !stood.Changed:
		return queue.Did{Why: queue.WhyAlready}, nil
	}
	r.o.Log.Info("presence", "responder", p.Responder, "presence", p.To, "reason", p.Why, "by", p.By)
	return queue.Did{Done: true, Why: queue.WhySet}, nil
}

// Back ends a break, or being away: whoever is on shift may be rung again, and is
// if they are wanted.
func (r *Router) Back(ctx context.Context, responder string, by call.By) (queue.Did, error) {
	if !by.Fits() {
		return queue.Did{}, fmt.Errorf("set back: %w", ErrUnfit)
	}
	did, err := r.comeBack(ctx, r.o.Now(), responder, call.PauseBack, by)
	if did.Why == queue.WhyFree {
		did.Why = queue.WhyAlready
	}
	return did, err
}

// comeBack ends a pause; for PauseTimed only one whose end has come.
func (r *Router) comeBack(ctx context.Context, now time.Time, responder string, why call.Pause, by call.By) (queue.Did, error) {
	did, err := r.frees(ctx, now, responder, func(ctx context.Context) (queue.Stood, error) {
		return r.o.Store.SetPresence(ctx, now, queue.Standing{Responder: responder, To: call.PresenceFree, Why: why, By: by})
	})
	if did.Done {
		r.o.Log.Info("presence", "responder", responder, "presence", call.PresenceFree, "reason", why, "by", by)
	}
	return did, err
}

// EndWrapUp ends a responder's wrap-up now.
func (r *Router) EndWrapUp(ctx context.Context, responder string, by call.By) (queue.Did, error) {
	if !by.Fits() {
		return queue.Did{}, fmt.Errorf("end wrap-up: %w", ErrUnfit)
	}
	return r.wrapUpOver(ctx, r.o.Now(), responder, "ready", by)
}

func (r *Router) wrapUpOver(ctx context.Context, now time.Time, responder, why string, by call.By) (queue.Did, error) {
	did, err := r.frees(ctx, now, responder, func(ctx context.Context) (queue.Stood, error) {
		return r.o.Store.WrapUpEnd(ctx, now, responder, why, by)
	})
	if did.Done {
		r.o.Log.Info("wrap-up ended", "responder", responder, "reason", why, "by", by)
	}
	return did, err
}

// frees does what may free a responder. Once they are free, whoever waits for
// them is theirs.
func (r *Router) frees(ctx context.Context, now time.Time, responder string, do func(context.Context) (queue.Stood, error)) (queue.Did, error) {
	var stood queue.Stood
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		stood, err = do(ctx)
		return err
	})
	if err != nil {
		return queue.Did{}, err
	}
	if stood.Free {
		r.freeAll(ctx, responder)
	}
	if !stood.Changed {
		return queue.Did{Why: queue.PresenceWhy(stood.Now)}, nil
	}
	return queue.Did{Done: true, Why: queue.WhySet}, nil
}
