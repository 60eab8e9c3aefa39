package rota

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// windowsZones are zone names that are no IANA names and that we are sure of.
// Outlook writes the first for British time, summer and winter.
var windowsZones = map[string]string{"GMT Standard Time": "Europe/London"}

// ImportCalendar is ImportRoster for an iCalendar. Each event is one time on
// shift of the person that its own property (of our feeds), its summary or
// in.Person names. Repeating and all-day events, events without an end and
// zones that are not known are refused: guessing would put somebody on shift at
// a wrong hour. The error is a Problems whose lines count events from 1.
func ImportCalendar(p *Plan, file string, data []byte, in Import) (*Plan, error) {
	rd := &reader{file: file, lines: map[string]int{}}
	im, err := newImporting(p, rd, in)
	if err != nil {
		return nil, err
	}
	events, err := readEvents(data)
	if err != nil {
		rd.problem(1, "the file is not an iCalendar", "export it again as .ics")
		return nil, rd.problems
	}
	if len(events) > mostImportRows {
		rd.problem(1, fmt.Sprintf("there are more than %d events", mostImportRows), "import it in parts")
		return nil, rd.problems
	}
	for i, e := range events {
		im.event(i+1, e)
	}
	if len(events) == 0 {
		rd.problem(1, "there is no event in it", "export the calendar again, with the days that are wanted")
		return nil, rd.problems
	}
	return im.done()
}

var errNoCalendar = errors.New("not a calendar")

// readEvents leaves the grammar to the library, and makes an error of whatever
// becomes of a file that has none.
func readEvents(data []byte) (events []*ics.VEvent, err error) {
	if len(data) > mostImportBytes {
		return nil, errNoCalendar
	}
	defer func() {
		if recover() != nil {
			events, err = nil, errNoCalendar
		}
	}()
	if !bytes.HasSuffix(bytes.ToUpper(bytes.TrimSpace(data)), []byte("END:VCALENDAR")) {
		return nil, errNoCalendar // the library would take half a file
	}
	cal, err := ics.ParseCalendarWithOptions(bytes.NewReader(data), ics.WithUnknownPropertyHandler(ics.AcceptUnknownPropertyHandler))
	if err != nil {
		return nil, err
	}
	return cal.Events(), nil
}

func (im *importing) event(number int, e *ics.VEvent) {
	if status := value1(e, ics.ComponentPropertyStatus); strings.EqualFold(status, "CANCELLED") {
		return
	}
	for _, repeats := range []ics.ComponentProperty{ics.ComponentPropertyRrule, ics.ComponentPropertyRdate, ics.ComponentPropertyRecurrenceId} {
		if e.HasProperty(repeats) {
			im.problem(number, "the event repeats", "write it as a rotation or weekly shift in the plan, or export the calendar as single events")
			return
		}
	}
	person := value1(e, icsPerson)
	if person == "" {
		person = ics.FromText(value1(e, ics.ComponentPropertySummary))
		if im.in.Person != "" {
			person = im.in.Person
		}
	}
	entry, ok := im.entry(number, person, value1(e, icsTeam), value1(e, icsTier))
	start, okStart := im.eventTime(number, e, ics.ComponentPropertyDtStart)
	end, okEnd := im.eventEnd(number, e, start)
	if entry.start, entry.end = start, end; ok && okStart && okEnd {
		im.add(entry)
	}
}

func value1(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

// eventEnd is DTEND, or DTSTART and DURATION.
func (im *importing) eventEnd(number int, e *ics.VEvent, start int64) (sec int64, ok bool) {
	if e.HasProperty(ics.ComponentPropertyDtEnd) {
		return im.eventTime(number, e, ics.ComponentPropertyDtEnd)
	}
	d, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(value1(e, ics.ComponentPropertyDuration), "PT")))
	if err != nil || d <= 0 {
		im.problem(number, "the event has no end", "give it one, or a DURATION in hours and minutes")
		return 0, false
	}
	return start + int64(d.Seconds()), true
}

// eventTime is a DATE-TIME of RFC 5545 3.3.5: in UTC, in a named zone, or
// without one, which is the plan's.
func (im *importing) eventTime(number int, e *ics.VEvent, name ics.ComponentProperty) (sec int64, ok bool) {
	p := e.GetProperty(name)
	what := "start"
	if name == ics.ComponentPropertyDtEnd {
		what = "end"
	}
	if p == nil {
		im.problem(number, "the event has no "+what, "give it one")
		return 0, false
	}
	text := strings.TrimSpace(p.Value)
	if t, err := time.Parse(stampUTC, text); err == nil {
		return im.safe(number, what, wallAt(im.zone, t.Unix()))
	}
	zone := im.zone
	if names := p.ICalParameters["TZID"]; len(names) > 0 {
		if zone = zoneNamed(names[0]); zone == nil {
			im.problem(number, fmt.Sprintf("the zone of its %s is not known", what), "use a zone such as Europe/London, or UTC")
			return 0, false
		}
	}
	t, err := time.Parse("20060102T150405", text)
	if err != nil {
		im.problem(number, what+" is not a day and time", "give the event hours: whole-day events do not say when a shift begins")
		return 0, false
	}
	l := LocalTime{dateOf(t), Clock(t.Hour()*60 + t.Minute())}
	if l.twiceOrNever(zone) {
		im.problem(number, what+" is in the hour that the clocks skip or repeat that night", "write it in UTC, or use a time outside that hour")
		return 0, false
	}
	return im.safe(number, what, wallAt(im.zone, l.instant(zone)))
}

// safe refuses what the plan could not say in its own wall time.
func (im *importing) safe(number int, what string, l LocalTime) (sec int64, ok bool) {
	if l.twiceOrNever(im.zone) {
		im.problem(number, what+" is in the hour that the clocks skip or repeat that night", "use a time outside that hour")
		return 0, false
	}
	return l.instant(im.zone), true
}

func zoneNamed(name string) *time.Location {
	name = strings.Trim(name, `"`)
	if iana, ok := windowsZones[name]; ok {
		name = iana
	}
	if _, err := parseZone(name); err != nil {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
