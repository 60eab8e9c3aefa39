package sim_test

import (
	"net/http"
	"testing"
	"time"
)

// A call as the service means to run it: the caller waits in a queue, the
// responder accepts, both meet in a conference (docs/twilio.md 7.1 A).
func TestCallReachesResponder(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Gather numDigits="1" timeout="4" action="/menu"><Say>If you or someone else is in danger, ring 999. Press 1 for yourself.</Say></Gather><Redirect>/wait</Redirect>`)
	s.says("/menu", `<Enqueue waitUrl="/hold" action="/left">calls</Enqueue>`)
	s.says("/hold", `<Say>Somebody will be with you soon.</Say><Pause length="20"/>`)
	s.says("/left", ``)
	s.says("/offer", `<Gather numDigits="1" timeout="8" action="/accept"><Say>You have a call. Press 1.</Say></Gather><Hangup/>`)
	s.says("/accept", `<Dial action="/after"><Conference startConferenceOnEnter="true" endConferenceOnExit="true" beep="false" waitUrl="">room</Conference></Dial>`)
	s.says("/join", `<Dial action="/after"><Conference startConferenceOnEnter="true" endConferenceOnExit="true" beep="false" waitUrl="">room</Conference></Dial>`)
	s.says("/after", `<Hangup/>`)

	caller := s.net.Phone(callerNo).Dials(t, line)
	caller.Hears(t, "danger, ring 999 … press 1").Presses("1").Hears(t, "with you soon")
	s.expect("/menu", "Digits", "1")
	s.call(aliceNo, "/offer")
	alice := s.net.Phone(aliceNo).Rings(t)
	s.net.NothingElseRings(t, s.net.Phone(aliceNo))
	alice.Answers().Hears(t, "press 1").Presses("1")
	alice.Waits(0)
	status, _ := s.rest(http.MethodPost, "/Calls/"+caller.SID()+".json", map[string][]string{"Url": {public + "/join"}, "Method": {"POST"}})
	if status != http.StatusOK {
		t.Fatalf("redirect: status %d", status)
	}
	caller.IsBridgedTo(t, alice)
	s.expect("/left", "QueueResult", "redirected")
	caller.Waits(time.Minute)
	caller.HangsUp()
	alice.IsOver(t)
	s.pass(time.Second)
	s.expect("/leg", "CallStatus", "initiated", "ringing", "in-progress", "completed")
	s.expect("/leg", "SequenceNumber", "0", "1", "2", "3")
	s.expect("/status", "CallStatus", "completed")
	s.clean()
}
