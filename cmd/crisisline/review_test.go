package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
	"example.org/crisisline/sim"
	"example.org/crisisline/twilio"
)

// Faults that a reading of the code found, each first as a script that failed.

// post sends one signed webhook by hand, and gives its answer.
func (l *line) post(path string, form url.Values) string {
	l.t.Helper()
	return l.postTo(0, path, form)
}

func (l *line) postTo(instance int, path string, form url.Values) string {
	l.t.Helper()
	form.Set("AccountSid", l.network.AccountSID())
	body := form.Encode()
	var f twilio.Form
	if err := f.Parse([]byte(body)); err != nil {
		l.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(l.ctx, http.MethodPost, "http://"+l.instances[instance].addr+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", twilio.Sign(worldToken, publicURL+path, &f))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer strings.Builder
	buf := make([]byte, 8192)
	for err == nil {
		var n int
		n, err = res.Body.Read(buf)
		answer.Write(buf[:n])
	}
	return answer.String()
}

func (l *line) state(id string) call.State {
	l.t.Helper()
	rec, err := l.reads.Record(l.ctx, call.ID(id))
	if err != nil {
		l.t.Fatal(err)
	}
	return rec.State
}

// The carrier has made two legs for one offer, and the second one's end is
// reported while the first is in conversation.
func TestTheEndOfASecondLegCutsNobodyOff(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	rec, err := l.reads.Record(l.ctx, call.ID(c.SID()))
	if err != nil {
		t.Fatal(err)
	}
	l.post("/voice/offer/"+string(rec.Offer)+"/status", url.Values{
		"CallSid": {"CA00000000000000000000000000000abc"}, "CallStatus": {"no-answer"}, "To": {amal}, "From": {public},
	})
	l.step(3 * time.Second)
	c.IsBridgedTo(t, r)
	c.HangsUp()
	l.step(time.Second)
}

// The second leg is engaged because the first rings: the key on the first counts.
func TestTheKeyCountsWhicheverLegItIsOn(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, warned: true})
	c := l.dials(public)
	r := l.phone(amal).Rings(t)
	present, err := l.reads.Snapshot(l.ctx, l.clock.Now(), 10)
	if err != nil {
		t.Fatal(err)
	}
	id := string(present.Offers[0].ID)
	if _, err := l.instances[0].carrier.CreateCall(context.Background(), twilio.NewLeg{
		To: amal, From: public, Ring: 20 * time.Second, URL: publicURL + "/voice/offer/" + id, StatusURL: publicURL + "/voice/offer/" + id + "/status",
	}); err != nil {
		t.Fatal(err)
	}
	l.step(3 * time.Second)
	r.Answers().Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, r)
	l.step(30 * time.Second)
	c.IsBridgedTo(t, r)
	c.HangsUp()
	l.step(time.Second)
}

// The responder leaves the room before the caller could be fetched into it.
func TestARoomThatClosesBeforeTheCallerIsInIt(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	l.network.Faults().REST("POST Queues/*/Members/*.json", sim.RESTBusy, 2)
	r := l.takes(amal)
	l.step(5 * time.Second)
	r.Presses("*")
	again := l.phone(amal).RingsWithin(t, 2*time.Minute).Answers()
	again.Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, again)
	c.HangsUp()
	l.step(time.Second)
	if got := l.outcome(c); got != call.OutcomeAnswered {
		t.Errorf("outcome %s, want answered", got)
	}
}

// A record that says a call is over does not silence a caller who is there.
func TestACallerWhoseCallIsOverIsPutThrough(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	if err := l.finishByHand(call.ID(c.SID())); err != nil {
		t.Fatal(err)
	}
	c.HearsWithin(t, 2*time.Minute, "ringing someone for you now")
	r := l.phone(ben).RingsWithin(t, time.Minute).Answers()
	r.Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, r)
	c.HangsUp()
	l.step(time.Second)
}

// No request that would fetch the caller works: they come by themselves.
func TestACallerComesIntoTheRoomWithoutARequest(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	l.network.Faults().REST("POST Queues/*/Members/*.json", sim.RESTBusy, -1)
	l.network.Faults().REST("POST Calls/*.json", sim.RESTBusy, -1)
	l.takes(amal)
	var with bool
	for range 40 { // until the round of waiting words runs out, a phone may have to be taken twice
		l.step(3 * time.Second)
		if with = bridged(c); with {
			break
		}
		if l.network.Ringing(amal) > 0 {
			l.phone(amal).Rings(t).Answers().Hears(t, "press 1").Presses("1")
		}
	}
	if !with {
		t.Fatalf("two minutes on, the caller is with nobody:\n%s", c.Story())
	}
}

// Twilio refuses to make any leg: <Dial> needs none of our requests.
func TestNoLegCanBeMade(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sim.RESTFault{"credentials refused": sim.RESTForbidden, "bad gateway": sim.RESTLost} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLine(t, setup{memory: true})
			l.network.Faults().REST("", fault, -1)
			c := l.dials(public)
			r := l.phone(ben).RingsWithin(t, 2*time.Minute).Answers()
			r.Hears(t, "press 1").Presses("1")
			c.IsBridgedTo(t, r)
			if h := l.instances[0].router.Health(l.clock.Now()); h.Mode != "degraded" {
				t.Errorf("health %+v, want degraded", h)
			}
			second := l.phone(otherCaller).Dials(t, public) // and the next caller at once
			second.Hears(t, "ringing someone for you now")
			l.network.Faults().ClearREST()
			c.HangsUp()
			second.HangsUp()
			l.step(time.Minute)
			if got := l.presence("amal"); got == call.PresenceAway {
				t.Error("amal is set aside for legs that were never made")
			}
			third := l.dials(public)
			l.phone(amal).RingsWithin(t, 10*time.Second)
			third.HangsUp()
			l.step(time.Second)
		})
	}
}

