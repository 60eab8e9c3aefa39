package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/metrics"
)

// ErrNoFigures says that there are no figures of a month.
var ErrNoFigures = errors.New("there are no figures of this month")

// ErrNoAdvice says that nobody can tell yet how many people each hour needs; what
// wraps it says why, and what to do.
var ErrNoAdvice = errors.New("there is no staffing advice yet")

// Return is a month's NHS111-MH return, or why there is none.
type Return struct {
	Return   metrics.MHReturn
	Items    metrics.Items
	Clock    string   // where its waits begin, in words
	Open     int      // days so young that calls may still come in
	Wrong    []string // what does not add up: there is then no file
	Unnamed  bool     // the columns that say whose return it is are empty
	Unclosed bool     // the month is not over
}

// Reports makes reports: the functions the command line makes them with. Each
// may take as long as its context lets it.
type Reports struct {
	Board    func(context.Context, metrics.Month) (metrics.Board, error)
	Return   func(context.Context, metrics.Month) (Return, error)
	Staffing func(context.Context, StaffingAsk) (metrics.Advice, error) // or ErrNoAdvice
}

// reportBudget is how long a report may take. Days that are rolled up take
// moments; a year that is not may take a minute.
const reportBudget = 2 * time.Minute

// monthsBack is how many months can be chosen: as far as the ledger is kept.
const monthsBack = 25

func (c *Console) reportRoutes() []route {
	return []route{
		{"GET /reports", access.ReadReports, c.reports},
		{"GET /reports/staffing", access.ReadReports, c.staffing},
		{"GET /reports/{month}", access.ReadReports, c.report},
		{"GET /reports/{month}/return.csv", access.ReadReports, c.returnFile},
		{"GET /reports/{month}/{page}/{file...}", access.ReadReports, c.reportPage},
	}
}

// reportsPage is the choice of a month.
type reportsPage struct{ Months []reportMonth }

type reportMonth struct{ Month, Words string }

// reports lists the months.
func (c *Console) reports(w http.ResponseWriter, r *asked) {
	var p reportsPage
	for _, m := range c.months() {
		p.Months = append(p.Months, reportMonth{m.String(), m.Words()})
	}
	c.render(w, http.StatusOK, "reports", c.page(r, "Reports", p))
}

// months are those that there may be figures of, the latest first.
func (c *Console) months() []metrics.Month {
	var all []metrics.Month
	now := c.o.Now().In(c.o.Zone)
	for back := range monthsBack {
		all = append(all, monthOf(time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -back, 0)))
	}
	return all
}

func monthOf(t time.Time) metrics.Month { return metrics.Month{Year: t.Year(), Month: t.Month()} }

// reportPageOf is a month and what there is of it.
type reportPageOf struct {
	Month, Words string
	SoFar        bool
	Tiles        []metrics.Tile
	Says         string
	Board        string // what does not add up
	Return       Return
	Rows         []returnRow
	NoReturn     string
	Public       string // why there is no public page; "" when there is one
}

type returnRow struct{ Item, Words, Value string }

// report is what there is of one month.
func (c *Console) report(w http.ResponseWriter, r *asked) {
	m, ok := c.monthAsked(w, r)
	if !ok {
		return
	}
	b, err := c.board(r.Context(), m)
	if err != nil {
		c.noReport(w, r, m, err)
		return
	}
	p := reportPageOf{Month: m.String(), Words: m.Words(), SoFar: b.SoFar, Tiles: b.Tiles, Says: b.Words, Board: b.Wrong, Public: noPublic(b)}
	ret, err := c.returnOf(r.Context(), m)
	switch {
	case err != nil:
		p.NoReturn = "It could not be made: the store gave no answer. Try again."
		c.o.Log.Warn("return not made", "month", m.String(), "err", err)
	case ret.Unclosed:
		p.NoReturn = m.Words() + " is not over yet. The return is made of whole months."
	default:
		p.Return = ret
		for _, item := range metrics.MHItems {
			p.Rows = append(p.Rows, returnRow{item[0], item[1], ret.Return.Values[item[0]].String()})
		}
	}
	c.render(w, http.StatusOK, "report", c.page(r, "Report of "+m.Words(), p))
}

