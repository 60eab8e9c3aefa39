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
			r, facts, err := sh.rotaAndFacts(c.Context(), args, rota.DefaultHorizon)
			if err != nil {
				return refused(sh, err)
			}
			start, err := parseMoment(from, r.Zone(), sh.now())
			if err != nil {
				return err
			}
			defer sh.busy("reckoning working time")()
			if person == "" {
				return sh.tellShares(r, facts, start, weeks, asJSON)
			}
			return sh.tellHours(r, facts, person, start, weeks, asJSON)
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
	OnCalls   []workTold  `json:"on_calls"` // by the ledger, in the 17 weeks before now
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

// workTold is what somebody worked on calls in a week, by the ledger.
type workTold struct {
	Week  string  `json:"week"`
	Times int     `json:"times"` // from pressing 1 to the end of the wrap-up
	Hours float64 `json:"hours"`
}

// workOf is somebody's work on calls, week by week.
func workOf(worked []rota.Worked, person string, zone *time.Location) []workTold {
	list := []workTold{}
	for _, w := range worked { // in order of time
		if w.Responder != person {
			continue
		}
		year, number := w.From.In(zone).ISOWeek()
		week := fmt.Sprintf("week %d of %d", number, year)
		if n := len(list); n == 0 || list[n-1].Week != week {
			list = append(list, workTold{Week: week})
		}
		t := &list[len(list)-1]
		t.Times++
		t.Hours += w.Until.Sub(w.From).Hours()
	}
	return list
}

// finding is a rota.Finding about somebody's time, short.
type finding struct {
	Level string `json:"level"`
	Rule  string `json:"rule"`
	Text  string `json:"text"`
	Mend  string `json:"mend"`
}

func (sh *shell) tellHours(r *rota.Rota, facts rota.Facts, person string, from time.Time, weeks int, asJSON bool) error {
	if _, ok := r.Responder(person); !ok {
		return fmt.Errorf("there is no responder %q in the plan: plan export --people lists them", person)
	}
	until := from.Add(time.Duration(weeks) * 7 * 24 * time.Hour)
	wide, err := rota.Compile(r.Plan(), from.Add(-14*24*time.Hour), until.Sub(from)+28*24*time.Hour)
	if err != nil {
		return err
	}
	told := hoursTold{Responder: person, Spells: []spellTold{}, OnCalls: workOf(facts.Worked, person, r.Zone()), Findings: []finding{}}
	for _, s := range wide.Spells(from, until) {
		if s.Responder == person {
			told.Spells = append(told.Spells, spellTold{s.From, s.Until, s.Until.Sub(s.From).Hours(), s.Team, string(s.Tier), s.Why})
		}
	}
	for _, f := range wide.Review(from, until.Sub(from), facts) {
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
	if len(told.OnCalls) > 0 {
		fmt.Fprintln(sh.stdout, "\nOn calls so far, by the ledger (for somebody on call at home, this is what they worked):")
		rows = [][]string{{"WEEK", "TIMES", "HOURS"}}
		for _, w := range told.OnCalls {
			rows = append(rows, []string{w.Week, fmt.Sprint(w.Times), fmt.Sprintf("%.2f", w.Hours)})
		}
		if err := sh.table(rows); err != nil {
			return err
		}
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

func (sh *shell) tellShares(r *rota.Rota, facts rota.Facts, from time.Time, weeks int, asJSON bool) error {
	shares, err := r.Shares(from, weeks, facts)
	if err != nil {
		return err
	}
	if asJSON {
		return sh.json(shares)
	}
	of := func(c rota.Count) string { return fmt.Sprintf("%d (%.1f)", c.Have, c.Expected) }
	rows := [][]string{{"WHO", "TEAM", "HOURS A WEEK", "NIGHTS", "WEEKENDS", "BANK HOLIDAYS", "HARD CALLS", "HOURS ON CALLS"}}
	for _, s := range shares {
		rows = append(rows, []string{
			s.Responder, s.Team, fmt.Sprintf("%.1f", s.Hours.Hours()/float64(max(1, weeks))), of(s.Nights), of(s.Weekends), of(s.BankHolidays), of(s.HardCalls), fmt.Sprintf("%.2f", onCalls(facts.Worked, s.Responder)),
		})
	}
	if err := sh.table(rows); err != nil {
		return err
	}
	fmt.Fprintln(sh.stdout, "\nIn brackets: what would fall to them if it went by the hours each works. Hard calls: as responders marked them, within the same weeks. On calls: by the ledger, in the 17 weeks before now.")
	return nil
}

func onCalls(worked []rota.Worked, person string) (sum float64) {
	for _, w := range workOf(worked, person, time.UTC) {
		sum += w.Hours
	}
	return sum
}
