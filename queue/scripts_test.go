package queue

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// The table in Lua is call.Next's, pair by pair.
func TestStateTableEqualsCallNext(t *testing.T) {
	t.Parallel()
	common, err := luaFiles.ReadFile("lua/" + prelude)
	if err != nil {
		t.Fatal(err)
	}
	src := compose(string(common), "\nreturn next_state(ARGV[1], ARGV[2]) or ''")
	for name, rdb := range map[string]redis.UniversalClient{"miniredis": miniClient(t), "redis": realRedis} {
		for _, s := range append(slices.Clone(call.States), "", "nonsense") {
			for _, k := range append(slices.Clone(call.Kinds), "", "nonsense") {
				got, err := rdb.Eval(t.Context(), src, []string{"cl:{x}:"}, string(s), string(k)).Text()
				if err != nil {
					t.Fatal(err)
				}
				if want, _ := call.Next(s, k); got != string(want) {
					t.Errorf("%s: %s in state %s leads to %q, in Go to %q", name, k, s, got, want)
				}
			}
		}
	}
}

// A script gets the functions it uses, those that they use, and no others.
func TestComposeTakesOnlyWhatIsUsed(t *testing.T) {
	t.Parallel()
	common := "local P = 1\nlocal function a() end\nlocal function b() a() end\nlocal function c() b() end"
	got := compose(common, "\nb()")
	if !strings.HasPrefix(got, "local P = 1\n") || !strings.HasSuffix(got, "\nlocal function a() end\nlocal function b() a() end\nb()") {
		t.Errorf("%s", got)
	}
}

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
	run("OfferHeld", func() error { return w.OfferHeld(ctx, w.now, first.ID, w.now.Add(time.Second)) })
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
	run("WrapUpEnd", func() error { _, err := w.WrapUpEnd(ctx, w.now, "cat", "ready"); return err })
	run("SetPresence", func() error {
		_, err := w.SetPresence(ctx, w.now, "cat", call.PresenceBreak, "break", time.Time{})
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
	run("Import", func() error {
		return w.Import(ctx, []call.Event{{At: w.now, Kind: call.KindReceived, Call: "b"},
			{At: w.now, Kind: call.KindFinished, Call: "b", Outcome: call.OutcomeFallback}})
	})
}

func TestOneRoundTripPerMethod(t *testing.T) {
	t.Parallel()
	s := &spy{}
	w := spied(t, s)
	everyMethod(w, func(name string, do func() error) {
		n := len(s.since(0))
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if trips := s.since(n); len(trips) != 1 {
			t.Errorf("%s takes %d round trips: %v", name, len(trips), trips)
		}
	})
}

func TestScriptsThatTheServerForgotAreSentAgain(t *testing.T) {
	t.Parallel()
	w := spied(t, &spy{forget: true})
	everyMethod(w, func(name string, do func() error) {
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
}

// An i/o timeout does not say whether a script ran. Running each one again at
// once must lead to the same store and the same ledger as running it once.
func TestEveryScriptMayRunTwice(t *testing.T) {
	t.Parallel()
	stores := map[bool]map[string]string{}
	for _, twice := range []bool{false, true} {
		s := &spy{}
		w := spied(t, s)
		everyMethod(w, func(name string, do func() error) {
			s.twice = twice && name != "Sweep" // a second sweep takes the next ones: that is its work
			if err := do(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			s.twice = false
			if name != "Defer" { // of a call that is not there
				w.check()
			}
		})
		stores[twice] = map[string]string{}
		for key, v := range w.everything() {
			if !strings.Contains(key, ":call:") { // the sealed number differs by its nonce
				stores[twice][strings.TrimPrefix(key, w.Store.prefix)] = v
			}
		}
	}
	if diff := cmp.Diff(stores[false], stores[true]); diff != "" {
		t.Errorf("running twice differs: %s", diff)
	}
}

// What a lost answer named is named again: promises by their ids, legs to be
// ended by their call.
func TestALostAnswerIsGivenAgain(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("a")
		c := w.claimFor("a", 2, "amy", "bob")
		once := w.claims(c)
		if diff := cmp.Diff(once, w.claims(c)); diff != "" {
			t.Errorf("claim: %s", diff)
		}
		w.arrives("b")
		w.claims(w.claimFor("b", 1))
		f := w.freedFor("cat")
		promise := w.frees(f)
		if diff := cmp.Diff(promise, w.frees(f)); diff != "" {
			t.Errorf("free: %s", diff)
		}
		// An id whose offer is over is used up: it makes no second promise.
		for _, o := range append(once.Offers, *promise) {
			w.ends(o, call.ResultDeclined)
		}
		w.after(time.Minute)
		if got := w.frees(f); got != nil {
			t.Errorf("a used id promises again: %+v", got)
		}
		if got := w.claims(c); len(got.Offers) != 0 {
			t.Errorf("used ids promise again: %+v", got)
		}
		if got := w.claims(w.claimFor("a", 2, "amy", "bob")); len(got.Offers) != 2 {
			t.Errorf("new ids do not: %+v", got)
		}
	})
}

var (
	headerLine = regexp.MustCompile(`(?m)^-- (KEYS|ARGV)\[(\d+)(\.\.)?\] `)
	usedIndex  = regexp.MustCompile(`(KEYS|ARGV)\[(\d+)\]`)
)

// Each header names every key and argument, in order; the script uses no other;
// and Go passes exactly so many.
func TestHeadersMatchUse(t *testing.T) {
	t.Parallel()
	s := &spy{}
	w := spied(t, s)
	everyMethod(w, func(name string, do func() error) {
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	})
	hashes := map[string]string{}
	for name, script := range w.scripts {
		hashes[script.Hash()] = name
	}
	passed := map[string][][2]int{}
	for _, args := range s.calls {
		keys := args[2].(int)
		name := hashes[args[1].(string)]
		passed[name] = append(passed[name], [2]int{keys, len(args) - 3 - keys})
	}
	for name := range w.scripts {
		body, err := luaFiles.ReadFile("lua/" + name + ".lua")
		if err != nil {
			t.Fatal(err)
		}
		checkHeader(t, name, string(body), passed[name])
	}
}

func checkHeader(t *testing.T, name, body string, passed [][2]int) {
	t.Helper()
	if !strings.HasPrefix(body, "-- "+name+": ") || !strings.Contains(body, "\n-- Returns ok") {
		t.Errorf("%s: the header does not say what the script does and returns", name)
	}
	declared, open := map[string]int{}, map[string]bool{}
	for _, m := range headerLine.FindAllStringSubmatch(body, -1) {
		n, _ := strconv.Atoi(m[2])
		if n != declared[m[1]]+1 || open[m[1]] {
			t.Errorf("%s: %s[%d] is out of order in the header", name, m[1], n)
		}
		declared[m[1]], open[m[1]] = n, m[3] != ""
	}
	code := regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(body, "")
	for _, m := range usedIndex.FindAllStringSubmatch(code, -1) {
		if n, _ := strconv.Atoi(m[2]); n > declared[m[1]] {
			t.Errorf("%s: uses %s, which its header does not name", name, m[0])
		}
	}
	for n := 1; n <= declared["ARGV"]; n++ {
		if open["ARGV"] && n == declared["ARGV"] {
			continue // reached by a loop
		}
		if !strings.Contains(code, fmt.Sprintf("ARGV[%d]", n)) {
			t.Errorf("%s: ARGV[%d] is named and never used", name, n)
		}
	}
	if len(passed) == 0 {
		t.Errorf("%s: no method runs it", name)
	}
	for _, p := range passed {
		least, exact := declared["ARGV"], true
		if open["ARGV"] {
			least, exact = declared["ARGV"]-1, false
		}
		if p[0] != declared["KEYS"] || p[1] < least || exact && p[1] != least {
			t.Errorf("%s: Go passes %d keys and %d arguments, the header names %d and %d", name, p[0], p[1], declared["KEYS"], least)
		}
	}
}

func TestKeysShareOneHashTag(t *testing.T) {
	t.Parallel()
	w := newWorld(t, miniClient(t))
	everyMethod(w, func(name string, do func() error) {
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	})
	all, err := w.rdb.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range all {
		if !strings.HasPrefix(key, "cl:{"+w.o.Service+"}:") {
			t.Errorf("%s is outside the service's hash tag", key)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	sealer := newWorld(t, realRedis).o.Sealer
	tests := []struct {
		name string
		rdb  redis.UniversalClient
		o    Options
	}{
		{"no client", nil, Options{Service: "x", Sealer: sealer}},
		{"no sealer", realRedis, Options{Service: "x"}},
		{"no service", realRedis, Options{Sealer: sealer}},
		{"a service that breaks the hash tag", realRedis, Options{Service: "a}b", Sealer: sealer}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(tt.rdb, tt.o); err == nil {
				t.Error("taken")
			}
		})
	}
}
