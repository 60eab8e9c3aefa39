package router

import (
	"context"
	"sync/atomic"
	"time"

	"example.org/crisisline/metrics"
)

// carrierHealth is whether the carrier makes legs when asked. While it does not,
// callers are rung through by <Dial>, which needs no request of ours.
//
// Whether it is back is found out by asking after our account, in the background:
// no caller's wait pays for the question. That it answers does not say that it
// makes legs, so the first call after it is a trial; one that fails has the next
// wait for longer.
type carrierHealth struct {
	since    atomic.Int64 // ms of the first failure in a row; 0 when the last leg was made
	last     atomic.Int64 // ms of the last one
	failures atomic.Int32 // in a row
	answers  atomic.Bool  // asked since the last failure, and it answered
	trials   atomic.Int32 // legs that failed although it had answered, in a row
	asked    atomic.Int64 // ms of the last question
	asking   atomic.Bool
	told     atomic.Bool // the metric says that it is down
}

// A carrier is down once legs have failed for downAfter, until it answers, and
// after a trial that failed for downFor at least, doubled by each further one.
const (
	downAfter   = 10 * time.Second
	downFor     = 30 * time.Second
	trialsCount = 4 // beyond which the wait does not grow: 4 min
	askCarrier  = 5 * time.Second
)

// failed notes a request of which nobody can say that it was carried out. A lone
// one long ago, after which the carrier answered, was nothing.
func (c *carrierHealth) failed(now time.Time) {
	at := now.UnixMilli()
	if c.failures.Load() == 1 && c.answers.Load() && at-c.last.Load() >= downAfter.Milliseconds() {
		c.worked()
	}
	c.since.CompareAndSwap(0, at)
	c.failures.Add(1)
	c.last.Store(at)
	if c.answers.Swap(false) && at-c.since.Load() >= downAfter.Milliseconds() {
		c.trials.Add(1)
	}
}

// refused notes that our credentials were refused: that does not pass by itself.
func (c *carrierHealth) refused(now time.Time) {
	c.failed(now)
	c.since.Store(now.Add(-downAfter).UnixMilli())
}

// worked notes a leg that was made.
func (c *carrierHealth) worked() {
	if c.since.Swap(0) != 0 {
		c.failures.Store(0)
		c.answers.Store(false)
		c.trials.Store(0)
	}
}

func (c *carrierHealth) down(now time.Time) bool {
	since := c.since.Load()
	if since == 0 || !passed(now, since, downAfter) {
		return false
	}
	if !c.answers.Load() {
		return true
	}
	trials := min(c.trials.Load(), trialsCount)
	return trials > 0 && !passed(now, c.last.Load(), downFor<<(trials-1))
}

// watchCarrier asks after a carrier that failed, and says whether it is down. One
// question is under way at a time; they end with the first leg that is made.
func (r *Router) watchCarrier(ctx context.Context, now time.Time) {
	c := &r.carrier
	if down := c.down(now); c.told.Swap(down) != down {
		r.o.Metrics.Degraded(metrics.DegradedCarrier, down)
	}
	if c.since.Load() == 0 || c.answers.Load() || !passed(now, c.asked.Load(), askCarrier) || !c.asking.CompareAndSwap(false, true) {
		return
	}
	c.asked.Store(now.UnixMilli())
	r.later(ctx, "ask after the carrier", func(ctx context.Context) error {
		defer c.asking.Store(false)
		err := r.o.Carrier.CheckAccount(ctx)
		r.o.Metrics.CarrierRequest("check_account", carrierResult(err))
		if err == nil {
			c.answers.Store(true)
			r.o.Log.Warn("the carrier answers again", "trials_failed", c.trials.Load())
		}
		return nil // asked again, and counted
	})
}
