package metrics_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

func TestFiguresOfTheStory(t *testing.T) {
	t.Parallel()
	f := metrics.Figures{IVRLines: []string{"professional"}}
	for _, e := range story() {
		f.Add(e)
	}
	if err := f.Check(); err != nil {
		t.Error(err)
	}
	want := metrics.Items{
		Clock: metrics.ClockCaller,
		A01:   3, A02: 1, A03: 1, B01: 1, B02: 1, B05: 1, B06: 41, B07: 41, B09: 75, Callback: 1,
		Mean: 41 * time.Second, P95: 41 * time.Second, Longest: 41 * time.Second,
	}
	if diff := cmp.Diff(want, f.Items(metrics.ClockCaller)); diff != "" {
		t.Errorf("caller's clock (-want +got):\n%s", diff)
	}
	want.Clock, want.B04, want.B05, want.B06, want.B07, want.B09 = metrics.ClockReturn, 1, 0, 29, 29, 60
	want.Mean, want.P95, want.Longest = 29*time.Second, 29*time.Second, 29*time.Second
	if diff := cmp.Diff(want, f.Items(metrics.ClockReturn)); diff != "" {
		t.Errorf("return's clock (-want +got):\n%s", diff)
	}
}

// script is one call's entries, without places in the stream. Any instant of it
// may be the last the figures see.
func script(t *rapid.T, id call.ID) []call.Event {
	ms := func(label string) int64 { return rapid.Int64Range(0, 200_000).Draw(t, label) }
	intake, queue, ring := ms("intake"), ms("queue"), ms("ring")
	e := call.Event{
		Call: id, Line: rapid.SampledFrom([]string{"public", "professional"}).Draw(t, "line"),
		Team:   rapid.SampledFrom([]string{"portsmouth", "southampton"}).Draw(t, "team"),
		Caller: rapid.SampledFrom(call.Callers).Draw(t, "caller"),
	}
	entry := func(k call.Kind) call.Event { c := e; c.Kind = k; return c }
	out := []call.Event{entry(call.KindReceived), entry(call.KindWaiting)}
	e.IntakeMs, e.QueueMs, e.ReturnMs = intake, queue, queue
	outcome := rapid.SampledFrom(call.Outcomes).Draw(t, "outcome")
	if outcome == call.OutcomeAnswered {
		e.RingMs, e.WaitMs, e.ReturnMs = ring, intake+queue+ring+1, queue+ring
		out = append(out, entry(call.KindAccepted), entry(call.KindConnected))
		if rapid.Bool().Draw(t, "dropped") {
			again := entry(call.KindConnected)
			again.WaitMs, again.IntakeMs, again.QueueMs, again.RingMs, again.ReturnMs = 0, 0, 0, 0, 0
			out = append(out, entry(call.KindDropped), again)
		}
	} else {
		e.WaitMs = intake + queue
	}
	e.Outcome = outcome
	return append(out, entry(call.KindFinished), entry(call.KindWrapUpEnded))
}

// traffic interleaves scripts and numbers the entries as a stream does.
func traffic(t *rapid.T) (out []call.Event) {
	var scripts [][]call.Event
	for i := range rapid.IntRange(1, 30).Draw(t, "calls") {
		scripts = append(scripts, script(t, call.ID(fmt.Sprintf("CA%d", i))))
	}
	for len(scripts) > 0 {
		i := rapid.IntRange(0, len(scripts)-1).Draw(t, "next")
		e := scripts[i][0]
		e.At = monday.Add(time.Duration(len(out)) * time.Second)
		e.ID = fmt.Sprintf("%d-%d", call.Millis(e.At)/3000, len(out)) // several share a millisecond
		out = append(out, e)
		if scripts[i] = scripts[i][1:]; len(scripts[i]) == 0 {
			scripts = slices.Delete(scripts, i, i+1)
		}
	}
	return out
}

