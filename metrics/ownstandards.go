package metrics

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// OwnStandard is what a service agreed about a shipped standard, or one of its
// own. What is zero stays as it is shipped; of a new standard it is what
// AnsweredWithin has.
type OwnStandard struct {
	Name       string
	Start      Moment
	Stop       Moment
	Measure    Measure
	Threshold  time.Duration // 0 with abandoned: AnyWait
	Target     float64       // least share, in (0, 1]
	NoTarget   bool          // takes a shipped target away
	Population Population
	Callers    []call.Caller
	Lines      []string
	Exclude    []call.Outcome
	Source     string // where the number comes from; without one it is local
}

// StandardsWith is the shipped standards with a service's own: of a shipped name
// in its place, all others after them. Its error names everything that is wrong.
func StandardsWith(own []OwnStandard) ([]Standard, error) {
	all := Standards()
	var wrong []error
	seen := map[string]bool{}
	for _, o := range own {
		if seen[o.Name] {
			wrong = append(wrong, fmt.Errorf("standard %q is there twice", o.Name))
		}
		seen[o.Name] = true
		if i := slices.IndexFunc(all, func(s Standard) bool { return s.Name == o.Name }); i >= 0 {
			all[i] = o.over(all[i])
			continue
		}
		base := AnsweredWithin(o.Name, 0, 0, ClockCaller)
		if o.Measure == MeasureMean {
			base.Population = PopulationAnswered // the others have no time to an answer
		}
		s := o.over(base)
		s.Source = base.Source
		if o.Source != "" {
			s.Source = o.Source
		}
		if s.Threshold == 0 && s.Stop != MomentAbandoned {
			wrong = append(wrong, fmt.Errorf("standard %q: threshold: is needed, such as 60s", o.Name))
		}
		all = append(all, s)
	}
	return all, errors.Join(append(wrong, CheckStandards(all))...)
}

// over is s with what is said of it.
func (o OwnStandard) over(s Standard) Standard {
	if o.Start != "" {
		s.Start = o.Start
	}
	if o.Stop != "" {
		s.Stop = o.Stop
	}
	if o.Measure != "" {
		s.Measure = o.Measure
	}
	if o.Population != "" {
		s.Population = o.Population
	}
	switch {
	case o.Threshold != 0:
		s.Threshold = o.Threshold
	case s.Threshold == 0 && s.Stop == MomentAbandoned:
		s.Threshold = AnyWait
	}
	switch {
	case o.NoTarget:
		s.Target = nil
	case o.Target != 0:
		s.Target = &o.Target
	}
	if o.Callers != nil {
		s.Callers = o.Callers
	}
	if o.Lines != nil {
		s.Lines = o.Lines
	}
	if o.Exclude != nil {
		s.Exclude = o.Exclude
	}
	s.Label, s.Source = LabelLocal, "set by this service; as shipped: "+s.Source
	if o.Source != "" {
		s.Label, s.Source = LabelSource, o.Source
	}
	return s
}
