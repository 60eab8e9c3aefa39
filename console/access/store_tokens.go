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

// tokenPrefix lets a secret scanner know ours when one is pasted somewhere.
const tokenPrefix = "clt_"

// Token lets a program do what a role may. Its secret is shown once.
type Token struct {
	Name    string    `json:"name"` // what it is for; stands beside what it does
	Grants  []Grant   `json:"grants"`
	Made    time.Time `json:"made"`
	By      string    `json:"by"`
	Expires time.Time `json:"expires"`
	// Responder is whose token it is, by their id in the plan: it may do what is for
	// them alone, such as their own breaks. "" for nobody's.
	Responder string `json:"responder,omitempty"`

	hash string
}

// NewToken makes a token under a name no other has.
func (s *Store) NewToken(ctx context.Context, t Token) (secret string, err error) {
	all, err := s.Tokens(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(all, func(o Token) bool { return o.Name == t.Name }) {
		return "", fmt.Errorf("make token: there is one called %q already: end it first", t.Name)
	}
	secret = tokenPrefix + strings.ToLower(rand.Text()+rand.Text())
	text, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	if err := s.rdb.HSet(ctx, s.prefix+"tokens", hashed(secret), text).Err(); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return secret, nil
}

// Tokens are all there are, by name; ended and expired ones are gone.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	hash, err := s.rdb.HGetAll(ctx, s.prefix+"tokens").Result()
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	all := make([]Token, 0, len(hash))
	for h, text := range hash {
		t := Token{hash: h}
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return nil, fmt.Errorf("read tokens: %w", err)
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Token) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// EndToken ends one, at once and everywhere.
func (s *Store) EndToken(ctx context.Context, name string) error {
	all, err := s.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.Name != name {
			continue
		}
		if err := s.rdb.HDel(ctx, s.prefix+"tokens", t.hash).Err(); err != nil {
			return fmt.Errorf("end token: %w", err)
		}
		return nil
	}
	return ErrNoToken
}

// token is whom a secret makes.
func (s *Store) token(ctx context.Context, secret string, now time.Time) (Person, error) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	text, err := s.rdb.HGet(ctx, s.prefix+"tokens", hashed(secret)).Bytes()
	if errors.Is(err, redis.Nil) {
		return Person{}, ErrNoToken
	}
	if err != nil {
		return Person{}, fmt.Errorf("read token: %w", err)
	}
	var t Token
	if err := json.Unmarshal(text, &t); err != nil || !t.Expires.IsZero() && !now.Before(t.Expires) {
		return Person{}, ErrNoToken
	}
	return Person{ID: "token:" + t.Name, Name: t.Name, Responder: t.Responder, Grants: t.Grants, How: ByToken, Since: t.Made}, nil
}
