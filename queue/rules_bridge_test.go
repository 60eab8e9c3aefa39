package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func TestRule9ConnectedOnceWhenBothAreIn(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.Menu = true
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.after(10 * time.Second)
		must2[Record, bool](w)(w.Intake(w.ctx(), w.now, "a", IntakeDone{Caller: call.CallerSelf, Team: "ports", LiveFor: time.Minute}))
		o := w.promised("a", "amy")
		w.after(5*time.Second).ends(o, call.ResultBusy)
		w.after(time.Second)
		o = w.promised("a", "bob")
		w.after(6 * time.Second).accepts(o)
		w.after(2 * time.Second)
		joined := func(leg string) (Record, bool) {
			t.Helper()
			return must2[Record, bool](w)(w.Joined(w.ctx(), w.now, "room-a", leg))
		}
		for _, leg := range []string{"stranger", "a", "a"} {
			if r, first := joined(leg); first || r.State != call.StateAccepted {
				t.Fatalf("%s joined: first %v, %s", leg, first, r.State)
			}
		}
		r, first := joined("leg-" + string(o.ID))
		if !first || r.State != call.StateConnected || !r.ConnectedAt.Equal(w.now) || !r.TalkingAt.Equal(w.now) {
			t.Errorf("first %v, %+v", first, r)
		}
		want := call.Event{At: w.now, Kind: call.KindConnected, Call: "a", Offer: o.ID, Line: "public", Team: "ports", Caller: call.CallerSelf,
			Responder: "bob", Tier: call.TierResponding, WaitMs: 24000, IntakeMs: 10000, QueueMs: 6000, RingMs: 8000, ReturnMs: 14000}
		if diff := cmp.Diff(want, w.lastEvent(call.KindConnected)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]float64{"live:a": 600}, w.dues()); diff != "" {
			t.Errorf("deadlines: %s", diff)
		}
		before := w.everything()
		for _, leg := range []string{"a", "leg-" + string(o.ID)} {
			if _, first := joined(leg); first {
				t.Errorf("%s joined again, and is first", leg)
			}
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("joining again writes: %s", diff)
		}
		if _, _, err := w.Joined(w.ctx(), w.now, "no-room", "a"); !errors.Is(err, ErrNoCall) {
			t.Errorf("unknown conference: %v", err)
		}
		if id, err := w.ByConference(w.ctx(), "room-a"); id != "a" || err != nil {
			t.Errorf("conference of %q, %v", id, err)
		}
		if _, err := w.ByConference(w.ctx(), "no-room"); !errors.Is(err, ErrNoCall) {
			t.Errorf("unknown conference: %v", err)
		}
	})
}

func TestRule9AdoptsALegNobodyNamed(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		must[Accepted](w)(w.Accept(w.ctx(), w.now, o.ID, "", "room-a", w.now.Add(time.Minute)))
		must2[Record, bool](w)(w.Joined(w.ctx(), w.now, "room-a", "a"))
		r, first := must2[Record, bool](w)(w.Joined(w.ctx(), w.now, "room-a", "CA77"))
		if !first || r.OfferSID != "CA77" {
			t.Errorf("first %v, leg %q", first, r.OfferSID)
		}
		if got := must[OfferRecord](w)(w.Offer(w.ctx(), o.ID)); got.SID != "CA77" {
			t.Errorf("the offer's leg is %q", got.SID)
		}
	})
}

func TestRule10DropPutsTheCallerAtTheFront(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("first")
		w.after(time.Minute).arrives("a")
		w.arrives("older")
		old := w.connected("older", "bob")
		o := w.connected("a", "amy")
		w.after(time.Minute)
		drop := func(id call.ID, offer call.OfferID) (Record, bool) {
			t.Helper()
			return must2[Record, bool](w)(w.Drop(w.ctx(), w.now, id,
				Dropped{Offer: offer, NotBefore: w.now.Add(2 * time.Second), LiveFor: time.Minute}))
		}
		before := w.everything()
		if _, first := drop("a", "another"); first {
			t.Error("an offer that never had the caller drops them")
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("and writes: %s", diff)
		}
		r, first := drop("a", o.ID)
		if !first || r.State != call.StateWaiting || !r.Front || r.Prefer != "amy" || r.Responder != "" || r.Offer != "" ||
			r.Conference != "" || r.ConnectedAt.IsZero() || !r.NotBefore.Equal(w.now.Add(2*time.Second)) {
			t.Errorf("first %v, %+v", first, r)
		}
		if e := w.lastEvent(call.KindDropped); e.TalkMs != 60000 || e.Responder != "amy" || e.Offer != o.ID {
			t.Errorf("%+v", e)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceFree || !p.Since.Equal(w.now) {
			t.Errorf("amy is %+v", p)
		}
		if d := w.dues(); d["call:a"] != 2 || d["live:a"] != 60 {
			t.Errorf("deadlines %v", d)
		}
		if _, first := drop("a", o.ID); first {
			t.Error("dropped twice")
		}
		// Nobody before the moment; then the same responder, though others idled longer.
		c := w.claimFor("a", 1, "zoe", "amy")
		if got := w.claims(c); len(got.Offers) != 0 || got.Waiting || w.dues()["call:a"] != 2 {
			t.Errorf("before the moment: %+v, looked at in %v s", got, w.dues()["call:a"])
		}
		w.after(2 * time.Second)
		if got := w.claims(w.claimFor("a", 1)); !got.Waiting {
			t.Errorf("the moment has come, nobody is there, and the call does not wait for them: %+v", got)
		}
		if got := w.claims(c); len(got.Offers) != 1 || got.Offers[0].Responder != "amy" {
			t.Errorf("asked: %v", who(got.Offers))
		}
		// At the front: before a call that is older and boosted; among the like by age.
		must2[Record, bool](w)(w.Danger(w.ctx(), w.now, "first", 24*time.Hour))
		b, _ := drop("older", old.ID)
		if front, _ := must2[Record, bool](w)(w.Danger(w.ctx(), w.now, "a", 0)); front.Score >= w.record("first").Score || front.Score > b.Score {
			t.Errorf("scores: front %d and %d, a danger call that never dropped %d", front.Score, b.Score, w.record("first").Score)
		}
	})
}

