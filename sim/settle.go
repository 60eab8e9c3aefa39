package sim

import (
	"context"
	"time"
)

// Every goroutine of the network holds n.mu while it runs, except within
// unlocked, and is counted in n.busy from the moment something makes it
// runnable. So when busy is nought, everything waits on the clock or a person.

// sleeper is what a goroutine waits on until somebody changes something it
// looks at. Each has exactly one goroutine.
type sleeper struct {
	ch     chan struct{}
	asleep bool
}

// spawn runs fn, with n.mu held, in a goroutine of its own.
func (n *Network) spawn(fn func()) {
	if n.closed {
		return
	}
	n.busy++
	n.activity++
	n.done.Add(1)
	go func() {
		defer n.done.Done()
		n.mu.Lock()
		defer n.mu.Unlock()
		defer n.idle()
		fn()
	}()
}

// sleep gives up n.mu until wake is called.
func (n *Network) sleep(s *sleeper) {
	if s.ch == nil {
		s.ch = make(chan struct{}, 1)
	}
	s.asleep = true
	n.idle()
	n.mu.Unlock()
	<-s.ch
	n.mu.Lock()
}

// wake lets a sleeping goroutine look again. It counts as busy from now on.
func (n *Network) wake(s *sleeper) {
	if s.asleep {
		s.asleep = false
		n.busy++
		n.activity++
		s.ch <- struct{}{}
	}
}

// idle takes one from busy and tells those who wait for quiet.
func (n *Network) idle() {
	n.busy--
	n.activity++
	if n.busy == 0 {
		n.quiet.Broadcast()
	}
	n.tellWatchers()
}

// unlocked runs fn without n.mu; the goroutine stays busy.
func (n *Network) unlocked(fn func()) {
	n.mu.Unlock()
	defer n.mu.Lock()
	fn()
}

// after calls fn, with n.mu held, d from now.
func (n *Network) after(d time.Duration, fn func()) *Timer {
	return n.opt.Clock.AfterFunc(d, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.closed {
			return
		}
		n.activity++
		fn()
		n.tellWatchers()
	})
}

// Settle returns when no leg can run and no HTTP request is under way in either
// direction, or when ctx ends, with its error.
func (n *Network) Settle(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.quiet.Broadcast()
	})
	defer stop()
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.busy > 0 && ctx.Err() == nil {
		n.quiet.Wait()
	}
	return ctx.Err()
}

// Activity counts everything that has happened in the network. A harness that
// finds it unchanged after the service has settled too knows all is quiet.
func (n *Network) Activity() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.activity
}

// quantum is how far the phone script lets the world go before it looks again.
const quantum = 200 * time.Millisecond

// Until steps the world until ok, or until limit of its time has passed; it
// reports which. Step 0 comes first, so that what is already on its way arrives.
func (n *Network) Until(limit time.Duration, ok func() bool) bool {
	n.step(0)
	deadline := n.now().Add(limit)
	for !ok() {
		left := deadline.Sub(n.now())
		if left <= 0 {
			return false
		}
		n.step(min(quantum, left))
	}
	return true
}

func (n *Network) step(d time.Duration) {
	if n.Step != nil {
		n.Step(d)
		return
	}
	_ = n.Settle(n.ctx)
	if n.opt.Clock.Manual() {
		n.opt.Clock.AdvanceTo(n.now().Add(d))
	} else if d > 0 {
		passed := make(chan struct{})
		n.opt.Clock.AfterFunc(d, func() { close(passed) })
		<-passed
	}
	_ = n.Settle(n.ctx)
}

// watch gives a channel that has something in it whenever the network changed
// since it was last read, and a function that ends that.
func (n *Network) watch() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.watchers[ch] = true
	return ch, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.watchers, ch)
	}
}

func (n *Network) tellWatchers() {
	for ch := range n.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
