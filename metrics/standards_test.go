package metrics_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

func standardNamed(t *testing.T, name string) metrics.Standard {
	t.Helper()
	for _, s := range metrics.Standards() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no standard %s", name)
	return metrics.Standard{}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	connected := func(wait, ret int64) call.Event {
		return call.Event{Kind: call.KindConnected, Caller: call.CallerSelf, WaitMs: wait, IntakeMs: wait - ret, ReturnMs: ret}
	}
	finished := func(o call.Outcome, wait, ret int64) call.Event {
		e := connected(wait, ret)
		e.Kind, e.Outcome = call.KindFinished, o
		return e
	}
	professional := func(wait int64) call.Event {
		e := connected(wait, wait)
		e.Caller = call.CallerProfessional
		return e
	}
	for name, tc := range map[string]struct {
		standard string
		event    call.Event
		want     metrics.Verdict
		why      string
	}{
		"reached at the edge":        {"answer.reached_60s", connected(60_000, 50_000), metrics.Met, "within the threshold"},
		"a millisecond late":         {"answer.reached_60s", connected(60_001, 50_001), metrics.Missed, "beyond the threshold"},
		"gave up: not reached":       {"answer.reached_60s", finished(call.OutcomeAbandoned, 3_000, 0), metrics.Missed, "never connected"},
		"callback: not reached":      {"answer.reached_60s", finished(call.OutcomeCallback, 50_000, 40_000), metrics.Missed, "never connected"},
		"fallback: not reached":      {"answer.reached_60s", finished(call.OutcomeFallback, 50_000, 40_000), metrics.Missed, "never connected"},
		"judged when connected":      {"answer.reached_60s", finished(call.OutcomeAnswered, 41_000, 29_000), metrics.NotJudged, "judged when it was connected"},
		"connected again":            {"answer.reached_60s", call.Event{Kind: call.KindConnected}, metrics.NotJudged, "settles no call"},
		"an offer settles nothing":   {"answer.reached_60s", call.Event{Kind: call.KindOfferEnded}, metrics.NotJudged, "settles no call"},
		"the other clock":            {"answer.nhs111_60s", connected(80_000, 60_000), metrics.Met, "within the threshold"},
		"gave up: not in F2":         {"answer.nhs111_60s", finished(call.OutcomeAbandoned, 90_000, 80_000), metrics.NotJudged, "not answered"},
		"no verdict on a mean":       {"answer.asa", connected(9_000, 9_000), metrics.NotJudged, "a mean is not judged call by call"},
		"p95 within":                 {"answer.p95", connected(140_000, 120_000), metrics.Met, "within the threshold"},
		"p95 beyond":                 {"answer.p95", connected(140_001, 120_001), metrics.Missed, "beyond the threshold"},
		"left in the greeting":       {"abandon.all", finished(call.OutcomeAbandoned, 2_000, 0), metrics.Missed, "beyond the threshold"},
		"answered: not abandoned":    {"abandon.all", connected(300_000, 280_000), metrics.Met, "not abandoned"},
		"failed: not abandoned":      {"abandon.all", finished(call.OutcomeFailed, 9_000, 0), metrics.Met, "not abandoned"},
		"left at 30 s":               {"abandon.over30", finished(call.OutcomeAbandoned, 45_000, 30_000), metrics.Met, "within the threshold"},
		"left after 30 s":            {"abandon.over30", finished(call.OutcomeAbandoned, 45_000, 30_001), metrics.Missed, "beyond the threshold"},
		"five minutes, answered":     {"answer.longest_wait", connected(300_001, 290_000), metrics.Missed, "beyond the threshold"},
		"five minutes, left":         {"answer.longest_wait", finished(call.OutcomeAbandoned, 300_000, 290_000), metrics.Met, "within the threshold"},
		"a professional":             {"professional.answer", professional(60_000), metrics.Met, "within the threshold"},
		"not a professional":         {"professional.answer", connected(60_000, 1), metrics.NotJudged, "another caller"},
		"greeting of 20 s":           {"greeting.length", connected(50_000, 30_000), metrics.Met, "within the threshold"},
		"greeting longer than 20 s":  {"greeting.length", connected(50_001, 30_000), metrics.Missed, "beyond the threshold"},
		"greeting of one who left":   {"greeting.length", finished(call.OutcomeAbandoned, 50_001, 30_000), metrics.Missed, "beyond the threshold"},
		"nothing follows from birth": {"abandon.all", call.Event{Kind: call.KindReceived}, metrics.NotJudged, "settles no call"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, why := standardNamed(t, tc.standard).Judge(tc.event)
			if got != tc.want || why != tc.why {
				t.Errorf("%s judges %q (%s), want %q (%s)", tc.standard, got, why, tc.want, tc.why)
			}
		})
	}
}

