package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// realRedis starts a server of its own, on a socket, with nothing on disk.
func realRedis(t *testing.T) redis.UniversalClient {
	t.Helper()
	dir, err := os.MkdirTemp("", "audit") //nolint:usetesting // short: a socket's path has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "sock")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, MaxRetries: 20, MinRetryBackoff: 10 * time.Millisecond})
	t.Cleanup(func() { _ = rdb.Close() })
	if err := rdb.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return rdb
}

func memory(t *testing.T) redis.UniversalClient {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

func open(t *testing.T, rdb redis.UniversalClient, secret byte) *Log {
	t.Helper()
	s, err := call.NewSealer(bytes.Repeat([]byte{secret}, call.MasterLeast))
	if err != nil {
		t.Fatal(err)
	}
	return New(rdb, "test", rootOf(s), nil)
}

func rootOf(s *call.Sealer) Root {
	return Root{Seal: s.Seal, Open: s.Open, Derive: func(secret []byte) (Keys, error) {
		own, err := call.NewSealer(secret)
		if err != nil {
			return Keys{}, err
		}
		return Keys{Seal: own.Seal, Open: own.Open, Sign: own.Sign, Verify: own.Verify}, nil
	}}
}

var at = time.Date(2026, 6, 20, 2, 12, 0, 0, time.UTC)

func add(t *testing.T, l *Log, n int) {
	t.Helper()
	for i := range n {
		if _, err := l.Add(t.Context(), Entry{At: at, Who: "r-ben", What: Acted, About: fmt.Sprint("CA", i), After: "break"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEntriesAreKeptInOrderWithoutAGap(t *testing.T) {
	t.Parallel()
	for name, rdb := range map[string]redis.UniversalClient{"redis-server": realRedis(t), "memory": memory(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, rdb, 1)
			var writers sync.WaitGroup
			for range 4 {
				writers.Go(func() { add(t, l, 5) })
			}
			writers.Wait()
			count, err := l.Verify(t.Context(), nil)
			if err != nil || count != 20 {
				t.Fatalf("Verify = %d, %v; want 20 entries that hold", count, err)
			}
			newest, err := l.Newest(t.Context(), 0, 3)
			if err != nil || len(newest) != 3 || newest[0].Number != 20 || newest[2].Number != 18 {
				t.Fatalf("Newest = %+v, %v", newest, err)
			}
			if newest[0].Who != "r-ben" || newest[0].After != "break" || !newest[0].At.Equal(at) {
				t.Errorf("entry = %+v", newest[0])
			}
			older, err := l.Newest(t.Context(), 18, 100)
			if err != nil || len(older) != 17 || older[0].Number != 17 {
				t.Errorf("below 18: %d entries, %v", len(older), err)
			}
		})
	}
}

// TestTheServicesKeyIsRotated: what was written before still holds, and the key
// before may be forgotten once the log's own is wrapped anew.
func TestTheServicesKeyIsRotated(t *testing.T) {
	t.Parallel()
	sealer := func(secrets ...byte) *call.Sealer {
		var all [][]byte
		for _, b := range secrets {
			all = append(all, bytes.Repeat([]byte{b}, call.MasterLeast))
		}
		s, err := call.NewSealer(all[0], all[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	rdb := memory(t)
	ctx, log := t.Context(), func(secrets ...byte) *Log { return New(rdb, "test", rootOf(sealer(secrets...)), nil) }
	if err := log(1).Rewrap(ctx); err != nil {
		t.Errorf("without a log: %v", err)
	}
	add(t, log(1), 3)
	if ok, err := log(2).KeyOpens(ctx, sealer(2).Open); ok || err != nil {
		t.Errorf("the new key alone opens it: %v, %v", ok, err)
	}
	if _, err := log(2).Verify(ctx, nil); !errors.Is(err, ErrKey) {
		t.Errorf("too early: %v", err)
	}
	if err := log(2, 1).Rewrap(ctx); err != nil {
		t.Fatal(err)
	}
	if ok, err := log(2).KeyOpens(ctx, sealer(2).Open); !ok || err != nil {
		t.Errorf("the new key alone does not: %v, %v", ok, err)
	}
	add(t, log(2), 2)
	if n, err := log(2).Verify(ctx, nil); n != 5 || err != nil {
		t.Errorf("Verify = %d, %v", n, err)
	}
}

// TestWhatIsThereIsNotAddedAgain: of several who note the same, one does.
func TestWhatIsThereIsNotAddedAgain(t *testing.T) {
	t.Parallel()
	for name, rdb := range map[string]redis.UniversalClient{"redis-server": realRedis(t), "memory": memory(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			var added atomic.Int32
			for i := range 4 {
				l := open(t, rdb, 1)
				all.Go(func() {
					add(t, l, i)
					ok, err := l.AddUnless(t.Context(), Entry{At: at, Who: "r-ben", What: Published, About: "7"}, func(e Entry) (there, enough bool) {
						return e.What == Published && e.About == "7", false
					})
					if err != nil {
						t.Error(err)
					}
					if ok {
						added.Add(1)
					}
				})
			}
			all.Wait()
			l := open(t, rdb, 1)
			if n, err := l.Verify(t.Context(), nil); added.Load() != 1 || n != 7 || err != nil {
				t.Errorf("added %d times; Verify = %d, %v", added.Load(), n, err)
			}
		})
	}
}

// TestFind: by person, kind and day, newest first, page by page.
func TestFind(t *testing.T) {
	t.Parallel()
	l := open(t, memory(t), 1)
	day := func(i int) time.Time { return at.Add(time.Duration(i) * 6 * time.Hour) }
	for i := range 40 { // ten days, four a day
		e := Entry{At: day(i), Who: []string{"r-ben", "r-amara"}[i%2], What: []string{Acted, Drafted, SignedIn}[i%3], About: fmt.Sprint(i)}
		if _, err := l.Add(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		want Wanted
		ids  string
		next bool
	}{
		"the newest":           {Wanted{Limit: 3}, "39 38 37", true},
		"further back":         {Wanted{Limit: 3, Below: 4}, "2 1 0", true},
		"the end of it":        {Wanted{Limit: 9, Below: 3}, "1 0", false},
		"by person":            {Wanted{Limit: 3, Who: "r-ben"}, "38 36 34", true},
		"by kind":              {Wanted{Limit: 2, What: SignedIn}, "38 35", true},
		"about one":            {Wanted{Limit: 9, About: "7"}, "7", false},
		"one day":              {Wanted{Limit: 9, From: day(8), Until: day(12)}, "11 10 9 8", false},
		"a day, and a person":  {Wanted{Limit: 9, From: day(8), Until: day(12), Who: "r-ben"}, "10 8", false},
		"before there was any": {Wanted{Limit: 9, Until: day(-9)}, "", false},
		"after the last":       {Wanted{Limit: 9, From: day(60)}, "", false},
		"nobody":               {Wanted{Limit: 9, Who: "r-eve"}, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, next, err := l.Find(t.Context(), tt.want)
			var ids []string
			for _, e := range found {
				ids = append(ids, e.About)
			}
			if got := strings.Join(ids, " "); err != nil || got != tt.ids || (next != 0) != tt.next {
				t.Errorf("%q, next %d, %v; want %q, %v", got, next, err, tt.ids, tt.next)
			}
		})
	}
}

// TestHoldsGoesOnWhereItWas: what was looked at is not looked at again, until a
// day has passed.
func TestHoldsGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	rdb := memory(t)
	l := open(t, rdb, 1)
	if s := l.Holds(t.Context(), at); !s.Whole || s.Count != 0 || s.Err != nil {
		t.Errorf("an empty log: %+v", s)
	}
	add(t, l, 3)
	if s := l.Holds(t.Context(), at.Add(time.Minute)); s.Count != 0 {
		t.Errorf("a minute later it looked again: %+v", s)
	}
	if s := l.Holds(t.Context(), at.Add(4*time.Minute)); s.Count != 3 || s.Err != nil {
		t.Errorf("four minutes later: %+v", s)
	}
	add(t, l, 2)
	rdb.XDel(t.Context(), "cl:{test}:audit", "2-0")
	if s := l.Holds(t.Context(), at.Add(8*time.Minute)); s.Count != 5 || s.Err != nil {
		t.Errorf("it did not go on where it was: %+v", s)
	}
	if s := l.Holds(t.Context(), at.Add(25*time.Hour)); !errors.Is(s.Err, ErrBroken) {
		t.Errorf("a day later: %+v", s)
	}
}

func TestWhateverIsDoneToTheAuditIsFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		do   func(ctx context.Context, t *testing.T, rdb redis.UniversalClient)
		says string
	}{
		"an entry of the middle is removed": {func(ctx context.Context, _ *testing.T, rdb redis.UniversalClient) {
			rdb.XDel(ctx, "cl:{test}:audit", "3-0")
		}, "entry 3 is missing"},
		"the first is removed": {func(ctx context.Context, _ *testing.T, rdb redis.UniversalClient) {
			rdb.XTrimMinID(ctx, "cl:{test}:audit", "2-0")
		}, "entry 1 is missing"},
		"the end is cut off": {func(ctx context.Context, _ *testing.T, rdb redis.UniversalClient) {
			rdb.XDel(ctx, "cl:{test}:audit", "5-0", "4-0")
		}, "2 entries at its end"},
		"an end cut off, and written on": {func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) {
			rdb.XDel(ctx, "cl:{test}:audit", "5-0")
			add(t, open(t, rdb, 1), 1)
		}, "entry 5 is missing"},
		"two change places": {func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) {
			rewrite(ctx, t, rdb, func(all []redis.XMessage) { all[1].Values, all[2].Values = all[2].Values, all[1].Values })
		}, "entry 2 was changed"},
		"somebody without the key adds one": {func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) {
			forger := open(t, rdb, 2)
			keys, err := forger.root.Derive(bytes.Repeat([]byte{2}, secretSize))
			if err != nil {
				t.Fatal(err)
			}
			forger.keys = &keys
			if _, err := forger.Add(ctx, Entry{At: at, Who: "r-eve", What: Acted}); err != nil {
				t.Fatal(err)
			}
		}, "entry 6 was changed"},
		"its key is removed": {func(ctx context.Context, _ *testing.T, rdb redis.UniversalClient) {
			rdb.Del(ctx, "cl:{test}:audit:key")
		}, "its key is missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rdb := realRedis(t)
			l := open(t, rdb, 1)
			add(t, l, 5)
			tt.do(t.Context(), t, rdb)
			l = open(t, rdb, 1) // as whoever starts after it happened
			if _, err := l.Verify(t.Context(), nil); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Verify = %v; want %q", err, tt.says)
			}
			if s := l.Holds(t.Context(), at); !errors.Is(s.Err, ErrBroken) || !s.At.Equal(at) {
				t.Errorf("Holds = %+v", s)
			}
		})
	}
}

// rewrite makes the stream anew after change.
func rewrite(ctx context.Context, t *testing.T, rdb redis.UniversalClient, change func([]redis.XMessage)) {
	t.Helper()
	all, err := rdb.XRange(ctx, "cl:{test}:audit", "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	change(all)
	rdb.Del(ctx, "cl:{test}:audit")
	for _, m := range all {
		if err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: "cl:{test}:audit", ID: m.ID, Values: m.Values}).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingIsReadInTheStore(t *testing.T) {
	t.Parallel()
	rdb := memory(t)
	if _, err := open(t, rdb, 1).Add(t.Context(), Entry{At: at, Who: "r-ben", What: SawNumber, Why: "asked to be rung back"}); err != nil {
		t.Fatal(err)
	}
	all, err := rdb.XRange(t.Context(), "cl:{test}:audit", "-", "+").Result()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if kept := fmt.Sprint(all[0].Values); strings.Contains(kept, "r-ben") || strings.Contains(kept, "rung back") {
		t.Errorf("kept in clear: %q", kept)
	}
}
