package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors of a Log.
var (
	ErrBroken = errors.New("the audit does not hold together")
	ErrBusy   = errors.New("the audit is being written to by too many at once")
)

// budget is how long the store has for one entry.
const budget = time.Second

// mostTries bounds how often a number that somebody else took is tried anew.
const mostTries = 50

// page is how many entries are read at once.
const page = 500

// Log keeps entries in one stream of the store, under their numbers.
type Log struct {
	rdb  redis.UniversalClient
	key  string
	keys Keys
	log  *slog.Logger
}

// New keeps what belongs to one service.
func New(rdb redis.UniversalClient, service string, keys Keys, log *slog.Logger) *Log {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Log{rdb: rdb, key: "cl:{" + service + "}:audit", keys: keys, log: log}
}

// Add keeps an entry and gives it its number. After a lost answer it looks
// whether the entry is there, so that an error means it is not.
func (l *Log) Add(ctx context.Context, e Entry) (Entry, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
	defer cancel()
	var tried int64
	for range mostTries {
		last, before, err := l.last(ctx)
		if err != nil {
			return e, fmt.Errorf("add to audit: %w", err)
		}
		// A number that is taken by an entry that is not there was cut off: it is
		// never given again, so that Verify finds the gap.
		e.Number = max(last, tried) + 1
		box, err := l.keys.seal(e)
		if err != nil {
			return e, fmt.Errorf("add to audit: %w", err)
		}
		mac := l.keys.Sign(bound(e.Number, box, before))
		e.MAC = hex.EncodeToString(mac)
		err = l.rdb.XAdd(ctx, &redis.XAddArgs{Stream: l.key, ID: id(e.Number), Values: []any{"e", box, "m", mac}}).Err()
		switch {
		case err == nil, l.there(ctx, e.Number, mac):
			l.log.Info("audit", "number", e.Number, "what", e.What, "mac", e.MAC)
			return e, nil
		case !taken(err):
			return e, fmt.Errorf("add to audit: %w", err)
		}
		if tried = 0; l.cut(ctx, e.Number) {
			tried = e.Number
		}
	}
	return e, fmt.Errorf("add to audit: %w", ErrBusy)
}

func id(number int64) string { return strconv.FormatInt(number, 10) + "-0" }

// taken reports whether the store refused a number because there is one as high
// already.
func taken(err error) bool { return err != nil && strings.Contains(err.Error(), "equal or smaller") }

func (l *Log) there(ctx context.Context, number int64, mac []byte) bool {
	got, err := l.rdb.XRange(ctx, l.key, id(number), id(number)).Result()
	return err == nil && len(got) == 1 && got[0].Values["m"] == string(mac)
}

// cut reports whether a number that the store says is taken has no entry.
func (l *Log) cut(ctx context.Context, number int64) bool {
	got, err := l.rdb.XRange(ctx, l.key, id(number), id(number)).Result()
	return err == nil && len(got) == 0
}

// last is the newest number and mac; 0 and nothing when there is none.
func (l *Log) last(ctx context.Context) (int64, []byte, error) {
	got, err := l.rdb.XRevRangeN(ctx, l.key, "+", "-", 1).Result()
	if err != nil || len(got) == 0 {
		return 0, nil, err
	}
	number, _, mac, err := parts(got[0])
	return number, mac, err
}

func parts(m redis.XMessage) (number int64, box, mac []byte, err error) {
	head, _, _ := strings.Cut(m.ID, "-")
	number, err = strconv.ParseInt(head, 10, 64)
	b, _ := m.Values["e"].(string)
	s, _ := m.Values["m"].(string)
	return number, []byte(b), []byte(s), err
}

// Newest are the entries below a number, the newest first, at most limit; below
// 0 means from the end.
func (l *Log) Newest(ctx context.Context, below int64, limit int) ([]Entry, error) {
	from := "+"
	if below > 0 {
		from = "(" + id(below)
	}
	got, err := l.rdb.XRevRangeN(ctx, l.key, from, "-", int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	all := make([]Entry, 0, len(got))
	for _, m := range got {
		number, box, mac, err := parts(m)
		if err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
		e, err := l.keys.open(number, box, mac)
		if err != nil {
			return nil, fmt.Errorf("read audit: %w: %w", ErrBroken, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// Verify reads the whole chain from its beginning, and gives each entry to fn
// (which may be nil). ErrBroken names the first entry that does not hold.
func (l *Log) Verify(ctx context.Context, fn func(Entry) error) (count int64, err error) {
	var before []byte
	from, expect := "-", int64(1)
	for {
		got, err := l.rdb.XRangeN(ctx, l.key, from, "+", page).Result()
		if err != nil {
			return expect - 1, fmt.Errorf("verify audit: %w", err)
		}
		for _, m := range got {
			number, box, mac, err := parts(m)
			if err != nil || number != expect {
				return expect - 1, fmt.Errorf("%w: entry %d is missing", ErrBroken, expect)
			}
			if !l.keys.Verify(bound(number, box, before), mac) {
				return expect - 1, fmt.Errorf("%w: entry %d was changed, or one before it", ErrBroken, number)
			}
			e, err := l.keys.open(number, box, mac)
			if err != nil {
				return expect - 1, fmt.Errorf("%w: %w", ErrBroken, err)
			}
			if fn != nil {
				if err := fn(e); err != nil {
					return expect - 1, err
				}
			}
			before, expect = mac, expect+1
		}
		if len(got) < page {
			return expect - 1, l.endIsThere(ctx, expect-1)
		}
		from = "(" + id(expect-1)
	}
}

// endIsThere compares the newest entry with the highest number the store ever
// gave. A store that does not keep that (one in memory) cannot tell.
func (l *Log) endIsThere(ctx context.Context, newest int64) error {
	info, err := l.rdb.XInfoStream(ctx, l.key).Result()
	if err != nil || info.LastGeneratedID == "" {
		return nil //nolint:nilerr // no stream yet, or a store that does not keep it
	}
	head, _, _ := strings.Cut(info.LastGeneratedID, "-")
	if given, err := strconv.ParseInt(head, 10, 64); err == nil && given > newest {
		return fmt.Errorf("%w: %d entries at its end are missing", ErrBroken, given-newest)
	}
	return nil
}
