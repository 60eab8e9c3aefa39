package rota

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How says how a change is to pass the gate. The zero How checks it over the
// book's horizon, with what the book knows besides the plan, and lets nothing
// refused pass.
type How struct {
	Facts     Facts         // nothing in it: the book's own
	Horizon   time.Duration // how far ahead to check; 0 = the book's
	Waiver    *Waiver       // who answers for what is refused, and why; the rest is filled in
	Emergency bool          // publish at once, check after
}

// PublishGated puts a plan in force if the gate lets it. The Decision says what
// would ring, what was found and who answers for what; it comes with ErrRefused
// too. Errors are otherwise those of Publish.
//
// In an emergency the plan is in force before anything is checked, unless it
// cannot be read at all; the Decision then says what is to be mended, and the
// next change that is no emergency will not pass before it is.
func (b *Book) PublishGated(ctx context.Context, now time.Time, c Change, how How) (version int64, d Decision, err error) {
	before, after, err := b.beforeAndAfter(ctx, c)
	if err != nil {
		return 0, d, fmt.Errorf("publish plan: %w", err)
	}
	if how.Emergency {
		c.Emergency = true
		if version, err = b.Publish(ctx, now, c); err != nil {
			return 0, d, err
		}
		d, err = b.decide(ctx, before, after, now, how)
		if err != nil { // it is in force all the same, as was asked
			d.Publish, d.Why = true, "published in an emergency; "+d.Why
		}
		return version, d, nil
	}
	if d, err = b.decide(ctx, before, after, now, how); err != nil {
		return 0, d, fmt.Errorf("publish plan: %w", err)
	}
	c.Waiver = d.Waiver
	version, err = b.Publish(ctx, now, c)
	return version, d, err
}

// Rehearse is the Decision on a change, without making it.
func (b *Book) Rehearse(ctx context.Context, now time.Time, c Change, how How) (Decision, error) {
	before, after, err := b.beforeAndAfter(ctx, c)
	if err != nil {
		return Decision{}, fmt.Errorf("rehearse plan: %w", err)
	}
	return b.decide(ctx, before, after, now, how)
}

func (b *Book) decide(ctx context.Context, before, after *Rota, now time.Time, how How) (Decision, error) {
	if how.Facts.none() && b.opt.Facts != nil {
		how.Facts = b.opt.Facts(ctx)
	}
	horizon := how.Horizon
	if horizon <= 0 {
		horizon = b.opt.Horizon
	}
	return Gate(before, after, now, horizon, after.Review(now, horizon, how.Facts), how.Waiver)
}

// beforeAndAfter are the plan in force, which must be the one the change was
// made from, and the one that would be, as it would be read back.
func (b *Book) beforeAndAfter(ctx context.Context, c Change) (before, after *Rota, err error) {
	if c.Plan == nil {
		return nil, nil, ErrNoPlan
	}
	p, err := c.Plan.Clone()
	if err != nil {
		return nil, nil, err
	}
	if after, err = b.compile(p, 0, b.opt.Now()); err != nil {
		return nil, nil, err
	}
	if c.Expect == 0 {
		return nil, after, nil // Publish finds out whether there is none
	}
	if before = b.Current(); before == nil || before.version != c.Expect {
		if _, err = b.Refresh(ctx); err != nil {
			return nil, nil, err
		}
		if before = b.Current(); before.version != c.Expect {
			return nil, nil, ErrStale
		}
	}
	return before, after, nil
}

// standingAt are the waivers that stand in stored version v and have not ended.
func (b *Book) standingAt(ctx context.Context, v int64, now time.Time) ([]Waiver, error) {
	if v == 0 {
		return nil, nil
	}
	if r := b.Current(); r != nil && r.version == v {
		return r.Waivers(now), nil
	}
	rec, err := b.record(ctx, v)
	if errors.Is(err, ErrCorrupt) { // or never there: whether v is in force is for compareAndSet to say
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return standing(rec.waivers(), now), nil
}
