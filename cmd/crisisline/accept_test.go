package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
	"example.org/crisisline/twilio/conformance"
)

// The acceptance tests are phone scripts: they ring the whole service, webhooks,
// store and carrier requests included, through the telephone network in a box.
// Nothing in them sleeps: the world moves when a script waits for something.

// The numbers of testdata/plan.yaml.
const (
	public        = "+442392000000"
	professionals = "+442392000001"
	oldSolent     = "+442392000002"
	amal          = "+447700900101"
	ben           = "+447700900102"
	cara          = "+447700900103"
	dev           = "+447700900104"
	eve           = "+447700900105"
	switchboard   = "+442392000009"
	caller        = "+447700900500"
	otherCaller   = "+447700900501"
)

// monday noon, in winter: no clock changes nearby.
var monday = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// line is one service under test and the world around it.
type line struct {
	*world
	t   *testing.T
	st  *store
	cfg *config.Config
	log *lockedBuffer
	ctx context.Context
	// reads is a way to the store that is no instance's, and outlives them.
	reads *queue.Store
}

// setup changes a test's world before it begins.
type setup struct {
	memory   bool // the store in this process, instead of a redis-server
	at       time.Time
	plan     string // testdata file
	network  func(*sim.Options)
	settings func(*config.Config)
	clock    func(*sim.Clock) func() time.Time // the service's, when it is not the network's
	two      bool                              // a second instance on the same store
	asItIs   bool                              // do not check at the end that every promise was kept

	warned    bool // the network is expected to warn: it is being kept from us
	elsewhere bool // the store is where settings say, not of our own
}

// onBothStores runs a phone script on a real redis-server and on the store in
// memory: what a trial does is what the service does. It is for the promises
// and the faults. Other scripts are of what the service decides, and run once,
// onRedis: package queue's tests run every rule on every kind of store.
func onBothStores(t *testing.T, s setup, script func(t *testing.T, l *line)) {
	t.Helper()
	for name, memory := range map[string]bool{"redis-server": false, "memory": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := s
			s.memory = memory
			script(t, newLine(t, s))
		})
	}
}

// onRedis runs a phone script on a real redis-server.
func onRedis(t *testing.T, s setup, script func(t *testing.T, l *line)) {
	t.Helper()
	script(t, newLine(t, s))
}

func newLine(t *testing.T, s setup) *line {
	t.Helper()
	if s.at.IsZero() {
		s.at = monday
	}
	if s.plan == "" {
		s.plan = "plan.yaml"
	}
	l := &line{t: t, log: &lockedBuffer{}, ctx: t.Context()}
	l.cfg = testConfig(t, s)
	log := slog.New(slog.NewJSONHandler(l.log, nil))
	l.st = testStore(t, l.cfg, s.memory, s.elsewhere, log)
	options := sim.Options{
		Clock: sim.NewManual(s.at), CPS: -1, Seed: 1, OnDocument: mustConform(t), OnRequest: mustBeTwilios(t),
	}
	if s.network != nil {
		s.network(&options)
	}
	w, err := newWorld(options)
	if err != nil {
		t.Fatal(err)
	}
	l.world = w
	if s.clock != nil {
		w.now = s.clock(options.Clock)
	}
	w.idle = 10 * time.Second // what is due is ticked when it is due
	t.Cleanup(w.close)
	sealer, err := openSealer(l.cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	if l.reads, err = queue.New(l.st.UniversalClient, queue.Options{
		Service: l.cfg.Service.ID, PlanVersionKey: rota.VersionKey(l.cfg.Service.ID), RedialWindow: time.Minute, Sealer: sealer,
	}); err != nil {
		t.Fatal(err)
	}
	n := 1
	if s.two {
		n = 2
	}
	for range n {
		cfg := *l.cfg
		if _, err := w.join(l.ctx, &cfg, l.st, log); err != nil {
			t.Fatal(err)
		}
	}
	if !s.asItIs {
		t.Cleanup(func() { l.keptEveryPromise(s.warned) })
	}
	return l
}

func testConfig(t *testing.T, s setup) *config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Service.ID, cfg.Service.DataDir = "testing", t.TempDir()
	cfg.Privacy.Key = config.NewSecret(strings.Repeat("test-key", 6))
	cfg.Twilio.CallsPerSecond = 1000
	cfg.Routing.StoreBudget = 2 * time.Second // a busy test machine is not an outage
	cfg.Redis.DialTimeout, cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 2*time.Second, 2*time.Second, 2*time.Second
	cfg.Plan.File = filepath.Join("testdata", s.plan)
	if s.settings != nil {
		s.settings(cfg)
	}
	return cfg
}

