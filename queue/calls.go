package queue

import (
	"context"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Arrive writes a call's first webhook: the call, its place (kept from an
// earlier try within the redial window), and its first two deadlines. A
// repeated webhook writes nothing and gives the call as it is now.
func (s *Store) Arrive(ctx context.Context, now time.Time, a Arrival) (Arrived, error) {
	args := make([]any, 0, 18)
	args = append(args, ms(now), string(a.Call), bit(a.Menu), a.Need.Line, a.Number, a.Need.Team,
		string(a.Need.Caller), a.Need.Language, strings.Join(a.Need.Skills, listSep),
		s.sealNumber(a.Call, a.From), s.o.Sealer.Index(a.From),
		a.Boost.Milliseconds(), a.RedialBoost.Milliseconds(), s.o.RedialWindow.Milliseconds(),
		ms(a.ActAt), ms(now.Add(a.LiveFor)), needSilence.Milliseconds())
	r, err := s.run(ctx, "arrive", s.keys, args)
	if err != nil {
		return Arrived{}, err
	}
	record, err := s.readCall(r.str(1))
	return Arrived{Record: record, New: r.flag(0)}, err
}

// Intake ends the menu: the call waits, with what is now known of it. In any
// other state it changes nothing and first is false.
func (s *Store) Intake(ctx context.Context, now time.Time, id call.ID, d IntakeDone) (Record, bool, error) {
	args := []any{ms(now), string(id), string(d.Caller), d.Team, d.Language, strings.Join(d.Skills, listSep),
		d.Boost.Milliseconds(), ms(now.Add(d.LiveFor))}
	return s.callStep(ctx, "intake", args)
}

// Beat says that the caller's leg is alive: its wait document was fetched. The
// call is looked up again unless another beat comes within liveFor.
func (s *Store) Beat(ctx context.Context, now time.Time, id call.ID, queueSID string, liveFor time.Duration) (Record, error) {
	r, _, err := s.callStep(ctx, "beat", []any{string(id), queueSID, ms(now.Add(liveFor))})
	return r, err
}

// Danger moves the call forward by boost, once.
func (s *Store) Danger(ctx context.Context, now time.Time, id call.ID, boost time.Duration) (Record, bool, error) {
	return s.callStep(ctx, "danger", []any{ms(now), string(id), boost.Milliseconds()})
}

// Joined says that a leg is in the conference: the caller's when legSID is the
// call's id, else the responder's. When both are, the call is connected; first
// is true for that leg, once per connection. A leg the conference does not
// expect changes nothing.
func (s *Store) Joined(ctx context.Context, now time.Time, conference, legSID string) (Record, bool, error) {
	return s.callStep(ctx, "joined", []any{ms(now), conference, legSID})
}

// Drop puts a caller whose responder's leg went back to the front, the same
// responder to be asked first. first is false when the offer is not, or no
// longer, the one that has the caller.
func (s *Store) Drop(ctx context.Context, now time.Time, id call.ID, d Dropped) (Record, bool, error) {
	return s.callStep(ctx, "drop", []any{ms(now), string(id), string(d.Offer), ms(d.NotBefore), ms(now.Add(d.LiveFor)), d.WrapUp.Milliseconds()})
}

// callStep runs a script that answers "was this the first time" and a record.
func (s *Store) callStep(ctx context.Context, name string, args []any) (Record, bool, error) {
	r, err := s.run(ctx, name, s.keys, args)
	if err != nil {
		return Record{}, false, err
	}
	record, err := s.readCall(r.str(1))
	return record, r.flag(0), err
}

// Finish ends a call, once. What must still be rung off is in the answer, and
// is given again when the script is repeated, so that a lost answer loses no leg.
func (s *Store) Finish(ctx context.Context, now time.Time, id call.ID, f Finish) (Finished, error) {
	outcome := f.Outcome
	if outcome == "" {
		outcome = call.OutcomeAbandoned
	}
	if f.KeepFor <= 0 { // never none: a repeated first webhook would open the call anew
		f.KeepFor = time.Hour
	}
	r, err := s.run(ctx, "finish", s.keys, []any{ms(now), string(id), string(outcome), f.Reason,
		f.WrapUp.Milliseconds(), f.KeepFor.Milliseconds(), s.o.RedialWindow.Milliseconds(), s.o.NumberFor.Milliseconds(),
		ReachWithin.Milliseconds(), needSilence.Milliseconds()})
	if err != nil {
		return Finished{}, err
	}
	record, err := s.readCall(r.str(1))
	if err != nil {
		return Finished{}, err
	}
	done := Finished{First: r.flag(0), Outcome: record.Outcome, Freed: r.flag(2), Call: record,
		Responder: record.Responder, Cancel: readLegs(r.from(3))}
	if record.Responder != "" {
		done.Leg = Leg{Offer: record.Offer, Responder: record.Responder, SID: record.OfferSID}
	}
	if done.Outcome == call.OutcomeCallback { // a process that dies in between leaves it among the callbacks, due at once
		_, _, err = s.OweCallback(ctx, now, CallbackPromise{Call: id, By: call.ByRole("caller"), AskedAt: now})
	}
	return done, err
}

func readLegs(packed reply) []Leg {
	var legs []Leg
	for i := range packed {
		part := strings.SplitN(packed.str(i), fieldSep, 3)
		if len(part) == 3 {
			legs = append(legs, Leg{Offer: call.OfferID(part[0]), Responder: part[1], SID: part[2]})
		}
	}
	return legs
}
