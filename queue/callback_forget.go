package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// A caller's number is kept while a callback is owed. One that nobody ends would
// keep it for ever: after Options.OverdueNumberFor it goes, and the callback stays
// owed, to be decided without it.

// NumberUntil is when the number goes although the callback is not over, keep after
// it should have been; zero when none is kept.
func (c Callback) NumberUntil(keep time.Duration) time.Time {
	if !c.HasNumber || !c.DoneAt.IsZero() || c.CloseDue.IsZero() {
		return time.Time{}
	}
	return c.CloseDue.Add(keep)
}

// forgetPage is how many open callbacks are looked at in one read.
const forgetPage = 200

// ForgetCallbackNumbers deletes the numbers of callbacks that should have been over
// longer than Options.OverdueNumberFor ago, about limit at a time, and says in the ledger
// that it did, once each, however many instances ask. gone is how many.
func (s *Store) ForgetCallbackNumbers(ctx context.Context, now time.Time, limit int) (gone int, err error) {
	before := now.Add(-s.o.OverdueNumberFor)
	for from := int64(0); gone < limit; from += forgetPage {
		// What is due next is never later than the end: none that is due is missed.
		owed, err := s.rdb.ZRangeByScoreWithScores(ctx, s.key(keyCallbacks), &redis.ZRangeBy{
			Min: "-inf", Max: fmt.Sprintf("(%d", ms(before)), Offset: from, Count: forgetPage,
		}).Result()
		if err != nil {
			return gone, fmt.Errorf("forget callback numbers: %w", err)
		}
		ids := make([]string, len(owed))
		for i, z := range owed {
			ids[i], _ = z.Member.(string)
		}
		hashes, err := s.readHashes(ctx, keyCallback, ids)
		if err != nil {
			return gone, fmt.Errorf("forget callback numbers: %w", err)
		}
		for i, hash := range hashes {
			if len(hash) > 0 && hash["nb"] != "1" {
				continue // gone before, and still owed
			}
			n, err := s.forgetNumber(ctx, now, ids[i], before)
			if err != nil {
				return gone, err
			}
			gone += n
		}
		if len(owed) < forgetPage {
			break
		}
	}
	return gone, nil
}

func (s *Store) forgetNumber(ctx context.Context, now time.Time, id string, before time.Time) (int, error) {
	r, err := s.run(ctx, "callback_forget", s.keys, []any{
		ms(now), id, ms(before), s.o.Promises.CallbackClosed.Milliseconds(), s.o.NumberFor.Milliseconds(),
	})
	if err != nil {
		return 0, fmt.Errorf("forget callback number: %w", err)
	}
	return int(r.int(0)), nil
}
