package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

// Errors of signing in.
var (
	ErrWrongCode = errors.New("the code is wrong, used, or too old")
	ErrNoToken   = errors.New("there is no such token")
)

// TooOften refuses a try to sign in.
type TooOften struct{ Wait time.Duration }

// Seconds is when to try again, whole and never too early.
func (t TooOften) Seconds() int { return int(t.Wait.Seconds()) + 1 }

func (t TooOften) Error() string {
	return fmt.Sprintf("too many tries: try again in %d s", t.Seconds())
}

// budget is how long the store has for anything here.
const budget = 500 * time.Millisecond

// Store keeps sessions, codes and tokens. Of every secret it keeps the hash.
//
//	cl:{service}:session:<hash>     one session, until it ends by itself
//	cl:{service}:gone:<hash>        one that was signed out, for as long as a request may still be in flight
//	cl:{service}:ended              person → how often their sessions were ended
//	cl:{service}:codes              hash → one-time code and whom it makes
//	cl:{service}:tokens             hash → token's name and what it may do
//	rate:cl:{service}:tries:<way>…  tries to sign in; the limiter puts its own word before our key
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

// allow counts a try. who is a hash or a word of ours, never a name.
func (s *Store) allow(ctx context.Context, who string, limit redis_rate.Limit) error {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	got, err := s.rate.Allow(ctx, s.prefix+"tries:"+who, limit)
	switch {
	case err != nil:
		return fmt.Errorf("count tries: %w", err)
	case got.Allowed == 0:
		return TooOften{got.RetryAfter}
	}
	return nil
}

// everybodys is the name under which everybody's sessions are ended.
const everybodys = "*"

// EndSessions makes every session of a person, or of everybody for "*", count no
// more, on every instance, at their next request. person is their id, or their
// id in the plan. It counts endings, so that no clock takes part.
func (s *Store) EndSessions(ctx context.Context, person string) error {
	if err := s.rdb.HIncrBy(ctx, s.prefix+"ended", person, 1).Err(); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// endings is how often the sessions of a person were ended.
func (s *Store) endings(ctx context.Context, p Person) (sum int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	names := []string{everybodys, p.ID}
	if p.Responder != "" && p.Responder != p.ID {
		names = append(names, p.Responder)
	}
	counts, err := s.rdb.HMGet(ctx, s.prefix+"ended", names...).Result()
	if err != nil {
		return 0, fmt.Errorf("read ended sessions: %w", err)
	}
	for _, c := range counts {
		text, there := c.(string)
		if !there {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read ended sessions: %w", err)
		}
		sum += n
	}
	return sum, nil
}
