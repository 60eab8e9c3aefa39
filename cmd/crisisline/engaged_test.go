package main

import (
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/sim"
)

// Whoever still has a telephone of ours at their ear is not rung: it would be
// engaged, count as a miss of theirs, and cost the caller the seconds. That no
// telephone was rung while it was up is checked after every script.

// onlyAmalAnswers is a service where nobody else is to be had.
func onlyAmalAnswers(t *testing.T, change func(*config.Config)) *line {
	t.Helper()
	l := newLine(t, setup{plan: "handover.yaml", settings: change})
	for _, p := range []string{cara, dev, eve, switchboard} {
		l.phone(p).Has(sim.Habit{Kind: sim.Busy})
	}
	return l
}

func TestNobodyIsRungWhoIsStillOnThePhone(t *testing.T) {
	t.Parallel()
	t.Run("saying what came of the call, while another caller waits", func(t *testing.T) {
		t.Parallel()
		l := onlyAmalAnswers(t, nil)
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		r.Hears(t, "That call has ended")
		next := l.phone(otherCaller).Dials(t, public)
		for _, key := range []string{"2", "2", "9", "2", "5"} { // well beyond the twenty seconds that are theirs
			l.step(6 * time.Second)
			r.Presses(key)
		}
		l.step(time.Second)
		r.HangsUp()
		again := l.phone(amal).RingsWithin(t, 10*time.Second).Answers()
		again.Hears(t, "press 1").Presses("1")
		next.IsBridgedTo(t, again)
	})
	t.Run("ready for another: as soon as the phone is down", func(t *testing.T) {
		t.Parallel()
		l := onlyAmalAnswers(t, nil)
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		next := l.phone(otherCaller).Dials(t, public)
		r.Hears(t, "That call has ended").Presses("1").Hears(t, "back on the list")
		r.IsOver(t)
		again := l.phone(amal).RingsWithin(t, time.Second).Answers()
		again.Hears(t, "press 1").Presses("1")
		next.IsBridgedTo(t, again)
	})
	t.Run("the wrap-up's time is over and they are still speaking keys", func(t *testing.T) {
		t.Parallel()
		l := onlyAmalAnswers(t, func(c *config.Config) { c.Routing.WrapUp, c.Routing.WrapUpLeast = 5*time.Second, time.Second })
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		r.Hears(t, "That call has ended")
		next := l.phone(otherCaller).Dials(t, public)
		l.step(2 * time.Second)
		r.Presses("2").Hears(t, "Advice, 2")
		l.step(5 * time.Second)
		r.HangsUp()
		next.IsBridgedTo(t, l.takes(amal))
	})
	t.Run("declining, while another caller waits", func(t *testing.T) {
		t.Parallel()
		l := onlyAmalAnswers(t, nil)
		first := l.dials(public)
		r := l.phone(amal).Rings(t).Answers()
		second := l.phone(otherCaller).Dials(t, public)
		second.Hears(t, "We're ringing someone for you")
		r.Hears(t, "press 1").Presses("2")
		r.IsOver(t)
		second.IsBridgedTo(t, l.takes(amal))
		first.HangsUp()
	})
	t.Run("told that their caller has gone, while another waits", func(t *testing.T) {
		t.Parallel()
		l := onlyAmalAnswers(t, nil)
		first := l.dials(public)
		r := l.phone(amal).Rings(t)
		second := l.phone(otherCaller).Dials(t, public)
		r.Answers().Hears(t, "press 1")
		l.network.Faults().REST("POST Calls/*.json", sim.RESTBusy, 1)
		r.Presses("1")
		eventually(t, "the press taken as yes", func() bool { return l.state(first.SID()) == call.StateAccepted })
		first.HangsUp()
		r.IsOver(t)
		second.IsBridgedTo(t, l.takes(amal))
	})
	t.Run("the end of their leg is never told: the carrier is asked", func(t *testing.T) {
		t.Parallel()
		l := onlyAmalAnswers(t, nil)
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		r.Hears(t, "That call has ended")
		l.network.Faults().Status(sim.StatusFault{Drop: 1})
		r.HangsUp()
		l.step(time.Second)
		next := l.phone(otherCaller).Dials(t, public)
		l.phone(amal).RingsWithin(t, time.Minute)
		next.HangsUp()
	})
}
