package rota

import (
	"time"
)

// pattern is a shift made ready for many days. It is kept small: thousands of
// them are sorted and walked day by day.
type pattern struct {
	at         int32 // in the lane's shifts
	first      int32 // its first source
	from, till int32 // day numbers, [from, till)
	start      int16 // minutes after midnight
	end        int16 // minutes after the midnight of the starting day, up to 2879
	over       uint8 // days from start to end: 0 or 1
	days       Days
	fixed      bool // the same crew always
}

// never is a day number beyond every calendar.
const never = int32(1) << 30

func (s *Shift) pattern(at int32, on laneShift) pattern {
	end := int(s.Start) + s.minutes()
	p := pattern{
		at: at, first: on.first, fixed: s.Kind != KindRotation && on.roster.swapped == nil,
		days: s.Days, start: int16(s.Start), end: int16(end), over: uint8(end / dayMinutes), //nolint:gosec // minutes of two days
		from: -never, till: never,
	}
	if !s.From.IsZero() {
		p.from = int32(s.From.number()) //nolint:gosec // days
	}
	if !s.Until.IsZero() {
		p.till = int32(s.Until.number()) //nolint:gosec // days
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

// start is when pattern p starts on the day, whose weekday is the one bit of
// on; ok is false when it does not, or when clocks leave nothing of it.
func (c *calendar) start(p *pattern, day int64, on Days) (start int64, ok bool) {
	if p.days&on == 0 || day < int64(p.from) || day >= int64(p.till) ||
		day < c.first || day+int64(p.over) >= c.first+int64(len(c.days)) {
		return 0, false
	}
	start = c.instant(day, int64(p.start))
	if z := &c.days[day-c.first]; z.before == z.after {
		return start, true
	}
	return start, start < c.instant(day, int64(p.end))
}
