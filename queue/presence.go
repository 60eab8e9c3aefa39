package queue

import (
	"context"
	"fmt"
	"time"

	"example.org/crisisline/call"
)

// Stood is what came of setting what somebody is doing.
type Stood struct {
	Changed bool          // it was something else before
	Free    bool          // they are free now, also when they were before
	Now     call.Presence // what they are doing now
}

// WrapUpEnd ends a responder's wrap-up and with it their call. by is who ended
// it at a screen, "" when nobody did.
func (s *Store) WrapUpEnd(ctx context.Context, now time.Time, responder, reason string, by call.By) (Stood, error) {
	r, err := s.run(ctx, "wrap_up_end", s.keys, []any{ms(now), responder, reason, string(by)})
	return stood(r), err
}

// Ready ends the wrap-up of the responder who has an offer's leg, because they
// pressed the key for it. Their leg is still there: they are not rung before it
// has ended. ErrNoOffer when the store does not hold the offer.
func (s *Store) Ready(ctx context.Context, now time.Time, id call.OfferID) (responder string, st Stood, err error) {
	r, err := s.run(ctx, "ready", s.keys, []any{ms(now), string(id)})
	if err != nil {
		return "", Stood{}, err
	}
	return r.str(0), Stood{Free: r.flag(1), Changed: r.flag(2)}, nil
}

// LegDown says that the leg of an offer has ended, of which the carrier said
// nothing by itself. free: its responder may be wanted.
func (s *Store) LegDown(ctx context.Context, id call.OfferID) (responder string, free bool, err error) {
	r, err := s.run(ctx, "leg_down", s.keys, []any{string(id)})
	if err != nil {
		return "", false, err
	}
	return r.str(0), r.flag(1), nil
}

// Standing asks for a responder to be put on a break, set away, or brought back.
type Standing struct {
	Responder string
	To        call.Presence // break, away or free
	// Why is written to the ledger and kept with the pause. PauseTimed brings
	// back only somebody whose pause has come to its end: another may have begun
	// since the deadline was taken.
	Why   call.Pause
	Until time.Time // when a sweep brings up the pause's end; zero: never
	By    call.By
}

// SetPresence does what a Standing asks for. A break ends a wrap-up. A responder
// who is promised to a call or has one cannot go: ErrTaken, with Stood.Now saying
// which. The same pause for the same reason again changes nothing, its end
// included.
func (s *Store) SetPresence(ctx context.Context, now time.Time, p Standing) (Stood, error) {
	switch p.To {
	case call.PresenceFree, call.PresenceBreak, call.PresenceAway:
	default:
		return Stood{}, fmt.Errorf("set presence: %q is not set but follows from a call", p.To)
	}
	r, err := s.run(ctx, "presence", s.keys, []any{ms(now), p.Responder, string(p.To), string(p.Why), ms(p.Until), string(p.By)})
	return stood(r), err
}

func stood(r reply) Stood {
	return Stood{Free: r.flag(0), Changed: r.flag(1), Now: call.Presence(r.str(2))}
}
