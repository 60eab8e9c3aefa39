package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// The first webhook of a call, whole: read, verified, written down, answered,
// counted, logged. Every request is a call of its own.
//
// "door" is the service's handler in a process that does nothing else, with
// nobody rung during the greeting: what the webhook itself costs. "whole" is
// the process as it runs, with everything a call sets off: the search for a
// responder, the request to the carrier, the ledger's readers.

const (
	webhookRounds = 5
	webhookConns  = 64
	webhooksAtOne = 1000 // over one connection, each round
	webhooksAtAll = 6000 // over all connections, each round
)

// contender is one server and what was measured of it.
type contender struct {
	name   string
	server *child
	conns  []*wire
	cpu    time.Duration // of the crowded rounds
	n      int
	alone  latencies // over one connection
	crowd  latencies
}

func (c *contender) perRequest() time.Duration { return c.cpu / time.Duration(max(1, c.n)) }

func (t *table) webhooks(b *testing.B) {
	pinLoad(b)
	store, rdb := benchStore(b)
	carrier := newFakeCarrier(b)
	answer := filepath.Join(b.TempDir(), "answer.xml")
	quiet := settings(b, store, carrier.url, "testdata/plan.yaml", "CRISISLINE_ROUTING_EARLY_OFFER=false", "BENCH_ANSWER="+answer)
	busy := settings(b, store, carrier.url, "testdata/plan.yaml", "CRISISLINE_SERVICE_ID=whole")

	ours := &contender{name: "door", server: startChild(b, "door", quiet...)}
	calls := 0
	fresh := func(n int) [][]byte {
		requests := make([][]byte, n)
		for i := range requests {
			calls++
			requests[i] = signed("/voice/inbound", about(benchCall(calls), benchCaller(calls), "ringing"))
		}
		return requests
	}
	first := dial(b, ours.server.addr)
	document, err := first.ask(fresh(1)[0])
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(answer, document, 0o600); err != nil {
		b.Fatal(err)
	}
	noop := &contender{name: "no-op", server: startChild(b, "no-op", quiet...)}
	usual := &contender{name: "usual way", server: startChild(b, "usual way", quiet...)}
	whole := &contender{name: "whole", server: startChild(b, "crisisline", busy...)}

	var bare latencies
	all := []*contender{noop, usual, ours, whole}
	for round := range webhookRounds {
		bare = append(bare, bareRoundTrips(b, rdb, round)...)
		for _, c := range all {
			c.measure(b, fresh)
			forgetCalls(b, rdb)
		}
	}
	for _, c := range all {
		b.Logf("%-9s %6.1f µs of processor a request; one connection: %v; %d connections: %v",
			c.name, micros(c.perRequest()), c.alone, webhookConns, c.crowd)
	}
	b.Logf("store     one script alone: %v", bare)
	t.judgeWebhooks(noop, usual, ours, whole, bare)
	b.ReportMetric(micros(ours.perRequest()), "µs-cpu/webhook")
	b.ReportMetric(micros(ours.alone.at(50)), "µs-p50/webhook")
	b.ReportMetric(0, "ns/op")
}

func (c *contender) measure(b *testing.B, fresh func(int) [][]byte) {
	b.Helper()
	if c.conns == nil {
		for range webhookConns {
			c.conns = append(c.conns, dial(b, c.server.addr))
		}
		hammer(b, c.conns, fresh(2000)) // warm
	}
	c.alone = append(c.alone, hammer(b, c.conns[:1], fresh(webhooksAtOne))...)
	requests := fresh(webhooksAtAll)
	before := spent(b, c.server.pid)
	c.crowd = append(c.crowd, hammer(b, c.conns, requests)...)
	c.settle(b)
	c.cpu += spent(b, c.server.pid) - before
	c.n += len(requests)
}

// settle waits until the server does no more of what the requests set off.
func (c *contender) settle(b *testing.B) {
	b.Helper()
	until(b, c.name+" is idle again", func() bool {
		before := spent(b, c.server.pid)
		pause(b.Context(), 20*time.Millisecond)
		return spent(b, c.server.pid)-before < time.Millisecond
	})
}

// bareRoundTrips runs a script of the least a webhook writes, with nothing
// around it, by the same client library.
func bareRoundTrips(b *testing.B, rdb *redis.Client, round int) latencies {
	b.Helper()
	text, err := os.ReadFile("testdata/hook.lua")
	if err != nil {
		b.Fatal(err)
	}
	script := redis.NewScript(string(text))
	var took latencies
	for i := range webhooksAtOne {
		id := fmt.Sprintf("%d-%d", round, i)
		from := time.Now()
		if err := script.Run(b.Context(), rdb, []string{"bare:call:" + id, "bare:waiting", "bare:log"},
			id, benchCaller(i), i, "received", "ringing", 3_600_000).Err(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(from))
	}
	return took
}

// forgetCalls empties the store of calls, so that each turn finds it the same:
// nobody waits from the turn before. Plan, presence and ledger stay.
func forgetCalls(b *testing.B, rdb *redis.Client) {
	b.Helper()
	var keys []string
	for scan := rdb.Scan(b.Context(), 0, "*", 5000).Iterator(); scan.Next(b.Context()); {
		if key := scan.Val(); !strings.Contains(key, ":plan") && !strings.HasSuffix(key, ":pres") && !strings.HasSuffix(key, ":ledger") {
			keys = append(keys, key)
		}
	}
	for len(keys) > 0 {
		n := min(len(keys), 5000)
		if err := rdb.Unlink(b.Context(), keys[:n]...).Err(); err != nil {
			b.Fatal(err)
		}
		keys = keys[n:]
	}
}

func (t *table) judgeWebhooks(noop, usual, ours, whole *contender, bare latencies) {
	ratio := func(a, b time.Duration) float64 { return float64(a) / float64(b) }
	with := fmt.Sprintf("%.0f µs against %.0f", micros(ours.perRequest()), micros(noop.perRequest()))
	t.add(goal{what: "inbound webhook, processor / no-op handler's", want: 2, unit: "×", reached: ratio(ours.perRequest(), noop.perRequest()), with: with})
	with = fmt.Sprintf("%.0f µs against %.0f", micros(ours.perRequest()), micros(usual.perRequest()))
	t.add(goal{what: "inbound webhook, processor / usual way's", want: 1. / 3, unit: "×", reached: ratio(ours.perRequest(), usual.perRequest()), with: with})
	floor := noop.alone.at(50) + bare.at(50)
	with = fmt.Sprintf("%.0f µs against %.0f + %.0f", micros(ours.alone.at(50)), micros(noop.alone.at(50)), micros(bare.at(50)))
	t.add(goal{what: "inbound webhook, p50 on one connection / (no-op + bare round trip)", want: 1.3, unit: "×", reached: ratio(ours.alone.at(50), floor), with: with})
	with = fmt.Sprintf("%.0f µs, all that the call sets off included", micros(whole.perRequest()))
	t.add(goal{what: "inbound call, whole process, processor / no-op handler's", want: -1, unit: "×", reached: ratio(whole.perRequest(), noop.perRequest()), with: with})
}
