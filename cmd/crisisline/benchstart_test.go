package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// startTimes is how often the program is started.
const startTimes = 9

// starts measures the program as it is shipped: from its start to the first
// /readyz that says yes, and what it holds in memory when nothing happens.
func (t *table) starts(b *testing.B) {
	store, _ := benchStore(b)
	carrier := newFakeCarrier(b)
	program := filepath.Join(b.TempDir(), "crisisline")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	environ := append(os.Environ(), settings(b, store, carrier.url, "../../examples/plan.yaml")...)
	var took latencies
	var memory float64
	for i := range startTimes {
		addr, pages := freeAddr(b), freeAddr(b)
		c := exec.Command(program, "serve")
		c.Env = append(environ[:len(environ):len(environ)], "CRISISLINE_HTTP_LISTEN="+addr, "CRISISLINE_CONSOLE_LISTEN="+pages)
		c.Stderr = benchLog(b, "start")
		ours(c)
		from := time.Now()
		stop := startUntilEnd(b, c)
		until(b, "readiness", func() bool { return ready(b, addr) })
		took = append(took, time.Since(from))
		if i == startTimes-1 { // what starting took has been given back by then
			pause(b.Context(), 3*time.Second)
			memory = resident(b, c.Process.Pid)
		}
		stop()
	}
	b.Logf("start to ready: %v", took)
	with := fmt.Sprintf("median of %d; the slowest %.0f ms, the first with the plan to be stored", len(took), millis(took.at(100)))
	t.add(goal{what: "start → /readyz says yes", want: 300, unit: " ms", reached: millis(took.at(50)), with: with})
	t.add(goal{what: "memory, idle, pages included", want: 40, unit: " MB", reached: memory, with: "resident, three seconds after the start"})
	b.ReportMetric(millis(took.at(50)), "ms-start")
	b.ReportMetric(memory, "MB")
	b.ReportMetric(0, "ns/op")
}

var readyClient = &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func ready(b *testing.B, addr string) bool {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+addr+"/readyz", nil)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := readyClient.Do(request)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
