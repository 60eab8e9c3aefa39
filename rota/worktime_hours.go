package rota

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// leastDays is how much must be known of somebody before an average says
// anything. Below ReferenceWeeks the average is over what there is, as the
// regulations have it for new workers.
const leastDays = 4 * 7

// average is somebody's work in a reference period that ended at a midnight.
type average struct {
	from, until int64
	weeks       int64
	days        int64 // of the period, without those of leave and sickness
	work        int64 // seconds
	night       bool  // a night worker: night shifts in one week of three or more
}

// over reports whether the average week is longer than the limit.
func (a average) over(limit time.Duration) bool { return a.work*7 > a.days*int64(limit.Seconds()) }

// week is the average week, in seconds.
func (a average) week() int64 { return a.work * 7 / a.days }

// above reports whether a is a heavier period than b.
func (a average) above(b average) bool { return b.days == 0 || a.work*b.days > b.work*a.days }

// averages judges the reference periods that end in what is judged, and
// reports the worst.
func (w *working) averages(x *worker) {
	worst, worstNight := w.worst(x)
	if worst.over(MostWeekly) && worst.from >= x.young {
		f := w.add(x, RuleWeeklyHours, worst.from, worst.until,
			fmt.Sprintf("%s works %s a week on average over %d weeks to %s; 48 h is the most",
				x.id, long(worst.week()), worst.weeks, w.local(worst.until)),
			"take shifts off them, or have them agree in writing and list them under policy: opt_out")
		if x.optOut {
			f.Level = LevelNote
			f.Text += " (they opted out)"
			f.Mend = "nothing to mend, as long as they still agree"
		}
	}
	if worstNight.night {
		w.nightPeople = append(w.nightPeople, x.id)
	}
	// Hours in each 24, rest days left out: six days a week count.
	if worstNight.night && worstNight.over(6*MostNightly) {
		w.add(x, RuleNightHours, worstNight.from, worstNight.until,
			fmt.Sprintf("%s works nights, and %s in each 24 hours on average over %d weeks to %s; 8 h is the most and nobody can opt out",
				x.id, long(worstNight.week()/6), worstNight.weeks, w.local(worstNight.until)),
			"take shifts off them, or give part of each shift as a break and say so under policy: break")
	}
	if worstNight.night {
		w.hazard(x)
	}
}

// worst are the reference periods with the most work: of all, and of those in
// which they are a night worker.
func (w *working) worst(x *worker) (all, night average) {
	days, first := w.byDay(x)
	if len(days) == 0 {
		return all, night
	}
	total := make([]int64, len(days)+1)
	for i, d := range days {
		total[i+1] = total[i] + d.work
	}
	from, until := localDay(w.zone, w.now), localDay(w.zone, w.until-1)+1
	for end := from; end <= max(from, until); end++ {
		n := min(int64(ReferenceWeeks), (end-first)/7)
		a := average{weeks: n, days: n*7 - x.excluded(end-n*7, end)}
		if a.days < leastDays {
			continue
		}
		i, j := min(end-n*7-first, int64(len(days))), min(end-first, int64(len(days)))
		a.work, a.night = total[j]-total[i], nightWorker(days[i:j])
		a.from, a.until = w.midnight(end-n*7), w.midnight(end)
		if a.above(all) {
			all = a
		}
		if a.night && a.above(night) {
			night = a
		}
	}
	return all, night
}

// excluded is how many of the days [from, until) were leave or sickness, which
// the regulations leave out of an average.
func (x *worker) excluded(from, until int64) int64 {
	n := int64(0)
	for _, a := range x.away {
		n += max(0, min(a.until, until)-max(a.from, from))
	}
	return n
}

// dayWork is the work of stints that began on a day.
type dayWork struct {
	work   int64
	nights int
}

// byDay is work by the local day it began on, from the first day known to have
// any.
func (w *working) byDay(x *worker) (days []dayWork, first int64) {
	for _, s := range x.stints {
		day := localDay(w.zone, s.from)
		if days == nil {
			first = day
		}
		for int64(len(days)) <= day-first {
			days = append(days, dayWork{})
		}
		days[day-first].work += w.length(s)
		if s.night {
			days[day-first].nights++
		}
	}
	return days, first
}

