package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// ErrNotAnswered says that nobody was ever connected to the call: nothing came of
// it that a responder could record.
var ErrNotAnswered = errors.New("the call was never answered")

// ErrNoClock says that a response category was recorded without saying when its
// clock starts and ends.
var ErrNoClock = errors.New("a response needs its clock: when it starts, and when it is due")

// CategoryDebrief is the promise to a responder whose call was hard. It starts by
// itself when a call is marked so.
const CategoryDebrief = "debrief.offered"

// WrapUpRecord is what a responder says came of a call. It is made of closed sets
// and nothing else: words belong into the clinical record.
type WrapUpRecord struct {
	Call call.ID          `json:"call"`
	By   call.By          `json:"recorded_by"` // a responder's id, or a role
	Code call.Code        `json:"code,omitempty"`
	Hard bool             `json:"hard,omitempty"` // a debrief is owed to the responder
	Duty call.DutyToRefer `json:"duty_to_refer,omitempty"`
	// Response is the category of promise that the call asks for, whose clock
	// starts; call.ResponseNone when nobody need be seen; "" when not said. With a
	// category, StartedAt and DueAt are its clock's; they may be left out when it
	// is the category that was said before.
	Response         string    `json:"response,omitempty"`
	StartedAt, DueAt time.Time `json:"-"`

	// What the store knows of the call. ReceivedAt may be given, to find a call of
	// long ago sooner; the others are only read.
	ReceivedAt time.Time   `json:"received_at,omitzero"`
	RecordedAt time.Time   `json:"recorded_at,omitzero"` // the last time anything changed
	Responder  string      `json:"responder,omitempty"`  // who had the call
	Team       string      `json:"team,omitempty"`
	Line       string      `json:"line,omitempty"`
	Caller     call.Caller `json:"caller,omitempty"`
}

func (r WrapUpRecord) check(now time.Time) error {
	clock := r.Response != "" && r.Response != call.ResponseNone && !r.DueAt.IsZero()
	switch {
	case r.Call == "" || r.By == "" || strings.ContainsAny(string(r.Call)+r.Response, "/ \n"):
		return errors.New("say which call and who records it")
	case !r.By.Fits():
		return fmt.Errorf("who records it is a responder's id, or role: and a role")
	case r.Code != "" && !slices.Contains(call.Codes, r.Code):
		return fmt.Errorf("there is no outcome code %q", r.Code)
	case r.Duty != "" && !slices.Contains(call.Duties, r.Duty):
		return fmt.Errorf("duty to refer %q: say consent or no_consent", r.Duty)
	case clock && (r.StartedAt.After(now) || !r.DueAt.After(r.StartedAt)):
		return errors.New("the response's clock starts in the past and is due later than that")
	}
	return nil
}

// WrapUpRecord records what came of a call: from the moment it is answered, and
// for as long as the ledger has it. What is said later takes the place of what
// was said before; the ledger keeps both, and the clocks follow: one that was
// started by mistake ends as mistaken. Saying the same again changes nothing and
// first is false. ErrNoCall when there is no such call, ErrNotAnswered when it was
// never answered, ErrNoClock when a new category came without its clock.
func (s *Store) WrapUpRecord(ctx context.Context, now time.Time, r WrapUpRecord) (got WrapUpRecord, first bool, err error) {
	if err := r.check(now); err != nil {
		return WrapUpRecord{}, false, fmt.Errorf("record wrap-up: %w", err)
	}
	got, first, err = s.wrapUpRecord(ctx, now, r, CallSummary{})
	if !errors.Is(err, ErrNoCall) {
		return got, first, err
	}
	c, err := s.Call(ctx, now, r.Call, r.ReceivedAt)
	switch {
	case err != nil:
		return WrapUpRecord{}, false, err
	case c.Responder == "" || c.Outcome != call.OutcomeAnswered:
		return WrapUpRecord{}, false, ErrNotAnswered
	}
	return s.wrapUpRecord(ctx, now, r, c)
}

func (s *Store) wrapUpRecord(ctx context.Context, now time.Time, r WrapUpRecord, c CallSummary) (WrapUpRecord, bool, error) {
	hash, first, err := s.hashStep(ctx, "wrap_up_record", []any{
		ms(now), string(r.Call), string(r.By), string(r.Code), bit(r.Hard), string(r.Duty), r.Response, ms(r.StartedAt), ms(r.DueAt),
		s.o.Promises.Debrief.Milliseconds(), s.keepRecords().Milliseconds(),
		ms(c.ReceivedAt), c.Line, c.Team, string(c.Caller), c.Responder,
	})
	return wrapUpOf(hash), first, err
}

// DecidedAt is when what is recorded of a call at now was decided: at its end
// while it is in wrap-up, else at that moment.
func (s *Store) DecidedAt(ctx context.Context, now time.Time, id call.ID) (time.Time, error) {
	record, err := s.Record(ctx, id)
	switch {
	case err == nil && record.State == call.StateWrapUp:
		return record.LastStep, nil
	case err != nil && !errors.Is(err, ErrNoCall):
		return time.Time{}, err
	}
	return now, nil
}

// keepRecords is how long what was recorded about a call stays readable: as long
// as the ledger has the call.
func (s *Store) keepRecords() time.Duration {
	if s.o.LedgerFor > 0 {
		return s.o.LedgerFor
	}
	return followUpKeep
}

// WrapUp is what was recorded of a call; false when nothing was.
func (s *Store) WrapUp(ctx context.Context, id call.ID) (WrapUpRecord, bool, error) {
	hash, err := s.rdb.HGetAll(ctx, s.key(keyWrapUp+string(id))).Result()
	if err != nil {
		return WrapUpRecord{}, false, fmt.Errorf("read wrap-up: %w", err)
	}
	return wrapUpOf(hash), len(hash) > 0, nil
}

func wrapUpOf(hash map[string]string) WrapUpRecord {
	return WrapUpRecord{
		Call: call.ID(hash["c"]), By: call.By(hash["by"]), Code: call.Code(hash["cd"]), Hard: hash["hd"] == "1",
		Duty: call.DutyToRefer(hash["dr"]), Response: hash["ct"], ReceivedAt: instant(hash["rc"]), RecordedAt: instant(hash["up"]),
		Responder: hash["r"], Team: hash["tm"], Line: hash["l"], Caller: call.Caller(hash["cl"]),
	}
}

// hashStep runs a script that answers "was this the first time" and a hash.
func (s *Store) hashStep(ctx context.Context, script string, args []any) (hash map[string]string, first bool, err error) {
	r, err := s.run(ctx, script, s.keys, args)
	if len(r) < 2 {
		return nil, false, err
	}
	flat, _ := r[1].([]any)
	hash = make(map[string]string, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		hash[reply(flat).str(i)] = reply(flat).str(i + 1)
	}
	return hash, r.flag(0), err
}
