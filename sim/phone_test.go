package sim_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// verdict is a test that may fail.
type verdict struct{ said string }

func (v *verdict) Helper() {}
func (v *verdict) Fatalf(format string, args ...any) {
	v.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// fails runs a script that must fail, and gives what it said.
func fails(script func(t sim.TB)) string {
	v := &verdict{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		script(v)
	}()
	<-done
	return v.said
}

// A phone script that is wrong must fail, say why, and show the call.
func TestPhoneScriptFails(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Say>hello</Say><Dial>`+aliceNo+`</Dial>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	alice := s.net.Phone(aliceNo).Rings(t)
	for name, tc := range map[string]struct {
		script func(t sim.TB)
		want   string
	}{
		"hears":    {func(t sim.TB) { caller.HearsWithin(t, time.Second, "goodbye") }, "hello"},
		"never":    {func(t sim.TB) { caller.NeverHeard(t, "HELLO") }, "has heard"},
		"rings":    {func(t sim.TB) { s.net.Phone(benNo).RingsWithin(t, time.Second) }, "has not rung"},
		"silent":   {func(t sim.TB) { s.net.Phone(aliceNo).IsSilent(t) }, "rings"},
		"nothing":  {func(t sim.TB) { s.net.NothingElseRings(t, s.net.Phone(benNo)) }, "rings too"},
		"no line":  {func(t sim.TB) { s.net.Phone(callerNo).Dials(t, "+442392000999") }, "no such line"},
		"answered": {func(t sim.TB) { caller.StopsRinging(t) }, "answered"},
		"up":       {func(t sim.TB) { alice.IsUp(t) }, "ringing"},
	} {
		if said := fails(tc.script); !strings.Contains(said, tc.want) {
			t.Errorf("%s: said %q, want %q in it", name, said, tc.want)
		}
	}
	s.net.NothingElseRings(t, s.net.Phone(aliceNo))
	if said := fails(func(t sim.TB) { caller.IsBridgedTo(t, alice) }); !strings.Contains(said, "not bridged") {
		t.Errorf("bridged: said %q", said)
	}
}

// What was heard is used up in order; case and spacing do not count.
func TestHearsInOrder(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", `<Say>One  two</Say><Say>three
	four</Say><Say>one</Say>`)
	caller := s.net.Phone(callerNo).Dials(t, line)
	caller.Hears(t, "one TWO three").Hears(t, "four").Hears(t, "one").IsOver(t)
	if said := fails(func(t sim.TB) { caller.HearsWithin(t, time.Second, "one") }); said == "" {
		t.Errorf("heard the same words twice")
	}
}

// A telephone holds one call: a second finds it engaged, and that is remembered.
func TestEngaged(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/offer", `<Pause length="60"/>`)
	s.call(aliceNo, "/offer")
	s.net.Phone(aliceNo).Rings(t)
	s.call(aliceNo, "/other", "StatusCallback", public+"/second")
	s.pass(2 * time.Second)
	s.expect("/second", "CallStatus", "initiated", "busy")
	if clashes := s.net.Clashes(); len(clashes) != 1 || len(clashes[0].Legs) != 2 {
		t.Errorf("clashes: %+v", clashes)
	}
}

// Two instances behind one public address are asked in turn.
func TestRouteTakesTurns(t *testing.T) {
	t.Parallel()
	s, other := newScript(t), newScript(t)
	for _, each := range []*script{s, other} {
		each.says("/in", `<Redirect>/in2</Redirect>`)
		each.says("/in2", `<Say>hello</Say>`)
	}
	s.net.Route(public, s.origin(), other.origin())
	s.net.Phone(callerNo).Dials(t, line).Hears(t, "hello").IsOver(t)
	if len(s.got("/in")) != 1 || len(other.got("/in2")) != 1 {
		t.Errorf("asked %d and %d", len(s.got("/in")), len(other.got("/in2")))
	}
}
