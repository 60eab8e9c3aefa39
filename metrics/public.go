package metrics

import (
	"fmt"
	"io"
)

// Public is the page a service may publish: nothing in it can be traced to a
// caller, and nothing in it is left out for looking bad.
type Public struct {
	Service   string
	Month     Month
	Words     string
	Tiles     []Tile
	Trends    []Chart
	Standings []Standing
	Example   bool
	Before    int // days of the month before anything was counted
	Made      interface{ Format(string) string }
}

// NewPublic is the public's part of what the board is shown, with small numbers
// withheld.
func NewPublic(b Board) Public {
	p := Public{Service: b.Service, Month: b.Month, Example: b.Example, Before: b.Before, Made: b.Made}
	i := b.Items
	quiet := b.Trend
	for n, m := range quiet {
		if m.Sum != nil && tooFew(m.Sum.Of(SliceAll).Items(ClockCaller)) {
			quiet = append([]MonthDay{}, quiet...)
			quiet[n].Sum = nil
		}
	}
	p.Trends = trends(quiet)
	if tooFew(i) {
		p.Words = fmt.Sprintf("In %s there were too few calls of one kind to publish figures without showing single callers.", b.Month.Words())
		return p
	}
	reached, _ := i.ReachedOfReceived()
	left, _ := i.Abandoned()
	p.Words = i.story(fmt.Sprintf("In %s people rang us", b.Month.Words()), "the caller gave up before we answered")
	p.Tiles = []Tile{
		{Name: "reached a person within a minute, of everyone who rang", Value: Percent(reached), Headline: true},
		{Name: "gave up before we answered", Value: Percent(left)},
		{Name: "was the average wait of those answered", Value: Seconds(i.Mean.Seconds())},
		{Name: "was the longest wait of 95 in 100 of those answered", Value: Seconds(i.P95.Seconds())},
	}
	for _, s := range b.Standings {
		if s.Start == MomentFirstTry && (Withhold(b.Sum.Reach.Missed) || Withhold(b.Sum.Reach.Met)) {
			continue
		}
		if s.Known && len(s.Callers)+len(s.Lines) == 0 && s.Population == PopulationReceived || s.Known && s.Measure == MeasureMean {
			s.Few = Withhold(s.Missed)
			p.Standings = append(p.Standings, s)
		}
	}
	return p
}

// tooFew reports whether a count of the page, or what subtraction gives, is of
// one to four callers.
func tooFew(i Items) bool {
	return i.A01 == 0 || Withhold(i.A01) || Withhold(i.A03) || Withhold(i.B01) || Withhold(i.B02) || Withhold(i.A03-i.B01)
}

// WriteHTML writes the page. Its charts' CSV files belong beside it.
func (p Public) WriteHTML(w io.Writer) error { return render(w, "public.html", p) }
