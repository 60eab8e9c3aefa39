package metrics_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

// exact takes the hundredths of a second off the 95th centile, which roll-ups
// keep in whole seconds; nothing published is finer.
func exact(i metrics.Items) metrics.Items {
	i.P95 = min((i.P95+time.Second-1)/time.Second*time.Second, i.Longest)
	return i
}

// Whatever the traffic: rolling it up by day, writing the days down, reading
// them back and merging them gives the figures of the ledger itself.
func TestRollUpChangesNoFigure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := traffic(t)
		// Spread over days: every entry of a call moves with its arrival.
		shift := map[call.ID]time.Duration{}
		var whole metrics.Figures
		fold := metrics.Days{Zone: time.UTC}
		for i := range events {
			e := &events[i]
			if e.Kind == call.KindReceived {
				shift[e.Call] = time.Duration(rapid.IntRange(0, 3).Draw(t, "days later")) * 24 * time.Hour
			}
			e.At = e.At.Add(shift[e.Call])
			whole.Add(*e)
			fold.Add(*e)
		}
		month := metrics.NewDay("2026-10-01", "UTC")
		month.Days = 0
		for _, day := range fold.Take("") {
			text, err := json.Marshal(day)
			if err != nil {
				t.Fatal(err)
			}
			var back metrics.Day
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if err := month.Merge(&back); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range metrics.Clocks {
			want, got := exact(whole.Items(c)), month.Items(c, nil)
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s clock (-ledger +rolled up):\n%s", c, d)
			}
		}
		if err := month.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDayOfTheStory(t *testing.T) {
	t.Parallel()
	fold := metrics.Days{Zone: time.UTC}
	for _, e := range story() {
		fold.Add(e)
	}
	days := fold.Take("")
	if len(days) != 1 {
		t.Fatalf("%d days", len(days))
	}
	d := days[0]
	if i := d.Items(metrics.ClockCaller, []string{"professional"}); i.A01 != 3 || i.A02 != 1 || i.A03 != 1 || i.B05 != 1 || i.Callback != 1 {
		t.Errorf("items %+v", i)
	}
	if got := d.Of(metrics.HourSlice(8)).Received + d.Of(metrics.HourSlice(9)).Received; got == 0 && len(d.Values("hour")) == 0 {
		t.Error("no call in any hour")
	}
}

// A call of before midnight that is answered after it belongs to the day it
// arrived on, and the day is not taken before the call is over.
func TestACallBelongsToTheDayItArrivedOn(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	night := time.Date(2026, 10, 24, 22, 59, 50, 0, time.UTC) // 23:59:50 in London, summer time's last night
	fold := metrics.Days{Zone: london}
	fold.Add(call.Event{ID: "1-0", Kind: call.KindReceived, Call: "CA1", At: night})
	fold.Add(call.Event{ID: "2-0", Kind: call.KindConnected, Call: "CA1", At: night.Add(20 * time.Second), WaitMs: 20_000})
	if taken := fold.Take("2026-10-26"); len(taken) != 0 {
		t.Errorf("took %v while a call of it is live", taken[0].From)
	}
	if live := fold.Live(); live["2026-10-24"] != 1 {
		t.Errorf("live %v", live)
	}
	fold.Add(call.Event{ID: "3-0", Kind: call.KindFinished, Call: "CA1", At: night.Add(time.Hour), Outcome: call.OutcomeAnswered, TalkMs: 60_000})
	taken := fold.Take("2026-10-25")
	if len(taken) != 1 || taken[0].From != "2026-10-24" || taken[0].Of(metrics.HourSlice(23)).Received != 1 {
		t.Fatalf("took %v", taken)
	}
}

func TestMergeRefusesOtherDefinitions(t *testing.T) {
	t.Parallel()
	a, b, c := metrics.NewDay("2026-10-01", "UTC"), metrics.NewDay("2026-10-02", "Europe/London"), metrics.NewDay("2026-10-02", "UTC")
	c.Form++
	for _, other := range []*metrics.Day{b, c} {
		if err := a.Merge(other); err == nil {
			t.Errorf("form %d in %s was merged into form %d in %s", other.Form, other.Zone, a.Form, a.Zone)
		}
	}
}

// yearOf is a year of calls as ledger entries, fifteen for each.
func yearOf(calls int, add func(call.Event)) {
	rng := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	step := 365 * 24 * time.Hour / time.Duration(calls)
	teams := []string{"pseh", "southampton", "mid-north", "isle-of-wight"}
	seq := 0
	for i := range calls {
		at := start.Add(time.Duration(i) * step)
		e := call.Event{At: at, Call: call.ID(fmt.Sprintf("CA%032d", i)), Line: "crisis", Team: teams[i%4], Caller: call.Callers[i%4], Responder: "r", Offer: "o"}
		put := func(k call.Kind) {
			e.Kind, e.ID = k, fmt.Sprintf("%d-%d", at.UnixMilli(), seq)
			seq++
			add(e)
		}
		put(call.KindReceived)
		put(call.KindWaiting)
		for range 2 {
			put(call.KindOffered)
			put(call.KindOfferSent)
			put(call.KindRinging)
			e.Result = call.ResultNoAnswer
			put(call.KindOfferEnded)
			e.Result = ""
		}
		wait := int64(rng.ExpFloat64() * 60_000)
		e.WaitMs, e.ReturnMs, e.QueueMs = wait+12_000, wait, wait
		if rng.Float64() < .1 {
			e.Outcome = call.OutcomeAbandoned
			put(call.KindFinished)
			continue
		}
		put(call.KindAccepted)
		put(call.KindConnected)
		e.Outcome, e.TalkMs = call.OutcomeAnswered, 1_200_000
		put(call.KindFinished)
		put(call.KindWrapUp)
		put(call.KindWrapUpEnded)
	}
}

