package metrics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// What must be so before two groups are said to be served differently. They are
// ours, to be agreed by the service.
const (
	EquityGap   = .05 // least difference of shares worth acting on
	EquityCalls = 50  // least calls in each group
	funnelWarn  = .05
	funnelAct   = .002
)

// SmallCell is the least count that may be published; 1 to 4 calls could be
// somebody.
const SmallCell = 5

// EquityVerdict is what can be said of a group.
type EquityVerdict string

// The verdicts.
const (
	EquityFew    EquityVerdict = "not enough calls to tell"
	EquityAlike  EquityVerdict = "no difference of 5 points or more"
	EquitySmall  EquityVerdict = "a difference beyond chance, but under 5 points"
	EquityWorse  EquityVerdict = "worse than the rest"
	EquityBetter EquityVerdict = "better than the rest"
)

// EquityGroup is one group of callers against everyone else.
type EquityGroup struct {
	Dimension, Value string
	Measure          string     // what is compared: "" reached in 60 s, else the promise, one of Compared
	Reached          Proportion // answered within 60 s, of everyone who rang, caller's clock; or promises kept in time, of those due
	Rest             Proportion // the same of everyone else
	LeftIn60         Proportion // gave up in 60 s or less, of everyone who rang: the risk that competes with being reached
	GaveUp           Proportion // left after more than 30 s, of everyone who rang
	Mean             float64    // seconds to answer, of the answered
	P95              float64    // seconds, nearest rank; 0 without an answer
	Diff, Low, High  float64    // Reached less Rest, and its 95 % interval
	P                float64    // of the difference, adjusted for all that were compared
	Like, LikeKnown  float64    // difference within the same parts of the day; LikeKnown 1 when there is one
	Funnel           [4]float64 // 99.8 % low, 95 % low, 95 % high, 99.8 % high around everyone's share
	Outside          bool       // beyond the 99.8 % limits
	Verdict          EquityVerdict
	Running          int // months in a row, this one included, with this flag; 0 without one
}

// EquityRuns is how many months running a flag must stand before it is acted on.
const EquityRuns = 3

// Flagged reports whether the group is served differently, as far as can be told.
func (g EquityGroup) Flagged() bool { return g.Verdict == EquityWorse || g.Verdict == EquityBetter }

// Action reports whether the group is to be looked into now: a flag has stood
// for three months running, or the group lies outside the 99.8 % limits. The
// limits are heeded for groups too small to be flagged, too, but not for a
// difference under 5 points: in a large group any difference is outside.
func (g EquityGroup) Action() bool {
	return g.Running >= EquityRuns || g.Outside && abs(g.Diff) >= EquityGap
}

// EquityDimensions are the dimensions compared, with their names. The ledger
// holds no place and no caller's language: teams and lines are compared, and
// are called so. What a line's language is, the plan says.
var EquityDimensions = [][2]string{
	{"team", "Team the call was for"}, {"caller", "Who rang"}, {"band", "Part of the day"},
	{"line", "Line"}, {"language", "Language of the line"}, {"number", "Number presented or withheld"},
}

// EquityOver is Equity of the newest of some spans of days, one for each month,
// newest first and nil where a month is not known. Each flag knows for how many
// months running it has stood.
func EquityOver(spans []*Day) []EquityGroup {
	var groups []EquityGroup
	for back, d := range spans {
		if d == nil {
			break
		}
		flags := map[[4]string]bool{}
		then := Equity(d)
		if back == 0 {
			groups = then
		}
		for _, g := range then {
			flags[g.flag()] = g.Flagged()
		}
		stands := false
		for i := range groups {
			if g := &groups[i]; g.Running == back && flags[g.flag()] {
				g.Running, stands = g.Running+1, true
			}
		}
		if !stands {
			break
		}
	}
	return groups
}

// flag is what is said of whom.
func (g EquityGroup) flag() [4]string {
	return [4]string{g.Measure, g.Dimension, g.Value, string(g.Verdict)}
}

// byLanguage counts the calls of lines of one language together, as a dimension
// of its own.
func (d *Day) byLanguage(of map[string]string) {
	for line, t := range d.Values("line") {
		d.at(sliceLanguage + Slice(orUnknown(of[line]))).Merge(t)
	}
}

// Equity compares every group of every dimension with everyone else: how many
// were reached in time, and how many promises after the call were kept. Groups of
// nobody are left out; the order is that of the measures, of EquityDimensions,
// then by value. All comparisons count for Holm's correction.
func Equity(d *Day) []EquityGroup {
	var groups []EquityGroup
	for _, measure := range append([]string{""}, Compared...) {
		for _, dim := range EquityDimensions {
			groups = append(groups, compared(measure, dim[0], d)...)
		}
	}
	slices.SortStableFunc(groups, func(a, b EquityGroup) int {
		return cmp.Or(cmp.Compare(slices.Index(Compared, a.Measure), slices.Index(Compared, b.Measure)), inOrder(a, b))
	})
	p := make([]float64, len(groups))
	for i, g := range groups {
		p[i] = g.P
	}
	for i, adjusted := range Holm(p) {
		groups[i].P = adjusted
		groups[i].Verdict = groups[i].verdict()
	}
	return groups
}

// inOrder compares groups by their dimension, then by value.
func inOrder(a, b EquityGroup) int {
	return cmp.Or(cmp.Compare(dimensionAt(a.Dimension), dimensionAt(b.Dimension)), cmp.Compare(order24(a), order24(b)), strings.Compare(a.Value, b.Value))
}

func dimensionAt(name string) int {
	return slices.IndexFunc(EquityDimensions, func(d [2]string) bool { return d[0] == name })
}

