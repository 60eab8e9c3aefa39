package queue

import (
	"context"
	"fmt"
	"time"

	"example.org/crisisline/call"
)

// WrapUpEnd ends a responder's wrap-up and with it their call. freed says that
// they are free now, also when they were before.
func (s *Store) WrapUpEnd(ctx context.Context, now time.Time, responder, reason string) (freed bool, err error) {
	r, err := s.run(ctx, "wrap_up_end", s.keys, []any{ms(now), responder, reason})
	return err == nil && r.flag(0), err
}

// SetPresence puts a responder on a break, sets them aside, or brings them
// back; until, when not zero, is when a sweep brings up their break's end. A
// break ends a wrap-up. A responder who is promised to a call or has one cannot
// go (ErrTaken), and need not come back (freed is false). freed says that they
// are free now, also when they were before.
func (s *Store) SetPresence(ctx context.Context, now time.Time, responder string, p call.Presence, reason string, until time.Time) (freed bool, err error) {
	switch p {
	case call.PresenceFree, call.PresenceBreak, call.PresenceAway:
	default:
		return false, fmt.Errorf("set presence: %q is not set but follows from a call", p)
	}
	r, err := s.run(ctx, "presence", s.keys, []any{ms(now), responder, string(p), reason, ms(until)})
	return err == nil && r.flag(0), err
}
