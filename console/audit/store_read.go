package audit

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Newest are the entries below a number, the newest first, at most limit; below
// 0 means from the end.
func (l *Log) Newest(ctx context.Context, below int64, limit int) ([]Entry, error) {
	keys, err := l.ready(ctx)
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	from := "+"
	if below > 0 {
		from = "(" + id(below)
	}
	got, err := l.rdb.XRevRangeN(ctx, l.key, from, "-", int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	all := make([]Entry, 0, len(got))
	for _, m := range got {
		number, box, mac, err := parts(m)
		if err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
		e, err := keys.open(number, box, mac)
		if err != nil {
			return nil, fmt.Errorf("read audit: %w: %w", ErrBroken, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// Wanted says which entries to look for.
type Wanted struct {
	Below      int64 // only older ones than this number; 0: from the newest
	Limit      int   // at most so many
	Who, About string
	What       string    // one kind
	From       time.Time // from this instant on
	Until      time.Time // before this instant

	Whose func(Entry) bool // those for which it is true; nil: all
}

// Fits reports whether an entry is one of those.
func (w Wanted) Fits(e Entry) bool {
	return (w.Who == "" || e.Who == w.Who) && (w.About == "" || e.About == w.About) && (w.What == "" || e.What == w.What) &&
		(w.From.IsZero() || !e.At.Before(w.From)) && (w.Until.IsZero() || e.At.Before(w.Until)) && (w.Whose == nil || w.Whose(e))
}

const (
	// mostLooked bounds how many entries one asking opens.
	mostLooked = 20_000
	// apart is by how much the clocks of two instances, or of whoever notes late
	// what happened before, may make entries stand out of the order of their times.
	apart = time.Hour
)

// Find is what is wanted, the newest first. next is the number to go on below; 0
// when there is nothing older.
func (l *Log) Find(ctx context.Context, w Wanted) (found []Entry, next int64, err error) {
	below := w.Below
	if !w.Until.IsZero() {
		before, err := l.before(ctx, w.Until.Add(apart))
		if err != nil {
			return nil, 0, err
		}
		if below == 0 || before < below {
			below = before
		}
	}
	for looked := 0; looked < mostLooked; looked += page {
		entries, err := l.Newest(ctx, below, page)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range entries {
			if !w.From.IsZero() && e.At.Before(w.From.Add(-apart)) {
				return found, 0, nil
			}
			if below = e.Number; w.Fits(e) {
				found = append(found, e)
			}
			if len(found) == w.Limit {
				return found, below, nil
			}
		}
		if len(entries) < page {
			return found, 0, nil
		}
	}
	return found, below, nil
}

// before is a number that no entry before an instant reaches.
func (l *Log) before(ctx context.Context, at time.Time) (int64, error) {
	last, _, err := l.last(ctx)
	if err != nil {
		return 0, fmt.Errorf("read audit: %w", err)
	}
	low, high := int64(1), last+1 // the first entry at or after the instant is in [low, high]
	for low < high {
		mid := low + (high-low)/2
		entries, err := l.Newest(ctx, mid+1, 1)
		if err != nil {
			return 0, err
		}
		if len(entries) == 0 || entries[0].At.Before(at) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, nil
}

// endIsThere compares the newest entry with the highest number the store ever
// gave. A store that does not keep that (one in memory) cannot tell.
func (l *Log) endIsThere(ctx context.Context, newest int64) error {
	info, err := l.rdb.XInfoStream(ctx, l.key).Result()
	if err != nil || info.LastGeneratedID == "" {
		return nil //nolint:nilerr // no stream yet, or a store that does not keep it
	}
	head, _, _ := strings.Cut(info.LastGeneratedID, "-")
	if given, err := strconv.ParseInt(head, 10, 64); err == nil && given > newest {
		return fmt.Errorf("%w: %d entries at its end are missing", ErrBroken, given-newest)
	}
	return nil
}
