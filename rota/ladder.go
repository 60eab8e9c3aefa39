package rota

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// languageSkill begins the skill of speaking a language: "language:pl".
const languageSkill = "language:"

// Match is who may be asked for a call, in order, each rung with its reason.
// It looks at the plan only; whether a person is free is the store's to say.
//
//   - A rung with nobody in it is left out, and every later rung comes earlier
//     by the time it would have taken.
//   - A person stands in one rung only, the first that fits.
//   - Skills are preferred, never required: people who have all of them come
//     first, until SkillsFor alone, then beside the rest.
//   - Skills nobody in the plan has are disregarded.
//   - A neighbour with terms of its own (Aid) comes at its own time, in its own
//     hours, and with its own limit.
func (r *Rota) Match(need call.Need, t Timing, now time.Time) Ladder {
	return r.match(need, t, now, false)
}

// match is Match; in plain order a neighbour's own time does not count.
func (r *Rota) match(need call.Need, t Timing, now time.Time, plain bool) Ladder {
	sec := now.Unix()
	m := matching{r: r, now: now, sec: sec, plain: plain, asked: map[string]bool{}}
	m.want = r.wanted(need)
	home := r.catalogue.rosteredAt(need.Team, sec)
	stages := []stage{{0, m.own(home)}, {t.SkillsFor, m.rest(home)}}
	if len(m.want) == 0 {
		stages[1].after = 0 // no skill to wait for: the rest is the whole team
	}
	for _, w := range m.widenings(home, t) {
		s := stage{after: w.after}
		for _, teams := range w.teams {
			s.rungs = append(s.rungs, m.rungs(teams.team, w.tier, w.reason, teams.limit)...)
		}
		stages = append(stages, s)
	}
	return climb(append(stages, stage{t.LastHumanAfter, m.lastHumans(home)}))
}

// stage is the rungs reached at one time.
type stage struct {
	after time.Duration
	rungs []Rung
}

// climb leaves out empty stages and brings the later ones forward.
func climb(stages []stage) Ladder {
	var ladder Ladder
	saved := time.Duration(0)
	for i := range stages {
		s := &stages[i]
		if i > 0 {
			s.after = max(s.after, stages[i-1].after)
		}
		for _, rung := range s.rungs {
			rung.After = s.after - saved
			ladder = append(ladder, rung)
		}
		if len(s.rungs) == 0 && i+1 < len(stages) {
			saved += max(0, stages[i+1].after-s.after)
		}
	}
	return ladder
}

// matching is one call of Match.
type matching struct {
	r     *Rota
	now   time.Time
	sec   int64
	plain bool
	want  []string // skills, a known signature
	asked map[string]bool
}

// wanted reduces a need's skills, its language included, to a known signature.
func (r *Rota) wanted(need call.Need) []string {
	skills := slices.Clone(need.Skills)
	language := need.Language
	if l := r.lines[need.Line]; language == "" && l != nil {
		language = l.Language
	}
	if base, _, _ := strings.Cut(language, "-"); base != "" {
		skills = append(skills, languageSkill+base)
	}
	set := skillSet(skills, r.held)
	if _, ok := r.signatures[signature(set)]; ok {
		return set
	}
	best := ""
	for sig, have := range r.signatures {
		if hasAll(set, have) && (len(have) > len(r.signatures[best]) || len(have) == len(r.signatures[best]) && sig < best) {
			best = sig
		}
	}
	return r.signatures[best]
}

// take parts those on shift who were not asked yet into people with the
// skills wanted and the others, in the plan's order.
func (m *matching) take(team string, tier call.Tier) (skilled, others []string) {
	for _, d := range m.r.OnShift(team, tier, m.now) {
		if m.asked[d.Responder] {
			continue
		}
		if len(m.want) > 0 && skilledTier(tier) && hasAll(m.r.persons[d.Responder].Skills, m.want) {
			skilled = append(skilled, d.Responder)
		} else {
			others = append(others, d.Responder)
		}
	}
	return skilled, others
}

func (m *matching) mark(ids []string) {
	for _, id := range ids {
		m.asked[id] = true
	}
}

// own is the home team's people with the skills wanted; nobody when none is.
func (m *matching) own(home string) []Rung {
	skilled, _ := m.take(home, call.TierResponding)
	if len(skilled) == 0 {
		return nil
	}
	m.mark(skilled)
	return []Rung{{
		Tier: call.TierResponding, Team: home, Reason: ReasonOwnTeam, Groups: [][]string{skilled},
		Pools: []string{poolName(home, call.TierResponding, signature(m.want))},
	}}
}

