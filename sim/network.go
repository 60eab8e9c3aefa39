package sim

import (
	"context"
	"log/slog"
	"net/http"
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
	// Transport carries the webhooks; nil is a plain one over TCP.
	Transport http.RoundTripper
	// Media says how long the recording at a URL plays; nil means 5 s for all.
	Media func(url string) time.Duration
	// OnDocument sees every TwiML document received, as it came.
	OnDocument func(body []byte)
	// OnRequest sees every REST request served, before it is acted on.
	OnRequest func(r *http.Request, body []byte)
}

// Readings chooses, where Twilio's pages do not say what happens, which of the
// readings the network plays (twilio.md 11). The zero value is the likelier one.
type Readings struct {
	// EnqueueActionTwiMLExecuted: the document that answers an Enqueue action
	// sent as "redirected" is run before the redirect takes place. Otherwise it
	// is ignored, as is documented for Dial.
	EnqueueActionTwiMLExecuted bool
	// EnqueueActionTwiMLReplaces: that document is run instead of the redirect.
	EnqueueActionTwiMLReplaces bool
	// WaitURLFailureFallsThrough: a wait document that cannot be fetched sends
	// the caller to the verb after Enqueue even if there is an action. Otherwise
	// the action is asked with QueueResult=error, and only without one does the
	// caller fall through.
	WaitURLFailureFallsThrough bool
	// WaitURLFailureIsFatal: it is an error of the call: fallback URL.
	WaitURLFailureIsFatal bool
	// FirstToAcceptWins: of several Numbers rung at once with a screening URL,
	// all that answer are screened and the first to pass wins. Otherwise the
	// first to answer wins, screened or not.
	FirstToAcceptWins bool
	// NoRingBuffer: the Timeout of a REST call is kept to the second. Otherwise
	// 5 s are added, as Dial always does.
	NoRingBuffer bool
	// StartTimeSkipsQueued: a list of calls filtered by StartTime leaves out
	// calls not yet dialled.
	StartTimeSkipsQueued bool
}

// Line is a number of the service and where its webhooks go.
type Line struct {
	Number                            string // E.164
	VoiceURL, FallbackURL, StatusURL  string
	VoiceMethod, FallbackMethod, Name string // methods default to POST
}

// Network is the whole telephone network. All its methods may be called from
// any goroutine.
type Network struct {
	// Step moves the world by d of its own time and returns when nothing moves
	// any more: clock, network and service. A test harness sets it; nil steps the
	// clock and the network only.
	Step func(d time.Duration)

	opt Options
}

// New builds a network. Close it when done.
func New(opt Options) *Network { return &Network{opt: opt} }

// Close hangs up every leg and waits until no goroutine of the network is left.
func (n *Network) Close() {}

// AccountSID is the account every call belongs to.
func (n *Network) AccountSID() string { return n.opt.AccountSID }

// Clock is the time the network lives by.
func (n *Network) Clock() *Clock { return n.opt.Clock }

// Handler serves the REST API under /2010-04-01/.
func (n *Network) Handler() http.Handler { return http.NotFoundHandler() }

// Provision gives the account a number, or changes where its webhooks go.
func (n *Network) Provision(line Line) {}

// Route says where webhooks for the origin public ("https://line.example.org")
// are really sent: actual origins in turn, as a load balancer would. Signatures
// are made over the public address. No actual removes the route.
func (n *Network) Route(public string, actual ...string) {}

// Settle returns when no leg can run and no HTTP request is under way in either
// direction, or when ctx ends.
func (n *Network) Settle(ctx context.Context) error { return ctx.Err() }

// Activity counts everything that has happened in the network. A harness that
// finds it unchanged after the service has settled too knows all is quiet.
func (n *Network) Activity() int64 { return 0 }

// Faults is where the network is told to misbehave.
func (n *Network) Faults() *Faults { return &Faults{} }

// Bridge is a time when a leg heard more than one leg of the other side.
type Bridge struct {
	At   time.Time
	Legs []string // call SIDs
}

// DoubleBridges lists the times a caller heard two responders or a responder
// two callers. It must stay empty.
func (n *Network) DoubleBridges() []Bridge { return nil }

// Spoken is an "application error" that somebody heard.
type Spoken struct {
	At       time.Time
	Leg      string // call SID
	Code     int    // Twilio's error code
	URL      string // what could not be fetched or executed
	Response string
}

// ApplicationErrors lists every "application error" spoken. It must stay empty.
func (n *Network) ApplicationErrors() []Spoken { return nil }

// Warnings lists what Twilio's debugger would show and callers do not hear:
// unknown verbs and attributes, verbs out of place, failed status callbacks.
func (n *Network) Warnings() []string { return nil }

// Ringing reports how many legs ring at a number now.
func (n *Network) Ringing(number string) int { return 0 }

// NothingElseRings fails the test when any phone rings apart from those given.
func (n *Network) NothingElseRings(t TB, but ...*Phone) { t.Helper() }
