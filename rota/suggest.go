package rota

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Suggestion is an exchange of shifts between two people that evens out their
// shares. It breaks no rest, leaves no minimum of skills short, and puts nobody
// in two places. Nothing happens until somebody publishes it.
type Suggestion struct {
	Kind   string // what it evens out: "nights", "weekends", "bank holidays"
	From   string // who has too many
	To     string // who has too few
	Gives  []Turn // shifts From gives to To
	Takes  []Turn // and To to From
	Gain   float64
	Text   string
	Offers []OfferSwap // the operations that would offer it to them
}

// Turn is one person's time on one shift, for all the teams it is for.
type Turn struct {
	Why         string // the shift, rotation or override it comes from
	Teams       []string
	Tier        call.Tier
	From, Until time.Time
}

// MostSuggestions is how many Suggest gives at most unless asked otherwise.
const MostSuggestions = 10

// Suggest proposes exchanges of shifts in [now, now + horizon) that even out
// nights, weekends and bank holidays over the fair span, the most useful first.
// It is pure: the same plan, instant and facts give the same suggestions. most
// of 0 means MostSuggestions. Hard calls cannot be exchanged; they show in
// Shares.
func (r *Rota) Suggest(now time.Time, horizon time.Duration, facts Facts, most int) ([]Suggestion, error) {
	if most <= 0 {
		most = MostSuggestions
	}
	if horizon <= 0 || horizon > FairWeeks*7*24*time.Hour {
		horizon = FairWeeks * 7 * 24 * time.Hour
	}
	from := fairSpan(r.zone, now, horizon)
	w, err := r.workingTime(from, FairWeeks*7*24*time.Hour, facts.Worked)
	if err != nil {
		return nil, fmt.Errorf("suggest exchanges: %w", err)
	}
	e := &evening{working: w, first: now.Unix(), last: now.Add(horizon).Unix(), fairFrom: from.Unix(), facts: facts}
	e.fairUntil = e.fairFrom + FairWeeks*7*daySeconds
	e.holidayTimes = w.holidays(facts.Holidays, e.fairFrom, e.fairUntil)
	e.turns = w.turns()
	var list []Suggestion
	for len(list) < most {
		s, ok := e.best()
		if !ok {
			break
		}
		list = append(list, s)
	}
	return list, nil
}

// evening is one call of Suggest: the shares as they would be with what has
// been suggested so far.
type evening struct {
	*working
	first, last         int64 // turns that may change hands begin in it
	fairFrom, fairUntil int64
	facts               Facts
	holidayTimes        []interval
	turns               map[string][]turn
}

// kinds that can be exchanged, as in shareKinds.
const exchangeable = 3

// best finds the exchange that evens out most, and takes it as made.
func (e *evening) best() (Suggestion, bool) {
	shares := e.shares(e.fairFrom, e.fairUntil, e.facts)
	for _, want := range e.wants(shares) {
		from, to := want.from.Responder, want.to.Responder
		var best Suggestion
		var give, take bundle
		for _, u := range e.bundles(from, want.kind) {
			for _, v := range e.bundles(to, -1) {
				if gain := e.gain(want, u, v); gain > best.Gain+1e-9 && e.feasible(from, to, u, v) {
					best.Gain, give, take = gain, u, v
				}
			}
		}
		if best.Gain > 0 {
			best.Kind, best.From, best.To = shareKinds[want.kind].word, from, to
			e.tell(&best, want, give, take)
			e.exchange(from, to, give, take)
			return best, true
		}
	}
	return Suggestion{}, false
}

// want is one kind that one person has too many of and another too few.
type want struct {
	kind     int
	from, to *Share
	need     float64
}

