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
	onBothStores(t, setup{two: true}, func(t *testing.T, l *line) {
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
