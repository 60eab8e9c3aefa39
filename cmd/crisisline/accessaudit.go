package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/console/audit"
)

func accessAudit(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit",
		Short: "Who did what: export it, verify that nothing was changed",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(accessAuditExport(sh), accessAuditVerify(sh))
	return c
}

func accessAuditExport(sh *shell) *cobra.Command {
	var format, from, until string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the audit out, as lines of JSON or as a table",
		Long: `Write the audit out, oldest first: as lines of JSON, or as CSV. The whole chain is
verified on the way, and the export stops where it does not hold. Days are those
of the plan's zone; --until is the first that is left out.`,
		Args: cobra.NoArgs,
	}
	who := sh.whoFlag(c)
	c.Flags().StringVar(&format, "format", "jsonl", strings.Join(audit.Formats, " or "))
	c.Flags().StringVar(&from, "from", "", "from this day on, such as 2026-11-01; from the beginning when left out")
	c.Flags().StringVar(&until, "until", "", "up to this day, which is left out; to the end when left out")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if !slices.Contains(audit.Formats, format) {
			return fmt.Errorf("--format %s: choose %s", format, strings.Join(audit.Formats, " or "))
		}
		return sh.withAccess(c.Context(), *who, func(ctx context.Context, o *office) error {
			var w audit.Wanted
			for _, day := range []struct {
				flag, text string
				at         *time.Time
			}{{"--from", from, &w.From}, {"--until", until, &w.Until}} {
				if day.text == "" {
					continue
				}
				at, err := time.ParseInLocation(time.DateOnly, day.text, o.zone)
				if err != nil {
					return fmt.Errorf("%s %q: write a day as 2026-11-01", day.flag, day.text)
				}
				*day.at = at
			}
			// First, so that it cannot be done without being kept.
			if err := o.note(ctx, audit.Entry{What: audit.Exported, About: "audit", After: strings.TrimSpace(format + " " + from + " to " + until)}); err != nil {
				return err
			}
			out, err := audit.NewWriter(o.stdout, format)
			if err != nil {
				return err
			}
			_, err = o.log.Verify(ctx, func(e audit.Entry) error {
				if !w.Fits(e) {
					return nil
				}
				return out.Write(e)
			})
			return errors.Join(out.Close(), err)
		})
	}
	return c
}

func accessAuditVerify(sh *shell) *cobra.Command {
	var anchors []string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Say whether the audit holds together, and the plan's history with it",
		Long: `Say whether the audit holds together: whether each entry is bound to the one
before, none is missing, and each plan version that is kept is the one that was
published. Exit code 4 when not.

Whoever has the store and the service's key could write it all anew. The log of
the service has number and mac of each entry; keep one elsewhere, and name it
with --anchor NUMBER:MAC to hold the audit to it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withAccess(c.Context(), "verify", func(ctx context.Context, o *office) error {
				return o.verify(ctx, anchors)
			})
		},
	}
	c.Flags().StringSliceVar(&anchors, "anchor", nil, "number and mac of an entry, as the log told them: 1234:9f86d0…")
	return c
}

func (o *office) verify(ctx context.Context, anchors []string) error {
	want := map[int64]string{}
	for _, a := range anchors {
		number, mac, ok := strings.Cut(a, ":")
		n, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil {
			return fmt.Errorf("--anchor %q: write NUMBER:MAC", a)
		}
		want[n] = mac
	}
	plans, newest := publishedPlans{}, audit.Entry{}
	count, err := o.log.Verify(ctx, func(e audit.Entry) error {
		plans.see(e)
		if mac, ok := want[e.Number]; ok && mac == e.MAC {
			delete(want, e.Number)
		}
		newest = e
		return nil
	})
	if errors.Is(err, audit.ErrBroken) {
		fmt.Fprintf(o.stdout, "%s (%d before it hold)\n", err, count)
		return errFindings
	}
	if err != nil {
		return err
	}
	kept, err := o.book.History(ctx, historyMost)
	if err != nil {
		return err
	}
	problems := plans.differ(kept)
	for n := range want {
		problems = append(problems, fmt.Sprintf("entry %d is not the one of --anchor", n))
	}
	slices.Sort(problems)
	for _, p := range problems {
		fmt.Fprintln(o.stdout, p)
	}
	if len(problems) > 0 {
		return errFindings
	}
	fmt.Fprintf(o.stdout, "%d entries hold together; %d plan version(s) are as published\n", count, len(plans))
	if count > 0 {
		fmt.Fprintf(o.stdout, "the newest: %d:%s\n", newest.Number, newest.MAC)
	}
	return nil
}
