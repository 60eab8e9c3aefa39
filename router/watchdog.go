package router

import (
	"context"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// A dispatcher that stalls, with callers waiting and people free, is a fault
// that queues elsewhere are known for and nobody alarms on. So the whole present
// is looked at every second, apart from the events: the figure is exported, and
// whoever was overlooked is asked for at once.

// presentMost bounds one look at the present.
const presentMost = 500

// watch looks for callers nobody is being rung for although someone could be.
func (r *Router) watch(ctx context.Context, now time.Time) error {
	last := r.watched.Load()
	if !passed(now, last, watchEvery) || !r.watched.CompareAndSwap(last, now.UnixMilli()) {
		return nil
	}
	r.forgetPosts(now)
	plan := r.o.Book.Current()
	if plan == nil {
		return nil
	}
	var present queue.Snapshot
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		present, err = r.o.Store.Snapshot(ctx, now, presentMost)
		return err
	})
	if err != nil {
		return err
	}
	r.live.Store(int64(present.Live))
	stalled := Stalled(present, plan, r.o.Timing, now)
	var longest time.Duration
	for _, s := range stalled {
		longest = max(longest, s.For)
		if s.For > stallNudge {
			r.o.Log.Error("stalled: a caller waits, someone is free, no phone rings", "call", s.Call, "for_ms", s.For.Milliseconds())
			r.later(ctx, "advance", func(ctx context.Context) error { return r.advance(ctx, s.Call) })
		}
	}
	r.o.Metrics.Stalled(longest)
	return nil
}

// stallNudge is how long a stall lasts before the watchdog acts itself.
const stallNudge = 2 * time.Second

// Stall is one caller for whom a phone should be ringing and none is.
type Stall struct {
	Call call.ID
	For  time.Duration // since the call's last transition
}

// Stalled finds, in the present, waiting callers with no open offer while
// somebody they may have now is free and has not just been asked. It is pure.
func Stalled(p queue.Snapshot, plan *rota.Rota, t Timing, now time.Time) (stalls []Stall) {
	busy := map[string]bool{}
	for _, who := range p.Presences {
		if who.Presence != call.PresenceFree || who.OnPhone || now.Sub(who.Since) < t.ReofferAfter {
			busy[who.Responder] = true // not free, or only just: perhaps asked for this very call
		}
	}
	for _, c := range p.Calls {
		if !c.State.Unanswered() || c.Ringing > 0 || heldBack(c, now) || (c.State == call.StateIntake && !t.EarlyOffer) {
			continue
		}
		step := Escalate(c, plan.Match(need(c), t.Ladder, now), t, now)
		if anyFree(step.Groups, busy) {
			since := c.LastStep
			if c.NotBefore.After(since) {
				since = c.NotBefore
			}
			stalls = append(stalls, Stall{c.ID, max(0, now.Sub(since))})
		}
	}
	return stalls
}

func anyFree(groups []queue.Group, busy map[string]bool) bool {
	for _, g := range groups {
		if g.LimitKey != "" {
			continue // whether they may be asked is the claim's to say
		}
		for _, who := range g.Responders {
			if !busy[who] {
				return true
			}
		}
	}
	return false
}

// Health says whether a call can be routed now, and what is wrong.
type Health struct {
	Routes  bool     // a call that comes now reaches a person
	Mode    string   // normal, degraded, draining, none
	Reasons []string // from the closed set of metrics.DegradedReasons, and others in words
}

// Health is what /readyz says. A service that is degraded is still ready: it
// rings the snapshot, and taking it out of use would leave callers with less.
func (r *Router) Health(now time.Time) Health {
	h := Health{Routes: true, Mode: "normal"}
	plan := r.o.Book.Current()
	if plan == nil {
		return Health{Mode: "none", Reasons: []string{metrics.DegradedPlan}}
	}
	if r.store.goneFor(now) > 0 {
		h.Mode, h.Reasons = "degraded", append(h.Reasons, metrics.DegradedStore)
	}
	if r.carrier.down(now) {
		h.Mode, h.Reasons = "degraded", append(h.Reasons, metrics.DegradedCarrier)
	}
	if r.draining.Load() {
		h.Routes, h.Mode, h.Reasons = false, "draining", append(h.Reasons, "draining")
	}
	if err := r.journal.failure(); err != nil {
		h.Reasons = append(h.Reasons, "journal_not_written")
	}
	if n := r.journal.live(); n > 0 {
		h.Reasons = append(h.Reasons, "calls_on_snapshot")
	}
	return h
}
