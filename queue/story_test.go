package queue

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

func (w *world) storyOf(id call.ID, received time.Time) (kinds []call.Kind) {
	w.Helper()
	events, err := w.Story(w.ctx(), w.now, id, received)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range events {
		if e.Call != id {
			w.Errorf("the story of %s tells of %s", id, e.Call)
		}
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// A story is a call's life and whatever was said of it later, however much later,
// and however little is known of when it came.
func TestStory(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("other")
		w.after(time.Second)
		received := w.now
		w.arrives("a")
		w.connected("a", "amy")
		w.after(3 * time.Minute)
		w.finishes("a", Finish{WrapUp: time.Minute, KeepFor: time.Minute})
		w.after(time.Minute)
		must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""))
		life := []call.Kind{call.KindReceived, call.KindWaiting, call.KindOffered, call.KindOfferSent, call.KindOfferEnded,
			call.KindAccepted, call.KindConnected, call.KindFinished, call.KindWrapUp, call.KindWrapUpEnded}
		if diff := cmp.Diff(life, w.storyOf("a", received)); diff != "" {
			t.Fatal(diff)
		}
		w.after(20 * 24 * time.Hour)
		must2[WrapUpRecord, bool](w)(w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "a", By: "amy", Code: call.CodeUrgent,
			Response: "crisis.urgent", StartedAt: w.now, DueAt: w.now.Add(24 * time.Hour)}))
		w.after(25 * time.Hour)
		must[int](w)(w.FollowUpsMissed(w.ctx(), w.now, 10))
		whole := append(life[:len(life):len(life)], call.KindWrapUpRecord, call.KindFollowUp, call.KindFollowUpMissed)
		for name, at := range map[string]time.Time{"when it came": received, "nothing": {}, "something wrong": received.Add(-5 * time.Hour)} {
			if diff := cmp.Diff(whole, w.storyOf("a", at)); diff != "" {
				t.Errorf("known %s: %s", name, diff)
			}
		}
		if got := w.storyOf("nobody", time.Time{}); got != nil {
			t.Errorf("the story of a call there never was: %v", got)
		}
		if diff := cmp.Diff([]call.Kind{call.KindReceived, call.KindWaiting}, w.storyOf("other", time.Time{})); diff != "" {
			t.Error(diff)
		}
	})
}

// A call told of late stands far from when it came.
func TestStoryOfACallToldOfLate(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		outage := w.now
		w.after(10 * time.Hour)
		w.arrives("meanwhile")
		if err := w.Import(w.ctx(), []call.Event{
			{At: outage, Kind: call.KindReceived, Call: "told", Line: "public"},
			{At: outage.Add(20 * time.Second), Kind: call.KindConnected, Call: "told", Responder: "amy"},
			{At: outage.Add(time.Minute), Kind: call.KindFinished, Call: "told", Line: "public", Outcome: call.OutcomeFallback},
		}); err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{outage, {}} {
			if diff := cmp.Diff([]call.Kind{call.KindReceived, call.KindConnected, call.KindFinished}, w.storyOf("told", at)); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// A story that began in the part of the ledger that is trimmed is what is left.
func TestStoryAfterTrimming(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	received := w.now
	w.arrives("a")
	w.connected("a", "amy")
	w.finishes("a", Finish{WrapUp: time.Minute})
	must2[WrapUpRecord, bool](w)(w.WrapUpRecord(w.ctx(), w.now, WrapUpRecord{Call: "a", By: "amy", Hard: true}))
	if err := w.rdb.XTrimMinID(w.ctx(), w.key(keyLedger), fmt.Sprint(ms(w.now.Add(time.Second)))).Err(); err != nil {
		t.Fatal(err)
	}
	w.after(time.Minute)
	if _, err := w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]call.Kind{call.KindWrapUpEnded}, w.storyOf("a", received)); diff != "" {
		t.Error(diff)
	}
}

// However long the ledger, a story that is known when is soon told: it reads
// what lies about it and no more.
func TestStoryReadsLittle(t *testing.T) {
	t.Parallel()
	s := &spy{}
	w := spied(t, s)
	received := w.now
	w.arrives("a")
	w.connected("a", "amy")
	w.after(time.Minute)
	w.finishes("a", Finish{WrapUp: time.Minute})
	w.after(time.Minute)
	must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""))
	pipe, id := w.rdb.Pipeline(), ms(w.now)
	for i := range 5 * searchPage {
		id++
		e := call.Event{At: call.FromMillis(id), Kind: call.KindReceived, Call: call.ID(fmt.Sprint(i))}
		pipe.XAdd(w.ctx(), &redis.XAddArgs{Stream: w.key(keyLedger), ID: fmt.Sprintf("%d-0", id), Values: e.Values()})
	}
	if _, err := pipe.Exec(w.ctx()); err != nil {
		t.Fatal(err)
	}
	before := len(s.since(0))
	events, err := w.Story(w.ctx(), w.now, "a", received)
	if err != nil || len(events) < 8 {
		t.Fatalf("%d entries, %v", len(events), err)
	}
	if trips := s.since(before); len(trips) > 2 {
		t.Errorf("it took %d requests: %v", len(trips), trips)
	}
}

func TestStoryWithoutAStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	gone := redis.NewClient(&redis.Options{Network: "unix", Addr: "/nonexistent", MaxRetries: -1})
	t.Cleanup(func() { _ = gone.Close() })
	w.Store.rdb = gone
	if events, err := w.Story(w.ctx(), w.now, "a", time.Time{}); err == nil || errors.Is(err, ErrNoCall) || events != nil {
		t.Errorf("%v, %v", events, err)
	}
}
