package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// Lag is how long the oldest entry that a group of readers has not finished has
// been in the ledger; 0 when they have finished every one. A group that does not
// exist yet has read nothing.
func (s *Store) Lag(ctx context.Context, now time.Time, group string) (time.Duration, error) {
	oldest := "-"
	pending, err := s.rdb.XPending(ctx, s.key(keyLedger), group).Result()
	switch {
	case err != nil && !redis.HasErrorPrefix(err, "NOGROUP"):
		return 0, fmt.Errorf("read ledger lag: %w", err)
	case err == nil && pending.Count > 0:
		oldest = pending.Lower
	case err == nil:
		groups, err := s.rdb.XInfoGroups(ctx, s.key(keyLedger)).Result()
		if err != nil {
			return 0, fmt.Errorf("read ledger lag: %w", err)
		}
		for _, g := range groups {
			if g.Name == group {
				oldest = "(" + g.LastDeliveredID
			}
		}
	}
	entries, err := s.rdb.XRangeN(ctx, s.key(keyLedger), oldest, "+", 1).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("read ledger lag: %w", err)
	}
	if len(entries) == 0 {
		return 0, nil
	}
	e, err := call.ParseEvent(entries[0].ID, entries[0].Values)
	if err != nil {
		return 0, err
	}
	return max(0, now.Sub(e.At)), nil
}
