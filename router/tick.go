package router

import (
	"context"
	"errors"
	"sync"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// sweepAtOnce bounds one pass of the sweep; a full pass is followed by another.
const sweepAtOnce = 256

// looksAtOnce bounds how many calls of a pass are looked at at the same moment.
// Each look is two round trips to the store, and a webhook must not stand in the
// line behind a whole pass of them. Only looks: what speaks to the carrier waits
// for the carrier, and nothing may wait for that.
const looksAtOnce = 8

// watchEvery is how often the watchdog looks at the whole present.
const watchEvery = time.Second

// Tick is one pass over everything whose time has come: deadlines, people whose
// shift has begun, a plan that has changed, and the watchdog. What speaks to the
// carrier goes on after it has returned (see Settle). Any number of instances
// may tick; each deadline is acted on by one of them.
func (r *Router) Tick(ctx context.Context, now time.Time) error {
	r.watchCarrier(ctx, now)
	// Replay comes first: a call that was rung from the snapshot is over in the
	// store before anybody can be rung for it again.
	return errors.Join(r.minded(ctx, now), r.replay(ctx, now), r.sweep(ctx, now), r.turnover(ctx, now), r.watch(ctx, now))
}

// NextDue is when the next deadline falls, for whoever drives the clock.
func (r *Router) NextDue(ctx context.Context) (at time.Time, ok bool) {
	err := r.store.look(ctx, r.o.Now(), func(ctx context.Context) (err error) {
		at, ok, err = r.o.Store.NextDue(ctx)
		return err
	})
	return at, ok && err == nil
}

// Run ticks until ctx ends: at every deadline, and every tickEvery in between.
func (r *Router) Run(ctx context.Context, tickEvery time.Duration) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		err := r.Tick(ctx, r.o.Now())
		if err != nil && ctx.Err() == nil {
			r.o.Log.Warn("tick", "err", err)
		}
		wait := tickEvery
		if at, ok := r.NextDue(ctx); ok && err == nil {
			wait = min(tickEvery, max(time.Millisecond, at.Sub(r.o.Now())))
		}
		timer.Reset(wait)
	}
}

func (r *Router) sweep(ctx context.Context, now time.Time) error {
	if r.draining.Load() {
		return nil
	}
	for {
		var due []queue.Due
		err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
			due, err = r.o.Store.Sweep(ctx, now, sweepAtOnce)
			return err
		})
		if err != nil {
			return err
		}
		r.actAll(ctx, now, due)
		if len(due) < sweepAtOnce {
			return nil
		}
	}
}

// actAll acts on a pass of deadlines and waits for the looks among them, so that
// passes do not pile up. It does not wait for what speaks to the carrier: each
// of those holds its deadline for as long as that may take.
func (r *Router) actAll(ctx context.Context, now time.Time, due []queue.Due) {
	var wg sync.WaitGroup
	looks := make(chan struct{}, looksAtOnce)
	for _, d := range due {
		if d.Kind != queue.DueCall {
			r.later(ctx, "due "+string(d.Kind), func(ctx context.Context) error { return r.act(ctx, now, d) })
			continue
		}
		wg.Add(1)
		r.later(ctx, "due call", func(ctx context.Context) error {
			defer wg.Done()
			looks <- struct{}{}
			defer func() { <-looks }()
			return r.act(ctx, now, d)
		})
	}
	wg.Wait()
}

// act does what one deadline asks for.
func (r *Router) act(ctx context.Context, now time.Time, d queue.Due) error {
	switch d.Kind {
	case queue.DueCall:
		return r.advance(ctx, call.ID(d.ID))
	case queue.DueSend:
		return r.sendDue(ctx, now, call.OfferID(d.ID))
	case queue.DueOffer:
		return r.lapse(ctx, now, call.OfferID(d.ID))
	case queue.DueBridge:
		return r.bridgeDue(ctx, now, call.ID(d.ID))
	case queue.DueLive:
		return r.liveDue(ctx, now, call.ID(d.ID))
	case queue.DueWrapUp:
		_, err := r.wrapUpOver(ctx, now, d.ID, "timed", "")
		return err
	case queue.DueAway:
		_, err := r.comeBack(ctx, now, d.ID, call.PauseTimed, "")
		return err
	case queue.DueLeg:
		return r.legDue(ctx, now, call.OfferID(d.ID))
	}
	r.o.Log.Warn("unknown deadline", "kind", d.Kind)
	return r.settleDue(ctx, d.Kind, d.ID)
}

