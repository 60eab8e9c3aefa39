package queue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// backwards folds entries from the last to the first: when a call's first is
// reached, all the others have been seen.
type backwards struct {
	f        CallFilter
	from, to time.Time
	limit    int
	before   *streamID // only calls received before it
	seen     int       // entries looked at, without those read again for their calls' ends
	open     map[call.ID]*CallSummary
	page     CallPage
}

// foundCall is a call and the place of its first entry.
type foundCall struct {
	*CallSummary
	place string
}

// take looks at entries and gives the calls that were received in them.
func (r *backwards) take(page []redis.XMessage) (found []foundCall, err error) {
	for _, m := range page {
		e, err := call.ParseEvent(m.ID, m.Values)
		if err != nil {
			return nil, err
		}
		c := r.add(e)
		if r.before != nil {
			if id, err := parseStreamID(m.ID); err != nil || !id.less(*r.before) {
				continue // read again, to know how calls ended
			}
		}
		r.seen++
		r.page.Back = e.At
		if c != nil && !c.ReceivedAt.Before(r.from) && c.ReceivedAt.Before(r.to) && r.f.matches(c) {
			found = append(found, foundCall{c, m.ID})
		}
	}
	return found, nil
}

// fill puts calls on the page; full says that no more go on it.
func (r *backwards) fill(found []foundCall) (full bool) {
	for _, c := range found {
		if !r.f.recorded(c.WrapUp) {
			continue
		}
		r.page.Calls = append(r.page.Calls, *c.CallSummary)
		if len(r.page.Calls) >= r.limit {
			r.page.Next, r.page.Back = c.place, c.ReceivedAt
			return true
		}
	}
	return false
}

// add takes the entry before all that were taken, and gives the call when it is
// its first.
func (r *backwards) add(e call.Event) *CallSummary {
	if !slices.Contains(lifeKinds, e.Kind) {
		return nil // what is entered about a call long after it would keep it open for as long
	}
	c := r.open[e.Call]
	if c == nil {
		c = &CallSummary{ID: e.Call, Line: e.Line, Caller: e.Caller}
		r.open[e.Call] = c
	}
	c.add(e)
	if e.Kind != call.KindReceived {
		return nil
	}
	delete(r.open, e.Call)
	return c
}

// lifeKinds are the entries a call's summary is made from.
var lifeKinds = []call.Kind{
	call.KindReceived, call.KindWaiting, call.KindOffered, call.KindAccepted, call.KindConnected, call.KindDropped,
	call.KindDanger, call.KindFinished,
}

func (c *CallSummary) add(e call.Event) {
	if c.Team == "" && e.Kind != call.KindOffered { // an offer's team is the responder's
		c.Team = e.Team
	}
	switch e.Kind {
	case call.KindReceived:
		c.ReceivedAt, c.Withheld, c.Redials = e.At, e.Withheld, e.Redials
	case call.KindOffered:
		if c.EndedAt.IsZero() {
			c.Offers++
		}
	case call.KindAccepted, call.KindConnected:
		if c.Responder == "" {
			c.Responder, c.Tier = e.Responder, e.Tier
		}
		if c.Wait == 0 {
			c.Wait = time.Duration(e.WaitMs) * time.Millisecond
		}
	case call.KindDropped:
		c.Drops++
	case call.KindDanger:
		c.Danger = true
	case call.KindFinished:
		c.EndedAt, c.Outcome, c.Offers = e.At, e.Outcome, e.Offers
		c.Responder, c.Tier = e.Responder, e.Tier
		c.Wait, c.Talk = time.Duration(e.WaitMs)*time.Millisecond, time.Duration(e.TalkMs)*time.Millisecond
	}
}

// streamID is a place in the ledger.
type streamID struct{ ms, seq uint64 }

func (a streamID) less(b streamID) bool { return a.ms < b.ms || a.ms == b.ms && a.seq < b.seq }

func parseStreamID(text string) (id streamID, err error) {
	left, right, _ := strings.Cut(text, "-")
	if id.ms, err = strconv.ParseUint(left, 10, 63); err == nil {
		id.seq, err = strconv.ParseUint(right, 10, 64)
	}
	if err != nil {
		return streamID{}, fmt.Errorf("%w: %q", ErrNoPlace, text)
	}
	return id, nil
}
