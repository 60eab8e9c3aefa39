package main

import (
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/sim"
)

// Who is asked, in which order, and when.
func TestWhoIsRungAndWhen(t *testing.T) {
	t.Parallel()
	t.Run("one phone, a second after 8 s, neighbours after 20 s, then backup, duty manager, last human", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			began := l.clock.Now()
			l.dials(public)
			for _, rung := range []struct {
				number string
				after  time.Duration
			}{{amal, 0}, {ben, 8 * time.Second}, {cara, 20 * time.Second}, {dev, 45 * time.Second}, {eve, 75 * time.Second}, {switchboard, 105 * time.Second}} {
				l.phone(rung.number).RingsWithin(t, 2*time.Minute)
				if late := l.clock.Now().Sub(began) - rung.after; late < 0 || late > 3*time.Second {
					t.Errorf("…%s rang %s after its time", rung.number[10:], late)
				}
			}
		})
	})
	t.Run("neighbours at once when the own team is all busy", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			for _, who := range []string{"amal", "ben"} {
				l.rests(who)
			}
			l.dials(public)
			l.phone(cara).RingsWithin(t, 2*time.Second)
			l.network.NothingElseRings(t, l.phone(cara))
		})
	})
	t.Run("whoever has been idle longest", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			for _, number := range []string{amal, ben, amal} {
				c := l.dials(public)
				r := l.takes(number)
				c.IsBridgedTo(t, r)
				c.HangsUp()
				r.IsOver(t)
				l.step(3 * time.Minute)
			}
		})
	})
	t.Run("a decline asks the next at once, and never sets anyone aside", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			for range 4 {
				c := l.dials(public)
				l.phone(amal).Rings(t).Answers().Hears(t, "press 2").Presses("2")
				l.phone(ben).RingsWithin(t, 3*time.Second).Answers().Hears(t, "press 2").Presses("2")
				c.HangsUp()
				l.step(2 * time.Minute)
			}
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s after declining, want free", got)
			}
		})
	})
	t.Run("repeated misses set a person aside for a while", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
			for range 2 {
				c := l.dials(public)
				l.step(40 * time.Second)
				c.HangsUp()
				l.step(5 * time.Minute)
			}
			if got := l.presence("amal"); got != call.PresenceAway {
				t.Fatalf("amal is %s after two misses, want away", got)
			}
			l.step(20 * time.Minute)
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s later, want free", got)
			}
		})
	})
	t.Run("never the last one", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{plan: "handover.yaml"}, func(t *testing.T, l *line) {
			l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
			for range 3 {
				c := l.dials(public)
				l.step(40 * time.Second)
				c.HangsUp()
				l.step(5 * time.Minute)
			}
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal, the only one of the team on shift, is %s, want free", got)
			}
		})
	})
	t.Run("wrap-up yields when nobody else is free", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{plan: "handover.yaml", settings: func(c *config.Config) { c.Routing.WrapUp = 10 * time.Minute }}, func(t *testing.T, l *line) {
			for _, p := range []string{cara, dev, eve, switchboard} {
				l.phone(p).Has(sim.Habit{Kind: sim.Busy})
			}
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			began := l.clock.Now()
			c.HangsUp()
			r.IsOver(t)
			next := l.phone(otherCaller).Dials(t, public)
			again := l.takes(amal)
			next.IsBridgedTo(t, again)
			if waited := l.clock.Now().Sub(began); waited < 20*time.Second {
				t.Errorf("rung %s into the wrap-up: twenty seconds of it are theirs", waited)
			}
		})
	})
}

// What a waiting caller may do, and hears.
func TestWhileWaiting(t *testing.T) {
	t.Parallel()
	t.Run("9: the front, every phone, and the place kept", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Hears(t, "We're ringing someone for you").Presses("9")
			c.Hears(t, "moved you to the front").Hears(t, "999")
			l.phone(cara).RingsWithin(t, 2*time.Second)
			r := l.takes(ben)
			r.Hears(t, "someone is in danger")
			c.IsBridgedTo(t, r)
		})
	})
	t.Run("4: what else is open, and the place kept", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Hears(t, "We're ringing someone for you").Presses("4")
			c.Hears(t, "You keep your place").Hears(t, "85258")
			r := l.takes(ben)
			c.IsBridgedTo(t, r)
		})
	})
	t.Run("9 in the greeting", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Hears(t, "press 2").Presses("9")
			l.phone(cara).RingsWithin(t, 2*time.Second)
			c.IsUp(t)
		})
	})
	t.Run("nobody is left in silence", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			c.Waits(10 * time.Minute)
			var last time.Time
			for _, m := range c.Transcript() {
				if m.Kind != sim.MomentHeard {
					continue
				}
				if quiet := m.At.Sub(last); !last.IsZero() && quiet > 2500*time.Millisecond {
					t.Errorf("%s of silence before %q", quiet, m.Text)
				}
				last = m.At.Add(m.Lasts)
			}
		})
	})
	t.Run("professionals have no menu", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(professionals)
			c.Hears(t, "professionals' line")
			r := l.takes(amal)
			r.Hears(t, "A health professional")
			c.IsBridgedTo(t, r)
			c.NeverHeard(t, "press 2")
		})
	})
}

