package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// everyCallback runs each method of callbacks that changes anything, on call a.
func everyCallback(w *world, run func(name string, do func() error)) {
	ctx := w.ctx()
	run("OweCallback", func() error {
		_, _, err := w.OweCallback(ctx, w.now, CallbackPromise{Call: "a", By: "amy", AskedAt: w.now})
		return err
	})
	run("ForgetCallbackNumbers", func() error {
		long := w.now.Add(-30 * 24 * time.Hour)
		err := errors.Join(
			w.rdb.HSet(ctx, w.key(keyCallback+"a"), "nb", "1", "xd", ms(long)).Err(),
			w.rdb.ZAdd(ctx, w.key(keyCallbacks), redis.Z{Score: float64(ms(long)), Member: "a"}).Err(),
		)
		if err != nil {
			return err
		}
		_, err = w.ForgetCallbackNumbers(ctx, w.now, 10)
		return err
	})
	run("ClaimCallback", func() error { _, _, err := w.ClaimCallback(ctx, w.now, "a", "bob"); return err })
	run("ReleaseCallback", func() error { _, _, err := w.ReleaseCallback(ctx, w.now, "a", "dm"); return err })
	run("AttemptCallback", func() error { _, _, err := w.AttemptCallback(ctx, w.now, "a", "bob", w.now, "no_answer"); return err })
	run("CloseCallback", func() error {
		_, _, err := w.CloseCallback(ctx, w.now, "a", "bob", w.now, "reached", call.CodeAdvice)
		return err
	})
	run("Callback", func() error { _, _, err := w.Callback(ctx, "a"); return err })
}

func (w *world) states() map[CallbackState]int {
	w.Helper()
	return must[map[CallbackState]int](w)(w.CallbacksByState(w.ctx(), w.now))
}

// promised is a call that ended, whose caller is owed a callback since then.
func (w *world) owedBack(id call.ID) Callback {
	w.Helper()
	w.ended(id)
	w.after(20 * time.Second)
	c, first := must2[Callback, bool](w)(w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: id, By: "amy"}))
	if !first {
		w.Fatalf("%s was owed a callback before", id)
	}
	return c
}

func TestCallbackFromPromiseToEnd(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		c := w.owedBack("a")
		asked := start.Add(310 * time.Second) // the call's end: it is in wrap-up
		want := Callback{Call: "a", Team: "ports", Line: "public", Caller: call.CallerUnknown, By: "amy", AskedAt: asked, StartedAt: asked,
			AttemptDue: asked.Add(30 * time.Minute), CloseDue: asked.Add(time.Hour)}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("owed: %s", diff)
		}
		if again, first := must2[Callback, bool](w)(w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "a", By: "bob", SafeFrom: w.now.Add(time.Hour)})); first || cmp.Diff(want, again) != "" {
			t.Errorf("promised again: first %v, %+v", first, again)
		}
		if diff := cmp.Diff(map[CallbackState]int{CallbackDue: 1}, w.states()); diff != "" {
			t.Error(diff)
		}
		w.after(time.Minute)
		c, first := must2[Callback, bool](w)(w.ClaimCallback(w.ctx(), w.now, "a", "bob"))
		if !first || c.ClaimedBy != "bob" || !c.ClaimedUntil.Equal(w.now.Add(CallbackClaim)) || c.State(w.now) != CallbackClaimed {
			t.Errorf("claimed: %+v", c)
		}
		if c, _, err := w.ClaimCallback(w.ctx(), w.now, "a", "cat"); !errors.Is(err, ErrClaimed) || c.ClaimedBy != "bob" {
			t.Errorf("claimed by two: %+v, %v", c, err)
		}
		w.after(5 * time.Minute)
		c, _ = must2[Callback, bool](w)(w.AttemptCallback(w.ctx(), w.now, "a", "bob", w.now, "voicemail"))
		if c.Attempts != 1 || c.LastResult != "voicemail" || c.LastBy != "bob" || !c.LastAt.Equal(w.now) || c.State(asked.Add(31*time.Minute)) == CallbackOverdue {
			t.Errorf("attempted: %+v", c)
		}
		if again, first := must2[Callback, bool](w)(w.AttemptCallback(w.ctx(), w.now, "a", "bob", w.now, "voicemail")); first || again.Attempts != 1 {
			t.Errorf("the same attempt twice: %+v", again)
		}
		w.after(10 * time.Minute)
		c, _ = must2[Callback, bool](w)(w.CloseCallback(w.ctx(), w.now, "a", "bob", w.now, "reached", call.CodeAdvice))
		if c.Attempts != 2 || c.How != "reached" || c.Code != call.CodeAdvice || c.DoneBy != "bob" || !c.DoneAt.Equal(w.now) || c.State(w.now) != CallbackOver {
			t.Errorf("closed: %+v", c)
		}
		if again, first := must2[Callback, bool](w)(w.CloseCallback(w.ctx(), w.now, "a", "cat", w.now, "mistaken", "")); first || again.How != "reached" {
			t.Errorf("closed twice: %+v", again)
		}
		if open, states := must[[]Callback](w)(w.Callbacks(w.ctx(), 10)), w.states(); len(open) != 0 || len(states) != 0 || len(w.owed("a")) != 0 {
			t.Errorf("still open: %+v %v %v", open, states, w.owed("a"))
		}
		w.toldOfCallback(t, asked)
	})
}

