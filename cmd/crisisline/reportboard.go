package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/console"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// pageFlags are where a page goes, and whether it is an example.
type pageFlags struct {
	month   monthFlag
	out     string
	example bool
	teams   string
}

// view is under which teams figures are shown.
func (f *pageFlags) view() (rota.View, error) {
	switch f.teams {
	case "as-were":
		return rota.AsWere, nil
	case "as-today":
		return rota.AsToday, nil
	}
	return "", fmt.Errorf("--teams %q: write as-were (the teams there were when people rang) or as-today (what became of them)", f.teams)
}

func (f *pageFlags) flags(c *cobra.Command) {
	f.month.flag(c)
	c.Flags().StringVar(&f.out, "out", "", "folder for index.html and the CSV files")
	c.Flags().BoolVar(&f.example, "example", false, "two made-up years of calls instead of the ledger, to see the page; no store is needed")
	c.Flags().StringVar(&f.teams, "teams", "as-were", "figures by team: as-were when people rang, or as-today, under what became of each team")
	_ = c.MarkFlagRequired("out")
}

func reportBoard(sh *shell) *cobra.Command {
	var f pageFlags
	c := &cobra.Command{
		Use:   "board",
		Short: "The month on one page, for the board: print it from the browser",
		Long: `The month on one page, for the board: what was promised and kept, two years of
trends, equity, staffing against the plan, and what the figures cannot say. One
file that needs no network, beside a CSV file for every chart. The browser's
print makes a PDF of it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withBoard(c.Context(), f, func(b metrics.Board) error {
				if err := sh.writePage(f.out, b.WriteHTML, b.Charts()); err != nil || b.Wrong == "" {
					return err
				}
				fmt.Fprintf(sh.stderr, "THE FIGURES DO NOT ADD UP, and the page says so:\n%s\n", b.Wrong)
				return errFindings
			})
		},
	}
	f.flags(c)
	return c
}

func reportPublic(sh *shell) *cobra.Command {
	var f pageFlags
	c := &cobra.Command{
		Use:   "public",
		Short: "The month on a page for everyone, small numbers withheld",
		Long: `The month on a page for everyone: how quickly the line answered, and whether it
kept what it promised. Counts below 5 are withheld. It is refused when the
figures do not add up.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withBoard(c.Context(), f, func(b metrics.Board) error {
				if b.SoFar {
					return fmt.Errorf("%s is not over yet", b.Month)
				}
				if b.Wrong != "" || len(b.Missing) > 0 || b.Live > 0 {
					fmt.Fprintf(sh.stderr, "NOT WRITTEN: %d days missing, %d calls in progress. %s\n", len(b.Missing), b.Live, b.Wrong)
					return errFindings
				}
				p := metrics.NewPublic(b)
				return sh.writePage(f.out, p.WriteHTML, p.Trends)
			})
		},
	}
	f.flags(c)
	return c
}

// writePage writes a page and the numbers of its charts into a folder.
func (sh *shell) writePage(folder string, page func(io.Writer) error, charts []metrics.Chart) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a report is to be read
		return err
	}
	for _, c := range charts {
		if err := writeFile(filepath.Join(folder, c.ID+".csv"), c.WriteCSV); err != nil {
			return err
		}
	}
	index := filepath.Join(folder, "index.html")
	if err := writeFile(index, page); err != nil {
		return err
	}
	fmt.Fprintf(sh.stdout, "%s and %d CSV files beside it\n", index, len(charts))
	return nil
}

// withBoard makes the month's page, of the ledger or of the example's calls.
func (sh *shell) withBoard(ctx context.Context, f pageFlags, use func(metrics.Board) error) error {
	m, err := f.month.month(sh.now())
	if err != nil {
		return err
	}
	view, err := f.view()
	if err != nil {
		return err
	}
	if f.example {
		b, err := exampleBoard(m, sh.now())
		if err != nil {
			return err
		}
		return use(b)
	}
	return sh.withLedger(ctx, func(l *ledger) error {
		b, err := l.board(ctx, m, view)
		if err != nil {
			return err
		}
		return use(b)
	})
}

// trendMonths is how many months the trends show.
const trendMonths = 24

