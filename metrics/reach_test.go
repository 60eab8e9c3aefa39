package metrics_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

const hourMs = 3600_000

// A need is judged by the one entry that decides it.
func TestReachIsJudgedOnce(t *testing.T) {
	t.Parallel()
	var reach metrics.Standard
	for _, s := range metrics.Standards() {
		if s.Name == "reach.within_60min" {
			reach = s
		}
	}
	connected := call.Event{Kind: call.KindConnected, WaitMs: 5000, FirstMs: hourMs, Line: "public", Caller: call.CallerSelf}
	change := func(f func(*call.Event)) call.Event {
		e := connected
		f(&e)
		return e
	}
	for name, tt := range map[string]struct {
		event call.Event
		want  metrics.Verdict
	}{
		"within, to the millisecond":     {connected, metrics.Met},
		"beyond, in one long wait":       {change(func(e *call.Event) { e.FirstMs++ }), metrics.Missed},
		"beyond, and told so before":     {change(func(e *call.Event) { e.FirstMs, e.Missed = 2*hourMs, true }), metrics.NotJudged},
		"nobody came in time":            {change(func(e *call.Event) { e.Kind = call.KindUnreached }), metrics.Missed},
		"a number withheld":              {change(func(e *call.Event) { e.FirstMs = 0 }), metrics.NotJudged},
		"connected again after a drop":   {change(func(e *call.Event) { e.WaitMs, e.FirstMs = 0, 0 }), metrics.NotJudged},
		"a try":                          {change(func(e *call.Event) { e.Kind = call.KindReceived }), metrics.NotJudged},
		"a try that came to nothing":     {change(func(e *call.Event) { e.Kind, e.Outcome = call.KindFinished, call.OutcomeAbandoned }), metrics.NotJudged},
		"the end of a call answered":     {change(func(e *call.Event) { e.Kind, e.Outcome = call.KindFinished, call.OutcomeAnswered }), metrics.NotJudged},
		"the end of a callback promised": {change(func(e *call.Event) { e.Kind, e.Outcome = call.KindFinished, call.OutcomeCallback }), metrics.NotJudged},
	} {
		if got, why := reach.Judge(tt.event); got != tt.want || why == "" {
			t.Errorf("%s: %q (%s), want %q", name, got, why, tt.want)
		}
	}
	reach.Callers, reach.Lines = []call.Caller{call.CallerCarer}, nil
	if got, _ := reach.Judge(connected); got != metrics.NotJudged {
		t.Errorf("another caller: %q", got)
	}
	reach.Callers, reach.Lines = nil, []string{"other"}
	if got, _ := reach.Judge(connected); got != metrics.NotJudged {
		t.Errorf("another line: %q", got)
	}
}

// A need counts on the day of its first try, wherever its answer fell, and not
// once that day was taken.
func TestReachOfDays(t *testing.T) {
	t.Parallel()
	midnight := monday.Truncate(24 * time.Hour).Add(24 * time.Hour)
	fold := metrics.Days{Zone: time.UTC, From: monday.Truncate(24 * time.Hour), To: midnight}
	n := 0
	decided := func(at time.Time, since time.Duration, kind call.Kind) {
		n++
		fold.Add(call.Event{At: at, Kind: kind, Call: call.ID(fmt.Sprint(n)), WaitMs: 1000, FirstMs: since.Milliseconds()})
	}
	decided(midnight.Add(-time.Minute), 10*time.Minute, call.KindConnected)
	decided(midnight.Add(20*time.Minute), 30*time.Minute, call.KindConnected) // rang before midnight, answered after
	decided(midnight.Add(20*time.Minute), 10*time.Minute, call.KindConnected) // the next day's
	decided(midnight.Add(50*time.Minute), time.Hour+time.Second, call.KindUnreached)
	decided(midnight.Add(50*time.Minute), 2*time.Hour, call.KindConnected)
	decided(midnight.Add(-30*time.Hour), time.Minute, call.KindConnected)
	days := fold.Take(midnight.Format(time.DateOnly))
	if len(days) != 1 {
		t.Fatalf("%d days", len(days))
	}
	if diff := cmp.Diff(metrics.Reach{Met: 2, Missed: 2}, days[0].Reach); diff != "" {
		t.Error(diff)
	}
	decided(midnight.Add(time.Hour), 90*time.Minute, call.KindUnreached)
	if more := fold.Take(""); len(more) != 0 {
		t.Errorf("a day that was taken changed: %+v", more)
	}
}

// The board is told of needs, and the public of no few of them.
func TestReachOnPages(t *testing.T) {
	t.Parallel()
	page := func(met, missed int64) (board, public string) {
		sum := metrics.NewDay("2026-10-01", "UTC")
		sum.Reach = metrics.Reach{Met: met, Missed: missed}
		all := &metrics.Tally{Received: 100}
		all.Caller.Answered, all.Caller.Within60, all.Caller.Abandoned[2] = 80, 60, 20
		sum.Slices[metrics.SliceAll] = all
		b := metrics.NewBoard(metrics.BoardInput{Month: metrics.Month{Year: 2026, Month: time.October}, Sum: sum, Made: monday, Standards: metrics.Standards()})
		var one, two strings.Builder
		if err := b.WriteHTML(&one); err != nil {
			t.Fatal(err)
		}
		if err := metrics.NewPublic(b).WriteHTML(&two); err != nil {
			t.Fatal(err)
		}
		return one.String(), two.String()
	}
	const promise = "reached within one hour of their first try"
	board, public := page(90, 10)
	for _, words := range []string{promise, "90.0 %", "were not reached within 60 minutes of their first try", "of 100 who showed a number"} {
		if !strings.Contains(board, words) {
			t.Errorf("the board is not told %q", words)
		}
	}
	if !strings.Contains(public, promise) {
		t.Error("the public is not told of ten needs that were not met")
	}
	if _, public := page(90, 3); strings.Contains(public, promise) {
		t.Error("three needs that were not met can be told from the public's page")
	}
}

// Only what the ledger can say may be asked for.
func TestReachOfAnotherTimeIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*metrics.Standard){
		"time":       func(s *metrics.Standard) { s.Threshold = time.Minute },
		"stop":       func(s *metrics.Standard) { s.Stop = metrics.MomentSettled },
		"population": func(s *metrics.Standard) { s.Population = metrics.PopulationAnswered },
		"exclusions": func(s *metrics.Standard) { s.Exclude = []call.Outcome{call.OutcomeFailed} },
	} {
		for _, s := range metrics.Standards() {
			if s.Name == "reach.within_60min" {
				change(&s)
				if metrics.CheckStandards([]metrics.Standard{s}) == nil {
					t.Errorf("%s: taken", name)
				}
			}
		}
	}
}
