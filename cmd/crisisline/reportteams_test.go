package main

import (
	"path/filepath"
	"testing"
	"time"

	"example.org/crisisline/config"
	"example.org/crisisline/examples"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// Calls of a team that became part of another are shown under its own name, or
// under today's, and none is lost either way.
func TestFiguresUnderTheTeamsOfAnyTime(t *testing.T) {
	t.Parallel()
	plan, err := rota.Parse("example", examples.Plan)
	if err != nil {
		t.Fatal(err)
	}
	now := utc(time.November, 21)
	r, err := rota.Compile(plan, now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(config.Default(), nil, nil, r, now)
	d := metrics.NewDay("2024-09-20", l.zone.String())
	d.Slices[metrics.TeamSlice("solent-portsmouth")] = &metrics.Tally{Received: 3}
	d.Slices[metrics.TeamSlice("pseh")] = &metrics.Tally{Received: 4}
	for view, want := range map[rota.View][2]int64{rota.AsWere: {3, 4}, rota.AsToday: {0, 7}} {
		names := map[string]string{}
		got := l.under(view, d, names)
		if n := [2]int64{got.Of(metrics.TeamSlice("solent-portsmouth")).Received, got.Of(metrics.TeamSlice("pseh")).Received}; n != want {
			t.Errorf("%s: %v, want %v", view, n, want)
		}
		if _, old := names["solent-portsmouth"]; old != (view == rota.AsWere) {
			t.Errorf("%s: names %v", view, names)
		}
	}
	desk := newDesk(t)
	page := []string{"report", "board", "--example", "--month", "2026-10", "--out", filepath.Join(desk.folder, "b"), "--teams"}
	desk.types(exitDone, append(page, "as-today")...)
	says(t, desk.types(exitFailed, append(page, "as-ever")...).stderr, "as-were", "as-today")
}
