package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// workedFor is how far back the ledger is read: the reference period of the
// working time rules, and the week in which it began.
const workedFor = (rota.ReferenceWeeks + 1) * 7 * 24 * time.Hour

// known reads what the rules ask for and a plan does not say.
type known func() (rota.Facts, error)

// withPlan opens the store for as long as use takes, with the plan in force
// read, if there is one.
func (sh *shell) withPlan(ctx context.Context, use func(*rota.Book, known) error) (err error) {
	cfg, err := sh.config(config.Tool)
	if err != nil {
		return err
	}
	for _, limit := range []*time.Duration{&cfg.Redis.DialTimeout, &cfg.Redis.ReadTimeout, &cfg.Redis.WriteTimeout} {
		*limit = max(*limit, toolPatience) // a person waits longer than a caller may
	}
	log := sh.logger(config.Log{Format: "text", Level: "error"})
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if !st.Lasts() {
		return errors.New("there is no redis-server on the PATH, so the store would be in memory and end with this command: install redis-server 7.0 or later, or set redis.url")
	}
	sealer, err := openSealer(cfg, log)
	if err != nil {
		return err
	}
	b := openBook(cfg, st, sealer, log, sh.now, nil)
	if err := b.Load(ctx); err != nil && !errors.Is(err, rota.ErrNoPlan) {
		return err
	}
	q, err := openQueue(cfg, st.UniversalClient, sealer)
	if err != nil {
		return err
	}
	return use(b, func() (rota.Facts, error) { return factsOf(ctx, q, b, cfg, sh.now()) })
}

// factsOf reads from the ledger when people were at work on calls, which
// calls were hard, and whose telephones were answered.
func factsOf(ctx context.Context, q *queue.Store, b *rota.Book, cfg *config.Config, now time.Time) (rota.Facts, error) {
	var l ledgerFacts
	err := q.Range(ctx, now.Add(-workedFor), now.Add(time.Millisecond), func(e call.Event) error {
		l.add(e)
		return nil
	})
	if err != nil {
		return rota.Facts{}, fmt.Errorf("read time worked: %w", err)
	}
	if err := l.numbers.Catch(ctx, b); err != nil {
		return rota.Facts{}, err
	}
	return l.facts(now, cfg), nil
}

// rotaAndFacts is the plan of a file, or the one in force, and what the ledger
// knows. A file can be looked at without a store: the ledger is then read only
// where the configuration names one, and a store that does not answer is told,
// not fatal.
func (sh *shell) rotaAndFacts(ctx context.Context, args []string, horizon time.Duration) (r *rota.Rota, facts rota.Facts, err error) {
	if len(args) == 0 {
		err = sh.withPlan(ctx, func(b *rota.Book, read known) (err error) {
			if r = b.Current(); r == nil {
				return fmt.Errorf("%w: name a FILE, or apply one", rota.ErrNoPlan)
			}
			facts, err = read()
			return err
		})
		return r, facts, err
	}
	if r, err = sh.rota(ctx, args, horizon); err != nil {
		return nil, facts, err
	}
	if cfg, err := sh.config(config.Tool); err != nil || cfg.Redis.URL == config.Embedded {
		return r, facts, nil //nolint:nilerr // no configuration is needed to look at a file
	}
	err = sh.withPlan(ctx, func(_ *rota.Book, read known) (err error) {
		facts, err = read()
		return err
	})
	if err != nil {
		fmt.Fprintf(sh.stderr, "time worked on calls is not counted: %v\n", err)
	}
	return r, facts, nil
}
