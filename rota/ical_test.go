package rota

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
)

// fuzzPlan is small, so that many inputs can be tried on it.
func fuzzPlan(tb testing.TB) *Plan {
	tb.Helper()
	data, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	p, err := Parse("plan.yaml", data)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// At every quarter of an hour around every clock change of three years, a
// feed's events are exactly who is on shift.
func TestCalendarIsTheRotaAcrossClockChanges(t *testing.T) {
	t.Parallel()
	p := richExample(t)
	for _, day := range []string{"2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31", "2028-03-26", "2028-10-29"} {
		middle := when(t, day+"T01:00:00Z")
		r := compiled(t, p, middle.AddDate(0, 0, -10), 20*24*time.Hour)
		from, until := middle.AddDate(0, 0, -3), middle.AddDate(0, 0, 3)
		data, err := r.Calendar(FeedOf{Team: "pseh"}, from, until)
		if err != nil {
			t.Fatal(err)
		}
		events := calendarEvents(t, data)
		for at := from; at.Before(until); at = at.Add(15 * time.Minute) {
			for _, tier := range rosteredTiers {
				var shown []string
				for _, e := range events {
					if e.tier == string(tier) && !at.Before(e.start) && at.Before(e.end) {
						shown = append(shown, e.person)
					}
				}
				if diff := cmp.Diff(whoIsOn(r, "pseh", tier, at), sortedIDs(shown)); diff != "" {
					t.Fatalf("%s at %s: on shift -, in the calendar +\n%s", tier, at, diff)
				}
			}
		}
	}
}

func sortedIDs(ids []string) []string {
	set := skillSet(ids, nil)
	if len(set) == 0 {
		return nil
	}
	return set
}

type shownEvent struct {
	uid, person, tier string
	start, end        time.Time
}

func calendarEvents(t *testing.T, data []byte) (list []shownEvent) {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range cal.Events() {
		start, errStart := e.GetStartAt()
		end, errEnd := e.GetEndAt()
		if errStart != nil || errEnd != nil {
			t.Fatalf("%v, %v", errStart, errEnd)
		}
		list = append(list, shownEvent{e.Id(), value1(e, icsPerson), value1(e, icsTier), start, end})
	}
	return list
}

// Asked for a week later, events that are in both are the same, to the letter.
func TestCalendarIsStable(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	blocks := map[string]string{}
	for week := range 4 {
		now := when(t, "2026-10-05T12:34:56Z").AddDate(0, 0, 7*week)
		r := compiled(t, p, now.AddDate(0, 0, -14), 60*24*time.Hour)
		data, err := r.Calendar(FeedOf{Person: "edda"}, now.AddDate(0, 0, -7), now.AddDate(0, 0, 28))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(data), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\n") {
				t.Errorf("line %q", line)
			}
		}
		for _, block := range strings.Split(string(data), "BEGIN:VEVENT")[1:] {
			uid, _, _ := strings.Cut(block[strings.Index(block, "UID:"):], "\r\n")
			block, _, _ = strings.Cut(block, "END:VEVENT")
			if was, seen := blocks[uid]; seen && was != block {
				t.Errorf("changed:\n%s\n%s", was, block)
			}
			blocks[uid] = block
		}
		for _, bad := range []string{"RRULE", "TZID", "VALARM", "900105"} {
			if strings.Contains(string(data), bad) {
				t.Errorf("holds %s", bad)
			}
		}
	}
	if len(blocks) < 20 {
		t.Errorf("only %d events", len(blocks))
	}
}

