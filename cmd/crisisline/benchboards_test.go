package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
)

// Two hundred boards open while fifty callers ring every second: what the boards
// cost beside the calls, and how soon they show them. The same load runs for ten
// seconds without a board and for ten with; both are in one run, on one process.

const (
	boardsOpen     = 200
	boardsCalls    = 50 // new calls a second
	boardsWaits    = 20 // waiting words fetched a second
	boardsPeople   = 20 // on shift in each of the world's teams
	boardsWarm     = 6 * time.Second
	boardsMeasured = 10 * time.Second
	boardsOpening  = 4 * time.Second
)

func (t *table) boards(b *testing.B) {
	pinLoad(b)
	store, rdb := benchStore(b)
	carrier := newFakeCarrier(b)
	pages := freeAddr(b)
	environ := settings(b, store, carrier.url, worldPlan(b, boardsPeople), "CRISISLINE_ROUTING_WRAP_UP=500ms",
		"CRISISLINE_ROUTING_WRAP_UP_LEAST=100ms", "CRISISLINE_ROUTING_REDIAL_WINDOW=0s",
		"CRISISLINE_CONSOLE_LISTEN="+pages, "CRISISLINE_CONSOLE_DEVELOPMENT_SIGN_IN=true")
	w := newCrowd(boardsCalls, boardsWaits)
	carrier.tell(w.heard)
	server := startChild(b, "crisisline", environ...)
	until(b, "the service has its plan", func() bool { return ready(b, server.addr) })
	conns := make([]*wire, worldConns)
	for i := range conns {
		conns[i] = dial(b, server.addr)
	}
	var without, with spending
	var looking wall
	defer looking.close()
	start := time.Now()
	first := start.Add(boardsWarm)
	second := first.Add(boardsMeasured + boardsOpening)
	w.from, w.to = second, second.Add(boardsMeasured)
	w.plan(first, "", nil, func([]byte) { without.begin(b, server) })
	w.plan(first.Add(boardsMeasured), "", nil, func([]byte) {
		without.end(b, server)
		cookie := signIn(b, pages)
		go looking.open(b, pages, cookie)
	})
	w.plan(second, "", nil, func([]byte) { with.begin(b, server); looking.count.Store(0); looking.bytes.Store(0) })
	w.plan(w.to, "", nil, func([]byte) { with.end(b, server) })
	w.arrivals(start)
	w.run(conns)
	looking.judge(b, t, w, without, with, receivedIn(b, rdb, environ, second, w.to))
}

// spending is what a process has used of the machine in a time.
type spending struct {
	cpu    time.Duration
	memory float64 // MB, the most of what was seen
}

func (r *spending) begin(b *testing.B, c *child) {
	r.cpu, r.memory = spent(b, c.pid), resident(b, c.pid)
}

func (r *spending) end(b *testing.B, c *child) {
	r.cpu = spent(b, c.pid) - r.cpu
	r.memory = max(r.memory, resident(b, c.pid))
}

func (r spending) cores() float64 { return r.cpu.Seconds() / boardsMeasured.Seconds() }

// signIn is a viewer's cookie.
func signIn(b *testing.B, addr string) string {
	b.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.PostForm("http://"+addr+"/sign-in/as", url.Values{"role": {"viewer"}})
	if err != nil {
		b.Error(err)
		return ""
	}
	defer func() { _ = answer.Body.Close() }()
	for _, c := range answer.Cookies() {
		return c.Name + "=" + c.Value
	}
	b.Errorf("not signed in: %s", answer.Status)
	return ""
}

// wall is many boards, one of which is read.
type wall struct {
	mu     sync.Mutex
	bodies []io.Closer
	shown  map[call.ID]time.Time // when the board that is read first showed a call
	opened atomic.Int64
	count  atomic.Int64 // frames of the board that is read
	bytes  atomic.Int64 // of the others, on the wire
	ended  atomic.Int64
}

