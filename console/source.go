package console

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"example.org/crisisline/queue"
)

// snapshotBudget is how long the store has to give a snapshot.
const snapshotBudget = time.Second

// source reads snapshots for every page and board: those who ask at the same
// time share one read. While the store cannot be read it gives the last
// snapshot that could, and says that it is stale.
type source struct {
	read func(context.Context) (queue.Snapshot, error)
	now  func() time.Time

	flight singleflight.Group

	mu    sync.Mutex
	last  queue.Snapshot
	stale bool
}

// get is the present and whether it is stale. The error is set only for whoever
// finds out first, so that an outage is one line in the log.
func (s *source) get(ctx context.Context) (snap queue.Snapshot, stale bool, err error) {
	_, err, _ = s.flight.Do("", func() (any, error) {
		// The read is shared: it must outlive the request that began it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), snapshotBudget)
		defer cancel()
		snap, err := s.read(ctx)
		if snap.At.IsZero() {
			snap.At = s.now()
		}
		return nil, s.keep(snap, err)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.stale, err
}

func (s *source) keep(snap queue.Snapshot, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.last, s.stale = snap, false
		return nil
	}
	known := s.stale
	s.stale = true
	if known {
		return nil
	}
	return err
}

// forget makes the next asking read anew instead of sharing a read that began
// before something happened.
func (s *source) forget() { s.flight.Forget("") }
