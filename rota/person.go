package rota

import (
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// person is what the rota knows of one responder or last human.
type person struct {
	Responder
	lanes     []*lane          // where the plan may put them, in the plan's order
	on        map[*lane]*place // what they are there
	lastHuman []Duty           // set for a last human: always on, for every team
	lastPools []string
}

// place is what a person is on a lane.
type place struct {
	sources []int32  // of the lane, ascending: those that may put them on
	pools   []string // pools they serve when on
}

// placePersons indexes people by id, with the lanes they may be found on and
// the pools they would serve there.
func (r *Rota) placePersons() {
	for i := range r.plan.Responders {
		p := r.plan.Responders[i]
		r.persons[p.ID] = &person{Responder: p, on: map[*lane]*place{}}
	}
	r.learnSignatures()
	for _, team := range r.order {
		for t := range team.tiers {
			l := &team.tiers[t]
			for src := range l.sources {
				for _, on := range l.sources[src].crew {
					r.place(l, int32(src), on.person)
				}
			}
		}
	}
	r.addAbsences()
	r.addOverrides()
	r.placeLastHumans()
}

func (r *Rota) place(l *lane, source int32, id string) {
	p := r.persons[id]
	if p == nil {
		return
	}
	here := p.on[l]
	if here == nil {
		here = &place{pools: r.poolsOn(l, p.Skills)}
		p.on[l] = here
		p.lanes = append(p.lanes, l)
	}
	here.sources = append(here.sources, source)
}

// addAbsences puts each absence on the lanes where its person may be.
func (r *Rota) addAbsences() {
	for i := range r.plan.Absences {
		p := r.persons[r.plan.Absences[i].Person]
		if p == nil {
			continue
		}
		for _, l := range p.lanes {
			l.sources = append(l.sources, source{layer: layerAbsence, index: int32(i)})
		}
	}
}

// addOverrides come last on every lane, in the plan's order.
func (r *Rota) addOverrides() {
	for i := range r.plan.Overrides {
		o := &r.plan.Overrides[i]
		for _, l := range r.lanesOf(o.Teams, o.Tier) {
			if o.Add != "" {
				r.place(l, int32(len(l.sources)), o.Add) //nolint:gosec // thousands
			}
			l.sources = append(l.sources, source{layer: layerOverride, index: int32(i)})
		}
	}
	for _, p := range r.persons { // somebody may be on a lane by an override alone
		slices.SortFunc(p.lanes, func(a, b *lane) int { return a.order - b.order })
	}
}

// placeLastHumans makes responders of the last humans. They are on shift for
// every team, always.
func (r *Rota) placeLastHumans() {
	for i, h := range r.plan.LastHuman {
		p := &person{Responder: Responder{
			ID: lastHumanID(i), Name: h.Name, Number: h.Number, Tiers: []call.Tier{call.TierLastHuman},
		}}
		for _, team := range r.order {
			d := Duty{
				Responder: p.ID, Team: team.tiers[0].team, Tier: call.TierLastHuman,
				Until: time.Unix(r.until, 0).UTC(), Why: "always",
			}
			p.lastHuman = append(p.lastHuman, d)
			p.lastPools = append(p.lastPools, poolName(d.Team, d.Tier, ""))
			team.lastHumans = append(team.lastHumans, d)
		}
		r.persons[p.ID] = p
	}
}

// Responder is the person with that id, last humans included.
func (r *Rota) Responder(id string) (Responder, bool) {
	p := r.persons[id]
	if p == nil {
		return Responder{}, false
	}
	return p.Responder, true
}

// LastHumans are the people outside the rota, in the order they are asked.
// Their ids are last-human-1, last-human-2 and so on.
func (r *Rota) LastHumans() []Responder {
	humans := make([]Responder, len(r.plan.LastHuman))
	for i := range humans {
		humans[i] = r.persons[lastHumanID(i)].Responder
	}
	return humans
}

// A signature is the set of skills a call asks for, as one word of a pool's
// name. Only signatures that somebody could satisfy and that a call could ask
// for are known: single skills, pairs that one person has, and whole lines'
// sets. That keeps the pools a freed person looks into few.

// learnSignatures collects the known signatures.
func (r *Rota) learnSignatures() {
	r.signatures = map[string][]string{"": nil}
	r.held = map[string]bool{}
	for i := range r.plan.Responders {
		skills := skillSet(r.plan.Responders[i].Skills, nil)
		for a, s := range skills {
			r.held[s] = true
			r.learn(s)
			for _, other := range skills[a+1:] {
				r.learn(s, other)
			}
		}
	}
	for i := range r.plan.Lines {
		skills := r.plan.Lines[i].Skills
		r.learnHeld(skills)
		for s := range r.held {
			if strings.HasPrefix(s, languageSkill) {
				r.learnHeld(append(slices.Clone(skills), s))
			}
		}
	}
}

func (r *Rota) learn(skills ...string) {
	r.signatures[signature(skills)] = skills
}

// learnHeld learns a line's set if one person has all of it. Otherwise a call
// that wants it is better off wanting a part.
func (r *Rota) learnHeld(skills []string) {
	set := skillSet(skills, r.held)
	for i := range r.plan.Responders {
		if hasAll(r.plan.Responders[i].Skills, set) {
			r.learn(set...)
			return
		}
	}
}

// signature joins a sorted set of skills.
func signature(skills []string) string { return strings.Join(skills, "+") }

// skillSet is skills sorted, without repeats; only those in held unless held
// is nil.
func skillSet(skills []string, held map[string]bool) []string {
	set := slices.Clone(skills)
	slices.Sort(set)
	set = slices.Compact(set)
	if held != nil {
		set = slices.DeleteFunc(set, func(s string) bool { return !held[s] })
	}
	return set
}

func hasAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

func poolName(team string, tier call.Tier, sig string) string {
	return team + "/" + string(tier) + "/" + sig
}

// skilledTier reports whether a tier's people are told apart by skill. A duty
// manager and a last human take whatever reaches them.
func skilledTier(t call.Tier) bool { return t == call.TierResponding || t == call.TierBackup }

// poolsOn are the pools that somebody with those skills serves on a lane, the
// most particular first.
func (r *Rota) poolsOn(l *lane, skills []string) []string {
	var sigs []string
	for sig, want := range r.signatures {
		if sig == "" || skilledTier(l.tier) && hasAll(skills, want) {
			sigs = append(sigs, sig)
		}
	}
	slices.SortFunc(sigs, func(a, b string) int {
		if d := len(r.signatures[b]) - len(r.signatures[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, sig := range sigs {
		sigs[i] = poolName(l.team, l.tier, sig)
	}
	return sigs
}

// Serves are the pools a responder who is free now may take a call from, in
// order: own duties as Duties lists them, each with the signatures their
// skills satisfy. A call waits in a pool exactly when the people who serve it
// are those its ladder names for that rung, or were named before.
func (r *Rota) Serves(responder string, now time.Time) []string {
	p := r.persons[responder]
	if p == nil {
		return nil
	}
	if p.lastHuman != nil {
		return p.lastPools
	}
	var pools []string
	for _, l := range p.lanes {
		on := r.onLane(l, now.Unix())
		if slices.ContainsFunc(on, func(d Duty) bool { return d.Responder == responder }) {
			if pools == nil && len(p.lanes) == 1 {
				return p.on[l].pools
			}
			pools = append(pools, p.on[l].pools...)
		}
	}
	return pools
}
