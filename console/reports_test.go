package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/metrics"
)

// months is two months of figures: May, which is over, and June so far; in
// April nobody rang.
func months(now time.Time) *Reports {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	day := func(m metrics.Month) (*metrics.Day, error) {
		if m.Month == time.April {
			return nil, ErrNoFigures
		}
		from, _ := m.Bounds(zone)
		days := metrics.Days{Zone: zone}
		for i := range 40 {
			for _, e := range answeredTale(from.Add(time.Duration(9+i%12) * time.Hour)) {
				e.Call = call.ID("CA" + string(rune('A'+i)))
				days.Add(e)
			}
		}
		for _, d := range days.Rest() {
			return d, nil
		}
		return nil, ErrNoFigures
	}
	return &Reports{
		Board: func(_ context.Context, m metrics.Month) (metrics.Board, error) {
			d, err := day(m)
			if err != nil {
				return metrics.Board{}, err
			}
			_, to := m.Bounds(zone)
			in := metrics.BoardInput{
				Service: "Hampshire crisis line", Month: m, Made: now.In(zone), Zone: zone.String(), Clock: metrics.ClockReturn,
				Standards: metrics.Standards(), Names: map[string]string{}, CoverWhy: "not asked", Sum: d, Days: []*metrics.Day{d},
				Trend: []metrics.MonthDay{{Month: m, Sum: d}}, SoFar: to.After(now),
			}
			return metrics.NewBoard(in), nil
		},
		Return: func(_ context.Context, m metrics.Month) (Return, error) {
			d, err := day(m)
			if err != nil {
				return Return{}, err
			}
			_, to := m.Bounds(zone)
			items := d.Items(metrics.ClockReturn, nil)
			r, err := metrics.NewMHReturn(metrics.Provider{OrgCode: "R1C", ContractCode: "MH1"}, m, items)
			return Return{Return: r, Items: items, Clock: "the end of the greeting", Unclosed: to.After(now)}, err
		},
		Staffing: func(_ context.Context, ask StaffingAsk) (metrics.Advice, error) {
			if ask.Calls > 0 {
				return metrics.Staffing{Mean: 20 * time.Second, P95: 2 * time.Minute, Handling: ask.Handling, Ring: 12 * time.Second}.Advise(strconv.FormatInt(ask.Calls, 10) + " calls"), nil
			}
			return metrics.Staffing{Mean: 20 * time.Second, P95: 2 * time.Minute, Handling: 20 * time.Minute, Ring: 12 * time.Second}.Advise("made up"), nil
		},
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, mendable))
	for _, tt := range []struct {
		name, path string
		status     int
		says       []string
	}{
		{"the months", "/reports", 200, []string{"June 2026", "May 2026", "June 2024"}},
		{"a month that is over", "/reports/2026-05", 200, []string{"A01", "Reconciled: A01 40 = A03 40", "Download the return", "Open the public"}},
		{"the present month", "/reports/2026-06", 200, []string{"figures so far", "June 2026 is not over yet"}},
		{"the board's page", "/reports/2026-05/board/", 200, []string{"Report to the board, May 2026"}},
		{"a chart's numbers", "/reports/2026-05/board/by-hour.csv", 200, []string{","}},
		{"the public's page", "/reports/2026-05/public/", 200, []string{"May 2026"}},
		{"not yet public", "/reports/2026-06/public/", 409, []string{"not over yet"}},
		{"the return", "/reports/2026-05/return.csv", 200, []string{"METRIC_VALUE", "A01", "40"}},
		{"no return of a month that is not over", "/reports/2026-06/return.csv", 303, nil},
		{"staffing", "/reports/staffing", 200, []string{"made up"}},
		{"staffing from a month's calls", "/reports/staffing?calls=3,480&minutes=25", 200, []string{"3480 calls", "25 min"}},
		{"what to reckon from", "/reports/staffing?calls=", 200, []string{`<form method="get" action="/reports/staffing"`, "Calls in a month"}},
		{"not a number", "/reports/staffing?calls=many&minutes=0", 422, []string{"Give the calls of a month as a number", "Give the minutes of a call", `value="many"`}},
		{"nobody rang", "/reports/2026-04", 404, []string{"Nobody rang in that month"}},
		{"no month", "/reports/soon", 404, []string{"2026-10"}},
		{"no page", "/reports/2026-05/nothing/", 404, nil},
		{"no chart", "/reports/2026-05/board/none.csv", 404, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := get(t, c, tt.path)
			html := body(t, r)
			if r.StatusCode != tt.status {
				t.Fatalf("%s\n%s", r.Status, html)
			}
			for _, want := range tt.says {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
		})
	}
}

// Where nobody can tell how many people are needed, the page says why and what to do.
func TestNoStaffingAdviceYet(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, mendable))
	reports := *c.o.Reports
	reports.Staffing = func(context.Context, StaffingAsk) (metrics.Advice, error) {
		return metrics.Advice{}, fmt.Errorf("%w: the ledger has 2 whole days of calls. Set report.published", ErrNoAdvice)
	}
	c.o.Reports = &reports
	r := get(t, c, "/reports/staffing")
	html := body(t, r)
	holdsPromises(t, r, html)
	if !strings.Contains(html, "Calls in a month") || strings.Contains(html, "--calls") {
		t.Error("it cannot be reckoned from a month’s calls, or the page speaks to a terminal")
	}
	if r.StatusCode != 200 || !strings.Contains(html, "No staffing advice yet") || !strings.Contains(html, ">The ledger has 2 whole days of calls. Set report.published<") {
		t.Errorf("%s\n%s", r.Status, html)
	}
}

// TestAReportsOwnStyleIsAllowedAndNothingElse: the page can be sent and printed,
// and the pages' policy is not weakened by it.
func TestAReportsOwnStyleIsAllowedAndNothingElse(t *testing.T) {
	t.Parallel()
	r := get(t, serve(t, editable(t, mendable)), "/reports/2026-05/board/")
	policy, html := r.Header.Get("Content-Security-Policy"), body(t, r)
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, styleHash(html)) || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if strings.Count(html, "<style") != 1 || strings.Contains(html, "style=") || strings.Contains(html, "<script") {
		t.Error("the page has more than its one style sheet")
	}
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.checks = []Check{
		{"Store", "ok", "embedded, answers", ""}, {"Numbers", "warn", "the fallback leads here", "host it apart"},
		{"Numbers", "ok", "leads here", ""}, {"Alarms", "fail", "nobody is told", "run Alertmanager"},
	}
	r := get(t, serve(t, s), "/set-up")
	html := body(t, r)
	holdsPromises(t, r, html)
	for _, want := range []string{"<title>1 thing to mend: Set-up", "Must be mended", "Run Alertmanager", "Host it apart", "Works"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Index(html, "Nobody is told") > strings.Index(html, "The fallback leads here") {
		t.Error("what must be mended is not first")
	}
	s.role = access.Responder
	if r := get(t, serve(t, s), "/set-up"); r.StatusCode != http.StatusForbidden {
		t.Errorf("a responder: %s", r.Status)
	}
}
