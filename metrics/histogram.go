package metrics

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Histogram counts waits by whole seconds, each rounded up: 59.001 s is a 60.
// Two are merged by adding, and merging loses nothing that is published: the
// thresholds of the return are whole seconds and inclusive, and its centile is
// rounded up. Sums and the longest wait are kept beside it to the millisecond.
type Histogram map[int32]int64

// Add counts one wait of ms milliseconds.
func (h *Histogram) Add(ms int64) {
	if *h == nil {
		*h = Histogram{}
	}
	(*h)[int32(min(max(0, ms+999)/1000, 1<<31-1))]++
}

// Merge adds what o counted.
func (h *Histogram) Merge(o Histogram) {
	if *h == nil && len(o) > 0 {
		*h = make(Histogram, len(o))
	}
	for s, n := range o {
		(*h)[s] += n
	}
}

// Count is how many waits were counted.
func (h Histogram) Count() (n int64) {
	for _, c := range h {
		n += c
	}
	return n
}

// Within is how many waits were at most d, which must be whole seconds.
func (h Histogram) Within(d time.Duration) (n int64) {
	for s, c := range h {
		if time.Duration(s)*time.Second <= d {
			n += c
		}
	}
	return n
}

// NearestRank is the centile by nearest rank in whole seconds, rounded up; 0
// when nothing was counted.
func (h Histogram) NearestRank(centile int64) time.Duration {
	rank := max((h.Count()*centile+99)/100, 1)
	for _, s := range slices.Sorted(maps.Keys(h)) {
		if rank -= h[s]; rank <= 0 {
			return time.Duration(s) * time.Second
		}
	}
	return 0
}

// MarshalJSON writes pairs, the step from the second before and the count.
func (h Histogram) MarshalJSON() ([]byte, error) {
	pairs := make([]int64, 0, 2*len(h))
	last := int32(0)
	for _, s := range slices.Sorted(maps.Keys(h)) {
		pairs = append(pairs, int64(s-last), h[s])
		last = s
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON reads them back.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var pairs []int64
	if err := json.Unmarshal(data, &pairs); err != nil {
		return err
	}
	if len(pairs)%2 != 0 {
		return fmt.Errorf("histogram of %d numbers: they come in pairs", len(pairs))
	}
	*h = make(Histogram, len(pairs)/2)
	at := int64(0)
	for i := 0; i < len(pairs); i += 2 {
		at += pairs[i]
		if pairs[i] < 0 || pairs[i+1] <= 0 || at > 1<<31-1 {
			return fmt.Errorf("histogram step %d, count %d: seconds rise and counts are above 0", pairs[i], pairs[i+1])
		}
		(*h)[int32(at)] = pairs[i+1] //nolint:gosec // bounded above
	}
	return nil
}
