package main

import (
	"testing"
	"time"

	"example.org/crisisline/call"
)

// Promise 1: every call ends in exactly one of answered, handed on, callback
// owed, caller left.
func TestPromise1NoDeadEnd(t *testing.T) {
	t.Parallel()
	t.Run("answered", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Hears(t, "this is the crisis line")
			r := l.takes(amal)
			r.Hears(t, "A caller.")
			c.IsBridgedTo(t, r)
			l.network.NothingElseRings(t)
			c.Waits(5 * time.Minute)
			c.HangsUp()
			r.Hears(t, "That call has ended")
			r.IsOver(t)
			if got := l.outcome(c); got != call.OutcomeAnswered {
				t.Errorf("outcome %s, want answered", got)
			}
			if got := l.presence("amal"); got != call.PresenceWrapUp {
				t.Errorf("amal is %s, want wrap_up", got)
			}
			l.step(3 * time.Minute)
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s after wrap-up, want free", got)
			}
		})
	})
	t.Run("caller left while greeted", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Hears(t, "this is the crisis line")
			r := l.phone(amal).Rings(t)
			c.HangsUp()
			r.StopsRinging(t)
			if got := l.outcome(c); got != call.OutcomeAbandoned {
				t.Errorf("outcome %s, want abandoned", got)
			}
			if l.live() != 0 {
				t.Error("a call is still owned by nobody")
			}
		})
	})
	t.Run("caller left while waiting", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Hears(t, "We're ringing someone for you")
			c.Waits(2 * time.Minute)
			c.HangsUp()
			l.step(time.Second)
			l.network.NothingElseRings(t)
			if got := l.outcome(c); got != call.OutcomeAbandoned {
				t.Errorf("outcome %s, want abandoned", got)
			}
		})
	})
	t.Run("nobody answers for an hour", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Waits(time.Hour)
			c.IsUp(t)
			c.HearsWithin(t, 5*time.Minute, "taking longer than it should")
			l.takes(amal)
			c.IsUp(t)
		})
	})
}

// Promise 2: two responders never win one caller; nobody is offered a call
// while they have one, are in wrap-up, on a break or off shift.
func TestPromise2OneCallerOneResponder(t *testing.T) {
	t.Parallel()
	t.Run("two press 1 in the same moment", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			a := l.phone(amal).Rings(t).Answers()
			b := l.phone(ben).Rings(t).Answers() // joined after 8 s
			a.Hears(t, "press 1")
			b.Hears(t, "press 1")
			a.Presses("1")
			b.Presses("1")
			l.step(10 * time.Second)
			winners := 0
			for _, k := range []string{"amal", "ben"} {
				if l.presence(k) == call.PresenceConnected {
					winners++
				}
			}
			if winners != 1 {
				t.Fatalf("%d winners, want 1", winners)
			}
			c.IsUp(t)
		})
	})
	t.Run("the second caller goes to the second responder", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c1 := l.dials(public)
			r1 := l.takes(amal)
			c1.IsBridgedTo(t, r1)
			c2 := l.phone(otherCaller).Dials(t, public)
			r2 := l.takes(ben)
			c2.IsBridgedTo(t, r2)
			l.phone(amal).IsSilent(t)
		})
	})
	t.Run("not while in wrap-up, if somebody else is free", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			c.HangsUp()
			r.IsOver(t)
			l.phone(otherCaller).Dials(t, public)
			l.phone(ben).Rings(t)
			l.phone(amal).IsSilent(t)
		})
	})
	t.Run("not on a break", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			l.rests("amal")
			l.dials(public)
			l.phone(ben).Rings(t)
			l.phone(amal).IsSilent(t)
		})
	})
	t.Run("key 1 twice is one acceptance", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			l.network.Faults().DuplicateWebhooks(1)
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			c.HangsUp()
			l.step(time.Minute)
			if got := l.outcome(c); got != call.OutcomeAnswered {
				t.Errorf("outcome %s, want answered", got)
			}
		})
	})
}

// Promise 3: the caller's own team rings first, then everyone; not knowing who
// or where someone is costs them nothing.
func TestPromise3LocalityDecidesWhoVisitsNotWhoWaits(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{}, func(t *testing.T, l *line) {
		l.phone(caller).Presents("anonymous")
		l.dials(public)
		l.phone(amal).RingsWithin(t, 2*time.Second)
		l.phone(cara).IsSilent(t)
		l.phone(cara).RingsWithin(t, 25*time.Second)
	})
}

