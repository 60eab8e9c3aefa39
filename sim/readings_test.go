package sim_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// docs/twilio.md 4.1, 11: 5 s more than the Timeout of a REST call, or not.
func TestRingBufferReadings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		readings sim.Readings
		rings    time.Duration
	}{
		"5 s more": {sim.Readings{}, 25 * time.Second},
		"as asked": {sim.Readings{NoRingBuffer: true}, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, func(o *sim.Options) { o.Readings = tc.readings })
			s.call(aliceNo, "/offer")
			alice := s.net.Phone(aliceNo).Rings(t)
			s.pass(tc.rings - time.Second)
			if got := alice.Status(); got != "ringing" {
				t.Errorf("%s a second before %v", got, tc.rings)
			}
			s.pass(2 * time.Second)
			if got := alice.Status(); got != "no-answer" {
				t.Errorf("%s a second after %v", got, tc.rings)
			}
		})
	}
}

// docs/twilio.md 4.5, 11: a list of calls from a start time has those that wait
// for their turn, or not.
func TestStartTimeReadings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		readings sim.Readings
		found    int
	}{
		"with those queued":    {sim.Readings{}, 1},
		"without those queued": {sim.Readings{StartTimeSkipsQueued: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, func(o *sim.Options) { o.Readings, o.CPS = tc.readings, 1 })
			s.call(aliceNo, "/offer")
			s.call(benNo, "/offer") // waits a second for its turn
			for form, want := range map[string]int{"StartTime>": tc.found, "To": 1} {
				query := url.Values{"To": {benNo}}
				if form == "StartTime>" {
					query.Set(form, start.Format(time.RFC3339))
				}
				_, out := s.rest(http.MethodGet, "/Calls.json", query)
				if got := len(out["calls"].([]any)); got != want {
					t.Errorf("by %s: %d calls, want %d", form, got, want)
				}
			}
		})
	}
}