// rest is everybody else of the home team.
func (m *matching) rest(home string) []Rung {
	_, others := m.take(home, call.TierResponding)
	if len(others) == 0 {
		return nil
	}
	m.mark(others)
	reason := ReasonOwnTeamAnySkill
	if len(m.want) == 0 {
		reason = ReasonOwnTeam
	}
	return []Rung{{
		Tier: call.TierResponding, Team: home, Reason: reason, Groups: [][]string{others},
		Pools: []string{poolName(home, call.TierResponding, "")},
	}}
}

// rungs is one team's tier as a rung: skilled people as the first group.
func (m *matching) rungs(team string, tier call.Tier, reason string, limit Limit) []Rung {
	skilled, others := m.take(team, tier)
	if len(skilled)+len(others) == 0 {
		return nil
	}
	rung := Rung{Tier: tier, Team: team, Reason: reason, Limit: limit}
	if len(skilled) > 0 {
		rung.Groups = append(rung.Groups, skilled)
		rung.Pools = append(rung.Pools, poolName(team, tier, signature(m.want)))
	}
	if len(others) > 0 {
		rung.Groups = append(rung.Groups, others)
		rung.Pools = append(rung.Pools, poolName(team, tier, ""))
	}
	m.mark(skilled)
	m.mark(others)
	return []Rung{rung}
}

// widening is a time at which more people may be asked than before.
type widening struct {
	after  time.Duration
	tier   call.Tier
	reason string
	teams  []asked
}

// asked is a team whose people are asked, and how many calls they may have.
type asked struct {
	team  string
	limit Limit
}

// widenings are the neighbours, each at its time, the backup and the duty
// manager, in order of time.
func (m *matching) widenings(home string, t Timing) []widening {
	list := []widening{{after: t.NeighboursAfter, tier: call.TierResponding, reason: ReasonNeighbour}}
	for _, id := range m.neighbours(home) {
		terms, may := m.r.aidTerms(home, id, m.sec)
		if !may {
			continue
		}
		after := t.NeighboursAfter
		if terms.After >= 0 && !m.plain {
			after = min(terms.After, t.LastHumanAfter) // the last human waits for nobody
		}
		i := slices.IndexFunc(list, func(w widening) bool { return w.after == after })
		if i < 0 {
			i = len(list)
			list = append(list, widening{after: after, tier: call.TierResponding, reason: ReasonNeighbour})
		}
		list[i].teams = append(list[i].teams, asked{id, terms.limit()})
	}
	if len(list) > 1 && len(list[0].teams) == 0 {
		list = list[1:] // every neighbour has a time of its own
	}
	own := []asked{{team: home}}
	list = append(list,
		widening{t.BackupAfter, call.TierBackup, ReasonBackup, own},
		widening{t.DutyManagerAfter, call.TierDutyManager, ReasonDutyManager, own})
	if len(m.r.plan.MutualAid) > 0 && !m.plain {
		slices.SortStableFunc(list, func(a, b widening) int { return cmp.Compare(a.after, b.after) })
	}
	return list
}

// neighbours are the other teams in the order they are asked, which is the
// plan's. A team that exists for a skill the call wants comes before the
// others; one that exists for something else comes last.
func (m *matching) neighbours(home string) []string {
	team := &m.r.plan.Teams[m.r.lanes[home].index]
	var first, usual, last []string
	seen := map[string]bool{home: true}
	for _, id := range team.Neighbours {
		id, _ = m.r.catalogue.teamAt(id, m.sec)
		if seen[id] || !m.r.catalogue.open(id, m.sec) {
			continue
		}
		seen[id] = true
		switch purpose := m.r.plan.Teams[m.r.lanes[id].index].For; {
		case len(purpose) == 0:
			usual = append(usual, id)
		case slices.ContainsFunc(purpose, func(s string) bool { return slices.Contains(m.want, s) }):
			first = append(first, id)
		default:
			last = append(last, id)
		}
	}
	return slices.Concat(first, usual, last)
}

// lastHumans end every ladder, each in a group of their own: the first is
// asked before the second.
func (m *matching) lastHumans(home string) []Rung {
	rung := Rung{
		Tier: call.TierLastHuman, Team: home, Reason: ReasonLastHuman,
		Pools: []string{poolName(home, call.TierLastHuman, "")},
	}
	for _, d := range m.r.lanes[home].lastHumans {
		rung.Groups = append(rung.Groups, []string{d.Responder})
	}
	return []Rung{rung}
}
