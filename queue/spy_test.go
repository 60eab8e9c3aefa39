package queue

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// spy counts what goes over the wire, and may run each script a second time, as
// if its answer had been lost and the caller had tried again.
type spy struct {
	mu     sync.Mutex
	trips  []string
	calls  [][]any // the scripts' arguments
	twice  bool
	forget bool // every script is missing from the server's cache
}

func (s *spy) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (s *spy) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		s.saw("pipeline", nil)
		return next(ctx, cmds)
	}
}

func (s *spy) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		s.saw(cmd.Name(), cmd.Args())
		if s.forget && cmd.Name() == "evalsha" {
			cmd.SetErr(redis.ErrNoScript)
			return redis.ErrNoScript
		}
		err := next(ctx, cmd)
		if s.twice && strings.HasPrefix(cmd.Name(), "eval") && err == nil {
			again := redis.NewCmd(ctx, cmd.Args()...)
			if err := next(ctx, again); err != nil {
				return fmt.Errorf("second run: %w", err)
			}
		}
		return err
	}
}

func (s *spy) saw(name string, args []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trips = append(s.trips, name)
	if name == "evalsha" {
		s.calls = append(s.calls, args)
	}
}

func (s *spy) since(n int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.trips[n:])
}

func spied(t testing.TB, s *spy) *world {
	t.Helper()
	rdb := miniClient(t)
	w := newWorld(t, rdb)
	if err := w.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	rdb.(*redis.Client).AddHook(s)
	return w
}

// everyMethod runs a day's worth: each method that changes anything, at least once.
func everyMethod(w *world, each func(name string, do func() error)) {
	ctx := w.ctx()
	run := func(name string, do func() error) { each(name, do) }
	var first, second, freed Offer
	a := arrival("a")
	a.Menu, a.From = true, caller
	run("Arrive", func() error { _, err := w.Arrive(ctx, w.now, a); return err })
	run("Intake", func() error {
		_, _, err := w.Intake(ctx, w.now, "a", IntakeDone{Caller: call.CallerSelf, Team: "ports", LiveFor: time.Minute})
		return err
	})
	run("Beat", func() error { _, err := w.Beat(ctx, w.now, "a", "QU1", time.Minute); return err })
	run("Danger", func() error { _, _, err := w.Danger(ctx, w.now, "a", time.Minute); return err })
	run("Claim", func() error {
		got, err := w.Claim(ctx, w.now, w.claimFor("a", 2, "amy", "bob"))
		if err == nil {
			first, second = got.Offers[0], got.Offers[1]
		}
		return err
	})
	run("OfferHeld", func() error { return w.OfferHeld(ctx, first.ID, w.now.Add(time.Second), true) })
	run("OfferSent", func() error { _, err := w.OfferSent(ctx, w.now, first.ID, "leg-1", 0); return err })
	run("OfferEvent", func() error {
		_, err := w.OfferEvent(ctx, w.now, first.ID, call.KindPickedUp, "leg-1")
		return err
	})
	run("OfferEnd", func() error {
		_, err := w.OfferEnd(ctx, w.now, second.ID, call.ResultNoAnswer, Aside{After: 1, For: time.Minute, Others: []string{"amy", "cat"}})
		return err
	})
	run("Free", func() error {
		got, err := w.Free(ctx, w.now, w.freedFor("cat"))
		if err == nil {
			freed = *got
		}
		return err
	})
	run("RingPerson", func() error {
		_, _, err := w.RingPerson(ctx, w.now, w.askedFor("a", "dan"))
		return err
	})
	run("HandOver", func() error {
		_, _, err := w.HandOver(ctx, w.now, HandOver{Call: "a", To: "wight", From: "ports", By: "lena"})
		return err
	})
	run("Accept", func() error {
		_, err := w.Accept(ctx, w.now, freed.ID, "leg-2", "room-a", w.now.Add(time.Minute))
		return err
	})
	run("Joined", func() error { _, _, err := w.Joined(ctx, w.now, "room-a", "a"); return err })
	run("Joined", func() error { _, _, err := w.Joined(ctx, w.now, "room-a", "leg-2"); return err })
	run("Drop", func() error {
		_, _, err := w.Drop(ctx, w.now, "a", Dropped{Offer: freed.ID, LiveFor: time.Minute})
		return err
	})
	run("OfferEnd", func() error {
		_, err := w.OfferEnd(ctx, w.now, freed.ID, call.ResultNoKey, Aside{Leg: "leg-2"})
		return err
	})
	var again Offer
	run("Claim", func() error {
		got, err := w.Claim(ctx, w.now, w.claimFor("a", 1, "amy", "bob", "cat"))
		if err == nil {
			again = got.Offers[0]
		}
		return err
	})
	run("Accept", func() error {
		_, err := w.Accept(ctx, w.now, again.ID, "leg-3", "room-b", w.now.Add(time.Minute))
		return err
	})
	run("Joined", func() error { _, _, err := w.Joined(ctx, w.now, "room-b", "leg-3"); return err })
	run("Joined", func() error { _, _, err := w.Joined(ctx, w.now, "room-b", "a"); return err })
	run("Finish", func() error {
		_, err := w.Finish(ctx, w.now, "a", Finish{Reason: "caller_left", WrapUp: time.Minute, KeepFor: time.Hour})
		return err
	})
	run("Ready", func() error { _, _, err := w.Ready(ctx, w.now, again.ID); return err })
	run("LegDown", func() error { _, _, err := w.LegDown(ctx, again.ID); return err })
	run("Rewind", func() error { _, err := w.Rewind(ctx, w.now, time.Minute); return err })
	run("WrapUpEnd", func() error { _, err := w.WrapUpEnd(ctx, w.now, "cat", "ready", ""); return err })
	run("SetPresence", func() error {
		_, err := w.SetPresence(ctx, w.now, Standing{Responder: "cat", To: call.PresenceBreak, Why: call.PauseRest})
		return err
	})
	run("Sweep", func() error { _, err := w.Sweep(ctx, w.now, 10); return err })
	run("NextDue", func() error { _, _, err := w.NextDue(ctx); return err })
	run("Defer", func() error { return w.Defer(ctx, DueCall, "x", w.now) })
	run("Settle", func() error { return w.Settle(ctx, DueCall, "x") })
	run("Record", func() error { _, err := w.Record(ctx, "a"); return err })
	run("Offer", func() error { _, err := w.Offer(ctx, first.ID); return err })
	run("ByConference", func() error { _, err := w.ByConference(ctx, "room-b"); return err })
	run("NotePlan", func() error { _, err := w.NotePlan(ctx, w.now, 3); return err })
	run("NoteOver", func() error { return w.NoteOver(ctx, "b", Over{At: w.now, How: "left"}, time.Hour) })
	run("Over", func() error { _, _, err := w.Over(ctx, "b"); return err })
	run("Import", func() error {
		return w.Import(ctx, []call.Event{{At: w.now, Kind: call.KindReceived, Call: "b"},
			{At: w.now, Kind: call.KindFinished, Call: "b", Outcome: call.OutcomeFallback}})
	})
	everyFollowUp(w, each)
	everyWrapUp(w, each)
	everyCallback(w, each)
	everyNeed(w, each)
}
