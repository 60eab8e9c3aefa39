package rota

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrNoFeed is a calendar address that nobody gave out, or that was revoked.
var ErrNoFeed = errors.New("there is no such feed")

// GivenFeed is one calendar address that was given out. The address itself is
// kept nowhere: whoever reads the store cannot read a calendar with it.
type GivenFeed struct {
	ID  string // the start of the token's hash; for revoking
	Of  FeedOf
	Who string // id of the person who gave it out
	At  time.Time
}

// feedsKey is a hash of the feeds: hash of the token → sealed GivenFeed.
func feedsKey(service string) string { return "cl:{" + service + "}:plan:feeds" }

func (b *Book) feedAAD(hash string) []byte {
	return fmt.Appendf(nil, "plan:%s:feed:%s", b.opt.Service, hash)
}

// shortID is how much of a token's hash names a feed to people.
const shortID = 12

// AddFeed gives out an address: the token, unguessable (130 bits), is returned
// this once. The person or team must be in the plan in force.
func (b *Book) AddFeed(ctx context.Context, now time.Time, of FeedOf, who string) (token string, err error) {
	r := b.Current()
	switch {
	case r == nil:
		return "", fmt.Errorf("add feed: %w", ErrNoPlan)
	case (of.Person == "") == (of.Team == ""):
		return "", fmt.Errorf("add feed: %w: name a person or a team, and not both", ErrNoSuch)
	}
	if of.Person != "" {
		if _, ok := r.Responder(of.Person); !ok {
			return "", fmt.Errorf("add feed: %w: responder %s", ErrNoSuch, shown(of.Person))
		}
	} else if r.lanes[of.Team] == nil {
		return "", fmt.Errorf("add feed: %w: team %s", ErrNoSuch, shown(of.Team))
	}
	if b.opt.Seal == nil {
		return "", fmt.Errorf("add feed: %w", ErrNoSeal)
	}
	token = strings.ToLower(rand.Text())
	hash := feedHash(token)
	plain, err := json.Marshal(GivenFeed{ID: hash[:shortID], Of: of, Who: who, At: now.UTC()})
	if err != nil {
		return "", fmt.Errorf("add feed: %w", err)
	}
	if err := b.rdb.HSet(ctx, feedsKey(b.opt.Service), hash, b.opt.Seal(plain, b.feedAAD(hash))).Err(); err != nil {
		return "", fmt.Errorf("add feed: %w", err)
	}
	return token, nil
}

func feedHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Feed is what an address shows, or ErrNoFeed.
func (b *Book) Feed(ctx context.Context, token string) (GivenFeed, error) {
	hash := feedHash(token)
	box, err := b.rdb.HGet(ctx, feedsKey(b.opt.Service), hash).Bytes()
	if errors.Is(err, redis.Nil) {
		return GivenFeed{}, ErrNoFeed
	}
	if err != nil {
		return GivenFeed{}, fmt.Errorf("read feed: %w", err)
	}
	return b.openFeed(hash, box)
}

func (b *Book) openFeed(hash string, box []byte) (f GivenFeed, err error) {
	if b.opt.Open == nil {
		return f, ErrNoSeal
	}
	plain, err := b.opt.Open(box, b.feedAAD(hash))
	if err != nil {
		return f, fmt.Errorf("%w: feed: %w", ErrCorrupt, err)
	}
	if err := json.Unmarshal(plain, &f); err != nil {
		return GivenFeed{}, fmt.Errorf("%w: feed: not one", ErrCorrupt)
	}
	return f, nil
}

// Feeds are all that were given out and not revoked, oldest first.
func (b *Book) Feeds(ctx context.Context) ([]GivenFeed, error) {
	boxes, err := b.rdb.HGetAll(ctx, feedsKey(b.opt.Service)).Result()
	if err != nil {
		return nil, fmt.Errorf("list feeds: %w", err)
	}
	feeds := make([]GivenFeed, 0, len(boxes))
	for hash, box := range boxes {
		f, err := b.openFeed(hash, []byte(box))
		if err != nil {
			return nil, fmt.Errorf("list feeds: %w", err)
		}
		feeds = append(feeds, f)
	}
	slices.SortFunc(feeds, func(a, b GivenFeed) int {
		if d := a.At.Compare(b.At); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return feeds, nil
}

// RevokeFeed makes an address nobody's, from the next request on.
func (b *Book) RevokeFeed(ctx context.Context, id string) error {
	key := feedsKey(b.opt.Service)
	hashes, err := b.rdb.HKeys(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("revoke feed: %w", err)
	}
	for _, hash := range hashes {
		if len(id) == shortID && strings.HasPrefix(hash, id) {
			if err := b.rdb.HDel(ctx, key, hash).Err(); err != nil {
				return fmt.Errorf("revoke feed: %w", err)
			}
			return nil
		}
	}
	return fmt.Errorf("revoke feed: %w", ErrNoFeed)
}
