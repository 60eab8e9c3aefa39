package metrics

import (
	"math"
	"time"
)

// Queue is a moment of a line, as queueing theory sees it: calls arrive at
// random, conversations last about as long as they last, whoever has waited
// longest is next, and any of People may take any call.
type Queue struct {
	PerHour  float64       // calls arriving
	Handling time.Duration // talk and wrap-up, mean
	People   int           // on shift, all of them answering
	Patience time.Duration // mean time until a caller gives up; 0: nobody ever does (Erlang C)
	Ring     time.Duration // from the offer to both hearing each other, added to every wait
}

// Waiting is what callers of a Queue live through. Shares are of everyone who
// rings. A line that cannot keep up has Stable false and an infinite wait.
type Waiting struct {
	Stable    bool
	Busy      float64       // share of people's time spent on calls
	Waits     float64       // share that does not find anybody free
	Abandoned float64       // share that gives up
	Mean      time.Duration // to answer, of the answered, ring included
	P95       time.Duration // of the answered, ring included
	q         Queue
	density   func(x float64) float64 // of the wait that would be needed, in hours, per hour
	atOnce    float64
}

// never is a wait without end, as a duration.
const never = time.Duration(math.MaxInt64)

// Load is the work that arrives, in people busy all the time (erlangs).
func (q Queue) Load() float64 { return q.PerHour * q.Handling.Hours() }

// Solve computes the waits. With Patience 0 it is the Erlang C formula; else
// Erlang A, whose callers give up at a steady rate while they wait.
func (q Queue) Solve() Waiting {
	w := Waiting{q: q}
	a := q.Load()
	if a == 0 {
		w.Stable, w.atOnce, w.Mean, w.P95 = true, 1, q.Ring, q.Ring
		w.density = func(float64) float64 { return 0 }
		return w
	}
	if q.People <= 0 || q.Patience == 0 && float64(q.People) <= a {
		w.Waits, w.Busy, w.Mean, w.P95 = 1, 1, never, never
		if w.Abandoned = 1; q.Patience == 0 {
			w.Abandoned = 0
		}
		w.density = func(float64) float64 { return 0 }
		return w
	}
	w.solve(a)
	return w
}

// solve uses the wait that would be needed (the virtual wait): its density at x
// is λ·p(c−1)·exp(λ·∫₀ˣ(share still patient) − c·μ·x). Baccelli and Hébuterne.
func (w *Waiting) solve(a float64) {
	q := w.q
	lambda, mu, c := q.PerHour, 1/q.Handling.Hours(), float64(q.People)
	shape := func(x float64) float64 { return math.Exp((lambda - c*mu) * x) }
	if q.Patience > 0 {
		theta := 1 / q.Patience.Hours()
		shape = func(x float64) float64 { return math.Exp(lambda/theta*-math.Expm1(-theta*x) - c*mu*x) }
	}
	// p(j)/p(c−1) for j < c, from the top down so that nothing overflows.
	var below float64
	for j, term := q.People-1, 1.0; j >= 0; j-- {
		below += term
		term *= float64(j) / a
	}
	queue := w.integral(0, math.Inf(1), func(x float64) float64 { return lambda * shape(x) })
	top := 1 / (below + queue)
	w.Stable, w.atOnce, w.Waits = true, below*top, queue*top
	w.density = func(x float64) float64 { return lambda * top * shape(x) }
	served := w.answeredBy(never)
	w.Abandoned = max(0, 1-served)
	if q.Patience == 0 {
		w.Abandoned = 0
	}
	w.Busy = a * served / c
	mean := w.integral(0, math.Inf(1), func(x float64) float64 { return x * w.density(x) * w.patient(x) }) / served
	w.Mean = hours(mean) + q.Ring
	w.P95 = w.centile(.95, served) + q.Ring
}

func hours(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }

// patient is the share of callers still there after x hours.
func (w *Waiting) patient(x float64) float64 {
	if w.q.Patience == 0 {
		return 1
	}
	return math.Exp(-x / w.q.Patience.Hours())
}

// answeredBy is the share answered before waiting d, ring not included.
func (w *Waiting) answeredBy(d time.Duration) float64 {
	if d < 0 {
		return 0
	}
	end := math.Inf(1)
	if d < never {
		end = d.Hours()
	}
	return w.atOnce + w.integral(0, end, func(x float64) float64 { return w.density(x) * w.patient(x) })
}

// Within is the share of everyone who rings that is answered within d, ring
// included.
func (w *Waiting) Within(d time.Duration) float64 {
	if !w.Stable {
		return 0
	}
	return w.answeredBy(d - w.q.Ring)
}

// centile is the wait that a share of the answered stays within.
func (w *Waiting) centile(share, served float64) time.Duration {
	if w.atOnce >= share*served {
		return 0
	}
	low, high := 0.0, 1/60.
	for w.answeredBy(hours(high)) < share*served && high < 1e4 {
		high *= 2
	}
	for range 24 { // to a few microseconds of the wait
		mid := (low + high) / 2
		if w.answeredBy(hours(mid)) < share*served {
			low = mid
		} else {
			high = mid
		}
	}
	return hours(high)
}

// integral is of f from one wait to another, in hours, by Simpson's rule, over
// as much of an endless range as matters.
func (w *Waiting) integral(from, to float64, f func(float64) float64) float64 {
	if math.IsInf(to, 1) {
		to = w.horizon()
	}
	to = min(to, w.horizon())
	if to <= from {
		return 0
	}
	const steps = 600
	h := (to - from) / steps
	sum := f(from) + f(to)
	for i := 1; i < steps; i++ {
		weight := 2.0
		if i%2 == 1 {
			weight = 4
		}
		sum += weight * f(from+float64(i)*h)
	}
	return sum * h / 3
}

// horizon is a wait beyond which next to nobody is, in hours.
func (w *Waiting) horizon() float64 {
	q := w.q
	mu, c := 1/q.Handling.Hours(), float64(q.People)
	if q.Patience == 0 {
		return 40 / (c*mu - q.PerHour)
	}
	theta := 1 / q.Patience.Hours()
	// Until about now the queue grows; from then on it thins out.
	turn := 0.0
	if q.PerHour > c*mu {
		turn = math.Log(q.PerHour/(c*mu)) / theta
	}
	return turn + 40/(c*mu+theta) + 12/theta*boolFloat(q.PerHour >= .8*c*mu)
}

func boolFloat(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// PeopleFor is the least number of people with whom good holds; 0 when no
// number up to twice the load and fifty does.
func (q Queue) PeopleFor(good func(Waiting) bool) int {
	most := int(2*q.Load()) + 50
	for q.People = 1; q.People <= most; q.People++ {
		if w := q.Solve(); w.Stable && good(w) {
			return q.People
		}
	}
	return 0
}
