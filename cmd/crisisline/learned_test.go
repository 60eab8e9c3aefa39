package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/rota"
)

// What the checks and the pages know of people grows with the ledger, each entry
// once, and what was learned on a number that somebody had is not said of the
// one they have now.
func TestFactsAreLearnedFromTheLedger(t *testing.T) {
	t.Parallel()
	l := newLine(t, setup{})
	s := l.instances[0].service
	if f := s.facts(l.ctx); len(f.Worked) != 0 || len(f.Reached) != 0 || f.RecordsKept != s.cfg.Privacy.LedgerFor {
		t.Fatalf("before any call: %+v", f)
	}
	var before time.Time
	for n := 1; n <= 2; n++ {
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		l.step(5 * time.Minute)
		c.HangsUp()
		l.step(5 * time.Minute)
		f := s.facts(l.ctx)
		if len(f.Worked) != n || f.Worked[n-1].Responder != "amal" || f.Worked[n-1].Until.Sub(f.Worked[n-1].From) < 5*time.Minute {
			t.Fatalf("after %d calls: %+v", n, f.Worked)
		}
		if reach := f.Reached["amal"]; !reach.Answered.After(before) || reach.Rung.After(reach.Answered) || reach.Missed != 0 {
			t.Fatalf("after %d calls: %+v", n, reach)
		}
		before = f.Reached["amal"].Answered
	}
	if err := s.learnAnew(l.ctx); err != nil {
		t.Fatal(err)
	}
	if f := s.facts(l.ctx); len(f.Worked) != 2 || f.Reached["amal"].Answered != before {
		t.Errorf("learned anew where no page waits: %+v", f)
	}
	op := rota.ChangePerson{Person: "amal", Number: "07700 900155"}
	if _, err := s.book.Do(l.ctx, l.clock.Now(), op, "dm", "", rota.How{Emergency: true}); err != nil {
		t.Fatal(err)
	}
	l.step(time.Minute)
	f := s.facts(l.ctx)
	if reach, is := f.Reached["amal"]; is || len(f.Worked) != 2 {
		t.Errorf("with a new number: %+v, %d times worked", reach, len(f.Worked))
	}
}

// A store that is frozen costs a page a moment, once, and not half a minute: what
// was known is said.
func TestAFrozenStoreDoesNotHoldUpWhatIsKnown(t *testing.T) {
	t.Parallel()
	l := degradable(t, nil)
	s := l.instances[0].service
	c := l.dials(public)
	r := l.takes(amal)
	c.IsBridgedTo(t, r)
	l.step(5 * time.Minute)
	c.HangsUp()
	l.step(5 * time.Minute)
	before := s.facts(l.ctx)
	store := l.frozenServer()
	s.learned.asked = time.Time{} // long ago
	began := time.Now()
	for range 3 {
		if diff := cmp.Diff(before.Reached, s.facts(l.ctx).Reached); diff != "" {
			t.Errorf("what was known (-), what is said (+):\n%s", diff)
		}
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("took %s", took)
	}
	store.thaw()
}
