package main

import (
	"container/heap"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"
)

// job is one webhook on its way to a connection.
type job struct {
	timed
	wire []byte
	from time.Time // from when its latency counts
}

// run sends what is planned, each at its moment, until the measured time is
// over. When the schedule sleeps, its own oversleeping is not the server's
// fault; when it is late, the lateness counts.
func (w *crowd) run(conns []*wire) {
	jobs := make(chan job, 1<<16)
	var wg sync.WaitGroup
	for _, c := range conns {
		wg.Go(func() { w.work(c, jobs) })
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for slept := false; ; {
		next, wait := w.pop()
		if wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
				slept = true
			case <-w.wake:
			}
			continue
		}
		if next.at.After(w.to) {
			break
		}
		if next.request == nil {
			next.done(nil)
			continue
		}
		from := next.at
		if slept {
			from, slept = time.Now(), false
		}
		jobs <- job{next, next.request(), from}
	}
	close(jobs)
	wg.Wait()
}

// pop takes the first webhook off the schedule, or says how long it is until then.
func (w *crowd) pop() (next timed, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.ahead) == 0 {
		return timed{}, time.Second
	}
	if wait = time.Until(w.ahead[0].at); wait > 0 {
		return timed{}, wait
	}
	return heap.Pop(&w.ahead).(timed), 0
}

func (w *crowd) work(c *wire, jobs <-chan job) {
	for j := range jobs {
		answer, err := c.ask(j.wire)
		took := time.Since(j.from)
		w.mu.Lock()
		if err != nil {
			w.failures = append(w.failures, fmt.Errorf("%s: %w", j.path, err))
		} else if j.at.After(w.from) {
			w.took[j.path] = append(w.took[j.path], took)
		}
		w.mu.Unlock()
		if err == nil && j.done != nil {
			j.done(answer)
		}
	}
}

func (w *crowd) judge(b *testing.B, t *table, cpu, storeCPU time.Duration, server *child) {
	b.Helper()
	if n := len(w.failures); n > 0 { // a figure to be reported, not a bench that broke
		b.Logf("%d webhooks were refused, the first: %v", n, w.failures[0])
	}
	var all latencies
	for _, route := range slices.Sorted(maps.Keys(w.took)) {
		b.Logf("%-20s %v", route, w.took[route])
		all = append(all, w.took[route]...)
	}
	seconds := worldMeasured.Seconds()
	with := fmt.Sprintf("%.0f webhooks/s, %.0f matches/s, %d waiting; p50 %.2f, p99.9 %.2f ms; server %.0f%% of a core and %.0f MB, store %.0f%%; %d refused",
		float64(len(all))/seconds, float64(w.matches)/seconds, len(w.waiting), millis(all.at(50)), millis(all.at(99.9)),
		100*cpu.Seconds()/seconds, resident(b, server.pid), 100*storeCPU.Seconds()/seconds, len(w.failures))
	b.Logf("all: %v; %s", all, with)
	t.add(goal{what: "the world's load, p99 of a webhook", want: 1, unit: " ms", reached: millis(all.at(99)), with: with})
	b.ReportMetric(millis(all.at(50)), "ms-p50")
	b.ReportMetric(millis(all.at(99)), "ms-p99")
	b.ReportMetric(0, "ns/op")
}
