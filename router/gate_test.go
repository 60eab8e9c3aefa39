package router

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// A store that answers no works: asking it in vain, however often, must not keep
// callers from it.
func TestTheGateStaysOpenToAnswers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ask := func(g *gate, err error) error {
		return g.through(t.Context(), now, func(context.Context) error { return err })
	}
	for _, no := range []error{
		queue.ErrNoCall, queue.ErrNoOffer, queue.ErrStale, queue.ErrTaken, queue.ErrNoFollowUp, queue.ErrNotAnswered,
		queue.ErrNoClock, rota.ErrNoPlan, rota.ErrStale,
	} {
		g := newGate(time.Second, metrics.New(prometheus.NewRegistry(), metrics.Shape{}))
		for range 2 * breakAfter {
			if err := ask(g, no); !errors.Is(err, no) || errors.Is(err, errStoreGone) {
				t.Errorf("%v is told as %v", no, err)
			}
		}
		if err := ask(g, nil); err != nil {
			t.Errorf("after %v: %v", no, err)
		}
	}
	g := newGate(time.Second, metrics.New(prometheus.NewRegistry(), metrics.Shape{}))
	for range breakAfter {
		if err := ask(g, errors.New("i/o timeout")); !errors.Is(err, errStoreGone) {
			t.Errorf("a store that does not answer: %v", err)
		}
	}
	if err := ask(g, nil); !errors.Is(err, errStoreGone) {
		t.Errorf("asked again at once: %v", err)
	}
}
