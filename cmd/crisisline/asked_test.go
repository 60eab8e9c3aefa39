package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
	"example.org/crisisline/router"
	"example.org/crisisline/sim"
)

// What people at screens ask for, played through the whole service.

// boss is who presses in these scripts.
const boss = call.By("role:duty_manager")

func (l *line) router() *router.Router { return l.instances[0].router }

// entries are the ledger's of one call and kind.
func (l *line) entries(k *sim.Talk, kind call.Kind) (list []call.Event) {
	l.t.Helper()
	for _, e := range l.ledger() {
		if e.Call == call.ID(k.SID()) && e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

// entry is the one entry of a call and kind.
func (l *line) entry(k *sim.Talk, kind call.Kind) call.Event {
	l.t.Helper()
	list := l.entries(k, kind)
	if len(list) != 1 {
		l.t.Fatalf("%d entries of %s, want 1: %+v", len(list), kind, list)
	}
	return list[0]
}

// greeted is a caller who has come through.
func (l *line) greeted() *sim.Talk {
	l.t.Helper()
	return l.dials(public).Hears(l.t, "this is the crisis line")
}

func id(k *sim.Talk) call.ID { return call.ID(k.SID()) }

func TestRingThisPerson(t *testing.T) {
	t.Parallel()
	t.Run("from another team, beside the phone that rings", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			own := l.phone(amal).Rings(t)
			l.did(queue.WhyRung)(l.router().RingPerson(l.ctx, id(c), "cara", boss))
			l.refused(queue.WhyAlready)(l.router().RingPerson(l.ctx, id(c), "cara", boss))
			r := l.takes(cara)
			own.StopsRinging(t)
			c.IsBridgedTo(t, r)
			for _, e := range l.entries(c, call.KindOffered) {
				if asked := e.Responder == "cara"; asked != (e.By == boss) || asked != (e.Reason == "asked") || asked && e.Team != "southampton" {
					t.Errorf("offered: %+v", e)
				}
			}
			if e := l.entry(c, call.KindConnected); e.Team != "portsmouth" || e.Responder != "cara" {
				t.Errorf("the call is %s's: asking for a person moves nobody's caller", e.Team)
			}
		})
	})
	t.Run("of another tier, long before their time, and again after a miss", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.greeted()
			l.did(queue.WhyRung)(l.router().RingPerson(l.ctx, id(c), "eve", boss))
			missed := l.phone(eve).RingsWithin(t, time.Second)
			missed.Declines()
			l.step(2 * time.Second)
			l.phone(eve).IsSilent(t)
			l.did(queue.WhyRung)(l.router().RingPerson(l.ctx, id(c), "eve", boss))
			r := l.takes(eve)
			c.IsBridgedTo(t, r)
		})
	})
	t.Run("the last human", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.greeted()
			l.did(queue.WhyRung)(l.router().RingPerson(l.ctx, id(c), "last-human-1", boss))
			c.IsBridgedTo(t, l.takes(switchboard))
		})
	})
	t.Run("nobody who is off shift, on a break, busy, or unknown", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{plan: "handover.yaml"}, func(t *testing.T, l *line) {
			other := l.phone(otherCaller).Dials(t, public)
			r := l.takes(amal)
			other.IsBridgedTo(t, r)
			c := l.dials(public)
			l.phone(cara).Rings(t) // the neighbour: the own team is busy
			press := func(who string) (queue.Did, error) { return l.router().RingPerson(l.ctx, id(c), who, boss) }
			l.refused(queue.WhyOnCall)(press("amal"))
			l.refused(queue.WhyOffShift)(press("ben")) // he comes at 20:00
			l.refused(queue.WhyNotInPlan)(press("nobody"))
			l.rests("dev")
			l.refused(queue.WhyOnBreak)(press("dev"))
			other.HangsUp()
			r.IsOver(t)
			l.refused(queue.WhyWrapUp)(press("amal"))
			l.did(queue.WhySet)(l.router().EndWrapUp(l.ctx, "amal", boss))
			l.settle()
			l.refused(queue.WhyRinging)(l.router().EndWrapUp(l.ctx, "amal", boss)) // rung for the other caller at once
			if e := l.entry(other, call.KindWrapUpEnded); e.By != boss || e.Reason != "ready" {
				t.Errorf("wrap-up ended: %+v", e)
			}
			l.phone(ben).IsSilent(t)
			l.phone(dev).IsSilent(t)
			talk := l.takes(amal)
			c.IsBridgedTo(t, talk)
			l.refused(queue.WhyConnected)(press("eve"))
			c.HangsUp()
			l.step(time.Second)
			l.refused(queue.WhyOver)(press("eve"))
			l.network.NothingElseRings(t)
		})
	})
	t.Run("who presses is an id or a role, never a name", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.greeted()
			for _, by := range []call.By{"Eve Example", "eve@example.org", caller, "role:"} {
				if _, err := l.router().RingPerson(l.ctx, id(c), "cara", by); !errors.Is(err, router.ErrUnfit) {
					t.Errorf("taken as who did it: %v", err)
				}
			}
			l.phone(cara).IsSilent(t)
		})
	})
}

