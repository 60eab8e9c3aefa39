package console

import "time"

// Clock is a running time on a page. Since counts up, Until counts down. Text
// is written by the server only for a page; a live fragment leaves it to the
// browser, so that a fragment differs from the one before it only when
// something happened.
type clock struct {
	Since, Until time.Time
	at           time.Time // zero in a live fragment
}

// Set reports whether there is anything to show.
func (c clock) Set() bool { return !c.Since.IsZero() || !c.Until.IsZero() }

// Text is the time now, "" in a live fragment.
func (c clock) Text() string {
	switch {
	case c.at.IsZero():
		return ""
	case !c.Until.IsZero():
		return mmss(c.Until.Sub(c.at) + time.Second - 1) // "0:01" until it is over, as a person counts
	}
	return mmss(c.at.Sub(c.Since))
}

// SinceMs and UntilMs are for the browser, which counts on the server's clock.
func (c clock) SinceMs() int64 { return millis(c.Since) }
func (c clock) UntilMs() int64 { return millis(c.Until) }

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// How long a caller may wait before the board raises its voice. The second is
// the one-minute standard; the third is twice that.
const (
	waitWarn = 60 * time.Second
	waitLate = 120 * time.Second
)

// Level is how loudly a wait is shown: "", "warn" or "late". Live fragments
// leave it to the browser, by the same limits.
func (c clock) Level() string {
	switch wait := c.at.Sub(c.Since); {
	case c.at.IsZero() || wait < waitWarn:
		return ""
	case wait < waitLate:
		return "warn"
	}
	return "late"
}

// WarnMs and LateMs are the limits of Level for the browser.
func (clock) WarnMs() int64 { return waitWarn.Milliseconds() }
func (clock) LateMs() int64 { return waitLate.Milliseconds() }
