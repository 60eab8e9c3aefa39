package rota

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whoever falls ill is taken off at once, gap or no gap; leave that opens a gap
// is refused until somebody answers for it.
func TestDoGoesThroughTheGate(t *testing.T) {
	t.Parallel()
	b := book(t, stores[1].open(t))
	if _, _, err := b.PublishGated(t.Context(), bookNow, Change{Who: "xan", Why: "start", Plan: planOf(t, soundText(t))}, How{}); err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) LocalTime { return LocalTime{Date{2026, time.March, day}, Clock(hour * 60)} }
	leave := ReportAbsence{Person: "bob", Kind: AbsentLeave, Start: at(10, 0), End: at(11, 0)}
	done, err := b.Do(t.Context(), bookNow, leave, "xan", "", How{})
	mustBe(t, err, ErrRefused)
	if b.Current().Version() != 1 || len(done.Said) == 0 || len(done.Decision.Opened) == 0 {
		t.Fatalf("version %d, %+v", b.Current().Version(), done)
	}
	if _, err = b.Do(t.Context(), bookNow, leave, "xan", "", How{Waiver: &Waiver{Who: "yara", Why: "the neighbours answer"}}); err != nil {
		t.Fatal(err)
	}
	done, err = b.Do(t.Context(), bookNow, ReportAbsence{Person: "dan", Kind: AbsentSick, Start: at(12, 0), End: at(13, 0)}, "xan", "", How{})
	if err != nil || done.Version != 3 || len(done.Decision.Refused) == 0 {
		t.Fatalf("somebody ill: %v %+v", err, done)
	}
	entries, err := b.History(t.Context(), 3)
	if err != nil || !entries[0].Emergency || entries[1].Waiver == nil || !strings.Contains(entries[0].Why, "dan") {
		t.Fatalf("history: %v %+v", err, entries)
	}
	_, err = b.Do(t.Context(), bookNow, ReportAbsence{Person: "nobody", Kind: AbsentSick}, "xan", "", How{})
	mustBe(t, err, ErrNoSuch)
	empty := book(t, stores[1].open(t))
	_, err = empty.Do(t.Context(), bookNow, leave, "xan", "", How{})
	mustBe(t, err, ErrNoPlan)
}

// Six operations at once, by as many processes: all are in the plan.
func TestConcurrentOperationsLoseNone(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			publish(t, book(t, rdb), 0, "start")
			var wg sync.WaitGroup
			for w := range 6 {
				wg.Go(func() {
					start := LocalTime{Date{2026, time.May, 1 + w}, 9 * 60}
					op := ReportAbsence{ID: fmt.Sprintf("a%d", w), Person: "ann", Kind: AbsentSick, Start: start, End: start.add(60)}
					if _, err := book(t, rdb).Do(t.Context(), bookNow, op, "w", "", How{Horizon: time.Hour}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			b := book(t, rdb)
			if err := b.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r := b.Current(); r.Version() != 7 || len(r.Plan().Absences) != 6 {
				t.Errorf("version %d with %d absences", r.Version(), len(r.Plan().Absences))
			}
		})
	}
}
