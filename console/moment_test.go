package console

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReadMoment(t *testing.T) {
	t.Parallel()
	zone := london(t)
	back := time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC) // the clocks went back this night
	for _, tt := range []struct {
		text string
		now  time.Time
		w    which
		want string // "" when it is none
	}{
		{"03:10", atNight, firstOfTwo, "2026-06-20T03:10:00+01:00"},
		{"21:40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"2140", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"21.40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"9:05", atNight, firstOfTwo, "2026-06-19T09:05:00+01:00"},
		{"now", atNight, firstOfTwo, "2026-06-20T03:12:07+01:00"},
		{"today 03:00", atNight, firstOfTwo, "2026-06-20T03:00:00+01:00"},
		{"today at 21:40", atNight, firstOfTwo, "2026-06-20T21:40:00+01:00"},
		{"Yesterday, 21:40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"thu 21:40", atNight, firstOfTwo, "2026-06-18T21:40:00+01:00"},
		{"Saturday 03:00", atNight, firstOfTwo, "2026-06-20T03:00:00+01:00"},
		{"19 June 21:40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"19 jun 2025 21:40", atNight, firstOfTwo, "2025-06-19T21:40:00+01:00"},
		{"Fri 19 June 21:40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"Friday 19 June 2026, 21:40:59", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"19/6 21:40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"19/06/2026 21:40", atNight, firstOfTwo, "2026-06-19T21:40:00+01:00"},
		{"24 December 18:00", atNight, firstOfTwo, "2025-12-24T18:00:00Z"},
		{"01:30", back, firstOfTwo, "2026-10-25T01:30:00+01:00"},
		{"01:30", back, lastOfTwo, "2026-10-25T01:30:00Z"},
		{"01:30 GMT", back, firstOfTwo, "2026-10-25T01:30:00Z"},
		{"01:30 bst", back, lastOfTwo, "2026-10-25T01:30:00+01:00"},
		{"25 October 01:30 GMT", back, firstOfTwo, "2026-10-25T01:30:00Z"},
		{"12:00 GMT", back, firstOfTwo, "2026-10-25T12:00:00Z"},
		{"", atNight, firstOfTwo, ""},
		{"soon", atNight, firstOfTwo, ""},
		{"24:00", atNight, firstOfTwo, ""},
		{"9:5", atNight, firstOfTwo, ""},
		{"21:60", atNight, firstOfTwo, ""},
		{"9 pm", atNight, firstOfTwo, ""},
		{"31 June 21:40", atNight, firstOfTwo, ""},
		{"19 Mai 21:40", atNight, firstOfTwo, ""},
		{"19 13 21:40", atNight, firstOfTwo, ""},
		{"19 June 26 21:40", atNight, firstOfTwo, ""},
		{"19 June", atNight, firstOfTwo, ""},
		{"tomorrow 21:40", atNight, firstOfTwo, ""},
		{"a b c d e 21:40", atNight, firstOfTwo, ""},
		{"gmt", atNight, firstOfTwo, ""},
	} {
		at, no := readMoment(tt.text, tt.now, zone, tt.w)
		ok := no == ""
		if got := at.In(zone).Format(time.RFC3339); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%q: %s, %v; want %q", tt.text, got, ok, tt.want)
		}
	}
}

func TestReadAhead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"18:00": "2026-06-20T18:00:00+01:00", "02:00": "2026-06-21T02:00:00+01:00", "03:00": "2026-06-20T03:00:00+01:00", "tomorrow 09:00": "2026-06-21T09:00:00+01:00",
		"mon 9:00": "2026-06-22T09:00:00+01:00", "today 18:00": "2026-06-20T18:00:00+01:00", "3 January 09:00": "2027-01-03T09:00:00Z",
		"yesterday 09:00": "", "soon": "", "": "",
	} {
		at, no := readAhead(text, atNight, london(t))
		ok := no == ""
		if got := at.In(london(t)).Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s, %v; want %q", text, got, ok, want)
		}
	}
}

// TestWrittenMomentIsRead: what stands in a field is read as what it was.
func TestWrittenMomentIsRead(t *testing.T) {
	t.Parallel()
	zone := london(t)
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_600_000_000, 1_900_000_000).Draw(t, "now"), 0)
		at := now.Add(-time.Duration(rapid.Int64Range(0, 800*24*60).Draw(t, "minutes ago")) * time.Minute).Truncate(time.Minute)
		text := writtenMoment(at, now, zone)
		for _, w := range []which{firstOfTwo, lastOfTwo} {
			if got, ok := readMoment(text, now, zone, w); ok != "" || !got.Equal(at) {
				t.Fatalf("%s at %s is written %q, and read as %s, %v", at.In(zone), now.In(zone), text, got.In(zone), ok)
			}
		}
	})
}

// TestReadMomentNeverPanics, whatever is typed.
func FuzzReadMoment(f *testing.F) {
	for _, text := range []string{"21:40", "Fri 19 June 2026 21:40 GMT", "19/6 21:40", "now", ":", "1 2 3:4"} {
		f.Add(text)
	}
	zone := time.UTC
	f.Fuzz(func(t *testing.T, text string) {
		at, no := readMoment(text, atNight, zone, firstOfTwo)
		if no == "" && at.Year() < 1999 {
			t.Errorf("%q is read as %s", text, at)
		}
	})
}
