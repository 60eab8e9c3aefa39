package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

var (
	// ErrNoCallback says that no callback was promised to that call's caller.
	ErrNoCallback = errors.New("no callback is owed to that caller")
	// ErrClaimed says that somebody else has the callback now.
	ErrClaimed = errors.New("somebody else has this callback")
)

// The clocks of a callback, as promises.
const (
	CategoryCallbackAttempt = "callback.attempt"
	CategoryCallbackClosed  = "callback.closed"
)

// CallbackClaim is how long a claim lasts: long enough to ring, talk and record,
// short enough that a callback nobody is about is seen again. Claiming again
// renews it.
const CallbackClaim = 15 * time.Minute

// CallbackResults lists what may come of an attempt. Only reached is the right
// person.
var CallbackResults = []string{"no_answer", "engaged", "voicemail", "someone_else", "not_safe", "number_fails", "reached"}

// CallbackEnds lists how a callback may end: the right person was reached; it was
// decided what is done instead (their team, their doctor, a welfare check); they
// rang again, or need it no more; it was recorded by mistake.
var CallbackEnds = []string{"reached", "decided", "not_needed", "mistaken"}

// Callback is what somebody who rang was promised: that a person rings them back.
// One call has at most one. It is made by a person; calling back by machine would
// claim, attempt and close like any other.
type Callback struct {
	Call       call.ID     `json:"call"`
	Team       string      `json:"team,omitempty"`
	Line       string      `json:"line,omitempty"`
	Caller     call.Caller `json:"caller,omitempty"`
	By         call.By     `json:"recorded_by"`
	AskedAt    time.Time   `json:"asked_at"`
	SafeFrom   time.Time   `json:"safe_from,omitzero"`  // not to be rung before; zero: at once
	SafeUntil  time.Time   `json:"safe_until,omitzero"` // not to be rung after; zero: whenever
	StartedAt  time.Time   `json:"started_at"`          // the later of asked and safe: both clocks
	AttemptDue time.Time   `json:"attempt_due"`
	CloseDue   time.Time   `json:"close_due"`
	HasNumber  bool        `json:"has_number"` // CallerNumber has it; else it stands in the clinical record

	Attempts   int       `json:"attempts"`
	LastAt     time.Time `json:"last_at,omitzero"`
	LastResult string    `json:"last_result,omitempty"` // of CallbackResults
	LastBy     call.By   `json:"last_by,omitempty"`

	ClaimedBy    call.By   `json:"claimed_by,omitempty"`
	ClaimedUntil time.Time `json:"claimed_until,omitzero"` // whoever has it, has it until then

	// NumberGone is when the number was deleted because nobody ended it in time.
	NumberGone time.Time `json:"number_gone,omitzero"`

	DoneAt time.Time `json:"done_at,omitzero"`
	How    string    `json:"how,omitempty"` // of CallbackEnds
	Code   call.Code `json:"code,omitempty"`
	DoneBy call.By   `json:"done_by,omitempty"`
}

// CallbackState is where a callback is.
type CallbackState string

// The closed set, in the order in which it is decided.
const (
	CallbackOver    CallbackState = "over"
	CallbackOverdue CallbackState = "overdue" // a clock ran out, claimed or not
	CallbackClaimed CallbackState = "claimed" // somebody is about it
	CallbackOwed    CallbackState = "owed"    // it is not yet safe to ring
	CallbackDue     CallbackState = "due"     // somebody should take it
)

// State is where the callback is at now.
func (c Callback) State(now time.Time) CallbackState {
	switch {
	case !c.DoneAt.IsZero():
		return CallbackOver
	case now.After(c.NextDue()):
		return CallbackOverdue
	case c.ClaimedBy != "" && now.Before(c.ClaimedUntil):
		return CallbackClaimed
	case now.Before(c.StartedAt):
		return CallbackOwed
	}
	return CallbackDue
}

// NextDue is by when the next thing must have happened: the first attempt, then
// the end.
func (c Callback) NextDue() time.Time {
	if c.Attempts == 0 && c.AttemptDue.Before(c.CloseDue) {
		return c.AttemptDue
	}
	return c.CloseDue
}

