package rota

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// What counts is what was said last of a call, at the time the call was received.
func TestHardLog(t *testing.T) {
	t.Parallel()
	start := when(t, "2026-03-04T02:00:00Z")
	at := func(m int) time.Time { return start.Add(time.Duration(m) * time.Minute) }
	var l HardLog
	for _, e := range []call.Event{
		{At: at(10), Kind: call.KindWrapUpRecord, Call: "b", Responder: "vito", Hard: true, WaitMs: 60_000},
		{At: at(10), Kind: call.KindWrapUpRecord, Call: "a", Responder: "uma", Hard: true, WaitMs: 60_000},
		{At: at(11), Kind: call.KindWrapUpRecord, Call: "mistaken", Responder: "uma", Hard: true},
		{At: at(12), Kind: call.KindWrapUpRecord, Call: "mistaken", Responder: "uma", Code: call.CodeAdvice},
		{At: at(13), Kind: call.KindWrapUpRecord, Call: "easy", Responder: "uma", Code: call.CodeAdvice},
		{At: at(14), Kind: call.KindWrapUpRecord, Call: "nobody's", Hard: true},
		{At: at(20), Kind: call.KindWrapUpRecord, Call: "a", Responder: "uma", Hard: true, Code: call.CodeOther, WaitMs: 11 * 60_000},
		{At: at(21), Kind: call.KindFinished, Call: "b", Responder: "vito"},
	} {
		l.Add(e)
	}
	if diff := cmp.Diff([]HardCall{{"uma", at(9)}, {"vito", at(9)}}, l.HardCalls()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}
