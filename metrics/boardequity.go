package metrics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// quarterMonths is how many months equity is told from.
const quarterMonths = 3

// equity compares the groups of the quarter, and of the quarters that ended in
// the months before, so that a flag is known to have stood.
func (b *Board) equity() {
	var spans []*Day
	for back := range b.Trend {
		end := len(b.Trend) - back
		if end < quarterMonths {
			break
		}
		spans = append(spans, b.quarter(b.Trend[end-quarterMonths:end]))
	}
	b.Quarter = b.quarter(b.Trend[max(0, len(b.Trend)-quarterMonths):])
	if b.Quarter == nil {
		b.Quarter = NewDay("", b.Zone)
		b.Quarter.Days = 0
	}
	if len(spans) == 0 {
		spans = []*Day{b.Quarter}
	}
	for _, g := range EquityOver(spans) {
		if g.Measure == "" {
			b.Groups = append(b.Groups, g)
		} else {
			b.After = append(b.After, g)
		}
	}
}

// quarter is the months together; nil when the last of them is not known.
func (b *Board) quarter(months []MonthDay) *Day {
	if len(months) == 0 || months[len(months)-1].Sum == nil {
		return nil
	}
	sum := NewDay(months[len(months)-1].Sum.From, b.Zone)
	sum.Days = 0
	for _, m := range months {
		if m.Sum != nil && sum.Merge(m.Sum) != nil {
			return nil // rolled up by other definitions
		}
	}
	sum.byLanguage(b.Languages)
	return sum
}

// equityTable is the groups' numbers, small cells withheld, for a CSV file.
func (b Board) equityTable() Chart {
	c := Chart{ID: "equity", Title: "Reached in 60 seconds, by group", Table: [][]string{{
		"compared by", "group", "calls", "reached in 60 s", "gave up in 60 s", "gave up after 30 s", "mean wait (s)", "95th centile (s)",
		"difference", "low 95 %", "high 95 %", "p (Holm)", "like with like", "low 99.8 %", "high 99.8 %", "months flagged", "look into it", "finding",
	}}}
	for _, g := range b.Groups {
		row := []string{b.DimensionName(g.Dimension), b.GroupName(g)}
		if Withhold(g.Reached.Whole) {
			row = append(row, "under 5")
			c.Table = append(c.Table, append(row, make([]string, len(c.Table[0])-len(row))...))
			continue
		}
		like := ""
		if g.LikeKnown > 0 {
			like = plain(g.Like)
		}
		c.Table = append(c.Table, append(row,
			strconv.FormatInt(g.Reached.Whole, 10), cellPlain(g.Reached), cellPlain(g.LeftIn60), cellPlain(g.GaveUp), plain(g.Mean), plain(g.P95),
			plain(g.Diff), plain(g.Low), plain(g.High), plain(g.P), like, plain(g.Funnel[0]), plain(g.Funnel[3]),
			strconv.Itoa(g.Running), strconv.FormatBool(g.Action()), string(g.Verdict),
		))
	}
	return c
}

// EquityFound is the standard equity.gap: that no group is to be looked into.
type EquityFound struct {
	Look      []string // what is to be looked into, in words
	Flagged   int      // flagged, and not yet for long enough
	Compared  int      // comparisons made
	CouldTell int      // of them, those with enough calls to say anything
}

// Judged reports whether anything could be said of anybody.
func (e EquityFound) Judged() bool { return e.CouldTell > 0 || len(e.Look) > 0 }

// Gap is what of all the page's comparisons needs somebody.
func (b Board) Gap() (gap EquityFound) {
	for _, g := range slices.Concat(b.Groups, b.After) {
		gap.Compared++
		if g.Verdict != EquityFew {
			gap.CouldTell++
		}
		switch {
		case g.Action():
			what := "reached in 60 seconds"
			if g.Measure != "" {
				what = strings.ToLower(afterWords[g.Measure][:1]) + afterWords[g.Measure][1:]
			}
			gap.Look = append(gap.Look, fmt.Sprintf("%s (%s, %s)", b.GroupName(g), what, points(g.Diff)))
		case g.Flagged():
			gap.Flagged++
		}
	}
	return gap
}

