package metrics

import (
	"time"

	"example.org/crisisline/call"
)

// Tally is what came of some calls that are over, by both clocks. Tallies of
// the same kind of calls are merged by adding; every published figure of the
// whole is then the same as if the calls had been counted together.
type Tally struct {
	Received int64 `json:"in"`
	Callback int64 `json:"cb,omitempty"`
	HandedOn int64 `json:"ho,omitempty"`
	Fallback int64 `json:"fb,omitempty"`
	Failed   int64 `json:"fail,omitempty"`
	Caller   Waits `json:"c"` // by the caller's clock
	Return   Waits `json:"r"` // by the return's

	// Greetings are from the first ring to the greeting's end, or to the call's, by
	// how the call ended: of the whole, and by line and who rang.
	Greetings Ended        `json:"g,omitempty"`
	Reach     Reach        `json:"re,omitzero"` // needs whose first try was on the day
	Kept      PromisesKept `json:"k,omitempty"` // promises after a call, on the day of each entry
}

// Ended are waits by how their calls ended.
type Ended map[call.Outcome]Histogram

func (e *Ended) add(o call.Outcome, ms int64) {
	if *e == nil {
		*e = Ended{}
	}
	h := (*e)[o]
	h.Add(ms)
	(*e)[o] = h
}

func (e *Ended) merge(o Ended) {
	if *e == nil && len(o) > 0 {
		*e = make(Ended, len(o))
	}
	for outcome, more := range o {
		h := (*e)[outcome]
		h.Merge(more)
		(*e)[outcome] = h
	}
}

// Waits are the answers and abandonments of a tally on one clock.
type Waits struct {
	Answered  int64     `json:"a,omitempty"`
	Within60  int64     `json:"w,omitempty"`  // answered in 60.000 s or less
	SumMs     int64     `json:"s,omitempty"`  // of the answered
	LongestMs int64     `json:"l,omitempty"`  // of the answered
	Abandoned [3]int64  `json:"b"`            // ≤ 30 s, ≤ 60 s, beyond
	LeftMs    int64     `json:"ls,omitempty"` // summed waits of the abandoned
	LastLeft  int64     `json:"ll,omitempty"` // ms: the longest wait of the abandoned
	Seconds   Histogram `json:"h,omitempty"`  // of the answered
	Gone      Histogram `json:"g,omitempty"`  // of the abandoned
	Others    Histogram `json:"o,omitempty"`  // until a callback, a hand-over or our own failure ended them
	Chosen    Ended     `json:"oc,omitempty"` // of them, those that a callback or a hand-over ended
}

// On is the waits by one clock.
func (t *Tally) On(c Clock) *Waits {
	if c == ClockReturn {
		return &t.Return
	}
	return &t.Caller
}

// Merge adds what o counted.
func (t *Tally) Merge(o *Tally) {
	t.Received += o.Received
	t.Callback += o.Callback
	t.HandedOn += o.HandedOn
	t.Fallback += o.Fallback
	t.Failed += o.Failed
	t.Caller.merge(&o.Caller)
	t.Return.merge(&o.Return)
	t.Greetings.merge(o.Greetings)
	t.Reach.merge(o.Reach)
	t.Kept.merge(o.Kept)
}

func (w *Waits) merge(o *Waits) {
	w.Answered += o.Answered
	w.Within60 += o.Within60
	w.SumMs += o.SumMs
	w.LongestMs = max(w.LongestMs, o.LongestMs)
	for i := range w.Abandoned {
		w.Abandoned[i] += o.Abandoned[i]
	}
	w.LeftMs += o.LeftMs
	w.LastLeft = max(w.LastLeft, o.LastLeft)
	w.Seconds.Merge(o.Seconds)
	w.Gone.Merge(o.Gone)
	w.Others.Merge(o.Others)
	w.Chosen.merge(o.Chosen)
}

// other counts a wait that a callback, a hand-over or our own failure ended.
func (w *Waits) other(o call.Outcome, ms int64) {
	w.Others.Add(ms)
	if o == call.OutcomeCallback || o == call.OutcomeHandedOn {
		w.Chosen.add(o, ms)
	}
}

func (w *Waits) answer(ms int64) {
	w.Answered++
	w.SumMs += ms
	w.LongestMs = max(w.LongestMs, ms)
	if ms <= 60_000 {
		w.Within60++
	}
	w.Seconds.Add(ms)
}

func (w *Waits) leave(ms int64) {
	w.Gone.Add(ms)
	w.LeftMs += ms
	w.LastLeft = max(w.LastLeft, ms)
	switch {
	case ms <= 30_000:
		w.Abandoned[0]++
	case ms <= 60_000:
		w.Abandoned[1]++
	default:
		w.Abandoned[2]++
	}
}

// Left is how many callers left unanswered.
func (w *Waits) Left() int64 { return w.Abandoned[0] + w.Abandoned[1] + w.Abandoned[2] }

// Items is the tally as items of the return by the given clock, A02 left out: a
// tally does not know its lines. P95 is in whole
// seconds, rounded up, and no more than the longest wait.
func (t *Tally) Items(c Clock) Items {
	w := t.On(c)
	i := Items{
		Clock: c, A01: t.Received, A03: w.Answered,
		B01: w.Within60, B02: w.Left(), B03: w.Abandoned[0], B04: w.Abandoned[1], B05: w.Abandoned[2],
		B06: wholeSeconds(w.SumMs), B09: wholeSeconds(w.LeftMs),
		Callback: t.Callback, HandedOn: t.HandedOn, Fallback: t.Fallback, Failed: t.Failed,
		Longest: time.Duration(w.LongestMs) * time.Millisecond,
	}
	if w.Answered > 0 {
		p95 := w.Seconds.NearestRank(95)
		i.Mean = time.Duration(w.SumMs) * time.Millisecond / time.Duration(w.Answered)
		i.P95, i.B07 = min(p95, i.Longest), int64(p95/time.Second)
	}
	return i
}
