package metrics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// groups is a roll-up in which, of each team's calls, so many are reached in
// 60 s and the rest give up after 45.
func groups(t *testing.T, teams map[string]metrics.Proportion) *metrics.Day {
	t.Helper()
	fold := metrics.Days{Zone: time.UTC}
	n := 0
	for team, p := range teams {
		for i := range p.Whole {
			n++
			e := call.Event{At: monday, Kind: call.KindReceived, Call: call.ID(fmt.Sprint(n)), Line: "public", Team: team}
			fold.Add(e)
			e.Kind, e.WaitMs, e.ReturnMs, e.Outcome = call.KindFinished, 45_000, 40_000, call.OutcomeAbandoned
			if i < p.Part {
				e.Kind, e.WaitMs, e.ReturnMs = call.KindConnected, 20_000, 10_000
				fold.Add(e)
				e.Kind, e.Outcome = call.KindFinished, call.OutcomeAnswered
			}
			fold.Add(e)
		}
	}
	days := fold.Take("")
	if len(days) != 1 {
		t.Fatalf("%d days", len(days))
	}
	if err := days[0].Check(); err != nil {
		t.Fatal(err)
	}
	return days[0]
}

func TestEquityVerdicts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		own, rest metrics.Proportion
		want      metrics.EquityVerdict
		action    bool
	}{
		"five points, and chance":        {metrics.Proportion{Part: 180, Whole: 200}, metrics.Proportion{Part: 425, Whole: 500}, metrics.EquityFew, false},
		"ten calls":                      {metrics.Proportion{Part: 9, Whole: 10}, metrics.Proportion{Part: 85, Whole: 100}, metrics.EquityFew, false},
		"ten points of thousands":        {metrics.Proportion{Part: 2932, Whole: 4177}, metrics.Proportion{Part: 2698, Whole: 4493}, metrics.EquityBetter, true},
		"the same the other way":         {metrics.Proportion{Part: 2698, Whole: 4493}, metrics.Proportion{Part: 2932, Whole: 4177}, metrics.EquityWorse, true},
		"two points of thousands":        {metrics.Proportion{Part: 9200, Whole: 10000}, metrics.Proportion{Part: 9000, Whole: 10000}, metrics.EquitySmall, false},
		"level, and enough calls to see": {metrics.Proportion{Part: 1800, Whole: 2000}, metrics.Proportion{Part: 1810, Whole: 2000}, metrics.EquityAlike, false},
		"level, and too few to see":      {metrics.Proportion{Part: 90, Whole: 100}, metrics.Proportion{Part: 90, Whole: 100}, metrics.EquityFew, false},
	} {
		found := false
		for _, g := range metrics.Equity(groups(t, map[string]metrics.Proportion{"own": tc.own, "rest": tc.rest})) {
			if g.Dimension != "team" || g.Value != "own" {
				continue
			}
			found = true
			if g.Reached != tc.own || g.Rest != tc.rest {
				t.Errorf("%s: %v against %v", name, g.Reached, g.Rest)
			}
			if g.Verdict != tc.want || g.Action() != tc.action {
				t.Errorf("%s: %q (action %t), want %q (%t): %.3f to %.3f, p %.4f", name, g.Verdict, g.Action(), tc.want, tc.action, g.Low, g.High, g.P)
			}
			if !strings.Contains(g.Text(), string(tc.want)) {
				t.Errorf("%s: says %q", name, g.Text())
			}
		}
		if !found {
			t.Errorf("%s: the group is not there", name)
		}
	}
}

