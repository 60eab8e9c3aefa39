package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"example.org/crisisline/metrics"
)

const (
	minute = time.Minute
	second = time.Second
)

// Garnett, Mandelbaum and Reiman (2002), "Designing a call center with impatient
// customers": 48 calls and 50 people, a minute each, and then patience of two.
func TestErlangPublished(t *testing.T) {
	t.Parallel()
	q := metrics.Queue{PerHour: 48 * 60, Handling: minute, People: 50}
	c := q.Solve()
	near(t, "Erlang C mean wait", c.Mean.Seconds(), 20.8, .05)
	near(t, "Erlang C busy", c.Busy, .96, .0005)
	q.Patience = 2 * minute
	a := q.Solve()
	near(t, "Erlang A abandoned", a.Abandoned, .031, .0005)
	near(t, "Erlang A mean wait", a.Mean.Seconds(), 3.7, .15)
	near(t, "Erlang A busy", a.Busy, .93, .002)
	// Telephone tables: 10 erlangs, 14 people, Erlang C .1741; 2 and 4, .1739.
	near(t, "C(14, 10)", metrics.Queue{PerHour: 200, Handling: 3 * minute, People: 14}.Solve().Waits, .1741, .0001)
	near(t, "C(4, 2)", metrics.Queue{PerHour: 40, Handling: 3 * minute, People: 4}.Solve().Waits, 4./23, 1e-6)
}

// The staffing tables the project began with, from another program.
func TestPeopleNeeded(t *testing.T) {
	t.Parallel()
	reached := func(w metrics.Waiting) bool { return w.Within(minute) >= .95 && w.Mean <= 20*second }
	mean := func(w metrics.Waiting) bool { return w.Mean <= 20*second }
	p95 := func(w metrics.Waiting) bool { return w.P95 <= 120*second }
	ring := 12 * second
	for name, tc := range map[string]struct {
		perHour  float64
		handling time.Duration
		ring     time.Duration
		good     func(metrics.Waiting) bool
		want     int
	}{
		"5/h":           {5, 20 * minute, 0, reached, 5},
		"8/h":           {8, 20 * minute, 0, reached, 7},
		"12/h":          {12, 20 * minute, 0, reached, 8},
		"8/h long":      {8, 30 * minute, 0, reached, 9},
		"4.8/h mean":    {4.8, 20 * minute, ring, mean, 6},
		"4.8/h p95":     {4.8, 20 * minute, ring, p95, 5},
		"8/h mean":      {8, 20 * minute, ring, mean, 7},
		"8/h p95":       {8, 20 * minute, ring, p95, 6},
		"8/h long mean": {8, 30 * minute, ring, mean, 10},
		"8/h long p95":  {8, 30 * minute, ring, p95, 8},
		"12/h mean":     {12, 20 * minute, ring, mean, 9},
		"12/h p95":      {12, 20 * minute, ring, p95, 8},
		"half of 8/h":   {4, 20 * minute, ring, mean, 5},
		"third of 8/h":  {8. / 3, 20 * minute, ring, mean, 4},
		"quarter":       {2, 20 * minute, ring, mean, 4},
	} {
		q := metrics.Queue{PerHour: tc.perHour, Handling: tc.handling, Ring: tc.ring}
		if got := q.PeopleFor(tc.good); got != tc.want {
			t.Errorf("%s: %d people, want %d", name, got, tc.want)
		}
	}
	two := metrics.Queue{PerHour: 2, Handling: 20 * minute, People: 2}.Solve()
	near(t, "two people alone, mean", two.Mean.Seconds(), 150, .5)
	eight := metrics.Queue{PerHour: 8, Handling: 20 * minute, People: 8}.Solve()
	near(t, "eight together, mean", eight.Mean.Seconds(), 1, .8)
}

// A queue played through, call by call, lives through what the formula says.
func TestErlangAgainstAPlayedQueue(t *testing.T) {
	t.Parallel()
	for _, q := range []metrics.Queue{
		{PerHour: 12, Handling: 20 * minute, People: 5, Patience: 6 * minute},
		{PerHour: 12, Handling: 20 * minute, People: 3, Patience: 4 * minute}, // cannot keep up
		{PerHour: 8, Handling: 20 * minute, People: 4},
	} {
		w := q.Solve()
		left, mean, within := play(q, 400_000)
		near(t, "abandoned", w.Abandoned, left, .006)
		near(t, "mean wait, relative", w.Mean.Seconds()/mean, 1, .05)
		near(t, "reached in 60 s", w.Within(minute), within, .006)
	}
}

func play(q metrics.Queue, calls int) (left, mean, within float64) {
	rng := rand.New(rand.NewPCG(7, 7))
	free := make([]float64, q.People) // when each is free again, hours
	var now, sum float64
	var answered, gone, quick int
	for range calls {
		now += rng.ExpFloat64() / q.PerHour
		soonest := 0
		for i := range free {
			if free[i] < free[soonest] {
				soonest = i
			}
		}
		wait := max(0, free[soonest]-now)
		if q.Patience > 0 && wait > rng.ExpFloat64()*q.Patience.Hours() {
			gone++
			continue
		}
		free[soonest] = now + wait + rng.ExpFloat64()*q.Handling.Hours()
		answered++
		sum += wait * 3600
		if wait <= 1/60. {
			quick++
		}
	}
	return float64(gone) / float64(calls), sum / float64(answered), float64(quick) / float64(calls)
}

func TestErlangAtTheEdges(t *testing.T) {
	t.Parallel()
	if w := (metrics.Queue{People: 3, Handling: minute}).Solve(); w.Mean != 0 || w.Within(0) != 1 {
		t.Errorf("no calls: %+v", w)
	}
	if w := (metrics.Queue{PerHour: 9, Handling: 20 * minute, People: 3}).Solve(); w.Stable || w.Within(time.Hour) != 0 {
		t.Errorf("cannot keep up and nobody gives up: %+v", w)
	}
	if w := (metrics.Queue{PerHour: 9, Handling: 20 * minute, Patience: minute}).Solve(); w.Abandoned != 1 {
		t.Errorf("nobody on shift: %+v", w)
	}
	w := metrics.Queue{PerHour: 2500, Handling: 20 * minute, People: 400, Patience: 30 * minute}.Solve()
	if math.IsNaN(w.Abandoned) || w.Abandoned < .4 || w.Abandoned > .6 {
		t.Errorf("a country on half its people: %g leave", w.Abandoned)
	}
}
