package console

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRotaOverClockChange: shifts are shown as long as they are lived through.
func TestRotaOverClockChange(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		now    time.Time
		night  rotaRow
		change string
	}{
		{
			"autumn", time.Date(2026, 10, 24, 17, 0, 0, 0, time.UTC),
			rotaRow{From: "20:00", Until: "Sun 08:00", Length: "13 hours: clocks go back"}, "Clocks go back on Sunday 25 October at 02:00.",
		},
		{
			"spring", time.Date(2026, 3, 28, 18, 0, 0, 0, time.UTC),
			rotaRow{From: "20:00", Until: "Sun 08:00", Length: "11 hours: clocks go forward"}, "Clocks go forward on Sunday 29 March at 01:00.",
		},
		{
			"summer", time.Date(2026, 6, 19, 17, 0, 0, 0, time.UTC),
			rotaRow{From: "20:00", Until: "Sat 08:00", Length: "12 hours"}, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := rotaDay(plan(t, tt.now, nil), tt.now, london(t))
			if p.ClockChange != tt.change {
				t.Errorf("clock change: got %q, want %q", p.ClockChange, tt.change)
			}
			night := p.Teams[0].Rows[1]
			night.Cells = nil
			if d := cmp.Diff(tt.night, night); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRotaGapIsABand(t *testing.T) {
	t.Parallel()
	p := rotaDay(plan(t, atNight, nil), atNight, london(t))
	want := []alarm{{Title: "Nobody for Isle of Wight, 22:00 to Sun 01:00", Text: "3 hours"}}
	if d := cmp.Diff(want, p.Gaps); d != "" {
		t.Error(d)
	}
	island := p.Teams[3]
	var rows []rotaRow
	for _, r := range island.Rows {
		if r.Gap {
			rows = append(rows, r)
		}
	}
	if island.Gaps != 1 || len(rows) != 1 || rows[0].Cells[0].People != "" {
		t.Errorf("Isle of Wight: %d gaps, rows %+v", island.Gaps, rows)
	}
	if len(p.Findings) == 0 || p.Findings[0].Level != "Must be mended" {
		t.Errorf("findings: %+v", p.Findings)
	}
}

// TestRotaTablesAgreeWithTheRota: every span of every team names exactly who is
// on shift in its middle, and the spans cover the day without a hole.
func TestRotaTablesAgreeWithTheRota(t *testing.T) {
	t.Parallel()
	r := plan(t, atNight, nil)
	n := names{r, london(t)}
	edges := boundaries(r, atNight, atNight.Add(rotaSpan))
	if !edges[0].Equal(atNight) || !edges[len(edges)-1].Equal(atNight.Add(rotaSpan)) {
		t.Fatalf("edges: %v", edges)
	}
	for _, team := range n.openTeams(atNight) {
		day := teamDay(n, team, edges, atNight)
		covered := time.Duration(0)
		for i, from := range edges[:len(edges)-1] {
			covered += edges[i+1].Sub(from)
			middle := from.Add(edges[i+1].Sub(from) / 2)
			want := n.rotaRow(team, shownTiers[:1], from, edges[i+1], atNight).Cells[0].People
			var got []string
			for _, d := range r.OnShift(team, shownTiers[0], middle) {
				got = append(got, n.person(d.Responder))
			}
			if list(got) != want {
				t.Errorf("%s at %s: table %q, rota %q", team, middle, want, list(got))
			}
		}
		if covered != rotaSpan {
			t.Errorf("%s: %s covered", team, covered)
		}
		if first, last := day.Rows[0], day.Rows[len(day.Rows)-1]; !first.Now || last.Until != "Sun 03:12" {
			t.Errorf("%s: from %+v to %+v", team, first, last)
		}
	}
}

func TestRotaWithoutPlan(t *testing.T) {
	t.Parallel()
	if got := rotaDay(nil, atNight, london(t)); !got.NoPlan {
		t.Errorf("got %+v", got)
	}
}
