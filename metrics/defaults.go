package metrics

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// ReachWithin is the time of reach.within_60min. The ledger says when it has run
// out (call.KindUnreached), so it is not a setting.
const ReachWithin = time.Hour

// Standards are the shipped standards about calls. None of their numbers is ours
// to promise: a deploying service agrees each one. Those that start from a
// callback or a visit are FollowUps; one about transfers needs transfers, and
// none are made.
func Standards() []Standard {
	share := func(p float64) *float64 { return &p }
	return []Standard{
		{
			Name: "answer.reached_60s", Start: MomentReceived, Stop: MomentConnected, Measure: MeasureShare,
			Threshold: 60 * time.Second, Target: share(.95), Population: PopulationReceived, Label: LabelLocal,
			Source: "band of NHS111-MH item B01; 95 % from the former NHS 111 target, here of everyone who rang",
		},
		{
			Name: "answer.nhs111_60s", Start: MomentGreetingEnd, Stop: MomentConnected, Measure: MeasureShare,
			Threshold: 60 * time.Second, Target: share(.95), Population: PopulationAnswered, Label: LabelSource,
			Source: "former NHS 111 target, of calls answered: for comparison with older publications only",
		},
		{
			Name: "answer.asa", Start: MomentGreetingEnd, Stop: MomentConnected, Measure: MeasureMean,
			Threshold: 20 * time.Second, Population: PopulationAnswered, Label: LabelSource,
			Source: "NHS111-MH average speed of answer, B06 / A03",
		},
		{
			Name: "answer.p95", Start: MomentGreetingEnd, Stop: MomentConnected, Measure: MeasureShare,
			Threshold: 120 * time.Second, Target: share(.95), Population: PopulationAnswered, Label: LabelSource,
			Source: "NHS111-MH 95th centile answer time, B07, nearest rank; 120 s as quoted by services, not read in primary text",
		},
		{
			Name: "abandon.all", Start: MomentGreetingEnd, Stop: MomentAbandoned, Measure: MeasureShare,
			Threshold: AnyWait, Target: share(.97), Population: PopulationReceived, Label: LabelSource,
			Source: "NHS 111 from 2021: at most 3 % of calls received, B02 / A01",
		},
		{
			Name: "abandon.over30", Start: MomentGreetingEnd, Stop: MomentAbandoned, Measure: MeasureShare,
			Threshold: 30 * time.Second, Target: share(.98), Population: PopulationReceived, Label: LabelLocal,
			Source: "bands of NHS111-MH items B04 and B05; at most 2 % of calls received",
		},
		{
			Name: "answer.longest_wait", Start: MomentReceived, Stop: MomentSettled, Measure: MeasureShare,
			Threshold: 5 * time.Minute, Target: share(1), Population: PopulationReceived, Label: LabelLocal,
			Source: "nobody waits longer, answered or not",
		},
		{
			Name: "reach.within_60min", Start: MomentFirstTry, Stop: MomentConnected, Measure: MeasureShare,
			Threshold: ReachWithin, Target: share(.99), Population: PopulationReceived, Label: LabelLocal,
			Source: "a caller who rings again and again until somebody answers is one unmet need, not many calls",
		},
		{
			Name: "professional.answer", Start: MomentReceived, Stop: MomentConnected, Measure: MeasureShare,
			Threshold: 60 * time.Second, Target: share(.90), Population: PopulationReceived, Label: LabelLocal,
			Callers: []call.Caller{call.CallerProfessional},
			Source:  "CORE CRT fidelity scale item 2, directly contactable by phone",
		},
		{
			Name: "greeting.length", Start: MomentReceived, Stop: MomentGreetingEnd, Measure: MeasureShare,
			Threshold: 20 * time.Second, Target: share(1), Population: PopulationReceived, Label: LabelLocal,
			Source: "long greetings cost callers: the US 988 line's ran 45 s before routing",
		},
	}
}

