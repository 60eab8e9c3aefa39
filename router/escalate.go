package router

import (
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// Step is what a call may have at an instant: how far up the ladder, how many
// phones, and when to look again. It is decided, not applied.
type Step struct {
	Rung   int    // index of the highest rung open; −1 when the ladder is empty
	Reason string // that rung's reason
	Groups []queue.Group
	Pools  []string
	Phones int           // that may ring at once
	Again  time.Duration // from now, until the step would change; 0 never
	// Busy people are not worth waiting for: while nobody rings, the next rung
	// may be opened at once, up to and including this one.
	SkipTo int
	Last   bool // every rung is open: wrap-up and setting aside may yield
}

// lookAgain is how often a call that has everything open is looked at anyway:
// a net under the events, never what a caller waits for.
const lookAgain = 5 * time.Second

// Escalate says what a waiting call may have now. It is pure.
//
//   - A rung is open once the call has waited for its After, or, whatever the
//     time, when from says that it has been reached before: a ladder is never
//     climbed down.
//   - One phone rings at first; another joins after each SecondPhoneAfter, up to
//     MostPhones. A caller in danger, or back after a drop, has all at once.
//   - Waiting is counted from clockStart. A call from the future, of a clock that was
//     set back, has waited for nobody knows how long: it has everything.
func Escalate(c queue.Record, l rota.Ladder, t Timing, now time.Time) Step {
	waited := max(0, now.Sub(clockStart(c)))
	everything := c.Danger || c.Front || clockStart(c).Sub(now) > clockAhead
	s := Step{Rung: -1, Phones: t.MostPhones}
	next := time.Duration(0)
	for i, rung := range l {
		if rung.After > waited && i > c.Rung && !everything {
			next = rung.After - waited
			break
		}
		s.Rung, s.Reason = i, rung.Reason
		for _, group := range rung.Groups {
			s.Groups = append(s.Groups, groupOf(rung, group))
		}
		s.Pools = append(s.Pools, rung.Pools...)
	}
	s.Last = s.Rung == len(l)-1
	s.SkipTo = skipTo(l, s.Rung)
	if !everything && t.SecondPhoneAfter > 0 {
		more := 1 + int(waited/t.SecondPhoneAfter)
		if more < t.MostPhones {
			s.Phones = more
			next = sooner(next, t.SecondPhoneAfter*time.Duration(more)-waited)
		}
	}
	s.Again = sooner(next, lookAgain)
	return s
}

// clockStart is when a call began to wait for someone: at its first webhook,
// because phones may ring during the greeting, or when a drop's pause is over.
func clockStart(c queue.Record) time.Time {
	if c.NotBefore.After(c.ReceivedAt) {
		return c.NotBefore
	}
	return c.ReceivedAt
}

// skipTo is the highest rung that may be opened before its time when everyone
// below is busy: neighbours and backup yes, but not the duty manager or the
// last human, who are few and for everyone.
func skipTo(l rota.Ladder, from int) int {
	to := from
	for i := from + 1; i < len(l) && yields(l[i]); i++ {
		to = i
	}
	return to
}

func sooner(a, b time.Duration) time.Duration {
	switch {
	case a <= 0:
		return max(0, b)
	case b <= 0:
		return a
	}
	return min(a, b)
}

// widen is the step with the rung above it opened as well.
func (s Step) widen(l rota.Ladder) Step {
	rung := l[s.Rung+1]
	s.Rung++
	s.Reason = rung.Reason
	for _, group := range rung.Groups {
		s.Groups = append(s.Groups, groupOf(rung, group))
	}
	s.Pools = append(s.Pools, rung.Pools...)
	s.Last = s.Rung == len(l)-1
	return s
}

func groupOf(rung rota.Rung, people []string) queue.Group {
	return queue.Group{
		Team: rung.Team, Tier: rung.Tier, Responders: people, LimitKey: rung.Limit.Key, LimitMost: rung.Limit.Most,
	}
}

func yields(r rota.Rung) bool {
	return r.Tier == call.TierResponding || r.Tier == call.TierBackup
}
