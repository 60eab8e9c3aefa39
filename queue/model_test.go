package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
)

// rapidTB lets a world report to rapid, which then shrinks what went wrong.
type rapidTB struct {
	testing.TB
	r *rapid.T
}

func (t rapidTB) Helper()                           { t.r.Helper() }
func (t rapidTB) Fatal(args ...any)                 { t.r.Fatal(args...) }
func (t rapidTB) Fatalf(format string, args ...any) { t.r.Fatalf(format, args...) }
func (t rapidTB) Error(args ...any)                 { t.r.Error(args...) }
func (t rapidTB) Errorf(format string, args ...any) { t.r.Errorf(format, args...) }

// model is a world to which anything may happen in any order: every event comes
// early, late, twice or never.
type model struct {
	*world
	spy    *spy
	calls  []call.ID
	offers []Offer
}

var (
	team    = []string{"amy", "bob", "cat", "dan"}
	pools   = []string{"ports/responding/", "ports/responding/cy", "ports/backup/"}
	callers = []call.Number{{}, caller, call.ParseCaller("+447700900124")}
)

// TestModel holds random streams of events to the invariants after each, and
// every decision to the oracle's.
func TestModel(t *testing.T) {
	t.Parallel()
	rdb := miniClient(t)
	watch := &spy{}
	rdb.(*redis.Client).AddHook(watch)
	rapid.Check(t, func(r *rapid.T) {
		if err := rdb.FlushAll(t.Context()).Err(); err != nil {
			r.Fatal(err)
		}
		watch.trips, watch.calls = nil, nil
		m := &model{world: newWorld(rapidTB{t, r}, rdb), spy: watch}
		r.Repeat(map[string]func(*rapid.T){
			"arrive": m.arrive, "intake": m.intake, "beat": m.beat, "danger": m.danger, "claim": m.claim, "claim again": m.claim,
			"free": m.free, "sent": m.sentAny, "event": m.event, "offer end": m.offerEnd, "accept": m.accept, "accept again": m.accept,
			"joined": m.joined, "joined again": m.joined, "drop": m.drop, "finish": m.finish, "wrap-up end": m.wrapUpEnd,
			"presence": m.setPresence, "sweep": m.sweep, "time": m.time, "held": m.held,
			"ring person": m.ringPerson, "hand over": m.handOver, "leg down": m.legDown, "ready": m.ready,
		})
		m.drain()
	})
}

// doubly runs one script, sometimes twice as after a lost answer.
func (m *model) doubly(t *rapid.T, do func() error, allowed ...error) {
	m.spy.twice = rapid.IntRange(0, 3).Draw(t, "twice") == 0
	err := do()
	m.spy.twice = false
	if err != nil && !slices.Contains(allowed, err) {
		m.Fatalf("unexpected error: %v", err)
	}
	m.check()
}

func (m *model) aCall(t *rapid.T) call.ID {
	if len(m.calls) == 0 {
		t.Skip("no calls")
	}
	return rapid.SampledFrom(m.calls).Draw(t, "call")
}

func (m *model) anOffer(t *rapid.T) Offer {
	if len(m.offers) == 0 {
		t.Skip("no offers")
	}
	return rapid.SampledFrom(m.offers).Draw(t, "offer")
}

func (m *model) oracle() oracle {
	o := oracle{picture: m.picture(), tried: map[string]map[string]string{}, up: m.hash(m.key(keyPhoneUp)), now: m.now}
	for id := range o.calls {
		o.tried[id] = m.hash(m.key("tried:" + id))
	}
	pace, err := m.rdb.Get(m.ctx(), m.key("pace")).Int64()
	if err != nil && err != redis.Nil {
		m.Fatal(err)
	}
	o.pace = pace
	return o
}