// toldOfCallback holds the ledger to what the test above did.
func (w *world) toldOfCallback(t *testing.T, asked time.Time) {
	t.Helper()
	base := call.Event{Call: "a", Line: "public", Team: "ports", Caller: call.CallerUnknown}
	of := func(kind call.Kind, by call.By, change func(*call.Event)) call.Event {
		e := base
		e.Kind, e.By = kind, by
		change(&e)
		return e
	}
	since := func(d time.Duration) int64 { return (w.now.Add(-d).Sub(asked)).Milliseconds() }
	want := []call.Event{
		of(call.KindCallbackOwed, "amy", func(e *call.Event) { e.DueMs = 3600_000 }),
		of(call.KindCallbackClaimed, "bob", func(e *call.Event) { e.Reason, e.Responder = "taken", "bob" }),
		of(call.KindCallbackAttempt, "bob", func(e *call.Event) { e.Reason, e.Offers, e.WaitMs = "voicemail", 1, since(10*time.Minute) }),
		of(call.KindCallbackAttempt, "bob", func(e *call.Event) { e.Reason, e.Offers, e.WaitMs = "reached", 2, since(0) }),
		of(call.KindCallbackClosed, "bob", func(e *call.Event) {
			e.Reason, e.Code, e.Offers, e.WaitMs, e.DueMs = "reached", call.CodeAdvice, 2, since(0), 3600_000
		}),
	}
	var got []call.Event
	ends := map[string]string{}
	for _, e := range w.events() {
		switch e.Kind {
		case call.KindCallbackOwed, call.KindCallbackClaimed, call.KindCallbackAttempt, call.KindCallbackClosed:
			e.ID, e.At = "", time.Time{}
			got = append(got, e)
		case call.KindFollowUpDone:
			ends[e.Category] = e.Reason
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ledger: %s", diff)
	}
	if diff := cmp.Diff(map[string]string{CategoryCallbackAttempt: "attempted", CategoryCallbackClosed: "reached"}, ends); diff != "" {
		t.Errorf("clocks: %s", diff)
	}
}

// The clocks wait until it is safe to ring; then to the first attempt; then to the
// end. A claim lapses, and overdue is overdue whoever has it.
func TestCallbackStates(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.ended("a")
		safe := w.now.Add(2 * time.Hour)
		c, _ := must2[Callback, bool](w)(w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "a", By: "amy", SafeFrom: safe, SafeUntil: safe.Add(3 * time.Hour)}))
		if !c.StartedAt.Equal(safe) || !c.AttemptDue.Equal(safe.Add(30*time.Minute)) {
			t.Errorf("clocks: %+v", c)
		}
		is := func(want CallbackState, at time.Time) {
			t.Helper()
			w.now = at
			if diff := cmp.Diff(map[CallbackState]int{want: 1}, w.states()); diff != "" {
				t.Errorf("at %s: %s", at.Format(time.TimeOnly), diff)
			}
		}
		is(CallbackOwed, safe.Add(-time.Millisecond))
		is(CallbackDue, safe)
		must2[Callback, bool](w)(w.ClaimCallback(w.ctx(), w.now, "a", "bob"))
		is(CallbackClaimed, safe.Add(CallbackClaim-time.Millisecond))
		is(CallbackDue, safe.Add(CallbackClaim))
		if c, first := must2[Callback, bool](w)(w.ClaimCallback(w.ctx(), w.now, "a", "cat")); !first || c.ClaimedBy != "cat" {
			t.Errorf("a claim that has lapsed keeps others away: %+v", c)
		}
		is(CallbackDue, safe.Add(30*time.Minute)) // limits are inclusive
		is(CallbackOverdue, safe.Add(30*time.Minute+time.Millisecond))
		must2[Callback, bool](w)(w.AttemptCallback(w.ctx(), w.now, "a", "cat", w.now, "no_answer"))
		is(CallbackDue, w.now)
		must2[Callback, bool](w)(w.ClaimCallback(w.ctx(), w.now.Add(29*time.Minute), "a", "cat"))
		is(CallbackOverdue, safe.Add(time.Hour+time.Millisecond))
		must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10))
		must2[Callback, bool](w)(w.CloseCallback(w.ctx(), w.now, "a", "dm", w.now, "decided", call.CodeEmergency))
		late := map[string]bool{}
		for _, f := range must[[]FollowUp](w)(w.FollowUpReviews(w.ctx(), 10)) {
			late[f.Category] = f.Missed
		}
		if diff := cmp.Diff(map[string]bool{CategoryCallbackAttempt: true, CategoryCallbackClosed: true}, late); diff != "" {
			t.Errorf("to review: %s", diff)
		}
	})
}

