package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// importKinds are what can be read into a plan.
var importKinds = []string{"people", "shifts", "roster", "calendar"}

func planImport(sh *shell) *cobra.Command {
	var g gateFlags
	var in rota.Import
	var exact bool
	var tier string
	c := &cobra.Command{
		Use:   "import people|shifts|roster|calendar FILE",
		Short: "Read people and shifts from a spreadsheet or a calendar into the plan in force",
		Long: `Read people and shifts from a spreadsheet or a calendar into the plan in force.

  people    CSV as "plan export --people" writes it: rows change or add by id
  shifts    CSV as "plan export --shifts" writes it
  roster    CSV of single times: person, start, end, and team and tier
  calendar  iCalendar (.ics): one event for each time somebody is on shift

Rosters and calendars become dated shifts. Give an import a --source name: the
next one of that name replaces what this one said about the same days. Whatever
is wrong is told at once, each with its row (or event) and what to do, and
nothing is changed. Look first with --dry-run.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			kind, file := args[0], args[1]
			if !slices.Contains(importKinds, kind) {
				return fmt.Errorf("%q cannot be imported: choose one of %s", kind, strings.Join(importKinds, ", "))
			}
			data, err := sh.readFile(file)
			if err != nil {
				return err
			}
			in.Tier = call.Tier(tier)
			name := filepath.Base(file)
			return sh.change(c.Context(), g, func(p *rota.Plan, _ *time.Location) (*rota.Plan, error) {
				switch kind {
				case "people":
					return rota.ImportPeople(p, name, data, exact)
				case "shifts":
					return rota.ImportShifts(p, name, data, exact)
				case "roster":
					return rota.ImportRoster(p, name, data, in)
				default:
					return rota.ImportCalendar(p, name, data, in)
				}
			})
		},
	}
	g.flags(c, sh)
	c.Flags().BoolVar(&exact, "exact", false, "people or shifts that are not in the table leave the plan")
	c.Flags().StringVar(&in.Source, "source", "import", "roster, calendar: a short name, always the same for the same calendar")
	c.Flags().StringVar(&in.Person, "person", "", "roster, calendar: whose it is (id), where it does not say")
	c.Flags().StringVar(&in.Team, "team", "", "roster, calendar: for which team (id), where it does not say")
	c.Flags().StringVar(&tier, "tier", string(call.TierResponding), "roster, calendar: in which tier, where it does not say")
	c.Flags().StringSliceVar(&in.Replaces, "replaces", nil, `roster, calendar: weaker shifts that are off meanwhile (ids, or "all")`)
	return c
}

// onPlan does something with the plan in force and changes nothing.
func (sh *shell) onPlan(ctx context.Context, do func(p *rota.Plan, zone *time.Location) (*rota.Plan, error)) error {
	return sh.withBook(ctx, func(b *rota.Book) error {
		r := b.Current()
		if r == nil {
			return fmt.Errorf("%w: apply one first, with plan apply FILE", rota.ErrNoPlan)
		}
		_, err := do(r.Plan(), r.Zone())
		return refused(sh, err)
	})
}
