package queue

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func TestRingPersonWhateverTheLadder(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		first := w.promised("a", "amy")
		w.after(3 * time.Second)
		a := w.askedFor("a", "zoe") // in no group and no pool of the call
		a.Pace = time.Second
		got, did := w.rings(a)
		if did != (Did{Done: true, Why: WhyRung}) {
			t.Fatalf("%+v", did)
		}
		want := &Offer{ID: a.OfferID, Call: "a", Responder: "zoe", Team: "wight", Tier: call.TierBackup, SendAt: w.now, From: "+448081570000"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		wantEvent := call.Event{At: w.now, Kind: call.KindOffered, Call: "a", Offer: a.OfferID, Line: "public", Team: "wight",
			Caller: call.CallerUnknown, Responder: "zoe", Tier: call.TierBackup, Offers: 2, Reason: "asked", By: "lena"}
		if diff := cmp.Diff(wantEvent, w.lastEvent(call.KindOffered)); diff != "" {
			t.Error(diff)
		}
		if r := w.record("a"); r.Ringing != 2 || r.Rung != 0 {
			t.Errorf("%d phones ring, rung %d", r.Ringing, r.Rung)
		}
		if lost := w.accepts(*got).Losers; len(lost) != 1 || lost[0].Offer != first.ID {
			t.Errorf("the phone that rang before is stopped: %+v", lost)
		}
	})
}

// A person asked for by name is rung although they have just been tried, and the
// account's pace holds them back but does not refuse them.
func TestRingPersonAgainAndPaced(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.ends(w.promised("a", "amy"), call.ResultNoAnswer)
		if got := w.claims(w.claimFor("a", 1, "amy")); len(got.Offers) != 0 {
			t.Fatalf("tried lately, and asked again: %+v", got)
		}
		a, b := w.askedFor("a", "amy"), w.askedFor("a", "bob")
		a.Pace, b.Pace = time.Second, time.Second
		if o, _ := w.rings(a); o == nil || !o.SendAt.Equal(w.now) {
			t.Errorf("amy: %+v", o)
		}
		if o, _ := w.rings(b); o == nil || !o.SendAt.Equal(w.now.Add(time.Second)) {
			t.Errorf("bob: %+v", o)
		}
	})
}

func TestRingPersonRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before func(w *world)
		want   Why
	}{
		{"rings for this caller", func(w *world) { w.promised("a", "zoe") }, WhyAlready},
		{"rings for another", func(w *world) { w.arrives("b"); w.promised("b", "zoe") }, WhyRinging},
		{"has a caller", func(w *world) { w.arrives("b"); w.connected("b", "zoe") }, WhyOnCall},
		{"in wrap-up", func(w *world) { w.arrives("b"); w.connected("b", "zoe"); w.finishes("b", Finish{WrapUp: time.Hour}) }, WhyWrapUp},
		{"on a break", func(w *world) { w.stands("zoe", call.PresenceBreak, call.PauseRest, time.Time{}) }, WhyOnBreak},
		{"set away", func(w *world) { w.stands("zoe", call.PresenceAway, call.PauseUnwell, time.Time{}) }, WhyAway},
		{"set aside", func(w *world) { w.stands("zoe", call.PresenceAway, call.PauseMissed, w.now.Add(time.Hour)) }, WhyAway},
		{"the caller has left", func(w *world) { w.finishes("a", Finish{}) }, WhyOver},
		{"somebody has just pressed 1", func(w *world) { w.accepts(w.promised("a", "amy")) }, WhyAccepted},
		{"talking", func(w *world) { w.connected("a", "amy") }, WhyConnected},
		{"talked", func(w *world) { w.connected("a", "amy"); w.finishes("a", Finish{WrapUp: time.Hour}) }, WhyOver},
		{"a phone has just dropped", func(w *world) {
			o := w.connected("a", "amy")
			must2[Record, bool](w)(w.Drop(w.ctx(), w.now, "a", Dropped{Offer: o.ID, NotBefore: w.now.Add(3 * time.Second), LiveFor: time.Minute}))
		}, WhyHeldBack},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				w.arrives("a")
				tt.before(w)
				before := w.everything()
				o, did := w.rings(w.askedFor("a", "zoe"))
				if o != nil || did != (Did{Why: tt.want}) {
					t.Errorf("%+v %+v, want %s", o, did, tt.want)
				}
				if diff := cmp.Diff(before, w.everything()); diff != "" {
					t.Errorf("a refusal writes: %s", diff)
				}
			})
		})
	}
	t.Run("no such call, another plan", func(t *testing.T) {
		t.Parallel()
		onEvery(t, func(t *testing.T, w *world) {
			if _, _, err := w.RingPerson(w.ctx(), w.now, w.askedFor("none", "zoe")); !errors.Is(err, ErrNoCall) {
				t.Errorf("%v", err)
			}
			w.arrives("a")
			if err := w.rdb.Set(w.ctx(), w.o.PlanVersionKey, 8, 0).Err(); err != nil {
				t.Fatal(err)
			}
			a := w.askedFor("a", "zoe")
			a.Version = 7
			if _, _, err := w.RingPerson(w.ctx(), w.now, a); !errors.Is(err, ErrStale) {
				t.Errorf("%v", err)
			}
			if _, _, err := w.HandOver(w.ctx(), w.now, HandOver{Call: "a", To: "wight", Version: 7}); !errors.Is(err, ErrStale) {
				t.Errorf("%v", err)
			}
		})
	})
}

