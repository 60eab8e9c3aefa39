package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/console"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// staffingFlags are what is asked of the advice, and what stands in for what was
// never measured.
type staffingFlags struct {
	back           int
	calls          int64
	handling, ring time.Duration
	mean, p95      time.Duration
	out            string
	published      string // a file of returns; "" the one of the settings
}

// defaultStaffing asks for what the NHS return is judged by.
func defaultStaffing() staffingFlags {
	return staffingFlags{back: 91, mean: 20 * time.Second, p95: 2 * time.Minute}
}

func reportStaffing(sh *shell) *cobra.Command {
	f := defaultStaffing()
	c := &cobra.Command{
		Use:   "staffing",
		Short: "How many people each hour of the week needs, against the plan",
		Long: `How many people each hour of the week needs for the targets, pooled and were
every team on its own, against who is on shift by the plan in force.

Arrivals, handling time, patience and ringing are measured from the ledger, once
it has a week of calls. Until then they come from the returns that the contract
has published (--published, or report.published), or from a month's calls
(--calls) and a handling time.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withLedger(c.Context(), func(l *ledger) error {
				a, err := l.advice(c.Context(), f)
				if err != nil {
					return err
				}
				fmt.Fprint(sh.stdout, a)
				if f.out == "" {
					return nil
				}
				return writeFile(f.out, func(w io.Writer) error { return metrics.WriteAdvice(w, l.cfg.Service.Name, a) })
			})
		},
	}
	c.Flags().IntVar(&f.back, "days", f.back, "how many days of history to count")
	c.Flags().Int64Var(&f.calls, "calls", 0, "calls in a month, instead of the ledger's")
	c.Flags().StringVar(&f.published, "published", "", "a file of published NHS111-MH returns to count by, while the ledger has less than a week")
	c.Flags().DurationVar(&f.handling, "handling", 0, "talk and wrap-up of a call, instead of the ledger's")
	c.Flags().DurationVar(&f.ring, "ring", 0, "from an offer to both hearing each other, instead of the ledger's")
	c.Flags().DurationVar(&f.mean, "mean", f.mean, "target for the mean time to answer")
	c.Flags().DurationVar(&f.p95, "p95", f.p95, "target for the 95th centile")
	c.Flags().StringVar(&f.out, "out", "", "write a page with the heat maps to this file")
	return c
}

// Where nothing was measured: what the project's own arithmetic began with. They
// are said to be assumed wherever they are used.
const (
	assumedHandling = 20 * time.Minute
	assumedRing     = 12 * time.Second
)

// advice solves the week from the days before now.
func (l *ledger) advice(ctx context.Context, f staffingFlags) (metrics.Advice, error) {
	days, err := l.bareDays(ctx, l.now.AddDate(0, 0, -f.back), l.midnight(l.now))
	if err != nil {
		return metrics.Advice{}, err
	}
	return l.adviceFrom(days.whole(), f)
}

// leastDays is how many whole days of calls say how many people are needed: one
// of each weekday.
const leastDays = 7

// arrivals is who rings when: as the ledger has it, or a month's calls that were
// given, or what was published.
func (l *ledger) arrivals(days []*metrics.Day, rang int64, f staffingFlags) (metrics.Week, string, error) {
	if f.calls > 0 {
		week, basis := metrics.ArrivalsOfMonth(f.calls, metrics.Month{Year: l.now.Year(), Month: l.now.Month()})
		return week, basis, nil
	}
	if len(days) >= leastDays && rang > 0 {
		week, basis := metrics.Arrivals(days)
		return week, basis, nil
	}
	file := f.published
	if file == "" {
		file = l.cfg.Report.Published
	}
	if file == "" {
		return metrics.Week{}, "", fmt.Errorf("%w: the ledger has %d whole days of calls, and a week is needed. "+
			"Until then set report.published to a file of published NHS111-MH returns, or give a month's calls: on the page Staffing, or crisisline report staffing --calls 3500",
			console.ErrNoAdvice, len(days))
	}
	week, basis, err := arrivalsPublished(file, l.cfg.Report.ContractCode)
	if err != nil {
		return week, "", fmt.Errorf("%w: the ledger has %d whole days of calls, and the published returns could not be used: %w", console.ErrNoAdvice, len(days), err)
	}
	return week, basis, nil
}

func arrivalsPublished(file, contract string) (week metrics.Week, basis string, err error) {
	f, err := os.Open(file) //nolint:gosec // whoever set it up named it
	if err != nil {
		return week, "", err
	}
	defer func() { _ = f.Close() }()
	returns, _, err := metrics.ReadMH(f)
	if err != nil {
		return week, "", fmt.Errorf("read %s: %w", file, err)
	}
	if week, basis, err = metrics.ArrivalsPublished(returns, contract); err != nil {
		err = fmt.Errorf("read %s: %w", file, err)
	}
	return week, basis, err
}

func (l *ledger) adviceFrom(days []*metrics.Day, f staffingFlags) (metrics.Advice, error) {
	sum, err := metrics.MergeDays(days, l.zone.String())
	if err != nil {
		return metrics.Advice{}, err
	}
	s := metrics.Staffing{Mean: f.mean, P95: f.p95, Handling: f.handling, Ring: f.ring}
	week, basis, err := l.arrivals(days, sum.Of(metrics.SliceAll).Received, f)
	if err != nil {
		return metrics.Advice{}, err
	}
	s.PerHour = week
	if measured, ok := sum.Handling(); s.Handling == 0 && ok {
		s.Handling = measured
	} else if s.Handling == 0 {
		s.Handling, basis = assumedHandling, basis+"; handling time is assumed"
	}
	all := sum.Of(metrics.SliceAll)
	if answered := all.Caller.Answered; s.Ring == 0 && answered > 0 {
		s.Ring = time.Duration(sum.Phases[2]/answered) * time.Millisecond
	} else if s.Ring == 0 {
		s.Ring, basis = assumedRing, basis+"; ringing is assumed"
	}
	s.Patience, _ = all.Patience()
	for _, t := range sum.Values("team") {
		s.Teams = append(s.Teams, float64(t.Received)/float64(all.Received))
	}
	if l.plan != nil {
		s.OnShift = planned(l.plan, l.now)
	}
	return s.Advise(basis), nil
}

// plannedWeeks is how many weeks of the plan are looked at: an hour of the week
// has as many people as in the thinnest of them.
const plannedWeeks = 4

// planned is who answers in an hour of the week: the people on shift as
// responding in any team, each once, at the hour's thinnest quarter.
func planned(plan *rota.Rota, from time.Time) func(day, hour int) (int, bool) {
	zone := plan.Zone()
	teams := plan.Plan().Teams
	y, m, d := from.In(zone).Date()
	monday := d - (int(from.In(zone).Weekday())+6)%7 + 7
	on := func(at time.Time) int {
		people := map[string]bool{}
		for _, team := range teams {
			for _, duty := range plan.OnShift(team.ID, call.TierResponding, at) {
				people[duty.Responder] = true
			}
		}
		return len(people)
	}
	return func(day, hour int) (least int, known bool) {
		for week := range plannedWeeks {
			for quarter := range 4 {
				at := time.Date(y, m, monday+7*week+day, hour, 15*quarter, 0, 0, zone)
				if at.After(plan.CoversUntil()) {
					continue
				}
				if n := on(at); !known || n < least {
					least, known = n, true
				}
			}
		}
		return least, known
	}
}
