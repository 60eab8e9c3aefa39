package metrics

import (
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Days folds ledger entries, in the order of the stream, into a Day for each
// date on which calls arrived. It keeps the calls in progress and the days not
// yet taken, so a reader that takes each day when it is closed may read years.
type Days struct {
	From, To time.Time // count calls received in [From, To); zero: no bound
	Zone     *time.Location

	live  map[call.ID]*inHand
	wraps map[call.ID]wrapping
	said  map[call.ID]said
	taken string // days before it were taken and must not change
	days  map[string]*Day
	order order
	date  string // of the last entry, with its bounds
	start int64
	end   int64
}

// inHand is what is kept of a call that is not over.
type inHand struct {
	date      string
	hour      int
	line      string
	withheld  bool
	connected bool
	first     call.OfferID // "" before any
	offers    int64        // so far
	wait, ret int64
	phases    [3]int64
}

type wrapping struct {
	date string
	at   int64
}

// DayKinds are the entries that change a figure of a day. They are the only ones
// Days counts, so that whoever reads millions may leave the others out.
var DayKinds = []call.Kind{
	call.KindReceived, call.KindOffered, call.KindOfferEnded, call.KindConnected, call.KindDropped, call.KindDanger, call.KindFinished,
	call.KindWrapUpEnded, call.KindWrapUpRecord, call.KindUnreached, call.KindPlan,
	call.KindFollowUp, call.KindFollowUpMissed, call.KindFollowUpDone, call.KindFollowUpReviewed,
}

// Add takes the next entry. One at or before the last one's place in the stream
// was read twice and is ignored.
func (d *Days) Add(e call.Event) {
	if !slices.Contains(DayKinds, e.Kind) || d.order.repeated(e.ID) {
		return
	}
	if e.Kind == call.KindReceived {
		d.arrived(e)
		return
	}
	if d.aside(e) {
		return
	}
	if e.Kind == call.KindConnected { // the first try may have been on another day than this call
		d.need(e)
	}
	c := d.live[e.Call]
	if c == nil {
		return // it arrived outside the bounds
	}
	switch e.Kind {
	case call.KindConnected:
		if !c.connected {
			c.connected, c.wait, c.ret = true, e.WaitMs, e.ReturnMs
			c.phases = [3]int64{e.IntakeMs, e.QueueMs, e.RingMs}
			d.day(c.date).Asked.PerAnswer.Add(1000 * c.offers)
		}
	case call.KindOffered:
		if c.offers++; c.first == "" {
			c.first = e.Offer
		}
	case call.KindOfferEnded:
		d.day(c.date).Asked.over(e, c.first != "" && e.Offer == c.first)
	case call.KindDropped:
		d.day(c.date).Drops++
	case call.KindDanger:
		d.day(c.date).Danger++
	case call.KindFinished:
		d.over(c, e)
	default: // aside had it
	}
}

// aside counts the entries that are about no call in progress.
func (d *Days) aside(e call.Event) bool {
	switch e.Kind {
	case call.KindWrapUpEnded:
		d.wrapped(e)
	case call.KindWrapUpRecord:
		d.recorded(e)
	case call.KindUnreached:
		d.need(e)
	case call.KindPlan:
		if d.counts(e.At) {
			date, _ := d.local(e.At)
			d.day(date).Plans++
		}
	case call.KindFollowUp, call.KindFollowUpMissed, call.KindFollowUpDone, call.KindFollowUpReviewed:
		if d.counts(e.At) {
			date, _ := d.local(e.At)
			d.day(date).followUp(e.Category).Add(e)
			d.promised(d.day(date), e)
		}
	default:
		return false
	}
	return true
}

// local is the date and hour of an instant in the zone. It is asked for every
// call, nearly always about the same day.
func (d *Days) local(at time.Time) (date string, hour int) {
	ms := at.UnixMilli()
	if ms < d.start || ms >= d.end {
		y, m, day := at.In(d.zone()).Date()
		midnight := time.Date(y, m, day, 0, 0, 0, 0, d.zone())
		d.date, d.start = midnight.Format(time.DateOnly), midnight.UnixMilli()
		d.end = time.Date(y, m, day+1, 0, 0, 0, 0, d.zone()).UnixMilli()
	}
	return d.date, at.In(d.zone()).Hour()
}

func (d *Days) zone() *time.Location {
	if d.Zone == nil {
		return time.UTC
	}
	return d.Zone
}

func (d *Days) day(date string) *Day {
	day := d.days[date]
	if day == nil {
		if d.days == nil {
			d.days = map[string]*Day{}
		}
		day = NewDay(date, d.zone().String())
		d.days[date] = day
	}
	return day
}

func (d *Days) counts(at time.Time) bool {
	return !at.Before(d.From) && (d.To.IsZero() || at.Before(d.To))
}

func (d *Days) arrived(e call.Event) {
	if !d.counts(e.At) {
		return
	}
	date, hour := d.local(e.At)
	if d.live[e.Call] != nil {
		d.day(date).Wrong[0]++
		return
	}
	if d.live == nil {
		d.live = map[call.ID]*inHand{}
	}
	d.live[e.Call] = &inHand{date: date, hour: hour, line: e.Line, withheld: e.Withheld}
	if e.Redials > 0 {
		d.day(date).Again++
	}
}

// over settles a call: everything it adds to its day, once.
func (d *Days) over(c *inHand, e call.Event) {
	delete(d.live, e.Call)
	day := d.day(c.date)
	if c.line == "" {
		c.line = e.Line
	}
	if c.connected && e.Outcome != call.OutcomeAnswered && e.Outcome != call.OutcomeHandedOn {
		day.Wrong[2]++
	}
	if !c.connected && e.Outcome == call.OutcomeAnswered {
		day.Wrong[1]++
		c.connected, c.wait, c.ret = true, e.WaitMs, e.ReturnMs
	}
	if !c.connected && !slices.Contains(call.Outcomes, e.Outcome) {
		day.Wrong[3]++
	}
	band := Band(c.hour)
	for i, s := range [...]Slice{
		SliceAll, LineSlice(c.line), CallerSlice(e.Caller), lineCallerSlice(c.line, e.Caller),
		TeamSlice(e.Team), HourSlice(c.hour), BandSlice(band), NumberSlice(c.withheld), teamBandSlice(e.Team, band),
	} {
		t := day.at(s)
		t.count(c, e)
		if i < greeted {
			t.greeted(c, e)
		}
	}
	if ms, known := c.greeting(e); known {
		day.Greeting.Add(ms)
	}
	switch {
	case c.connected:
		for i, ms := range c.phases {
			day.Phases[i] += ms
		}
		day.Talked++
		day.TalkMs += e.TalkMs
		if d.wraps == nil {
			d.wraps = map[call.ID]wrapping{}
		}
		d.wraps[e.Call] = wrapping{c.date, e.At.UnixMilli()}
	case e.Outcome == call.OutcomeCallback, e.Outcome == call.OutcomeHandedOn, e.Outcome == call.OutcomeFallback:
	case c.withheld:
		day.Alone++
	default:
		day.Nobody++
	}
}

// greeted is how many of a call's slices keep how long its greeting took.
const greeted = 4

// greeting is how long it took, unless nobody noted it.
func (c *inHand) greeting(e call.Event) (ms int64, known bool) {
	switch {
	case c.connected:
		return c.phases[0], true
	case e.Outcome == call.OutcomeFallback:
		return 0, false
	}
	return e.IntakeMs, true
}

func (t *Tally) greeted(c *inHand, e call.Event) {
	ms, known := c.greeting(e)
	if !known {
		return
	}
	switch {
	case c.connected:
		t.Greetings.add(call.OutcomeAnswered, ms)
	case slices.Contains(call.Outcomes, e.Outcome):
		t.Greetings.add(e.Outcome, ms)
	default:
		t.Greetings.add(call.OutcomeFailed, ms) // as it is counted
	}
}

func (t *Tally) count(c *inHand, e call.Event) {
	t.Received++
	switch {
	case c.connected:
		t.Caller.answer(c.wait)
		t.Return.answer(c.ret)
	case e.Outcome == call.OutcomeAbandoned:
		t.Caller.leave(e.WaitMs)
		t.Return.leave(e.ReturnMs)
	case e.Outcome == call.OutcomeFallback:
		t.Fallback++ // how long they waited was not noted
	default:
		t.Caller.other(e.Outcome, e.WaitMs)
		t.Return.other(e.Outcome, e.ReturnMs)
		t.other(e.Outcome)
	}
}

func (t *Tally) other(o call.Outcome) {
	switch o {
	case call.OutcomeCallback:
		t.Callback++
	case call.OutcomeHandedOn:
		t.HandedOn++
	default:
		t.Failed++
	}
}

// wrapped counts a wrap-up from the end of its call. It is not worth keeping a
// day open for: one that ends after its day was taken is not counted.
func (d *Days) wrapped(e call.Event) {
	w, ours := d.wraps[e.Call]
	if !ours {
		return
	}
	delete(d.wraps, e.Call)
	if day := d.days[w.date]; day != nil {
		day.Wrapped++
		day.WrapMs += max(0, e.At.UnixMilli()-w.at)
	}
}

// Live is how many calls received are not over, by the date they arrived.
func (d *Days) Live() map[string]int64 {
	live := map[string]int64{}
	for _, c := range d.live {
		live[c.date]++
	}
	return live
}

// Take hands over the days before the date given whose calls are all over, and
// forgets them. "" takes every such day. Nothing may be added to a day that was
// taken: the caller names a date that the stream has left behind for good.
func (d *Days) Take(before string) (taken []*Day) {
	live := d.Live()
	for date, day := range d.days {
		if live[date] == 0 && (before == "" || date < before) {
			taken = append(taken, day)
			delete(d.days, date)
		}
	}
	slices.SortFunc(taken, func(a, b *Day) int { return strings.Compare(a.From, b.From) })
	if before != "" {
		for id, w := range d.wraps {
			if w.date < before {
				delete(d.wraps, id)
			}
		}
		for id, s := range d.said {
			if s.date < before {
				delete(d.said, id)
			}
		}
		d.taken = max(d.taken, before)
	}
	return taken
}

// Rest is the days not yet taken, by date: those of which a call is in progress,
// and what was counted of them so far.
func (d *Days) Rest() map[string]*Day { return d.days }
