package metrics

import (
	"maps"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// FirstRefusalAtMost is the share of calls whose first offer may be refused. It
// is local, not published.
const FirstRefusalAtMost = .10

// Offers folds ledger entries into how often phones were asked in vain. It knows
// nobody's name: it is about the ringing, not about people. The zero value is
// ready.
type Offers struct {
	Made    int64         // offers made
	Judged  int64         // calls whose first offer was the responder's to take or refuse
	Refused int64         // of those, the ones in which it was not taken
	Lost    time.Duration // time callers spent while offers rang in vain

	order       order
	ended       map[call.Result]int64
	open        map[call.ID]*asked
	perAnswered []int32
}

// asked is what is kept of a call in progress.
type asked struct {
	first     call.OfferID
	offers    int32
	connected bool
}

// Add takes the next entry; one read twice is ignored.
func (o *Offers) Add(e call.Event) {
	if o.order.repeated(e.ID) {
		return
	}
	switch e.Kind {
	case call.KindOffered:
		o.made(e)
	case call.KindOfferEnded:
		o.over(e)
	case call.KindConnected:
		if a := o.open[e.Call]; a != nil && !a.connected {
			a.connected = true
			o.perAnswered = append(o.perAnswered, a.offers)
		}
	case call.KindFinished:
		delete(o.open, e.Call)
	default: // the other entries are about no offer
	}
}

func (o *Offers) made(e call.Event) {
	if o.open == nil {
		o.open, o.ended = map[call.ID]*asked{}, map[call.Result]int64{}
	}
	a := o.open[e.Call]
	if a == nil {
		a = &asked{first: e.Offer}
		o.open[e.Call] = a
	}
	a.offers++
	o.Made++
}

// over judges the first offer of a call. One that ended because somebody else
// was quicker, or because the caller left, was not refused by anyone and is not
// judged.
func (o *Offers) over(e call.Event) {
	a := o.open[e.Call]
	if a == nil {
		return // the offer was made before the entries read here
	}
	o.ended[e.Result]++
	switch e.Result {
	case call.ResultAccepted:
		if e.Offer == a.first {
			o.Judged++
		}
	case call.ResultLost, call.ResultCancelled:
	default:
		o.Lost += time.Duration(e.RingMs) * time.Millisecond
		if e.Offer == a.first {
			o.Judged++
			o.Refused++
		}
	}
}

// Ended is how many offers ended in each way.
func (o *Offers) Ended() map[call.Result]int64 { return maps.Clone(o.ended) }

// FirstRefusal is Refused / Judged; false when no first offer was judged.
func (o *Offers) FirstRefusal() (float64, bool) { return ratio(o.Refused, o.Judged) }

// PerAnswered is the mean and the 95th centile (nearest rank) of the offers it
// took until a call was connected; false when none was.
func (o *Offers) PerAnswered() (mean float64, p95 int64, ok bool) {
	if len(o.perAnswered) == 0 {
		return 0, 0, false
	}
	slices.Sort(o.perAnswered)
	var sum int64
	for _, n := range o.perAnswered {
		sum += int64(n)
	}
	return float64(sum) / float64(len(o.perAnswered)), int64(nearestRank(o.perAnswered, 95)), true
}