// AfterRow is a group in the table of promises after the call.
type AfterRow struct {
	Dimension, Name string
	Kept            []EquityGroup // in the order of Compared; of nobody where none fell due
	Says            []AfterFinding
}

// AfterFinding is what can be said of one promise to a group.
type AfterFinding struct {
	Promise string
	EquityGroup
}

// afterWords are the promises of Compared, as heads of columns.
var afterWords = map[string]string{
	"callback.closed": "Callbacks closed in time", "crisis.very_urgent": "Seen in time, very urgent", "crisis.urgent": "Seen in time, urgent",
}

// AfterHeads are the columns of AfterRows, with the limits the service agreed.
func (b Board) AfterHeads() (heads []string) {
	kept := b.FollowUps
	if kept == nil {
		kept = FollowUps()
	}
	for _, category := range Compared {
		f, _ := kept.Named(category)
		heads = append(heads, fmt.Sprintf("%s (%s)", afterWords[category], spanWords(f.Limit)))
	}
	return heads
}

// AfterRows are the groups to whom anything was promised, each once.
func (b Board) AfterRows() (rows []AfterRow) {
	at := map[[2]string]int{}
	for _, g := range slices.SortedStableFunc(slices.Values(b.After), inOrder) {
		key := [2]string{g.Dimension, g.Value}
		i, ok := at[key]
		if !ok {
			i = len(rows)
			at[key] = i
			rows = append(rows, AfterRow{Dimension: g.Dimension, Name: b.GroupName(g), Kept: make([]EquityGroup, len(Compared))})
		}
		rows[i].Kept[slices.Index(Compared, g.Measure)] = g
		if g.Verdict != EquityFew || g.Action() {
			rows[i].Says = append(rows[i].Says, AfterFinding{afterWords[g.Measure], g})
		}
	}
	return rows
}

// Of is the share of promises kept in time and of how many, small counts withheld.
func (g EquityGroup) Of() string {
	switch n := g.Reached.Whole; {
	case n == 0:
		return "–"
	case Withhold(n):
		return "under 5"
	case cellText(g.Reached) == "–":
		return "of " + thousands(n)
	default:
		return fmt.Sprintf("%s of %s", cellText(g.Reached), thousands(n))
	}
}

// afterTable is the numbers of AfterRows, for a CSV file.
func (b Board) afterTable() Chart {
	c := Chart{ID: "equity-after", Title: "Promises after the call kept in time, by group", Table: [][]string{{
		"promise", "compared by", "group", "fell due", "kept in time", "difference", "low 95 %", "high 95 %", "p (Holm)",
		"low 99.8 %", "high 99.8 %", "months flagged", "look into it", "finding",
	}}}
	for _, g := range b.After {
		row := []string{g.Measure, b.DimensionName(g.Dimension), b.GroupName(g)}
		if Withhold(g.Reached.Whole) {
			row = append(row, "under 5")
			c.Table = append(c.Table, append(row, make([]string, len(c.Table[0])-len(row))...))
			continue
		}
		row = append(row, strconv.FormatInt(g.Reached.Whole, 10), cellPlain(g.Reached))
		figures := []string{plain(g.Diff), plain(g.Low), plain(g.High), plain(g.P), plain(g.Funnel[0]), plain(g.Funnel[3])}
		if cellPlain(g.Reached) == "" {
			figures = make([]string, len(figures)) // they would give the share away
		}
		c.Table = append(c.Table, append(append(row, figures...), strconv.Itoa(g.Running), strconv.FormatBool(g.Action()), string(g.Verdict)))
	}
	return c
}

// cellPlain is cellText for a file.
func cellPlain(p Proportion) string {
	if Withhold(p.Part) || Withhold(p.Whole-p.Part) {
		return ""
	}
	return shareText(p.Value())
}
