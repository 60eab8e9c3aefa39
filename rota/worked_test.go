package rota

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func TestWorkedLog(t *testing.T) {
	t.Parallel()
	start := when(t, "2026-03-04T02:00:00Z")
	at := func(m int) time.Time { return start.Add(time.Duration(m) * time.Minute) }
	type entry struct {
		minute int
		kind   call.Kind
		who    string
	}
	for _, tc := range []struct {
		name    string
		entries []entry
		now     int
		want    []Worked
	}{
		{"nothing", nil, 60, nil},
		{
			"a call with its wrap-up",
			[]entry{{0, call.KindAccepted, "uma"}, {1, call.KindConnected, "uma"}, {20, call.KindFinished, "uma"}, {20, call.KindWrapUp, "uma"}, {25, call.KindWrapUpEnded, "uma"}},
			60,
			[]Worked{{"uma", at(0), at(25)}},
		},
		{
			"a call without one, and another",
			[]entry{{0, call.KindAccepted, "uma"}, {20, call.KindFinished, "uma"}, {30, call.KindAccepted, "uma"}, {40, call.KindDropped, "uma"}},
			60,
			[]Worked{{"uma", at(0), at(20)}, {"uma", at(30), at(40)}},
		},
		{"still on it", []entry{{0, call.KindAccepted, "uma"}}, 60, []Worked{{"uma", at(0), at(60)}}},
		{"its wrap-up's end never written", []entry{{0, call.KindAccepted, "uma"}, {20, call.KindFinished, "uma"}, {20, call.KindWrapUp, "uma"}}, 600, []Worked{{"uma", at(0), at(20)}}},
		{
			"two at once",
			[]entry{{0, call.KindAccepted, "vito"}, {5, call.KindAccepted, "uma"}, {10, call.KindDropped, "vito"}, {15, call.KindDropped, "uma"}},
			60,
			[]Worked{{"vito", at(0), at(10)}, {"uma", at(5), at(15)}},
		},
		{"offers, presence and ends without a beginning", []entry{{0, call.KindOffered, "uma"}, {1, call.KindPresence, "uma"}, {2, call.KindFinished, ""}, {3, call.KindWrapUpEnded, "uma"}}, 60, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var l WorkedLog
			for _, e := range tc.entries {
				l.Add(call.Event{At: at(e.minute), Kind: e.kind, Responder: e.who})
			}
			if diff := cmp.Diff(tc.want, l.Worked(at(tc.now))); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}
