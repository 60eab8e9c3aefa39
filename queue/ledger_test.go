package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// consume runs a consumer until stop, collecting what it is given.
func (w *world) consume(ctx context.Context, consumer string, each func([]call.Event) error) (done chan error) {
	done = make(chan error, 1)
	go func() { done <- w.Consume(ctx, "metrics", consumer, each) }()
	return done
}

func TestConsumeGivesEachEntryToOneConsumer(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		const n = 40
		ctx, cancel := context.WithTimeout(w.ctx(), 20*time.Second)
		defer cancel()
		var mu sync.Mutex
		seen := map[string]int{}
		each := func(events []call.Event) error {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range events {
				seen[e.ID]++
			}
			if len(seen) == 3*n { // received, waiting, finished
				cancel()
			}
			return nil
		}
		one, two := w.consume(ctx, "one", each), w.consume(ctx, "two", each)
		for i := range n {
			id := call.ID(fmt.Sprint(i))
			w.arrives(id)
			w.finishes(id, Finish{})
		}
		for _, done := range []chan error{one, two} {
			if err := <-done; err != nil {
				t.Errorf("the end of the context is an error: %v", err)
			}
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("%s is consumed %d times", id, times)
			}
		}
		if len(seen) != 3*n {
			t.Errorf("%d entries consumed, want %d", len(seen), 3*n)
		}
	})
}

func TestConsumeGivesAFailedBatchAgain(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		broken := errors.New("broken")
		var first []call.Event
		if err := w.Consume(w.ctx(), "metrics", "one", func(e []call.Event) error { first = e; return broken }); !errors.Is(err, broken) {
			t.Fatalf("the error is lost: %v", err)
		}
		w.arrives("b") // newer entries wait for the older ones
		ctx, cancel := context.WithCancel(w.ctx())
		defer cancel()
		var got []call.Event
		err := w.Consume(ctx, "metrics", "one", func(e []call.Event) error {
			if got = append(got, e...); len(got) == 4 {
				cancel()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(first) != 2 || !cmp.Equal(first, got[:2]) || got[2].Call != "b" {
			t.Errorf("first %v, then %v", first, got)
		}
	})
}

func TestConsumeTakesOverFromTheDead(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	m.SetTime(start)
	rdb := redis.NewClient(&redis.Options{Addr: m.Addr()})
	defer rdb.Close()
	w := newWorld(t, rdb)
	w.arrives("a")
	dies := errors.New("killed between reading and acknowledging")
	if err := w.Consume(w.ctx(), "metrics", "dead", func([]call.Event) error { return dies }); !errors.Is(err, dies) {
		t.Fatal(err)
	}
	take := func(at time.Time, within time.Duration) (got []call.Event) {
		m.SetTime(at)
		ctx, cancel := context.WithTimeout(w.ctx(), within)
		defer cancel()
		if err := w.Consume(ctx, "metrics", "alive", func(e []call.Event) error {
			got = append(got, e...)
			cancel()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := take(start.Add(claimIdle-time.Second), 2*ledgerBlock); len(got) != 0 {
		t.Errorf("taken from a consumer that may be alive: %v", got)
	}
	if got := take(start.Add(claimIdle+time.Second), 20*time.Second); len(got) != 2 {
		t.Errorf("what a dead consumer held: %v", got)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		follow := func(from string, n int, meanwhile func()) []call.Event {
			t.Helper()
			ctx, cancel := context.WithTimeout(w.ctx(), 20*time.Second)
			defer cancel()
			var got []call.Event
			done := make(chan error, 1)
			go func() {
				done <- w.Follow(ctx, from, func(e call.Event) error {
					if got = append(got, e); len(got) == n {
						cancel()
					}
					return nil
				})
			}()
			meanwhile()
			if err := <-done; err != nil {
				t.Errorf("follow from %q: %v", from, err)
			}
			return got
		}
		all := follow("", 2, func() {})
		if len(all) != 2 || all[0].Kind != call.KindReceived {
			t.Fatalf("from the beginning: %v", all)
		}
		got := follow(all[0].ID, 3, func() { w.after(time.Second).arrives("b") })
		if len(got) != 3 || got[0].ID != all[1].ID || got[2].Call != "b" {
			t.Errorf("after the first: %v", got)
		}
		broken := errors.New("broken")
		if err := w.Follow(w.ctx(), "", func(call.Event) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("the error is lost: %v", err)
		}
	})
}

func TestFollowFromNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	w.arrives("before")
	ctx, cancel := context.WithTimeout(w.ctx(), 20*time.Second)
	defer cancel()
	var got []call.Event
	done := make(chan error, 1)
	go func() {
		done <- w.Follow(ctx, "$", func(e call.Event) error {
			got = append(got, e)
			cancel()
			return nil
		})
	}()
	for i := 0; ctx.Err() == nil; i++ { // until the follower has begun and sees one
		w.arrives(call.ID(fmt.Sprintf("after%d", i)))
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 || got[0].Call == "before" {
		t.Errorf("from now on: %v", got)
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		const n = ledgerPage/2 + 10 // two entries a call: more than a page
		for i := range n {
			a := arrival(call.ID(fmt.Sprint(i)))
			w.after(time.Second)
			if _, err := w.Arrive(w.ctx(), w.now, a); err != nil {
				t.Fatal(err)
			}
		}
		var got []call.ID
		err := w.Range(w.ctx(), start.Add(2*time.Second), start.Add(n*time.Second), func(e call.Event) error {
			if e.Kind == call.KindReceived {
				got = append(got, e.Call)
			}
			return nil
		})
		if err != nil || len(got) != n-2 || got[0] != "1" || got[len(got)-1] != call.ID(fmt.Sprint(n-2)) {
			t.Errorf("%d calls from %v, %v", len(got), got[:1], err)
		}
		broken := errors.New("broken")
		if err := w.Range(w.ctx(), start, w.now, func(call.Event) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("the error is lost: %v", err)
		}
	})
}

// An instance whose clock is behind writes its entries after the last one, at
// its own time; they are found by that time.
func TestLedgerOfAClockBehind(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("ahead")
		w.after(-30 * time.Second).arrives("behind")
		events := w.events()
		if !slices.IsSortedFunc(events, func(a, b call.Event) int { return cmpID(a.ID, b.ID) }) || len(events) != 4 {
			t.Errorf("%v", events)
		}
		if e := events[3]; e.Call != "behind" || !e.At.Equal(w.now) {
			t.Errorf("%+v", e)
		}
		var got []call.ID
		err := w.Range(w.ctx(), w.now, start, func(e call.Event) error { got = append(got, e.Call); return nil })
		if err != nil || !cmp.Equal(got, []call.ID{"behind", "behind"}) {
			t.Errorf("by its own time: %v, %v", got, err)
		}
	})
}

