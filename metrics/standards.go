package metrics

import (
	"fmt"
	"slices"
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

// Moment is an instant of a call at which a standard's clock starts or stops.
type Moment string

// The closed set of moments. The last three are where a clock may stop.
const (
	MomentFirstTry    Moment = "first_try"    // the first webhook of the same caller's first try, where their number is known
	MomentReceived    Moment = "received"     // the first webhook: the caller's clock
	MomentGreetingEnd Moment = "greeting_end" // the greeting is over: the return's clock; it may also stop one
	MomentConnected   Moment = "connected"    // both hear each other; a call never connected misses
	MomentAbandoned   Moment = "abandoned"    // the caller left unanswered; a call not abandoned meets
	MomentSettled     Moment = "settled"      // connected, or over without it: how long the caller waited at all
)

// Measure is what is compared with the target.
type Measure string

// The closed set of measures. A 95th centile is a share: nearest-rank p95 ≤ T
// holds exactly when at least 95 % of calls are within T.
const (
	MeasureShare Measure = "share" // share of calls within the threshold, at least the target
	MeasureMean  Measure = "mean"  // mean wait, at most the threshold; no single call meets or misses it
)

// Population is whom a standard is about.
type Population string

// The closed set of populations.
const (
	PopulationReceived Population = "received" // everyone who rang
	PopulationAnswered Population = "answered" // only those who were answered; flattering, for comparison
)

// Label says whose number a standard's threshold or target is.
type Label string

// The labels. Local must be shown wherever the standard is.
const (
	LabelSource Label = "source" // published; Source says where
	LabelLocal  Label = "local"  // chosen here, to be agreed by the service
)

// AnyWait is the threshold of an abandonment standard that forgives none.
const AnyWait time.Duration = -1

// Standard is one promise about calls. It is configuration; Standards has the
// shipped ones.
type Standard struct {
	Name       string         // a metric label: lower case, digits, '.' and '_'
	Start      Moment         // received or greeting_end
	Stop       Moment         // any later one
	Measure    Measure        // share or mean
	Threshold  time.Duration  // inclusive; AnyWait only with abandoned
	Target     *float64       // least share, in (0, 1]; nil: measured, no pass mark agreed
	Population Population     // received or answered
	Callers    []call.Caller  // only these; empty: all
	Lines      []string       // only these; empty: all
	Exclude    []call.Outcome // calls that ended so are not counted at all
	Label      Label
	Source     string // where the number comes from, or what it was aligned with
}

// Verdict is what a standard says of one call. It is a metric label.
type Verdict string

// The verdicts.
const (
	NotJudged Verdict = ""
	Met       Verdict = "met"
	Missed    Verdict = "missed"
)

// Counted reports whether the standard judges single calls.
func (s Standard) Counted() bool { return s.Measure == MeasureShare }

// Judge says whether the call that entry e settles meets the standard, and why
// in words from a closed set. Entries that settle nothing, and calls outside the
// population, are NotJudged.
func (s Standard) Judge(e call.Event) (Verdict, string) {
	if s.Start == MomentFirstTry {
		return s.judgeNeed(e)
	}
	wait, why := s.wait(e)
	if why != "" {
		return NotJudged, why
	}
	if !s.Counted() {
		return NotJudged, "a mean is not judged call by call"
	}
	answered := e.Kind == call.KindConnected
	switch {
	case s.Stop == MomentConnected && !answered:
		return Missed, "never connected"
	case s.Stop == MomentAbandoned && e.Outcome != call.OutcomeAbandoned:
		return Met, "not abandoned"
	case wait <= s.Threshold:
		return Met, "within the threshold"
	}
	return Missed, "beyond the threshold"
}

// judgeNeed is Judge for a need, which begins with a caller's first try: its answer
// decides it, or the entry that says that there was none in time.
func (s Standard) judgeNeed(e call.Event) (Verdict, string) {
	switch {
	case len(s.Callers) > 0 && !slices.Contains(s.Callers, e.Caller):
		return NotJudged, "another caller"
	case len(s.Lines) > 0 && !slices.Contains(s.Lines, e.Line):
		return NotJudged, "another line"
	case e.Kind == call.KindUnreached:
		return Missed, "nobody reached them in time"
	case !FirstConnected(e):
		return NotJudged, "settles no need"
	case e.FirstMs == 0:
		return NotJudged, "whose first try it was is not known"
	case e.Missed:
		return NotJudged, "judged when the time was over"
	case time.Duration(e.FirstMs)*time.Millisecond <= s.Threshold:
		return Met, "within the threshold"
	}
	return Missed, "beyond the threshold"
}

// wait is how long the standard's clock ran for the call that e settles; why is
// set when the standard does not apply.
func (s Standard) wait(e call.Event) (wait time.Duration, why string) {
	answered := FirstConnected(e)
	switch {
	case !answered && e.Kind != call.KindFinished:
		return 0, "settles no call"
	case e.Kind == call.KindFinished && e.Outcome == call.OutcomeAnswered:
		return 0, "judged when it was connected"
	case !answered && s.Population == PopulationAnswered:
		return 0, "not answered"
	case e.Outcome == call.OutcomeFallback && (s.Stop == MomentSettled || s.Stop == MomentGreetingEnd):
		return 0, "nobody noted how long it waited"
	case len(s.Callers) > 0 && !slices.Contains(s.Callers, e.Caller):
		return 0, "another caller"
	case len(s.Lines) > 0 && !slices.Contains(s.Lines, e.Line):
		return 0, "another line"
	}
	outcome := e.Outcome
	if answered {
		outcome = call.OutcomeAnswered
	}
	if slices.Contains(s.Exclude, outcome) {
		return 0, "excluded outcome"
	}
	ms := e.WaitMs
	switch {
	case s.Stop == MomentGreetingEnd:
		ms = e.IntakeMs
	case s.Start == MomentGreetingEnd:
		ms = e.ReturnMs
	}
	return time.Duration(ms) * time.Millisecond, ""
}

// String is the standard in words, with whose number it is, for reports.
func (s Standard) String() string {
	what := fmt.Sprintf("%s to %s within %s", s.Start, s.Stop, s.Threshold)
	switch {
	case s.Threshold == AnyWait:
		what = "no abandonment"
	case s.Stop == MomentAbandoned:
		what = fmt.Sprintf("no abandonment after more than %s", s.Threshold)
	case s.Measure == MeasureMean:
		what = fmt.Sprintf("mean of %s to %s at most %s", s.Start, s.Stop, s.Threshold)
	}
	target := ", measured, no pass mark agreed"
	switch {
	case s.Measure == MeasureMean:
		target = ""
	case s.Target != nil:
		target = fmt.Sprintf(", for %g %%", *s.Target*100)
	}
	whom := "calls " + string(s.Population)
	if s.Start == MomentFirstTry {
		whom = "needs, of callers who showed a number"
	}
	return fmt.Sprintf("%s: %s%s of %s (%s: %s)", s.Name, what, target, whom, s.Label, s.Source)
}
