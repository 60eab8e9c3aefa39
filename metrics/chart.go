package metrics

import (
	"encoding/csv"
	"fmt"
	"html"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"
)

// Chart is a drawing for a page, with the numbers behind it.
type Chart struct {
	ID    string        // file name of its CSV, without the ending
	Title string        // what it shows
	Says  string        // what is to be seen in it, in a sentence: also its description for those who do not see it
	SVG   template.HTML // the drawing
	Table [][]string    // the numbers, heads first
}

// WriteCSV writes the numbers.
func (c Chart) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.WriteAll(c.Table); err != nil {
		return fmt.Errorf("write %s.csv: %w", c.ID, err)
	}
	return nil
}

// drawing is an SVG being written. Everything in it is a number of ours or is
// escaped; nothing of it is scripted, and its colours are never alone in
// telling things apart.
type drawing struct {
	b    strings.Builder
	w, h float64
}

// chartWidth is every chart's, in the units of its drawing.
const chartWidth = 560

func draw(h float64) *drawing { return &drawing{w: chartWidth, h: h} }

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	d.put(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`, x1, y1, x2, y2, class)
}

func (d *drawing) rect(x, y, w, h float64, class, title string) {
	d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s">`, x, y, max(0, w), max(0, h), class)
	if title != "" {
		d.put(`<title>%s</title>`, html.EscapeString(title))
	}
	d.put(`</rect>`)
}

func (d *drawing) dot(x, y, r float64, class, title string) {
	d.put(`<circle cx="%.1f" cy="%.1f" r="%.1f" class="%s"><title>%s</title></circle>`, x, y, r, class, html.EscapeString(title))
}

// diamond marks what is not chance: another shape, not only another colour.
func (d *drawing) diamond(x, y, r float64, class, title string) {
	d.put(`<path d="M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ" class="%s"><title>%s</title></path>`,
		x, y-r, x+r, y, x, y+r, x-r, y, class, html.EscapeString(title))
}

// text writes at a point; anchor is start, middle or end.
func (d *drawing) text(x, y float64, anchor, class, s string) {
	d.put(`<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, html.EscapeString(s))
}

// path joins the points; NaN begins anew.
func (d *drawing) path(points [][2]float64, class string) {
	var b strings.Builder
	pen := "M"
	for _, p := range points {
		if math.IsNaN(p[1]) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, p[0], p[1])
		pen = "L"
	}
	d.put(`<path d="%s" class="%s"/>`, b.String(), class)
}

// area fills what lies between two lines that both go from left to right.
func (d *drawing) area(under, over [][2]float64, class string) {
	var b strings.Builder
	pen := "M"
	for _, p := range under {
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, p[0], p[1])
		pen = "L"
	}
	for _, p := range slices.Backward(over) {
		fmt.Fprintf(&b, "L%.1f %.1f", p[0], p[1])
	}
	d.put(`<path d="%sZ" class="%s"/>`, b.String(), class)
}

// svg is the whole drawing, described for those who do not see it.
func (d *drawing) svg(title, says string) template.HTML {
	return template.HTML(fmt.Sprintf( //nolint:gosec // every text in it went through html.EscapeString
		`<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">%s</svg>`,
		d.w, d.h, html.EscapeString(title+". "+says), d.b.String()))
}

// Format writes a figure on an axis or in a sentence.
type Format func(float64) string

// The formats of the charts.
var (
	Percent  Format = func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }
	Percent1 Format = func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }
	Count    Format = func(v float64) string { return fmt.Sprintf("%.0f", v) }
	Seconds  Format = func(v float64) string {
		switch {
		case v >= 600:
			return fmt.Sprintf("%.0f min", v/60)
		case v >= 120:
			return strings.Replace(fmt.Sprintf("%.1f min", v/60), ".0 ", " ", 1)
		}
		return fmt.Sprintf("%.0f s", v)
	}
)

// steps are round numbers for an axis from low to high, about n of them.
func steps(low, high float64, n int) []float64 {
	if high <= low {
		high = low + 1
	}
	rough := (high - low) / float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5, 10} {
		if unit*m >= rough {
			unit *= m
			break
		}
	}
	var out []float64
	for i := math.Ceil(low/unit - 1e-9); i*unit <= high+unit*1e-9; i++ {
		out = append(out, max(0, i)*unit) // no axis here goes below 0
	}
	return out
}

// frame is the box that values are drawn in.
type frame struct {
	left, top, right, bottom float64
	low, high                float64
}

func (f frame) y(v float64) float64 {
	return f.bottom - (min(max(v, f.low), f.high)-f.low)/(f.high-f.low)*(f.bottom-f.top)
}

// grid draws the steps of the value axis. Words that would repeat, because the
// steps are finer than the format, are not written.
func (f frame) grid(d *drawing, format Format) {
	last := ""
	for _, v := range steps(f.low, f.high, 5) {
		words := format(v)
		if words == last {
			continue
		}
		last = words
		d.line(f.left, f.y(v), f.right, f.y(v), "grid")
		d.text(f.left-6, f.y(v)+4, "end", "tick", words)
	}
}
