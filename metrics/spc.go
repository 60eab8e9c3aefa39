package metrics

import "math"

// Point is one month of a process-control chart. A month without the figure
// has Known false and is a gap in the line.
type Point struct {
	Label   string
	Value   float64
	Known   bool
	Special bool // not chance: see Rule
	Rule    string
}

// XmR is a process-control chart of single values: the mean, and the limits
// within which a steady process stays, from the average change between months.
type XmR struct {
	Points           []Point
	Centre, Low, Top float64
	Limits           bool // there are enough months for limits
}

// limitMonths is the least number of months that limits can be drawn from.
const limitMonths = 8

// NewXmR marks what is not chance: a month outside the limits, or the eighth
// and further month on one side of the mean. Values are kept within floor and
// ceiling, which the measure cannot leave.
func NewXmR(points []Point, floor, ceiling float64) XmR {
	x := XmR{Points: points}
	var sum, moved float64
	var n, moves int
	last, have := 0.0, false
	for _, p := range points {
		if !p.Known {
			have = false
			continue
		}
		sum += p.Value
		n++
		if have {
			moved += math.Abs(p.Value - last)
			moves++
		}
		last, have = p.Value, true
	}
	if n == 0 {
		return x
	}
	x.Centre = sum / float64(n)
	if x.Limits = n >= limitMonths && moves >= limitMonths-2; !x.Limits {
		return x
	}
	reach := 2.66 * moved / float64(moves)
	x.Low, x.Top = max(floor, x.Centre-reach), min(ceiling, x.Centre+reach)
	x.mark()
	return x
}

func (x *XmR) mark() {
	side, run := 0, 0
	for i := range x.Points {
		p := &x.Points[i]
		if !p.Known {
			side, run = 0, 0
			continue
		}
		now := 1
		if p.Value < x.Centre {
			now = -1
		}
		if now != side {
			side, run = now, 0
		}
		run++
		switch {
		case p.Value < x.Low || p.Value > x.Top:
			p.Special, p.Rule = true, "outside the limits"
		case run >= 8:
			p.Special, p.Rule = true, "eight or more on one side of the mean"
		}
	}
}
