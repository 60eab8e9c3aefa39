package metrics_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

func TestFollowUpDue(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		name, follow, start, due string
		holds                    bool
	}{
		{"four hours", "crisis.very_urgent", "2026-11-16T22:30:00Z", "2026-11-17T02:30:00Z", true},
		{"urgent in crisis care is a day", "crisis.urgent", "2026-11-16T09:00:00Z", "2026-11-17T09:00:00Z", true},
		{"urgent in eating disorders is a week", "cyp_ed.urgent", "2026-11-16T09:00:00Z", "2026-11-23T09:00:00Z", true},
		{"24 hours over the end of summer time are 24", "crisis.urgent", "2026-10-24T12:00:00+01:00", "2026-10-25T11:00:00Z", true},
		{"72 hours", "crisis.semi_urgent", "2026-11-16T09:00:00Z", "2026-11-19T09:00:00Z", true},
		{"the referrer", "referrer.response", "2026-11-16T09:00:00Z", "2026-11-16T09:30:00Z", true},
		{"the same day, in winter", "same_day", "2026-11-16T17:59:59Z", "2026-11-16T23:59:59.999Z", true},
		{"the same day, in summer", "same_day", "2026-07-01T16:59:59Z", "2026-07-01T22:59:59.999Z", true},
		{"not after six", "same_day", "2026-11-16T18:00:00Z", "2026-11-16T23:59:59.999Z", false},
		{"not after six by the wall's clock", "same_day", "2026-07-01T17:00:00Z", "2026-07-01T22:59:59.999Z", false},
		{"the day of 25 hours", "same_day", "2026-10-25T00:10:00+01:00", "2026-10-25T23:59:59.999Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, ok := metrics.FollowUps().Named(tt.follow)
			if !ok {
				t.Fatalf("there is no %s", tt.follow)
			}
			due, holds := f.Due(at(tt.start), london)
			if !due.Equal(at(tt.due)) || holds != tt.holds {
				t.Errorf("due %s, %v; not %s, %v", due.UTC().Format(time.RFC3339Nano), holds, tt.due, tt.holds)
			}
		})
	}
}

