package rota

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// lookBack is how far back "last on shift" is looked for.
const lookBack = 28 * 24 * time.Hour

// CoverQuery asks who could stand in.
type CoverQuery struct {
	Team        string
	Tier        call.Tier
	From, Until time.Time
	Skills      []string // wanted in whoever comes
	Not         string   // the person to be covered; "" = nobody in particular
}

// Candidate is somebody who might cover, with every reason for and against.
type Candidate struct {
	Responder string
	Can       bool // nothing stands against it
	OwnTeam   bool
	Skilled   bool          // has all the skills wanted
	Rest      time.Duration // the shorter of the rests before and after; at most a day
	LastOn    time.Time     // end of the last spell before; zero = none in four weeks
	Reasons   []string      // as a person would say them, by id
}

// Cover is everybody who may be put in the tier, those who can first: with the
// skills wanted, of the own team, longest since their last shift. Whoever
// cannot is listed with what stands against it, so that nobody need wonder.
// It is pure, and asks nobody.
func (r *Rota) Cover(q CoverQuery) []Candidate {
	r = r.covering(q.From.Add(-lookBack), q.Until.Add(48*time.Hour))
	var all []Candidate
	for i := range r.plan.Responders {
		p := &r.plan.Responders[i]
		if p.ID != q.Not && p.Eligible(q.Tier) {
			all = append(all, r.candidate(p, q))
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int {
		return cmp.Or(
			yesFirst(a.Can, b.Can), yesFirst(a.Skilled, b.Skilled), yesFirst(a.OwnTeam, b.OwnTeam), longest(a.LastOn, b.LastOn),
		)
	})
	return all
}

func yesFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (r *Rota) candidate(p *Responder, q CoverQuery) Candidate {
	c := Candidate{Responder: p.ID, Can: true, OwnTeam: p.Team == q.Team, Skilled: true, Rest: 24 * time.Hour}
	against := func(format string, args ...any) {
		c.Can = false
		c.Reasons = append(c.Reasons, fmt.Sprintf(format, args...))
	}
	if !c.OwnTeam {
		c.Reasons = append(c.Reasons, "of team "+p.Team)
	}
	for _, s := range q.Skills {
		if !slices.Contains(p.Skills, s) {
			c.Skilled = false
			c.Reasons = append(c.Reasons, "without "+s)
		}
	}
	if c.Skilled && len(q.Skills) > 0 {
		c.Reasons = append(c.Reasons, "has "+strings.Join(q.Skills, ", "))
	}
	if r.away(p.ID, q.From, q.Until) {
		against("away then")
	}
	for _, s := range r.stays(p.ID, q.From.Add(-lookBack), q.Until.Add(48*time.Hour)) {
		switch {
		case s.Start.Before(q.Until) && s.End.After(q.From):
			against("on %s then (%s)", s.Tier, s.Why)
			continue
		case !s.End.After(q.From) && s.End.After(c.LastOn):
			c.LastOn = s.End
		}
		rest := max(q.From.Sub(s.End), s.Start.Sub(q.Until))
		if !r.plan.Policy.atHome(s.Tier) && !r.plan.Policy.atHome(q.Tier) {
			c.Rest = min(c.Rest, rest)
		}
	}
	if c.Rest < DailyRest {
		against("only %s of rest beside another shift, of %s", hours(c.Rest), hours(DailyRest))
	}
	if c.LastOn.IsZero() {
		c.Reasons = append(c.Reasons, "not on in four weeks")
	} else {
		c.Reasons = append(c.Reasons, "last on until "+r.local(c.LastOn))
	}
	return c
}

// away reports whether an absence touches the span.
func (r *Rota) away(id string, from, until time.Time) bool {
	for i := range r.plan.Absences {
		a := &r.plan.Absences[i]
		end := endless
		if !a.End.IsZero() {
			end = a.End.instant(r.zone)
		}
		if a.Person == id && a.Start.instant(r.zone) < until.Unix() && from.Unix() < end {
			return true
		}
	}
	return false
}

// local is an instant as people of the zone write it.
func (r *Rota) local(t time.Time) string { return t.In(r.zone).Format("Mon 2 Jan 15:04") }

// longestWork is how long work may last without a daily rest in 24 hours.
const longestWork = 24*time.Hour - DailyRest

// restGaps are the times between spells of work that are shorter than the
// daily rest, within [from, until); empty ones where spells adjoin to more work
// than a day may hold. Time on call at home is no work.
func (r *Rota) restGaps(id string, from, until time.Time) []gap {
	var gaps []gap
	began, last := int64(0), int64(0)
	for _, s := range r.stays(id, from, until) {
		if r.plan.Policy.atHome(s.Tier) {
			continue
		}
		start, end := s.Start.Unix(), max(last, s.End.Unix())
		switch {
		case last == 0 || start-last >= int64(DailyRest.Seconds()):
			began = start
		case start > last:
			gaps = append(gaps, gap{last, start})
			began = start
		case start == last && end-began > int64(longestWork.Seconds()):
			gaps = append(gaps, gap{last, start})
		}
		last = end
	}
	return gaps
}

// gap is a time in seconds UTC, [from, until).
type gap struct{ from, until int64 }
