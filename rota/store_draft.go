package rota

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrNoDraft is a draft that is not there, or not any more.
var ErrNoDraft = errors.New("there is no draft of that name")

// mostDrafts bounds what is kept, and draftTries how often a save is tried
// again because another draft was saved at the same moment.
const (
	mostDrafts = 100
	draftTries = 200
)

// Draft is a plan being worked on. It changes nothing until it is published.
type Draft struct {
	Name     string // an id: several may be under way
	Revision int64  // counts its saves; 0 = never saved
	Base     int64  // version of the plan it was made from; 0 = none
	Who      string // id of the person who saved it last
	Why      string
	At       time.Time
	Text     []byte // YAML; may be unfinished

	// Way is how it was asked for, where that was in steps or is about teams:
	// "merge"; "" otherwise. Answers are what was answered so far, for the next
	// step, and for doing it again on a later plan.
	Way     string              `json:",omitempty"`
	Answers map[string][]string `json:",omitempty"`
}

// Plan reads the draft; the error is a Problems.
func (d Draft) Plan() (*Plan, error) { return Parse(d.Name, d.Text) }

// draftsKey is a hash of the drafts: name → sealed draft.
func draftsKey(service string) string { return "cl:{" + service + "}:plan:drafts" }

func (b *Book) draftAAD(name string) []byte {
	return fmt.Appendf(nil, "plan:%s:draft:%s", b.opt.Service, name)
}

// Drafts are all drafts, by name.
func (b *Book) Drafts(ctx context.Context) ([]Draft, error) {
	boxes, err := b.rdb.HGetAll(ctx, draftsKey(b.opt.Service)).Result()
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	drafts := make([]Draft, 0, len(boxes))
	for name, box := range boxes {
		d, err := b.openDraft(name, []byte(box))
		if err != nil {
			return nil, fmt.Errorf("list drafts: %w", err)
		}
		drafts = append(drafts, d)
	}
	slices.SortFunc(drafts, func(a, b Draft) int { return strings.Compare(a.Name, b.Name) })
	return drafts, nil
}

// Draft is the draft of that name, or ErrNoDraft.
func (b *Book) Draft(ctx context.Context, name string) (Draft, error) {
	d, err := b.draft(ctx, b.rdb, name)
	if err != nil {
		return Draft{}, fmt.Errorf("read draft: %w", err)
	}
	return d, nil
}

// hashGetter reads one field of a hash: a client, or a transaction.
type hashGetter interface {
	HGet(ctx context.Context, key, field string) *redis.StringCmd
}

func (b *Book) draft(ctx context.Context, from hashGetter, name string) (Draft, error) {
	box, err := from.HGet(ctx, draftsKey(b.opt.Service), name).Bytes()
	if errors.Is(err, redis.Nil) {
		return Draft{}, ErrNoDraft
	}
	if err != nil {
		return Draft{}, err
	}
	return b.openDraft(name, box)
}

func (b *Book) openDraft(name string, box []byte) (d Draft, err error) {
	if b.opt.Open == nil {
		return d, ErrNoSeal
	}
	plain, err := b.opt.Open(box, b.draftAAD(name))
	if err != nil {
		return d, fmt.Errorf("%w: draft: %w", ErrCorrupt, err)
	}
	if err := json.Unmarshal(plain, &d); err != nil || d.Name != name {
		return Draft{}, fmt.Errorf("%w: draft: not a draft of that name", ErrCorrupt)
	}
	return d, nil
}

