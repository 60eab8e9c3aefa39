package queue

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// holding is every key of the world's service that holds a text, with how long it
// still lives; -1 ns is for ever.
func (w *world) holding(text string) map[string]time.Duration {
	w.Helper()
	keys, err := w.rdb.Keys(w.ctx(), w.key("*")).Result()
	if err != nil {
		w.Fatal(err)
	}
	found := map[string]time.Duration{}
	for _, key := range keys {
		var all []string
		switch kind := w.rdb.Type(w.ctx(), key).Val(); kind {
		case "string":
			all = []string{w.rdb.Get(w.ctx(), key).Val()}
		case "hash":
			for _, val := range w.rdb.HGetAll(w.ctx(), key).Val() {
				all = append(all, val)
			}
		case "zset":
			all = w.rdb.ZRange(w.ctx(), key, 0, -1).Val()
		case "set":
			all = w.rdb.SMembers(w.ctx(), key).Val()
		case "list":
			all = w.rdb.LRange(w.ctx(), key, 0, -1).Val()
		case "stream":
			for _, m := range w.rdb.XRange(w.ctx(), key, "-", "+").Val() {
				for _, val := range m.Values {
					all = append(all, val.(string))
				}
			}
		}
		if strings.Contains(strings.Join(all, " "), text) {
			found[strings.TrimPrefix(key, w.key(""))] = w.rdb.PTTL(w.ctx(), key).Val()
		}
	}
	return found
}

// withNumber is a call of somebody whose number was shown, that ended long ago as
// far as the call goes, and is owed a callback; and the number as it is sealed.
func (w *world) withNumber(id call.ID) (owed Callback, sealed string) {
	w.Helper()
	a := arrival(id)
	a.From = caller
	must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
	sealed = w.rdb.HGet(w.ctx(), w.key(keyCall+string(id)), sealedField).Val()
	if sealed == "" || len(w.holding(sealed)) == 0 {
		w.Fatal("the number is nowhere: nothing can be seen to go")
	}
	w.connected(id, "amy")
	w.finishes(id, Finish{WrapUp: time.Minute, KeepFor: time.Minute})
	owed, _ = must2[Callback, bool](w)(w.OweCallback(w.ctx(), w.now, CallbackPromise{Call: id, By: "amy"}))
	must[Stood](w)(w.WrapUpEnd(w.ctx(), w.now, "amy", "timed", ""))
	return owed, sealed
}

// However a callback ends, nothing holds the number for longer than a day.
func TestNumberGoesAfterTheCallback(t *testing.T) {
	t.Parallel()
	for _, how := range CallbackEnds {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			onEvery(t, func(t *testing.T, w *world) {
				_, sealed := w.withNumber("a")
				code := call.Code("")
				if how == "reached" || how == "decided" {
					code = call.CodeAdvice
				}
				w.after(3 * 24 * time.Hour)
				must2[Callback, bool](w)(w.CloseCallback(w.ctx(), w.now, "a", "bob", w.now, how, code))
				for key, left := range w.holding(sealed) {
					if left <= 0 || left > 24*time.Hour {
						t.Errorf("%s holds the number for %s more", key, left)
					}
				}
			})
		})
	}
}

