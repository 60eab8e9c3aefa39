package rota

import (
	"cmp"
	"slices"

	"example.org/crisisline/call"
)

// turn is a Turn while suggestions are looked for.
type turn struct {
	stint
	why   string
	tier  call.Tier
	lanes []*lane
}

// bundle is turns that change hands together: one, or a week's.
type bundle []turn

// turns are everybody's turns on site, in order.
func (w *working) turns() map[string][]turn {
	all := map[string][]turn{}
	for _, team := range w.r.order {
		for t, tier := range rosteredTiers {
			if !w.policy.atHome(tier) {
				w.laneTurns(all, &team.tiers[t], tier)
			}
		}
	}
	for id, turns := range all {
		slices.SortStableFunc(turns, func(a, b turn) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.until, b.until), cmp.Compare(a.why, b.why))
		})
		merged := turns[:0]
		for _, t := range turns { // one shift for several teams is one turn
			if n := len(merged); n > 0 && merged[n-1].stint == t.stint && merged[n-1].why == t.why && merged[n-1].tier == t.tier {
				merged[n-1].lanes = append(merged[n-1].lanes, t.lanes...)
				continue
			}
			merged = append(merged, t)
		}
		for i := range merged {
			merged[i].night = w.nightTime(merged[i].stint) >= int64(NightShift.Seconds())
		}
		all[id] = merged
	}
	return all
}

func (w *working) laneTurns(all map[string][]turn, l *lane, tier call.Tier) {
	at := append(cuts(w.known, w.end, l), w.end)
	for i, from := range at[:len(at)-1] {
		for _, d := range w.r.onLane(l, from) {
			s := all[d.Responder]
			if n := len(s); n > 0 && s[n-1].until == from && s[n-1].why == d.Why && s[n-1].lanes[0] == l {
				s[n-1].until = at[i+1]
				continue
			}
			all[d.Responder] = append(s, turn{stint{from: from, until: at[i+1]}, d.Why, tier, []*lane{l}})
		}
	}
}

// feasible reports whether both may and can take the other's turns.
func (e *evening) feasible(from, to string, u, v bundle) bool {
	return e.canTake(to, v, u) && e.canTake(from, u, v) && e.skillsKept(from, to, u) && e.skillsKept(to, from, v)
}

// canTake reports whether a person who gives up some turns may take others:
// the tier is theirs, they are nowhere else, and neither rest nor sleep nor
// rows of shifts get worse.
func (e *evening) canTake(id string, gives, takes bundle) bool {
	p := e.r.persons[id]
	lo, hi := takes[0].from, takes[len(takes)-1].until
	lo, hi = min(lo, gives[0].from)-8*daySeconds, max(hi, gives[len(gives)-1].until)+8*daySeconds
	var before, after []stint
	for _, t := range e.turns[id] {
		if t.until <= lo || t.from >= hi {
			continue
		}
		before = append(before, t.stint)
		if !gives.has(t) {
			after = append(after, t.stint)
		}
	}
	for _, t := range takes {
		if !p.Eligible(t.tier) || e.elsewhere(p, gives, t) {
			return false
		}
		after = append(after, t.stint)
	}
	was, is := e.strain(before), e.strain(after)
	for i := range was {
		if is[i] > was[i] {
			return false
		}
	}
	return true
}

func (b bundle) has(t turn) bool {
	return slices.ContainsFunc(b, func(x turn) bool { return x.stint == t.stint && x.why == t.why && x.tier == t.tier })
}

// elsewhere reports whether the person is on any shift, at home or not, in the
// time of the turn, other than those they give up.
func (e *evening) elsewhere(p *person, gives bundle, t turn) bool {
	for _, other := range e.turns[p.ID] {
		if other.from < t.until && t.from < other.until && !gives.has(other) {
			return true
		}
	}
	for _, l := range p.lanes {
		if !e.policy.atHome(l.tier) {
			continue
		}
		for _, at := range cuts(t.from, t.until, l) {
			if slices.ContainsFunc(e.r.onLane(l, at), func(d Duty) bool { return d.Responder == p.ID }) {
				return true
			}
		}
	}
	return false
}

// strain counts what the rules of rest and good practice would find in a few
// weeks' stints: days with too little rest, weeks without a day off, short
// sleeps, and rows too long.
func (e *evening) strain(stints []stint) (n [4]int64) {
	if len(stints) == 0 {
		return n
	}
	stints = joined(slices.Clone(stints))
	for i := range stints {
		stints[i].night = e.nightTime(stints[i]) >= int64(NightShift.Seconds())
	}
	n[0] = int64(len(shortDays(stints, int64(DailyRest.Seconds()))))
	for week := monday(e.zone, stints[0].from); week < stints[len(stints)-1].until; {
		next := monday(e.zone, week+7*daySeconds+12*3600)
		if !restedWeek(rests(stints, week, next), int64(WeeklyRest.Seconds())) {
			n[1]++
		}
		week = next
	}
	n[2] = int64(len(e.shortSleeps(stints)))
	for _, kind := range rows {
		for _, r := range e.rowsOver(stints, kind) {
			n[3] += r.days - kind.most
		}
	}
	return n
}

// skillsKept reports whether every minimum of skills that holds with giver on
// the turns holds with taker on them.
func (e *evening) skillsKept(giver, taker string, b bundle) bool {
	for _, t := range b {
		for _, l := range t.lanes {
			least := e.r.plan.minimumOf(&e.r.plan.Teams[e.r.lanes[l.team].index]).Skills
			for _, at := range cuts(t.from, t.until, l) {
				for skill, n := range least {
					was, is := e.skilled(l, at, skill, ""), e.skilled(l, at, skill, giver)
					if slices.Contains(e.r.persons[taker].Skills, skill) {
						is++
					}
					if is < n && is < was {
						return false
					}
				}
			}
		}
	}
	return true
}

// skilled counts who on a lane has a skill, but for one person.
func (e *evening) skilled(l *lane, at int64, skill, but string) int {
	n := 0
	for _, d := range e.r.onLane(l, at) {
		if d.Responder != but && slices.Contains(e.r.persons[d.Responder].Skills, skill) {
			n++
		}
	}
	return n
}

// exchange takes the exchange as made, so that the next suggestion goes on from
// there.
func (e *evening) exchange(from, to string, u, v bundle) {
	swap := func(id string, gives, takes bundle) {
		turns := slices.DeleteFunc(slices.Clone(e.turns[id]), gives.has)
		turns = append(turns, takes...)
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.from, b.from) })
		e.turns[id] = turns
		stints := make([]stint, len(turns))
		for i := range turns {
			stints[i] = turns[i].stint
		}
		stints = joined(stints)
		for i := range e.people {
			if e.people[i].id == id {
				for j := range stints {
					stints[j].night = e.nightTime(stints[j]) >= int64(NightShift.Seconds())
				}
				e.people[i].stints = stints
			}
		}
	}
	swap(from, u, v)
	swap(to, v, u)
}
