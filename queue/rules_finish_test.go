package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

func TestRule11FinishByState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		reach   func(w *world)
		finish  Finish
		outcome call.Outcome
		state   call.State
		amy     call.Presence
		freed   bool
		cancel  int
	}{
		{"waiting", func(*world) {}, Finish{}, call.OutcomeAbandoned, call.StateEnded, call.PresenceFree, false, 0},
		{"offered", func(w *world) { w.sent(w.promised("a", "amy")) }, Finish{}, call.OutcomeAbandoned, call.StateEnded, call.PresenceFree, false, 1},
		{"accepted", func(w *world) { w.accepts(w.promised("a", "amy")) }, Finish{}, call.OutcomeAbandoned, call.StateEnded, call.PresenceFree, true, 0},
		{"connected", func(w *world) { w.connected("a", "amy") }, Finish{WrapUp: time.Minute}, call.OutcomeAnswered, call.StateWrapUp, call.PresenceWrapUp, false, 0},
		{"connected, no wrap-up", func(w *world) { w.connected("a", "amy") }, Finish{}, call.OutcomeAnswered, call.StateEnded, call.PresenceFree, true, 0},
		{"dropped after an answer", func(w *world) {
			o := w.connected("a", "amy")
			must2[Record, bool](w)(w.Drop(w.ctx(), w.now, "a", Dropped{Offer: o.ID, LiveFor: time.Minute}))
		}, Finish{Outcome: call.OutcomeFailed}, call.OutcomeAnswered, call.StateEnded, call.PresenceFree, false, 0},
		{"handed on", func(*world) {}, Finish{Outcome: call.OutcomeHandedOn, Reason: "handed_on"}, call.OutcomeHandedOn, call.StateEnded, call.PresenceFree, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				w.arrives("a")
				tt.reach(w)
				w.after(time.Minute)
				got := w.finishes("a", tt.finish)
				if !got.First || got.Outcome != tt.outcome || got.Call.State != tt.state || got.Freed != tt.freed || len(got.Cancel) != tt.cancel {
					t.Errorf("%+v", got)
				}
				if p := w.presence("amy"); p.Presence != tt.amy {
					t.Errorf("amy is %s, want %s", p.Presence, tt.amy)
				}
				if e := w.lastEvent(call.KindFinished); e.Outcome != tt.outcome || e.Reason == "" || e.Offers != got.Call.Offers {
					t.Errorf("%+v", e)
				}
				before := w.everything()
				again := w.finishes("a", Finish{Outcome: call.OutcomeFailed})
				if again.First || again.Outcome != tt.outcome || !cmp.Equal(again.Cancel, got.Cancel) || again.Leg != got.Leg {
					t.Errorf("finished twice: %+v", again)
				}
				if diff := cmp.Diff(before, w.everything()); diff != "" {
					t.Errorf("finishing twice writes: %s", diff)
				}
			})
		})
	}
}

func TestRule11Totals(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.Menu, a.From = true, caller
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.after(7*time.Second).finishes("a", Finish{})
		e := w.lastEvent(call.KindFinished)
		if e.WaitMs != 7000 || e.IntakeMs != 7000 || e.QueueMs != 0 || e.RingMs != 0 || e.ReturnMs != 0 {
			t.Errorf("left in intake: %+v", e)
		}
		a.Call, a.Menu = "b", false
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.promised("b", "amy")
		w.after(9*time.Second).finishes("b", Finish{})
		e = w.lastEvent(call.KindFinished)
		if e.WaitMs != 9000 || e.QueueMs != 9000 || e.ReturnMs != 9000 || e.RingMs != 0 || e.Offers != 1 || e.Redials != 1 {
			t.Errorf("left in the queue: %+v", e)
		}
	})
}

func TestRule11CallbackIsOwed(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.From = caller
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.finishes("a", Finish{Outcome: call.OutcomeCallback, Reason: "callback", KeepFor: time.Minute})
		if snap := must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 10)); snap.Callbacks != 1 {
			t.Errorf("%d callbacks owed", snap.Callbacks)
		}
		ttl, err := w.rdb.PTTL(w.ctx(), w.key("call:a")).Result()
		if err != nil || ttl >= 0 {
			t.Errorf("the number of a callback owed is forgotten after %v, %v", ttl, err)
		}
		owed := must[[]Callback](w)(w.Callbacks(w.ctx(), 10))
		if len(owed) != 1 || owed[0].Call != "a" || !owed[0].HasNumber || !owed[0].AttemptDue.Equal(w.now.Add(30*time.Minute)) || len(w.owed("a")) != 2 {
			t.Errorf("owed: %+v, clocks %v", owed, w.owed("a"))
		}
		// A process that died before the clocks were started leaves it to be seen all the same.
		w.rdb.Del(w.ctx(), w.key("callback:a"))
		w.rdb.ZAdd(w.ctx(), w.key(keyCallbacks), redis.Z{Score: float64(ms(w.now)), Member: "a"})
		if diff := cmp.Diff(map[CallbackState]int{CallbackDue: 1}, w.states()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRule12WrapUpEnd(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.connected("a", "amy")
		end := func() bool {
			t.Helper()
			return w.wrapUpEnds("amy", "ready")
		}
		if end() || w.record("a").State != call.StateConnected {
			t.Error("a call in progress is wrapped up")
		}
		w.finishes("a", Finish{WrapUp: time.Minute})
		if d := w.dues(); d["wrap:amy"] != 60 {
			t.Errorf("deadlines %v", d)
		}
		w.after(30 * time.Second)
		if !end() || w.record("a").State != call.StateEnded {
			t.Errorf("the call is %s", w.record("a").State)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceFree || !p.Since.Equal(w.now) {
			t.Errorf("amy is %+v", p)
		}
		if e := w.lastEvent(call.KindWrapUpEnded); e.Reason != "ready" || e.Call != "a" || e.Responder != "amy" {
			t.Errorf("%+v", e)
		}
		before := w.everything()
		if !end() {
			t.Error("ended twice, and not free")
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("ending twice writes: %s", diff)
		}
	})
}

