package metrics

import (
	"fmt"
	"strconv"
	"time"
)

// MonthDay is a month of a trend; Sum is nil when it is not known.
type MonthDay struct {
	Month
	Sum *Day
}

// Cover is how a team's rota covered a month, minute by minute, each by the plan
// that was in force then: what the line went by, not what was written afterwards.
type Cover struct {
	Team     string
	Minutes  int // of the month in which the team was open and a plan is known
	Below    int // of those, with fewer responding than the plan itself asked for
	Nobody   int // of those, with nobody responding
	NoBackup int // of Minutes, with fewer in the backup tier than the plan asked for
	Least    int // least responding at once
	Minimum  int // most that the plan asked for at once
}

// Hours is minutes as hours, for a page.
func (c Cover) Hours(minutes int) string { return strconv.FormatFloat(float64(minutes)/60, 'f', 1, 64) }

// Kept is the share of minutes with as many responding, and in the backup tier,
// as the plan asked for; never more than the worse of the two allows.
func (c Cover) Kept() (float64, bool) {
	return ratio(int64(c.Minutes-max(c.Below, c.NoBackup)), int64(c.Minutes))
}

// BoardInput is everything a board's page is made from.
type BoardInput struct {
	Service   string
	Month     Month
	Made      time.Time
	Zone      string
	IVRLines  []string
	Clock     Clock             // of the return
	Sum       *Day              // the month
	Days      []*Day            // its days
	Trend     []MonthDay        // 24 months, the last is the month
	Standards []Standard        // to be judged
	FollowUps Promises          // nil: FollowUps()
	Names     map[string]string // of teams and lines, by id
	Languages map[string]string // of lines, by id
	Cover     []Cover
	CoverWhy  string // why there is no Cover
	Versions  int    // plans that were in force in the month
	Unplanned int    // minutes of the month, so far, of which no plan is kept
	Advice    *Advice
	AdviceWhy string   // why there is no Advice
	Live      int64    // calls of the month still in progress
	Missing   []string // days of it that nobody has
	Before    int      // days of it before the ledger's first entry
	Open      int      // days of it that late entries may still change
	Redial    time.Duration
	Example   bool // the figures are made up
	SoFar     bool // the month is not over
}

// Tile is one figure at the head of a page.
type Tile struct {
	Name, Value, Beside string
	Headline            bool
}

// Board is the page, ready to be written.
type Board struct {
	BoardInput
	Items     Items // by the caller's clock
	Returned  Items // by the return's
	Quarter   *Day  // three months up to the month's end, for what one month is too few
	Tiles     []Tile
	Words     string
	Standings []Standing
	Trends    []Chart
	Day       Chart
	Hours     Chart
	Parts     Chart
	Gave      Chart
	Became    Chart
	Funnel    Chart
	Groups    []EquityGroup // reached in 60 s
	After     []EquityGroup // promises after the call, kept in time
	Promised  []Promised
	Heat      []Chart // the staffing advice's
	Wrong     string  // what does not add up; "" when everything does
}

// NewBoard computes the page. It never refuses: a page with figures that do not
// add up says so at its head.
func NewBoard(in BoardInput) Board {
	b := Board{BoardInput: in}
	b.Items, b.Returned = in.Sum.Items(ClockCaller, in.IVRLines), in.Sum.Items(ClockReturn, in.IVRLines)
	if err := in.Sum.Check(); err != nil {
		b.Wrong = err.Error()
	}
	b.tiles()
	for _, s := range in.Standards {
		b.Standings = append(b.Standings, in.Sum.Standing(s))
	}
	b.Trends = trends(in.Trend)
	b.Day = DayChart("by-hour", "Who rang in each hour of the day, and what came of it", in.Sum)
	b.Hours = reachedByHour(in.Days)
	b.parts()
	kept := in.FollowUps
	if kept == nil {
		kept = FollowUps()
	}
	b.Became = IncidenceChart("what-became", "What had become of everyone who rang, by how long they had waited", in.Sum.Of(SliceAll))
	b.Promised = promised(in.Sum, kept)
	b.equity()
	share, _ := b.Quarter.Of(SliceAll).Items(ClockCaller).ReachedOfReceived()
	b.Funnel = FunnelChart("teams", "Reached in 60 s by team, against what chance explains", b.Groups, "team", share, b.GroupName)
	if in.Advice != nil {
		b.Heat = in.Advice.Charts()
	}
	return b
}