func (l *wall) open(b *testing.B, addr, cookie string) {
	l.mu.Lock()
	l.shown = map[call.ID]time.Time{}
	l.mu.Unlock()
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: boardsOpen, DisableCompression: true}}
	for i := range boardsOpen {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+addr+"/events", nil)
		if err != nil {
			b.Error(err)
			return
		}
		req.Header.Set("Cookie", cookie)
		req.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd") // as browsers do
		answer, err := client.Do(req)
		if err != nil || answer.StatusCode != http.StatusOK {
			b.Errorf("board %d: %v %+v", i, err, answer)
			return
		}
		l.opened.Add(1)
		l.mu.Lock()
		l.bodies = append(l.bodies, answer.Body)
		l.mu.Unlock()
		if i == 0 {
			go l.read(answer.Body)
		} else {
			go l.drain(answer.Body)
		}
	}
}

// drain takes in what one board is sent, as fast as it comes.
func (l *wall) drain(body io.Reader) {
	defer l.ended.Add(1)
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		l.bytes.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// read notes when each call was first shown.
func (l *wall) read(body io.Reader) {
	defer l.ended.Add(1)
	z, err := gzip.NewReader(body)
	if err != nil {
		return
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		at := time.Now()
		var m struct {
			Touched []call.ID `json:"touched"`
		}
		if json.Unmarshal(data, &m) != nil {
			continue
		}
		l.count.Add(1)
		l.mu.Lock()
		for _, id := range m.Touched {
			if _, ok := l.shown[id]; !ok {
				l.shown[id] = at
			}
		}
		l.mu.Unlock()
	}
}

func (l *wall) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, body := range l.bodies {
		_ = body.Close()
	}
}

// receivedIn is when each call came, by the ledger.
func receivedIn(b *testing.B, rdb *redis.Client, environ []string, from, to time.Time) map[call.ID]time.Time {
	b.Helper()
	cfg, err := config.Load("", environ)
	if err != nil {
		b.Fatal(err)
	}
	sealer, err := openSealer(cfg, nil)
	if err != nil {
		b.Fatal(err)
	}
	q, err := queue.New(rdb, queue.Options{Service: cfg.Service.ID, Sealer: sealer})
	if err != nil {
		b.Fatal(err)
	}
	came := map[call.ID]time.Time{}
	err = q.Range(b.Context(), from, to, func(e call.Event) error {
		if e.Kind == call.KindReceived {
			came[e.Call] = e.At
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return came
}

func (l *wall) judge(b *testing.B, t *table, w *crowd, without, with spending, came map[call.ID]time.Time) {
	b.Helper()
	if l.opened.Load() != boardsOpen || l.ended.Load() > 0 {
		b.Error(errors.New("not every board was open all the time"), l.opened.Load(), l.ended.Load())
	}
	var took latencies
	l.mu.Lock()
	for id, at := range came {
		if shown, ok := l.shown[id]; ok {
			took = append(took, shown.Sub(at))
		}
	}
	l.mu.Unlock()
	if len(took) < len(came)*9/10 {
		b.Errorf("%d of %d calls were shown", len(took), len(came))
	}
	seconds := boardsMeasured.Seconds()
	said := fmt.Sprintf("%.0f calls/s; %.2f of a core and %.0f MB without boards, %.2f and %.0f MB with; each board %.1f frames/s, %.0f kB/s",
		float64(len(came))/seconds, without.cores(), without.memory, with.cores(), with.memory,
		float64(l.count.Load())/seconds, float64(l.bytes.Load())/seconds/(boardsOpen-1)/1000)
	b.Logf("%s; shown after %v; %d webhooks refused", said, took, len(w.failures))
	t.add(goal{what: "200 boards open at 50 calls/s, processor they add", want: 1, unit: " cores", reached: with.cores() - without.cores(), with: said})
	t.add(goal{what: "200 boards open at 50 calls/s, memory they add", want: 150, unit: " MB", reached: with.memory - without.memory, with: said})
	t.add(goal{what: "200 boards open at 50 calls/s, ledger → board, p99", want: 500, unit: " ms", reached: millis(took.at(99)),
		with: fmt.Sprintf("p50 %.0f ms, the slowest %.0f ms", millis(took.at(50)), millis(took.at(100)))})
	b.ReportMetric(with.cores()-without.cores(), "cores-more")
	b.ReportMetric(with.memory-without.memory, "MB-more")
	b.ReportMetric(millis(took.at(99)), "ms-p99")
	b.ReportMetric(0, "ns/op")
}
