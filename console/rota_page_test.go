package console

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/rota"
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

// TestWeekTellsNightsWhole: a night that reaches over the end of the week, or
// over a clock change, is shown as long as it is; nothing that is on is left out.
func TestWeekTellsNightsWhole(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 24, 17, 0, 0, 0, time.UTC)
	zone := london(t)
	p := rotaWeek(plan(t, now, nil), mondayOf(now, zone), now, zone, rota.Facts{})
	portsmouth := p.Teams[0]
	first, saturday, sunday := portsmouth.Days[0].Cells[0].Spans, portsmouth.Days[5].Cells[0].Spans, portsmouth.Days[6].Cells[0].Spans
	if p.Title != "Week of 19 October 2026" || len(portsmouth.Days) != 7 {
		t.Fatalf("%s, %d days", p.Title, len(portsmouth.Days))
	}
	if got := first[0].When; got != "Until 08:00" {
		t.Errorf("the night before the week: %q", got)
	}
	if got := saturday[1]; got.When != "20:00 to 08:00" || got.Note != "13 hours: clocks go back" {
		t.Errorf("the long night: %+v", got)
	}
	if got := sunday[1].When; got != "20:00 to 08:00" {
		t.Errorf("the night after the week: %q", got)
	}
}

// TestWeekShowsGaps as links that put somebody on.
func TestWeekShowsGaps(t *testing.T) {
	t.Parallel()
	zone := london(t)
	island := rotaWeek(plan(t, atNight, nil), mondayOf(atNight, zone), atNight, zone, rota.Facts{}).Teams[3]
	want := shiftSpan{When: "22:00 to 01:00", People: "Nobody", Href: "/rota/shift/isle-of-wight/responding/2026-06-20T22:00", Gap: true}
	spans := island.Days[5].Cells[0].Spans
	if d := cmp.Diff(want, spans[len(spans)-1]); d != "" || island.Gaps != 1 {
		t.Errorf("%d gaps\n%s", island.Gaps, d)
	}
	if got := spans[0].When; got != "Until 22:00" {
		t.Errorf("who was on before the gap: %q", got)
	}
}

// TestHeat: the worst minute of a day decides.
func TestHeat(t *testing.T) {
	t.Parallel()
	p := rotaHeat(plan(t, atNight, nil), atNight, london(t))
	if len(p.Teams) != 4 || len(p.Teams[0].Weeks) != heatWeeks {
		t.Fatalf("%d teams", len(p.Teams))
	}
	saturday := p.Teams[3].Weeks[0].Cells[5]
	if saturday.Level != "gap" || saturday.About != "Saturday 20 June: nobody for 2 hours" {
		t.Errorf("the day of the gap: %+v", saturday)
	}
	if got := p.Teams[0].Weeks[1].Cells[0]; got.Level != "well" || got.Text != "2" {
		t.Errorf("an ordinary day: %+v", got)
	}
}

// TestWeekTellsShiftsAsPeopleDo: a quarter of an hour in which one crew hands
// over to the next is part of both shifts, not a row of its own; a crew that is
// joined by somebody is one.
func TestWeekTellsShiftsAsPeopleDo(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		when, err := time.Parse("15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	span := func(from, until string, people ...string) tierSpan {
		return tierSpan{at(from), at(until), people, at(from)}
	}
	got := withoutHandOvers([]tierSpan{
		span("00:00", "07:45", "greta", "hugo"), span("07:45", "08:00", "ada", "bram", "greta", "hugo"), span("08:00", "12:00", "ada", "bram"),
		span("12:00", "12:20", "ada", "bram", "cleo"), span("12:20", "13:00", "ada", "bram"), span("13:00", "13:10"), span("13:10", "20:00", "dara"),
	})
	var lines []string
	for _, s := range got {
		lines = append(lines, s.from.Format("15:04")+"-"+s.until.Format("15:04")+" "+strings.Join(s.people, " ")+" "+s.alone.Format("15:04"))
	}
	want := []string{
		"00:00-08:00 greta hugo 00:00", "07:45-12:00 ada bram 08:00", "12:00-12:20 ada bram cleo 12:00", "12:20-13:00 ada bram 12:20",
		"13:00-13:10  13:00", "13:10-20:00 dara 13:10",
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
}
