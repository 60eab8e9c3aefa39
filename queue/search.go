package queue

import (
	"cmp"
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
	// Looked is at how many calls of the time asked for it has looked.
	Looked int
}

// Calls searches the ledger backwards for calls received in [from, to), the
// latest first, at most limit of them. after is a page's Next, "" to begin. It
// reads page by page and keeps no more than the calls that were on the line at
// once, so it may look at years. A call that began in the ledger's trimmed part is
// not found. A search whose ctx runs out gives what it has, with where to go on;
// it is an error only when it has come nowhere.
func (s *Store) Calls(ctx context.Context, from, to time.Time, f CallFilter, limit int, after string) (CallPage, error) {
	r := backwards{f: f, from: from, to: to, limit: limit, open: map[call.ID]*CallSummary{}}
	start, stop := strconv.FormatInt(ms(to.Add(ledgerLate)), 10), strconv.FormatInt(ms(from), 10)
	if after != "" {
		if _, err := parseStreamID(after); err != nil {
			return CallPage{}, fmt.Errorf("search calls: %w", err)
		}
		start = "(" + after
		r.ahead = &forwards{place: after, ends: map[call.ID]*CallSummary{}}
	}
	for {
		page, err := s.readPage(ctx, "XREVRANGE", start, stop)
		var full bool
		if err == nil {
			full, err = s.callsIn(ctx, &r, page)
		}
		switch {
		case err != nil && r.page.Next != "" && ctx.Err() != nil:
			return r.page, nil //nolint:nilerr // out of time: what there is, and where to go on
		case err != nil:
			return CallPage{}, fmt.Errorf("search calls: %w", err)
		case full:
			return r.page, nil
		case len(page) < searchPage:
			r.page.Next, r.page.Back = "", from
			return r.page, nil
		}
		last := page[len(page)-1]
		r.page.Next, r.page.Back, start = last.ID, last.At, "("+last.ID
		if r.seen >= searchMost || ctx.Err() != nil {
			return r.page, nil //nolint:nilerr // as above
		}
	}
}

// callsIn puts the calls that were received in a page of entries on the page of
// the search.
func (s *Store) callsIn(ctx context.Context, r *backwards, page []call.Event) (full bool, err error) {
	found := r.take(page)
	if err := s.finishCut(ctx, r, found); err != nil {
		return false, err
	}
	var fit []foundCall
	for _, c := range found {
		if r.f.matches(c.CallSummary) {
			fit = append(fit, c)
		}
	}
	if err := s.withWrapUps(ctx, fit); err != nil {
		return false, err
	}
	return r.fill(found, fit), nil
}

// readPage reads one page of the ledger.
func (s *Store) readPage(ctx context.Context, how, start, stop string) ([]call.Event, error) {
	answer, err := s.rdb.Do(ctx, how, s.key(keyLedger), start, stop, "COUNT", searchPage).Slice()
	if err != nil {
		return nil, err
	}
	events := make([]call.Event, len(answer))
	pairs := make([][]byte, 0, 64)
	for i := range answer {
		entry, _ := answer[i].([]any)
		fields, _ := reply(entry).at(1).([]any)
		pairs = pairs[:0]
		for _, f := range fields {
			text, _ := f.(string)
			pairs = append(pairs, []byte(text))
		}
		if events[i], err = call.ParseFields(reply(entry).str(0), pairs, nil); err != nil {
			return nil, err
		}
	}
	return events, nil
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
	c, err := CallSummary{}, ErrNoCall
	if received.IsZero() {
		if received, err = s.knownSince(ctx, id); err != nil {
			return CallSummary{}, fmt.Errorf("find call: %w", err)
		}
	}
	if !received.IsZero() {
		c, err = s.callIn(ctx, id, received.Add(-time.Minute), received.Add(time.Minute), received.Add(longestCall))
	}
	if received.IsZero() || errors.Is(err, ErrNoCall) { // told of later, or not received then
		c, err = s.callIn(ctx, id, time.UnixMilli(0), now.Add(time.Second), now.Add(ledgerLate))
	}
	return c, err
}

// callIn finds a call that was received in [from, to), and told of until upTo.
func (s *Store) callIn(ctx context.Context, id call.ID, from, to, upTo time.Time) (CallSummary, error) {
	r := backwards{from: from, to: to, open: map[call.ID]*CallSummary{}}
	start, stop := strconv.FormatInt(ms(upTo), 10), strconv.FormatInt(max(0, from.UnixMilli()), 10)
	for {
		page, err := s.readPage(ctx, "XREVRANGE", start, stop)
		if err != nil {
			return CallSummary{}, fmt.Errorf("find call: %w", err)
		}
		found := r.take(page)
		if i := slices.IndexFunc(found, func(c foundCall) bool { return c.ID == id }); i >= 0 {
			err := s.withWrapUps(ctx, found[i:i+1])
			return *found[i].CallSummary, err
		}
		if len(page) < searchPage {
			return CallSummary{}, ErrNoCall
		}
		start = "(" + page[len(page)-1].ID
	}
}

// knownSince is when a call was received, as far as the store still has it, or
// what was recorded of it; zero when it has neither.
func (s *Store) knownSince(ctx context.Context, id call.ID) (time.Time, error) {
	var live, recorded *redis.StringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		live = p.HGet(ctx, s.key(keyCall+string(id)), "rc")
		recorded = p.HGet(ctx, s.key(keyWrapUp+string(id)), "rc")
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return time.Time{}, err
	}
	if at := instant(live.Val()); !at.IsZero() {
		return at, nil
	}
	return instant(recorded.Val()), nil
}

// CallerNumber is the number a call came from; false when it was withheld or is
// no longer kept. It is for the few who may ring back: whoever asks, and why, is
// the caller's to write down.
func (s *Store) CallerNumber(ctx context.Context, id call.ID) (call.Number, bool, error) {
	var live, kept *redis.StringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		live = p.HGet(ctx, s.key(keyCall+string(id)), sealedField)
		kept = p.Get(ctx, s.key(keyNumber+string(id)))
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return call.Number{}, false, fmt.Errorf("read number: %w", err)
	}
	number := s.openNumber(id, cmp.Or(live.Val(), kept.Val()))
	return number, number.Known(), nil
}
