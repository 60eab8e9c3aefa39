package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

const (
	// longestCall is how long a call may take from its first webhook to its last
	// entry: a search that begins in the middle of the ledger reads so much more to
	// know how the calls it finds there ended. The carrier ends a leg after 4 h.
	longestCall = 12 * time.Hour
	// searchPage is how many entries are read at once: a few milliseconds of a
	// store that has callers to serve too.
	searchPage = 512
	// searchMost is how many entries one search looks at before it gives what it
	// has, with where to go on: some 4 000 calls, well under a second.
	searchMost = 60_000
)

// ErrNoPlace says that a search was to go on from what is no page's Next.
var ErrNoPlace = errors.New("no place in the ledger")

// CallFilter says which calls are looked for. What is zero matches every call.
type CallFilter struct {
	Team      string       // home team
	Line      string       // line rung
	Caller    call.Caller  // who rang
	Outcome   call.Outcome // how it ended; a call that goes on has none and never matches
	Responder string       // who had the caller, the last of them
	MinWait   time.Duration
}

// CallSummary is one call as the ledger tells it. It holds no number, name or
// place; CallerNumber is apart, because asking for it must be audited.
type CallSummary struct {
	ID         call.ID
	ReceivedAt time.Time
	EndedAt    time.Time // zero while the caller is on the line
	Line       string
	Team       string // home team
	Caller     call.Caller
	Withheld   bool
	Outcome    call.Outcome  // "" while the caller is on the line
	Wait       time.Duration // caller's clock: until both heard each other, or until they left; 0 while they wait
	Talk       time.Duration // 0 until it is over
	Responder  string        // who has, or last had, the caller
	Tier       call.Tier     // theirs
	Offers     int           // phones asked
	Redials    int           // earlier tries within the redial window
	Drops      int           // times the responder's phone went and the caller stayed
	Danger     bool          // the caller pressed the danger key
}

// CallPage is what one search found, the latest call first.
type CallPage struct {
	Calls []CallSummary
	// Next goes into the next search to go on behind the last call; "" when there
	// is no more. A page may have few calls, or none, and still a Next: the search
	// looks at so many entries and no more.
	Next string
	// Back is how far back the search has looked.
	Back time.Time
}

// Calls searches the ledger backwards for calls received in [from, to), the
// latest first, at most limit of them. after is a page's Next, "" to begin. It
// reads page by page and keeps no more than the calls that were on the line at
// once, so it may look at years. A call that began or ended in the ledger's
// trimmed part is not found.
func (s *Store) Calls(ctx context.Context, from, to time.Time, f CallFilter, limit int, after string) (CallPage, error) {
	r := backwards{f: f, from: from, to: to, limit: limit, open: map[call.ID]*CallSummary{}}
	end := ms(to.Add(ledgerLate))
	if after != "" {
		before, err := parseStreamID(after)
		if err != nil {
			return CallPage{}, fmt.Errorf("search calls: %w", err)
		}
		r.before, end = &before, min(end, int64(before.ms)+longestCall.Milliseconds())
	}
	start, stop := strconv.FormatInt(end, 10), strconv.FormatInt(ms(from), 10)
	for {
		page, err := s.rdb.XRevRangeN(ctx, s.key(keyLedger), start, stop, searchPage).Result()
		if err != nil {
			return CallPage{}, fmt.Errorf("search calls: %w", err)
		}
		for _, m := range page {
			if done, err := r.take(m); err != nil {
				return CallPage{}, fmt.Errorf("search calls: %w", err)
			} else if done {
				return r.page, nil
			}
		}
		if len(page) < searchPage {
			r.page.Back = from
			return r.page, nil
		}
		start = "(" + page[len(page)-1].ID
	}
}

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

// take looks at one entry; done says that the page is full.
func (r *backwards) take(m redis.XMessage) (done bool, err error) {
	e, err := call.ParseEvent(m.ID, m.Values)
	if err != nil {
		return false, err
	}
	again := false
	if r.before != nil {
		id, err := parseStreamID(m.ID)
		if err != nil {
			return false, err
		}
		again = !id.less(*r.before)
	}
	if !again {
		r.page.Back = e.At
	}
	if c := r.add(e); c != nil && !again && !c.ReceivedAt.Before(r.from) && c.ReceivedAt.Before(r.to) && r.f.matches(c) {
		r.page.Calls = append(r.page.Calls, *c)
	}
	if again {
		return false, nil
	}
	if r.seen++; len(r.page.Calls) >= r.limit || r.seen >= searchMost {
		r.page.Next = m.ID
		return true, nil
	}
	return false, nil
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

func (f CallFilter) matches(c *CallSummary) bool {
	return (f.Team == "" || f.Team == c.Team) && (f.Line == "" || f.Line == c.Line) &&
		(f.Caller == "" || f.Caller == c.Caller) && (f.Outcome == "" || f.Outcome == c.Outcome) &&
		(f.Responder == "" || f.Responder == c.Responder) && c.Wait >= f.MinWait
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

// CallerNumber is the number a call came from; false when it was withheld or is
// no longer kept. It is for the few who may ring back: whoever asks, and why, is
// the caller's to write down.
func (s *Store) CallerNumber(ctx context.Context, id call.ID) (call.Number, bool, error) {
	sealed, err := s.rdb.HGet(ctx, s.key(keyCall+string(id)), sealedField).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return call.Number{}, false, fmt.Errorf("read number: %w", err)
	}
	number := s.openNumber(id, sealed)
	return number, number.Known(), nil
}
