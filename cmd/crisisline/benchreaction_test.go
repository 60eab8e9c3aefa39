package main

import (
	"testing"
	"time"
)

// How soon the service acts: from the moment the webhook that lets it act is
// put on the wire to the moment its request to the carrier is off the wire. It
// is our own time and two loopback hops; the carrier's time is not in it.

const reactionCycles = 600

// reactor plays one responder and many callers, one thing at a time.
type reactor struct {
	b       *testing.B
	conn    *wire
	carrier chan carried
}

func (t *table) reactions(b *testing.B) {
	pinLoad(b)
	store, _ := benchStore(b)
	carrier := newFakeCarrier(b)
	server := startChild(b, "crisisline", settings(b, store, carrier.url, "testdata/one.yaml",
		"CRISISLINE_ROUTING_REOFFER_AFTER=1h", "CRISISLINE_ROUTING_WRAP_UP=0s", "CRISISLINE_ROUTING_WRAP_UP_LEAST=0s")...)
	r := &reactor{b: b, conn: dial(b, server.addr), carrier: make(chan carried, 64)}
	carrier.tell(func(c carried) { r.carrier <- c })

	var arrival, accept, freed latencies
	calls := 0
	next := func() string { calls++; return benchCall(calls) }
	for range reactionCycles {
		a, c := r.answered(next())
		arrival, accept = append(arrival, a), append(accept, c)
	}
	waits := next()
	r.send("/voice/inbound", waits, "ringing")
	offered := r.until("create")
	for range reactionCycles {
		behind := next()
		r.send("/voice/inbound", behind, "ringing")
		r.send("/voice/intake", behind, "in-progress")
		r.calm()
		from := r.post("/voice/offer/"+offered.offer()+"/status", offered.leg, "busy")
		again := r.until("create")
		freed = append(freed, again.at.Sub(from))
		r.send("/voice/status", waits, "completed")
		waits, offered = behind, again
	}
	b.Logf("a call arrives, someone is free → their phone is asked for: %v", arrival)
	b.Logf("someone is free again, a call waits → their phone is asked for: %v", freed)
	b.Logf("accepted → the caller is sent for: %v", accept)
	for _, g := range []struct {
		what string
		took latencies
	}{
		{"call arrives, someone free → REST request, p99", arrival},
		{"someone free again, call waiting → REST request, p99", freed},
		{"accepted → caller redirected, REST request, p99", accept},
	} {
		t.add(goal{what: g.what, want: 2, unit: " ms", reached: millis(g.took.at(99)), with: g.took.String()})
	}
	b.ReportMetric(millis(freed.at(99)), "ms-p99/ring")
	b.ReportMetric(millis(accept.at(99)), "ms-p99/fetch")
	b.ReportMetric(0, "ns/op")
}

// answered is a call from its first webhook to its end; it gives how long the
// phone took to be asked for, and the caller to be sent for.
func (r *reactor) answered(id string) (ring, fetch time.Duration) {
	r.b.Helper()
	from := r.post("/voice/inbound", id, "ringing")
	leg := r.until("create")
	ring = leg.at.Sub(from)
	r.send("/voice/intake", id, "in-progress")
	r.send("/voice/wait", id, "in-progress", "QueueSid", "QU00000000000000000000000000000001")
	r.send("/voice/offer/"+leg.offer(), leg.leg, "in-progress")
	r.calm()
	from = r.post("/voice/offer/"+leg.offer()+"/key", leg.leg, "in-progress", "Digits", "1")
	fetch = r.until("dequeue").at.Sub(from)
	r.send("/voice/status", id, "completed")
	r.until("redirect") // the responder is told that nobody comes
	r.send("/voice/offer/"+leg.offer()+"/status", leg.leg, "completed")
	r.calm()
	return ring, fetch
}

// post sends a webhook and gives the moment before.
func (r *reactor) post(path, leg, status string, more ...string) time.Time {
	r.b.Helper()
	request := signed(path, about(leg, benchCaller(0), status, more...))
	from := time.Now()
	if _, err := r.conn.ask(request); err != nil {
		r.b.Fatal(err)
	}
	return from
}

func (r *reactor) send(path, leg, status string, more ...string) {
	r.b.Helper()
	r.post(path, leg, status, more...)
}

// until is the next request of one kind.
func (r *reactor) until(what string) carried {
	r.b.Helper()
	patience := time.NewTimer(5 * time.Second)
	defer patience.Stop()
	for {
		select {
		case c := <-r.carrier:
			if c.what == what {
				return c
			}
		case <-patience.C:
			r.b.Fatalf("the carrier was never asked: %s", what)
		}
	}
}

// calm lets what the last webhook set off be over before the next is timed, and
// the pacer's millisecond pass.
func (r *reactor) calm() { pause(r.b.Context(), 4*time.Millisecond) }
