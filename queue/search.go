package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	Code      call.Code // what was recorded as having come of it
	Hard      bool      // only calls marked hard
	// Unrecorded: only answered calls of which no outcome code was recorded.
	Unrecorded bool
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
	WrapUp     *WrapUpRecord // nil when nothing was recorded
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
// once, so it may look at years. A call that began in the ledger's trimmed part is
// not found.
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
		found, err := r.take(page)
		if err == nil {
			err = s.withWrapUps(ctx, found)
		}
		if err != nil {
			return CallPage{}, fmt.Errorf("search calls: %w", err)
		}
		if r.fill(found) {
			return r.page, nil
		}
		if len(page) < searchPage {
			r.page.Back = from
			return r.page, nil
		}
		start = page[len(page)-1].ID
		if r.seen >= searchMost {
			r.page.Next = start
			return r.page, nil
		}
		start = "(" + start
	}
}

// withWrapUps adds what was recorded of the calls.
func (s *Store) withWrapUps(ctx context.Context, found []foundCall) error {
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = string(c.ID)
	}
	hashes, err := s.readHashes(ctx, keyWrapUp, ids)
	if err != nil {
		return err
	}
	for i, hash := range hashes {
		if len(hash) > 0 {
			w := wrapUpOf(hash)
			found[i].WrapUp = &w
		}
	}
	return nil
}

func (f CallFilter) matches(c *CallSummary) bool {
	return (f.Team == "" || f.Team == c.Team) && (f.Line == "" || f.Line == c.Line) &&
		(f.Caller == "" || f.Caller == c.Caller) && (f.Outcome == "" || f.Outcome == c.Outcome) &&
		(f.Responder == "" || f.Responder == c.Responder) && c.Wait >= f.MinWait &&
		(!f.Unrecorded || c.Outcome == call.OutcomeAnswered)
}

// recorded looks at what was recorded of a call that matches otherwise.
func (f CallFilter) recorded(w *WrapUpRecord) bool {
	coded := w != nil && w.Code != ""
	return (!f.Hard || w != nil && w.Hard) && !(f.Unrecorded && coded) && (f.Code == "" || coded && w.Code == f.Code)
}

// Call finds one call in the ledger, ErrNoCall when it has none of that id.
// received is when it was received, as far as known; without it the ledger is
// read back from now, which takes the longer the older the call.
func (s *Store) Call(ctx context.Context, now time.Time, id call.ID, received time.Time) (CallSummary, error) {
	from, to, upTo := time.UnixMilli(0), now.Add(time.Second), now.Add(ledgerLate)
	if !received.IsZero() {
		from, to, upTo = received.Add(-time.Minute), received.Add(time.Minute), received.Add(longestCall)
	}
	r := backwards{from: from, to: to, open: map[call.ID]*CallSummary{}}
	start, stop := strconv.FormatInt(ms(upTo), 10), strconv.FormatInt(from.UnixMilli(), 10)
	for {
		page, err := s.rdb.XRevRangeN(ctx, s.key(keyLedger), start, stop, searchPage).Result()
		if err != nil {
			return CallSummary{}, fmt.Errorf("find call: %w", err)
		}
		found, err := r.take(page)
		if err != nil {
			return CallSummary{}, fmt.Errorf("find call: %w", err)
		}
		if i := slices.IndexFunc(found, func(c foundCall) bool { return c.ID == id }); i >= 0 {
			err := s.withWrapUps(ctx, found[i:i+1])
			return *found[i].CallSummary, err
		}
		if len(page) < searchPage {
			if !received.IsZero() { // told of later, or not received then
				return s.Call(ctx, now, id, time.Time{})
			}
			return CallSummary{}, ErrNoCall
		}
		start = "(" + page[len(page)-1].ID
	}
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
