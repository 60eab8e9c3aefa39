package main

import (
	"math/rand/v2"
	"testing"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// meddler presses the board's buttons at random, as a nervous shift lead might.
// Nothing it does may break a promise.
type meddler struct {
	*rand.Rand
	people []string
	teams  []string
}

func newMeddler(seed int64) *meddler {
	return &meddler{
		Rand:   rand.New(rand.NewPCG(uint64(seed), 1)),
		people: []string{"amal", "ben", "cara", "dev", "eve", "last-human-1"},
		teams:  []string{"portsmouth", "southampton"},
	}
}

func (m *meddler) one(of []string) string { return of[m.IntN(len(of))] }

// presses one button, of whichever instance is left.
func (m *meddler) presses(t *testing.T, l *line) {
	t.Helper()
	r := l.instances[m.IntN(len(l.instances))].router
	present, err := l.reads.Snapshot(l.ctx, l.clock.Now(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var about call.ID
	if n := len(present.Calls); n > 0 {
		about = present.Calls[m.IntN(n)].ID
	}
	var did queue.Did
	switch who := m.one(m.people); m.IntN(8) {
	case 0, 1:
		did, err = r.RingPerson(l.ctx, about, who, boss)
	case 2:
		did, err = r.RingAgain(l.ctx, about, boss)
	case 3:
		did, err = r.Widen(l.ctx, about, m.IntN(4)-1, boss)
	case 4:
		did, err = r.HandOver(l.ctx, queue.HandOver{Call: about, From: m.one(append(m.teams, "")), To: m.one(m.teams), By: boss})
	case 5:
		did, err = r.Pause(l.ctx, queue.Standing{Responder: who, To: call.PresenceBreak, Why: call.PauseRecovery, By: boss})
	case 6:
		did, err = r.Back(l.ctx, who, boss)
	case 7:
		did, err = r.EndWrapUp(l.ctx, who, boss)
	}
	if err != nil || did.Why == "" {
		t.Errorf("a press came to %+v, %v", did, err)
	}
}

// nobodyOnABreakWasRung holds the ledger to promise 2: from the entry that puts
// somebody on a break until the one that ends it, no call is offered to them, nor
// to anybody who has one.
func nobodyOnABreakWasRung(t *testing.T, ledger []call.Event) {
	t.Helper()
	resting, has := map[string]bool{}, map[string]call.ID{}
	for _, e := range ledger {
		switch e.Kind {
		case call.KindPresence:
			resting[e.Responder] = e.Presence == call.PresenceBreak
		case call.KindOffered:
			if resting[e.Responder] {
				t.Errorf("%s is on a break, and is offered %s", e.Responder, e.Call)
			}
			if other := has[e.Responder]; other != "" {
				t.Errorf("%s has %s, and is offered %s", e.Responder, other, e.Call)
			}
		case call.KindAccepted:
			has[e.Responder] = e.Call
		case call.KindDropped, call.KindFinished:
			delete(has, e.Responder)
		}
	}
}
