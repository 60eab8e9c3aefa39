package rota

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Errors of the publishing gate.
var (
	ErrRefused  = errors.New("the plan is refused: mend what is marked refuse, or answer for it by name and with a reason")
	ErrNoReason = errors.New("whoever lets a refused plan pass gives their id and a reason")
)

// Waiver lets a plan pass the gate although something in it is refused: a
// person answers for exactly those findings, by name, with a reason. It is kept
// with the version it let pass and shown until the last of it ends.
type Waiver struct {
	Who      string // id of the person who answers for it, never a name
	Why      string
	At       time.Time
	Findings []Finding
	End      time.Time // end of the span the findings were looked for in
}

// Until is when the last finding it covers ends.
func (w Waiver) Until() time.Time {
	var last time.Time
	for _, f := range w.Findings {
		if f.Until.After(last) {
			last = f.Until
		}
	}
	return last
}

// covers reports whether the waiver is for that finding: the same rule, team
// and people, and no time that it did not cover. What had no end when it was
// waived, as far as was looked, has none still.
func (w Waiver) covers(f Finding, end time.Time) bool {
	return slices.ContainsFunc(w.Findings, func(g Finding) bool {
		if g.Rule != f.Rule || g.Team != f.Team || !slices.Equal(g.People, f.People) || f.From.Before(g.From) || !f.From.Before(g.Until) {
			return false
		}
		return !f.Until.After(g.Until) || !g.Until.Before(w.End) && !f.Until.Before(end)
	})
}

// Waivers are what people answer for in the plan in force and what has not
// ended: for the board, and for the next publication.
func (r *Rota) Waivers(now time.Time) []Waiver { return standing(r.waivers, now) }

// standing are the waivers that have not ended.
func standing(all []Waiver, now time.Time) []Waiver {
	return slices.DeleteFunc(slices.Clone(all), func(w Waiver) bool { return !w.Until().After(now) })
}

// Decision is what the gate says of a change.
type Decision struct {
	Publish   bool
	Why       string
	Rehearsal           // who would ring, and the gaps opened and closed
	Findings  []Finding // everything found in the new plan, gravest first
	Refused   []Finding // of those: what nobody answers for
	Waived    []Finding // and what somebody does, now or since an earlier version
	Waiver    *Waiver   // the new one, complete, when it is needed
}

// Gate decides whether after may take before's place. findings are those of
// after's Review over [now, now + horizon). Whatever is of level refuse stops
// it, unless a waiver that stands in before covers it, or waiver says who
// answers for it and why. A change cannot lower the level of a rule, or a
// minimum, and break it at once: the stricter of both plans counts. before may
// be nil.
//
// The error is ErrRefused, with the Decision that says what is refused, or
// ErrNoReason.
func Gate(before, after *Rota, now time.Time, horizon time.Duration, findings []Finding, waiver *Waiver) (Decision, error) {
	if horizon <= 0 {
		horizon = DefaultHorizon
	}
	d := Decision{Findings: slices.Clone(findings)}
	re, err := Rehearse(before, after, now, horizon)
	if err != nil {
		return d, err
	}
	d.Rehearsal = re
	if before != nil {
		for i := range d.Findings {
			d.Findings[i].Level = graver(d.Findings[i], before.plan, after.plan)
		}
		d.Findings = append(d.Findings, lowered(re.Opened)...)
		sortFindings(d.Findings)
	}
	for _, f := range d.Findings {
		switch {
		case f.Level != LevelRefuse:
		case before != nil && slices.ContainsFunc(before.Waivers(now), func(w Waiver) bool { return w.covers(f, re.Until) }):
			d.Waived = append(d.Waived, f)
		default:
			d.Refused = append(d.Refused, f)
		}
	}
	return d.with(waiver, now)
}

// with lets what is refused pass when somebody answers for it.
func (d Decision) with(waiver *Waiver, now time.Time) (Decision, error) {
	if waiver != nil && (strings.TrimSpace(waiver.Who) == "" || strings.TrimSpace(waiver.Why) == "") {
		return d, ErrNoReason
	}
	switch n := len(d.Refused); {
	case n == 0 && len(d.Waived) > 0:
		d.Publish, d.Why = true, fmt.Sprintf("%s refused, and answered for already", counted(len(d.Waived), "finding is", "findings are"))
	case n == 0:
		d.Publish, d.Why = true, "nothing is refused"
	case waiver == nil:
		d.Why = fmt.Sprintf("%s refused; the first: %s", counted(n, "finding is", "findings are"), d.Refused[0].Text)
		return d, ErrRefused
	default:
		d.Waiver = &Waiver{Who: waiver.Who, Why: waiver.Why, At: now.UTC(), Findings: d.Refused, End: d.Until}
		d.Waived, d.Refused = append(d.Waived, d.Refused...), nil
		d.Publish, d.Why = true, fmt.Sprintf("%s refused, and %s answers for it: %s", counted(n, "finding is", "findings are"), waiver.Who, waiver.Why)
	}
	return d, nil
}

// counted is "1 finding is" or "3 findings are".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// graver is a finding's level by the new plan's policy, unless the old one was
// stricter with that rule.
func graver(f Finding, before, after *Plan) Level {
	is, changed := after.Policy.Levels[f.Rule]
	if !changed {
		return f.Level
	}
	was := before.Policy.level(f.Rule, ruleOf(f.Rule).Level)
	return slices.MinFunc([]Level{is, was}, func(a, b Level) int { return cmp.Compare(gravity(a), gravity(b)) })
}

// lowered are the gaps that open below a minimum which the same change lowers,
// as findings: no review of the new plan alone could see them.
func lowered(opened []Gap) []Finding {
	var found []Finding
	for _, g := range opened {
		if g.Lowered {
			found = append(found, Finding{
				Level: g.Level, Rule: g.Rule, Team: g.Team, From: g.From, Until: g.Until, Text: g.Text,
				Mend: "lower the minimum in a change of its own, or keep the people", Source: ruleOf(g.Rule).Source,
			})
		}
	}
	return found
}
