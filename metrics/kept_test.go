package metrics_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// A promise is kept in time, or it ran out, once each, by when it was kept and not
// by when that was recorded.
func TestPromisesKeptOfGroups(t *testing.T) {
	t.Parallel()
	const limit = 4 * 3600_000
	done := func(how string, wait int64, missed bool) call.Event {
		return call.Event{Kind: call.KindFollowUpDone, Reason: how, WaitMs: wait, Missed: missed}
	}
	ran := call.Event{Kind: call.KindFollowUpMissed, WaitMs: limit}
	for name, tc := range map[string]struct {
		told []call.Event
		want metrics.Proportion
	}{
		"only begun":                     {nil, metrics.Proportion{}},
		"at the last moment":             {[]call.Event{done("seen", limit, false)}, metrics.Proportion{Part: 1, Whole: 1}},
		"ran out, and nobody came":       {[]call.Event{ran}, metrics.Proportion{Whole: 1}},
		"seen too late":                  {[]call.Event{ran, done("seen", limit+1, true)}, metrics.Proportion{Whole: 1}},
		"in time, and recorded late":     {[]call.Event{ran, done("seen", limit, true)}, metrics.Proportion{Part: 1, Whole: 1}},
		"declined in time":               {[]call.Event{done("declined", limit, false)}, metrics.Proportion{}},
		"declined when it had run out":   {[]call.Event{ran, done("declined", limit, true)}, metrics.Proportion{Whole: 1}},
		"a mistake that ran out":         {[]call.Event{ran, done("mistaken", limit+1, true)}, metrics.Proportion{}},
		"reviewed, which counts nothing": {[]call.Event{ran, {Kind: call.KindFollowUpReviewed, Reason: "travel"}}, metrics.Proportion{Whole: 1}},
	} {
		began := monday.Truncate(24 * time.Hour).Add(23 * time.Hour) // its end is another day's entry, and another part of the day
		fold := metrics.Days{Zone: time.UTC}
		for i, e := range append([]call.Event{{Kind: call.KindFollowUp}}, tc.told...) {
			e.At, e.Call = began.Add(time.Duration(limit+i)*time.Millisecond), "CA1"
			e.SinceMs, e.Number = e.At.Sub(began).Milliseconds(), call.ShownWithheld
			e.Category, e.DueMs, e.Team, e.Line, e.Caller = "crisis.very_urgent", limit, "ports", "public", call.CallerCarer
			fold.Add(e)
		}
		days := fold.Take("")
		text, err := json.Marshal(days) // as they are kept
		if err != nil {
			t.Fatal(err)
		}
		var kept []*metrics.Day
		if err := json.Unmarshal(text, &kept); err != nil {
			t.Fatal(err)
		}
		sum, err := metrics.MergeDays(kept, "UTC")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []metrics.Slice{
			metrics.SliceAll, metrics.TeamSlice("ports"), metrics.LineSlice("public"), metrics.CallerSlice(call.CallerCarer),
			metrics.BandSlice("evening"), metrics.NumberSlice(true),
		} {
			if got := sum.Of(s).Kept["crisis.very_urgent"].Share(); got != tc.want {
				t.Errorf("%s: %s has %v, want %v", name, s, got, tc.want)
			}
		}
		if share, known := sum.FollowUps["crisis.very_urgent"].Share(); known != (tc.want.Whole > 0) || share != float64(tc.want.Part)/max(1, float64(tc.want.Whole)) {
			t.Errorf("%s: of everyone %g (%t), want %v", name, share, known, tc.want)
		}
		if err := sum.Check(); err != nil {
			t.Error(err)
		}
	}
}

