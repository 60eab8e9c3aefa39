package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkColdYear is a year of a line's calls in a store, never rolled up,
// read by the program itself, which shares two processors with the store: what
// each command takes from its start to its end, what program and store have of
// the processors, and the most memory the program held. The store's pages alone,
// which nobody unpacks, are the least that reading can take. REPORT_CALLS is how
// many calls; two million are England's year.
func BenchmarkColdYear(b *testing.B) {
	calls := 20_000
	if text := os.Getenv("REPORT_CALLS"); text != "" {
		var err error
		if calls, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	url, rdb := benchStore(b)
	socket := strings.TrimPrefix(url, "unix://")
	rdb.ConfigSet(b.Context(), "appendonly", "no") // how the year got there is not measured
	now := time.Now()
	store := int(fact(b, rdb, "process_id"))
	pin(store, serverCores)
	entries := fillYear(b, socket, ledgerKey("bench"), calls, now.AddDate(-1, 0, -10), now.AddDate(0, 0, -10))
	environ := append(settings(b, url, "http://127.0.0.1:9", "../../examples/plan.yaml"), "TEST_AS_CRISISLINE=1", "GOMAXPROCS=2")
	month := now.AddDate(0, 0, -40).Format("2006-01")
	b.Run("the store's pages alone", func(b *testing.B) {
		before := spent(b, store)
		for b.Loop() {
			if n := allPages(b, socket, ledgerKey("bench")); n != entries {
				b.Fatalf("%d entries of %d", n, entries)
			}
		}
		b.ReportMetric((spent(b, store)-before).Seconds()/float64(b.N), "store-cpu-s")
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
	})
	for _, c := range []struct {
		name string
		args []string
	}{
		{"roll up a cold year", []string{"report", "roll-up"}},
		{"board over it", []string{"report", "board", "--month", month, "--out", filepath.Join(b.TempDir(), "board")}},
		{"return of a month", []string{"report", "nhs111-mh", "--month", month}},
	} {
		b.Run(c.name, func(b *testing.B) {
			before := spent(b, store)
			for b.Loop() {
				args := append([]string{os.Args[0]}, c.args...)
				if canPin() {
					args = append([]string{"taskset", "-c", serverCores}, args...)
				}
				cmd := exec.Command(args[0], args[1:]...)
				cmd.Env = append(os.Environ(), environ...)
				var said bytes.Buffer
				cmd.Stderr = &said
				if err := cmd.Run(); err != nil {
					b.Fatalf("%v: %s", err, said.String())
				}
				if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					b.ReportMetric(float64(used.Maxrss)/1024, "MB")
				}
				b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
			}
			b.ReportMetric((spent(b, store)-before).Seconds()/float64(b.N), "store-cpu-s")
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
			b.ReportMetric(float64(entries)/1e6, "Mentries")
		})
	}
	rolled := strings.Replace(ledgerKey("bench"), "ledger", "rollup", 1)
	b.Logf("%d entries, %.1f GB of store; roll-ups %.1f kB a day",
		entries, fact(b, rdb, "used_memory")/1e9, float64(rdb.MemoryUsage(b.Context(), rolled, 0).Val())/1000/float64(rdb.HLen(b.Context(), rolled).Val()))
}

// allPages reads a stream page by page as the program does, and unpacks nothing
// but where the next page begins. It says how many entries there were.
func allPages(b *testing.B, socket, key string) (entries int) {
	b.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	in, start := make([]byte, 4<<20), "-"
	for {
		if _, err := fmt.Fprintf(conn, "XRANGE %s %s + COUNT 512\r\nPING\r\n", key, start); err != nil {
			b.Fatal(err)
		}
		end := 0
		for !bytes.HasSuffix(in[:end], []byte("+PONG\r\n")) {
			n, err := conn.Read(in[end:])
			if err != nil {
				b.Fatal(err)
			}
			end += n
		}
		head, _, _ := bytes.Cut(in[1:end], []byte("\r"))
		n, err := strconv.Atoi(string(head))
		if err != nil {
			b.Fatalf("the store says %.100q", in[:end])
		}
		if n == 0 {
			return entries
		}
		entries += n
		last := bytes.Split(in[bytes.LastIndex(in[:end], []byte("\r\n*2\r\n$")):end], []byte("\r\n"))
		start = "(" + string(last[3])
	}
}