func TestCallbackReleased(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.owedBack("a")
		if _, first := must2[Callback, bool](w)(w.ReleaseCallback(w.ctx(), w.now, "a", "dm")); first {
			t.Error("released, and nobody had it")
		}
		must2[Callback, bool](w)(w.ClaimCallback(w.ctx(), w.now, "a", "bob"))
		c, first := must2[Callback, bool](w)(w.ReleaseCallback(w.ctx(), w.now, "a", "dm"))
		if !first || c.State(w.now) != CallbackDue || c.ClaimedBy != "" {
			t.Errorf("released: %+v", c)
		}
		if e := w.lastEvent(call.KindCallbackClaimed); e.Reason != "released" || e.Responder != "bob" || e.By != "dm" {
			t.Errorf("ledger: %+v", e)
		}
	})
}

// Whoever rings back needs the number: it is kept until the callback is over and a
// day beyond, whatever becomes of the call's own record meanwhile.
func TestCallbackKeepsTheNumber(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.From = caller
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.connected("a", "amy")
		w.finishes("a", Finish{WrapUp: time.Minute, KeepFor: time.Minute})
		c, _ := must2[Callback, bool](w)(w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "a", By: "amy"}))
		if !c.HasNumber {
			t.Error("the number is there, and not said to be")
		}
		must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""))
		left := func() time.Duration {
			ttl, err := w.rdb.PTTL(w.ctx(), w.key(keyCall+"a")).Result()
			if err != nil {
				t.Fatal(err)
			}
			return ttl
		}
		if got := left(); got != -1 {
			t.Errorf("the number goes in %s, and the callback is owed", got)
		}
		must2[Callback, bool](w)(w.CloseCallback(w.ctx(), w.now, "a", "amy", w.now, "not_needed", ""))
		if got := left(); got < 23*time.Hour || got > 24*time.Hour {
			t.Errorf("the number goes in %s, want a day", got)
		}
	})
}

// A callback may be promised for as long as the ledger has the call, and again
// when the first was recorded by mistake.
func TestCallbackLaterAndAgain(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("left")
		w.finishes("left", Finish{KeepFor: time.Minute})
		w.after(time.Hour)
		w.rdb.Del(w.ctx(), w.key(keyCall+"left"))
		c, _, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "left", By: "dm", ReceivedAt: start})
		if err != nil || c.HasNumber || c.Team != "ports" || !c.AskedAt.Equal(w.now) {
			t.Errorf("promised later: %+v, %v", c, err)
		}
		if _, _, err := w.CloseCallback(w.ctx(), w.now, "left", "dm", w.now, "mistaken", ""); err != nil {
			t.Fatal(err)
		}
		if f := w.owed("left"); len(f) != 0 {
			t.Errorf("clocks of a mistake run: %v", f)
		}
		w.after(time.Minute)
		c, first, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "left", By: "dm", Team: "solent"})
		if err != nil || !first || c.Team != "solent" || !c.DoneAt.IsZero() || len(w.owed("left")) != 2 {
			t.Errorf("promised again: %+v, %v, %v", c, first, err)
		}
		if _, _, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "never", By: "dm"}); !errors.Is(err, ErrNoCall) {
			t.Errorf("a call there never was: %v", err)
		}
	})
}

func TestCallbackRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	w.owedBack("a")
	later := w.now.Add(time.Second)
	for name, try := range map[string]func() error{
		"nobody": func() error { _, _, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "a"}); return err },
		"a name": func() error { _, _, err := w.ClaimCallback(w.ctx(), w.now, "a", "Ada L"); return err },
		"asked in future": func() error {
			_, _, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "a", By: "amy", AskedAt: later})
			return err
		},
		"no time left": func() error {
			_, _, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: "a", By: "amy", SafeFrom: later, SafeUntil: later})
			return err
		},
		"free words": func() error {
			_, _, err := w.AttemptCallback(w.ctx(), w.now, "a", "amy", w.now, "her husband")
			return err
		},
		"an attempt later": func() error {
			_, _, err := w.AttemptCallback(w.ctx(), w.now, "a", "amy", later, "no_answer")
			return err
		},
		"no code": func() error {
			_, _, err := w.CloseCallback(w.ctx(), w.now, "a", "amy", w.now, "reached", "")
			return err
		},
		"a code": func() error {
			_, _, err := w.CloseCallback(w.ctx(), w.now, "a", "amy", w.now, "mistaken", "02")
			return err
		},
		"no end": func() error {
			_, _, err := w.CloseCallback(w.ctx(), w.now, "a", "amy", w.now, "rang", "02")
			return err
		},
	} {
		if err := try(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for name, try := range map[string]func() error{
		"claim":   func() error { _, _, err := w.ClaimCallback(w.ctx(), w.now, "b", "amy"); return err },
		"release": func() error { _, _, err := w.ReleaseCallback(w.ctx(), w.now, "b", "amy"); return err },
		"attempt": func() error {
			_, _, err := w.AttemptCallback(w.ctx(), w.now, "b", "amy", w.now, "no_answer")
			return err
		},
		"close": func() error {
			_, _, err := w.CloseCallback(w.ctx(), w.now, "b", "amy", w.now, "not_needed", "")
			return err
		},
	} {
		if err := try(); !errors.Is(err, ErrNoCallback) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
