package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func promised4h(id call.ID, start time.Time) FollowUp {
	return FollowUp{Call: id, Category: "crisis.very_urgent", By: "amy", StartedAt: start, DueAt: start.Add(4 * time.Hour)}
}

// everyFollowUp runs each method of follow-ups that changes anything.
func everyFollowUp(w *world, run func(name string, do func() error)) {
	ctx := w.ctx()
	run("FollowUp", func() error {
		_, _, err := w.FollowUp(ctx, w.now, promised4h("a", w.now.Add(-5*time.Hour)))
		return err
	})
	run("FollowUpsMissed", func() error { _, err := w.FollowUpsMissed(ctx, w.now, 10); return err })
	run("FollowUpDone", func() error {
		_, _, err := w.FollowUpDone(ctx, w.now, "a", "crisis.very_urgent", "bob", w.now, "seen")
		return err
	})
	run("FollowUpReviewed", func() error {
		_, err := w.FollowUpReviewed(ctx, w.now, "a", "crisis.very_urgent", "dm", "travel")
		return err
	})
}

// followed is the ledger's entries of follow-ups, without their ids and times.
func (w *world) followed() (told []call.Event) {
	w.Helper()
	for _, e := range w.events() {
		if e.Category != "" {
			e.ID, e.At = "", time.Time{}
			told = append(told, e)
		}
	}
	return told
}

func TestFollowUpInTime(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		f, first := must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, promised4h("a", w.now.Add(-time.Minute))))
		want := promised4h("a", w.now.Add(-time.Minute))
		want.Team, want.Line, want.Caller = "ports", "public", call.CallerUnknown
		if diff := cmp.Diff(want, f); diff != "" || !first {
			t.Errorf("recorded: first %v %s", first, diff)
		}
		w.after(time.Hour)
		other := promised4h("a", w.now)
		other.By = "bob"
		if again, first := must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, other)); first || cmp.Diff(want, again) != "" {
			t.Errorf("a second clock of the same kind: %+v", again)
		}
		visit := w.now
		w.after(10 * time.Minute)
		done, first := must2[FollowUp, bool](w)(w.FollowUpDone(w.ctx(), w.now, "a", want.Category, "bob", visit, "seen"))
		want.DoneAt, want.How, want.DoneBy = visit, "seen", "bob"
		if diff := cmp.Diff(want, done); diff != "" || !first {
			t.Errorf("done: first %v %s", first, diff)
		}
		if open := must[[]FollowUp](w)(w.FollowUps(w.ctx(), 10)); len(open) != 0 {
			t.Errorf("still open: %+v", open)
		}
		base := call.Event{Call: "a", Line: "public", Team: "ports", Caller: call.CallerUnknown, Category: want.Category, DueMs: 4 * 3600_000, Number: call.ShownWithheld}
		record, end := base, base
		record.SinceMs, end.SinceMs = 60_000, 71*60_000
		record.Kind, record.Responder, record.WaitMs = call.KindFollowUp, "amy", 60_000
		end.Kind, end.Responder, end.WaitMs, end.Reason = call.KindFollowUpDone, "bob", 61*60_000, "seen"
		if diff := cmp.Diff([]call.Event{record, end}, w.followed()); diff != "" {
			t.Errorf("ledger: %s", diff)
		}
		w.ringsUp("b", caller)
		must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, promised4h("b", w.now.Add(-time.Minute))))
		if told := w.followed(); told[len(told)-1].Number != call.ShownPresented {
			t.Errorf("of a call with a number: %+v", told[len(told)-1])
		}
	})
}

func TestFollowUpThatRunsOut(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		promise := promised4h("gone", w.now)
		promise.Team = "ports"
		must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, promise))
		w.after(4 * time.Hour)
		if n := must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10)); n != 0 {
			t.Error("missed at the very moment it is due: limits are inclusive")
		}
		w.after(time.Second)
		if n := must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10)); n != 1 {
			t.Errorf("%d missed, not 1", n)
		}
		if n := must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10)); n != 0 {
			t.Error("missed twice")
		}
		promise.Missed = true
		if diff := cmp.Diff([]FollowUp{promise}, must[[]FollowUp](w)(w.FollowUps(w.ctx(), 10))); diff != "" || !promise.Overdue(w.now) {
			t.Errorf("open: %s", diff)
		}
		if diff := cmp.Diff([]FollowUp{promise}, must[[]FollowUp](w)(w.FollowUpReviews(w.ctx(), 10))); diff != "" {
			t.Errorf("to review: %s", diff)
		}
		if first := must[bool](w)(w.FollowUpReviewed(w.ctx(), w.now, "gone", promise.Category, "dm", "travel")); !first {
			t.Error("not reviewed")
		}
		must2[FollowUp, bool](w)(w.FollowUpDone(w.ctx(), w.now, "gone", promise.Category, "bob", w.now, "seen"))
		promise.DoneAt, promise.How, promise.DoneBy, promise.Reason, promise.ReviewedBy = w.now, "seen", "bob", "travel", "dm"
		if diff := cmp.Diff([]FollowUp{promise}, must[[]FollowUp](w)(w.FollowUpReviews(w.ctx(), 10))); diff != "" {
			t.Errorf("reviewed: %s", diff)
		}
		var kinds []call.Kind
		for _, e := range w.followed() {
			kinds = append(kinds, e.Kind)
			if e.Kind == call.KindFollowUpDone && (!e.Missed || e.WaitMs != 4*3600_000+1000) {
				t.Errorf("done: %+v", e)
			}
			if since := int64(4*3600_000 + 1000); e.Number != "" || e.Kind != call.KindFollowUp && e.SinceMs != since {
				t.Errorf("of a call whose record is gone: %+v, want %d ms since its clock began", e, since)
			}
		}
		if diff := cmp.Diff([]call.Kind{call.KindFollowUp, call.KindFollowUpMissed, call.KindFollowUpReviewed, call.KindFollowUpDone}, kinds); diff != "" {
			t.Errorf("ledger: %s", diff)
		}
	})
}

