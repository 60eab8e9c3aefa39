package rota

import (
	"fmt"
	"sort"
	"time"
)

// dayOfWork is 24 hours counted from the start of a stint, and the longest
// rest in them.
type dayOfWork struct {
	from    int64
	rest    int64 // longest, in seconds, within the 24 hours
	restAt  int64 // when that rest begins
	touched bool  // some of the work was not planned
}

// shortDays walks through somebody's stints in days of 24 hours, each counted
// from the first stint after a full rest, and returns those that do not hold a
// rest of least seconds. A shift of more than 24 hours less the rest is too
// long by this rule, however long somebody sleeps after it.
func shortDays(stints []stint, least int64) []dayOfWork {
	var short []dayOfWork
	for i, from := 0, int64(0); i < len(stints); {
		from = max(from, stints[i].from)
		day, next := restFrom(stints, i, from, least)
		if day.rest < least {
			short = append(short, day)
			from += daySeconds
			for i < len(stints) && stints[i].until <= from {
				i++
			}
			if i < len(stints) && stints[i].from > day.from {
				from = stints[i].from // it was under way: its own 24 hours count too
			}
			continue
		}
		i, from = next, 0
	}
	return short
}

// restFrom looks at the 24 hours from from, in which stint i is the first. next
// is the stint after the first rest that is long enough.
func restFrom(stints []stint, i int, from, least int64) (day dayOfWork, next int) {
	day = dayOfWork{from: from}
	end, off := from+daySeconds, from
	rest := func(until int64) bool {
		if until-off > day.rest {
			day.rest, day.restAt = until-off, off
		}
		return until-off >= least
	}
	for ; i < len(stints) && stints[i].from < end; i++ {
		if rest(stints[i].from) {
			return day, i
		}
		off = max(off, stints[i].until)
		day.touched = day.touched || stints[i].touched
	}
	if off < end {
		rest(end)
	}
	return day, i
}

func (w *working) dailyRest(x *worker) {
	least, rule := int64(DailyRest.Seconds()), RuleDailyRest
	for _, d := range shortDays(x.stints, least) {
		if x.young <= d.from {
			w.shortRest(x, rule, d, least)
		}
	}
	if x.young > w.now {
		least, rule = int64(YoungDailyRest.Seconds()), RuleYoungRest
		for _, d := range shortDays(x.stints, least) {
			if d.from < x.young {
				w.shortRest(x, rule, d, least)
			}
		}
	}
}

// shortRest is the finding for a day with too little rest. It only warns where
// the plan is not at fault: somebody was called out, or the night was an hour
// longer than it reads.
func (w *working) shortRest(x *worker, rule string, d dayOfWork, least int64) {
	if !w.judged(d.from, d.from+daySeconds) {
		return
	}
	f := w.add(x, rule, d.from, d.from+daySeconds,
		fmt.Sprintf("%s has %s of rest in the 24 hours from %s; %s is the least", x.id, long(d.rest), w.local(d.from), long(least)),
		fmt.Sprintf("leave them off for %s together; if that cannot be, %s of compensatory rest is owed", long(least), long(least-d.rest)))
	if d.rest > 0 {
		f.Mend = fmt.Sprintf("leave them off from %s to %s; if that cannot be, %s of compensatory rest is owed",
			w.local(d.restAt), w.local(d.restAt+least), long(least-d.rest))
	}
	_, before := time.Unix(d.from, 0).In(w.zone).Zone()
	_, after := time.Unix(d.from+daySeconds, 0).In(w.zone).Zone()
	longer := int64(before - after)
	switch {
	case d.touched:
		f.Level = LevelWarn
		f.Text += " (they were called out)"
	case longer > 0 && d.rest+longer >= least:
		f.Level = LevelWarn
		f.Text += " (the clocks go back)"
	}
}

// rests are the times without work in [from, until).
func rests(stints []stint, from, until int64) []interval {
	var free []interval
	i := sort.Search(len(stints), func(i int) bool { return stints[i].until > from })
	for ; i < len(stints) && stints[i].from < until; i++ {
		if stints[i].from > from {
			free = append(free, interval{from, stints[i].from})
		}
		from = stints[i].until
	}
	if from < until {
		free = append(free, interval{from, until})
	}
	return free
}