func TestRingAgain(t *testing.T) {
	t.Parallel()
	onRedis(t, setup{plan: "one.yaml"}, func(t *testing.T, l *line) {
		c := l.dials(public)
		l.phone(amal).Rings(t).Declines()
		l.step(2 * time.Second)
		l.phone(amal).IsSilent(t) // declined: not asked again for a minute
		l.did(queue.WhyRung)(l.router().RingAgain(l.ctx, id(c), boss))
		r := l.phone(amal).Rings(t)
		l.refused(queue.WhyAlready)(l.router().RingAgain(l.ctx, id(c), boss))
		offered := l.entries(c, call.KindOffered)
		if last := offered[len(offered)-1]; last.By != boss || last.Responder != "amal" {
			t.Errorf("offered: %+v", last)
		}
		c.IsBridgedTo(t, r.Answers().Hears(t, "press 1").Presses("1"))
		l.refused(queue.WhyConnected)(l.router().RingAgain(l.ctx, id(c), boss))
	})
}

func TestBringInTheNextRung(t *testing.T) {
	t.Parallel()
	t.Run("at once, once, and idempotent with its time", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			l.phone(amal).Rings(t)
			l.did(queue.WhyRung)(l.router().Widen(l.ctx, id(c), 0, boss))
			l.refused(queue.WhyAlready)(l.router().Widen(l.ctx, id(c), 0, boss))
			l.phone(cara).RingsWithin(t, time.Second)
			l.phone(dev).IsSilent(t)
			l.step(21 * time.Second) // the neighbours' own time passes
			widened := l.entry(c, call.KindWidened)
			if widened.Reason != "neighbour" || widened.By != boss {
				t.Errorf("widened: %+v", widened)
			}
			c.HangsUp()
			l.step(time.Second)
			l.refused(queue.WhyOver)(l.router().Widen(l.ctx, id(c), 0, boss))
		})
	})
	t.Run("its time came first", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			l.step(21 * time.Second)
			l.refused(queue.WhyAlready)(l.router().Widen(l.ctx, id(c), 0, boss))
			if e := l.entry(c, call.KindWidened); e.By != "" {
				t.Errorf("nobody did: %+v", e)
			}
		})
	})
	t.Run("up to the last, and no further", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			c := l.dials(public)
			l.phone(amal).Rings(t)
			var last *sim.Talk
			for _, number := range []string{cara, dev, eve, switchboard} {
				l.did(queue.WhyRung)(l.router().Widen(l.ctx, id(c), -1, boss))
				last = l.phone(number).RingsWithin(t, time.Second)
			}
			l.refused(queue.WhyAllAsked)(l.router().Widen(l.ctx, id(c), -1, boss))
			c.IsBridgedTo(t, last.Answers().Hears(t, "press 1").Presses("1"))
		})
	})
	t.Run("nobody there is free: whoever becomes free first", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{}, func(t *testing.T, l *line) {
			l.rests("cara")
			c := l.dials(public)
			l.phone(amal).Rings(t)
			l.rests("ben")
			l.did(queue.WhyNobodyFree)(l.router().Widen(l.ctx, id(c), 0, boss))
			l.step(time.Second)
			l.phone(cara).IsSilent(t)
			l.isBack("cara")
			l.phone(cara).RingsWithin(t, time.Second)
		})
	})
	t.Run("pressed on two instances at once", func(t *testing.T) {
		t.Parallel()
		onRedis(t, setup{two: true}, func(t *testing.T, l *line) {
			c := l.dials(public)
			l.phone(amal).Rings(t)
			if n := bothPress(l, func(r *router.Router) (queue.Did, error) { return r.Widen(l.ctx, id(c), 0, boss) }); n != 1 {
				t.Errorf("done %d times", n)
			}
			l.phone(cara).RingsWithin(t, time.Second)
			l.phone(dev).IsSilent(t)
			l.entry(c, call.KindWidened)
		})
	})
}