// With a wrap-up, the dropped responder is kept for their caller: they have time
// to finish if the caller had, are asked first if not, and for nobody else.
func TestRule10DroppedResponderIsKept(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		drop := func(o Offer) {
			t.Helper()
			_, first := must2[Record, bool](w)(w.Drop(w.ctx(), w.now, o.Call, Dropped{Offer: o.ID, LiveFor: time.Minute, WrapUp: time.Minute}))
			if !first {
				t.Fatal("not dropped")
			}
		}
		w.arrives("a")
		drop(w.connected("a", "amy"))
		if p := w.presence("amy"); p.Presence != call.PresenceWrapUp || p.Call != "a" || w.dues()["wrap:amy"] != 60 {
			t.Errorf("amy is %+v, deadlines %v", p, w.dues())
		}
		w.arrives("b")
		if got := w.claims(w.claimFor("b", 1, "amy")); len(got.Offers) != 0 {
			t.Error("someone else's call goes to her")
		}
		w.finishes("b", Finish{})
		again := w.promised("a", "zoe", "amy")
		if again.Responder != "amy" {
			t.Errorf("the caller goes to %s", again.Responder)
		}
		w.accepts(again)
		w.join(again)
		drop(again)

		// Amy does not answer; bob does. Her wrap-up and his end apart.
		o := w.promised("a", "bob")
		w.accepts(o)
		w.join(o)
		if snap := must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 10)); len(snap.Calls) != 1 {
			t.Errorf("one call is shown %d times", len(snap.Calls))
		}
		w.finishes("a", Finish{WrapUp: time.Hour})
		if freed := w.wrapUpEnds("amy", "timed"); !freed || w.record("a").State != call.StateWrapUp {
			t.Errorf("her wrap-up ends his: freed %v, the call is %s", freed, w.record("a").State)
		}
		w.wrapUpEnds("bob", "timed")
		if w.record("a").State != call.StateEnded {
			t.Errorf("the call is %s", w.record("a").State)
		}

		// The caller leaves while she is finishing: the call is over, she is not.
		w.arrives("c")
		drop(w.connected("c", "amy"))
		w.finishes("c", Finish{WrapUp: time.Hour})
		if snap := must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 10)); len(snap.Calls) != 0 || w.presence("amy").Presence != call.PresenceWrapUp {
			t.Errorf("shown %v, amy is %+v", snap.Calls, w.presence("amy"))
		}
	})
}

func TestRule10DropBeforeTheLegsMet(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		w.accepts(o)
		must2[Record, bool](w)(w.Joined(w.ctx(), w.now, "room-a", "leg-o1"))
		r, first := must2[Record, bool](w.after(time.Second))(w.Drop(w.ctx(), w.now, "a", Dropped{Offer: o.ID, LiveFor: time.Minute}))
		if !first || r.State != call.StateWaiting || !r.ConnectedAt.IsZero() {
			t.Errorf("first %v, %+v", first, r)
		}
		if _, first := must2[Record, bool](w)(w.Joined(w.ctx(), w.now, "room-a", "a")); first {
			t.Error("the old room connects the call")
		}
		again := w.promised("a", "amy")
		w.accepts(again)
		w.after(time.Second).join(again)
		if e := w.lastEvent(call.KindConnected); e.WaitMs != 2000 || e.RingMs != 1000 {
			t.Errorf("%+v", e)
		}
	})
}

func TestRule9SecondConnectionCarriesNoWaits(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.after(5 * time.Second)
		o := w.connected("a", "amy")
		first := w.record("a").ConnectedAt
		w.after(time.Minute)
		must2[Record, bool](w)(w.Drop(w.ctx(), w.now, "a", Dropped{Offer: o.ID, LiveFor: time.Minute}))
		w.after(10 * time.Second)
		o = w.promised("a", "amy")
		if r := w.accepts(o).Call; r.Prefer != "" || r.Front {
			t.Errorf("taken, and still to be asked of %q first", r.Prefer)
		}
		for _, leg := range []string{"leg-" + string(o.ID), "a"} { // who was in the old room is not in the new one
			if r := w.record("a"); r.State != call.StateAccepted {
				t.Errorf("%s before %s joined", r.State, leg)
			}
			must2[Record, bool](w)(w.Joined(w.ctx(), w.now, "room-a", leg))
		}
		if e := w.lastEvent(call.KindConnected); e.WaitMs != 0 || e.RingMs != 0 || e.ReturnMs != 0 || e.QueueMs != 0 {
			t.Errorf("%+v", e)
		}
		if r := w.record("a"); !r.ConnectedAt.Equal(first) || !r.TalkingAt.Equal(w.now) {
			t.Errorf("connected %v, talking %v", r.ConnectedAt, r.TalkingAt)
		}
		w.after(time.Minute).finishes("a", Finish{})
		if e := w.lastEvent(call.KindFinished); e.TalkMs != 120000 || e.WaitMs != 5000 || e.Offers != 2 {
			t.Errorf("%+v", e)
		}
	})
}
