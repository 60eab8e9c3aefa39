package rota

import (
	"fmt"
)

// The rules of good practice: how many shifts in a row, how long, and how much
// sleep between days and nights. Being called out at home is no shift.

// inRow is one kind of shift that should not be worked too often in a row.
type inRow struct {
	rule string
	most int64
	is   func(w *working, s stint) bool
	what string
	mend string
}

var rows = []inRow{
	{RuleManyDays, MostDays, func(*working, stint) bool { return true }, "days", "give them a day off"},
	{RuleManyNights, MostNights, func(_ *working, s stint) bool { return s.night }, "nights", "give them a night off after three"},
	{
		RuleManyLong, MostNights,
		func(_ *working, s stint) bool { return !s.night && s.until-s.from > int64(LongDay.Seconds()) },
		"long days", "make the days shorter, or give them a day off after three",
	},
	{
		RuleManyEarly, MostNights,
		func(w *working, s stint) bool { return !s.night && s.from < w.clockOf(s.from, EarlyStart) },
		"early starts", "let them begin later after three",
	},
}

// clockOf is the instant of a wall time on the local day of sec.
func (w *working) clockOf(sec int64, c Clock) int64 {
	return instantOf(w.zone, localDay(w.zone, sec), int64(c))
}

// run is a row of days on which somebody works.
type run struct{ from, until, last, days int64 }

// rowsOver are the rows of one kind that are longer than they should be.
func (w *working) rowsOver(stints []stint, kind inRow) []run {
	return w.rowsLonger(stints, kind, kind.most)
}

// rowsLonger are the rows of one kind with more than so many days.
func (w *working) rowsLonger(stints []stint, kind inRow, most int64) []run {
	var over []run
	var r run
	for _, s := range stints {
		if s.called || !kind.is(w, s) {
			continue
		}
		day := localDay(w.zone, s.from)
		if r.days > 0 && day > r.last+1 {
			if r.days > most {
				over = append(over, r)
			}
			r = run{}
		}
		if r.days == 0 {
			r = run{from: s.from, last: day - 1}
		}
		last := day + (s.until-s.from-1)/daySeconds // a stint round the clock is a day for each 24 hours
		r.days, r.last, r.until = r.days+max(0, last-r.last), max(r.last, last), s.until
	}
	if r.days > most {
		over = append(over, r)
	}
	return over
}

// runs judges rows of shifts, and the length of each.
func (w *working) runs(x *worker) {
	for _, kind := range rows {
		var t tally
		for _, r := range w.rowsOver(x.stints, kind) {
			if w.judged(r.from, r.until) {
				t.add(r.from, r.until, r.days)
			}
		}
		if t.count > 0 {
			w.add(x, kind.rule, t.from, t.until,
				fmt.Sprintf("%s works up to %d %s in a row, %s, first from %s; %d is the most", x.id, t.most, kind.what, t.times(), w.local(t.from), kind.most),
				kind.mend)
		}
	}
	w.tooLong(x)
}

func (w *working) tooLong(x *worker) {
	var t tally
	for _, s := range x.stints {
		if length := s.until - s.from; !s.called && length > int64(LongestShift.Seconds()) && w.judged(s.from, s.until) {
			t.add(s.from, s.until, length)
		}
	}
	if t.count > 0 {
		w.add(x, RuleShiftLength, t.from, t.until,
			fmt.Sprintf("%s works up to %s at a stretch, %s, first on %s; 12 h is the most", x.id, long(t.most), t.times(), w.local(t.from)),
			"make the shift shorter, or let somebody else take part of it")
	}
}

// shortSleeps are the rests between days and nights with too few nights' sleep.
func (w *working) shortSleeps(stints []stint) []interval {
	var short []interval
	last := -1
	for i, s := range stints {
		if s.called {
			continue
		}
		if last >= 0 && stints[last].night != s.night && w.nightsIn(stints[last].until, s.from) < SleepNights {
			short = append(short, interval{stints[last].until, s.from})
		}
		last = i
	}
	return short
}

// switches judges the rest between days and nights.
func (w *working) switches(x *worker) {
	var t tally
	for _, s := range w.shortSleeps(x.stints) {
		if w.judged(s.from, s.until) {
			t.add(s.from, s.until, 0)
		}
	}
	if t.count > 0 {
		w.add(x, RuleSwitch, t.from, t.until,
			fmt.Sprintf("%s goes between days and nights with less than %d nights' sleep, %s, first after %s", x.id, SleepNights, t.times(), w.local(t.from)),
			"leave two whole nights free between the last of the one and the first of the other")
	}
}

// nightsIn is how many whole night times lie in a span.
func (w *working) nightsIn(from, until int64) int {
	n := 0
	for day := localDay(w.zone, from) - 1; ; day++ {
		a, b := instantOf(w.zone, day, int64(NightFrom)), instantOf(w.zone, day+1, int64(NightUntil))
		if b > until || n >= SleepNights {
			return n
		}
		if a >= from {
			n++
		}
	}
}