// plainly computes the items the slow way, from all entries at once.
func plainly(events []call.Event, wait func(call.Event) int64, c metrics.Clock) metrics.Items {
	i := metrics.Items{Clock: c}
	answered := map[call.ID]bool{}
	var waits []int64
	var sum, left int64
	for _, e := range events {
		switch {
		case e.Kind == call.KindReceived:
			i.A01++
			i.Live++
		case e.Kind == call.KindConnected && !answered[e.Call]:
			answered[e.Call] = true
			i.A03++
			i.Live--
			i.Talking++
			waits = append(waits, wait(e))
			sum += wait(e)
		case e.Kind == call.KindFinished:
			if answered[e.Call] {
				i.Talking--
				continue
			}
			i.Live--
			switch e.Outcome {
			case call.OutcomeAbandoned:
				i.B02++
				left += wait(e)
				switch w := wait(e); {
				case w <= 30000:
					i.B03++
				case w <= 60000:
					i.B04++
				default:
					i.B05++
				}
			case call.OutcomeCallback:
				i.Callback++
			case call.OutcomeHandedOn:
				i.HandedOn++
			case call.OutcomeFallback:
				i.Fallback++
			case call.OutcomeFailed:
				i.Failed++
			}
		}
	}
	i.B06, i.B09 = int64(math.Round(float64(sum)/1000)), int64(math.Round(float64(left)/1000))
	if len(waits) > 0 {
		slices.Sort(waits)
		for _, w := range waits {
			if w <= 60000 {
				i.B01++
			}
		}
		rank := int(math.Ceil(float64(len(waits)*19) / 20))
		i.P95 = time.Duration(waits[rank-1]) * time.Millisecond
		i.B07 = int64(math.Ceil(float64(waits[rank-1]) / 1000))
		i.Longest = time.Duration(waits[len(waits)-1]) * time.Millisecond
		i.Mean = time.Duration(sum) * time.Millisecond / time.Duration(len(waits))
	}
	return i
}

// Received = answered + abandoned + named rest + live, after every single entry,
// by both clocks, and the figures are those computed the slow way.
func TestFiguresAddUpAtAllTimes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := traffic(t)
		var f metrics.Figures
		for n, e := range events {
			f.Add(e)
			if rapid.Bool().Draw(t, "read twice") {
				f.Add(e)
			}
			if err := f.Check(); err != nil {
				t.Fatalf("after entry %d: %v", n+1, err)
			}
			for _, c := range metrics.Clocks {
				wait := func(e call.Event) int64 { return e.WaitMs }
				if c == metrics.ClockReturn {
					wait = func(e call.Event) int64 { return e.ReturnMs }
				}
				if diff := cmp.Diff(plainly(events[:n+1], wait, c), f.Items(c)); diff != "" {
					t.Fatalf("after entry %d, %s clock (-slow +fold):\n%s", n+1, c, diff)
				}
			}
		}
	})
}

// The counters say what the figures say, whatever the traffic: one ledger, two
// readers.
func TestCountersAgreeWithFigures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		reg := prometheus.NewRegistry()
		r := metrics.New(reg, small)
		var f metrics.Figures
		scores := metrics.Scores(metrics.Standards())
		for _, e := range traffic(t) {
			r.Apply(e)
			f.Add(e)
			for i := range scores {
				scores[i].Add(e)
			}
		}
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		i := f.Items(metrics.ClockCaller)
		for what, pair := range map[string][2]float64{
			"received":  {float64(i.A01), sumOf(families, "crisisline_calls_received_total", "", "")},
			"answered":  {float64(i.A03), sumOf(families, "crisisline_answer_seconds", "", "")},
			"abandoned": {float64(i.B02), sumOf(families, "crisisline_abandon_seconds", "", "")},
			"over":      {float64(i.A01), sumOf(families, "crisisline_calls_total", "", "")},
			"callback":  {float64(i.Callback), sumOf(families, "crisisline_calls_total", "outcome", "callback")},
			"intake":    {float64(i.A01), sumOf(families, "crisisline_wait_seconds", "phase", "intake")},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: figures %v, counters %v", what, pair[0], pair[1])
			}
		}
		for _, s := range scores {
			if got := sumOf(families, "crisisline_standard_total", "standard", s.Standard.Name); got != float64(s.Met+s.Missed) {
				t.Errorf("%s: judged %d, counted %v", s.Standard.Name, s.Met+s.Missed, got)
			}
		}
		reached := scores[0]
		if reached.Met != i.B01 || reached.Met+reached.Missed != i.A01 {
			t.Errorf("%s: %d of %d, figures %d of %d", reached.Standard.Name, reached.Met, reached.Met+reached.Missed, i.B01, i.A01)
		}
	})
}

