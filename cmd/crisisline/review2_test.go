package main

import (
	"net/url"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/sim"
)

// More faults that a reading of the code found, each first as a script that failed.

// afterOf is a responder's word, with their phone still up, that the talk is over.
func afterOf(sid string) url.Values {
	return url.Values{"CallSid": {sid}, "CallStatus": {"in-progress"}, "To": {amal}, "From": {public}, "DialCallStatus": {"answered"}}
}

func (l *line) recordOf(k *sim.Talk) (offer, leg string) {
	l.t.Helper()
	rec, err := l.reads.Record(l.ctx, call.ID(k.SID()))
	if err != nil {
		l.t.Fatal(err)
	}
	return string(rec.Offer), rec.OfferSID
}

// The word that a talk is over comes late, or again, when the caller has been given
// to somebody else: their talk goes on, and is known to.
func TestAnEndOfATalkThatIsNoLongerTheirs(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	offer, leg := l.recordOf(c)
	l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
	r.HangsUp()
	second := l.phone(ben).RingsWithin(t, time.Minute).Answers()
	second.Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, second)
	l.post("/voice/offer/"+offer+"/after", afterOf(leg))
	l.step(time.Second)
	if got := l.state(c.SID()); got != call.StateConnected || l.presence("ben") != call.PresenceConnected {
		t.Errorf("the call is %s and ben %s, want both connected", got, l.presence("ben"))
	}
	c.HangsUp()
	l.step(time.Second)
}

// The same of somebody who never had the caller: who waits is still waiting.
func TestAnEndOfATalkThatNeverWas(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, warned: true})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	l.network.Faults().REST("POST Queues/*/Members/*.json", sim.RESTBusy, 1)
	r := l.takes(amal)
	eventually(t, "the press taken as yes", func() bool { return l.state(c.SID()) == call.StateAccepted })
	offer, leg := l.recordOf(c)
	r.HangsUp()
	l.step(time.Second)
	l.post("/voice/offer/"+offer+"/after", afterOf(leg))
	l.step(time.Second)
	if got := l.state(c.SID()); !got.Unanswered() {
		t.Errorf("the caller is on the line and their call is %s", got)
	}
	c.IsBridgedTo(t, l.takes(amal))
	c.HangsUp()
	l.step(time.Second)
}

// Nobody says that the two have met, and the carrier cannot be asked: they talk, and
// nothing is done to them for want of news.
func TestATalkOfWhichNothingIsHeard(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, warned: true, asItIs: true})
	c := l.dials(public)
	r := l.phone(amal).Rings(t).Answers()
	r.Hears(t, "press 1")
	l.network.Faults().Status(sim.StatusFault{Drop: 1})
	l.network.Faults().REST("GET Conferences.json", sim.RESTBusy, -1)
	r.Presses("1")
	c.IsBridgedTo(t, r)
	for range 12 {
		l.step(10 * time.Second)
		c.IsBridgedTo(t, r)
	}
	l.network.Faults().ClearREST()
	l.step(time.Minute)
	c.IsBridgedTo(t, r)
	if got := l.state(c.SID()); got != call.StateConnected {
		t.Errorf("the call is %s, want connected once the carrier can be asked", got)
	}
}

// That a room has closed is told again, by another way, when the caller is in another
// room by then: theirs stays open.
func TestTheEndOfARoomThatIsNoLongerTheirs(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	rec, err := l.reads.Record(l.ctx, call.ID(c.SID()))
	if err != nil {
		t.Fatal(err)
	}
	l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
	r.HangsUp()
	second := l.phone(ben).RingsWithin(t, time.Minute).Answers()
	second.Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, second)
	form := url.Values{"CallSid": {c.SID()}, "CallStatus": {"in-progress"}, "To": {public}, "From": {caller}, "DialCallStatus": {"answered"}}
	l.post("/voice/bridge/after?n=2&c="+rec.Conference, form)
	l.step(10 * time.Second)
	c.IsBridgedTo(t, second)
	if got := l.state(c.SID()); got != call.StateConnected {
		t.Errorf("the call is %s, want connected", got)
	}
	c.HangsUp()
	l.step(time.Second)
}
