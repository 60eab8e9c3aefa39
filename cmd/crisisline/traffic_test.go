package main

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/crisisline/call"
	"example.org/crisisline/sim"
)

// Random traffic with everything going wrong at once: webhooks twice, late, out
// of order or never; carrier requests whose outcome nobody knows; processes that
// die and are replaced; a clock that is set back; buttons of the board pressed at random. Whatever is drawn, promises 1, 2 and 8 hold at the end:
// nobody was joined to two, every call has one outcome and is owned, and the
// figures add up and agree with what the callers themselves lived through.
func TestRandomTrafficKeepsThePromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := drawFaults(rt)
		t.Run(fmt.Sprintf("seed %d", f.seed), func(t *testing.T) { f.run(t) })
		if t.Failed() {
			rt.Fatalf("promises broken under %+v", f)
		}
	})
}

// trouble is one draw of everything that goes wrong.
type trouble struct {
	seed      int64
	status    sim.StatusFault
	twice     float64
	early     bool
	readings  sim.Readings
	rest      []sim.RESTFault
	crashes   []int // after which fifths of a minute the first instance dies
	perSecond float64
	setBack   time.Duration // the service's clock, once; 0 never
	setAt     int           // after which fifth of a minute
	presses   int           // buttons of the board pressed in each fifth of a minute, at random
}

// What a carrier request may come to. A 401 is left out: it is a setting gone
// wrong and not the weather.
var weather = []sim.RESTFault{
	sim.RESTThrottled, sim.RESTError, sim.RESTBusy, sim.RESTBadGateway, sim.RESTLost, sim.RESTCut, sim.RESTEmpty, sim.RESTFinished,
}

func drawFaults(rt *rapid.T) trouble {
	share := rapid.Float64Range(0, 0.3)
	return trouble{
		seed: rapid.Int64Range(1, 1<<40).Draw(rt, "seed"),
		status: sim.StatusFault{
			Drop: share.Draw(rt, "drop") / 3, Duplicate: share.Draw(rt, "duplicate"), Reorder: share.Draw(rt, "reorder"),
			Delay: time.Duration(rapid.IntRange(0, 4000).Draw(rt, "delay")) * time.Millisecond,
		},
		twice: share.Draw(rt, "twice"),
		early: rapid.Bool().Draw(rt, "early"),
		readings: sim.Readings{
			EnqueueActionTwiMLExecuted: rapid.Bool().Draw(rt, "executed"), EnqueueActionTwiMLReplaces: rapid.Bool().Draw(rt, "replaces"),
			WaitURLFailureFallsThrough: rapid.Bool().Draw(rt, "falls through"), FirstToAcceptWins: rapid.Bool().Draw(rt, "accepts"),
			WaitURLFailureIsFatal: rapid.Bool().Draw(rt, "fatal"), NoRingBuffer: rapid.Bool().Draw(rt, "no buffer"),
			StartTimeSkipsQueued: rapid.Bool().Draw(rt, "skips queued"),
		},
		rest:      rapid.SliceOfN(rapid.SampledFrom(weather), 0, 6).Draw(rt, "rest"),
		crashes:   rapid.SliceOfN(rapid.IntRange(1, 140), 0, 2).Draw(rt, "crashes"),
		perSecond: rapid.SampledFrom([]float64{1, 5, 1000}).Draw(rt, "calls per second"),
		setBack:   time.Duration(rapid.SampledFrom([]int{0, 0, 1, 20, 3600}).Draw(rt, "set back")) * time.Second,
		setAt:     rapid.IntRange(1, 100).Draw(rt, "set back after"),
		presses:   rapid.IntRange(0, 2).Draw(rt, "presses"),
	}
}

