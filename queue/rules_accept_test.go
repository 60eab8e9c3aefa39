package queue

import (
	"testing"
	"time"

	"example.org/crisisline/call"
)

func TestRule8DuringIntake(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.Menu = true
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		o := w.promised("a", "amy")
		w.after(4 * time.Second)
		if got := w.accepts(o); got.Verdict != VerdictWon || !got.Call.GreetEndAt.Equal(w.now) {
			t.Errorf("%+v", got)
		}
		w.after(2 * time.Second).join(o)
		e := w.lastEvent(call.KindConnected)
		if e.WaitMs != 6000 || e.IntakeMs != 0 || e.QueueMs != 0 || e.RingMs != 6000 || e.ReturnMs != 2000 {
			t.Errorf("waits of a call answered during the greeting: %+v", e)
		}
	})
}
