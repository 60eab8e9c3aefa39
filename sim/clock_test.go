package sim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/sim"
)

func TestManualClockRunsTimersInOrder(t *testing.T) {
	t.Parallel()
	clock := sim.NewManual(start)
	var ran []string
	note := func(name string) func() {
		return func() { ran = append(ran, name+" "+clock.Now().Sub(start).String()) }
	}
	clock.Between(func() { ran = append(ran, "settle") })
	clock.AfterFunc(2*time.Second, note("second"))
	clock.AfterFunc(time.Second, func() {
		note("first")()
		clock.AfterFunc(500*time.Millisecond, note("follows"))
	})
	stopped := clock.AfterFunc(time.Second, note("stopped"))
	clock.AfterFunc(2*time.Second, note("also second"))
	late := clock.AfterFunc(time.Hour, note("late"))
	if !stopped.Stop() || stopped.Stop() {
		t.Errorf("Stop must report true once")
	}
	if at, ok := clock.Next(); !ok || !at.Equal(start.Add(time.Second)) {
		t.Errorf("Next: %v %v", at, ok)
	}
	clock.AdvanceTo(start.Add(10 * time.Second))
	want := []string{"first 1s", "settle", "follows 1.5s", "settle", "second 2s", "settle", "also second 2s", "settle"}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := clock.Now().Sub(start); got != 10*time.Second {
		t.Errorf("now: %v", got)
	}
	clock.AdvanceTo(start)
	if got := clock.Now().Sub(start); got != 10*time.Second {
		t.Errorf("went back to %v", got)
	}
	late.Stop()
	if _, ok := clock.Next(); ok {
		t.Errorf("a stopped timer is due")
	}
}

func TestRealClock(t *testing.T) {
	t.Parallel()
	clock := sim.NewReal()
	rang := make(chan struct{})
	clock.AfterFunc(time.Millisecond, func() { close(rang) })
	<-rang
	if clock.Manual() || clock.Now().IsZero() {
		t.Errorf("not a real clock")
	}
	if _, ok := clock.Next(); ok {
		t.Errorf("a real clock knows no next")
	}
}
