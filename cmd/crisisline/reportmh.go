package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"example.org/crisisline/config"
	"example.org/crisisline/console"
	"example.org/crisisline/metrics"
)

func reportReturn(sh *shell) *cobra.Command {
	var m monthFlag
	var out, check string
	var publish bool
	c := &cobra.Command{
		Use:   "nhs111-mh",
		Short: "The NHS111-MH return of a month, reconciled; or check a file of returns",
		Long: `The NHS111-MH return of a month: eleven items in the columns of the published
files, refused unless they add up. The file goes to standard output, or to --out;
what was reconciled, the clock and the method go to standard error.

With --check, read a file of returns (both forms of dates, "-" for withheld) and
say which figures do not add up.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if check != "" {
				return sh.checkReturn(check)
			}
			month, err := m.month(sh.now())
			if err != nil {
				return err
			}
			return sh.withLedger(c.Context(), func(l *ledger) error {
				return sh.writeReturn(c.Context(), l, month, out, publish)
			})
		},
	}
	m.flag(c)
	c.Flags().StringVar(&out, "out", "", "write the return to this file")
	c.Flags().StringVar(&check, "check", "", "check this file of returns instead of making one")
	c.Flags().BoolVar(&publish, "publish", false, `withhold counts below 5 as "-", as published files do`)
	return c
}

// checkReturn reads a file of returns, and finds what does not add up.
func (sh *shell) checkReturn(file string) error {
	f, err := os.Open(file) //nolint:gosec // the person at the terminal named it
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	audit, err := metrics.CheckMH(f)
	if err != nil {
		return fmt.Errorf("check %s: %w", file, err)
	}
	if err := audit.Write(sh.stdout); err != nil {
		return err
	}
	if len(audit.Findings)+len(audit.Same) > 0 {
		return errFindings
	}
	return nil
}

func provider(r config.Report) metrics.Provider {
	return metrics.Provider{
		Region: r.Region, ICBCode: r.ICBCode, ICBName: r.ICBName, OrgCode: r.OrgCode, OrgName: r.OrgName,
		ContractCode: r.ContractCode, ContractName: r.ContractName,
	}
}

// madeReturn is a month's return, or why there is none.
type madeReturn struct {
	Return   metrics.MHReturn
	Items    metrics.Items
	Open     int   // days that may still change
	Before   int   // days of it before the ledger's first entry
	Unclosed bool  // the month is not over
	Wrong    error // what does not add up
}

// mhReturn makes the return of a month.
func (l *ledger) mhReturn(ctx context.Context, m metrics.Month) (made madeReturn, err error) {
	sum, days, err := l.month(ctx, m)
	if err != nil {
		return made, err
	}
	if len(days.missing) > 0 {
		return made, fmt.Errorf("%s: the ledger no longer reaches %s and %d more days, and nobody rolled them up", m, days.missing[0], len(days.missing)-1)
	}
	if sum == nil {
		return made, fmt.Errorf("%s: %w", m, console.ErrNoFigures)
	}
	_, to := m.Bounds(l.zone)
	made.Unclosed, made.Before = to.After(l.now), days.before
	for _, d := range days.list {
		if !d.closed {
			made.Open++
		}
	}
	made.Items = sum.Items(metrics.Clock(l.cfg.Report.Clock), l.cfg.Report.IVRLines)
	made.Items.Live = days.live
	made.Items.A01 += days.live
	made.Return, err = metrics.NewMHReturn(provider(l.cfg.Report), m, made.Items)
	made.Wrong = errors.Join(sum.Check(), err)
	return made, nil
}

// writeReturn makes the return of a month. One that does not add up is said to,
// and not written.
func (sh *shell) writeReturn(ctx context.Context, l *ledger, m metrics.Month, out string, publish bool) error {
	made, err := l.mhReturn(ctx, m)
	switch {
	case err != nil:
		return err
	case made.Unclosed:
		return fmt.Errorf("%s is not over yet", m)
	case made.Wrong != nil:
		fmt.Fprintf(sh.stderr, "%s\nNOT WRITTEN, because it does not add up:\n%v\n", made.Items, made.Wrong)
		return errFindings
	}
	sh.reconciled(m, made.Items, made.Open)
	if made.Before > 0 {
		fmt.Fprintf(sh.stderr, "NOT THE WHOLE   the ledger begins %d days into the month: nothing is known of calls before\n", made.Before)
	}
	r := made.Return
	if r.OrgCode == "" || r.ContractCode == "" {
		fmt.Fprintln(sh.stderr, "NOT COMPLETE    the columns that say whose return it is are empty: set report.org_code, report.contract_code and those beside them")
	}
	if publish {
		r = r.ForPublication(metrics.SmallCell)
	}
	write := func(w io.Writer) error { return metrics.WriteMH(w, r) }
	if out == "" {
		return write(sh.stdout)
	}
	return writeFile(out, write)
}

// clockWords say where a wait begins.
var clockWords = map[metrics.Clock]string{
	metrics.ClockCaller: "the caller's: waits run from the first ring",
	metrics.ClockReturn: "the return's: waits run from the end of the greeting",
}

// reconciled says how the figures add up, by which clock and method.
func (sh *shell) reconciled(m metrics.Month, i metrics.Items, open int) {
	say := func(format string, args ...any) { fmt.Fprintf(sh.stderr, format+"\n", args...) }
	say("NHS111-MH return for %s\n\n%s", m, i)
	say("clock starts    %s", clockWords[i.Clock])
	say("95th centile    nearest rank over every answered call, rounded up to a whole second")
	say("sums            of milliseconds, rounded once")
	say("reconciled      A01 %d = A03 %d + B02 %d + callback %d + handed on %d + fallback %d + failed %d",
		i.A01, i.A03, i.B02, i.Callback, i.HandedOn, i.Fallback, i.Failed)
	say("                B02 %d = B03 %d + B04 %d + B05 %d", i.B02, i.B03, i.B04, i.B05)
	say("                a call that was transferred is one call; one belongs to the month it arrived in")
	if open > 0 {
		say("PROVISIONAL     %d days are less than 8 days old: calls answered while the store was gone may still come in", open)
	}
}
