package metrics

import (
	"time"

	"example.org/crisisline/call"
)

// Score is how one standard stands over some calls.
type Score struct {
	Standard Standard
	Met      int64         // share standards
	Missed   int64         // share standards
	Calls    int64         // calls in its population
	Sum      time.Duration // of their waits on the standard's clock, mean standards
}

// Add judges the call that e settles, if it settles one.
func (s *Score) Add(e call.Event) {
	wait, why := s.Standard.wait(e)
	if why != "" {
		return
	}
	s.Calls++
	if !s.Standard.Counted() {
		s.Sum += wait
		return
	}
	switch v, _ := s.Standard.Judge(e); v {
	case Met:
		s.Met++
	case Missed:
		s.Missed++
	case NotJudged:
	}
}

// Share is Met / (Met + Missed); false when no call was judged.
func (s Score) Share() (float64, bool) {
	if s.Met+s.Missed == 0 {
		return 0, false
	}
	return float64(s.Met) / float64(s.Met+s.Missed), true
}

// Mean is the mean wait; false when there was no call or the standard is a share.
func (s Score) Mean() (time.Duration, bool) {
	if s.Standard.Counted() || s.Calls == 0 {
		return 0, false
	}
	return s.Sum / time.Duration(s.Calls), true
}

// Kept reports whether the standard is kept; judged is false when it has no
// target or there was no call, which is neither kept nor broken.
func (s Score) Kept() (kept, judged bool) {
	if !s.Standard.Counted() {
		_, ok := s.Mean()
		return ok && s.Sum <= s.Standard.Threshold*time.Duration(s.Calls), ok
	}
	share, ok := s.Share()
	if !ok || s.Standard.Target == nil {
		return false, false
	}
	return share >= *s.Standard.Target, true
}

// Scores is a Score for each standard, all at nothing.
func Scores(standards []Standard) []Score {
	out := make([]Score, len(standards))
	for i, s := range standards {
		out[i].Standard = s
	}
	return out
}
