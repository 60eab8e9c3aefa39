package queue

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// The table in Lua is call.Next's, pair by pair.
func TestStateTableEqualsCallNext(t *testing.T) {
	t.Parallel()
	common, err := readPreludes()
	if err != nil {
		t.Fatal(err)
	}
	src := compose(common, "\nreturn next_state(ARGV[1], ARGV[2]) or ''")
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

func TestOneRoundTripPerMethod(t *testing.T) {
	t.Parallel()
	s := &spy{}
	w := spied(t, s)
	everyMethod(w, func(name string, do func() error) {
		n := len(s.since(0))
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name == "ForgetCallbackNumbers" {
			return // it looks through a list first, beside the calls
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
			if !strings.Contains(key, ":call:") && !strings.Contains(key, ":number:") { // the sealed number differs by its nonce
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
