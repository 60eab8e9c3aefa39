package main

import (
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/sim"
)

// The twelve faults that recur across systems doing this job, each as a phone
// script. They were found again and
// again in peers, open and commercial.

// F1: two responders win one caller.
func TestF1TwoRespondersWinOneCaller(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{two: true}, func(t *testing.T, l *line) {
		c := l.dials(public)
		a := l.phone(amal).Rings(t).Answers()
		b := l.phone(ben).Rings(t).Answers()
		a.Hears(t, "press 1")
		b.Hears(t, "press 1")
		a.Presses("1")
		b.Presses("1") // the two webhooks are answered side by side, by two instances
		l.step(15 * time.Second)
		winner, loser := a, b
		if l.presence("ben") == call.PresenceConnected {
			winner, loser = b, a
		}
		c.IsBridgedTo(t, winner)
		loser.IsOver(t)
	})
}

// F2: an offer to someone already busy.
func TestF2OfferToSomeoneBusy(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{}, func(t *testing.T, l *line) {
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		// As many more callers as there are people: amal's phone stays quiet.
		for i, number := range []string{"+447700900511", "+447700900512", "+447700900513"} {
			l.phone(number).Dials(t, public)
			l.step(time.Duration(i) * time.Second)
		}
		l.step(50 * time.Second)
		l.phone(amal).IsSilent(t)
		if clashes := l.network.Clashes(); len(clashes) > 0 {
			t.Errorf("a phone that was up was rung: %v", clashes)
		}
	})
}

// F3: nobody on duty: rings for ever, or silently skips.
func TestF3NobodyOnDuty(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{plan: "nobody.yaml"}, func(t *testing.T, l *line) {
		c := l.dials(public)
		// Empty steps cost nothing: the duty manager, the first there is, rings at once.
		l.phone(eve).RingsWithin(t, 2*time.Second)
		// And the last human after no more than the span between the two.
		r := l.phone(switchboard).RingsWithin(t, 35*time.Second).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
	})
}

// F4: one dead number breaks the group.
func TestF4OneDeadNumberBreaksTheGroup(t *testing.T) {
	t.Parallel()
	for name, habit := range map[string]sim.HabitKind{"invalid": sim.Invalid, "busy": sim.Busy, "dead network": sim.DeadNetwork, "rejects": sim.Rejects} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBothStores(t, setup{}, func(t *testing.T, l *line) {
				l.phone(amal).Has(sim.Habit{Kind: habit})
				c := l.dials(public)
				r := l.takes(ben)
				c.IsBridgedTo(t, r)
			})
		})
	}
	t.Run("the carrier refuses the number", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{plan: "refused.yaml"}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.phone(ben).RingsWithin(t, 2*time.Second).Answers()
			r.Hears(t, "press 1").Presses("1")
			c.IsBridgedTo(t, r)
		})
	})
}

// F5: an answerphone counts as a human.
func TestF5AnswerphoneCountsAsAHuman(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{}, func(t *testing.T, l *line) {
		l.phone(amal).Has(sim.Habit{Kind: sim.Voicemail, After: 3 * time.Second})
		c := l.dials(public)
		r := l.takes(ben)
		c.IsBridgedTo(t, r)
		l.step(time.Minute)
		for _, e := range l.ledger() {
			if e.Kind == call.KindOfferEnded && e.Responder == "amal" && e.Result != call.ResultNoKey && e.Result != call.ResultLost {
				t.Errorf("the answerphone's offer ended as %s, want no_key or lost", e.Result)
			}
			if e.Kind == call.KindConnected && e.Responder != "ben" {
				t.Errorf("connected to %s", e.Responder)
			}
		}
	})
}

