package call

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Both ways of reading an entry agree on every field, and on what is no entry.
func TestFieldsAreTheEntry(t *testing.T) {
	t.Parallel()
	var words Words
	e := Event{
		ID: "7-0", At: FromMillis(1_766_000_000_000), Kind: KindFinished, Call: "CA1", Offer: "o", Line: "l", Team: "t", Caller: CallerCarer,
		Responder: "r", Tier: TierBackup, Result: ResultBusy, Outcome: OutcomeAnswered, Presence: PresenceAway, Reason: "why", Withheld: true,
		Redials: 2, WaitMs: 3, IntakeMs: 4, QueueMs: 5, RingMs: 6, ReturnMs: 7, TalkMs: 8, Offers: 9, Version: 10, Category: "c", DueMs: 11, Missed: true,
	}
	got, err := ParseFields(e.ID, asBytes(e.Values()), &words)
	if d := cmp.Diff(e, got); d != "" || err != nil {
		t.Errorf("%v (-written +read):\n%s", err, d)
	}
	for name, pairs := range map[string][]string{
		"half a pair": {"t", "1", "k"}, "no time": {"k", "received"}, "no kind": {"t", "1"}, "no number": {"t", "1", "k", "received", "w", "long"},
	} {
		if e, err := ParseFields("1-0", asBytes(pairs), &words); err == nil {
			t.Errorf("%s was read as %+v", name, e)
		}
	}
	if _, err := ParseFields("1-0", asBytes([]string{"t", "1", "k", "received", "later", "field"}), &words); err != nil {
		t.Errorf("a field of a newer program: %v", err)
	}
}

// Whoever reads a stream puts the next entry where the last one lay: what was
// read of that one stays, shared or not.
func TestFieldsKeepNoBytes(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]*Words{"shared": {}, "not shared": nil} {
		first := asBytes(Event{At: FromMillis(1000), Kind: KindOffered, Call: "CA1", Responder: "r-01", WaitMs: 17}.Values())
		want, err := ParseFields("1-0", first, words)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range first {
			for i := range text {
				text[i] = 'x'
			}
		}
		got, err := ParseFields("1-0", asBytes(Event{At: FromMillis(1000), Kind: KindOffered, Call: "CA1", Responder: "r-01", WaitMs: 17}.Values()), words)
		if d := cmp.Diff(want, got); d != "" || err != nil || got.Responder != "r-01" {
			t.Errorf("%s: %v, %q (-before +after):\n%s", name, err, got.Responder, d)
		}
	}
}

// More texts than words are kept at hand are read as what they are.
func TestWordsAreNotMistaken(t *testing.T) {
	t.Parallel()
	var words Words
	for turn := range 2 {
		for i := range 3 * len(words.kept) {
			want := fmt.Sprintf("%d-responder", i)
			if got := words.text([]byte(want)); got != want {
				t.Fatalf("turn %d: %q was read as %q", turn, want, got)
			}
		}
	}
	if got := words.text(nil); got != "" {
		t.Errorf("nothing was read as %q", got)
	}
}

func asBytes(texts []string) [][]byte {
	out := make([][]byte, len(texts))
	for i, text := range texts {
		out[i] = []byte(text)
	}
	return out
}