// CallbackPromise is what is promised to a caller.
type CallbackPromise struct {
	Call call.ID
	By   call.By
	// AskedAt is when they asked; zero is the call's end while it is in wrap-up,
	// else now.
	AskedAt             time.Time
	SafeFrom, SafeUntil time.Time // when they may be rung; zero: at once, whenever
	Team                string    // whose it is, when not the call's home team's
	ReceivedAt          time.Time // when the call came, to find one of long ago sooner; may be zero
}

func (p CallbackPromise) check(now time.Time) error {
	switch {
	case p.Call == "" || p.By == "" || !p.By.Fits() || strings.ContainsAny(string(p.Call), "/ \n"):
		return errors.New("say which call and who records it: a responder's id, or a role")
	case p.AskedAt.After(now):
		return errors.New("it was asked for in the past")
	case !p.SafeUntil.IsZero() && !p.SafeUntil.After(latest(now, p.SafeFrom)):
		return errors.New("there is no time left to ring them in")
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// OweCallback records that a caller is to be rung back, once for each call, while
// the ledger has the call; a second time gives the first as it is, unless that was
// recorded by mistake. Its clocks begin when they asked or when they may be rung,
// whichever is later, and the number, where there is one, is kept until it is over.
func (s *Store) OweCallback(ctx context.Context, now time.Time, p CallbackPromise) (got Callback, first bool, err error) {
	if err := p.check(now); err != nil {
		return Callback{}, false, fmt.Errorf("owe callback: %w", err)
	}
	if p.AskedAt.IsZero() {
		if p.AskedAt, err = s.DecidedAt(ctx, now, p.Call); err != nil {
			return Callback{}, false, err
		}
	}
	got, first, err = s.oweCallback(ctx, now, p, CallSummary{})
	if !errors.Is(err, ErrNoCall) {
		return got, first, err
	}
	c, err := s.Call(ctx, now, p.Call, p.ReceivedAt)
	if err != nil {
		return Callback{}, false, err
	}
	return s.oweCallback(ctx, now, p, c)
}

func (s *Store) oweCallback(ctx context.Context, now time.Time, p CallbackPromise, c CallSummary) (Callback, bool, error) {
	return s.callbackStep(ctx, "callback_owe", []any{
		ms(now), string(p.Call), string(p.By), ms(p.AskedAt), ms(p.SafeFrom), ms(p.SafeUntil), p.Team,
		s.o.Promises.CallbackAttempt.Milliseconds(), s.o.Promises.CallbackClosed.Milliseconds(),
		ms(c.ReceivedAt), c.Line, c.Team, string(c.Caller),
	})
}

// ClaimCallback gives a callback to somebody for CallbackClaim, or renews it. While
// somebody else has it, the answer is ErrClaimed with the callback as it is.
func (s *Store) ClaimCallback(ctx context.Context, now time.Time, id call.ID, by call.By) (got Callback, first bool, err error) {
	if by == "" || !by.Fits() {
		return Callback{}, false, errors.New("claim callback: say who")
	}
	return s.callbackStep(ctx, "callback_claim", []any{ms(now), string(id), string(by), CallbackClaim.Milliseconds()})
}

// ReleaseCallback gives a callback back, whoever has it: by is who does so.
func (s *Store) ReleaseCallback(ctx context.Context, now time.Time, id call.ID, by call.By) (got Callback, first bool, err error) {
	if by == "" || !by.Fits() {
		return Callback{}, false, errors.New("release callback: say who")
	}
	return s.callbackStep(ctx, "callback_claim", []any{ms(now), string(id), string(by), 0})
}

// AttemptCallback records an attempt at the moment at, with one of CallbackResults.
// The first ends the clock to the first attempt.
func (s *Store) AttemptCallback(ctx context.Context, now time.Time, id call.ID, by call.By, at time.Time, result string) (got Callback, first bool, err error) {
	switch {
	case by == "" || !by.Fits() || at.After(now):
		return Callback{}, false, errors.New("record attempt: say who, and when it was")
	case !slices.Contains(CallbackResults, result):
		return Callback{}, false, fmt.Errorf("record attempt: there is no result %q", result)
	}
	return s.callbackStep(ctx, "callback_attempt", []any{ms(now), string(id), string(by), ms(at), result, followUpKeep.Milliseconds()})
}

// CloseCallback ends a callback, once. Reached and decided take an outcome code;
// reached counts as an attempt when none that reached them was recorded. From then
// on the number is kept for Options.NumberFor.
func (s *Store) CloseCallback(ctx context.Context, now time.Time, id call.ID, by call.By, at time.Time, how string, code call.Code) (got Callback, first bool, err error) {
	needed := how == "reached" || how == "decided"
	switch {
	case by == "" || !by.Fits() || at.After(now):
		return Callback{}, false, errors.New("close callback: say who, and when it was")
	case !slices.Contains(CallbackEnds, how):
		return Callback{}, false, fmt.Errorf("close callback: there is no end %q", how)
	case needed && !slices.Contains(call.Codes, code) || !needed && code != "":
		return Callback{}, false, fmt.Errorf("close callback: %s, with outcome code %q: say one of the seven when they were reached or it was decided, else none", how, code)
	}
	return s.callbackStep(ctx, "callback_close", []any{ms(now), string(id), string(by), ms(at), how, string(code),
		max(s.keepRecords(), followUpKeep).Milliseconds(), s.o.NumberFor.Milliseconds()})
}

func (s *Store) callbackStep(ctx context.Context, script string, args []any) (Callback, bool, error) {
	hash, first, err := s.hashStep(ctx, script, args)
	if hash == nil {
		return Callback{}, false, err
	}
	return callbackOf(hash), first, err
}

// Callback is the callback of a call; false when none was promised.
func (s *Store) Callback(ctx context.Context, id call.ID) (Callback, bool, error) {
	hash, err := s.rdb.HGetAll(ctx, s.key(keyCallback+string(id))).Result()
	if err != nil {
		return Callback{}, false, fmt.Errorf("read callback: %w", err)
	}
	return callbackOf(hash), len(hash) > 0, nil
}

// Callbacks are the open ones, what is due soonest first, at most limit.
func (s *Store) Callbacks(ctx context.Context, limit int) ([]Callback, error) {
	owed, err := s.rdb.ZRangeWithScores(ctx, s.key(keyCallbacks), 0, int64(limit)-1).Result()
	if err != nil && !errors.Is(err, redis.Nil) || limit <= 0 {
		return nil, wrap("read callbacks", err)
	}
	ids := make([]string, len(owed))
	for i, z := range owed {
		ids[i], _ = z.Member.(string)
	}
	hashes, err := s.readHashes(ctx, keyCallback, ids)
	if err != nil {
		return nil, err
	}
	all := make([]Callback, 0, len(hashes))
	for i, hash := range hashes {
		if len(hash) == 0 { // the call ended so, and its process before it was recorded: due at once
			at := call.FromMillis(int64(owed[i].Score))
			all = append(all, Callback{Call: call.ID(ids[i]), AskedAt: at, StartedAt: at, HasNumber: true,
				AttemptDue: at.Add(s.o.Promises.CallbackAttempt), CloseDue: at.Add(s.o.Promises.CallbackClosed)})
			continue
		}
		all = append(all, callbackOf(hash))
	}
	return all, nil
}

// callbacksCounted is how many open callbacks are looked at for CallbacksByState.
const callbacksCounted = 5000

// CallbacksByState counts the open ones by where they are at now.
func (s *Store) CallbacksByState(ctx context.Context, now time.Time) (map[CallbackState]int, error) {
	open, err := s.Callbacks(ctx, callbacksCounted)
	if err != nil {
		return nil, err
	}
	counts := map[CallbackState]int{}
	for _, c := range open {
		counts[c.State(now)]++
	}
	return counts, nil
}

func callbackOf(hash map[string]string) Callback {
	return Callback{
		Call: call.ID(hash["c"]), Team: hash["tm"], Line: hash["l"], Caller: call.Caller(hash["cl"]), By: call.By(hash["by"]),
		AskedAt: instant(hash["as"]), SafeFrom: instant(hash["sf"]), SafeUntil: instant(hash["su"]), StartedAt: instant(hash["st"]),
		AttemptDue: instant(hash["ad"]), CloseDue: instant(hash["xd"]), HasNumber: hash["nb"] == "1", NumberGone: instant(hash["ng"]),
		Attempts: int(number(hash["n"])), LastAt: instant(hash["la"]), LastResult: hash["lw"], LastBy: call.By(hash["lb"]),
		ClaimedBy: call.By(hash["cb"]), ClaimedUntil: instant(hash["cu"]),
		DoneAt: instant(hash["dn"]), How: hash["how"], Code: call.Code(hash["oc"]), DoneBy: call.By(hash["dby"]),
	}
}
