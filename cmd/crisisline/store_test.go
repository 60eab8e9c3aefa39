package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/config"
)

// logged is a log that tests read while others write to it.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

func embedded(t *testing.T) *config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Service.DataDir = t.TempDir()
	return cfg
}

// open opens a store that is closed when the test ends, if not before.
func open(t *testing.T, cfg *config.Config, log *slog.Logger) *store {
	t.Helper()
	s, err := openStore(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// eventually waits until what holds, or fails.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !holds() {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatalf("never came: %s", what)
		}
	}
}

func processOf(t *testing.T, s *store) int {
	t.Helper()
	info, err := s.Info(t.Context(), "server").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "process_id:")
	pid, err := strconv.Atoi(strings.TrimSpace(rest[:strings.IndexByte(rest, '\r')]))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func write(t *testing.T, s *store, value string) {
	t.Helper()
	if err := s.Set(t.Context(), "cl:{test}:x", value, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s *store) string {
	t.Helper()
	got, err := s.Get(t.Context(), "cl:{test}:x").Result()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEmbeddedStoreSurvivesARestart(t *testing.T) {
	t.Parallel()
	cfg, log := embedded(t), &logged{}
	first := open(t, cfg, log.logger())
	if first.Kind != storeEmbedded || !first.Lasts() {
		t.Fatalf("kind %s: the tests need a redis-server on the PATH", first.Kind)
	}
	write(t, first, "kept")
	pid := processOf(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Fatal("the server outlived Close")
	}
	if got := read(t, open(t, cfg, log.logger())); got != "kept" {
		t.Errorf("got %q", got)
	}
}

func TestEmbeddedStoreIsConfiguredToLast(t *testing.T) {
	t.Parallel()
	s := open(t, embedded(t), slog.New(slog.DiscardHandler))
	for name, want := range map[string]string{
		"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "port": "0", "unixsocketperm": "700",
	} {
		got, err := s.ConfigGet(t.Context(), name).Result()
		if err != nil || got[name] != want {
			t.Errorf("%s is %q, not %q (%v)", name, got[name], want, err)
		}
	}
}

// TestCtrlCIsNotTheEmbeddedStores: a terminal tells the whole group, and the
// store must stay for as long as the service drains.
func TestCtrlCIsNotTheEmbeddedStores(t *testing.T) {
	t.Parallel()
	pid := processOf(t, open(t, embedded(t), slog.New(slog.DiscardHandler)))
	group, err := syscall.Getpgid(pid)
	if err != nil || group != pid || group == syscall.Getpgrp() {
		t.Errorf("process %d is in group %d (%v)", pid, group, err)
	}
}

func TestEmbeddedStoreIsStartedAgainWhenKilled(t *testing.T) {
	t.Parallel()
	log := &logged{}
	s := open(t, embedded(t), log.logger())
	write(t, s, "kept")
	for range 2 {
		pid := processOf(t, s)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another server", func() bool { return s.Ping(t.Context()).Err() == nil && processOf(t, s) != pid })
		if got := read(t, s); got != "kept" {
			t.Errorf("got %q", got)
		}
	}
	if !strings.Contains(log.String(), "ended by itself") {
		t.Errorf("nobody was told:\n%s", log)
	}
}

// TestSecondProcessSharesTheEmbeddedStore is "plan apply" beside a running
// service, and two services on one machine: one server, and no gap when the
// process that owned it goes.
func TestSecondProcessSharesTheEmbeddedStore(t *testing.T) {
	t.Parallel()
	cfg := embedded(t)
	owner := open(t, cfg, slog.New(slog.DiscardHandler))
	guest := open(t, cfg, slog.New(slog.DiscardHandler))
	if processOf(t, owner) != processOf(t, guest) {
		t.Fatal("two servers on one folder")
	}
	write(t, guest, "shared")
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the guest's own server", func() bool { return guest.Ping(t.Context()).Err() == nil })
	if got := read(t, guest); got != "shared" {
		t.Errorf("got %q", got)
	}
}

// TestFilesOfADeadProcessDoNotMatter starts where a killed machine left a
// socket, a lock and half a line of the append-only file.
func TestFilesOfADeadProcessDoNotMatter(t *testing.T) {
	t.Parallel()
	cfg := embedded(t)
	s := open(t, cfg, slog.New(slog.DiscardHandler))
	write(t, s, "kept")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cfg.Service.DataDir, "redis")
	files, err := filepath.Glob(filepath.Join(folder, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	f, err := os.OpenFile(files[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("*3\r\n$3\r\nSE"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	socket, err := socketPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, open(t, cfg, slog.New(slog.DiscardHandler))); got != "kept" {
		t.Errorf("got %q", got)
	}
}

// TestFrozenEmbeddedStoreCostsItsTimeoutOnly: a server that answers nothing must not
// hold us up, neither at work nor when stopping.
func TestFrozenEmbeddedStoreCostsItsTimeoutOnly(t *testing.T) {
	t.Parallel()
	s := open(t, embedded(t), slog.New(slog.DiscardHandler))
	pid := processOf(t, s)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.Ping(t.Context()).Err(); err == nil {
		t.Error("a frozen server answered")
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Error("the frozen server outlived Close")
	}
}

func TestLongDataFolder(t *testing.T) {
	t.Parallel()
	cfg := embedded(t)
	cfg.Service.DataDir = filepath.Join(cfg.Service.DataDir, strings.Repeat("long", 30))
	s := open(t, cfg, slog.New(slog.DiscardHandler))
	write(t, s, "kept")
	socket, err := socketPath(filepath.Join(cfg.Service.DataDir, "redis"))
	if err != nil {
		t.Fatal(err)
	}
	if len(socket) > longestSocket {
		t.Errorf("%s has %d bytes", socket, len(socket))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(socket), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a folder that others may enter was used for the socket")
	}
	if err := os.RemoveAll(filepath.Dir(socket)); err != nil {
		t.Fatal(err)
	}
}

// TestStoreInMemory has no redis-server on the PATH: it says so, loudly.
func TestStoreInMemory(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	log := &logged{}
	s := open(t, embedded(t), log.logger())
	if s.Kind != storeMemory || s.Lasts() {
		t.Errorf("kind %s", s.Kind)
	}
	write(t, s, "here")
	if got := read(t, s); got != "here" {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(log.String(), "NOTHING SURVIVES A RESTART") {
		t.Errorf("nobody was told:\n%s", log)
	}
	if err := s.Set(t.Context(), "cl:{test}:short", "x", time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "expiry", func() bool { return s.Exists(t.Context(), "cl:{test}:short").Val() == 0 })
	stranger := redis.NewClient(&redis.Options{Addr: s.UniversalClient.(*redis.Client).Options().Addr})
	defer stranger.Close()
	if err := stranger.Get(t.Context(), "cl:{test}:x").Err(); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
		t.Errorf("a stranger on this machine may read: %v", err)
	}
}

// TestOldServerIsNotUsed: our scripts need Redis 7.0.
func TestOldServerIsNotUsed(t *testing.T) {
	folder := t.TempDir()
	script := "#!/bin/sh\necho 'Redis server v=6.2.7 sha=00000000:0 malloc=libc bits=64'\n"
	if err := os.WriteFile(filepath.Join(folder, "redis-server"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":/bin:/usr/bin")
	log := &logged{}
	if s := open(t, embedded(t), log.logger()); s.Kind != storeMemory {
		t.Errorf("kind %s", s.Kind)
	}
	if !strings.Contains(log.String(), "is version 6.2.7") {
		t.Errorf("nobody was told:\n%s", log)
	}
}
