package metrics

import (
	"fmt"
	"time"

	"example.org/crisisline/call"
)

// FirstRefusalAtMost is the share of calls whose first offer may be refused. It
// is local, not published.
const FirstRefusalAtMost = .10

// Offers are how often phones were asked, and in vain, for the calls of a day.
// They know nobody's name: they are about the ringing, not about people.
type Offers struct {
	Made    int64                 `json:"made,omitempty"`    // offers that ended
	Vain    int64                 `json:"vain,omitempty"`    // of those, neither accepted, nor lost to somebody quicker, nor cut short by the caller
	VainMs  int64                 `json:"vain_ms,omitempty"` // time callers spent while those rang
	Judged  int64                 `json:"judged,omitempty"`  // calls whose first offer was the responder's to take or refuse
	Refused int64                 `json:"refused,omitempty"` // of those, the ones in which it was not taken
	Ended   map[call.Result]int64 `json:"ended,omitempty"`
	// PerAnswer counts answered calls by how many offers it took until then; its
	// seconds are offers.
	PerAnswer Histogram `json:"per,omitempty"`
}

func (o *Offers) merge(p *Offers) {
	o.Made += p.Made
	o.Vain += p.Vain
	o.VainMs += p.VainMs
	o.Judged += p.Judged
	o.Refused += p.Refused
	o.PerAnswer.Merge(p.PerAnswer)
	for r, n := range p.Ended {
		o.ended(r, n)
	}
}

func (o *Offers) ended(r call.Result, n int64) {
	if o.Ended == nil {
		o.Ended = map[call.Result]int64{}
	}
	o.Ended[r] += n
}

// over counts one offer's end, and judges it when it was the call's first. One
// that ended because somebody else was quicker, or because the caller left, was
// not refused by anyone and is not judged.
func (o *Offers) over(e call.Event, first bool) {
	o.Made++
	o.ended(e.Result, 1)
	switch e.Result {
	case call.ResultAccepted:
		if first {
			o.Judged++
		}
	case call.ResultLost, call.ResultCancelled:
	default:
		o.Vain++
		o.VainMs += e.RingMs
		if first {
			o.Judged++
			o.Refused++
		}
	}
}

// FirstRefusal is Refused / Judged; false when no first offer was judged.
func (o *Offers) FirstRefusal() (float64, bool) { return ratio(o.Refused, o.Judged) }

// PerAnswered is the mean and the 95th centile (nearest rank) of the offers it
// took until a call was connected; false when none was.
func (o *Offers) PerAnswered() (mean float64, p95 int64, ok bool) {
	var sum, n int64
	for offers, calls := range o.PerAnswer {
		sum += int64(offers) * calls
		n += calls
	}
	if n == 0 {
		return 0, 0, false
	}
	return float64(sum) / float64(n), int64(o.PerAnswer.NearestRank(95) / time.Second), true
}

// OfferEnd is one way in which offers ended, for a page.
type OfferEnd struct {
	Words string
	Count int64
}

// offerWords are the ways in words, in the order of a page.
var offerWords = []struct {
	result call.Result
	words  string
}{
	{call.ResultAccepted, "accepted"}, {call.ResultLost, "somebody else was quicker"}, {call.ResultCancelled, "the caller left first"},
	{call.ResultNoAnswer, "rang out, or was rejected"}, {call.ResultDeclined, "declined with a key"}, {call.ResultNoKey, "picked up, no key pressed: an answerphone or a pocket"},
	{call.ResultBusy, "engaged"}, {call.ResultFailed, "could not be reached"}, {call.ResultLapsed, "no word of the call from the network"},
}

// Ends are the ways in which offers ended, those that did.
func (o *Offers) Ends() (ends []OfferEnd) {
	for _, w := range offerWords {
		if n := o.Ended[w.result]; n > 0 {
			ends = append(ends, OfferEnd{w.words, n})
		}
	}
	return ends
}

// FirstWords is how the first offers stand against what was promised of them.
func (o *Offers) FirstWords() string {
	share, ok := o.FirstRefusal()
	if !ok {
		return "No first offer was anybody's to take."
	}
	return fmt.Sprintf("Of %s calls whose first phone could have been picked up, %s went on to another: at most %s are promised.",
		thousands(o.Judged), Percent1(share), Percent(FirstRefusalAtMost))
}

// Kept reports whether no more first offers were refused than promised.
func (o *Offers) Kept() bool {
	share, _ := o.FirstRefusal()
	return share <= FirstRefusalAtMost
}

// Took is how many phones an answer took, in words.
func (o *Offers) Took() string {
	mean, p95, ok := o.PerAnswered()
	if !ok {
		return ""
	}
	return fmt.Sprintf("An answer took %.1f phones on average, at most %d in 95 of 100 calls; callers waited %s in all while phones rang in vain.",
		mean, p95, Hours(float64(o.VainMs)/1000))
}

// Hours writes seconds as hours.
func Hours(seconds float64) string { return fmt.Sprintf("%.0f h", seconds/3600) }
