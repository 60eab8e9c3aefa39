package rota

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors of a Book.
var (
	ErrStale   = errors.New("plan was changed by someone else in the meantime")
	ErrNoPlan  = errors.New("no plan in the store")
	ErrNoUndo  = errors.New("no earlier plan to go back to")
	ErrNoSeal  = errors.New("no sealing functions given: plans are never kept in clear")
	ErrCorrupt = errors.New("plan cannot be read back")
)

// VersionKey is the store's key of the plan version in force, a decimal
// number. The claim scripts read it.
func VersionKey(service string) string { return "cl:{" + service + "}:plan:v" }

// BookOptions configure a Book.
type BookOptions struct {
	Service      string
	Seal         func(plain, aad []byte) []byte
	Open         func(box, aad []byte) ([]byte, error)
	Sign         func(msg []byte) []byte
	Verify       func(msg, sig []byte) bool
	SnapshotFile string        // "" = keep none
	LedgerKey    string        // stream that gets a plan entry at each publication; "" = none
	Horizon      time.Duration // how far ahead to compile; 0 = 8 weeks
	Keep         int           // versions kept for history and undo; 0 = 500
	Now          func() time.Time
	Log          *slog.Logger
}

// Change is a plan to put in force.
type Change struct {
	Who    string // id of the person, never a name
	Why    string
	Plan   *Plan
	Expect int64 // the version it was made from; 0 = there is none yet
}

// Entry is one published version in the history.
type Entry struct {
	Version int64
	At      time.Time
	Who     string
	Why     string
	Of      int64  // the version whose text this is: smaller than Version after an undo
	Before  []byte // YAML, nil for the first
	After   []byte // YAML
}

// Book keeps the plan in the store.
type Book struct {
	rdb redis.UniversalClient
	opt BookOptions
}

// NewBook makes a Book; Load or LoadSnapshot fills it.
func NewBook(rdb redis.UniversalClient, opt BookOptions) *Book { return &Book{rdb: rdb, opt: opt} }

// Current is the rota in force as this process knows it; nil before the first
// Load, LoadSnapshot or Publish that succeeded.
func (b *Book) Current() *Rota { return nil }

// Load reads the plan in force. ErrNoPlan when there is none.
func (b *Book) Load(ctx context.Context) error { return ErrNoPlan }

// Refresh reads the version, and the plan when it changed.
func (b *Book) Refresh(ctx context.Context) (changed bool, err error) { return false, ErrNoPlan }

// LoadSnapshot reads the plan last put on disk.
func (b *Book) LoadSnapshot() error { return ErrNoPlan }

// Publish puts a plan in force. ErrStale when the stored version is not
// c.Expect.
func (b *Book) Publish(ctx context.Context, now time.Time, c Change) (version int64, err error) {
	return 0, ErrStale
}

// History is the last n versions, newest first.
func (b *Book) History(ctx context.Context, n int) ([]Entry, error) { return nil, nil }

// Undo puts the plan before the present one in force again, as a new version.
func (b *Book) Undo(ctx context.Context, now time.Time, who, why string) error { return ErrNoUndo }