// wants are pairs worth looking at, the greatest difference first.
func (e *evening) wants(shares []Share) []want {
	var all []want
	for k := range exchangeable {
		of := shareKinds[k].of
		for i := range shares {
			for j := range shares {
				a, b := &shares[i], &shares[j]
				if need := of(a).over() - of(b).over(); a.Team == b.Team && of(a).over() >= 1 && of(b).over() <= -1 && need >= 2 {
					all = append(all, want{k, a, b, need})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b want) int { return cmp.Compare(b.need, a.need) })
	return all
}

// bundles are what a person could give: each turn alone, then each week's turns
// together. Of a kind, only those that hold some of it; -1 = any.
func (e *evening) bundles(id string, kind int) []bundle {
	var single, week []bundle
	var last int64
	for _, t := range e.turns[id] {
		if t.from <= e.first || t.from >= e.last || !e.whole(t) {
			continue
		}
		single = append(single, bundle{t})
		if m := monday(e.zone, t.from); len(week) == 0 || m != last {
			week, last = append(week, bundle{t}), m
		} else {
			week[len(week)-1] = append(week[len(week)-1], t)
		}
	}
	week = slices.DeleteFunc(week, func(b bundle) bool { return len(b) < 2 })
	return slices.DeleteFunc(append(single, week...), func(b bundle) bool {
		return kind >= 0 && e.count(b)[kind] == 0
	})
}

// count is how many nights, weekends and bank holidays a bundle holds, as
// shares count them.
func (e *evening) count(b bundle) (n [exchangeable]int) {
	weekends, holidays := map[int64]int64{}, map[interval]int64{}
	for _, t := range b {
		if t.night {
			n[0]++
		}
		e.onWeekend(t.stint, weekends)
		for _, h := range e.holidayTimes {
			if s := min(t.until, h.until) - max(t.from, h.from); s > 0 {
				holidays[h] += s
			}
		}
	}
	n[1], n[2] = enough(weekends), enough(holidays)
	return n
}

// gain is by how much the squares of all that is over or under shrink, for the
// two of them.
func (e *evening) gain(w want, u, v bundle) float64 {
	give, take := e.count(u), e.count(v)
	gain := 0.0
	for k := range exchangeable {
		moved := float64(give[k] - take[k])
		a, b := shareKinds[k].of(w.from).over(), shareKinds[k].of(w.to).over()
		gain += a*a + b*b - (a-moved)*(a-moved) - (b+moved)*(b+moved)
	}
	return gain
}

// tell fills in what a person reads, and what would be written in the plan.
func (e *evening) tell(s *Suggestion, w want, u, v bundle) {
	s.Gives, s.Takes = e.shown(u), e.shown(v)
	of := shareKinds[w.kind].of
	moved := e.count(u)[w.kind] - e.count(v)[w.kind]
	s.Text = fmt.Sprintf("%s gives %s %s and takes %s: %s for %s %d → %d (share %.1f), for %s %d → %d (share %.1f)",
		s.From, s.To, e.listed(u), e.listed(v), s.Kind,
		s.From, of(w.from).Have, of(w.from).Have-moved, of(w.from).Expected,
		s.To, of(w.to).Have, of(w.to).Have+moved, of(w.to).Expected)
	for i := range max(len(u), len(v)) {
		switch {
		case i >= len(v):
			s.Offers = append(s.Offers, OfferSwap{Person: s.From, Gives: e.slot(u[i]), With: s.To})
		case i >= len(u):
			s.Offers = append(s.Offers, OfferSwap{Person: s.To, Gives: e.slot(v[i]), With: s.From})
		default:
			s.Offers = append(s.Offers, OfferSwap{Person: s.From, Gives: e.slot(u[i]), With: s.To, Takes: e.slot(v[i])})
		}
	}
}

func (e *evening) shown(b bundle) []Turn {
	return mapped(b, func(t turn) Turn {
		teams := mapped(t.lanes, func(l *lane) string { return l.team })
		return Turn{t.why, teams, t.tier, time.Unix(t.from, 0).UTC(), time.Unix(t.until, 0).UTC()}
	})
}

// listed is turns as people say them: "shift pseh-day on Thu 2 Apr 08:00".
func (e *evening) listed(b bundle) string {
	return strings.Join(mapped(b, func(t turn) string {
		return t.why + " on " + time.Unix(t.from, 0).In(e.zone).Format("Mon 2 Jan 15:04")
	}), ", ")
}

// slot names a turn as swaps do.
func (e *evening) slot(t turn) Slot {
	return Slot{Shift: strings.TrimPrefix(t.why, shiftWhy), Date: wallAt(e.zone, t.from).Date}
}

// shiftWhy begins the reason of whoever is on by a shift itself.
const shiftWhy = "shift "

// whole reports whether a turn is one occurrence of a shift, from end to end:
// only such can be swapped.
func (e *evening) whole(t turn) bool {
	id, ok := strings.CutPrefix(t.why, shiftWhy)
	i := slices.IndexFunc(e.r.plan.Shifts, func(s Shift) bool { return s.ID == id })
	if !ok || i < 0 {
		return false
	}
	from, until := e.r.plan.Shifts[i].occurrence(localDay(e.zone, t.from), e.zone)
	return from == t.from && until == t.until
}
