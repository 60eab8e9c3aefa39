package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func recording(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".prom.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// demo plays the recording back: the early scrape twice, then the late one, so
// that counters rise between them.
func demo(t *testing.T) *httptest.Server {
	t.Helper()
	early, late := recording(t, "early"), recording(t, "late")
	var scrapes atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		if scrapes.Add(1) <= 2 {
			_, _ = w.Write(early)
			return
		}
		_, _ = w.Write(late)
	}))
	t.Cleanup(s.Close)
	return s
}

// server is a real Prometheus with the rules that are shipped.
type server struct{ url string }

const started = 40 * time.Second // at most, until it has scraped and recorded

func startPrometheus(t *testing.T, target string) server {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatal("prometheus is needed: apt-get install prometheus, or make tools")
	}
	rules, err := filepath.Abs("../prometheus")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	config := fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 1s}
rule_files: [%s/alerts.yaml, %s/recording.yaml]
scrape_configs: [{job_name: crisisline, static_configs: [{targets: [%q]}]}]
`, rules, rules, strings.TrimPrefix(target, "http://"))
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	var said bytes.Buffer
	ctx, stop := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, program, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(folder, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	c.Stdout, c.Stderr = &said, &said
	c.WaitDelay = 5 * time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = c.Wait()
		if t.Failed() && said.Len() > 0 {
			t.Logf("prometheus said: %s", said.String())
		}
	})
	return server{"http://" + address}
}

type answer struct {
	Status, Error string
	Data          struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
}

func (s server) ask(expr string) (answer, error) {
	var a answer
	res, err := http.PostForm(s.url+"/api/v1/query", url.Values{"query": {expr}})
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		return a, err
	}
	if a.Status != "success" {
		return a, fmt.Errorf("%s", a.Error)
	}
	return a, nil
}

// full reports whether the answer holds at least one figure that is a number.
func (a answer) full() bool {
	for _, r := range a.Data.Result {
		if text, ok := r.Value[1].(string); ok {
			if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) {
				return true
			}
		}
	}
	return false
}

// until asks again and again, at most for as long as it may take to start.
func (s server) until(t *testing.T, expr string) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	late := time.After(started)
	for {
		a, err := s.ask(expr)
		if err == nil && a.full() {
			return
		}
		select {
		case <-late:
			t.Fatalf("nothing for %s after %s: %v", expr, started, err)
		case <-tick.C:
		}
	}
}

// variables are what Grafana puts in place of its own words.
var variables = strings.NewReplacer("$__rate_interval", "1m", "$__range", "1h", "$__interval", "15s", "$team", ".*")

// TestNoPanelIsEmpty: Prometheus, which nobody here wrote, parses every query,
// and none comes back with nothing from a demo that has taken calls.
func TestNoPanelIsEmpty(t *testing.T) {
	t.Parallel()
	s := startPrometheus(t, demo(t).URL)
	s.until(t, `sum(increase(crisisline_calls_total[1m])) > 0`)
	s.until(t, `crisisline:standard_missed:ratio_rate1d and crisisline:standard_missed:ratio_rate1h`)
	s.until(t, `count_over_time(crisisline:unanswered:increase10m[1m]) >= 2`)
	for place, queries := range asked(t) {
		for _, q := range queries {
			if strings.Contains(variables.Replace(q), "$") {
				t.Errorf("%s: %s has a variable that the test does not know", place, q)
			}
			a, err := s.ask(variables.Replace(q))
			switch {
			case err != nil:
				t.Errorf("%s: %s: %v", place, q, err)
			case !a.full():
				t.Errorf("%s is empty: %s", place, q)
			}
		}
	}
	if _, err := s.ask("sum by (team ("); err == nil {
		t.Error("prometheus takes what is no query, so it taking ours says nothing")
	}
	if a, err := s.ask("crisisline_no_such_metric"); err != nil || a.full() {
		t.Errorf("what is not there is not empty: %+v %v", a, err)
	}
}
