package rota

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a day of the calendar, without time or zone. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads the ISO form, "2026-03-29".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%s is not a day: write it as 2026-03-29", shown(s))
	}
	return dateOf(t), nil
}

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String is the ISO form, "2026-03-29", "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := make([]byte, 0, len("2026-03-29"))
	b = append(digits(b, 4, d.Year), '-')
	b = append(digits(b, 2, int(d.Month)), '-')
	return string(digits(b, 2, d.Day))
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// number counts days since 1970-01-01, so that days can be added and compared.
func (d Date) number() int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds
}

// Clock is a time of day on the wall, in minutes after midnight, 0–1439.
type Clock int

// ParseClock reads "08:00".
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fmt.Errorf(`%s is not a time: write it as "08:00" or "20:30"`, shown(s))
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// String is "08:00".
func (c Clock) String() string {
	b := make([]byte, 0, len("20:00"))
	b = append(digits(b, 2, int(c)/60), ':')
	return string(digits(b, 2, int(c)%60))
}

// digits appends n with zeros before it. Days and times are written by the
// thousand: fmt took a tenth of an edit.
func digits(b []byte, width, n int) []byte {
	text := strconv.Itoa(n)
	for range width - len(text) {
		b = append(b, '0')
	}
	return append(b, text...)
}

// LocalTime is a wall-clock minute on a day, in the plan's zone.
type LocalTime struct {
	Date  Date
	Clock Clock
}

// ParseLocalTime reads "2026-03-29T20:00" or "2026-03-29 20:00".
func ParseLocalTime(s string) (LocalTime, error) {
	day, clock, ok := strings.Cut(strings.Replace(s, " ", "T", 1), "T")
	d, errDay := ParseDate(day)
	c, errClock := ParseClock(clock)
	if !ok || errDay != nil || errClock != nil {
		return LocalTime{}, fmt.Errorf("%s is not a day and time: write it as 2026-03-29T20:00", shown(s))
	}
	return LocalTime{d, c}, nil
}

// String is "2026-03-29T20:00".
func (l LocalTime) String() string { return l.Date.String() + "T" + l.Clock.String() }

// Days is a set of days of the week, bit 0 = Sunday as in time.Weekday.
type Days uint8

// Sets with names of their own in a plan.
const (
	Weekdays Days = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	Weekend  Days = 1<<time.Saturday | 1<<time.Sunday
	EveryDay Days = Weekdays | Weekend
)

// Has reports whether d is in the set.
func (s Days) Has(d time.Weekday) bool { return s&(1<<d) != 0 }

var namedDays = []struct {
	name string
	set  Days
}{
	{"daily", EveryDay}, {"weekdays", Weekdays}, {"weekend", Weekend},
	{"mon", 1 << time.Monday}, {"tue", 1 << time.Tuesday}, {"wed", 1 << time.Wednesday}, {"thu", 1 << time.Thursday},
	{"fri", 1 << time.Friday}, {"sat", 1 << time.Saturday}, {"sun", 1 << time.Sunday},
}

// ParseDays reads one name: mon … sun, weekdays, weekend or daily.
func ParseDays(s string) (Days, error) {
	for _, d := range namedDays {
		if d.name == s {
			return d.set, nil
		}
	}
	return 0, fmt.Errorf("%s is not a day: use mon tue wed thu fri sat sun, weekdays, weekend or daily", shown(s))
}

// names is the shortest way to write the set, Monday first.
func (s Days) names() []string {
	var names []string
	for i, d := range namedDays {
		if i < 3 && s == d.set {
			return []string{d.name}
		}
		if i >= 3 && s&d.set != 0 {
			names = append(names, d.name)
		}
	}
	return names
}

// String is "daily", "weekdays", "mon, wed".
func (s Days) String() string { return strings.Join(s.names(), ", ") }

// dayOf is the date of a day number.
func dayOf(number int64) Date { return dateOf(time.Unix(number*daySeconds, 0).UTC()) }

// IsZero reports whether l is no time.
func (l LocalTime) IsZero() bool { return l.Date.IsZero() }

// wallAt is the wall-clock minute in loc at the instant, seconds UTC.
func wallAt(loc *time.Location, sec int64) LocalTime {
	t := time.Unix(sec, 0).In(loc)
	return LocalTime{dateOf(t), Clock(t.Hour()*60 + t.Minute())}
}

// MarshalText is String, for JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate; nothing is no day.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// MarshalText is String, for JSON.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is ParseClock.
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}

// MarshalText is String, for JSON; "" for no time.
func (l LocalTime) MarshalText() ([]byte, error) {
	if l.IsZero() {
		return nil, nil
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads a day and time, or a day for its midnight; nothing is no
// time.
func (l *LocalTime) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*l = LocalTime{}
		return nil
	}
	*l, err = parseDayOrTime(string(text))
	return err
}

// add is n minutes on by the wall.
func (l LocalTime) add(n int64) LocalTime {
	m := l.Date.number()*dayMinutes + int64(l.Clock) + n
	day := floorDiv(m, dayMinutes)
	return LocalTime{dayOf(day), Clock(m - day*dayMinutes)}
}

// writable is the minute at sec on the wall, or, in the hour that a night has
// twice, the last minute before it: an edge there would name two instants.
func writable(loc *time.Location, sec int64) LocalTime {
	l := wallAt(loc, sec)
	for l.twiceOrNever(loc) {
		l = l.add(-1)
	}
	return l
}
