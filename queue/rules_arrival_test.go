package queue

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

var caller = call.ParseCaller("+447700900123")

func TestRule1PoolsHoldExactlyWhoWants(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		pool := w.key("q:ports/responding/")
		standing := func(when string, want ...string) {
			t.Helper()
			got, err := w.rdb.ZRange(w.ctx(), pool, 0, -1).Result()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
				t.Errorf("%s: %s", when, diff)
			}
		}
		w.arrives("a")
		standing("before the first claim")
		w.claims(w.claimFor("a", 1))
		standing("claimed, nobody there", "a")
		o := w.frees(w.freedFor("amy"))
		standing("one phone of one")
		c := w.claimFor("a", 2)
		w.claims(c)
		standing("one phone of two", "a")
		w.ends(*o, call.ResultNoAnswer)
		standing("no phone of two", "a")
		c = w.claimFor("a", 2)
		c.Pools = []string{"ports/backup/"}
		w.claims(c)
		standing("in another pool")
		c = w.claimFor("a", 1, "bob")
		w.claims(c)
		standing("promised")
		w.finishes("a", Finish{})
		standing("ended")
	})
}

func TestRule1ScoreIsPlaceLessBoosts(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.Menu, a.Boost = true, time.Minute
		first := must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		if want := call.Millis(start.Add(-time.Minute)); first.Score != want || !first.Place.Equal(start) {
			t.Errorf("score %d place %v, want %d and %v", first.Score, first.Place, want, start)
		}
		w.claims(w.claimFor("a", 1)) // stands in its pool, so that the boosts must reach it
		r, _ := must2[Record, bool](w)(w.Intake(w.ctx(), w.now, "a", IntakeDone{Boost: time.Second, LiveFor: time.Minute}))
		if want := call.Millis(start.Add(-61 * time.Second)); r.Score != want {
			t.Errorf("after intake score %d, want %d", r.Score, want)
		}
		r, first2 := must2[Record, bool](w)(w.Danger(w.ctx(), w.now, "a", time.Hour))
		if want := call.Millis(start.Add(-61*time.Second - time.Hour)); r.Score != want || !r.Danger || !first2 {
			t.Errorf("after danger score %d danger %v first %v, want %d", r.Score, r.Danger, first2, want)
		}
		r, first2 = must2[Record, bool](w)(w.Danger(w.ctx(), w.now, "a", time.Hour))
		if want := call.Millis(start.Add(-61*time.Second - time.Hour)); r.Score != want || first2 {
			t.Errorf("danger twice: score %d first %v, want %d once", r.Score, first2, want)
		}
	})
}

func TestRule2Arrive(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.Menu, a.From, a.ActAt = true, caller, start.Add(time.Second)
		a.Need.Skills = []string{"cy", "young people"}
		got := must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		want := Arrived{New: true, Record: Record{
			ID: "a", State: call.StateIntake, Line: "public", Number: "+448081570000", From: caller,
			Caller: call.CallerUnknown, Team: "ports", Language: "en-GB", Skills: []string{"cy", "young people"},
			ReceivedAt: start, Place: start, Score: call.Millis(start), LastStep: start,
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]float64{"call:a": 1, "live:a": 60}, w.dues()); diff != "" {
			t.Errorf("deadlines: %s", diff)
		}
		if diff := cmp.Diff([]call.Kind{call.KindReceived}, w.kinds("a")); diff != "" {
			t.Error(diff)
		}
		again := must[Arrived](w.after(time.Minute))(w.Arrive(w.ctx(), w.now, a))
		if want.New = false; !cmp.Equal(want, again) {
			t.Errorf("a repeated webhook: %s", cmp.Diff(want, again))
		}
		w.finishes("a", Finish{})
		if again = must[Arrived](w)(w.Arrive(w.ctx(), w.now, a)); again.New || again.State != call.StateEnded {
			t.Errorf("a webhook repeated after the end: new %v, state %s", again.New, again.State)
		}
	})
}

func TestRule2NoMenu(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		r := w.arrives("a")
		if r.State != call.StateWaiting || !r.WaitingAt.Equal(start) || !r.GreetEndAt.Equal(start) || !r.Withheld {
			t.Errorf("%+v", r)
		}
		if diff := cmp.Diff([]call.Kind{call.KindReceived, call.KindWaiting}, w.kinds("a")); diff != "" {
			t.Error(diff)
		}
		if e := w.lastEvent(call.KindReceived); !e.Withheld {
			t.Errorf("%+v does not say withheld", e)
		}
	})
}

func TestRule2RedialKeepsThePlace(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		ring := func(id call.ID, from call.Number) Arrived {
			t.Helper()
			a := arrival(id)
			a.From, a.RedialBoost = from, time.Minute
			return must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		}
		leave := func(id call.ID) { t.Helper(); w.finishes(id, Finish{}) }
		ring("a", caller)
		w.after(time.Minute)
		leave("a")
		w.after(10 * time.Minute) // the window's last moment
		b := ring("b", caller)
		if !b.Place.Equal(start) || b.Redials != 1 || b.Score != call.Millis(start.Add(-time.Minute)) {
			t.Errorf("first redial: place %v, redials %d, score %d", b.Place, b.Redials, b.Score)
		}
		if other := ring("other", call.ParseCaller("+447700900124")); other.Redials != 0 {
			t.Errorf("someone else has %d redials", other.Redials)
		}
		leave("b")
		c := ring("c", caller)
		if !c.Place.Equal(start) || c.Redials != 2 || c.Score != call.Millis(start.Add(-2*time.Minute)) {
			t.Errorf("second redial: place %v, redials %d, score %d", c.Place, c.Redials, c.Score)
		}
		leave("c")
		w.after(10*time.Minute + time.Millisecond)
		if d := ring("d", caller); d.Redials != 0 || !d.Place.Equal(w.now) {
			t.Errorf("past the window: place %v, redials %d", d.Place, d.Redials)
		}
		w.connected("d", "amy")
		leave("d")
		if e := ring("e", caller); e.Redials != 0 {
			t.Errorf("answered before, and yet %d redials", e.Redials)
		}
		ring("x", call.Number{})
		leave("x")
		if y := ring("y", call.Number{}); y.Redials != 0 {
			t.Errorf("withheld callers are taken for one another")
		}
	})
}