// nightWorker reports whether at least a third of the weeks with any work have
// a night shift. days are whole weeks.
func nightWorker(days []dayWork) bool {
	worked, nights := 0, 0
	for week := range slices.Chunk(days, 7) {
		if slices.ContainsFunc(week, func(d dayWork) bool { return d.work > 0 }) {
			worked++
		}
		if slices.ContainsFunc(week, func(d dayWork) bool { return d.nights > 0 }) {
			nights++
		}
	}
	return nights > 0 && nights*3 >= worked
}

// tally counts what comes back again and again, so that a habit of the pattern
// is told once.
type tally struct {
	count       int
	from, until int64 // of the first
	most        int64
}

func (t *tally) add(from, until, size int64) {
	if t.count == 0 {
		t.from, t.until = from, until
	}
	t.count++
	t.most = max(t.most, size)
}

// times is "once" or "3 times".
func (t *tally) times() string {
	if t.count == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", t.count)
}

// hazard notes a night worker's nights of more than 8 hours: work that strains
// the mind, as a crisis line's does, has no averaging.
func (w *working) hazard(x *worker) {
	var t tally
	for _, s := range x.stints {
		if work := w.length(s); s.night && work > int64(MostNightly.Seconds()) && w.judged(s.from, s.until) {
			t.add(s.from, s.until, work)
		}
	}
	if t.count > 0 {
		w.add(x, RuleNightHazard, t.from, t.until,
			fmt.Sprintf("%s works up to %s in a night, %s, first on %s; 8 h is the most where nights strain the mind", x.id, long(t.most), t.times(), w.local(t.from)),
			"make nights shorter, or record the risk assessment that allows it and lower the level under policy: levels")
	}
}

// breaks remembers whose shifts need a break, and judges the young.
func (w *working) breaks(x *worker) {
	var t tally
	for _, s := range x.stints {
		length := s.until - s.from
		if s.called || !w.judged(s.from, s.until) {
			continue
		}
		if length > int64(BreakAfter.Seconds()) && (len(w.needBreak) == 0 || w.needBreak[len(w.needBreak)-1] != x.id) {
			w.needBreak = append(w.needBreak, x.id)
		}
		if s.from < x.young && length > int64(YoungBreakAfter.Seconds()) && w.policy.Break < YoungBreak {
			t.add(s.from, s.until, length)
		}
	}
	if t.count > 0 {
		f := w.add(x, RuleYoungBreak, t.from, t.until,
			fmt.Sprintf("%s is under 18 and has no break of 30 min in a shift of up to %s, %s", x.id, long(t.most), t.times()),
			"give everybody 30 min under policy: break, or them shorter shifts")
		if w.policy.Break == 0 {
			f.Level = LevelWarn
			f.Text += ", as far as the plan says"
		}
	}
}

// planBreak is one finding for the whole plan: breaks are not planned by name.
func (w *working) planBreak() {
	if len(w.needBreak) == 0 || w.policy.Break >= LeastBreak {
		return
	}
	f := Finding{
		Level: LevelNote, Rule: RuleBreak, People: w.needBreak,
		Text: "shifts are longer than 6 h and the plan does not say what break people have; 20 min is the least",
		Mend: "write it under policy, as in break: 30m, and see that somebody else answers in that time",
		From: time.Unix(w.now, 0).UTC(), Until: time.Unix(w.until, 0).UTC(),
	}
	if w.policy.Break > 0 {
		f.Level = ruleOf(RuleBreak).Level
		f.Text = fmt.Sprintf("shifts are longer than 6 h and the break in them is %s; 20 min is the least", hours(w.policy.Break))
		f.Mend = "lengthen policy: break"
	}
	w.found = append(w.found, f)
}

// assessments notes night workers of whom no health assessment is on record.
func (w *working) assessments() {
	missing := slices.DeleteFunc(slices.Clone(w.nightPeople), func(id string) bool {
		return slices.ContainsFunc(w.policy.Assessed, func(a Assessment) bool {
			return a.Responder == id && w.midnight(a.On.number()) <= w.now
		})
	})
	if len(missing) == 0 {
		return
	}
	w.found = append(w.found, Finding{
		Level: ruleOf(RuleHealth).Level, Rule: RuleHealth, People: missing,
		Text: "night workers without a health assessment on record: " + strings.Join(missing, ", "),
		Mend: "offer one, and write the day under policy: assessed (never what it said)",
		From: time.Unix(w.now, 0).UTC(), Until: time.Unix(w.until, 0).UTC(),
	})
}
