package queue

import (
	"context"
	"time"

	"example.org/crisisline/call"
)

// Did is what came of something that a person asked for at a screen. It is
// honest: Done is false when nothing changed, and Why says why in either case.
type Did struct {
	Done bool
	Why  Why
}

// Why is the reason of a Did, for a page to put into words.
type Why string

// The closed set: it is done.
const (
	WhyRung       Why = "rung"        // a phone is rung for the caller because of it
	WhyNobodyFree Why = "nobody_free" // widened, handed over, asked again; but nobody who may be asked is free
	WhyHandedOver Why = "handed_over" // the caller is the other team's, and a phone rings for them already
	WhySet        Why = "set"         // break, away, back, wrap-up ended
)

// It is not done, because it is so already.
const (
	WhyAlready  Why = "already"   // their phone rings for this caller; the rung is reached; the team has the call; they are on that break
	WhyAllAsked Why = "all_asked" // no rung is left: everyone on the ladder may be asked
	WhyMoved    Why = "moved"     // the call was handed over to a third team meanwhile
)

// It is not done, because of the call.
const (
	WhyOver      Why = "over"      // the caller has left, or there is no such call
	WhyAccepted  Why = "accepted"  // somebody has just pressed 1; the two are being joined
	WhyConnected Why = "connected" // caller and responder are talking
	WhyHeldBack  Why = "held_back" // a responder's phone dropped: nobody is rung for a moment
	WhyGreeting  Why = "greeting"  // the caller hears the greeting, during which this service rings nobody
)

// It is not done, because of the person or the team. PresenceWhy gives the first six.
const (
	WhyRinging   Why = "is_offered"   // their phone rings for another caller, or is about to
	WhyOnCall    Why = "is_connected" // they have a caller
	WhyWrapUp    Why = "is_wrap_up"   // they are finishing after a call
	WhyOnBreak   Why = "is_break"
	WhyAway      Why = "is_away"
	WhyFree      Why = "is_free"     // there is no wrap-up or pause to end
	WhyOffShift  Why = "off_shift"   // the rota does not name them now
	WhyNotInPlan Why = "not_in_plan" // there is no such person, or team, in the plan in force
	WhyNoNumber  Why = "no_number"   // the plan has no number that can be rung
	WhyOnPhone   Why = "on_phone"    // a leg of ours is still at their ear
	WhyLastHuman Why = "last_human"  // they are outside the rota and always there
)

// Whys lists the closed set.
var Whys = []Why{
	WhyRung, WhyNobodyFree, WhyHandedOver, WhySet, WhyAlready, WhyAllAsked, WhyMoved,
	WhyOver, WhyAccepted, WhyConnected, WhyHeldBack, WhyGreeting,
	WhyRinging, WhyOnCall, WhyWrapUp, WhyOnBreak, WhyAway, WhyFree, WhyOffShift, WhyNotInPlan, WhyNoNumber, WhyOnPhone, WhyLastHuman,
}

// PresenceWhy is the reason that lies in what somebody is doing.
func PresenceWhy(p call.Presence) Why { return Why("is_" + string(p)) }

// StateWhy is the reason that lies in how far a call has come: over unless
// somebody has accepted it.
func StateWhy(s call.State) Why {
	switch s {
	case call.StateAccepted:
		return WhyAccepted
	case call.StateConnected:
		return WhyConnected
	default:
		return WhyOver
	}
}

// why reads a script's word, which is one of ours or a call's state.
func why(word string) Why {
	if s := call.State(word); s == call.StateAccepted || s == call.StateConnected || s == call.StateWrapUp || s == call.StateEnded {
		return StateWhy(s)
	}
	return Why(word)
}

// Asked is one person asked for by name.
type Asked struct {
	Call      call.ID
	Responder string
	Team      string // of the duty they are on
	Tier      call.Tier
	LimitKey  string // the agreement they help under, "" when none: the offer counts under it, and is not held to it
	Version   int64  // plan version their duty was read from; 0 skips the check
	OfferID   call.OfferID

	RingFor, Grace, Pace, SendLease time.Duration // as in Claim
	By                              call.By
}

// RingPerson promises one responder to a waiting call because a person asked
// for this very one, whatever the ladder says and though they were tried before.
// They must be free: whoever is offered, connected, in wrap-up, on a break or
// away is not rung, and Did says which. The offer is nil unless Did.Done; and
// ErrStale and ErrNoCall as Claim.
func (s *Store) RingPerson(ctx context.Context, now time.Time, a Asked) (*Offer, Did, error) {
	r, err := s.run(ctx, "ring_person", s.claim, []any{ms(now), string(a.Call), a.Responder, a.Team, string(a.Tier), a.LimitKey,
		a.Version, string(a.OfferID), (a.RingFor + a.Grace).Milliseconds(), a.Pace.Milliseconds(), a.SendLease.Milliseconds(), string(a.By)})
	if err != nil {
		return nil, Did{}, err
	}
	did := Did{Done: r.flag(0), Why: why(r.str(1))}
	if r.str(2) == "" {
		return nil, did, nil
	}
	o, err := readPromise(r.str(2))
	if err != nil {
		return nil, Did{}, err
	}
	return &o, did, nil
}

// HandOver gives a waiting call to another team.
type HandOver struct {
	Call    call.ID
	To      string  // team
	From    string  // the team the person saw it with; "" whichever it is with
	Version int64   // plan version in which To was found open; 0 skips the check
	By      call.By // who does it
}

// HandOver makes a waiting call another team's from now on, once. It keeps its
// place, its score and its waiting time, and phones that ring for it go on
// ringing; its ladder begins anew, and the call is due to be looked at. ErrStale
// and ErrNoCall as Claim.
func (s *Store) HandOver(ctx context.Context, now time.Time, h HandOver) (Record, Did, error) {
	r, err := s.run(ctx, "hand_over", s.claim, []any{ms(now), string(h.Call), h.To, h.From, h.Version, string(h.By)})
	if err != nil {
		return Record{}, Did{}, err
	}
	rec, err := s.readCall(r.str(2))
	return rec, Did{Done: r.flag(0), Why: why(r.str(1))}, err
}
