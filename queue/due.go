package queue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// Sweep takes up to limit deadlines that have passed, the oldest first. Each is
// this process's alone for the sweep lease; whoever has acted on it either
// moved it on or removed it with the same step, and what a dead process took is
// seen again.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) ([]Due, error) {
	r, err := s.run(ctx, "sweep", s.keys, []any{ms(now), limit, s.o.SweepLease.Milliseconds()})
	if err != nil || len(r) == 0 {
		return nil, err
	}
	due := make([]Due, 0, len(r)/2)
	for i := 0; i+1 < len(r); i += 2 {
		kind, id, _ := strings.Cut(r.str(i), ":")
		due = append(due, Due{Kind: DueKind(kind), ID: id, At: instant(r.str(i + 1))})
	}
	return due, nil
}

// Rewind brings nearer every deadline that is further ahead than its kind can be,
// as when a clock that was fast is set right. wrapUp is the longest wrap-up.
func (s *Store) Rewind(ctx context.Context, now time.Time, wrapUp time.Duration) (moved int, err error) {
	r, err := s.run(ctx, "rewind", s.keys, []any{ms(now), wrapUp.Milliseconds()})
	if err != nil {
		return 0, err
	}
	return int(r.int(0)), nil
}

// NextDue is the earliest deadline; false when there is none.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	first, err := s.rdb.ZRangeWithScores(ctx, s.key(keyDue), 0, 0).Result()
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read deadlines: %w", err)
	}
	if len(first) == 0 {
		return time.Time{}, false, nil
	}
	return call.FromMillis(int64(first[0].Score)), true, nil
}

// Defer moves a deadline, or sets it.
func (s *Store) Defer(ctx context.Context, kind DueKind, id string, at time.Time) error {
	err := s.rdb.ZAdd(ctx, s.key(keyDue), redis.Z{Score: float64(ms(at)), Member: string(kind) + ":" + id}).Err()
	if err != nil {
		return fmt.Errorf("defer deadline: %w", err)
	}
	return nil
}

// Settle removes a deadline.
func (s *Store) Settle(ctx context.Context, kind DueKind, id string) error {
	if err := s.rdb.ZRem(ctx, s.key(keyDue), string(kind)+":"+id).Err(); err != nil {
		return fmt.Errorf("settle deadline: %w", err)
	}
	return nil
}