// A callback that nobody ends loses its number, and not before; it stays owed, and
// the ledger says what became of the number once.
func TestNumberGoesFromACallbackNobodyEnds(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		owed, sealed := w.withNumber("a")
		w.owedBack("b") // one without a number, as long overdue
		last := owed.CloseDue.Add(7 * 24 * time.Hour)
		if got := owed.NumberUntil(7 * 24 * time.Hour); !got.Equal(last) {
			t.Errorf("the number is said to go %s, want %s", got, last)
		}
		w.now = last
		if gone := must[int](w)(w.ForgetCallbackNumbers(w.ctx(), w.now, 10)); gone != 0 || len(w.holding(sealed)) == 0 {
			t.Errorf("%d gone too early", gone)
		}
		if n, ok, err := w.CallerNumber(w.ctx(), "a"); !ok || err != nil || !n.Known() {
			t.Errorf("it cannot be rung any more: %v, %v", ok, err)
		}
		w.after(time.Millisecond)
		for range 2 {
			must[int](w)(w.ForgetCallbackNumbers(w.ctx(), w.now, 10))
		}
		if left := w.holding(sealed); len(left) > 0 {
			t.Errorf("still held: %v", left)
		}
		if _, ok, err := w.CallerNumber(w.ctx(), "a"); ok || err != nil {
			t.Errorf("it can still be read: %v", err)
		}
		c, _ := must2[Callback, bool](w)(w.Callback(w.ctx(), "a"))
		if c.HasNumber || !c.NumberGone.Equal(w.now) || c.State(w.now) != CallbackOverdue || !c.NumberUntil(time.Hour).IsZero() {
			t.Errorf("the callback: %+v", c)
		}
		var told []call.Event
		for _, e := range w.events() {
			if e.Kind == call.KindCallbackForgotten {
				e.ID, e.At = "", time.Time{}
				told = append(told, e)
			}
		}
		want := []call.Event{{Kind: call.KindCallbackForgotten, Call: "a", Line: "public", Team: "ports", Caller: call.CallerUnknown, WaitMs: (7*24*time.Hour + time.Millisecond).Milliseconds()}}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("the ledger: %s", diff)
		}
		c, _ = must2[Callback, bool](w)(w.CloseCallback(w.ctx(), w.now, "a", "dm", w.now, "decided", call.CodeEmergency))
		if c.How != "decided" {
			t.Errorf("it cannot be ended any more: %+v", c)
		}
		if gone := must[int](w)(w.ForgetCallbackNumbers(w.ctx(), w.now.Add(time.Hour), 10)); gone != 0 {
			t.Errorf("%d gone of one that is over", gone)
		}
	})
}

// A caller who was told in the call that they are rung back, by a process that went
// before it was recorded, is owed one: its number goes like any other.
func TestNumberGoesFromACallbackNobodyRecorded(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		a := arrival("a")
		a.From = caller
		must[Arrived](w)(w.Arrive(w.ctx(), w.now, a))
		sealed := w.rdb.HGet(w.ctx(), w.key(keyCall+"a"), sealedField).Val()
		w.finishes("a", Finish{Outcome: call.OutcomeCallback, KeepFor: time.Minute})
		w.rdb.Del(w.ctx(), w.key(keyCallback+"a")) // as if the process had gone in between
		w.rdb.ZAdd(w.ctx(), w.key(keyCallbacks), redis.Z{Score: float64(ms(w.now)), Member: "a"})
		w.after(7*24*time.Hour + time.Hour)
		if gone := must[int](w)(w.ForgetCallbackNumbers(w.ctx(), w.now, 10)); gone != 0 {
			t.Errorf("%d gone too early", gone)
		}
		w.after(time.Millisecond)
		if gone := must[int](w)(w.ForgetCallbackNumbers(w.ctx(), w.now, 10)); gone != 1 || len(w.holding(sealed)) > 0 {
			t.Errorf("%d gone, still held: %v", gone, w.holding(sealed))
		}
		open := must[[]Callback](w)(w.Callbacks(w.ctx(), 10))
		if len(open) != 1 || open[0].HasNumber || open[0].Team != "ports" || open[0].State(w.now) != CallbackOverdue {
			t.Errorf("owed: %+v", open)
		}
	})
}

// Those that are owed without a number do not keep later ones from being looked at.
func TestNumbersGoBeyondAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, realRedis)
	now := start.Add(30 * 24 * time.Hour)
	for i := range 2*forgetPage + 3 {
		id := call.ID("c" + strings.Repeat("x", i/26) + string(rune('a'+i%26)))
		number := "0"
		if i >= 2*forgetPage {
			number = "1"
		}
		at := start.Add(time.Duration(i) * time.Second)
		w.rdb.HSet(w.ctx(), w.key(keyCallback+string(id)), "c", string(id), "xd", ms(at), "ad", ms(at), "nb", number, "l", "public", "tm", "ports", "cl", "unknown", "n", "0")
		w.rdb.ZAdd(w.ctx(), w.key(keyCallbacks), redis.Z{Score: float64(ms(at)), Member: string(id)})
	}
	for _, want := range []int{3, 0} {
		if gone, err := w.ForgetCallbackNumbers(w.ctx(), now, 10); gone != want || err != nil {
			t.Errorf("%d gone, want %d; %v", gone, want, err)
		}
	}
}
