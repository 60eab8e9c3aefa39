package sim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/sim"
)

var crowdLine = []sim.CrowdLine{{Number: line}}

// run lets the crowd live until all its calls are over.
func (s *script) run(people *sim.People) []sim.Contact {
	s.t.Helper()
	people.Start()
	for i := 0; !people.Done(); i++ {
		at, ok := s.net.Clock().Next()
		if !ok || i > 1_000_000 {
			s.t.Fatalf("the crowd has stopped half way")
		}
		s.net.Clock().AdvanceTo(at)
	}
	return people.Contacts()
}

// Leavers give up after 107 s in the mean, the published wait of Hampshire's
// abandoners, when nobody ever answers.
func TestPatience(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Enqueue waitUrl="">calls</Enqueue>`)
	people := s.net.People(sim.Crowd{
		Seed: 7, PerDay: 2000, Calls: 1500, Lines: crowdLine, Patience: sim.Patience{Leavers: 1, Redials: -1},
	})
	var sum time.Duration
	contacts := s.run(people)
	for _, c := range contacts {
		if !c.GaveUp || !c.AnsweredAt.IsZero() {
			t.Fatalf("somebody was answered: %+v", c)
		}
		sum += c.EndedAt.Sub(c.DialledAt)
	}
	if mean := sum / time.Duration(len(contacts)); mean < 95*time.Second || mean > 120*time.Second {
		t.Errorf("mean patience %v of %d, want about 107 s", mean, len(contacts))
	}
}

// Hampshire's day: 114 calls, more of them in the evening than at night.
func TestArrivals(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Hangup/>`)
	contacts := s.run(s.net.People(sim.Crowd{Seed: 3, Calls: 1140, Lines: crowdLine, Patience: sim.Patience{Redials: -1}}))
	days := contacts[len(contacts)-1].DialledAt.Sub(start).Hours() / 24
	if days < 9 || days > 11 {
		t.Errorf("1140 calls took %.1f days, want about 10", days)
	}
	var evening, night int
	for _, c := range contacts {
		switch hour := c.DialledAt.Hour(); {
		case hour >= 18 && hour < 22:
			evening++
		case hour >= 2 && hour < 6:
			night++
		}
	}
	if evening < 2*night {
		t.Errorf("evening %d, night %d", evening, night)
	}
}

// A whole crowd against a line that rings two people at once: some are answered
// and talk, some give up and ring again, and nothing goes wrong. The same seed
// gives the same story.
func TestCrowd(t *testing.T) {
	t.Parallel()
	story := func() []sim.Contact {
		s := newScript(t)
		s.says("/in", `<Gather numDigits="1" timeout="3" action="/ring"><Say>Press 1, 2 or 3.</Say></Gather><Redirect>/ring</Redirect>`)
		s.says("/ring", `<Dial timeout="15" action="/again" callerId="`+line+`"><Number url="/screen">`+aliceNo+`</Number><Number url="/screen">`+benNo+`</Number></Dial>`)
		s.page("/again", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			verbs := `<Response><Pause length="5"/><Redirect>/ring</Redirect></Response>`
			if r.Form.Get("DialBridged") == "true" {
				verbs = `<Response><Say>Goodbye.</Say></Response>`
			}
			_, _ = w.Write([]byte(verbs))
		})
		s.says("/screen", `<Gather numDigits="1" timeout="8" action="/key"><Say>Press 1 to accept.</Say></Gather><Hangup/>`)
		s.says("/key", ``)
		contacts := s.run(s.net.People(sim.Crowd{
			Seed: 11, PerDay: 150, Calls: 100, Lines: crowdLine, Responders: []string{aliceNo, benNo},
			Patience: sim.Patience{Holds: 10 * time.Minute}, Answering: sim.Answering{Talk: 6 * time.Minute},
		}))
		s.clean()
		for i := range contacts {
			contacts[i].Leg = ""
		}
		return contacts
	}
	contacts := story()
	var answered, gaveUp, redials int
	kinds := map[string]int{}
	for _, c := range contacts {
		kinds[c.Kind]++
		if !c.AnsweredAt.IsZero() {
			answered++
		}
		if c.GaveUp {
			gaveUp++
		}
		if c.Redial {
			redials++
		}
	}
	if answered < 60 || gaveUp < 3 || redials < 1 || len(kinds) != 4 {
		t.Errorf("answered %d, gave up %d, redials %d, kinds %v of %d", answered, gaveUp, redials, kinds, len(contacts))
	}
	if diff := cmp.Diff(contacts, story()); diff != "" {
		t.Errorf("the same seed told another story:\n%s", diff)
	}
}

// Faults can be set for a time of the run.
func TestScheduledFault(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Hangup/>`)
	var at time.Time
	people := s.net.People(sim.Crowd{Seed: 1, Calls: 5, Lines: crowdLine, Faults: []sim.ScheduledFault{{After: time.Minute, Do: func(f *sim.Faults) {
		at = s.net.Clock().Now()
		f.Status(sim.StatusFault{Drop: 1})
	}}}})
	s.run(people)
	if got := at.Sub(start); got != time.Minute {
		t.Errorf("set after %v", got)
	}
}
