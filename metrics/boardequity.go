package metrics

import "strconv"

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
	b.Groups = EquityOver(spans)
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

// cellPlain is cellText for a file.
func cellPlain(p Proportion) string {
	if Withhold(p.Part) || Withhold(p.Whole-p.Part) {
		return ""
	}
	return shareText(p.Value())
}
