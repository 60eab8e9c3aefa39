package console

import "time"

// clock is a time on a page. Since counts up, Until counts down. Text is written
// by the server only for a page; a live fragment leaves it to the browser, so
// that a fragment differs from the one before it only when something happened.
// A stopped clock shows what it showed when the store was last read: a clock
// that runs on would say that a caller is still there.
type clock struct {
	Since, Until time.Time
	Stopped      bool
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

// SinceMs and UntilMs are for the browser, which counts on the server's clock;
// 0 when it is not to count.
func (c clock) SinceMs() int64 { return c.millis(c.Since) }
func (c clock) UntilMs() int64 { return c.millis(c.Until) }

func (c clock) millis(t time.Time) int64 {
	if t.IsZero() || c.Stopped {
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
	case c.at.IsZero() || c.Since.IsZero() || wait < waitWarn:
		return ""
	case wait < waitLate:
		return "warn"
	}
	return "late"
}

// WarnMs and LateMs are the limits of Level for the browser.
func (clock) WarnMs() int64 { return waitWarn.Milliseconds() }
func (clock) LateMs() int64 { return waitLate.Milliseconds() }
