package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// ledger reads days of calls: rolled up where they are, from the stream where
// they are not.
type ledger struct {
	cfg  *config.Config
	rdb  redis.UniversalClient
	q    *queue.Store
	plan *rota.Rota // in force; nil when there is none
	// history is the versions of the plan that are kept, newest first; nil where
	// nobody asks for them.
	history func(context.Context) ([]rota.Entry, error)
	zone    *time.Location
	now     time.Time
	bare    bool // see bareDays
}

func newLedger(cfg *config.Config, rdb redis.UniversalClient, q *queue.Store, plan *rota.Rota, now time.Time) *ledger {
	l := &ledger{cfg: cfg, rdb: rdb, q: q, plan: plan, zone: time.UTC, now: now}
	if plan != nil {
		l.zone = plan.Zone()
	}
	return l
}

// settled is how long after its end a day is left open: the ledger may be told
// up to a week later of calls that were answered while the store was gone.
const settled = 8 * 24 * time.Hour

// aDay is one day as it was read.
type aDay struct {
	*metrics.Day
	closed bool // no later entry can change it
}

// someDays are the days of a span that are known.
type someDays struct {
	list    []aDay
	live    int64    // calls of the span still in progress
	missing []string // dates the ledger no longer reaches, and nobody rolled up
	before  int      // days before the ledger's first entry
}

// plain is the days alone.
func (s someDays) plain() []*metrics.Day {
	days := make([]*metrics.Day, len(s.list))
	for i, d := range s.list {
		days[i] = d.Day
	}
	return days
}

