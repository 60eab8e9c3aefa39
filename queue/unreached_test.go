package queue

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// everyNeed runs what looks after needs, when one has taken too long.
func everyNeed(w *world, run func(name string, do func() error)) {
	run("Arrive", func() error {
		a := arrival("need")
		a.From, a.ActAt = call.ParseCaller("+447700900125"), w.now
		_, err := w.Arrive(w.ctx(), w.now, a)
		return err
	})
	run("Finish", func() error {
		_, err := w.Finish(w.ctx(), w.now, "need", Finish{Reason: "caller_left", KeepFor: time.Hour})
		return err
	})
	run("Unreached", func() error { _, err := w.Unreached(w.ctx(), w.now.Add(2*time.Hour), 10); return err })
}

// tries is a call of the usual caller, given up after half a minute.
func (w *world) tries(id call.ID) {
	w.Helper()
	w.ringsUp(id, caller)
	w.after(30 * time.Second)
	w.finishes(id, Finish{})
}

func (w *world) ringsUp(id call.ID, from call.Number) {
	w.Helper()
	a := arrival(id)
	a.From, a.ActAt = from, w.now
	must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
}

// isReached is a call of the usual caller that is answered after ten seconds.
func (w *world) isReached(id call.ID) {
	w.Helper()
	w.ringsUp(id, caller)
	w.after(10 * time.Second)
	w.connected(id, "amy")
	w.finishes(id, Finish{})
}

// needs is what the ledger says of needs: of each call, how long after the first
// try, in seconds; "late" when it was told to be before, "never" when nobody was
// reached.
func (w *world) needs() (told []string) {
	w.Helper()
	for _, e := range w.events() {
		at := string(e.Call) + " " + (time.Duration(e.FirstMs) * time.Millisecond).String()
		switch {
		case e.Kind == call.KindUnreached:
			told = append(told, at+" never")
		case e.Kind == call.KindConnected && e.Missed:
			told = append(told, at+" late")
		case e.Kind == call.KindConnected:
			told = append(told, at)
		}
	}
	return told
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		does func(w *world)
		want []string
	}{
		"reached at the first try": {func(w *world) { w.isReached("a") }, []string{"a 10s"}},
		"reached at the third": {func(w *world) {
			w.tries("a")
			w.after(10 * time.Minute)
			w.tries("b")
			w.after(20 * time.Minute) // beyond the redial window
			w.isReached("c")
		}, []string{"c 31m10s"}},
		"reached in the last moment": {func(w *world) {
			w.tries("a")
			w.now = start.Add(time.Hour - 10*time.Second)
			w.isReached("b")
			must[int](w)(w.Unreached(w.ctx(), start.Add(time.Hour), 10))
		}, []string{"b 1h0m0s"}},
		"never": {func(w *world) {
			w.tries("a")
			w.after(10 * time.Minute)
			w.tries("b")
			for _, at := range []time.Time{start.Add(time.Hour), start.Add(time.Hour + time.Millisecond), start.Add(3 * time.Hour)} {
				must[int](w)(w.Unreached(w.ctx(), at, 10))
			}
		}, []string{"b 1h0m0.001s never"}},
		"too late, once": {func(w *world) {
			w.tries("a")
			must[int](w)(w.Unreached(w.ctx(), start.Add(61*time.Minute), 10))
			w.now = start.Add(2 * time.Hour)
			w.tries("b")
			must[int](w)(w.Unreached(w.ctx(), start.Add(4*time.Hour), 10))
			w.isReached("c")
		}, []string{"a 1h1m0s never", "c 2h0m40s late"}},
		"after a day of silence it is a new need": {func(w *world) {
			w.tries("a")
			must[int](w)(w.Unreached(w.ctx(), start.Add(61*time.Minute), 10))
			w.now = start.Add(30*time.Second + needSilence + time.Second)
			w.tries("b")
			must[int](w)(w.Unreached(w.ctx(), w.now.Add(2*time.Hour), 10))
		}, []string{"a 1h1m0s never", "b 2h0m30s never"}},
		"a new need once they were reached": {func(w *world) {
			w.tries("a")
			w.isReached("b")
			w.after(5 * time.Minute)
			must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""))
			w.isReached("c")
		}, []string{"b 40s", "c 10s"}},
		"one long wait": {func(w *world) {
			w.ringsUp("a", caller)
			w.after(2 * time.Hour)
			must[int](w)(w.Unreached(w.ctx(), w.now, 10))
			w.connected("a", "amy")
		}, []string{"a 2h0m0s"}},
		"somebody else's": {func(w *world) {
			w.tries("a")
			w.after(time.Minute)
			w.ringsUp("b", call.ParseCaller("+447700900124"))
			w.after(10 * time.Second)
			w.connected("b", "amy")
		}, []string{"b 10s"}},
		"a number withheld": {func(w *world) {
			w.arrives("a")
			w.finishes("a", Finish{})
			w.after(time.Second)
			w.arrives("b")
			w.connected("b", "amy")
			must[int](w)(w.Unreached(w.ctx(), w.now.Add(2*time.Hour), 10))
		}, []string{"b 0s"}},
		"handed on, or to be rung back": {func(w *world) {
			for id, outcome := range map[call.ID]call.Outcome{"a": call.OutcomeHandedOn, "b": call.OutcomeCallback, "c": call.OutcomeFallback} {
				w.tries("before " + id)
				w.ringsUp(id, caller)
				w.finishes(id, Finish{Outcome: outcome, KeepFor: time.Hour})
				must[int](w)(w.Unreached(w.ctx(), w.now.Add(2*time.Hour), 10))
				w.after(30 * time.Hour)
			}
		}, nil},
		"a professional's": {func(w *world) {
			a := arrival("a")
			a.From, a.ActAt, a.Need.Caller = caller, w.now, call.CallerProfessional
			must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
			w.finishes("a", Finish{})
			must[int](w)(w.Unreached(w.ctx(), w.now.Add(2*time.Hour), 10))
			a.Call = "b"
			must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
			w.after(time.Second)
			w.connected("b", "amy")
		}, []string{"b 0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				tt.does(w)
				if diff := cmp.Diff(tt.want, w.needs()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// An entry of a need says whose it is; a try says how long ago the first one was;
// and no more is kept of a caller than a keyed hash, for two days.
func TestNeedEntries(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.tries("a")
		w.after(30 * time.Minute)
		w.tries("b")
		if e := w.lastEvent(call.KindReceived); e.Call != "b" || e.FirstMs != (30*time.Minute+30*time.Second).Milliseconds() || e.Redials != 0 {
			t.Errorf("received: %+v", e)
		}
		w.now = start.Add(61 * time.Minute)
		must[int](w)(w.Unreached(w.ctx(), w.now, 10))
		want := call.Event{At: w.now, Kind: call.KindUnreached, Call: "b", Line: "public", Team: "ports", Caller: call.CallerUnknown,
			WaitMs: time.Hour.Milliseconds(), FirstMs: (61 * time.Minute).Milliseconds()}
		if diff := cmp.Diff(want, w.lastEvent(call.KindUnreached)); diff != "" {
			t.Error(diff)
		}
		key := w.key("redial:" + w.o.Sealer.Index(caller))
		if ttl, err := w.rdb.PTTL(w.ctx(), key).Result(); err != nil || ttl <= needSilence || ttl > 2*needSilence {
			t.Errorf("it is kept for %s, %v", ttl, err)
		}
		w.isReached("c")
		if n, err := w.rdb.Exists(w.ctx(), key, w.key("unreached")).Result(); err != nil || n != 0 {
			t.Errorf("%d keys of a need that is met, %v", n, err)
		}
	})
}
