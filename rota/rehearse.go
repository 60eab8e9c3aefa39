package rota

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// RingChange is a span in which other people would ring for a team and tier
// than would have.
type RingChange struct {
	Team   string
	Tier   call.Tier
	From   time.Time
	Until  time.Time
	Before []string // responder ids, in the order they are asked
	After  []string
}

// Gap is a span in which a team has fewer people than its minimum.
type Gap struct {
	Rule  string // which minimum
	Team  string
	Skill string // for a minimum of a skill
	From  time.Time
	Until time.Time
	Was   int // people before the change
	Is    int // and after it
	Least int // asked for; the old plan's minimum where Lowered
	Level Level
	Text  string

	Lowered bool // the same change lowers the minimum: fewer people than before, and than was asked for
}

// Rehearsal is what becomes of every minute when one plan takes another's
// place.
type Rehearsal struct {
	From, Until time.Time
	Rings       []RingChange
	Opened      []Gap // fewer people than the minimum, and fewer than before
	Closed      []Gap // was below the minimum, and has more people than before
}

// Rehearse compares two rotas at every minute of [now, now + horizon). before
// may be nil: nobody was there. A horizon of 0 means DefaultHorizon.
func Rehearse(before, after *Rota, now time.Time, horizon time.Duration) (Rehearsal, error) {
	if horizon <= 0 {
		horizon = DefaultHorizon
	}
	re := Rehearsal{From: now.UTC(), Until: now.Add(horizon).UTC()}
	wide := func(r *Rota) (*Rota, error) {
		if r == nil || now.Unix() >= r.from && now.Add(horizon).Unix() <= r.until {
			return r, nil
		}
		return Compile(r.plan, now, horizon)
	}
	before, err := wide(before)
	if err != nil {
		return re, fmt.Errorf("rehearse plan: %w", err)
	}
	if after, err = wide(after); err != nil {
		return re, fmt.Errorf("rehearse plan: %w", err)
	}
	c := &comparing{before: before, after: after, from: now.Unix(), until: now.Add(horizon).Unix()}
	for _, team := range after.catalogue.order {
		c.team(team, &re)
	}
	if before != nil {
		for _, team := range before.catalogue.order { // gone altogether
			if after.lanes[team] == nil {
				c.team(team, &re)
			}
		}
	}
	return re, nil
}

// comparing is one call of Rehearse.
type comparing struct {
	before, after *Rota // before may be nil
	from, until   int64
}

// lane is a team's lane in a rota, nil when it has none.
func (r *Rota) lane(team string, t int) *lane {
	if r == nil || r.lanes[team] == nil {
		return nil
	}
	return &r.lanes[team].tiers[t]
}

// on is who is on a lane; nobody on none.
func (r *Rota) on(l *lane, sec int64) []Duty {
	if l == nil {
		return nil
	}
	return r.onLane(l, sec)
}

func (c *comparing) team(team string, re *Rehearsal) {
	for t, tier := range rosteredTiers {
		was, is := c.before.lane(team, t), c.after.lane(team, t)
		at := append(c.cuts(was, is), c.until)
		c.rings(team, tier, at, was, is, re)
		for _, m := range c.measures(team, tier) {
			c.gaps(team, m, at, was, is, re)
		}
	}
}

