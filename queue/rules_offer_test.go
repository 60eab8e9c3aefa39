package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func TestRule6OfferSent(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		got := must[OfferRecord](w)(w.OfferSent(w.ctx(), w.now, o.ID, "CA9", 3*time.Second))
		if got.State != OfferSent || got.SID != "CA9" {
			t.Errorf("%+v", got)
		}
		if d := w.dues(); d["offer:o1"] != 28 {
			t.Errorf("a leg that stays 3 s in the carrier's queue has %v s", d["offer:o1"])
		}
		must[OfferRecord](w)(w.OfferEvent(w.ctx(), w.now, o.ID, call.KindRinging, "CA9"))
		if d := w.dues(); d["offer:o1"] != 28 {
			t.Errorf("a leg that rings sooner than the carrier thought has %v s, fewer than before", d["offer:o1"])
		}
		if e := w.lastEvent(call.KindOfferSent); e.QueueMs != 3000 || e.Offer != o.ID || e.Responder != "amy" {
			t.Errorf("%+v", e)
		}
		before := len(w.events())
		if got = w.sent(o); got.SID != "CA9" || len(w.events()) != before {
			t.Errorf("told twice: %+v", got)
		}
		w.ends(o, call.ResultNoAnswer)
		if got = w.sent(o); got.State != OfferOver || got.Result != call.ResultNoAnswer {
			t.Errorf("told after the end: %+v", got)
		}
		if _, err := w.OfferSent(w.ctx(), w.now, "none", "CA1", 0); !errors.Is(err, ErrNoOffer) {
			t.Errorf("unknown offer: %v", err)
		}
	})
}

func TestRule6LegThatCameTooLateIsNamed(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		f := w.finishes("a", Finish{})
		if len(f.Cancel) != 1 || f.Cancel[0].SID != "" {
			t.Errorf("a leg nobody has told us of: %+v", f.Cancel)
		}
		if got := w.sent(o); got.State != OfferOver || got.SID != "leg-o1" {
			t.Errorf("the leg that must be ended: %+v", got)
		}
	})
}

func TestRule6NeverBackwards(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		event := func(kind call.Kind) OfferRecord {
			t.Helper()
			return must[OfferRecord](w.after(time.Second))(w.OfferEvent(w.ctx(), w.now, o.ID, kind, "CA9"))
		}
		if got := event(call.KindPickedUp); got.State != OfferPickedUp || got.SID != "CA9" {
			t.Errorf("%+v", got)
		}
		if d := w.dues(); d["offer:o1"] != 25 {
			t.Errorf("a leg that was just heard of has %v s", d["offer:o1"])
		}
		if got := event(call.KindRinging); got.State != OfferPickedUp {
			t.Errorf("ringing after it was picked up: %s", got.State)
		}
		if got := w.sent(o); got.State != OfferPickedUp || got.SID != "CA9" {
			t.Errorf("sent after it was picked up: %+v", got)
		}
		want := []call.Kind{call.KindReceived, call.KindWaiting, call.KindOffered, call.KindPickedUp, call.KindOfferSent}
		if diff := cmp.Diff(want, w.kinds("a")); diff != "" {
			t.Error(diff)
		}
		if _, err := w.OfferEvent(w.ctx(), w.now, o.ID, call.KindAccepted, ""); err == nil {
			t.Error("any kind is taken for an event of a leg")
		}
		if _, err := w.OfferEvent(w.ctx(), w.now, "none", call.KindRinging, ""); !errors.Is(err, ErrNoOffer) {
			t.Errorf("unknown offer: %v", err)
		}
	})
}