func TestRule3Intake(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		done := IntakeDone{Caller: call.CallerCarer, Team: "wight", Language: "cy", Skills: []string{"cy"}, LiveFor: 2 * time.Minute}
		for _, id := range []call.ID{"a", "b"} {
			a := arrival(id)
			a.Menu = true
			must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		}
		early := w.promised("b", "amy")
		if r := w.record("b"); r.State != call.StateIntake || r.Ringing != 1 {
			t.Fatalf("an early offer: %s with %d phones", r.State, r.Ringing)
		}
		w.after(12 * time.Second)
		a, first := must2[Record, bool](w)(w.Intake(w.ctx(), w.now, "a", done))
		if a.State != call.StateWaiting || !first || a.Caller != call.CallerCarer || a.Team != "wight" || a.Language != "cy" ||
			!cmp.Equal(a.Skills, []string{"cy"}) || !a.GreetEndAt.Equal(w.now) || !a.WaitingAt.Equal(w.now) {
			t.Errorf("first %v, %+v", first, a)
		}
		if e := w.lastEvent(call.KindWaiting); e.IntakeMs != 12000 || e.Team != "wight" || e.Caller != call.CallerCarer {
			t.Errorf("%+v", e)
		}
		if d := w.dues(); d["call:a"] != 0 || d["live:a"] != 120 {
			t.Errorf("deadlines %v", d)
		}
		if b, _ := must2[Record, bool](w)(w.Intake(w.ctx(), w.now, "b", done)); b.State != call.StateOffered {
			t.Errorf("with a phone ringing: %s", b.State)
		}
		w.accepts(early)
		for _, id := range []call.ID{"a", "b"} {
			before := w.record(id)
			again, first := must2[Record, bool](w.after(time.Second))(w.Intake(w.ctx(), w.now, id, IntakeDone{Team: "ports"}))
			if first || !cmp.Equal(before, again) {
				t.Errorf("%s, again: first %v %s", id, first, cmp.Diff(before, again))
			}
		}
		if _, _, err := w.Intake(w.ctx(), w.now, "nobody", done); err != ErrNoCall {
			t.Errorf("unknown call: %v", err)
		}
	})
}

func TestBeat(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		r := must[Record](w.after(30 * time.Second))(w.Beat(w.ctx(), w.now, "a", "QU1", time.Minute))
		if r.QueueSID != "QU1" || w.dues()["live:a"] != 60 {
			t.Errorf("queue %q, deadlines %v", r.QueueSID, w.dues())
		}
		if r = must[Record](w)(w.Beat(w.ctx(), w.now, "a", "", time.Minute)); r.QueueSID != "QU1" {
			t.Errorf("a beat that names no queue forgets it")
		}
		w.finishes("a", Finish{})
		if r = must[Record](w)(w.Beat(w.ctx(), w.now, "a", "QU1", time.Minute)); r.State != call.StateEnded {
			t.Errorf("after the end: %s", r.State)
		}
		if _, err := w.Beat(w.ctx(), w.now, "nobody", "", time.Minute); err != ErrNoCall {
			t.Errorf("unknown call: %v", err)
		}
	})
}

func TestRule15NumbersAreSealedAndGoWithTheCall(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.From = caller
		got := must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		if got.From != caller || w.record("a").From != caller {
			t.Error("the number does not come back")
		}
		w.connected("a", "amy")
		w.finishes("a", Finish{KeepFor: time.Minute})
		index := w.o.Sealer.Index(caller)
		for _, e := range w.events() {
			for _, v := range e.Values() {
				if strings.Contains(v, "900123") || strings.Contains(v, index) {
					t.Errorf("the ledger holds %q", v)
				}
			}
		}
		for key, dump := range w.everything() {
			if strings.Contains(dump, "7700900123") {
				t.Errorf("%s holds the digits", key)
			}
			if strings.Contains(dump, index) && key != w.key("call:a") {
				t.Errorf("%s holds the index", key)
			}
		}
		// A box of another call, as after a mix-up, does not open.
		sealed, err := w.rdb.HGet(w.ctx(), w.key("call:a"), sealedField).Result()
		if err != nil {
			t.Fatal(err)
		}
		if n := w.openNumber("b", sealed); n.Known() {
			t.Error("another call's number opens")
		}
		w.wrapUpEnds("amy", "ready")
		ttl, err := w.rdb.PTTL(w.ctx(), w.key("call:a")).Result()
		if err != nil || ttl <= 0 || ttl > time.Hour {
			t.Errorf("an ended call is kept for %v, %v", ttl, err)
		}
	})
}
