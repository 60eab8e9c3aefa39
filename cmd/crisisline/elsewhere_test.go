package main

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// Calls on the snapshot, when several instances have to do with one.

// A process that rang a call from the snapshot is killed while the two talk. The
// instance beside it, which shares its folder, hears of the end and takes up the
// journal: the ledger has the call, once, as what it was.
func TestKilledWithACallOnTheSnapshot(t *testing.T) {
	t.Parallel()
	l := degradable(t, func(s *setup) { s.asItIs = true })
	stays := l.instances[0]
	client := l.ownClient()
	doomed := l.join1(client)
	l.instances = []*instance{doomed}
	l.provision()
	frozen := l.frozenServer()
	c := l.dials(public)
	r := l.phone(ben).RingsWithin(t, time.Minute).Answers()
	r.Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, r)
	l.instances = []*instance{stays, doomed}
	l.crash(doomed, client)
	l.provision()
	l.step(time.Minute)
	c.HangsUp()
	l.step(time.Second)
	frozen.thaw()
	l.step(time.Minute)
	if got := l.finished(c.SID()); len(got) != 1 || got[0].Outcome != call.OutcomeFallback || (got[0].Reason != "joined" && got[0].Reason != "on_snapshot") {
		t.Errorf("the ledger says %+v, want one end, on the snapshot, joined if the store never heard of it", got)
	}
	if h := stays.router.Health(l.clock.Now()); h.Mode != "normal" || len(h.Reasons) > 0 {
		t.Errorf("health %+v", h)
	}
}

func (l *line) finished(id string) (ends []call.Event) {
	l.t.Helper()
	for _, e := range l.ledger() {
		if e.Call == call.ID(id) && e.Kind == call.KindFinished {
			ends = append(ends, e)
		}
	}
	return ends
}

// One instance rings the call, and what became of it is told to the other: that
// they were joined after that the caller has gone, or before; of a call that the
// store knew, and of one it never heard of.
func TestWhatBecameOfACallOnTheSnapshotIsToldElsewhere(t *testing.T) {
	t.Parallel()
	const id = "CA000000000000000000000000000000fb"
	for name, tt := range map[string]struct {
		known bool
		order []string
		how   string
	}{
		"joined, then over":                {false, []string{"next", "status"}, "joined"},
		"over, then joined":                {false, []string{"status", "next"}, "joined"},
		"over":                             {false, []string{"status"}, "left"},
		"known: joined, then over":         {true, []string{"next", "status"}, "on_snapshot"},
		"known: over, and nothing besides": {true, []string{"status"}, "on_snapshot"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLine(t, setup{memory: true, asItIs: true, two: true})
			form := func(status string) url.Values {
				return url.Values{"CallSid": {id}, "From": {otherCaller}, "To": {public}, "CallStatus": {status}, "ErrorCode": {"12100"}}
			}
			if tt.known {
				l.postTo(0, "/voice/inbound", form("ringing"))
			}
			answer := l.postTo(0, "/voice/fallback", form("in-progress"))
			_, next, found := strings.Cut(html.UnescapeString(answer), publicURL+"/voice/fallback/next")
			if !found {
				t.Fatalf("answer %s, want to be rung from the snapshot", answer)
			}
			next, _, _ = strings.Cut(next, `"`)
			next, _, _ = strings.Cut(next, "#")
			l.step(40 * time.Second)
			over := l.clock.Now()
			for _, what := range tt.order {
				f := form("completed")
				if what == "next" {
					f.Set("DialCallStatus", "completed")
					f.Set("DialBridged", "true")
					l.postTo(1, "/voice/fallback/next"+next, f)
				} else {
					l.postTo(1, "/voice/status", f)
				}
			}
			l.step(30 * time.Second)
			ended := l.finished(id)
			if len(ended) != 1 || ended[0].Outcome != call.OutcomeFallback || ended[0].Reason != tt.how || (!tt.known && !ended[0].At.Equal(over)) {
				t.Errorf("the ledger says %+v, want one end at %s, %s", ended, over, tt.how)
			}
			for i := range l.instances {
				if h := l.instances[i].router.Health(l.clock.Now()); slices.Contains(h.Reasons, "calls_on_snapshot") {
					t.Errorf("instance %d still believes that the call goes on", i)
				}
			}
		})
	}
}

// A call ends while the store is gone, and the carrier gives up telling: it ends in
// the ledger when it did end, not when somebody looks for it.
func TestAnEndWhileTheStoreIsGone(t *testing.T) {
	t.Parallel()
	l := degradable(t, func(s *setup) { s.asItIs = true })
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	frozen := l.frozenServer()
	l.step(time.Minute)
	over := l.clock.Now()
	c.HangsUp()
	l.step(2 * time.Minute)
	frozen.thaw()
	l.step(20 * time.Second)
	got := l.finished(c.SID())
	if len(got) != 1 || got[0].Outcome != call.OutcomeAnswered || !got[0].At.Equal(over) {
		t.Errorf("the ledger says %+v, want one end at %s, answered", got, over)
	}
}
