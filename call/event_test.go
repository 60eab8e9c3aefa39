package call_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
)

// pairs is the stream's reply form of an entry.
func pairs(values []string) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(values); i += 2 {
		m[values[i]] = values[i+1]
	}
	return m
}

func drawEvent(t *rapid.T) call.Event {
	text, num := rapid.String(), rapid.Int64Min(0)
	return call.Event{
		ID:   "1-0",
		At:   time.UnixMilli(rapid.Int64Range(1, 1<<50).Draw(t, "at")).UTC(),
		Kind: rapid.SampledFrom(call.Kinds).Draw(t, "kind"),
		Call: call.ID(text.Draw(t, "call")), Offer: call.OfferID(text.Draw(t, "offer")),
		Line: text.Draw(t, "line"), Team: text.Draw(t, "team"),
		Caller: rapid.SampledFrom(call.Callers).Draw(t, "caller"), Responder: text.Draw(t, "responder"),
		Tier: rapid.SampledFrom(call.Tiers).Draw(t, "tier"), Result: rapid.SampledFrom(call.Results).Draw(t, "result"),
		Outcome:  rapid.SampledFrom(call.Outcomes).Draw(t, "outcome"),
		Presence: rapid.SampledFrom(call.Presences).Draw(t, "presence"), Reason: text.Draw(t, "reason"),
		By: call.By(text.Draw(t, "by")), FromTeam: text.Draw(t, "from team"),
		Withheld: rapid.Bool().Draw(t, "withheld"), Redials: rapid.IntMin(0).Draw(t, "redials"),
		WaitMs: num.Draw(t, "w"), IntakeMs: num.Draw(t, "wi"), QueueMs: num.Draw(t, "wq"), RingMs: num.Draw(t, "wr"),
		ReturnMs: num.Draw(t, "rt"), TalkMs: num.Draw(t, "tk"), Offers: rapid.IntMin(0).Draw(t, "n"),
		FirstMs: num.Draw(t, "fm"), Version: num.Draw(t, "v"), Category: text.Draw(t, "ct"), DueMs: num.Draw(t, "du"), SinceMs: num.Draw(t, "si"), Number: call.Shown(text.Draw(t, "nb")), Missed: rapid.Bool().Draw(t, "mi"),
		Code: rapid.SampledFrom(call.Codes).Draw(t, "cd"), Hard: rapid.Bool().Draw(t, "hd"),
		Duty: rapid.SampledFrom(call.Duties).Draw(t, "dr"),
	}
}

func TestEventRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawEvent(t)
		got, err := call.ParseEvent("1-0", pairs(want.Values()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEventLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	e := call.Event{At: time.UnixMilli(5), Kind: call.KindWaiting, Call: "CA1"}
	if diff := cmp.Diff([]string{"t", "5", "k", "waiting", "c", "CA1"}, e.Values()); diff != "" {
		t.Error(diff)
	}
}

func TestParseEvent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		values  map[string]any
		problem string
	}{
		{"least", map[string]any{"t": "5", "k": "waiting"}, ""},
		{"a newer program's field", map[string]any{"t": "5", "k": "waiting", "zz": "new"}, ""},
		{"no time", map[string]any{"k": "waiting"}, "no time or kind"},
		{"time zero", map[string]any{"t": "0", "k": "waiting"}, "no time or kind"},
		{"no kind", map[string]any{"t": "5"}, "no time or kind"},
		{"nothing", nil, "no time or kind"},
		{"not a number", map[string]any{"t": "5", "k": "waiting", "w": "soon"}, `field "w"`},
		{"not a string", map[string]any{"t": 5, "k": "waiting"}, `field "t" is not a string`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := call.ParseEvent("7-1", tt.values)
			if tt.problem == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem) ||
				!strings.Contains(err.Error(), "7-1")) {
				t.Errorf("error %v, want one that says %q and names the entry", err, tt.problem)
			}
		})
	}
}

// Whatever a stream holds, reading it back never panics, and what is read is
// written the same.
func FuzzParseEvent(f *testing.F) {
	f.Add("5", "waiting", "w", "20")
	f.Add("-1", "finished", "rd", "9223372036854775808")
	f.Fuzz(func(t *testing.T, at, kind, name, value string) {
		e, err := call.ParseEvent("1-0", map[string]any{"t": at, "k": kind, name: value})
		if err != nil {
			return
		}
		again, err := call.ParseEvent("1-0", pairs(e.Values()))
		if err != nil {
			t.Fatalf("own entry refused: %v", err)
		}
		if diff := cmp.Diff(e, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestMillis(t *testing.T) {
	t.Parallel()
	if !call.FromMillis(0).IsZero() {
		t.Error("0 is not the zero time")
	}
	at := time.Date(2026, 11, 21, 20, 0, 0, 5e6, time.FixedZone("", 3600))
	if got := call.FromMillis(call.Millis(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%v, want %v in UTC", got, at)
	}
}
