package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

func planUndo(sh *shell) *cobra.Command {
	var ch changeFlags
	var version int64
	var anyway bool
	c := &cobra.Command{
		Use:   "undo",
		Short: "Put the plan before the present one in force again, or take back one change",
		Long: `Put the plan before the present one in force again.

With --version N, take back what that version changed and keep everything that
was changed since. Where a later change touches the same part it is refused.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if version > 0 {
				g := gateFlags{changeFlags: ch, anyway: anyway}
				return sh.takeBack(c.Context(), g, func(e rota.Entry) bool { return e.Version == version })
			}
			return sh.withBook(c.Context(), func(b *rota.Book) error {
				made, err := b.Undo(c.Context(), sh.now(), inForce(b), ch.by, ch.why)
				if err != nil {
					return err
				}
				fmt.Fprintf(sh.stdout, "version %d is in force: the plan before the last\n", made)
				return nil
			})
		},
	}
	ch.flags(c, sh)
	c.Flags().Int64Var(&version, "version", 0, "take back what this version changed, and nothing since")
	c.Flags().BoolVar(&anyway, "anyway", false, "with --version: let it pass although the check refuses it")
	return c
}

// historyMost is how far back a change is looked for.
const historyMost = 500

// errNotKept is a change that the history does not hold.
var errNotKept = errors.New("no such change is kept: plan history lists them")

// errTakenBack is a change of which nothing is left.
var errTakenBack = errors.New("that was taken back already: plan history says when")

// takeBack reverts the newest kept change that is the one meant.
func (sh *shell) takeBack(ctx context.Context, g gateFlags, meant func(rota.Entry) bool) error {
	var entries []rota.Entry
	err := sh.withBook(ctx, func(b *rota.Book) (err error) {
		entries, err = b.History(ctx, historyMost)
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Before == nil || !meant(e) {
			continue
		}
		before, err := rota.Parse("before", e.Before)
		if err != nil {
			return err
		}
		after, err := rota.Parse("after", e.After)
		if err != nil {
			return err
		}
		return sh.change(ctx, g, func(p *rota.Plan, _ *time.Location) (*rota.Plan, error) {
			q, err := rota.Revert(before, after, p)
			if err == nil && len(rota.Diff(p, q)) == 0 {
				return nil, errTakenBack
			}
			return q, err
		})
	}
	return errNotKept
}

func planHistory(sh *shell) *cobra.Command {
	var most int
	var asJSON bool
	c := &cobra.Command{
		Use:   "history",
		Short: "Say who changed the plan, when and why",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withBook(c.Context(), func(b *rota.Book) error {
				entries, err := b.History(c.Context(), most)
				if err != nil {
					return err
				}
				return sh.tellHistory(entries, asJSON)
			})
		},
	}
	c.Flags().IntVarP(&most, "number", "n", 20, "how many, newest first")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// versionTold is one line of "plan history".
type versionTold struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Why     string    `json:"why"`
	Of      int64     `json:"of"` // the version whose text it is: smaller after an undo
}

func (sh *shell) tellHistory(entries []rota.Entry, asJSON bool) error {
	list := make([]versionTold, 0, len(entries))
	rows := [][]string{{"VERSION", "WHEN", "WHO", "WHY"}}
	for _, e := range entries {
		list = append(list, versionTold{e.Version, e.At.UTC(), e.Who, e.Why, e.Of})
		why := e.Why
		if e.Of < e.Version {
			why = fmt.Sprintf("(version %d again) %s", e.Of, why)
		}
		rows = append(rows, []string{fmt.Sprint(e.Version), e.At.UTC().Format(time.RFC3339), e.Who, why})
	}
	if asJSON {
		return sh.json(list)
	}
	return sh.table(rows)
}
