package metrics

import (
	"math"
	"slices"
)

// Proportion is a share of calls.
type Proportion struct{ Part, Whole int64 }

// Value is Part / Whole; false when Whole is 0.
func (p Proportion) Value() (float64, bool) { return ratio(p.Part, p.Whole) }

// Two-sided normal quantiles.
const (
	z95  = 1.959963984540054
	z998 = 3.090232306167813
)

// Wilson is the score interval of the share at 95 %. Nothing counted: 0 to 1.
func (p Proportion) Wilson() (low, high float64) {
	if p.Whole == 0 {
		return 0, 1
	}
	n, share := float64(p.Whole), float64(p.Part)/float64(p.Whole)
	z2 := z95 * z95
	mid := (share + z2/(2*n)) / (1 + z2/n)
	half := z95 / (1 + z2/n) * math.Sqrt(share*(1-share)/n+z2/(4*n*n))
	return max(0, mid-half), min(1, mid+half)
}

// Newcombe is the difference of two independent shares and its 95 % interval,
// by Newcombe's hybrid of their Wilson intervals (his method 10).
func Newcombe(a, b Proportion) (diff, low, high float64) {
	pa, _ := a.Value()
	pb, _ := b.Value()
	la, ua := a.Wilson()
	lb, ub := b.Wilson()
	diff = pa - pb
	return diff, diff - math.Hypot(pa-la, ub-pb), diff + math.Hypot(ua-pa, pb-lb)
}

// PooledZ is the two-sample z of the difference with its two-sided p-value, the
// variance pooled. Nothing to compare gives 0 and 1.
func PooledZ(a, b Proportion) (z, p float64) {
	if a.Whole == 0 || b.Whole == 0 {
		return 0, 1
	}
	pa, _ := a.Value()
	pb, _ := b.Value()
	pool := float64(a.Part+b.Part) / float64(a.Whole+b.Whole)
	spread := math.Sqrt(pool * (1 - pool) * (1/float64(a.Whole) + 1/float64(b.Whole)))
	if spread == 0 {
		return 0, 1
	}
	z = (pa - pb) / spread
	return z, math.Erfc(math.Abs(z) / math.Sqrt2)
}

// Holm adjusts p-values for having looked at all of them. They come back in the
// order given.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	out, worst := make([]float64, len(p)), 0.0
	for rank, i := range order {
		worst = max(worst, min(1, p[i]*float64(len(p)-rank)))
		out[i] = worst
	}
	return out
}

// MantelHaenszel is the common difference of two shares over strata: like with
// like, weighted by how much each stratum can tell. False when no stratum has
// both.
func MantelHaenszel(strata [][2]Proportion) (diff float64, ok bool) {
	var sum, weight float64
	for _, s := range strata {
		a, b := s[0], s[1]
		if a.Whole == 0 || b.Whole == 0 {
			continue
		}
		pa, _ := a.Value()
		pb, _ := b.Value()
		w := float64(a.Whole) * float64(b.Whole) / float64(a.Whole+b.Whole)
		sum += w * (pa - pb)
		weight += w
	}
	if weight == 0 {
		return 0, false
	}
	return sum / weight, true
}

// CallsToTell is how many calls each of two groups needs for a test at 5 % to
// see a share of a against b four times out of five.
func CallsToTell(a, b float64) int64 {
	const zPower = 0.8416212335729143
	mean := (a + b) / 2
	root := z95*math.Sqrt(2*mean*(1-mean)) + zPower*math.Sqrt(a*(1-a)+b*(1-b))
	return int64(math.Ceil(root * root / ((a - b) * (a - b))))
}

// Funnel is the interval in which a group of n calls is expected, were its share
// the whole's: with tail .002 only one group in five hundred falls outside by
// chance. By the normal approximation, or by the exact binomial distribution
// when fewer than ten calls of either kind are expected.
func Funnel(share float64, n int64, tail float64) (low, high float64) {
	if n <= 0 || share <= 0 || share >= 1 {
		return share, share
	}
	if size := float64(n); size*(1-share) >= 10 && size*share >= 10 {
		half := zOf(tail) * math.Sqrt(share*(1-share)/size)
		return max(0, share-half), min(1, share+half)
	}
	return binomialQuantile(share, n, tail/2), binomialQuantile(share, n, 1-tail/2)
}

func zOf(tail float64) float64 {
	switch tail {
	case .05:
		return z95
	case .002:
		return z998
	}
	return -math.Sqrt2 * math.Erfinv(tail-1)
}

// binomialQuantile is the smallest share k/n with P(X ≤ k) ≥ q.
func binomialQuantile(share float64, n int64, q float64) float64 {
	logs := func(k int64) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return a - b - c + float64(k)*math.Log(share) + float64(n-k)*math.Log(1-share)
	}
	var sum float64
	for k := range n {
		if sum += math.Exp(logs(k)); sum >= q {
			return float64(k) / float64(n)
		}
	}
	return 1
}