func TestOfferHeld(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		hold := func(for_ time.Duration) {
			t.Helper()
			if err := w.OfferHeld(w.ctx(), o.ID, w.now.Add(for_), true); err != nil {
				t.Fatal(err)
			}
			w.check()
		}
		hold(30 * time.Second)
		if d := w.dues(); d["send:o1"] != 30 || d["offer:o1"] != 55 {
			t.Errorf("deadlines %v", d)
		}
		if got := must[OfferRecord](w)(w.Offer(w.ctx(), o.ID)); !got.SendAt.Equal(o.SendAt) {
			t.Errorf("the moment it was first to be sent is lost, and with it that it may have been: %+v", got)
		}
		w.sent(o)
		hold(time.Minute)
		if _, there := w.dues()["send:o1"]; there {
			t.Error("an offer that was sent is to be sent again")
		}
		if err := w.OfferHeld(w.ctx(), "none", w.now, true); !errors.Is(err, ErrNoOffer) {
			t.Errorf("unknown offer: %v", err)
		}
	})
}

func TestRule7OfferEnd(t *testing.T) {
	t.Parallel()
	for _, result := range call.Results {
		if result == call.ResultAccepted {
			continue
		}
		t.Run(string(result), func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				w.arrives("a")
				o := w.promised("a", "amy")
				w.after(10 * time.Second)
				w.sent(o)
				got := w.ends(o, result)
				want := OfferEnded{First: true, Call: "a", Responder: "amy", Result: result, State: call.StateWaiting, Freed: true, SID: "leg-o1"}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				idle := w.now
				if result == call.ResultLost || result == call.ResultCancelled {
					idle = time.Time{} // as before she was asked
				}
				p := w.presence("amy")
				misses := 0
				if result.Miss() {
					misses = 1
				}
				if p.Presence != call.PresenceFree || !p.Since.Equal(idle) || p.Misses != misses {
					t.Errorf("amy is %+v, want free since %v with %d misses", p, idle, misses)
				}
				if e := w.lastEvent(call.KindOfferEnded); e.Result != result || e.RingMs != 10000 {
					t.Errorf("%+v", e)
				}
				if d := w.dues(); d["call:a"] != 0 {
					t.Errorf("the call is looked at in %v s", d["call:a"])
				}
				before := w.everything()
				again := w.ends(o, call.ResultNoAnswer)
				if again.First || again.Result != result || again.State != call.StateWaiting {
					t.Errorf("a second end: %+v", again)
				}
				if diff := cmp.Diff(before, w.everything()); diff != "" {
					t.Errorf("a second end writes: %s", diff)
				}
				if same := w.ends(o, result); same.First || !same.Freed {
					t.Errorf("the same end told twice says %+v, and she is still free", same)
				}
			})
		})
	}
}

func TestRule7OnePhoneOfTwo(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		got := w.claims(w.claimFor("a", 2, "amy", "bob"))
		if end := w.ends(got.Offers[0], call.ResultBusy); end.State != call.StateOffered {
			t.Errorf("the other phone still rings, and the call is %s", end.State)
		}
		if end := w.ends(got.Offers[1], call.ResultBusy); end.State != call.StateWaiting {
			t.Errorf("no phone rings, and the call is %s", end.State)
		}
		if _, err := w.OfferEnd(w.ctx(), w.now, "o1", call.ResultAccepted, Aside{}); err == nil {
			t.Error("accepted is taken for an end")
		}
		if _, err := w.OfferEnd(w.ctx(), w.now, "none", call.ResultBusy, Aside{}); !errors.Is(err, ErrNoOffer) {
			t.Errorf("unknown offer: %v", err)
		}
	})
}

