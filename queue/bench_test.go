package queue

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// Eight teams, twelve skill signatures: calls spread over the pools unevenly,
// most need nothing special, as on a real evening.
const (
	benchTeams      = 8
	benchSignatures = 12
)

func benchPool(team, signature int) string {
	return fmt.Sprintf("team%d/%s/skill%d", team, call.TierResponding, signature)
}

// waiting fills a service with n calls that wait in their pools.
func waiting(b *testing.B, n int) *world {
	b.Helper()
	w := newWorld(b, realRedis)
	if err := w.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		w.now = w.now.Add(time.Millisecond)
		id := call.ID(fmt.Sprintf("CA%032d", i))
		if _, err := w.Arrive(b.Context(), w.now, arrival(id)); err != nil {
			b.Fatal(err)
		}
		c := w.claimFor(id, 1)
		signature := min(i%benchSignatures, i/7%benchSignatures)
		c.Pools = []string{benchPool(i%benchTeams, signature)}
		if _, err := w.Claim(b.Context(), w.now, c); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

// benchDuties are six pools of one responder.
func benchDuties(team int) []Duty {
	var duties []Duty
	for s := range 6 {
		duties = append(duties, Duty{Pool: benchPool(team, s), Team: fmt.Sprintf("team%d", team), Tier: call.TierResponding})
	}
	return duties
}

// stopwatch adds up what is between start and stop, so that what puts the state
// back is not counted.
type stopwatch struct {
	sum time.Duration
	n   int
}

func (s *stopwatch) time(do func()) {
	from := time.Now()
	do()
	s.sum += time.Since(from)
	s.n++
}

func (s *stopwatch) micros() float64 { return float64(s.sum.Nanoseconds()) / float64(s.n) / 1e3 }

// matchOnce frees a responder, who is promised to a call, and undoes it.
func (w *world) matchOnce(b *testing.B, s *stopwatch, i int) {
	f := w.freedFor("amy")
	f.ReofferAfter, f.Duties = 0, benchDuties(i%benchTeams)
	var o *Offer
	var err error
	s.time(func() { o, err = w.Free(b.Context(), w.now, f) })
	if err != nil || o == nil {
		b.Fatalf("no match: %v", err)
	}
	if _, err := w.OfferEnd(b.Context(), w.now, o.ID, call.ResultCancelled, Aside{}); err != nil {
		b.Fatal(err)
	}
}

// A responder frees and is promised to a call, with 10 waiting and with 10 000.
// Goal: the second takes at most 1.1 times the first.
func BenchmarkMatch(b *testing.B) {
	few, many := waiting(b, 16), waiting(b, 10_000)
	var atFew, atMany stopwatch
	for i := 0; b.Loop(); i++ {
		few.matchOnce(b, &atFew, i)
		many.matchOnce(b, &atMany, i)
	}
	b.ReportMetric(atFew.micros(), "µs/match@16")
	b.ReportMetric(atMany.micros(), "µs/match@10000")
	b.ReportMetric(atMany.micros()/atFew.micros(), "ratio")
}

// A call looks for a responder and finds one, with 10 waiting and with 10 000.
func BenchmarkClaim(b *testing.B) {
	few, many := waiting(b, 16), waiting(b, 10_000)
	var atFew, atMany stopwatch
	claim := func(w *world, s *stopwatch) {
		c := w.claimFor("CA00000000000000000000000000000000", 1, "amy", "bob", "cat", "dan", "eve")
		c.ReofferAfter, c.Pools = 0, []string{benchPool(0, 0)}
		var got Claimed
		var err error
		s.time(func() { got, err = w.Claim(b.Context(), w.now, c) })
		if err != nil || len(got.Offers) != 1 {
			b.Fatalf("no match: %v", err)
		}
		if _, err := w.OfferEnd(b.Context(), w.now, got.Offers[0].ID, call.ResultCancelled, Aside{}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		claim(few, &atFew)
		claim(many, &atMany)
	}
	b.ReportMetric(atFew.micros(), "µs/claim@16")
	b.ReportMetric(atMany.micros(), "µs/claim@10000")
	b.ReportMetric(atMany.micros()/atFew.micros(), "ratio")
}

// A responder frees whom none of 10 000 waiting calls suits, here and by a
// matcher that scans. Goal: 300 times cheaper.
func BenchmarkNoMatch(b *testing.B) {
	w := waiting(b, 10_000)
	scan := scanner(b, w)
	f := w.freedFor("amy")
	for s := range 6 {
		f.Duties = append(f.Duties, Duty{Pool: fmt.Sprintf("elsewhere/%s/skill%d", call.TierResponding, s)})
	}
	f.Duties = f.Duties[1:]
	var ours, theirs stopwatch
	for i := 0; b.Loop(); i++ {
		ours.time(func() {
			if o, err := w.Free(b.Context(), w.now, f); err != nil || o != nil {
				b.Fatalf("matched %v, %v", o, err)
			}
		})
		if i%50 == 0 { // it takes so long
			theirs.time(scan)
		}
	}
	b.ReportMetric(ours.micros(), "µs/event")
	b.ReportMetric(theirs.micros(), "µs/event-scan")
	b.ReportMetric(theirs.micros()/ours.micros(), "times-cheaper")
}

// scanner sets up the scanning matcher's own keys beside w's: the same calls,
// and five idle responders with a skill that none of them needs.
func scanner(b *testing.B, w *world) func() {
	b.Helper()
	src, err := os.ReadFile("testdata/scan.lua")
	if err != nil {
		b.Fatal(err)
	}
	script, keys := redis.NewScript(string(src)), []string{w.key("scan:")}
	_, err = w.rdb.Pipelined(b.Context(), func(p redis.Pipeliner) error {
		for i := range 10_000 {
			id := fmt.Sprintf("CA%032d", i)
			p.ZAdd(b.Context(), keys[0]+"waiting", redis.Z{Score: float64(i), Member: id})
			p.HSet(b.Context(), keys[0]+"need", id, fmt.Sprint(i%benchSignatures))
		}
		for r := range 5 {
			p.ZAdd(b.Context(), keys[0]+"idle", redis.Z{Score: float64(r), Member: r})
		}
		for s := range benchSignatures {
			for r := range 20 { // people who have the skill, none of them idle
				p.ZAdd(b.Context(), fmt.Sprintf("%sskilled:%d", keys[0], s), redis.Z{Member: 100 + r})
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		found, err := script.Run(b.Context(), w.rdb, keys).Slice()
		if err != nil || len(found) != 0 {
			b.Fatalf("scan matched %v, %v", found, err)
		}
	}
}

// The whole of a call's first webhook in the store, against a bare round trip.
func BenchmarkArrive(b *testing.B) {
	w := waiting(b, 100)
	if err := w.rdb.Set(b.Context(), w.key("bare"), "x", 0).Err(); err != nil {
		b.Fatal(err)
	}
	var bare, arrive, beat stopwatch
	for i := 0; b.Loop(); i++ {
		a := arrival(call.ID(fmt.Sprintf("CB%032d", i)))
		a.Menu, a.From = true, caller
		bare.time(func() {
			if err := w.rdb.Get(b.Context(), w.key("bare")).Err(); err != nil {
				b.Fatal(err)
			}
		})
		arrive.time(func() {
			if _, err := w.Arrive(b.Context(), w.now, a); err != nil {
				b.Fatal(err)
			}
		})
		beat.time(func() {
			if _, err := w.Beat(b.Context(), w.now, a.Call, "QU1", time.Minute); err != nil {
				b.Fatal(err)
			}
		})
		if _, err := w.Finish(b.Context(), w.now, a.Call, Finish{Reason: "caller_left"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(bare.micros(), "µs/bare-round-trip")
	b.ReportMetric(arrive.micros(), "µs/arrive")
	b.ReportMetric(beat.micros(), "µs/beat")
	b.ReportMetric(arrive.micros()/bare.micros(), "ratio")
}

// Go's own part of a script that answers a record: no server.
func BenchmarkReadRecord(b *testing.B) {
	w := newWorld(b, realRedis)
	a := arrival("CA00000000000000000000000000000001")
	a.From = caller
	if _, err := w.Arrive(b.Context(), w.now, a); err != nil {
		b.Fatal(err)
	}
	r, err := w.run(b.Context(), "beat", w.keys, []any{string(a.Call), "QU1", ms(w.now)})
	if err != nil {
		b.Fatal(err)
	}
	packed := r.str(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.readCall(packed); err != nil {
			b.Fatal(err)
		}
	}
}
