package metrics

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// pages are the reports' templates. They need nothing beside themselves: a page
// can be sent by mail, printed, or put on any web server.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"css": func() (template.CSS, error) {
		text, err := pageFiles.ReadFile("pages/report.css")
		return template.CSS(text), err //nolint:gosec // our own file
	},
	"thousands": thousands,
	"withhold":  Withhold,
	"few":       few,
	"add":       func(a, b int64) int64 { return a + b },
	"cell":      cellText,
	"secs":      func(s float64) string { return Seconds(s) },
	"points":    points,
	"dur":       func(d time.Duration) string { return Seconds(d.Seconds()) },
	"form":      func() int { return DayForm },
	"redial":    func(b Board) string { return b.redial() },
	"top":       top,
	"coverage":  func(c Cover) string { return shareWords(c.Kept()) },
	"known": func(b Board, dim string) string {
		n := b.Items.A01 - b.Sum.Of(Slice(dim+"/"+Unknown)).Received
		return shareWords(ratio(n, b.Items.A01))
	},
	"presented": func(b Board) string { return shareWords(ratio(b.Sum.Of(NumberSlice(false)).Received, b.Items.A01)) },
}).ParseFS(pageFiles, "pages/*.html"))

// points is a difference of shares in points.
func points(d float64) string {
	if abs(d) < .005 {
		return "level"
	}
	words := strings.Replace(fmt.Sprintf("%+.0f points", 100*d), "-", "−", 1)
	if strings.HasSuffix(words, "1 points") && len([]rune(words)) == len("+1 points") {
		words = strings.TrimSuffix(words, "s")
	}
	return words
}

// cellText is a share, withheld when its few calls, or the few it leaves out,
// could be somebody.
func cellText(p Proportion) string {
	if Withhold(p.Part) || Withhold(p.Whole-p.Part) {
		return "–"
	}
	return shareWords(p.Value())
}

func top(n int, lines []string) []string {
	if len(lines) <= n {
		return lines
	}
	return append(append([]string{}, lines[:n]...), fmt.Sprintf("… and %d more: crisisline report staffing.", len(lines)-n))
}

// Totals3 is Totals for a page.
func (a Advice) Totals3() [3]int {
	pooled, sealed, planned := a.Totals()
	return [3]int{pooled, sealed, planned}
}

// WriteHTML writes the board's page. Its charts' CSV files belong beside it.
func (b Board) WriteHTML(w io.Writer) error { return render(w, "board.html", b) }

// WriteAdvice writes the staffing advice as a page of its own.
func WriteAdvice(w io.Writer, service string, a Advice) error {
	return render(w, "staffing.html", struct {
		Service string
		Advice  Advice
	}{service, a})
}

func render(w io.Writer, name string, data any) error {
	if err := pages.ExecuteTemplate(w, name, data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
