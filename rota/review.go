package rota

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Facts are what the checks cannot read from a plan. The zero Facts is nothing
// known: rules that need more say nothing then.
type Facts struct {
	Worked      []Worked         // work besides the plan: called out at home, kept on after a shift
	HardCalls   []HardCall       // calls that were marked hard
	Holidays    Holidays         // nil = EnglandAndWales; the plan's policy is applied to either
	Reached     map[string]Reach // by responder: calls on the number they have; see ReachLog
	RecordsKept time.Duration    // how long records of time worked are kept; 0 = not said
}

// none reports whether there is nothing in them.
func (f Facts) none() bool {
	return f.Worked == nil && f.HardCalls == nil && f.Holidays == nil && f.Reached == nil && f.RecordsKept == 0
}

// HardCall is a call that its responder marked as hard.
type HardCall struct {
	Responder string
	At        time.Time
}

// Review is Check and everything else the rules ask for: working time, rest,
// fairness, tested telephones. It is what a plan is judged by before it is
// published. Findings come gravest first, then by time; the same plan, instant
// and facts give the same. A horizon of 0 means DefaultHorizon.
func (r *Rota) Review(now time.Time, horizon time.Duration, facts Facts) []Finding {
	if horizon <= 0 {
		horizon = DefaultHorizon
	}
	found := r.Check(now, horizon)
	w, err := r.workingTime(now, horizon, facts.Worked)
	if err != nil { // it compiled before: the zone cannot have gone
		return found
	}
	w.judge()
	w.restDebts()
	w.proven(facts.Reached)
	w.records(facts.RecordsKept)
	found = append(found, w.found...)
	found = append(found, w.unfair(now, horizon, facts)...)
	r.plan.Policy.apply(found)
	sortFindings(found)
	return found
}

// proven notes people who will be rung and whose telephone was not tested
// lately, team by team. A call that they took on it is as good as a test.
func (w *working) proven(reached map[string]Reach) {
	days := int64(w.policy.provenFor())
	late := map[string][]string{}
	for i := range w.r.plan.Responders {
		p := w.r.persons[w.r.plan.Responders[i].ID]
		next, ok := w.nextOn(p)
		if !ok {
			continue
		}
		if localDay(w.zone, next)-w.testedOn(p, reached[p.ID]) > days {
			late[p.Team] = append(late[p.Team], p.ID)
		}
	}
	for _, team := range w.r.catalogue.order {
		if ids := late[team]; len(ids) > 0 {
			w.found = append(w.found, Finding{
				Level: ruleOf(RuleProven).Level, Rule: RuleProven, Team: team, People: ids,
				Text: fmt.Sprintf("telephones on which nobody took a call or a test within %d days of the next shift: %s", days, strings.Join(ids, ", ")),
				Mend: "ring each as a call would, have them press 1, and write the day as proven",
				From: time.Unix(w.now, 0).UTC(), Until: time.Unix(w.until, 0).UTC(),
			})
		}
	}
}

// testedOn is the day on which a person's telephone last rang and was taken up,
// as a test or for a caller; a day long past when it never was. A day to come
// proves nothing.
func (w *working) testedOn(p *person, reach Reach) int64 {
	tested := int64(math.MinInt32)
	if day := p.Proven.number(); !p.Proven.IsZero() && day <= localDay(w.zone, w.now) {
		tested = day
	}
	if !reach.Answered.IsZero() {
		tested = max(tested, localDay(w.zone, reach.Answered.Unix()))
	}
	return tested
}

// nextOn is when the person is next on shift, now included.
func (w *working) nextOn(p *person) (next int64, ok bool) {
	for _, l := range p.lanes {
		for _, at := range cuts(w.now, w.until, l) {
			if ok && at >= next {
				break
			}
			if slices.ContainsFunc(w.r.onLane(l, at), func(d Duty) bool { return d.Responder == p.ID }) {
				next, ok = at, true
				break
			}
		}
	}
	return next, ok
}

// records notes that records of time worked are thrown away too soon.
func (w *working) records(kept time.Duration) {
	if kept <= 0 || kept >= RecordsKept {
		return
	}
	w.found = append(w.found, Finding{
		Level: ruleOf(RuleRecords).Level, Rule: RuleRecords,
		Text: fmt.Sprintf("records of time worked are kept for %s; two years is the least", hours(kept)),
		Mend: "lengthen the retention of the plan's history and of the ledger, or export them before they go",
		From: time.Unix(w.now, 0).UTC(), Until: time.Unix(w.until, 0).UTC(),
	})
}