func TestCalendarSaysHowLongANightIs(t *testing.T) {
	t.Parallel()
	r := compiled(t, examplePlan(t), when(t, "2026-10-20T00:00:00Z"), DefaultHorizon)
	data, err := r.Calendar(FeedOf{Person: "greta"}, when(t, "2026-10-24T00:00:00Z"), when(t, "2026-10-26T00:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.ReplaceAll(string(data), "\r\n ", ""); !strings.Contains(text, "shift pseh-weekend-night. 13 h 15 min: the clocks go back") &&
		!strings.Contains(text, "the clocks go back") {
		t.Errorf("does not say:\n%s", text)
	}
}

// A calendar of ours comes back as the same people at the same times.
func TestCalendarThereAndBack(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	from, until := when(t, "2026-10-19T00:00:00Z"), when(t, "2026-11-09T00:00:00Z")
	r := compiled(t, p, from.AddDate(0, 0, -7), 8*7*24*time.Hour)
	data, err := r.Calendar(FeedOf{Team: "southampton"}, from, until)
	if err != nil {
		t.Fatal(err)
	}
	empty := reworded(t, p, "id: soton-day, team: southampton, tier: responding, days: weekdays, start: \"07:45\", end: \"20:15\", people: [ivo]",
		"id: soton-day, team: southampton, tier: responding, days: daily, start: \"08:00\", end: \"08:00\", people: [milo]")
	q, err := ImportCalendar(empty, "soton.ics", data, Import{Source: "soton", Replaces: []string{AllTeams}})
	if err != nil {
		t.Fatal(err)
	}
	again := compiled(t, q, from.AddDate(0, 0, -7), 8*7*24*time.Hour)
	for at := from.Add(24 * time.Hour); at.Before(until.Add(-24 * time.Hour)); at = at.Add(15 * time.Minute) {
		for _, tier := range rosteredTiers {
			if diff := cmp.Diff(whoIsOn(r, "southampton", tier, at), whoIsOn(again, "southampton", tier, at)); diff != "" {
				t.Fatalf("%s at %s: want -, got +\n%s", tier, at, diff)
			}
		}
	}
	twice, err := ImportCalendar(q, "soton.ics", data, Import{Source: "soton", Replaces: []string{AllTeams}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := Diff(q, twice); len(diff) > 0 {
		t.Errorf("imported again, it changes: %v", diff)
	}
}

func event(lines ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
		strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
}

func TestCalendarImportZones(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, start, end, want string }{
		{"UTC in summer", "DTSTART:20260701T190000Z", "DTEND:20260702T071500Z", "2026-07-01 20:00 08:15"},
		{"Outlook's name for ours, in summer", "DTSTART;TZID=GMT Standard Time:20260701T200000", "DTEND;TZID=GMT Standard Time:20260702T081500", "2026-07-01 20:00 08:15"},
		{"Outlook's name for ours, in winter", "DTSTART;TZID=\"GMT Standard Time\":20261201T200000", "DTEND;TZID=\"GMT Standard Time\":20261202T081500", "2026-12-01 20:00 08:15"},
		{"another zone", "DTSTART;TZID=Europe/Paris:20260701T210000", "DTEND;TZID=Europe/Paris:20260702T091500", "2026-07-01 20:00 08:15"},
		{"no zone is the plan's", "DTSTART:20260701T200000", "DTEND:20260702T081500", "2026-07-01 20:00 08:15"},
		{"the long night", "DTSTART:20261024T190000Z", "DTEND:20261025T081500Z", "2026-10-24 20:00 08:15"},
		{"the short night", "DTSTART:20260328T200000Z", "DTEND:20260329T071500Z", "2026-03-28 20:00 08:15"},
		{"a duration", "DTSTART:20260701T190000Z", "DURATION:PT12H15M", "2026-07-01 20:00 08:15"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := examplePlan(t)
			q, err := ImportCalendar(p, "x.ics", event("SUMMARY:edda", tc.start, tc.end), Import{Source: "x", Team: "pseh"})
			if err != nil {
				t.Fatal(err)
			}
			s := q.Shifts[len(q.Shifts)-1]
			if got := fmt.Sprint(s.Dates[0], " ", s.Start, " ", s.End); got != tc.want || s.People[0] != "edda" {
				t.Errorf("got %s by %v, want %s", got, s.People, tc.want)
			}
		})
	}
}

func TestCalendarImportRefused(t *testing.T) {
	t.Parallel()
	start, end := "DTSTART:20260701T190000Z", "DTEND:20260702T071500Z"
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"no calendar", []byte("hello"), "not an iCalendar"},
		{"an unknown zone", event("SUMMARY:edda", "DTSTART;TZID=Romance Standard Time:20260701T200000", end), "zone of its start is not known"},
		{"this machine's zone", event("SUMMARY:edda", "DTSTART;TZID=Local:20260701T200000", end), "not known"},
		{"repeats", event("SUMMARY:edda", start, end, "RRULE:FREQ=WEEKLY"), "x.ics:1: the event repeats"},
		{"all day", event("SUMMARY:edda", "DTSTART;VALUE=DATE:20260701", "DTEND;VALUE=DATE:20260702"), "whole-day"},
		{"nobody", event("SUMMARY:somebody", start, end), "nobody in the plan"},
		{"no end", event("SUMMARY:edda", start), "has no end"},
		{"backwards", event("SUMMARY:edda", start, "DTEND:20260630T071500Z"), "ends before it begins"},
		{"two months", event("SUMMARY:edda", start, "DTEND:20260930T071500Z"), "longer than a month"},
		{"the doubled hour", event("SUMMARY:edda", "DTSTART;TZID=Europe/London:20261025T013000", "DTEND:20261025T090000Z"), "skip or repeat"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ImportCalendar(examplePlan(t), "x.ics", tc.data, Import{Source: "x", Team: "pseh"})
			var problems Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}

// Another import of the same name speaks for its days only, and replaces what
// was said about them.
func TestRosterImportedAgain(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	in := Import{Source: "gp", Team: "pseh"}
	q, err := ImportRoster(p, "r.csv", []byte("person,start,end\nada,2026-03-02 08:00,2026-03-02 20:00\nada,2026-03-09 08:00,2026-03-09 20:00\nBram,2026-03-10 09:00,2026-03-12 09:00\n"), in)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(q.Shifts) - len(p.Shifts); n != 2 {
		t.Fatalf("%d shifts, want one for ada and one for bram", n)
	}
	q, err = ImportRoster(q, "r.csv", []byte("person,start,end\ncleo,2026-03-09 08:00,2026-03-09 20:00\n"), in)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range q.Shifts[len(p.Shifts):] {
		got = append(got, fmt.Sprint(s.People, s.Dates))
	}
	if want := "[ada] [2026-03-02]|[cleo] [2026-03-09]"; strings.Join(got, "|") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzImportCalendar(f *testing.F) {
	f.Add(string(event("SUMMARY:ann", "DTSTART:20260701T190000Z", "DTEND:20260702T071500Z")))
	f.Add(string(event("SUMMARY:ann", "DTSTART;TZID=GMT Standard Time:20260701T200000", "DURATION:PT12H15M")))
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=\"x\":2\nEND:VEVENT\nEND:VCALENDAR\n")
	p := fuzzPlan(f)
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		f.Fatal(err)
	}
	// The plan that comes of it is FuzzImportTables' affair: reading it for each
	// input would leave time for few.
	f.Fuzz(func(t *testing.T, data string) {
		im := &importing{reader: &reader{file: "x.ics", lines: map[string]int{}}, q: p, zone: zone, in: Import{Source: "fuzz", Team: "east"}}
		events, err := readEvents([]byte(data))
		if err != nil {
			return
		}
		for i, e := range events {
			im.event(i+1, e)
		}
		for _, problem := range im.problems {
			if problem.Text == "" || problem.Mend == "" {
				t.Errorf("a problem without words: %+v", problem)
			}
		}
		for _, e := range im.entries {
			for _, s := range im.shifts(e) {
				if s.minutes() < 1 || s.minutes() > dayMinutes || len(s.Dates) != 1 {
					t.Errorf("%+v", s)
				}
			}
		}
	})
}
