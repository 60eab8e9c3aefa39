package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// everyWrapUp runs each way of recording what came of call a.
func everyWrapUp(w *world, run func(name string, do func() error)) {
	record := func(r WrapUpRecord) func() error {
		r.Call, r.By = "a", "cat"
		return func() error { _, _, err := w.WrapUpRecord(w.ctx(), w.now, r); return err }
	}
	run("WrapUpRecord", record(WrapUpRecord{Code: call.CodeUrgent, Hard: true, Duty: call.DutyConsent,
		Response: "crisis.urgent", StartedAt: w.now, DueAt: w.now.Add(24 * time.Hour)}))
	run("WrapUpRecord", record(WrapUpRecord{Code: call.CodeAdvice, Response: call.ResponseNone}))
	run("WrapUp", func() error { _, _, err := w.WrapUp(w.ctx(), "a"); return err })
}

// ended is a call that amy had and that is in wrap-up.
func (w *world) ended(id call.ID) {
	w.Helper()
	w.arrives(id)
	w.after(10 * time.Second)
	w.connected(id, "amy")
	w.after(5 * time.Minute)
	w.finishes(id, Finish{WrapUp: 2 * time.Minute, KeepFor: time.Hour})
}

func (w *world) records(r WrapUpRecord) (WrapUpRecord, bool) {
	w.Helper()
	return must2[WrapUpRecord, bool](w)(w.WrapUpRecord(w.ctx(), w.now, r))
}

// owed are the open promises of a call, by category.
func (w *world) owed(id call.ID) map[string]FollowUp {
	w.Helper()
	owed := map[string]FollowUp{}
	for _, f := range must[[]FollowUp](w)(w.FollowUps(w.ctx(), 100)) {
		if f.Call == id {
			owed[f.Category] = f
		}
	}
	return owed
}

func TestWrapUpRecord(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.ended("a")
		over := w.now
		w.after(30 * time.Second)
		r := WrapUpRecord{Call: "a", By: "dm7", Code: call.CodeUrgent, Hard: true, Duty: call.DutyNoConsent,
			Response: "crisis.urgent", StartedAt: over, DueAt: over.Add(24 * time.Hour)}
		got, first := w.records(r)
		want := WrapUpRecord{Call: "a", By: "dm7", Code: call.CodeUrgent, Hard: true, Duty: call.DutyNoConsent, Response: "crisis.urgent",
			ReceivedAt: start, RecordedAt: w.now, Responder: "amy", Team: "ports", Line: "public", Caller: call.CallerUnknown}
		if diff := cmp.Diff(want, got); diff != "" || !first {
			t.Errorf("recorded, first %v: %s", first, diff)
		}
		entry := call.Event{At: w.now, Kind: call.KindWrapUpRecord, Call: "a", Line: "public", Team: "ports", Caller: call.CallerUnknown,
			Responder: "amy", By: "dm7", Code: call.CodeUrgent, Hard: true, Duty: call.DutyNoConsent, Category: "crisis.urgent",
			WaitMs: w.now.Sub(start).Milliseconds()}
		if diff := cmp.Diff(entry, w.lastEvent(call.KindWrapUpRecord)); diff != "" {
			t.Errorf("ledger: %s", diff)
		}
		base := FollowUp{Call: "a", Team: "ports", Line: "public", Caller: call.CallerUnknown, By: "dm7", StartedAt: over}
		seen, debrief := base, base
		seen.Category, seen.DueAt = "crisis.urgent", over.Add(24*time.Hour)
		debrief.Category, debrief.DueAt, debrief.OwedTo = CategoryDebrief, over.Add(time.Hour), "amy"
		if diff := cmp.Diff(map[string]FollowUp{seen.Category: seen, CategoryDebrief: debrief}, w.owed("a")); diff != "" {
			t.Errorf("clocks: %s", diff)
		}
		entries := len(w.events())
		w.after(time.Minute)
		if again, first := w.records(r); first || len(w.events()) != entries || !again.RecordedAt.Equal(want.RecordedAt) {
			t.Errorf("the same said again: first %v, %+v", first, again)
		}
		if read, ok, err := w.WrapUp(w.ctx(), "a"); !ok || err != nil || cmp.Diff(want, read) != "" {
			t.Errorf("read back: %v %v %s", ok, err, cmp.Diff(want, read))
		}
		if _, ok, err := w.WrapUp(w.ctx(), "b"); ok || err != nil {
			t.Errorf("nothing was recorded of b: %v %v", ok, err)
		}
	})
}

// What is said later takes the place of what was said before: clocks started by
// mistake end as that, and may start again.
func TestWrapUpRecordIsCorrected(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.ended("a")
		say := func(category string, hard bool, want ...string) {
			t.Helper()
			w.after(time.Second)
			w.records(WrapUpRecord{Call: "a", By: "amy", Hard: hard, Response: category, StartedAt: w.now, DueAt: w.now.Add(time.Hour)})
			got := w.owed("a")
			for _, category := range want {
				if _, ok := got[category]; !ok {
					t.Errorf("no clock for %s: %v", category, got)
				}
			}
			if len(got) != len(want) {
				t.Errorf("clocks %v, want %v", got, want)
			}
		}
		say("crisis.urgent", true, "crisis.urgent", CategoryDebrief)
		say("crisis.very_urgent", true, "crisis.very_urgent", CategoryDebrief)
		say("crisis.very_urgent", false, "crisis.very_urgent")
		say(call.ResponseNone, false)
		say("crisis.urgent", true, "crisis.urgent", CategoryDebrief)
		must2[FollowUp, bool](w)(w.FollowUpDone(w.ctx(), w.now, "a", "crisis.urgent", "bob", w.now, "seen"))
		say("", true, CategoryDebrief) // what happened stays
		say("crisis.urgent", true, CategoryDebrief)
		if _, first := w.records(WrapUpRecord{Call: "a", By: "amy", Hard: true, Code: call.CodeUrgent, Response: "crisis.urgent"}); !first {
			t.Error("a code beside the category that was said before, without its clock, is not taken")
		}
		got := map[string]int{}
		for _, e := range w.followed() {
			got[string(e.Kind)+" "+e.Category+" "+e.Reason]++
		}
		delete(got, "wrap_up_record "+call.ResponseNone+" ")
		want := map[string]int{
			"wrap_up_record crisis.urgent ": 4, "wrap_up_record crisis.very_urgent ": 2,
			"follow_up crisis.urgent ": 2, "follow_up_done crisis.urgent mistaken": 1, "follow_up_done crisis.urgent seen": 1,
			"follow_up crisis.very_urgent ": 1, "follow_up_done crisis.very_urgent mistaken": 1,
			"follow_up debrief.offered ": 2, "follow_up_done debrief.offered mistaken": 1,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ledger: %s", diff)
		}
	})
}

