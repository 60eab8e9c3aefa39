package metrics_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// agreed is any standard that a service may set.
func agreed(t *rapid.T) metrics.Standard {
	some := func(label string, of []string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(of), 0, 2).Draw(t, label)
	}
	own := metrics.OwnStandard{
		Name:       "own.standard",
		Start:      rapid.SampledFrom([]metrics.Moment{metrics.MomentReceived, metrics.MomentGreetingEnd}).Draw(t, "start"),
		Stop:       rapid.SampledFrom([]metrics.Moment{metrics.MomentGreetingEnd, metrics.MomentConnected, metrics.MomentAbandoned, metrics.MomentSettled}).Draw(t, "stop"),
		Measure:    rapid.SampledFrom([]metrics.Measure{metrics.MeasureShare, metrics.MeasureMean}).Draw(t, "measure"),
		Threshold:  time.Duration(rapid.IntRange(0, 300).Draw(t, "threshold")) * time.Second,
		Population: rapid.SampledFrom([]metrics.Population{metrics.PopulationReceived, metrics.PopulationAnswered}).Draw(t, "population"),
		Lines:      some("lines", []string{"public", "professional", "legacy"}),
	}
	if own.Measure == metrics.MeasureShare && rapid.Bool().Draw(t, "with target") {
		own.Target = .8
	}
	for range rapid.IntRange(0, 2).Draw(t, "callers") {
		own.Callers = append(own.Callers, rapid.SampledFrom(call.Callers).Draw(t, "caller"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "exclusions") {
		own.Exclude = append(own.Exclude, rapid.SampledFrom(call.Outcomes).Draw(t, "exclude"))
	}
	all, err := metrics.StandardsWith([]metrics.OwnStandard{own})
	if err != nil {
		t.Skip("nobody may set it:", err)
	}
	return all[len(all)-1]
}

// Whatever standard a service may set, days that were rolled up say of it what
// judging every call says.
func TestRolledUpDaysJudgeAnyStandard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		standard := agreed(t)
		score := metrics.Scores([]metrics.Standard{standard})[0]
		fold := metrics.Days{Zone: time.UTC}
		for _, e := range traffic(t) {
			score.Add(e)
			fold.Add(e)
		}
		month := metrics.NewDay("", "UTC")
		month.Days = 0
		for _, day := range fold.Take("") {
			text, err := json.Marshal(day)
			if err != nil {
				t.Fatal(err)
			}
			var back metrics.Day
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if err := month.Merge(&back); err != nil {
				t.Fatal(err)
			}
		}
		got := month.Standing(standard)
		want, known := score.Share()
		if mean, isMean := score.Mean(); isMean {
			want, known = mean.Seconds(), true
		}
		if got.Known != known || math.Abs(got.Value-want) > 1e-6 {
			t.Fatalf("%s (%v %v %v)\nrolled up: %g, known %t (%s); call by call: %g, known %t",
				standard, standard.Lines, standard.Callers, standard.Exclude, got.Value, got.Known, got.Why, want, known)
		}
		if kept, judged := score.Kept(); got.Judged != judged || got.Kept != kept || got.Missed != score.Missed {
			t.Fatalf("%s: kept %t of %t, %d missed; call by call %t of %t, %d", standard, got.Kept, got.Judged, got.Missed, kept, judged, score.Missed)
		}
	})
}

// What a standard needs and an earlier version did not keep is said to be not
// known, of that version's days and of any they were merged with; all else is.
func TestStandingOfDaysOfAnEarlierForm(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	for _, e := range story() {
		fold.Add(e)
	}
	day := fold.Take("")[0]
	day.Form = 3
	if day.Upgraded() == nil || day.Form != metrics.DayForm {
		t.Fatal("the form before this one is not taken over")
	}
	for name, own := range map[string]metrics.OwnStandard{
		"who rang, and where": {Threshold: time.Minute, Lines: []string{"public"}, Callers: []call.Caller{call.CallerSelf}},
		"greetings of a line": {Stop: metrics.MomentGreetingEnd, Threshold: time.Minute, Lines: []string{"public"}},
		"waits by their ends": {Stop: metrics.MomentSettled, Threshold: time.Minute, Exclude: []call.Outcome{call.OutcomeCallback}},
		"needs of a line":     {Start: metrics.MomentFirstTry, Threshold: metrics.ReachWithin, Lines: []string{"public"}},
	} {
		own.Name = "own"
		all, err := metrics.StandardsWith([]metrics.OwnStandard{own})
		if err != nil {
			t.Fatal(err)
		}
		if st := day.Standing(all[len(all)-1]); st.Known || st.Why != "not known of one day rolled up by an earlier version" {
			t.Errorf("%s: known %t, %q", name, st.Known, st.Why)
		}
	}
	for _, s := range metrics.Standards() {
		if st := day.Standing(s); st.Known == (s.Name == "reach.within_60min") { // the story has no need
			t.Errorf("%s: known %t, %q", s.Name, st.Known, st.Why)
		}
	}
	day.Form = 2
	if day.Upgraded() != nil {
		t.Error("a form with other definitions was taken over")
	}
}

// A need counts for the line and the caller of the entry that decides it.
func TestReachOfALine(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	for i, e := range []call.Event{
		{Kind: call.KindConnected, Line: "public", Caller: call.CallerSelf, WaitMs: 9, FirstMs: 9},
		{Kind: call.KindConnected, Line: "public", Caller: call.CallerCarer, WaitMs: 9, FirstMs: 9},
		{Kind: call.KindUnreached, Line: "public", Caller: call.CallerSelf, FirstMs: 9},
		{Kind: call.KindUnreached, Line: "young", Caller: call.CallerSelf, FirstMs: 9},
	} {
		e.At, e.Call = monday.Add(time.Duration(i)*time.Minute), call.ID(fmt.Sprint(i))
		fold.Add(e)
	}
	day := fold.Take("")[0]
	s := standardNamed(t, "reach.within_60min")
	for name, tc := range map[string]struct {
		lines   []string
		callers []call.Caller
		want    float64
		missed  int64
	}{
		"everyone":        {nil, nil, .5, 2},
		"a line":          {[]string{"public"}, nil, 2. / 3, 1},
		"a line, twice":   {[]string{"public", "public"}, nil, 2. / 3, 1},
		"who rang":        {nil, []call.Caller{call.CallerSelf}, 1. / 3, 2},
		"both":            {[]string{"public"}, []call.Caller{call.CallerSelf}, .5, 1},
		"two by two":      {[]string{"public", "young"}, []call.Caller{call.CallerSelf, call.CallerCarer}, .5, 2},
		"nobody was told": {[]string{"young"}, []call.Caller{call.CallerCarer}, 0, 0},
	} {
		s.Lines, s.Callers = tc.lines, tc.callers
		if st := day.Standing(s); st.Value != tc.want || st.Missed != tc.missed || st.Known == (name == "nobody was told") {
			t.Errorf("%s: %g, %d missed, known %t", name, st.Value, st.Missed, st.Known)
		}
	}
}