// bothPress presses on every instance at the same instant; how many were done.
func bothPress(l *line, press func(*router.Router) (queue.Did, error)) (done int) {
	l.t.Helper()
	var mu sync.Mutex
	var ready, wg sync.WaitGroup
	ready.Add(len(l.instances))
	for _, i := range l.instances {
		wg.Go(func() {
			ready.Done()
			ready.Wait()
			did, err := press(i.router)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				l.t.Error(err)
			}
			if did.Done {
				done++
			}
		})
	}
	wg.Wait()
	return done
}

// The buttons of the pages are the same operations: a form that is sent makes a
// phone ring, and the ledger says who sent it.
func TestButtonsReachThePhones(t *testing.T) {
	t.Parallel()
	onRedis(t, setup{}, func(t *testing.T, l *line) {
		s := l.instances[0].service
		s.signInAs, s.cfg.Console.DevelopmentSignIn = access.ShiftLead, true
		pages, err := s.pages(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		ask := func(method, path string, entered url.Values) *httptest.ResponseRecorder {
			t.Helper()
			r := httptest.NewRequest(method, path, strings.NewReader(entered.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost"
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, r)
			return w
		}
		c := l.greeted()
		l.phone(amal).Rings(t)
		if w := ask(http.MethodGet, "/confirm/ring-person/"+c.SID(), nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="cara"`) {
			t.Fatalf("the page: %d %s", w.Code, w.Body)
		}
		w := ask(http.MethodPost, "/actions/ring-person/"+c.SID(), url.Values{"person": {"cara"}})
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != "/?done=ring-person.rung" {
			t.Fatalf("pressed: %d to %s", w.Code, got)
		}
		r := l.phone(cara).RingsWithin(t, time.Second)
		if w := ask(http.MethodPost, "/actions/hand-over/"+c.SID(), url.Values{"team": {"southampton"}, "from": {"portsmouth"}}); w.Code != http.StatusSeeOther {
			t.Errorf("handed over: %d", w.Code)
		}
		if w := ask(http.MethodPost, "/actions/pause/cara", url.Values{"why": {"recovery"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Their phone rings for a caller") {
			t.Errorf("a break while the phone rings: %d", w.Code)
		}
		if w := ask(http.MethodGet, "/", nil); !strings.Contains(w.Body.String(), "Cara") {
			t.Error("the board does not show whose phone rings")
		}
		c.IsBridgedTo(t, r.Answers().Hears(t, "press 1").Presses("1"))
		if e := l.entry(c, call.KindHandedOver); e.By != "role:shift_lead" {
			t.Errorf("by %q", e.By)
		}
	})
}
