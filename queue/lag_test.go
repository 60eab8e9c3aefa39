package queue

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.org/crisisline/call"
)

func TestLagIsTheAgeOfTheOldestEntryNotFinished(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		lag := func() time.Duration {
			t.Helper()
			d, err := w.Lag(w.ctx(), w.now, "readers")
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, arrival("a")))
		w.after(7 * time.Second)
		if got := lag(); got != 7*time.Second {
			t.Errorf("lag %s before anybody read, want 7s", got)
		}
		failed := errors.New("the reader fails")
		ctx, stop := context.WithCancel(w.ctx())
		defer stop()
		err := w.Consume(ctx, "readers", "one", func([]call.Event) error { return failed })
		if !errors.Is(err, failed) {
			t.Fatalf("consume: %v", err)
		}
		if got := lag(); got != 7*time.Second {
			t.Errorf("lag %s while the entry is read and not finished, want 7s", got)
		}
		finished := make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- w.Consume(ctx, "readers", "one", func([]call.Event) error {
				select {
				case <-finished:
				default:
					close(finished)
				}
				return nil
			})
		}()
		<-finished
		stop()
		<-done
		if got := lag(); got != 0 {
			t.Errorf("lag %s when every entry is finished, want 0", got)
		}
	})
}
