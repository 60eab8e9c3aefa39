package sim_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/sim"
)

// docs/twilio.md 1.4: events of a REST call in order, numbered from 0, with what
// each end adds.
func TestStatusCallbacks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, to string
		answer   bool
		want     []string
		sip      string
		duration string
	}{
		{"answered", aliceNo, true, []string{"initiated", "ringing", "in-progress", "completed"}, "200", "11"},
		{"busy", sim.NumberBusy, false, []string{"initiated", "busy"}, "486", "0"},
		{"rings out", sim.NumberNoAnswer, false, []string{"initiated", "ringing", "no-answer"}, "487", "0"},
		{"rejected counts as no-answer", sim.NumberRejects, false, []string{"initiated", "ringing", "no-answer"}, "603", "0"},
		{"unreachable", sim.NumberInvalid, false, []string{"initiated", "failed"}, "404", "0"},
		{"dead network", sim.NumberDeadNetwork, false, []string{"initiated", "no-answer"}, "487", "0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.says("/offer", `<Pause length="11"/>`)
			s.call(tc.to, "/offer")
			if tc.answer {
				s.net.Phone(tc.to).Rings(t).Answers()
			}
			s.pass(time.Minute)
			s.expect("/leg", "CallStatus", tc.want...)
			var numbers []string
			for i := range tc.want {
				numbers = append(numbers, string(rune('0'+i)))
			}
			s.expect("/leg", "SequenceNumber", numbers...)
			last := s.got("/leg")[len(tc.want)-1].Form
			got := map[string]string{}
			for _, name := range []string{"SipResponseCode", "CallDuration", "CallbackSource", "Direction", "ApiVersion"} {
				got[name] = last.Get(name)
			}
			want := map[string]string{"SipResponseCode": tc.sip, "CallDuration": tc.duration, "CallbackSource": "call-progress-events", "Direction": "outbound-api", "ApiVersion": "2010-04-01"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("last callback (-want +got):\n%s", diff)
			}
			if _, err := time.Parse(time.RFC1123Z, last.Get("Timestamp")); err != nil {
				t.Errorf("Timestamp: %v", err)
			}
		})
	}
}

// docs/twilio.md 1.4: only "completed" unless one asks for more; an inbound number's
// own callback comes at the end only.
func TestStatusDefaults(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Say>hello</Say>`)
	s.rest(http.MethodPost, "/Calls.json", url.Values{"To": {sim.NumberBusy}, "From": {line}, "Url": {public + "/in"}, "StatusCallback": {public + "/leg"}})
	s.net.Phone(callerNo).Dials(t, line).IsOver(t)
	s.pass(time.Second)
	s.expect("/leg", "CallStatus", "busy")
	s.expect("/status", "CallStatus", "completed")
	s.expect("/in", "CallStatus", "ringing")
}

// docs/twilio.md 4.1, 4.5: calls a second; queue_time says how long a call waits for
// its turn. docs/twilio.md 1.1: cancelled while queued, no callback at all.
func TestCallsPerSecond(t *testing.T) {
	t.Parallel()
	s := newScript(t, func(o *sim.Options) { o.CPS = 1 })
	waits, sids := make([]string, 0, 3), make([]string, 0, 3)
	for _, to := range []string{aliceNo, benNo, "+447700900203"} {
		_, out := s.rest(http.MethodPost, "/Calls.json", url.Values{
			"To": {to}, "From": {line}, "Url": {public + "/offer"}, "StatusCallback": {public + "/leg"}, "StatusCallbackEvent": {"initiated", "completed"}, "Timeout": {"20"},
		})
		waits = append(waits, out["queue_time"].(string))
		sids = append(sids, out["sid"].(string))
	}
	if want := []string{"0", "1000", "2000"}; !slices.Equal(waits, want) {
		t.Errorf("queue_time: got %q, want %q", waits, want)
	}
	status, out := s.rest(http.MethodPost, "/Calls/"+sids[2]+".json", url.Values{"Status": {"canceled"}})
	if status != http.StatusOK || out["status"] != "canceled" {
		t.Errorf("cancel: %d %v", status, out["status"])
	}
	s.net.Phone(benNo).Rings(t)
	s.pass(time.Minute)
	s.expect("/leg", "CallSid", sids[0], sids[1], sids[0], sids[1])
}

// docs/twilio.md 4.2: canceled is for queued and ringing calls and does nothing to
// one in progress; completed ends that; a finished call gives 21220.
func TestCancel(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/offer", `<Pause length="600"/>`)
	end := func(sid, how string) (int, any) {
		status, out := s.rest(http.MethodPost, "/Calls/"+sid+".json", url.Values{"Status": {how}})
		if status != http.StatusOK {
			return status, out["code"]
		}
		return status, out["status"]
	}
	check := func(sid, how string, wantStatus int, want any) {
		t.Helper()
		if status, got := end(sid, how); status != wantStatus || got != want {
			t.Errorf("%s: got %d %v, want %d %v", how, status, got, wantStatus, want)
		}
	}
	ringing := s.call(aliceNo, "/offer")
	phone := s.net.Phone(aliceNo).Rings(t)
	check(ringing, "canceled", http.StatusOK, "canceled")
	phone.StopsRinging(t)
	s.pass(time.Second)
	s.expect("/leg", "CallStatus", "initiated", "ringing", "canceled")

	up := s.call(benNo, "/offer")
	ben := s.net.Phone(benNo).Rings(t).Answers()
	check(up, "canceled", http.StatusOK, "in-progress")
	ben.IsUp(t)
	check(up, "completed", http.StatusOK, "completed")
	check(up, "completed", http.StatusBadRequest, float64(21220))
	check("CA00000000000000000000000000000000", "completed", http.StatusNotFound, float64(20404))
}

// docs/twilio.md 1.4: no order is promised. Faults make callbacks late, twice, out of
// order, or lost.
func TestStatusFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault sim.StatusFault
		check func(numbers []string) bool
	}{
		{"reordered", sim.StatusFault{Reorder: 1}, func(n []string) bool { return len(n) == 4 && !slices.IsSorted(n) }},
		{"duplicated", sim.StatusFault{Duplicate: 1}, func(n []string) bool { return len(n) == 8 }},
		{"dropped", sim.StatusFault{Drop: 1}, func(n []string) bool { return len(n) == 0 }},
		{"delayed", sim.StatusFault{Delay: 9 * time.Second}, func(n []string) bool { return len(n) == 4 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.net.Faults().Status(tc.fault)
			s.says("/offer", `<Pause length="1"/>`)
			s.call(aliceNo, "/offer")
			s.net.Phone(aliceNo).Rings(t).Answers()
			s.pass(time.Minute)
			if got := s.values("/leg", "SequenceNumber"); !tc.check(got) {
				t.Errorf("SequenceNumber: %q", got)
			}
		})
	}
}

// A callback may be here before the answer to POST Calls is.
func TestEarlyCallback(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.net.Faults().EarlyCallbacks(true)
	s.says("/leg", ``)
	sid := s.call(aliceNo, "/offer")
	s.expect("/leg", "CallSid", sid)
	s.expect("/leg", "CallStatus", "initiated")
}
