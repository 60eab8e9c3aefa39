package sim_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// docs/twilio.md 7.1 B: a responder who dials an empty queue waits for a caller; the
// caller hears the Queue's url before the bridge; what has no name is failed.
func TestDialQueue(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Enqueue waitUrl="" action="/left">calls</Enqueue>`)
	s.says("/take", `<Dial action="/taken" hangupOnStar="true"><Queue url="/whisper">calls</Queue></Dial>`)
	s.says("/whisper", `<Say>Somebody is here.</Say>`)
	s.says("/taken", `<Say>done</Say>`)
	s.says("/left", ``)
	s.call(aliceNo, "/take")
	s.net.Phone(aliceNo).Rings(t).Answers().Hears(t, "done") // no such queue yet
	s.rest(http.MethodPost, "/Queues.json", url.Values{"FriendlyName": {"calls"}})
	s.pass(5 * time.Second)
	s.call(aliceNo, "/take")
	alice := s.net.Phone(aliceNo).Rings(t).Answers().Waits(20 * time.Second)
	caller := s.net.Phone(callerNo).Dials(t, line).Hears(t, "somebody is here")
	caller.IsBridgedTo(t, alice)
	alice.Presses("*").Hears(t, "done")
	s.pass(time.Second)
	s.expect("/taken", "DialCallStatus", "failed", "completed")
	s.expect("/taken", "DequeingCallSid", "", alice.SID())
	s.expect("/left", "QueueResult", "bridged")
	s.expect("/whisper", "QueueTime", "0")
	s.clean()
}

// A caller who leaves between the claim and the bridge does not take the
// responder along.
func TestDialQueueCallerLeaves(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Enqueue waitUrl="" action="/left">calls</Enqueue>`)
	s.says("/take", `<Dial><Queue url="/whisper">calls</Queue></Dial>`)
	s.says("/whisper", `<Pause length="5"/>`)
	s.says("/left", ``)
	first := s.net.Phone(callerNo).Dials(t, line).Waits(time.Second)
	s.call(aliceNo, "/take")
	alice := s.net.Phone(aliceNo).Rings(t).Answers().Waits(2 * time.Second)
	first.HangsUp()
	second := s.net.Phone("+447700900102").Dials(t, line)
	second.IsBridgedTo(t, alice)
	s.clean()
}

// docs/twilio.md 4.1, 4.2: TwiML handed over by REST, a fetched redirect of it, and a
// time limit.
func TestInlineTwiML(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	form := url.Values{"To": {aliceNo}, "From": {line}, "Twiml": {`<Response><Say>inline</Say><Pause length="60"/></Response>`}, "TimeLimit": {"30"}}
	if status, out := s.rest(http.MethodPost, "/Calls.json", form); status != http.StatusCreated {
		t.Fatalf("create: %d %v", status, out)
	}
	alice := s.net.Phone(aliceNo).Rings(t).Answers().Hears(t, "inline")
	s.rest(http.MethodPost, "/Calls/"+alice.SID()+".json", url.Values{"Twiml": {`<Response><Say>other</Say><Pause length="60"/></Response>`}})
	alice.Hears(t, "other").Waits(20 * time.Second).IsUp(t)
	alice.Waits(11 * time.Second)
	alice.IsOver(t)
	s.clean()

	// docs/twilio.md 1.3: with inline TwiML a Gather's action must be absolute.
	form.Set("Twiml", `<Response><Gather numDigits="1"><Say>key</Say></Gather></Response>`)
	s.rest(http.MethodPost, "/Calls.json", form)
	s.net.Phone(aliceNo).Rings(t).Answers().Waits(time.Second).Presses("1").Hears(t, "application error")
}

// docs/twilio.md 2.1: an address with a user is asked without, and again with.
func TestBasicAuth(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.net.Route("https://line.example.org", s.origin())
	s.net.Provision(sim.Line{Number: line, VoiceURL: "https://user:secret@line.example.org/in"})
	s.page("/in", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "user" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(`<Response><Say>let in</Say></Response>`))
	})
	s.net.Phone(callerNo).Dials(t, line).Hears(t, "let in")
	if got := s.got("/in"); len(got) != 2 || got[0].Header.Get("Authorization") != "" {
		t.Errorf("asked %d times", len(got))
	}
}

// docs/twilio.md 3.3: a redirect is followed by GET, and the parameters are lost.
func TestHTTPRedirectLosesParameters(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.page("/in", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/moved", http.StatusFound) })
	s.says("/moved", `<Say>moved</Say>`)
	s.net.Phone(callerNo).Dials(t, line).Hears(t, "moved")
	if got := s.got("/moved")[0]; got.Method != http.MethodGet || got.Form.Get("CallSid") != "" {
		t.Errorf("asked with %s %v", got.Method, got.Form)
	}
}

// With slow documents a status callback overtakes the document of its leg.
func TestSlowDocuments(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.net.Faults().SlowDocuments(5 * time.Second)
	s.says("/in", `<Say>hello</Say>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	caller.Waits(time.Millisecond)
	if len(s.got("/in")) != 0 {
		t.Errorf("asked at once")
	}
	caller.Hears(t, "hello")
}

// <Reject> is for a call nobody has answered, and nobody is charged.
func TestReject(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{"": "no-answer", ` reason="busy"`: "busy"} {
		s := newScript(t)
		s.says("/in", `<Reject`+reason+`/>`)
		caller := s.net.Phone(callerNo).Dials(t, line)
		caller.IsOver(t)
		s.pass(time.Second)
		s.expect("/status", "CallStatus", want)
		s.expect("/status", "CallDuration", "0")
	}
}

// The same network lives by the machine's clock.
func TestRealTime(t *testing.T) {
	t.Parallel()
	s := newScript(t, func(o *sim.Options) {
		o.Clock = sim.NewReal()
		o.PostDial = -1
	})
	s.says("/in", `<Say>hi</Say><Dial>`+aliceNo+`</Dial>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	alice := s.net.Phone(aliceNo).RingsWithin(t, 20*time.Second).Answers()
	caller.IsBridgedTo(t, alice)
	alice.HangsUp()
	caller.IsOver(t)
	s.clean()
}
