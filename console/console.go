package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// ModeNormal is what Options.Health says when nothing is wrong. Any other mode
// is shown loudly, with its reasons.
const ModeNormal = "normal"

// Options is what a Console is made of. Service, Now, Rota, Snapshot, Events and
// Story are required.
type Options struct {
	ServiceName string // for screens
	Logo        *Logo  // of the trust, in the head of every page; nil: none
	Notice      string // said on every page, such as "nothing survives a restart"; "" for none
	Now         func() time.Time
	Zone        *time.Location // of every time shown; nil: Europe/London

	Rota     func() *rota.Rota                             // the plan in force; nil while there is none
	Snapshot func(context.Context) (queue.Snapshot, error) // the present, in one read
	// Events calls fn for each ledger entry after fromID, "$" for those to
	// come, until ctx ends or fn fails.
	Events func(ctx context.Context, fromID string, fn func(call.Event) error) error
	// Story is the ledger of one call, in order; empty for a call unknown. When it
	// came, as far as known, saves looking for it.
	Story   func(ctx context.Context, id call.ID, received time.Time) ([]call.Event, error)
	Figures func() metrics.Items                   // today's; nil: no figures
	Health  func() (mode string, reasons []string) // nil: always normal
	Timing  rota.Timing                            // the ladder's; zero: rota.DefaultTiming
	WrapUp  time.Duration                          // its length, to count down; 0: unknown, counted up
	// ReofferAfter is when the same person may be asked again for the same
	// call; 0: 60 s. Only then is a caller for whom nobody rings overlooked.
	ReofferAfter time.Duration

	Gate  *access.Gate               // who asks
	Audit *audit.Log                 // who did what
	Peer  func(*http.Request) string // the address a request came from; nil: the connection's

	Actions Actions
	Changes *Changes // how the rota is changed; nil: it is only shown
	// Facts is what is known of people besides the plan: what they worked, whether
	// their telephones are answered. nil: nothing.
	Facts   func(context.Context) rota.Facts
	Reports *Reports                      // how reports are made; nil: there are none here
	After   *After                        // what was promised after calls; nil: it is not kept here, and Calls is needed with it
	Calls   *Calls                        // past calls; nil: only those on the line have a page
	SetUp   func(context.Context) []Check // the checklist; nil: there is none
	Use     Use                           // how teams and lines are used
	Feeds   *Feeds                        // calendar addresses; nil: none are given out here
	Links   []Link                        // more entries in the menu
	Log     *slog.Logger

	MostBoards int // boards open at once; 0: 512
}

// Logo is a picture of the trust's own, svg or png.
type Logo struct {
	Body []byte
	Type string // image/svg+xml or image/png
}

// Link is an entry in the menu that leads elsewhere.
type Link struct{ Text, Href string }

// Console serves the pages. It is an http.Handler, safe for concurrent use.
type Console struct {
	o      Options
	mux    http.Handler
	pages  *pages
	assets *assets
	source *source
	hub    *hub
	made   made
	// patience is how long one page may keep the store busy, which has callers to
	// serve too.
	patience time.Duration
	wall     func() time.Time // for network deadlines; Options.Now may be a simulated clock

	api          []route  // what programs may ask for
	versionTeams sync.Map // versionID → []string: whose business a version is

	refusals seldom        // what is in the audit already: asking again and again must not fill the store
	whoEvery time.Duration // how often a stream asks who looks at it
}

// New checks the options and parses every page.
func New(o Options) (*Console, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	a, err := newAssets(static)
	if err != nil {
		return nil, err
	}
	if o.Logo != nil {
		a.add("logo", o.Logo.Body, o.Logo.Type)
	}
	p, err := newPages(a)
	if err != nil {
		return nil, err
	}
	c := &Console{o: o, assets: a, pages: p, wall: time.Now, patience: pagePatience, whoEvery: whoEvery}
	c.source = &source{read: o.Snapshot, now: o.Now}
	c.hub = newHub(hubOptions{
		Follow:  o.Events,
		Render:  c.fragments,
		Touched: c.source.forget,
		Most:    o.MostBoards,
		Log:     o.Log,
	})
	c.api = c.apiRoutes()
	c.mux = c.routes()
	return c, nil
}

// check names the first option that is missing, and fills in the rest.
func (o *Options) check() error {
	switch {
	case o.ServiceName == "":
		return errors.New("console: ServiceName is missing")
	case o.Now == nil || o.Rota == nil || o.Snapshot == nil || o.Events == nil || o.Story == nil:
		return errors.New("console: Now, Rota, Snapshot, Events and Story are all needed")
	case o.Gate == nil || o.Audit == nil:
		return errors.New("console: Gate and Audit are needed: no page is for everybody")
	case o.Changes != nil && !o.Changes.complete():
		return errors.New("console: Changes needs each of its functions")
	case o.Feeds != nil && !o.Feeds.complete():
		return errors.New("console: Feeds needs each of its functions")
	case o.After != nil && (o.Calls == nil || !o.After.complete()):
		return errors.New("console: After needs each of its functions, and Calls")
	case o.Calls != nil && !o.Calls.complete():
		return errors.New("console: Calls needs each of its functions")
	}
	if o.Zone == nil {
		zone, err := time.LoadLocation("Europe/London")
		if err != nil {
			return fmt.Errorf("console: load time zone: %w", err)
		}
		o.Zone = zone
	}
	if o.Figures == nil {
		o.Figures = func() metrics.Items { return metrics.Items{} }
	}
	if o.Health == nil {
		o.Health = func() (string, []string) { return ModeNormal, nil }
	}
	if o.Timing == (rota.Timing{}) {
		o.Timing = rota.DefaultTiming()
	}
	if o.ReofferAfter <= 0 {
		o.ReofferAfter = time.Minute
	}
	if o.Peer == nil {
		o.Peer = func(r *http.Request) string {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil {
				return r.RemoteAddr
			}
			return host
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MostBoards <= 0 {
		o.MostBoards = 512
	}
	return nil
}

// Close ends every live stream, so that a server can shut down: give it to
// http.Server.RegisterOnShutdown. Pages are served on.
func (c *Console) Close() { c.hub.close() }

// ServeHTTP implements http.Handler.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.mux.ServeHTTP(w, r) }

// guarded sets what every answer of ours carries. Nothing may be inline, come
// from elsewhere, be framed, or be kept by a shared computer.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
