package metrics_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// What came of a call counts on the day the call was received, as it was said
// last, and not at all once that day was taken.
func TestRecordedOutcomes(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	received := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Minute) }
	say := func(n int, at time.Time, e call.Event) {
		e.At, e.Kind, e.Call, e.WaitMs = at, call.KindWrapUpRecord, call.ID(fmt.Sprint(n)), at.Sub(received(n)).Milliseconds()
		fold.Add(e)
	}
	for n := range 20 {
		for _, e := range []call.Event{
			{At: received(n), Kind: call.KindReceived},
			{At: received(n).Add(5 * time.Second), Kind: call.KindConnected, WaitMs: 5000, ReturnMs: 5000},
			{At: received(n).Add(time.Minute), Kind: call.KindFinished, Outcome: call.OutcomeAnswered, WaitMs: 5000},
		} {
			e.Call = call.ID(fmt.Sprint(n))
			fold.Add(e)
		}
		say(n, received(n).Add(2*time.Minute), call.Event{Code: call.CodeAdvice, Hard: n < 6})
	}
	for n := range 8 { // corrected the day after
		say(n, received(n).Add(24*time.Hour), call.Event{Code: call.CodeUrgent, Category: call.ResponseNone, Duty: call.DutyConsent})
	}
	say(8, received(8).Add(24*time.Hour), call.Event{Duty: call.DutyNoConsent})
	days := fold.Take(monday.AddDate(0, 0, 2).Format(time.DateOnly))
	say(9, received(9).Add(72*time.Hour), call.Event{Code: call.CodeOther})
	if more := fold.Take(""); len(more) != 0 {
		t.Errorf("a day that was taken changed: %+v", more)
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
	want := metrics.Recorded{Codes: map[call.Code]int64{call.CodeAdvice: 11, call.CodeUrgent: 8}, Responses: 8, Consent: 8, NoConsent: 1}
	if diff := cmp.Diff(want, sum.Recorded); diff != "" {
		t.Error(diff)
	}

	b := metrics.NewBoard(metrics.BoardInput{Month: metrics.Month{Year: 2026, Month: time.October}, Sum: sum, Made: monday})
	var page strings.Builder
	if err := b.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"02 Advice only</td><td class=\"n\">11</td><td class=\"n\">57.9 %", "An outcome is recorded of –", "response category of 40.0 %",
		"Homelessness came up in 9 calls; 8 agreed", "98 Other</td><td class=\"n\">0</td>"} {
		if !strings.Contains(page.String(), words) {
			t.Errorf("the page does not say %q", words)
		}
	}
}
