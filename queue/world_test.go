package queue

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// start is a quiet evening.
var start = time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)

var services atomic.Int64

// world is a store, a clock that only moves when told, and short words for what
// happens to calls. Everything it does leaves the store whole: check says so.
type world struct {
	testing.TB
	*Store
	rdb    redis.UniversalClient
	now    time.Time
	offers int
}

func newWorld(t testing.TB, rdb redis.UniversalClient) *world {
	t.Helper()
	sealer, err := call.NewSealer(bytes.Repeat([]byte{7}, call.MasterLeast))
	if err != nil {
		t.Fatal(err)
	}
	store, err := New(rdb, Options{Service: fmt.Sprintf("t%d", services.Add(1)), Sealer: sealer})
	if err != nil {
		t.Fatal(err)
	}
	return &world{TB: t, Store: store, rdb: rdb, now: start}
}

func (w *world) ctx() context.Context { return w.Context() }

func (w *world) after(d time.Duration) *world {
	w.now = w.now.Add(d)
	return w
}

// must ends the test on an error, and looks the whole store over.
func must[T any](w *world) func(T, error) T {
	return func(v T, err error) T {
		w.Helper()
		if err != nil {
			w.Fatalf("unexpected error: %v", err)
		}
		w.check()
		return v
	}
}

func must2[T, U any](w *world) func(T, U, error) (T, U) {
	return func(v T, u U, err error) (T, U) {
		w.Helper()
		if err != nil {
			w.Fatalf("unexpected error: %v", err)
		}
		w.check()
		return v, u
	}
}

func (w *world) offerID() call.OfferID {
	w.offers++
	return call.OfferID(fmt.Sprintf("o%d", w.offers))
}

func (w *world) offerIDs(n int) []call.OfferID {
	ids := make([]call.OfferID, n)
	for i := range ids {
		ids[i] = w.offerID()
	}
	return ids
}

func arrival(id call.ID) Arrival {
	return Arrival{Call: id, Need: call.Need{Line: "public", Team: "ports", Caller: call.CallerUnknown, Language: "en-GB"},
		Number: "+448081570000", LiveFor: time.Minute, ActAt: start}
}

// arrives is a call without a menu: it waits at once.
func (w *world) arrives(id call.ID) Record {
	w.Helper()
	a := arrival(id)
	a.ActAt = w.now
	return must[Arrived](w)(w.Arrive(w.ctx(), w.now, a)).Record
}

// claimFor is what a claim of one team asks for.
func (w *world) claimFor(id call.ID, want int, people ...string) Claim {
	return Claim{Call: id, Groups: []Group{{Team: "ports", Tier: call.TierResponding, Responders: people}},
		Pools: []string{"ports/responding/"}, Want: want, OfferIDs: w.offerIDs(want),
		RingFor: 20 * time.Second, Grace: 5 * time.Second, SendLease: 5 * time.Second,
		ReofferAfter: time.Minute, Next: w.now.Add(8 * time.Second)}
}

func (w *world) claims(c Claim) Claimed {
	w.Helper()
	return must[Claimed](w)(w.Claim(w.ctx(), w.now, c))
}

// promised claims one phone and says whose.
func (w *world) promised(id call.ID, people ...string) Offer {
	w.Helper()
	got := w.claims(w.claimFor(id, 1, people...))
	if len(got.Offers) != 1 {
		w.Fatalf("claim for %s of %v: %d offers, want 1", id, people, len(got.Offers))
	}
	return got.Offers[0]
}

// askedFor is one person asked for by name, from another team.
func (w *world) askedFor(id call.ID, responder string) Asked {
	return Asked{Call: id, Responder: responder, Team: "wight", Tier: call.TierBackup, OfferID: w.offerID(),
		RingFor: 20 * time.Second, Grace: 5 * time.Second, SendLease: 5 * time.Second, By: "lena"}
}

// rings asks for one person by name and says what came of it.
func (w *world) rings(a Asked) (*Offer, Did) {
	w.Helper()
	return must2[*Offer, Did](w)(w.RingPerson(w.ctx(), w.now, a))
}

func (w *world) handsOver(h HandOver) (Record, Did) {
	w.Helper()
	return must2[Record, Did](w)(w.HandOver(w.ctx(), w.now, h))
}

func (w *world) freedFor(responder string) Freed {
	return Freed{Responder: responder, OfferID: w.offerID(), RingFor: 20 * time.Second, Grace: 5 * time.Second,
		SendLease: 5 * time.Second, ReofferAfter: time.Minute,
		Duties: []Duty{{Pool: "ports/responding/", Team: "ports", Tier: call.TierResponding}}}
}

