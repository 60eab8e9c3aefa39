package call

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Both ways of reading an entry agree on every field, and on what is no entry.
func TestFieldsAreTheEntry(t *testing.T) {
	t.Parallel()
	e := Event{
		ID: "7-0", At: FromMillis(1_766_000_000_000), Kind: KindFinished, Call: "CA1", Offer: "o", Line: "l", Team: "t", Caller: CallerCarer,
		Responder: "r", Tier: TierBackup, Result: ResultBusy, Outcome: OutcomeAnswered, Presence: PresenceAway, Reason: "why", Withheld: true,
		Redials: 2, WaitMs: 3, IntakeMs: 4, QueueMs: 5, RingMs: 6, ReturnMs: 7, TalkMs: 8, Offers: 9, Version: 10, Category: "c", DueMs: 11, Missed: true,
	}
	got, err := ParseFields(e.ID, e.Values())
	if d := cmp.Diff(e, got); d != "" || err != nil {
		t.Errorf("%v (-written +read):\n%s", err, d)
	}
	for name, pairs := range map[string][]string{
		"half a pair": {"t", "1", "k"}, "no time": {"k", "received"}, "no kind": {"t", "1"}, "no number": {"t", "1", "k", "received", "w", "long"},
	} {
		if e, err := ParseFields("1-0", pairs); err == nil {
			t.Errorf("%s was read as %+v", name, e)
		}
	}
	if _, err := ParseFields("1-0", []string{"t", "1", "k", "received", "later", "field"}); err != nil {
		t.Errorf("a field of a newer program: %v", err)
	}
}
