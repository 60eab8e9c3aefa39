package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console"
	"example.org/crisisline/examples"
	"example.org/crisisline/rota"
)

// counting is a service that can only count.
func counting(t *testing.T, folder string, now func() time.Time) *service {
	t.Helper()
	cfg := config.Default()
	cfg.Service.DataDir = folder
	cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 30*time.Second, 30*time.Second
	log := slog.New(slog.DiscardHandler)
	st, err := openStore(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	sealer, err := openSealer(cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{cfg: cfg, log: log, now: now, store: st}
	if s.queue, err = openQueue(cfg, st.UniversalClient, sealer); err != nil {
		t.Fatal(err)
	}
	s.book = openBook(cfg, st, sealer, log, s.now, nil)
	plan, err := rota.Parse("example", examples.Plan)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.book.Publish(t.Context(), now(), rota.Change{Who: "test", Plan: plan}); err != nil && !errors.Is(err, rota.ErrStale) {
		t.Fatal(err)
	}
	return s
}

// How often a line was rung is the calls received on it in 28 days, the same
// from the ledger and from what was rolled up of it, and it says since when.
func TestHowOftenLinesAreRung(t *testing.T) {
	t.Parallel()
	now := utc(time.November, 20).Add(15 * time.Hour)
	events := told(t, utc(time.October, 1), utc(time.November, 20).Add(15*time.Hour))
	midnight, want, whole := time.Date(2026, 10, 22, 23, 0, 0, 0, time.UTC), map[string]int64{}, map[call.ID]bool{} // in British Summer Time
	for _, e := range events {
		if e.Kind == call.KindFinished {
			whole[e.Call] = true
		}
	}
	for _, e := range events {
		if e.Kind == call.KindReceived && !e.At.Before(midnight) && whole[e.Call] {
			want[e.Line]++
		}
	}
	if len(want) < 2 {
		t.Fatalf("the example rings %v", want)
	}
	d := newDesk(t)
	fill(t, d.folder, events)
	s := counting(t, d.folder, func() time.Time { return now })
	ask := func(when string, from time.Time, want map[string]int64) {
		t.Helper()
		by, since, err := s.reportLedger().rung(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if diff := cmp.Diff(want, by); diff != "" || !since.Equal(from) {
			t.Errorf("%s, since %s:\n%s", when, since, diff)
		}
	}
	ask("from the ledger", midnight, want)
	ask("rolled up", midnight, want)
	if err := s.store.Del(t.Context(), s.reportLedger().rollUps()).Err(); err != nil {
		t.Fatal(err)
	}
	s.cfg.Privacy.LedgerFor = 10 * 24 * time.Hour
	_, since, err := s.reportLedger().rung(t.Context())
	if want := utc(time.November, 11); err != nil || !since.Equal(want) {
		t.Errorf("of a ledger of ten days: since %s, not %s: %v", since, want, err)
	}
}

// The count is kept for a while, made by one at a time, and no page waits for
// ever.
func TestLinesAreCountedNowAndThen(t *testing.T) {
	t.Parallel()
	now := utc(time.November, 20).Add(15 * time.Hour)
	d := newDesk(t)
	fill(t, d.folder, told(t, utc(time.November, 18), utc(time.November, 20)))
	s := counting(t, d.folder, func() time.Time { return now })
	count := s.linesRung(t.Context())
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if by, _, err := count(gone); !errors.Is(err, console.ErrCounting) && by == nil {
		t.Errorf("a page that does not wait: %v, %v", by, err)
	}
	var by map[string]int64
	for err := console.ErrCounting; errors.Is(err, console.ErrCounting); {
		by, _, err = count(t.Context())
	}
	if by["public"] == 0 {
		t.Fatalf("rung: %v", by)
	}
	if err := s.store.XTrimMaxLen(t.Context(), ledgerKey(s.cfg.Service.ID), 0).Err(); err != nil {
		t.Fatal(err)
	}
	if again, _, err := count(t.Context()); err != nil || !cmp.Equal(by, again) {
		t.Errorf("a minute later: %v, %v", again, err)
	}
	now = now.Add(rungFresh)
	if later, _, err := count(t.Context()); err != nil || len(later) != 0 {
		t.Errorf("after a while: %v, %v", later, err)
	}
}

// Who helped whom is told by which team's phone was answered, and only today.
func TestWhoHelpedWhomToday(t *testing.T) {
	t.Parallel()
	d := newDays(time.UTC)
	at := utc(time.November, 20).Add(10 * time.Hour)
	calls := 0
	answered := func(home, by string, tier call.Tier) {
		calls++
		id, offer := call.ID(fmt.Sprint("CA", calls)), call.OfferID(fmt.Sprint("o", calls))
		lost := call.OfferID(fmt.Sprint("lost", calls))
		for _, e := range []call.Event{
			{Kind: call.KindReceived, Call: id, Team: home}, {Kind: call.KindOffered, Call: id, Offer: lost, Team: home, Tier: call.TierResponding},
			{Kind: call.KindOffered, Call: id, Offer: offer, Team: by, Tier: tier},
			{Kind: call.KindConnected, Call: id, Offer: offer, Team: home, Tier: tier}, {Kind: call.KindFinished, Call: id, Team: home, Outcome: call.OutcomeAnswered},
		} {
			e.At = at
			d.add(e)
		}
	}
	answered("pseh", "pseh", call.TierResponding)
	answered("pseh", "southampton", call.TierResponding)
	answered("pseh", "southampton", call.TierResponding)
	answered("southampton", "mid-north", call.TierResponding)
	answered("pseh", "southampton", call.TierBackup) // every team's backup: nobody's help
	if diff := cmp.Diff(map[console.HelpPair]int{{Home: "pseh", By: "southampton"}: 2, {Home: "southampton", By: "mid-north"}: 1}, d.helped()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	at = at.Add(14 * time.Hour)
	answered("pseh", "pseh", call.TierResponding)
	if got := d.helped(); len(got) != 0 {
		t.Errorf("the next day: %v", got)
	}
}
