package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

func planDiff(sh *shell) *cobra.Command {
	span := daysAhead(7)
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff FILE",
		Short: "Say what would change, and who would be on shift instead of whom",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			after, err := sh.rota(c.Context(), args, rota.DefaultHorizon)
			if err != nil {
				return refused(sh, err)
			}
			before, err := sh.rota(c.Context(), nil, rota.DefaultHorizon)
			if err != nil {
				return err
			}
			if asJSON {
				return sh.diffJSON(before, after, span.length())
			}
			return tellDiff(sh.stdout, before, after, sh.now(), span.length())
		},
	}
	c.Flags().IntVar((*int)(&span), "days", int(span), "how many days of shifts to compare")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// diffJSON is what changes, and who would ring instead of whom.
func (sh *shell) diffJSON(before, after *rota.Rota, span time.Duration) error {
	rehearsal, err := rota.Rehearse(before, after, sh.now(), span)
	if err != nil {
		return err
	}
	lines := rota.Diff(before.Plan(), after.Plan())
	if lines == nil {
		lines = []rota.DiffLine{}
	}
	return sh.json(struct {
		Plan []rota.DiffLine
		rota.Rehearsal
	}{lines, rehearsal})
}

func tellDiff(out io.Writer, before, after *rota.Rota, now time.Time, span time.Duration) error {
	lines := rota.Diff(before.Plan(), after.Plan())
	if len(lines) == 0 {
		fmt.Fprintln(out, "the same plan")
		return nil
	}
	for _, l := range lines {
		fmt.Fprintln(out, l)
	}
	changes := dutyChanges(before, after, now, now.Add(span))
	fmt.Fprintf(out, "\nWho is on shift, the next %d days:\n", int(span.Hours()/24))
	for _, ch := range changes {
		fmt.Fprintf(out, "  %s, %s %s: %s\n", spanText(after.Zone(), ch.from, ch.until), ch.team, ch.tier, ch.what)
	}
	if len(changes) == 0 {
		fmt.Fprintln(out, "  no change")
	}
	return nil
}

// dutyChange is a span in which other people are on shift.
type dutyChange struct {
	team        string
	tier        call.Tier
	from, until time.Time
	what        string // "finn off", "ivo on, finn off: NOBODY is left"
}

// dutyChanges compares the two rotas at every instant at which either changes.
func dutyChanges(before, after *rota.Rota, from, until time.Time) (all []dutyChange) {
	teams := after.Teams(from)
	for _, team := range before.Teams(from) {
		if !slices.Contains(teams, team) {
			teams = append(teams, team)
		}
	}
	for _, team := range teams {
		for _, tier := range []call.Tier{call.TierResponding, call.TierBackup, call.TierDutyManager} {
			all = append(all, dutyChangesOf(before, after, team, tier, from, until)...)
		}
	}
	return all
}

func dutyChangesOf(before, after *rota.Rota, team string, tier call.Tier, from, until time.Time) (list []dutyChange) {
	for at := from; at.Before(until); {
		next := until
		for _, r := range []*rota.Rota{before, after} {
			if t := r.NextChange(at); t.After(at) && t.Before(next) {
				next = t
			}
		}
		what := changed(onShiftIDs(before, team, tier, at), onShiftIDs(after, team, tier, at))
		last := len(list) - 1
		switch {
		case what == "":
		case last >= 0 && list[last].until.Equal(at) && list[last].what == what:
			list[last].until = next
		default:
			list = append(list, dutyChange{team: team, tier: tier, from: at, until: next, what: what})
		}
		at = next
	}
	return list
}

// changed says who comes and who goes, "" when nobody does.
func changed(was, is []string) string {
	var parts []string
	for _, id := range is {
		if !slices.Contains(was, id) {
			parts = append(parts, id+" on")
		}
	}
	for _, id := range was {
		if !slices.Contains(is, id) {
			parts = append(parts, id+" off")
		}
	}
	what := strings.Join(parts, ", ")
	if what != "" && len(is) == 0 {
		what += ": NOBODY is left"
	}
	return what
}

func onShiftIDs(r *rota.Rota, team string, tier call.Tier, at time.Time) (ids []string) {
	for _, d := range r.OnShift(team, tier, at) {
		ids = append(ids, d.Responder)
	}
	slices.Sort(ids)
	return ids
}

// moment is how instants are shown, in the plan's zone.
const moment = "Mon 2 Jan 2006 15:04 MST"

func spanText(zone *time.Location, from, until time.Time) string {
	return from.In(zone).Format(moment) + " to " + until.In(zone).Format(moment)
}
