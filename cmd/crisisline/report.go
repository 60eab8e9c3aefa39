package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

func reportCommand(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "report",
		Short: "The NHS return, the board's page, the public's, and how many people each hour needs",
		Long: `The NHS return, the board's page, the public's, and how many people each hour
needs. All are made from the ledger, or from what was rolled up of it day by day;
docs/REPORTS.md says what each figure counts. Exit code 4 means that figures do
not add up, or that a file that was checked does not.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(reportReturn(sh), reportBoard(sh), reportPublic(sh), reportStaffing(sh), reportRollUp(sh))
	return c
}

// withLedger opens the store for as long as use takes. Reports may wait longer
// for an answer than a caller may.
func (sh *shell) withLedger(ctx context.Context, use func(*ledger) error) (err error) {
	cfg, err := sh.config(config.Tool)
	if err != nil {
		return err
	}
	cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 30*time.Second, 30*time.Second
	log := sh.logger(config.Log{Format: "text", Level: "error"})
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if !st.Lasts() {
		return errors.New("there is no redis-server on the PATH, so the store would be in memory and empty: install redis-server 7.0 or later, or set redis.url")
	}
	sealer, err := openSealer(cfg, log)
	if err != nil {
		return err
	}
	book := openBook(cfg, st, sealer, log, sh.now, nil)
	if err := book.Load(ctx); err != nil && !errors.Is(err, rota.ErrNoPlan) {
		return err
	}
	q, err := openQueue(cfg, st.UniversalClient, sealer)
	if err != nil {
		return err
	}
	return use(newLedger(cfg, st, q, book.Current(), sh.now()).with(book))
}

// monthFlag is the month of a report; "" is the last whole one.
type monthFlag string

func (m *monthFlag) flag(c *cobra.Command) {
	c.Flags().StringVar((*string)(m), "month", "", "the month, as 2026-10; the last whole one when left out")
}

func (m monthFlag) month(now time.Time) (metrics.Month, error) {
	if m == "" {
		last := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, time.UTC)
		return metrics.Month{Year: last.Year(), Month: last.Month()}, nil
	}
	return metrics.ParseMonth(string(m))
}

// writeFile writes one file of a report whole or not at all: a half-written
// return must not lie about.
func writeFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".report-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func reportRollUp(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "roll-up",
		Short: "Roll up every day that is over and not yet rolled up",
		Long: `Roll up every day that is over and not yet rolled up. Reports do so by
themselves for the days they read; a running service does it once an hour, before
it trims the ledger. A day rolled up stays when the ledger behind it is trimmed.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withLedger(c.Context(), func(l *ledger) error {
				made, err := l.rollUp(c.Context())
				fmt.Fprintf(sh.stdout, "%d days rolled up\n", made)
				return err
			})
		},
	}
}
