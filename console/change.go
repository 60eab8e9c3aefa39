package console

import (
	"time"

	"example.org/crisisline/call"
)

// change is the next moment at which somebody comes on or goes off.
type change struct {
	At    time.Time
	Local string
	In    string
	Lines []changeLine
}

type changeLine struct{ Team, Off, On string }

// changeSearched is how far ahead a change is looked for. A boundary at which
// the same people go on is none.
const changeSearched = 48 * time.Hour

// nextChange finds the next boundary at which the people differ.
func (c *composer) nextChange() *change {
	if c.Rota == nil {
		return nil
	}
	open := c.openTeams(c.Now)
	shared := c.sharedTiers(open)
	for t := c.Rota.NextChange(c.Now); t.After(c.Now) && t.Sub(c.Now) <= changeSearched; {
		if lines := c.changesAt(t, open, shared); len(lines) > 0 {
			return &change{At: t, Local: when(t, c.Now, c.Zone), In: spoken(t.Sub(c.Now)), Lines: lines}
		}
		next := c.Rota.NextChange(t)
		if !next.After(t) {
			return nil
		}
		t = next
	}
	return nil
}

func (c *composer) changesAt(t time.Time, open []string, shared map[call.Tier]bool) []changeLine {
	var lines []changeLine
	for _, tier := range shownTiers {
		for i, team := range open {
			if shared[tier] && i > 0 {
				break
			}
			now, then := idList(c.Rota.OnShift(team, tier, c.Now)), idList(c.Rota.OnShift(team, tier, t))
			line := changeLine{Off: list(c.people(without(now, then))), On: list(c.people(without(then, now)))}
			if line.Off == "" && line.On == "" {
				continue
			}
			line.Team = c.team(team)
			if shared[tier] {
				line.Team = "Every team"
			}
			if tier != call.TierResponding {
				line.Team += ", " + lower(tierWord(tier))
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func (n names) people(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = n.person(id)
	}
	return out
}

// without is what is in a and not in b.
func without(a, b []string) []string {
	var out []string
	for _, s := range a {
		if !has(b, s) {
			out = append(out, s)
		}
	}
	return out
}
