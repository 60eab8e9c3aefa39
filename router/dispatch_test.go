package router

import (
	"testing"
	"time"
)

// The net under the events is drawn out as the crowd grows; what would find
// something is looked at when it would, however many wait.
func TestTheNetIsDrawnOutInACrowd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		live  int64
		again time.Duration
		want  time.Duration
	}{
		"nobody":                   {live: 0, again: lookAgain, want: lookAgain},
		"a bad night":              {live: crowded - 1, again: lookAgain, want: lookAgain},
		"a crowd":                  {live: 3 * crowded, again: lookAgain, want: 4 * lookAgain},
		"the world":                {live: 20_000, again: lookAgain, want: lookAgainMost},
		"the world, the next rung": {live: 20_000, again: 3 * time.Second, want: 3 * time.Second},
		"never":                    {live: 20_000, again: 0, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &Router{}
			r.live.Store(test.live)
			if got := r.unhurried(test.again); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if lookAgainMost >= liveFor {
		t.Error("a call is looked up at the carrier before it is looked at here")
	}
}
