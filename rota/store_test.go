package rota

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

func TestBookLife(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			one, two := book(t, rdb), book(t, rdb)
			mustBe(t, one.Load(t.Context()), ErrNoPlan)
			if one.Current() != nil {
				t.Fatal("a plan out of nowhere")
			}
			if v := publish(t, one, 0, "first"); v != 1 {
				t.Fatalf("first version is %d", v)
			}
			if err := two.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			sees := func(b *Book, version int64, name string) {
				t.Helper()
				if r := b.Current(); r.Version() != version || r.Plan().Name != name {
					t.Fatalf("sees version %d %q, want %d %q", r.Version(), r.Plan().Name, version, name)
				}
			}
			sees(two, 1, "first")
			changed, err := two.Refresh(t.Context())
			if changed || err != nil {
				t.Fatalf("refresh without a change: %v, %v", changed, err)
			}
			publish(t, one, 1, "second")
			sees(one, 2, "second")
			sees(two, 1, "first")
			if changed, err := two.Refresh(t.Context()); !changed || err != nil {
				t.Fatalf("refresh after a change: %v, %v", changed, err)
			}
			sees(two, 2, "second")
			if v, err := rdb.Get(t.Context(), VersionKey("test")).Result(); v != "2" || err != nil {
				t.Fatalf("claim scripts would read %q, %v", v, err)
			}
		})
	}
}

func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	b := book(t, stores[0].open(t))
	publish(t, b, 0, "first")
	_, err := b.Publish(t.Context(), bookNow, Change{Who: "yara", Plan: smallPlan(t), Expect: 0})
	mustBe(t, err, ErrStale)
	_, err = b.Publish(t.Context(), bookNow, Change{Who: "yara", Plan: smallPlan(t), Expect: 7})
	mustBe(t, err, ErrStale)
	_, err = b.Publish(t.Context(), bookNow, Change{Who: "yara", Expect: 1})
	mustBe(t, err, ErrNoPlan)
	bad := smallPlan(t)
	bad.LastHuman = nil
	_, err = b.Publish(t.Context(), bookNow, Change{Who: "yara", Plan: bad, Expect: 1})
	if !errors.As(err, &Problems{}) {
		t.Fatalf("a bad plan: %v", err)
	}
	if r := b.Current(); r.Version() != 1 || r.Plan().Name != "first" {
		t.Errorf("a refused plan touched the one in force: %d %q", r.Version(), r.Plan().Name)
	}
	naked := book(t, b.rdb, func(o *BookOptions) { o.Seal = nil })
	_, err = naked.Publish(t.Context(), bookNow, Change{Who: "yara", Plan: smallPlan(t), Expect: 1})
	mustBe(t, err, ErrNoSeal)
}

// Eight people edit at once, each trying again when somebody was quicker: every
// edit is there once, none is lost. The commands are tested with twenty.
func TestConcurrentEditsLoseNone(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			publish(t, book(t, rdb), 0, "start")
			const writers = 8
			var wg sync.WaitGroup
			var stale atomic.Int64
			for w := range writers {
				wg.Go(func() {
					b := book(t, rdb)
					for {
						if err := b.Load(t.Context()); err != nil {
							t.Error(err)
							return
						}
						p, err := b.Current().Plan().Clone()
						if err != nil {
							t.Error(err)
							return
						}
						p.Name += fmt.Sprintf(" w%d.", w)
						_, err = b.Publish(t.Context(), bookNow, Change{Who: "w", Plan: p, Expect: b.Current().Version()})
						if err == nil {
							return
						}
						if !errors.Is(err, ErrStale) {
							t.Error(err)
							return
						}
						stale.Add(1)
					}
				})
			}
			wg.Wait()
			b := book(t, rdb)
			if err := b.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			name := b.Current().Plan().Name
			for w := range writers {
				if strings.Count(name, fmt.Sprintf(" w%d.", w)) != 1 {
					t.Errorf("edit of writer %d is there %d times", w, strings.Count(name, fmt.Sprintf(" w%d.", w)))
				}
			}
			if b.Current().Version() != writers+1 {
				t.Errorf("version %d after %d edits", b.Current().Version(), writers)
			}
			t.Logf("%d edits were refused as stale and made again", stale.Load())
		})
	}
}

