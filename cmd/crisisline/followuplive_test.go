package main

import (
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
)

// A promise made in wrap-up is told by every instance, runs out once however
// many look, and says whose it was.
func TestFollowUpOfAnAnsweredCall(t *testing.T) {
	t.Parallel()
	onRedis(t, setup{two: true}, func(t *testing.T, l *line) {
		c := l.dials(public)
		c.Hears(t, "this is the crisis line")
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.Waits(time.Minute)
		c.HangsUp()
		r.IsOver(t)
		record, err := l.reads.Record(l.ctx, call.ID(c.SID()))
		if err != nil || record.State != call.StateWrapUp {
			t.Fatalf("the call is %s: %v", record.State, err)
		}
		promise, _ := metrics.FollowUps().Named("crisis.emergency")
		due, _ := promise.Due(record.LastStep, time.UTC)
		if _, _, err := l.reads.FollowUp(l.ctx, l.clock.Now(), queue.FollowUp{
			Call: record.ID, Category: promise.Name, By: "amal", StartedAt: record.LastStep, DueAt: due,
		}); err != nil {
			t.Fatal(err)
		}
		says(t, l.metricsPage(), `crisisline_follow_ups{category="crisis.emergency",state="due"} 1`)
		l.step(promise.Limit + time.Second)
		for range 2 {
			for _, i := range l.instances {
				i.lookAtFollowUps(l.ctx)
			}
		}
		for _, e := range l.ledger() {
			l.instances[0].metrics.Apply(e)
			if e.Kind == call.KindFollowUpMissed && (e.Team != record.Team || e.Line != record.Line || e.WaitMs != promise.Limit.Milliseconds()) {
				t.Errorf("missed: %+v", e)
			}
		}
		says(t, l.metricsPage(),
			`crisisline_follow_ups{category="crisis.emergency",state="due"} 0`,
			`crisisline_follow_ups{category="crisis.emergency",state="overdue"} 1`,
			`crisisline_follow_ups{category="crisis.emergency",state="to_review"} 1`,
			`crisisline_standard_total{caller="`+string(record.Caller)+`",result="missed",standard="crisis.emergency",team="`+record.Team+`"} 1`)
	})
}

// A callback that somebody promised is told by every instance, raises its alarm
// whoever has it, and its promise is judged once.
func TestCallbackOfAnAnsweredCall(t *testing.T) {
	t.Parallel()
	onRedis(t, setup{two: true}, func(t *testing.T, l *line) {
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		c.HangsUp()
		r.IsOver(t)
		id := call.ID(c.SID())
		if _, _, err := l.reads.OweCallback(l.ctx, l.clock.Now(), queue.CallbackPromise{Call: id, By: "amal"}); err != nil {
			t.Fatal(err)
		}
		if number, known, err := l.reads.CallerNumber(l.ctx, id); err != nil || !known || number.E164() != caller {
			t.Errorf("the number to ring is not there: %v %v", known, err)
		}
		states := func(want string) {
			t.Helper()
			for _, state := range metrics.CallbackStates {
				n := "0"
				if state == want {
					n = "1"
				}
				says(t, l.metricsPage(), `crisisline_callbacks_owed{state="`+state+`"} `+n)
			}
		}
		states("due")
		if _, _, err := l.reads.ClaimCallback(l.ctx, l.clock.Now(), id, "ben"); err != nil {
			t.Fatal(err)
		}
		states("claimed")
		l.step(31 * time.Minute)
		for _, i := range l.instances {
			i.lookAtFollowUps(l.ctx)
		}
		states("overdue")
		if _, known, err := l.reads.CallerNumber(l.ctx, id); err != nil || !known {
			t.Errorf("the number is gone before the callback is over: %v %v", known, err)
		}
		if _, _, err := l.reads.CloseCallback(l.ctx, l.clock.Now(), id, "ben", l.clock.Now(), "reached", call.CodeAdvice); err != nil {
			t.Fatal(err)
		}
		states("")
		for _, e := range l.ledger() {
			l.instances[0].metrics.Apply(e)
		}
		for promise, result := range map[string]string{"callback.attempt": "missed", "callback.closed": "met"} {
			says(t, l.metricsPage(), `crisisline_standard_total{caller="unknown",result="`+result+`",standard="`+promise+`",team="portsmouth"} 1`)
		}
	})
}

// Somebody who rings again and again until they are answered is one need, judged
// once by their first try, whatever they did in between and whichever instance saw
// it; of a number withheld nobody can tell.
func TestReachedFromTheFirstTry(t *testing.T) {
	t.Parallel()
	if queue.ReachWithin != metrics.ReachWithin {
		t.Fatal("the store and the standard count another hour")
	}
	onBothStores(t, setup{two: true}, func(t *testing.T, l *line) {
		tries := func(from string) {
			c := l.phone(from).Dials(t, public)
			c.Waits(30 * time.Second)
			c.HangsUp()
			l.step(time.Second)
		}
		looks := func() {
			for _, i := range l.instances {
				i.lookAtFollowUps(l.ctx)
			}
		}
		tries(caller)
		tries(otherCaller)
		const hidden = "+447700900502"
		l.phone(hidden).Presents("anonymous")
		tries(hidden)
		l.step(30 * time.Minute)
		tries(caller)
		looks()
		c := l.dials(public)
		c.IsBridgedTo(t, l.takes(amal))
		c.HangsUp()
		l.step(30 * time.Minute)
		looks()
		looks()
		late := l.phone(otherCaller).Dials(t, public)
		late.IsBridgedTo(t, l.takes(amal))
		late.HangsUp()
		l.step(time.Second)
		for _, e := range l.ledger() {
			l.instances[0].metrics.Apply(e)
		}
		for _, result := range []string{"met", "missed"} {
			says(t, l.metricsPage(), `crisisline_standard_total{caller="unknown",result="`+result+`",standard="reach.within_60min",team="portsmouth"} 1`)
		}
	})
}
