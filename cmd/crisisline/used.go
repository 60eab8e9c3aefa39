package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console"
)

// helping is which teams answered for which on one day, from the ledger.
type helping struct {
	offered  map[call.OfferID]string // responding people's offers that may be answered yet → the team asked
	answered map[console.HelpPair]int
}

func newHelping() *helping {
	return &helping{offered: map[call.OfferID]string{}, answered: map[console.HelpPair]int{}}
}

func (h *helping) add(e call.Event) {
	switch {
	case e.Kind == call.KindOffered && e.Tier == call.TierResponding:
		h.offered[e.Offer] = e.Team
	case e.Kind == call.KindConnected:
		if by := h.offered[e.Offer]; by != "" && e.Team != "" && by != e.Team {
			h.answered[console.HelpPair{Home: e.Team, By: by}]++
		}
		delete(h.offered, e.Offer)
	case e.Kind == call.KindFinished:
		if len(h.offered) > helpingMost {
			clear(h.offered) // offers of calls that are long over
		}
	}
}

// helpingMost bounds the offers that are remembered: a phone may be answered a
// minute after it was given up, and then nobody asks for its team again.
const helpingMost = 10_000

// helped is who helped whom today.
func (d *days) helped() map[console.HelpPair]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.helping.answered)
}

// rungDays is for how long lines are counted.
const rungDays = 28

// How long a count of lines is good for, how long a page waits for a new one, and
// how long counting may take. Days that are over for good come rolled up, so that
// at most the nine youngest are read entry by entry.
const (
	rungFresh    = 5 * time.Minute
	rungPatience = 2 * time.Second
	rungLimit    = time.Minute
)

// rung is how often each line was rung, counted at most every few minutes and by
// one at a time. The zero rung knows nothing yet.
type rung struct {
	mu    sync.Mutex
	made  time.Time
	by    map[string]int64
	since time.Time
	err   error
	busy  chan struct{} // closed when the count under way is made; nil: none is
}

// linesRung is how often each line was rung in the last 28 days. A page that
// cannot wait for the count gets the one before, or console.ErrCounting; the
// count goes on without it, for as long as life.
func (s *service) linesRung(life context.Context) func(context.Context) (map[string]int64, time.Time, error) {
	return func(ctx context.Context) (map[string]int64, time.Time, error) {
		r := &s.rung
		r.mu.Lock()
		if r.busy == nil && s.now().Sub(r.made).Abs() >= rungFresh {
			r.busy = make(chan struct{})
			go s.countRung(life, r.busy)
		}
		busy := r.busy
		r.mu.Unlock()
		if busy != nil {
			ctx, cancel := context.WithTimeout(ctx, rungPatience)
			defer cancel()
			select {
			case <-busy:
			case <-ctx.Done():
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.by == nil && r.err == nil {
			return nil, time.Time{}, console.ErrCounting
		}
		return r.by, r.since, r.err
	}
}

func (s *service) countRung(ctx context.Context, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, rungLimit)
	defer cancel()
	by, since, err := s.reportLedger().rung(ctx)
	s.rung.mu.Lock()
	defer s.rung.mu.Unlock()
	s.rung.made, s.rung.by, s.rung.since, s.rung.err, s.rung.busy = s.now(), by, since, err, nil
	close(done)
}

// rung counts the calls received on each line in the last days, today included,
// and since when: later than asked where the ledger does not reach back.
func (l *ledger) rung(ctx context.Context) (by map[string]int64, since time.Time, err error) {
	since = l.midnight(l.now.AddDate(0, 0, -rungDays))
	days, err := l.days(ctx, since, l.now)
	if err != nil {
		return nil, since, err
	}
	for _, date := range days.missing {
		if day, err := time.ParseInLocation(time.DateOnly, date, l.zone); err == nil && !day.Before(since) {
			since = l.after(day)
		}
	}
	by = map[string]int64{}
	for _, d := range days.list {
		for line, tally := range d.Values("line") {
			if tally.Received > 0 { // a promise made before lines were noted with it has one too, never rung
				by[line] += tally.Received
			}
		}
	}
	return by, since, nil
}
