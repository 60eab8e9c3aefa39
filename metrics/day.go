package metrics

import (
	"errors"
	"fmt"
	"time"

	"example.org/crisisline/call"
)

// DayForm is the version of what a roll-up holds and of the definitions behind
// it. It is printed on every report; a stored day of another form is made again
// from the ledger, or refused when the ledger no longer reaches back to it.
const DayForm = 4

// Slice names the calls a tally is of: a dimension, and a value of it.
type Slice string

// The dimensions of a roll-up. Values are ids of the plan or from closed sets.
const (
	SliceAll      Slice = "all"
	sliceTeam     Slice = "team/"
	sliceLine     Slice = "line/"
	sliceCaller   Slice = "caller/"
	sliceHour     Slice = "hour/"     // 00 … 23, by the clock on the wall
	sliceBand     Slice = "band/"     // a part of the day: see Bands
	sliceNumber   Slice = "number/"   // presented or withheld
	sliceLanguage Slice = "language/" // of the line, by the plan: never stored
	sliceTeamBand Slice = "teamband/" // team, then part of the day: to compare like with like

	sliceLineCaller Slice = "linecaller/" // line, then who rang: for standards about both
)

// TeamSlice is the calls of one home team; "" is Unknown.
func TeamSlice(team string) Slice { return sliceTeam + Slice(orUnknown(team)) }

// LineSlice is the calls on one line.
func LineSlice(line string) Slice { return sliceLine + Slice(orUnknown(line)) }

// CallerSlice is the calls of one kind of caller.
func CallerSlice(c call.Caller) Slice { return sliceCaller + Slice(callerLabel(c)) }

// HourSlice is the calls that arrived in one hour of the day, 0 to 23.
func HourSlice(hour int) Slice { return Slice(fmt.Sprintf("%s%02d", sliceHour, hour)) }

// BandSlice is the calls that arrived in one of Bands.
func BandSlice(band string) Slice { return sliceBand + Slice(band) }

// NumberSlice is the calls with a number presented, or withheld.
func NumberSlice(withheld bool) Slice {
	if withheld {
		return sliceNumber + "withheld"
	}
	return sliceNumber + "presented"
}

func lineCallerSlice(line string, c call.Caller) Slice {
	return sliceLineCaller + Slice(orUnknown(line)+"/"+callerLabel(c))
}

func teamBandSlice(team, band string) Slice {
	return sliceTeamBand + Slice(orUnknown(team)+"/"+band)
}

// Unknown is the value of a call that has none.
const Unknown = "unknown"

func orUnknown(id string) string {
	if id == "" {
		return Unknown
	}
	return id
}

// Bands are the parts of the day, in order. Localities ring at different hours:
// they are compared within a part before they are compared as a whole.
var Bands = []string{"night", "morning", "afternoon", "evening"}

// Band is the part of the day of an hour: six hours each, the night from 00.
func Band(hour int) string { return Bands[hour/6%4] }

// Day is the calls that arrived on one day of the service's zone, rolled up:
// what is left of the ledger when it is trimmed. It holds counts and times and
// nothing of a caller or a responder. Days are merged by adding.
type Day struct {
	Form     int              `json:"form"`
	From     string           `json:"from"`             // first day, 2026-10-31
	Days     int              `json:"days"`             // merged here
	Coarse   int              `json:"coarse,omitempty"` // of them, rolled up when less was kept: see Upgraded
	Zone     string           `json:"zone"`
	Slices   map[Slice]*Tally `json:"slices"`
	Phases   [3]int64         `json:"phases"`             // ms of the answered, in the order of Phases
	Greeting Histogram        `json:"greeting,omitempty"` // from the first ring to the greeting's end, or to the call's
	Talked   int64            `json:"talked,omitempty"`   // calls with time to talk below
	TalkMs   int64            `json:"talk,omitempty"`     //
	Wrapped  int64            `json:"wrapped,omitempty"`  // wrap-ups with time below
	WrapMs   int64            `json:"wrap,omitempty"`     //
	Asked    Offers           `json:"asked,omitzero"`     // phones, for the day's calls
	Again    int64            `json:"again,omitempty"`    // calls of somebody who had just gone unanswered
	Nobody   int64            `json:"nobody,omitempty"`   // calls with a number that ended with nobody: abandoned or failed
	Alone    int64            `json:"alone,omitempty"`    // the same, number withheld: nobody can tell whether they rang again
	Drops    int64            `json:"drops,omitempty"`    // conversations cut off
	Danger   int64            `json:"danger,omitempty"`   // danger keys
	Plans    int64            `json:"plans,omitempty"`    // changes of the plan
	Wrong    [4]int64         `json:"wrong"`              // what cannot happen if every transition is one entry

	// FollowUps are what was entered on the day about promises after a call, by
	// category. They may take weeks: each entry counts on its own day, not on
	// the day of the call.
	FollowUps map[string]*FollowUpFigures `json:"follow_ups,omitempty"`

	// Reach is what became of the needs whose first try was on the day.
	Reach Reach `json:"reach,omitzero"`

	// Recorded is what was said to have come of the day's answered calls.
	Recorded Recorded `json:"recorded,omitzero"`
}