func TestXmR(t *testing.T) {
	t.Parallel()
	var points []metrics.Point
	for _, v := range []float64{10, 12, 10, 12, 10, 12, 10, 12, 30} {
		points = append(points, metrics.Point{Value: v, Known: true})
	}
	x := metrics.NewXmR(points, 0, 100)
	// Mean 118/9; the mean change is (7·2+18)/8 = 4.
	near(t, "mean", x.Centre, 118./9, 1e-9)
	near(t, "upper", x.Top, 118./9+2.66*4, 1e-9)
	if !x.Limits || !x.Points[8].Special || x.Points[6].Special {
		t.Errorf("limits %t, last special %t, the third last %t", x.Limits, x.Points[8].Special, x.Points[6].Special)
	}
	points = nil
	for i := range 18 {
		points = append(points, metrics.Point{Value: float64(1 + i%2*4 + i/9*7), Known: true})
	}
	if x := metrics.NewXmR(points, 0, 100); !x.Points[7].Special || x.Points[6].Special {
		t.Errorf("the eighth on one side: %q, the seventh: %q", x.Points[7].Rule, x.Points[6].Rule)
	}
	if x := metrics.NewXmR(points[:7], 0, 100); x.Limits {
		t.Error("limits from seven months")
	}
	gap := metrics.NewXmR([]metrics.Point{{Label: "Oct 26"}}, 0, 1)
	if c := metrics.ControlChart("id", "title", gap, metrics.Percent, .95, "higher"); c.Says != "No month is known." || strings.Contains(string(c.SVG), "NaN") {
		t.Errorf("of nothing: %s", c.Says)
	}
}

// Standards computed from a roll-up are those computed call by call.
func TestStandingIsTheScore(t *testing.T) {
	t.Parallel()
	scores := metrics.Scores(metrics.Standards())
	fold := metrics.Days{Zone: time.UTC}
	for _, e := range story() {
		fold.Add(e)
		for i := range scores {
			scores[i].Add(e)
		}
	}
	day := fold.Take("")[0]
	compared := 0
	for _, s := range scores {
		st := day.Standing(s.Standard)
		if !st.Known {
			continue
		}
		compared++
		want, ok := s.Share()
		if mean, isMean := s.Mean(); isMean {
			want, ok = mean.Seconds(), true
		}
		if !ok || math.Abs(st.Value-want) > 1e-9 {
			t.Errorf("%s: %g, call by call %g", s.Standard.Name, st.Value, want)
		}
		if kept, judged := s.Kept(); kept != st.Kept || judged != st.Judged {
			t.Errorf("%s: kept %t of %t, call by call %t of %t", s.Standard.Name, st.Kept, st.Judged, kept, judged)
		}
		if st.Promise() == "" || st.Figure() == "–" || st.Aim() == "" {
			t.Errorf("%s has no words", s.Standard.Name)
		}
	}
	if compared < 9 {
		t.Errorf("%d standards compared", compared)
	}
}

func TestSmallCellsAreWithheld(t *testing.T) {
	t.Parallel()
	in := metrics.BoardInput{Service: "Line", Month: metrics.Month{Year: 2026, Month: time.October}, Made: monday, Zone: "UTC"}
	in.Sum = groups(t, map[string]metrics.Proportion{"large": {Part: 95, Whole: 100}, "tiny": {Part: 1, Whole: 3}})
	in.Days = []*metrics.Day{in.Sum}
	in.Trend = []metrics.MonthDay{{Month: in.Month, Sum: in.Sum}}
	b := metrics.NewBoard(in)
	var page strings.Builder
	if err := b.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "<td>tiny</td><td class=\"n\">under 5</td>") {
		t.Error("three calls are shown to the board")
	}
	for _, c := range b.Charts() {
		for _, row := range c.Table {
			if row[0] == "tiny" {
				t.Errorf("%s.csv holds %v", c.ID, row)
			}
		}
	}
	// 1 to 4 late answers or abandonments anywhere withhold the public page's figures.
	in.Sum = groups(t, map[string]metrics.Proportion{"large": {Part: 97, Whole: 100}})
	in.Trend[0].Sum = in.Sum
	p := metrics.NewPublic(metrics.NewBoard(in))
	if len(p.Tiles) != 0 || !strings.Contains(p.Words, "too few") {
		t.Errorf("three people who gave up are published: %s", p.Words)
	}
}

