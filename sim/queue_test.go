package sim_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// docs/twilio.md 1.5: what the Enqueue action is told, by how the caller left.
func TestQueueResult(t *testing.T) {
	t.Parallel()
	const enqueue = `<Enqueue waitUrl="/hold" action="/left">calls</Enqueue><Say>fell through</Say>`
	for _, tc := range []struct {
		name, hold, want string
		reallyQueued     bool
		do               func(t *testing.T, s *script, caller *sim.Talk)
	}{
		{"leave", `<Say>One moment.</Say><Leave/>`, "leave", true, func(*testing.T, *script, *sim.Talk) {}},
		{"hangup", `<Pause length="10"/>`, "hangup", true, func(_ *testing.T, _ *script, caller *sim.Talk) { caller.HangsUp() }},
		{"hangup by the wait document", `<Hangup/>`, "hangup", true, func(*testing.T, *script, *sim.Talk) {}},
		{"redirected by call", `<Pause length="10"/>`, "redirected", true, func(t *testing.T, s *script, caller *sim.Talk) {
			t.Helper()
			if status, _ := s.rest(http.MethodPost, "/Calls/"+caller.SID()+".json", url.Values{"Url": {public + "/elsewhere"}}); status != http.StatusOK {
				t.Errorf("redirect: status %d", status)
			}
		}},
		{"redirected by member", `<Pause length="10"/>`, "redirected", true, func(t *testing.T, s *script, caller *sim.Talk) {
			t.Helper()
			queue := s.queueSID("calls")
			for _, want := range []int{http.StatusOK, http.StatusNotFound} { // docs/twilio.md 4.4: a second update of the member fails
				if status, _ := s.rest(http.MethodPost, "/Queues/"+queue+"/Members/"+caller.SID()+".json", url.Values{"Url": {public + "/elsewhere"}}); status != want {
					t.Errorf("dequeue: status %d, want %d", status, want)
				}
			}
		}},
		{"error in the wait document", `<Dial>` + aliceNo + `</Dial>`, "error", true, func(*testing.T, *script, *sim.Talk) {}},
		{"bridged", `<Pause length="10"/>`, "bridged", true, func(t *testing.T, s *script, caller *sim.Talk) {
			t.Helper()
			s.says("/take", `<Dial action="/taken"><Queue>calls</Queue></Dial>`)
			s.says("/taken", ``)
			s.call(aliceNo, "/take")
			alice := s.net.Phone(aliceNo).Rings(t).Answers()
			caller.IsBridgedTo(t, alice)
			s.expect("/left", "QueueResult") // sent after the bridge ends
			caller.Waits(30 * time.Second)
			alice.HangsUp()
			caller.IsAlone(t)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.says("/in", enqueue)
			s.says("/hold", tc.hold)
			s.says("/left", `<Say>after the queue</Say>`)
			s.says("/elsewhere", `<Say>elsewhere</Say>`)
			caller := s.net.Phone(callerNo).Dials(t, line)
			caller.Waits(time.Second)
			tc.do(t, s, caller)
			s.pass(5 * time.Second)
			s.expect("/left", "QueueResult", tc.want)
			if got := s.values("/left", "QueueSid")[0] != ""; got != tc.reallyQueued {
				t.Errorf("QueueSid present: %v, want %v", got, tc.reallyQueued)
			}
			caller.NeverHeard(t, "fell through")
			if tc.want == "redirected" {
				caller.Hears(t, "elsewhere").NeverHeard(t, "after the queue")
			}
			s.clean()
		})
	}
}

func (s *script) queueSID(name string) string {
	s.t.Helper()
	_, out := s.rest(http.MethodGet, "/Queues.json", nil)
	for _, q := range out["queues"].([]any) {
		if q := q.(map[string]any); q["friendly_name"] == name {
			return q["sid"].(string)
		}
	}
	s.t.Fatalf("no queue %q", name)
	return ""
}