// wrongTexts say what Day.Wrong counts.
var wrongTexts = [4]string{
	"were received twice", "ended as answered without having been connected",
	"were connected and did not end as answered", "ended in an unknown outcome, counted as failed",
}

// NewDay is an empty roll-up.
func NewDay(date, zone string) *Day {
	return &Day{Form: DayForm, From: date, Days: 1, Zone: zone, Slices: map[Slice]*Tally{}}
}

// Of is the tally of a slice, empty when no call was in it.
func (d *Day) Of(s Slice) *Tally {
	if t := d.Slices[s]; t != nil {
		return t
	}
	return &Tally{}
}

// Items is the day's, or days', items of the return by the given clock; A02 is
// the calls on the lines given.
func (d *Day) Items(c Clock, ivrLines []string) Items {
	i := d.Of(SliceAll).Items(c)
	for _, line := range ivrLines {
		i.A02 += d.Of(LineSlice(line)).Received
	}
	return i
}

func (d *Day) at(s Slice) *Tally {
	t := d.Slices[s]
	if t == nil {
		t = &Tally{}
		d.Slices[s] = t
	}
	return t
}

// Upgraded is a day of an older form that may stand among those of this one: what
// is newer is not in it, and it says so by Coarse. nil when it may not.
func (d *Day) Upgraded() *Day {
	switch d.Form {
	case DayForm:
		return d
	case 3:
		d.Form, d.Coarse = DayForm, d.Days
		return d
	}
	return nil
}

// Merge adds another day, or days. They must be of one form and zone.
func (d *Day) Merge(o *Day) error {
	if d.Form != o.Form || d.Zone != o.Zone {
		return fmt.Errorf("merge %s (form %d, %s) into %s (form %d, %s): definitions differ", o.From, o.Form, o.Zone, d.From, d.Form, d.Zone)
	}
	for s, t := range o.Slices {
		d.at(s).Merge(t)
	}
	d.From = min(d.From, o.From)
	d.Days += o.Days
	for i := range d.Phases {
		d.Phases[i] += o.Phases[i]
	}
	for i := range d.Wrong {
		d.Wrong[i] += o.Wrong[i]
	}
	d.Greeting.Merge(o.Greeting)
	d.Asked.merge(&o.Asked)
	for _, p := range [][2]*int64{
		{&d.Talked, &o.Talked}, {&d.TalkMs, &o.TalkMs}, {&d.Wrapped, &o.Wrapped}, {&d.WrapMs, &o.WrapMs},
		{&d.Again, &o.Again}, {&d.Nobody, &o.Nobody},
		{&d.Alone, &o.Alone}, {&d.Drops, &o.Drops}, {&d.Danger, &o.Danger}, {&d.Plans, &o.Plans},
	} {
		*p[0] += *p[1]
	}
	for category, f := range o.FollowUps {
		d.followUp(category).merge(f)
	}
	d.Recorded.merge(o.Recorded)
	d.Reach.merge(o.Reach)
	d.Coarse += o.Coarse
	return nil
}