func sumOf(families []*dto.MetricFamily, name, label, value string) float64 {
	sum := 0.0
	for _, f := range families {
		for _, m := range f.GetMetric() {
			ours := f.GetName() == name && label == ""
			for _, l := range m.GetLabel() {
				ours = ours || f.GetName() == name && l.GetName() == label && l.GetValue() == value
			}
			if ours {
				sum += m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	received := call.Event{Kind: call.KindReceived, Call: "CA1", At: monday}
	connected := call.Event{Kind: call.KindConnected, Call: "CA1", WaitMs: 5000}
	over := func(o call.Outcome) call.Event { return call.Event{Kind: call.KindFinished, Call: "CA1", Outcome: o} }
	for name, tc := range map[string]struct {
		events []call.Event
		want   string
	}{
		"twice received":       {[]call.Event{received, received}, "received twice"},
		"never received":       {[]call.Event{over(call.OutcomeAbandoned)}, "without having been received"},
		"finished twice":       {[]call.Event{received, over(call.OutcomeAbandoned), over(call.OutcomeAbandoned)}, "without having been received"},
		"answered unconnected": {[]call.Event{received, over(call.OutcomeAnswered)}, "without having been connected"},
		"answer taken back":    {[]call.Event{received, connected, over(call.OutcomeAbandoned)}, "did not end as answered"},
		"outcome without name": {[]call.Event{received, over("vanished")}, "unknown outcome"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f metrics.Figures
			for _, e := range tc.events {
				f.Add(e)
			}
			if err := f.Check(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Check() = %v, want it to say %q", err, tc.want)
			}
		})
	}
	for name, tc := range map[string]struct {
		items metrics.Items
		want  string
	}{
		"residual":       {metrics.Items{A01: 10, A03: 5, B01: 5, B02: 4, B03: 4}, "A01 10 ≠ A03 5 + B02 4"},
		"bands":          {metrics.Items{A01: 4, B02: 4, B03: 3}, "B02 4 ≠ B03 3"},
		"more in 60":     {metrics.Items{A01: 1, A03: 1, B01: 2}, "B01 2 > A03 1"},
		"more by IVR":    {metrics.Items{A01: 0, A02: 1}, "A02 1 > A01 0"},
		"time of nobody": {metrics.Items{B06: 4}, "A03 is 0"},
		"centile":        {metrics.Items{A01: 1, A03: 1, B01: 1, B07: 61}, "but B07 is 61 s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := tc.items.Check(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Check() = %v, want it to say %q", err, tc.want)
			}
		})
	}
}

// A call belongs to the period it arrived in, even if answered after midnight.
func TestPeriod(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	f := metrics.Figures{From: midnight.AddDate(0, -1, 0), To: midnight}
	arrive := func(id call.ID, at time.Time) {
		f.Add(call.Event{Kind: call.KindReceived, Call: id, At: at})
		f.Add(call.Event{Kind: call.KindConnected, Call: id, At: at.Add(time.Hour), WaitMs: 3_600_000})
		f.Add(call.Event{Kind: call.KindFinished, Call: id, At: at.Add(2 * time.Hour), Outcome: call.OutcomeAnswered})
	}
	arrive("before", f.From.Add(-time.Millisecond))
	arrive("first", f.From)
	arrive("last", midnight.Add(-time.Millisecond))
	arrive("after", midnight)
	if i := f.Items(metrics.ClockCaller); i.A01 != 2 || i.A03 != 2 || i.Live != 0 {
		t.Errorf("October has %d received, %d answered, %d live; want 2, 2, 0", i.A01, i.A03, i.Live)
	}
	if err := f.Check(); err != nil {
		t.Error(err)
	}
}

func TestNearestRank(t *testing.T) {
	t.Parallel()
	upTo := func(n int) (out []int32) {
		for i := range n {
			out = append(out, int32(i+1))
		}
		return out
	}
	for n, want := range map[int]time.Duration{0: 0, 1: 1, 2: 2, 19: 19, 20: 19, 21: 20, 40: 38, 100: 95, 101: 96} {
		if got := metrics.NearestRank(upTo(n), 95); got != want*time.Millisecond {
			t.Errorf("95th centile of 1…%d = %s, want %s", n, got, want*time.Millisecond)
		}
	}
}

// The worked example of ICMI and Call Centre Helper: the same month gives 81 %
// or 86 %, by who is allowed to disappear.
func TestServiceLevelFormulas(t *testing.T) {
	t.Parallel()
	l := metrics.Level{Answered: 1000, AnsweredWithin: 860, Abandoned: 60, AbandonedWithin: 20, ShortAbandoned: 10}
	for name, tc := range map[string]struct {
		formula func() (float64, bool)
		want    float64
	}{
		"F2 of answered":    {l.OfAnswered, .8600},
		"F3 of received":    {l.OfReceived, .8113},
		"F4 late abandons":  {l.LateAbandonsOnly, .8269},
		"F6 short excluded": {l.WithoutShort, .8190},
	} {
		if got, ok := tc.formula(); !ok || math.Abs(got-tc.want) > .00005 {
			t.Errorf("%s = %.4f, want %.4f", name, got, tc.want)
		}
	}
}