func TestJudgeLeavesOut(t *testing.T) {
	t.Parallel()
	s := standardNamed(t, "answer.reached_60s")
	s.Exclude = []call.Outcome{call.OutcomeHandedOn, call.OutcomeAnswered}
	s.Lines = []string{"public"}
	for name, tc := range map[string]struct {
		event call.Event
		why   string
	}{
		"excluded outcome":  {call.Event{Kind: call.KindFinished, Line: "public", Outcome: call.OutcomeHandedOn}, "excluded outcome"},
		"excluded answer":   {call.Event{Kind: call.KindConnected, Line: "public", WaitMs: 1}, "excluded outcome"},
		"other line":        {call.Event{Kind: call.KindFinished, Line: "legacy", Outcome: call.OutcomeFailed}, "another line"},
		"counted, on line":  {call.Event{Kind: call.KindFinished, Line: "public", Outcome: call.OutcomeFailed}, "never connected"},
		"counted, callback": {call.Event{Kind: call.KindFinished, Line: "public", Outcome: call.OutcomeCallback}, "never connected"},
	} {
		if _, why := s.Judge(tc.event); why != tc.why {
			t.Errorf("%s: %q, want %q", name, why, tc.why)
		}
	}
}

func TestScores(t *testing.T) {
	t.Parallel()
	connected := func(ms int64) call.Event {
		return call.Event{Kind: call.KindConnected, WaitMs: ms, ReturnMs: ms}
	}
	share := func(target float64) *float64 { return &target }
	s := standardNamed(t, "answer.reached_60s")
	for name, tc := range map[string]struct {
		target       *float64
		met, missed  int
		kept, judged bool
	}{
		"exactly the target":    {share(.95), 19, 1, true, true},
		"one too few":           {share(.95), 18, 1, false, true},
		"no pass mark":          {nil, 20, 0, false, false},
		"nobody rang":           {share(.95), 0, 0, false, false},
		"every one":             {share(1), 3, 0, true, true},
		"a hundred, at 95":      {share(.95), 95, 5, true, true},
		"a thousand, just less": {share(.95), 949, 51, false, true},
	} {
		s.Target = tc.target
		score := metrics.Score{Standard: s}
		for range tc.met {
			score.Add(connected(60_000))
		}
		for range tc.missed {
			score.Add(connected(61_000))
		}
		if kept, judged := score.Kept(); kept != tc.kept || judged != tc.judged {
			t.Errorf("%s: kept %v, judged %v; want %v, %v", name, kept, judged, tc.kept, tc.judged)
		}
	}
	mean := metrics.Score{Standard: standardNamed(t, "answer.asa")}
	if _, judged := mean.Kept(); judged {
		t.Error("a mean of nothing was judged")
	}
	mean.Add(connected(10_000))
	mean.Add(connected(30_000))
	if kept, judged := mean.Kept(); !kept || !judged {
		t.Errorf("a mean of exactly 20 s: kept %v, judged %v", kept, judged)
	}
	mean.Add(connected(20_001))
	if kept, _ := mean.Kept(); kept {
		t.Error("a mean above 20 s by a third of a millisecond was kept")
	}
	if got, ok := mean.Mean(); !ok || got != 20*time.Second+333333*time.Nanosecond {
		t.Errorf("mean = %s", got)
	}
}

func TestShippedStandards(t *testing.T) {
	t.Parallel()
	if err := metrics.CheckStandards(metrics.Standards()); err != nil {
		t.Error(err)
	}
	var got []string
	for _, s := range metrics.Standards() {
		got = append(got, s.String())
	}
	want := []string{
		"answer.reached_60s: received to connected within 1m0s, for 95 % of calls received (local: band of NHS111-MH item B01; 95 % from the former NHS 111 target, here of everyone who rang)",
		"answer.nhs111_60s: greeting_end to connected within 1m0s, for 95 % of calls answered (source: former NHS 111 target, of calls answered: for comparison with older publications only)",
		"answer.asa: mean of greeting_end to connected at most 20s of calls answered (source: NHS111-MH average speed of answer, B06 / A03)",
		"answer.p95: greeting_end to connected within 2m0s, for 95 % of calls answered (source: NHS111-MH 95th centile answer time, B07, nearest rank; 120 s as quoted by services, not read in primary text)",
		"abandon.all: no abandonment, for 97 % of calls received (source: NHS 111 from 2021: at most 3 % of calls received, B02 / A01)",
		"abandon.over30: no abandonment after more than 30s, for 98 % of calls received (local: bands of NHS111-MH items B04 and B05; at most 2 % of calls received)",
		"answer.longest_wait: received to settled within 5m0s, for 100 % of calls received (local: nobody waits longer, answered or not)",
		"reach.within_60min: first_try to connected within 1h0m0s, for 99 % of needs, of callers who showed a number (local: a caller who rings again and again until somebody answers is one unmet need, not many calls)",
		"professional.answer: received to connected within 1m0s, for 90 % of calls received (local: CORE CRT fidelity scale item 2, directly contactable by phone)",
		"greeting.length: received to greeting_end within 20s, for 100 % of calls received (local: long greetings cost callers: the US 988 line's ran 45 s before routing)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shipped standards (-want +got):\n%s", diff)
	}
}