// turnover acts on time passing in the plan: whoever has come on shift since the
// last tick, or is on shift under a plan just changed, may be wanted.
func (r *Router) turnover(ctx context.Context, now time.Time) error {
	changed, err := r.refresh(ctx, now)
	plan := r.o.Book.Current()
	if plan == nil {
		return err
	}
	since := call.FromMillis(r.lastTick.Swap(call.Millis(now)))
	change := plan.NextChange(since)
	shift := !change.IsZero() && !change.After(now)
	edited := r.seen.Swap(plan.Version()) != plan.Version()
	if edited {
		lines, teams := Names(plan)
		r.o.Metrics.Reshape(metrics.Shape{Lines: lines, Teams: teams})
		r.o.Metrics.PlanInForce(plan.Version(), plan.CoversUntil())
		err = errors.Join(err, r.store.through(ctx, now, func(ctx context.Context) error {
			_, err := r.o.Store.NotePlan(ctx, now, plan.Version())
			return err
		}))
	}
	if !edited && !changed && !shift {
		return err
	}
	for who := range onShift(plan, now) {
		r.freeAll(ctx, who)
	}
	return err
}

// refreshEvery is how often a process asks whether the plan has changed. It
// bounds how long a page shows an old plan; a ring never follows one, because
// the claim refuses a stale version.
const refreshEvery = time.Second

func (r *Router) refresh(ctx context.Context, now time.Time) (changed bool, err error) {
	if last := r.refreshed.Load(); !passed(now, last, refreshEvery) || !r.refreshed.CompareAndSwap(last, now.UnixMilli()) {
		return false, nil
	}
	err = r.store.through(ctx, now, func(ctx context.Context) (err error) {
		changed, err = r.o.Book.Refresh(ctx)
		return err
	})
	if errors.Is(err, rota.ErrNoPlan) && r.o.Book.Current() != nil {
		return r.restorePlan(ctx, now)
	}
	return changed, ignoreNoPlan(err)
}

// restorePlan gives a store that has lost its plan the one in memory, which was
// the last published. Of several instances the first one's write counts.
func (r *Router) restorePlan(ctx context.Context, now time.Time) (changed bool, err error) {
	err = r.store.through(ctx, now, func(ctx context.Context) error {
		_, err := r.o.Book.Publish(ctx, now, rota.Change{
			Who: "crisisline", Why: "the store had lost the plan; this is the last one published", Plan: r.o.Book.Current().Plan(),
		})
		return err
	})
	if errors.Is(err, rota.ErrStale) {
		return true, nil // another instance was first; the next look reads it
	}
	if err == nil {
		r.o.Log.Error("the store had lost the plan; the one in memory is in force again")
	}
	return true, err
}

func ignoreNoPlan(err error) error {
	if errors.Is(err, rota.ErrNoPlan) {
		return nil
	}
	return err
}

// Names is what a plan adds to the closed sets of labels.
func Names(plan *rota.Rota) (lines, teams []string) {
	for _, l := range plan.Plan().Lines {
		lines = append(lines, l.ID)
	}
	for _, t := range plan.Plan().Teams {
		teams = append(teams, t.ID)
	}
	return lines, teams
}

// onShift is everyone on any duty at now.
func onShift(plan *rota.Rota, now time.Time) map[string]bool {
	people := map[string]bool{}
	for _, team := range plan.Plan().Teams {
		for _, tier := range call.Tiers {
			for _, duty := range plan.OnShift(team.ID, tier, now) {
				people[duty.Responder] = true
			}
		}
	}
	return people
}
