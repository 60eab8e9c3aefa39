package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// backwards folds entries from the last to the first: when a call's first is
// reached, all the others have been seen, or lie behind where the search went on.
type backwards struct {
	f        CallFilter
	from, to time.Time
	limit    int
	seen     int       // entries looked at
	ahead    *forwards // where it went on; nil when it began at the end
	open     map[call.ID]*CallSummary
	page     CallPage
}

// foundCall is a call and the place of its first entry.
type foundCall struct {
	*CallSummary
	place string
}

// take looks at entries and gives the calls that were received in them.
func (r *backwards) take(page []call.Event) (found []foundCall) {
	for _, e := range page {
		r.seen++
		if c := r.add(e); c != nil && !c.ReceivedAt.Before(r.from) && c.ReceivedAt.Before(r.to) {
			found = append(found, foundCall{c, e.ID})
		}
	}
	return found
}

// forwards reads on from where a search went on, for the ends of the calls that
// were on the line there.
type forwards struct {
	place string // read up to here
	until string // "" until something was read
	ends  map[call.ID]*CallSummary
	over  bool
}

// finishCut tells to their ends the calls that the search went on in the middle
// of. It reads no further than the last of them needs.
func (s *Store) finishCut(ctx context.Context, r *backwards, found []foundCall) error {
	a := r.ahead
	if a == nil {
		return nil
	}
	for _, c := range found {
		if !c.EndedAt.IsZero() {
			continue
		}
		for !a.over && (a.ends[c.ID] == nil || a.ends[c.ID].EndedAt.IsZero()) {
			if err := s.readAhead(ctx, a); err != nil {
				return err
			}
		}
		if later := a.ends[c.ID]; later != nil {
			c.goesOnAs(later)
		}
	}
	return nil
}

func (s *Store) readAhead(ctx context.Context, a *forwards) error {
	if a.until == "" {
		id, err := parseStreamID(a.place)
		if err != nil {
			return err
		}
		a.until = strconv.FormatUint(id.ms+uint64(longestCall/time.Millisecond), 10)
	}
	page, err := s.readPage(ctx, "XRANGE", a.place, a.until)
	if err != nil {
		return err
	}
	if len(page) < searchPage {
		a.over = true
	} else {
		a.place = "(" + page[len(page)-1].ID
	}
	later := backwards{open: map[call.ID]*CallSummary{}}
	for _, e := range slices.Backward(page) {
		later.add(e)
	}
	for id, c := range later.open {
		if before := a.ends[id]; before != nil {
			before.goesOnAs(c)
		} else {
			a.ends[id] = c
		}
	}
	return nil
}

// fill puts on the page, of the calls found, those that fit; full says that no
// more go on it.
func (r *backwards) fill(found, fit []foundCall) (full bool) {
	for _, c := range found {
		r.page.Looked++
		if len(fit) == 0 || fit[0].CallSummary != c.CallSummary {
			continue
		}
		fit = fit[1:]
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

// goesOnAs adds what happened to the call later.
func (c *CallSummary) goesOnAs(later *CallSummary) {
	if later.Team != "" {
		c.Team = later.Team
	}
	if later.Caller != "" {
		c.Caller = later.Caller
	}
	if later.Responder != "" || !later.EndedAt.IsZero() {
		c.Responder, c.Tier = later.Responder, later.Tier
	}
	if later.Wait > 0 {
		c.Wait = later.Wait
	}
	c.Drops += later.Drops
	c.Danger = c.Danger || later.Danger
	if c.Offers += later.Offers; !later.EndedAt.IsZero() {
		c.EndedAt, c.Outcome, c.Talk, c.Offers = later.EndedAt, later.Outcome, later.Talk, later.Offers
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
