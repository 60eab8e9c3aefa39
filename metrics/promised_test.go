package metrics_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// Follow-ups count on the day they were entered, survive the roll-up, and small
// numbers of them are not shown.
func TestFollowUpsOfAMonth(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	limit := (4 * time.Hour).Milliseconds()
	for i := range 20 {
		e := call.Event{At: monday.AddDate(0, 0, i%3), Kind: call.KindFollowUp, Call: call.ID(fmt.Sprint(i)), Category: "crisis.very_urgent", DueMs: limit}
		fold.Add(e)
		e.Kind, e.Reason, e.WaitMs, e.At = call.KindFollowUpDone, "seen", limit-1, e.At.AddDate(0, 0, 1)
		if i < 6 {
			e.WaitMs, e.Missed = limit+1, true
			missed := e
			missed.Kind = call.KindFollowUpMissed
			fold.Add(missed)
			missed.Kind, missed.Reason = call.KindFollowUpReviewed, "nobody_free"
			if i == 5 {
				missed.Reason = "travel"
			}
			fold.Add(missed)
		}
		fold.Add(e)
	}
	days := fold.Take("")
	if len(days) != 4 {
		t.Fatalf("%d days, want the three and the last's next", len(days))
	}
	text, err := json.Marshal(days)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &days); err != nil {
		t.Fatal(err)
	}
	sum, err := metrics.MergeDays(days, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	in := metrics.BoardInput{Month: metrics.Month{Year: 2026, Month: time.October}, Sum: sum, Made: monday}
	b := metrics.NewBoard(in)
	if len(b.Promised) != 1 {
		t.Fatalf("%d promises", len(b.Promised))
	}
	p := b.Promised[0]
	if p.Recorded != 20 || p.Met != 14 || p.Late != 6 || p.Overran != 6 || p.InTime() != "70.0 %" || p.Aim() != "none agreed" {
		t.Errorf("%+v, in time %s", p, p.InTime())
	}
	share := .7
	for want, target := range map[string]*float64{"": nil, "kept": &share, "missed": new(float64)} {
		if want == "missed" {
			*target = .71
		}
		if p.Target = target; p.Verdict() != want {
			t.Errorf("against %v: %q, want %q", target, p.Verdict(), want)
		}
	}
	if want := "nobody free (5), travel (under 5)"; p.Why() != want {
		t.Errorf("why: %q, want %q", p.Why(), want)
	}
	var page strings.Builder
	if err := b.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "seen face to face within 4 hours") {
		t.Error("the page does not say what was promised")
	}
}
