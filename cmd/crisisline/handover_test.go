package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/router"
)

func noEarlyOffer(c *config.Config) { c.Routing.EarlyOffer = false }

func TestHandOver(t *testing.T) {
	t.Parallel()
	t.Run("rings the new team beside the old, and counts once, with the new", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			old := l.phone(amal).Rings(t)
			l.step(5 * time.Second)
			h := queue.HandOver{Call: id(c), From: "portsmouth", To: "southampton", By: boss}
			l.did(queue.WhyRung)(l.router().HandOver(l.ctx, h))
			l.refused(queue.WhyAlready)(l.router().HandOver(l.ctx, h))
			r := l.takes(cara)
			old.StopsRinging(t)
			c.IsBridgedTo(t, r)
			want := call.Event{Kind: call.KindHandedOver, Call: id(c), Line: "public", Caller: call.CallerUnknown, FromTeam: "portsmouth", Team: "southampton", By: boss}
			got := l.entry(c, call.KindHandedOver)
			got.ID, got.At = "", time.Time{}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			c.HangsUp()
			l.step(5 * time.Minute)
			l.countedOnceFor("southampton")
			if e := l.entry(c, call.KindConnected); e.WaitMs < 5000 {
				t.Errorf("waited %d ms: what was waited before counts", e.WaitMs)
			}
		})
	})
	t.Run("whoever answers first has the caller, of either team", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			old := l.phone(amal).Rings(t)
			l.did(queue.WhyRung)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), To: "southampton", By: boss}))
			r := old.Answers().Hears(t, "press 1").Presses("1")
			c.IsBridgedTo(t, r)
			l.phone(cara).IsSilent(t)
			l.refused(queue.WhyConnected)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), To: "portsmouth", By: boss}))
			c.HangsUp()
			l.step(5 * time.Minute)
			l.countedOnceFor("southampton")
		})
	})
	t.Run("while greeted; the menu does not undo it", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{settings: noEarlyOffer}, func(t *testing.T, l *line) {
			c := l.greeted()
			l.did(queue.WhyHandedOver)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), To: "southampton", By: boss}))
			l.refused(queue.WhyGreeting)(l.router().RingPerson(l.ctx, id(c), "cara", boss))
			c.Hears(t, "someone you care for, press 2").Presses("2")
			c.IsBridgedTo(t, l.takes(cara))
			l.phone(amal).IsSilent(t)
		})
	})
	t.Run("to nobody: no such team, closed, left, given to a third", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.greeted()
			l.refused(queue.WhyNotInPlan)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), To: "solent-crisis", By: boss})) // merged away
			l.refused(queue.WhyMoved)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), From: "isle", To: "southampton", By: boss}))
			c.HangsUp()
			l.step(time.Second)
			l.refused(queue.WhyOver)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), To: "southampton", By: boss}))
		})
	})
	t.Run("after a long wait the new ladder is as far up", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			l.rests("cara")
			c := l.dials(public)
			c.Waits(50 * time.Second)
			l.did(queue.WhyHandedOver)(l.router().HandOver(l.ctx, queue.HandOver{Call: id(c), To: "southampton", By: boss}))
			l.isBack("cara")
			c.IsBridgedTo(t, l.takes(cara))
		})
	})
	t.Run("pressed on two instances at once", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{two: true}, func(t *testing.T, l *line) {
			c := l.greeted()
			h := queue.HandOver{Call: id(c), From: "portsmouth", To: "southampton", By: boss}
			if n := bothPress(l, func(r *router.Router) (queue.Did, error) { return r.HandOver(l.ctx, h) }); n != 1 {
				t.Errorf("done %d times", n)
			}
			l.entry(c, call.KindHandedOver)
			c.IsBridgedTo(t, l.takes(cara))
		})
	})
}

// countedOnceFor holds the day's figures to one call, the team's.
func (l *line) countedOnceFor(team string) {
	l.t.Helper()
	var days metrics.Days
	for _, e := range l.ledger() {
		days.Add(e)
	}
	taken := days.Take("")
	if len(taken) != 1 {
		l.t.Fatalf("%d days", len(taken))
	}
	if err := taken[0].Check(); err != nil {
		l.t.Error(err)
	}
	got := map[string]int64{}
	for value, tally := range taken[0].Values("team") {
		got[value] = tally.Received
	}
	if diff := cmp.Diff(map[string]int64{team: 1}, got); diff != "" {
		l.t.Errorf("calls by team: %s", diff)
	}
}
