package router

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// errStoreGone says that the store did not answer within its budget, or has
// lately not answered and is not asked again yet.
var errStoreGone = errors.New("store is out of reach")

// gate stands before every use of the store: a budget for each, and a breaker,
// so that a frozen store costs the first caller its budget and the next
// callers nothing.
type gate struct {
	budget  time.Duration
	metrics *metrics.Recorder
	failed  atomic.Int64 // failures in a row
	since   atomic.Int64 // ms of the first of them
	retryAt atomic.Int64 // ms; closed until then
}

// After breakAfter failures in a row the store is left alone: for a second, then
// for longer, up to retryMost. That bounds how long a store that is back is
// not believed to be.
const (
	breakAfter = 2
	retryEvery = time.Second
	retryMost  = 5 * time.Second
)

func newGate(budget time.Duration, m *metrics.Recorder) *gate {
	return &gate{budget: budget, metrics: m}
}

// through runs f with the store's budget. Errors that the store answered with
// (no such call, stale plan) pass unchanged; all others count against it.
func (g *gate) through(ctx context.Context, now time.Time, f func(context.Context) error) error {
	err := g.look(ctx, now, f)
	if (err == nil || answered(err)) && g.failed.Swap(0) > 0 {
		g.metrics.Degraded(metrics.DegradedStore, false)
	}
	return err
}

// look is through for a question that proves nothing by being answered: a store
// that refuses writes still tells what is due.
func (g *gate) look(ctx context.Context, now time.Time, f func(context.Context) error) error {
	closed := g.retryAt.Load() - now.UnixMilli()
	if g.failed.Load() >= breakAfter && closed > 0 && closed <= retryMost.Milliseconds() {
		return errStoreGone
	}
	asked, cancel := context.WithTimeout(ctx, g.budget)
	defer cancel()
	err := f(asked)
	if err == nil || answered(err) || ctx.Err() != nil { // the asker's own time was up: not the store's fault
		return err
	}
	failed := g.failed.Add(1)
	if failed == 1 {
		g.since.Store(now.UnixMilli())
	}
	g.retryAt.Store(now.Add(min(retryEvery*time.Duration(failed), retryMost)).UnixMilli())
	g.metrics.Degraded(metrics.DegradedStore, true)
	return errors.Join(errStoreGone, err)
}

// answers are the errors with which a store that works says no.
var answers = []error{
	queue.ErrNoCall, queue.ErrNoOffer, queue.ErrStale, queue.ErrTaken, queue.ErrNoFollowUp, queue.ErrNotAnswered, queue.ErrNoClock,
	rota.ErrNoPlan, rota.ErrStale,
}

func answered(err error) bool {
	return slices.ContainsFunc(answers, func(answer error) bool { return errors.Is(err, answer) })
}

// goneFor is how long the store has been failing; 0 when it is not.
func (g *gate) goneFor(now time.Time) time.Duration {
	if g.failed.Load() == 0 {
		return 0
	}
	gone := now.Sub(time.UnixMilli(g.since.Load()))
	if gone < 0 { // a clock was set back: counted anew
		g.since.Store(now.UnixMilli())
		return 0
	}
	return gone
}