func TestSetPresence(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		set := func(p call.Presence, until time.Time) bool {
			t.Helper()
			return w.stands("amy", p, "said_so", until).Free
		}
		if !set(call.PresenceFree, time.Time{}) {
			t.Error("someone who was never rung is not free")
		}
		if set(call.PresenceBreak, w.now.Add(time.Hour)) || w.presence("amy").Presence != call.PresenceBreak || w.dues()["away:amy"] != 3600 {
			t.Errorf("amy is %+v, deadlines %v", w.presence("amy"), w.dues())
		}
		w.stands("amy", call.PresenceBreak, "said_otherwise", time.Time{})
		if _, there := w.dues()["away:amy"]; there {
			t.Error("a break without an end keeps the end of the one before")
		}
		w.arrives("a")
		if got := w.claims(w.claimFor("a", 1, "amy")); len(got.Offers) != 0 {
			t.Error("someone on a break is rung")
		}
		w.after(time.Minute)
		if !set(call.PresenceFree, time.Time{}) || !w.presence("amy").Since.Equal(w.now) {
			t.Errorf("back from a break: %+v", w.presence("amy"))
		}
		if e := w.lastEvent(call.KindPresence); e.Presence != call.PresenceFree || e.Reason != "said_so" {
			t.Errorf("%+v", e)
		}
		w.after(time.Minute)
		o := w.promised("a", "amy")
		for _, step := range []func(){func() {}, func() { w.accepts(o) }} {
			step()
			if _, err := w.SetPresence(w.ctx(), w.now, Standing{Responder: "amy", To: call.PresenceBreak, Why: "said_so"}); !errors.Is(err, ErrTaken) {
				t.Errorf("a break while %s: %v", w.presence("amy").Presence, err)
			}
			if set(call.PresenceFree, time.Time{}) {
				t.Error("someone with a call is freed")
			}
		}
		w.join(o)
		w.finishes("a", Finish{WrapUp: time.Hour})
		if set(call.PresenceFree, time.Time{}) {
			t.Error("someone in wrap-up is freed")
		}
		if set(call.PresenceBreak, time.Time{}); w.record("a").State != call.StateEnded || w.presence("amy").Presence != call.PresenceBreak {
			t.Errorf("a break from wrap-up: call %s, amy %s", w.record("a").State, w.presence("amy").Presence)
		}
		if _, err := w.SetPresence(w.ctx(), w.now, Standing{Responder: "amy", To: call.PresenceConnected}); err == nil {
			t.Error("connected can be set by hand")
		}
	})
}

func TestRule13Sweep(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		if _, there, err := w.NextDue(w.ctx()); there || err != nil {
			t.Errorf("nothing is due, and something is: %v", err)
		}
		w.arrives("a") // due at once
		w.after(time.Second).arrives("b")
		sweep := func(limit int) []Due {
			t.Helper()
			return must[[]Due](w)(w.Sweep(w.ctx(), w.now, limit))
		}
		if at, there, err := w.NextDue(w.ctx()); !there || err != nil || !at.Equal(start) {
			t.Errorf("next %v, %v, %v", at, there, err)
		}
		if diff := cmp.Diff([]Due{{DueCall, "a", start}}, sweep(1)); diff != "" {
			t.Errorf("the oldest first, no more than asked for: %s", diff)
		}
		if diff := cmp.Diff([]Due{{DueCall, "b", w.now}}, sweep(10)); diff != "" {
			t.Errorf("another process sees what the first left: %s", diff)
		}
		if got := sweep(10); len(got) != 0 {
			t.Errorf("taken twice: %v", got)
		}
		w.after(5*time.Second - time.Millisecond)
		if got := sweep(10); len(got) != 0 {
			t.Errorf("a lease is not over, and %v", got)
		}
		w.after(time.Millisecond)
		if got := sweep(10); len(got) != 2 {
			t.Errorf("what a dead process took is not seen again: %v", got)
		}
		if err := w.Settle(w.ctx(), DueCall, "a"); err != nil {
			t.Fatal(err)
		}
		if err := w.Defer(w.ctx(), DueCall, "b", w.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if d := w.dues(); d["call:b"] != 3600 || len(d) != 3 {
			t.Errorf("deadlines %v", d)
		}
	})
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("done")
		w.connected("done", "amy")
		w.finishes("done", Finish{WrapUp: time.Hour})
		w.after(time.Second).arrives("b")
		w.after(time.Second).arrives("c")
		w.promised("b", "bob")
		snap := must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 10))
		ids := []call.ID{}
		for _, c := range snap.Calls {
			ids = append(ids, c.ID)
		}
		if diff := cmp.Diff([]call.ID{"done", "b", "c"}, ids); diff != "" {
			t.Errorf("oldest first, wrap-ups among them: %s", diff)
		}
		if snap.Live != 2 || len(snap.Offers) != 1 || snap.Offers[0].Responder != "bob" || !snap.At.Equal(w.now) {
			t.Errorf("%+v", snap)
		}
		want := []PresenceRecord{
			{Responder: "amy", Presence: call.PresenceWrapUp, Since: start, Call: "done"},
			{Responder: "bob", Presence: call.PresenceOffered, Since: w.now, Call: "b"},
		}
		if diff := cmp.Diff(want, snap.Presences); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(w.record("b"), snap.Calls[1]); diff != "" {
			t.Errorf("a call is not the same in both: %s", diff)
		}
		if short := must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 1)); len(short.Calls) != 2 || short.Live != 2 {
			t.Errorf("cut short: %d calls, %d live", len(short.Calls), short.Live)
		}
	})
}

