package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/config"
)

// Who runs where, on a machine of four cores or more: the server has two, as on
// a small node; load and store one each.
const (
	serverCores = "0,1"
	loadCore    = "2"
	storeCore   = "3"
)

func pinning() string {
	if !canPin() {
		return "not pinned"
	}
	return "server on cores " + serverCores + ", load on " + loadCore + ", store on " + storeCore
}

func canPin() bool {
	_, err := exec.LookPath("taskset")
	return err == nil && runtime.NumCPU() >= 4
}

// pin moves every thread of a process to some cores, if it can be done.
func pin(pid int, cores string) {
	if canPin() {
		_ = exec.Command("taskset", "-a", "-c", "-p", cores, strconv.Itoa(pid)).Run()
	}
}

// pinLoad moves this process out of the server's way for the time of a
// benchmark.
func pinLoad(b *testing.B) {
	if !canPin() {
		return
	}
	pin(os.Getpid(), loadCore)
	before := runtime.GOMAXPROCS(1)
	b.Cleanup(func() {
		runtime.GOMAXPROCS(before)
		pin(os.Getpid(), "0-"+strconv.Itoa(runtime.NumCPU()-1))
	})
}

// benchStore starts a redis-server as a service would be given one: on disk,
// synced every second. It does not rewrite its file meanwhile: the child that
// does it would share the store's one core, which it would not in life.
func benchStore(b *testing.B) (url string, client *redis.Client) {
	b.Helper()
	folder := b.TempDir()
	socket := filepath.Join(folder, "s")
	c := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder,
		"--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0", "--save", "", "--loglevel", "warning")
	ours(c)
	startUntilEnd(b, c)
	pin(c.Process.Pid, storeCore)
	client = redis.NewClient(&redis.Options{Network: "unix", Addr: socket, MaxRetries: -1, ReadTimeout: 10 * time.Second})
	b.Cleanup(func() { _ = client.Close() })
	until(b, "the store answers", func() bool { return client.Ping(b.Context()).Err() == nil })
	return "unix://" + socket, client
}

// fact is a number that the store tells of itself.
func fact(b *testing.B, rdb *redis.Client, name string) float64 {
	b.Helper()
	info, err := rdb.Info(b.Context()).Result()
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, name+":")
	first, _, _ := strings.Cut(rest, "\r")
	n, err := strconv.ParseFloat(first, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// startUntilEnd starts a process that lives as long as the benchmark at most.
func startUntilEnd(b *testing.B, c *exec.Cmd) (stop func()) {
	b.Helper()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	stop = func() { _ = c.Process.Kill(); <-ended }
	b.Cleanup(stop)
	return stop
}

func until(b *testing.B, what string, holds func() bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()
	for !holds() {
		if !pause(ctx, time.Millisecond) {
			b.Fatalf("never came: %s", what)
		}
	}
}

// child is a server in a process of its own.
type child struct {
	addr string
	pid  int
	stop func()
}

// benchServers are what the test binary can be instead, by TEST_AS_BENCH.
var benchServers = map[string]func() http.Handler{"no-op": noOp, "usual way": usualWay, "door": doorOnly}

// beBenchServer serves one of them until the process is killed.
func beBenchServer(handler func() http.Handler) {
	l, err := net.Listen("tcp", os.Getenv("BENCH_LISTEN"))
	if err != nil {
		panic(err)
	}
	panic(newServer(handler()).Serve(l))
}

// startChild runs the test binary as one of benchServers, or as the program
// itself.
func startChild(b *testing.B, as string, environ ...string) *child {
	b.Helper()
	c := &child{addr: freeAddr(b)}
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "BENCH_LISTEN="+c.addr, "CRISISLINE_HTTP_LISTEN="+c.addr)
	if as == "crisisline" {
		cmd.Env = append(cmd.Env, "TEST_AS_CRISISLINE=1")
	} else {
		cmd.Env = append(cmd.Env, "TEST_AS_BENCH="+as)
	}
	cmd.Env = append(cmd.Env, environ...)
	cmd.Stdout, cmd.Stderr = io.Discard, benchLog(b, as)
	ours(cmd)
	c.stop = startUntilEnd(b, cmd)
	c.pid = cmd.Process.Pid
	pin(c.pid, serverCores)
	until(b, as+" listens", func() bool {
		conn, err := net.DialTimeout("tcp", c.addr, time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return c
}

// benchLog is a file, as a service's log usually is; its errors are shown.
func benchLog(b *testing.B, as string) *os.File {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), as+".log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = f.Close()
		text, _ := os.ReadFile(f.Name())
		shown := 0
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, `"level":"INFO"`) && shown < 5 {
				shown++
				b.Logf("%s: %s", as, line)
			}
		}
	})
	return f
}

func freeAddr(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// settings are the service's, for a store, a carrier and a plan.
func settings(b *testing.B, store, carrier, plan string, more ...string) []string {
	b.Helper()
	file, err := filepath.Abs(plan)
	if err != nil {
		b.Fatal(err)
	}
	return append([]string{
		"CRISISLINE_HTTP_PUBLIC_URL=" + publicURL, "CRISISLINE_REDIS_URL=" + store, "CRISISLINE_PLAN_FILE=" + file,
		"CRISISLINE_SERVICE_ID=bench", "CRISISLINE_SERVICE_DATA_DIR=" + b.TempDir(), "CRISISLINE_CONSOLE_LISTEN=",
		"CRISISLINE_TWILIO_ACCOUNT_SID=" + benchAccount, "CRISISLINE_TWILIO_AUTH_TOKEN=" + worldToken,
		"CRISISLINE_TWILIO_API_BASE_URL=" + carrier, "CRISISLINE_TWILIO_CALLS_PER_SECOND=1000",
		"CRISISLINE_PRIVACY_KEY=" + strings.Repeat("test-key", 6),
	}, more...)
}

// doorOnly is the service's own handler, wired as serve wires it, in a process
// that does nothing else: no sweep, no readers of the ledger.
func doorOnly() http.Handler {
	cfg, err := config.Load("", os.Environ())
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		panic(err)
	}
	s, err := newService(ctx, cfg, st, log, time.Now)
	if err != nil {
		panic(err)
	}
	if err := s.queue.Load(ctx); err != nil {
		panic(err)
	}
	return s.handler()
}

// spent is what a process has had of the processors so far, in user and kernel,
// over all of its threads that are alive.
func spent(b *testing.B, pid int) time.Duration {
	b.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(tasks) == 0 {
		b.Fatal("needs the /proc of Linux to count processor time")
	}
	var sum time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // a thread that has just ended
		}
		first, _, _ := strings.Cut(string(text), " ")
		ns, _ := strconv.ParseInt(first, 10, 64)
		sum += time.Duration(ns)
	}
	return sum
}

// resident is how much memory a process holds, in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal("needs the /proc of Linux to read memory")
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kB, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kB / 1024
}
