package rota

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors of a Book.
var (
	ErrStale   = errors.New("the plan was changed by somebody else in the meantime")
	ErrNoPlan  = errors.New("there is no plan")
	ErrNoUndo  = errors.New("there is no earlier plan to go back to")
	ErrNoSeal  = errors.New("no sealing functions were given, and plans are never kept in clear")
	ErrCorrupt = errors.New("the stored plan cannot be read")
)

// VersionKey is the store's key of the version in force, a decimal number. The
// claim scripts read it and refuse a claim decided on another version.
func VersionKey(service string) string { return "cl:{" + service + "}:plan:v" }

// logKey is a hash of every kept version: version → sealed record. The newest
// is the plan in force; a record never changes once written.
func logKey(service string) string { return "cl:{" + service + "}:plan:log" }

// BookOptions configure a Book. Service, Seal and Open are needed; Sign and
// Verify when there is a SnapshotFile.
type BookOptions struct {
	Service      string
	Seal         func(plain, aad []byte) []byte
	Open         func(box, aad []byte) ([]byte, error)
	Sign         func(msg []byte) []byte
	Verify       func(msg, sig []byte) bool
	SnapshotFile string        // "" = keep none
	Horizon      time.Duration // how far ahead to compile; 0 = DefaultHorizon
	Keep         int           // versions kept for history and undo; 0 = 500
	// Facts is what the checks are told besides the plan when How says nothing:
	// nil, and what it does not know, is nothing known.
	Facts func(context.Context) Facts
	Now   func() time.Time // nil = time.Now
	Log   *slog.Logger     // nil = nowhere
}

// Book keeps the plan in the store: one versioned document, changed only by
// whoever saw its latest version, with who, when, before, after and why. Every
// process holds a compiled copy and asks for the version alone to see whether
// it is still the latest.
type Book struct {
	rdb     redis.UniversalClient
	opt     BookOptions
	turn    chan struct{} // holds a token while a load, refresh or publication is under way
	current atomic.Pointer[Rota]
}

