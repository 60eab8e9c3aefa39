package rota

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Done is an operation that was done, or why it was not.
type Done struct {
	Version  int64    // of the plan it made
	Said     []string // what it did, in words
	Decision Decision // of the gate
}

// doTries bounds how often an operation is done again because somebody else
// published in the meantime.
const doTries = 100

// Do does an operation to the plan in force and publishes the result through
// the gate, as one step: when somebody else was quicker it is done again to
// what they made, so that of edits made at once none is lost. Somebody who
// fell ill, and their replacement now, pass at once and are checked after, as
// every emergency is. An empty why becomes what was done.
//
// Errors are those of Edit and PublishGated; with ErrRefused, Done says what
// is refused.
func (b *Book) Do(ctx context.Context, now time.Time, op Op, who, why string, how How) (Done, error) {
	how.Emergency = how.Emergency || Urgent(op)
	for range doTries {
		if _, err := b.Refresh(ctx); err != nil {
			return Done{}, fmt.Errorf("do operation: %w", err)
		}
		r := b.Current()
		next, said, err := Edit(r.plan, op, now)
		if err != nil {
			return Done{}, err
		}
		c := Change{Who: who, Why: why, Plan: next, Expect: r.version}
		if strings.TrimSpace(why) == "" && len(said) > 0 {
			c.Why = said[0]
		}
		version, d, err := b.PublishGated(ctx, now, c, how)
		if !errors.Is(err, ErrStale) {
			return Done{version, said, d}, err
		}
	}
	return Done{}, fmt.Errorf("do operation: %w", ErrStale)
}

// Urgent reports whether an operation says what is so already, or cannot wait.
// A plan that shows a person who is ill would ring them.
func Urgent(op Op) bool {
	switch op := op.(type) {
	case ReportAbsence:
		return op.Kind == AbsentSick
	case ReplaceNow:
		return true
	}
	return false
}
