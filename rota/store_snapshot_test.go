package rota

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	rdb, server := realRedis(t)
	file := filepath.Join(t.TempDir(), "deep", "plan.snapshot")
	withFile := func(o *BookOptions) { o.SnapshotFile = file }
	mustBe(t, book(t, rdb, withFile).LoadSnapshot(), ErrNoPlan)
	publish(t, book(t, rdb, withFile), 0, "first")
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	b := book(t, rdb, withFile)
	if err := b.Load(t.Context()); err == nil {
		t.Fatal("loaded from a dead store")
	}
	if err := b.LoadSnapshot(); err != nil {
		t.Fatal(err)
	}
	if r := b.Current(); r.Version() != 1 || len(r.DialOrder("public", bookNow)) == 0 {
		t.Error("the snapshot does not route")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("snapshot is %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"half written": good[:len(good)/2], "empty": {}, "altered": bytes.Replace(good, []byte(`"version":1`), []byte(`"version":9`), 1),
		"another service": bytes.Replace(good, []byte(`"test"`), []byte(`"best"`), 1),
	} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		err := book(t, rdb, withFile).LoadSnapshot()
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
	}
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	mustBe(t, book(t, rdb, withFile, func(o *BookOptions) { o.Verify = sealer(t, 'x').Verify }).LoadSnapshot(), ErrCorrupt)
}

// A frozen store holds a refresh no longer than its context, and what is
// current stays so, even while another goroutine waits on the same store.
func TestFrozenStore(t *testing.T) {
	t.Parallel()
	rdb, server := realRedis(t)
	b := book(t, rdb)
	publish(t, b, 0, "first")
	if err := server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			if _, err := b.Refresh(ctx); err == nil {
				t.Error("refreshed from a frozen store")
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
	wg.Wait()
	if b.Current().Version() != 1 {
		t.Error("lost the current plan")
	}
}

// The horizon moves with time, store or no store, and the version stays.
func TestHorizonIsExtended(t *testing.T) {
	t.Parallel()
	rdb, server := realRedis(t)
	now := bookNow
	b := book(t, rdb, func(o *BookOptions) { o.Now = func() time.Time { return now } })
	publish(t, b, 0, "first")
	first := b.Current().CoversUntil()
	if first.Sub(now) < DefaultHorizon {
		t.Fatalf("covers %s", first.Sub(now))
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(15 * 24 * time.Hour)
	if _, err := b.Refresh(t.Context()); err == nil {
		t.Fatal("refreshed from a dead store")
	}
	r := b.Current()
	if r.CoversUntil().Sub(now) < DefaultHorizon || r.Version() != 1 {
		t.Errorf("version %d covers %s", r.Version(), r.CoversUntil().Sub(now))
	}
}