// docs/twilio.md 1.5: a full queue refuses, and was never a queue for this caller.
func TestQueueFull(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.rest(http.MethodPost, "/Queues.json", url.Values{"FriendlyName": {"calls"}, "MaxSize": {"1"}})
	s.says("/in", `<Enqueue action="/left">calls</Enqueue>`)
	s.says("/left", ``)
	s.net.Phone(callerNo).Dials(t, line).Hears(t, "(hold music)")
	s.net.Phone("+447700900102").Dials(t, line).IsOver(t)
	s.expect("/left", "QueueResult", "queue-full")
	s.expect("/left", "QueueSid", "")
}

// docs/twilio.md 1.5: no action, so the verb after Enqueue follows; and the wait
// document is asked for again each time it runs out of verbs.
func TestQueueWithoutAction(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Enqueue waitUrl="/hold">calls</Enqueue><Say>fell through</Say>`)
	s.says("/hold", `<Pause length="5"/>`)
	caller := s.net.Phone(callerNo).Dials(t, line).Waits(17 * time.Second)
	s.expect("/hold", "QueueTime", "0", "5", "10", "15")
	s.expect("/hold", "QueuePosition", "1", "1", "1", "1")
	s.says("/hold", `<Leave/>`)
	caller.Hears(t, "fell through")
}

// docs/twilio.md 11: both readings of what is not established.
func TestQueueReadings(t *testing.T) {
	t.Parallel()
	redirect := func(s *script, caller *sim.Talk) {
		s.rest(http.MethodPost, "/Calls/"+caller.SID()+".json", url.Values{"Url": {public + "/elsewhere"}})
	}
	for _, tc := range []struct {
		name     string
		readings sim.Readings
		do       func(*script, *sim.Talk)
		action   string
		hears    string
		never    string
	}{
		{"action ignored", sim.Readings{}, redirect, ` action="/left"`, "elsewhere", "action"},
		{"action executed first", sim.Readings{EnqueueActionTwiMLExecuted: true}, redirect, ` action="/left"`, "action … elsewhere", "next verb"},
		{"action replaces", sim.Readings{EnqueueActionTwiMLReplaces: true}, redirect, ` action="/left"`, "action", "elsewhere"},
		{"no action", sim.Readings{EnqueueActionTwiMLReplaces: true}, redirect, ``, "elsewhere", "next verb"},
		{"wait fails, to the action", sim.Readings{}, nil, ` action="/left"`, "action", "next verb"},
		{"wait fails, no action", sim.Readings{}, nil, ``, "next verb", "application error"},
		{"wait fails, falls through", sim.Readings{WaitURLFailureFallsThrough: true}, nil, ` action="/left"`, "next verb", "action"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, func(o *sim.Options) { o.Readings = tc.readings })
			s.says("/in", `<Enqueue waitUrl="/hold"`+tc.action+`>calls</Enqueue><Say>next verb</Say>`)
			s.says("/left", `<Say>action</Say>`)
			s.says("/elsewhere", `<Say>elsewhere</Say>`)
			if tc.do != nil {
				s.says("/hold", `<Pause length="5"/>`)
			}
			caller := s.net.Phone(callerNo).Dials(t, line).Waits(time.Second)
			if tc.do != nil {
				tc.do(s, caller)
			}
			caller.Hears(t, tc.hears)
			caller.IsOver(t)
			caller.NeverHeard(t, tc.never)
		})
	}
	t.Run("wait fails, fallback URL", func(t *testing.T) {
		t.Parallel()
		s := newScript(t, func(o *sim.Options) { o.Readings.WaitURLFailureIsFatal = true })
		s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in", FallbackURL: public + "/fallback"})
		s.says("/in", `<Enqueue waitUrl="/hold" action="/left">calls</Enqueue>`)
		s.says("/fallback", `<Say>fallback</Say>`)
		s.net.Phone(callerNo).Dials(t, line).Hears(t, "fallback")
		s.expect("/fallback", "ErrorCode", "11200")
	})
}