// F6: a responder's state leaks: reserved, or in a call, for ever.
func TestF6ResponderStateLeaks(t *testing.T) {
	t.Parallel()
	ends := map[string]func(t *testing.T, l *line){
		"caller leaves while it rings": func(t *testing.T, l *line) {
			c := l.dials(public)
			l.phone(amal).Rings(t)
			c.HangsUp()
		},
		"the leg's end is never reported": func(t *testing.T, l *line) {
			l.network.Faults().Status(sim.StatusFault{Drop: 1})
			l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
			l.dials(public).Waits(3 * time.Minute).HangsUp()
			l.step(5 * time.Minute)
		},
		"the responder hangs up in the whisper": func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			r.HangsUp()
			l.step(2 * time.Second)
			c.HangsUp()
		},
		"the caller leaves in the whisper": func(t *testing.T, l *line) {
			c := l.dials(public)
			l.takes(amal)
			c.HangsUp()
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBothStores(t, setup{settings: func(c *config.Config) { c.Routing.AwayFor = time.Minute }}, func(t *testing.T, l *line) {
				end(t, l)
				l.step(10 * time.Minute)
				for _, who := range []string{"amal", "ben", "cara", "dev", "eve", "last-human-1"} {
					if got := l.presence(who); got != call.PresenceFree {
						t.Errorf("%s is %s for ever", who, got)
					}
				}
				if n := l.live(); n != 0 {
					t.Errorf("%d calls live for ever", n)
				}
			})
		})
	}
}

// F7: the caller has gone and phones ring on, or the reverse.
func TestF7CallerGoneLegsRinging(t *testing.T) {
	t.Parallel()
	t.Run("caller gone", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			a := l.phone(amal).Rings(t)
			b := l.phone(ben).Rings(t)
			c.HangsUp()
			a.StopsRinging(t)
			b.StopsRinging(t)
			l.step(30 * time.Second)
			l.network.NothingElseRings(t)
		})
	})
	t.Run("one accepts, the other phone stops", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			a := l.phone(amal).Rings(t)
			b := l.takes(ben)
			a.StopsRinging(t)
			c.IsBridgedTo(t, b)
			b.HangsUp()
			l.step(2 * time.Second)
			c.HangsUp()
		})
	})
	t.Run("responder drops: the caller goes to the front, the same person first", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			other := l.phone(otherCaller).Dials(t, public)
			l.phone(ben).Rings(t)
			r.HangsUp()
			c.Hears(t, "We lost the connection")
			again := l.phone(amal).Rings(t).Answers()
			again.Hears(t, "press 1").Presses("1").Hears(t, "Your caller again")
			c.IsBridgedTo(t, again)
			other.IsUp(t)
			c.HangsUp()
			l.step(time.Second)
			if got := l.outcome(c); got != call.OutcomeAnswered {
				t.Errorf("outcome %s, want answered", got)
			}
		})
	})
	t.Run("the responder presses star: the caller hears goodbye", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			r.Presses("*").Hears(t, "That call has ended")
			c.Hears(t, "Goodbye for now")
			c.IsOver(t)
			r.Presses("1").Hears(t, "back on the list")
			l.step(15 * time.Second)
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s after saying ready, want free", got)
			}
		})
	})
}

// F8: a live caller outlives the record of their call; a branch that leads
// nowhere.
func TestF8LiveCallerOutlivesTheirCall(t *testing.T) {
	t.Parallel()
	t.Run("the end of the call is never reported", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			l.network.Faults().Status(sim.StatusFault{Drop: 1})
			c := l.dials(public)
			r := l.takes(amal)
			l.step(10 * time.Second) // nobody says that both are in the room either
			c.IsBridgedTo(t, r)
			l.step(30 * time.Second)
			c.HangsUp()
			l.step(15 * time.Minute)
			if n := l.live(); n != 0 {
				t.Errorf("%d calls live for ever", n)
			}
			if got := l.outcome(c); got != call.OutcomeAnswered {
				t.Errorf("outcome %s, want answered", got)
			}
		})
	})
	for name, keys := range map[string]string{"no key": "", "a wrong key": "7", "several keys": "55", "star": "*"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBothStores(t, setup{}, func(t *testing.T, l *line) {
				c := l.dials(public)
				c.Hears(t, "press 2").Presses(keys)
				c.Hears(t, "We're ringing someone for you")
				r := l.takes(amal)
				c.IsBridgedTo(t, r)
			})
		})
	}
	for name, from := range map[string]string{
		"withheld": "anonymous", "withheld as keys": "+266696687", "no number": "", "malformed": "+44", "landline": "+442392000777",
		"text relay": "18001447700900500", "from abroad": "+12025550123", "client": "client:web",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBothStores(t, setup{}, func(t *testing.T, l *line) {
				l.phone(caller).Presents(from)
				c := l.dials(public)
				r := l.takes(amal)
				c.IsBridgedTo(t, r)
			})
		})
	}
	t.Run("the carrier's queue is full", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{settings: func(c *config.Config) { c.Twilio.QueueSize = 1 }}, func(t *testing.T, l *line) {
			for _, p := range []string{amal, ben, cara, dev, eve, switchboard} {
				l.phone(p).Has(sim.Habit{Kind: sim.NoAnswer})
			}
			l.phone(otherCaller).Dials(t, public).Waits(30 * time.Second)
			c := l.dials(public)
			c.Waits(2 * time.Minute)
			c.IsUp(t)
			l.phone(amal).Has(sim.Habit{})
			r := l.phone(amal).RingsWithin(t, 5*time.Minute).Answers()
			r.Hears(t, "press 1").Presses("1")
			c.IsUp(t)
		})
	})
}

