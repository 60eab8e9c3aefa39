package sim

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options are what a network is built with. Only Clock is required.
type Options struct {
	Clock      *Clock
	AccountSID string  // "" gives a made-up one; AccountSID() tells
	AuthToken  string  // signs every webhook and is the REST password
	CPS        float64 // calls a second that POST Calls starts; 0 is Twilio's default of 1, below 0 is unlimited
	Seed       int64   // of every draw the network makes
	Readings   Readings
	Log        *slog.Logger // nil discards; never prints a number

	// PostDial is the time from dialling to the first ring; 0 means 500 ms,
	// below 0 none.
	PostDial time.Duration
	// Ceiling is the longest a webhook may take, by the machine's clock; 0 is
	// Twilio's 15 s.
	Ceiling time.Duration
	// Transport carries the webhooks; nil is a plain one over TCP.
	Transport http.RoundTripper
	// Media says how long the recording at a URL plays; nil means 5 s for all.
	Media func(url string) time.Duration
	// OnDocument sees every TwiML document received, as it came.
	OnDocument func(body []byte)
	// OnRequest sees every REST request served, before it is acted on.
	OnRequest func(r *http.Request, body []byte)
}

// Line is a number of the service and where its webhooks go.
type Line struct {
	Number                                    string // E.164
	VoiceURL, FallbackURL, StatusURL          string
	VoiceMethod, FallbackMethod, StatusMethod string // "" is POST
	Name                                      string
	sid                                       string
}

// Network is the whole telephone network. All its methods may be called from
// any goroutine.
type Network struct {
	// Step moves the world by d of its own time and returns when nothing moves
	// any more: clock, network and service. A test harness sets it; nil steps the
	// clock and the network only.
	Step func(d time.Duration)

	opt    Options
	log    *slog.Logger
	client *http.Client
	own    *http.Transport // nil when the transport was handed in
	faults *Faults
	ctx    context.Context //nolint:containedctx // the network's own life; ends webhooks when it is closed
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu          sync.Mutex // guards all below and everything of legs, queues and conferences
	quiet       *sync.Cond // broadcast whenever busy becomes nought
	busy        int        // goroutines of ours that can run, and HTTP requests under way
	activity    int64
	closed      bool
	rng         *rand.Rand
	lines       map[string]*Line
	routes      map[string]*route
	phones      map[string]*Phone
	legs        map[string]*leg
	order       []*leg
	queues      []*queue
	conferences []*conference
	nextSlot    time.Time // when the next call of POST Calls may start
	doubles     []Bridge
	clashes     []Bridge
	spoken      []Spoken
	warnings    []string
	watchers    map[chan struct{}]bool
}

// New builds a network. Close it when done.
func New(opt Options) *Network {
	if opt.Clock == nil {
		opt.Clock = NewReal()
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.CPS == 0 {
		opt.CPS = 1
	}
	if opt.PostDial == 0 {
		opt.PostDial = 500 * time.Millisecond
	}
	if opt.Ceiling == 0 {
		opt.Ceiling = 15 * time.Second
	}
	n := &Network{
		opt: opt, log: opt.Log,
		rng:   rand.New(rand.NewPCG(uint64(opt.Seed), 0x63726973)), //nolint:gosec // a story that can be told again
		lines: map[string]*Line{}, routes: map[string]*route{}, phones: map[string]*Phone{}, legs: map[string]*leg{},
		watchers: map[chan struct{}]bool{},
	}
	n.quiet = sync.NewCond(&n.mu)
	n.ctx, n.cancel = context.WithCancel(context.Background()) //nolint:forbidigo // the network has a life of its own, until Close
	if opt.Transport == nil {
		n.own = &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 128, DisableCompression: true}
		opt.Transport = n.own
	}
	n.client = &http.Client{Transport: opt.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if n.opt.AccountSID == "" {
		n.opt.AccountSID = n.newSID("AC")
	}
	n.faults = &Faults{n: n, down: map[string]bool{}}
	if opt.Clock.Manual() {
		opt.Clock.Between(func() { _ = n.Settle(n.ctx) })
	}
	return n
}

// Close hangs up every leg without telling the service, and waits until no
// goroutine of the network is left.
func (n *Network) Close() {
	n.mu.Lock()
	n.closed = true
	n.cancel()
	for _, l := range n.order {
		l.over = true
		n.wake(&l.sleeper)
	}
	n.mu.Unlock()
	n.done.Wait()
	if n.own != nil {
		n.own.CloseIdleConnections()
	}
}

// AccountSID is the account every call belongs to.
func (n *Network) AccountSID() string { return n.opt.AccountSID }

// Clock is the time the network lives by.
func (n *Network) Clock() *Clock { return n.opt.Clock }

// Faults is where the network is told to misbehave.
func (n *Network) Faults() *Faults { return n.faults }

// Provision gives the account a number, or changes where its webhooks go.
func (n *Network) Provision(line Line) {
	n.mu.Lock()
	defer n.mu.Unlock()
	line.sid = n.newSID("PN")
	if old := n.lines[line.Number]; old != nil {
		line.sid = old.sid
	}
	for _, method := range []*string{&line.VoiceMethod, &line.FallbackMethod, &line.StatusMethod} {
		if *method == "" {
			*method = http.MethodPost
		}
	}
	n.lines[line.Number] = &line
}

// route is where webhooks for a public origin really go.
type route struct {
	actual []*url.URL
	next   int
}

// Route says where webhooks for the origin public ("https://line.example.org")
// are really sent: actual origins in turn, as a load balancer would. Signatures
// are made over the public address. No actual removes the route.
func (n *Network) Route(public string, actual ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	public = strings.TrimRight(public, "/")
	if len(actual) == 0 {
		delete(n.routes, public)
		return
	}
	r := &route{}
	for _, a := range actual {
		u, err := url.Parse(strings.TrimRight(a, "/"))
		if err != nil || u.Host == "" {
			panic(fmt.Sprintf("sim: route to %q: not an origin", a))
		}
		r.actual = append(r.actual, u)
	}
	n.routes[public] = r
}

// newSID makes a name as Twilio does: two letters and 32 hex digits.
func (n *Network) newSID(prefix string) string {
	return fmt.Sprintf("%s%016x%016x", prefix, n.rng.Uint64(), n.rng.Uint64())
}

func (n *Network) now() time.Time { return n.opt.Clock.Now() }

// maxWarnings is how many warnings are kept, the first ones.
const maxWarnings = 10_000

func (n *Network) warnLocked(format string, args ...any) {
	if len(n.warnings) >= maxWarnings {
		return
	}
	n.warnings = append(n.warnings, fmt.Sprintf(format, args...))
}