// The UK scale's letters, and no Australian numbers: the parent scale says two
// hours for B and eight for C.
func TestFollowUpForLetters(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"A": "crisis.emergency 2m0s 1", "B": "crisis.very_urgent 4h0m0s 4", "C": "crisis.urgent 24h0m0s 2",
		"D": "crisis.semi_urgent 72h0m0s 3", "E": "community.help_starts 672h0m0s 3", "F": "none", "G": "none",
		"H": "unknown", "": "unknown", "b": "unknown",
	}
	got := map[string]string{}
	for letter := range want {
		f, clock, ok := metrics.FollowUps().For(letter)
		switch {
		case !ok:
			got[letter] = "unknown"
		case !clock:
			got[letter] = "none"
		default:
			got[letter] = strings.Join([]string{f.Name, f.Limit.String(), string(rune('0' + f.Priority))}, " ")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFollowUpsAreWhole(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, s := range metrics.Standards() {
		names[s.Name] = true
	}
	for _, f := range metrics.FollowUps() {
		if f.Source == "" || f.Stop == "" || f.Label == "" || (f.Limit == 0) == (f.Before == 0) || names[f.Name] {
			t.Errorf("%s: not whole, or its name is taken", f)
		}
		names[f.Name] = true
		if !strings.Contains(f.String(), f.Source) || !strings.Contains(f.String(), string(f.Label)) {
			t.Errorf("%s does not say whose number it is", f)
		}
	}
}

func TestFollowUpFigures(t *testing.T) {
	t.Parallel()
	const due = 4 * 3600_000
	entry := func(k call.Kind, reason string, wait int64, missed bool) call.Event {
		return call.Event{Kind: k, Reason: reason, WaitMs: wait, DueMs: due, Missed: missed, Category: "crisis.very_urgent"}
	}
	story := []struct {
		event call.Event
		want  metrics.Verdict
	}{
		{entry(call.KindFollowUp, "", 0, false), metrics.NotJudged},
		{entry(call.KindFollowUpDone, "seen", due, false), metrics.Met}, // inclusive
		{entry(call.KindFollowUp, "", 0, false), metrics.NotJudged},
		{entry(call.KindFollowUpMissed, "", due, false), metrics.Missed},
		{entry(call.KindFollowUpDone, "seen", due+1, true), metrics.NotJudged}, // it was, when it ran out
		{entry(call.KindFollowUpReviewed, "travel", 0, false), metrics.NotJudged},
		{entry(call.KindFollowUp, "", 0, false), metrics.NotJudged},
		{entry(call.KindFollowUpMissed, "", due, false), metrics.Missed},
		{entry(call.KindFollowUpDone, "seen", due-1, true), metrics.NotJudged}, // in time, recorded late
		{entry(call.KindFollowUp, "", 0, false), metrics.NotJudged},
		{entry(call.KindFollowUpDone, "declined", 5, false), metrics.NotJudged},
		{entry(call.KindFollowUp, "", 0, false), metrics.NotJudged},
		{entry(call.KindFinished, "", 0, false), metrics.NotJudged},
	}
	var f metrics.FollowUpFigures
	for i, s := range story {
		f.Add(s.event)
		if got := metrics.JudgeFollowUp(s.event); got != s.want {
			t.Errorf("entry %d: judged %q, not %q", i, got, s.want)
		}
	}
	want := metrics.FollowUpFigures{Recorded: 5, Met: 2, Late: 1, Decided: 1, Overran: 2, Back: 1, Reviewed: 1,
		SumMs: 3 * due, Reasons: map[string]int64{"travel": 1}}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	if share, ok := f.Share(); !ok || share < .66 || share > .67 || f.Open() != 1 {
		t.Errorf("share %v, open %d", share, f.Open())
	}
	if _, ok := (metrics.FollowUpFigures{}).Share(); ok {
		t.Error("a share of nobody")
	}
}

// A service's own numbers take the shipped ones' place, are told as its own, and
// leave the shipped ones as they are.
func TestOwnPromises(t *testing.T) {
	t.Parallel()
	own, err := metrics.FollowUps().With([]metrics.OwnPromise{
		{Name: "crisis.very_urgent", Limit: 2 * time.Hour, Target: .9}, {Name: "same_day", Target: .5},
	})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := own.Named("crisis.very_urgent")
	if letter, _, _ := own.For("B"); f.Limit != 2*time.Hour || f.Target == nil || *f.Target != .9 || f.Label != metrics.LabelLocal ||
		!strings.Contains(f.String(), "set by this service") || letter.Limit != f.Limit {
		t.Errorf("own: %s", f)
	}
	if day, _ := own.Named("same_day"); day.Limit != 0 || *day.Target != .5 {
		t.Errorf("own: %s", day)
	}
	if shipped, _ := metrics.FollowUps().Named("crisis.very_urgent"); shipped.Limit != 4*time.Hour || shipped.Target != nil {
		t.Errorf("shipped: %s", shipped)
	}
}

func TestOwnPromisesRefused(t *testing.T) {
	t.Parallel()
	for want, own := range map[string][]metrics.OwnPromise{
		"use one of crisis.emergency": {{Name: "urgent", Limit: time.Hour}},
		"there twice":                 {{Name: "liaison.ed", Limit: time.Hour}, {Name: "liaison.ed", Target: 1}},
		"its limit, its target":       {{Name: "liaison.ed"}},
		"end of the day":              {{Name: "same_day", Limit: time.Hour}},
		"from 1m to 2160h":            {{Name: "liaison.ed", Limit: time.Second}},
		"must be whole seconds":       {{Name: "liaison.ed", Limit: time.Hour + time.Millisecond}},
		"a share above 0":             {{Name: "liaison.ed", Target: 95}},
	} {
		if _, err := metrics.FollowUps().With(own); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", own, err, want)
		}
	}
}
