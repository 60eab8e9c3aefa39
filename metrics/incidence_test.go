package metrics_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// Four callers: answered after 1 s, lost from sight after 2, gave up after 3,
// answered after 4. By hand: 1/4; then of the two left half of the 3/4 gives up,
// and the last takes the other 3/8.
func TestCumulativeIncidenceByHand(t *testing.T) {
	t.Parallel()
	about := cmpopts.EquateApprox(0, 1e-12)
	got := metrics.CumulativeIncidence(metrics.Histogram{2: 1}, metrics.Histogram{1: 1, 4: 1}, metrics.Histogram{3: 1})
	want := []metrics.Incidence{{1, []float64{.25, 0}}, {3, []float64{.25, .375}}, {4, []float64{.625, .375}}}
	if d := cmp.Diff(want, got, about); d != "" {
		t.Errorf("(-by hand +got):\n%s", d)
	}
	// Lost in the very second in which another was answered: was still there.
	got = metrics.CumulativeIncidence(metrics.Histogram{1: 1}, metrics.Histogram{1: 1, 2: 1})
	if d := cmp.Diff([]metrics.Incidence{{1, []float64{1. / 3}}, {2, []float64{1}}}, got, about); d != "" {
		t.Errorf("a tie (-by hand +got):\n%s", d)
	}
	if got := metrics.CumulativeIncidence(nil); len(got) != 0 {
		t.Errorf("nobody: %v", got)
	}
}

// With nobody lost from sight it is the plain share; with anybody, shares grow
// and never exceed the whole.
func TestCumulativeIncidenceIsAShare(t *testing.T) {
	t.Parallel()
	waits := rapid.MapOf(rapid.Int32Range(0, 40), rapid.Int64Range(1, 9))
	rapid.Check(t, func(t *rapid.T) {
		answered, gone, open := metrics.Histogram(waits.Draw(t, "answered")), metrics.Histogram(waits.Draw(t, "gone")), metrics.Histogram(waits.Draw(t, "open"))
		whole := float64(answered.Count() + gone.Count())
		for _, step := range metrics.CumulativeIncidence(nil, answered, gone) {
			for i, h := range []metrics.Histogram{answered, gone} {
				want := float64(h.Within(time.Duration(step.Second)*time.Second)) / whole
				if math.Abs(step.Shares[i]-want) > 1e-9 {
					t.Fatalf("%d s: %g, want %g", step.Second, step.Shares[i], want)
				}
			}
		}
		last := []float64{0, 0}
		for _, step := range metrics.CumulativeIncidence(open, answered, gone) {
			if step.Shares[0] < last[0] || step.Shares[1] < last[1] || step.Shares[0]+step.Shares[1] > 1+1e-9 {
				t.Fatalf("%d s: %v after %v", step.Second, step.Shares, last)
			}
			last = step.Shares
		}
	})
}

// Eight answered after 20 s, one gone after 30, one after 90, one promised a
// callback after 50, one answered without the store.
func TestIncidenceChart(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	ring := func(id string, answered bool, o call.Outcome, ms int64) {
		e := call.Event{Kind: call.KindReceived, At: monday, Call: call.ID(id)}
		fold.Add(e)
		if e.WaitMs, e.ReturnMs = ms, ms; answered {
			e.Kind = call.KindConnected
			fold.Add(e)
		}
		e.Kind, e.Outcome = call.KindFinished, o
		fold.Add(e)
	}
	for _, id := range strings.Split("abcdefgh", "") {
		ring(id, true, call.OutcomeAnswered, 20_000)
	}
	ring("i", false, call.OutcomeAbandoned, 29_001)
	ring("j", false, call.OutcomeAbandoned, 90_000)
	ring("k", false, call.OutcomeCallback, 50_000)
	ring("l", false, call.OutcomeFallback, 600_000)
	day := fold.Take("")[0]
	if err := day.Check(); err != nil {
		t.Fatal(err)
	}
	c := metrics.IncidenceChart("id", "title", day.Of(metrics.SliceAll))
	rows := map[string]string{}
	for _, row := range c.Table {
		rows[row[0]] = strings.Join(row[1:], " ")
	}
	for second, want := range map[string]string{
		"seconds waited": "answered gave up other end still waiting", "19": "0 0 0 1", "20": "0.727273 0 0 0.272727",
		"30": "0.727273 0.0909091 0 0.181818", "60": "0.727273 0.0909091 0.0909091 0.0909091", "120": "0.727273 0.181818 0.0909091 0",
	} {
		if rows[second] != want {
			t.Errorf("%s: %q, want %q", second, rows[second], want)
		}
	}
	want := "Of 100 who rang, 73 had been answered when a minute was over, 9 had given up, 9 were still waiting and 9 had ended otherwise. " +
		"Leaving out those who had given up would show 80: the more give up, the better it would look. " +
		"One call answered without the store left out: how long they waited was not noted."
	if c.Says != want {
		t.Errorf("says %q", c.Says)
	}
	if c := metrics.IncidenceChart("id", "title", &metrics.Tally{}); c.Says != "Nobody rang." || strings.Contains(string(c.SVG), "NaN") {
		t.Errorf("of nobody: %s", c.Says)
	}
}