// F9: a night shift, or a clock change, is off by an hour or a day.
func TestF9NightShiftAndClockChange(t *testing.T) {
	t.Parallel()
	autumn := time.Date(2026, time.October, 24, 19, 0, 0, 0, time.UTC) // 20:00 BST: the long night begins
	spring := time.Date(2027, time.March, 27, 20, 0, 0, 0, time.UTC)   // 20:00 GMT: the short one
	for name, night := range map[string]struct {
		begins time.Time
		lasts  time.Duration
	}{"autumn, 13 hours": {autumn, 13 * time.Hour}, "spring, 11 hours": {spring, 11 * time.Hour}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, at := range []struct {
				when  time.Time
				rings string
			}{
				{night.begins.Add(-time.Minute), amal}, {night.begins.Add(time.Minute), ben},
				{night.begins.Add(night.lasts - time.Minute), ben}, {night.begins.Add(night.lasts + time.Minute), amal},
			} {
				l := newLine(t, setup{plan: "handover.yaml", at: at.when})
				c := l.dials(public)
				l.phone(at.rings).RingsWithin(t, 2*time.Second)
				c.HangsUp()
			}
		})
	}
}

// F10: a callback is lost, repeated, or jumps the queue. Callbacks are not
// offered yet, so nothing may promise one; a redial keeps its place instead.
func TestF10NoPromiseThatIsNotKept(t *testing.T) {
	t.Parallel()
	t.Run("nothing a caller hears promises to ring back", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Waits(10 * time.Minute)
			c.NeverHeard(t, "ring you back")
			c.NeverHeard(t, "call you back")
		})
	})
	t.Run("a redial keeps the place, and comes before a later caller", func(t *testing.T) {
		t.Parallel()
		onBothStores(t, setup{plan: "handover.yaml"}, func(t *testing.T, l *line) {
			for _, p := range []string{cara, dev, eve, switchboard} {
				l.phone(p).Has(sim.Habit{Kind: sim.Busy})
			}
			first := l.dials(public)
			busy := l.takes(amal)
			first.IsBridgedTo(t, busy)
			second := l.phone(otherCaller).Dials(t, public)
			second.Waits(30 * time.Second)
			third := l.phone("+447700900502").Dials(t, public)
			third.Waits(30 * time.Second)
			second.HangsUp()
			l.step(5 * time.Second)
			again := l.phone(otherCaller).Dials(t, public)
			again.Waits(20 * time.Second)
			first.HangsUp()
			busy.Hears(t, "When you're ready for another, press 1").Presses("1").Hears(t, "back on the list")
			r := l.takes(amal)
			r.Hears(t, "They have rung before")
			again.IsBridgedTo(t, r)
			third.IsUp(t)
		})
	})
}

// F11: abandoned calls are miscounted, or lost while the application is down.
func TestF11AbandonsWhileTheApplicationIsDown(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{warned: true}, func(t *testing.T, l *line) {
		c := l.dials(public)
		c.Hears(t, "We're ringing someone for you")
		l.step(time.Second)
		l.network.Faults().Unreachable(publicURL, true)
		l.step(5 * time.Second)
		c.HangsUp() // nobody hears of it
		l.step(30 * time.Second)
		l.network.Faults().Unreachable(publicURL, false)
		l.step(5 * time.Minute)
		if got := l.outcome(c); got != call.OutcomeAbandoned {
			t.Errorf("outcome %s, want abandoned", got)
		}
		l.network.NothingElseRings(t)
	})
}
