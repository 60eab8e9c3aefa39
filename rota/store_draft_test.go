package rota

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// soundText is a plan's text with nothing refused; holed is one with an empty
// night on 2 April.
func soundText(t *testing.T, pairs ...string) []byte {
	t.Helper()
	text, err := sound(t, pairs...).YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func holed(t *testing.T) []byte {
	t.Helper()
	return soundText(t, "remove: bob, add: cat, start: 2026-04-02T20:00", "remove: bob, start: 2026-04-02T20:00")
}

func planOf(t *testing.T, text []byte) *Plan {
	t.Helper()
	p, err := Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func saveDraft(t *testing.T, b *Book, d Draft) int64 {
	t.Helper()
	rev, err := b.SaveDraft(t.Context(), bookNow, d)
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

func TestDraftLife(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			b, other := book(t, rdb), book(t, rdb)
			v, _, err := b.PublishGated(t.Context(), bookNow, Change{Who: "xan", Why: "start", Plan: planOf(t, soundText(t))}, How{})
			if v != 1 || err != nil {
				t.Fatal(v, err)
			}
			rev := saveDraft(t, b, Draft{Name: "easter", Base: 1, Who: "yara", Why: "Easter", Text: []byte("service: [")}) // unfinished
			if _, _, err := other.RehearseDraft(t.Context(), bookNow, "easter", How{}); !errors.As(err, &Problems{}) {
				t.Fatalf("an unfinished draft: %v", err)
			}
			saveDraft(t, other, Draft{Name: "august", Base: 1, Who: "zeno", Text: soundText(t)})
			rev = saveDraft(t, other, Draft{Name: "easter", Revision: rev, Base: 1, Who: "zeno", Why: "Easter", Text: holed(t)})
			_, err = b.SaveDraft(t.Context(), bookNow, Draft{Name: "easter", Revision: 1, Who: "yara"})
			mustBe(t, err, ErrStale)
			_, err = b.SaveDraft(t.Context(), bookNow, Draft{Name: "easter", Who: "yara"})
			mustBe(t, err, ErrStale)

			d, decision, err := b.RehearseDraft(t.Context(), bookNow, "easter", How{})
			mustBe(t, err, ErrRefused)
			if d.Revision != rev || d.Who != "zeno" || len(decision.Opened) != 1 || len(decision.Rings) != 1 || decision.Rings[0].Before[0] != "cat" {
				t.Fatalf("%+v %v %v", d.Revision, decision.Opened, decision.Rings)
			}
			_, _, err = b.PublishDraft(t.Context(), bookNow, "easter", rev, "xan", "Easter", How{})
			mustBe(t, err, ErrRefused)
			_, _, err = b.PublishDraft(t.Context(), bookNow, "easter", 1, "xan", "Easter", How{})
			mustBe(t, err, ErrStale)
			if b.Current().Version() != 1 {
				t.Fatal("a refused draft is in force")
			}
			v, decision, err = b.PublishDraft(t.Context(), bookNow, "easter", rev, "xan", "Easter", How{Waiver: &Waiver{Who: "xan", Why: "a locum comes"}})
			if err != nil || v != 2 || len(decision.Waived) != 1 {
				t.Fatal(v, decision.Why, err)
			}
			left, err := other.Drafts(t.Context())
			if err != nil || len(left) != 1 || left[0].Name != "august" {
				t.Fatalf("left: %v %v", left, err)
			}
			_, err = other.Draft(t.Context(), "easter")
			mustBe(t, err, ErrNoDraft)
			_, _, err = other.PublishDraft(t.Context(), bookNow, "august", 1, "xan", "", How{}) // made from version 1
			mustBe(t, err, ErrStale)
			mustBe(t, other.DropDraft(t.Context(), "august", 7), ErrStale)
			if err := other.DropDraft(t.Context(), "august", 1); err != nil {
				t.Fatal(err)
			}
			mustBe(t, other.DropDraft(t.Context(), "august", 1), ErrNoDraft)
		})
	}
}

