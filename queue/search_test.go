package queue

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// searches reads a search to its end, page by page, and gives the ids.
func (w *world) searches(f CallFilter, limit int) (ids []call.ID) {
	w.Helper()
	after := ""
	for {
		page := must[CallPage](w)(w.Calls(w.ctx(), start.Add(-time.Hour), w.now.Add(time.Second), f, limit, after))
		if len(page.Calls) > limit {
			w.Fatalf("%d calls on a page of %d", len(page.Calls), limit)
		}
		for _, c := range page.Calls {
			ids = append(ids, c.ID)
		}
		if after = page.Next; after == "" {
			return ids
		}
	}
}

// anEvening is calls of every fate.
func anEvening(w *world) {
	w.arrives("left")
	w.after(90 * time.Second)
	w.finishes("left", Finish{})

	a := arrival("talked")
	a.From, a.Menu, a.ActAt = caller, true, w.now
	must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
	must2[Record, bool](w)(w.Intake(w.ctx(), w.now, "talked", IntakeDone{Caller: call.CallerCarer, Team: "solent", LiveFor: time.Minute}))
	w.after(10 * time.Second)
	o := w.promised("talked", "amy")
	w.ends(o, call.ResultNoAnswer)
	o = w.connected("talked", "bob")
	w.after(time.Minute)
	must2[Record, bool](w)(w.Drop(w.ctx(), w.now, "talked", Dropped{Offer: o.ID, LiveFor: time.Minute}))
	must2[Record, bool](w)(w.Danger(w.ctx(), w.now, "talked", time.Minute))
	w.connected("talked", "cat")
	w.after(5 * time.Minute)
	w.finishes("talked", Finish{})

	w.after(time.Minute)
	w.arrives("waits")
	w.after(time.Second)
	w.arrives("talks")
	w.connected("talks", "dan")
}

func TestCallsAreFoundLatestFirst(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		anEvening(w)
		w.after(time.Minute)
		page := must[CallPage](w)(w.Calls(w.ctx(), start.Add(-time.Hour), w.now, CallFilter{}, 10, ""))
		began := start.Add(90 * time.Second)
		want := []CallSummary{
			{ID: "talks", ReceivedAt: began.Add(431 * time.Second), Line: "public", Team: "ports", Caller: call.CallerUnknown, Withheld: true,
				Responder: "dan", Tier: call.TierResponding, Offers: 1},
			{ID: "waits", ReceivedAt: began.Add(430 * time.Second), Line: "public", Team: "ports", Caller: call.CallerUnknown, Withheld: true},
			{ID: "talked", ReceivedAt: began, EndedAt: began.Add(370 * time.Second), Line: "public", Team: "solent", Caller: call.CallerCarer,
				Outcome: call.OutcomeAnswered, Wait: 10 * time.Second, Talk: 6 * time.Minute, Responder: "cat", Tier: call.TierResponding,
				Offers: 3, Drops: 1, Danger: true},
			{ID: "left", ReceivedAt: start, EndedAt: began, Line: "public", Team: "ports", Caller: call.CallerUnknown, Withheld: true,
				Outcome: call.OutcomeAbandoned, Wait: 90 * time.Second},
		}
		if diff := cmp.Diff(want, page.Calls); diff != "" {
			t.Error(diff)
		}
		if page.Next != "" || !page.Back.Equal(start.Add(-time.Hour)) {
			t.Errorf("next %q, looked back to %s", page.Next, page.Back)
		}
		for limit := 1; limit <= 5; limit++ {
			var all []CallSummary
			looked := 0
			for after := ""; ; {
				page := must[CallPage](w)(w.Calls(w.ctx(), start.Add(-time.Hour), w.now, CallFilter{}, limit, after))
				all, looked = append(all, page.Calls...), looked+page.Looked
				if after = page.Next; after == "" {
					break
				}
			}
			if diff := cmp.Diff(want, all); diff != "" || looked != len(want) {
				t.Errorf("pages of %d, looked at %d: %s", limit, looked, diff)
			}
		}
	})
}

