package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// While the carrier makes no legs callers are rung through by <Dial> at once:
// whether it is back is not found out at a caller's cost.
func TestNoCallerWaitsToFindOutWhetherTheCarrierIsBack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		what string
		most int // callers who are not rung through at once, of ten
	}{
		"nothing is answered":                 {"", 0},
		"questions are, and no legs are made": {"POST Calls.json", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLine(t, setup{memory: true, warned: true})
			l.network.Faults().REST(tt.what, sim.RESTLost, -1)
			first := l.dials(public)
			first.HearsWithin(t, 2*time.Minute, "ringing someone for you now")
			first.HangsUp()
			waited := 0
			for i := range 10 {
				l.step(40 * time.Second)
				c := l.phone(fmt.Sprintf("+4477009005%02d", 10+i)).Dials(t, public)
				l.step(100 * time.Millisecond)
				if strings.Contains(c.Story(), "this is the crisis line") { // the greeting
					waited++
				}
				c.HearsWithin(t, 90*time.Second, "ringing someone for you now")
				c.HangsUp()
			}
			if waited > tt.most {
				t.Errorf("%d of 10 callers were not rung through at once", waited)
			}
			l.network.Faults().ClearREST()
			l.step(5 * time.Minute)
			if h := l.instances[0].router.Health(l.clock.Now()); h.Mode != "normal" {
				t.Errorf("five minutes after the carrier is back: %+v", h)
			}
			c := l.dials(public)
			l.phone(amal).RingsWithin(t, 5*time.Second)
			c.HangsUp()
			l.step(time.Second)
		})
	}
}