// cuts are the instants at which anything may change on either lane, or a team
// opens or closes.
func (c *comparing) cuts(lanes ...*lane) []int64 {
	lanes = slices.DeleteFunc(slices.Clone(lanes), func(l *lane) bool { return l == nil })
	at := cuts(c.from, c.until, lanes...)
	for _, l := range lanes {
		for _, edge := range l.life {
			if edge > c.from && edge < c.until {
				at = append(at, edge)
			}
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

func idsOn(on []Duty) []string {
	ids := make([]string, len(on))
	for i := range on {
		ids[i] = on[i].Responder
	}
	return ids
}

// rings adds the spans in which other people are on; equal ones that touch are
// one.
func (c *comparing) rings(team string, tier call.Tier, at []int64, was, is *lane, re *Rehearsal) {
	first := len(re.Rings)
	for i, sec := range at[:len(at)-1] {
		a, b := idsOn(c.before.on(was, sec)), idsOn(c.after.on(is, sec))
		if slices.Equal(a, b) {
			continue
		}
		from, until := time.Unix(sec, 0).UTC(), time.Unix(at[i+1], 0).UTC()
		if n := len(re.Rings); n > first && re.Rings[n-1].Until.Equal(from) &&
			slices.Equal(re.Rings[n-1].Before, a) && slices.Equal(re.Rings[n-1].After, b) {
			re.Rings[n-1].Until = until
			continue
		}
		re.Rings = append(re.Rings, RingChange{team, tier, from, until, a, b})
	}
}

// measure is one minimum of a team.
type measure struct {
	rule, skill string
	least       [2]int // asked for by the plan before and after
}

// measures are a team's minima for a tier, in either plan.
func (c *comparing) measures(team string, tier call.Tier) []measure {
	var least [2]Minimum
	for i, r := range []*Rota{c.before, c.after} {
		if l := r.lane(team, 0); l != nil {
			least[i] = r.plan.minimumOf(&r.plan.Teams[r.lanes[team].index])
		}
	}
	rule := map[call.Tier]string{
		call.TierResponding: RuleResponding, call.TierBackup: RuleBackup, call.TierDutyManager: RuleDutyManager,
	}[tier]
	all := []measure{{rule, "", [2]int{least[0].of(tier), least[1].of(tier)}}}
	if tier != call.TierResponding {
		return all
	}
	skills := map[string]int{}
	for i := range least {
		for s := range least[i].Skills {
			skills[s] = 0
		}
	}
	for _, s := range sortedKeys(skills) {
		all = append(all, measure{skillRule(s), s, [2]int{least[0].Skills[s], least[1].Skills[s]}})
	}
	return all
}

// count is how many people a measure finds on, and how many it asks for; a
// team that is closed asks for nobody.
func (r *Rota) count(m measure, which int, team string, l *lane, sec int64) (on, least int, open bool) {
	if r == nil || l == nil || !r.catalogue.open(team, sec) {
		return 0, 0, false
	}
	for _, d := range r.onLane(l, sec) {
		if m.skill == "" || slices.Contains(r.persons[d.Responder].Skills, m.skill) {
			on++
		}
	}
	return on, m.least[which], true
}

// gaps adds the spans in which a minimum is missed by more than before, or by
// less.
func (c *comparing) gaps(team string, m measure, at []int64, was, is *lane, re *Rehearsal) {
	var last *Gap
	var list *[]Gap
	for i, sec := range at[:len(at)-1] {
		a, leastWas, _ := c.before.count(m, 0, team, was, sec)
		b, leastIs, open := c.after.count(m, 1, team, is, sec)
		lowered := open && b < a && leastIs < leastWas && b >= leastIs
		if lowered {
			leastIs = leastWas
		}
		var to *[]Gap
		switch lackWas, lackIs := leastWas-a, leastIs-b; {
		case lackIs > 0 && lackIs > lackWas:
			to = &re.Opened
		case lackWas > 0 && lackWas > lackIs:
			to = &re.Closed
		default:
			last = nil
			continue
		}
		g := Gap{Rule: m.rule, Team: team, Skill: m.skill, Was: a, Is: b, Least: leastIs, Lowered: lowered}
		if to == &re.Closed {
			g.Least = leastWas
		}
		g.From, g.Until = time.Unix(sec, 0).UTC(), time.Unix(at[i+1], 0).UTC()
		if last != nil && list == to && last.Until.Equal(g.From) && last.Was == g.Was && last.Is == g.Is && last.Least == g.Least && last.Lowered == g.Lowered {
			last.Until = g.Until
			last.Text = c.words(last)
			continue
		}
		g.Level = c.after.plan.Policy.level(m.rule, ruleOf(m.rule).Level)
		g.Text = c.words(&g)
		*to = append(*to, g)
		last, list = &(*to)[len(*to)-1], to
	}
}

// words is a gap as people say it.
func (c *comparing) words(g *Gap) string {
	what := map[string]string{RuleBackup: "on backup", RuleDutyManager: "as duty manager"}[g.Rule]
	if what == "" {
		what = "responding"
	}
	if g.Skill != "" {
		what = strings.Join([]string{what, "with skill", g.Skill}, " ")
	}
	at := &checking{r: c.after}
	if g.Lowered {
		what += ", the minimum being lowered by the same change,"
	}
	return fmt.Sprintf("%s %s for team %s (before: %d), %s", ofWanted(g.Is, g.Least), what, g.Team, g.Was, at.span(g.From.Unix(), g.Until.Unix()))
}