func TestCallsByFilter(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		anEvening(w)
		for name, tt := range map[string]struct {
			filter CallFilter
			want   []call.ID
		}{
			"team":        {CallFilter{Team: "solent"}, []call.ID{"talked"}},
			"line":        {CallFilter{Line: "old"}, nil},
			"who rang":    {CallFilter{Caller: call.CallerCarer}, []call.ID{"talked"}},
			"outcome":     {CallFilter{Outcome: call.OutcomeAbandoned}, []call.ID{"left"}},
			"responder":   {CallFilter{Responder: "cat"}, []call.ID{"talked"}},
			"was dropped": {CallFilter{Responder: "bob"}, nil},
			"wait":        {CallFilter{MinWait: 10 * time.Second}, []call.ID{"talked", "left"}},
			"longer wait": {CallFilter{MinWait: 91 * time.Second}, nil},
			"several":     {CallFilter{Team: "ports", MinWait: time.Second}, []call.ID{"left"}},
		} {
			if diff := cmp.Diff(tt.want, w.searches(tt.filter, 1)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}

// A call belongs to the time it was received in, also when it ended later, or
// was told of days afterwards.
func TestCallsOfATime(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("before")
		w.after(time.Second)
		from := w.now
		w.arrives("first")
		w.after(time.Second)
		w.arrives("last")
		w.after(time.Second)
		to := w.now
		w.arrives("after")
		w.after(11 * time.Hour)
		w.finishes("first", Finish{})
		w.after(24 * time.Hour)
		outage := from.Add(1500 * time.Millisecond)
		if err := w.Import(w.ctx(), []call.Event{{At: outage, Kind: call.KindReceived, Call: "told", Line: "public"},
			{At: outage.Add(time.Second), Kind: call.KindFinished, Call: "told", Line: "public", Outcome: call.OutcomeFallback}}); err != nil {
			t.Fatal(err)
		}
		page := must[CallPage](w)(w.Calls(w.ctx(), from, to, CallFilter{}, 10, ""))
		got := map[call.ID]call.Outcome{}
		for _, c := range page.Calls {
			got[c.ID] = c.Outcome
		}
		if diff := cmp.Diff(map[call.ID]call.Outcome{"told": call.OutcomeFallback, "last": "", "first": call.OutcomeAbandoned}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// A search looks at so many entries and no more; it then says where to go on,
// and a call whose end it had read is told whole by the next.
func TestCallsStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	w.arrives("found")
	pipe := w.rdb.Pipeline()
	id := ms(w.now)
	entry := func(e call.Event) {
		id++
		e.At = call.FromMillis(id)
		pipe.XAdd(w.ctx(), &redis.XAddArgs{Stream: w.key(keyLedger), ID: fmt.Sprintf("%d-0", id), Values: e.Values()})
	}
	for i := range searchMost + searchPage {
		entry(call.Event{Kind: call.KindReceived, Call: call.ID(fmt.Sprint(i)), Team: "solent"})
		if i == searchMost/2 {
			entry(call.Event{Kind: call.KindFinished, Call: "found", Team: "ports", Outcome: call.OutcomeFailed, WaitMs: 7000})
		}
	}
	if _, err := pipe.Exec(w.ctx()); err != nil {
		t.Fatal(err)
	}
	to := call.FromMillis(id + 1)
	first, err := w.Calls(w.ctx(), start, to, CallFilter{Team: "ports"}, 5, "")
	if err != nil || len(first.Calls) != 0 || first.Next == "" || !first.Back.After(start) {
		t.Fatalf("first: %d calls, next %q, back to %s, %v", len(first.Calls), first.Next, first.Back, err)
	}
	second, err := w.Calls(w.ctx(), start, to, CallFilter{Team: "ports"}, 5, first.Next)
	if err != nil || len(second.Calls) != 1 || second.Calls[0].Outcome != call.OutcomeFailed || second.Next != "" {
		t.Errorf("second: %+v, %v", second, err)
	}
}

func TestCallsRefusesAPlaceThatIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	for _, after := range []string{"x", "5", "5-x", "-1-0", "18446744073709551615-0"} {
		if _, err := w.Calls(w.ctx(), start, w.now, CallFilter{}, 5, after); !errors.Is(err, ErrNoPlace) {
			t.Errorf("%q: %v", after, err)
		}
	}
}

func TestCallerNumber(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("known")
		a.From = caller
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		w.arrives("withheld")
		for id, want := range map[call.ID]call.Number{"known": caller, "withheld": {}, "gone": {}} {
			got, known, err := w.CallerNumber(w.ctx(), id)
			if err != nil || got != want || known != want.Known() {
				t.Errorf("%s: known %v, %v", id, known, err)
			}
		}
	})
}

