package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

// gap is one line of "plan gaps".
type gap struct {
	Team  string    `json:"team"`
	Rule  string    `json:"rule"`
	Level string    `json:"level"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Text  string    `json:"text"`
	Mend  string    `json:"mend"`
}

// gapRules are what a gap may lack.
var gapRules = map[string]bool{
	rota.RuleResponding: true, rota.RuleBackup: true, rota.RuleDutyManager: true,
	rota.RuleClinician: true, rota.RuleSkill: true, rota.RuleNeeds: true, rota.RuleLastHuman: true,
}

func planGaps(sh *shell) *cobra.Command {
	span := daysAhead(42)
	var asJSON bool
	c := &cobra.Command{
		Use:   "gaps [FILE]",
		Short: "Say when fewer people are on shift than should be",
		Long: `Say when fewer people are on shift than should be: for each team and tier, and
for each skill that somebody must have. Ends with 4 when there is a gap.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := sh.rota(c.Context(), args, span.length())
			if err != nil {
				return refused(sh, err)
			}
			defer sh.busy(fmt.Sprintf("looking at %d days", int(span)))()
			return sh.tellGaps(r, gapsOf(r, sh.now(), span.length()), span, asJSON)
		},
	}
	c.Flags().IntVar((*int)(&span), "days", int(span), "how many days ahead to look")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func gapsOf(r *rota.Rota, now time.Time, span time.Duration) []gap {
	list := []gap{}
	for _, f := range r.Check(now, span) {
		if gapRules[f.Rule] {
			list = append(list, gap{f.Team, f.Rule, string(f.Level), f.From, f.Until, f.Text, f.Mend})
		}
	}
	return list
}

func (sh *shell) tellGaps(r *rota.Rota, list []gap, span daysAhead, asJSON bool) error {
	var outcome error
	if len(list) > 0 {
		outcome = errFindings
	}
	if asJSON {
		if err := sh.json(list); err != nil {
			return err
		}
		return outcome
	}
	if len(list) == 0 {
		fmt.Fprintf(sh.stdout, "no gap in the next %d days\n", int(span))
		return nil
	}
	rows := [][]string{{"TEAM", "LACKS", "FROM", "UNTIL", "HOURS", "LEVEL"}}
	for _, g := range list {
		rows = append(rows, []string{
			g.Team, g.Rule, g.From.In(r.Zone()).Format(moment), g.Until.In(r.Zone()).Format(moment),
			inHours(g.Until.Sub(g.From)), g.Level,
		})
	}
	if err := sh.table(rows); err != nil {
		return err
	}
	fmt.Fprintln(sh.stdout, "\nPut somebody on for each: add a shift, or an override for one day. plan check says more.")
	return outcome
}

// inHours is "12.25", hours as rotas are reckoned.
func inHours(d time.Duration) string {
	return strconv.FormatFloat(d.Hours(), 'f', 2, 64)
}
