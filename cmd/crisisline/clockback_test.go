package main

import (
	"sync/atomic"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/sim"
)

// setBack is a clock of the service's that can be set back, beside the network's,
// which goes on.
func setBack(by *atomic.Int64) func(*sim.Clock) func() time.Time {
	return func(c *sim.Clock) func() time.Time {
		return func() time.Time { return c.Now().Add(-time.Duration(by.Load())) }
	}
}

// A machine's clock was an hour fast and is set right while a caller waits, or before
// the next one comes: everybody is rung as if it never had been.
func TestTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	t.Run("while a phone rings: the others are asked in their turn", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := newLine(t, setup{memory: true, asItIs: true, clock: setBack(&back)})
		for _, p := range []string{amal, ben} {
			l.phone(p).Has(sim.Habit{Kind: sim.NoAnswer})
		}
		c := l.dials(public)
		l.phone(amal).Rings(t)
		l.step(3 * time.Second)
		back.Store(int64(time.Hour))
		r := l.phone(cara).RingsWithin(t, 45*time.Second).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
	})
	t.Run("when everyone was tried a moment ago: they are tried again", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := newLine(t, setup{memory: true, asItIs: true, clock: setBack(&back)})
		for _, p := range []string{ben, cara, dev, eve, switchboard} {
			l.phone(p).Has(sim.Habit{Kind: sim.Busy})
		}
		l.phone(amal).Has(sim.Habit{Kind: sim.Rejects})
		c := l.dials(public)
		c.Hears(t, "We're ringing someone for you")
		l.phone(amal).Has(sim.Habit{})
		back.Store(int64(time.Hour))
		r := l.phone(amal).RingsWithin(t, 75*time.Second).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
	})
	t.Run("the next caller is rung for at once", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := newLine(t, setup{memory: true, asItIs: true, clock: setBack(&back)})
		c := l.dials(public)
		c.IsBridgedTo(t, l.takes(amal))
		c.HangsUp()
		l.step(time.Second)
		back.Store(int64(time.Hour))
		next := l.phone(otherCaller).Dials(t, public)
		next.IsBridgedTo(t, l.takes(ben))
	})
	t.Run("after a drop: they are put through again", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := newLine(t, setup{memory: true, asItIs: true, clock: setBack(&back)})
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		r.HangsUp()
		l.step(time.Second)
		back.Store(int64(time.Hour))
		c.IsBridgedTo(t, l.takes(amal))
	})
	t.Run("wrap-up ends", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := newLine(t, setup{memory: true, asItIs: true, clock: setBack(&back)})
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		r.IsOver(t)
		back.Store(int64(time.Hour))
		l.step(5 * time.Minute)
		if got := l.presence("amal"); got != call.PresenceFree {
			t.Errorf("amal is %s five minutes after the call", got)
		}
	})
	t.Run("the plan is followed", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := newLine(t, setup{memory: true, asItIs: true, two: true, clock: setBack(&back)})
		l.step(5 * time.Second)
		back.Store(int64(time.Hour))
		l.edit(0, "id: ben, name: Ben", "id: ben, name: Benjamin")
		l.step(15 * time.Second)
		if got, want := l.instances[1].book.Current().Version(), l.instances[0].book.Current().Version(); got != want {
			t.Errorf("the other instance has version %d, want %d", got, want)
		}
	})
	t.Run("a store that was gone for a moment is asked again", func(t *testing.T) {
		t.Parallel()
		var back atomic.Int64
		l := degradable(t, func(s *setup) { s.asItIs, s.clock = true, setBack(&back) })
		frozen := l.frozenServer()
		first := l.dials(public)
		first.Hears(t, "ringing someone for you now")
		frozen.thaw()
		back.Store(int64(time.Hour))
		l.step(10 * time.Second)
		second := l.phone(otherCaller).Dials(t, public)
		second.Hears(t, "this is the crisis line")
	})
}
