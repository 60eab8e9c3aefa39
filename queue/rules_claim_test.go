package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

func who(offers []Offer) []string {
	names := []string{}
	for _, o := range offers {
		names = append(names, o.Responder)
	}
	return names
}

func TestRule4PromiseIsWhole(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.after(3 * time.Second)
		c := w.claimFor("a", 2, "amy")
		got := w.claims(c)
		want := Claimed{State: call.StateOffered, Ringing: 1, Waiting: true, Offers: []Offer{{
			ID: "o1", Call: "a", Responder: "amy", Team: "ports", Tier: call.TierResponding, SendAt: w.now, From: "+448081570000"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		wantOffer := OfferRecord{ID: "o1", Call: "a", Responder: "amy", Team: "ports", Tier: call.TierResponding,
			State: OfferPromised, OfferedAt: w.now, SendAt: w.now}
		if diff := cmp.Diff(wantOffer, must[OfferRecord](w)(w.Offer(w.ctx(), "o1"))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]float64{"call:a": 8, "live:a": 57, "offer:o1": 25, "send:o1": 5}, w.dues()); diff != "" {
			t.Errorf("deadlines: %s", diff)
		}
		wantEvent := call.Event{At: w.now, Kind: call.KindOffered, Call: "a", Offer: "o1", Line: "public", Team: "ports",
			Caller: call.CallerUnknown, Responder: "amy", Tier: call.TierResponding, Offers: 1}
		if diff := cmp.Diff(wantEvent, w.lastEvent(call.KindOffered)); diff != "" {
			t.Error(diff)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceOffered || p.Call != "a" {
			t.Errorf("amy is %+v", p)
		}
	})
}

func TestRule4Order(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		// bob was freed before cat; amy was never rung; dan is with a caller.
		for i, r := range []string{"bob", "cat"} {
			id := call.ID(r)
			w.arrives(id)
			w.connected(id, r)
			w.after(time.Duration(i+1)*time.Minute).finishes(id, Finish{})
		}
		w.arrives("dan")
		w.connected("dan", "dan")
		w.arrives("a")
		c := w.claimFor("a", 5, "dan", "cat", "bob", "amy")
		c.Groups = append(c.Groups, Group{Team: "wight", Tier: call.TierBackup, Responders: []string{"amy", "eve"}})
		got := w.claims(c)
		if diff := cmp.Diff([]string{"amy", "bob", "cat", "eve"}, who(got.Offers)); diff != "" {
			t.Errorf("longest idle first, then the next group, nobody twice: %s", diff)
		}
		if e := got.Offers[3]; e.Team != "wight" || e.Tier != call.TierBackup {
			t.Errorf("eve is asked as %s %s", e.Team, e.Tier)
		}
		if a := got.Offers[0]; a.Team != "ports" {
			t.Errorf("amy is in two groups and is asked as %s, not by the first", a.Team)
		}
	})
}

func TestRule4NotAskedTwice(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		o := w.promised("a", "amy")
		w.after(10*time.Second).ends(o, call.ResultDeclined)
		w.after(49 * time.Second)
		if got := w.claims(w.claimFor("a", 1, "amy")); len(got.Offers) != 0 || !got.Waiting || got.State != call.StateWaiting {
			t.Errorf("asked again 59 s after: %+v", got)
		}
		if o := w.frees(w.freedFor("amy")); o != nil {
			t.Errorf("a freed responder is asked again 59 s after: %+v", o)
		}
		w.after(time.Second)
		if got := w.claims(w.claimFor("a", 1, "amy")); len(got.Offers) != 1 {
			t.Errorf("not asked again a minute after: %+v", got)
		}
	})
}

func TestRule4WrapUpAndAwayAreTheLastAsked(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("x")
		w.connected("x", "amy")
		w.finishes("x", Finish{WrapUp: 10 * time.Minute})
		w.stands("bob", call.PresenceAway, "missed_calls", w.now.Add(time.Hour))
		w.stands("cat", call.PresenceBreak, "break", time.Time{})
		w.after(time.Minute)
		w.arrives("a")
		claim := func(wrapUp, away bool, want ...string) {
			t.Helper()
			c := w.claimFor("a", 4, "amy", "bob", "cat")
			c.AllowWrapUp, c.WrapUpLeast, c.AllowAway = wrapUp, time.Minute, away
			if diff := cmp.Diff(append([]string{}, want...), who(w.claims(c).Offers)); diff != "" {
				t.Errorf("wrap-up %v, away %v: %s", wrapUp, away, diff)
			}
		}
		claim(false, false)
		w.now = w.now.Add(-time.Millisecond)
		claim(true, false) // a minute of wrap-up is not over
		w.after(time.Millisecond)
		claim(true, false, "amy")
		if r := w.record("x"); r.State != call.StateEnded {
			t.Errorf("the call whose wrap-up was cut short is %s", r.State)
		}
		if e := w.lastEvent(call.KindWrapUpEnded); e.Reason != "needed" || e.Responder != "amy" || e.Call != "x" {
			t.Errorf("%+v", e)
		}
		claim(true, true, "bob") // and never cat, who asked for a break
		w.finishes("a", Finish{})
		if p := w.presence("bob"); p.Presence != call.PresenceAway {
			t.Errorf("bob was set aside, rung for a caller who left, and is %s", p.Presence)
		}
		if p := w.presence("amy"); p.Presence != call.PresenceFree {
			t.Errorf("amy's wrap-up was ended, and she is %s", p.Presence)
		}
	})
}

