package main

import (
	"container/heap"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
)

// The whole world ringing at the rate at which England rings NHS 111: 4 400
// webhooks and 300 matches a second, 20 000 callers waiting, on one server of
// two cores and one store. The loop is open: every webhook has its moment, and
// what is late in being sent counts as late in being answered.

const (
	worldCalls    = 293 // new calls a second
	worldWaits    = 590 // waiting words fetched a second
	worldQueue    = 20_000
	worldTeams    = 8
	worldPeople   = 60 // on shift in each team
	worldConns    = 64
	worldWarm     = 12 * time.Second
	worldMeasured = 10 * time.Second
	worldTalk     = 800 * time.Millisecond // a talk is short, so that few people do for many calls
)

// timed is one webhook and its moment.
type timed struct {
	at      time.Time
	path    string
	request func() []byte
	done    func(answer []byte)
}

// schedule is a heap by moment.
type schedule []timed

func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, j int) bool { return s[i].at.Before(s[j].at) }
func (s schedule) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(x any)        { *s = append(*s, x.(timed)) }
func (s *schedule) Pop() any {
	last := (*s)[len(*s)-1]
	(*s)[len(*s)-1] = timed{}
	*s = (*s)[:len(*s)-1]
	return last
}

// crowd plays the carrier's side of every call.
type crowd struct {
	mu      sync.Mutex
	ahead   schedule
	wake    chan struct{}      // something was planned before all else
	rooms   map[string]carried // by conference: the responder's leg
	waiting []string           // calls, oldest first
	calls   int
	rate    time.Duration // between new calls
	waits   time.Duration // between waiting words fetched

	from, to time.Time // what falls between is measured
	took     map[string]latencies
	matches  int
	failures []error
}

// newCrowd rings so many times a second, and fetches so many waiting words.
func newCrowd(calls, waits int) *crowd {
	return &crowd{
		wake: make(chan struct{}, 1), rooms: map[string]carried{}, took: map[string]latencies{},
		rate: time.Second / time.Duration(calls), waits: time.Second / time.Duration(waits),
	}
}

func (t *table) world(b *testing.B) {
	pinLoad(b)
	store, rdb := benchStore(b)
	carrier := newFakeCarrier(b)
	environ := settings(b, store, carrier.url, worldPlan(b, worldPeople), "CRISISLINE_ROUTING_WRAP_UP=500ms",
		"CRISISLINE_ROUTING_WRAP_UP_LEAST=100ms", "CRISISLINE_ROUTING_REDIAL_WINDOW=0s")
	w := newCrowd(worldCalls, worldWaits)
	w.fill(b, rdb, environ)
	carrier.tell(w.heard)
	server := startChild(b, "crisisline", environ...)
	until(b, "the service has its plan", func() bool { return ready(b, server.addr) })
	conns := make([]*wire, worldConns)
	for i := range conns {
		conns[i] = dial(b, server.addr)
	}
	start := time.Now()
	w.from = start.Add(worldWarm)
	w.to = w.from.Add(worldMeasured)
	var cpu, storeCPU time.Duration
	storePID := int(fact(b, rdb, "process_id"))
	w.plan(w.from, "", nil, func([]byte) { cpu, storeCPU = spent(b, server.pid), spent(b, storePID) })
	w.plan(w.to, "", nil, func([]byte) { cpu, storeCPU = spent(b, server.pid)-cpu, spent(b, storePID)-storeCPU })
	w.arrivals(start)
	w.run(conns)
	b.Logf("the store's disk held it up %.0f times", fact(b, rdb, "aof_delayed_fsync"))
	w.judge(b, t, cpu, storeCPU, server)
}

