package sim

import (
	"container/heap"
	"sync"
	"time"
)

// Clock is the time the whole telephone network lives by. A manual clock
// stands still until AdvanceTo moves it, so a day of calls runs in seconds and
// always in the same order; a real clock is the machine's own.
type Clock struct {
	mu      sync.Mutex
	real    bool
	now     time.Time
	seq     int64
	timers  timerHeap
	between []func()
}

// NewManual gives a clock that shows start until it is advanced.
func NewManual(start time.Time) *Clock { return &Clock{now: start} }

// NewReal gives the machine's clock.
func NewReal() *Clock { return &Clock{real: true} }

// Manual reports whether the clock only moves when it is told to.
func (c *Clock) Manual() bool { return !c.real }

// Now is the present instant by this clock.
func (c *Clock) Now() time.Time {
	if c.real {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Timer is one call of AfterFunc that may still be stopped.
type Timer struct {
	clock *Clock
	wall  *time.Timer
	at    time.Time
	seq   int64
	index int // place in the heap, -1 when not in it
	fn    func()
}

// Stop prevents the function from being called. It reports false when the call
// has been made or begun.
func (t *Timer) Stop() bool {
	if t.wall != nil {
		return t.wall.Stop()
	}
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	if t.index < 0 {
		return false
	}
	heap.Remove(&t.clock.timers, t.index)
	return true
}

// AfterFunc calls fn once, d from now: on a manual clock from within AdvanceTo,
// on a real one in a goroutine of its own. A d of nought or less is due at once,
// which on a manual clock means the next AdvanceTo.
func (c *Clock) AfterFunc(d time.Duration, fn func()) *Timer {
	if c.real {
		return &Timer{clock: c, wall: time.AfterFunc(d, fn), index: -1}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	t := &Timer{clock: c, at: c.now.Add(max(d, 0)), seq: c.seq, fn: fn}
	heap.Push(&c.timers, t)
	return t
}

// Next is when the earliest timer of a manual clock is due; ok is false when
// there is none, and always on a real clock.
func (c *Clock) Next() (at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real || len(c.timers) == 0 {
		return time.Time{}, false
	}
	return c.timers[0].at, true
}

// AdvanceTo moves a manual clock to t and calls every timer due by then, in the
// order they are due and, at one instant, in the order they were set. Whatever
// was hung on Between runs after each of them, so that all that follows from one
// timer has happened before the next. A t in the past only runs what is due; on
// a real clock nothing happens.
func (c *Clock) AdvanceTo(t time.Time) {
	if c.real {
		return
	}
	for {
		timer := c.pop(t)
		if timer == nil {
			break
		}
		timer.fn()
		for _, fn := range c.between {
			fn()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

// Between hangs fn on a manual clock: it is called after each timer. It must be
// set before the clock is first advanced.
func (c *Clock) Between(fn func()) { c.between = append(c.between, fn) }

// pop moves to the earliest due time, no later than limit, and takes its first
// timer off the heap.
func (c *Clock) pop(limit time.Time) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 || c.timers[0].at.After(limit) {
		return nil
	}
	timer := heap.Pop(&c.timers).(*Timer)
	if timer.at.After(c.now) {
		c.now = timer.at
	}
	return timer
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
