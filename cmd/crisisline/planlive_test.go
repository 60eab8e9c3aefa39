package main

import (
	"fmt"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
)

// busy has everybody of the plan talk, the last human too, and leaves callers
// waiting behind them.
func (l *line) busy(waiting int) (talks []*sim.Talk) {
	l.t.Helper()
	for i, number := range []string{amal, ben, cara, dev, eve, switchboard} {
		c := l.phone(fmt.Sprintf("+4477009006%02d", i)).Dials(l.t, public)
		r := l.phone(number).RingsWithin(l.t, 3*time.Minute).Answers()
		r.Hears(l.t, "press 1").Presses("1")
		c.IsBridgedTo(l.t, r)
		talks = append(talks, r)
	}
	for i := range waiting {
		l.phone(fmt.Sprintf("+4477009007%02d", i)).Dials(l.t, public)
	}
	l.step(30 * time.Second)
	if present, err := l.reads.Snapshot(l.ctx, l.clock.Now(), 100); err != nil || present.Live != len(talks)+waiting {
		l.t.Fatalf("%d calls, %v; want %d talking and %d waiting", present.Live, err, len(talks), waiting)
	}
	return talks
}

// Promise 4, with callers waiting: an edit decides the very next ring, whichever
// of two instances it was made on, for those it puts on and those it takes off.
func TestEditWhileTenWaitDecidesTheNextRing(t *testing.T) {
	t.Parallel()
	const fay, gus = "+447700900106", "+447700900107"
	onRedis(t, setup{two: true, plan: "edits.yaml"}, func(t *testing.T, l *line) {
		talks := l.busy(10)
		l.network.NothingElseRings(t)
		l.edit(0, "people: [amal, ben]", "people: [ben, fay]")
		l.phone(fay).RingsWithin(t, 6*time.Second).Answers().Hears(t, "press 1").Presses("1")
		talks[0].HangsUp() // amal is off shift by the edit made on the first instance
		l.step(3 * time.Minute)
		l.phone(amal).IsSilent(t)
		l.edit(1, "people: [ben, fay]", "people: [gus]")
		l.phone(gus).RingsWithin(t, 6*time.Second).Answers().Hears(t, "press 1").Presses("1")
		talks[1].HangsUp() // ben is, by the one made on the second
		l.step(3 * time.Minute)
		l.phone(ben).IsSilent(t)
		l.phone(amal).IsSilent(t)
	})
}

// A merger while people talk and wait: whoever talks goes on, whoever waits is
// answered, each call keeps the team it came to, and the next is the heir's.
func TestMergerKeepsCallsInFlight(t *testing.T) {
	t.Parallel()
	onRedis(t, setup{two: true}, func(t *testing.T, l *line) {
		book := l.instances[0].book
		merged, err := rota.MergeTeams(book.Current().Plan(), rota.Merger{
			Sources: []string{"portsmouth", "southampton"}, ID: "south", Name: "South",
			CutOver: rota.CutOver{On: rota.Date{Year: 2026, Month: time.November, Day: 23}, At: 12*60 + 10},
		}, l.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := book.Publish(l.ctx, l.clock.Now(), rota.Change{Who: "dm", Why: "merger", Plan: merged, Expect: 1}); err != nil {
			t.Fatal(err)
		}
		talking := l.dials(public)
		r := l.takes(amal)
		talking.IsBridgedTo(t, r)
		l.step(9*time.Minute + 45*time.Second)
		waiting := l.phone(otherCaller).Dials(t, public)
		l.phone(ben).RingsWithin(t, 5*time.Second).Declines()
		l.step(20 * time.Second) // over the cut-over
		talking.IsUp(t)
		talking.IsBridgedTo(t, r)
		helper := l.phone(cara).RingsWithin(t, 30*time.Second).Answers()
		helper.Hears(t, "press 1").Presses("1")
		waiting.IsBridgedTo(t, helper)
		after := l.phone("+447700900502").Dials(t, oldSolent)
		after.Waits(5 * time.Second)
		talking.HangsUp()
		waiting.HangsUp()
		l.step(time.Minute)
		after.HangsUp()
		l.step(time.Second)
		want := map[call.ID]string{
			call.ID(talking.SID()): "portsmouth", call.ID(waiting.SID()): "portsmouth", call.ID(after.SID()): "south",
		}
		for _, e := range l.ledger() {
			if team, ours := want[e.Call]; ours && (e.Kind == call.KindReceived || e.Kind == call.KindFinished) && e.Team != team {
				t.Errorf("%s of a call for %s is counted to %q", e.Kind, team, e.Team)
			}
		}
		for _, k := range []*sim.Talk{talking, waiting} {
			if got := l.outcome(k); got != call.OutcomeAnswered {
				t.Errorf("outcome %s, want answered", got)
			}
		}
	})
}
