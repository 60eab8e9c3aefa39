package console

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	t.Parallel()
	zone := london(t)
	now := atNight
	tests := []struct{ name, got, want string }{
		{"clock from nothing", mmss(0), "0:00"},
		{"clock never below nothing", mmss(-time.Second), "0:00"},
		{"clock cuts, never rounds up", mmss(59*time.Second + 999*time.Millisecond), "0:59"},
		{"clock of an hour", mmss(time.Hour + 2*time.Minute + 5*time.Second), "1:02:05"},
		{"seconds", spoken(8 * time.Second), "8 seconds"},
		{"one minute", spoken(time.Minute + 59*time.Second), "1 minute"},
		{"whole hours", spoken(13 * time.Hour), "13 hours"},
		{"hours and minutes", spoken(4*time.Hour + 47*time.Minute), "4 h 47 min"},
		{"nobody", list(nil), ""},
		{"one", list([]string{"A"}), "A"},
		{"three", list([]string{"A", "B", "C"}), "A, B and C"},
		{"today, in local time", when(now.Add(5*time.Hour), now, zone), "08:12"},
		{"tomorrow", when(now.Add(24*time.Hour), now, zone), "Sun 03:12"},
		{"far off", when(now.Add(30*24*time.Hour), now, zone), "Mon 20 July 03:12"},
		{"a reason nobody explained is shown", reasonWord("gremlins"), "gremlins"},
		{"share", percent(0.8157, true), "81.5 %"},
		{"a share is never rounded up to all", percent(0.99999, true), "99.9 %"},
		{"all", percent(1, true), "100.0 %"},
		{"no share at all", percent(0, false), "–"},
		{"names of zones browsers know", zoneName(zone), "Europe/London"},
		{"a zone without a name", zoneName(time.FixedZone("Local", 3600)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	type shown struct {
		Text         string
		Level        string
		Since, Until int64
	}
	since := atNight.Add(-75 * time.Second)
	tests := []struct {
		name string
		c    clock
		want shown
	}{
		{"counts up on a page", clock{Since: since, at: atNight}, shown{"1:15", "warn", since.UnixMilli(), 0}},
		{"is left to the browser in a fragment", clock{Since: since}, shown{"", "", since.UnixMilli(), 0}},
		{"is late after two minutes", clock{Since: atNight.Add(-2 * time.Minute), at: atNight}, shown{"2:00", "late", atNight.Add(-2 * time.Minute).UnixMilli(), 0}},
		{"counts down to nothing, not below", clock{Until: since, at: atNight}, shown{"0:00", "", 0, since.UnixMilli()}},
		{"shows the second that has begun", clock{Until: atNight.Add(7500 * time.Millisecond), at: atNight}, shown{"0:08", "", 0, atNight.Add(7500 * time.Millisecond).UnixMilli()}},
		{"stopped, it shows what it showed and does not run", clock{Since: since, at: atNight, Stopped: true}, shown{"1:15", "warn", 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := shown{tt.c.Text(), tt.c.Level(), tt.c.SinceMs(), tt.c.UntilMs()}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestWordsHaveNamesForIDs, and only where an id stands alone.
func TestWordsHaveNamesForIDs(t *testing.T) {
	t.Parallel()
	n := names{plan(t, atNight, func(text string) string { return strings.ReplaceAll(text, "r-dev", "ada") }), london(t)}
	for text, want := range map[string]string{
		"r-ben is away":             "Ben Carter is away",
		"r-benny and r-ben, r-ben;": "r-benny and Ben Carter, Ben Carter;",
		"adaptation of ada":         "adaptation of Dev Patel",
		"backup of team portsmouth": "backup of Portsmouth and South East Hampshire",
		"of team nowhere":           "of team nowhere",
	} {
		if got := n.words(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got, want := n.plainly("override override-20260620-abc123: r-ben is on, from 2026-06-20T20:00 to 2026-06-21"), "Ben Carter is on, from Sat 20 June 20:00 to Sun 21 June"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
