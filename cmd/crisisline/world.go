package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/config"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
)

// world is the service and the telephone network in a box, on one clock. On a
// manual clock it moves only when stepped, so that a night passes in seconds
// and the same seed gives the same night; on the real clock it is the demo.
type world struct {
	clock     *sim.Clock
	network   *sim.Network
	api       *http.Server // the network's REST API
	apiURL    string
	instances []*instance
	// now is what the instances take for the time.
	now func() time.Time
	// idle is the longest a manual world goes without a tick.
	idle time.Duration
}

// instance is one process's worth of service inside a world.
type instance struct {
	*service
	door *http.Server
	addr string // host:port the network reaches it by
	stop context.CancelFunc
}

// publicURL is what the network is told. It is https, as in life: signatures
// are checked against it although the webhooks arrive on loopback in clear.
const publicURL = "https://line.example.org"

// worldToken signs every webhook of a world. It protects nothing: the network
// is in this process, on loopback.
var worldToken = rand.Text()

// newWorld starts the network; instances are added to it.
func newWorld(options sim.Options) (*world, error) {
	options.AuthToken = worldToken
	options.Media = func(url string) time.Duration {
		if strings.HasSuffix(url, "/voice/hold.wav") {
			return 28 * time.Second
		}
		return 5 * time.Second
	}
	w := &world{clock: options.Clock, now: options.Clock.Now, network: sim.New(options), idle: time.Second}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.apiURL = "http://" + l.Addr().String()
	w.api = newServer(w.network.Handler())
	go func() { _ = w.api.Serve(l) }()
	w.network.Step = w.step
	return w, nil
}

// join adds one instance of the service, on a store of its own or a shared one.
func (w *world) join(ctx context.Context, cfg *config.Config, st *store, log *slog.Logger) (*instance, error) {
	cfg.HTTP.PublicURL = publicURL
	cfg.Twilio.AccountSID = w.network.AccountSID()
	cfg.Twilio.AuthToken = config.NewSecret(worldToken)
	cfg.Twilio.APIBaseURL = w.apiURL
	s, err := newService(ctx, cfg, st, log, w.now)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i := &instance{service: s, addr: l.Addr().String(), stop: func() {}}
	i.door = newServer(s.handler())
	go func() { _ = i.door.Serve(l) }()
	w.instances = append(w.instances, i)
	w.provision()
	if err := errors.Join(s.queue.Load(ctx), s.router.Open(ctx)); err != nil {
		log.Warn("open", "err", err) // a service starts without its store, too
	}
	return i, nil
}

// provision tells the network where webhooks go, and which numbers the plan has.
func (w *world) provision() {
	var actual []string
	for _, i := range w.instances {
		actual = append(actual, "http://"+i.addr)
	}
	w.network.Route(publicURL, actual...)
	plan := w.instances[0].book.Current()
	if plan == nil {
		return
	}
	for _, line := range plan.Plan().Lines {
		for _, number := range line.Numbers {
			w.network.Provision(sim.Line{
				Number: number.E164(), Name: line.ID,
				VoiceURL: publicURL + "/voice/inbound", FallbackURL: publicURL + "/voice/fallback", StatusURL: publicURL + "/voice/status",
			})
		}
	}
}

// close ends the world: network first, so that nothing calls what has gone.
func (w *world) close() {
	w.network.Close()
	_ = w.api.Close()
	for _, i := range w.instances {
		i.stop()
		_ = i.door.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_ = i.router.Settle(ctx)
		cancel()
		i.router.Close()
	}
}

// step moves a manual world by d: from event to event, of the network or of the
// service, and after each until nothing moves any more.
func (w *world) step(d time.Duration) {
	end := w.clock.Now().Add(d)
	for {
		w.settle()
		now := w.clock.Now()
		next := w.next(now, end)
		w.clock.AdvanceTo(next)
		w.settle()
		w.tick(w.now())
		w.settle()
		if !next.Before(end) {
			return
		}
	}
}

// next is when something happens: the network's next event, the service's next
// deadline, or the end of patience with neither.
func (w *world) next(now, end time.Time) time.Time {
	next := end
	if at, ok := w.clock.Next(); ok && at.Before(next) {
		next = at
	}
	for _, i := range w.instances {
		at, ok := i.router.NextDue(context.Background())
		if at = at.Add(now.Sub(w.now())); ok && at.Before(next) { // their clock may be set otherwise
			next = at
		}
	}
	if at := now.Add(w.idle); at.Before(next) {
		next = at
	}
	if next.Before(now) {
		return now
	}
	return next
}

func (w *world) tick(now time.Time) {
	for _, i := range w.instances {
		if err := i.router.Tick(context.Background(), now); err != nil {
			i.log.Warn("tick", "err", err)
		}
	}
}

// settle returns when neither network nor service has anything under way.
func (w *world) settle() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		before := w.activity()
		_ = w.network.Settle(ctx)
		for _, i := range w.instances {
			_ = i.router.Settle(ctx)
		}
		_ = w.network.Settle(ctx)
		if w.activity() == before {
			return
		}
	}
}

func (w *world) activity() (n int64) {
	n = w.network.Activity()
	for _, i := range w.instances {
		n += i.router.Activity()
	}
	return n
}

// responders are the telephones of everyone in a plan, the last humans included.
func responders(plan *rota.Rota) (numbers []string) {
	for _, who := range plan.Plan().Responders {
		numbers = append(numbers, who.Number.E164())
	}
	for _, who := range plan.LastHumans() {
		numbers = append(numbers, who.Number.E164())
	}
	return numbers
}

// crowdLines are the lines callers ring, in the shares of a usual day: mostly
// the public one, some professionals, a few who kept an old card.
func crowdLines(plan *rota.Rota) (lines []sim.CrowdLine) {
	for _, line := range plan.Plan().Lines {
		l := sim.CrowdLine{Number: line.Numbers[0].E164(), Share: 1}
		switch {
		case line.Retired != nil:
			l.Share = 0.03
		case !line.Menu:
			l.Share, l.Professional = 0.12, true
		}
		lines = append(lines, l)
	}
	return lines
}
