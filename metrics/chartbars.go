package metrics

import (
	"fmt"
	"strconv"
	"strings"
)

// Part is one piece of a bar.
type Part struct {
	Name  string
	Class string // colour and pattern: a, b, c or d
	Value float64
}

// SplitBar draws a whole as one bar of its parts, each named below it.
func SplitBar(id, title, says string, parts []Part, format Format) Chart {
	rows := (len(parts) + 1) / 2
	d := draw(62 + float64(rows)*22)
	var whole float64
	for _, p := range parts {
		whole += p.Value
	}
	x := 4.0
	for _, p := range parts {
		if whole <= 0 || p.Value <= 0 {
			continue
		}
		w := 552 * p.Value / whole
		d.rect(x, 6, w, 36, p.Class, p.Name+": "+format(p.Value))
		if w > 52 {
			d.text(x+w/2, 29, "middle", "on-"+p.Class, format(p.Value))
		}
		x += w
	}
	c := Chart{ID: id, Title: title, Says: says, Table: [][]string{{"part", "value", "share"}}}
	for i, p := range parts {
		share := 0.0
		if whole > 0 {
			share = p.Value / whole
		}
		left, top := 4+float64(i%2)*278, 62+float64(i/2)*22
		d.rect(left, top-11, 14, 14, p.Class, "")
		d.text(left+20, top+1, "start", "key", fmt.Sprintf("%s: %s (%s)", p.Name, format(p.Value), Percent(share)))
		c.Table = append(c.Table, []string{p.Name, plain(p.Value), plain(share)})
	}
	c.SVG = d.svg(title, says)
	return c
}

// DayChart draws who rang in each hour of the day, and what came of it.
func DayChart(id, title string, d *Day) Chart {
	g := draw(262)
	f := frame{left: 44, top: 14, right: 552, bottom: 200}
	c := Chart{ID: id, Title: title, Table: [][]string{{"hour", "received", "reached in 60 s", "answered later", "gave up", "other", "reached share"}}}
	var most float64
	for h := range 24 {
		most = max(most, float64(d.Of(HourSlice(h)).Received))
	}
	f.low, f.high = 0, max(1, most*1.08)
	f.grid(g, Count)
	width := (f.right - f.left) / 24
	worst, worstShare := -1, 2.0
	for h := range 24 {
		t := d.Of(HourSlice(h))
		w := &t.Caller
		parts := []float64{float64(w.Within60), float64(w.Answered - w.Within60), float64(w.Left()), 0}
		parts[3] = float64(t.Received) - parts[0] - parts[1] - parts[2]
		share, ok := ratio(w.Within60, t.Received)
		base := 0.0
		for i, v := range parts {
			g.rect(f.left+float64(h)*width+1.5, f.y(base+v), width-3, f.y(base)-f.y(base+v), "abcd"[i:i+1],
				fmt.Sprintf("%02d:00: %.0f of %d %s", h, v, t.Received, hourParts[i]))
			base += v
		}
		if h%3 == 0 {
			g.text(f.left+(float64(h)+.5)*width, f.bottom+17, "middle", "tick", fmt.Sprintf("%02d", h))
		}
		if ok && t.Received >= 20 && share < worstShare {
			worst, worstShare = h, share
		}
		c.Table = append(c.Table, []string{
			fmt.Sprintf("%02d", h), strconv.FormatInt(t.Received, 10), plain(parts[0]), plain(parts[1]), plain(parts[2]), plain(parts[3]), shareText(share, ok),
		})
	}
	g.text((f.left+f.right)/2, f.bottom+34, "middle", "tick", "hour of the day in which they rang")
	x := f.left
	for i, name := range hourParts {
		g.rect(x, f.bottom+44, 12, 12, "abcd"[i:i+1], "")
		g.text(x+17, f.bottom+54, "start", "key", name)
		x += 30 + 7.2*float64(len(name))
	}
	c.Says = "Too few calls in any one hour to say which is worst."
	if worst >= 0 {
		c.Says = fmt.Sprintf("The worst hour begins at %02d:00: %.0f of 100 who rang then were reached within a minute.", worst, 100*worstShare)
	}
	c.SVG = g.svg(title, c.Says)
	return c
}

var hourParts = [4]string{"reached in 60 s", "answered later", "gave up", "other"}

func shareText(v float64, ok bool) string {
	if !ok {
		return ""
	}
	return plain(v)
}

// Cell is one hour of a HeatMap.
type Cell struct {
	Text  string
	Class string // heat0 (good) … heat4, or blank
	Title string
}

// HeatMap draws a figure for each hour of the week.
func HeatMap(id, title, says string, cells [7][24]Cell, key [][2]string) Chart {
	const width, height = 20.6, 24.0
	d := draw(46 + 7*height + 26)
	for h := range 24 {
		d.text(62+(float64(h)+.5)*width, 14, "middle", "tick", fmt.Sprintf("%02d", h))
	}
	for day, name := range WeekDays {
		y := 22 + float64(day)*height
		d.text(56, y+16, "end", "tick", name[:3])
		for h, c := range cells[day] {
			d.rect(62+float64(h)*width, y, width-1.2, height-1.2, c.Class, c.Title)
			d.text(62+(float64(h)+.5)*width-.6, y+16, "middle", "on-"+c.Class, c.Text)
		}
	}
	x, y := 62.0, 22+7*height+14
	for _, k := range key {
		d.rect(x, y, 14, 14, k[0], "")
		d.text(x+19, y+11.5, "start", "key", k[1])
		x += 34 + 6.6*float64(len([]rune(k[1])))
	}
	c := Chart{ID: id, Title: title, Says: says, SVG: d.svg(title, says)}
	head := []string{"day"}
	for h := range 24 {
		head = append(head, fmt.Sprintf("%02d", h))
	}
	c.Table = append(c.Table, head)
	for day, name := range WeekDays {
		row := []string{name}
		for _, cell := range cells[day] {
			row = append(row, strings.ReplaceAll(cell.Text, "–", ""))
		}
		c.Table = append(c.Table, row)
	}
	return c
}

