package router

import (
	"context"
	"errors"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/twilio"
)

// What happened while the store was gone is brought home when it is back. A call
// on the snapshot may be in one instance's journal and its end reach another: each
// says in the store what it has heard of calls that are not its own, and asks
// there what others have heard of its own.

// statusDegraded notes that a call is over, ours or another instance's, and has
// the carrier say so again later for the store.
func (r *Router) statusDegraded(ctx context.Context, h *hook, err error) {
	if twilio.Ended(h.req.CallStatus) {
		r.journal.heard(call.ID(h.req.CallSID), howLeft, h.now)
	}
	r.notTaken(ctx, h, err)
}

const (
	// askElsewhere is how often an instance asks whether others have heard of the
	// end of a call in its journal, and looks for journals that are nobody's.
	askElsewhere = 10 * time.Second
	// settleFor is how long a caller is only said to have left before that is
	// written: that they were joined may be another instance's to tell, and what it
	// tells comes within moments of each other once the store is back.
	settleFor = 10 * time.Second
)

func (r *Router) elsewhereDue(now time.Time) bool {
	last := r.askedElsewhere.Load()
	return passed(now, last, askElsewhere) && r.askedElsewhere.CompareAndSwap(last, now.UnixMilli())
}

// replay brings the journal home once the store answers again: a call the store
// knew is ended there at once, so that nobody is rung for it any more; a call
// it never heard of is imported when it is over.
func (r *Router) replay(ctx context.Context, now time.Time) error {
	r.journal.sync()
	if r.store.goneFor(now) > 0 {
		return nil
	}
	ask := r.elsewhereDue(now)
	if ask {
		r.journal.adopt()
	}
	for _, c := range r.journal.all(now, r.longestCall()) {
		home := r.bringHome
		if c.elsewhere() {
			home = r.tellElsewhere
		}
		if err := home(ctx, now, c, ask); err != nil {
			return err
		}
	}
	return nil
}

// bringHome takes one call of the snapshot into the ledger as far as it has come.
func (r *Router) bringHome(ctx context.Context, now time.Time, c journalled, ask bool) error {
	if !c.told {
		if _, err := r.end(ctx, now, c.Call, queue.Finish{Outcome: call.OutcomeFallback, Reason: "on_snapshot"}); ignoreNoCall(err) != nil {
			return err
		}
		r.journal.tell(c.Call)
	}
	settled := c.Ended != 0 && (c.How != howLeft || passed(now, c.Ended, settleFor))
	if (c.Ended == 0 && ask) || (settled && c.How == howLeft) {
		var err error
		if c, err = r.heardElsewhere(ctx, now, c); err != nil {
			return err
		}
	}
	if !settled {
		return nil
	}
	err := r.store.through(ctx, now, func(ctx context.Context) error { return r.o.Store.Import(ctx, c.events()) })
	if err != nil {
		return err
	}
	r.o.Log.Info("call on the snapshot is in the ledger", "call", c.Call, "how", c.How)
	r.journal.forget(c.Call)
	return nil
}

// heardElsewhere adds to a call of the journal what another instance was told of
// its end.
func (r *Router) heardElsewhere(ctx context.Context, now time.Time, c journalled) (journalled, error) {
	err := r.store.through(ctx, now, func(ctx context.Context) error {
		over, known, err := r.o.Store.Over(ctx, c.Call)
		if err == nil && known && surer(over.How, c.How) {
			if c.How = over.How; c.Ended == 0 {
				c.Ended = call.Millis(over.At)
			}
			r.journal.heard(c.Call, c.How, call.FromMillis(c.Ended))
		}
		return err
	})
	return c, err
}

// tellElsewhere says in the store that a call has ended which is not in this
// journal. A call that was never on the snapshot is finished by it, at the time it
// ended; whoever has it in their journal goes first, because they know more.
func (r *Router) tellElsewhere(ctx context.Context, now time.Time, c journalled, _ bool) error {
	ended := call.FromMillis(c.Ended)
	f := queue.Finish{Reason: reasonLeft}
	if c.onSnapshot() {
		f = queue.Finish{Outcome: call.OutcomeFallback, Reason: "on_snapshot"}
	} else if !passed(now, c.Ended, settleFor) {
		return nil
	}
	done, err := r.end(ctx, ended, c.Call, f)
	if c.onSnapshot() || otherJournals(done, err) {
		err = errors.Join(ignoreNoCall(err), r.noteOver(ctx, now, c.Call, queue.Over{At: ended, How: c.How}))
	}
	if err != nil {
		return err
	}
	r.journal.forget(c.Call)
	return nil
}

// longestCall is how long any call can last, so that one of which no end was heard
// by then is over.
func (r *Router) longestCall() time.Duration { return max(carrierLimit, r.o.Timing.LongestCall) }

// noteOver says that a call the store does not know is over, for whoever has it
// in their journal.
func (r *Router) noteOver(ctx context.Context, now time.Time, id call.ID, over queue.Over) error {
	return r.store.through(ctx, now, func(ctx context.Context) error {
		return r.o.Store.NoteOver(ctx, id, over, r.longestCall())
	})
}
