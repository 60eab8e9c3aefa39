package main

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
	"example.org/crisisline/sim"
	"example.org/crisisline/twilio"
)

// degradable is a service whose store can be frozen. Its budgets are shorter
// than in real use, because each is waited for in real time.
func degradable(t *testing.T, change func(*setup)) *line {
	t.Helper()
	s := setup{warned: true, settings: func(c *config.Config) {
		c.Routing.StoreBudget = 150 * time.Millisecond
		c.Redis.DialTimeout, c.Redis.ReadTimeout, c.Redis.WriteTimeout = c.Routing.StoreBudget, c.Routing.StoreBudget, c.Routing.StoreBudget
	}}
	if change != nil {
		change(&s)
	}
	return newLine(t, s)
}

func (l *line) signal(s syscall.Signal) {
	l.t.Helper()
	if err := syscall.Kill(processOf(l.t, l.st), s); err != nil {
		l.t.Fatal(err)
	}
}

// Promise 6: it degrades, it does not fail. Always a person or honest words.
func TestPromise6ItDegradesItDoesNotFail(t *testing.T) {
	t.Parallel()
	t.Run("store frozen at the first webhook: the plan is rung straight from TwiML", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, nil)
		pid := l.frozenServer()
		c := l.dials(public)
		c.Hears(t, "ringing someone for you")
		l.phone(amal).Rings(t)
		r := l.phone(ben).Rings(t).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
		c.HangsUp()
		pid.thaw()
		l.step(time.Minute)
		if got := l.outcome(c); got != call.OutcomeFallback {
			t.Errorf("outcome %s, want fallback: the ledger must hear of the call", got)
		}
	})
	t.Run("store frozen while a caller waits: out of the queue, to a person", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, nil)
		c := l.dials(public)
		c.Hears(t, "We're ringing someone for you")
		l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
		pid := l.frozenServer()
		l.phone(ben).Rings(t) // for the offer made before, which nobody can take up now
		c.HearsWithin(t, time.Minute, "ringing someone for you now")
		r := l.phone(ben).Rings(t).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
		pid.thaw()
		l.step(10 * time.Second)
		c.HangsUp()
		l.step(time.Minute)
		if got := l.outcome(c); got != call.OutcomeFallback {
			t.Errorf("outcome %s, want fallback", got)
		}
	})
	t.Run("store frozen when a responder presses 1: a moment, and theirs when it is back", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, nil)
		c := l.dials(public)
		r := l.phone(amal).Rings(t).Answers()
		r.Hears(t, "press 1")
		pid := l.frozenServer()
		r.Presses("1").Hears(t, "One moment")
		pid.thaw()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
	})
	t.Run("an answerphone does not end the attempt", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, nil)
		l.phone(amal).Has(sim.Habit{Kind: sim.Voicemail, After: 2 * time.Second})
		pid := l.frozenServer()
		c := l.dials(public)
		c.Hears(t, "ringing someone for you")
		c.HearsWithin(t, 2*time.Minute, "trying someone else")
		r := l.phone(ben).RingsWithin(t, 3*time.Minute).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
		pid.thaw()
	})
	t.Run("nobody at all: honest words and somewhere to turn", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, nil)
		for _, p := range []string{amal, ben, cara, dev, eve, switchboard} {
			l.phone(p).Has(sim.Habit{Kind: sim.NoAnswer})
		}
		pid := l.frozenServer()
		c := l.dials(public)
		for _, words := range []string{"999", "choose the mental health option", "85258", "ring this number again"} {
			c.HearsWithin(t, 6*time.Minute, words)
		}
		pid.thaw()
		l.step(time.Minute)
	})
	t.Run("store killed mid-call: the talk goes on, and nothing is lost", func(t *testing.T) {
		t.Parallel()
		l := degradable(t, nil)
		c := l.dials(public)
		r := l.takes(amal)
		c.IsBridgedTo(t, r)
		l.signal(syscall.SIGKILL)
		l.step(time.Second)
		c.IsBridgedTo(t, r)
		l.storeAnswers()
		c.HangsUp()
		l.step(15 * time.Minute)
		if got := l.outcome(c); got != call.OutcomeAnswered {
			t.Errorf("outcome %s, want answered", got)
		}
	})
	t.Run("a start without the store: the snapshot is rung", func(t *testing.T) {
		t.Parallel()
		before := degradable(t, nil)
		l := degradable(t, func(s *setup) {
			settings := s.settings
			s.settings = func(c *config.Config) {
				settings(c)
				c.Service.DataDir = before.cfg.Service.DataDir // where the snapshot is
				c.Redis.URL = "redis://127.0.0.1:1"            // nobody listens there
			}
			s.asItIs, s.elsewhere = true, true
		})
		c := l.dials(public)
		r := l.phone(amal).Rings(t).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
		if h := l.instances[0].router.Health(l.clock.Now()); !h.Routes || h.Mode != "degraded" {
			t.Errorf("health %+v, want degraded and routing", h)
		}
		if spoken := l.network.ApplicationErrors(); len(spoken) > 0 {
			t.Errorf("application errors were heard: %v", spoken)
		}
	})
}