func TestCheckStandardsNamesEveryMistake(t *testing.T) {
	t.Parallel()
	good := metrics.Standards()[0]
	above := 95.0
	bad := metrics.Standard{
		Name: "Answer 60", Start: "ringing", Stop: "", Measure: "median", Threshold: -time.Second, Target: &above,
		Population: "everyone", Callers: []call.Caller{"neighbour"}, Exclude: []call.Outcome{"lost"}, Label: "ours",
	}
	err := metrics.CheckStandards([]metrics.Standard{good, bad, good})
	if err == nil {
		t.Fatal("CheckStandards found nothing")
	}
	for _, want := range []string{
		"name: use lower-case", "start: say", "stop: say", "measure: say", "population: say", "target: a share",
		"threshold: must not be negative", "label: say", "source: say", `no caller "neighbour"`, `no outcome "lost"`, "the name is taken",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing says %q in:\n%v", want, err)
		}
	}
	odd := good
	odd.Measure = metrics.MeasureMean
	if err := metrics.CheckStandards([]metrics.Standard{odd}); err == nil {
		t.Error("a mean time to connect of everyone received was accepted")
	}
}

// A service's own words change a shipped standard where they say something, and
// nothing else of it; a name of its own is a promise of its own.
func TestOwnStandards(t *testing.T) {
	t.Parallel()
	all, err := metrics.StandardsWith([]metrics.OwnStandard{
		{Name: "answer.reached_60s", Target: .9},
		{Name: "abandon.over30", NoTarget: true, Source: "agreed with the board"},
		{Name: "night_line.reached_120s", Start: metrics.MomentGreetingEnd, Threshold: 2 * time.Minute, Lines: []string{"night"}, Exclude: []call.Outcome{call.OutcomeCallback}},
		{Name: "carers.stay", Stop: metrics.MomentAbandoned, Callers: []call.Caller{call.CallerCarer}, Target: .97},
		{Name: "answer.mean", Measure: metrics.MeasureMean, Threshold: 30 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[string]metrics.Standard{}
	for _, s := range metrics.Standards() {
		shipped[s.Name] = s
	}
	named := map[string]metrics.Standard{}
	for _, s := range all {
		named[s.Name] = s
	}
	if len(all) != len(shipped)+3 {
		t.Errorf("%d standards, want three more than the shipped %d", len(all), len(shipped))
	}
	reached := shipped["answer.reached_60s"]
	share := .9
	reached.Target, reached.Source = &share, "set by this service; as shipped: "+reached.Source
	over30 := shipped["abandon.over30"]
	over30.Target, over30.Label, over30.Source = nil, metrics.LabelSource, "agreed with the board"
	for _, want := range []metrics.Standard{
		reached, over30, shipped["answer.p95"],
		{
			Name: "night_line.reached_120s", Start: metrics.MomentGreetingEnd, Stop: metrics.MomentConnected, Measure: metrics.MeasureShare,
			Threshold: 2 * time.Minute, Population: metrics.PopulationReceived, Lines: []string{"night"},
			Exclude: []call.Outcome{call.OutcomeCallback}, Label: metrics.LabelLocal, Source: "set by this service",
		},
	} {
		if d := cmp.Diff(want, named[want.Name]); d != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, d)
		}
	}
	if s := named["carers.stay"]; s.Threshold != metrics.AnyWait || s.Population != metrics.PopulationReceived {
		t.Errorf("nobody may give up: %v", s)
	}
	if s := named["answer.mean"]; s.Population != metrics.PopulationAnswered {
		t.Errorf("a mean of those who were answered: %v", s)
	}
	connected := call.Event{Kind: call.KindConnected, Line: "night", WaitMs: 200_000, ReturnMs: 120_000}
	if v, why := named["night_line.reached_120s"].Judge(connected); v != metrics.Met {
		t.Errorf("the return's clock: %s, %s", v, why)
	}
	if v, _ := named["answer.reached_60s"].Judge(connected); v != metrics.Missed {
		t.Errorf("the caller's clock: %s", v)
	}
}

func TestOwnStandardsThatAreWrong(t *testing.T) {
	t.Parallel()
	for want, own := range map[string][]metrics.OwnStandard{
		"is there twice":              {{Name: "x", Threshold: time.Minute}, {Name: "x", Threshold: time.Minute}},
		"threshold: is needed":        {{Name: "x"}},
		`there is no caller "nobody"`: {{Name: "x", Threshold: time.Minute, Callers: []call.Caller{"nobody"}}},
		`there is no outcome "left"`:  {{Name: "x", Threshold: time.Minute, Exclude: []call.Outcome{"left"}}},
		"stop: say":                   {{Name: "answer.p95", Stop: "later"}},
		"a mean is compared":          {{Name: "answer.reached_60s", Measure: metrics.MeasureMean}},
	} {
		if _, err := metrics.StandardsWith(own); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want it to say %q", err, want)
		}
	}
}
