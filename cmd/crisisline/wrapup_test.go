package main

import (
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// after is what was recorded of a call, and which of its clocks run.
func (l *line) afterCall(id call.ID) (r queue.WrapUpRecord, clocks []string) {
	l.t.Helper()
	r, _, err := l.reads.WrapUp(l.ctx, id)
	if err != nil {
		l.t.Fatal(err)
	}
	open, err := l.reads.FollowUps(l.ctx, 10)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, f := range open {
		clocks = append(clocks, f.Category)
	}
	return r, clocks
}

// When the caller has gone, a few keys say what came of the call; none need be
// pressed, and whoever found it hard is left alone if they ask for it.
func TestWrapUpByKeys(t *testing.T) {
	t.Parallel()
	t.Run("outcome, hard, and time to recover", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			c.Waits(time.Minute)
			c.HangsUp()
			r.Hears(t, "To say what came of it, press 2").Presses("2")
			r.Hears(t, "To be seen urgently, 5").Presses("5")
			r.Hears(t, "If it was a hard one, press 9").Presses("9")
			r.Hears(t, "For 15 minutes without another call, press 3").Presses("3")
			r.Hears(t, "No call comes to you for 15 minutes")
			r.IsOver(t)
			got, clocks := l.afterCall(call.ID(c.SID()))
			if got.Code != call.CodeUrgent || !got.Hard || got.By != "amal" || got.Responder != "amal" {
				t.Errorf("recorded: %+v", got)
			}
			if len(clocks) != 1 || clocks[0] != queue.CategoryDebrief {
				t.Errorf("clocks that run: %v", clocks)
			}
			if got := l.presence("amal"); got != call.PresenceBreak {
				t.Errorf("amal is %s, want on a break", got)
			}
			l.step(16 * time.Minute)
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s after the break, want free", got)
			}
		})
	})
	t.Run("ready for another after the outcome", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			c.HangsUp()
			r.Hears(t, "That call has ended").Presses("2").Hears(t, "Advice, 2").Presses("2")
			r.Hears(t, "When you're ready for another, press 1").Presses("1").Hears(t, "back on the list")
			l.step(15 * time.Second)
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s after saying ready, want free", got)
			}
			if got, clocks := l.afterCall(call.ID(c.SID())); got.Code != call.CodeAdvice || got.Hard || len(clocks) != 0 {
				t.Errorf("recorded: %+v, clocks %v", got, clocks)
			}
		})
	})
	for name, keys := range map[string][]string{
		"silence": nil, "a key that means nothing": {"8"}, "silence after asking for the outcomes": {"2"}, "no outcome of that key": {"2", "8"},
	} {
		t.Run(name+" records nothing", func(t *testing.T) {
			t.Parallel()
			onRedis(t, setup{}, func(t *testing.T, l *line) {
				c := l.dials(public)
				r := l.takes(amal)
				c.IsBridgedTo(t, r)
				c.HangsUp()
				r.Hears(t, "That call has ended")
				for _, key := range keys {
					r.Presses(key)
					l.step(time.Second)
				}
				r.IsOver(t)
				if got, clocks := l.afterCall(call.ID(c.SID())); !got.RecordedAt.IsZero() || len(clocks) != 0 {
					t.Errorf("recorded: %+v, clocks %v", got, clocks)
				}
				if got := l.presence("amal"); got != call.PresenceWrapUp {
					t.Errorf("amal is %s, want in wrap-up", got)
				}
			})
		})
	}
}
