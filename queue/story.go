package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

const (
	// farMost is how many entries about a call are read from far behind its life.
	farMost = 200
	// afterEnd is how long after the caller's leg is over the last entries of a
	// call's life may come: those of the wrap-up.
	afterEnd = time.Hour
)

// Story is what the ledger has of one call, in its order: its life, and what was
// said of it later, however much later. received is when it came, as far as
// known; without it the ledger is searched back from now, which takes the longer
// the older the call. It is empty when the ledger has none of that id.
func (s *Store) Story(ctx context.Context, now time.Time, id call.ID, received time.Time) ([]call.Event, error) {
	events, err := s.farEntries(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read story: %w", err)
	}
	if !slices.ContainsFunc(events, func(e call.Event) bool { return e.Kind == call.KindReceived }) { // else imported, all of it
		life, err := s.life(ctx, now, id, received)
		if err != nil {
			return nil, fmt.Errorf("read story: %w", err)
		}
		events = append(events, life...)
	}
	slices.SortStableFunc(events, func(a, b call.Event) int { return comparePlaces(a.ID, b.ID) })
	return slices.CompactFunc(events, func(a, b call.Event) bool { return a.ID == b.ID }), nil
}

// farEntries are the entries that the call's own list leads to; what was trimmed
// is gone.
func (s *Store) farEntries(ctx context.Context, id call.ID) ([]call.Event, error) {
	places, err := s.rdb.LRange(ctx, s.key(keyLater+string(id)), -farMost, -1).Result()
	if err != nil || len(places) == 0 {
		return nil, err
	}
	at := make([]*redis.XMessageSliceCmd, len(places))
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, place := range places {
			at[i] = p.XRange(ctx, s.key(keyLedger), place, place)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var events []call.Event
	for _, one := range at {
		for _, m := range one.Val() {
			e, err := call.ParseEvent(m.ID, m.Values)
			if err != nil {
				return nil, err
			}
			events = append(events, e)
		}
	}
	return events, nil
}

// life is what happened from the call's first webhook to the end of its wrap-up.
func (s *Store) life(ctx context.Context, now time.Time, id call.ID, received time.Time) (events []call.Event, err error) {
	if received.IsZero() {
		if received, err = s.knownSince(ctx, id); err != nil {
			return nil, err
		}
	}
	if !received.IsZero() {
		events, err = s.lifeSince(ctx, id, received)
	}
	if len(events) > 0 || err != nil {
		return events, err
	}
	c, err := s.callIn(ctx, id, time.UnixMilli(0), now.Add(time.Second), now.Add(ledgerLate))
	switch {
	case errors.Is(err, ErrNoCall):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return s.lifeSince(ctx, id, c.ReceivedAt)
}

func (s *Store) lifeSince(ctx context.Context, id call.ID, received time.Time) (events []call.Event, err error) {
	from, until := received.Add(-time.Minute), received.Add(longestCall)
	start, stop := strconv.FormatInt(max(0, from.UnixMilli()), 10), strconv.FormatInt(max(0, until.UnixMilli()), 10)
	var ended time.Time
	for {
		page, err := s.readPage(ctx, "XRANGE", start, stop)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			over := !ended.IsZero() && e.At.After(ended.Add(afterEnd))
			if e.Call == id {
				events = append(events, e)
				if e.Kind == call.KindFinished {
					ended = e.At
				}
				over = over || e.Kind == call.KindWrapUpEnded && !ended.IsZero()
			}
			if over {
				return events, nil
			}
		}
		if len(page) < searchPage {
			return events, nil
		}
		start = "(" + page[len(page)-1].ID
	}
}

// comparePlaces orders places in the ledger.
func comparePlaces(a, b string) int {
	x, errX := parseStreamID(a)
	y, errY := parseStreamID(b)
	switch {
	case errX != nil || errY != nil || x == y: // the store's own ids always read
		return 0
	case x.less(y):
		return -1
	}
	return 1
}
