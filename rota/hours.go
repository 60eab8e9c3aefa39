package rota

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Hours is what one person works in a time, beside what the rules allow. Only
// work on site and on calls counts; waiting at home is none.
type Hours struct {
	Responder string
	Team      string
	Week      time.Duration // of the week, Monday to Sunday, in which the time begins
	Span      time.Duration // of the whole time
	OnCalls   time.Duration // of that, by the ledger and besides the plan: called out at home, kept on
	Nights    int           // night shifts that begin in it
	Next      time.Time     // when they are at work next; the beginning itself while they are; zero: not in it
	Rested    time.Duration // before that, since they were last at work; 0 when that is not known
	Uses      []Use         // how much of each limit it comes to, the most first
}

// Closest is the limit that a person is closest to, or furthest beyond; the zero
// Use when they do not work.
func (h Hours) Closest() Use {
	if len(h.Uses) == 0 {
		return Use{}
	}
	return h.Uses[0]
}

// Use is how much of a limit somebody's work comes to.
type Use struct {
	Rule  string
	Is    float64   // hours, days or nights, as the rule counts
	Limit float64   // the most, or the least of a rest
	Rest  bool      // Limit is the least
	At    time.Time // where it comes to that
}

// Part is 1 at the limit, more beyond it, and never above 99.
func (u Use) Part() float64 {
	switch {
	case u.Limit == 0:
		return 0
	case u.Rest:
		return min(99, u.Limit/max(u.Is, u.Limit/99))
	}
	return u.Is / u.Limit
}

// Hours is everybody's working time in [from, until) by the plan and, as far as
// facts knows it, besides; who is closest to a limit first, then as the plan
// lists people. Everybody of the plan is there. The limits are those of docs/RULES.md;
// a shift's length is not among them, because a plan of 12-hour shifts would
// have everybody at it.
func (r *Rota) Hours(from, until time.Time, facts Facts) ([]Hours, error) {
	w, err := r.workingTime(from, until.Sub(from), facts.Worked)
	if err != nil {
		return nil, fmt.Errorf("reckon hours: %w", err)
	}
	byID := map[string]*worker{}
	for i := range w.people {
		byID[w.people[i].id] = &w.people[i]
	}
	planned := &working{r: w.r, policy: w.policy, zone: w.zone, known: w.known, end: w.end}
	planned.collect(nil)
	without := map[string][]stint{}
	for i := range planned.people {
		without[planned.people[i].id] = planned.people[i].stints
	}
	all := make([]Hours, 0, len(r.plan.Responders))
	for i := range r.plan.Responders {
		p := &r.plan.Responders[i]
		h := Hours{Responder: p.ID, Team: p.Team}
		if x := byID[p.ID]; x != nil {
			w.hours(&h, x)
			h.OnCalls = h.Span - w.workIn(without[p.ID], w.now, w.until)
		}
		all = append(all, h)
	}
	slices.SortStableFunc(all, func(a, b Hours) int { return cmp.Compare(b.Closest().Part(), a.Closest().Part()) })
	return all, nil
}

func (w *working) hours(h *Hours, x *worker) {
	week := monday(w.zone, w.now)
	h.Week = w.workIn(x.stints, week, monday(w.zone, week+7*daySeconds+12*3600)) // noon: a clock change may lie between
	h.Span = w.workIn(x.stints, w.now, w.until)
	for _, s := range x.stints {
		if s.night && !s.called && s.from >= w.now && s.from < w.until {
			h.Nights++
		}
	}
	i := slices.IndexFunc(x.stints, func(s stint) bool { return s.until > w.now })
	if i >= 0 && x.stints[i].from < w.until {
		h.Next = time.Unix(max(x.stints[i].from, w.now), 0).UTC()
		if i > 0 {
			h.Rested = time.Duration(x.stints[i].from-x.stints[i-1].until) * time.Second
		}
	}
	h.Uses = w.uses(x)
	slices.SortStableFunc(h.Uses, func(a, b Use) int { return cmp.Compare(b.Part(), a.Part()) })
}