// Whoever answered for a gap is in the history, stands with every later version
// until the gap is over, and need not be asked again for it.
func TestWaiverStandsUntilItEnds(t *testing.T) {
	t.Parallel()
	rdb := stores[1].open(t)
	b := book(t, rdb)
	edit := func(expect int64, text []byte, how How) (Decision, error) {
		_, d, err := b.PublishGated(t.Context(), bookNow, Change{Who: "xan", Why: "edit", Plan: planOf(t, text), Expect: expect}, how)
		return d, err
	}
	if _, err := edit(0, holed(t), How{Waiver: &Waiver{Who: "yara", Why: "a locum comes"}}); err != nil {
		t.Fatal(err)
	}
	d, err := edit(1, append(holed(t), "\n# a remark\n"...), How{})
	if err != nil || len(d.Waived) != 1 || d.Waiver != nil {
		t.Fatalf("the same gap again: %v %v", d.Why, err)
	}
	if _, err := b.Undo(t.Context(), bookNow, 2, "xan", "back"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(t.Context(), bookNow, Change{Who: "xan", Plan: planOf(t, holed(t)), Expect: 3}); err != nil {
		t.Fatal(err)
	}
	other := book(t, rdb)
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	over := time.Date(2026, 4, 3, 7, 0, 0, 0, time.UTC)
	for _, r := range []*Rota{b.Current(), other.Current()} {
		if w := r.Waivers(over.Add(-time.Second)); len(w) != 1 || w[0].Who != "yara" || w[0].Why != "a locum comes" || !w[0].Until().Equal(over) {
			t.Errorf("version %d: %+v", r.Version(), w)
		}
		if w := r.Waivers(over); len(w) != 0 {
			t.Errorf("shown although it is over: %+v", w)
		}
	}
	entries, err := b.History(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var given []int64
	for _, e := range entries {
		if e.Waiver != nil {
			given = append(given, e.Version)
		}
	}
	if diff := cmp.Diff([]int64{1}, given); diff != "" {
		t.Errorf("in the history: want -, got +\n%s", diff)
	}
}

// An emergency is published first; what it broke is said at once, written down
// as such, and stops the next change that is none.
func TestEmergencyIsCheckedAfter(t *testing.T) {
	t.Parallel()
	b := book(t, stores[1].open(t))
	publish := func(expect int64, text []byte, how How) (int64, Decision, error) {
		return b.PublishGated(t.Context(), bookNow, Change{Who: "xan", Why: "x", Plan: planOf(t, text), Expect: expect}, how)
	}
	if _, _, err := publish(0, soundText(t), How{}); err != nil {
		t.Fatal(err)
	}
	v, d, err := publish(1, holed(t), How{Emergency: true})
	if err != nil || v != 2 || b.Current().Version() != 2 || len(d.Refused) != 1 || len(d.Opened) != 1 {
		t.Fatalf("%d %v %+v", v, err, d.Why)
	}
	entries, err := b.History(t.Context(), 2)
	if err != nil || !entries[0].Emergency || entries[1].Emergency {
		t.Fatalf("history: %v %+v", err, entries)
	}
	_, _, err = publish(2, append(holed(t), "\n# a remark\n"...), How{})
	mustBe(t, err, ErrRefused)
	if _, _, err = publish(2, soundText(t), How{}); err != nil {
		t.Fatalf("mending it: %v", err)
	}
}

func TestGatedPublishIsForTheVersionInForce(t *testing.T) {
	t.Parallel()
	rdb := stores[1].open(t)
	b, other := book(t, rdb), book(t, rdb)
	change := func(expect int64) Change {
		return Change{Who: "xan", Plan: planOf(t, soundText(t)), Expect: expect}
	}
	for v := range int64(3) { // the other book's copy is old each time, and is looked up
		from := []*Book{b, other}[v%2]
		if _, _, err := from.PublishGated(t.Context(), bookNow, change(v), How{}); err != nil {
			t.Fatal(v, err)
		}
	}
	_, _, err := other.PublishGated(t.Context(), bookNow, change(1), How{})
	mustBe(t, err, ErrStale)
	_, _, err = other.PublishGated(t.Context(), bookNow, change(0), How{})
	mustBe(t, err, ErrStale)
	_, _, err = other.PublishGated(t.Context(), bookNow, Change{}, How{})
	mustBe(t, err, ErrNoPlan)
}

// Drafts are sealed: neither people nor numbers lie open in the store. A box
// moved to another name does not open.
func TestDraftsAreSealed(t *testing.T) {
	t.Parallel()
	rdb := stores[1].open(t)
	b := book(t, rdb)
	saveDraft(t, b, Draft{Name: "one", Who: "yara", Text: soundText(t)})
	box, err := rdb.HGet(t.Context(), draftsKey("test"), "one").Bytes()
	if err != nil || bytes.Contains(box, []byte("7700")) || bytes.Contains(box, []byte("yara")) {
		t.Fatalf("readable: %v", err)
	}
	rdb.HSet(t.Context(), draftsKey("test"), "two", box)
	_, err = b.Draft(t.Context(), "two")
	mustBe(t, err, ErrCorrupt)
	naked := book(t, rdb, func(o *BookOptions) { o.Seal = nil })
	_, err = naked.SaveDraft(t.Context(), bookNow, Draft{Name: "three"})
	mustBe(t, err, ErrNoSeal)
	if _, err := b.SaveDraft(t.Context(), bookNow, Draft{Name: "07700 900123"}); err == nil || bytes.Contains([]byte(err.Error()), []byte("07700")) {
		t.Errorf("a number for a name: %v", err)
	}
}

// Twenty writers, half of them on one draft and half on their own: no save is
// lost, and nobody is told of a conflict who had none.
func TestConcurrentDraftsLoseNone(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			b := book(t, rdb)
			saveDraft(t, b, Draft{Name: "shared"})
			var wg sync.WaitGroup
			var saves atomic.Int64
			for w := range 20 {
				wg.Go(func() {
					if w%2 == 0 {
						if _, err := b.SaveDraft(t.Context(), bookNow, Draft{Name: fmt.Sprintf("own-%d", w)}); err != nil {
							t.Error(err)
						}
						return
					}
					for {
						d, err := b.Draft(t.Context(), "shared")
						if err != nil {
							t.Error(err)
							return
						}
						d.Text = fmt.Appendf(d.Text, "w%d.", w)
						if _, err = b.SaveDraft(t.Context(), bookNow, d); err == nil {
							saves.Add(1)
							return
						}
						if !errors.Is(err, ErrStale) {
							t.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			all, err := b.Drafts(t.Context())
			if err != nil || len(all) != 11 {
				t.Fatalf("%d drafts, %v", len(all), err)
			}
			d, err := b.Draft(t.Context(), "shared")
			if err != nil || d.Revision != 11 || saves.Load() != 10 || bytes.Count(d.Text, []byte(".")) != 10 {
				t.Errorf("revision %d with %q: %v", d.Revision, d.Text, err)
			}
		})
	}
}