func TestRule7SetAside(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		miss := func(id call.ID, r string, others ...string) OfferEnded {
			t.Helper()
			w.arrives(id)
			o := w.promised(id, r)
			got := must[OfferEnded](w)(w.OfferEnd(w.ctx(), w.now, o.ID, call.ResultNoAnswer,
				Aside{After: 2, For: 10 * time.Minute, Others: others}))
			w.finishes(id, Finish{})
			return got
		}
		if got := miss("a", "amy", "bob"); got.SetAside || !got.Freed {
			t.Errorf("first miss: %+v", got)
		}
		if got := miss("b", "amy", "bob"); !got.SetAside || got.Freed {
			t.Errorf("second miss: %+v", got)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceAway || p.Misses != 2 || w.dues()["away:amy"] != 600 {
			t.Errorf("amy is %+v, deadlines %v", p, w.dues())
		}
		if e := w.lastEvent(call.KindPresence); e.Reason != "missed_calls" || e.Responder != "amy" || e.Presence != call.PresenceAway {
			t.Errorf("%+v", e)
		}
		w.after(time.Minute).arrives("again") // nobody else is free: she is asked, and misses
		c := w.claimFor("again", 1, "amy")
		c.AllowAway = true
		must[OfferEnded](w)(w.OfferEnd(w.ctx(), w.now, w.claims(c).Offers[0].ID, call.ResultNoAnswer,
			Aside{After: 2, For: 10 * time.Minute, Others: []string{"bob"}}))
		w.finishes("again", Finish{})
		if p := w.presence("amy"); p.Presence != call.PresenceAway || p.Misses != 3 || w.dues()["away:amy"] != 600 {
			t.Errorf("her time aside runs from the last miss: %+v, deadlines %v", p, w.dues())
		}
		w.stands("cat", call.PresenceBreak, "break", time.Time{})
		for _, id := range []call.ID{"c", "d", "e"} { // amy is away, cat on a break: nobody but bob
			if got := miss(id, "bob", "amy", "cat"); got.SetAside || !got.Freed {
				t.Errorf("the last one there is set aside: %+v", got)
			}
		}
		if got := miss("f", "bob"); got.SetAside {
			t.Errorf("someone alone on shift is set aside")
		}
		w.arrives("g") // an accept ends the row
		w.accepts(w.promised("g", "bob"))
		if p := w.presence("bob"); p.Misses != 0 {
			t.Errorf("after an accept %d misses", p.Misses)
		}
		miss("h", "dan", "bob")
		w.arrives("i") // so does a decline
		w.ends(w.promised("i", "dan"), call.ResultDeclined)
		if got := miss("j", "dan", "bob"); got.SetAside {
			t.Error("a decline between two misses does not end the row")
		}
	})
}

// Only the offer's own responder, and only while promised by it, is freed.
func TestRule7LeavesOtherPresencesAlone(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		w.accepts(o)
		if got := w.ends(o, call.ResultNoAnswer); got.First || got.Freed || got.State != call.StateAccepted {
			t.Errorf("the end of an accepted offer: %+v", got)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceConnected || p.Misses != 0 {
			t.Errorf("amy is %+v", p)
		}
	})
}

func TestRule8Accept(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		got := w.claims(w.claimFor("a", 3, "amy", "bob", "cat"))
		amy, bob, cat := got.Offers[0], got.Offers[1], got.Offers[2]
		w.sent(amy)
		w.sent(bob)
		w.after(5 * time.Second)
		won := w.accepts(amy)
		if won.Verdict != VerdictWon || !won.First {
			t.Fatalf("%+v", won)
		}
		c := won.Call
		if c.State != call.StateAccepted || c.Responder != "amy" || c.Offer != amy.ID || c.OfferSID != "leg-o1" ||
			c.Conference != "room-a" || !c.AcceptedAt.Equal(w.now) || c.Tier != call.TierResponding || c.Ringing != 0 {
			t.Errorf("%+v", c)
		}
		losers := []Leg{{bob.ID, "bob", "leg-o2"}, {cat.ID, "cat", ""}}
		if diff := cmp.Diff(losers, won.Losers); diff != "" {
			t.Errorf("losers: %s", diff)
		}
		if p := w.presence("bob"); p.Presence != call.PresenceFree || !p.Since.IsZero() {
			t.Errorf("bob lost and is %+v: he keeps his place", p)
		}
		if diff := cmp.Diff(map[string]float64{"bridge:a": 15, "live:a": 55}, w.dues()); diff != "" {
			t.Errorf("deadlines: %s", diff)
		}
		want := []call.Kind{call.KindReceived, call.KindWaiting, call.KindOffered, call.KindOffered, call.KindOffered, call.KindOfferSent,
			call.KindOfferSent, call.KindOfferEnded, call.KindAccepted, call.KindOfferEnded, call.KindOfferEnded}
		if diff := cmp.Diff(want, w.kinds("a")); diff != "" {
			t.Error(diff)
		}

		before := w.everything()
		again := must[Accepted](w)(w.Accept(w.ctx(), w.now, amy.ID, "leg-o1", "another-room", w.now))
		if again.Verdict != VerdictWon || again.First || again.Call.Conference != "room-a" {
			t.Errorf("the same key again: %+v", again)
		}
		if diff := cmp.Diff(losers, again.Losers); diff != "" {
			t.Errorf("a lost answer loses legs: %s", diff)
		}
		if got := w.accepts(bob); got.Verdict != VerdictTaken || got.First {
			t.Errorf("the loser's key: %+v", got)
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("keys after the first write: %s", diff)
		}
		w.finishes("a", Finish{})
		if got := w.accepts(amy); got.Verdict != VerdictGone {
			t.Errorf("after the caller left: %s", got.Verdict)
		}
		if _, err := w.Accept(w.ctx(), w.now, "none", "", "", w.now); !errors.Is(err, ErrNoOffer) {
			t.Errorf("unknown offer: %v", err)
		}
	})
}

