package rota

import (
	"cmp"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// stay is one unbroken time of a person on shift for one team and tier, for
// one reason. Shifts of the same name that adjoin, as those of a rotation do,
// are one spell.
type stay struct {
	Responder  string
	Team       string
	Tier       call.Tier
	Start, End time.Time // [Start, End), cut to what was asked about
	Why        string
}

// stays is when a person is on shift within [from, until), by start; nothing
// for a last human, who is always there.
func (r *Rota) stays(responder string, from, until time.Time) []stay {
	r = r.covering(from, until)
	p := r.persons[responder]
	if p == nil || !from.Before(until) {
		return nil
	}
	var spells []stay
	for _, l := range p.lanes {
		spells = append(spells, r.staysOn(l, responder, from.Unix(), until.Unix())...)
	}
	slices.SortStableFunc(spells, func(a, b stay) int { return a.Start.Compare(b.Start) })
	return spells
}

func (r *Rota) staysOn(l *lane, responder string, from, until int64) []stay {
	var spells []stay
	on := false
	at := cuts(from, until, l)
	for i, start := range at {
		end := until
		if i+1 < len(at) {
			end = at[i+1]
		}
		d := slices.IndexFunc(r.onLane(l, start), func(d Duty) bool { return d.Responder == responder })
		if d < 0 {
			on = false
			continue
		}
		why := r.onLane(l, start)[d].Why
		if on && spells[len(spells)-1].Why == why {
			spells[len(spells)-1].End = time.Unix(end, 0).UTC()
			continue
		}
		on = true
		spells = append(spells, stay{
			Responder: responder, Team: l.team, Tier: l.tier, Why: why,
			Start: time.Unix(start, 0).UTC(), End: time.Unix(end, 0).UTC(),
		})
	}
	return spells
}

// covering is r, or the same plan compiled for the span when r's horizon does
// not hold it.
func (r *Rota) covering(from, until time.Time) *Rota {
	if from.Unix() >= r.from && until.Unix() <= r.until {
		return r
	}
	from, until = firstOf(from, time.Unix(r.from, 0)), lastOf(until, time.Unix(r.until, 0))
	wide, err := Compile(r.plan, from, until.Sub(from))
	if err != nil { // it compiled before
		return r
	}
	wide.version = r.version
	return wide
}

func firstOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func lastOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Next is what comes next.
type Next struct {
	Change time.Time // somebody goes on or off shift, anywhere; CoversUntil when nobody does before
	Gap    time.Time // a team has fewer people responding than its minimum; zero = in the horizon, none has
	Team   string    // whose gap; "" = none
}

// Next is the next change of who is on shift and the next gap, after and from
// the instant respectively: a gap that is open now is next.
func (r *Rota) Next(from time.Time) Next {
	next := Next{Change: r.NextChange(from)}
	for _, team := range r.order {
		id := team.tiers[0].team
		if gap, ok := r.NextGap(id, from); ok && (next.Team == "" || gap.Before(next.Gap)) {
			next.Gap, next.Team = gap, id
		}
	}
	return next
}

// sameOn reports whether the same people are on, in whatever order.
func sameOn(a, b []Duty) bool {
	if len(a) != len(b) {
		return false
	}
	return !slices.ContainsFunc(a, func(d Duty) bool {
		return !slices.ContainsFunc(b, func(e Duty) bool { return e.Responder == d.Responder })
	})
}

// longest sorts by how long ago, longest first; never before all.
func longest(a, b time.Time) int { return cmp.Compare(a.Unix(), b.Unix()) }
