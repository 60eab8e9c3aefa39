package main

import (
	"context"
	"testing"

	"example.org/crisisline/call"
)

// While a day cannot be read again, what it had come to stays.
func TestTheDaySoFarOutlivesAReadingThatFails(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	s := l.instances[0].service
	s.days.add(call.Event{Kind: call.KindReceived, Call: "CA1", At: s.now()})
	gone, cancel := context.WithCancel(l.ctx)
	cancel()
	s.followDay(gone)
	if i := s.days.today(); i.A01 != 1 {
		t.Errorf("%d calls are left of 1", i.A01)
	}
}
