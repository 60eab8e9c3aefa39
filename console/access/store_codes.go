package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Code is a one-time code for when the provider is down: whoever types it is
// signed in once, with these grants.
type Code struct {
	For     string    `json:"for"` // who it was printed for, as it will stand in the audit
	Grants  []Grant   `json:"grants"`
	Made    time.Time `json:"made"`
	By      string    `json:"by"`
	Expires time.Time `json:"expires"`

	hash string
}

// codeLetters leaves out what is read wrongly on paper.
const codeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// NewCode makes one. It is shown once, and kept as its hash: 16 letters of 31
// are 79 bits, beyond guessing within any rate limit.
func (s *Store) NewCode(ctx context.Context, c Code, now time.Time) (string, error) {
	if err := s.dropOldCodes(ctx, now); err != nil {
		return "", err
	}
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
	if err := s.rdb.HSet(ctx, s.prefix+"codes", hashed(plainCode(b.String())), text).Err(); err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	return b.String(), nil
}

// plainCode is a code however it was typed: only its letters.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(codeLetters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(typed))
}

// takeCode spends a code. Two who type the same one cannot both win.
func (s *Store) takeCode(ctx context.Context, typed string, now time.Time) (Code, error) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	hash := hashed(plainCode(typed))
	var found *redis.StringCmd
	var spent *redis.IntCmd
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		found, spent = p.HGet(ctx, s.prefix+"codes", hash), p.HDel(ctx, s.prefix+"codes", hash)
		return nil
	})
	if errors.Is(err, redis.Nil) || err == nil && spent.Val() == 0 {
		return Code{}, ErrWrongCode
	}
	if err != nil {
		return Code{}, fmt.Errorf("take code: %w", err)
	}
	var c Code
	if err := json.Unmarshal([]byte(found.Val()), &c); err != nil || !now.Before(c.Expires) {
		return Code{}, ErrWrongCode
	}
	return c, nil
}

// Codes are those nobody has used yet, by whom they are for; used and expired
// ones are left out.
func (s *Store) Codes(ctx context.Context, now time.Time) ([]Code, error) {
	all, err := s.allCodes(ctx)
	return slices.DeleteFunc(all, func(c Code) bool { return !now.Before(c.Expires) }), err
}

func (s *Store) allCodes(ctx context.Context) ([]Code, error) {
	hash, err := s.rdb.HGetAll(ctx, s.prefix+"codes").Result()
	if err != nil {
		return nil, fmt.Errorf("read codes: %w", err)
	}
	all := make([]Code, 0, len(hash))
	for h, text := range hash {
		c := Code{hash: h}
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return nil, fmt.Errorf("read codes: %w", err)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Code) int { return cmp.Or(cmp.Compare(a.For, b.For), a.Made.Compare(b.Made)) })
	return all, nil
}

// EndCodes makes every unused code for a person worth nothing, and says how many.
func (s *Store) EndCodes(ctx context.Context, person string) (int, error) {
	return s.endCodes(ctx, func(c Code) bool { return c.For == person })
}

func (s *Store) dropOldCodes(ctx context.Context, now time.Time) error {
	_, err := s.endCodes(ctx, func(c Code) bool { return !now.Before(c.Expires) })
	return err
}

func (s *Store) endCodes(ctx context.Context, which func(Code) bool) (int, error) {
	all, err := s.allCodes(ctx)
	if err != nil {
		return 0, err
	}
	var hashes []string
	for _, c := range all {
		if which(c) {
			hashes = append(hashes, c.hash)
		}
	}
	if len(hashes) == 0 {
		return 0, nil
	}
	n, err := s.rdb.HDel(ctx, s.prefix+"codes", hashes...).Result()
	if err != nil {
		return 0, fmt.Errorf("end codes: %w", err)
	}
	return int(n), nil
}
