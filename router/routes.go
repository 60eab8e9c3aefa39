package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.org/crisisline/metrics"
	"example.org/crisisline/twilio"
)

// hook is one webhook: what came in and what goes out.
type hook struct {
	route    *route
	now      time.Time
	id       string // {id} of the path
	tries    int    // ?n= of the path, for documents that come back to themselves
	room     string // ?c= of the path, the room that has closed
	form     twilio.Form
	req      twilio.Request
	body     []byte
	out      []byte // the document
	status   int
	rawQuery string
}

// route is one URL: what it does, and what is said on it when that fails.
type route struct {
	path     string
	handle   func(*Router, context.Context, *hook) error
	degraded func(*Router, context.Context, *hook, error)
	seen     *metrics.Route
}

// routes is every URL of the carrier, in the order of a call's life.
func routes() []*route {
	return []*route{
		{path: "/voice/inbound", handle: (*Router).inbound, degraded: (*Router).fallBack},
		{path: "/voice/intake", handle: (*Router).intake, degraded: (*Router).fallBack},
		{path: "/voice/wait", handle: (*Router).wait, degraded: (*Router).leaveQueue},
		{path: "/voice/wait/key", handle: (*Router).waitKey, degraded: (*Router).leaveQueue},
		{path: "/voice/queued", handle: (*Router).queued, degraded: (*Router).fallBack},
		{path: "/voice/back", handle: (*Router).back, degraded: (*Router).fallBack},
		{path: "/voice/bridge", handle: (*Router).bridge, degraded: (*Router).fallBack},
		{path: "/voice/bridge/after", handle: (*Router).bridgeAfter, degraded: (*Router).fallBack},
		{path: "/voice/joining", handle: (*Router).joining, degraded: (*Router).silence},
		{path: "/voice/offer/{id}", handle: (*Router).offer, degraded: (*Router).offerDegraded},
		{path: "/voice/offer/{id}/key", handle: (*Router).offerKey, degraded: (*Router).offerKeyDegraded},
		{path: "/voice/offer/{id}/after", handle: (*Router).offerAfter, degraded: (*Router).hangUp},
		{path: "/voice/offer/{id}/ready", handle: (*Router).offerReady, degraded: (*Router).hangUp},
		{path: "/voice/offer/{id}/outcome", handle: (*Router).offerOutcome, degraded: (*Router).hangUp},
		{path: "/voice/offer/{id}/gone", handle: (*Router).offerGone, degraded: (*Router).hangUp},
		{path: "/voice/offer/{id}/lost", handle: (*Router).offerLost, degraded: (*Router).offerDegraded},
		{path: "/voice/offer/{id}/status", handle: (*Router).offerStatus, degraded: (*Router).notTaken},
		{path: "/voice/conference", handle: (*Router).conference, degraded: (*Router).notTaken},
		{path: "/voice/status", handle: (*Router).callerStatus, degraded: (*Router).statusDegraded},
		{path: "/voice/fallback", handle: (*Router).fallbackStart, degraded: (*Router).fallBack},
		{path: "/voice/fallback/next", handle: (*Router).fallbackNext, degraded: (*Router).fallBack},
		{path: "/voice/fallback/screen", handle: (*Router).fallbackScreen, degraded: (*Router).hangUp},
		{path: "/voice/fallback/key", handle: (*Router).fallbackKey, degraded: (*Router).hangUp},
	}
}

// RoutePaths lists the webhook routes, for the metrics' closed set.
func RoutePaths() (paths []string) {
	for _, rt := range routes() {
		paths = append(paths, rt.path)
	}
	return paths
}

// Handler answers every URL the carrier is given.
func (r *Router) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		rt.seen = r.o.Metrics.Route(rt.path)
		mux.Handle(r.path+rt.path, r.serve(rt))
	}
	mux.HandleFunc("GET "+r.path+"/voice/hold.wav", r.holdSound)
	return mux
}

// bodyMost is far beyond any real webhook (about 1.5 kB).
const bodyMost = 64 << 10

// hookBudget bounds a webhook whatever it waits for; the carrier gives up at 15 s.
const hookBudget = 5 * time.Second

var hooks = sync.Pool{New: func() any { return &hook{body: make([]byte, 0, 4<<10), out: make([]byte, 0, 4<<10)} }}

// serve is the one way in: verify, parse, handle, answer. It never answers an
// error to a signed request on a voice route.
func (r *Router) serve(rt *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		started := time.Now() //nolint:forbidigo // measures our own time, decides nothing
		h, _ := hooks.Get().(*hook)
		h.reset(rt, r.o.Now(), req)
		refused := r.admit(h, req)
		if refused == "" {
			r.answer(req.Context(), h)
		} else {
			r.o.Metrics.WebhookRejected(refused)
		}
		if h.status == http.StatusOK {
			w.Header()["Content-Type"] = xmlType
		}
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(h.out))}
		w.WriteHeader(h.status)
		_, _ = w.Write(h.out)
		rt.seen.Observe(h.status, time.Since(started)) //nolint:forbidigo // as above
		hooks.Put(h)
	})
}

