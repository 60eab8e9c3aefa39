package rota

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Entry is one version in the history.
type Entry struct {
	Version int64
	At      time.Time
	Who     string
	Why     string
	Of      int64  // the version whose text this is: smaller than Version after an undo
	Before  []byte // YAML; nil for the first version kept
	After   []byte // YAML

	Waiver    *Waiver // who let it pass the gate although something was refused, and what
	Emergency bool    // published before it was checked
}

// History is the last n versions that are kept, newest first.
func (b *Book) History(ctx context.Context, n int) ([]Entry, error) {
	newest, err := b.version(ctx, b.rdb)
	if errors.Is(err, ErrNoPlan) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read plan history: %w", err)
	}
	var fields []string
	for v := newest; v > 0 && len(fields) <= n; v-- { // one more than asked for, as the last one's before
		fields = append(fields, strconv.FormatInt(v, 10))
	}
	boxes, err := b.rdb.HMGet(ctx, logKey(b.opt.Service), fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("read plan history: %w", err)
	}
	var entries []Entry
	for i, box := range boxes {
		text, kept := box.(string)
		if !kept {
			break
		}
		rec, err := b.opened([]byte(text), newest-int64(i))
		if err != nil {
			return nil, fmt.Errorf("read plan history: %w", err)
		}
		if i > 0 {
			entries[i-1].Before = rec.Text
		}
		entries = append(entries, Entry{
			Version: rec.Version, At: rec.At, Who: rec.Who, Why: rec.Why, Of: rec.Of, After: rec.Text,
			Waiver: rec.Waiver, Emergency: rec.Emergency,
		})
	}
	return entries[:min(n, len(entries))], nil
}

// Undo takes version last back: it puts the plan before it in force again, to the
// byte, as the new version it returns. Undoing again goes a step further back;
// publishing begins anew. ErrNoUndo when there is nothing earlier.
//
// It is one step, on condition that last is in force still: of two who take the
// same version back at once one does, and the other, like whoever comes after
// another publication, is told ErrStale and nothing is changed.
func (b *Book) Undo(ctx context.Context, now time.Time, last int64, who, why string) (version int64, err error) {
	if err := b.begin(ctx); err != nil {
		return 0, fmt.Errorf("undo plan: %w", err)
	}
	defer b.end()
	v, err := b.version(ctx, b.rdb)
	if err == nil && v != last {
		err = ErrStale
	}
	if err != nil {
		return 0, fmt.Errorf("undo plan: %w", err)
	}
	earlier, err := b.before(ctx, last)
	if err != nil {
		return 0, fmt.Errorf("undo plan: %w", err)
	}
	// Stored only while last is in force: what was asked above may be old by now.
	err = b.put(ctx, record{Version: last + 1, At: now.UTC(), Who: who, Why: why, Of: earlier.Of, Text: earlier.Text})
	if err != nil {
		return 0, fmt.Errorf("undo plan: %w", err)
	}
	return last + 1, nil
}

// before is the version that was in force before the text of version v first
// was.
func (b *Book) before(ctx context.Context, v int64) (record, error) {
	now, err := b.record(ctx, v)
	if err != nil {
		return record{}, err
	}
	if now.Of <= 1 {
		return record{}, ErrNoUndo
	}
	was, err := b.record(ctx, now.Of-1)
	if errors.Is(err, ErrCorrupt) {
		return record{}, ErrNoUndo // older than what is kept
	}
	return was, err
}
