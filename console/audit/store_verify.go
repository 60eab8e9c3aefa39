package audit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Verify reads the whole chain from its beginning, and gives each entry to fn
// (which may be nil). ErrBroken names the first entry that does not hold.
func (l *Log) Verify(ctx context.Context, fn func(Entry) error) (count int64, err error) {
	count, _, err = l.verify(ctx, 0, nil, fn)
	return count, err
}

// verify reads on from an entry that is known to hold. It says how far it came,
// whatever stopped it.
func (l *Log) verify(ctx context.Context, from int64, before []byte, fn func(Entry) error) (last int64, mac []byte, err error) {
	keys, err := l.ready(ctx)
	if err != nil {
		return from, before, fmt.Errorf("verify audit: %w", err)
	}
	for {
		got, err := l.rdb.XRangeN(ctx, l.key, "("+id(from), "+", page).Result()
		if err != nil {
			return from, before, fmt.Errorf("verify audit: %w", err)
		}
		for _, m := range got {
			number, box, mac, err := parts(m)
			if err != nil || number != from+1 {
				return from, before, fmt.Errorf("%w: entry %d is missing", ErrBroken, from+1)
			}
			if !keys.Verify(bound(number, box, before), mac) {
				return from, before, fmt.Errorf("%w: entry %d was changed, or one before it", ErrBroken, number)
			}
			e, err := keys.open(number, box, mac)
			if err != nil {
				return from, before, fmt.Errorf("%w: %w", ErrBroken, err)
			}
			if fn != nil {
				if err := fn(e); err != nil {
					return from, before, err
				}
			}
			before, from = mac, number
		}
		if len(got) < page {
			return from, before, l.endIsThere(ctx, from)
		}
	}
}

const (
	// holdsEvery is how often a page makes us look whether the log holds.
	holdsEvery = 3 * time.Minute
	// anewEvery is how often what held is looked at again.
	anewEvery = 24 * time.Hour
	// holdsBudget is how long one look may take. What it came to is kept.
	holdsBudget = 2 * time.Second
)

// Standing is how far a log was found to hold.
type Standing struct {
	Count int64     // entries that hold
	At    time.Time // when that was found; zero: not yet
	Whole bool      // no entry was left to look at
	Err   error     // why it does not hold

	mac   []byte
	began time.Time // of this reading from the beginning
}

// Holds looks whether the log holds, at most every few minutes and never for
// long: it goes on where it was, and begins anew once a day. It is for pages;
// Verify is for whoever must know.
func (l *Log) Holds(ctx context.Context, now time.Time) Standing {
	l.mu.Lock()
	s := l.held
	l.mu.Unlock()
	if s.Whole && now.Sub(s.At) < holdsEvery {
		return s
	}
	if s.Err != nil || now.Sub(s.began) >= anewEvery {
		s = Standing{began: now}
	}
	ctx, cancel := context.WithTimeout(ctx, holdsBudget)
	defer cancel()
	last, mac, err := l.verify(ctx, s.Count, s.mac, nil)
	s.Count, s.mac, s.Whole, s.Err = last, mac, err == nil, nil
	switch {
	case errors.Is(err, ErrBroken), errors.Is(err, ErrKey):
		s.At, s.Whole, s.Err = now, true, err
	case err == nil:
		s.At = now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = s
	return s
}
