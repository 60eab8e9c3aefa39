package console

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.org/crisisline/call"
)

const (
	// hubGap is the least time between two renderings, however much happens.
	hubGap = 100 * time.Millisecond
	// hubIdle is how often the board is looked at when nothing happens: shifts
	// begin, health changes and the store comes back without a ledger entry.
	hubIdle = time.Second
	// followRetry is how long to wait when the ledger cannot be followed. The
	// board is looked at every hubIdle meanwhile.
	followRetry = time.Second
	// touchedKept bounds the calls named in one frame.
	touchedKept = 256
)

// hubOptions is what a hub is made of.
type hubOptions struct {
	Follow  func(ctx context.Context, fromID string, fn func(call.Event) error) error
	Render  func(context.Context) (at time.Time, parts []part)
	Touched func() // called at each ledger entry, before rendering
	Most    int    // boards
	Log     *slog.Logger
}

// hub keeps every open board up to date with one reader of the ledger and one
// rendering. It runs only while a board is open.
type hub struct {
	o hubOptions

	mu      sync.Mutex
	boards  int
	closed  bool
	stop    context.CancelFunc
	frame   *frame        // the latest; nil before the first rendering
	changed chan struct{} // closed when frame is replaced or the hub closes
	done    chan struct{} // closed when the hub closes for good

	touchMu sync.Mutex
	touched []call.ID
}

func newHub(o hubOptions) *hub {
	return &hub{o: o, changed: make(chan struct{}), done: make(chan struct{})}
}

// join counts a board in and starts the hub for the first one. It is false when
// there are too many, or the hub is closed.
func (h *hub) join() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.boards >= h.o.Most {
		return false
	}
	h.boards++
	if h.boards == 1 {
		ctx, cancel := context.WithCancel(context.Background()) // outlives the request: other boards share it
		h.stop = cancel
		dirty := make(chan struct{}, 1)
		go h.follow(ctx, dirty)
		go h.run(ctx, dirty)
	}
	return true
}

// leave counts a board out and stops the hub after the last one.
func (h *hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.boards--; h.boards == 0 {
		h.stop()
		h.frame = nil // a board that opens later must not see what is old by then
	}
}

// close ends every board's stream for good.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.closed = true
	close(h.done)
}

// latest is the newest frame, and a channel closed when there is a newer one.
func (h *hub) latest() (*frame, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.frame, h.changed
}

// follow notes every ledger entry until ctx ends.
func (h *hub) follow(ctx context.Context, dirty chan<- struct{}) {
	down := false
	for ctx.Err() == nil {
		err := h.o.Follow(ctx, "$", func(e call.Event) error {
			down = false
			h.touch(e.Call)
			h.o.Touched()
			select {
			case dirty <- struct{}{}:
			default: // a rendering is due already
			}
			return ctx.Err()
		})
		if ctx.Err() != nil {
			return
		}
		if err != nil && !down {
			down = true
			h.o.Log.Warn("board cannot follow the ledger", "err", err)
		}
		pause(ctx, followRetry)
	}
}

func (h *hub) touch(id call.ID) {
	h.touchMu.Lock()
	defer h.touchMu.Unlock()
	if id != "" && len(h.touched) < touchedKept {
		h.touched = append(h.touched, id)
	}
}

func (h *hub) takeTouched() []call.ID {
	h.touchMu.Lock()
	defer h.touchMu.Unlock()
	t := h.touched
	h.touched = nil
	return t
}

// run renders at once when something happened, never more often than hubGap,
// and at least every hubIdle.
func (h *hub) run(ctx context.Context, dirty <-chan struct{}) {
	for ctx.Err() == nil {
		touched := h.takeTouched()
		at, parts := h.o.Render(ctx)
		h.publish(ctx, at, parts, touched)
		pause(ctx, hubGap)
		idle := time.NewTimer(hubIdle - hubGap)
		select {
		case <-ctx.Done():
		case <-dirty:
		case <-idle.C:
		}
		idle.Stop()
	}
}

// publish makes a new frame when any part differs from the last one's.
func (h *hub) publish(ctx context.Context, at time.Time, parts []part, touched []call.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return // the last board has left; a new hub may be running already
	}
	next := h.frame.next(at, parts, touched)
	if next == h.frame {
		return
	}
	h.frame = next
	close(h.changed)
	h.changed = make(chan struct{})
}

// pause waits for d, or less when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
