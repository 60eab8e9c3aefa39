package metrics

import (
	"fmt"
	"time"
)

// Standing is how a standard stands over days that were rolled up.
type Standing struct {
	Standard
	Value  float64 // a share, or seconds when the standard is a mean
	Known  bool    // false: Why says why there is no figure
	Missed int64   // calls that did not meet it; 0 for a mean
	Few    bool    // Missed are so few that they are not to be told
	Judged bool    // it has a target, and there was a call
	Kept   bool
	Why    string
}

// Standing computes a standard from what was rolled up. Standards that need
// more than that are judged call by call as they happen, in the metrics, and are
// said to be.
func (d *Day) Standing(s Standard) Standing {
	out := Standing{Standard: s, Why: "counted live, in the metrics"}
	if s.Start == MomentFirstTry {
		return out.need(d.Reach)
	}
	t, ok := d.population(s)
	if !ok || len(s.Exclude) > 0 {
		return out
	}
	w := t.On(s.clock())
	var part int64
	whole := t.Received
	if s.Population == PopulationAnswered {
		whole = w.Answered
	}
	switch {
	case s.Measure == MeasureMean && s.Stop == MomentConnected:
		return out.mean(w)
	case s.Stop == MomentConnected && s.Threshold%time.Second == 0:
		part = w.Seconds.Within(s.Threshold)
	case s.Stop == MomentAbandoned && s.Threshold == AnyWait:
		part = whole - w.Left()
	case s.Stop == MomentAbandoned && s.Threshold == 30*time.Second:
		part = whole - w.Abandoned[1] - w.Abandoned[2]
	case s.Stop == MomentAbandoned && s.Threshold == 60*time.Second:
		part = whole - w.Abandoned[2]
	case s.Stop == MomentSettled && s.Start == MomentReceived && s.Threshold%time.Second == 0:
		whole -= t.Fallback // nobody noted how long they waited
		part = w.Seconds.Within(s.Threshold) + w.Gone.Within(s.Threshold) + w.Others.Within(s.Threshold)
	case s.Stop == MomentGreetingEnd && s.Population == PopulationReceived && len(s.Callers)+len(s.Lines) == 0 && s.Threshold%time.Second == 0:
		part, whole = d.Greeting.Within(s.Threshold), d.Greeting.Count()
	default:
		return out
	}
	return out.share(part, whole)
}

// clock is the clock that a standard of calls runs on.
func (s Standard) clock() Clock {
	if s.Start == MomentGreetingEnd {
		return ClockReturn
	}
	return ClockCaller
}

func (s Standing) share(part, whole int64) Standing {
	s.Value, s.Known = ratio(part, whole)
	s.Missed = whole - part
	if s.Why = ""; !s.Known {
		s.Why = "no call"
	}
	if s.Judged = s.Known && s.Target != nil; s.Judged {
		s.Kept = s.Value >= *s.Target
	}
	return s
}

// need is the standing of a standard about needs, which days do not count by line
// or by who rings.
func (s Standing) need(r Reach) Standing {
	if len(s.Callers)+len(s.Lines) > 0 {
		return s
	}
	return s.share(r.Met, r.Judged())
}

func (s Standing) mean(w *Waits) Standing {
	if w.Answered == 0 {
		s.Why = "nobody was answered"
		return s
	}
	s.Value, s.Known, s.Judged, s.Why = float64(w.SumMs)/1000/float64(w.Answered), true, true, ""
	s.Kept = w.SumMs <= s.Threshold.Milliseconds()*w.Answered
	return s
}

// population is the calls a standard is about, of what was rolled up: all, some
// callers', or some lines'.
func (d *Day) population(s Standard) (*Tally, bool) {
	if len(s.Callers) > 0 && len(s.Lines) > 0 {
		return nil, false
	}
	if len(s.Callers)+len(s.Lines) == 0 {
		return d.Of(SliceAll), true
	}
	sum := &Tally{}
	for _, c := range s.Callers {
		sum.Merge(d.Of(CallerSlice(c)))
	}
	for _, l := range s.Lines {
		sum.Merge(d.Of(LineSlice(l)))
	}
	return sum, true
}

// Promise is the standard in words.
func (s Standing) Promise() string {
	from := map[Moment]string{MomentReceived: "the first ring", MomentGreetingEnd: "the end of the greeting"}[s.Start]
	who := "everyone who rang"
	if s.Population == PopulationAnswered {
		who = "those answered"
	}
	if len(s.Callers) > 0 {
		who += fmt.Sprintf(" as %s", s.Callers[0])
		for _, c := range s.Callers[1:] {
			who += fmt.Sprintf(" or %s", c)
		}
	}
	switch {
	case s.Start == MomentFirstTry:
		return fmt.Sprintf("reached within %s of their first try (of %s with a number shown)", spanWords(s.Threshold), who)
	case s.Measure == MeasureMean:
		return fmt.Sprintf("answered in %s on average, from %s (of %s)", Seconds(s.Threshold.Seconds()), from, who)
	case s.Stop == MomentConnected:
		return fmt.Sprintf("answered within %s of %s (of %s)", Seconds(s.Threshold.Seconds()), from, who)
	case s.Stop == MomentAbandoned && s.Threshold == AnyWait:
		return fmt.Sprintf("did not give up (of %s)", who)
	case s.Stop == MomentAbandoned:
		return fmt.Sprintf("did not give up after more than %s from %s (of %s)", Seconds(s.Threshold.Seconds()), from, who)
	case s.Stop == MomentSettled:
		return fmt.Sprintf("waited no longer than %s, answered or not (of %s)", Seconds(s.Threshold.Seconds()), who)
	}
	return fmt.Sprintf("greeting over within %s (of %s)", Seconds(s.Threshold.Seconds()), who)
}

// Figure is the value as it is printed.
func (s Standing) Figure() string {
	switch {
	case s.Few:
		return "under 5 did not"
	case !s.Known:
		return "–"
	case s.Measure == MeasureMean:
		return Seconds(s.Value)
	}
	return Percent1(s.Value)
}

// Aim is the target as it is printed.
func (s Standing) Aim() string {
	switch {
	case s.Measure == MeasureMean:
		return "at most " + Seconds(s.Threshold.Seconds())
	case s.Target == nil:
		return "none agreed"
	}
	if *s.Target == 1 {
		return "every call"
	}
	return "at least " + Percent(*s.Target)
}
