package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/crisisline/call"
)

// hubScene is a hub over nothing: events come when told, renderings are counted.
type hubScene struct {
	*hub
	events   chan call.Event
	rendered atomic.Int64
	readers  atomic.Int64
	text     atomic.Value // of the one part
}

func newHubScene(most int) *hubScene {
	s := &hubScene{events: make(chan call.Event)}
	s.text.Store("nobody waits")
	s.hub = newHub(hubOptions{
		Most: most, Log: slog.New(slog.DiscardHandler), Touched: func() {},
		Follow: func(ctx context.Context, _ string, fn func(call.Event) error) error {
			s.readers.Add(1)
			defer s.readers.Add(-1)
			for {
				select {
				case <-ctx.Done():
					return nil
				case e := <-s.events:
					if err := fn(e); err != nil {
						return err
					}
				}
			}
		},
		Render: func(context.Context) (time.Time, []part) {
			s.rendered.Add(1)
			return time.Now(), []part{{"band", s.text.Load().(string)}}
		},
	})
	return s
}

// passes lets the bubble's time pass.
func passes(d time.Duration) { <-time.After(d) }

func TestHubRendersOnceForEveryBoard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHubScene(300)
		for range 200 {
			if !s.join() {
				t.Fatal("a board was refused")
			}
		}
		synctest.Wait()
		if got := s.rendered.Load(); got != 1 {
			t.Errorf("200 boards opened: %d renderings, want 1", got)
		}
		if got := s.readers.Load(); got != 1 {
			t.Errorf("%d readers of the ledger, want 1", got)
		}
		for range 200 {
			s.leave()
		}
		synctest.Wait()
		if got := s.readers.Load(); got != 0 {
			t.Errorf("no board open: %d readers of the ledger, want 0", got)
		}
		before := s.rendered.Load()
		passes(time.Minute)
		if got := s.rendered.Load() - before; got != 0 {
			t.Errorf("no board open: %d renderings in a minute, want 0", got)
		}
	})
}

func TestHubCoalesces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHubScene(1)
		s.join()
		defer s.leave()
		passes(1500 * time.Millisecond) // long quiet: not at a look of its own
		before, began := s.rendered.Load(), time.Now()

		s.text.Store("one waits")
		s.events <- call.Event{Call: "CA1", Kind: call.KindReceived}
		synctest.Wait()
		if got := s.rendered.Load() - before; got != 1 || time.Since(began) != 0 {
			t.Errorf("first event after quiet: %d renderings after %s, want 1 at once", got, time.Since(began))
		}
		for i := range 500 { // a second of 500 entries
			s.events <- call.Event{Call: call.ID(fmt.Sprint(i)), Kind: call.KindOffered}
			passes(2 * time.Millisecond)
		}
		passes(hubGap)
		if got := s.rendered.Load() - before; got < 9 || got > 12 {
			t.Errorf("500 entries in a second: %d renderings, want about 10", got)
		}
	})
}

// TestHubShowsEveryEntryWithinHalfASecond: at 50 calls a second, about 600
// entries, with a store and a rendering that take 100 ms together. Time is the
// bubble's, so that a busy machine does not count.
func TestHubShowsEveryEntryWithinHalfASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHubScene(1)
		var written atomic.Int64 // the newest entry
		s.o.Render = func(context.Context) (time.Time, []part) {
			seen := written.Load() // a rendering shows what was there when the store was read
			passes(100 * time.Millisecond)
			return time.Now(), []part{{"band", fmt.Sprint(seen)}}
		}
		s.join()
		defer s.leave()
		const entries = 3000
		var came [entries + 1]time.Time
		done := make(chan struct{})
		var longest time.Duration
		go func() {
			defer close(done)
			for next := 1; next <= entries; {
				f, changed := s.latest()
				if f != nil {
					var seen int
					_, _ = fmt.Sscan(f.parts[0].HTML, &seen)
					for ; next <= seen; next++ {
						longest = max(longest, time.Since(came[next]))
					}
				}
				if next <= entries {
					<-changed
				}
			}
		}()
		for n := 1; n <= entries; n++ {
			came[n] = time.Now()
			written.Store(int64(n))
			s.events <- call.Event{Call: call.ID(fmt.Sprint(n)), Kind: call.KindOffered}
			passes(time.Second / 600)
		}
		<-done
		if longest > 500*time.Millisecond || longest < 100*time.Millisecond {
			t.Errorf("an entry was shown after %s, want at most 500 ms", longest)
		}
	})
}

// TestHubTellsWhatTheLedgerDoesNot: a shift that begins writes no entry.
func TestHubTellsWhatTheLedgerDoesNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHubScene(1)
		s.join()
		defer s.leave()
		synctest.Wait()
		first, changed := s.latest()
		passes(10 * time.Second)
		if again, _ := s.latest(); again != first {
			t.Error("nothing changed, yet there is a new frame")
		}
		s.text.Store("nobody is on shift")
		began := time.Now()
		<-changed
		if took := time.Since(began); took > hubIdle {
			t.Errorf("told after %s, want within %s", took, hubIdle)
		}
	})
}

func TestHubFollowsAgainAfterAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHubScene(1)
		works := s.o.Follow
		var tries atomic.Int64
		s.o.Follow = func(ctx context.Context, from string, fn func(call.Event) error) error {
			if tries.Add(1) < 4 {
				return errors.New("store does not answer")
			}
			return works(ctx, from, fn)
		}
		s.join()
		defer s.leave()
		passes(4 * time.Second)
		if tries.Load() != 4 || s.readers.Load() != 1 {
			t.Errorf("after %d tries: %d readers, want 1 after 4", tries.Load(), s.readers.Load())
		}
	})
}

func TestHubIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHubScene(2)
		first, second, third := s.join(), s.join(), s.join()
		if !first || !second || third {
			t.Error("want two boards and no third")
		}
		s.leave()
		if !s.join() {
			t.Error("a place became free and was not given")
		}
		s.close()
		if s.join() {
			t.Error("a closed hub took a board")
		}
		s.leave()
		s.leave()
	})
}

func TestFrames(t *testing.T) {
	t.Parallel()
	var none *frame
	one := none.next(atNight, []part{{"band", "a"}, {"sum", "1"}}, nil)
	two := one.next(atNight.Add(time.Second), []part{{"band", "a"}, {"sum", "2"}}, []call.ID{"CA1"})
	if same := two.next(atNight.Add(2*time.Second), two.parts, nil); same != two {
		t.Error("nothing differs, yet there is a new frame")
	}
	tests := []struct{ name, got, want string }{
		{"a new board is sent everything", string(two.since(0)), "event: board\ndata: {\"at\":1781921528000,\"parts\":{\"band\":\"a\",\"sum\":\"2\"}}\n\n"},
		{"a board that is up to date, what differs", string(two.since(1)), "event: board\ndata: {\"at\":1781921528000,\"parts\":{\"sum\":\"2\"},\"touched\":[\"CA1\"]}\n\n"},
		{"a line break cannot end a message early", string(encode(atNight, []part{{"x", "a\n\ndata: b</script>"}}, nil)), "event: board\ndata: {\"at\":1781921527000,\"parts\":{\"x\":\"a\\n\\ndata: b</script>\"}}\n\n"},
		{"a beat", string(beat(atNight)), "event: beat\ndata: {\"at\":1781921527000}\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.got != tt.want {
				t.Errorf("got  %q\nwant %q", tt.got, tt.want)
			}
		})
	}
}
