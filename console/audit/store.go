package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors of a Log.
var (
	ErrBroken = errors.New("the audit does not hold together")
	ErrBusy   = errors.New("the audit is being written to by too many at once")
)

// budget is how long the store has for one entry: as long as a page waits for what
// somebody entered to be kept.
const budget = 3 * time.Second

// mostTries bounds how often a number that somebody else took is tried anew.
const mostTries = 50

// page is how many entries are read at once.
const page = 500

// Log keeps entries in one stream of the store, under their numbers.
//
//	cl:{service}:audit      the entries, each under its number
//	cl:{service}:audit:key  the secret they are sealed and bound with, itself sealed
type Log struct {
	rdb  redis.UniversalClient
	key  string
	root Root
	log  *slog.Logger

	mu   sync.Mutex
	keys *Keys
	held Standing // how far it was found to hold
}

// New keeps what belongs to one service. It does not ask the store.
func New(rdb redis.UniversalClient, service string, root Root, log *slog.Logger) *Log {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Log{rdb: rdb, key: "cl:{" + service + "}:audit", root: root, log: log}
}

// Add keeps an entry and gives it its number. After a lost answer it looks
// whether the entry is there, so that an error means it is not.
func (l *Log) Add(ctx context.Context, e Entry) (Entry, error) {
	_, e, err := l.addUnless(ctx, e, nil)
	return e, err
}

// AddUnless keeps an entry unless it is there already, whoever else is adding it
// at the same moment. look is given the entries from the newest on, and says
// whether this is it, and whether older ones need not be looked at.
func (l *Log) AddUnless(ctx context.Context, e Entry, look func(Entry) (there, enough bool)) (added bool, err error) {
	added, _, err = l.addUnless(ctx, e, look)
	return added, err
}

func (l *Log) addUnless(ctx context.Context, e Entry, look func(Entry) (there, enough bool)) (bool, Entry, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
	defer cancel()
	keys, err := l.ready(ctx)
	if err != nil {
		return false, e, fmt.Errorf("add to audit: %w", err)
	}
	var cutOff, looked int64
	for range mostTries {
		last, before, err := l.last(ctx)
		if err != nil {
			return false, e, fmt.Errorf("add to audit: %w", err)
		}
		if there, err := l.there(ctx, last, looked, look); there || err != nil {
			return false, e, err
		}
		looked = last
		// A number that is taken by an entry that is not there was cut off: it is
		// never given again, so that Verify finds the gap.
		e.Number = max(last, cutOff) + 1
		box, err := keys.seal(e)
		if err != nil {
			return false, e, fmt.Errorf("add to audit: %w", err)
		}
		mac := keys.Sign(bound(e.Number, box, before))
		e.MAC = hex.EncodeToString(mac)
		err = l.rdb.XAdd(ctx, &redis.XAddArgs{Stream: l.key, ID: id(e.Number), Values: []any{"e", box, "m", mac}}).Err()
		switch {
		case err == nil, l.isOurs(ctx, e.Number, mac):
			l.log.Info("audit", "number", e.Number, "what", e.What, "mac", e.MAC)
			return true, e, nil
		case !taken(err):
			return false, e, fmt.Errorf("add to audit: %w", err)
		}
		if cutOff = 0; l.cut(ctx, e.Number) {
			cutOff = e.Number
		}
	}
	return false, e, fmt.Errorf("add to audit: %w", ErrBusy)
}

// there looks through the entries from last down to what was looked at before.
func (l *Log) there(ctx context.Context, last, looked int64, look func(Entry) (there, enough bool)) (bool, error) {
	for look != nil && last > looked {
		entries, err := l.Newest(ctx, last+1, page)
		if err != nil || len(entries) == 0 {
			return false, err
		}
		for _, e := range entries {
			if e.Number <= looked {
				return false, nil
			}
			there, enough := look(e)
			if there || enough {
				return there, nil
			}
			last = e.Number - 1
		}
	}
	return false, nil
}

func id(number int64) string { return strconv.FormatInt(number, 10) + "-0" }

// taken reports whether the store refused a number because there is one as high
// already.
func taken(err error) bool { return err != nil && strings.Contains(err.Error(), "equal or smaller") }

func (l *Log) isOurs(ctx context.Context, number int64, mac []byte) bool {
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
