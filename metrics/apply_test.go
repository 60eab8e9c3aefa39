package metrics_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// total adds up every series of a counter, or the observations of a histogram,
// whose labels include the given pairs.
func total(t testing.TB, reg prometheus.Gatherer, name string, labels map[string]string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			matched := 0
			for _, l := range m.GetLabel() {
				if v, asked := labels[l.GetName()]; asked && v == l.GetValue() {
					matched++
				}
			}
			if matched == len(labels) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func TestAnEntryCountsOnce(t *testing.T) {
	t.Parallel()
	once, twice := prometheus.NewRegistry(), prometheus.NewRegistry()
	a, b := metrics.New(once, small), metrics.New(twice, small)
	for _, e := range story() {
		a.Apply(e)
		b.Apply(e)
		b.Apply(e)
	}
	for i, e := range story() { // a dead consumer's entries come late and in another order
		if i%3 == 0 {
			b.Apply(e)
		}
	}
	repeats := total(t, twice, "crisisline_ledger_repeats_total", nil)
	if want := float64(len(story()) + (len(story())+2)/3); repeats != want {
		t.Errorf("ledger_repeats_total = %v, want %v", repeats, want)
	}
	for _, name := range []string{
		"crisisline_calls_received_total", "crisisline_calls_total", "crisisline_answer_seconds",
		"crisisline_abandon_seconds", "crisisline_wait_seconds", "crisisline_offers_total", "crisisline_standard_total",
		"crisisline_widened_total", "crisisline_responder_drops_total", "crisisline_danger_presses_total",
		"crisisline_carrier_queue_seconds",
	} {
		one, two := total(t, once, name, nil), total(t, twice, name, nil)
		if one != two || one == 0 {
			t.Errorf("%s: %v after each entry once, %v after repeats", name, one, two)
		}
	}
}

// The ids kept are many but bounded: an entry far in the past is forgotten.
func TestSeenIsBounded(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	r := metrics.New(reg, small)
	for i := range 5000 {
		r.Apply(call.Event{ID: fmt.Sprintf("%d-0", i), Kind: call.KindPresence})
	}
	r.Apply(call.Event{ID: "4000-0", Kind: call.KindPresence})
	if got := total(t, reg, "crisisline_ledger_repeats_total", nil); got != 1 {
		t.Errorf("a recent entry came again: repeats = %v, want 1", got)
	}
	r.Apply(call.Event{ID: "3-0", Kind: call.KindPresence})
	if got := total(t, reg, "crisisline_ledger_repeats_total", nil); got != 1 {
		t.Errorf("an entry of long ago came again: repeats = %v, want still 1", got)
	}
}

func TestThresholdsAreBucketsAndInclusive(t *testing.T) {
	t.Parallel()
	for _, edge := range []int64{20_000, 30_000, 60_000, 120_000} {
		reg := prometheus.NewRegistry()
		r := metrics.New(reg, metrics.Shape{Lines: []string{"public"}, Teams: []string{"portsmouth"}})
		for _, ms := range []int64{edge - 1, edge, edge + 1} {
			r.Apply(call.Event{
				Kind: call.KindConnected, Line: "public", Team: "portsmouth", Caller: call.CallerSelf, WaitMs: ms,
			})
		}
		within := uint64(math.MaxUint64)
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				if f.GetName() != "crisisline_answer_seconds" || m.GetHistogram().GetSampleCount() == 0 {
					continue
				}
				for _, b := range m.GetHistogram().GetBucket() {
					if b.GetUpperBound() == float64(edge)/1000 {
						within = b.GetCumulativeCount()
					}
				}
			}
		}
		if within != 2 {
			t.Errorf("of waits 1 ms below, at and above %d ms, %d were within, want 2", edge, within)
		}
	}
}

// Two instances share a group: their counters add up to what one would say.
func TestInstancesAddUp(t *testing.T) {
	t.Parallel()
	whole, left, right := prometheus.NewRegistry(), prometheus.NewRegistry(), prometheus.NewRegistry()
	all := metrics.New(whole, small)
	halves := []*metrics.Recorder{metrics.New(left, small), metrics.New(right, small)}
	for i, e := range story() {
		all.Apply(e)
		halves[i%2].Apply(e)
	}
	for _, name := range []string{"crisisline_calls_total", "crisisline_standard_total", "crisisline_answer_seconds"} {
		want := total(t, whole, name, nil)
		if got := total(t, left, name, nil) + total(t, right, name, nil); got != want {
			t.Errorf("%s: two instances say %v, one says %v", name, got, want)
		}
	}
}

