package rota

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// Worked is time somebody worked that the plan does not show: called out while
// on call at home, or kept on after a shift. The ledger knows it.
type Worked struct {
	Responder   string
	From, Until time.Time
}

// stint is one unbroken time of work, [from, until), seconds UTC. Shifts that
// touch or overlap, of whatever teams, are one stint.
type stint struct {
	from, until int64
	called      bool // none of it was planned
	touched     bool // some of it was not planned
	night       bool // holds at least NightShift of night time
}

// working is one look at everybody's working time. It knows the plan for
// ReferenceWeeks before the span it judges, as if the plan had always been
// this one, and two weeks after it, so that every period is looked at whole.
type working struct {
	r           *Rota
	policy      *Policy
	zone        *time.Location
	now         int64      // nothing that was over by now is a finding
	until       int64      // end of what is judged
	known, end  int64      // what is looked at
	nights      []interval // night times, 23:00 to 06:00 on the wall
	people      []worker
	found       []Finding
	nightPeople []string // night workers, for the health rule
	needBreak   []string // people with a shift that needs a break
}

// worker is one person's stints, in order.
type worker struct {
	id, team string
	stints   []stint
	young    int64 // under 18 until then; 0 = not
	optOut   bool
	away     []interval // whole days of leave and sickness, as day numbers
}

// interval is a time in seconds UTC, [from, until).
type interval struct{ from, until int64 }

// workingTime collects what everybody works around [now, now + horizon).
func (r *Rota) workingTime(now time.Time, horizon time.Duration, worked []Worked) (*working, error) {
	w := &working{
		policy: &r.plan.Policy, zone: r.zone, now: now.Unix(), until: now.Add(horizon).Unix(),
		known: monday(r.zone, now.Unix()) - ReferenceWeeks*7*daySeconds - daySeconds, // a day more: a clock change may lie between
		end:   now.Add(horizon).Unix() + 15*daySeconds,
	}
	wide, err := Compile(r.plan, time.Unix(w.known, 0), time.Duration(w.end-w.known)*time.Second)
	if err != nil {
		return nil, err
	}
	w.r = wide
	for day := localDay(w.zone, w.known) - 1; day <= localDay(w.zone, w.end); day++ {
		w.nights = append(w.nights, interval{
			instantOf(w.zone, day, int64(NightFrom)), instantOf(w.zone, day+1, int64(NightUntil)),
		})
	}
	w.collect(worked)
	return w, nil
}

// monday is the instant at which the week of sec began on the wall.
func monday(zone *time.Location, sec int64) int64 {
	day := localDay(zone, sec)
	return instantOf(zone, day-(day+3)%7, 0) // 1970-01-01 was a Thursday
}

// collect gathers everybody's stints: planned time on site, and what the
// ledger adds. Time on call at home is no work by itself.
func (w *working) collect(worked []Worked) {
	spans := map[string][]stint{}
	for _, team := range w.r.order {
		for t, tier := range rosteredTiers {
			if !w.policy.atHome(tier) {
				w.onSite(spans, &team.tiers[t])
			}
		}
	}
	for _, x := range worked {
		from, until := max(x.From.Unix(), w.known), min(x.Until.Unix(), w.end)
		if from < until {
			spans[x.Responder] = append(spans[x.Responder], stint{from: from, until: until, called: true, touched: true})
		}
	}
	for i := range w.r.plan.Responders {
		p := &w.r.plan.Responders[i]
		if len(spans[p.ID]) == 0 {
			continue
		}
		x := worker{id: p.ID, team: p.Team, stints: joined(spans[p.ID]), optOut: slices.Contains(w.policy.OptOut, p.ID)}
		for _, y := range w.policy.Young {
			if y.Responder == p.ID {
				x.young = midnight(w.zone, y.Until)
			}
		}
		x.away = w.away(p.ID)
		for j := range x.stints {
			x.stints[j].night = w.nightTime(x.stints[j]) >= int64(NightShift.Seconds())
		}
		w.people = append(w.people, x)
	}
}

