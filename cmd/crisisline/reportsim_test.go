package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
)

// oneTeam is a plan of so many people who are always on shift, and nobody else
// but the last human.
func oneTeam(people int) string {
	var b, ids strings.Builder
	b.WriteString("service: trial\nname: Trial\nzone: Europe/London\nminimum: {responding: 1}\nteams:\n  - {id: one, name: One, from: 2024-10-01}\n" +
		"lines:\n  - {id: public, name: Crisis line, number: \"0808 157 0001\", team: one, menu: yes, language: en-GB}\nresponders:\n")
	for i := range people {
		fmt.Fprintf(&b, "  - {id: r%d, name: R, team: one, number: \"07700 90010%d\"}\n", i, i)
		fmt.Fprintf(&ids, "r%d, ", i)
	}
	fmt.Fprintf(&b, "shifts:\n  - {id: always, team: one, tier: responding, days: [mon, tue, wed, thu, fri, sat, sun], start: \"09:00\", end: \"09:00\", people: [%s]}\n", strings.TrimSuffix(ids.String(), ", "))
	b.WriteString("last_human:\n  - {name: Switchboard, number: \"023 9200 0001\"}\n")
	return b.String()
}

// played is days of calls through the whole service, at a steady rate.
func played(t testing.TB, people, calls int, perDay float64) *metrics.Day {
	t.Helper()
	plan, err := rota.Parse("one team", []byte(oneTeam(people)))
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Service.DataDir, cfg.Twilio.CallsPerSecond = t.TempDir(), 5
	cfg.Routing.StoreBudget, cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 5*time.Second, 5*time.Second, 5*time.Second
	log := slog.New(slog.DiscardHandler)
	st, err := openStore(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	w, err := newWorld(sim.Options{Clock: sim.NewManual(simulationStart), CPS: 5, Seed: 1, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.idle = time.Minute
	i, err := w.join(t.Context(), cfg, st, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.book.Publish(t.Context(), w.clock.Now(), rota.Change{Who: "test", Why: "first", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	w.provision()
	crowd := w.network.People(sim.Crowd{
		Seed: 1, Profile: "flat", PerDay: perDay, Calls: calls,
		Lines: crowdLines(i.book.Current()), Responders: responders(i.book.Current()),
		Keys: sim.CrowdKeys{Self: "1", Carer: "2", Professional: "3"}, Answering: sim.Answering{Talk: 20 * time.Minute},
	})
	crowd.Start()
	for !crowd.Done() {
		w.step(10 * time.Minute)
	}
	w.step(30 * time.Minute)
	fold := metrics.Days{Zone: time.UTC}
	if err := i.queue.Range(t.Context(), simulationStart.Add(-time.Hour), w.clock.Now().Add(time.Hour), func(e call.Event) error {
		fold.Add(e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sum, err := metrics.MergeDays(fold.Take(""), "UTC")
	if err != nil {
		t.Fatal(err)
	}
	if err := sum.Check(); err != nil {
		t.Fatal(err)
	}
	return sum
}

// BenchmarkStaffingAgainstSimulate sets what the staffing advice predicts beside
// what the whole service did with the same calls and people. With none but them
// and a last human (who helps after 105 s) the truth lies between the
// predictions for the people and for one more.
func BenchmarkStaffingAgainstSimulate(b *testing.B) {
	for _, people := range []int{3, 4, 5} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			for b.Loop() {
				day := played(b, people, 1000, 192)
				all := day.Of(metrics.SliceAll)
				handling, _ := day.Handling()
				patience, _ := all.Patience()
				ring := time.Duration(day.Phases[2]/max(1, all.Return.Answered)) * time.Millisecond
				q := metrics.Queue{PerHour: 8 * float64(all.Received) / 1000, Handling: handling, Patience: patience, Ring: ring}
				for _, extra := range []int{0, 1} {
					q.People = people + extra
					w := q.Solve()
					b.ReportMetric(100*w.Within(time.Minute), fmt.Sprintf("reached%%+%d", extra))
					b.ReportMetric(w.Mean.Seconds(), fmt.Sprintf("mean-s+%d", extra))
				}
				i := all.Items(metrics.ClockReturn)
				b.ReportMetric(100*float64(i.B01)/float64(i.A01), "reached%")
				b.ReportMetric(i.Mean.Seconds(), "mean-s")
				b.ReportMetric(handling.Minutes(), "handling-min")
				b.ReportMetric(patience.Seconds(), "patience-s")
				b.ReportMetric(ring.Seconds(), "ring-s")
			}
		})
	}
}