// Whoever has a leg of ours at their ear is not rung, whatever they are doing.
func TestPhoneUp(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.connected("a", "amy")
		must[Finished](w)(w.Finish(w.ctx(), w.now, "a", Finish{Reason: "caller_left", WrapUp: time.Minute}))
		if who, stood, err := w.Ready(w.ctx(), w.now, o.ID); who != "amy" || stood != (Stood{Changed: true, Free: true}) || err != nil {
			t.Fatalf("ready: %s %+v %v", who, stood, err)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceFree || !p.OnPhone {
			t.Fatalf("ready, and still on the phone: %+v", p)
		}
		w.arrives("b")
		if got := w.claims(w.claimFor("b", 1, "amy")); len(got.Offers) != 0 || !got.Waiting {
			t.Errorf("claimed: %+v", got)
		}
		if got := w.frees(w.freedFor("amy")); got != nil {
			t.Errorf("freed: %+v", got)
		}
		if _, did := w.rings(w.askedFor("b", "amy")); did.Why != WhyOnPhone {
			t.Errorf("asked for by name: %+v", did)
		}
		if w.dues()["leg:"+string(o.ID)] == 0 {
			t.Error("nobody will ask after a leg whose end is never told")
		}
		w.check()
		ended := must[OfferEnded](w)(w.OfferEnd(w.ctx(), w.now, o.ID, call.ResultNoKey, Aside{Leg: "leg-" + string(o.ID)}))
		if ended.First || !ended.Freed {
			t.Errorf("the leg's end: %+v, want her free", ended)
		}
		if got := w.frees(w.freedFor("amy")); got == nil || got.Call != "b" {
			t.Errorf("freed when her phone is down: %+v", got)
		}
		w.check()
	})
}

// The key and the end of its leg are told in the wrong order: nobody is there any more.
func TestAKeyAfterTheEndOfItsLeg(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.claims(w.claimFor("a", 1, "amy")).Offers[0]
		w.sent(o)
		must[OfferEnded](w)(w.OfferEnd(w.ctx(), w.now, o.ID, call.ResultNoKey, Aside{Leg: "leg-" + string(o.ID)}))
		if got := w.accepts(o); got.Verdict == VerdictWon {
			t.Error("a caller is given to a phone that has been put down")
		}
		w.check()
	})
}

// Somebody picks up as their phone is being stopped, and hears that the call has been
// taken: they are not rung for another caller meanwhile.
func TestPickedUpTooLate(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		offers := w.claims(w.claimFor("a", 2, "amy", "bob")).Offers
		w.sent(offers[0])
		w.sent(offers[1])
		w.accepts(offers[0])
		late := offers[1]
		must[OfferRecord](w)(w.OfferEvent(w.ctx(), w.now, late.ID, call.KindPickedUp, "leg-"+string(late.ID)))
		w.arrives("b")
		if got := w.claims(w.claimFor("b", 1, "bob")); len(got.Offers) != 0 {
			t.Errorf("bob is rung with a phone at his ear: %+v", got.Offers)
		}
		must[OfferEnded](w)(w.OfferEnd(w.ctx(), w.now, late.ID, call.ResultNoKey, Aside{Leg: "leg-" + string(late.ID)}))
		must[OfferRecord](w)(w.OfferEvent(w.ctx(), w.now, late.ID, call.KindPickedUp, "leg-"+string(late.ID))) // told again, after its end
		if got := w.claims(w.claimFor("b", 1, "bob")); len(got.Offers) != 1 {
			t.Errorf("bob has put the phone down and is not rung: %+v", got)
		}
		w.check()
	})
}