// SaveDraft keeps a draft and returns its new revision. d.Revision is the one
// it was made from, 0 for a new one; ErrStale when somebody else saved in the
// meantime. The text may be unfinished: it is read when it is published.
func (b *Book) SaveDraft(ctx context.Context, now time.Time, d Draft) (revision int64, err error) {
	if _, err := parseID(d.Name); err != nil {
		return 0, fmt.Errorf("save draft: name: %w", err)
	}
	if b.opt.Seal == nil || b.opt.Open == nil {
		return 0, fmt.Errorf("save draft: %w", ErrNoSeal)
	}
	expect := d.Revision
	d.Revision, d.At = expect+1, now.UTC()
	plain, err := json.Marshal(d)
	if err != nil {
		return 0, fmt.Errorf("save draft: %w", err)
	}
	box := b.opt.Seal(plain, b.draftAAD(d.Name))
	err = b.changeDraft(ctx, d.Name, expect, func(pipe redis.Pipeliner) { pipe.HSet(ctx, draftsKey(b.opt.Service), d.Name, box) })
	if err != nil {
		return 0, fmt.Errorf("save draft: %w", err)
	}
	return d.Revision, nil
}

// DropDraft throws a draft away, if it is still at that revision.
func (b *Book) DropDraft(ctx context.Context, name string, revision int64) error {
	err := b.changeDraft(ctx, name, revision, func(pipe redis.Pipeliner) { pipe.HDel(ctx, draftsKey(b.opt.Service), name) })
	if err != nil {
		return fmt.Errorf("drop draft: %w", err)
	}
	return nil
}

// changeDraft makes a change if the draft is at the revision expected. Other
// drafts may change at the same moment: then it is tried again.
func (b *Book) changeDraft(ctx context.Context, name string, expect int64, change func(redis.Pipeliner)) error {
	key := draftsKey(b.opt.Service)
	for range draftTries {
		err := b.rdb.Watch(ctx, func(tx *redis.Tx) error {
			was, err := b.draft(ctx, tx, name)
			switch {
			case errors.Is(err, ErrNoDraft) && expect > 0:
				return ErrNoDraft
			case err != nil && !errors.Is(err, ErrNoDraft):
				return err
			case was.Revision != expect:
				return ErrStale
			}
			if n, err := tx.HLen(ctx, key).Result(); err != nil || expect == 0 && n >= mostDrafts {
				return errors.Join(err, fmt.Errorf("there are %d drafts: drop some", n))
			}
			_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
				change(pipe)
				return nil
			})
			return err
		}, key)
		if !errors.Is(err, redis.TxFailedErr) {
			return err
		}
	}
	return ErrStale
}

// RehearseDraft reads a draft and says what publishing it would do. The error
// is a Problems for a draft that is not finished, ErrRefused for one the gate
// would not let pass, ErrStale for one made from a version no longer in force.
func (b *Book) RehearseDraft(ctx context.Context, now time.Time, name string, how How) (Draft, Decision, error) {
	d, err := b.Draft(ctx, name)
	if err != nil {
		return d, Decision{}, err
	}
	p, err := d.Plan()
	if err != nil {
		return d, Decision{}, fmt.Errorf("rehearse draft: %w", err)
	}
	decision, err := b.Rehearse(ctx, now, Change{Plan: p, Expect: d.Base}, how)
	return d, decision, err
}

// PublishDraft puts a draft in force if the gate lets it, and then drops it.
// who publishes may be another than who wrote it. revision is the one that was
// looked at: ErrStale when it was changed since, or when the plan was.
func (b *Book) PublishDraft(ctx context.Context, now time.Time, name string, revision int64, who, why string, how How) (version int64, d Decision, err error) {
	draft, err := b.Draft(ctx, name)
	if err != nil {
		return 0, d, err
	}
	if draft.Revision != revision {
		return 0, d, fmt.Errorf("publish draft: %w", ErrStale)
	}
	p, err := draft.Plan()
	if err != nil {
		return 0, d, fmt.Errorf("publish draft: %w", err)
	}
	version, d, err = b.PublishGated(ctx, now, Change{Who: who, Why: why, Plan: p, Expect: draft.Base}, how)
	if err != nil {
		return 0, d, err
	}
	if err := b.DropDraft(ctx, name, revision); err != nil { // it is in force; a draft left over harms nobody
		b.opt.Log.Warn("draft not dropped", "version", version, "err", err)
	}
	return version, d, nil
}