func TestRule8LateKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		result  call.Result
		before  func(w *world) // after the offer's end, before the key
		verdict Verdict
	}{
		{"lapsed", call.ResultLapsed, nil, VerdictWon},
		{"no answer", call.ResultNoAnswer, nil, VerdictWon},
		{"no key", call.ResultNoKey, nil, VerdictWon},
		{"declined", call.ResultDeclined, nil, VerdictOver},
		{"lost", call.ResultLost, nil, VerdictOver},
		{"busy", call.ResultBusy, nil, VerdictOver},
		{"set aside since", call.ResultNoKey, func(w *world) {
			w.stands("amy", call.PresenceAway, "missed_calls", w.now.Add(time.Hour))
		}, VerdictWon},
		{"on a break since", call.ResultNoKey, func(w *world) {
			w.stands("amy", call.PresenceBreak, "break", time.Time{})
		}, VerdictOver},
		{"another phone rings for the call", call.ResultNoKey, func(w *world) { w.promised("a", "bob") }, VerdictWon},
		{"her phone rings for the call again", call.ResultNoKey, func(w *world) { w.after(time.Minute).promised("a", "amy") }, VerdictWon},
		{"promised to another call", call.ResultNoKey, func(w *world) { w.arrives("b"); w.promised("b", "amy") }, VerdictOver},
		{"someone else has the caller", call.ResultNoKey, func(w *world) { w.accepts(w.promised("a", "bob")) }, VerdictTaken},
		{"the caller left", call.ResultNoKey, func(w *world) { w.finishes("a", Finish{}) }, VerdictGone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				w.arrives("a")
				o := w.promised("a", "amy")
				w.ends(o, tt.result)
				if tt.before != nil {
					tt.before(w)
				}
				got := w.accepts(o)
				if got.Verdict != tt.verdict {
					t.Fatalf("verdict %s, want %s", got.Verdict, tt.verdict)
				}
				if tt.verdict != VerdictWon {
					return
				}
				if p := w.presence("amy"); p.Presence != call.PresenceConnected || got.Call.Responder != "amy" {
					t.Errorf("amy is %+v", p)
				}
				if e := w.lastEvent(call.KindAccepted); e.Reason != "late_key" {
					t.Errorf("%+v", e)
				}
				if ttl, err := w.rdb.PTTL(w.ctx(), w.key("offer:o1")).Result(); err != nil || ttl >= 0 {
					t.Errorf("the offer that has the caller expires in %v, %v", ttl, err)
				}
				if _, there := w.dues()["away:amy"]; there {
					t.Error("she is with a caller, and her time aside still runs")
				}
			})
		})
	}
}