// A share of which 100 % lacks one to four callers is not published; that it was
// kept or missed is.
func TestPublicPromisesOfFewAreNotFigures(t *testing.T) {
	t.Parallel()
	sum := groups(t, map[string]metrics.Proportion{"large": {Part: 900, Whole: 1000}})
	fold := metrics.Days{Zone: time.UTC}
	for i, ms := range []int64{400_000, 70_000, 70_000, 70_000, 70_000, 70_000} {
		e := call.Event{At: monday, Call: call.ID(fmt.Sprint("late", i)), Kind: call.KindReceived}
		fold.Add(e)
		e.Kind, e.WaitMs, e.ReturnMs = call.KindConnected, ms, ms-10_000
		fold.Add(e)
		e.Kind, e.Outcome = call.KindFinished, call.OutcomeAnswered
		fold.Add(e)
	}
	if err := sum.Merge(fold.Take("")[0]); err != nil {
		t.Fatal(err)
	}
	month := metrics.Month{Year: 2026, Month: time.October}
	in := metrics.BoardInput{Month: month, Made: monday, Zone: "UTC", Sum: sum, Days: []*metrics.Day{sum}, Trend: []metrics.MonthDay{{Month: month, Sum: sum}}, Standards: metrics.Standards()}
	b := metrics.NewBoard(in)
	for _, s := range b.Standings {
		if s.Name == "answer.longest_wait" && (s.Missed != 1 || s.Figure() != "99.9 %") {
			t.Errorf("the board: %d missed, %s", s.Missed, s.Figure())
		}
	}
	for _, s := range metrics.NewPublic(b).Standings {
		if s.Name == "answer.longest_wait" {
			if s.Figure() != "under 5 did not" || s.Kept {
				t.Errorf("the public: %s, kept %t", s.Figure(), s.Kept)
			}
			return
		}
	}
	t.Error("the public is not told of the longest wait")
}

func TestArrivalsAndAdvice(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	n := 0
	for day := range 70 {
		for hour := range 24 {
			calls := 2
			if hour == 20 {
				calls = 9
			}
			for range calls {
				n++
				e := call.Event{At: monday.Truncate(24*time.Hour).AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour), Kind: call.KindReceived, Call: call.ID(fmt.Sprint(n))}
				fold.Add(e)
				e.Kind, e.Outcome = call.KindFinished, call.OutcomeAbandoned
				fold.Add(e)
			}
		}
	}
	days := fold.Take("")
	week, basis := metrics.Arrivals(days)
	if week[3][20] != 9 || week[6][4] != 2 || !strings.Contains(basis, "70 days") {
		t.Errorf("%g at 20:00, %g at 04:00; %s", week[3][20], week[6][4], basis)
	}
	if few, basis := metrics.Arrivals(days[:10]); math.Abs(few[3][20]-9) > 1e-9 || !strings.Contains(basis, "too few") {
		t.Errorf("ten days: %g; %s", few[3][20], basis)
	}
	a := metrics.Staffing{
		PerHour: week, Handling: 20 * time.Minute, Ring: 12 * time.Second, Mean: 20 * time.Second, P95: 2 * time.Minute,
		Teams: []float64{.5, .5}, Patience: 5 * time.Minute,
		OnShift: func(_, hour int) (int, bool) { return 5, hour != 3 },
	}.Advise(basis)
	if s := a.Slots[0][20]; s.Need() != 8 || !s.Miss || s.NeedSealed != 10 || s.Reached > .9 || s.Reached < .5 {
		t.Errorf("at 20:00: %+v", s)
	}
	if s := a.Slots[0][3]; s.Known || s.Miss {
		t.Errorf("at 03:00 the plan is not known: %+v", s)
	}
	if missed, known := a.Missed(); missed != 7 || known != 7*23 {
		t.Errorf("%d of %d", missed, known)
	}
	if text := a.Text(); len(text) != 1 || !strings.HasPrefix(text[0], "Every day 20:00–21:00: 5 on shift, up to 8 needed") {
		t.Errorf("%q", text)
	}
	week, _ = metrics.ArrivalsOfMonth(3100, metrics.Month{Year: 2026, Month: time.October})
	var sum float64
	for _, v := range week[0] {
		sum += v
	}
	near(t, "calls a day", sum, 100, 1e-9)
}