// TestCallsWhoseTimeRunsOut: wherever a search stops, the next goes on, and both
// together are what one that had time finds.
func TestCallsWhoseTimeRunsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	anEvening(w)
	pipe, id := w.rdb.Pipeline(), ms(w.now)
	for i := range 3 * searchPage {
		id++
		kind := call.KindWidened
		if i%100 == 0 {
			kind = call.KindReceived
		}
		pipe.XAdd(w.ctx(), &redis.XAddArgs{Stream: w.key(keyLedger), ID: fmt.Sprintf("%d-0", id),
			Values: call.Event{At: call.FromMillis(id), Kind: kind, Call: call.ID(fmt.Sprint("later", i)), Line: "public"}.Values()})
	}
	if _, err := pipe.Exec(w.ctx()); err != nil {
		t.Fatal(err)
	}
	to := call.FromMillis(id + 1)
	want, err := w.Calls(w.ctx(), start, to, CallFilter{}, 100, "")
	if err != nil || len(want.Calls) != 4+16 {
		t.Fatalf("%d calls, %v", len(want.Calls), err)
	}
	var got CallPage
	searches := 0
	for after := ""; searches == 0 || after != ""; searches++ {
		ctx, stop := context.WithCancel(w.ctx())
		impatient := redis.NewClient(realRedis.(*redis.Client).Options())
		impatient.AddHook(&stopsAfter{n: 2, stop: stop})
		hurried := *w.Store
		hurried.rdb = impatient
		page, err := hurried.Calls(ctx, start, to, CallFilter{}, 100, after)
		stop()
		_ = impatient.Close()
		if err != nil {
			t.Fatal(err)
		}
		got.Calls, got.Looked, after = append(got.Calls, page.Calls...), got.Looked+page.Looked, page.Next
	}
	if diff := cmp.Diff(want.Calls, got.Calls); diff != "" || got.Looked != want.Looked || searches < 3 {
		t.Errorf("looked at %d, want %d, in %d searches: %s", got.Looked, want.Looked, searches, diff)
	}
	ctx, stop := context.WithCancel(w.ctx())
	stop()
	if _, err := w.Calls(ctx, start, to, CallFilter{}, 100, ""); err == nil {
		t.Error("a search that came nowhere is no error")
	}
}

// stopsAfter ends the patience of whoever asks, after so many pages.
type stopsAfter struct {
	n    int
	stop func()
}

func (s *stopsAfter) DialHook(next redis.DialHook) redis.DialHook { return next }

func (s *stopsAfter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (s *stopsAfter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if cmd.Name() == "xrevrange" {
			if s.n--; s.n <= 0 {
				s.stop()
			}
		}
		return err
	}
}

// A number outlives its call by as long as numbers are kept, and no longer; one
// that somebody is to be rung back at, until that is over.
func TestCallerNumberIsKeptAsLongAsItMayBe(t *testing.T) {
	t.Parallel()
	mini := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: mini.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	w := newWorld(t, rdb)
	passes := func(d time.Duration) {
		w.after(d)
		mini.FastForward(d)
	}
	known := func(id call.ID) bool {
		t.Helper()
		_, known, err := w.CallerNumber(w.ctx(), id)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	for _, id := range []call.ID{"a", "b", "c"} {
		arrival := arrival(id)
		arrival.From = caller
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, arrival))
		w.finishes(id, Finish{KeepFor: 15 * time.Minute})
	}
	passes(23 * time.Hour)
	for _, id := range []call.ID{"a", "b", "c"} {
		if !known(id) {
			t.Fatalf("the number of %s is gone within a day", id)
		}
	}
	for _, id := range []call.ID{"b", "c"} {
		got, first, err := w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: id, By: "amy"})
		if err != nil || !first || !got.HasNumber {
			t.Fatalf("owe: %+v, %v", got, err)
		}
	}
	passes(2 * time.Hour)
	if known("a") || !known("b") {
		t.Fatal("after a day a number is kept that may not be, or one is gone that is needed")
	}
	if _, _, err := w.CloseCallback(w.ctx(), w.now, "b", "amy", w.now, "reached", call.CodeAdvice); err != nil {
		t.Fatal(err)
	}
	passes(23 * time.Hour)
	if !known("b") {
		t.Fatal("the number is gone as soon as they were rung back")
	}
	passes(2 * time.Hour)
	if known("b") || !known("c") {
		t.Error("a day after they were rung back their number is kept, or one still owed is gone")
	}
}

// BenchmarkCalls is the first page of a search in a ledger of 20 000 calls, of
// all calls and of one that lies far back.
func BenchmarkCalls(b *testing.B) {
	w := newWorld(b, realRedis)
	pipe := w.rdb.Pipeline()
	at := ms(w.now)
	for i := range 20_000 {
		id := call.ID(fmt.Sprint(i))
		for _, e := range []call.Event{{Kind: call.KindReceived}, {Kind: call.KindOffered}, {Kind: call.KindOfferSent}, {Kind: call.KindRinging},
			{Kind: call.KindPickedUp}, {Kind: call.KindOfferEnded}, {Kind: call.KindAccepted}, {Kind: call.KindConnected, WaitMs: 9000},
			{Kind: call.KindFinished, Outcome: call.OutcomeAnswered, WaitMs: 9000}} {
			at += 50
			e.At, e.Call, e.Line, e.Team, e.Caller = call.FromMillis(at), id, "public", "ports", call.CallerSelf
			pipe.XAdd(b.Context(), &redis.XAddArgs{Stream: w.key(keyLedger), ID: fmt.Sprintf("%d-0", at), Values: e.Values()})
		}
		if pipe.Len() > 10_000 {
			if _, err := pipe.Exec(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := pipe.Exec(b.Context()); err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]CallFilter{"first 50": {}, "60000 entries in vain": {Team: "solent"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Calls(b.Context(), start, call.FromMillis(at+1), f, 50, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
