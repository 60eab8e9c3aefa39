package call_test

import (
	"slices"
	"testing"

	"example.org/crisisline/call"
)

// The whole table, written out once more: a change to the machine must be made
// twice to pass.
func TestNext(t *testing.T) {
	t.Parallel()
	want := map[call.State]map[call.Kind]call.State{
		call.StateIntake: {call.KindWaiting: call.StateWaiting, call.KindOffered: call.StateIntake,
			call.KindAccepted: call.StateAccepted, call.KindFinished: call.StateEnded},
		call.StateWaiting: {call.KindOffered: call.StateOffered, call.KindAccepted: call.StateAccepted,
			call.KindFinished: call.StateEnded},
		call.StateOffered: {call.KindOffered: call.StateOffered, call.KindWaiting: call.StateWaiting,
			call.KindAccepted: call.StateAccepted, call.KindFinished: call.StateEnded},
		call.StateAccepted: {call.KindConnected: call.StateConnected, call.KindDropped: call.StateWaiting,
			call.KindFinished: call.StateEnded},
		call.StateConnected: {call.KindDropped: call.StateWaiting, call.KindFinished: call.StateWrapUp},
		call.StateWrapUp:    {call.KindWrapUpEnded: call.StateEnded},
	}
	for _, s := range append(slices.Clone(call.States), "", "nonsense") {
		for _, k := range append(slices.Clone(call.Kinds), "", "nonsense") {
			next, ok := call.Next(s, k)
			if wantNext, wantOK := want[s][k], want[s][k] != ""; next != wantNext || ok != wantOK {
				t.Errorf("Next(%q, %q) = %q, %v; want %q, %v", s, k, next, ok, wantNext, wantOK)
			}
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	for _, s := range call.States {
		_, finishes := call.Next(s, call.KindFinished)
		if s.Live() != finishes {
			t.Errorf("%s: live %v, but finishing is allowed %v: every live call can end", s, s.Live(), finishes)
		}
		_, accepts := call.Next(s, call.KindAccepted)
		if s.Unanswered() != accepts {
			t.Errorf("%s: unanswered %v, but accepting is allowed %v", s, s.Unanswered(), accepts)
		}
	}
}

func TestResultMiss(t *testing.T) {
	t.Parallel()
	misses := []call.Result{call.ResultNoAnswer, call.ResultNoKey}
	for _, r := range call.Results {
		if r.Miss() != slices.Contains(misses, r) {
			t.Errorf("%s counts as a miss: %v", r, r.Miss())
		}
	}
}
