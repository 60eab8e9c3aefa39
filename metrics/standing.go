package metrics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/crisisline/call"
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

// Standing computes a standard from what was rolled up, as judging every call
// would. Days of an older form may hold too little for it, and then it says so.
func (d *Day) Standing(s Standard) Standing {
	out := Standing{Standard: s, Why: fmt.Sprintf("not known of %s rolled up by an earlier version", many(d.Coarse, "day"))}
	if d.Coarse > 0 && s.fine() {
		return out
	}
	if s.Start == MomentFirstTry {
		r := d.Reach
		if len(s.Callers)+len(s.Lines) > 0 {
			r = d.population(s).Reach
		}
		return out.share(r.Met, r.Judged())
	}
	t := d.population(s)
	w := t.On(s.clock())
	switch s.Stop {
	case MomentAbandoned:
		whole := t.ended(s)
		var late int64
		if s.counts(call.OutcomeAbandoned) {
			late = w.Gone.Count()
			if s.Threshold != AnyWait {
				late -= w.Gone.Within(s.Threshold)
			}
		}
		return out.share(whole-late, whole)
	case MomentConnected:
		switch {
		case s.Measure == MeasureMean && s.counts(call.OutcomeAnswered):
			return out.mean(w)
		case s.Measure == MeasureMean:
			return out.mean(&Waits{})
		case s.counts(call.OutcomeAnswered):
			return out.share(w.Seconds.Within(s.Threshold), t.ended(s))
		}
		return out.share(0, t.ended(s))
	case MomentGreetingEnd:
		if len(s.Callers)+len(s.Lines)+len(s.Exclude) == 0 && s.Population == PopulationReceived {
			return out.share(d.Greeting.Within(s.Threshold), d.Greeting.Count()) // older days have it, too
		}
		return out.within(t.Greetings)
	}
	if len(s.Exclude) == 0 && s.Population == PopulationReceived {
		return out.within(Ended{call.OutcomeAnswered: w.Seconds, call.OutcomeAbandoned: w.Gone, call.OutcomeFailed: w.Others})
	}
	return out.within(w.ended())
}

// fine reports whether the standard needs what only days of the newest form hold.
func (s Standard) fine() bool {
	some := len(s.Callers) + len(s.Lines)
	switch {
	case len(s.Callers) > 0 && len(s.Lines) > 0:
		return true
	case s.Start == MomentFirstTry:
		return some > 0
	case s.Stop == MomentGreetingEnd:
		return some+len(s.Exclude) > 0 || s.Population != PopulationReceived
	case s.Stop == MomentSettled:
		return len(s.Exclude) > 0
	}
	return false
}

// counts reports whether calls that ended so are counted at all.
func (s Standard) counts(o call.Outcome) bool {
	return !slices.Contains(s.Exclude, o) && (s.Population == PopulationReceived || o == call.OutcomeAnswered)
}

// ended is how many calls the standard counts.
func (t *Tally) ended(s Standard) (n int64) {
	for o, calls := range map[call.Outcome]int64{
		call.OutcomeAnswered: t.Caller.Answered, call.OutcomeAbandoned: t.Caller.Left(), call.OutcomeCallback: t.Callback,
		call.OutcomeHandedOn: t.HandedOn, call.OutcomeFallback: t.Fallback, call.OutcomeFailed: t.Failed,
	} {
		if s.counts(o) {
			n += calls
		}
	}
	return n
}

// ended is the waits by how they ended; nobody noted those of calls answered
// while the store was gone.
func (w *Waits) ended() Ended {
	failed := maps.Clone(w.Others)
	for _, h := range w.Chosen {
		for second, n := range h {
			failed[second] -= n
		}
	}
	return Ended{
		call.OutcomeAnswered: w.Seconds, call.OutcomeAbandoned: w.Gone, call.OutcomeFailed: failed,
		call.OutcomeCallback: w.Chosen[call.OutcomeCallback], call.OutcomeHandedOn: w.Chosen[call.OutcomeHandedOn],
	}
}

// within is the share of the waits that are no longer than the threshold.
func (s Standing) within(waits Ended) Standing {
	var part, whole int64
	for o, h := range waits {
		if s.counts(o) {
			part, whole = part+h.Within(s.Threshold), whole+h.Count()
		}
	}
	return s.share(part, whole)
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
// callers', some lines', or some callers' on some lines.
func (d *Day) population(s Standard) *Tally {
	callers, lines := distinct(s.Callers), distinct(s.Lines)
	if len(callers)+len(lines) == 0 {
		return d.Of(SliceAll)
	}
	sum := &Tally{}
	for _, c := range callers {
		for _, l := range lines {
			sum.Merge(d.Of(lineCallerSlice(l, c)))
		}
		if len(lines) == 0 {
			sum.Merge(d.Of(CallerSlice(c)))
		}
	}
	for _, l := range lines {
		if len(callers) == 0 {
			sum.Merge(d.Of(LineSlice(l)))
		}
	}
	return sum
}

// distinct is each value once.
func distinct[T cmp.Ordered](list []T) []T { return slices.Compact(slices.Sorted(slices.Values(list))) }

// Promise is the standard in words.
func (s Standing) Promise() string {
	from := map[Moment]string{MomentReceived: "the first ring", MomentGreetingEnd: "the end of the greeting"}[s.Start]
	who := "everyone who rang"
	if s.Population == PopulationAnswered {
		who = "those answered"
	}
	if len(s.Callers) > 0 {
		who += " as " + orList(s.Callers)
	}
	if len(s.Lines) > 0 {
		who += " on line " + orList(s.Lines)
	}
	if len(s.Exclude) > 0 {
		left := make([]string, len(s.Exclude))
		for i, o := range s.Exclude {
			left[i] = outcomeWords[o]
		}
		who += ", leaving out calls that " + orList(left)
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

func orList[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, " or ")
}

var outcomeWords = map[call.Outcome]string{
	call.OutcomeAnswered: "were answered", call.OutcomeAbandoned: "were given up", call.OutcomeCallback: "ended in a callback",
	call.OutcomeHandedOn: "were handed on", call.OutcomeFallback: "were answered without the store", call.OutcomeFailed: "failed",
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
