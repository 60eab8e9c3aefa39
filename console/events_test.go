package console

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// night is a console over a real store, with a clock that moves when told.
type night struct {
	*testing.T
	*queue.Store
	rota *rota.Rota
	url  string

	mu  sync.Mutex
	now time.Time
}

func (n *night) clock() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// after moves the clock on and says what it shows.
func (n *night) after(d time.Duration) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
	return n.now
}

func newNight(t *testing.T) *night {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	sealer, err := call.NewSealer(bytes.Repeat([]byte{7}, call.MasterLeast))
	if err != nil {
		t.Fatal(err)
	}
	n := &night{T: t, rota: plan(t, atNight, nil), now: atNight}
	if n.Store, err = queue.New(rdb, queue.Options{Service: "night", Sealer: sealer}); err != nil {
		t.Fatal(err)
	}
	gate, log := gate(time.Now, access.Options{As: access.Responder})
	c, err := New(Options{
		Gate: gate, Audit: log,
		ServiceName: "Hampshire crisis line", Now: n.clock, Events: n.Follow, WrapUp: time.Minute,
		Rota:     func() *rota.Rota { return n.rota },
		Snapshot: func(ctx context.Context) (queue.Snapshot, error) { return n.Snapshot(ctx, n.clock(), 100) },
		Story: func(ctx context.Context, id call.ID, received time.Time) ([]call.Event, error) {
			return n.Store.Story(ctx, n.clock(), id, received)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	t.Cleanup(func() {
		c.Close()
		server.Close()
		server.Client().CloseIdleConnections()
	})
	n.url = server.URL
	return n
}

// boardOf opens a live board: what it has been sent, part by part.
type boardOf struct {
	*testing.T
	messages chan message
	shown    map[string]string
}

func (n *night) opens() *boardOf {
	n.Helper()
	req, err := http.NewRequestWithContext(n.Context(), http.MethodGet, n.url+"/events", nil)
	if err != nil {
		n.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	r, err := client.Do(req)
	if err != nil {
		n.Fatal(err)
	}
	if got := r.Header.Get("Content-Type"); got != "text/event-stream" {
		n.Fatalf("Content-Type %q", got)
	}
	b := &boardOf{T: n.T, messages: make(chan message, 256), shown: map[string]string{}}
	go b.read(r)
	n.Cleanup(client.CloseIdleConnections)
	return b
}

func (b *boardOf) read(r *http.Response) {
	defer close(b.messages)
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		var m message
		if ok && json.Unmarshal([]byte(data), &m) == nil {
			b.messages <- m
		}
	}
}

// shows waits until a part holds the words, and says how long that took.
func (b *boardOf) shows(part, words string) time.Duration {
	b.Helper()
	began := time.Now()
	giveUp := time.NewTimer(10 * time.Second)
	defer giveUp.Stop()
	for !strings.Contains(b.shown[part], words) {
		select {
		case m, open := <-b.messages:
			if !open {
				b.Fatalf("the stream ended before %s showed %q", part, words)
			}
			for id, html := range m.Parts {
				b.shown[id] = html
			}
		case <-giveUp.C:
			b.Fatalf("%s never showed %q, but:\n%s", part, words, b.shown[part])
		}
	}
	return time.Since(began)
}

// TestBoardFollowsACall: every step of a call is on an open board soon after
// its ledger entry, from the real store.
func TestBoardFollowsACall(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	ctx := t.Context()
	b := n.opens()
	b.shows("callers", "Nobody is waiting.")
	var took []time.Duration
	step := func(part, words string, errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		took = append(took, b.shows(part, words))
	}
	from, err := call.ParseDialable("07700 900601")
	if err != nil {
		t.Fatal(err)
	}
	need := call.Need{Line: "public", Team: "portsmouth", Caller: call.CallerUnknown, Language: "en-GB"}
	_, err = n.Arrive(ctx, n.clock(), queue.Arrival{Call: "CA1", Need: need, From: from, Number: "+448081570111", Menu: true, ActAt: n.clock(), LiveFor: time.Minute})
	step("callers", "Hears the greeting", err)
	_, _, err = n.Intake(ctx, n.after(9*time.Second), "CA1", queue.IntakeDone{Caller: call.CallerSelf, Team: "portsmouth", Language: "en-GB", LiveFor: time.Minute})
	step("callers", "Waiting: no phone is ringing", err)
	step("callers", "About themselves")

	ladder := n.rota.Match(need, rota.DefaultTiming(), n.clock())
	claimed, err := n.Claim(ctx, n.clock(), queue.Claim{
		Call: "CA1", Groups: []queue.Group{{Team: "portsmouth", Tier: call.TierResponding, Responders: ladder[0].Groups[0]}},
		Pools: ladder[0].Pools, Want: 1, OfferIDs: []call.OfferID{"o1"}, RingFor: 20 * time.Second, Grace: 5 * time.Second,
		SendLease: 3 * time.Second, ReofferAfter: time.Minute, Next: n.clock().Add(8 * time.Second),
	})
	if err != nil || len(claimed.Offers) != 1 {
		t.Fatalf("claim: %+v, %v", claimed, err)
	}
	name := names{n.rota, london(t)}.person(claimed.Offers[0].Responder)
	step("callers", `<span class="phone__name">`+name+`</span> being dialled`)
	step("duty", "Phone ringing")
	_, err = n.OfferSent(ctx, n.after(time.Second), "o1", "leg1", 0)
	_, err2 := n.OfferEvent(ctx, n.clock(), "o1", call.KindRinging, "leg1")
	step("callers", name+`</span> ringing`, err, err2)
	_, err = n.Accept(ctx, n.after(4*time.Second), "o1", "leg1", "conf1", n.clock().Add(10*time.Second))
	step("callers", name+" accepted; being joined", err)
	_, _, err = n.Joined(ctx, n.after(time.Second), "conf1", "CA1")
	_, _, err2 = n.Joined(ctx, n.clock(), "conf1", "leg1")
	step("callers", "With "+name+`<span class="caller__faint">, answered after 0:15`, err, err2)
	step("duty", "On a call")
	_, err = n.Finish(ctx, n.after(5*time.Minute), "CA1", queue.Finish{Reason: "caller_left", WrapUp: time.Minute, KeepFor: time.Hour})
	step("duty", "Wrap-up", err)
	step("callers", "Nobody is waiting.")
	_, err = n.WrapUpEnd(ctx, n.after(time.Minute), claimed.Offers[0].Responder, "timed", "")
	if err != nil {
		t.Fatal(err)
	}

	slices.Sort(took)
	t.Logf("ledger entry to board: median %s, longest %s", took[len(took)/2], took[len(took)-1])
	if median := took[len(took)/2]; median > 500*time.Millisecond {
		t.Errorf("half of the steps took longer than %s, want at most 500 ms", median)
	}
	for part, html := range b.shown {
		for _, number := range append(callerNumbers, "07700") {
			if strings.Contains(html, number) {
				t.Errorf("%s holds a number: %s", part, number)
			}
		}
	}
	story := body(t, n.page("/calls/CA1"))
	for _, want := range []string{"The call came in", "Offered to " + name, "Both hear each other", "The call is over", "Wrap-up of " + name + " ended"} {
		if !strings.Contains(story, want) {
			t.Errorf("the story does not say %q", want)
		}
	}
}

func (n *night) page(path string) *http.Response {
	n.Helper()
	req, err := http.NewRequestWithContext(n.Context(), http.MethodGet, n.url+path, nil)
	if err != nil {
		n.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Do(req)
	if err != nil {
		n.Fatal(err)
	}
	n.Cleanup(func() { _ = r.Body.Close() })
	return r
}

// TestBoardIsToldWhenTheServerStops: a stream ends at once, so that a server
// can shut down, and the browser finds another instance.
func TestBoardIsToldWhenTheServerStops(t *testing.T) {
	t.Parallel()
	s := allScenes(t)["quiet"]
	c := serve(t, s)
	server := httptest.NewServer(c)
	defer server.Close()
	n := &night{T: t, url: server.URL}
	b := n.opens()
	b.shows("callers", "Isle of Wight")
	c.Close()
	for range b.messages { // until it is closed
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, here(httptest.NewRequest(http.MethodGet, "/events", nil)))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("a board after that: %d, want 503 and when to come back", w.Code)
	}
}

// TestManyBoards: they share one snapshot, and every one of them is told.
func TestManyBoards(t *testing.T) {
	t.Parallel()
	s := allScenes(t)["calm"]
	o := s.options()
	var mu sync.Mutex
	reads := 0
	read := o.Snapshot
	o.Snapshot = func(ctx context.Context) (queue.Snapshot, error) {
		mu.Lock()
		reads++
		mu.Unlock()
		return read(ctx)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	defer server.Close()
	defer c.Close()
	began := time.Now()
	boards := make([]*boardOf, 50)
	for i := range boards {
		boards[i] = (&night{T: t, url: server.URL}).opens()
	}
	for _, b := range boards {
		b.shows("callers", "Nobody is waiting.")
	}
	s.happen(call.Event{At: atNight, Kind: call.KindReceived, Call: "CA05"}, func(s *scene) { s.snap = quiet(atNight) })
	for i, b := range boards {
		b.shows("callers", "Ringing")
		if b.shown["title"] != "1 waiting" {
			t.Errorf("board %d: title %q", i, b.shown["title"])
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if most := 3 + int(time.Since(began)/hubGap); reads > most {
		t.Errorf("%d boards: the store was read %d times in %s, want at most %d", len(boards), reads, time.Since(began), most)
	}
	t.Logf("%d boards, %d reads of the store", len(boards), reads)
}