// NewBook makes a Book. It holds no plan until Load, LoadSnapshot or Publish
// has succeeded.
func NewBook(rdb redis.UniversalClient, opt BookOptions) *Book {
	if opt.Horizon <= 0 {
		opt.Horizon = DefaultHorizon
	}
	if opt.Keep <= 0 {
		opt.Keep = 500
	}
	if opt.Now == nil {
		opt.Now = time.Now //nolint:forbidigo // a default, for whoever hands in none
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Book{rdb: rdb, opt: opt, turn: make(chan struct{}, 1)}
}

// begin waits for the turn, no longer than ctx lasts: the store may be frozen
// under somebody else's hands.
func (b *Book) begin(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *Book) end() { <-b.turn }

// Current is the rota in force as far as this process knows; nil only before
// the first success of Load, LoadSnapshot or Publish.
func (b *Book) Current() *Rota { return b.current.Load() }

// Load reads the plan in force from the store and keeps a snapshot of it on
// disk. ErrNoPlan when the store has none, ErrCorrupt when it has one that
// does not open or does not parse; what was current stays current then.
func (b *Book) Load(ctx context.Context) error {
	if err := b.begin(ctx); err != nil {
		return fmt.Errorf("load plan: %w", err)
	}
	defer b.end()
	v, err := b.version(ctx, b.rdb)
	if err != nil {
		return fmt.Errorf("load plan: %w", err)
	}
	if err := b.adopt(ctx, v); err != nil {
		return fmt.Errorf("load plan: %w", err)
	}
	return nil
}

// Refresh costs one small read: it asks for the version and loads the plan
// only when that has changed. It also compiles anew when the horizon has aged,
// store or no store. Whoever is told that a claim was stale calls it, and a
// ticker does.
func (b *Book) Refresh(ctx context.Context) (changed bool, err error) {
	if err := b.begin(ctx); err != nil {
		return false, fmt.Errorf("refresh plan: %w", err)
	}
	defer b.end()
	b.extend()
	v, err := b.version(ctx, b.rdb)
	if err != nil {
		return false, fmt.Errorf("refresh plan: %w", err)
	}
	if r := b.Current(); r != nil && r.version == v {
		return false, nil
	}
	if err := b.adopt(ctx, v); err != nil {
		return false, fmt.Errorf("refresh plan: %w", err)
	}
	return true, nil
}

// extend compiles the current plan again once a quarter of its horizon is
// gone, so that it never runs out.
func (b *Book) extend() {
	r, now := b.Current(), b.opt.Now()
	if r == nil || r.CoversUntil().Sub(now) > b.opt.Horizon*3/4 {
		return
	}
	fresh, err := b.compile(r.plan, r.version, now)
	if err != nil { // it compiled before; keep the old one, which answers beyond its horizon too
		b.opt.Log.Error("plan not compiled anew", "version", r.version, "err", err)
		return
	}
	fresh.waivers = r.waivers
	b.current.Store(fresh)
	b.opt.Log.Info("plan compiled anew", "version", r.version, "covers_until", fresh.CoversUntil())
}

func (b *Book) compile(p *Plan, version int64, now time.Time) (*Rota, error) {
	// A day early: calls and shifts that began before now are asked about too.
	r, err := Compile(p, now.Add(-24*time.Hour), b.opt.Horizon+24*time.Hour)
	if err != nil {
		return nil, err
	}
	r.version = version
	return r, nil
}

// adopt makes stored version v current.
func (b *Book) adopt(ctx context.Context, v int64) error {
	rec, err := b.record(ctx, v)
	if err != nil {
		return err
	}
	r, err := b.ready(rec)
	if err != nil {
		return err
	}
	b.putInForce(r, rec)
	return nil
}

// ready parses and compiles a record's plan.
func (b *Book) ready(rec record) (*Rota, error) {
	p, err := Parse("plan", rec.Text)
	if err != nil {
		return nil, fmt.Errorf("%w: version %d: %w", ErrCorrupt, rec.Version, err)
	}
	r, err := b.compile(p, rec.Version, b.opt.Now())
	if err != nil {
		return nil, err
	}
	r.waivers = rec.waivers()
	return r, nil
}

func (b *Book) putInForce(r *Rota, rec record) {
	b.current.Store(r)
	b.opt.Log.Info("plan in force", "version", rec.Version)
	if err := b.saveSnapshot(rec); err != nil { // the plan is in force all the same
		b.opt.Log.Error("plan snapshot not written", "version", rec.Version, "err", err)
	}
}

// Change is a plan to put in force.
type Change struct {
	Who    string // id of the person, never a name
	Why    string
	Plan   *Plan
	Expect int64 // the version it was made from; 0 = there is none yet

	Waiver    *Waiver // who lets it pass the gate, kept with it; PublishGated fills it in
	Emergency bool    // published before it was checked
}

// Publish puts a plan in force: at the very next ring on this process, and on
// every other as soon as it claims or refreshes. It returns ErrStale and does
// nothing when the version in force is not c.Expect, and a Problems when the
// plan is not a good one. After a lost connection the outcome is looked up, so
// that an error means it is not in force.
func (b *Book) Publish(ctx context.Context, now time.Time, c Change) (version int64, err error) {
	if c.Plan == nil {
		return 0, fmt.Errorf("publish plan: %w", ErrNoPlan)
	}
	text, err := c.Plan.YAML()
	if err != nil {
		return 0, fmt.Errorf("publish plan: %w", err)
	}
	if err := b.begin(ctx); err != nil {
		return 0, fmt.Errorf("publish plan: %w", err)
	}
	defer b.end()
	version = c.Expect + 1
	err = b.put(ctx, record{
		Version: version, At: now.UTC(), Who: c.Who, Why: c.Why, Of: version, Text: text, Waiver: c.Waiver, Emergency: c.Emergency,
	})
	if err != nil {
		return 0, fmt.Errorf("publish plan: %w", err)
	}
	return version, nil
}

// put stores rec as the version after rec.Version-1 and makes it current.
func (b *Book) put(ctx context.Context, rec record) error {
	p, err := Parse("plan", rec.Text)
	if err != nil {
		return err
	}
	r, err := b.compile(p, rec.Version, b.opt.Now())
	if err != nil {
		return err
	}
	if rec.Standing, err = b.standingAt(ctx, rec.Version-1, rec.At); err != nil {
		return err
	}
	r.waivers = rec.waivers()
	box, err := b.sealed(rec)
	if err != nil {
		return err
	}
	if err := b.compareAndSet(ctx, rec.Version, box); err != nil {
		return err
	}
	b.putInForce(r, rec)
	return nil
}

func (b *Book) compareAndSet(ctx context.Context, version int64, box []byte) error {
	key, log := VersionKey(b.opt.Service), logKey(b.opt.Service)
	field := strconv.FormatInt(version, 10)
	err := b.rdb.Watch(ctx, func(tx *redis.Tx) error {
		stored, err := b.version(ctx, tx)
		if err != nil && !errors.Is(err, ErrNoPlan) {
			return err
		}
		if stored != version-1 {
			return ErrStale
		}
		_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.HSet(ctx, log, field, box)
			pipe.HDel(ctx, log, strconv.FormatInt(version-int64(b.opt.Keep), 10))
			pipe.Set(ctx, key, field, 0)
			return nil
		})
		return err
	}, key)
	switch {
	case err == nil, errors.Is(err, ErrStale):
		return err
	case errors.Is(err, redis.TxFailedErr):
		return ErrStale
	}
	// The reply was lost; the transaction may have gone through.
	if stored, lookErr := b.rdb.HGet(ctx, log, field).Bytes(); lookErr == nil && bytes.Equal(stored, box) {
		return nil
	}
	return err
}

