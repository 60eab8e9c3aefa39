package console

import (
	"strconv"
	"strings"
	"time"
)

// A moment is typed as a person says it: "21:40", "yesterday 21:40", "19 June
// 21:40", "19/6/2026 21:40". A browser's own picker follows the machine's language
// and may ask for AM and PM.

// momentHint is what every question for a moment says.
const momentHint = "Such as 21:40, yesterday 21:40, or 19 June 21:40."

// Which of two instants is meant by a time that the wall shows twice, in the
// night the clocks go back.
type which bool

const (
	firstOfTwo which = false
	lastOfTwo  which = true
)

// readMoment reads a moment that has been. A time alone is the last one that the
// wall has shown, a day without a year the last there was; GMT or BST behind the
// time says which of two is meant. notRead says why it is none.
func readMoment(text string, now time.Time, zone *time.Location, w which) (time.Time, notRead) {
	return moments{now: now.In(zone), zone: zone, which: w}.read(text)
}

// readAhead reads a moment that is to come, or has just begun: a time alone is the
// next one, or that of the hour that has passed.
func readAhead(text string, now time.Time, zone *time.Location) (time.Time, notRead) {
	return moments{now: now.In(zone), zone: zone, ahead: true}.read(text)
}

// readDay reads a day that has been, as words in small letters; alone says that
// none was given.
func readDay(words []string, now time.Time) (day time.Time, alone, ok bool) {
	return moments{now: now}.day(words)
}

// notRead is why what was typed is no moment, in words; "" when it is one.
type notRead string

// noMoment is what cannot be read as a time at all: the page says how to write one.
const noMoment notRead = "noMoment"

// or is why, in words; say where the words must come from the page.
func (n notRead) or(say string) string {
	if n == noMoment {
		return say
	}
	return string(n)
}

// moments reads what is typed at now.
type moments struct {
	now   time.Time
	zone  *time.Location
	which which
	ahead bool // what is meant is to come
}

func (m moments) read(text string) (time.Time, notRead) {
	words := strings.Fields(strings.ToLower(strings.NewReplacer(",", " ", "/", " ", " at ", " ").Replace(" " + text + " ")))
	season := ""
	if n := len(words); n > 1 && (words[n-1] == "gmt" || words[n-1] == "bst") {
		words, season = words[:n-1], words[n-1]
	}
	if len(words) == 1 && words[0] == "now" {
		return m.now, ""
	}
	if len(words) == 0 {
		return time.Time{}, noMoment
	}
	hour, minute, ok := readTime(words[len(words)-1])
	if !ok {
		return time.Time{}, noMoment
	}
	day, alone, ok := m.day(words[:len(words)-1])
	if !ok {
		return time.Time{}, noMoment
	}
	at := onDay(day, hour, minute, m.zone, m.which, season)
	switch passed := m.now.Sub(moved(at, hour, minute)); {
	case alone && !m.ahead && passed < 0:
		first := onDay(day, hour, minute, m.zone, firstOfTwo, season)
		if at = first; first.After(m.now) { // the first of two may have been, when the second is to come
			at = onDay(day.AddDate(0, 0, -1), hour, minute, m.zone, m.which, season)
		}
	case alone && m.ahead && passed > time.Hour: // sooner, and it has just begun
		at = onDay(day.AddDate(0, 0, 1), hour, minute, m.zone, m.which, season)
	}
	_, never := skipped(at, hour, minute)
	return at, notRead(never)
}

// moved is at, or when the clocks went forward over what was typed.
func moved(at time.Time, hour, minute int) time.Time {
	if change, never := skipped(at, hour, minute); never != "" {
		return change
	}
	return at
}

func readTime(text string) (hour, minute int, ok bool) {
	h, m, cut := strings.Cut(strings.ReplaceAll(text, ".", ":"), ":")
	if !cut && len(text) == 4 { // as it is said on a radio: 2140
		h, m = text[:2], text[2:]
	}
	m, _, _ = strings.Cut(m, ":") // seconds, copied from a page
	hour, errH := strconv.Atoi(h)
	minute, errM := strconv.Atoi(m)
	return hour, minute, errH == nil && errM == nil && len(m) == 2 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}

// day reads a day as noon of it; alone says that none was given.
func (m moments) day(words []string) (day time.Time, alone, ok bool) {
	noon := func(y int, month time.Month, d int) time.Time { return time.Date(y, month, d, 12, 0, 0, 0, time.UTC) }
	today := noon(m.now.Date())
	switch len(words) {
	case 0:
		return today, true, true
	case 1:
		day, ok = m.dayWord(words[0], today)
		return day, false, ok
	case 4: // a day of the week before a date says nothing more
		words = words[1:]
	}
	d, err := strconv.Atoi(words[0])
	month, known := readMonth(words[1])
	if err != nil || !known || len(words) > 3 {
		if len(words) == 3 { // "Fri 19 June"
			return m.day(words[1:])
		}
		return time.Time{}, false, false
	}
	if len(words) == 3 {
		y, err := strconv.Atoi(words[2])
		day = noon(y, month, d)
		return day, false, err == nil && y >= 2000 && y < 3000 && day.Day() == d
	}
	day = noon(today.Year(), month, d)
	switch {
	case !m.ahead && day.After(today):
		day = noon(today.Year()-1, month, d)
	case m.ahead && day.Before(today):
		day = noon(today.Year()+1, month, d)
	}
	return day, false, day.Day() == d
}

// dayWord reads a day that is named: the nearest one on the side that is meant.
func (m moments) dayWord(word string, today time.Time) (time.Time, bool) {
	step := -1
	if m.ahead {
		step = 1
	}
	switch {
	case word == "today":
		return today, true
	case word == "yesterday" && !m.ahead, word == "tomorrow" && m.ahead:
		return today.AddDate(0, 0, step), true
	}
	for i := range 7 {
		day := today.AddDate(0, 0, i*step)
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(day.Weekday().String()), word) {
			return day, true
		}
	}
	return time.Time{}, false
}

func readMonth(word string) (time.Month, bool) {
	if n, err := strconv.Atoi(word); err == nil {
		return time.Month(n), n >= 1 && n <= 12
	}
	for m := time.January; m <= time.December; m++ {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), word) {
			return m, true
		}
	}
	return 0, false
}

// onDay is a time of the wall on a day.
func onDay(day time.Time, hour, minute int, zone *time.Location, w which, season string) time.Time {
	y, m, d := day.Date()
	at := time.Date(y, m, d, hour, minute, 0, 0, zone)
	step := -time.Hour
	if w == lastOfTwo {
		step = time.Hour
	}
	other := at.Add(step)
	if other.Hour() != hour || other.Minute() != minute {
		other = at.Add(-step)
		if season == "" || other.Hour() != hour || other.Minute() != minute {
			return at
		}
	} else if season == "" {
		return other
	}
	if strings.EqualFold(other.Format("MST"), season) {
		return other
	}
	return at
}

// writtenMoment is an instant as it is read back: what stands in a field. GMT or
// BST is behind it where the wall shows the time twice.
func writtenMoment(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	text := onWall(t, zone, "15:04")
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return text
	case t.Year() == now.Year():
		return t.Format("2 January ") + text
	}
	return t.Format("2 January 2006 ") + text
}