func TestRule4StalePlanWritesNothing(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.claims(w.claimFor("a", 1))
		c, f := w.claimFor("a", 2, "amy"), w.freedFor("amy")
		c.Version, f.Version = 7, 7
		if err := w.rdb.Set(w.ctx(), w.o.PlanVersionKey, 8, 0).Err(); err != nil {
			t.Fatal(err)
		}
		before := w.everything()
		if _, err := w.Claim(w.ctx(), w.now, c); !errors.Is(err, ErrStale) {
			t.Errorf("claim: %v", err)
		}
		if _, err := w.Free(w.ctx(), w.now, f); !errors.Is(err, ErrStale) {
			t.Errorf("free: %v", err)
		}
		if diff := cmp.Diff(before, w.everything()); diff != "" {
			t.Errorf("something was written: %s", diff)
		}
		c.Version, f.Version = 8, 0
		if got := w.claims(c); len(got.Offers) != 1 {
			t.Errorf("the version in force is refused: %+v", got)
		}
		if _, err := w.Free(w.ctx(), w.now, f); err != nil {
			t.Errorf("version 0 is checked: %v", err)
		}
	})
}

func TestRule4ClaimOfACallThatNeedsNobody(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		w.connected("a", "amy")
		if err := w.Defer(w.ctx(), DueCall, "a", w.now); err != nil {
			t.Fatal(err)
		}
		if got := w.claims(w.claimFor("a", 1, "bob")); len(got.Offers) != 0 || got.State != call.StateConnected {
			t.Errorf("%+v", got)
		}
		if err := w.Defer(w.ctx(), DueCall, "nobody", w.now); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Claim(w.ctx(), w.now, w.claimFor("nobody", 1, "bob")); !errors.Is(err, ErrNoCall) {
			t.Errorf("unknown call: %v", err)
		}
		for member := range w.dues() {
			if member == "call:a" || member == "call:nobody" {
				t.Errorf("deadline %s stays for ever", member)
			}
		}
	})
}

func TestRule4Pace(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		claim := func(id call.ID, want int, people ...string) Claimed {
			t.Helper()
			c := w.claimFor(id, want, people...)
			c.Pace, c.Next = time.Second, w.now.Add(8*time.Second)
			return w.claims(c)
		}
		for _, id := range []call.ID{"a", "b", "c"} {
			w.arrives(id)
		}
		a := claim("a", 2, "amy", "ada")
		if len(a.Offers) != 1 || !a.Offers[0].SendAt.Equal(w.now) || !a.PacedTo.Equal(w.now.Add(time.Second)) || !a.Waiting {
			t.Errorf("two phones at once: %+v", a)
		}
		if d := w.dues(); d["call:a"] != 1 {
			t.Errorf("the call held back is looked at in %v s, not when the pacer allows", d["call:a"])
		}
		if o := w.frees(func() Freed { f := w.freedFor("zoe"); f.Pace = time.Second; return f }()); o != nil {
			t.Errorf("a further leg adds to the backlog: %+v", o)
		}
		b, c := claim("b", 1, "bob"), claim("c", 1, "cat")
		if !b.Offers[0].SendAt.Equal(w.now.Add(time.Second)) || !c.Offers[0].SendAt.Equal(w.now.Add(2*time.Second)) {
			t.Errorf("first legs go ahead, one second apart: %v, %v", b.Offers[0].SendAt, c.Offers[0].SendAt)
		}
		if d := w.dues(); d["send:"+string(b.Offers[0].ID)] != 1 || d["offer:"+string(b.Offers[0].ID)] != 26 {
			t.Errorf("deadlines of a leg that waits its turn: %v", d)
		}
		w.after(3 * time.Second)
		if got := claim("a", 2, "ada"); len(got.Offers) != 1 || !got.Offers[0].SendAt.Equal(w.now) || !got.PacedTo.IsZero() {
			t.Errorf("no backlog, and yet held back: %+v", got)
		}
	})
}

