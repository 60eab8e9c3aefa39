package rota

import "fmt"

// youngHours judges the day, the week and the night of somebody under 18. There
// is nothing to average and nothing to agree to: on the day they are 18, the
// limits of adults hold (Working Time Regulations 1998, reg. 5A and 6A). A day is
// from midnight to midnight and a week from Monday to Sunday (reg. 2, 5A(3)).
//
// The exceptions of reg. 27A, for hospitals and the like when no adult is to be
// had, are for a person to claim: by a waiver, or a level of the policy.
func (w *working) youngHours(x *worker) {
	if x.young <= w.now {
		return
	}
	for week := localDay(w.zone, monday(w.zone, w.now)); w.midnight(week) < min(w.until, x.young); week += 7 {
		sum := int64(0)
		for day := week; day < week+7 && w.midnight(day) < x.young; day++ {
			work := w.workOn(x, day)
			sum += work
			if work > int64(YoungDay.Seconds()) {
				w.young(x, RuleYoungDay, day, day+1,
					fmt.Sprintf("%s is under 18 and works %s on the day from %s; 8 h is the most", x.id, long(work), w.local(w.midnight(day))),
					"shorten that day's work")
			}
		}
		if sum > int64(YoungWeek.Seconds()) {
			w.young(x, RuleYoungHours, week, week+7,
				fmt.Sprintf("%s is under 18 and works %s in the week from %s; 40 h is the most", x.id, long(sum), w.local(w.midnight(week))),
				"take them off a shift of that week")
		}
	}
	w.youngNights(x)
}

// young notes what somebody under 18 may not do on the days [from, until). It
// only warns where they were called out: the plan is not at fault.
func (w *working) young(x *worker, rule string, from, until int64, text, mend string) {
	begin, end := w.midnight(from), w.midnight(until)
	if !w.judged(begin, end) {
		return
	}
	if f := w.add(x, rule, begin, end, text, mend); called(x.stints, begin, end) {
		f.Level = LevelWarn
		f.Text += " (they were called out)"
	}
}

// workOn is somebody's work on a day of the wall, in seconds. The break of a
// shift that two days share is taken in the day with more of it.
func (w *working) workOn(x *worker, day int64) int64 {
	from, until := w.midnight(day), w.midnight(day+1)
	total := int64(0)
	for _, s := range x.stints {
		if s.until <= from || s.from >= until {
			continue
		}
		part, pause := min(s.until, until)-max(s.from, from), s.until-s.from-w.length(s)
		if 2*part > s.until-s.from || 2*part == s.until-s.from && s.from >= from {
			part -= pause
		}
		total += part
	}
	return total
}

// youngNights notes each stint that holds night time. The regulations want the
// hours from 22:00 to 06:00 free, or those from 23:00 to 07:00 where the contract
// says so: night time, 23:00 to 06:00, is in either.
func (w *working) youngNights(x *worker) {
	for _, s := range x.stints {
		if night := w.nightTime(s); night > 0 && s.from < x.young && w.judged(s.from, s.until) {
			f := w.add(x, RuleYoungNight, s.from, s.until,
				fmt.Sprintf("%s is under 18 and works %s of night time, from 23:00 to 06:00, in the shift from %s", x.id, long(night), w.local(s.from)),
				"let somebody of age take the night")
			if s.touched {
				f.Level = LevelWarn
				f.Text += " (they were called out)"
			}
		}
	}
}