// BenchmarkYear is England's volume: two million calls, about thirty million
// entries, folded a day at a time.
func BenchmarkYear(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		fold := metrics.Days{Zone: time.UTC}
		year := metrics.NewDay("2026-01-01", "UTC")
		date, entries := "", 0
		yearOf(2_000_000, func(e call.Event) {
			entries++
			fold.Add(e)
			if today := e.At.Format(time.DateOnly); today != date {
				date = today
				for _, day := range fold.Take(e.At.AddDate(0, 0, -8).Format(time.DateOnly)) {
					if err := year.Merge(day); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		for _, day := range fold.Take("") {
			if err := year.Merge(day); err != nil {
				b.Fatal(err)
			}
		}
		if err := year.Check(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(entries), "entries")
	}
}

// BenchmarkMonthFromRollUps reads a month of a country's roll-ups.
func BenchmarkMonthFromRollUps(b *testing.B) {
	fold := metrics.Days{Zone: time.UTC}
	var stored [][]byte
	n := 0
	yearOf(2_000_000, func(e call.Event) {
		if e.At.YearDay() <= 31 {
			fold.Add(e)
		}
	})
	for _, day := range fold.Take("") {
		text, err := json.Marshal(day)
		if err != nil {
			b.Fatal(err)
		}
		stored = append(stored, text)
		n += len(text)
	}
	b.ReportAllocs()
	for b.Loop() {
		month := metrics.NewDay("2026-01-01", "UTC")
		for _, text := range stored {
			var d metrics.Day
			if err := json.Unmarshal(text, &d); err != nil {
				b.Fatal(err)
			}
			if err := month.Merge(&d); err != nil {
				b.Fatal(err)
			}
		}
		month.Items(metrics.ClockReturn, nil)
	}
	b.ReportMetric(float64(n)/float64(len(stored)), "bytes/day")
}

// Whoever reads millions leaves out the entries that are not of DayKinds: every
// kind that is in it changes a day, and none that is not.
func TestDayKindsAreWhatCounts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)
	e := call.Event{At: at, Call: "CA1", Line: "public", Team: "pseh", Caller: call.CallerSelf}
	of := func(kind call.Kind, it call.Event) call.Event { it.Kind = kind; return it }
	full := call.Event{
		At: at.Add(time.Hour), Call: "CA1", Offer: "o", Line: "other", Team: "other", Caller: call.CallerCarer, Responder: "r",
		Tier: call.TierBackup, Result: call.ResultBusy, Outcome: call.OutcomeFailed, Presence: call.PresenceAway, Reason: "why", Withheld: true,
		Redials: 2, WaitMs: 3000, IntakeMs: 4000, QueueMs: 5000, RingMs: 6000, ReturnMs: 7000, TalkMs: 8000, FirstMs: 9000, Offers: 10,
		Version: 11, Category: "response_4h", DueMs: 12_000, Missed: true, Code: call.Codes[0], Hard: true, Duty: call.DutyConsent,
	}
	day := func(more ...call.Kind) string {
		fold := metrics.Days{Zone: time.UTC}
		put := func() {
			for _, kind := range more {
				fold.Add(of(kind, full))
			}
		}
		fold.Add(of(call.KindReceived, e))
		put()
		fold.Add(of(call.KindConnected, e))
		finished := of(call.KindFinished, e)
		finished.Outcome = call.OutcomeAnswered
		fold.Add(finished)
		put()
		text, err := json.Marshal(fold.Rest())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, kind := range call.Kinds {
		if counts := slices.Contains(metrics.DayKinds, kind); counts == (day(kind) == day()) {
			t.Errorf("%s: in DayKinds %v, and a day with two more of it is\n%s\nwithout\n%s", kind, counts, day(kind), day())
		}
	}
}

// A day without its histograms still says how many rang when, how long they were
// talked to, and how patient they were.
func TestBareDaysKeepCountsAndSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fold := metrics.Days{Zone: time.UTC}
		for _, e := range traffic(t) {
			fold.Add(e)
		}
		days := fold.Take("")
		type told struct {
			Week     metrics.Week
			Basis    string
			Handling time.Duration
			Patience time.Duration
			Items    metrics.Items
		}
		tell := func() (out told) {
			out.Week, out.Basis = metrics.Arrivals(days)
			for _, d := range days {
				out.Handling, _ = d.Handling()
				out.Patience, _ = d.Of(metrics.SliceAll).Patience()
				out.Items = d.Items(metrics.ClockReturn, []string{"public"})
				out.Items.P95, out.Items.B07 = 0, 0 // of a histogram
			}
			return out
		}
		want := tell()
		for _, d := range days {
			d.Bare()
			for name, tally := range d.Slices {
				if n := tally.Caller.Seconds.Count() + tally.Return.Gone.Count() + tally.Caller.Others.Count(); n != 0 {
					t.Fatalf("%s has %d in its histograms", name, n)
				}
			}
		}
		if d := cmp.Diff(want, tell()); d != "" {
			t.Fatalf("(-whole +bare):\n%s", d)
		}
	})
}
