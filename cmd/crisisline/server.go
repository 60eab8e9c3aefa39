package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// server is a redis-server of our own: started, watched, started again when it
// ends, and stopped with us.
//
// Whoever holds the lock on its folder owns it. The lock is handed down to the
// redis-server itself, so that it is held for as long as either of us lives:
// two can never write to one append-only file, whoever was killed and when. A
// process that finds the lock held, such as "plan apply" beside a running
// service, uses the server that is there, and takes over when the lock is free.
type server struct {
	program string // path of redis-server
	folder  string // its data, ours alone
	socket  string // where it listens; no port
	log     *slog.Logger

	cancel context.CancelFunc
	ended  chan struct{} // closed when supervise has returned
}

const (
	lockEvery   = 100 * time.Millisecond // how often a held lock is tried again
	askEvery    = 20 * time.Millisecond  // how often a starting server is asked whether it answers
	answerLimit = 10 * time.Second       // how long that may take before it is said
	stopLimit   = 5 * time.Second        // how long a stopping server may take before it is killed
	calmAfter   = time.Minute            // how long a server must have run for its next end to be a first one
	worstPause  = 5 * time.Second        // between one end and the next start
)

var serverVersion = regexp.MustCompile(`\bv=(\d+)\.(\d+)\.(\d+)`)

// findServer looks for a redis-server, or valkey-server, that can run our
// scripts: 7.0 or later.
func findServer(ctx context.Context) (program, version string, err error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if program, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return "", "", errors.New("no redis-server on the PATH")
	}
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return "", "", fmt.Errorf("ask %s for its version: %w", program, err)
	}
	m := serverVersion.FindSubmatch(out)
	if m == nil {
		return "", "", fmt.Errorf("%s does not say its version", program)
	}
	version = string(bytes.Join(m[1:], []byte(".")))
	if major, err := strconv.Atoi(string(m[1])); err != nil || major < 7 {
		return "", "", fmt.Errorf("%s is version %s, and 7.0 is needed", program, version)
	}
	return program, version, nil
}

// startServer takes charge of folder. The caller must call stop.
func startServer(ctx context.Context, program, folder string, log *slog.Logger) (*server, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	socket, err := socketPath(folder)
	if err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // inside the configured folder
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // ends with stop, not with the start-up
	s := &server{program: program, folder: folder, socket: socket, log: log, cancel: cancel, ended: make(chan struct{})}
	go s.supervise(ctx, lock)
	return s, nil
}

// stop ends the server, if it is ours, and waits until it has ended.
func (s *server) stop() error {
	s.cancel()
	<-s.ended
	return nil
}

// answers waits until the server does, at most answerLimit.
func (s *server) answers(ctx context.Context, rdb redis.UniversalClient) error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	for {
		err := rdb.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		if !pause(ctx, askEvery) {
			return err
		}
	}
}

// supervise keeps a server running until ctx ends. It stays on one thread of
// the machine, because a server dies with the thread that started it.
func (s *server) supervise(ctx context.Context, lock *os.File) {
	runtime.LockOSThread()
	defer close(s.ended)
	defer lock.Close() //nolint:errcheck // closing is what gives the lock up
	for syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		if !pause(ctx, lockEvery) {
			return
		}
	}
	wait := lockEvery
	for {
		calm := time.After(calmAfter)
		last, err := s.runOnce(ctx, lock)
		if ctx.Err() != nil {
			return
		}
		select {
		case <-calm:
			wait = lockEvery
		default:
		}
		s.log.Error("embedded store ended by itself: starting it again", "err", err, "last_words", last, "in", wait)
		if !pause(ctx, wait) {
			return
		}
		wait = min(2*wait, worstPause)
	}
}

// runOnce starts the server and returns when it has ended, by itself or because
// ctx did.
func (s *server) runOnce(ctx context.Context, lock *os.File) (lastWords string, err error) {
	words := &tail{}
	c := exec.Command(s.program, //nolint:gosec // found on the PATH under a fixed name
		"--port", "0",
		"--unixsocket", s.socket, "--unixsocketperm", "700",
		"--dir", s.folder,
		"--appendonly", "yes", "--appendfsync", "everysec",
		"--save", "", // the append-only file is the one copy
		"--maxmemory-policy", "noeviction", // state is never thrown away for room
		"--daemonize", "no", "--logfile", "", "--loglevel", "notice", "--always-show-logo", "no",
	)
	c.Stdout, c.Stderr = words, words
	c.ExtraFiles = []*os.File{lock}
	c.WaitDelay = stopLimit
	ours(c)
	if err := c.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err = <-ended:
		return words.String(), err
	case <-ctx.Done():
	}
	// SIGTERM is SHUTDOWN by another way, one that needs no connection.
	_ = c.Process.Signal(syscall.SIGTERM)
	patience := time.NewTimer(stopLimit)
	defer patience.Stop()
	select {
	case err = <-ended:
	case <-patience.C:
		s.log.Warn("embedded store does not stop: killing it; its append-only file is complete")
		_ = c.Process.Kill()
		err = <-ended
	}
	return words.String(), err
}

// pause waits for d; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// tail keeps the last words of a process, for when it ends by itself.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 1 << 10
	t.text = append(t.text, p...)
	if n := len(t.text) - most; n > 0 {
		t.text = t.text[n:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
