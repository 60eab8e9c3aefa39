package rota

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Level is how grave a finding is.
type Level string

// The closed set of levels.
const (
	LevelRefuse Level = "refuse" // a plan with it must not be published
	LevelWarn   Level = "warn"
	LevelNote   Level = "note"
)

// Finding is one thing a check found, and how to mend it. Texts name people
// and teams by id.
type Finding struct {
	Level  Level
	Rule   string
	Team   string // "" when it is about no one team
	From   time.Time
	Until  time.Time
	People []string // responder ids
	Text   string
	Mend   string
	Source string // who asks for it: a regulation, a guideline, the service
}

// Refused reports whether any finding is of level refuse.
func Refused(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == LevelRefuse })
}

// Check looks at every minute of [now, now + horizon) and reports what is
// missing or doubtful about who is on shift, gravest first, then by time. It is
// pure: the same plan and instant give the same findings. A horizon of 0 means
// DefaultHorizon. Review says all this and more.
func (r *Rota) Check(now time.Time, horizon time.Duration) []Finding {
	if horizon <= 0 {
		horizon = DefaultHorizon
	}
	if now.Unix() < r.from || now.Add(horizon).Unix() > r.until {
		if wide, err := Compile(r.plan, now, horizon); err == nil {
			r = wide
		}
	}
	c := &checking{r: r, from: now.Unix(), until: now.Add(horizon).Unix()}
	c.always()
	for _, team := range r.order {
		c.team(team)
	}
	c.needs()
	c.people()
	r.plan.Policy.apply(c.found)
	sortFindings(c.found)
	return c.found
}

func gravity(l Level) int { return slices.Index([]Level{LevelRefuse, LevelWarn, LevelNote}, l) }

// checking is one call of Check.
type checking struct {
	r           *Rota
	from, until int64
	found       []Finding
}

func (c *checking) add(f Finding, from, until int64) {
	f.From, f.Until = time.Unix(from, 0).UTC(), time.Unix(until, 0).UTC()
	c.found = append(c.found, f)
}

// always checks what does not change with time.
func (c *checking) always() {
	if len(c.r.plan.LastHuman) == 0 {
		c.add(Finding{
			Level: LevelRefuse, Rule: RuleLastHuman, Text: "nobody is the last human",
			Mend: "name a telephone outside the rota that a person answers day and night",
		}, c.from, c.until)
	}
	for _, id := range c.r.everybody() {
		p := c.r.persons[id]
		if _, err := call.ParseDialable(p.Number.E164()); err != nil {
			what, mend := halves(err) // holds no digits
			c.add(Finding{
				Level: LevelRefuse, Rule: RuleNumber, Team: p.Team, People: []string{id},
				Text: id + " cannot be rung: " + what, Mend: mend,
			}, c.from, c.until)
		}
	}
}

// everybody is every id, responders as listed, then last humans.
func (r *Rota) everybody() []string {
	ids := make([]string, 0, len(r.persons))
	for i := range r.plan.Responders {
		ids = append(ids, r.plan.Responders[i].ID)
	}
	for i := range r.plan.LastHuman {
		ids = append(ids, lastHumanID(i))
	}
	return ids
}

