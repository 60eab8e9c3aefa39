package main

import (
	"context"
	"sync"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// days folds the ledger into the figures of the local day, for the board. It
// follows the ledger from the day's start, and begins anew at midnight.
type days struct {
	zone    *time.Location
	mu      sync.Mutex
	day     time.Time
	figures *metrics.Figures
	helping *helping
}

func newDays(zone *time.Location) *days {
	return &days{zone: zone, figures: &metrics.Figures{}, helping: newHelping()}
}

// start is the local midnight before now.
func (d *days) start(now time.Time) time.Time {
	y, m, day := now.In(d.zone).Date()
	return time.Date(y, m, day, 0, 0, 0, 0, d.zone)
}

func (d *days) add(e call.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if day := d.start(e.At); day.After(d.day) {
		d.day, d.figures, d.helping = day, &metrics.Figures{}, newHelping()
	}
	d.figures.Add(e)
	d.helping.add(e)
}

// replace puts what another has read in the place of all there was. Whoever reads
// a day again from its start reads it apart first: a board whose store is gone
// goes on saying what the day had come to, and not that nobody has rung.
func (d *days) replace(read *days) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.day, d.figures, d.helping = read.day, read.figures, read.helping
}

// today is the figures so far, by the caller's clock.
func (d *days) today() metrics.Items {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.figures.Items(metrics.ClockCaller)
}

// liveFigures reads how things stand, once a scrape.
func (s *service) liveFigures() metrics.LiveFigures {
	plan := s.book.Current()
	if plan == nil {
		return metrics.LiveFigures{Err: rota.ErrNoPlan}
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeBudget)
	defer cancel()
	now := s.now()
	present, err := s.queue.Snapshot(ctx, now, scrapeMost)
	if err != nil {
		return metrics.LiveFigures{Err: err}
	}
	f := standing(present, plan, now)
	if f.Callbacks, f.Err = s.callbacks(ctx, now); f.Err == nil {
		f.FollowUps, f.Err = s.owed(ctx)
	}
	return f
}

// callbacks counts the callbacks that are owed by where they are.
func (s *service) callbacks(ctx context.Context, now time.Time) (map[string]int, error) {
	owed, err := s.queue.CallbacksByState(ctx, now)
	counts := map[string]int{}
	for state, n := range owed {
		counts[string(state)] = n
	}
	return counts, err
}

const (
	scrapeBudget = 2 * time.Second
	scrapeMost   = 5000
)

// standing is how things stand by team. It is pure.
func standing(p queue.Snapshot, plan *rota.Rota, now time.Time) metrics.LiveFigures {
	f := metrics.LiveFigures{Teams: map[string]metrics.TeamLive{}, Responders: map[metrics.Post]int{}}
	doing := map[string]call.Presence{}
	for _, who := range p.Presences {
		doing[who.Responder] = who.Presence
	}
	for _, team := range plan.Plan().Teams {
		live := metrics.TeamLive{NextGap: metrics.NoGap}
		if gap, ok := plan.NextGap(team.ID, now); ok {
			live.NextGap = max(0, gap.Sub(now))
		}
		f.Teams[team.ID] = live
		for _, tier := range call.Tiers {
			for _, duty := range plan.OnShift(team.ID, tier, now) {
				state, known := doing[duty.Responder]
				if !known {
					state = call.PresenceFree
				}
				f.Responders[metrics.Post{Team: team.ID, Tier: tier, State: state}]++
			}
		}
	}
	for _, c := range p.Calls {
		if !c.State.Unanswered() {
			continue
		}
		live := f.Teams[c.Team]
		live.Waiting++
		if c.Ringing == 0 && c.State != call.StateIntake {
			live.Unrung++
		}
		live.LongestWait = max(live.LongestWait, now.Sub(c.ReceivedAt))
		f.Teams[c.Team] = live
	}
	return f
}
