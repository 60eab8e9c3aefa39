package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

const (
	ledgerPage = 256
	// ledgerBlock is how long one read waits for entries; a cancelled context
	// is noticed within it.
	ledgerBlock = 500 * time.Millisecond
	// claimIdle: entries another consumer took this long ago and never
	// acknowledged are a dead consumer's.
	claimIdle = time.Minute
	// ledgerLate is how much later than it happened an entry may stand in the
	// stream: one instance's clock is behind another's, or it was imported after
	// an outage.
	ledgerLate = 7 * 24 * time.Hour
)

// Consume gives every entry of the ledger to one consumer of the group, in
// batches, until ctx ends, which is no error. A batch is acknowledged when fn
// returns nil; after an error, or a crash between the two, it comes again: first
// of all to a consumer of the same name, else after a minute to another. Consumer
// names must differ between instances that run at once.
func (s *Store) Consume(ctx context.Context, group, consumer string, fn func([]call.Event) error) error {
	c := consumption{s: s, key: s.key(keyLedger), group: group, consumer: consumer, fn: fn}
	err := c.run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("consume ledger: %w", err)
	}
	return nil
}

type consumption struct {
	s                    *Store
	key, group, consumer string
	fn                   func([]call.Event) error
}

func (c *consumption) run(ctx context.Context) error {
	err := c.s.rdb.XGroupCreateMkStream(ctx, c.key, c.group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return err
	}
	for { // what this consumer took and did not acknowledge, from the first again
		n, err := c.read(ctx, "0", -1)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for reads, n := 0, 0; ; reads++ {
		if n == 0 || reads%ledgerPage == 0 {
			if err := c.claimDead(ctx); err != nil {
				return err
			}
		}
		if n, err = c.read(ctx, ">", ledgerBlock); err != nil {
			return err
		}
	}
}

func (c *consumption) read(ctx context.Context, from string, block time.Duration) (int, error) {
	streams, err := c.s.rdb.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: c.group, Consumer: c.consumer, Streams: []string{c.key, from}, Count: ledgerPage, Block: block,
	}).Result()
	switch {
	case errors.Is(err, redis.Nil) || err == nil && len(streams) == 0:
		return 0, ctx.Err()
	case err != nil:
		return 0, err
	}
	return len(streams[0].Messages), c.take(ctx, streams[0].Messages)
}

func (c *consumption) claimDead(ctx context.Context) error {
	for start := "0-0"; ; {
		messages, next, err := c.s.rdb.XAutoClaim(ctx, &redis.XAutoClaimArgs{
			Stream: c.key, Group: c.group, Consumer: c.consumer, MinIdle: claimIdle, Start: start, Count: ledgerPage,
		}).Result()
		if err != nil {
			return err
		}
		if err := c.take(ctx, messages); err != nil {
			return err
		}
		if start = next; start == "0-0" || len(messages) == 0 {
			return nil
		}
	}
}

// take hands one batch on and acknowledges it. Entries trimmed since they were
// read have no values: there is nothing to count in them any more.
func (c *consumption) take(ctx context.Context, messages []redis.XMessage) error {
	if len(messages) == 0 {
		return nil
	}
	events, ids := make([]call.Event, 0, len(messages)), make([]string, 0, len(messages))
	for _, m := range messages {
		ids = append(ids, m.ID)
		if len(m.Values) == 0 {
			continue
		}
		e, err := call.ParseEvent(m.ID, m.Values)
		if err != nil {
			return err
		}
		events = append(events, e)
	}
	if len(events) > 0 {
		if err := c.fn(events); err != nil {
			return err
		}
	}
	// What was counted is acknowledged even when it is time to stop.
	return c.s.rdb.XAck(context.WithoutCancel(ctx), c.key, c.group, ids...).Err()
}

// Follow gives every entry after the one named, in order, until ctx ends, which
// is no error. from is an entry's ID, "" for the whole ledger, "$" for what is
// written from now on.
func (s *Store) Follow(ctx context.Context, from string, fn func(call.Event) error) error {
	err := s.follow(ctx, from, fn)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("follow ledger: %w", err)
	}
	return nil
}

func (s *Store) follow(ctx context.Context, from string, fn func(call.Event) error) error {
	key := s.key(keyLedger)
	switch from {
	case "":
		from = "0"
	case "$": // named once: asking for "$" at every read would miss what came between
		from = "0"
		last, err := s.rdb.XRevRangeN(ctx, key, "+", "-", 1).Result()
		if err != nil {
			return err
		}
		if len(last) == 1 {
			from = last[0].ID
		}
	}
	for {
		streams, err := s.rdb.XRead(ctx, &redis.XReadArgs{Streams: []string{key, from}, Count: ledgerPage, Block: ledgerBlock}).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, stream := range streams {
			for _, m := range stream.Messages {
				from = m.ID
				if err := handOn(m, fn); err != nil {
					return err
				}
			}
		}
	}
}

func handOn(m redis.XMessage, fn func(call.Event) error) error {
	e, err := call.ParseEvent(m.ID, m.Values)
	if err != nil {
		return err
	}
	return fn(e)
}

// Range gives the entries of what happened from from until before to, in the
// order of the stream. An entry written late stands later in the stream than it
// happened: it is found up to a week later.
func (s *Store) Range(ctx context.Context, from, to time.Time, fn func(call.Event) error) error {
	err := s.stream(ctx, ms(from), ms(to.Add(ledgerLate)), nil, func(e call.Event) error {
		if e.At.Before(from) || !e.At.Before(to) {
			return nil
		}
		return fn(e)
	})
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	return nil
}

// Trim removes entries older than Options.LedgerFor.
func (s *Store) Trim(ctx context.Context, now time.Time) error {
	if s.o.LedgerFor == 0 {
		return nil
	}
	before := strconv.FormatInt(ms(now.Add(-s.o.LedgerFor)), 10)
	if err := s.rdb.XTrimMinID(ctx, s.key(keyLedger), before).Err(); err != nil {
		return fmt.Errorf("trim ledger: %w", err)
	}
	return nil
}