// noPublic says why a month may not be published yet.
func noPublic(b metrics.Board) string {
	switch {
	case b.SoFar:
		return b.Month.Words() + " is not over yet."
	case b.Wrong != "":
		return "The figures do not add up."
	case len(b.Missing) > 0:
		return count(len(b.Missing), "day is", "days are") + " missing from the ledger."
	case b.Live > 0:
		return count(int(b.Live), "call of the month is", "calls of the month are") + " still in progress."
	}
	return ""
}

// monthAsked reads the month of the address.
func (c *Console) monthAsked(w http.ResponseWriter, r *asked) (metrics.Month, bool) {
	m, err := metrics.ParseMonth(r.PathValue("month"))
	if err != nil {
		c.render(w, http.StatusNotFound, "message", c.page(r, "No such month", "A month is written as 2026-10."))
		return m, false
	}
	return m, true
}

// noReport says why there is none.
func (c *Console) noReport(w http.ResponseWriter, r *asked, m metrics.Month, err error) {
	if errors.Is(err, ErrNoFigures) {
		c.render(w, http.StatusNotFound, "message", c.page(r, "Nothing of "+m.Words(), "Nobody rang in that month, or its figures are no longer kept."))
		return
	}
	c.o.Log.Warn("report not made", "month", m.String(), "err", err)
	c.render(w, http.StatusBadGateway, "message", c.page(r, "The report was not made", "The store gave no answer, or the figures took too long to gather. Calls are not affected. Try again in a minute."))
}

// reportPage is the board's or the public's page, as it is printed or sent, and
// the numbers of each chart beside it.
func (c *Console) reportPage(w http.ResponseWriter, r *asked) {
	m, ok := c.monthAsked(w, r)
	if !ok {
		return
	}
	b, err := c.board(r.Context(), m)
	if err != nil {
		c.noReport(w, r, m, err)
		return
	}
	page, charts := b.WriteHTML, b.Charts()
	switch r.PathValue("page") {
	case "board":
	case "public":
		if why := noPublic(b); why != "" {
			c.render(w, http.StatusConflict, "message", c.page(r, "There is no public page yet", why))
			return
		}
		p := metrics.NewPublic(b)
		page, charts = p.WriteHTML, p.Trends
	default:
		c.missing(w, r)
		return
	}
	file := r.PathValue("file")
	if file == "" {
		c.wholePage(w, page)
		return
	}
	for _, chart := range charts {
		if chart.ID+".csv" == file {
			download(w, chart.WriteCSV, file)
			return
		}
	}
	c.missing(w, r)
}

// wholePage writes a report's own page. It brings its own style sheet inside it,
// so that it can be sent and printed; that one is allowed by its hash, and
// nothing else is.
func (c *Console) wholePage(w http.ResponseWriter, write func(io.Writer) error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		c.o.Log.Error("report page", "err", err)
		http.Error(w, "This page could not be shown. Telephones are not affected.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src '"+styleHash(b.String())+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // nobody is left to tell
}

// styleHash is the hash of a page's own style sheet, as a policy writes it.
func styleHash(page string) string {
	_, rest, _ := strings.Cut(page, "<style>")
	css, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(css))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func download(w http.ResponseWriter, write func(io.Writer) error, name string) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		http.Error(w, "The file could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	_, _ = w.Write(b.Bytes()) // nobody is left to tell
}

// returnFile is the return as it is sent in; refused unless it adds up.
func (c *Console) returnFile(w http.ResponseWriter, r *asked) {
	m, ok := c.monthAsked(w, r)
	if !ok {
		return
	}
	ret, err := c.returnOf(r.Context(), m)
	if err != nil {
		c.noReport(w, r, m, err)
		return
	}
	if ret.Unclosed || len(ret.Wrong) > 0 {
		http.Redirect(w, r.Request, "/reports/"+m.String(), http.StatusSeeOther)
		return
	}
	c.note(r, audit.Entry{What: audit.Exported, About: "nhs111-mh " + m.String()})
	download(w, func(w io.Writer) error { return metrics.WriteMH(w, ret.Return) }, "nhs111-mh-"+m.String()+".csv")
}