func TestReshapeKeepsWhatWas(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	r := metrics.New(reg, small)
	received := map[string]string{"line": "new"}
	r.Apply(call.Event{Kind: call.KindReceived, Line: "new"})
	r.Reshape(metrics.Shape{Lines: []string{"new"}})
	r.Apply(call.Event{Kind: call.KindReceived, Line: "new"})
	r.Apply(call.Event{Kind: call.KindReceived, Line: "public"})
	for line, want := range map[string]float64{"other": 1, "new": 1, "public": 1} {
		received["line"] = line
		if got := total(t, reg, "crisisline_calls_received_total", received); got != want {
			t.Errorf("line %s: %v calls received, want %v", line, got, want)
		}
	}
}

func TestLiveGaugesAreNeverStale(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	r := metrics.New(reg, small)
	if n, err := testutil.GatherAndCount(reg, "crisisline_waiting_calls"); err != nil || n != 0 {
		t.Fatalf("nothing reads the store yet: %d series, %v", n, err)
	}
	figures := metrics.LiveFigures{Teams: map[string]metrics.TeamLive{
		"portsmouth": {Waiting: 1, NextGap: metrics.NoGap},
		"elsewhere":  {Waiting: 2, LongestWait: time.Minute},
		"abroad":     {Waiting: 3, LongestWait: time.Second},
	}}
	r.Live(func() metrics.LiveFigures { return figures })
	for team, want := range map[string]float64{"portsmouth": 1, "southampton": 0, "other": 5} {
		if got := total(t, reg, "crisisline_waiting_calls", map[string]string{"team": team}); got != want {
			t.Errorf("%s: %v waiting, want %v", team, got, want)
		}
	}
	if got := total(t, reg, "crisisline_longest_wait_seconds", map[string]string{"team": "other"}); got != 60 {
		t.Errorf("longest wait of other teams = %v, want 60", got)
	}
	if n, err := testutil.GatherAndCount(reg, "crisisline_rota_next_gap_seconds"); err != nil || n != 1 {
		t.Errorf("one team has a rota, %d have a gap, %v", n, err)
	}
	figures.Err = errors.New("store: connection refused")
	if n, err := testutil.GatherAndCount(reg, "crisisline_waiting_calls", "crisisline_responders"); err != nil || n != 0 {
		t.Errorf("the store is gone: %d stale series, %v", n, err)
	}
	if got := total(t, reg, "crisisline_live_read_success", nil); got != 0 {
		t.Errorf("live_read_success = %v with the store gone", got)
	}
}

func TestCodesOfARoute(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	r := metrics.New(reg, small)
	for _, code := range []int{200, 200, 403, 418, 0, -1, 599, 600, 100000} {
		r.Webhook("/voice/inbound", code, time.Millisecond)
	}
	got := map[string]float64{}
	for _, code := range metrics.Codes {
		if n := total(t, reg, "crisisline_webhook_seconds", map[string]string{"code": code}); n > 0 {
			got[code] = n
		}
	}
	if diff := cmp.Diff(map[string]float64{"200": 2, "403": 1, "other": 6}, got); diff != "" {
		t.Errorf("requests by code (-want +got):\n%s", diff)
	}
}

// The usual way beside ours, so that the ratio is of one machine and one run.
func BenchmarkWebhook(b *testing.B) {
	reg := prometheus.NewRegistry()
	r := metrics.New(reg, small)
	route := r.Route("/voice/inbound")
	usual := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "usual_seconds", Buckets: []float64{.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15},
	}, []string{"route", "code"})
	b.Run("by_name", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Webhook("/voice/inbound", 200, 800*time.Microsecond)
		}
	})
	b.Run("kept_route", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			route.Observe(200, 800*time.Microsecond)
		}
	})
	b.Run("WithLabelValues", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			usual.WithLabelValues("/voice/inbound", "200").Observe((800 * time.Microsecond).Seconds())
		}
	})
}

func BenchmarkApply(b *testing.B) {
	r := metrics.New(prometheus.NewRegistry(), small)
	events := story()
	for i := range events {
		events[i].ID = ""
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Apply(events[i%len(events)])
	}
}

func BenchmarkScrape(b *testing.B) {
	reg := county()
	for b.Loop() {
		if _, err := reg.Gather(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWebhookAllocatesNothing(t *testing.T) {
	r := metrics.New(prometheus.NewRegistry(), small)
	allocs := testing.AllocsPerRun(100, func() { r.Webhook("/voice/inbound", 200, time.Millisecond) })
	if allocs != 0 {
		t.Errorf("a webhook's metric allocates %v times", allocs)
	}
}