// cuts are the instants in [from, until) at which any of the lanes changes,
// from included, ascending.
func cuts(from, until int64, lanes ...*lane) []int64 {
	at := []int64{from}
	for _, l := range lanes {
		for i := l.after(from); i < len(l.stretches) && l.stretches[i].start < until; i++ {
			at = append(at, l.stretches[i].start)
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// shortfall is what a team lacks in one stretch; equal ones in a row become
// one finding.
type shortfall struct {
	rule  string
	level Level
	text  string
	mend  string
}

// team checks one team's minima minute by minute while it is open.
func (c *checking) team(lanes *teamLanes) {
	t := &c.r.plan.Teams[lanes.index]
	least := c.r.plan.minimumOf(t)
	at := cuts(c.from, c.until, &lanes.tiers[0], &lanes.tiers[1], &lanes.tiers[2])
	open := map[shortfall]int64{} // since when
	for i := 0; i <= len(at); i++ {
		now := c.until
		var lacking []shortfall
		if i < len(at) {
			now = at[i]
			if c.r.catalogue.open(t.ID, now) {
				lacking = c.lacking(lanes, least, now)
			}
		}
		for s, since := range open {
			if !slices.Contains(lacking, s) {
				c.add(Finding{
					Level: s.level, Rule: s.rule, Team: t.ID,
					Text: fmt.Sprintf("%s, %s", s.text, c.span(since, now)), Mend: s.mend,
				}, since, now)
				delete(open, s)
			}
		}
		for _, s := range lacking {
			if _, ok := open[s]; !ok {
				open[s] = now
			}
		}
	}
	c.handovers(lanes, least.Overlap)
	c.clockChanges(lanes)
}

func (c *checking) lacking(lanes *teamLanes, least Minimum, sec int64) []shortfall {
	team := lanes.tiers[0].team
	var lacking []shortfall
	for t, rule := range []string{RuleResponding, RuleBackup, RuleDutyManager} {
		tier := rosteredTiers[t]
		if on := len(c.r.onLane(&lanes.tiers[t], sec)); on < least.of(tier) {
			s := shortfall{rule, LevelWarn, fmt.Sprintf("%s in tier %s of team %s", ofWanted(on, least.of(tier)), tier, team), "add a shift or an override"}
			if tier == call.TierResponding {
				s.level = LevelRefuse
			}
			lacking = append(lacking, s)
		}
	}
	for _, skill := range sortedKeys(least.Skills) {
		on := 0
		for _, d := range c.r.onLane(&lanes.tiers[0], sec) {
			if slices.Contains(c.r.persons[d.Responder].Skills, skill) {
				on++
			}
		}
		if on < least.Skills[skill] {
			rule := skillRule(skill)
			lacking = append(lacking, shortfall{
				rule, ruleOf(rule).Level,
				fmt.Sprintf("%s with skill %s responding for team %s", ofWanted(on, least.Skills[skill]), skill, team),
				"put somebody with the skill on the shift",
			})
		}
	}
	return lacking
}

// registered is the skill of a registered clinician, whom no minute should be
// without.
const registered = "registered"

func skillRule(skill string) string {
	if skill == registered {
		return RuleClinician
	}
	return RuleSkill
}

func ofWanted(on, least int) string {
	switch on {
	case 0:
		return "nobody"
	case 1:
		return fmt.Sprintf("1 person of %d", least)
	}
	return fmt.Sprintf("%d people of %d", on, least)
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// span is a span in local time, with its true length and why that may be odd.
func (c *checking) span(from, until int64) string {
	const layout = "Mon 2 Jan 2006 15:04"
	a, b := time.Unix(from, 0).In(c.r.zone), time.Unix(until, 0).In(c.r.zone)
	text := fmt.Sprintf("from %s to %s (%s", a.Format(layout), b.Format(layout), hours(b.Sub(a)))
	if until-from <= 2*daySeconds {
		text += clocksWord(a, b)
	}
	return text + ")"
}

// clocksWord says which way the clocks go between two local times, if they do.
func clocksWord(a, b time.Time) string {
	_, before := a.Zone()
	_, after := b.Zone()
	switch {
	case after > before:
		return ": the clocks go forward"
	case after < before:
		return ": the clocks go back"
	}
	return ""
}

// hours is a length of time as people say it: "13 h", "7 h 30 min", "56 days".
func hours(d time.Duration) string {
	days, h, m := int(d.Hours())/24, int(d.Hours()), int(d.Minutes())%60
	var parts []string
	switch {
	case days >= 3:
		return fmt.Sprintf("%d days", days)
	case h > 0:
		parts = append(parts, fmt.Sprintf("%d h", h))
	}
	if m > 0 || h == 0 {
		parts = append(parts, fmt.Sprintf("%d min", m))
	}
	return strings.Join(parts, " ")
}