// worldPlan has every team full of people, day and night.
func worldPlan(b *testing.B, people int) string {
	b.Helper()
	var p strings.Builder
	p.WriteString("service: bench\nname: Bench\nzone: Europe/London\nminimum: {responding: 1, backup: 0, duty_manager: 0}\nteams:\n")
	for t := range worldTeams {
		fmt.Fprintf(&p, "  - {id: team-%d, name: Team %d}\n", t, t)
	}
	p.WriteString("lines:\n")
	for t := range worldTeams {
		fmt.Fprintf(&p, "  - {id: line-%d, name: Line %d, number: %q, team: team-%d, menu: true}\n", t, t, worldLine(t), t)
	}
	p.WriteString("responders:\n")
	for t := range worldTeams {
		for i := range people {
			fmt.Fprintf(&p, "  - {id: r-%d-%d, name: Responder %d of %d, team: team-%d, number: \"+447700900%03d\"}\n", t, i, i, t, t, t*people+i)
		}
	}
	p.WriteString("shifts:\n")
	for t := range worldTeams {
		var ids []string
		for i := range people {
			ids = append(ids, fmt.Sprintf("r-%d-%d", t, i))
		}
		fmt.Fprintf(&p, "  - {id: s-%d, team: team-%d, tier: responding, days: daily, start: \"08:00\", end: \"08:00\", people: [%s]}\n", t, t, strings.Join(ids, ", "))
	}
	p.WriteString("last_human:\n  - {name: Switchboard, number: \"+442392000999\"}\n")
	file := filepath.Join(b.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, []byte(p.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

func worldLine(team int) string { return fmt.Sprintf("+44239200%04d", team) }

// fill has 20 000 callers waiting before the service starts.
func (w *crowd) fill(b *testing.B, rdb redis.UniversalClient, environ []string) {
	b.Helper()
	cfg, err := config.Load("", environ)
	if err != nil {
		b.Fatal(err)
	}
	sealer, err := openSealer(cfg, nil)
	if err != nil {
		b.Fatal(err)
	}
	q, err := queue.New(rdb, queue.Options{Service: cfg.Service.ID, Sealer: sealer})
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				i := int(next.Add(1))
				if i > worldQueue {
					return
				}
				team := fmt.Sprintf("team-%d", i%worldTeams)
				need := call.Need{Line: fmt.Sprintf("line-%d", i%worldTeams), Team: team, Caller: call.CallerUnknown}
				at := now.Add(-time.Duration(worldQueue-i) * time.Second / worldCalls)
				_, err := q.Arrive(b.Context(), at, queue.Arrival{
					Call: call.ID(benchCall(i)), Need: need, From: call.ParseCaller(benchCaller(i)), Number: worldLine(i % worldTeams),
					ActAt: now.Add(time.Duration(i) * 5 * time.Second / worldQueue), LiveFor: now.Sub(at) + 2*time.Minute,
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	w.calls = worldQueue
	for i := range worldQueue {
		w.waiting = append(w.waiting, benchCall(i+1))
	}
}

func (w *crowd) plan(at time.Time, path string, request func() []byte, done func([]byte)) {
	w.mu.Lock()
	heap.Push(&w.ahead, timed{at, path, request, done})
	first := w.ahead[0].at.Equal(at)
	w.mu.Unlock()
	if first {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// caller plans a webhook about a caller's leg.
func (w *crowd) caller(at time.Time, path, id, status string, done func([]byte), more ...string) {
	w.plan(at, path, func() []byte {
		values := about(id, benchCaller(len(id)), status, more...)
		values.Set("To", worldLine(strings.IndexByte("0123456789abcdef", id[len(id)-1])%worldTeams))
		return signed(path, values)
	}, done)
}

// leg plans a webhook about a responder's leg.
func (w *crowd) leg(at time.Time, c carried, path, route, status string, done func([]byte), more ...string) {
	w.plan(at, route, func() []byte { return signed(path, about(c.leg, benchCaller(0), status, more...)) }, done)
}

// arrivals plans the new calls and the waiting words, evenly, to the end.
func (w *crowd) arrivals(start time.Time) {
	w.ever(start, w.rate, func(at time.Time) {
		w.mu.Lock()
		w.calls++
		id := benchCall(w.calls)
		w.mu.Unlock()
		w.caller(at, "/voice/inbound", id, "ringing", nil)
		w.caller(at.Add(400*time.Millisecond), "/voice/intake", id, "in-progress", func([]byte) {
			w.mu.Lock()
			w.waiting = append(w.waiting, id)
			w.mu.Unlock()
		})
	})
	turn := 0
	w.ever(start, w.waits, func(at time.Time) {
		w.mu.Lock()
		id := ""
		if len(w.waiting) > 0 {
			turn = (turn + 1) % len(w.waiting)
			id = w.waiting[turn]
		}
		w.mu.Unlock()
		if id == "" {
			return
		}
		w.caller(at, "/voice/wait", id, "in-progress", nil, "QueueSid", "QU00000000000000000000000000000001")
	})
}

func (w *crowd) ever(at time.Time, every time.Duration, do func(time.Time)) {
	w.plan(at, "", nil, func([]byte) {
		do(at)
		if at.Before(w.to) {
			w.ever(at.Add(every), every, do)
		}
	})
}

var roomName = regexp.MustCompile(`<Conference[^>]*>([^<]+)</Conference>`)

// heard is a request from the service: what a leg does follows from it.
func (w *crowd) heard(c carried) {
	at := c.at
	switch c.what {
	case "create":
		if at.After(w.from) && at.Before(w.to) {
			w.mu.Lock()
			w.matches++
			w.mu.Unlock()
		}
		offer := "/voice/offer/" + c.offer()
		w.leg(at.Add(20*time.Millisecond), c, offer+"/status", "offer status", "ringing", nil)
		w.leg(at.Add(100*time.Millisecond), c, offer+"/status", "offer status", "in-progress", nil)
		w.leg(at.Add(101*time.Millisecond), c, offer, "offer", "in-progress", nil)
		w.leg(at.Add(200*time.Millisecond), c, offer+"/key", "offer key", "in-progress", func(answer []byte) {
			if m := roomName.FindSubmatch(answer); m != nil {
				w.mu.Lock()
				w.rooms[string(m[1])] = c
				w.mu.Unlock()
				return
			}
			w.leg(at.Add(300*time.Millisecond), c, offer+"/status", "offer status", "completed", nil)
		}, "Digits", "1")
	case "dequeue":
		w.caller(at.Add(20*time.Millisecond), "/voice/bridge", c.leg, "in-progress", func(answer []byte) { w.talk(c.leg, answer) })
	}
}

// talk is what follows when the caller has been sent into the room.
func (w *crowd) talk(id string, answer []byte) {
	m := roomName.FindSubmatch(answer)
	if m == nil {
		return
	}
	name := string(m[1])
	w.mu.Lock()
	c, ok := w.rooms[name]
	delete(w.rooms, name)
	if i := slices.Index(w.waiting[:min(len(w.waiting), 4000)], id); i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
	}
	w.mu.Unlock()
	if !ok {
		return
	}
	now, offer := time.Now(), "/voice/offer/"+c.offer()
	join := []string{"FriendlyName", name, "StatusCallbackEvent", "participant-join", "ConferenceSid", "CF00000000000000000000000000000001"}
	w.leg(now.Add(20*time.Millisecond), c, "/voice/conference", "/voice/conference", "in-progress", nil, join...)
	w.caller(now.Add(40*time.Millisecond), "/voice/conference", id, "in-progress", nil, join...)
	over := now.Add(worldTalk)
	w.caller(over, "/voice/bridge/after", id, "completed", nil)
	w.caller(over.Add(5*time.Millisecond), "/voice/status", id, "completed", nil)
	w.leg(over.Add(10*time.Millisecond), c, offer+"/after", "offer after", "in-progress", nil)
	w.leg(over.Add(100*time.Millisecond), c, offer+"/status", "offer status", "completed", nil)
}