// Of those who take the same version back at once one does it. Nobody takes back
// what they have not seen: not the version before it, not one that came between.
func TestUndoIsOfTheVersionSeen(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			first := book(t, rdb)
			for i, name := range []string{"one", "two", "three"} {
				publish(t, first, int64(i), name)
			}
			const people = 6
			said := make(chan error, people)
			for range people {
				b := book(t, rdb)
				go func() {
					_, err := b.Undo(t.Context(), bookNow, 3, "yara", "slip")
					said <- err
				}()
			}
			done := 0
			for range people {
				switch err := <-said; {
				case err == nil:
					done++
				case !errors.Is(err, ErrStale):
					t.Errorf("undo: %v", err)
				}
			}
			entries, err := first.History(t.Context(), 10)
			if err != nil || done != 1 || len(entries) != 4 || entries[0].Of != 2 {
				t.Fatalf("%d of %d took version 3 back: %+v, %v", done, people, entries, err)
			}
			publish(t, first, 4, "five")
			_, err = first.Undo(t.Context(), bookNow, 4, "yara", "slip")
			mustBe(t, err, ErrStale)
			if v := first.Current().Version(); v != 5 {
				t.Errorf("version %d is in force, want 5", v)
			}
		})
	}
}

func TestHistoryAndUndo(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := book(t, s.open(t))
			if entries, err := b.History(t.Context(), 5); len(entries) != 0 || err != nil {
				t.Fatalf("history of nothing: %v, %v", entries, err)
			}
			_, err := b.Undo(t.Context(), bookNow, 1, "xan", "slip")
			mustBe(t, err, ErrNoPlan)
			for i, name := range []string{"one", "two", "three"} {
				publish(t, b, int64(i), name)
			}
			undo := func() {
				t.Helper()
				last := b.Current().Version()
				if made, err := b.Undo(t.Context(), bookNow.Add(time.Hour), last, "yara", "slip"); err != nil || made != last+1 {
					t.Fatal(made, err)
				}
			}
			undo()
			undo()
			_, err = b.Undo(t.Context(), bookNow, 5, "yara", "slip")
			mustBe(t, err, ErrNoUndo)
			publish(t, b, 5, "six")
			undo()
			entries, err := b.History(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			type line struct {
				Version, Of        int64
				Who, Before, After string
			}
			var got []line
			for _, e := range entries {
				got = append(got, line{e.Version, e.Of, e.Who, nameIn(t, e.Before), nameIn(t, e.After)})
			}
			want := []line{
				{7, 1, "yara", "six", "one"}, {6, 6, "xan", "one", "six"}, {5, 1, "yara", "two", "one"}, {4, 2, "yara", "three", "two"},
				{3, 3, "xan", "two", "three"}, {2, 2, "xan", "one", "two"}, {1, 1, "xan", "", "one"},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
			if !bytes.Equal(entries[0].After, entries[6].After) {
				t.Error("undo did not restore the text to the byte")
			}
			if e := entries[5]; e.Why != "because two" || !e.At.Equal(bookNow) {
				t.Errorf("entry lost its reason or time: %+v", e.At)
			}
			if two, err := b.History(t.Context(), 2); len(two) != 2 || two[1].Before == nil || err != nil {
				t.Errorf("the last two: %d entries, %v", len(two), err)
			}
		})
	}
}

func nameIn(t *testing.T, text []byte) string {
	t.Helper()
	if text == nil {
		return ""
	}
	p, err := Parse("entry", text)
	if err != nil {
		t.Fatal(err)
	}
	return p.Name
}

