package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

func planMerge(sh *shell) *cobra.Command {
	var g gateFlags
	var m rota.Merger
	var cut string
	var cancel, asJSON bool
	c := &cobra.Command{
		Use:   "merge TEAM TEAM... --into ID",
		Short: "Make one team of several, from a day and time on",
		Long: `Make one team of several, from a day and time on.

Their heir is a new team, or with --into one that is there already, a team that
goes on. Until the cut-over nothing changes; from that minute calls go to the
heir, whose people are those of all its sources. Calls that have begun keep
their team. Old names, lines, localities and figures lead to the heir for ever.

Look first with --dry-run: people, lines, coverage, skills and who would be in
two places, before and after. Until the cut-over, --cancel takes it back and
keeps whatever was changed since.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			m.Sources = args
			if cancel {
				return sh.cancelTeam(c, g, m.ID)
			}
			return sh.reorganise(c, g, cut, asJSON, func(p *rota.Plan, at rota.CutOver) (*rota.Plan, error) {
				m.CutOver = at
				return rota.MergeTeams(p, m, sh.now())
			})
		},
	}
	g.flags(c, sh)
	c.Flags().StringVar(&m.ID, "into", "", "id of the heir")
	c.Flags().StringVar(&m.Name, "name", "", "name of a new heir")
	c.Flags().StringVar(&cut, "at", "", "the cut-over, in the plan's zone: 2027-04-01 (midnight) or 2027-04-01T08:00")
	c.Flags().StringSliceVar(&m.Neighbours, "neighbours", nil, "of a new heir; otherwise its sources' own")
	c.Flags().BoolVar(&cancel, "cancel", false, "take back the merger that makes --into, before its cut-over")
	c.Flags().BoolVar(&asJSON, "json", false, "the preview of a dry run as JSON")
	_ = c.MarkFlagRequired("into")
	return c
}

func planSplit(sh *shell) *cobra.Command {
	var g gateFlags
	var s rota.Parting
	var cut string
	var cancel, asJSON bool
	c := &cobra.Command{
		Use:   "split TEAM --new ID",
		Short: "Make a new team of a part of one, from a day and time on",
		Long: `Make a new team of a part of one, from a day and time on: the people, localities
and lines named go to it. Without people, the same people answer for both until
the rota is changed. What is in the middle of a shift or a call goes on.

Look first with --dry-run; until the cut-over, --cancel takes it back.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if cancel {
				return sh.cancelTeam(c, g, s.ID)
			}
			if len(args) == 0 {
				return fmt.Errorf("name the team to split: plan split TEAM --new ID")
			}
			s.From = args[0]
			return sh.reorganise(c, g, cut, asJSON, func(p *rota.Plan, at rota.CutOver) (*rota.Plan, error) {
				s.CutOver = at
				return rota.SplitTeam(p, s, sh.now())
			})
		},
	}
	g.flags(c, sh)
	c.Flags().StringVar(&s.ID, "new", "", "id of the new team")
	c.Flags().StringVar(&s.Name, "name", "", "name of the new team")
	c.Flags().StringVar(&cut, "at", "", "the cut-over, in the plan's zone: 2027-04-01 (midnight) or 2027-04-01T08:00")
	c.Flags().StringSliceVar(&s.People, "people", nil, "who goes (ids)")
	c.Flags().StringSliceVar(&s.Localities, "localities", nil, "which localities go (ids)")
	c.Flags().StringSliceVar(&s.Lines, "lines", nil, "which lines go (ids)")
	c.Flags().StringSliceVar(&s.Neighbours, "neighbours", nil, "of the new team; otherwise the old team and its own")
	c.Flags().BoolVar(&cancel, "cancel", false, "take back the split that makes --new, before its cut-over")
	c.Flags().BoolVar(&asJSON, "json", false, "the preview of a dry run as JSON")
	_ = c.MarkFlagRequired("new")
	return c
}

// previewSpan is how long after a cut-over a preview looks.
const previewSpan = 28 * 24 * time.Hour

func (sh *shell) reorganise(c *cobra.Command, g gateFlags, cut string, asJSON bool, do func(*rota.Plan, rota.CutOver) (*rota.Plan, error)) error {
	at, err := rota.ParseCutOver(cut)
	if err != nil {
		return fmt.Errorf("--at: %w", err)
	}
	edit := func(p *rota.Plan, zone *time.Location) (*rota.Plan, error) {
		after, err := do(p, at)
		if err != nil || !g.dryRun {
			return after, err
		}
		preview, err := rota.PreviewOf(p, after, at.Instant(zone), previewSpan)
		if err != nil {
			return nil, err
		}
		if asJSON {
			return after, sh.json(preview)
		}
		return after, sh.tellPreview(preview, zone)
	}
	if g.dryRun && asJSON {
		return sh.onPlan(c.Context(), edit)
	}
	return sh.change(c.Context(), g, edit)
}

func (sh *shell) tellPreview(p rota.Preview, zone *time.Location) error {
	fmt.Fprintf(sh.stdout, "The %d days from the cut-over on, %s\n", int(p.Until.Sub(p.CutOver).Hours()/24), p.CutOver.In(zone).Format(moment))
	for _, side := range []struct {
		title string
		teams []rota.TeamView
	}{{"as it is", p.Before}, {"as it would be", p.After}} {
		fmt.Fprintf(sh.stdout, "\n%s\n", side.title)
		rows := [][]string{{"TEAM", "PEOPLE", "LINES", "LOCALITIES", "FEWEST ON", "WANTED", "SHORT FOR", "SKILLS"}}
		for _, v := range side.teams {
			rows = append(rows, []string{
				v.Team, fmt.Sprint(len(v.People)), orDash(strings.Join(v.Lines, " ")), orDash(strings.Join(v.Localities, " ")),
				fmt.Sprint(v.Least), fmt.Sprint(v.Minimum), inHours(v.Short) + " h", orDash(skillsTold(v.Skills)),
			})
		}
		if err := sh.table(rows); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		title    string
		findings []rota.Finding
	}{{"worse than before", p.Worse}, {"better than before", p.Better}} {
		if len(list.findings) > 0 {
			fmt.Fprintf(sh.stdout, "\n%s\n", list.title)
		}
		for _, f := range list.findings {
			fmt.Fprintf(sh.stdout, "  %-6s  %s\n", f.Level, f.Text)
		}
	}
	if len(p.Doubled) == 0 {
		fmt.Fprintln(sh.stdout, "\nnobody would be in two places who is not now")
	}
	fmt.Fprintln(sh.stdout)
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func skillsTold(skills map[string]int) string {
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(skills)) {
		parts = append(parts, fmt.Sprintf("%s %d", s, skills[s]))
	}
	return strings.Join(parts, ", ")
}

// cancelTeam takes back the change that made a team, or that others became part
// of, as long as its cut-over is ahead.
func (sh *shell) cancelTeam(c *cobra.Command, g gateFlags, id string) error {
	if g.dryRun {
		return fmt.Errorf("--cancel has no dry run: plan history shows what was done, plan undo takes a mistake back")
	}
	var past error
	err := sh.takeBack(c.Context(), g, func(e rota.Entry) bool {
		when, made := rota.Reorganised(e, id)
		if made && !when.After(sh.now()) {
			past = fmt.Errorf("team %s has been there since %s: that cannot be taken back; plan split or plan merge changes it from a day ahead", id, when.UTC().Format(time.RFC3339))
			return false
		}
		return made && past == nil
	})
	if past != nil {
		return past
	}
	return err
}