// Charts are all charts of the page, for their CSV files; two of them are tables
// without a drawing.
func (b Board) Charts() []Chart {
	return append(append(append([]Chart{}, b.Trends...), b.Day, b.Hours, b.Parts, b.Became, b.Gave, b.Funnel, b.equityTable(), b.afterTable()), b.Heat...)
}

// UnplannedHours is the hours of the month of which no plan is kept.
func (b Board) UnplannedHours() string { return Cover{}.Hours(b.Unplanned) }

// Span is the months the equity figures are from.
func (b Board) Span() string {
	return fmt.Sprintf("%s up to the end of %s", many(b.Quarter.Days, "day"), b.Month.Words())
}

// Words is the month as it is read.
func (m Month) Words() string { return fmt.Sprintf("%s %d", m.Month, m.Year) }

// GroupName is a group in words.
func (b Board) GroupName(g EquityGroup) string {
	if name := b.Names[g.Value]; name != "" {
		return name
	}
	switch g.Dimension {
	case "caller":
		if name := callerWords[g.Value]; name != "" {
			return name
		}
	case "band":
		return bandWords[g.Value]
	}
	return g.Value
}

var callerWords = map[string]string{
	"self": "rings about themselves", "carer": "rings about someone else", "professional": "professional", "unknown": "pressed no key",
}

var bandWords = map[string]string{
	"night": "night, 00–06", "morning": "morning, 06–12", "afternoon": "afternoon, 12–18", "evening": "evening, 18–24",
}

// DimensionName is a dimension in words.
func (b Board) DimensionName(name string) string { return EquityDimensions[dimensionAt(name)][1] }

func shareWords(v float64, ok bool) string {
	if !ok {
		return "–"
	}
	return Percent1(v)
}

func (b *Board) tiles() {
	i := b.Items
	reached, ok := i.ReachedOfReceived()
	ofAnswered, okA := i.ReachedOfAnswered()
	left, okL := i.Abandoned()
	late, _ := i.AbandonedOver30()
	all := b.Sum.Of(SliceAll)
	longest := max(all.Caller.LongestMs, all.Caller.LastLeft)
	b.Tiles = []Tile{
		{Name: "reached a person within 60 s, of everyone who rang", Value: shareWords(reached, ok), Headline: true,
			Beside: fmt.Sprintf("%s of those answered: the older figure, which leaves out who gave up", shareWords(ofAnswered, okA))},
		{Name: "calls received", Value: thousands(i.A01), Beside: fmt.Sprintf("%s answered, %s other ends", thousands(i.A03), thousands(i.A01-i.A03-i.B02))},
		{Name: "gave up before anyone answered", Value: shareWords(left, okL), Beside: fmt.Sprintf("%s after more than 30 s", shareWords(late, okL))},
		{Name: "mean wait of those answered", Value: Seconds(i.Mean.Seconds()), Beside: fmt.Sprintf("%s from the end of the greeting", Seconds(b.Returned.Mean.Seconds()))},
		{Name: "95 in 100 of those answered waited at most", Value: Seconds(i.P95.Seconds()), Beside: fmt.Sprintf("%s from the end of the greeting", Seconds(b.Returned.P95.Seconds()))},
		{Name: "longest wait of anybody", Value: Seconds(float64(longest) / 1000), Beside: "answered or not"},
		b.worstHour(),
		{Name: "were not reached within 60 minutes of their first try", Value: thousands(b.Sum.Reach.Missed),
			Beside: fmt.Sprintf("of %s who showed a number; %s calls with a withheld one reached nobody", thousands(b.Sum.Reach.Judged()), thousands(b.Sum.Alone))},
	}
	b.Words = i.story(fmt.Sprintf("In %s the line was rung", b.Month.Words()), "the caller gave up")
	if i.A01 == 0 {
		b.Words = fmt.Sprintf("In %s nobody rang.", b.Month.Words())
	}
	if rest := i.A01 - i.A03 - i.B02; rest > 0 {
		b.Words += fmt.Sprintf(" The rest, %s: callback %d, handed on %d, answered without the store %d, failed %d.",
			thousands(rest), i.Callback, i.HandedOn, i.Fallback, i.Failed)
	}
}