// workIn is the work of stints within [from, until), breaks left out of whole
// ones.
func (w *working) workIn(stints []stint, from, until int64) time.Duration {
	sum := int64(0)
	for _, s := range stints {
		part := min(s.until, until) - max(s.from, from)
		if part <= 0 {
			continue
		}
		if part == s.until-s.from {
			part = w.length(s)
		}
		sum += part
	}
	return time.Duration(sum) * time.Second
}

// uses are the limits that some of a person's work in the time can be held to.
func (w *working) uses(x *worker) []Use {
	all, night := w.worst(x)
	var uses []Use
	if all.days > 0 && !x.optOut {
		uses = append(uses, Use{Rule: RuleWeeklyHours, Is: hoursIn(all.week()), Limit: MostWeekly.Hours(), At: time.Unix(all.until, 0).UTC()})
	}
	if night.night {
		uses = append(uses, Use{Rule: RuleNightHours, Is: hoursIn(night.week() / 6), Limit: MostNightly.Hours(), At: time.Unix(night.until, 0).UTC()})
	}
	if u, ok := w.leastRest(x); ok {
		uses = append(uses, u)
	}
	if u, ok := w.leastWeeklyRest(x); ok {
		uses = append(uses, u)
	}
	for _, kind := range rows[:2] { // days and nights; long days and early starts are notes
		longest := Use{Rule: kind.rule, Limit: float64(kind.most)}
		for _, r := range w.rowsLonger(x.stints, kind, 0) {
			if w.judged(r.from, r.until) && float64(r.days) > longest.Is {
				longest.Is, longest.At = float64(r.days), time.Unix(r.from, 0).UTC()
			}
		}
		if longest.Is > 0 {
			uses = append(uses, longest)
		}
	}
	return uses
}

func hoursIn(seconds int64) float64 { return float64(seconds) / 3600 }

// leastRest is the shortest of the longest rests in each 24 hours of work.
func (w *working) leastRest(x *worker) (u Use, ok bool) {
	least := int64(DailyRest.Seconds())
	if x.young > w.now {
		least = int64(YoungDailyRest.Seconds())
	}
	u = Use{Rule: RuleDailyRest, Limit: hoursIn(least), Rest: true}
	if x.young > w.now {
		u.Rule = RuleYoungRest
	}
	rested := int64(0) // until when the last full rest was taken account of
	for i, s := range x.stints {
		if s.from < rested || !w.judged(s.from, s.from+daySeconds) {
			continue
		}
		day, _ := restFrom(x.stints, i, s.from, daySeconds+1) // more than can be: the whole day is looked at
		if is := hoursIn(day.rest); !ok || is < u.Is {
			u.Is, u.At, ok = is, time.Unix(s.from, 0).UTC(), true
		}
		if day.rest >= least {
			rested = day.restAt + least
		}
	}
	return u, ok
}

// leastWeeklyRest is the shortest of the longest rests in each week, as far as a
// day of rest; a fortnight that holds two is at the limit.
func (w *working) leastWeeklyRest(x *worker) (u Use, ok bool) {
	u = Use{Rule: RuleWeeklyRest, Limit: WeeklyRest.Hours(), Rest: true}
	for day := localDay(w.zone, monday(w.zone, w.now)); w.midnight(day) < w.until; day += 7 {
		from, until := w.midnight(day), w.midnight(day+7)
		longest := int64(0)
		for _, f := range rests(x.stints, from, until) {
			longest = max(longest, f.until-f.from)
		}
		if longest < int64(WeeklyRest.Seconds()) && (restedFortnight(rests(x.stints, w.midnight(day-7), until)) || restedFortnight(rests(x.stints, from, w.midnight(day+14)))) {
			longest = int64(WeeklyRest.Seconds())
		}
		if is := hoursIn(longest); !ok || is < u.Is {
			u.Is, u.At, ok = is, time.Unix(from, 0).UTC(), true
		}
	}
	return u, ok
}
