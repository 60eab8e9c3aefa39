package main

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"example.org/crisisline/call"
	"example.org/crisisline/sim"
)

// TestMain lets the test binary be the service, so that a real process can be
// killed in the middle of a call.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_CRISISLINE") == "1" {
		main()
		return
	}
	if os.Getenv("TEST_AS_HOUR") == "1" {
		if err := beHour(os.Stdout, os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if as := benchServers[os.Getenv("TEST_AS_BENCH")]; as != nil {
		beBenchServer(as)
		return
	}
	// A check of random traffic takes two seconds, and twenty under the race detector; 'make soak'
	// makes hundreds.
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("2"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// crash is the death of an instance: its door shut, its store cut off, nobody
// ticking. replace puts a new one in its place, with nothing but the store.
func (l *line) crash(dead *instance, client redis.UniversalClient) {
	var left []*instance
	for _, i := range l.instances {
		if i != dead {
			left = append(left, i)
		}
	}
	l.instances = left
	_ = dead.door.Close()
	dead.router.Close() // as the kernel lets go of a dead process's locks
	_ = client.Close()
}

// ownClient is a connection to the test's store that can be cut by itself.
func (l *line) ownClient() redis.UniversalClient {
	l.t.Helper()
	c, ok := l.st.UniversalClient.(*redis.Client)
	if !ok {
		l.t.Fatalf("the store's client is a %T", l.st.UniversalClient)
	}
	options := *c.Options()
	own := redis.NewClient(&options)
	l.t.Cleanup(func() { _ = own.Close() })
	return own
}

func (l *line) join1(client redis.UniversalClient) *instance {
	l.t.Helper()
	return l.joinOn(client, l.cfg.Service.DataDir)
}

// joinOn is another instance on a machine of its own: what it keeps on disk is
// in folder.
func (l *line) joinOn(client redis.UniversalClient, folder string) *instance {
	l.t.Helper()
	cfg := *l.cfg
	cfg.Service.DataDir = folder
	i, err := l.world.join(l.ctx, &cfg, &store{UniversalClient: client, Kind: storeEmbedded}, slog.New(slog.NewJSONHandler(l.log, nil)))
	if err != nil {
		l.t.Fatal(err)
	}
	return i
}

// A process dies right after the n-th document it gave, for every n of a call's
// life. Another takes its place ten seconds later with nothing but the store.
// The caller must end up with a person, or hear honest words; never an error.
func TestAProcessDiesAtAnyMomentOfACall(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 5; n++ {
		t.Run(fmt.Sprintf("after document %d", n), func(t *testing.T) {
			t.Parallel()
			var documents atomic.Int32
			die := make(chan struct{}, 1)
			l := newLine(t, setup{warned: true, asItIs: true, network: func(o *sim.Options) {
				check := o.OnDocument
				o.OnDocument = func(body []byte) {
					check(body)
					if documents.Add(1) == int32(n) {
						die <- struct{}{}
					}
				}
			}})
			// The instance that newLine made leaves; one with its own connection comes.
			first := l.instances[0]
			client := l.ownClient()
			doomed := l.join1(client)
			l.instances = []*instance{doomed}
			_ = first.door.Close()
			l.provision()

			c := l.dials(public)
			l.everyoneAnswers()
			died := false
			for range 1500 { // five minutes
				l.step(200 * time.Millisecond)
				select {
				case <-die:
					l.crash(doomed, client)
					died = true
					l.step(10 * time.Second)
					l.join1(l.ownClient())
				default:
				}
				if died && bridged(c) {
					break
				}
			}
			if !died {
				t.Fatalf("only %d documents were asked for", documents.Load())
			}
			if !bridged(c) {
				t.Fatalf("five minutes on, the caller is with nobody; so far:\n%s", c.Story())
			}
			l.step(time.Minute)
			c.HangsUp()
			l.step(15 * time.Minute)
			for _, spoken := range l.network.ApplicationErrors() {
				if spoken.Leg == c.SID() {
					t.Errorf("the caller heard an error: %+v", spoken)
				}
			}
			if err := l.figures().Check(); err != nil {
				t.Error(err)
			}
			if got := l.outcome(c); got != call.OutcomeAnswered && got != call.OutcomeFallback {
				t.Errorf("outcome %s", got)
			}
			if l.live() != 0 {
				t.Error("a call lives for ever")
			}
		})
	}
}

// everyoneAnswers has people at every phone of the plan who pick up and press 1.
func (l *line) everyoneAnswers() {
	l.network.People(sim.Crowd{
		Seed: 1, PerDay: 0.001, Lines: []sim.CrowdLine{{Number: public}},
		Responders: []string{amal, ben, cara, dev, eve, switchboard},
		Answering:  sim.Answering{PickUp: 4 * time.Second, Talk: time.Hour},
	}).Start()
}

// bridged reports whether the phone hears another now.
func bridged(k *sim.Talk) (together bool) {
	for _, m := range k.Transcript() {
		switch m.Kind {
		case sim.MomentJoined:
			together = true
		case sim.MomentAlone, sim.MomentEnded:
			together = false
		}
	}
	return together
}

// SIGKILL in the middle of ringing, and a restart: the call is taken up again.
func TestKilledWhileRingingAndStartedAgain(t *testing.T) {
	t.Parallel()
	p := newProcesses(t)
	c := p.network.Phone(caller).Dials(t, public)
	r := p.network.Phone(amal).Rings(t)
	p.kill()
	p.start()
	r.Answers().Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, r)
	if spoken := p.network.ApplicationErrors(); len(spoken) > 0 {
		t.Errorf("application errors were heard: %v", spoken)
	}
	p.knowsTheyTalk()
	c.HangsUp()
	r.Hears(t, "That call has ended")
}

// Asked to stop in the middle of ringing: the process ends by itself and says
// that it did well, the phone rings on, and the next process takes the key.
func TestAskedToStopWhileRinging(t *testing.T) {
	t.Parallel()
	p := newProcesses(t)
	c := p.network.Phone(caller).Dials(t, public)
	r := p.network.Phone(amal).Rings(t)
	if err := p.stop(); err != nil {
		t.Errorf("asked to stop, it ended with %v", err)
	}
	p.start()
	r.Answers().Hears(t, "press 1").Presses("1")
	c.IsBridgedTo(t, r)
	p.knowsTheyTalk()
	c.HangsUp()
	r.Hears(t, "That call has ended")
}