func (m *model) arrive(t *rapid.T) {
	a := arrival(call.ID(fmt.Sprintf("c%d", rapid.IntRange(0, 7).Draw(t, "id")))) // few: they come again
	a.Menu, a.From = rapid.Bool().Draw(t, "menu"), rapid.SampledFrom(callers).Draw(t, "from")
	a.Boost, a.ActAt = time.Duration(rapid.IntRange(0, 2).Draw(t, "boost"))*time.Minute, m.now
	a.RedialBoost = time.Second
	m.doubly(t, func() error {
		got, err := m.Arrive(m.ctx(), m.now, a)
		if got.New {
			m.calls = append(m.calls, a.Call)
		}
		return err
	})
}

func (m *model) intake(t *rapid.T) {
	id := m.aCall(t)
	d := IntakeDone{Caller: rapid.SampledFrom(call.Callers).Draw(t, "caller"), Team: "ports", Boost: time.Second, LiveFor: time.Minute}
	m.doubly(t, func() error { _, _, err := m.Intake(m.ctx(), m.now, id, d); return err })
}

func (m *model) beat(t *rapid.T) {
	id := m.aCall(t)
	m.doubly(t, func() error { _, err := m.Beat(m.ctx(), m.now, id, "QU1", time.Minute); return err })
}

func (m *model) danger(t *rapid.T) {
	id := m.aCall(t)
	m.doubly(t, func() error { _, _, err := m.Danger(m.ctx(), m.now, id, time.Hour); return err })
}

func (m *model) claim(t *rapid.T) {
	c := m.claimFor(m.aCall(t), rapid.IntRange(1, 3).Draw(t, "want"))
	c.Groups = nil
	for range rapid.IntRange(0, 3).Draw(t, "groups") {
		people := rapid.SliceOfNDistinct(rapid.SampledFrom(team), 0, len(team), rapid.ID).Draw(t, "people")
		c.Groups = append(c.Groups, Group{Team: "ports", Tier: call.TierResponding, Responders: people})
	}
	c.Pools = rapid.SliceOfNDistinct(rapid.SampledFrom(pools), 0, len(pools), rapid.ID).Draw(t, "pools")
	c.AllowWrapUp, c.WrapUpLeast = rapid.Bool().Draw(t, "wrap-up"), 5*time.Second
	c.AllowAway = rapid.Bool().Draw(t, "away")
	c.Pace = time.Duration(rapid.IntRange(0, 1).Draw(t, "pace")) * time.Second
	c.Rung = rapid.IntRange(0, 3).Draw(t, "rung")
	want := m.oracle().claim(c)
	m.doubly(t, func() error {
		got, err := m.Claim(m.ctx(), m.now, c)
		m.offers = append(m.offers, got.Offers...)
		if diff := cmp.Diff(want, who(got.Offers)); diff != "" {
			m.Fatalf("claim %+v: the oracle asks others: %s", c, diff)
		}
		return err
	})
}

func (m *model) free(t *rapid.T) {
	f := m.freedFor(rapid.SampledFrom(team).Draw(t, "responder"))
	f.Pace = time.Duration(rapid.IntRange(0, 1).Draw(t, "pace")) * time.Second
	f.Duties = nil
	for _, pool := range rapid.SliceOfNDistinct(rapid.SampledFrom(pools), 0, len(pools), rapid.ID).Draw(t, "pools") {
		f.Duties = append(f.Duties, Duty{Pool: pool, Team: "ports", Tier: call.TierBackup})
	}
	want := m.oracle().free(f)
	m.doubly(t, func() error {
		got, err := m.Free(m.ctx(), m.now, f)
		promised := ""
		if got != nil {
			promised, m.offers = string(got.Call), append(m.offers, *got)
		}
		if promised != want {
			m.Fatalf("free %+v: promised to %q, by the oracle to %q", f, promised, want)
		}
		return err
	})
}

