package metrics_test

import (
	"math"
	"testing"

	"example.org/crisisline/metrics"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %.5f, want %.5f", what, got, want)
	}
}

// The vectors were computed elsewhere, from published figures for the last.
func TestIntervals(t *testing.T) {
	t.Parallel()
	p := func(part, whole int64) metrics.Proportion { return metrics.Proportion{Part: part, Whole: whole} }
	low, high := p(180, 200).Wilson()
	near(t, "180/200 low", low, .8506, .00005)
	near(t, "180/200 high", high, .9343, .00005)
	low, high = p(425, 500).Wilson()
	near(t, "425/500 low", low, .8160, .00005)
	near(t, "425/500 high", high, .8786, .00005)
	for name, tc := range map[string]struct {
		a, b            metrics.Proportion
		diff, low, high float64
	}{
		"nothing to see":      {p(180, 200), p(425, 500), .0500, -.0071, .0983},
		"too few":             {p(9, 10), p(85, 100), .05, -.2594, .1666},
		"one county and next": {p(29328, 41770), p(26988, 44938), .1016, .0953, .1079},
	} {
		diff, low, high := metrics.Newcombe(tc.a, tc.b)
		near(t, name, diff, tc.diff, .00005)
		near(t, name+" low", low, tc.low, .00005)
		near(t, name+" high", high, tc.high, .00005)
	}
	z, pValue := metrics.PooledZ(p(180, 200), p(425, 500))
	near(t, "z", z, 1.745, .0005)
	near(t, "p", pValue, .081, .0005)
	if low, high := p(0, 0).Wilson(); low != 0 || high != 1 {
		t.Errorf("of nobody: %g to %g, want anything", low, high)
	}
}

func TestCallsToTell(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b float64
		want int64
	}{{.90, .85, 686}, {.95, .90, 435}, {.90, .80, 199}} {
		if got := metrics.CallsToTell(tc.a, tc.b); got != tc.want {
			t.Errorf("%g against %g needs %d calls, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestHolm(t *testing.T) {
	t.Parallel()
	got := metrics.Holm([]float64{.01, .04, .03, .005})
	for i, want := range []float64{.03, .06, .06, .02} {
		near(t, "adjusted", got[i], want, 1e-12)
	}
}

func TestFunnel(t *testing.T) {
	t.Parallel()
	low, _ := metrics.Funnel(.95, 360, .002)
	near(t, "360 calls, approximately", low, .915, .0005)
	// Fewer than ten expected misses: exactly. The normal limit would be .863.
	low, high := metrics.Funnel(.95, 60, .002)
	near(t, "60 calls, exactly", low, 51./60, 1e-9)
	near(t, "60 calls, upper", high, 1, 1e-9)
	if low, high := metrics.Funnel(.5, 0, .002); low != .5 || high != .5 {
		t.Errorf("no calls: %g to %g", low, high)
	}
}

func TestMantelHaenszelComparesLikeWithLike(t *testing.T) {
	t.Parallel()
	p := func(part, whole int64) metrics.Proportion { return metrics.Proportion{Part: part, Whole: whole} }
	// Equal by day and by night; one rings mostly at night, when all are slow.
	diff, ok := metrics.MantelHaenszel([][2]metrics.Proportion{
		{p(90, 100), p(900, 1000)},
		{p(500, 1000), p(50, 100)},
		{p(3, 5), p(0, 0)},
	})
	if !ok {
		t.Fatal("nothing compared")
	}
	near(t, "difference", diff, 0, 1e-12)
	if _, ok := metrics.MantelHaenszel(nil); ok {
		t.Error("something compared with nothing")
	}
}
