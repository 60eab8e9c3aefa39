package router

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
	"example.org/crisisline/twilio"
)

// Timing is every delay a duty manager may set; config.example.yaml explains
// each. All are positive unless said otherwise.
type Timing struct {
	EarlyOffer       bool          // ring during the greeting
	RingFor          time.Duration // one phone
	SecondPhoneAfter time.Duration // another phone beside it, and another after each further span
	MostPhones       int           // at once, for one call
	Ladder           rota.Timing   // when neighbours, backup, duty manager and last human join
	ReofferAfter     time.Duration // before the same person is asked again for the same call
	WrapUp           time.Duration
	WrapUpLeast      time.Duration // wrap-up that is never cut short
	MissesBeforeAway int           // 0: never set aside
	AwayFor          time.Duration
	RecoverFor       time.Duration // a break after a hard call
	RedialBoost      time.Duration
	DangerBoost      time.Duration
	Professional     time.Duration // boost of professionals' calls
	ComfortEvery     time.Duration // between waiting words, 30–45 s
	LongWait         time.Duration // after it, the honest words
	ReconnectPause   time.Duration // after a drop, before a phone rings
	CallsPerSecond   float64       // the account's limit
	CarrierBudget    time.Duration // what one request to the carrier may take
	LongestCall      time.Duration // what the account lets a call last; 4 h and less: nothing is said of it
	StoreBudget      time.Duration // what a webhook gives the store before it degrades
	KeepEnded        time.Duration // ended calls stay readable
}

// Options is what a Router is made of. All are required but Log and Journal.
type Options struct {
	PublicURL  string   // what the carrier was told, without a trailing slash
	Tokens     []string // signature tokens: the present one, and the next while rotating
	AccountSID string
	QueueName  string // the one waiting queue of this service
	QueueSize  int    // 1 to 5000
	Edges      []string
	Book       *rota.Book
	Store      *queue.Store
	Carrier    *twilio.Client
	Metrics    *metrics.Recorder
	Sealer     *call.Sealer
	Prompts    map[string]*Words
	Language   string // of the words, when a line names none
	Timing     Timing
	Now        func() time.Time
	Log        *slog.Logger
	Random     func() string              // an unguessable id of letters and digits
	Peer       func(*http.Request) string // who sent a request, for the log of refused ones; nil: not logged
	Journal    string                     // folder for calls handled while the store is gone; "" keeps them in memory
}

// Router answers webhooks and rings phones for one service. It is safe for
// concurrent use; several instances may share one store.
type Router struct {
	o              Options
	base           string // PublicURL
	path           string // its path prefix, "" or "/…"
	validator      *twilio.Validator
	docs           *documents
	queueSID       atomic.Pointer[string]
	store          *gate
	journal        *journal
	work           tasks
	ticked         atomic.Int64 // ms of the last tick; 0 before the first
	lastTick       atomic.Int64 // ms; shift changes since then free people
	seen           atomic.Int64 // plan version whose change has been acted on
	watched        atomic.Int64 // ms of the last watchdog pass
	refreshed      atomic.Int64 // ms of the last look for a new plan
	live           atomic.Int64 // callers on the line, when the watchdog last looked
	askedElsewhere atomic.Int64 // ms of the last question about calls in the journal
	draining       atomic.Bool
	posts          sync.Map // call.OfferID → post, of offers this instance made
	carrier        carrierHealth
}

// New checks the options and prepares every document that does not change.
func New(o Options) (*Router, error) {
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("http.public_url: must be the address the carrier reaches us by, such as https://line.example.org")
	}
	words, ok := o.Prompts[o.Language]
	if !ok {
		return nil, fmt.Errorf("prompts.language: there is no prompts file for %q", o.Language)
	}
	if o.Peer == nil {
		o.Peer = func(*http.Request) string { return "" }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	v, err := twilio.NewValidator(o.PublicURL, o.Tokens...)
	if err != nil {
		return nil, err
	}
	r := &Router{
		o:         o,
		base:      strings.TrimRight(o.PublicURL, "/"),
		path:      strings.TrimRight(u.EscapedPath(), "/"),
		validator: v,
		store:     newGate(o.Timing.StoreBudget, o.Metrics),
	}
	r.journal = newJournal(o.Journal)
	r.docs = newDocuments(r, words)
	r.lastTick.Store(call.Millis(o.Now()))
	r.work.init()
	return r, nil
}

// Open makes sure that the carrier has the waiting queue. Calls flow without
// it: the first wait document tells its id.
func (r *Router) Open(ctx context.Context) error {
	sid, err := r.o.Carrier.EnsureQueue(ctx, r.o.QueueName, r.o.QueueSize)
	if err != nil {
		return fmt.Errorf("make the waiting queue: %w", err)
	}
	r.queueSID.Store(&sid)
	return nil
}

// Drain stops taking part in the sweep and says so at /readyz, so that a load
// balancer sends new calls elsewhere; what has begun is finished.
func (r *Router) Drain() { r.draining.Store(true) }

// Settle returns when no task of the router is running, or with ctx's error.
func (r *Router) Settle(ctx context.Context) error { return r.work.settle(ctx) }

// Close lets go of the journal on disk, for whoever comes next. What is in it stays.
func (r *Router) Close() { r.journal.close() }

// Activity counts tasks begun, so that a caller can tell whether anything has
// happened between two looks.
func (r *Router) Activity() int64 { return r.work.begun.Load() }

// words are the prompts in the service's language; a call's own are in its
// documents.
func (r *Router) words() *Words { return r.o.Prompts[r.o.Language] }

// later runs f after the webhook has been answered, with a budget of its own:
// the work must outlive the request.
func (r *Router) later(ctx context.Context, what string, f func(context.Context) error) {
	r.work.begin()
	go func() {
		defer r.work.end()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), taskBudget)
		defer cancel()
		defer r.recoverTask(what)
		if err := f(ctx); err != nil && !errors.Is(err, context.Canceled) {
			r.o.Log.Error("task", "what", what, "err", err)
		}
	}()
}

// taskBudget bounds anything done after a webhook: one carrier request with
// its retry, and the store either side of it.
const taskBudget = 15 * time.Second

func (r *Router) recoverTask(what string) {
	if p := recover(); p != nil {
		r.o.Metrics.Panic()
		r.o.Log.Error("panic in task", "what", what, "panic", fmt.Sprint(p))
	}
}

// tasks counts what runs, and lets one wait for none.
type tasks struct {
	mu      sync.Mutex
	idle    *sync.Cond
	running int
	begun   atomic.Int64
}

func (t *tasks) init() { t.idle = sync.NewCond(&t.mu) }

func (t *tasks) begin() {
	t.mu.Lock()
	t.running++
	t.mu.Unlock()
	t.begun.Add(1)
}

func (t *tasks) end() {
	t.mu.Lock()
	if t.running--; t.running == 0 {
		t.idle.Broadcast()
	}
	t.mu.Unlock()
}

func (t *tasks) settle(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		t.mu.Lock()
		t.idle.Broadcast()
		t.mu.Unlock()
	})
	defer stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.running > 0 && ctx.Err() == nil {
		t.idle.Wait()
	}
	return ctx.Err()
}