func TestRule4Widened(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		for _, rung := range []int{0, 1, 1, 3, 2} {
			c := w.claimFor("a", 1)
			c.Rung, c.Reason, c.Next = rung, "neighbour", time.Time{}
			w.claims(c)
		}
		n := 0
		for _, k := range w.kinds("a") {
			if k == call.KindWidened {
				n++
			}
		}
		if n != 2 || w.record("a").Rung != 3 {
			t.Errorf("widened %d times to rung %d, want 2 and 3", n, w.record("a").Rung)
		}
		if e := w.lastEvent(call.KindWidened); e.Reason != "neighbour" {
			t.Errorf("%+v", e)
		}
		if _, there := w.dues()["call:a"]; there {
			t.Error("no next look was asked for, and there is one")
		}
	})
}

func TestRule5Free(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		put := func(id call.ID, boost time.Duration, pools ...string) {
			t.Helper()
			a := arrival(id)
			a.Boost = boost
			must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
			c := w.claimFor(id, 1)
			c.Pools = pools
			w.claims(c)
		}
		put("plain", 0, "ports/responding/")
		put("cymraeg", time.Second, "ports/responding/cy")
		put("same", time.Second, "wight/backup/")
		f := w.freedFor("amy")
		f.Duties = []Duty{
			{Pool: "ports/responding/", Team: "ports", Tier: call.TierResponding},
			{Pool: "wight/backup/", Team: "wight", Tier: call.TierBackup},
			{Pool: "ports/responding/cy", Team: "ports", Tier: call.TierResponding},
		}
		got := w.frees(f)
		want := &Offer{ID: f.OfferID, Call: "same", Responder: "amy", Team: "wight", Tier: call.TierBackup, SendAt: w.now, From: "+448081570000"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("lowest score, the earlier duty on a tie: %s", diff)
		}
		if again := w.frees(w.freedFor("amy")); again != nil {
			t.Errorf("someone promised is promised again: %+v", again)
		}
		f.Responder, f.OfferID = "bob", w.offerID()
		if got = w.frees(f); got == nil || got.Call != "cymraeg" {
			t.Errorf("second: %+v", got)
		}
		f.Responder, f.OfferID, f.Duties = "cat", w.offerID(), nil
		if got = w.frees(f); got != nil {
			t.Errorf("without a duty: %+v", got)
		}
	})
}

func TestRule5LooksPastTheHead(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		for _, id := range []call.ID{"a", "b"} {
			w.after(time.Second).arrives(id)
		}
		w.ends(w.promised("a", "amy"), call.ResultDeclined)
		w.claims(w.claimFor("b", 1))
		if o := w.frees(w.freedFor("amy")); o == nil || o.Call != "b" {
			t.Errorf("a responder who declined the head is not given the next: %+v", o)
		}
	})
}

// A call that vanished from under its pool, which nothing of ours does, must
// not keep everyone behind it from being answered.
func TestRule5PassesOverACallThatIsGone(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("real")
		w.claims(w.claimFor("real", 1))
		for i := range 20 {
			if err := w.rdb.ZAdd(w.ctx(), w.key("q:ports/responding/"), redis.Z{Member: i}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if o := w.frees(w.freedFor("amy")); o == nil || o.Call != "real" {
			t.Errorf("promised to %+v", o)
		}
	})
}

// The rarest skill waits no longer than it takes the one who has it to serve
// those who came before: later calls, however many, never go first.
func TestRarestSkillWaitsABoundedTime(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		const before, rivals = 3, 6
		join := func(id call.ID, pools ...string) {
			w.after(time.Second).arrives(id)
			c := w.claimFor(id, 1)
			c.Pools = pools
			w.claims(c)
		}
		for i := range before {
			join(call.ID(rune('a'+i)), "ports/responding/")
		}
		join("rare", "ports/responding/cy")
		for i := range rivals {
			join(call.ID(rune('p'+i)), "ports/responding/")
		}
		for served := 0; ; served++ {
			f := w.freedFor("amy") // the only one who speaks Welsh serves everyone else too
			f.Duties = append(f.Duties, Duty{Pool: "ports/responding/cy", Team: "ports", Tier: call.TierResponding})
			o := w.frees(f)
			if o.Call == "rare" {
				return
			}
			if served == before {
				t.Fatalf("%s, which came later, goes before the rare call", o.Call)
			}
			w.accepts(*o)
			w.finishes(o.Call, Finish{})
		}
	})
}
