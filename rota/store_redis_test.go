package rota

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// store is one kind of Redis a Book is tested on.
type store struct {
	name string
	open func(t *testing.T) redis.UniversalClient
}

var stores = []store{
	{"redis-server", func(t *testing.T) redis.UniversalClient {
		t.Helper()
		rdb, _ := realRedis(t)
		return rdb
	}},
	{"miniredis", func(t *testing.T) redis.UniversalClient {
		t.Helper()
		rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaxRetries: -1})
		t.Cleanup(func() { _ = rdb.Close() })
		return rdb
	}},
}

// realRedis starts a server of its own, on a socket, with nothing on disk; it
// is killed when the test ends.
func realRedis(t *testing.T) (redis.UniversalClient, *os.Process) {
	t.Helper()
	dir, err := os.MkdirTemp("", "rota") //nolint:usetesting // short: a socket's path has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "sock")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, MaxRetries: -1, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = rdb.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for rdb.Ping(ctx).Err() != nil {
		select {
		case <-ctx.Done():
			t.Fatal("redis-server does not answer")
		case <-tick.C:
		}
	}
	return rdb, cmd.Process
}

func sealer(t *testing.T, secret byte) *call.Sealer {
	t.Helper()
	s, err := call.NewSealer(bytes.Repeat([]byte{secret}, call.MasterLeast))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bookNow is what Books in tests take the time to be.
var bookNow = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func book(t *testing.T, rdb redis.UniversalClient, change ...func(*BookOptions)) *Book {
	t.Helper()
	s := sealer(t, 'k')
	opt := BookOptions{
		Service: "test", Seal: s.Seal, Open: s.Open, Sign: s.Sign, Verify: s.Verify,
		Now: func() time.Time { return bookNow },
	}
	for _, c := range change {
		c(&opt)
	}
	return NewBook(rdb, opt)
}

func smallPlan(t *testing.T) *Plan {
	t.Helper()
	return parseFile(t, "testdata/small.yaml")
}

// publish puts the plan in force with a name that tells it apart.
func publish(t *testing.T, b *Book, expect int64, name string) int64 {
	t.Helper()
	p := smallPlan(t)
	p.Name = name
	v, err := b.Publish(t.Context(), bookNow, Change{Who: "xan", Why: "because " + name, Plan: p, Expect: expect})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustBe(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}