// One person's leg never comes about: the others are asked.
func TestALegThatNeverComesAboutHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, plan: "hang.yaml", settings: func(c *config.Config) {
		c.Twilio.RequestBudget = 50 * time.Millisecond
		c.Routing.MostPhones = 1
	}})
	c := l.dials(public)
	r := l.phone(ben).RingsWithin(t, 90*time.Second).Answers()
	r.Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, r)
	c.HangsUp()
	l.step(time.Second)
}

// The carrier comes to the fallback URL in the greeting, and early offers are off.
func TestFallbackInTheGreetingWithoutEarlyOffers(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, asItIs: true, settings: func(c *config.Config) { c.Routing.EarlyOffer = false }})
	const id = "CA000000000000000000000000000000ff"
	f := func() url.Values {
		return url.Values{"CallSid": {id}, "From": {otherCaller}, "To": {public}, "CallStatus": {"in-progress"}, "ErrorCode": {"11200"}}
	}
	l.post("/voice/inbound", f())
	if answer := l.post("/voice/fallback", f()); !strings.Contains(answer, "<Enqueue") {
		t.Errorf("answer %s, want the queue", answer)
	}
	l.phone(amal).RingsWithin(t, 3*time.Second)
}

// One instance rings a call from the snapshot, another is told that it is over:
// the ledger hears of it within seconds, not when the first gives up waiting.
func TestACallOnTheSnapshotEndsAtAnotherInstance(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, asItIs: true, two: true})
	const id = "CA000000000000000000000000000000fe"
	f := func(status string) url.Values {
		return url.Values{"CallSid": {id}, "From": {otherCaller}, "To": {public}, "CallStatus": {status}, "ErrorCode": {"12100"}}
	}
	if answer := l.postTo(0, "/voice/fallback", f("in-progress")); !strings.Contains(answer, "<Dial") {
		t.Fatalf("answer %s, want to be rung from the snapshot", answer)
	}
	l.step(40 * time.Second)
	l.postTo(1, "/voice/status", f("completed"))
	over := l.clock.Now()
	l.step(20 * time.Second)
	var ended []call.Event
	for _, e := range l.ledger() {
		if e.Call == id && e.Kind == call.KindFinished {
			ended = append(ended, e)
		}
	}
	if len(ended) != 1 || ended[0].Outcome != call.OutcomeFallback || !ended[0].At.Equal(over) {
		t.Errorf("the ledger says %+v, want one end at %s", ended, over)
	}
}

// The carrier comes to the fallback URL on its way into the room.
func TestFallbackOnTheWayIntoTheRoom(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, asItIs: true})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	l.network.Faults().REST("POST Queues/*/Members/*.json", sim.RESTBusy, 1)
	l.takes(amal)
	eventually(t, "the press taken as yes", func() bool { return l.state(c.SID()) == call.StateAccepted })
	answer := l.post("/voice/fallback", url.Values{
		"CallSid": {c.SID()}, "From": {caller}, "To": {public}, "CallStatus": {"in-progress"}, "ErrorCode": {"11200"},
	})
	if !strings.Contains(answer, "<Conference") || l.state(c.SID()) != call.StateAccepted {
		t.Errorf("answer %s in state %s, want the room", answer, l.state(c.SID()))
	}
}

// One instance has found that no leg can be made and lets a caller out of the
// queue; another, which has not, is asked where to. Sent back, the caller would go
// in and out between the two for as long as it lasts.
func TestOutOfTheQueueByAnotherInstancesWord(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, asItIs: true})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	answer := l.post("/voice/queued", url.Values{
		"CallSid": {c.SID()}, "From": {caller}, "To": {public}, "CallStatus": {"in-progress"}, "QueueResult": {twilio.QueueLeave}, "QueueTime": {"30"},
	})
	if !strings.Contains(answer, "<Dial") {
		t.Errorf("answer %s, want a person rung from the document", answer)
	}
}

// Another instance's clock is ahead: people it freed are free.
func TestAClockAheadHidesNobody(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true})
	ahead := l.clock.Now().Add(10 * time.Second)
	for _, who := range []string{"amal", "ben", "cara", "dev"} {
		for _, p := range []call.Presence{call.PresenceBreak, call.PresenceFree} {
			if _, err := l.reads.SetPresence(l.ctx, ahead, queue.Standing{Responder: who, To: p, Why: call.PauseRest}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := l.dials(public)
	l.phone(amal).RingsWithin(t, 2*time.Second)
	c.HangsUp()
	l.step(time.Second)
}

// A carrier that does not answer holds up no other deadline.
func TestASlowCarrierHoldsUpNoTick(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{memory: true, asItIs: true, settings: func(c *config.Config) { c.Twilio.RequestBudget = 2 * time.Second }})
	c := l.dials(public)
	c.Hears(t, "We're ringing someone for you")
	l.network.Faults().REST("GET Calls/*.json", sim.RESTHang, 1)
	if err := l.instances[0].queue.Defer(l.ctx, "live", c.SID(), l.clock.Now()); err != nil {
		t.Fatal(err)
	}
	before := l.instances[0].router.Activity()
	if err := l.instances[0].router.Tick(l.ctx, l.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if l.instances[0].router.Activity() == before {
		t.Error("nothing was due")
	}
	ctx, cancel := context.WithTimeout(l.ctx, 0)
	defer cancel()
	if l.instances[0].router.Settle(ctx) == nil {
		t.Error("the tick waited for the carrier's answer")
	}
}
