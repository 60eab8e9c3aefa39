package metrics

import (
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
)

// FollowUp is a promise about what happens after a call: its clock starts when
// the need was decided, in wrap-up, and stops when somebody was seen, not when
// that was recorded.
//
// Names carry their pathway, because "urgent" is a day in crisis care and a week
// in eating disorders.
type FollowUp struct {
	Name     string        // category, and the standard label of its metrics
	Limit    time.Duration // inclusive; 0: by the end of the local day it began on
	Before   time.Duration // with Limit 0: only what began before this time of day
	Target   *float64      // least share, in (0, 1]; nil: measured, no pass mark set nationally
	Scale    string        // letters of the UK Mental Health Triage Scale that ask for it
	Priority int           // MHSDS ClinRespPriorityType; 0 none
	Stop     string        // what stops the clock, in words
	Ends     []string      // how it may end: those that keep it first; nil: VisitEnds
	Staff    bool          // owed to the responder of the call and to no caller
	Starts   string        // what starts and ends it; "" a person who records it by itself
	Label    Label
	Source   string
}

// FollowUps are the shipped ones. None of their numbers is ours to promise: a
// deploying service agrees each one, and a nil target stays nil until it has.
func FollowUps() Promises {
	share := func(p float64) *float64 { return &p }
	const review = "NHS England clinically-led review of mental-health standards; no pass mark set nationally"
	const seen = "seen face to face"
	return Promises{
		{
			Name: "crisis.emergency", Limit: 2 * time.Minute, Target: share(1), Scale: "A", Priority: 1,
			Stop: "999 rung, the caller kept on the line until they are there", Label: LabelLocal,
			Source: "UK MHTS A is immediate; two minutes is when to ask why not",
		},
		{Name: "crisis.very_urgent", Limit: 4 * time.Hour, Scale: "B", Priority: 4, Stop: seen, Label: LabelSource,
			Source: "UK MHTS B; " + review + " (CORE fidelity item 1c: 90 % of appropriate referrals)"},
		{Name: "crisis.urgent", Limit: 24 * time.Hour, Scale: "C", Priority: 2, Stop: seen, Label: LabelSource,
			Source: "UK MHTS C; " + review},
		{Name: "crisis.semi_urgent", Limit: 72 * time.Hour, Scale: "D", Priority: 3, Stop: seen, Label: LabelLocal,
			Source: "UK MHTS D, general knowledge: check it before it is printed as a fact"},
		{Name: "community.help_starts", Limit: 28 * 24 * time.Hour, Scale: "E", Priority: 3,
			Stop: "help has started, which is more than a first contact", Label: LabelSource, Source: review + "; UK MHTS E"},
		{Name: "same_day", Before: 18 * time.Hour, Target: share(.90), Stop: seen, Label: LabelSource,
			Source: "CORE fidelity item 1e: referred before 18:00, assessed the same day"},
		{Name: "referrer.response", Limit: 30 * time.Minute, Target: share(.90), Stop: "the referrer has an answer", Label: LabelLocal,
			Source: "CORE fidelity item 1b for the 30 min; the share is local"},
		{Name: "handover.accepted", Limit: time.Hour, Stop: "the service it was handed to says that it has it", Label: LabelLocal,
			Source: "UK MHTS F hands on to another provider; an hour is local"},
		{Name: "liaison.ed", Limit: time.Hour, Stop: seen, Label: LabelSource, Source: review},
		{Name: "cyp_ed.urgent", Limit: 7 * 24 * time.Hour, Stop: "treatment has started", Label: LabelSource,
			Source: "children and young people's eating disorders: urgent is a week there"},
		{Name: "callback.attempt", Limit: 30 * time.Minute, Target: share(.90), Starts: "a callback that is owed",
			Ends: []string{"attempted", "not_needed", "mistaken"},
			Stop: "somebody has tried to ring back", Label: LabelLocal,
			Source: "from when it was asked for, or is safe; aligned with CORE fidelity item 1b"},
		{Name: "callback.closed", Limit: time.Hour, Target: share(1), Starts: "a callback that is owed",
			Ends: []string{"reached", "decided", "not_needed", "mistaken"},
			Stop: "the right person was reached, or what else is done was decided and recorded", Label: LabelLocal,
			Source: "from when it was asked for, or is safe; nobody's callback is left to lapse"},
		{Name: "debrief.offered", Limit: time.Hour, Target: share(1), Staff: true, Starts: "a call marked as hard",
			Ends: []string{"offered", "offered_declined", "mistaken"},
			Stop: "the responder is offered a debrief", Label: LabelLocal,
			Source: "after a call marked hard; an hour, after the listening services' own practice"},
	}
}