func (f trouble) run(t *testing.T) {
	var back atomic.Int64
	l := newLine(t, setup{warned: true, asItIs: true, clock: setBack(&back), network: func(o *sim.Options) {
		o.Seed, o.Readings, o.CPS = f.seed, f.readings, f.perSecond
	}})
	first := l.instances[0]
	client := l.ownClient()
	l.cfg.Twilio.CallsPerSecond = f.perSecond
	doomed := l.join1(client)
	l.joinOn(l.ownClient(), t.TempDir())
	l.instances = l.instances[1:]
	_ = first.door.Close()
	l.provision()
	faults := l.network.Faults()
	faults.Status(f.status)
	faults.DuplicateWebhooks(f.twice)
	faults.EarlyCallbacks(f.early)
	crowd := l.network.People(sim.Crowd{
		Seed: f.seed, Profile: "flat", PerDay: 6000, Calls: 25,
		Lines:      []sim.CrowdLine{{Number: public}, {Number: oldSolent, Share: 0.1}, {Number: professionals, Share: 0.2, Professional: true}},
		Responders: []string{amal, ben, cara, dev, eve, switchboard},
		Keys:       sim.CrowdKeys{Self: "1", Carer: "2", Professional: "3"},
		Patience:   sim.Patience{Holds: 20 * time.Minute},
		Answering:  sim.Answering{Talk: 40 * time.Second, Misses: 0.1, Declines: 0.1, Voicemail: 0.05, WrapUpKey: "1"},
	})
	crowd.Start()
	lead := newMeddler(f.seed)
	for fifth := range 600 {
		if fifth == f.setAt {
			back.Store(int64(f.setBack))
		}
		for range f.presses {
			lead.presses(t, l)
		}
		for i, at := range f.crashes {
			if at == fifth {
				l.crash(doomed, client)
				client = l.ownClient()
				doomed = l.join1(client)
			}
			if i < len(f.rest) && fifth == at+3 {
				faults.REST("", f.rest[i], 2)
			}
		}
		for i, fault := range f.rest {
			if fifth == 7+11*i {
				faults.REST("", fault, 1)
			}
		}
		l.step(12 * time.Second)
		if crowd.Done() && fifth > 150 {
			break
		}
	}
	faults.Status(sim.StatusFault{})
	faults.DuplicateWebhooks(0)
	faults.ClearREST()
	l.idle = time.Minute
	l.step(5 * time.Hour) // of a call rung from a document on one instance, another may hear the end: taken as over after four
	f.check(t, l, crowd.Contacts())
	if t.Failed() {
		t.Logf("the service's log:\n%s", l.log.String())
	}
}

// check holds the ledger, the network's own eyes and the callers' memories
// against one another.
func (f trouble) check(t *testing.T, l *line, contacts []sim.Contact) {
	t.Helper()
	if double := l.network.DoubleBridges(); len(double) > 0 {
		t.Errorf("double bridges: %v", double)
	}
	figures := l.figures()
	if err := figures.Check(); err != nil {
		t.Error(err)
	}
	items := figures.Items("caller")
	if items.Live != 0 || l.live() != 0 {
		t.Errorf("%d calls live by the figures, %d by the store, want none", items.Live, l.live())
	}
	if len(contacts) < 25 || items.A03 == 0 {
		t.Errorf("%d contacts, %d answered: hardly any traffic", len(contacts), items.A03)
	}
	outcomes := map[string]call.Outcome{}
	for _, e := range l.ledger() {
		if e.Kind == call.KindFinished {
			if was, twice := outcomes[string(e.Call)]; twice {
				t.Errorf("call %s ended as %s and as %s", e.Call, was, e.Outcome)
			}
			outcomes[string(e.Call)] = e.Outcome
		}
	}
	heard := map[string]bool{}
	for _, spoken := range l.network.ApplicationErrors() {
		heard[spoken.Leg] = true
	}
	for _, c := range contacts {
		if heard[c.Leg] {
			t.Errorf("the caller of %s heard an application error", c.Leg)
		}
		if _, known := outcomes[c.Leg]; !known {
			t.Errorf("call %s has no outcome", c.Leg)
		}
		if outcomes[c.Leg] == call.OutcomeAnswered && c.AnsweredAt.IsZero() {
			t.Errorf("call %s counts as answered, and the caller heard nobody", c.Leg)
		}
	}
	for _, who := range []string{"amal", "ben", "cara", "dev", "eve", "last-human-1"} {
		if p := l.presence(who); p == call.PresenceOffered || p == call.PresenceConnected {
			t.Errorf("%s is %s for ever", who, p)
		}
	}
	nobodyOnABreakWasRung(t, l.ledger())
	l.noNumbersIn("the log", l.log.String())
}
