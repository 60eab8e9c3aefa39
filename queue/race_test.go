package queue

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// Two responders press the key in the same instant, a thousand times, on two
// instances: one wins each caller, the other is told so and is free.
func TestTwoAcceptsAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	other, err := New(realRedis, w.o)
	if err != nil {
		t.Fatal(err)
	}
	instances := [2]*Store{w.Store, other}
	for i := range 1000 {
		id := call.ID(fmt.Sprintf("c%d", i))
		a := arrival(id)
		if _, err := w.Arrive(w.ctx(), w.now, a); err != nil {
			t.Fatal(err)
		}
		claimed, err := w.Claim(w.ctx(), w.now, w.claimFor(id, 2, "amy", "bob"))
		if err != nil || len(claimed.Offers) != 2 {
			t.Fatalf("%d offers, %v", len(claimed.Offers), err)
		}
		got := atOnce(func(n int) (Accepted, error) {
			return instances[n].Accept(w.ctx(), w.now, claimed.Offers[n].ID, "leg", conference(id), w.now.Add(time.Minute))
		})
		won := 0
		for n, a := range got {
			switch {
			case a.err != nil:
				t.Fatal(a.err)
			case a.v.Verdict == VerdictWon && a.v.First && a.v.Call.Responder == claimed.Offers[n].Responder:
				won++
			case a.v.Verdict != VerdictTaken:
				t.Fatalf("call %d: %s", i, a.v.Verdict)
			}
		}
		if won != 1 {
			t.Fatalf("call %d has %d responders", i, won)
		}
		done, err := w.Finish(w.ctx(), w.now, id, Finish{Reason: "caller_left"})
		if err == nil {
			_, _, err = w.LegDown(w.ctx(), done.Call.Offer)
		}
		if err != nil { // the store is held to its rules at the end: to read it all each time takes a minute
			t.Fatal(err)
		}
	}
	w.check()
}

// The caller leaves in the instant a responder presses the key: either they are
// joined, or the responder is told and free; nobody is left holding a call.
func TestAcceptAndFinishAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	for i := range 300 {
		id := call.ID(fmt.Sprintf("c%d", i))
		if _, err := w.Arrive(w.ctx(), w.now, arrival(id)); err != nil {
			t.Fatal(err)
		}
		claimed, err := w.Claim(w.ctx(), w.now, w.claimFor(id, 1, "amy"))
		if err != nil || len(claimed.Offers) != 1 {
			t.Fatalf("%d offers, %v", len(claimed.Offers), err)
		}
		var accepted Accepted
		var finished Finished
		for _, r := range atOnce(func(n int) (_ bool, err error) {
			if n == 0 {
				accepted, err = w.Accept(w.ctx(), w.now, claimed.Offers[0].ID, "leg", conference(id), w.now.Add(time.Minute))
			} else {
				finished, err = w.Finish(w.ctx(), w.now, id, Finish{Reason: "caller_left"})
			}
			return true, err
		}) {
			if r.err != nil {
				t.Fatal(r.err)
			}
		}
		wonFirst := accepted.Verdict == VerdictWon && finished.Freed && len(finished.Cancel) == 0
		leftFirst := accepted.Verdict == VerdictGone && !finished.Freed && len(finished.Cancel) == 1
		if wonFirst == leftFirst {
			t.Fatalf("call %d: %s, %+v", i, accepted.Verdict, finished)
		}
		if _, _, err := w.LegDown(w.ctx(), claimed.Offers[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	w.check()
}

// Two instances claim for two calls in the same instant, and there is one responder.
func TestOneResponderIsNeverPromisedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	for i := range 300 {
		ids := [2]call.ID{call.ID(fmt.Sprintf("a%d", i)), call.ID(fmt.Sprintf("b%d", i))}
		var claims [2]Claim
		for n, id := range ids {
			if _, err := w.Arrive(w.ctx(), w.now, arrival(id)); err != nil {
				t.Fatal(err)
			}
			claims[n] = w.claimFor(id, 1, "amy")
		}
		promised := 0
		for _, r := range atOnce(func(n int) (Claimed, error) { return w.Claim(w.ctx(), w.now, claims[n]) }) {
			if r.err != nil {
				t.Fatal(r.err)
			}
			promised += len(r.v.Offers)
		}
		if promised != 1 {
			t.Fatalf("round %d: amy is promised %d times", i, promised)
		}
		for _, id := range ids {
			if _, err := w.Finish(w.ctx(), w.now, id, Finish{Reason: "caller_left"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.check()
}

type result[T any] struct {
	v   T
	err error
}

// atOnce runs do(0) and do(1) side by side.
func atOnce[T any](do func(n int) (T, error)) [2]result[T] {
	var got [2]result[T]
	var ready, done sync.WaitGroup
	ready.Add(2)
	for n := range got {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			got[n].v, got[n].err = do(n)
		})
	}
	done.Wait()
	return got
}
