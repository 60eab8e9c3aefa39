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
	if compared < 6 {
		t.Errorf("%d standards compared", compared)
	}
}

func TestSmallCellsAreWithheld(t *testing.T) {
	t.Parallel()
	in := metrics.BoardInput{Service: "Line", Month: metrics.Month{Year: 2026, Month: time.October}, Made: monday, Zone: "UTC"}
	in.Sum = groups(t, map[string]metrics.Proportion{"large": {Part: 95, Whole: 100}, "tiny": {Part: 1, Whole: 3}})
	in.Days, in.Quarter = []*metrics.Day{in.Sum}, in.Sum
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