func testStore(t *testing.T, cfg *config.Config, memory, elsewhere bool, log *slog.Logger) *store {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	var st *store
	var err error
	if memory {
		st, err = openMemory(cfg.Redis)
	} else {
		st, err = openStore(ctx, cfg, log)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !memory && !elsewhere && st.Kind != storeEmbedded {
		t.Fatalf("these tests need redis-server on the PATH; 'make test' installs it")
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// keptEveryPromise is checked after every script: whatever the script was
// about, nobody heard an error, nobody was joined to two, the figures add up,
// and no number is in the log.
func (l *line) keptEveryPromise(warned bool) {
	l.t.Helper()
	if spoken := l.network.ApplicationErrors(); len(spoken) > 0 {
		l.t.Errorf("application errors were heard: %v", spoken)
	}
	if double := l.network.DoubleBridges(); len(double) > 0 {
		l.t.Errorf("double bridges: %v", double)
	}
	if clashes := l.network.Clashes(); len(clashes) > 0 && !warned {
		l.t.Errorf("telephones that were up or rang were rung: %+v", clashes)
	}
	if warnings := l.network.Warnings(); len(warnings) > 0 && !warned {
		l.t.Errorf("the network warns: %v", warnings)
	}
	if err := l.figures().Check(); err != nil {
		l.t.Errorf("figures: %v", err)
	}
	l.noNumbersIn("the log", l.log.String())
	if l.t.Failed() {
		l.t.Logf("the service's log:\n%s", l.log.String())
	}
}

// drama is any number of the ranges that tests and crowds ring from and to,
// however it is written: with +44, with 0, or bare.
var drama = regexp.MustCompile(`(77009009?|1632960|3069990|20794600|808157|23920000)[0-9]{2,}`)

func (l *line) noNumbersIn(what, text string) {
	l.t.Helper()
	if found := drama.FindString(text); found != "" {
		l.t.Errorf("%s holds a telephone number", what)
	}
}

// figures folds the whole ledger.
func (l *line) figures() *metrics.Figures {
	l.t.Helper()
	var f metrics.Figures
	for _, e := range l.ledger() {
		f.Add(e)
	}
	return &f
}

func (l *line) ledger() (events []call.Event) {
	l.t.Helper()
	err := l.reads.Range(context.Background(), monday.Add(-400*24*time.Hour), l.clock.Now().Add(time.Hour), func(e call.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		l.t.Fatalf("read the ledger: %v", err)
	}
	return events
}

// outcome is how a call ended by the ledger, which must say so exactly once.
func (l *line) outcome(k *sim.Talk) call.Outcome {
	l.t.Helper()
	var outcomes []call.Outcome
	for _, e := range l.ledger() {
		if e.Kind == call.KindFinished && e.Call == call.ID(k.SID()) {
			outcomes = append(outcomes, e.Outcome)
		}
	}
	if len(outcomes) != 1 {
		l.t.Fatalf("the call has %d outcomes: %v", len(outcomes), outcomes)
	}
	return outcomes[0]
}

func (l *line) phone(number string) *sim.Phone { return l.network.Phone(number) }

// dials rings a line from the usual caller's phone.
func (l *line) dials(number string) *sim.Talk { return l.phone(caller).Dials(l.t, number) }

// takes has a phone that rings answered and its call accepted.
func (l *line) takes(number string) *sim.Talk {
	l.t.Helper()
	k := l.phone(number).Rings(l.t).Answers()
	return k.Hears(l.t, "press 1").Presses("1")
}

// presence is what the store says a responder is doing.
func (l *line) presence(responder string) call.Presence {
	l.t.Helper()
	present, err := l.reads.Snapshot(context.Background(), l.clock.Now(), 100)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, p := range present.Presences {
		if p.Responder == responder {
			return p.Presence
		}
	}
	return call.PresenceFree
}

// rests puts somebody on a break; isBack ends it.
func (l *line) rests(responder string) {
	l.t.Helper()
	l.did(queue.WhySet)(l.instances[0].router.Pause(l.ctx, queue.Standing{
		Responder: responder, To: call.PresenceBreak, Why: call.PauseRest, By: call.By(responder),
	}))
}

func (l *line) isBack(responder string) {
	l.t.Helper()
	l.did(queue.WhySet)(l.instances[0].router.Back(l.ctx, responder, call.By(responder)))
}

// did holds what came of a press to what must have: done, and why. refused the same,
// nothing having changed.
func (l *line) did(want queue.Why) func(queue.Did, error) {
	return func(got queue.Did, err error) {
		l.t.Helper()
		if diff := cmp.Diff(queue.Did{Done: true, Why: want}, got); err != nil || diff != "" {
			l.t.Fatalf("pressed: %v %s", err, diff)
		}
	}
}

func (l *line) refused(want queue.Why) func(queue.Did, error) {
	return func(got queue.Did, err error) {
		l.t.Helper()
		if diff := cmp.Diff(queue.Did{Why: want}, got); err != nil || diff != "" {
			l.t.Fatalf("pressed: %v %s", err, diff)
		}
	}
}

// live is how many callers the store believes to be on the line.
func (l *line) live() int {
	l.t.Helper()
	present, err := l.reads.Snapshot(context.Background(), l.clock.Now(), 100)
	if err != nil {
		l.t.Fatal(err)
	}
	return present.Live
}

// lockedBuffer collects a log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// mustConform holds every document of a test to Twilio's grammar.
func mustConform(t *testing.T) func([]byte) {
	return func(body []byte) {
		if err := conformance.Document(body); err != nil {
			t.Errorf("document does not conform: %v\n%s", err, body)
		}
	}
}

// mustBeTwilios holds every carrier request of a test to Twilio's own OpenAPI.
func mustBeTwilios(t *testing.T) func(*http.Request, []byte) {
	spec, err := conformance.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	return func(r *http.Request, body []byte) {
		if err := spec.CheckRequest(r, body); err != nil {
			t.Errorf("request does not conform: %v", err)
		}
	}
}

// edit changes the plan's text on one instance and publishes it.
func (l *line) edit(instance int, from, to string) {
	l.t.Helper()
	book := l.instances[instance].book
	text, err := book.Current().Plan().YAML()
	if err != nil {
		l.t.Fatal(err)
	}
	changed := strings.Replace(string(text), from, to, 1)
	if changed == string(text) {
		l.t.Fatalf("the plan does not say %q", from)
	}
	plan, err := rota.Parse("edit", []byte(changed))
	if err != nil {
		l.t.Fatal(err)
	}
	_, err = book.Publish(l.ctx, l.clock.Now(), rota.Change{Who: "test", Why: "edit", Plan: plan, Expect: book.Current().Version()})
	if err != nil {
		l.t.Fatal(err)
	}
}

// metricsPage is what a scrape of the first instance reads.
func (l *line) metricsPage() string {
	l.t.Helper()
	w := httptest.NewRecorder()
	l.instances[0].handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}
