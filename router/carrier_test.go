package router

import (
	"testing"
	"time"
)

func TestCarrierHealth(t *testing.T) {
	t.Parallel()
	var c carrierHealth
	at := noon
	is := func(after time.Duration, want bool, what string) {
		t.Helper()
		at = at.Add(after)
		if got := c.down(at); got != want {
			t.Errorf("%s after noon, %s: down %v", at.Sub(noon), what, got)
		}
	}
	c.failed(at)
	is(5*time.Second, false, "a moment of failures")
	c.failed(at)
	is(5*time.Second, true, "ten seconds of them")
	is(time.Hour, true, "nothing answers")
	c.answers.Store(true)
	is(0, false, "it answers: a trial")
	c.failed(at)
	is(0, true, "the trial failed")
	c.answers.Store(true)
	is(29*time.Second, true, "and it is not tried again at once")
	is(time.Second, false, "but after half a minute")
	c.failed(at)
	c.answers.Store(true)
	is(59*time.Second, true, "each further trial waits twice as long")
	is(time.Second, false, "each further trial waits twice as long")
	for range 10 {
		c.failed(at)
		c.answers.Store(true)
	}
	is(4*time.Minute-time.Second, true, "up to four minutes")
	is(time.Second, false, "up to four minutes")
	c.worked()
	is(0, false, "a leg was made")
	c.failed(at)
	c.answers.Store(true)
	is(time.Hour, false, "one request failed, and the next question was answered")
	c.failed(at)
	is(time.Second, false, "and another, an hour later: the first was nothing")
	c.refused(at)
	is(0, true, "credentials refused")
	c.worked()
	is(0, false, "mended")
}
