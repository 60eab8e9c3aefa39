package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/rota"
)

// ledgerFacts gathers from the ledger what the rules ask for and a plan does not
// say.
type ledgerFacts struct {
	worked  rota.WorkedLog
	hard    rota.HardLog
	reach   rota.ReachLog
	numbers rota.NumberLog
	begun   time.Time
	last    [2]uint64 // id of the newest entry in it: when it was written, in ms, and a count
}

// add takes entries in the order of the stream; one that is in it is passed over.
func (l *ledgerFacts) add(e call.Event) {
	id := entryOrder(e.ID)
	if id[0] < l.last[0] || id[0] == l.last[0] && id[1] <= l.last[1] {
		return
	}
	l.last = id
	l.worked.Add(e)
	l.hard.Add(e)
	l.reach.Add(e)
}

func (l *ledgerFacts) facts(now time.Time, cfg *config.Config) rota.Facts {
	return rota.Facts{
		Worked: l.worked.Worked(now), HardCalls: l.hard.HardCalls(), Reached: l.reach.Reached(l.numbers.Since),
		RecordsKept: cfg.Privacy.LedgerFor,
	}
}

// learned is the facts of a running service: the ledger of the last months is
// read at the start and once a day, where no page waits for it, and from there on
// only what is new. A reading that fails is tried again at the next question;
// meanwhile what was known is said.
type learned struct {
	mu     sync.Mutex
	known  *ledgerFacts // nil: nothing read yet
	asked  time.Time    // when it was brought up to date, or last could not be
	answer rota.Facts
}

const (
	learnedAnew  = 24 * time.Hour  // what is older than the rules look back is forgotten then
	learnedFresh = 2 * time.Second // a page asks several times
	// What a page waits for when the store does not answer: a moment for what is
	// new, a while for months at once. Then what was known is said for as long as
	// learnedFresh, so that a frozen store is one wait and not one for every page.
	learnedPatience = time.Second
	learnedWhole    = 10 * time.Second
	// Where nobody waits, a country's months have the time they take.
	learnedInPeace = 5 * time.Minute
	learnedSooner  = time.Hour // before a page would have to
)

// keepLearned reads months at once before a page asks for them.
func (s *service) keepLearned(ctx context.Context) {
	s.keepTrying(ctx, "learn from the ledger", func(ctx context.Context) error {
		for {
			if err := s.learnAnew(ctx); err != nil {
				return err
			}
			if !pause(ctx, learnedAnew-learnedSooner) {
				return nil
			}
		}
	})
}

// learnAnew puts what the whole ledger says in the place of what was known.
func (s *service) learnAnew(ctx context.Context) error {
	known := &ledgerFacts{begun: s.now()}
	if err := known.read(ctx, s, known.begun, learnedInPeace); err != nil {
		return err
	}
	s.learned.mu.Lock()
	defer s.learned.mu.Unlock()
	s.learned.known, s.learned.asked = known, time.Time{}
	return nil
}

// facts is what is known of the people in the plan, for the checks and the pages.
func (s *service) facts(ctx context.Context) rota.Facts {
	l, now := &s.learned, s.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.asked.IsZero() && now.Sub(l.asked).Abs() < learnedFresh {
		return l.answer
	}
	if err := l.learn(ctx, s, now); err != nil {
		s.log.Warn("work and reach not read from the ledger: the checks go by what was known", "err", err)
		now = s.now() // since it was given up
	}
	l.asked, l.answer = now, rota.Facts{RecordsKept: s.cfg.Privacy.LedgerFor}
	if l.known != nil {
		l.answer = l.known.facts(now, s.cfg)
	}
	return l.answer
}

func (l *learned) learn(ctx context.Context, s *service, now time.Time) error {
	known, patience := l.known, learnedPatience
	if known == nil || now.Sub(known.begun).Abs() > learnedAnew {
		known, patience = &ledgerFacts{begun: now}, learnedWhole
	}
	if err := known.read(ctx, s, now, patience); err != nil {
		return err
	}
	l.known = known
	return nil
}

// read adds what the ledger has after what is known, months when that is nothing.
func (l *ledgerFacts) read(ctx context.Context, s *service, now time.Time, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	from := now.Add(-workedFor)
	if l.last[0] > 0 {
		from = call.FromMillis(int64(l.last[0])) //nolint:gosec // milliseconds since 1970
	}
	err := s.queue.Stream(ctx, from, now.Add(time.Hour), nil, func(e call.Event) error { // another instance's clock may be ahead
		l.add(e)
		return nil
	})
	if err == nil {
		err = l.numbers.Catch(ctx, s.book)
	}
	if err != nil {
		return fmt.Errorf("read work and reach: %w", err)
	}
	return nil
}

// entryOrder is an entry's id as numbers that order as the stream does.
func entryOrder(id string) (n [2]uint64) {
	ms, seq, _ := strings.Cut(id, "-")
	n[0], _ = strconv.ParseUint(ms, 10, 64)
	n[1], _ = strconv.ParseUint(seq, 10, 64)
	return n
}