// Promise 4: the rota is the routing; an edit is in force at the very next ring.
func TestPromise4TheRotaIsTheRouting(t *testing.T) {
	t.Parallel()
	t.Run("an edit on one instance, the next ring on the other", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{two: true}, func(t *testing.T, l *line) {
			l.edit(0, "people: [amal, ben]", "people: [ben]")
			for range 4 { // whichever instance takes the call
				c := l.dials(public)
				r := l.takes(ben)
				c.IsBridgedTo(t, r)
				l.phone(amal).IsSilent(t)
				c.HangsUp()
				l.step(3 * time.Minute)
			}
		})
	})
	t.Run("whoever comes on shift is rung for those who wait", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{plan: "handover.yaml", at: monday.Add(7*time.Hour + 58*time.Minute)}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Waits(time.Minute)
			l.phone(ben).IsSilent(t)
			l.phone(ben).RingsWithin(t, 65*time.Second)
		})
	})
	t.Run("the retired number still lands with the merged team, and is counted", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(oldSolent)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			for _, e := range l.ledger() {
				if e.Kind == call.KindReceived && (e.Line != "old-solent" || e.Team != "portsmouth") {
					t.Errorf("received on line %q for team %q, want old-solent and portsmouth", e.Line, e.Team)
				}
			}
		})
	})
}

// Promise 5: only a human counts.
func TestPromise5OnlyAHumanCounts(t *testing.T) {
	t.Parallel()
	t.Run("pressed 1, but the caller had gone", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.phone(amal).Rings(t).Answers()
			r.Hears(t, "press 1")
			c.HangsUp()
			r.Presses("1")
			r.IsOver(t)
			if got := l.outcome(c); got != call.OutcomeAbandoned {
				t.Errorf("outcome %s, want abandoned", got)
			}
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s, want free", got)
			}
		})
	})
	t.Run("answered counts from both hearing each other", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			var accepted, connected time.Time
			for _, e := range l.ledger() {
				switch e.Kind {
				case call.KindAccepted:
					accepted = e.At
				case call.KindConnected:
					connected = e.At
					if want := e.IntakeMs + e.QueueMs + e.RingMs; e.WaitMs != want {
						t.Errorf("wait %d ms is not intake + queue + ring, %d ms", e.WaitMs, want)
					}
				}
			}
			if !connected.After(accepted) {
				t.Errorf("connected at %v, accepted at %v: the whisper takes time", connected, accepted)
			}
		})
	})
}

// Promise 7: nothing tells whoever picks up what service is calling, and no
// number is in a log, a metric, a URL or an error.
func TestPromise7CallersAreSafeFromUs(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{}, func(t *testing.T, l *line) {
		c := l.dials(public)
		c.Hears(t, "someone you care for, press 2").Presses("2")
		r := l.phone(amal).Rings(t).Answers()
		r.Hears(t, "press 1")
		for _, word := range []string{"crisis", "NHS", "mental", "caller"} {
			r.NeverHeard(t, word)
		}
		r.Presses("1").Hears(t, "about a person they care for")
		c.IsBridgedTo(t, r)
		l.noNumbersIn("the metrics", l.metricsPage())
		for _, e := range l.ledger() {
			for _, v := range e.Values() {
				l.noNumbersIn("the ledger", v)
			}
		}
	})
}

// Promise 8: received = answered + abandoned + named rest, to the call.
func TestPromise8TheFiguresAddUp(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{}, func(t *testing.T, l *line) {
		c1 := l.dials(public)
		r := l.takes(amal)
		c1.IsBridgedTo(t, r)
		c2 := l.phone(otherCaller).Dials(t, public)
		c2.Waits(20 * time.Second)
		c2.HangsUp()
		l.step(time.Second)
		items := l.figures().Items("caller")
		if items.A01 != 2 || items.A03 != 1 || items.B02 != 1 || items.B03 != 1 || items.Talking != 1 {
			t.Errorf("received %d, answered %d, abandoned %d (%d in 30 s), talking %d; want 2, 1, 1 (1), 1",
				items.A01, items.A03, items.B02, items.B03, items.Talking)
		}
	})
}
