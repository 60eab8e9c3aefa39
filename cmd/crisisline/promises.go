package main

import (
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// followUps are the shipped promises after a call with the service's own
// numbers; its error says what is wrong with those.
func followUps(cfg *config.Config) (metrics.Promises, error) {
	own := make([]metrics.OwnPromise, len(cfg.FollowUps))
	for i, f := range cfg.FollowUps {
		own[i] = metrics.OwnPromise(f)
	}
	return metrics.FollowUps().With(own)
}

// agreed is followUps of a configuration that was checked.
func agreed(cfg *config.Config) metrics.Promises {
	all, err := followUps(cfg)
	if err != nil { // a test's own configuration
		return metrics.FollowUps()
	}
	return all
}

// ownStandards are the shipped standards with the service's own; its error says
// what is wrong with those.
func ownStandards(cfg *config.Config) ([]metrics.Standard, error) {
	own := make([]metrics.OwnStandard, len(cfg.Standards))
	for i, s := range cfg.Standards {
		own[i] = metrics.OwnStandard{
			Name: s.Name, Start: clockStarts[s.Clock], Stop: metrics.Moment(s.Stop), Measure: metrics.Measure(s.Measure),
			Threshold: s.Threshold, Target: s.Target, NoTarget: s.NoTarget, Population: metrics.Population(s.Population),
			Callers: asWords[call.Caller](s.Callers), Lines: s.Lines, Exclude: asWords[call.Outcome](s.Exclude), Source: s.Source,
		}
	}
	return metrics.StandardsWith(own)
}

var clockStarts = map[config.Clock]metrics.Moment{config.ClockCaller: metrics.MomentReceived, config.ClockReturn: metrics.MomentGreetingEnd}

// asWords is words as names of a closed set, which whoever takes them checks.
func asWords[T ~string](words []string) (names []T) {
	for _, w := range words {
		names = append(names, T(w))
	}
	return names
}

// standards is ownStandards of a configuration that was checked.
func standards(cfg *config.Config) []metrics.Standard {
	all, err := ownStandards(cfg)
	if err != nil { // a test's own configuration
		return metrics.Standards()
	}
	return all
}

// openQueue is the store's calls and promises, as the configuration has them.
func openQueue(cfg *config.Config, rdb redis.UniversalClient, sealer *call.Sealer) (*queue.Store, error) {
	promises := agreed(cfg)
	limit := func(name string) (p metrics.FollowUp) { p, _ = promises.Named(name); return p }
	return queue.New(rdb, queue.Options{
		Service: cfg.Service.ID, PlanVersionKey: rota.VersionKey(cfg.Service.ID), Sealer: sealer,
		RedialWindow: cfg.Routing.RedialWindow, LedgerFor: cfg.Privacy.LedgerFor,
		NumberFor: cfg.Privacy.NumberFor, OverdueNumberFor: cfg.Privacy.OverdueNumberFor,
		Promises: queue.PromiseLimits{
			Debrief:         limit(queue.CategoryDebrief).Limit,
			CallbackAttempt: limit(queue.CategoryCallbackAttempt).Limit, CallbackClosed: limit(queue.CategoryCallbackClosed).Limit,
		},
	})
}
