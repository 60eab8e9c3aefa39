package call

// Outcome is how a call ended, exactly one per call. The set is closed and is a
// metric label.
type Outcome string

// The closed set of outcomes.
const (
	OutcomeAnswered  Outcome = "answered"  // a responder pressed 1 and both could hear each other
	OutcomeAbandoned Outcome = "abandoned" // the caller left before that
	OutcomeCallback  Outcome = "callback"  // the caller chose to be rung back; the callback is owed
	OutcomeHandedOn  Outcome = "handed_on" // passed to a person elsewhere
	OutcomeFallback  Outcome = "fallback"  // rung from the snapshot while the store was gone
	OutcomeFailed    Outcome = "failed"    // ended by us or the network, without any of the above
)

// Outcomes lists the closed set.
var Outcomes = []Outcome{OutcomeAnswered, OutcomeAbandoned, OutcomeCallback, OutcomeHandedOn, OutcomeFallback, OutcomeFailed}

// Result is how one offer to one responder ended. The set is closed and is a
// metric label.
type Result string

// The closed set of results.
const (
	ResultAccepted  Result = "accepted"  // pressed 1 and won the caller
	ResultLost      Result = "lost"      // someone else accepted first; the phone was stopped
	ResultDeclined  Result = "declined"  // pressed 2
	ResultNoAnswer  Result = "no_answer" // rang out, or rejected on the phone (the carrier does not tell which)
	ResultNoKey     Result = "no_key"    // picked up but pressed nothing: an answerphone, or a pocket
	ResultBusy      Result = "busy"      // engaged
	ResultFailed    Result = "failed"    // the number cannot be reached, or the carrier refused the leg
	ResultCancelled Result = "cancelled" // the caller left while it rang
	ResultLapsed    Result = "lapsed"    // no word of the leg in time: a process died, or the carrier was silent
)

// Results lists the closed set.
var Results = []Result{
	ResultAccepted, ResultLost, ResultDeclined, ResultNoAnswer, ResultNoKey,
	ResultBusy, ResultFailed, ResultCancelled, ResultLapsed,
}

// Miss reports whether the result counts towards setting a responder aside:
// the phone could have been answered and was not. A decline is a person doing
// their job and never counts; nor does an engaged phone, which may be someone
// who is still saying goodbye to the caller before, nor a leg that the carrier
// did not make, which is nobody's fault at the other end.
func (r Result) Miss() bool { return r == ResultNoAnswer || r == ResultNoKey }
