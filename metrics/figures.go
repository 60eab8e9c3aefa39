package metrics

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// Figures folds ledger entries, in the order of the stream, into the items of
// the NHS return and the classes beside them. It is pure: entries in, figures
// out, at any moment. The zero value counts every call.
//
// It keeps four bytes for each answered call and clock, because a 95th centile
// cannot be had from buckets, and one entry for each call in progress.
type Figures struct {
	From, To time.Time // count calls received in [From, To); zero: no bound
	IVRLines []string  // lines whose calls come through the 111 option (A02)

	live     map[call.ID]bool // calls in progress → already connected
	received int64
	ivr      int64
	waits    [2]waits // by the caller's clock, by the return's
	rest     [restClasses]int64
	order    order
	wrong    wrong
}

// The residual classes: everything a call can be that is neither answered nor
// abandoned, each printed by name so that the rest is never silent.
const (
	callback = iota
	handedOn
	fallback
	failed
	restClasses
)

// waits are the tallies of one clock.
type waits struct {
	answered    []int32 // milliseconds, as they came
	answeredSum int64
	within60    int64
	abandoned   [3]int64 // ≤ 30 s, ≤ 60 s, beyond
	abandonSum  int64
}

// wrong counts what cannot happen if every transition is one entry.
type wrong struct {
	receivedTwice int64 // a call in progress arrived again
	unreceived    int64 // finished, but never received
	unconnected   int64 // ended as answered, but never connected
	contradicted  int64 // connected, but did not end as answered or handed on
	unknown       int64 // ended in an outcome that has no name here
	example       call.ID
}

// Add takes the next entry. An entry at or before the last one's place in the
// stream was read twice and is ignored.
func (f *Figures) Add(e call.Event) {
	if f.order.repeated(e.ID) {
		return
	}
	switch e.Kind {
	case call.KindReceived:
		f.arrived(e)
	case call.KindConnected:
		if connected, ours := f.live[e.Call]; ours && !connected {
			f.live[e.Call] = true
			f.answered(e)
		}
	case call.KindFinished:
		f.over(e)
	default: // the other entries change no figure
	}
}

func (f *Figures) arrived(e call.Event) {
	if e.At.Before(f.From) || !f.To.IsZero() && !e.At.Before(f.To) {
		return
	}
	if _, already := f.live[e.Call]; already {
		f.note(&f.wrong.receivedTwice, e)
		return
	}
	if f.live == nil {
		f.live = map[call.ID]bool{}
	}
	f.live[e.Call] = false
	f.received++
	if slices.Contains(f.IVRLines, e.Line) {
		f.ivr++
	}
}

func (f *Figures) over(e call.Event) {
	connected, ours := f.live[e.Call]
	if !ours {
		if f.From.IsZero() && f.To.IsZero() {
			f.note(&f.wrong.unreceived, e) // with bounds, it arrived outside them
		}
		return
	}
	delete(f.live, e.Call)
	if connected {
		if e.Outcome != call.OutcomeAnswered && e.Outcome != call.OutcomeHandedOn {
			f.note(&f.wrong.contradicted, e)
		}
		return
	}
	switch e.Outcome {
	case call.OutcomeAnswered:
		f.note(&f.wrong.unconnected, e)
		f.answered(e)
	case call.OutcomeAbandoned:
		f.waits[0].leave(e.WaitMs)
		f.waits[1].leave(e.ReturnMs)
	case call.OutcomeCallback:
		f.rest[callback]++
	case call.OutcomeHandedOn:
		f.rest[handedOn]++
	case call.OutcomeFallback:
		f.rest[fallback]++
	default:
		f.rest[failed]++
		if e.Outcome != call.OutcomeFailed {
			f.note(&f.wrong.unknown, e)
		}
	}
}

func (f *Figures) answered(e call.Event) {
	f.waits[0].answer(e.WaitMs)
	f.waits[1].answer(e.ReturnMs)
}

func (w *waits) answer(ms int64) {
	w.answered = append(w.answered, int32(min(ms, 1<<31-1)))
	w.answeredSum += ms
	if ms <= 60_000 {
		w.within60++
	}
}

func (w *waits) leave(ms int64) {
	w.abandonSum += ms
	switch {
	case ms <= 30_000:
		w.abandoned[0]++
	case ms <= 60_000:
		w.abandoned[1]++
	default:
		w.abandoned[2]++
	}
}

func (f *Figures) note(counter *int64, e call.Event) {
	*counter++
	if f.wrong.example == "" {
		f.wrong.example = e.Call
	}
}

// Items is the figures so far by the given clock.
func (f *Figures) Items(c Clock) Items {
	w := &f.waits[0]
	if c == ClockReturn {
		w = &f.waits[1]
	}
	i := Items{
		Clock: c,
		A01:   f.received, A02: f.ivr, A03: int64(len(w.answered)),
		B01: w.within60, B03: w.abandoned[0], B04: w.abandoned[1], B05: w.abandoned[2],
		B06: wholeSeconds(w.answeredSum), B09: wholeSeconds(w.abandonSum),
		Callback: f.rest[callback], HandedOn: f.rest[handedOn],
		Fallback: f.rest[fallback], Failed: f.rest[failed],
	}
	for _, connected := range f.live {
		if connected {
			i.Talking++
		} else {
			i.Live++
		}
	}
	i.B02 = i.B03 + i.B04 + i.B05
	if i.A03 > 0 {
		i.Mean = time.Duration(w.answeredSum) * time.Millisecond / time.Duration(i.A03)
		slices.Sort(w.answered)
		i.P95 = NearestRank(w.answered, 95)
		i.Longest = NearestRank(w.answered, 100)
		i.B07 = int64((i.P95 + time.Second - 1) / time.Second)
	}
	return i
}

// Check is an error naming everything that does not add up: by either clock, and
// in the ledger itself.
func (f *Figures) Check() error {
	var wrong []error
	for _, c := range Clocks {
		if err := f.Items(c).Check(); err != nil {
			wrong = append(wrong, fmt.Errorf("%s clock: %w", c, err))
		}
	}
	say := func(n int64, text string) {
		if n > 0 {
			wrong = append(wrong, fmt.Errorf("%d calls %s (one of the calls in question: %s)", n, text, f.wrong.example))
		}
	}
	say(f.wrong.receivedTwice, "were received twice")
	say(f.wrong.unreceived, "finished without having been received")
	say(f.wrong.unconnected, "ended as answered without having been connected")
	say(f.wrong.contradicted, "were connected and did not end as answered")
	say(f.wrong.unknown, "ended in an unknown outcome, counted as failed")
	return errors.Join(wrong...)
}

// NearestRank is the centile of sorted milliseconds by the nearest-rank method:
// the ⌈n·centile/100⌉-th smallest, always a wait somebody had. 0 when empty.
func NearestRank(sorted []int32, centile int) time.Duration {
	return time.Duration(nearestRank(sorted, centile)) * time.Millisecond
}

func nearestRank(sorted []int32, centile int) int32 {
	if len(sorted) == 0 {
		return 0
	}
	rank := max((len(sorted)*centile+99)/100, 1)
	return sorted[rank-1]
}

// wholeSeconds rounds a sum once, at its end.
func wholeSeconds(ms int64) int64 { return (ms + 500) / 1000 }
