package rota

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func TestReachLog(t *testing.T) {
	t.Parallel()
	start := when(t, "2026-03-04T02:00:00Z")
	at := func(m int) time.Time { return start.Add(time.Duration(m) * time.Minute) }
	rung := func(m int) call.Event { return call.Event{At: at(m), Kind: call.KindOfferSent, Responder: "uma"} }
	took := func(m int) call.Event { return call.Event{At: at(m), Kind: call.KindAccepted, Responder: "uma"} }
	ended := func(m int, r call.Result) call.Event {
		return call.Event{At: at(m), Kind: call.KindOfferEnded, Responder: "uma", Result: r}
	}
	for _, tc := range []struct {
		name   string
		events []call.Event
		since  time.Time
		want   map[string]Reach
	}{
		{"never rung", []call.Event{{At: at(0), Kind: call.KindOffered, Responder: "uma"}, {At: at(1), Kind: call.KindOfferSent}}, time.Time{}, map[string]Reach{}},
		{"taken up", []call.Event{rung(0), took(1), ended(1, call.ResultAccepted)}, time.Time{}, map[string]Reach{"uma": {Rung: at(0), Answered: at(1)}}},
		{
			"taken up, then missed twice", []call.Event{rung(0), took(1), rung(5), ended(6, call.ResultNoAnswer), rung(7), ended(8, call.ResultNoKey)},
			time.Time{},
			map[string]Reach{"uma": {Rung: at(7), Answered: at(1), Missed: 2}},
		},
		{"missed, then taken up", []call.Event{rung(0), ended(1, call.ResultBusy), rung(2), ended(3, call.ResultFailed), rung(4), took(5)}, time.Time{}, map[string]Reach{"uma": {Rung: at(4), Answered: at(5)}}},
		{"stopped, because somebody else was first", []call.Event{rung(0), ended(1, call.ResultLost), rung(2), ended(3, call.ResultCancelled)}, time.Time{}, map[string]Reach{"uma": {Rung: at(2)}}},
		{"a new number, rung since", []call.Event{rung(0), took(1), rung(5), ended(6, call.ResultNoAnswer)}, at(3), map[string]Reach{"uma": {Rung: at(5), Missed: 1}}},
		{"a new number, not rung since", []call.Event{rung(0), took(1)}, at(3), map[string]Reach{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var l ReachLog
			for _, e := range tc.events {
				l.Add(e)
			}
			if diff := cmp.Diff(tc.want, l.Reached(func(string) time.Time { return tc.since })); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

// A call that was taken is as good as a test, for as long.
func TestCallsProveATelephone(t *testing.T) {
	t.Parallel()
	for answered, want := range map[string]string{
		"2026-02-28T12:00:00Z": "", "2026-02-27T12:00:00Z": "warn number_proven",
	} {
		p := works(t, "", []string{"2026-03-30T09:00 2026-03-30T12:00"})
		p.Responders[0].Proven = Date{}
		facts := Facts{Reached: map[string]Reach{"ann": {Answered: when(t, answered)}}}
		if got := about(t, p, "2026-03-29T12:00:00Z", 7*24*time.Hour, facts, RuleProven); got != want {
			t.Errorf("answered %s: got %q, want %q", answered, got, want)
		}
	}
}

func TestNumberLog(t *testing.T) {
	t.Parallel()
	b := book(t, stores[0].open(t))
	publish(t, b, 0, "first")
	var l NumberLog
	change := func(now time.Time, op Op) {
		t.Helper()
		if _, err := b.Do(t.Context(), now, op, "xan", "", How{Emergency: true}); err != nil {
			t.Fatal(err)
		}
	}
	since := func(id string, want time.Time) {
		t.Helper()
		if err := l.Catch(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if got := l.Since(id); !got.Equal(want) {
			t.Errorf("%s: since %s, want %s", id, got, want)
		}
	}
	since("ann", time.Time{})
	change(bookNow.Add(time.Hour), ChangePerson{Person: "ann", Number: "07700 900055"})
	change(bookNow.Add(2*time.Hour), ChangePerson{Person: "ann", Name: "Anne"})
	since("ann", bookNow.Add(time.Hour))
	since("bob", time.Time{})
	change(bookNow.Add(3*time.Hour), AddPerson{ID: "hal", Name: "H", Team: "east", Number: "07700 900056"})
	since("hal", bookNow.Add(3*time.Hour))
	l = NumberLog{} // another process, which begins with what is kept
	since("ann", bookNow.Add(time.Hour))
	since("bob", time.Time{})
}

// The gate is told what the book knows besides the plan, unless it is told
// something else.
func TestBookKnowsFacts(t *testing.T) {
	t.Parallel()
	asked := 0
	b := book(t, stores[0].open(t))
	b.opt.Facts = func(context.Context) Facts {
		asked++
		return Facts{RecordsKept: 24 * time.Hour}
	}
	publish(t, b, 0, "first")
	for _, tc := range []struct {
		how  How
		want bool
	}{{How{}, true}, {How{Facts: Facts{RecordsKept: RecordsKept}}, false}} {
		d, err := b.Rehearse(t.Context(), bookNow, Change{Plan: b.Current().Plan(), Expect: 1}, tc.how)
		if err != nil && !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
		found := false
		for _, f := range d.Findings {
			found = found || f.Rule == RuleRecords
		}
		if found != tc.want {
			t.Errorf("found: %v, want %v", found, tc.want)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
}