// total is the days merged. One that was rolled up by other definitions, or in
// another zone, is an error.
func (s someDays) total(from string, zone *time.Location) (*metrics.Day, error) {
	sum := metrics.NewDay(from, zone.String())
	sum.Days = 0
	for _, d := range s.list {
		if err := sum.Merge(d.Day); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

func (l *ledger) midnight(t time.Time) time.Time {
	y, m, d := t.In(l.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, l.zone)
}

// days reads the days from the one of from to the one before to. Days that are
// over for good are kept rolled up, and never made again.
func (l *ledger) days(ctx context.Context, from, to time.Time) (someDays, error) {
	var out someDays
	var dates []time.Time
	for d := l.midnight(from); d.Before(to) && d.Before(l.now); d = l.after(d) {
		dates = append(dates, d)
	}
	stored, err := l.stored(ctx, dates)
	if err != nil {
		return out, err
	}
	var unread []time.Time
	for i, d := range stored {
		if d == nil {
			unread = append(unread, dates[i])
		} else {
			out.list = append(out.list, aDay{d, true})
		}
	}
	read, err := l.readAll(ctx, unread, func(d aDay) { out.list = append(out.list, d) })
	if err != nil {
		return out, err
	}
	out.live, out.missing, out.before = read.live, read.missing, read.before
	slices.SortFunc(out.list, func(a, b aDay) int { return strings.Compare(a.From, b.From) })
	return out, nil
}

// bareDays are days for questions about counts and sums alone: those that are kept
// come without their histograms, which are nine tenths of a day.
func (l *ledger) bareDays(ctx context.Context, from, to time.Time) (someDays, error) {
	b := *l
	b.bare = true
	return b.days(ctx, from, to)
}

// rollUp makes sure that every day that is over for good is kept, as far back as
// the ledger reaches, and says how many were not. Days that are kept are not
// even read.
func (l *ledger) rollUp(ctx context.Context) (made int, err error) {
	kept, err := l.rdb.HKeys(ctx, l.rollUps()).Result()
	if err != nil {
		return 0, fmt.Errorf("read roll-ups: %w", err)
	}
	have := make(map[string]bool, len(kept))
	form, err := l.rdb.HGet(ctx, l.rollUps(), formField).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("read roll-ups: %w", err)
	}
	if form == metrics.DayForm { // else all are made anew while the ledger has them
		for _, name := range kept {
			have[name] = true
		}
	}
	var dates []time.Time
	first := l.midnight(l.now.Add(-l.cfg.Privacy.LedgerFor).Add(36 * time.Hour))
	for d := first; !l.after(d).Add(settled).After(l.now); d = l.after(d) {
		if !have[d.Format(time.DateOnly)] {
			dates = append(dates, d)
		}
	}
	_, err = l.readAll(ctx, dates, func(d aDay) {
		if d.closed {
			made++
		}
	})
	if err == nil && form != metrics.DayForm {
		err = l.rdb.HSet(ctx, l.rollUps(), formField, metrics.DayForm).Err()
	}
	return made, err
}

// formField is which form the roll-ups were last all brought to.
const formField = "form"

// rollUpAndTrim keeps what is over and forgets what is old. Without a plan
// nobody knows where a day begins, and nothing is done.
func (s *service) rollUpAndTrim(ctx context.Context) error {
	plan := s.book.Current()
	if plan == nil {
		return nil
	}
	if _, err := newLedger(s.cfg, s.store, s.queue, plan, s.now()).rollUp(ctx); err != nil {
		return err
	}
	return s.queue.Trim(ctx, s.now())
}

// month reads one month. A month all of whose days are closed is kept, too.
func (l *ledger) month(ctx context.Context, m metrics.Month) (*metrics.Day, someDays, error) {
	from, to := m.Bounds(l.zone)
	if kept, err := l.stored(ctx, []time.Time{from}, m.String()); err != nil || kept[0] != nil {
		return kept[0], someDays{}, err
	}
	days, err := l.days(ctx, from, to)
	if err != nil {
		return nil, days, err
	}
	if len(days.list) == 0 {
		return nil, days, nil
	}
	sum, err := days.total(from.Format(time.DateOnly), l.zone)
	if err != nil {
		return nil, days, err
	}
	whole := days.live == 0 && len(days.missing) == 0 && days.before == 0 && !to.Add(settled).After(l.now)
	if whole && sum.Of(metrics.SliceAll).Received > 0 {
		err = l.keep(ctx, []string{m.String()}, map[string]*metrics.Day{m.String(): sum})
	}
	return sum, days, err
}

// rollUps is the hash of what was rolled up: a field for each date, and for each
// whole month.
func (l *ledger) rollUps() string { return "cl:{" + l.cfg.Service.ID + "}:rollup" }

// stored reads roll-ups by their dates, or by the names given; nil for one that
// is not there. One by other definitions or in another zone is made again; a day
// that the ledger no longer reaches is taken as it is, where it may be.
func (l *ledger) stored(ctx context.Context, dates []time.Time, names ...string) ([]*metrics.Day, error) {
	single := names == nil
	if single {
		for _, d := range dates {
			names = append(names, d.Format(time.DateOnly))
		}
	}
	days := make([]*metrics.Day, len(names))
	if len(names) == 0 {
		return days, nil
	}
	values, err := l.rdb.HMGet(ctx, l.rollUps(), names...).Result()
	if err != nil {
		return nil, fmt.Errorf("read roll-ups: %w", err)
	}
	for i, v := range values {
		text, ok := v.(string)
		if !ok {
			continue
		}
		d, err := unpackDay([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("read roll-up %s: %w", names[i], err)
		}
		switch {
		case d.Zone != l.zone.String():
		case d.Form == metrics.DayForm:
			days[i] = d
		case single && i < len(dates) && dates[i].Before(l.reaches()):
			days[i] = d.Upgraded()
		}
		if l.bare && days[i] != nil {
			days[i].Bare()
		}
	}
	return days, nil
}

// keep stores roll-ups by their names, all at once.
func (l *ledger) keep(ctx context.Context, names []string, days map[string]*metrics.Day) error {
	if len(names) == 0 {
		return nil
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fields := make([]any, 0, 2*len(names))
	for _, name := range names {
		b.Reset()
		z.Reset(&b)
		if err := errors.Join(json.NewEncoder(z).Encode(days[name]), z.Close()); err != nil {
			return fmt.Errorf("keep roll-up %s: %w", name, err)
		}
		fields = append(fields, name, b.String())
	}
	if err := l.rdb.HSet(ctx, l.rollUps(), fields...).Err(); err != nil {
		return fmt.Errorf("keep %d roll-ups from %s: %w", len(names), names[0], err)
	}
	return nil
}

// mostRollUp bounds what one stored roll-up may unpack to.
const mostRollUp = 64 << 20

func unpackDay(packed []byte) (*metrics.Day, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var d metrics.Day
	if err := json.NewDecoder(io.LimitReader(z, mostRollUp)).Decode(&d); err != nil {
		return nil, err
	}
	return &d, nil
}
