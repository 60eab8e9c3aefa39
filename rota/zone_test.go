package rota

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestInstantOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, zone, local, want string }{
		{"winter", "Europe/London", "2026-01-10T08:00", "2026-01-10T08:00:00Z"},
		{"summer", "Europe/London", "2026-07-10T08:00", "2026-07-10T07:00:00Z"},
		{"spring, before", "Europe/London", "2026-03-29T00:59", "2026-03-29T00:59:00Z"},
		{"spring, skipped", "Europe/London", "2026-03-29T01:30", "2026-03-29T01:00:00Z"},
		{"spring, after", "Europe/London", "2026-03-29T02:00", "2026-03-29T01:00:00Z"},
		{"autumn, before", "Europe/London", "2026-10-25T00:59", "2026-10-24T23:59:00Z"},
		{"autumn, twice: the first", "Europe/London", "2026-10-25T01:30", "2026-10-25T00:30:00Z"},
		{"autumn, after", "Europe/London", "2026-10-25T02:00", "2026-10-25T02:00:00Z"},
		{"New York, skipped", "America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z"},
		{"New York, twice: the first", "America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"},
		{"Lord Howe, half an hour skipped", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"},
		{"Lord Howe, half an hour twice: the first", "Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"},
		{"Lord Howe, after", "Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30:00Z"},
		{"far east of UTC", "Pacific/Kiritimati", "2026-05-01T00:00", "2026-04-30T10:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			local, err := ParseLocalTime(tc.local)
			if err != nil {
				t.Fatal(err)
			}
			got := time.Unix(local.instant(zoneOf(t, tc.zone)), 0).UTC().Format(time.RFC3339)
			if got != tc.want {
				t.Errorf("%s in %s: got %s, want %s", tc.local, tc.zone, got, tc.want)
			}
		})
	}
}

// A later wall time is never an earlier instant, through both changes.
func TestInstantOfKeepsOrder(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"} {
		loc := zoneOf(t, zone)
		last := int64(0)
		for day := (Date{2026, 1, 1}).number(); day < (Date{2027, 1, 1}).number(); day++ {
			for minute := int64(0); minute < dayMinutes; minute += 15 {
				at := instantOf(loc, day, minute)
				if at < last {
					t.Fatalf("%s: day %d minute %d is before the quarter of an hour before it", zone, day, minute)
				}
				last = at
			}
		}
	}
}

func TestChangingClocks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		zone string
		want []clockSpan
	}{
		{"Europe/London", []clockSpan{{60, 120}}},
		{"America/New_York", []clockSpan{{60, 180}}},
		{"Australia/Lord_Howe", []clockSpan{{90, 150}}},
		{"Africa/Cairo", []clockSpan{{0, 60}, {1380, 1440}}},
		{"UTC", nil},
	} {
		t.Run(tc.zone, func(t *testing.T) {
			t.Parallel()
			got := changingClocks(zoneOf(t, tc.zone))
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(clockSpan{})); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestTwiceOrNever(t *testing.T) {
	t.Parallel()
	loc := zoneOf(t, "Europe/London")
	for local, want := range map[string]bool{
		"2026-03-29T00:59": false, "2026-03-29T01:00": true, "2026-03-29T01:59": true, "2026-03-29T02:00": false,
		"2026-10-25T01:30": true, "2026-10-25T02:00": false, "2026-10-24T01:30": false,
	} {
		l, err := ParseLocalTime(local)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.twiceOrNever(loc); got != want {
			t.Errorf("%s: got %v, want %v", local, got, want)
		}
	}
}

func TestDaysNames(t *testing.T) {
	t.Parallel()
	for want, days := range map[string]Days{
		"daily": EveryDay, "weekdays": Weekdays, "weekend": Weekend,
		"mon, wed": 1<<time.Monday | 1<<time.Wednesday, "fri, sat, sun": Weekend | 1<<time.Friday,
	} {
		if got := days.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
