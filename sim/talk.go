package sim

import (
	"fmt"
	"strings"
	"time"
)

// Talk is one call as the phone at its end knows it. Those of its methods that
// wait step the world for up to a minute of its time, or as long as they are
// told.
type Talk struct {
	leg  *leg
	from int // how much of what was heard the script has used up
}

func (k *Talk) locked(fn func(*leg)) {
	k.leg.n.mu.Lock()
	defer k.leg.n.mu.Unlock()
	fn(k.leg)
}

func (k *Talk) when(limit time.Duration, fn func(*leg) bool) bool {
	return k.leg.n.Until(limit, func() (ok bool) {
		k.locked(func(l *leg) { ok = fn(l) })
		return ok
	})
}

// SID is the carrier's name of the leg.
func (k *Talk) SID() string { return k.leg.sid }

// From is the number shown to whom the leg rings.
func (k *Talk) From() string { return k.leg.from }

// Status is the leg's status in Twilio's words.
func (k *Talk) Status() (status string) {
	k.locked(func(l *leg) { status = l.status })
	return status
}

// Answers picks the ringing phone up.
func (k *Talk) Answers() *Talk {
	k.locked((*leg).answer)
	return k
}

// Declines rejects the ringing call on the handset.
func (k *Talk) Declines() { k.locked((*leg).refuse) }

// Presses keys, all at once.
func (k *Talk) Presses(digits string) *Talk {
	k.locked(func(l *leg) { l.press(digits) })
	return k
}

// HangsUp ends the call at this phone.
func (k *Talk) HangsUp() { k.locked((*leg).hangUp) }

// Hears waits until words have been spoken on the leg since the last Hears.
// Case and spacing do not count; "…" stands for anything between.
func (k *Talk) Hears(t TB, words string) *Talk {
	t.Helper()
	return k.HearsWithin(t, ringLimit, words)
}

// HearsWithin is Hears with a limit of the world's time.
func (k *Talk) HearsWithin(t TB, limit time.Duration, words string) *Talk {
	t.Helper()
	ok := k.when(limit, func(l *leg) bool {
		end := find(l.heard.String()[k.from:], words)
		if end >= 0 {
			k.from += end
		}
		return end >= 0
	})
	if !ok {
		t.Fatalf("has not heard %q within %v; the call so far:\n%s", words, limit, k.Story())
	}
	return k
}

// NeverHeard fails the test if words were spoken on the leg at any time so far.
func (k *Talk) NeverHeard(t TB, words string) *Talk {
	t.Helper()
	k.locked(func(l *leg) {
		if find(l.heard.String(), words) >= 0 {
			t.Fatalf("has heard %q", words)
		}
	})
	return k
}

// find looks for the parts of words, in order, and gives the place after them,
// or -1.
func find(heard, words string) int {
	lower := strings.ToLower(heard)
	if len(lower) != len(heard) {
		lower = heard
	}
	at := 0
	for part := range strings.SplitSeq(strings.ReplaceAll(words, "...", "…"), "…") {
		part = strings.ToLower(strings.Join(strings.Fields(part), " "))
		i := strings.Index(lower[at:], part)
		if i < 0 {
			return -1
		}
		at += i + len(part)
	}
	return at
}

// IsBridgedTo waits until both legs hear each other.
func (k *Talk) IsBridgedTo(t TB, other *Talk) *Talk {
	t.Helper()
	ok := k.when(ringLimit, func(l *leg) bool { return hears(l, other.leg) && hears(other.leg, l) })
	if !ok {
		t.Fatalf("the legs are not bridged within %v; one:\n%sthe other:\n%s", ringLimit, k.Story(), other.Story())
	}
	return k
}

func hears(l, other *leg) bool {
	for _, h := range l.hearing {
		if h == other {
			return true
		}
	}
	return false
}

// IsAlone waits until the leg hears nobody.
func (k *Talk) IsAlone(t TB) *Talk {
	t.Helper()
	if !k.when(ringLimit, func(l *leg) bool { return len(l.hearing) == 0 }) {
		t.Fatalf("still bridged after %v:\n%s", ringLimit, k.Story())
	}
	return k
}

// StopsRinging waits until the leg rings no more, and fails the test if it was
// answered.
func (k *Talk) StopsRinging(t TB) {
	t.Helper()
	if !k.when(ringLimit, func(l *leg) bool { return !l.rings() }) {
		t.Fatalf("still rings after %v:\n%s", ringLimit, k.Story())
	}
	k.locked(func(l *leg) {
		if !l.answered.IsZero() {
			t.Fatalf("was answered")
		}
	})
}

// IsOver waits until the leg has ended.
func (k *Talk) IsOver(t TB) {
	t.Helper()
	if !k.when(ringLimit, func(l *leg) bool { return !l.ended.IsZero() }) {
		t.Fatalf("still up after %v:\n%s", ringLimit, k.Story())
	}
}

// IsUp fails the test unless the leg is answered and has not ended.
func (k *Talk) IsUp(t TB) *Talk {
	t.Helper()
	k.leg.n.step(0)
	if status := k.Status(); status != statusInProgress {
		t.Fatalf("is %s, not up:\n%s", status, k.Story())
	}
	return k
}

// Waits lets d of the world's time pass.
func (k *Talk) Waits(d time.Duration) *Talk {
	k.leg.n.step(d)
	return k
}

// Transcript is everything that happened on the leg so far.
func (k *Talk) Transcript() (moments []Moment) {
	k.locked(func(l *leg) { moments = append(moments, l.moments...) })
	return moments
}

// Story is the transcript to be read, one line a moment, with the seconds since
// the leg was made.
func (k *Talk) Story() string {
	var b strings.Builder
	k.locked(func(l *leg) {
		for _, m := range l.moments {
			fmt.Fprintf(&b, "%8.1f s  %-8s %s\n", m.At.Sub(l.created).Seconds(), m.Kind, m.Text)
		}
	})
	return b.String()
}