// A visit made late is missed even when nobody looked between; one made in time
// and recorded late is on the review list, and says that it was in time.
func TestFollowUpRecordedLate(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		began := w.now
		for _, id := range []call.ID{"late", "in-time"} {
			must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, promised4h(id, began)))
		}
		w.after(5 * time.Hour)
		f, _ := must2[FollowUp, bool](w)(w.FollowUpDone(w.ctx(), w.now, "late", "crisis.very_urgent", "bob", w.now, "seen"))
		if !f.Missed {
			t.Error("seen an hour late, and not missed")
		}
		must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10))
		f, _ = must2[FollowUp, bool](w)(w.FollowUpDone(w.ctx(), w.now, "in-time", "crisis.very_urgent", "bob", began.Add(time.Hour), "seen"))
		if !f.Missed || f.DoneAt.After(f.DueAt) {
			t.Errorf("seen in time and recorded late: %+v", f)
		}
		if all := must[[]FollowUp](w)(w.FollowUpReviews(w.ctx(), 10)); len(all) != 2 {
			t.Errorf("%d to review, not 2", len(all))
		}
	})
}

func TestFollowUpsOwed(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		for id, start := range map[call.ID]time.Time{
			"runs": w.now, "ends now": w.now.Add(-4 * time.Hour), "unseen": w.now.Add(-5 * time.Hour),
			"seen late": w.now.Add(-6 * time.Hour), "reviewed": w.now.Add(-7 * time.Hour),
		} {
			must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, promised4h(id, start)))
		}
		for _, id := range []call.ID{"seen late", "reviewed"} {
			must2[FollowUp, bool](w)(w.FollowUpDone(w.ctx(), w.now, id, "crisis.very_urgent", "bob", w.now, "seen"))
		}
		must[bool](w)(w.FollowUpReviewed(w.ctx(), w.now, "reviewed", "crisis.very_urgent", "dm", "travel"))
		for _, toReview := range []int{1, 2} { // the one nobody has looked at is overdue already
			due, overdue, review, err := w.FollowUpsOwed(w.ctx(), w.now)
			got := []map[string]int{due, overdue, review}
			want := []map[string]int{{"crisis.very_urgent": 2}, {"crisis.very_urgent": 1}, {"crisis.very_urgent": toReview}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10))
		}
	})
}

// TestSnapshotCountsWhatIsOverdue: callbacks and visits apart, nothing owed to
// staff, before and after somebody looked.
func TestSnapshotCountsWhatIsOverdue(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.owedBack("a") // its first try is due in half an hour, its end in an hour
		must2[WrapUpRecord, bool](w)(w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "a", By: "amy", Hard: true}))
		must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, promised4h("a", w.now.Add(-200*time.Minute))))
		for _, step := range []struct {
			after                     time.Duration
			callbacks, late, followUp int
		}{{0, 1, 0, 0}, {35 * time.Minute, 1, 1, 0}, {30 * time.Minute, 1, 1, 1}} {
			w.after(step.after)
			for range 2 {
				snap := must[Snapshot](w)(w.Snapshot(w.ctx(), w.now, 0))
				if snap.Callbacks != step.callbacks || snap.CallbacksOverdue != step.late || snap.FollowUpsOverdue != step.followUp {
					t.Errorf("after %s: %d callbacks, %d overdue, %d follow-ups overdue", step.after, snap.Callbacks, snap.CallbacksOverdue, snap.FollowUpsOverdue)
				}
				must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10))
			}
		}
		got, err := w.FollowUpOf(w.ctx(), "a", CategoryDebrief)
		if err != nil || got.OwedTo == "" || !got.Missed {
			t.Errorf("the debrief: %+v, %v", got, err)
		}
		if _, err := w.FollowUpOf(w.ctx(), "a", "same_day"); !errors.Is(err, ErrNoFollowUp) {
			t.Errorf("one that nobody promised: %v", err)
		}
	})
}

func TestFollowUpRefuses(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		good := promised4h("a", w.now)
		for name, f := range map[string]FollowUp{
			"no call":     {Category: "x", By: "amy", StartedAt: w.now, DueAt: w.now.Add(time.Hour)},
			"the future":  promised4h("a", w.now.Add(time.Second)),
			"no time":     {Call: "a", Category: "x", By: "amy", StartedAt: w.now, DueAt: w.now},
			"a separator": {Call: "a/b", Category: "x", By: "amy", StartedAt: w.now, DueAt: w.now.Add(time.Hour)},
		} {
			if _, _, err := w.FollowUp(w.ctx(), w.now, f); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		if _, _, err := w.FollowUpDone(w.ctx(), w.now, "a", good.Category, "bob", w.now, "seen"); !errors.Is(err, ErrNoFollowUp) {
			t.Errorf("done before it was recorded: %v", err)
		}
		must2[FollowUp, bool](w)(w.FollowUp(w.ctx(), w.now, good))
		if _, err := w.FollowUpReviewed(w.ctx(), w.now, "a", good.Category, "dm", "travel"); !errors.Is(err, ErrNoFollowUp) {
			t.Errorf("reviewed and not missed: %v", err)
		}
		if _, _, err := w.FollowUpDone(w.ctx(), w.now, "a", good.Category, "bob", w.now.Add(time.Second), "seen"); err == nil {
			t.Error("a visit in the future")
		}
	})
}
