package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
)

// followUpsShown is the most that a list prints.
const followUpsShown = 10_000

func followUpDue(sh *shell) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "due",
		Short: "What is promised and not yet kept, the soonest due first; overdue ends with exit code 4",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
				open, err := q.FollowUps(c.Context(), followUpsShown)
				if err != nil {
					return err
				}
				slices.SortStableFunc(open, func(a, b queue.FollowUp) int { return a.DueAt.Compare(b.DueAt) })
				err = sh.tellFollowUps(open, zone, asJSON)
				if slices.ContainsFunc(open, func(f queue.FollowUp) bool { return f.Overdue(sh.now()) }) {
					err = errors.Join(err, errFindings)
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func followUpBreaches(sh *shell) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "breaches",
		Short: "The review list: what ran out, and why; without a reason first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
				if _, err := q.FollowUpsMissed(c.Context(), sh.now(), followUpsShown); err != nil {
					return err
				}
				all, err := q.FollowUpReviews(c.Context(), followUpsShown)
				if err != nil {
					return err
				}
				return sh.tellFollowUps(all, zone, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func followUpCategories(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "categories",
		Short: "The promises there are, their limits, and whose numbers they are",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			promises, err := sh.promises()
			if err != nil {
				return err
			}
			for _, f := range promises {
				fmt.Fprintln(sh.stdout, f)
			}
			return nil
		},
	}
}

func (sh *shell) tellFollowUps(list []queue.FollowUp, zone *time.Location, asJSON bool) error {
	if asJSON {
		if list == nil {
			list = []queue.FollowUp{}
		}
		return json.NewEncoder(sh.stdout).Encode(list)
	}
	w := tabwriter.NewWriter(sh.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DUE\tSTANDS\tCATEGORY\tTEAM\tCALL\tREASON")
	for _, f := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", f.DueAt.In(zone).Format("Mon 2 Jan 15:04"),
			followUpStanding(f, sh.now()), f.Category, f.Team, f.Call, f.Reason)
	}
	return w.Flush()
}

// followUpStanding says in words how a follow-up stands.
func followUpStanding(f queue.FollowUp, now time.Time) string {
	switch {
	case !f.DoneAt.IsZero() && !metrics.Kept(f.How):
		return f.How
	case !f.DoneAt.IsZero() && f.DoneAt.After(f.DueAt):
		return f.DoneAt.Sub(f.DueAt).Round(time.Minute).String() + " late"
	case !f.DoneAt.IsZero() && f.Missed:
		return "in time, recorded late"
	case !f.DoneAt.IsZero():
		return "in time"
	case f.Overdue(now):
		return "OVERDUE " + now.Sub(f.DueAt).Round(time.Minute).String()
	}
	return f.DueAt.Sub(now).Round(time.Minute).String() + " left"
}