// A call is there for as long as the ledger has it, and its responder is whoever
// had it last.
func TestWrapUpRecordLongAfter(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.ended("a")
		w.after(time.Hour)
		w.arrives("b")
		w.after(3 * time.Hour)
		if err := w.rdb.Del(w.ctx(), w.key(keyCall+"a")).Err(); err != nil { // as its expiry does
			t.Fatal(err)
		}
		for _, received := range []time.Time{{}, start, start.Add(24 * time.Hour)} {
			got, _, err := w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "a", By: "dm7", Hard: true, ReceivedAt: received})
			if err != nil || got.Responder != "amy" || got.Team != "ports" || !got.ReceivedAt.Equal(start) {
				t.Errorf("received %s: %+v %v", received, got, err)
			}
			if f := w.owed("a")[CategoryDebrief]; !f.StartedAt.Equal(w.now) || f.OwedTo != "amy" {
				t.Errorf("a debrief that could not be offered before is owed since %s", f.StartedAt)
			}
			if err := w.rdb.Del(w.ctx(), w.key(keyWrapUp+"a")).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "gone", By: "dm7", Hard: true}); !errors.Is(err, ErrNoCall) {
			t.Errorf("a call the ledger does not have: %v", err)
		}
	})
}

func TestWrapUpRecordDuringAndAfterADrop(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		if _, _, err := w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "a", By: "amy", Hard: true}); !errors.Is(err, ErrNotAnswered) {
			t.Errorf("never answered: %v", err)
		}
		o := w.connected("a", "amy")
		w.after(time.Minute)
		must2[Record, bool](w)(w.Drop(w.ctx(), w.now, "a", Dropped{Offer: o.ID, LiveFor: time.Minute}))
		w.finishes("a", Finish{})
		if got, _ := w.records(WrapUpRecord{Call: "a", By: "amy", Code: call.CodeDisconnected}); got.Responder != "amy" {
			t.Errorf("dropped and never connected again: %+v", got)
		}
		w.arrives("left")
		w.finishes("left", Finish{})
		w.rdb.Del(w.ctx(), w.key(keyCall+"left"))
		if _, _, err := w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "left", By: "amy", Hard: true}); !errors.Is(err, ErrNotAnswered) {
			t.Errorf("gone and never answered: %v", err)
		}
	})
}

func TestWrapUpRecordRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	w.ended("a")
	for name, r := range map[string]WrapUpRecord{
		"no call":       {By: "amy"},
		"nobody":        {Call: "a"},
		"a name":        {Call: "a", By: "Ada Lovelace"},
		"a code":        {Call: "a", By: "amy", Code: "07"},
		"a duty":        {Call: "a", By: "amy", Duty: "yes"},
		"free words":    {Call: "a", By: "amy", Response: "he is at home", StartedAt: w.now, DueAt: w.now.Add(time.Hour)},
		"the future":    {Call: "a", By: "amy", Response: "crisis.urgent", StartedAt: w.now.Add(time.Second), DueAt: w.now.Add(time.Hour)},
		"no clock":      {Call: "a", By: "amy", Response: "crisis.urgent"},
		"no time to it": {Call: "a", By: "amy", Response: "crisis.urgent", StartedAt: w.now, DueAt: w.now},
	} {
		if _, _, err := w.WrapUpRecord(w.ctx(), w.now, r); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// What was recorded is found with the calls.
func TestCallsByWhatCameOfThem(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		for _, id := range []call.ID{"hard", "easy", "silent"} {
			w.ended(id)
			w.after(10 * time.Minute)
			must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""))
		}
		w.arrives("left")
		w.finishes("left", Finish{})
		w.records(WrapUpRecord{Call: "hard", By: "amy", Hard: true})
		w.records(WrapUpRecord{Call: "easy", By: "amy", Code: call.CodeAdvice})
		for name, tt := range map[string]struct {
			filter CallFilter
			want   []call.ID
		}{
			"all":        {CallFilter{}, []call.ID{"left", "silent", "easy", "hard"}},
			"hard":       {CallFilter{Hard: true}, []call.ID{"hard"}},
			"code":       {CallFilter{Code: call.CodeAdvice}, []call.ID{"easy"}},
			"unrecorded": {CallFilter{Unrecorded: true}, []call.ID{"silent", "hard"}},
		} {
			if diff := cmp.Diff(tt.want, w.searches(tt.filter, 2)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		c := must[CallSummary](w)(w.Call(w.ctx(), w.now, "easy", time.Time{}))
		if c.WrapUp == nil || c.WrapUp.Code != call.CodeAdvice || c.Responder != "amy" {
			t.Errorf("one call: %+v", c)
		}
	})
}