var xmlType = []string{twilio.ContentType}

func (h *hook) reset(rt *route, now time.Time, req *http.Request) {
	h.route, h.now, h.id, h.tries, h.room = rt, now, req.PathValue("id"), 0, ""
	h.rawQuery = req.URL.RawQuery
	h.body, h.out, h.status = h.body[:0], h.out[:0], http.StatusOK
	h.form.Reset()
}

// admit reads and verifies the request; it returns the reason for a refusal.
// Nothing of an unverified request is stored or logged but the names of its
// parameters, which help to see why a signature does not fit.
func (r *Router) admit(h *hook, req *http.Request) string {
	refuse := func(status int, why string) string {
		h.status = status
		return why
	}
	if req.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, metrics.RejectedMethod)
	}
	var err error
	if h.body, err = readBody(h.body, req.Body, bodyMost); err != nil {
		return refuse(http.StatusRequestEntityTooLarge, metrics.RejectedTooLarge)
	}
	if err := h.form.Parse(h.body); err != nil {
		return refuse(http.StatusBadRequest, metrics.RejectedMalformed)
	}
	if !r.validator.Valid(requestURI(req, r.path), &h.form, nil, req.Header.Get("X-Twilio-Signature")) {
		r.o.Log.Warn("signature does not fit", "route", h.route.path, "peer", r.o.Peer(req), "parameters", h.form.Names())
		return refuse(http.StatusForbidden, metrics.RejectedSignature)
	}
	h.req = h.form.Request()
	if r.o.AccountSID != "" && h.req.AccountSID != "" && h.req.AccountSID != r.o.AccountSID {
		return refuse(http.StatusForbidden, metrics.RejectedAccount)
	}
	if h.rawQuery != "" {
		query := req.URL.Query()
		h.tries, _ = strconv.Atoi(query.Get("n"))
		h.room = query.Get("c")
	}
	return ""
}

// requestURI is the part of the URL after the public address's path prefix,
// which NewValidator already knows.
func requestURI(req *http.Request, prefix string) string {
	uri := req.URL.RequestURI()
	if len(prefix) > 0 && len(uri) >= len(prefix) {
		return uri[len(prefix):]
	}
	return uri
}

// readBody reads at most limit bytes into buf.
func readBody(buf []byte, body io.Reader, limit int) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if len(buf) > limit {
			return buf, errors.New("body too large")
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// answer runs the handler; whatever goes wrong, a panic included, the route's
// degraded answer is given instead.
func (r *Router) answer(ctx context.Context, h *hook) {
	ctx, cancel := context.WithTimeout(ctx, hookBudget)
	defer cancel()
	err := r.guarded(ctx, h)
	if err == nil {
		return
	}
	r.o.Log.Error("webhook degraded", "route", h.route.path, "call", h.req.CallSID, "err", err)
	h.out, h.status = h.out[:0], http.StatusOK
	defer func() {
		if p := recover(); p != nil { // the degraded answer itself: nothing left but fixed words
			r.o.Metrics.Panic()
			h.out = append(h.out[:0], r.docs.guidance...)
		}
	}()
	h.route.degraded(r, ctx, h, err)
}

func (r *Router) guarded(ctx context.Context, h *hook) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.o.Metrics.Panic()
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h.route.handle(r, ctx, h)
}

// say makes verbs the hook's answer.
func (h *hook) say(verbs ...twilio.Verb) { h.out = twilio.Append(h.out[:0], verbs...) }

// use makes a prepared document the hook's answer.
func (h *hook) use(document []byte) { h.out = append(h.out[:0], document...) }

// voiceURL is an absolute URL of ours with the connection overrides that keep a
// dead instance from costing a caller fifteen seconds (Twilio: "Webhooks connection overrides").
func (r *Router) voiceURL(parts ...string) string { return r.join(r.docs.voiceOverrides, parts) }

// statusURL is the same for callbacks that nobody waits for: they are retried more.
func (r *Router) statusURL(parts ...string) string { return r.join(r.docs.statusOverrides, parts) }

func (r *Router) join(suffix string, parts []string) string {
	n := len(r.base) + len(suffix)
	for _, p := range parts {
		n += len(p)
	}
	b := append(make([]byte, 0, n), r.base...)
	for _, p := range parts {
		b = append(b, p...)
	}
	return string(append(b, suffix...))
}
