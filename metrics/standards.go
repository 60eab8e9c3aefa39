package metrics

import (
	"time"

	"example.org/crisisline/call"
)

// Clock is from when a wait is counted.
type Clock string

// The two clocks. A figure is on one of them, always named, never on both.
const (
	ClockCaller Clock = "caller" // from the first webhook: what the caller lived through
	ClockReturn Clock = "return" // from the end of the greeting: what the NHS return counts
)

// Clocks lists the closed set.
var Clocks = []Clock{ClockCaller, ClockReturn}

// Verdict is what a standard says of one call. It is a metric label.
type Verdict string

// The verdicts.
const (
	NotJudged Verdict = ""
	Met       Verdict = "met"
	Missed    Verdict = "missed"
)

// Standard is one promise about calls. It is configuration.
type Standard struct {
	Name      string
	Threshold time.Duration
	Target    *float64
}

// Counted reports whether the standard judges single calls.
func (s Standard) Counted() bool { return true }

// Judge says whether the call that e settles meets the standard, and why.
func (s Standard) Judge(e call.Event) (Verdict, string) { return NotJudged, "" }

// Standards are the shipped defaults.
func Standards() []Standard { return nil }