// reader of one key: a client, or a transaction.
type getter interface {
	Get(ctx context.Context, key string) *redis.StringCmd
}

// version is the version in force; 0 and ErrNoPlan when there is none.
func (b *Book) version(ctx context.Context, from getter) (int64, error) {
	v, err := from.Get(ctx, VersionKey(b.opt.Service)).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, ErrNoPlan
	}
	return v, err
}

// record is one version as it is kept, sealed, in the store and on disk.
type record struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Why     string    `json:"why"`
	Of      int64     `json:"of"`
	Text    []byte    `json:"text"`

	Waiver    *Waiver  `json:"waiver,omitempty"`   // given with this version
	Standing  []Waiver `json:"standing,omitempty"` // given with earlier ones, and not ended
	Emergency bool     `json:"emergency,omitempty"`
}

// waivers are all that stand with the version.
func (rec record) waivers() []Waiver {
	if rec.Waiver == nil {
		return rec.Standing
	}
	return append(slices.Clone(rec.Standing), *rec.Waiver)
}

func (b *Book) aad(version int64) []byte {
	return fmt.Appendf(nil, "plan:%s:%d", b.opt.Service, version)
}

func (b *Book) sealed(rec record) ([]byte, error) {
	if b.opt.Seal == nil || b.opt.Open == nil {
		return nil, ErrNoSeal
	}
	plain, err := json.Marshal(rec)
	if err != nil {
		return nil, err
	}
	return b.opt.Seal(plain, b.aad(rec.Version)), nil
}

func (b *Book) opened(box []byte, version int64) (rec record, err error) {
	if b.opt.Open == nil {
		return rec, ErrNoSeal
	}
	plain, err := b.opt.Open(box, b.aad(version))
	if err != nil {
		return rec, fmt.Errorf("%w: version %d: %w", ErrCorrupt, version, err)
	}
	if err := json.Unmarshal(plain, &rec); err != nil || rec.Version != version {
		return record{}, fmt.Errorf("%w: version %d: not a record of it", ErrCorrupt, version)
	}
	return rec, nil
}

// record reads a kept version.
func (b *Book) record(ctx context.Context, version int64) (record, error) {
	box, err := b.rdb.HGet(ctx, logKey(b.opt.Service), strconv.FormatInt(version, 10)).Bytes()
	if errors.Is(err, redis.Nil) {
		return record{}, fmt.Errorf("%w: version %d is not kept", ErrCorrupt, version)
	}
	if err != nil {
		return record{}, err
	}
	return b.opened(box, version)
}
