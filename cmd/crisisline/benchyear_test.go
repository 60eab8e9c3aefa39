package main

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// BenchmarkColdYear is a year of a line's calls in a store, never rolled up,
// read by the program itself: what each command takes from its start to its end,
// and the most memory it held. REPORT_CALLS is how many calls; two million are
// England's year.
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
	pin(int(fact(b, rdb, "process_id")), "0-"+strconv.Itoa(runtime.NumCPU()-1)) // the store and its reader share the machine
	entries := fillYear(b, socket, ledgerKey("bench"), calls, now.AddDate(-1, 0, -10), now.AddDate(0, 0, -10))
	environ := settings(b, url, "http://127.0.0.1:9", "../../examples/plan.yaml")
	month := now.AddDate(0, 0, -40).Format("2006-01")
	for _, c := range []struct {
		name string
		args []string
	}{
		{"roll up a cold year", []string{"report", "roll-up"}},
		{"board over it", []string{"report", "board", "--month", month, "--out", filepath.Join(b.TempDir(), "board")}},
		{"return of a month", []string{"report", "nhs111-mh", "--month", month}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(os.Args[0], c.args...)
				cmd.Env = append(append(os.Environ(), "TEST_AS_CRISISLINE=1"), environ...)
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
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
			b.ReportMetric(float64(entries)/1e6, "Mentries")
		})
	}
	rolled := strings.Replace(ledgerKey("bench"), "ledger", "rollup", 1)
	b.Logf("%d entries, %.1f GB of store; roll-ups %.1f kB a day",
		entries, fact(b, rdb, "used_memory")/1e9, float64(rdb.MemoryUsage(b.Context(), rolled, 0).Val())/1000/float64(rdb.HLen(b.Context(), rolled).Val()))
}

// fillYear writes calls spread evenly over a span, each with the fifteen or so
// entries that the scripts write, in order of time, and says how many.
func fillYear(b *testing.B, socket, key string, calls int, from, to time.Time) (entries int) {
	b.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	read := make(chan error, 1)
	go func() { // the answers: errors, until the word that ends them
		in := bufio.NewReader(conn)
		for {
			line, err := in.ReadString('\n')
			if err != nil || strings.HasPrefix(line, "-") {
				read <- errors.Join(err, errors.New(line))
				return
			}
			if line == "+PONG\r\n" {
				read <- nil
				return
			}
		}
	}()
	out := bufio.NewWriterSize(conn, 1<<20)
	var due pending
	rng := rand.New(rand.NewPCG(1, 2))
	step := to.Sub(from) / time.Duration(calls)
	for i := range calls {
		at := from.Add(time.Duration(i) * step)
		for len(due) > 0 && due[0].At.Before(at) {
			xadd(out, key, heap.Pop(&due).(call.Event))
			entries++
		}
		aCall(i, at, rng, func(e call.Event) { heap.Push(&due, e) })
	}
	for len(due) > 0 {
		xadd(out, key, heap.Pop(&due).(call.Event))
		entries++
	}
	if _, err := io.WriteString(out, "PING\r\n"); err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(out.Flush(), <-read); err != nil {
		b.Fatal(err)
	}
	return entries
}

func xadd(out io.Writer, key string, e call.Event) {
	args := append([]string{"XADD", key, strconv.FormatInt(e.At.UnixMilli(), 10) + "-*"}, e.Values()...)
	fmt.Fprintf(out, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(out, "$%d\r\n%s\r\n", len(a), a)
	}
}

// aCall tells one call: two phones ring, one after the other, and one in ten
// callers gives up.
func aCall(i int, at time.Time, rng *rand.Rand, tell func(call.Event)) {
	teams := []string{"pseh", "southampton", "mid-north", "isle-of-wight"}
	e := call.Event{At: at, Call: call.ID(fmt.Sprintf("CA%032x", i)), Line: "public", Team: teams[i%4], Caller: call.Callers[i%4]}
	put := func(after time.Duration, k call.Kind) {
		e.At, e.Kind = e.At.Add(after), k
		tell(e)
	}
	wait := time.Duration(rng.ExpFloat64() * 40 * float64(time.Second)).Round(time.Millisecond)
	put(0, call.KindReceived)
	put(12*time.Second, call.KindWaiting)
	e.Responder, e.Tier = fmt.Sprintf("r-%d", i%60), call.TierResponding
	for _, result := range []call.Result{call.ResultNoAnswer, call.ResultAccepted} {
		e.Offer = call.OfferID(fmt.Sprintf("OF%020x%s", i, result[:2]))
		put(wait/2, call.KindOffered)
		put(200*time.Millisecond, call.KindOfferSent)
		put(time.Second, call.KindRinging)
		if result == call.ResultAccepted {
			break
		}
		e.Result, e.RingMs = result, 8000
		put(8*time.Second, call.KindOfferEnded)
		e.Result, e.RingMs = "", 0
	}
	e.IntakeMs, e.QueueMs, e.RingMs = 12_000, wait.Milliseconds()+9200, 6000
	e.ReturnMs = e.QueueMs + e.RingMs
	e.WaitMs = e.ReturnMs + e.IntakeMs
	if rng.Float64() < .1 {
		e.Outcome = call.OutcomeAbandoned
		put(time.Second, call.KindFinished)
		return
	}
	put(4*time.Second, call.KindPickedUp)
	put(time.Second, call.KindAccepted)
	put(time.Second, call.KindConnected)
	talk := time.Duration(rng.ExpFloat64() * 20 * float64(time.Minute)).Round(time.Millisecond)
	e.Outcome, e.TalkMs = call.OutcomeAnswered, talk.Milliseconds()
	put(talk, call.KindFinished)
	put(0, call.KindWrapUp)
	put(2*time.Minute, call.KindWrapUpEnded)
}

// pending are entries not yet written, the earliest first.
type pending []call.Event

func (p pending) Len() int { return len(p) }
func (p pending) Less(i, j int) bool {
	return cmp.Compare(p[i].At.UnixMilli(), p[j].At.UnixMilli()) < 0
}
func (p pending) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *pending) Push(x any)   { *p = append(*p, x.(call.Event)) }
func (p *pending) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}
