package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Claim promises up to c.Want responders to a call, and puts the call into its
// pools while it wants more than could be had. It returns ErrStale, having
// written nothing, when the plan or the call's team has changed since c was decided
// on, and ErrNoCall.
func (s *Store) Claim(ctx context.Context, now time.Time, c Claim) (Claimed, error) {
	people := 0
	for _, g := range c.Groups {
		people += 5 + len(g.Responders)
	}
	wrapLeast := int64(-1)
	if c.AllowWrapUp {
		wrapLeast = c.WrapUpLeast.Milliseconds()
	}
	args := make([]any, 0, 20+len(c.OfferIDs)+people)
	args = append(args, ms(now), string(c.Call), c.Version, c.Rung, c.Reason, c.Want,
		(c.RingFor + c.Grace).Milliseconds(), c.Pace.Milliseconds(), c.SendLease.Milliseconds(),
		c.ReofferAfter.Milliseconds(), wrapLeast, bit(c.AllowAway), ms(c.Next),
		strings.Join(c.Pools, listSep), string(c.By), int(c.More), c.Team, len(c.OfferIDs))
	for _, id := range c.OfferIDs {
		args = append(args, string(id))
	}
	for _, g := range c.Groups {
		args = append(args, g.Team, string(g.Tier), g.LimitKey, g.LimitMost, len(g.Responders))
		for _, r := range g.Responders {
			args = append(args, r)
		}
	}
	r, err := s.run(ctx, "claim", s.claim, args)
	if err != nil {
		return Claimed{}, err
	}
	claimed := Claimed{State: call.State(r.str(0)), Ringing: int(r.int(1)), Waiting: r.flag(2), PacedTo: call.FromMillis(r.int(3)), Widened: r.flag(4)}
	for i := 5; i < len(r); i++ {
		o, err := readPromise(r.str(i))
		if err != nil {
			return Claimed{}, err
		}
		claimed.Offers = append(claimed.Offers, o)
	}
	return claimed, nil
}

// Free promises a responder who has become free to the call that is furthest
// forward among those their duties serve. It gives nil when the responder is
// not free, or nobody waits for them; and ErrStale as Claim does.
func (s *Store) Free(ctx context.Context, now time.Time, f Freed) (*Offer, error) {
	args := make([]any, 0, 8+3*len(f.Duties))
	args = append(args, ms(now), f.Responder, f.Version, string(f.OfferID), (f.RingFor + f.Grace).Milliseconds(),
		f.Pace.Milliseconds(), f.SendLease.Milliseconds(), f.ReofferAfter.Milliseconds())
	for _, d := range f.Duties {
		args = append(args, d.Pool, d.Team, string(d.Tier))
	}
	r, err := s.run(ctx, "free", s.claim, args)
	if err != nil || len(r) == 0 {
		return nil, err
	}
	o, err := readPromise(r.str(0))
	if err != nil {
		return nil, err
	}
	return &o, nil
}

// readPromise reads id, call, responder, team, tier, moment to send, line's number.
func readPromise(packed string) (Offer, error) {
	part := strings.Split(packed, fieldSep)
	if len(part) != 7 {
		return Offer{}, fmt.Errorf("read offer: %d fields", len(part))
	}
	return Offer{ID: call.OfferID(part[0]), Call: call.ID(part[1]), Responder: part[2], Team: part[3],
		Tier: call.Tier(part[4]), SendAt: instant(part[5]), From: part[6]}, nil
}

// OfferSent says that the carrier made the offer's leg, and how long it means
// to keep it in its own queue. When the answer's State is over, the leg is no
// longer wanted and the caller must end it.
func (s *Store) OfferSent(ctx context.Context, now time.Time, id call.OfferID, sid string, queueTime time.Duration) (OfferRecord, error) {
	return s.offerStep(ctx, "offer_sent", []any{ms(now), string(id), sid, queueTime.Milliseconds()})
}

// OfferHeld puts off the moment at which the offer's leg must be made: the
// carrier is throttling, or has not said whether it made it. It does nothing to
// an offer that has gone further. With stretch the offer's own deadline moves as
// well: the phone has not had its time. Without, an offer whose leg never comes
// about lapses when it should.
func (s *Store) OfferHeld(ctx context.Context, id call.OfferID, until time.Time, stretch bool) error {
	_, err := s.run(ctx, "offer_held", s.keys, []any{string(id), ms(until), bit(stretch)})
	return err
}

// OfferEvent says what the carrier reports of a leg: call.KindRinging or
// call.KindPickedUp. Reports come twice and out of order; a step back is ignored.
func (s *Store) OfferEvent(ctx context.Context, now time.Time, id call.OfferID, kind call.Kind, sid string) (OfferRecord, error) {
	if kind != call.KindRinging && kind != call.KindPickedUp {
		return OfferRecord{}, fmt.Errorf("write offer event: %q is not one", kind)
	}
	return s.offerStep(ctx, "offer_event", []any{ms(now), string(id), string(kind), sid})
}

func (s *Store) offerStep(ctx context.Context, name string, args []any) (OfferRecord, error) {
	r, err := s.run(ctx, name, s.keys, args)
	if err != nil {
		return OfferRecord{}, err
	}
	return readOffer(r.str(0))
}

// OfferEnd ends an offer without an accept: the responder is free again (or
// set aside), and the call may ring another phone. The end of an offer that was
// accepted changes nothing: its leg's end is a matter for Drop or Finish.
func (s *Store) OfferEnd(ctx context.Context, now time.Time, id call.OfferID, result call.Result, a Aside) (OfferEnded, error) {
	if result == call.ResultAccepted || !slices.Contains(call.Results, result) {
		return OfferEnded{}, fmt.Errorf("end offer: %q is not an end without an accept", result)
	}
	args := make([]any, 0, 7+len(a.Others))
	args = append(args, ms(now), string(id), string(result), bit(result.Miss()), a.After, a.For.Milliseconds(), a.Leg)
	for _, other := range a.Others {
		args = append(args, other)
	}
	r, err := s.run(ctx, "offer_end", s.keys, args)
	if err != nil {
		return OfferEnded{}, err
	}
	o, err := readOffer(r.str(1))
	if err != nil {
		return OfferEnded{}, err
	}
	return OfferEnded{First: r.flag(0), Call: o.Call, Responder: o.Responder, Result: o.Result, SID: o.SID,
		State: call.State(r.str(2)), Freed: r.flag(3), SetAside: r.flag(4)}, nil
}

// Accept gives the caller to the first responder who presses the key: a
// compare-and-set, so that of any number at the same instant one wins. The
// winner's repeated key is answered as the first was. bridgeBy is when both
// must hear each other.
func (s *Store) Accept(ctx context.Context, now time.Time, id call.OfferID, sid, conference string, bridgeBy time.Time) (Accepted, error) {
	r, err := s.run(ctx, "accept", s.keys, []any{ms(now), string(id), sid, conference, ms(bridgeBy)})
	if err != nil {
		return Accepted{}, err
	}
	a := Accepted{Verdict: Verdict(r.str(0)), First: r.flag(1)}
	if packed := r.str(2); packed != "" {
		if a.Call, err = s.readCall(packed); err != nil {
			return Accepted{}, err
		}
	}
	a.Losers = readLegs(r.from(3))
	return a, nil
}
