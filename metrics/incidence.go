package metrics

import (
	"fmt"
	"slices"
)

// Incidence is what had become of those who rang by a second of waiting, as
// shares of all of them. What is left of 1 was still waiting.
type Incidence struct {
	Second int32
	Shares []float64 // by cause, in the order they were given
}

// CumulativeIncidence is the Aalen-Johansen estimate of competing risks: being
// answered and giving up exclude each other, so neither may be drawn as if those
// who met the other were still waiting, which is what one minus Kaplan-Meier
// does. It steps at each second at which something happened.
//
// open are those of whom nothing more is known after so long, without being
// answered or gone. With none of them it is the plain share of each cause.
//
// O. O. Aalen, S. Johansen, "An Empirical Transition Matrix for Non-homogeneous
// Markov Chains Based on Censored Observations", Scandinavian Journal of
// Statistics 5 (1978), 141-150.
func CumulativeIncidence(open Histogram, causes ...Histogram) []Incidence {
	happened, risk := map[int32]bool{}, open.Count()
	for _, h := range causes {
		risk += h.Count()
		for s := range h {
			happened[s] = true
		}
	}
	seconds := make([]int32, 0, len(happened)+len(open))
	for s := range happened {
		seconds = append(seconds, s)
	}
	for s := range open {
		if !happened[s] {
			seconds = append(seconds, s)
		}
	}
	slices.Sort(seconds)
	var steps []Incidence
	waiting, so := 1.0, make([]float64, len(causes))
	for _, s := range seconds {
		var gone int64
		for i, h := range causes {
			gone += h[s]
			so[i] += waiting * float64(h[s]) / float64(risk)
		}
		if happened[s] {
			waiting *= 1 - float64(gone)/float64(risk)
			steps = append(steps, Incidence{s, slices.Clone(so)})
		}
		risk -= gone + open[s] // who is lost at a second was still there when others went
	}
	return steps
}

// at is the shares by a second of waiting.
func at(steps []Incidence, second int32) []float64 {
	i, found := slices.BinarySearchFunc(steps, second, func(s Incidence, second int32) int { return int(s.Second - second) })
	if !found {
		i--
	}
	if i < 0 {
		return make([]float64, len(incidenceCauses))
	}
	return steps[i].Shares
}

// The causes of IncidenceChart, in order.
var incidenceCauses = [3]string{"answered", "gave up", "other end"}

// IncidenceChart draws what had become of everyone who rang, second by second
// of their wait. Calls answered while the store was gone are left out: nobody
// noted how long they waited.
func IncidenceChart(id, title string, t *Tally) Chart {
	c := Chart{ID: id, Title: title, Table: [][]string{{"seconds waited", incidenceCauses[0], incidenceCauses[1], incidenceCauses[2], "still waiting"}}}
	w := &t.Caller
	steps := CumulativeIncidence(nil, w.Seconds, w.Gone, w.Others)
	most := incidenceSpan(steps)
	for s := int32(0); s <= most; s++ {
		row, left := []string{fmt.Sprint(s)}, 1.0
		for _, share := range at(steps, s) {
			row, left = append(row, plain(share)), left-share
		}
		c.Table = append(c.Table, append(row, plain(max(0, left))))
	}
	c.Says = incidenceSays(steps, t)
	c.SVG = drawIncidence(steps, most).svg(title, c.Says)
	return c
}

// incidenceSpan is how many seconds are drawn: until 19 in 20 waits are over.
func incidenceSpan(steps []Incidence) int32 {
	spans := []int32{120, 180, 300, 600, 900, 1800, 3600}
	for _, span := range spans {
		var over float64
		for _, share := range at(steps, span) {
			over += share
		}
		if over >= .95 {
			return span
		}
	}
	return spans[len(spans)-1]
}

func incidenceSays(steps []Incidence, t *Tally) string {
	if len(steps) == 0 {
		return "Nobody rang."
	}
	by := at(steps, 60)
	waiting := max(0, 1-by[0]-by[1]-by[2])
	says := fmt.Sprintf("Of 100 who rang, %.0f had been answered when a minute was over, %.0f had given up, %.0f were still waiting", 100*by[0], 100*by[1], 100*waiting)
	if by[2] >= .005 {
		says += fmt.Sprintf(" and %.0f had ended otherwise", 100*by[2])
	}
	says += "."
	if by[1] >= .005 && by[1] < 1 {
		says += fmt.Sprintf(" Leaving out those who had given up would show %.0f: the more give up, the better it would look.", 100*by[0]/(1-by[1]))
	}
	if t.Fallback > 0 {
		says += fmt.Sprintf(" %s without the store left out: how long they waited was not noted.", calls(t.Fallback))
	}
	return says
}

func calls(n int64) string {
	if n == 1 {
		return "One call answered"
	}
	return thousands(n) + " calls answered"
}

// drawIncidence stacks the shares: who was answered from below, who gave up from
// above, and between them those still waiting.
func drawIncidence(steps []Incidence, most int32) *drawing {
	d := draw(262)
	f := frame{left: 44, top: 14, right: 462, bottom: 200, low: 0, high: 1}
	x := func(s int32) float64 { return f.left + (f.right-f.left)*float64(s)/float64(most) }
	d.rect(f.left, f.top, f.right-f.left, f.bottom-f.top, "blank", "")
	var answered, gave, other [][2]float64
	for s := int32(0); s <= most; s += max(1, most/240) {
		by := at(steps, s)
		answered = append(answered, [2]float64{x(s), f.y(by[0])})
		gave = append(gave, [2]float64{x(s), f.y(1 - by[1])})
		other = append(other, [2]float64{x(s), f.y(1 - by[1] - by[2])})
	}
	top := [][2]float64{{f.left, f.top}, {f.right, f.top}}
	d.area(other, gave, "d")
	d.area(gave, top, "c")
	d.area([][2]float64{{f.left, f.bottom}, {f.right, f.bottom}}, answered, "a")
	f.grid(d, Percent)
	d.line(x(60), f.top, x(60), f.bottom, "target")
	for v := int32(0); v <= most; v += most / 6 {
		d.text(x(v), f.bottom+17, "middle", "tick", Seconds(float64(v)))
	}
	d.text((f.left+f.right)/2, f.bottom+34, "middle", "tick", "waited, from the first ring; the line is at 60 s")
	end := at(steps, most)
	labels := newLabels(f)
	labels.add(end[0]/2, Percent(end[0])+" answered", "note")
	labels.add(1-end[1]/2, Percent(end[1])+" gave up", "note")
	if end[2] >= .005 {
		labels.add(1-end[1]-end[2]/2, Percent(end[2])+" other end", "note")
	}
	if waiting := 1 - end[0] - end[1] - end[2]; waiting >= .005 {
		labels.add(end[0]+waiting/2, Percent(waiting)+" waiting", "note faint")
	}
	labels.draw(d)
	left := f.left
	for i, class := range []string{"a", "blank", "d", "c"} {
		name := [4]string{incidenceCauses[0], "still waiting", incidenceCauses[2], incidenceCauses[1]}[i]
		d.rect(left, f.bottom+44, 12, 12, class, "")
		d.text(left+17, f.bottom+54, "start", "key", name)
		left += 34 + 7.2*float64(len(name))
	}
	return d
}
