package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// The rota of a month is judged by the plan that was in force at each minute:
// a hole that was mended afterwards was a hole, and what was never planned is
// not counted.
func TestCoverByThePlanThatWasInForce(t *testing.T) {
	t.Parallel()
	whole := oneTeam(2)
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, time.October, day, hour, minute, second, 0, time.UTC)
	}
	holed := whole + "absences:\n" +
		"  - {id: a0, person: r0, kind: sick, start: 2026-10-10T12:00, end: 2026-10-14T00:00}\n" +
		"  - {id: a1, person: r1, kind: sick, start: 2026-10-11T00:00, end: 2026-10-14T00:00}\n"
	more := strings.Replace(whole, "minimum: {responding: 1}", "minimum: {responding: 3}", 1)
	versions := []rota.Entry{ // newest first
		{Version: 4, At: at(20, 0, 0, 0), After: []byte(whole)},
		{Version: 3, At: at(19, 23, 0, 30), After: []byte(more)}, // an hour, half a minute late
		{Version: 2, At: at(12, 6, 0, 0), After: []byte(whole)},
		{Version: 1, At: at(10, 6, 0, 0), After: []byte(holed)}, // 07:00 in summer time
	}
	cfg := config.Default()
	current, err := rota.Parse("whole", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	now := utc(time.November, 20)
	r, err := rota.Compile(current, now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(cfg, nil, nil, r, now)
	l.history = func(context.Context) ([]rota.Entry, error) { return versions, nil }
	october := metrics.Month{Year: 2026, Month: time.October}
	in := metrics.BoardInput{}
	if err := l.covered(t.Context(), october, &in); err != nil {
		t.Fatal(err)
	}
	// The month has 31 days and an hour; the first plan begins on the 10th at
	// 07:00 local time, so 9 days and 7 hours of it are not planned.
	unplanned := (9*24 + 7) * 60
	hole := (24 + 7) * 60 // nobody from the 11th on, until the plan was mended on the 12th at 07:00
	want := metrics.Cover{
		Team: "One", Minutes: (31*24+1)*60 - unplanned, Below: hole + 59, Nobody: hole, Least: 0, Minimum: 3,
		NoBackup: (31*24+1)*60 - unplanned, // the plan asks for one, and has none
	}
	if d := cmp.Diff([]metrics.Cover{want}, in.Cover); d != "" || in.Unplanned != unplanned || in.Versions != 4 {
		t.Errorf("%d minutes without a plan, want %d; %d versions (-want +got):\n%s", in.Unplanned, unplanned, in.Versions, d)
	}
	in = metrics.BoardInput{}
	if err := l.covered(t.Context(), metrics.Month{Year: 2026, Month: time.September}, &in); err != nil || in.Cover != nil || in.CoverWhy == "" {
		t.Errorf("before there was a plan: %v, %q, %v", in.Cover, in.CoverWhy, err)
	}
}
