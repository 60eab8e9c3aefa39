package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

const (
	readAtOnce = 3  // streams of the ledger read side by side; the store has callers to serve, too
	readDays   = 31 // least days of one of them, beyond which eight more are read for their late entries
	keepAtOnce = 7  // days kept in one go; a country's takes up to a megabyte each until then
)

// readAll makes days from the stream, a few spans side by side, and hands them
// on one by one, in no order.
func (l *ledger) readAll(ctx context.Context, dates []time.Time, hand func(aDay)) (someDays, error) {
	var out someDays
	begins, some, err := l.q.Begins(ctx)
	if err != nil {
		return out, err
	}
	if !some {
		begins = l.now
	}
	dates = l.known(dates, l.midnight(begins), &out)
	var hands sync.Mutex
	spans := l.spans(dates)
	made := make([]someDays, len(spans))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readAtOnce)
	for i, span := range spans {
		g.Go(func() error {
			r := reading{l: l, dates: span, done: map[string]bool{}, fold: metrics.Days{From: span[0], To: l.after(span[len(span)-1]), Zone: l.zone}}
			r.hand = func(d aDay) {
				hands.Lock()
				defer hands.Unlock()
				hand(d)
			}
			err := r.read(ctx)
			made[i] = r.out
			return err
		})
	}
	err = g.Wait()
	for _, m := range made {
		out.missing = append(out.missing, m.missing...)
		out.live += m.live
	}
	slices.Sort(out.missing)
	return out, err
}

// after is the midnight after one.
func (l *ledger) after(midnight time.Time) time.Time { return l.midnight(midnight.Add(36 * time.Hour)) }

// known is the days that the ledger tells of. Before its first entry nobody
// noted anything: those days are no days without calls. What was there and has
// been trimmed is missing.
func (l *ledger) known(dates []time.Time, first time.Time, out *someDays) []time.Time {
	for len(dates) > 0 && dates[0].Before(first) {
		if out.before++; dates[0].Before(l.reaches()) {
			out.before--
			out.missing = append(out.missing, dates[0].Format(time.DateOnly))
		}
		dates = dates[1:]
	}
	return dates
}

// reaches is how far back the ledger is kept.
func (l *ledger) reaches() time.Time { return l.now.Add(-l.cfg.Privacy.LedgerFor) }

// spans are the days in runs without holes, the long ones cut for side by side.
func (l *ledger) spans(dates []time.Time) (spans [][]time.Time) {
	var runs [][]time.Time
	for i, d := range dates {
		if i == 0 || !l.after(dates[i-1]).Equal(d) {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], d)
	}
	for _, run := range runs {
		n := min(readAtOnce, max(1, len(run)/readDays))
		for span := range slices.Chunk(run, (len(run)+n-1)/n) {
			spans = append(spans, span)
		}
	}
	return spans
}

// reading makes consecutive days from the stream. It hands each on, and keeps
// it, when the stream has left it behind: a year is read in the memory of a
// fortnight.
type reading struct {
	l     *ledger
	dates []time.Time
	fold  metrics.Days
	hand  func(aDay)
	done  map[string]bool // handed on, by date
	keep  []*metrics.Day  // to be kept, in one go
	out   someDays
}

func (r *reading) read(ctx context.Context) error {
	left := r.fold.From
	err := r.l.q.Stream(ctx, r.fold.From, r.fold.To.Add(settled), metrics.DayKinds, func(e call.Event) error {
		r.fold.Add(e)
		if e.At.Sub(left) <= settled+24*time.Hour {
			return nil
		}
		left = r.l.midnight(e.At.Add(-settled))
		return r.take(ctx, left.Format(time.DateOnly))
	})
	if err == nil {
		err = r.take(ctx, "")
	}
	if err != nil {
		return err
	}
	return r.rest(ctx)
}

// take hands on the days before the date given whose calls are all over.
func (r *reading) take(ctx context.Context, before string) error {
	for _, d := range r.fold.Take(before) {
		if err := r.took(ctx, d, true); err != nil {
			return err
		}
	}
	return nil
}

// took hands on a day, unless part of it was trimmed.
func (r *reading) took(ctx context.Context, d *metrics.Day, over bool) error {
	l := r.l
	date, err := time.ParseInLocation(time.DateOnly, d.From, l.zone)
	if err != nil || r.done[d.From] {
		return err
	}
	r.done[d.From] = true
	if date.Before(l.reaches()) {
		r.out.missing = append(r.out.missing, d.From)
		return nil
	}
	closed := over && !l.after(date).Add(settled).After(l.now)
	r.hand(aDay{d, closed})
	if closed {
		r.keep = append(r.keep, d)
	}
	if len(r.keep) >= keepAtOnce {
		return r.flush(ctx)
	}
	return nil
}

func (r *reading) flush(ctx context.Context) error {
	names, days := make([]string, len(r.keep)), map[string]*metrics.Day{}
	for i, d := range r.keep {
		names[i], days[d.From] = d.From, d
	}
	r.keep = r.keep[:0]
	return r.l.keep(ctx, names, days)
}

// rest hands on the days on which nobody rang, or of which calls are live.
func (r *reading) rest(ctx context.Context) error {
	live := r.fold.Live()
	for _, n := range live {
		r.out.live += n
	}
	rest := r.fold.Rest()
	for _, date := range r.dates {
		name := date.Format(time.DateOnly)
		if r.done[name] {
			continue
		}
		d := rest[name]
		if d == nil {
			d = metrics.NewDay(name, r.l.zone.String())
		}
		if err := r.took(ctx, d, live[name] == 0); err != nil {
			return err
		}
	}
	return r.flush(ctx)
}
