package router

import (
	"context"
	"time"

	"example.org/crisisline/queue"
)

// A machine's clock may be fast, and be set right while callers wait. What was
// written before then lies in the future: nothing may wait for that.

// clockAhead is more than instances' clocks differ by, and more than any wait that
// is meant.
const (
	clockAhead  = 10 * time.Second
	clockBack   = 2 * time.Second // less is work for nobody
	longestHold = 2 * time.Minute // more than a drop's pause may be set to
)

// passed reports that it is every since last, in ms, or that last has yet to come.
func passed(now time.Time, last int64, every time.Duration) bool {
	since := now.UnixMilli() - last
	return since < 0 || since >= every.Milliseconds()
}

// heldBack reports that nobody may be rung for a call yet, after a drop.
func heldBack(rec queue.Record, now time.Time) bool {
	return rec.NotBefore.After(now) && rec.NotBefore.Sub(now) <= longestHold
}

// minded brings the deadlines of a clock that was set back nearer: when this
// process sees it go back, and once when it starts, for that is when clocks are set.
func (r *Router) minded(ctx context.Context, now time.Time) error {
	was := r.ticked.Swap(now.UnixMilli())
	if was != 0 && was-now.UnixMilli() < clockBack.Milliseconds() {
		return nil
	}
	var moved int
	err := r.store.through(ctx, now, func(ctx context.Context) (err error) {
		moved, err = r.o.Store.Rewind(ctx, now, r.o.Timing.WrapUp)
		return err
	})
	if err != nil {
		r.ticked.CompareAndSwap(now.UnixMilli(), was) // the next tick tries again
		return err
	}
	if was != 0 || moved > 0 {
		r.o.Log.Error("the clock was set back", "by_ms", max(0, was-now.UnixMilli()), "deadlines_moved", moved)
	}
	return nil
}
