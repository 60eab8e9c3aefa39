package main

import (
	"bufio"
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
)

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

// aCall tells one call with the fields that the scripts give each kind of entry:
// two phones ring, one after the other, and one caller in ten gives up while the
// second rings.
func aCall(i int, at time.Time, rng *rand.Rand, tell func(call.Event)) {
	teams := []string{"pseh", "southampton", "mid-north", "isle-of-wight"}
	e := call.Event{At: at, Call: call.ID(fmt.Sprintf("CA%032x", i)), Line: "public", Team: teams[i%4], Caller: call.Callers[i%4]}
	put := func(after time.Duration, k call.Kind, more ...func(*call.Event)) {
		e.At, e.Kind = e.At.Add(after), k
		told := e
		for _, add := range more {
			add(&told)
		}
		tell(told)
	}
	wait := time.Duration(rng.ExpFloat64() * 40 * float64(time.Second)).Round(time.Millisecond)
	last := call.ResultAccepted
	if rng.Float64() < .1 {
		last = call.ResultCancelled
	}
	put(0, call.KindReceived)
	put(12*time.Second, call.KindWaiting)
	e.Responder, e.Tier = fmt.Sprintf("r-%d", i%60), call.TierResponding
	var offered time.Time
	for n, result := range []call.Result{call.ResultNoAnswer, last} {
		e.Offer = call.OfferID(fmt.Sprintf("OF%023x%d", i, n))
		put(wait/2, call.KindOffered, func(e *call.Event) { e.Offers = n + 1 })
		offered = e.At
		put(200*time.Millisecond, call.KindOfferSent)
		put(time.Second, call.KindRinging)
		if result == call.ResultAccepted {
			put(4*time.Second, call.KindPickedUp)
		}
		put(4*time.Second, call.KindOfferEnded, func(e *call.Event) { e.Result, e.RingMs = result, e.At.Sub(offered).Milliseconds() })
	}
	waits := func(e *call.Event) {
		e.WaitMs, e.IntakeMs = e.At.Sub(at).Milliseconds(), 12_000
		e.RingMs = e.At.Sub(offered).Milliseconds()
		e.QueueMs, e.ReturnMs = e.WaitMs-e.IntakeMs-e.RingMs, e.WaitMs-e.IntakeMs
	}
	if last == call.ResultCancelled {
		e.Offer, e.Responder, e.Tier = "", "", ""
		put(0, call.KindFinished, waits, func(e *call.Event) { e.Outcome, e.Reason, e.Offers = call.OutcomeAbandoned, "caller_left", 2 })
		return
	}
	put(0, call.KindAccepted)
	put(time.Second, call.KindConnected, waits, func(e *call.Event) { e.FirstMs = e.WaitMs })
	answered := e
	waits(&answered)
	talk := time.Duration(rng.ExpFloat64() * 20 * float64(time.Minute)).Round(time.Millisecond)
	put(talk, call.KindFinished, func(e *call.Event) {
		e.WaitMs, e.IntakeMs, e.QueueMs, e.RingMs, e.ReturnMs = answered.WaitMs, answered.IntakeMs, answered.QueueMs, answered.RingMs, answered.ReturnMs
		e.Outcome, e.Reason, e.TalkMs, e.Offers = call.OutcomeAnswered, "caller_left", talk.Milliseconds(), 2
	})
	put(0, call.KindWrapUp)
	put(2*time.Minute, call.KindWrapUpEnded, func(e *call.Event) { e.Reason = "ready" })
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
