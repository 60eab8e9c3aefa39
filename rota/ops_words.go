package rota

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// mostSaid bounds the sentences about who goes on and off.
const mostSaid = 20

// consequences says who goes on and off, when, and what falls below its
// minimum by it, from now on; then who could cover what was left open.
func (e *edit) consequences(after *Rota) {
	said := len(e.said)
	for i, team := range after.order {
		for t := range team.tiers {
			if i < len(e.before.order) {
				e.compare(after, &e.before.order[i].tiers[t], &team.tiers[t])
			}
		}
	}
	if n := len(e.said) - said; n > mostSaid {
		e.said = append(e.said[:said+mostSaid], fmt.Sprintf("and %d more changes like these", n-mostSaid))
	} else if n == 0 {
		e.say("who is on shift stays as it is")
	}
	for _, q := range e.cover {
		e.suggest(after, q)
	}
}

// compare says what changes on one lane.
func (e *edit) compare(after *Rota, was, is *lane) {
	at := append(cuts(e.now.Unix(), after.until, was, is), after.until)
	slices.Sort(at)
	at = slices.Compact(at)
	last, since := "", int64(0)
	for i, sec := range at {
		text := ""
		if i+1 < len(at) {
			text = e.difference(after, was, is, sec)
		}
		if text == last {
			continue
		}
		if last != "" {
			e.say("%s, %s to %s: %s", laneName(is), after.local(time.Unix(since, 0)), after.local(time.Unix(sec, 0)), last)
		}
		last, since = text, sec
	}
}

func laneName(l *lane) string { return l.team + " " + strings.ReplaceAll(string(l.tier), "_", " ") }

// difference is who is off and on at an instant, and whether that is enough.
func (e *edit) difference(after *Rota, was, is *lane, sec int64) string {
	before, now := e.before.onLane(was, sec), after.onLane(is, sec)
	if sameOn(before, now) {
		return ""
	}
	missing := func(a, b []Duty, word string) (words []string) {
		for _, d := range a {
			if !slices.ContainsFunc(b, func(o Duty) bool { return o.Responder == d.Responder }) {
				words = append(words, d.Responder+" "+word)
			}
		}
		return words
	}
	text := strings.Join(append(missing(before, now, "off"), missing(now, before, "on")...), ", ")
	least := 0
	for i := range after.plan.Teams {
		if t := &after.plan.Teams[i]; t.ID == is.team {
			least = after.plan.minimumOf(t).of(is.tier)
		}
	}
	if len(now) < least && len(now) < len(before) {
		text += fmt.Sprintf("; leaves %s", ofWanted(len(now), least))
	}
	return text
}

// suggest says who could cover: the best three.
func (e *edit) suggest(after *Rota, q CoverQuery) {
	if !q.Until.After(e.now) {
		return
	}
	var best []string
	for _, c := range after.Cover(q) {
		if c.Can && len(best) < 3 {
			best = append(best, fmt.Sprintf("%s (%s)", c.Responder, strings.Join(c.Reasons, ", ")))
		}
	}
	if best == nil {
		best = []string{"nobody of the plan: ask a neighbour or the bank"}
	}
	e.say("could cover %s %s, %s to %s: %s", q.Team, q.Tier, after.local(q.From), after.local(q.Until), strings.Join(best, "; "))
}
