package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/twilio"
)

// hotPath watches what the service does while a webhook waits for its answer:
// how often it goes to the store, and whether it goes to the carrier. Work that
// a webhook leaves to a task of its own does not count: nobody waits for it.
type hotPath struct {
	mu    sync.Mutex
	trips map[string][]int // by route: round trips to the store of each webhook
	calls []string         // requests to the carrier by a webhook itself
}

type tripsKey struct{}

var offerID = regexp.MustCompile(`/voice/offer/[^/]+`)

// door is the way into the service under watch.
func (p *hotPath) door(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := new(int)
		insideWebhook(service, w, r.WithContext(context.WithValue(r.Context(), tripsKey{}, n)))
		if r.Method != http.MethodPost {
			return
		}
		route := offerID.ReplaceAllString(r.URL.Path, "/voice/offer/{id}")
		p.mu.Lock()
		p.trips[route] = append(p.trips[route], *n)
		p.mu.Unlock()
	})
}

// insideWebhook is looked for on the stack: what has it there is waited for by
// whoever sent the webhook. A task has a stack of its own.
//
//go:noinline
func insideWebhook(service http.Handler, w http.ResponseWriter, r *http.Request) {
	service.ServeHTTP(w, r)
}

func isInsideWebhook() bool {
	var stack [128]uintptr
	frames := runtime.CallersFrames(stack[:runtime.Callers(2, stack[:])])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, ".insideWebhook") {
			return true
		}
		if !more {
			return false
		}
	}
}

// note counts one round trip, unless it is a new connection's greeting.
func (p *hotPath) note(ctx context.Context, cmds ...redis.Cmder) {
	n, ok := ctx.Value(tripsKey{}).(*int)
	greeting := slices.ContainsFunc(cmds, func(c redis.Cmder) bool { return c.Name() == "hello" || c.Name() == "client" })
	if !ok || greeting || !isInsideWebhook() {
		return
	}
	*n++
}

// DialHook, ProcessHook and ProcessPipelineHook make it a hook of go-redis.
func (p *hotPath) DialHook(next redis.DialHook) redis.DialHook { return next }

func (p *hotPath) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		p.note(ctx, cmd)
		return next(ctx, cmd)
	}
}

func (p *hotPath) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		p.note(ctx, cmds...)
		return next(ctx, cmds)
	}
}

// RoundTrip is the service's way to the carrier.
func (p *hotPath) RoundTrip(r *http.Request) (*http.Response, error) {
	if isInsideWebhook() {
		p.mu.Lock()
		p.calls = append(p.calls, r.Method+" "+r.URL.Path)
		p.mu.Unlock()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// watchHotPath puts an instance under watch in the place of the line's own.
func (l *line) watchHotPath() *hotPath {
	l.t.Helper()
	p := &hotPath{trips: map[string][]int{}}
	client := l.ownClient()
	client.AddHook(p)
	own := l.instances[0]
	i := l.join1(client)
	l.instances = []*instance{i}
	_, _ = own.door.Close(), i.door.Close()

	sealer, err := openSealer(i.cfg, i.log)
	if err != nil {
		l.t.Fatal(err)
	}
	if i.carrier, err = twilio.NewClient(twilio.ClientOptions{
		AccountSID: i.cfg.Twilio.AccountSID, AuthToken: i.cfg.Twilio.AuthToken.Reveal(), BaseURL: i.cfg.Twilio.APIBaseURL,
		HTTP: &http.Client{Transport: p},
	}); err != nil {
		l.t.Fatal(err)
	}
	if i.router, err = i.newRouter(sealer); err != nil {
		l.t.Fatal(err)
	}
	if err := i.router.Open(l.ctx); err != nil {
		l.t.Fatal(err)
	}
	door := httptest.NewServer(p.door(i.handler()))
	l.t.Cleanup(door.Close)
	i.addr = door.Listener.Addr().(*net.TCPAddr).String()
	l.provision()
	return p
}

// aNight plays every webhook of the hot path: a call that is answered, one that
// waits and presses keys, phones that are declined, silent and not picked up.
func (l *line) aNight() {
	l.t.Helper()
	c := l.dials(public)
	l.phone(amal).Rings(l.t).Answers().Hears(l.t, "press 1").Presses("2")
	r := l.takes(ben)
	c.IsBridgedTo(l.t, r)
	c.HangsUp()
	r.Hears(l.t, "That call has ended")
	l.step(5 * time.Minute)

	c = l.dials(professionals)
	l.phone(amal).Rings(l.t).Answers() // and says nothing
	l.step(time.Minute)
	c.Presses("4")
	l.step(time.Minute)
	c.Presses("9")
	l.step(time.Minute)
	c.HangsUp()
	l.step(time.Minute)

	c = l.dials(public)
	l.step(20 * time.Second)
	c.HangsUp()
	l.step(5 * time.Minute)
}

// A webhook's answer costs one round trip to the store: more of them is what a
// caller would wait for, and what a slow store would multiply.
func TestAWebhookAsksTheStoreOnce(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{})
	p := l.watchHotPath()
	l.aNight()
	p.mu.Lock()
	defer p.mu.Unlock()
	most := map[string]int{}
	for route, trips := range p.trips {
		most[route] = slices.Max(trips)
	}
	want := map[string]int{
		"/voice/inbound": 1, "/voice/intake": 1, "/voice/wait": 1, "/voice/wait/key": 1, "/voice/queued": 1, "/voice/bridge": 1,
		"/voice/bridge/after": 1, "/voice/joining": 0, "/voice/conference": 1, "/voice/status": 1,
		"/voice/offer/{id}": 1, "/voice/offer/{id}/key": 1, "/voice/offer/{id}/status": 1, // 2 on an instance that did not ring the phone
		"/voice/offer/{id}/after": 3, // which call the offer was for, how it stands, and its end
	}
	if diff := cmp.Diff(want, most); diff != "" {
		t.Errorf("most round trips of a webhook (-want +got):\n%s\nall of them: %v", diff, p.trips)
	}
}

// No webhook speaks to the carrier before it has answered: the caller would
// wait for the carrier's API, twice, in silence.
func TestNoWebhookAsksTheCarrier(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{})
	p := l.watchHotPath()
	l.aNight()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.calls) > 0 {
		t.Errorf("carrier requests inside webhooks: %v", p.calls)
	}
}