// FunnelChart draws the groups of one dimension against the limits that chance
// stays within. Groups whose share may not be told are left out.
func FunnelChart(id, title string, groups []EquityGroup, dim string, share float64, name func(EquityGroup) string) Chart {
	d := draw(280)
	f := frame{left: 56, top: 14, right: 540, bottom: 226}
	c := Chart{ID: id, Title: title, Table: [][]string{{"group", "calls", "reached in 60 s", "low 99.8 %", "high 99.8 %", "outside"}}}
	var own []EquityGroup
	most, low, high := int64(100), share, share
	for _, g := range groups {
		if g.Dimension != dim || g.Reached.Whole < SmallCell {
			continue
		}
		own = append(own, g)
		most = max(most, g.Reached.Whole)
		v, _ := g.Reached.Value()
		low, high = min(low, v), max(high, v)
	}
	least := max(most/40, 20)
	l, h := Funnel(share, least, funnelAct)
	f.low, f.high = max(0, min(low-.04, max(l, share-.3))), min(1, max(high+.04, min(h, share+.3)))
	f.grid(d, Percent)
	most += most / 10
	at := func(n int64) float64 { return f.left + (f.right-f.left)*float64(n)/float64(most) }
	for _, tail := range []float64{funnelAct, funnelWarn} {
		class := "limit"
		if tail == funnelWarn {
			class = "limit fine"
		}
		var lows, highs [][2]float64
		for i := range 121 {
			n := least + (most-least)*int64(i)/120
			lo, hi := Funnel(share, n, tail)
			lows, highs = append(lows, [2]float64{at(n), f.y(lo)}), append(highs, [2]float64{at(n), f.y(hi)})
		}
		d.path(lows, class)
		d.path(highs, class)
	}
	d.line(f.left, f.y(share), f.right, f.y(share), "centre")
	outside := drawGroups(d, f, own, at, name, &c)
	for _, v := range steps(0, float64(most), 6) {
		d.text(at(int64(v)), f.bottom+17, "middle", "tick", Count(v))
	}
	d.text((f.left+f.right)/2, f.bottom+34, "middle", "tick", "calls; dashed: 99.8 % limits, dotted: 95 %")
	c.Says = fmt.Sprintf("All %s are within what chance explains around everyone's %s.", many(len(own), "group"), Percent(share))
	if len(outside) > 0 {
		c.Says = fmt.Sprintf("Outside what chance explains around everyone's %s: %s.", Percent(share), strings.Join(outside, ", "))
	}
	c.SVG = d.svg(title, c.Says)
	return c
}

func drawGroups(d *drawing, f frame, own []EquityGroup, at func(int64) float64, name func(EquityGroup) string, c *Chart) (outside []string) {
	var taken []box // names and marks
	for _, g := range own {
		v, _ := g.Reached.Value()
		x, y := at(g.Reached.Whole), f.y(v)
		taken = append(taken, box{x - 7, y - 7, x + 7, y + 7})
	}
	for _, g := range own {
		v, _ := g.Reached.Value()
		x, y := at(g.Reached.Whole), f.y(v)
		title := fmt.Sprintf("%s: %s of %d", name(g), Percent(v), g.Reached.Whole)
		if g.Outside {
			d.diamond(x, y, 6.5, "special", title)
			outside = append(outside, fmt.Sprintf("%s (%s)", name(g), Percent(v)))
		} else {
			d.dot(x, y, 4.5, "point", title)
		}
		taken = append(taken, writeBeside(d, f, taken, x, y, name(g)))
		c.Table = append(c.Table, []string{name(g), strconv.FormatInt(g.Reached.Whole, 10), plain(v), plain(g.Funnel[0]), plain(g.Funnel[3]), strconv.FormatBool(g.Outside)})
	}
	return outside
}

// box is a part of a drawing that is taken.
type box struct{ left, top, right, bottom float64 }

func (b box) over(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

// writeBeside writes a name beside its mark, where nothing else is if there is such a
// place.
func writeBeside(d *drawing, f frame, taken []box, x, y float64, name string) box {
	width := 6.3 * float64(len([]rune(name)))
	at := func(left, baseline float64) box { return box{left, baseline - 10, left + width, baseline + 3} }
	spots := []box{at(x+9, y+4), at(x-9-width, y+4), at(x-width/2, y-10), at(x-width/2, y+19), at(x+6, y-14), at(x+6, y+24), at(x-6-width, y-14), at(x-6-width, y+24)}
	chosen := spots[0]
	for i := len(spots) - 1; i >= 0; i-- {
		free := spots[i].left >= f.left && spots[i].right <= f.right+18
		for _, t := range taken {
			free = free && !spots[i].over(t)
		}
		if free {
			chosen = spots[i]
		}
	}
	d.text(chosen.left, chosen.bottom-3, "start", "note", name)
	return chosen
}
