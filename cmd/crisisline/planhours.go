package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

func planHours(sh *shell) *cobra.Command {
	var person, from string
	weeks := rota.FairWeeks
	var asJSON bool
	c := &cobra.Command{
		Use:   "hours [FILE]",
		Short: "Say what somebody works, week by week, and what the working time rules say of it",
		Long: `Say what somebody works by the plan, week by week, and what the working time
rules say of it. Without --person, one line for everybody with their share of
nights, weekends and bank holidays beside the share to be expected.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := sh.rota(c.Context(), args, rota.DefaultHorizon)
			if err != nil {
				return refused(sh, err)
			}
			start, err := parseMoment(from, r.Zone(), sh.now())
			if err != nil {
				return err
			}
			defer sh.busy("reckoning working time")()
			if person == "" {
				return sh.tellShares(r, start, weeks, asJSON)
			}
			return sh.tellHours(r, person, start, weeks, asJSON)
		},
	}
	c.Flags().StringVar(&person, "person", "", "whose (id)")
	c.Flags().StringVar(&from, "from", "now", "the first day")
	c.Flags().IntVar(&weeks, "weeks", weeks, "how many weeks from then on")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// hoursTold is "plan hours" for one person.
type hoursTold struct {
	Responder string      `json:"responder"`
	Spells    []spellTold `json:"spells"`
	Findings  []finding   `json:"findings"`
}

type spellTold struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Hours float64   `json:"hours"`
	Team  string    `json:"team"`
	Tier  string    `json:"tier"`
	Why   string    `json:"why"`
}

// finding is a rota.Finding about somebody's time, short.
type finding struct {
	Level string `json:"level"`
	Rule  string `json:"rule"`
	Text  string `json:"text"`
	Mend  string `json:"mend"`
}

func (sh *shell) tellHours(r *rota.Rota, person string, from time.Time, weeks int, asJSON bool) error {
	if _, ok := r.Responder(person); !ok {
		return fmt.Errorf("there is no responder %q in the plan: plan export --people lists them", person)
	}
	until := from.Add(time.Duration(weeks) * 7 * 24 * time.Hour)
	wide, err := rota.Compile(r.Plan(), from.Add(-14*24*time.Hour), until.Sub(from)+28*24*time.Hour)
	if err != nil {
		return err
	}
	told := hoursTold{Responder: person, Spells: []spellTold{}, Findings: []finding{}}
	for _, s := range wide.Spells(from, until) {
		if s.Responder == person {
			told.Spells = append(told.Spells, spellTold{s.From, s.Until, s.Until.Sub(s.From).Hours(), s.Team, string(s.Tier), s.Why})
		}
	}
	for _, f := range wide.Review(from, until.Sub(from), rota.Facts{}) {
		if slices.Contains(f.People, person) {
			told.Findings = append(told.Findings, finding{string(f.Level), f.Rule, f.Text, f.Mend})
		}
	}
	if asJSON {
		return sh.json(told)
	}
	return sh.tellSpells(told, r.Zone())
}

// tellSpells prints a person's times on shift with the sum of each week from
// Monday. A time on shift for several teams at once is worked once.
func (sh *shell) tellSpells(told hoursTold, zone *time.Location) error {
	rows := [][]string{{"FROM", "UNTIL", "HOURS", "TEAM", "TIER", "WHY"}}
	week, sum, worked := "", 0.0, time.Time{}
	flush := func() {
		if week != "" {
			rows = append(rows, []string{week, "", fmt.Sprintf("%.2f", sum), "", "", ""})
		}
		sum = 0
	}
	for _, s := range told.Spells {
		year, number := s.From.In(zone).ISOWeek()
		if name := fmt.Sprintf("week %d of %d", number, year); name != week {
			flush()
			week = name
		}
		if begin := latest(s.From, worked); s.Until.After(begin) {
			sum += s.Until.Sub(begin).Hours()
			worked = s.Until
		}
		rows = append(rows, []string{s.From.In(zone).Format(moment), s.Until.In(zone).Format(moment), fmt.Sprintf("%.2f", s.Hours), s.Team, s.Tier, s.Why})
	}
	flush()
	if err := sh.table(rows); err != nil {
		return err
	}
	for _, f := range told.Findings {
		fmt.Fprintf(sh.stdout, "\n%-6s  %s\n        %s\n", f.Level, f.Text, f.Mend)
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (sh *shell) tellShares(r *rota.Rota, from time.Time, weeks int, asJSON bool) error {
	shares, err := r.Shares(from, weeks, rota.Facts{})
	if err != nil {
		return err
	}
	if asJSON {
		return sh.json(shares)
	}
	of := func(c rota.Count) string { return fmt.Sprintf("%d (%.1f)", c.Have, c.Expected) }
	rows := [][]string{{"WHO", "TEAM", "HOURS A WEEK", "NIGHTS", "WEEKENDS", "BANK HOLIDAYS"}}
	for _, s := range shares {
		rows = append(rows, []string{
			s.Responder, s.Team, fmt.Sprintf("%.1f", s.Hours.Hours()/float64(max(1, weeks))), of(s.Nights), of(s.Weekends), of(s.BankHolidays),
		})
	}
	if err := sh.table(rows); err != nil {
		return err
	}
	fmt.Fprintln(sh.stdout, "\nIn brackets: what would fall to them if it went by the hours each works.")
	return nil
}
