package console

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// past is a store of calls that came and went, in short words. Everything in it
// was put there by the operations the telephones use.
type past struct {
	*queue.Store
	at     time.Time // the next thing happens then
	offers int
	err    error // the first thing that did not work
}

func openPast(from time.Time) (p *past, end func(), err error) {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		return nil, nil, err
	}
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	end = func() {
		_ = rdb.Close()
		server.Close()
	}
	sealer, err := call.NewSealer(bytes.Repeat([]byte{7}, call.MasterLeast))
	if err != nil {
		return nil, end, err
	}
	s, err := queue.New(rdb, queue.Options{Service: "hampshire", Sealer: sealer})
	return &past{Store: s, at: from}, end, err
}

func (p *past) must(what string, err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("%s: %w", what, err)
	}
}

func (p *past) after(d time.Duration) *past {
	p.at = p.at.Add(d)
	return p
}

var anyone = context.Background()

// rings: somebody rings, hears the greeting for ten seconds, and waits.
func (p *past) rings(id call.ID, team string, who call.Caller, number string) {
	from := call.ParseCaller(number)
	_, err := p.Arrive(anyone, p.at, queue.Arrival{
		Call: id, Need: call.Need{Line: "public", Caller: call.CallerUnknown}, From: from, Number: "+448081570000",
		Menu: true, RedialBoost: time.Minute, ActAt: p.at, LiveFor: time.Minute,
	})
	p.must("arrive", err)
	p.after(10 * time.Second)
	_, _, err = p.Intake(anyone, p.at, id, queue.IntakeDone{Caller: who, Team: team, LiveFor: time.Minute})
	p.must("intake", err)
}

// offer rings a phone for a call.
func (p *past) offer(id call.ID, team, responder string) queue.Offer {
	p.offers++
	got, err := p.Claim(anyone, p.at, queue.Claim{
		Call: id, Groups: []queue.Group{{Team: team, Tier: call.TierResponding, Responders: []string{responder}}},
		Pools: []string{team + "/responding/"}, Want: 1, OfferIDs: []call.OfferID{call.OfferID(fmt.Sprintf("o%d", p.offers))},
		RingFor: 20 * time.Second, SendLease: 5 * time.Second, Next: p.at.Add(8 * time.Second),
	})
	p.must("claim", err)
	if len(got.Offers) != 1 {
		p.must("claim", fmt.Errorf("%d offers to %s for %s", len(got.Offers), responder, id))
		return queue.Offer{}
	}
	o := got.Offers[0]
	_, err = p.OfferSent(anyone, p.at, o.ID, "leg-"+string(o.ID), 0)
	p.must("offer sent", err)
	_, err = p.OfferEvent(anyone, p.after(2*time.Second).at, o.ID, call.KindRinging, "leg-"+string(o.ID))
	p.must("ringing", err)
	return o
}

// misses: a phone rings out.
func (p *past) misses(id call.ID, team, responder string) {
	o := p.offer(id, team, responder)
	_, err := p.OfferEnd(anyone, p.after(18*time.Second).at, o.ID, call.ResultNoAnswer, queue.Aside{})
	p.must("offer end", err)
}

// answers: somebody presses 1, and both hear each other.
func (p *past) answers(id call.ID, team, responder string) {
	o := p.offer(id, team, responder)
	room := "room-" + string(id)
	_, err := p.Accept(anyone, p.after(5*time.Second).at, o.ID, "leg-"+string(o.ID), room, p.at.Add(15*time.Second))
	p.must("accept", err)
	for _, leg := range []string{string(id), "leg-" + string(o.ID)} {
		_, _, err = p.Joined(anyone, p.after(time.Second).at, room, leg)
		p.must("join", err)
	}
}

// ends: the caller's leg is over, and after a minute the wrap-up is.
func (p *past) ends(id call.ID) {
	f, err := p.Finish(anyone, p.at, id, queue.Finish{Reason: "caller_left", WrapUp: time.Minute, KeepFor: 15 * time.Minute})
	p.must("finish", err)
	if f.Outcome == call.OutcomeAnswered {
		_, err = p.WrapUpEnd(anyone, p.after(time.Minute).at, f.Responder, "timed", "")
		p.must("end wrap-up", err)
	}
}

// records: somebody says what came of a call.
func (p *past) records(id call.ID, r queue.WrapUpRecord) {
	r.Call = id
	_, _, err := p.WrapUpRecord(anyone, p.at, r)
	p.must("record", err)
}