// restedWeek reports whether a rest of at least WeeklyRest lies in the span.
func restedWeek(free []interval, least int64) bool {
	for _, f := range free {
		if f.until-f.from >= least {
			return true
		}
	}
	return false
}

// restedFortnight reports whether the span holds two rests of WeeklyRest, or
// one of twice that.
func restedFortnight(free []interval) bool {
	days := int64(0)
	for _, f := range free {
		days += (f.until - f.from) / int64(WeeklyRest.Seconds())
	}
	return days >= 2
}

// weeklyRest looks at every week, Monday to Sunday. A week without a day of
// rest is still right when it and the one before, or after, hold two.
func (w *working) weeklyRest(x *worker) {
	day := localDay(w.zone, monday(w.zone, w.now))
	for ; ; day += 7 {
		last, from, until, next := w.midnight(day-7), w.midnight(day), w.midnight(day+7), w.midnight(day+14)
		if from >= w.until {
			return
		}
		free := rests(x.stints, from, until)
		if from < x.young && !restedWeek(free, int64(YoungWeeklyRest.Seconds())) {
			w.add(x, RuleYoungWeek, from, until,
				fmt.Sprintf("%s is under 18 and has no 48 hours of rest in the week from %s", x.id, w.local(from)),
				"take them off two days that follow each other")
		}
		if from < x.young || restedWeek(free, int64(WeeklyRest.Seconds())) ||
			restedFortnight(rests(x.stints, last, until)) || restedFortnight(rests(x.stints, from, next)) {
			continue
		}
		f := w.add(x, RuleWeeklyRest, from, until,
			fmt.Sprintf("%s has no 24 hours of rest in the week from %s, nor two days in a fortnight with the week before or after", x.id, w.local(from)),
			"take them off one day; if that cannot be, give the rest later and record it")
		if called(x.stints, from, until) {
			f.Level = LevelWarn
			f.Text += " (they were called out)"
		}
	}
}

func (w *working) midnight(day int64) int64 { return instantOf(w.zone, day, 0) }

// called reports whether any work in the span was not planned.
func called(stints []stint, from, until int64) bool {
	for _, s := range stints {
		if s.touched && s.until > from && s.from < until {
			return true
		}
	}
	return false
}

// RestDebt is compensatory rest that somebody is still owed.
type RestDebt struct {
	Responder string
	Owed      time.Duration
	Since     time.Time // when the first rest that is not made good was cut short
}

// owed is how much rest a person is owed at an instant. Each day of work with
// too little rest adds what was missing; the next rest that is longer than it
// need be makes good as much as it is longer.
func owed(stints []stint, at int64) (debt, since int64) {
	least := int64(DailyRest.Seconds())
	stints = stints[:sort.Search(len(stints), func(i int) bool { return stints[i].from >= at })] // what is to come cuts no rest yet
	short := shortDays(stints, least)
	for i, s := range stints {
		for len(short) > 0 && short[0].from <= s.from {
			if debt == 0 {
				since = short[0].from
			}
			debt += least - short[0].rest
			short = short[1:]
		}
		next := at
		if i+1 < len(stints) {
			next = min(at, stints[i+1].from)
		}
		debt = max(0, debt-max(0, next-s.until-least))
	}
	return debt, since
}

// RestOwed is who is owed compensatory rest at an instant, in the plan's order,
// by the plan and by what was worked besides.
func (r *Rota) RestOwed(at time.Time, worked []Worked) ([]RestDebt, error) {
	w, err := r.workingTime(at, 0, worked)
	if err != nil {
		return nil, fmt.Errorf("find rest owed: %w", err)
	}
	var owing []RestDebt
	for i := range w.people {
		if debt, since := owed(w.people[i].stints, at.Unix()); debt > 0 {
			owing = append(owing, RestDebt{w.people[i].id, time.Duration(debt) * time.Second, time.Unix(since, 0).UTC()})
		}
	}
	return owing, nil
}

// restDebts notes who is owed rest now.
func (w *working) restDebts() {
	for i := range w.people {
		x := &w.people[i]
		if debt, since := owed(x.stints, w.now); debt > 0 {
			w.add(x, RuleRestOwed, since, w.now,
				fmt.Sprintf("%s is owed %s of compensatory rest since %s", x.id, long(debt), w.local(since)),
				"let them rest that much longer than 11 hours before their next shift")
		}
	}
}
