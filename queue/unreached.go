package queue

import (
	"context"
	"time"
)

// ReachWithin is the time within which somebody who rings is to be connected to a
// person, counted from their first try.
const ReachWithin = time.Hour

// needSilence: a caller who has not tried for so long and rings again has a new
// need, whose first try it is.
const needSilence = 24 * time.Hour

// Unreached writes into the ledger which callers nobody reached within ReachWithin
// of their first try, each need once, however many instances ask. It gives how many
// were looked at, at most limit. Only callers whose number is known can be told
// apart; what is kept is a keyed hash of it, for two days after their last try.
func (s *Store) Unreached(ctx context.Context, now time.Time, limit int) (int, error) {
	r, err := s.run(ctx, "unreached", s.keys, []any{ms(now), limit, ReachWithin.Milliseconds()})
	return int(r.int(0)), err
}