// Promises are compared like waits: with everyone else's, beyond chance, with
// enough of them, and small counts are nobody's business.
func TestEquityOfPromises(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	n := 0
	fell := func(category, team string, kept, ran int) {
		for i := range kept + ran {
			n++
			e := call.Event{At: monday, Call: call.ID(fmt.Sprint(n)), Category: category, Team: team, Line: "public", Kind: call.KindFollowUpDone, Reason: "reached", WaitMs: 1, DueMs: 2}
			if i >= kept {
				e.Kind, e.Reason, e.WaitMs = call.KindFollowUpMissed, "", 2
			}
			fold.Add(e)
		}
	}
	fell("callback.closed", "island", 60, 40)
	fell("callback.closed", "city", 180, 20)
	fell("crisis.very_urgent", "island", 9, 1)
	fell("crisis.very_urgent", "city", 85, 15)
	fell("crisis.urgent", "island", 2, 0)
	fell("crisis.urgent", "city", 30, 30)
	fell("debrief.offered", "city", 30, 30) // owed to staff: no group of callers
	sum := fold.Take("")[0]
	sum.Coarse = 3
	month := metrics.Month{Year: 2026, Month: time.October}
	b := metrics.NewBoard(metrics.BoardInput{
		Month: month, Made: monday, Zone: "UTC", Sum: sum, Days: []*metrics.Day{sum}, Trend: []metrics.MonthDay{{Month: month, Sum: sum}},
		Names: map[string]string{"island": "The island", "city": "The city"},
	})
	if len(b.Groups) != 0 {
		t.Errorf("nobody rang, and yet %v", b.Groups)
	}
	rows := b.AfterRows()
	if len(rows) != 2 || rows[0].Name != "The city" || rows[1].Name != "The island" {
		t.Fatalf("rows %+v", rows)
	}
	island := rows[1]
	for i, want := range []string{"60.0 % of 100", "of 10", "under 5"} {
		if got := island.Kept[i].Of(); got != want {
			t.Errorf("%s: %q, want %q", metrics.Compared[i], got, want)
		}
	}
	if len(island.Says) != 1 || island.Says[0].Verdict != metrics.EquityWorse || !island.Says[0].Action() ||
		!strings.HasPrefix(island.Says[0].Text(), "60 % closed in time, the rest 90 %: worse than the rest by 30 points") {
		t.Errorf("the island: %+v", island.Says)
	}
	var page bytes.Buffer
	if err := b.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	gap := b.Gap()
	if gap.Compared != 6 || gap.CouldTell != 2 || gap.Flagged != 0 ||
		!slices.Equal(gap.Look, []string{"The city (callbacks closed in time, +30 points)", "The island (callbacks closed in time, −30 points)"}) {
		t.Errorf("of all: %+v", gap)
	}
	for _, want := range []string{"To be looked into</span>: The city", "Of 6 comparisons on this page 2 had enough calls to tell.", "Callbacks closed in time (one hour)", "look into it:", "60 % closed in time", "equity-after.csv",
		"Of 3 of these days nothing of this is known"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, c := range b.Charts() {
		if c.ID != "equity-after" {
			continue
		}
		if len(c.Table) != 7 {
			t.Errorf("%d rows of numbers", len(c.Table))
		}
		for _, row := range c.Table {
			if len(row) != len(c.Table[0]) || row[0] == "crisis.very_urgent" && row[2] == "The island" && row[5] != "" {
				t.Errorf("row %q", row)
			}
		}
	}
}

// Few calls are told as they are: nobody is a hundredth of one.
func TestBoardWordsOfFewCalls(t *testing.T) {
	t.Parallel()
	for calls, want := range map[int64]string{
		0:   "In October 2026 nobody rang.",
		1:   "In October 2026 the line was rung once. Of these calls, 1 reached a person within a minute and 0 later; in 0 the caller gave up.",
		2:   "In October 2026 the line was rung twice. Of these calls, 2 reached a person within a minute and 0 later; in 0 the caller gave up.",
		99:  "In October 2026 the line was rung 99 times. Of these calls, 99 reached a person within a minute and 0 later; in 0 the caller gave up.",
		200: "In October 2026 the line was rung 200 times. Of every 100 calls, 100 reached a person within a minute and 0 later; in 0 the caller gave up.",
	} {
		sum := metrics.NewDay("2026-10-01", "UTC")
		if calls > 0 {
			sum = groups(t, map[string]metrics.Proportion{"own": {Part: calls, Whole: calls}})
		}
		b := metrics.NewBoard(metrics.BoardInput{Month: metrics.Month{Year: 2026, Month: time.October}, Sum: sum, Made: monday})
		if b.Words != want {
			t.Errorf("%d calls: %q", calls, b.Words)
		}
	}
}
