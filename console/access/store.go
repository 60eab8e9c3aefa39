package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

// Errors of signing in.
var (
	ErrWrongCode = errors.New("the code is wrong, used, or too old")
	ErrTooOften  = errors.New("too many tries")
	ErrNoToken   = errors.New("there is no such token")
)

// budget is how long the store has for anything here.
const budget = 500 * time.Millisecond

// Store keeps sessions, codes and tokens. Of every secret it keeps the hash.
//
//	cl:{service}:session:<hash>   one session, until it ends by itself
//	cl:{service}:ended            person → since when their older sessions count no more, ms
//	cl:{service}:code:<hash>      one one-time code and whom it makes
//	cl:{service}:tokens           hash → token's name and what it may do
type Store struct {
	rdb    redis.UniversalClient
	prefix string
	rate   *redis_rate.Limiter
}

// NewStore keeps what belongs to one service.
func NewStore(rdb redis.UniversalClient, service string) *Store {
	return &Store{rdb: rdb, prefix: "cl:{" + service + "}:", rate: redis_rate.NewLimiter(rdb)}
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Code is a one-time code for when the provider is down: whoever types it is
// signed in once, with these grants.
type Code struct {
	For     string    `json:"for"` // who it was printed for, as it will stand in the audit
	Grants  []Grant   `json:"grants"`
	Expires time.Time `json:"expires"`
}

// codeLetters leaves out what is read wrongly on paper.
const codeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// NewCode makes one. It is shown once, and kept as its hash: 16 letters of 31
// are 79 bits, beyond guessing within any rate limit.
func (s *Store) NewCode(ctx context.Context, c Code, now time.Time) (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	var b strings.Builder
	for i, x := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[int(x)%len(codeLetters)])
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	err = s.rdb.Set(ctx, s.prefix+"code:"+hashed(plainCode(b.String())), text, c.Expires.Sub(now)).Err()
	if err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	return b.String(), nil
}

// plainCode is a code however it was typed.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
}

// takeCode spends a code. Two who type the same one cannot both win.
func (s *Store) takeCode(ctx context.Context, typed string, now time.Time) (Code, error) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	text, err := s.rdb.GetDel(ctx, s.prefix+"code:"+hashed(plainCode(typed))).Bytes()
	if errors.Is(err, redis.Nil) {
		return Code{}, ErrWrongCode
	}
	if err != nil {
		return Code{}, fmt.Errorf("take code: %w", err)
	}
	var c Code
	if err := json.Unmarshal(text, &c); err != nil || !now.Before(c.Expires) {
		return Code{}, ErrWrongCode
	}
	return c, nil
}

// allow counts a try. who is a hash or an address, never a name.
func (s *Store) allow(ctx context.Context, who string, limit redis_rate.Limit) error {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	got, err := s.rate.Allow(ctx, s.prefix+"tries:"+who, limit)
	switch {
	case err != nil:
		return fmt.Errorf("count tries: %w", err)
	case got.Allowed == 0:
		return fmt.Errorf("%w: try again in %d s", ErrTooOften, int(got.RetryAfter.Seconds())+1)
	}
	return nil
}

// EndSessions makes every session of a person older than now count no more, on
// every instance, at their next request.
func (s *Store) EndSessions(ctx context.Context, person string, now time.Time) error {
	if err := s.rdb.HSet(ctx, s.prefix+"ended", person, now.UnixMilli()).Err(); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// endedSince is when the sessions of a person were ended, zero for never.
func (s *Store) endedSince(ctx context.Context, person string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	ms, err := s.rdb.HGet(ctx, s.prefix+"ended", person).Int64()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read ended sessions: %w", err)
	}
	return time.UnixMilli(ms), nil
}
