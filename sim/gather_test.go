package sim_test

import (
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// docs/twilio.md 1.3: when a Gather asks its action, and with what. Saying "press a
// key" takes 1.5 s; then the timeout begins.
func TestGather(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, attrs string
		press       string
		wait        time.Duration // before the key
		digits      []string      // of every action request
		hears       string
	}{
		{"a key", `numDigits="1"`, "2", time.Second, []string{"2"}, "action"},
		{"barge-in", `numDigits="1"`, "2", 0, []string{"2"}, "action"},
		{"nothing falls through", `numDigits="1"`, "", 0, nil, "next verb"},
		{"nothing, action on empty", `numDigits="1" actionOnEmptyResult="true"`, "", 0, []string{""}, "action"},
		{"hash alone is nothing", ``, "#", time.Second, nil, "next verb"},
		{"hash ends", ``, "12#", time.Second, []string{"12"}, "action"},
		{"hash is a digit without finishOnKey", `finishOnKey="" numDigits="2"`, "1#", time.Second, []string{"1#"}, "action"},
		{"more than enough", `numDigits="1"`, "234", time.Second, []string{"2"}, "action"},
		{"too few, then silence", `numDigits="4" timeout="3"`, "12", time.Second, []string{"12"}, "action"},
		{"too late", `numDigits="1" timeout="3"`, "1", 6 * time.Second, nil, "next verb"},
		{"just in time", `numDigits="1" timeout="3"`, "1", 4 * time.Second, []string{"1"}, "action"},
		{"speech only hears no key", `input="speech" timeout="3"`, "1", time.Second, nil, "next verb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.says("/in", `<Gather action="/key" `+tc.attrs+`><Say>press a key</Say></Gather><Say>next verb</Say><Pause length="20"/>`)
			s.says("/key", `<Say>action</Say><Pause length="20"/>`)
			caller := s.net.Phone(callerNo).Dials(t, line).Waits(tc.wait)
			if tc.press != "" {
				caller.Presses(tc.press)
			}
			caller.Hears(t, tc.hears)
			s.expect("/key", "Digits", tc.digits...)
			s.clean()
		})
	}
}

// docs/twilio.md 1.3: without an action the current document is asked again, with
// the digits.
func TestGatherDefaultAction(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Gather numDigits="1"><Say>press a key</Say></Gather>`)
	s.net.Phone(callerNo).Dials(t, line).Waits(time.Second).Presses("5").Waits(time.Second)
	s.expect("/in", "Digits", "", "5")
}

// Spoken durations: 2.5 words a second, digits one by one, breaks counted.
func TestSpeaking(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		verbs string
		want  time.Duration
	}{
		{`<Say>one two three four five</Say>`, 2300 * time.Millisecond},
		{`<Say>ring 999</Say>`, 1900 * time.Millisecond},
		{`<Say>one<break time="2s"/>two</Say>`, 3100 * time.Millisecond},
		{`<Say loop="2">one two</Say>`, 2200 * time.Millisecond},
		{`<Pause/>`, time.Second},
		{`<Pause length="7"/>`, 7 * time.Second},
		{`<Play>/greeting.wav</Play>`, 4 * time.Second},
	} {
		s := newScript(t, func(o *sim.Options) { o.Media = func(string) time.Duration { return 4 * time.Second } })
		s.says("/in", `<Say/>`+tc.verbs)
		caller := s.net.Phone(callerNo).Dials(t, line)
		caller.IsOver(t)
		moments := caller.Transcript()
		if got := moments[len(moments)-1].At.Sub(start).Round(10 * time.Millisecond); got != tc.want {
			t.Errorf("%s: lasts %v, want %v", tc.verbs, got, tc.want)
		}
		if odd := s.net.Warnings(); len(odd) > 1 { // one: /status is not served
			t.Errorf("%s: warnings %q", tc.verbs, odd)
		}
	}
}