// board gathers everything the page of a month is made from.
func (l *ledger) board(ctx context.Context, m metrics.Month, view rota.View) (metrics.Board, error) {
	if _, err := l.rollUp(ctx); err != nil { // all that is cold at once, a few streams side by side
		return metrics.Board{}, err
	}
	in := l.boardInput(m)
	from, to := m.Bounds(l.zone)
	days, err := l.days(ctx, from, to)
	if err != nil {
		return metrics.Board{}, err
	}
	if len(days.list) == 0 {
		return metrics.Board{}, fmt.Errorf("%s: %w", m, console.ErrNoFigures)
	}
	in.Days, in.Live, in.Missing, in.Before = days.plain(), days.live, days.missing, days.before
	for i, d := range in.Days {
		in.Days[i] = l.under(view, d, in.Names)
	}
	for _, d := range days.list {
		if !d.closed {
			in.Open++
		}
	}
	if in.Sum, err = metrics.MergeDays(in.Days, l.zone.String()); err != nil {
		return metrics.Board{}, err
	}
	for back := trendMonths - 1; back >= 0; back-- {
		month := monthBefore(m, back)
		sum := in.Sum
		if back > 0 {
			if sum, _, err = l.month(ctx, month); err != nil {
				return metrics.Board{}, err
			}
			if sum != nil {
				sum = l.under(view, sum, in.Names)
			}
		}
		if sum != nil && sum.Of(metrics.SliceAll).Received == 0 {
			sum = nil
		}
		in.Trend = append(in.Trend, metrics.MonthDay{Month: month, Sum: sum})
	}
	if in.SoFar = to.After(l.now); in.SoFar {
		to = l.now
	}
	to = l.midnight(to) // part of a day would count as a calm one
	history, err := l.bareDays(ctx, to.AddDate(0, 0, -91), to)
	if err != nil {
		return metrics.Board{}, err
	}
	switch advice, err := l.adviceFrom(history.whole(), defaultStaffing()); {
	case err == nil:
		in.Advice = &advice
	case errors.Is(err, console.ErrNoAdvice):
		in.AdviceWhy = strings.TrimPrefix(err.Error(), console.ErrNoAdvice.Error()+": ")
	default:
		return metrics.Board{}, err
	}
	if err := l.covered(ctx, m, &in); err != nil {
		return metrics.Board{}, err
	}
	return metrics.NewBoard(in), nil
}

// under is a day's figures under the teams there were, or those of today; names
// gets what each was or is called. As they were is as the ledger has them.
func (l *ledger) under(view rota.View, d *metrics.Day, names map[string]string) *metrics.Day {
	at, err := time.ParseInLocation(time.DateOnly, d.From, l.zone)
	if l.plan == nil || err != nil {
		return d
	}
	return d.Regrouped(func(team string) string {
		id, name := l.plan.CountedUnder(view, team, at, l.now)
		if view == rota.AsWere {
			id = team // of several days, the first does not speak for all
		}
		if _, ok := names[id]; !ok {
			names[id] = name
		}
		return id
	})
}

func monthBefore(m metrics.Month, back int) metrics.Month {
	t := time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, time.UTC).AddDate(0, -back, 0)
	return metrics.Month{Year: t.Year(), Month: t.Month()}
}

// whole is the days all of whose calls are counted: neither those before the
// first call, nor the one on which counting began.
func (s someDays) whole() []*metrics.Day {
	days := s.plain()
	began := s.before > 0
	for len(days) > 0 && days[0].Of(metrics.SliceAll).Received == 0 {
		days, began = days[1:], true
	}
	if began && len(days) > 0 {
		days = days[1:]
	}
	return days
}

// boardInput is what the page needs besides calls.
func (l *ledger) boardInput(m metrics.Month) metrics.BoardInput {
	in := metrics.BoardInput{
		Service: l.cfg.Service.Name, Month: m, Made: l.now.In(l.zone), Zone: l.zone.String(),
		IVRLines: l.cfg.Report.IVRLines, Clock: metrics.Clock(l.cfg.Report.Clock), Redial: l.cfg.Routing.RedialWindow,
		Standards: standards(l.cfg), FollowUps: agreed(l.cfg), Names: map[string]string{}, Languages: map[string]string{}, CoverWhy: "there is no plan in force",
	}
	if l.plan != nil {
		for _, t := range l.plan.Plan().Teams {
			in.Names[t.ID] = t.Name
		}
		for _, line := range l.plan.Plan().Lines {
			in.Names[line.ID], in.Languages[line.ID] = line.Name, line.Language
		}
	}
	return in
}
