package rota

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// An operation that was published and undone leaves the stored text as it was,
// to the byte.
func TestEditPublishedAndUndone(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := book(t, s.open(t))
			publish(t, b, 0, "one")
			before := string(mustYAML(t, b.Current().Plan()))
			p, _ := do(t, b.Current().Plan(), bookNow, ReportAbsence{Person: "bob", Kind: AbsentSick}, TakeShift{Person: "ann", Slot: Slot{Shift: "east-night", Date: Date{2026, 3, 2}}, Despite: "nobody else"})
			if _, err := b.Publish(t.Context(), bookNow, Change{Who: "xan", Why: "ill", Plan: p, Expect: 1}); err != nil {
				t.Fatal(err)
			}
			if string(mustYAML(t, b.Current().Plan())) == before {
				t.Fatal("nothing was published")
			}
			if _, err := b.Undo(t.Context(), bookNow, 2, "xan", "slip"); err != nil {
				t.Fatal(err)
			}
			if after := string(mustYAML(t, b.Current().Plan())); after != before {
				t.Errorf("undone:\n%s\nwant\n%s", after, before)
			}
		})
	}
}

// Eight people change the plan at once, each by an operation on the version
// they see, again when somebody was faster. No change is lost.
func TestEditsOfManyWriters(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			const writers = 8
			rdb := s.open(t)
			publish(t, book(t, rdb), 0, "one")
			var wg sync.WaitGroup
			for i := range writers {
				b := book(t, rdb) // each a process of its own
				if err := b.Load(t.Context()); err != nil {
					t.Fatal(err)
				}
				wg.Go(func() {
					for {
						if _, err := b.Refresh(t.Context()); err != nil {
							t.Error(err)
							return
						}
						r := b.Current()
						p, _, err := Edit(r.Plan(), AddOverride{
							ID: fmt.Sprintf("w%d", i), Teams: []string{"west"}, Tier: "responding", Add: "ann", End: LocalTime{Date{2026, 3, 3}, Clock(i)},
						}, bookNow)
						if err != nil {
							t.Error(err)
							return
						}
						_, err = b.Publish(t.Context(), bookNow, Change{Who: "xan", Why: "busy", Plan: p, Expect: r.Version()})
						if !errors.Is(err, ErrStale) {
							if err != nil {
								t.Error(err)
							}
							return
						}
					}
				})
			}
			wg.Wait()
			b := book(t, rdb)
			if err := b.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			have := map[string]bool{}
			for _, o := range b.Current().Plan().Overrides {
				have[o.ID] = true
			}
			for i := range writers {
				if !have[fmt.Sprintf("w%d", i)] {
					t.Errorf("the change of writer %d is lost", i)
				}
			}
			if v := b.Current().Version(); v != writers+1 {
				t.Errorf("version %d, want %d", v, writers+1)
			}
		})
	}
}
