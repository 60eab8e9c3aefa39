package main

import (
	"errors"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/router"
)

// presences are the ledger's entries about what one person is doing.
func (l *line) presences(responder string) (list []call.Event) {
	l.t.Helper()
	for _, e := range l.ledger() {
		if e.Kind == call.KindPresence && e.Responder == responder {
			list = append(list, e)
		}
	}
	return list
}

func TestPause(t *testing.T) {
	t.Parallel()
	pause := func(l *line, who string, to call.Presence, why call.Pause) (queue.Did, error) {
		return l.router().Pause(l.ctx, queue.Standing{Responder: who, To: to, Why: why, By: boss})
	}
	t.Run("recovery after a hard call ends by itself, and they are rung", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			r := l.takes(amal)
			c.IsBridgedTo(t, r)
			l.refused(queue.WhyOnCall)(pause(l, "amal", call.PresenceBreak, call.PauseRecovery))
			c.HangsUp()
			r.IsOver(t)
			l.did(queue.WhySet)(pause(l, "amal", call.PresenceBreak, call.PauseRecovery))
			l.refused(queue.WhyAlready)(pause(l, "amal", call.PresenceBreak, call.PauseRecovery))
			l.entry(c, call.KindWrapUpEnded) // the break ended it
			l.rests("ben")
			l.step(14 * time.Minute)
			second := l.phone(otherCaller).Dials(t, public)
			l.phone(cara).Rings(t)
			l.phone(amal).IsSilent(t)
			l.phone(amal).RingsWithin(t, 2*time.Minute)
			second.HangsUp()
			var told []string
			for _, e := range l.presences("amal") {
				told = append(told, string(e.Presence)+" "+e.Reason+" "+string(e.By))
			}
			if len(told) != 2 || told[0] != "break recovery role:duty_manager" || told[1] != "free timed " {
				t.Errorf("the ledger says %q", told)
			}
		})
	})
	t.Run("set away by a person: not even as the last resort", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			l.did(queue.WhySet)(pause(l, "amal", call.PresenceAway, call.PauseUnwell))
			l.did(queue.WhySet)(pause(l, "ben", call.PresenceAway, call.PausePhone))
			c := l.dials(public)
			c.Waits(10 * time.Minute)
			l.phone(amal).IsSilent(t)
			l.phone(ben).IsSilent(t)
			l.did(queue.WhySet)(l.router().Back(l.ctx, "ben", boss))
			l.phone(ben).RingsWithin(t, 2*time.Second)
			c.HangsUp()
			l.step(time.Second)
			l.refused(queue.WhyAlready)(l.router().Back(l.ctx, "ben", boss))
		})
	})
	t.Run("a pause that nobody ended ends with the shift", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{plan: "handover.yaml", at: monday.Add(7*time.Hour + 57*time.Minute)}, func(t *testing.T, l *line) {
			l.did(queue.WhySet)(pause(l, "amal", call.PresenceBreak, call.PauseRest))
			l.refused(queue.WhyOffShift)(pause(l, "ben", call.PresenceBreak, call.PauseRest))
			l.step(2 * time.Minute)
			if got := l.presence("amal"); got != call.PresenceBreak {
				t.Errorf("amal is %s before the end of the shift", got)
			}
			l.step(2 * time.Minute)
			if got := l.presence("amal"); got != call.PresenceFree {
				t.Errorf("amal is %s after it", got)
			}
			if e := l.presences("amal"); len(e) != 2 || !e[1].At.Equal(monday.Add(8*time.Hour)) {
				t.Errorf("the ledger says %+v", e)
			}
		})
	})
	t.Run("not while a phone rings for a caller", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			l.phone(amal).Rings(t)
			l.refused(queue.WhyRinging)(pause(l, "amal", call.PresenceBreak, call.PauseRest))
			if l.metricsPage(); l.instances[0].router.Health(l.clock.Now()).Mode != "normal" {
				t.Error("a refusal counts as an outage of the store")
			}
			c.HangsUp()
			l.step(time.Second)
		})
	})
	t.Run("nobody but those who can be, for no reason but those there are", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			l.refused(queue.WhyLastHuman)(pause(l, "last-human-1", call.PresenceBreak, call.PauseRest))
			l.refused(queue.WhyNotInPlan)(pause(l, "nobody", call.PresenceBreak, call.PauseRest))
			for _, s := range []queue.Standing{
				{To: call.PresenceBreak, Why: "sulking", By: boss},
				{To: call.PresenceBreak, Why: call.PauseUnwell, By: boss},
				{To: call.PresenceAway, Why: call.PauseMissed, By: boss},
				{To: call.PresenceConnected, Why: call.PauseRest, By: boss},
				{To: call.PresenceFree, Why: call.PauseBack, By: boss},
				{To: call.PresenceBreak, Why: call.PauseRest, By: "Eve Example"},
			} {
				s.Responder = "amal"
				if _, err := l.router().Pause(l.ctx, s); !errors.Is(err, router.ErrUnfit) {
					t.Errorf("%+v is taken: %v", s, err)
				}
			}
			if got := l.presences("amal"); len(got) != 0 {
				t.Errorf("the ledger has %+v", got)
			}
		})
	})
}