// A store that has lost everything it held: callers on the line are taken up
// again where they are, and the plan comes back from memory.
func TestStoreLosesEverything(t *testing.T) {
	t.Parallel()
	onBothStores(t, setup{asItIs: true}, func(t *testing.T, l *line) {
		c := l.dials(public)
		c.Hears(t, "We're ringing someone for you")
		if err := l.st.FlushAll(l.ctx).Err(); err != nil {
			t.Fatal(err)
		}
		l.phone(amal).Has(sim.Habit{Kind: sim.NoAnswer})
		c.HearsWithin(t, 2*time.Minute, "this is the crisis line")
		l.step(25 * time.Second)
		r := l.phone(cara).RingsWithin(t, 2*time.Minute).Answers()
		r.Hears(t, "press 1").Presses("1")
		c.IsBridgedTo(t, r)
		if err := l.instances[0].book.Load(l.ctx); err != nil {
			t.Errorf("the plan is not in the store again: %v", err)
		}
	})
}

// frozen is a stopped redis-server.
type frozen struct{ thaw func() }

func (l *line) frozenServer() frozen {
	l.t.Helper()
	pid := processOf(l.t, l.st)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		l.t.Fatal(err)
	}
	thaw := func() { _ = syscall.Kill(pid, syscall.SIGCONT) }
	l.t.Cleanup(thaw)
	return frozen{thaw: func() {
		thaw()
		l.storeAnswers()
	}}
}

// storeAnswers waits, in real time, until the store is there again.
func (l *line) storeAnswers() {
	l.t.Helper()
	eventually(l.t, "the store answers", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return l.st.Ping(ctx).Err() == nil
	})
}

// F12: webhooks open to anyone, or failing to "application error".
func TestF12WebhooksOpenOrFailing(t *testing.T) { //nolint:tparallel // what they count is read when all are done
	t.Parallel()
	l := newLine(t, setup{memory: true})
	form := url.Values{"CallSid": {"CA00000000000000000000000000000001"}, "From": {caller}, "To": {public}, "AccountSid": {l.network.AccountSID()}}
	body := form.Encode()
	sign := func(path, body string) string {
		var f twilio.Form
		if err := f.Parse([]byte(body)); err != nil {
			t.Fatal(err)
		}
		return twilio.Sign(worldToken, publicURL+path, &f)
	}
	elsewhere := strings.Replace(body, "AC", "AD", 1)
	for name, c := range map[string]struct {
		body, signature string
		want            int
	}{
		"not signed":             {body, "", http.StatusForbidden},
		"signed by someone else": {body, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", http.StatusForbidden},
		"signed for another URL": {body, sign("/voice/status", body), http.StatusForbidden},
		"changed on the way":     {body + "&Digits=1", sign("/voice/inbound", body), http.StatusForbidden},
		"of another account":     {elsewhere, sign("/voice/inbound", elsewhere), http.StatusForbidden},
		"far too long":           {body + "&x=" + strings.Repeat("y", 70_000), "x", http.StatusRequestEntityTooLarge},
		"not a form":             {strings.Repeat("a=1&", 200), "x", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.instances[0].addr+"/voice/inbound", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("X-Twilio-Signature", c.signature)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			if res.StatusCode != c.want {
				t.Errorf("status %d, want %d", res.StatusCode, c.want)
			}
			if n := l.live(); n != 0 {
				t.Errorf("%d calls were stored", n)
			}
		})
	}
	if page := l.metricsPage(); !strings.Contains(page, `crisisline_webhook_rejected_total{reason="signature"} 4`) {
		t.Error("refusals by signature are not counted as 4")
	}
	t.Run("properly signed", func(t *testing.T) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.instances[0].addr+"/voice/inbound", strings.NewReader(body))
		req.Header.Set("X-Twilio-Signature", sign("/voice/inbound", body))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var answer bytes.Buffer
		_, _ = answer.ReadFrom(res.Body)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/xml") {
			t.Errorf("status %d, type %s", res.StatusCode, res.Header.Get("Content-Type"))
		}
		if err := l.finishByHand("CA00000000000000000000000000000001"); err != nil {
			t.Fatal(err)
		}
	})
}

// finishByHand ends a call that no telephone made.
func (l *line) finishByHand(id call.ID) error {
	_, err := l.instances[0].queue.Finish(l.ctx, l.clock.Now(), id, queue.Finish{Reason: "caller_left", KeepFor: time.Minute})
	return err
}
