package rota

import (
	"time"
)

// startsOn reports whether the shift may start on the day.
func (s *Shift) startsOn(day int64) bool {
	weekday := time.Weekday((day%7 + 11) % 7) // 1970-01-01 was a Thursday
	return s.Days.Has(weekday) &&
		(s.From.IsZero() || day >= s.From.number()) && (s.Until.IsZero() || day < s.Until.number())
}

// occurrence is the shift that starts on the day, [start, end) in seconds UTC;
// both 0 when none does. It is empty when the whole of it was skipped in spring.
func (s *Shift) occurrence(day int64, zone *time.Location) (start, end int64) {
	if !s.startsOn(day) {
		return 0, 0
	}
	first := int64(s.Start)
	return instantOf(zone, day, first), instantOf(zone, day, first+int64(s.minutes()))
}

// pattern is a shift made ready for many days.
type pattern struct {
	source     int32
	days       Days
	start      int64 // minutes after midnight
	end        int64 // minutes after the midnight of the starting day, up to 2879
	from, till int64 // day numbers, [from, till)
}

const never = int64(1) << 40 // a day number beyond every calendar

func (s *Shift) pattern(source int32) pattern {
	p := pattern{
		source: source, days: s.Days, start: int64(s.Start), end: int64(s.Start) + int64(s.minutes()),
		from: -never, till: never,
	}
	if !s.From.IsZero() {
		p.from = s.From.number()
	}
	if !s.Until.IsZero() {
		p.till = s.Until.number()
	}
	return p
}

// calendar is what the zone does on each day of a horizon, looked up once.
type calendar struct {
	first int64
	days  []shiftOfDay
}

// newCalendar covers [from, until), seconds UTC, and two days to either side,
// for shifts that began before and end after.
func newCalendar(zone *time.Location, from, until int64) calendar {
	c := calendar{first: localDay(zone, from) - 2}
	for day := c.first; day <= localDay(zone, until)+2; day++ {
		c.days = append(c.days, zoneAround(zone, day))
	}
	return c
}

// instant is instantOf for a day of the calendar and up to two days' minutes.
func (c *calendar) instant(day, minute int64) int64 {
	if minute >= dayMinutes {
		day, minute = day+1, minute-dayMinutes
	}
	return c.days[day-c.first].instantOf(day, minute)
}

// start is when pattern p starts on the day; ok is false when it does not, or
// when clocks leave nothing of it.
func (c *calendar) start(p *pattern, day int64) (start int64, ok bool) {
	if day < p.from || day >= p.till || day < c.first || day+p.end/dayMinutes >= c.first+int64(len(c.days)) ||
		!p.days.Has(time.Weekday((day%7+11)%7)) {
		return 0, false
	}
	start = c.instant(day, p.start)
	if z := &c.days[day-c.first]; z.before == z.after {
		return start, true
	}
	return start, start < c.instant(day, p.end)
}