// Twilio starts one leg a second unless it has agreed to more.
func TestCallsPerSecondArePacedFirstLegsFirst(t *testing.T) {
	t.Parallel()
	onRedis(t, setup{
		network:  func(o *sim.Options) { o.CPS = 1 },
		settings: func(c *config.Config) { c.Twilio.CallsPerSecond = 1 },
	}, func(t *testing.T, l *line) {
		for _, number := range []string{"+447700900521", "+447700900522", "+447700900523", "+447700900524"} {
			l.phone(number).Dials(t, public)
		}
		l.step(30 * time.Second)
		firsts := map[call.ID]time.Time{}
		var sent []time.Time
		for _, e := range l.ledger() {
			if e.Kind != call.KindOfferSent {
				continue
			}
			if e.QueueMs > 500 {
				t.Errorf("the carrier had a leg wait %d ms: we did not pace", e.QueueMs)
			}
			sent = append(sent, e.At)
			if _, ok := firsts[e.Call]; !ok {
				firsts[e.Call] = e.At
			}
		}
		for i := 1; i < len(sent); i++ {
			if gap := sent[i].Sub(sent[i-1]); gap < 990*time.Millisecond {
				t.Errorf("legs %d and %d are %s apart, want a second", i, i+1, gap)
			}
		}
		if len(firsts) != 4 {
			t.Fatalf("%d of 4 callers had a phone ring for them", len(firsts))
		}
		for id, at := range firsts {
			if late := at.Sub(monday); late > 5*time.Second {
				t.Errorf("the first leg of %s was sent after %s: others' second legs went ahead", id, late)
			}
		}
	})
}

// The carrier's requests go wrong in every way there is, one way at a time, on
// the first request of each kind; the caller is connected all the same.
func TestCarrierRequestsGoWrong(t *testing.T) {
	t.Parallel()
	faults := []sim.RESTFault{
		sim.RESTThrottled, sim.RESTError, sim.RESTBusy, sim.RESTBadGateway, sim.RESTLost, sim.RESTCut, sim.RESTRedirect, sim.RESTEmpty,
	}
	for _, what := range []string{"POST Calls.json", "POST Queues/*/Members/*.json", "POST Calls/*.json"} {
		for _, fault := range faults {
			t.Run(strings.ReplaceAll(what, "/", " ")+" "+string(fault), func(t *testing.T) {
				t.Parallel()
				l := newLine(t, setup{})
				l.network.Faults().REST(what, fault, 1)
				c := l.dials(public)
				c.Hears(t, "We're ringing someone for you")
				r := l.takes(ben)
				c.IsBridgedTo(t, r)
				ringing := l.network.Ringing(amal) + l.network.Ringing(ben)
				l.step(10 * time.Second)
				if ringing > 1 {
					t.Errorf("%d phones ring on", ringing)
				}
				c.HangsUp()
				l.step(time.Minute)
				l.network.NothingElseRings(t)
			})
		}
	}
}

// Where Twilio's pages do not say what happens, every reading must do.
func TestEitherReadingOfWhatIsNotEstablished(t *testing.T) {
	t.Parallel()
	for name, readings := range map[string]sim.Readings{
		"the action's document runs, then the redirect": {EnqueueActionTwiMLExecuted: true},
		"the action's document instead of the redirect": {EnqueueActionTwiMLReplaces: true},
		"the first to accept wins a <Dial>":             {FirstToAcceptWins: true},
		"no five seconds more on a ring":                {NoRingBuffer: true},
		"queued legs have no start time":                {StartTimeSkipsQueued: true},
		"a lost wait document is an error of the call":  {WaitURLFailureIsFatal: true},
		"a lost wait document falls through":            {WaitURLFailureFallsThrough: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLine(t, setup{warned: true, network: func(o *sim.Options) { o.Readings = readings }})
			c := l.dials(public)
			c.Hears(t, "We're ringing someone for you")
			r := l.takes(ben)
			c.IsBridgedTo(t, r)
			r.HangsUp()
			c.Hears(t, "We lost the connection")
			again := l.takes(ben)
			c.IsBridgedTo(t, again)
			c.HangsUp()
			l.step(time.Minute)
			if got := l.outcome(c); got != call.OutcomeAnswered {
				t.Errorf("outcome %s, want answered", got)
			}
		})
	}
}

// While the auth token changes at Twilio, webhooks signed with either are taken.
func TestTwoTokensWhileRotating(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, settings: func(c *config.Config) { c.Twilio.AuthTokenNext = config.NewSecret(worldToken) }, asItIs: true})
	l.cfg.Twilio.AuthToken = config.NewSecret("the one before")
	c := l.dials(public)
	c.Hears(t, "this is the crisis line")
}

// A neighbour helps with so many calls at once and no more, by whichever way its
// people come to be asked.
func TestMutualAidIsHeldToItsTerms(t *testing.T) {
	t.Parallel()
	const finn = "+447700900106"
	onRedis(t, setup{plan: "aid.yaml"}, func(t *testing.T, l *line) {
		for _, who := range []string{"amal", "ben"} {
			l.rests(who)
		}
		first := l.dials(public)
		helped := l.takes(cara)
		first.IsBridgedTo(t, helped)
		second := l.phone(otherCaller).Dials(t, public)
		l.phone(dev).RingsWithin(t, 2*time.Second) // backup at once: the neighbour has given what it promised
		l.step(15 * time.Second)
		l.phone(finn).IsSilent(t)
		l.rests("finn")
		l.isBack("finn") // and becomes free anew
		l.step(time.Second)
		l.phone(finn).IsSilent(t)
		first.HangsUp()
		l.step(30 * time.Second)
		r := l.takes(finn) // now there is room for another
		second.IsBridgedTo(t, r)
		second.HangsUp()
		l.step(time.Second)
	})
}
