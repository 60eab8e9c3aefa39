package metrics

import (
	"fmt"
	"math"
)

// ControlChart draws a process-control chart. A target of 0 is none; better says
// on which side of it is good ("higher" or "lower").
func ControlChart(id, title string, x XmR, format Format, target float64, better string) Chart {
	d := draw(228)
	f := frame{left: 56, top: 14, right: 470, bottom: 200}
	f.low, f.high = span(x, target)
	f.grid(d, format)
	n := max(1, len(x.Points)-1)
	at := func(i int) float64 { return f.left + 10 + (f.right-f.left-20)*float64(i)/float64(n) }
	if x.Limits {
		d.rect(f.left, f.y(x.Top), f.right-f.left, f.y(x.Low)-f.y(x.Top), "band", "")
		d.line(f.left, f.y(x.Top), f.right, f.y(x.Top), "limit")
		d.line(f.left, f.y(x.Low), f.right, f.y(x.Low), "limit")
	}
	labels := newLabels(f)
	if x.Centre > 0 {
		d.line(f.left, f.y(x.Centre), f.right, f.y(x.Centre), "centre")
		labels.add(x.Centre, "mean "+format(x.Centre), "note")
	}
	if target > 0 {
		d.line(f.left, f.y(target), f.right, f.y(target), "target")
		labels.add(target, "target "+format(target), "note goal")
	}
	if x.Limits {
		labels.add(x.Top, "limit "+format(x.Top), "note faint")
		labels.add(x.Low, "limit "+format(x.Low), "note faint")
	}
	labels.draw(d)
	var points [][2]float64
	for i, p := range x.Points {
		y := math.NaN()
		if p.Known {
			y = f.y(p.Value)
		}
		points = append(points, [2]float64{at(i), y})
	}
	d.path(points, "trend")
	for i, p := range x.Points {
		if !p.Known {
			continue
		}
		if p.Special {
			d.diamond(at(i), f.y(p.Value), 5.5, "special", p.Label+": "+format(p.Value)+", "+p.Rule)
		} else {
			d.dot(at(i), f.y(p.Value), 3.2, "point", p.Label+": "+format(p.Value))
		}
	}
	for i, p := range x.Points {
		if (len(x.Points)-1-i)%4 == 0 {
			d.text(at(i), f.bottom+18, "middle", "tick", p.Label)
		}
	}
	says := controlSays(x, format, target, better)
	c := Chart{ID: id, Title: title, Says: says, SVG: d.svg(title, says), Table: [][]string{{"month", "value", "mean", "lower limit", "upper limit", "not chance"}}}
	for _, p := range x.Points {
		if !p.Known {
			c.Table = append(c.Table, []string{p.Label, "", "", "", "", ""})
			continue
		}
		row := []string{p.Label, plain(p.Value), plain(x.Centre), "", "", p.Rule}
		if x.Limits {
			row[3], row[4] = plain(x.Low), plain(x.Top)
		}
		c.Table = append(c.Table, row)
	}
	return c
}

func plain(v float64) string { return fmt.Sprintf("%.6g", v) }

// span is the values an axis must show, with a little room.
func span(x XmR, target float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	take := func(v float64) { low, high = min(low, v), max(high, v) }
	for _, p := range x.Points {
		if p.Known {
			take(p.Value)
		}
	}
	if x.Limits {
		take(x.Low)
		take(x.Top)
	}
	if target > 0 {
		take(target)
	}
	if math.IsInf(low, 0) {
		return 0, 1
	}
	room := max((high-low)*.08, high*.02, 1e-9)
	if low > 0 && low < (high-low)*.6 {
		low = 0
	} else if low > 0 {
		low = max(0, low-room)
	}
	return low, high + room
}

// controlSays is the chart in words.
func controlSays(x XmR, format Format, target float64, better string) string {
	var last *Point
	known, special := 0, 0
	for i := range x.Points {
		if p := &x.Points[i]; p.Known {
			last = p
			known++
			if p.Special {
				special++
			}
		}
	}
	if last == nil {
		return "No month is known."
	}
	says := fmt.Sprintf("%s in %s; the mean of %s is %s.", format(last.Value), last.Label, many(known, "month"), format(x.Centre))
	switch {
	case !x.Limits:
		says += fmt.Sprintf(" Fewer than %d months: too few to say what is chance.", limitMonths)
	case last.Special:
		says += " The last month is not chance: " + last.Rule + "."
	case special > 0:
		says += fmt.Sprintf(" The last month is within what chance explains; %s earlier (diamonds) not.", wasWere(special))
	default:
		says += " Every month is within what chance explains: nothing has changed, for better or worse."
	}
	if target > 0 && x.Limits {
		switch {
		case better == "higher" && x.Top < target, better == "lower" && x.Low > target:
			says += " The target is beyond the limits: without a change the service does not reach it."
		case better == "higher" && x.Low >= target, better == "lower" && x.Top <= target:
			says += " The service as it is reaches the target every month."
		default:
			says += " The service as it is may or may not reach the target, by chance."
		}
	}
	return says
}

func many(n int, what string) string {
	if n == 1 {
		return "one " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func wasWere(n int) string {
	if n == 1 {
		return "one"
	}
	return fmt.Sprint(n)
}

// labels are the words at the right of a chart, moved apart where they would lie
// on one another.
type labels struct {
	f     frame
	items []label
}

type label struct {
	y           float64
	text, class string
}

func newLabels(f frame) *labels { return &labels{f: f} }

func (l *labels) add(value float64, text, class string) {
	y := l.f.y(value) + 4
	for _, other := range l.items { // the first added keeps its place
		if math.Abs(other.y-y) < 13 {
			if y >= other.y {
				y = other.y + 13
			} else {
				y = other.y - 13
			}
		}
	}
	l.items = append(l.items, label{y, text, class})
}

func (l *labels) draw(d *drawing) {
	for _, i := range l.items {
		d.text(l.f.right+6, i.y, "start", i.class, i.text)
	}
}
