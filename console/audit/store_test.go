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
	return New(rdb, "test", Keys{Seal: s.Seal, Open: s.Open, Sign: s.Sign, Verify: s.Verify}, nil)
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
			if _, err := open(t, rdb, 2).Add(ctx, Entry{At: at, Who: "r-eve", What: Acted}); err != nil {
				t.Fatal(err)
			}
		}, "entry 6 was changed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rdb := realRedis(t)
			l := open(t, rdb, 1)
			add(t, l, 5)
			tt.do(t.Context(), t, rdb)
			if _, err := l.Verify(t.Context(), nil); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Verify = %v; want %q", err, tt.says)
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
