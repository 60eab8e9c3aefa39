package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// Options are what a Store is made with.
type Options struct {
	// Service is the service's id, the hash tag of every key: letters, digits,
	// hyphens.
	Service string
	// PlanVersionKey holds the version of the plan in force, which claims are
	// checked against; "" is the plan's usual place.
	PlanVersionKey string
	// Sealer seals callers' numbers and indexes them. Required.
	Sealer *call.Sealer
	// RedialWindow: a caller who left unanswered and rings again within it
	// keeps their place. 0 is 10 minutes.
	RedialWindow time.Duration
	// SweepLease: a deadline taken by a sweep is seen again after it, unless it
	// was settled. Longer than acting on a deadline takes. 0 is 5 s.
	SweepLease time.Duration
	// LedgerFor: Trim keeps entries this long; 0 keeps all.
	LedgerFor time.Duration
	// NumberFor: a caller's number is kept this long after the call, or, when they
	// were to be rung back, after that is over.
	// 0 is a day.
	NumberFor time.Duration
	// OverdueNumberFor: the number of a callback that nobody ends is kept this long
	// after it should have been over. 0 is a week.
	OverdueNumberFor time.Duration
	// Promises are the limits of the promises that the store starts by itself.
	Promises PromiseLimits
}

// PromiseLimits are how long may pass. A zero is the shipped limit.
type PromiseLimits struct {
	Debrief         time.Duration // from a hard call's end until the responder is offered a debrief; 0 is an hour
	CallbackAttempt time.Duration // from when a callback may be made until it is first tried; 0 is half an hour
	CallbackClosed  time.Duration // from the same until it is over; 0 is an hour
}

// Store holds the present: who waits, who is free, who is promised to whom. It
// keeps nothing in the process but the scripts' digests, so any number of
// instances may work on one service at once. It is safe for concurrent use.
type Store struct {
	rdb     redis.UniversalClient
	o       Options
	prefix  string
	keys    []string // KEYS of scripts that need no plan
	claim   []string // KEYS of scripts that check the plan's version
	scripts map[string]*redis.Script
}

// New makes a Store. The client's timeouts are the caller's to choose: a
// script that timed out may have run, and every script may run twice.
func New(rdb redis.UniversalClient, o Options) (*Store, error) {
	switch {
	case rdb == nil:
		return nil, errors.New("make store: no client")
	case o.Sealer == nil:
		return nil, errors.New("make store: no sealer")
	case o.Service == "" || strings.ContainsAny(o.Service, "{}: \n"):
		return nil, fmt.Errorf("make store: service id %q: use letters, digits and hyphens", o.Service)
	}
	prefix := prefixOf(o.Service)
	if o.PlanVersionKey == "" {
		o.PlanVersionKey = prefix + "plan:v"
	}
	if o.RedialWindow == 0 {
		o.RedialWindow = 10 * time.Minute
	}
	if o.SweepLease == 0 {
		o.SweepLease = 5 * time.Second
	}
	o.NumberFor = cmp.Or(o.NumberFor, 24*time.Hour)
	o.OverdueNumberFor = cmp.Or(o.OverdueNumberFor, 7*24*time.Hour)
	o.Promises.Debrief = cmp.Or(o.Promises.Debrief, time.Hour)
	o.Promises.CallbackAttempt = cmp.Or(o.Promises.CallbackAttempt, 30*time.Minute)
	o.Promises.CallbackClosed = cmp.Or(o.Promises.CallbackClosed, time.Hour)
	scripts, err := loadScripts()
	if err != nil {
		return nil, fmt.Errorf("make store: %w", err)
	}
	return &Store{
		rdb: rdb, o: o, prefix: prefix,
		keys: []string{prefix}, claim: []string{prefix, o.PlanVersionKey}, scripts: scripts,
	}, nil
}

// Load puts every script into the server's cache. It is for start-up only: a
// script that is missing later is sent whole, once.
func (s *Store) Load(ctx context.Context) error {
	for name, script := range s.scripts {
		if err := script.Load(ctx, s.rdb).Err(); err != nil {
			return fmt.Errorf("load script %s: %w", name, err)
		}
	}
	return nil
}

// Ping reports whether the server answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.rdb.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping store: %w", err)
	}
	return nil
}

func (s *Store) key(name string) string { return s.prefix + name }

// run executes one script in one round trip and gives its answer without the
// leading status word.
func (s *Store) run(ctx context.Context, name string, keys []string, args []any) (reply, error) {
	values, err := s.scripts[name].Run(ctx, s.rdb, keys, args...).Slice()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("run %s: empty answer", name)
	}
	switch word, _ := values[0].(string); word {
	case "ok":
		return reply(values[1:]), nil
	case "nocall":
		return nil, ErrNoCall
	case "nooffer":
		return nil, ErrNoOffer
	case "stale":
		return nil, ErrStale
	case "taken":
		return reply(values[1:]), ErrTaken
	case "claimed":
		return reply(values[1:]), ErrClaimed
	case "nocallback":
		return nil, ErrNoCallback
	case "noclock":
		return nil, ErrNoClock
	case "notanswered":
		return nil, ErrNotAnswered
	case "nofollowup":
		return nil, ErrNoFollowUp
	default:
		return nil, fmt.Errorf("run %s: unknown answer %q", name, word)
	}
}

// reply is a script's answer, read by position.
type reply []any

func (r reply) str(i int) string {
	if i < len(r) {
		if s, ok := r[i].(string); ok {
			return s
		}
	}
	return ""
}

func (r reply) at(i int) any {
	if i < len(r) {
		return r[i]
	}
	return nil
}

func (r reply) int(i int) int64 {
	if i < len(r) {
		if n, ok := r[i].(int64); ok {
			return n
		}
	}
	return 0
}

// from is what stands at i and after.
func (r reply) from(i int) reply { return r[min(i, len(r)):] }

func (r reply) flag(i int) bool { return r.int(i) == 1 }

// ms is t at rest: 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return call.Millis(t)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