// VisitEnds are how a promise of a visit or an answer may end.
var VisitEnds = []string{"seen", "declined", "handed_on", "not_needed", "mistaken"}

// EndsAs lists how the follow-up may end, those that keep it first.
func (f FollowUp) EndsAs() []string {
	if f.Ends == nil {
		return VisitEnds
	}
	return f.Ends
}

// Due is the last moment that is in time for a need decided at start. A day is
// the zone's, of 23 or 25 hours when the clocks change; every other limit is so
// many hours whatever the clocks say. ok is false when the promise does not hold
// for a start at that time of day.
func (f FollowUp) Due(start time.Time, zone *time.Location) (due time.Time, ok bool) {
	if f.Limit > 0 {
		return start.Add(f.Limit), true
	}
	y, m, d := start.In(zone).Date()
	before := time.Date(y, m, d, int(f.Before/time.Hour), int(f.Before%time.Hour/time.Minute), 0, 0, zone)
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Millisecond), start.Before(before)
}

// keptEnds are the ends that keep a follow-up and are measured against its limit.
// All others are decisions, and judge nothing.
var keptEnds = []string{"seen", "attempted", "reached", "decided", "offered", "offered_declined"}

// Kept reports whether a follow-up that ended so was kept, late or in time.
func Kept(end string) bool { return slices.Contains(keptEnds, end) }

// JudgeFollowUp says what an entry of the ledger decides about a follow-up, once
// for each: missed when it ran out with nobody recording an end, met when that
// was recorded before. A visit made in time and recorded late is missed here,
// where nothing can be taken back, and in time in FollowUpFigures.
func JudgeFollowUp(e call.Event) Verdict {
	switch {
	case e.Kind == call.KindFollowUpMissed:
		return Missed
	case e.Kind == call.KindFollowUpDone && Kept(e.Reason) && !e.Missed:
		return Met
	}
	return NotJudged
}

// FollowUpFigures folds ledger entries into how the follow-ups of one category
// went, exact to the second.
type FollowUpFigures struct {
	Recorded int64
	Met      int64 // kept within the limit, whenever it was recorded
	Late     int64 // kept later
	Decided  int64 // over without being kept: declined, handed on, not needed, mistaken
	Overran  int64 // ran out before an end was recorded
	Back     int64 // of those that ran out: kept in time after all, or started by mistake
	Reviewed int64
	SumMs    int64 // start → end, of the kept
	Reasons  map[string]int64
}

// Open is how many have no end yet.
func (f FollowUpFigures) Open() int64 { return f.Recorded - f.Met - f.Late - f.Decided }

// Fell is those kept in time, of them and those that ran out: see PromiseKept.
func (f FollowUpFigures) Fell() Proportion {
	return PromiseKept{f.Met, f.Overran, f.Back}.Share()
}

// Share is the share kept in time; false when none was due. What nobody ever kept
// counts against it as soon as it runs out, not when it is kept at last.
func (f FollowUpFigures) Share() (float64, bool) { return f.Fell().Value() }

// Add counts an entry of this category.
func (f *FollowUpFigures) Add(e call.Event) {
	switch e.Kind {
	case call.KindFollowUp:
		f.Recorded++
	case call.KindFollowUpMissed:
		f.Overran++
	case call.KindFollowUpReviewed:
		f.Reviewed++
		if f.Reasons == nil {
			f.Reasons = map[string]int64{}
		}
		f.Reasons[e.Reason]++
	case call.KindFollowUpDone:
		f.Back += promiseKept(e).Back
		switch {
		case !Kept(e.Reason):
			f.Decided++
		case e.WaitMs <= e.DueMs:
			f.Met++
			f.SumMs += e.WaitMs
		default:
			f.Late++
			f.SumMs += e.WaitMs
		}
	default: // not about a follow-up
	}
}

// String is the follow-up in words, with whose number it is.
func (f FollowUp) String() string {
	limit := "within " + f.Limit.String()
	if f.Limit == 0 {
		limit = fmt.Sprintf("the same day, if it began before %d:00", f.Before/time.Hour)
	}
	target := "measured, no pass mark agreed"
	if f.Target != nil {
		target = fmt.Sprintf("for %g %%", *f.Target*100)
	}
	return fmt.Sprintf("%s: %s %s, %s (%s: %s)", f.Name, f.Stop, limit, target, f.Label, f.Source)
}
