package main

import (
	"testing"
	"time"

	"example.org/crisisline/config"
)

// Nobody is cut off after the carrier's usual four hours on an account that allows
// more: neither in a room nor, with the store gone, in a plain <Dial>.
func TestATalkOfFiveHours(t *testing.T) {
	t.Parallel()
	day := func(c *config.Config) { c.Twilio.LongestCall = 24 * time.Hour }
	t.Run("in a room", func(t *testing.T) {
		t.Parallel()
		l := newLine(t, setup{memory: true, settings: day})
		l.idle = 10 * time.Minute
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		l.step(5 * time.Hour)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		r.Hears(t, "That call has ended")
	})
	t.Run("on the snapshot", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, func(s *setup) {
			s.asItIs = true
			settings := s.settings
			s.settings = func(c *config.Config) { settings(c); day(c) }
		})
		l.idle = 10 * time.Minute
		frozen := l.frozenServer()
		c := l.dials(public)
		r := l.phone(ben).RingsWithin(t, time.Minute).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
		frozen.thaw()
		l.step(5 * time.Hour)
		c.IsBridgedTo(t, r)
	})
}
