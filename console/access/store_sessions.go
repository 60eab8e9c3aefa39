package access

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// lookOn is for how long a session that was good when the store last answered
// is believed while it does not. Looking is all it is good for: whatever
// changes anything needs the store.
const lookOn = 15 * time.Minute

// sessions is the store as scs asks for it. Tokens arrive hashed: the manager
// is told to (HashTokenInStore).
type sessions struct {
	*Store
	now func() time.Time // the machine's clock

	mu   sync.Mutex
	seen map[string]seen
}

type seen struct {
	box    []byte
	at     time.Time
	expiry time.Time
}

func newSessions(s *Store, now func() time.Time) *sessions {
	return &sessions{Store: s, now: now, seen: map[string]seen{}}
}

// A session is kept with the instant of its end before it: a store that forgets
// late, or not at all (one in memory), prolongs nothing.
const endSize = 8

// FindCtx reads a session; while the store is away, the copy of a moment ago.
func (s *sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	kept, err := s.rdb.Get(ctx, s.prefix+"session:"+token).Bytes()
	switch {
	case err == nil && len(kept) >= endSize:
		end := time.UnixMilli(int64(binary.BigEndian.Uint64(kept))) //nolint:gosec // written by CommitCtx
		if !s.now().Before(end) {
			s.drop(token)
			return nil, false, nil
		}
		s.keep(token, kept[endSize:], end)
		return kept[endSize:], true, nil
	case err == nil, errors.Is(err, redis.Nil):
		s.drop(token)
		return nil, false, nil
	}
	if box, ok := s.copyOf(token); ok {
		return box, true, nil
	}
	return nil, false, fmt.Errorf("read session: %w", err)
}

// CommitCtx keeps a session until expiry. One whose time has come meanwhile is
// not kept: without a time of life the store would keep it for ever.
func (s *sessions) CommitCtx(ctx context.Context, token string, box []byte, expiry time.Time) error {
	left := time.Until(expiry) //nolint:forbidigo // the manager counts by no other clock
	if left < time.Millisecond {
		return s.DeleteCtx(ctx, token)
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	end := s.now().Add(left)
	kept := append(binary.BigEndian.AppendUint64(nil, uint64(end.UnixMilli())), box...)
	var gone *redis.IntCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, s.prefix+"session:"+token, kept, left)
		gone = p.Exists(ctx, s.prefix+"gone:"+token) // after it, so that of two at once the sign-out wins
		return nil
	})
	switch {
	case err == nil && gone.Val() > 0: // its owner signed out while this request was on its way
		return s.DeleteCtx(ctx, token)
	case err == nil:
		s.keep(token, box, end)
		return nil
	}
	if _, ok := s.copyOf(token); ok { // its time is not prolonged, that is all
		return nil
	}
	return fmt.Errorf("keep session: %w", err)
}

// goneFor is how long a session that ended is known to have: longer than any
// request is on its way.
const goneFor = 15 * time.Minute

// DeleteCtx ends one.
func (s *sessions) DeleteCtx(ctx context.Context, token string) error {
	s.drop(token)
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, s.prefix+"gone:"+token, 1, goneFor)
		p.Del(ctx, s.prefix+"session:"+token)
		return nil
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// mostSeen bounds the copies in memory.
const mostSeen = 4096

func (s *sessions) keep(token string, box []byte, expiry time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.seen) >= mostSeen {
		for t, c := range s.seen {
			if now.Sub(c.at) > lookOn {
				delete(s.seen, t)
			}
		}
	}
	if len(s.seen) < mostSeen {
		s.seen[token] = seen{box, now, expiry}
	}
}

func (s *sessions) drop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, token)
}

func (s *sessions) copyOf(token string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.seen[token]
	now := s.now()
	if !ok || now.Sub(c.at) > lookOn || !now.Before(c.expiry) {
		return nil, false
	}
	return c.box, true
}

// Find, Commit and Delete are for a manager that knows no context; ours does.
func (s *sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token) //nolint:forbidigo // scs.Store gives none; a manager calls the Ctx forms
}

// Commit implements scs.Store.
func (s *sessions) Commit(token string, box []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, box, expiry) //nolint:forbidigo // as Find
}

// Delete implements scs.Store.
func (s *sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token) //nolint:forbidigo // as Find
}
