package metrics

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Items are the eleven items of the NHS111-MH return by one clock, with the
// classes that make up the rest. Their definitions are our reading of the
// published names; the guidance's own text on clocks and centiles is not public.
type Items struct {
	Clock Clock // on which clock the waits below are

	A01 int64 // number of calls received
	A02 int64 // calls routed through IVR: on the lines set for it
	A03 int64 // number of answered calls: both heard each other
	B01 int64 // answered within 60 seconds, 60.000 s included
	B02 int64 // abandoned: the caller left unanswered
	B03 int64 // abandoned in 30 seconds or less
	B04 int64 // abandoned in over 30 seconds and up to and including 60
	B05 int64 // abandoned after 60 seconds
	B06 int64 // total time to call answer, seconds, rounded once
	B07 int64 // 95th centile answer time, seconds, nearest rank, rounded up; 0 with no answer
	B09 int64 // total time of abandoned calls, seconds, rounded once

	Callback int64 // chose to be rung back
	HandedOn int64 // passed to a person elsewhere
	Fallback int64 // rung from the snapshot while the store was gone
	Failed   int64 // ended by us or the network
	Live     int64 // in progress, unanswered
	Talking  int64 // in progress, answered: part of A03

	Mean    time.Duration // to answer; 0 with no answer
	P95     time.Duration // exact, of which B07 is the whole seconds
	Longest time.Duration // to answer
}

// Check is an error naming each sum that does not hold.
func (i Items) Check() error {
	var wrong []error
	must := func(holds bool, format string, args ...any) {
		if !holds {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	rest := i.Callback + i.HandedOn + i.Fallback + i.Failed + i.Live
	must(i.A01 == i.A03+i.B02+rest,
		"A01 %d ≠ A03 %d + B02 %d + callback %d + handed on %d + fallback %d + failed %d + live %d",
		i.A01, i.A03, i.B02, i.Callback, i.HandedOn, i.Fallback, i.Failed, i.Live)
	must(i.B02 == i.B03+i.B04+i.B05, "B02 %d ≠ B03 %d + B04 %d + B05 %d", i.B02, i.B03, i.B04, i.B05)
	must(i.A02 <= i.A01, "A02 %d > A01 %d", i.A02, i.A01)
	must(i.B01 <= i.A03, "B01 %d > A03 %d", i.B01, i.A03)
	must(i.A03 > 0 || i.B06 == 0 && i.B07 == 0, "A03 is 0, but B06 is %d and B07 is %d", i.B06, i.B07)
	must(100*i.B01 < 95*i.A03 || i.A03 == 0 || i.B07 <= 60, "95 %% were answered within 60 s, but B07 is %d s", i.B07)
	must(100*i.B01 >= 95*i.A03 || i.B07 > 60, "fewer than 95 %% were answered within 60 s, but B07 is %d s", i.B07)
	must(i.P95 <= i.Longest, "the 95th centile %s is longer than the longest wait %s", i.P95, i.Longest)
	must(i.Talking <= i.A03, "talking %d > A03 %d", i.Talking, i.A03)
	return errors.Join(wrong...)
}

// ReachedOfReceived is the headline, B01 / A01: of everyone who rang, the share
// answered within 60 s. False when nobody rang.
func (i Items) ReachedOfReceived() (float64, bool) { return ratio(i.B01, i.A01) }

// ReachedOfAnswered is B01 / A03: it leaves out everyone who gave up, and stands
// only beside the headline, for comparison with older publications.
func (i Items) ReachedOfAnswered() (float64, bool) { return ratio(i.B01, i.A03) }

// Abandoned is B02 / A01.
func (i Items) Abandoned() (float64, bool) { return ratio(i.B02, i.A01) }

// AbandonedOver30 is (B04 + B05) / A01.
func (i Items) AbandonedOver30() (float64, bool) { return ratio(i.B04+i.B05, i.A01) }

// SpeedOfAnswer is B06 / A03 in seconds, from the items as they are printed.
func (i Items) SpeedOfAnswer() (float64, bool) { return ratio(i.B06, i.A03) }

// AbandonedAfter is B09 / B02 in seconds: how long those who left had waited.
func (i Items) AbandonedAfter() (float64, bool) { return ratio(i.B09, i.B02) }

func ratio(part, whole int64) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

// Level is what a service level is computed from: calls answered and abandoned,
// and how many of each within the threshold. There is no method that counts a
// person who gave up as a success, although such formulas are in use.
type Level struct{ Answered, AnsweredWithin, Abandoned, AbandonedWithin, ShortAbandoned int64 }

// OfReceived is answered within / (answered + abandoned): ours, the strictest.
func (l Level) OfReceived() (float64, bool) { return ratio(l.AnsweredWithin, l.Answered+l.Abandoned) }

// OfAnswered is answered within / answered: ignores abandonment.
func (l Level) OfAnswered() (float64, bool) { return ratio(l.AnsweredWithin, l.Answered) }

// LateAbandonsOnly leaves out who gave up within the threshold.
func (l Level) LateAbandonsOnly() (float64, bool) {
	return ratio(l.AnsweredWithin, l.Answered+l.Abandoned-l.AbandonedWithin)
}

// WithoutShort leaves out the shortest abandons.
func (l Level) WithoutShort() (float64, bool) {
	return ratio(l.AnsweredWithin, l.Answered+l.Abandoned-l.ShortAbandoned)
}

// String is the figures as a page of text, with the clock and the method.
func (i Items) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	share := func(v float64, ok bool) string {
		if !ok {
			return "–"
		}
		return fmt.Sprintf("%.1f %%", 100*v)
	}
	line("received        %d (%d through the 111 option)", i.A01, i.A02)
	line("answered        %d, within 60 s %d: %s of received, %s of answered", i.A03, i.B01,
		share(i.ReachedOfReceived()), share(i.ReachedOfAnswered()))
	line("time to answer  mean %.1f s, 95th centile %.1f s (nearest rank), longest %.1f s",
		i.Mean.Seconds(), i.P95.Seconds(), i.Longest.Seconds())
	line("abandoned       %d: %s of received; ≤ 30 s %d, ≤ 60 s %d, later %d", i.B02, share(i.Abandoned()), i.B03, i.B04, i.B05)
	line("other           callback %d, handed on %d, fallback %d, failed %d, live %d", i.Callback, i.HandedOn, i.Fallback, i.Failed, i.Live)
	line("clock           %s", i.Clock)
	return b.String()
}
