package main

import (
	"context"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
	"example.org/crisisline/router"
)

// What a running service finds out about itself, for its metrics: the same
// questions as doctor asks, asked again and again.

const (
	lagEvery   = 15 * time.Second
	setupEvery = 10 * time.Minute
)

// watchLag tells how far the readers of the ledger are behind it. It asks the
// store and not the reader: a reader that has died says nothing.
func (s *service) watchLag(ctx context.Context) {
	for pause(ctx, lagEvery) {
		if lag, err := s.queue.Lag(ctx, s.now(), ledgerGroup); err == nil {
			s.metrics.LedgerLag(lag)
		}
	}
}

// watchSetup tells whether the store would keep what it holds, and whether the
// plan's numbers lead here and, when we are gone, elsewhere.
func (s *service) watchSetup(ctx context.Context) {
	for {
		s.lookAtStore(ctx)
		s.lookAtNumbers(ctx)
		if !pause(ctx, setupEvery) {
			return
		}
	}
}

func (s *service) lookAtStore(ctx context.Context) {
	var e examination
	for _, facts := range storeFacts(ctx, &e, s.store.UniversalClient) {
		examineFacts(&e, facts, s.store.Kind)
	}
	s.metrics.StoreDurable(s.store.Lasts() && !e.failed())
}

func (s *service) lookAtNumbers(ctx context.Context) {
	plan := s.book.Current()
	if plan == nil || s.cfg.Twilio.AccountSID == "" {
		return
	}
	for _, line := range plan.Plan().Lines {
		var e examination
		examineLine(ctx, &e, s.carrier, s.cfg, line)
		s.metrics.NumberConfigured(line.ID, !e.failed())
	}
}

// failed reports whether anything must be mended.
func (e examination) failed() bool {
	for _, r := range e {
		if r.Verdict == verdictFail {
			return true
		}
	}
	return false
}

// ledgerGroup is the consumer group that counts entries for the metrics.
const ledgerGroup = "metrics"

// readLedger counts every entry once, whichever instance reads it.
func (s *service) readLedger(ctx context.Context) {
	s.keepTrying(ctx, "read the ledger", func(ctx context.Context) error {
		return s.queue.Consume(ctx, ledgerGroup, s.instance, func(events []call.Event) error {
			for _, e := range events {
				s.metrics.Apply(e)
			}
			return nil
		})
	})
}

// shapeOf is the closed label sets: what the plan names, the webhook routes, and
// the standards, the configuration's own beside those that are shipped.
func shapeOf(cfg *config.Config, plan *rota.Rota) metrics.Shape {
	shape := metrics.Shape{Routes: router.RoutePaths()}
	shape.Standards = standards(cfg)
	shape.FollowUps = agreed(cfg)
	if plan != nil {
		shape.Lines, shape.Teams = router.Names(plan)
	}
	return shape
}