func order24(g EquityGroup) int { return slices.Index(Bands, g.Value) }

// share is what the tally says of a measure.
func (t *Tally) share(measure string) Proportion {
	if measure == "" {
		return Proportion{t.Caller.Within60, t.Received}
	}
	return t.Kept[measure].Share()
}

// compared are the groups of one dimension by one measure, when there are two.
func compared(measure, dim string, d *Day) (groups []EquityGroup) {
	var all Proportion // of the groups: a promise may not be known of all of them
	values := d.Values(dim)
	for _, t := range values {
		p := t.share(measure)
		all.Part, all.Whole = all.Part+p.Part, all.Whole+p.Whole
	}
	for value, t := range values {
		g := EquityGroup{Dimension: dim, Value: value, Measure: measure, Reached: t.share(measure)}
		if g.Reached.Whole == 0 {
			continue
		}
		g.against(all)
		if measure == "" {
			g.waits(t, d)
		}
		groups = append(groups, g)
	}
	if len(groups) < 2 {
		return nil
	}
	return groups
}

// against compares the group with everyone else, and with what chance explains.
func (g *EquityGroup) against(all Proportion) {
	g.Rest = Proportion{all.Part - g.Reached.Part, all.Whole - g.Reached.Whole}
	g.Diff, g.Low, g.High = Newcombe(g.Reached, g.Rest)
	_, g.P = PooledZ(g.Reached, g.Rest)
	share, _ := all.Value()
	g.Funnel[0], g.Funnel[3] = Funnel(share, g.Reached.Whole, funnelAct)
	g.Funnel[1], g.Funnel[2] = Funnel(share, g.Reached.Whole, funnelWarn)
	own, _ := g.Reached.Value()
	g.Outside = own < g.Funnel[0] || own > g.Funnel[3]
}

// waits is what else is told of how long a group waited.
func (g *EquityGroup) waits(t *Tally, d *Day) {
	w := &t.Caller
	g.LeftIn60 = Proportion{w.Abandoned[0] + w.Abandoned[1], t.Received}
	g.GaveUp = Proportion{w.Abandoned[1] + w.Abandoned[2], t.Received}
	g.P95 = w.Seconds.NearestRank(95).Seconds()
	if w.Answered > 0 {
		g.Mean = float64(w.SumMs) / 1000 / float64(w.Answered)
	}
	if g.Dimension == "team" {
		var ok bool
		if g.Like, ok = likeWithLike(d, g.Value); ok {
			g.LikeKnown = 1
		}
	}
}

func likeWithLike(d *Day, team string) (float64, bool) {
	strata := make([][2]Proportion, 0, len(Bands))
	for _, band := range Bands {
		own, all := d.Of(teamBandSlice(team, band)), d.Of(BandSlice(band))
		strata = append(strata, [2]Proportion{
			{own.Caller.Within60, own.Received},
			{all.Caller.Within60 - own.Caller.Within60, all.Received - own.Received},
		})
	}
	return MantelHaenszel(strata)
}

// verdict says what can be said, and no more: that no difference was seen is
// only said when one of five points would have been.
func (g EquityGroup) verdict() EquityVerdict {
	switch {
	case g.Reached.Whole < EquityCalls || g.Rest.Whole < EquityCalls:
		return EquityFew
	case g.High < 0 && g.Diff <= -EquityGap && g.P < .05:
		return EquityWorse
	case g.Low > 0 && g.Diff >= EquityGap && g.P < .05:
		return EquityBetter
	case (g.High < 0 || g.Low > 0) && g.P < .05 && abs(g.Diff) < EquityGap:
		return EquitySmall
	case g.Low > -EquityGap && g.High < EquityGap:
		return EquityAlike
	}
	return EquityFew
}

// Text is the finding in a sentence.
func (g EquityGroup) Text() string {
	own, _ := g.Reached.Value()
	rest, _ := g.Rest.Value()
	kept, of := "reached in 60 s", "calls"
	switch {
	case strings.HasPrefix(g.Measure, "callback"):
		kept, of = "closed in time", "callbacks"
	case g.Measure != "":
		kept, of = "seen in time", "visits"
	}
	switch g.Verdict {
	case EquityFew:
		if g.Outside && abs(g.Diff) >= EquityGap {
			return fmt.Sprintf("%.0f %% %s of only %d %s, the rest %.0f %%: more than chance explains.", 100*own, kept, g.Reached.Whole, of, 100*rest)
		}
		return fmt.Sprintf("%d %s: not enough %s to tell.", g.Reached.Whole, of, of)
	case EquityAlike, EquitySmall:
		return fmt.Sprintf("%.0f %% %s, the rest %.0f %%: %s.", 100*own, kept, 100*rest, g.Verdict)
	}
	return fmt.Sprintf("%.0f %% %s, the rest %.0f %%: %s by %.0f points (%.0f to %.0f)%s.",
		100*own, kept, 100*rest, g.Verdict, 100*abs(g.Diff), 100*min(abs(g.Low), abs(g.High)), 100*max(abs(g.Low), abs(g.High)), g.since())
}

// since is for how long a flag has stood, in words.
func (g EquityGroup) since() string {
	switch {
	case g.Running > EquityRuns:
		return fmt.Sprintf(", %d months running", g.Running)
	case g.Running > 0:
		return [EquityRuns]string{", first month", ", second month running", ", third month running"}[g.Running-1]
	}
	return ""
}

func abs(x float64) float64 { return max(x, -x) }

// Withhold reports whether a count may not be published. Nothing is no secret.
func Withhold(n int64) bool { return n > 0 && n < SmallCell }