// A flag within the limits of chance's funnel is acted on when it has stood three
// months running; one beyond them at once, also in a group too small to be flagged.
func TestEquityIsActedOnAfterThreeMonths(t *testing.T) {
	t.Parallel()
	day := func(own, rest metrics.Proportion) *metrics.Day {
		return groups(t, map[string]metrics.Proportion{"own": own, "rest": rest})
	}
	flagged := day(metrics.Proportion{Part: 170, Whole: 200}, metrics.Proportion{Part: 460, Whole: 500})
	alike := day(metrics.Proportion{Part: 1800, Whole: 2000}, metrics.Proportion{Part: 1810, Whole: 2000})
	other := day(metrics.Proportion{Part: 460, Whole: 500}, metrics.Proportion{Part: 170, Whole: 200})
	beyond := day(metrics.Proportion{Part: 100, Whole: 200}, metrics.Proportion{Part: 460, Whole: 500})
	small := day(metrics.Proportion{Part: 2, Whole: 20}, metrics.Proportion{Part: 460, Whole: 500})
	for name, tc := range map[string]struct {
		months  []*metrics.Day // newest first
		running int
		action  bool
		says    string
	}{
		"the first month":              {[]*metrics.Day{flagged}, 1, false, ", first month."},
		"the second":                   {[]*metrics.Day{flagged, flagged, alike, flagged}, 2, false, ", second month running."},
		"the third":                    {[]*metrics.Day{flagged, flagged, flagged}, 3, true, ", third month running."},
		"the fifth":                    {[]*metrics.Day{flagged, flagged, flagged, flagged, flagged}, 5, true, ", 5 months running."},
		"the other way before":         {[]*metrics.Day{flagged, other, other}, 1, false, ", first month."},
		"a month that nobody knows":    {[]*metrics.Day{flagged, nil, flagged, flagged}, 1, false, ", first month."},
		"over now":                     {[]*metrics.Day{alike, flagged, flagged, flagged}, 0, false, "no difference of 5 points"},
		"beyond the limits, at once":   {[]*metrics.Day{beyond, alike}, 1, true, ", first month."},
		"beyond them, and only twenty": {[]*metrics.Day{small}, 0, true, "of only 20 calls, the rest 92 %: more than chance explains."},
	} {
		for _, g := range metrics.EquityOver(tc.months) {
			if g.Dimension != "team" || g.Value != "own" {
				continue
			}
			if g.Running != tc.running || g.Action() != tc.action || !strings.Contains(g.Text(), tc.says) {
				t.Errorf("%s: %d months, action %t: %s", name, g.Running, g.Action(), g.Text())
			}
		}
	}
	if metrics.EquityOver(nil) != nil {
		t.Error("groups of nothing")
	}
}

// The board compares lines by the language the plan gives them, and by what of
// the calls is really known.
func TestEquityOfTheBoard(t *testing.T) {
	t.Parallel()
	sum := groups(t, map[string]metrics.Proportion{"own": {Part: 95, Whole: 100}, "rest": {Part: 95, Whole: 100}})
	fold := metrics.Days{Zone: time.UTC}
	for i := range 60 {
		e := call.Event{At: monday, Kind: call.KindReceived, Call: call.ID(fmt.Sprint("w", i)), Line: "welsh", Team: "own"}
		fold.Add(e)
		e.Kind, e.Outcome, e.WaitMs = call.KindFinished, call.OutcomeAbandoned, 70_000
		fold.Add(e)
	}
	if err := sum.Merge(fold.Take("")[0]); err != nil {
		t.Fatal(err)
	}
	month := metrics.Month{Year: 2026, Month: time.October}
	b := metrics.NewBoard(metrics.BoardInput{
		Month: month, Made: monday, Zone: "UTC", Sum: sum, Days: []*metrics.Day{sum}, Trend: []metrics.MonthDay{{Month: month, Sum: sum}},
		Languages: map[string]string{"public": "en-GB", "welsh": "cy-GB"},
	})
	found := map[string]bool{}
	for _, g := range b.Groups {
		found[b.DimensionName(g.Dimension)+": "+b.GroupName(g)] = g.Action()
	}
	if !found["Language of the line: cy-GB"] || !found["Line: welsh"] {
		t.Errorf("sixty callers whom nobody answered: %v", found)
	}
	for name := range found {
		if strings.Contains(strings.ToLower(name), "locality") {
			t.Errorf("%s: no locality is known", name)
		}
	}
}