func cmpID(a, b string) int {
	var ams, aseq, bms, bseq int64
	fmt.Sscanf(a, "%d-%d", &ams, &aseq)
	fmt.Sscanf(b, "%d-%d", &bms, &bseq)
	if ams != bms {
		return int(ams - bms)
	}
	return int(aseq - bseq)
}

func TestTrim(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("old")
		w.finishes("old", Finish{})
		w.after(time.Hour).arrives("new")
		if err := w.Trim(w.ctx(), w.now); err != nil || len(w.events()) != 5 {
			t.Errorf("kept for ever, and %d left, %v", len(w.events()), err)
		}
		w.o.LedgerFor = time.Hour
		if err := w.Trim(w.ctx(), w.now); err != nil || len(w.events()) != 5 {
			t.Errorf("an hour old to the millisecond, and %d left, %v", len(w.events()), err)
		}
		if err := w.Trim(w.ctx(), w.now.Add(time.Millisecond)); err != nil || len(w.events()) != 2 {
			t.Errorf("%d left, %v", len(w.events()), err)
		}
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.after(time.Hour).arrives("known")
		journal := []call.Event{
			{At: start, Kind: call.KindReceived, Call: "f", Line: "public", Caller: call.CallerUnknown, Team: "ports"},
			{At: start.Add(time.Second), Kind: call.KindReceived, Call: "known", Line: "public"},
			{At: start.Add(time.Minute), Kind: call.KindFinished, Call: "f", Line: "public", Outcome: call.OutcomeFallback, WaitMs: 60000},
			{At: w.now, Kind: call.KindFinished, Call: "known", Outcome: call.OutcomeFallback, Reason: "fallback"},
		}
		for range 2 {
			if err := w.Import(w.ctx(), journal); err != nil {
				t.Fatal(err)
			}
		}
		w.check()
		if r := w.record("known"); r.State != call.StateEnded || r.Outcome != call.OutcomeFallback {
			t.Errorf("the call that arrived before the store went is %s, %s", r.State, r.Outcome)
		}
		var got []call.Event
		for _, e := range w.events() {
			if e.Call == "f" {
				e.ID = ""
				got = append(got, e)
			}
		}
		if diff := cmp.Diff([]call.Event{journal[0], journal[2]}, got); diff != "" {
			t.Errorf("the call nobody knew: %s", diff)
		}
		if err := w.Import(w.ctx(), []call.Event{{At: start, Kind: call.KindPlan}}); err == nil {
			t.Error("an entry that names no call is imported")
		}
	})
}

func TestNotePlanOnce(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		for _, step := range []struct {
			version int64
			first   bool
		}{{3, true}, {3, false}, {2, false}, {4, true}} {
			first := must[bool](w)(w.NotePlan(w.ctx(), w.now, step.version))
			if first != step.first {
				t.Errorf("version %d: first %v", step.version, first)
			}
		}
		if e := w.lastEvent(call.KindPlan); e.Version != 4 {
			t.Errorf("%+v", e)
		}
	})
}