// AnsweredWithin is the plainest standard: of everyone who rang, the share
// connected within the threshold by the given clock. A target of 0 is none.
func AnsweredWithin(name string, threshold time.Duration, target float64, c Clock) Standard {
	s := Standard{
		Name: name, Start: MomentReceived, Stop: MomentConnected, Measure: MeasureShare, Threshold: threshold,
		Population: PopulationReceived, Label: LabelLocal, Source: "set by this service",
	}
	if c == ClockReturn {
		s.Start = MomentGreetingEnd
	}
	if target > 0 {
		s.Target = &target
	}
	return s
}

var standardName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// CheckStandards is an error naming every mistake in a list of standards, nil
// when there is none.
func CheckStandards(list []Standard) error {
	var problems []error
	names := map[string]bool{}
	for i, s := range list {
		for _, p := range s.problems() {
			problems = append(problems, fmt.Errorf("standard %d %q: %s", i+1, s.Name, p))
		}
		if names[s.Name] {
			problems = append(problems, fmt.Errorf("standard %d %q: the name is taken: choose another", i+1, s.Name))
		}
		names[s.Name] = true
	}
	return errors.Join(problems...)
}

func (s Standard) problems() []string {
	return append(s.unknownWords(), s.contradictions()...)
}

// problemsOf is the texts of what is wrong, in order.
type problemsOf []string

func (p *problemsOf) add(wrong bool, text string) {
	if wrong {
		*p = append(*p, text)
	}
}

func (s Standard) unknownWords() []string {
	var p problemsOf
	stops := []Moment{MomentGreetingEnd, MomentConnected, MomentAbandoned, MomentSettled}
	p.add(!standardName.MatchString(s.Name), "name: use lower-case letters, digits, '.' and '_'")
	p.add(s.Start != MomentReceived && s.Start != MomentGreetingEnd && s.Start != MomentFirstTry, "start: say received, greeting_end or first_try")
	p.add(!slices.Contains(stops, s.Stop), "stop: say greeting_end, connected, abandoned or settled")
	p.add(s.Measure != MeasureShare && s.Measure != MeasureMean, "measure: say share or mean")
	p.add(s.Population != PopulationReceived && s.Population != PopulationAnswered, "population: say received or answered")
	p.add(s.Label != LabelSource && s.Label != LabelLocal, "label: say source or local")
	p.add(s.Source == "", "source: say where the number comes from")
	for _, c := range s.Callers {
		p.add(!slices.Contains(call.Callers, c), fmt.Sprintf("callers: there is no caller %q", c))
	}
	for _, o := range s.Exclude {
		p.add(!slices.Contains(call.Outcomes, o), fmt.Sprintf("exclude: there is no outcome %q", o))
	}
	return p
}

func (s Standard) contradictions() []string {
	var p problemsOf
	mean := s.Measure == MeasureMean
	need := s.Start == MomentFirstTry
	p.add(need && (s.Stop != MomentConnected || mean || s.Population != PopulationReceived || s.Threshold != ReachWithin || len(s.Exclude) > 0),
		fmt.Sprintf("start: from a first try only the share of everyone received who was connected within %s is known", ReachWithin))
	p.add(s.Start == s.Stop, "stop: must come after start")
	p.add(s.Population == PopulationAnswered && s.Stop == MomentAbandoned, "population: nobody answered can have abandoned")
	p.add(mean && s.Target != nil, "target: a mean is compared with its threshold, leave the target out")
	p.add(mean && s.Stop == MomentAbandoned, "measure: abandonment is a share")
	p.add(mean && (s.Stop == MomentSettled || s.Stop == MomentGreetingEnd), "measure: the only mean that is kept is that of the time to connect: say share, or stop at connected")
	p.add(mean && s.Stop == MomentConnected && s.Population != PopulationAnswered,
		"population: a mean time to connect exists only for calls answered")
	p.add(s.Target != nil && (*s.Target <= 0 || *s.Target > 1), "target: a share above 0 and at most 1")
	p.add(s.Threshold < 0 && (s.Threshold != AnyWait || s.Stop != MomentAbandoned), "threshold: must not be negative")
	p.add(s.Threshold > 0 && s.Threshold%time.Second != 0, "threshold: whole seconds, which are what is kept of past days")
	return p
}
