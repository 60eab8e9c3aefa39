package queue

import (
	"fmt"
	"testing"

	"example.org/crisisline/call"
)

// Two people at two screens press at the same instant, a few hundred times: one
// press is done, the other is told what had happened.
func TestTwoPeoplePressAtOnce(t *testing.T) {
	t.Parallel()
	type press = func(n int) (Did, error)
	tests := []struct {
		name  string
		press func(w *world, a, b call.ID) press
		other Why // what the one who was second is told
	}{
		{"the same person for the same caller", func(w *world, a, _ call.ID) press {
			asked := [2]Asked{w.askedFor(a, "zoe"), w.askedFor(a, "zoe")}
			return func(n int) (Did, error) { _, did, err := w.RingPerson(w.ctx(), w.now, asked[n]); return did, err }
		}, WhyAlready},
		{"the same person for two callers", func(w *world, a, b call.ID) press {
			asked := [2]Asked{w.askedFor(a, "zoe"), w.askedFor(b, "zoe")}
			return func(n int) (Did, error) { _, did, err := w.RingPerson(w.ctx(), w.now, asked[n]); return did, err }
		}, WhyRinging},
		{"hand over to the same team", func(w *world, a, _ call.ID) press {
			return func(int) (Did, error) {
				_, did, err := w.HandOver(w.ctx(), w.now, HandOver{Call: a, From: "ports", To: "wight"})
				return did, err
			}
		}, WhyAlready},
		{"hand over to two teams", func(w *world, a, _ call.ID) press {
			return func(n int) (Did, error) {
				_, did, err := w.HandOver(w.ctx(), w.now, HandOver{Call: a, From: "ports", To: []string{"wight", "cy"}[n]})
				return did, err
			}
		}, WhyMoved},
		{"the next rung", func(w *world, a, _ call.ID) press {
			claims := [2]Claim{w.claimFor(a, 1, "amy", "bob"), w.claimFor(a, 1, "amy", "bob")}
			return func(n int) (Did, error) {
				claims[n].Rung, claims[n].Reason, claims[n].By, claims[n].More = 1, "neighbour", "lena", OneMoreWider
				got, err := w.Claim(w.ctx(), w.now, claims[n])
				if got.Widened && len(got.Offers) == 1 {
					return Did{Done: true, Why: WhyRung}, err
				}
				if got.Widened || len(got.Offers) > 0 {
					return Did{}, err
				}
				return Did{Why: WhyAlready}, err
			}
		}, WhyAlready},
		{"a break", func(w *world, a, _ call.ID) press {
			return func(int) (Did, error) {
				got, err := w.SetPresence(w.ctx(), w.now, Standing{Responder: "r" + string(a), To: call.PresenceBreak, Why: call.PauseRest})
				if got.Changed {
					return Did{Done: true, Why: WhySet}, err
				}
				return Did{Why: PresenceWhy(got.Now)}, err
			}
		}, WhyOnBreak},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, realRedis)
			for i := range 200 {
				a, b := call.ID(fmt.Sprintf("a%d", i)), call.ID(fmt.Sprintf("b%d", i))
				for _, id := range []call.ID{a, b} {
					if _, err := w.Arrive(w.ctx(), w.now, arrival(id)); err != nil {
						t.Fatal(err)
					}
				}
				done := 0
				for _, r := range atOnce(tt.press(w, a, b)) {
					switch {
					case r.err != nil:
						t.Fatal(r.err)
					case r.v.Done:
						done++
					case r.v.Why != tt.other:
						t.Fatalf("round %d: told %q, want %q", i, r.v.Why, tt.other)
					}
				}
				if done != 1 {
					t.Fatalf("round %d: done %d times", i, done)
				}
				for _, id := range []call.ID{a, b} {
					if _, err := w.Finish(w.ctx(), w.now, id, Finish{Reason: "caller_left"}); err != nil {
						t.Fatal(err)
					}
				}
			}
			w.check()
		})
	}
}
