package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/rota"
)

// onDuty is one line of "plan who".
type onDuty struct {
	Team      string    `json:"team"`
	Tier      call.Tier `json:"tier"`
	Responder string    `json:"responder,omitempty"` // absent when nobody is on
	Name      string    `json:"name,omitempty"`
	Until     time.Time `json:"until,omitzero"`
	Why       string    `json:"why"`
}

func planWho(sh *shell) *cobra.Command {
	var at, line, team string
	var asJSON bool
	c := &cobra.Command{
		Use:   "who [FILE]",
		Short: "Say who is on shift, and who would be rung in which order",
		Long: `Say who is on shift at a time: the same answer that the ringing uses. With
--line, say who would be rung for a call on that line, in which order, and when.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := sh.rota(c.Context(), args, rota.DefaultHorizon)
			if err != nil {
				return refused(sh, err)
			}
			when, err := parseMoment(at, r.Zone(), sh.now())
			if err != nil {
				return err
			}
			if team != "" {
				now, known := r.TeamAt(team, when)
				if !known {
					return fmt.Errorf("no team is or was called %q: the plan lists %s", team, strings.Join(r.Teams(when), ", "))
				}
				if now != team {
					fmt.Fprintf(sh.stderr, "%s is %s at that time\n", team, now)
				}
				team = now
			}
			if line != "" {
				cfg, err := sh.config(config.Tool)
				if err != nil {
					return err
				}
				return sh.tellOrder(r, line, timing(cfg).Ladder, when)
			}
			return sh.tellDuty(r, dutyAt(r, team, when), when, asJSON)
		},
	}
	c.Flags().StringVar(&at, "at", "now", `when: "2026-11-23 20:00" in the plan's zone, or with a zone, or "now"`)
	c.Flags().StringVar(&line, "line", "", "the order of ringing for a call on this line (id or number)")
	c.Flags().StringVar(&team, "team", "", "only this team, by its id of any time")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func dutyAt(r *rota.Rota, only string, when time.Time) (list []onDuty) {
	for _, row := range rota.Who(r, when) {
		if only == "" || row.Team == only || row.Team == rota.AllTeams {
			list = append(list, onDuty{Team: row.Team, Tier: row.Tier, Responder: row.Responder, Name: row.Name, Until: row.Until, Why: row.Why})
		}
	}
	return list
}

func (sh *shell) tellDuty(r *rota.Rota, list []onDuty, when time.Time, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(sh.stdout).Encode(list)
	}
	fmt.Fprintf(sh.stdout, "On shift at %s\n\n", when.In(r.Zone()).Format(moment))
	w := tabwriter.NewWriter(sh.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TEAM\tTIER\tWHO\tNAME\tUNTIL\tWHY")
	for _, d := range list {
		who, until := d.Responder, ""
		if who == "" {
			who = "-"
		}
		if !d.Until.IsZero() {
			until = d.Until.In(r.Zone()).Format(moment)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Team, d.Tier, who, d.Name, until, d.Why)
	}
	return w.Flush()
}

// tellOrder prints the ladder of a call that begins to wait at that time.
func (sh *shell) tellOrder(r *rota.Rota, line string, t rota.Timing, when time.Time) error {
	l, ok := r.Line(line, when)
	if !ok {
		return fmt.Errorf("there is no line %q in the plan", line)
	}
	home, why := r.HomeTeam(l.ID, call.Number{}, when)
	fmt.Fprintf(sh.stdout, "A call on line %s at %s, for team %s (%s), if everyone is free\n\n", l.ID, when.In(r.Zone()).Format(moment), home, why)
	w := tabwriter.NewWriter(sh.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AFTER\tWHY\tTEAM\tTIER\tWHO")
	for _, rung := range r.Match(call.Need{Line: l.ID, Team: home, Skills: l.Skills}, t, when) {
		var groups []string
		for _, g := range rung.Groups {
			groups = append(groups, strings.Join(g, ", "))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", rung.After, rung.Reason, rung.Team, rung.Tier, strings.Join(groups, ", then "))
	}
	return w.Flush()
}

// parseMoment reads what a person writes for a time.
func parseMoment(text string, zone *time.Location, now time.Time) (time.Time, error) {
	if text == "now" || text == "" {
		return now, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf(`%q is not a time: write "2026-11-23 20:00", "2026-11-23T20:00:00Z" or "now"`, text)
}