// The one whose phone dropped is kept for their caller, in wrap-up: a person may
// ask for them as the dispatch would.
func TestRingPersonWhoIsKeptForTheCaller(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.connected("a", "amy")
		must2[Record, bool](w)(w.Drop(w.ctx(), w.now, "a", Dropped{Offer: o.ID, NotBefore: w.now.Add(time.Second), LiveFor: time.Minute, WrapUp: time.Hour}))
		w.after(time.Second)
		if got, did := w.rings(w.askedFor("a", "amy")); got == nil || !did.Done {
			t.Errorf("%+v", did)
		}
	})
}

func TestHandOverKeepsThePlaceAndWhatRings(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.after(30 * time.Second)
		c := w.claimFor("a", 2, "amy")
		c.Rung, c.Reason = 2, "backup"
		o := w.claims(c).Offers[0]
		before := w.record("a")
		w.after(time.Second)
		rec, did := w.handsOver(HandOver{Call: "a", To: "wight", From: "ports", By: "role:duty_manager"})
		if did != (Did{Done: true, Why: WhyHandedOver}) {
			t.Fatalf("%+v", did)
		}
		want := before
		want.Team, want.Rung, want.LastStep = "wight", 0, w.now
		if diff := cmp.Diff(want, rec, cmp.AllowUnexported(call.Number{})); diff != "" {
			t.Errorf("what else changed: %s", diff)
		}
		wantEvent := call.Event{At: w.now, Kind: call.KindHandedOver, Call: "a", Line: "public", Team: "wight", FromTeam: "ports",
			Caller: call.CallerUnknown, By: "role:duty_manager"}
		if diff := cmp.Diff(wantEvent, w.lastEvent(call.KindHandedOver)); diff != "" {
			t.Error(diff)
		}
		if d, there := w.dues()["call:a"]; !there || d != 0 {
			t.Errorf("to be looked at in %v s, want at once", d)
		}
		if got := w.frees(w.freedFor("bob")); got != nil {
			t.Errorf("the old team's pool still gives it away: %+v", got)
		}
		if a := w.accepts(o); a.Verdict != VerdictWon {
			t.Errorf("the phone that rang goes on, and its key is %s", a.Verdict)
		}
	})
}

func TestHandOverRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before func(w *world)
		ask    HandOver
		want   Why
	}{
		{"to the same team", nil, HandOver{To: "ports", From: "ports"}, WhyAlready},
		{"twice", func(w *world) { w.handsOver(HandOver{Call: "a", To: "wight"}) }, HandOver{To: "wight", From: "ports"}, WhyAlready},
		{"somebody gave it to a third", func(w *world) { w.handsOver(HandOver{Call: "a", To: "cy"}) }, HandOver{To: "wight", From: "ports"}, WhyMoved},
		{"accepted", func(w *world) { w.accepts(w.promised("a", "amy")) }, HandOver{To: "wight"}, WhyAccepted},
		{"talking", func(w *world) { w.connected("a", "amy") }, HandOver{To: "wight"}, WhyConnected},
		{"over", func(w *world) { w.finishes("a", Finish{}) }, HandOver{To: "wight"}, WhyOver},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				w.arrives("a")
				if tt.before != nil {
					tt.before(w)
				}
				before := w.everything()
				tt.ask.Call = "a"
				if _, did := w.handsOver(tt.ask); did != (Did{Why: tt.want}) {
					t.Errorf("%+v, want %s", did, tt.want)
				}
				if diff := cmp.Diff(before, w.everything()); diff != "" {
					t.Errorf("a refusal writes: %s", diff)
				}
			})
		})
	}
}

// Handed over while the caller hears the greeting: the menu's end does not give
// the call back. A claim decided for the team before is refused.
func TestHandOverDuringTheGreeting(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.Menu = true
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.handsOver(HandOver{Call: "a", To: "wight"})
		rec, _ := must2[Record, bool](w)(w.Intake(w.ctx(), w.now, "a", IntakeDone{Caller: call.CallerSelf, Team: "ports", LiveFor: time.Minute}))
		if rec.Team != "wight" || rec.Caller != call.CallerSelf {
			t.Errorf("after the menu: %s, %s", rec.Team, rec.Caller)
		}
		c := w.claimFor("a", 1, "amy")
		c.Team = "ports"
		if _, err := w.Claim(w.ctx(), w.now, c); !errors.Is(err, ErrStale) {
			t.Errorf("a claim for the old team: %v", err)
		}
		if c.Team = "wight"; len(w.claims(c).Offers) != 1 {
			t.Error("a claim for the new team asks nobody")
		}
	})
}

// What a person asks for stands in the ledger as theirs; one phone more than
// rings is rung, whatever the number that time alone would give.
func TestClaimThatAPersonAskedFor(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.promised("a", "amy")
		c := w.claimFor("a", 1, "cat")
		c.Rung, c.Reason, c.By, c.More = 1, "neighbour", "lena", OneMoreWider
		got := w.claims(c)
		if !got.Widened || got.Ringing != 2 || !slices.Equal(who(got.Offers), []string{"cat"}) {
			t.Fatalf("%+v", got)
		}
		if e := w.lastEvent(call.KindWidened); e.By != "lena" || e.Reason != "neighbour" {
			t.Errorf("%+v", e)
		}
		if e := w.lastEvent(call.KindOffered); e.By != "lena" || e.Responder != "cat" {
			t.Errorf("%+v", e)
		}
		before := w.everything()
		c.OfferIDs = w.offerIDs(1)
		c.Groups[0].Responders = []string{"dan"}
		if again := w.claims(c); again.Widened || again.Ringing != 2 || len(again.Offers) != 0 {
			t.Errorf("pressed twice: %+v", again)
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("pressed twice writes: %s", diff)
		}
		c.More = OneMore
		once := w.claims(c)
		if len(once.Offers) != 1 || once.Ringing != 3 {
			t.Errorf("one phone more: %+v", once)
		}
		before = w.everything()
		if again := w.claims(c); again.Ringing != 3 || len(again.Offers) != 1 || again.Offers[0].ID != once.Offers[0].ID {
			t.Errorf("its answer was lost: %+v", again)
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("running twice differs: %s", diff)
		}
	})
}

