package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// importKeep is how long an imported call is remembered, so that a journal read
// twice counts once.
const importKeep = 30 * 24 * time.Hour

// Import writes calls into the ledger that were answered while the store was
// gone. A call is imported once, whatever its events; a call the store knows
// (it arrived before the store went) is ended instead, as its finished event
// says. Every event must name a call.
func (s *Store) Import(ctx context.Context, events []call.Event) error {
	var order []call.ID
	byCall := map[call.ID][]call.Event{}
	for _, e := range events {
		if e.Call == "" {
			return errors.New("import events: one names no call")
		}
		if byCall[e.Call] == nil {
			order = append(order, e.Call)
		}
		byCall[e.Call] = append(byCall[e.Call], e)
	}
	for _, id := range order {
		if err := s.importCall(ctx, id, byCall[id]); err != nil {
			return fmt.Errorf("import events: %w", err)
		}
	}
	return nil
}

func (s *Store) importCall(ctx context.Context, id call.ID, events []call.Event) error {
	args := []any{string(id), importKeep.Milliseconds()}
	for _, e := range events {
		values := e.Values()
		args = append(args, ms(e.At), len(values))
		for _, v := range values {
			args = append(args, v)
		}
	}
	r, err := s.run(ctx, "import", s.keys, args)
	if err != nil || !r.flag(0) {
		return err
	}
	for _, e := range events {
		if e.Kind != call.KindFinished {
			continue
		}
		if _, err := s.Finish(ctx, e.At, id, Finish{Outcome: e.Outcome, Reason: e.Reason, KeepFor: time.Hour}); err != nil {
			return err
		}
	}
	return nil
}

// Over is the end of a call the store does not know: when its leg ended, and with
// what, which is router's word.
type Over struct {
	At  time.Time
	How string
}

// overLeft is the How that gives way to any other: a status callback says it of
// every caller.
const overLeft = "left"

// NoteOver keeps for a while that the leg of a call the store does not know is
// over: another instance may have the call in its journal, and hear of its end
// only here. "left" does not take the place of what was said before.
func (s *Store) NoteOver(ctx context.Context, id call.ID, o Over, keepFor time.Duration) error {
	key, value := s.key(keyOver+string(id)), strconv.FormatInt(ms(o.At), 10)+" "+o.How
	var err error
	if o.How == overLeft {
		err = s.rdb.SetNX(ctx, key, value, keepFor).Err()
	} else {
		err = s.rdb.Set(ctx, key, value, keepFor).Err()
	}
	if err != nil {
		return fmt.Errorf("note that a call is over: %w", err)
	}
	return nil
}

// Over is the end of a call the store does not know; false when nobody has heard
// of it.
func (s *Store) Over(ctx context.Context, id call.ID) (o Over, over bool, err error) {
	text, err := s.rdb.Get(ctx, s.key(keyOver+string(id))).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return Over{}, false, nil
	case err != nil:
		return Over{}, false, fmt.Errorf("read whether a call is over: %w", err)
	}
	at, how, _ := strings.Cut(text, " ")
	return Over{At: instant(at), How: how}, true, nil
}

// NotePlan writes into the ledger that a plan version is in force, once for
// every version however many instances say so. first is true for the one that did.
func (s *Store) NotePlan(ctx context.Context, now time.Time, version int64) (first bool, err error) {
	r, err := s.run(ctx, "note_plan", s.keys, []any{ms(now), version})
	return err == nil && r.flag(0), err
}
