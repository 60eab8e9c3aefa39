package router

import (
	"sync/atomic"
	"time"
)

// carrierHealth is whether the carrier makes legs when asked. While it does not,
// callers are rung through by <Dial>, which needs no request of ours.
type carrierHealth struct {
	since atomic.Int64 // ms of the first failure in a row; 0 when the last request worked
	last  atomic.Int64 // ms of the last one
}

// A carrier is down once requests have failed for downAfter. It is asked again
// downFor after its last failure, by the next call that needs a leg.
const (
	downAfter = 10 * time.Second
	downFor   = 30 * time.Second
)

// failed notes a request of which nobody can say that it was carried out.
func (c *carrierHealth) failed(now time.Time) {
	c.since.CompareAndSwap(0, now.UnixMilli())
	c.last.Store(now.UnixMilli())
}

// refused notes that our credentials were refused: that does not pass by itself.
func (c *carrierHealth) refused(now time.Time) {
	c.since.Store(now.Add(-downAfter).UnixMilli())
	c.last.Store(now.UnixMilli())
}

// worked notes a leg that was made, and reports whether that is news.
func (c *carrierHealth) worked() bool { return c.since.Swap(0) != 0 }

func (c *carrierHealth) down(now time.Time) bool {
	since := c.since.Load()
	return since != 0 && now.UnixMilli()-since >= downAfter.Milliseconds() && now.UnixMilli()-c.last.Load() < downFor.Milliseconds()
}
