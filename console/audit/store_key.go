package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// ErrKey says that the log's own secret cannot be read: the service's key is
// another than it was kept under.
var ErrKey = errors.New("the audit's key cannot be read back")

// secretSize is of a log's own secret, bytes.
const secretSize = 32

func (l *Log) secretAAD() []byte { return []byte("audit key") }

// ready is the log's keys, read once. The first who wants them makes them.
func (l *Log) ready(ctx context.Context) (Keys, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keys != nil {
		return *l.keys, nil
	}
	secret, err := l.secret(ctx)
	if errors.Is(err, redis.Nil) {
		secret, err = l.firstSecret(ctx)
	}
	if err != nil {
		return Keys{}, err
	}
	keys, err := l.root.Derive(secret)
	if err != nil {
		return Keys{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	l.keys = &keys
	return keys, nil
}

func (l *Log) secret(ctx context.Context) ([]byte, error) {
	box, err := l.rdb.Get(ctx, l.key+":key").Bytes()
	if err != nil {
		return nil, err
	}
	secret, err := l.root.Open(box, l.secretAAD())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return secret, nil
}

// firstSecret makes the secret of a log that has no entry yet. Of two who do the
// first one's counts.
func (l *Log) firstSecret(ctx context.Context) ([]byte, error) {
	n, err := l.rdb.XLen(ctx, l.key).Result()
	if err != nil {
		return nil, err
	}
	if n > 0 { // somebody has just made it, or somebody took it away
		secret, err := l.secret(ctx)
		if errors.Is(err, redis.Nil) {
			return nil, fmt.Errorf("%w: its key is missing", ErrBroken)
		}
		return secret, err
	}
	secret := make([]byte, secretSize)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	if err := l.rdb.SetNX(ctx, l.key+":key", l.root.Seal(secret, l.secretAAD()), 0).Err(); err != nil {
		return nil, err
	}
	return l.secret(ctx)
}

// Rewrap keeps the log's secret under the service's key of today, so that the
// one before may be forgotten. Without a log there is nothing to do.
func (l *Log) Rewrap(ctx context.Context) error {
	secret, err := l.secret(ctx)
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err == nil {
		err = l.rdb.Set(ctx, l.key+":key", l.root.Seal(secret, l.secretAAD()), 0).Err()
	}
	if err != nil {
		return fmt.Errorf("rewrap the audit's key: %w", err)
	}
	return nil
}

// KeyOpens reports whether open, such as that of the service's key alone without
// the one before it, opens the log's secret; true while there is none.
func (l *Log) KeyOpens(ctx context.Context, open func(box, aad []byte) ([]byte, error)) (bool, error) {
	box, err := l.rdb.Get(ctx, l.key+":key").Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read the audit's key: %w", err)
	}
	_, err = open(box, l.secretAAD())
	return err == nil, nil
}
