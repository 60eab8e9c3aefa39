package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/examples"
	"example.org/crisisline/rota"
)

func planCommand(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "plan",
		Short: "Teams, people and shifts: check, change, ask",
		Long: `Teams, people and shifts: check, change, ask.

A plan is one document. "plan example" prints one to begin with; "plan check"
says what is wrong with a file; "plan apply" puts it in force at the next ring,
on every instance. Where a FILE may be left out, the plan in force is meant.
Every change keeps who made it, when and why, and can be undone. docs/PLAN.md
goes through all of it, with a merger of two teams as its example.

Exit codes: 0 done, 1 could not be done, 2 asked wrongly, 3 configuration
refused, 4 the plan (or the file) must be mended first: what is wrong is on
standard output, each with what to do. With --dry-run a change that would be
refused ends with 4 as well.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		planExample(sh), planCheck(sh), planDiff(sh), planApply(sh), planPublish(sh), planUndo(sh), planHistory(sh),
		planWho(sh), planGaps(sh), planHours(sh), planDo(sh), planSick(sh), planReplace(sh), planSwap(sh), planTake(sh), planMerge(sh), planSplit(sh),
		planExport(sh), planImport(sh), planFeed(sh), planHolidays(sh),
	)
	return c
}

func planExample(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "example",
		Short: "Print a plan to begin with",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := sh.stdout.Write(examples.Plan)
			return err
		},
	}
}

func planCheck(sh *shell) *cobra.Command {
	var span daysAhead
	var asJSON bool
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say everything that is wrong with a plan, and when nobody would be on shift",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, facts, err := sh.rotaAndFacts(c.Context(), args, span.length())
			if err != nil {
				return refused(sh, err)
			}
			defer sh.busy(fmt.Sprintf("checking %d days", int(span)))()
			return sh.tellFindings(r.Review(sh.now(), span.length(), facts), asJSON)
		},
	}
	span.flag(c)
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// changeFlags are who changes the plan and why, kept in its history.
type changeFlags struct{ by, why string }

func (f *changeFlags) flags(c *cobra.Command, sh *shell) {
	login := sh.variable("LOGNAME")
	if login == "" {
		login = "command-line"
	}
	c.Flags().StringVar(&f.by, "by", login, "who changes it: a login, never a name")
	c.Flags().StringVar(&f.why, "why", "", "why, for the history")
	_ = c.MarkFlagRequired("why")
}

// daysAhead is a span to look ahead.
type daysAhead int

func (d *daysAhead) flag(c *cobra.Command) {
	c.Flags().IntVar((*int)(d), "days", int(rota.DefaultHorizon/(24*time.Hour)), "how many days ahead to look")
}

func (d daysAhead) length() time.Duration { return time.Duration(d) * 24 * time.Hour }

// readPlan reads a file, or standard input for "-".
func (sh *shell) readPlan(file string) (*rota.Plan, error) {
	data, err := sh.readFile(file)
	if err != nil {
		return nil, err
	}
	if file == "-" {
		file = "standard input"
	}
	return rota.Parse(file, data)
}

// rota compiles the plan of a file, or takes the one in force.
func (sh *shell) rota(ctx context.Context, args []string, horizon time.Duration) (r *rota.Rota, err error) {
	if len(args) > 0 {
		p, err := sh.readPlan(args[0])
		if err != nil {
			return nil, err
		}
		return rota.Compile(p, sh.now(), horizon)
	}
	err = sh.withBook(ctx, func(b *rota.Book) error {
		if r = b.Current(); r == nil {
			return fmt.Errorf("%w: name a FILE, or apply one", rota.ErrNoPlan)
		}
		return nil
	})
	return r, err
}

// toolPatience is how long a command waits for the store.
const toolPatience = 5 * time.Second

// withBook is withPlan for those who need no more than the plan.
func (sh *shell) withBook(ctx context.Context, use func(*rota.Book) error) error {
	return sh.withPlan(ctx, func(b *rota.Book, _ known) error { return use(b) })
}

// inForce is the version in force, 0 when there is none.
func inForce(b *rota.Book) int64 {
	if r := b.Current(); r != nil {
		return r.Version()
	}
	return 0
}

// refused prints every problem of a plan and gives the exit code for it; any
// other error stays what it is.
func refused(sh *shell, err error) error {
	var problems rota.Problems
	if !errors.As(err, &problems) {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(sh.stdout, p.Error())
	}
	return errFindings
}

// alike is how many findings of one kind about one team are printed one by one.
const alike = 3

// tellFindings prints what a check found, gravest first; errFindings when it
// refuses the plan. A gap that comes back every week is not told every week.
func (sh *shell) tellFindings(findings []rota.Finding, asJSON bool) error {
	var outcome error
	if rota.Refused(findings) {
		outcome = errFindings
	}
	if asJSON {
		return errors.Join(json.NewEncoder(sh.stdout).Encode(findings), outcome)
	}
	seen := map[string]int{}
	for _, f := range findings {
		kind := strings.Join([]string{string(f.Level), f.Rule, f.Team}, " ")
		if seen[kind]++; seen[kind] > alike {
			continue
		}
		fmt.Fprintf(sh.stdout, "%-6s  %s\n", f.Level, f.Text)
		if f.Mend != "" {
			fmt.Fprintf(sh.stdout, "        %s\n", f.Mend)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(seen)) {
		if more := seen[kind] - alike; more > 0 {
			fmt.Fprintf(sh.stdout, "and %d more of: %s (all of them with --json)\n", more, kind)
		}
	}
	if len(findings) == 0 {
		fmt.Fprintln(sh.stdout, "nothing to mend")
	}
	return outcome
}