func (d *Day) followUp(category string) *FollowUpFigures {
	f := d.FollowUps[category]
	if f == nil {
		if d.FollowUps == nil {
			d.FollowUps = map[string]*FollowUpFigures{}
		}
		f = &FollowUpFigures{}
		d.FollowUps[category] = f
	}
	return f
}

func (f *FollowUpFigures) merge(o *FollowUpFigures) {
	f.Recorded += o.Recorded
	f.Met += o.Met
	f.Late += o.Late
	f.Decided += o.Decided
	f.Overran += o.Overran
	f.Back += o.Back
	f.Reviewed += o.Reviewed
	f.SumMs += o.SumMs
	for reason, n := range o.Reasons {
		if f.Reasons == nil {
			f.Reasons = map[string]int64{}
		}
		f.Reasons[reason] += n
	}
}

// Check is an error naming everything that does not add up: by either clock, in
// the slices against the whole, and in the ledger the day was made from.
func (d *Day) Check() error {
	var wrong []error
	all := d.Of(SliceAll)
	for _, c := range Clocks {
		if err := all.Items(c).Check(); err != nil {
			wrong = append(wrong, fmt.Errorf("%s clock: %w", c, err))
		}
		w := all.On(c)
		if n := w.Seconds.Count(); n != w.Answered {
			wrong = append(wrong, fmt.Errorf("%s clock: %d waits for %d answers", c, n, w.Answered))
		}
		if n, other := w.Gone.Count()+w.Others.Count(), all.Callback+all.HandedOn+all.Failed; n != w.Left()+other {
			wrong = append(wrong, fmt.Errorf("%s clock: %d waits for %d who gave up and %d other ends", c, n, w.Left(), other))
		}
	}
	sums := map[string]int64{}
	for s, t := range d.Slices {
		sums[dimension(s)] += t.Received
	}
	for dim, n := range sums {
		if n != all.Received {
			wrong = append(wrong, fmt.Errorf("%d calls by %s, %d in all", n, dim, all.Received))
		}
	}
	for i, n := range d.Wrong {
		if n > 0 {
			wrong = append(wrong, fmt.Errorf("%d calls %s", n, wrongTexts[i]))
		}
	}
	return errors.Join(wrong...)
}

func dimension(s Slice) string {
	for i := range s {
		if s[i] == '/' {
			return string(s[:i])
		}
	}
	return string(s)
}

// Bare takes the histograms off, and leaves counts and sums: most of a day is
// histograms, and a quarter's days are looked at for how many rang when.
func (d *Day) Bare() {
	d.Greeting, d.Asked.PerAnswer = nil, nil
	for _, t := range d.Slices {
		t.Greetings = nil
		for _, w := range []*Waits{&t.Caller, &t.Return} {
			w.Seconds, w.Gone, w.Others = nil, nil, nil
		}
	}
}

// Values are the values of a dimension ("team", "line", "caller") that had a
// call, in no order.
func (d *Day) Values(dim string) map[string]*Tally {
	out := map[string]*Tally{}
	for s, t := range d.Slices {
		if dimension(s) == dim && len(s) > len(dim) {
			out[string(s[len(dim)+1:])] = t
		}
	}
	return out
}

// Handling is the measured mean time a responder is busy with a call: talking,
// then wrap-up; false when no conversation was measured.
func (d *Day) Handling() (time.Duration, bool) {
	if d.Talked == 0 {
		return 0, false
	}
	h := time.Duration(d.TalkMs/d.Talked) * time.Millisecond
	if d.Wrapped > 0 {
		h += time.Duration(d.WrapMs/d.Wrapped) * time.Millisecond
	}
	return h, true
}

// MergeDays is the days as one; of no days, it is empty.
func MergeDays(days []*Day, zone string) (*Day, error) {
	sum := NewDay("", zone)
	sum.Days = 0
	for i, d := range days {
		if i == 0 {
			sum.From = d.From
		}
		if err := sum.Merge(d); err != nil {
			return nil, err
		}
	}
	return sum, nil
}