// owes: a caller is promised to be rung back, if need be not before a time.
func (p *past) owes(id call.ID, asked, safe time.Time) {
	_, _, err := p.OweCallback(anyone, p.at, queue.CallbackPromise{Call: id, By: "r-amara", AskedAt: asked, SafeFrom: safe})
	p.must("owe", err)
}

// promises: somebody is promised something after a call.
func (p *past) promises(id call.ID, category, team string, started time.Time, within time.Duration) {
	_, _, err := p.FollowUp(anyone, p.at, queue.FollowUp{Call: id, Category: category, Team: team, By: "r-amara", StartedAt: started, DueAt: started.Add(within)})
	p.must("promise", err)
}

// whatIsOwed is, after aNight, one promise in every state.
func whatIsOwed(p *past) error {
	at := func(minutes int) time.Time { return atNight.Add(time.Duration(minutes) * time.Minute) }
	p.at = at(-95)
	p.owes("CAtry1", at(-95), time.Time{}) // overdue
	p.at = at(-20)
	p.owes("CAtry2", at(-25), time.Time{}) // due, and taken
	_, _, err := p.ClaimCallback(anyone, p.at.Add(10*time.Minute), "CAtry2", "r-ben")
	p.must("claim", err)
	p.owes("CAtry3", at(-45), at(9*60)) // not before noon
	p.owes("CAday", at(-21), time.Time{})
	p.promises("CAday", "crisis.urgent", "mid-north", at(-29*60), 24*time.Hour) // overdue
	p.promises("CAtry3", "crisis.semi_urgent", "portsmouth", at(-60), 72*time.Hour)
	p.promises("CAhid", "referrer.response", "isle-of-wight", at(-100), 30*time.Minute)
	p.promises("CAtry1", "handover.accepted", "southampton", at(-200), time.Hour)
	p.at = atNight
	for _, done := range []struct {
		id       call.ID
		category string
		at       time.Time
	}{{"CAhid", "referrer.response", at(-60)}, {"CAtry1", "handover.accepted", at(-100)}} {
		_, _, err := p.FollowUpDone(anyone, p.at, done.id, done.category, "r-amara", done.at, "seen")
		p.must("end", err)
	}
	_, err = p.FollowUpReviewed(anyone, p.at, "CAtry1", "handover.accepted", "role:shift_lead", "nobody_free")
	p.must("review", err)
	_, err = p.FollowUpsMissed(anyone, p.at, 100)
	p.must("look at what ran out", err)
	return p.err
}

// aNight is the calls of a night until atNight, and two of the day before.
func aNight(p *past) error {
	p.at = atNight.Add(-30 * time.Hour)
	p.rings("CAday", "mid-north", call.CallerSelf, "+447700900602")
	p.answers("CAday", "mid-north", "r-femi")
	p.after(3 * time.Minute).ends("CAday")

	p.at = atNight.Add(-5 * time.Hour)
	p.rings("CAeve", "portsmouth", call.CallerCarer, "+447700900603")
	p.misses("CAeve", "portsmouth", "r-ben")
	p.answers("CAeve", "portsmouth", "r-amara")
	p.after(12 * time.Minute).ends("CAeve")
	p.records("CAeve", queue.WrapUpRecord{By: "r-amara", Code: call.CodeUrgent, Hard: true, Duty: call.DutyConsent,
		Response: "crisis.very_urgent", StartedAt: p.at.Add(-time.Minute), DueAt: p.at.Add(-time.Minute).Add(4 * time.Hour)})

	p.at = atNight.Add(-100 * time.Minute)
	for _, id := range []call.ID{"CAtry1", "CAtry2"} {
		p.rings(id, "portsmouth", call.CallerUnknown, "+447700900601")
		p.after(90 * time.Second).ends(id)
		p.after(2 * time.Minute)
	}
	p.rings("CAtry3", "portsmouth", call.CallerSelf, "+447700900601")
	p.answers("CAtry3", "southampton", "r-dev")
	p.after(25 * time.Minute).ends("CAtry3")

	p.at = atNight.Add(-4 * time.Minute)
	p.rings("CAhid", "isle-of-wight", call.CallerSelf, "anonymous")
	p.answers("CAhid", "isle-of-wight", "r-grace")
	p.at = atNight
	return p.err
}