// A break's reason and end are kept with it; the same pause again moves nothing;
// an end that was taken before a new pause began does not end that one.
func TestPauses(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		until := w.now.Add(15 * time.Minute)
		s := Standing{Responder: "amy", To: call.PresenceBreak, Why: call.PauseRecovery, Until: until, By: "amy"}
		if got := must[Stood](w)(w.SetPresence(w.ctx(), w.now, s)); got != (Stood{Changed: true, Now: call.PresenceBreak}) {
			t.Errorf("%+v", got)
		}
		want := PresenceRecord{Responder: "amy", Presence: call.PresenceBreak, Since: w.now, Why: call.PauseRecovery, Until: until}
		if diff := cmp.Diff(want, w.presence("amy")); diff != "" {
			t.Error(diff)
		}
		if e := w.lastEvent(call.KindPresence); e.By != "amy" || e.Reason != string(call.PauseRecovery) {
			t.Errorf("%+v", e)
		}
		w.after(time.Minute)
		before := w.everything()
		s.Until, s.By = w.now.Add(time.Hour), "lena"
		if got := must[Stood](w)(w.SetPresence(w.ctx(), w.now, s)); got != (Stood{Now: call.PresenceBreak}) {
			t.Errorf("the same again: %+v", got)
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("the same again writes: %s", diff)
		}
		timed := Standing{Responder: "amy", To: call.PresenceFree, Why: call.PauseTimed}
		if got := must[Stood](w)(w.SetPresence(w.ctx(), w.now, timed)); got.Changed || w.dues()["away:amy"] != 14*60 {
			t.Errorf("before its time: %+v, deadlines %v", got, w.dues())
		}
		w.stands("amy", call.PresenceBreak, call.PauseRest, time.Time{})
		w.after(time.Hour)
		if got := must[Stood](w)(w.SetPresence(w.ctx(), w.now, timed)); got.Changed {
			t.Errorf("a break without an end is ended by the clock of another: %+v", got)
		}
		w.stands("amy", call.PresenceAway, call.PausePhone, w.now.Add(time.Minute))
		w.after(time.Minute)
		if got := must[Stood](w)(w.SetPresence(w.ctx(), w.now, timed)); got != (Stood{Changed: true, Free: true, Now: call.PresenceFree}) {
			t.Errorf("at its time: %+v", got)
		}
	})
}

// The last resort rings whom the service set aside, and nobody whom a person set away.
func TestSetAwayByAPersonIsNotTheLastResort(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.stands("amy", call.PresenceAway, call.PauseUnwell, time.Time{})
		back := w.now.Add(time.Hour)
		w.stands("bob", call.PresenceAway, call.PauseMissed, back)
		w.arrives("a")
		c := w.claimFor("a", 2, "amy", "bob")
		c.AllowAway = true
		got := w.claims(c)
		if !slices.Equal(who(got.Offers), []string{"bob"}) {
			t.Fatalf("asked: %v", who(got.Offers))
		}
		w.ends(got.Offers[0], call.ResultLapsed) // and goes back to being set aside, for as long as before
		if p := w.presence("bob"); p.Why != call.PauseMissed || !p.Until.Equal(back) {
			t.Errorf("%+v", p)
		}
	})
}

func TestWrapUpEndSaysWhoEndedIt(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.connected("a", "amy")
		if got := must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "ready", "lena")); got != (Stood{Now: call.PresenceConnected}) {
			t.Errorf("with a caller: %+v", got)
		}
		w.finishes("a", Finish{WrapUp: time.Minute})
		if got := must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "ready", "lena")); got != (Stood{Changed: true, Free: true, Now: call.PresenceFree}) {
			t.Errorf("in wrap-up: %+v", got)
		}
		if e := w.lastEvent(call.KindWrapUpEnded); e.By != "lena" {
			t.Errorf("%+v", e)
		}
	})
}