// ringPerson: whoever is asked for by name is rung exactly when they are free, or
// kept for this very caller, and the caller waits and is not held back.
func (m *model) ringPerson(t *rapid.T) {
	a := m.askedFor(m.aCall(t), rapid.SampledFrom(team).Draw(t, "responder"))
	a.Pace = time.Duration(rapid.IntRange(0, 1).Draw(t, "pace")) * time.Second
	o := m.oracle()
	c := o.calls[string(a.Call)]
	p, _, had := o.presence(a.Responder)
	want := call.State(c["st"]).Unanswered() && number(c["nb"]) <= ms(m.now) &&
		(p == call.PresenceFree || p == call.PresenceWrapUp && had == string(a.Call)) && !o.onPhone(a.Responder)
	m.doubly(t, func() error {
		got, did, err := m.RingPerson(m.ctx(), m.now, a)
		if did.Done != want || (got != nil) != want || !slices.Contains(Whys, did.Why) {
			m.Fatalf("ring %s, who is %s, for a call that is %s: %+v, want %v", a.Responder, p, c["st"], did, want)
		}
		if got != nil {
			m.offers = append(m.offers, *got)
		}
		return err
	})
}

func (m *model) handOver(t *rapid.T) {
	h := HandOver{Call: m.aCall(t), To: rapid.SampledFrom([]string{"ports", "wight"}).Draw(t, "to"), By: "lena"}
	before := m.record(h.Call)
	m.doubly(t, func() error {
		got, did, err := m.HandOver(m.ctx(), m.now, h)
		if want := before.State.Unanswered() && before.Team != h.To; did.Done != want || want && got.Team != h.To {
			m.Fatalf("hand over %s, %s's, to %s: %+v", before.State, before.Team, h.To, did)
		}
		if got.Score != before.Score || !got.ReceivedAt.Equal(before.ReceivedAt) || got.Ringing != before.Ringing {
			m.Fatalf("handed over, the call is %+v, was %+v", got, before)
		}
		return err
	})
}

func (m *model) sentAny(t *rapid.T) {
	o := m.anOffer(t)
	m.doubly(t, func() error { _, err := m.OfferSent(m.ctx(), m.now, o.ID, "leg-"+string(o.ID), 0); return err })
}

func (m *model) held(t *rapid.T) {
	o := m.anOffer(t)
	m.doubly(t, func() error { return m.OfferHeld(m.ctx(), o.ID, m.now.Add(time.Second), true) })
}

func (m *model) event(t *rapid.T) {
	o, kind := m.anOffer(t), rapid.SampledFrom([]call.Kind{call.KindRinging, call.KindPickedUp}).Draw(t, "kind")
	m.doubly(t, func() error { _, err := m.OfferEvent(m.ctx(), m.now, o.ID, kind, "leg-"+string(o.ID)); return err })
}

func (m *model) offerEnd(t *rapid.T) {
	o, result := m.anOffer(t), rapid.SampledFrom(call.Results).Draw(t, "result")
	if result == call.ResultAccepted {
		t.Skip("not an end")
	}
	a := Aside{After: 2, For: time.Minute, Others: team}
	if rapid.Bool().Draw(t, "by its leg") {
		a.Leg = "leg-" + string(o.ID)
	}
	m.doubly(t, func() error { _, err := m.OfferEnd(m.ctx(), m.now, o.ID, result, a); return err })
}

func (m *model) accept(t *rapid.T) {
	o := m.anOffer(t)
	before := m.record(o.Call)
	m.doubly(t, func() error {
		got, err := m.Accept(m.ctx(), m.now, o.ID, "leg-"+string(o.ID), conference(o.Call), m.now.Add(time.Minute))
		if got.First && (!before.State.Unanswered() || got.Call.Responder != o.Responder) {
			m.Fatalf("%s won a call that was %s and is %s's", o.Responder, before.State, got.Call.Responder)
		}
		return err
	})
}

