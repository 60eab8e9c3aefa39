package rota

import (
	"slices"
	"time"
	_ "time/tzdata" // the plan's zone must load in a container that has none
)

const (
	daySeconds = 24 * 60 * 60
	dayMinutes = 24 * 60
)

// shiftOfDay is what the zone does around one day: its offset before and
// after, and the instant between. Most days both are equal. It covers the day
// and the one to either side, and assumes one change in those three days.
type shiftOfDay struct {
	before, after int64 // seconds east of UTC
	at            int64 // instant of the change; meaningless when before == after
}

func zoneAround(loc *time.Location, day int64) shiftOfDay {
	early := time.Unix((day-1)*daySeconds, 0).In(loc)
	late := time.Unix((day+2)*daySeconds, 0).In(loc)
	_, before := early.Zone()
	_, after := late.Zone()
	s := shiftOfDay{before: int64(before), after: int64(after)}
	if before != after {
		_, change := early.ZoneBounds()
		s.at = change.Unix()
	}
	return s
}

// instantOf is the one instant, in seconds since 1970 UTC, that a written edge
// names. The rule for the two nights that are not ordinary:
//
//   - A wall time that is skipped in spring is the instant of the change:
//     01:30 on a morning that goes from 01:00 to 02:00 is that moment.
//   - A wall time that happens twice in autumn is the first of the two.
//
// It is the same rule for an edge that ends a shift and one that begins the
// next, so that they meet. Order is kept: a later wall time is never an
// earlier instant. time.Date is not used because it promises neither; in the
// gap it goes forward in London and backward in New York.
func (s shiftOfDay) instantOf(day int64, minute int64) int64 {
	wall := day*daySeconds + minute*60
	if s.before == s.after {
		return wall - s.before
	}
	if first := wall - s.before; first < s.at {
		return first
	}
	if second := wall - s.after; second >= s.at {
		return second
	}
	return s.at
}

// instantOf is the instant a local time names in loc, by the rule of
// shiftOfDay.instantOf.
func instantOf(loc *time.Location, day, minute int64) int64 {
	day, minute = day+minute/dayMinutes, minute%dayMinutes
	return zoneAround(loc, day).instantOf(day, minute)
}

// midnight is the first instant of d in loc.
func midnight(loc *time.Location, d Date) int64 { return instantOf(loc, d.number(), 0) }

// instant is the moment a local time names in loc.
func (l LocalTime) instant(loc *time.Location) int64 {
	return instantOf(loc, l.Date.number(), int64(l.Clock))
}

// localDay is the day of the calendar in loc at the instant sec.
func localDay(loc *time.Location, sec int64) int64 {
	_, offset := time.Unix(sec, 0).In(loc).Zone()
	return floorDiv(sec+int64(offset), daySeconds)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// clockSpan is a part of the day, [from, until).
type clockSpan struct{ from, until Clock }

// Years whose clock changes are looked at to find the wall times that no
// shift may begin or end at. They are fixed so that a plan that was accepted
// once is accepted always.
const (
	firstChangeYear = 2025
	lastChangeYear  = 2037
)

// changingClocks are the wall times that loc skips or repeats: 01:00–02:00 in
// Europe/London. They are sorted and apart.
func changingClocks(loc *time.Location) []clockSpan {
	var spans []clockSpan
	t := time.Date(firstChangeYear, 1, 1, 0, 0, 0, 0, time.UTC).In(loc)
	for {
		_, change := t.ZoneBounds()
		if change.IsZero() || change.Year() > lastChangeYear {
			break
		}
		_, before := t.Zone()
		_, after := change.Zone()
		lo, hi := change.Unix()+int64(min(before, after)), change.Unix()+int64(max(before, after))
		spans = append(spans, clockSpans(lo, hi)...)
		t = change
	}
	return mergeSpans(spans)
}

// clockSpans cuts [lo, hi), wall seconds, at midnight.
func clockSpans(lo, hi int64) []clockSpan {
	if hi-lo >= daySeconds || hi == lo {
		return nil // a zone that left out a whole day: no time of day is safer than another
	}
	from, until := Clock(lo%daySeconds/60), Clock(hi%daySeconds/60)
	if from < until {
		return []clockSpan{{from, until}}
	}
	return []clockSpan{{from, dayMinutes}, {0, until}}
}

func mergeSpans(spans []clockSpan) []clockSpan {
	slices.SortFunc(spans, func(a, b clockSpan) int { return int(a.from - b.from) })
	var merged []clockSpan
	for _, s := range spans {
		if n := len(merged); n > 0 && s.from <= merged[n-1].until {
			merged[n-1].until = max(merged[n-1].until, s.until)
		} else if s.from < s.until {
			merged = append(merged, s)
		}
	}
	return merged
}

// twiceOrNever reports whether the local time is skipped or repeated on that
// very day.
func (l LocalTime) twiceOrNever(loc *time.Location) bool {
	s := zoneAround(loc, l.Date.number())
	wall := l.Date.number()*daySeconds + int64(l.Clock)*60
	lo, hi := s.at+min(s.before, s.after), s.at+max(s.before, s.after)
	return s.before != s.after && lo <= wall && wall < hi
}
