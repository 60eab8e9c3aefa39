package console

import (
	"strings"
	"time"
)

// What the wall shows, and the two nights a year on which that is not enough: the
// hour that comes twice, and the one that never comes.

// onWall is an instant on the wall of a zone, as layout has it. In the hour that
// the wall shows twice GMT or BST stands directly behind the time of day.
func onWall(t time.Time, zone *time.Location, layout string) string {
	t = t.In(zone)
	if comesTwice(t) {
		at := "15:04"
		if strings.Contains(layout, "15:04:05") {
			at = "15:04:05"
		}
		layout = strings.Replace(layout, at, at+" MST", 1)
	}
	return t.Format(layout)
}

// comesTwice reports whether the wall of its zone shows the time of t at another
// instant, too: clocks go back just after, or went back just before.
func comesTwice(t time.Time) bool {
	_, now := t.Zone()
	began, ends := t.ZoneBounds()
	if !ends.IsZero() {
		_, next := ends.Zone()
		if back := offset(now - next); back > 0 && ends.Sub(t) <= back {
			return true
		}
	}
	if began.IsZero() {
		return false
	}
	_, was := began.Add(-1).Zone()
	return t.Sub(began) < offset(was-now)
}

func offset(n int) time.Duration { return time.Duration(n) * time.Second }

// skipped says of a time of day that was read as at that no wall ever shows it on
// that day, because the clocks go forward over it; "" when one does.
func skipped(at time.Time, hour, minute int) (change time.Time, words string) {
	read, typed := at.Hour()*60+at.Minute(), hour*60+minute
	if read == typed {
		return time.Time{}, ""
	}
	began, ends := at.ZoneBounds()
	if change = began; read < typed { // it was read by the clock before the change
		change = ends
	}
	_, was := change.Add(-1).Zone()
	from := change.In(time.FixedZone("", was)).Format("15:04")
	return change, "There is no " + clockText(hour, minute) + " on " + change.In(at.Location()).Format("Monday 2 January 2006") + ": the clocks go forward from " +
		from + " to " + change.In(at.Location()).Format("15:04") + ". Give a time before " + from + ", or " + change.In(at.Location()).Format("15:04") + " or later"
}

func clockText(hour, minute int) string {
	return time.Date(2000, 1, 1, hour, minute, 0, 0, time.UTC).Format("15:04")
}

// hintOf is what every question for a moment says; near a night on which the clocks
// go back also how to say which of two times is meant.
func hintOf(now time.Time, zone *time.Location) string {
	const near = 48 * time.Hour
	began, ends := now.In(zone).ZoneBounds()
	for _, change := range []time.Time{began, ends} {
		if change.IsZero() || change.Sub(now).Abs() > near || !comesTwice(change.In(zone)) {
			continue
		}
		first, second := change.Add(-1).In(zone).Format("MST"), change.In(zone).Format("MST")
		at := change.In(zone).Add(30 * time.Minute).Format("15:04")
		return momentHint + " The clocks go back on " + change.In(zone).Format("Monday 2 January") + ": write " + at + " " + first + " or " + at + " " + second + " for the hour that comes twice."
	}
	return momentHint
}