func (w *world) frees(f Freed) *Offer {
	w.Helper()
	return must[*Offer](w)(w.Free(w.ctx(), w.now, f))
}

func (w *world) sent(o Offer) OfferRecord {
	w.Helper()
	return must[OfferRecord](w)(w.OfferSent(w.ctx(), w.now, o.ID, "leg-"+string(o.ID), 0))
}

func (w *world) ends(o Offer, r call.Result) OfferEnded {
	w.Helper()
	return must[OfferEnded](w)(w.OfferEnd(w.ctx(), w.now, o.ID, r, Aside{}))
}

func conference(id call.ID) string { return "room-" + string(id) }

func (w *world) accepts(o Offer) Accepted {
	w.Helper()
	return must[Accepted](w)(w.Accept(w.ctx(), w.now, o.ID, "leg-"+string(o.ID), conference(o.Call), w.now.Add(15*time.Second)))
}

// connected takes a call all the way: promised, accepted, both in the room.
func (w *world) connected(id call.ID, responder string) Offer {
	w.Helper()
	o := w.promised(id, responder)
	w.sent(o)
	if got := w.accepts(o); got.Verdict != VerdictWon {
		w.Fatalf("accept: %s", got.Verdict)
	}
	w.join(o)
	return o
}

func (w *world) join(o Offer) {
	w.Helper()
	must2[Record, bool](w)(w.Joined(w.ctx(), w.now, conference(o.Call), string(o.Call)))
	if _, first := must2[Record, bool](w)(w.Joined(w.ctx(), w.now, conference(o.Call), "leg-"+string(o.ID))); !first {
		w.Fatalf("%s is not connected by its second leg", o.Call)
	}
}

func (w *world) finishes(id call.ID, f Finish) Finished {
	w.Helper()
	if f.Reason == "" {
		f.Reason = "caller_left"
	}
	done := must[Finished](w)(w.Finish(w.ctx(), w.now, id, f))
	if done.Call.Offer != "" {
		w.hangsUp(done.Call.Offer)
	}
	return done
}

// hangsUp puts down the phone of an offer's responder.
func (w *world) hangsUp(id call.OfferID) {
	w.Helper()
	must2[string, bool](w)(w.LegDown(w.ctx(), id))
}

// stands sets somebody on a break, away or back.
func (w *world) stands(responder string, to call.Presence, why call.Pause, until time.Time) Stood {
	w.Helper()
	return must[Stood](w)(w.SetPresence(w.ctx(), w.now, Standing{Responder: responder, To: to, Why: why, Until: until}))
}

func (w *world) wrapUpEnds(responder, reason string) (free bool) {
	w.Helper()
	return must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, responder, reason, "")).Free
}

func (w *world) record(id call.ID) Record {
	w.Helper()
	return must[Record](w)(w.Record(w.ctx(), id))
}

func (w *world) presence(responder string) PresenceRecord {
	w.Helper()
	for _, p := range must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 0)).Presences {
		if p.Responder == responder {
			return p
		}
	}
	return PresenceRecord{Responder: responder, Presence: call.PresenceFree}
}

// dues are the deadlines, by "kind:id", seconds from now.
func (w *world) dues() map[string]float64 {
	w.Helper()
	all, err := w.rdb.ZRangeWithScores(w.ctx(), w.key(keyDue), 0, -1).Result()
	if err != nil {
		w.Fatal(err)
	}
	m := map[string]float64{}
	for _, z := range all {
		m[z.Member.(string)] = (z.Score - float64(call.Millis(w.now))) / 1000
	}
	return m
}

func (w *world) events() []call.Event {
	w.Helper()
	var events []call.Event
	err := w.Range(w.ctx(), start.Add(-24*time.Hour), start.Add(14*24*time.Hour), func(e call.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return events
}

// lastEvent is the last entry of a kind.
func (w *world) lastEvent(kind call.Kind) call.Event {
	w.Helper()
	var last call.Event
	for _, e := range w.events() {
		if e.Kind == kind {
			last = e
		}
	}
	if last.Kind == "" {
		w.Fatalf("the ledger has no %s", kind)
	}
	last.ID = ""
	return last
}

func (w *world) kinds(id call.ID) []call.Kind {
	w.Helper()
	var kinds []call.Kind
	for _, e := range w.events() {
		if e.Call == id {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}