// Old versions go when there are more than are to be kept; the newest stay.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	rdb := stores[0].open(t)
	b := book(t, rdb, func(o *BookOptions) { o.Keep = 3 })
	for i := range 6 {
		publish(t, b, int64(i), fmt.Sprint(i))
	}
	if n := rdb.HLen(t.Context(), logKey("test")).Val(); n != 3 {
		t.Errorf("%d versions kept, want 3", n)
	}
	if entries, err := b.History(t.Context(), 10); len(entries) != 3 || err != nil {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// Whoever reads the store or the disk without the key finds no number and no
// name, and a plan from another key or another version is refused.
func TestPlanIsSealed(t *testing.T) {
	t.Parallel()
	rdb := stores[0].open(t)
	file := filepath.Join(t.TempDir(), "plan.snapshot")
	b := book(t, rdb, func(o *BookOptions) { o.SnapshotFile = file })
	publish(t, b, 0, "first")
	p := smallPlan(t)
	p.Name = "second"
	change := Change{Who: "xanthippe-7", Why: "because the second", Plan: p, Expect: 1}
	if _, err := b.Publish(t.Context(), bookNow, change); err != nil {
		t.Fatal(err)
	}
	text, err := p.YAML()
	if err != nil || !bytes.Contains(text, []byte("7700 900001")) || !bytes.Contains(text, []byte("Switchboard")) {
		t.Fatalf("%v, or the plan does not hold what is looked for", err)
	}
	box := rdb.HGet(t.Context(), logKey("test"), "2").Val()
	disk, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"7700 900001", "Switchboard", change.Why, change.Who} {
		if strings.Contains(box, secret) || bytes.Contains(disk, []byte(secret)) {
			t.Errorf("%q can be read", secret)
		}
	}
	other := book(t, rdb, func(o *BookOptions) { o.Open = sealer(t, 'x').Open })
	mustBe(t, other.Load(t.Context()), ErrCorrupt)
	if err := rdb.HSet(t.Context(), logKey("test"), "3", box).Err(); err != nil { // an old box put forward as new
		t.Fatal(err)
	}
	rdb.Set(t.Context(), VersionKey("test"), 3, 0)
	_, err = b.Refresh(t.Context())
	mustBe(t, err, ErrCorrupt)
	if b.Current().Version() != 2 {
		t.Error("a forged version took the place of the real one")
	}
}

// A reply lost after the transaction went through is not a failure, and is not
// made into a second version.
func TestPublishWhenTheReplyIsLost(t *testing.T) {
	t.Parallel()
	rdb := stores[0].open(t)
	deaf := redis.NewClient(rdb.(*redis.Client).Options())
	t.Cleanup(func() { _ = deaf.Close() })
	hook := &deafHook{}
	deaf.AddHook(hook)
	b := book(t, deaf)
	p := smallPlan(t)
	v, err := b.Publish(t.Context(), bookNow, Change{Who: "xan", Plan: p})
	if err != nil || v != 1 {
		t.Fatalf("version %d, %v", v, err)
	}
	if !hook.lost.Load() {
		t.Fatal("no reply was lost")
	}
	if got := rdb.Get(t.Context(), VersionKey("test")).Val(); got != "1" || b.Current().Version() != 1 {
		t.Errorf("stored version %s, current %d", got, b.Current().Version())
	}
}

// deafHook loses the reply of the first transaction.
type deafHook struct{ lost atomic.Bool }

var errReplyLost = errors.New("read: connection reset by peer")

func (h *deafHook) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (h *deafHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (h *deafHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		if err == nil && cmds[0].Name() == "multi" && h.lost.CompareAndSwap(false, true) {
			for _, c := range cmds {
				c.SetErr(errReplyLost)
			}
			return errReplyLost
		}
		return err
	}
}

// Nothing that is logged or returned names a person or a number.
func TestBookLogsNobody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := book(t, stores[0].open(t), func(o *BookOptions) {
		o.Log = slog.New(slog.NewJSONHandler(&log, nil))
		o.SnapshotFile = "/dev/null/not/a/folder"
	})
	publish(t, b, 0, "first")
	slog.New(slog.NewJSONHandler(&log, nil)).Info("plan", "plan", b.Current().Plan(), "who", b.Current().Plan().Responders[0])
	fmt.Fprintf(&log, "%v %+v", b.Current().Plan(), b.Current().Plan().Responders[0])
	for _, secret := range []string{"7700", "Switchboard", "first", `"A"`, "Name"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log: %s", secret, log.String())
		}
	}
	if strings.Count(log.String(), "plan in force") != 1 || !strings.Contains(log.String(), "plan snapshot not written") {
		t.Errorf("log: %s", log.String())
	}
}
