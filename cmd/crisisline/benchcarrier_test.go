package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fakeCarrier answers the service's REST requests at once and notes when each
// arrived. It makes no calls: what a leg would do is for the benchmark to say.
type fakeCarrier struct {
	url  string
	legs atomic.Int64
	on   atomic.Pointer[func(carried)] // told of every request that does something to a leg
}

// carried is one request as it came off the wire.
type carried struct {
	at   time.Time
	what string // create, redirect, dequeue, end
	leg  string // the leg it is about
	url  string // where the leg is sent
}

// offer is the offer that a created leg is for.
func (c carried) offer() string { return path.Base(pathOf(c.url)) }

var originAndFragment = regexp.MustCompile(`^https://[^/]+|#.*$`)

func pathOf(url string) string { return originAndFragment.ReplaceAllString(url, "") }

func newFakeCarrier(b *testing.B) *fakeCarrier {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	f := &fakeCarrier{url: "http://" + l.Addr().String()}
	server := newServer(f)
	go func() { _ = server.Serve(l) }()
	b.Cleanup(func() { _ = server.Close() })
	return f
}

// tell has every request that does something to a leg reported to on, on the
// request's own goroutine and before it is answered.
func (f *fakeCarrier) tell(on func(carried)) { f.on.Store(&on) }

func (f *fakeCarrier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	_, resource, _ := strings.Cut(r.URL.Path, benchAccount)
	part := strings.Split(strings.TrimSuffix(strings.Trim(resource, "/"), ".json"), "/")
	c := carried{at: at, leg: part[len(part)-1], url: r.PostFormValue("Url")}
	var answer any
	switch {
	case r.Method == http.MethodGet && part[0] == "Queues":
		answer = map[string]any{"queues": []map[string]any{{"sid": "QU00000000000000000000000000000001", "friendly_name": "crisisline", "max_size": 5000}}}
	case r.Method == http.MethodGet && part[0] == "IncomingPhoneNumbers":
		answer = map[string]any{"incoming_phone_numbers": []any{}}
	case r.Method == http.MethodPost && part[0] == "Calls" && len(part) == 1:
		c.what, c.leg = "create", fmt.Sprintf("CB%032x", f.legs.Add(1))
		answer = map[string]any{"sid": c.leg, "status": "queued", "queue_time": "0"}
	case r.Method == http.MethodPost && part[0] == "Calls":
		c.what = "redirect"
		if c.url == "" {
			c.what = "end"
		}
		answer = map[string]any{"sid": c.leg, "status": "in-progress"}
	case r.Method == http.MethodPost && part[0] == "Queues":
		c.what = "dequeue"
		answer = map[string]any{"call_sid": c.leg, "position": 1}
	case r.Method == http.MethodGet && part[0] == "Calls" && len(part) == 2:
		answer = map[string]any{"sid": c.leg, "status": "in-progress"}
	case r.Method == http.MethodGet && part[0] == "Calls":
		answer = map[string]any{"calls": []any{}}
	default:
		w.WriteHeader(http.StatusNotFound)
		answer = map[string]any{"code": 20404, "status": http.StatusNotFound}
	}
	if on := f.on.Load(); on != nil && c.what != "" {
		(*on)(c)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}