func (m *model) joined(t *rapid.T) {
	o := m.anOffer(t)
	leg := rapid.SampledFrom([]string{string(o.Call), "leg-" + string(o.ID)}).Draw(t, "leg")
	m.doubly(t, func() error { _, _, err := m.Joined(m.ctx(), m.now, conference(o.Call), leg); return err }, ErrNoCall)
}

func (m *model) legDown(t *rapid.T) {
	o := m.anOffer(t)
	m.doubly(t, func() error { _, _, err := m.LegDown(m.ctx(), o.ID); return err })
}

func (m *model) ready(t *rapid.T) {
	o := m.anOffer(t)
	m.doubly(t, func() error { _, _, err := m.Ready(m.ctx(), m.now, o.ID); return err })
}

func (m *model) drop(t *rapid.T) {
	o := m.anOffer(t)
	d := Dropped{Offer: o.ID, NotBefore: m.now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "hold")) * time.Second), LiveFor: time.Minute,
		WrapUp: time.Duration(rapid.IntRange(0, 1).Draw(t, "wrap-up")) * time.Minute}
	m.doubly(t, func() error { _, _, err := m.Drop(m.ctx(), m.now, o.Call, d); return err })
}

func (m *model) finish(t *rapid.T) {
	id := m.aCall(t)
	f := Finish{Reason: "caller_left", WrapUp: time.Duration(rapid.IntRange(0, 1).Draw(t, "wrap-up")) * time.Minute, KeepFor: time.Hour}
	m.doubly(t, func() error { _, err := m.Finish(m.ctx(), m.now, id, f); return err })
}

func (m *model) wrapUpEnd(t *rapid.T) {
	r := rapid.SampledFrom(team).Draw(t, "responder")
	m.doubly(t, func() error { _, err := m.WrapUpEnd(m.ctx(), m.now, r, "ready", "lena"); return err })
}

func (m *model) setPresence(t *rapid.T) {
	r := rapid.SampledFrom(team).Draw(t, "responder")
	p := rapid.SampledFrom([]call.Presence{call.PresenceFree, call.PresenceBreak, call.PresenceAway}).Draw(t, "presence")
	s := Standing{Responder: r, To: p, Why: rapid.SampledFrom([]call.Pause{call.PauseRest, call.PauseMissed, call.PauseTimed}).Draw(t, "why"), By: "lena"}
	if rapid.Bool().Draw(t, "ends") {
		s.Until = m.now.Add(time.Minute)
	}
	m.doubly(t, func() error {
		_, err := m.SetPresence(m.ctx(), m.now, s)
		return err
	}, ErrTaken)
}

func (m *model) sweep(*rapid.T) { must[[]Due](m.world)(m.Sweep(m.ctx(), m.now, 3)) }

func (m *model) time(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.SampledFrom([]int{1, 500, 1000, 7000, 61000}).Draw(t, "ms")) * time.Millisecond)
}

// drain ends every call: what is left must be nothing.
func (m *model) drain() {
	for _, id := range m.calls {
		m.finishes(id, Finish{WrapUp: time.Minute})
	}
	for _, r := range team {
		m.wrapUpEnds(r, "timed")
	}
	received, outcomes := 0, map[call.Outcome]int{}
	for _, e := range m.events() {
		switch e.Kind {
		case call.KindReceived:
			received++
		case call.KindFinished:
			outcomes[e.Outcome]++
		}
	}
	if received != len(m.calls) || outcomes[call.OutcomeAnswered]+outcomes[call.OutcomeAbandoned] != received {
		m.Fatalf("%d calls, %d received, outcomes %v", len(m.calls), received, outcomes)
	}
	p := m.picture()
	for id, c := range p.calls {
		if c["st"] != string(call.StateEnded) {
			m.Fatalf("%s is left %s", id, c["st"])
		}
	}
	if len(p.pools) != 0 || len(p.live) != 0 {
		m.Fatalf("left over: pools %v, live %v", p.pools, p.live)
	}
}