// story is what came of the calls, as it is read: of every hundred, or of so few as
// they are.
func (i Items) story(rung, gaveUp string) string {
	times := map[int64]string{1: "once", 2: "twice"}[i.A01]
	if times == "" {
		times = thousands(i.A01) + " times"
	}
	of, part := "Of every 100 calls,", func(n int64) string { return fmt.Sprintf("%.0f", 100*float64(n)/float64(max(1, i.A01))) }
	if i.A01 < 100 {
		of, part = "Of these calls,", func(n int64) string { return strconv.FormatInt(n, 10) }
	}
	return fmt.Sprintf("%s %s. %s %s reached a person within a minute and %s later; in %s %s.", rung, times, of, part(i.B01), part(i.A03-i.B01), part(i.B02), gaveUp)
}

func (b *Board) redial() string {
	return strconv.Itoa(int(b.Redial.Minutes())) + " minutes"
}

func (b *Board) worstHour() Tile {
	t := Tile{Name: "worst hour of the day, reached within 60 s", Value: "–", Beside: "too few calls in any one hour"}
	worst := 2.0
	for h := range 24 {
		tally := b.Sum.Of(HourSlice(h))
		if v, ok := ratio(tally.Caller.Within60, tally.Received); ok && tally.Received >= 20 && v < worst {
			worst = v
			t.Value, t.Beside = Percent(v), fmt.Sprintf("from %02d:00 to %02d:00, %d calls", h, h+1, tally.Received)
		}
	}
	return t
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// trends are the four charts of the months, each by the clock of its target: the
// first two by the caller's, the times to answer by the return's.
func trends(months []MonthDay) []Chart {
	series := func(c Clock, value func(Items) (float64, bool)) []Point {
		points := make([]Point, len(months))
		for i, m := range months {
			points[i].Label = fmt.Sprintf("%s %02d", m.Month.Month.String()[:3], m.Year%100)
			if m.Sum != nil {
				points[i].Value, points[i].Known = value(m.Sum.Of(SliceAll).Items(c))
			}
		}
		return points
	}
	answered := func(v func(Items) float64) func(Items) (float64, bool) {
		return func(i Items) (float64, bool) { return v(i), i.A03 > 0 }
	}
	return []Chart{
		ControlChart("trend-reached", "Reached within 60 s, of everyone who rang", NewXmR(series(ClockCaller, Items.ReachedOfReceived), 0, 1), Percent, .95, "higher"),
		ControlChart("trend-gave-up", "Gave up before anyone answered", NewXmR(series(ClockCaller, Items.Abandoned), 0, 1), Percent, .03, "lower"),
		ControlChart("trend-mean", "Mean wait of those answered, from the end of the greeting", NewXmR(series(ClockReturn, answered(func(i Items) float64 { return i.Mean.Seconds() })), 0, 1e6), Seconds, 20, "lower"),
		ControlChart("trend-p95", "95 in 100 of those answered waited at most, from the end of the greeting", NewXmR(series(ClockReturn, answered(func(i Items) float64 { return i.P95.Seconds() })), 0, 1e6), Seconds, 120, "lower"),
	}
}

// reachedByHour is the month's hours of the week as a heat map.
func reachedByHour(days []*Day) Chart {
	var in, reached [7][24]int64
	for _, d := range days {
		date, err := time.Parse(time.DateOnly, d.From)
		if err != nil {
			continue
		}
		day := (int(date.Weekday()) + 6) % 7
		for h := range 24 {
			t := d.Of(HourSlice(h))
			in[day][h] += t.Received
			reached[day][h] += t.Caller.Within60
		}
	}
	var cells [7][24]Cell
	bad := 0
	for day := range cells {
		for h := range cells[day] {
			n := in[day][h]
			c := Cell{Class: "blank", Title: fmt.Sprintf("%s %02d:00: %d calls", WeekDays[day], h, n)}
			if n >= SmallCell {
				share := float64(reached[day][h]) / float64(n)
				c.Text, c.Class = fmt.Sprintf("%.0f", 100*share), heatClass(share)
				c.Title += fmt.Sprintf(", %.0f reached in 60 s", 100*share)
				if share < .5 {
					bad++
				}
			}
			cells[day][h] = c
		}
	}
	says := "No hour of the week has fewer than half its callers reached within a minute."
	if bad > 0 {
		says = fmt.Sprintf("In %s of the week fewer than half of those who rang were reached within a minute.", many(bad, "hour"))
	}
	return HeatMap("by-hour-of-week", "Reached within 60 s, of 100 who rang, by hour of the week", says, cells,
		[][2]string{{"heat0", "95 or more"}, {"heat1", "85"}, {"heat2", "70"}, {"heat3", "50"}, {"heat4", "fewer"}, {"blank", "under 5 calls"}})
}

func heatClass(share float64) string {
	for i, least := range []float64{.95, .85, .70, .50} {
		if share >= least {
			return "heat" + strconv.Itoa(i)
		}
	}
	return "heat4"
}

// parts draws where the waiting of the answered goes, and when the others left.
func (b *Board) parts() {
	p := b.Sum.Phases
	total := float64(p[0] + p[1] + p[2])
	says := "Nobody was answered."
	n := float64(b.Items.A03)
	mean := func(i int) float64 { return float64(p[i]) / 1000 / max(1, n) }
	if total > 0 {
		says = fmt.Sprintf("Of a mean wait of %s, %s is the greeting and menu, %s waiting for somebody free (too few people), %s ringing and picking up (our routing).",
			Seconds(mean(0)+mean(1)+mean(2)), Seconds(mean(0)), Seconds(mean(1)), Seconds(mean(2)))
	}
	one := func(v float64) string { return fmt.Sprintf("%.1f s", v) }
	b.Parts = SplitBar("wait-parts", "Where the wait of those answered goes, on average", says, []Part{
		{"greeting and menu", "a", mean(0)}, {"waiting for somebody free", "b", mean(1)}, {"ringing", "c", mean(2)},
	}, one)
	w := b.Sum.Of(SliceAll).Caller
	after, _ := b.Items.AbandonedAfter()
	b.Gave = SplitBar("gave-up", "When those who gave up had gone", fmt.Sprintf("On average they had waited %s.", Seconds(after)), []Part{
		{"in 30 s or less", "a", float64(w.Abandoned[0])}, {"after 31 to 60 s", "b", float64(w.Abandoned[1])}, {"after more than 60 s", "c", float64(w.Abandoned[2])},
	}, Count)
}

// Charts are the advice as heat maps: people needed, and against the plan.
func (a Advice) Charts() []Chart {
	missed, known := a.Missed()
	var cells [7][24]Cell
	for day := range cells {
		for h, s := range a.Slots[day] {
			c := Cell{Text: strconv.Itoa(s.Need()), Class: "blank"}
			c.Title = fmt.Sprintf("%s %02d:00: %.1f calls an hour; needed for the mean %d, for the 95th centile %d", WeekDays[day], h, s.PerHour, s.NeedMean, s.NeedP95)
			if s.Known {
				c.Text = fmt.Sprintf("%d/%d", s.People, s.Need())
				c.Title += fmt.Sprintf("; on shift %d, %.0f of 100 reached in 60 s", s.People, 100*s.Reached)
				c.Class = "heat" + strconv.Itoa(min(4, max(0, s.Need()-s.People)))
			}
			cells[day][h] = c
		}
	}
	says, title := "The plan was not read.", "People needed, by hour of the week"
	key := [][2]string{{"blank", "people needed for both targets"}}
	if known > 0 {
		title = "People on shift / people needed, by hour of the week"
		says = "In every hour of the week the plan has the people that the targets need."
		if missed > 0 {
			says = fmt.Sprintf("In %d of %d hours of the week the plan has fewer people than the targets need.", missed, known)
		}
		key = [][2]string{{"heat0", "enough"}, {"heat1", "one short"}, {"heat2", "two"}, {"heat3", "three"}, {"heat4", "four or more"}}
	}
	return []Chart{HeatMap("staffing", title, says, cells, key)}
}