// away are somebody's whole days of leave and sickness, as day numbers, in
// order and apart.
func (w *working) away(id string) []interval {
	var days []interval
	for i := range w.r.plan.Absences {
		a := &w.r.plan.Absences[i]
		if a.Person != id || a.Kind == AbsentTraining {
			continue
		}
		from, until := a.Start.Date.number(), localDay(w.zone, w.end)
		if a.Start.Clock > 0 {
			from++
		}
		if !a.End.IsZero() {
			until = min(until, a.End.Date.number())
		}
		if from < until {
			days = append(days, interval{from, until})
		}
	}
	slices.SortFunc(days, func(a, b interval) int { return int(a.from - b.from) })
	for i := 1; i < len(days); i++ {
		days[i].from = min(max(days[i].from, days[i-1].until), days[i].until)
	}
	return days
}

func (w *working) onSite(spans map[string][]stint, l *lane) {
	at := append(cuts(w.known, w.end, l), w.end)
	for i, from := range at[:len(at)-1] {
		for _, d := range w.r.onLane(l, from) {
			s := spans[d.Responder]
			if n := len(s); n > 0 && s[n-1].until == from {
				s[n-1].until = at[i+1]
				continue
			}
			spans[d.Responder] = append(s, stint{from: from, until: at[i+1]})
		}
	}
}

// joined sorts spans and makes one of those that touch.
func joined(spans []stint) []stint {
	slices.SortFunc(spans, func(a, b stint) int { return int(a.from - b.from) })
	out := spans[:1]
	for _, s := range spans[1:] {
		last := &out[len(out)-1]
		if s.from > last.until {
			out = append(out, s)
			continue
		}
		last.until = max(last.until, s.until)
		last.called = last.called && s.called
		last.touched = last.touched || s.touched
	}
	return out
}

// nightTime is how much of a stint lies in night time, in seconds.
func (w *working) nightTime(s stint) int64 {
	total := int64(0)
	i := sort.Search(len(w.nights), func(i int) bool { return w.nights[i].until > s.from })
	for ; i < len(w.nights) && w.nights[i].from < s.until; i++ {
		total += min(s.until, w.nights[i].until) - max(s.from, w.nights[i].from)
	}
	return total
}

// length is the working time of a stint in seconds: a rest break is not work,
// and only the policy knows of one.
func (w *working) length(s stint) int64 {
	length := s.until - s.from
	if pause := int64(w.policy.Break.Seconds()); !s.called && length > int64(BreakAfter.Seconds()) && pause < length {
		length -= pause
	}
	return length
}

// judged reports whether a span lies, even in part, in what is judged.
func (w *working) judged(from, until int64) bool { return until > w.now && from < w.until }

// add notes a finding about one person, at the rule's usual level.
func (w *working) add(x *worker, rule string, from, until int64, text, mend string) *Finding {
	w.found = append(w.found, Finding{
		Level: ruleOf(rule).Level, Rule: rule, Team: x.team, People: []string{x.id}, Text: text, Mend: mend,
		From: time.Unix(from, 0).UTC(), Until: time.Unix(until, 0).UTC(),
	})
	return &w.found[len(w.found)-1]
}

// local is an instant on the wall.
func (w *working) local(sec int64) string {
	return time.Unix(sec, 0).In(w.zone).Format("Mon 2 Jan 2006 15:04")
}

// long is a number of seconds as people say it. Unlike hours it keeps to hours
// however many, as working time is counted.
func long(sec int64) string {
	switch h, m := sec/3600, sec%3600/60; {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d h %d min", h, m)
	}
}

// judge applies every rule to everybody.
func (w *working) judge() []Finding {
	for i := range w.people {
		x := &w.people[i]
		w.dailyRest(x)
		w.weeklyRest(x)
		w.averages(x)
		w.breaks(x)
		w.youngHours(x)
		w.runs(x)
		w.switches(x)
	}
	w.planBreak()
	w.assessments()
	return w.found
}
