package rota

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, without time or zone. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String is the ISO form, "2026-03-29", "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Clock is a time of day on the wall, in minutes after midnight, 0–1439.
type Clock int

// String is "08:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// LocalTime is a wall-clock minute on a day, in the plan's zone.
type LocalTime struct {
	Date  Date
	Clock Clock
}

// String is "2026-03-29T20:00".
func (l LocalTime) String() string { return l.Date.String() + "T" + l.Clock.String() }

// Days is a set of days of the week, bit 0 = Sunday as in time.Weekday.
type Days uint8

// Has reports whether d is in the set.
func (s Days) Has(d time.Weekday) bool { return s&(1<<d) != 0 }
