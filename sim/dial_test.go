package sim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// docs/twilio.md 1.6: what the Dial action is told when nobody is bridged. The
// timeout has 5 s on top, always.
func TestDialCallStatus(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, number, want string
		after              time.Duration
	}{
		{"busy", sim.NumberBusy, "busy", 500 * time.Millisecond},
		{"rings out", sim.NumberNoAnswer, "no-answer", 15 * time.Second},
		{"rejected on the handset", sim.NumberRejects, "no-answer", 2500 * time.Millisecond},
		{"no such number", sim.NumberInvalid, "failed", 500 * time.Millisecond},
		{"dead network", sim.NumberDeadNetwork, "no-answer", 15 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.says("/in", `<Dial timeout="10" action="/done" callerId="`+line+`"><Number>`+tc.number+`</Number></Dial>`)
			s.says("/done", `<Say>dial is over</Say>`)
			caller := s.net.Phone(callerNo).Dials(t, line).Hears(t, "dial is over")
			s.expect("/done", "DialCallStatus", tc.want)
			s.expect("/done", "DialBridged", "false")
			for _, m := range caller.Transcript() {
				if m.Text == "dial is over" && m.At.Sub(start).Round(100*time.Millisecond) != tc.after {
					t.Errorf("after %v, want %v", m.At.Sub(start), tc.after)
				}
			}
			s.clean()
		})
	}
}

// docs/twilio.md 1.6: a voicemail that picks up counts as completed.
func TestDialVoicemailCounts(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Dial action="/done">`+sim.NumberVoicemail+`</Dial>`)
	s.says("/done", ``)
	s.net.Phone(callerNo).Dials(t, line).Waits(3 * time.Minute)
	s.expect("/done", "DialCallStatus", "completed")
	s.expect("/done", "DialBridged", "true")
	s.expect("/done", "DialCallDuration", "120")
}

// docs/twilio.md 1.6 and 7.1 D: the first wins, the others stop; the verb after Dial
// follows when there is no action, and only then.
func TestDialFirstWins(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Dial callerId="`+line+`"><Number>`+aliceNo+`</Number><Number>`+benNo+`</Number></Dial><Say>after</Say>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	alice, ben := s.net.Phone(aliceNo).Rings(t), s.net.Phone(benNo).Rings(t)
	if got := alice.From(); got != line {
		t.Errorf("caller id: got %s", got)
	}
	ben.Answers()
	caller.IsBridgedTo(t, ben)
	alice.StopsRinging(t)
	caller.NeverHeard(t, "after")
	ben.HangsUp()
	caller.Hears(t, "after").IsOver(t)
	s.clean()
}

// docs/twilio.md 0.10: the caller's number is shown unless one says otherwise.
func TestDialShowsCallersNumber(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Dial>`+aliceNo+`</Dial>`)
	s.net.Phone(callerNo).Dials(t, line)
	if got := s.net.Phone(aliceNo).Rings(t).From(); got != callerNo {
		t.Errorf("shown: %s, want the caller's", got)
	}
}

// docs/twilio.md 7.3 and 11: screening, with either reading of who wins.
func TestDialScreening(t *testing.T) {
	t.Parallel()
	for _, accepts := range []bool{false, true} {
		name := map[bool]string{false: "first to answer", true: "first to accept"}[accepts]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, func(o *sim.Options) { o.Readings.FirstToAcceptWins = accepts })
			s.says("/in", `<Dial action="/done" timeout="20"><Number url="/screen">`+aliceNo+`</Number><Number url="/screen">`+benNo+`</Number></Dial>`)
			s.says("/screen", `<Gather numDigits="1" timeout="4" action="/key"><Say>Press 1</Say></Gather><Hangup/>`)
			s.says("/key", ``)
			s.says("/done", ``)
			caller := s.net.Phone(callerNo).Dials(t, line)
			machine := s.net.Phone(aliceNo).Rings(t).Answers().Hears(t, "press 1")
			if !accepts {
				s.net.Phone(benNo).IsSilent(t)
				machine.IsOver(t)
				caller.IsOver(t)
				s.expect("/done", "DialCallStatus", "completed")
				s.expect("/done", "DialBridged", "false")
				return
			}
			ben := s.net.Phone(benNo).Rings(t).Answers().Hears(t, "press 1").Presses("1")
			caller.IsBridgedTo(t, ben)
			machine.IsOver(t)
			s.expect("/key", "Direction", "outbound-dial")
			s.expect("/key", "ParentCallSid", caller.SID())
			s.clean()
		})
	}
}

// docs/twilio.md 1.6: a parent redirected by REST while in Dial asks the action but
// does not run its TwiML.
func TestDialRedirected(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Dial action="/done">`+aliceNo+`</Dial>`)
	s.says("/done", `<Say>action</Say>`)
	s.says("/elsewhere", `<Say>elsewhere</Say>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	alice := s.net.Phone(aliceNo).Rings(t).Answers()
	caller.IsBridgedTo(t, alice)
	s.rest(http.MethodPost, "/Calls/"+caller.SID()+".json", url.Values{"Url": {public + "/elsewhere"}})
	caller.Hears(t, "elsewhere").NeverHeard(t, "action")
	s.expect("/done", "DialCallStatus", "completed")
	alice.IsOver(t)
}

// docs/twilio.md 1.6 and npm twilio: hangupOnStar, timeLimit, at most ten numbers,
// answerOnBridge only as the first verb.
func TestDialLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, verbs string
		do          func(t *testing.T, s *script, caller *sim.Talk)
		status      string
	}{
		{"star", `<Dial hangupOnStar="true" action="/done">` + aliceNo + `</Dial>`, func(t *testing.T, s *script, caller *sim.Talk) {
			t.Helper()
			caller.IsBridgedTo(t, s.net.Phone(aliceNo).Rings(t).Answers()).Presses("*")
		}, "completed"},
		{"time limit", `<Dial timeLimit="30" action="/done">` + aliceNo + `</Dial>`, func(t *testing.T, s *script, caller *sim.Talk) {
			t.Helper()
			caller.IsBridgedTo(t, s.net.Phone(aliceNo).Rings(t).Answers()).Waits(30 * time.Second)
		}, "completed"},
		{"eleven numbers", `<Dial action="/done">` + strings.Repeat(`<Number>`+aliceNo+`</Number>`, 11) + `</Dial>`, func(*testing.T, *script, *sim.Talk) {}, "failed"},
		{"answer on bridge", `<Dial answerOnBridge="true" action="/done">` + aliceNo + `</Dial>`, func(t *testing.T, s *script, caller *sim.Talk) {
			t.Helper()
			alice := s.net.Phone(aliceNo).Rings(t)
			if got := caller.Status(); got != "ringing" {
				t.Errorf("caller is %s before the bridge", got)
			}
			alice.Answers()
			caller.IsBridgedTo(t, alice).IsUp(t)
			alice.HangsUp()
		}, "completed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.says("/in", tc.verbs)
			s.says("/done", ``)
			caller := s.net.Phone(callerNo).Dials(t, line)
			tc.do(t, s, caller)
			s.pass(time.Second)
			s.expect("/done", "DialCallStatus", tc.status)
			s.clean()
		})
	}
}
