package sim_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

const events = ` statusCallbackEvent="start end join leave"`

func room(attrs string) string {
	return `<Dial action="/after"><Conference beep="false" waitUrl="" ` + attrs + `>room</Conference></Dial>`
}

// docs/twilio.md 1.7: the first participant's URL and events are the conference's;
// it starts with two; its events are numbered on their own.
func TestConferenceCallbacks(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", room(`endConferenceOnExit="true" participantLabel="one" statusCallback="/first"`+events))
	s.says("/offer", room(`statusCallback="/second"`+events))
	s.says("/after", ``)
	caller := s.net.Phone(callerNo).Dials(t, line).Waits(time.Second)
	s.expect("/first", "StatusCallbackEvent", "participant-join")
	s.call(aliceNo, "/offer")
	alice := s.net.Phone(aliceNo).Rings(t).Answers()
	caller.IsBridgedTo(t, alice)
	caller.HangsUp()
	alice.IsOver(t)
	s.pass(time.Second)
	s.expect("/first", "StatusCallbackEvent", "participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave", "conference-end")
	s.expect("/first", "SequenceNumber", "1", "2", "3", "4", "5", "6")
	s.expect("/first", "ParticipantLabel", "one", "", "", "one", "", "")
	s.expect("/first", "ReasonParticipantLeft", "", "", "", "participant_hung_up", "moderator_ended_conference", "")
	s.expect("/first", "ParticipantCallStatus", "", "", "", "completed", "in-progress", "")
	s.expect("/first", "ReasonConferenceEnded", "", "", "", "", "", "participant-with-end-conference-on-exit-left")
	s.expect("/first", "CallSidEndingConference", "", "", "", "", "", caller.SID())
	s.expect("/second", "StatusCallbackEvent")
	s.expect("/after", "DialCallStatus", "answered", "answered")
	s.clean()
}

// docs/twilio.md 1.7: it begins only when one who may start it is there.
func TestConferenceStart(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", room(`startConferenceOnEnter="false"`))
	s.says("/offer", room(``))
	s.says("/after", ``)
	one := s.net.Phone(callerNo).Dials(t, line)
	two := s.net.Phone("+447700900102").Dials(t, line).Waits(10 * time.Second)
	one.IsAlone(t)
	two.IsAlone(t)
	status, out := s.rest(http.MethodGet, "/Conferences.json", url.Values{"FriendlyName": {"room"}, "Status": {"in-progress"}})
	if found := out["conferences"].([]any); status != http.StatusOK || len(found) != 0 {
		t.Errorf("in progress before its start: %v", found)
	}
	s.call(aliceNo, "/offer")
	alice := s.net.Phone(aliceNo).Rings(t).Answers()
	one.IsBridgedTo(t, alice).IsBridgedTo(t, two)
	if len(s.net.DoubleBridges()) == 0 {
		t.Errorf("two callers heard one responder, and nobody noticed")
	}
}

// docs/twilio.md 4.3: REST ends a conference, kicks a participant, lists those in it
// and, once it is over, nobody.
func TestConferenceREST(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", room(`statusCallback="/first"`+events))
	s.says("/offer", room(``))
	s.says("/after", `<Say>after</Say>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	s.call(aliceNo, "/offer")
	alice := s.net.Phone(aliceNo).Rings(t).Answers()
	caller.IsBridgedTo(t, alice)
	_, out := s.rest(http.MethodGet, "/Conferences.json", url.Values{"FriendlyName": {"room"}, "Status": {"in-progress"}})
	sid := out["conferences"].([]any)[0].(map[string]any)["sid"].(string)
	people := func() int {
		_, out := s.rest(http.MethodGet, "/Conferences/"+sid+"/Participants.json", nil)
		return len(out["participants"].([]any))
	}
	if got := people(); got != 2 {
		t.Errorf("participants: got %d, want 2", got)
	}
	if status, _ := s.rest(http.MethodDelete, "/Conferences/"+sid+"/Participants/"+alice.SID()+".json", nil); status != http.StatusNoContent {
		t.Errorf("kick: status %d", status)
	}
	alice.Hears(t, "after")
	caller.IsUp(t).IsAlone(t)
	s.rest(http.MethodPost, "/Conferences/"+sid+".json", url.Values{"Status": {"completed"}})
	caller.Hears(t, "after").IsOver(t)
	if got := people(); got != 0 {
		t.Errorf("participants of a conference that is over: %d", got)
	}
	s.pass(time.Second)
	s.expect("/first", "ReasonConferenceEnded", "", "", "", "", "", "conference-ended-via-api")
	s.expect("/first", "ReasonParticipantLeft", "", "", "", "participant_updated_via_api", "conference_ended_via_api", "")
}

// docs/twilio.md 1.7, 3.1, 7.1: a wait document that fails, or holds what it may not
// (13238), drops the call unless verbs follow; a label that is taken (16025)
// sends the call on.
func TestConferenceRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, wait, first, hears string }{
		{"wait document fails", "", `waitUrl="/wait"`, "next verb"},
		{"gather in the wait document", `<Gather><Say>key</Say></Gather>`, `waitUrl="/wait"`, "next verb"},
		{"label taken", "", `waitUrl="" participantLabel="one"`, "next verb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			verbs := `<Dial><Conference beep="false" ` + tc.first + `>room</Conference></Dial><Say>next verb</Say>`
			s.says("/in", verbs)
			if tc.wait != "" {
				s.says("/wait", tc.wait)
			}
			caller := s.net.Phone(callerNo).Dials(t, line).Waits(time.Second)
			if tc.name == "label taken" {
				caller.NeverHeard(t, tc.hears).IsUp(t)
				caller = s.net.Phone("+447700900102").Dials(t, line)
			}
			caller.Hears(t, tc.hears)
			s.clean()
		})
	}
}

// docs/twilio.md 3.1: a conference's wait document plays once, then there is silence,
// unless it ends in Redirect.
func TestConferenceWaitsOnce(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Dial><Conference waitUrl="/wait">room</Conference></Dial>`)
	s.says("/wait", `<Say>hold on</Say>`)
	s.net.Phone(callerNo).Dials(t, line).Waits(time.Minute)
	if got := len(s.got("/wait")); got != 1 {
		t.Errorf("asked %d times", got)
	}
}

// A telephone that drops in mid-talk leaves its place by itself.
func TestDropsMidCall(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", room(``))
	s.says("/offer", room(``))
	s.says("/after", ``)
	caller := s.net.Phone(callerNo).Dials(t, line)
	s.net.Phone(aliceNo).Has(sim.Habit{Kind: sim.DropsMidCall, After: 20 * time.Second})
	s.call(aliceNo, "/offer")
	alice := s.net.Phone(aliceNo).Rings(t).Answers()
	caller.IsBridgedTo(t, alice).Waits(21 * time.Second)
	alice.IsOver(t)
	caller.IsUp(t)
}
