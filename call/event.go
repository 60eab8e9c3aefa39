package call

import (
	"fmt"
	"strconv"
	"time"
)

// Kind is what an entry of the ledger says happened.
type Kind string

// The closed set of ledger entries. Each is written by the same script as the
// transition it records, so the ledger and the state cannot disagree.
const (
	KindReceived    Kind = "received"      // first webhook of a call
	KindWaiting     Kind = "waiting"       // intake over, or back in the queue with no phone ringing
	KindWidened     Kind = "widened"       // a further rung of people may be asked; Reason names it
	KindOffered     Kind = "offered"       // a responder is promised to the call; their phone is to ring
	KindOfferSent   Kind = "offer_sent"    // the carrier took the leg; QueueMs is what it said about its own queue
	KindRinging     Kind = "ringing"       // the carrier says the phone rings
	KindPickedUp    Kind = "picked_up"     // somebody, or an answerphone, picked up
	KindOfferEnded  Kind = "offer_ended"   // Result says how
	KindAccepted    Kind = "accepted"      // pressed 1 and won the caller
	KindConnected   Kind = "connected"     // both hear each other; carries every wait of the call
	KindDropped     Kind = "dropped"       // the responder's leg went; the caller is back at the front
	KindDanger      Kind = "danger"        // the caller pressed the danger key
	KindHandedOver  Kind = "handed_over"   // a waiting caller is another team's from now on: FromTeam before, Team after
	KindFinished    Kind = "finished"      // the caller's leg is over; Outcome and every total of the call
	KindWrapUp      Kind = "wrap_up"       // the responder's wrap-up began
	KindWrapUpEnded Kind = "wrap_up_ended" // it ended; Reason: timed, ready, needed
	KindPresence    Kind = "presence"      // break, away, back; Reason says why
	KindPlan        Kind = "plan"          // a plan version came into force

	KindUnreached    Kind = "unreached"      // nobody reached a caller in time from their first try, each need once; Call is their last try, WaitMs the time, FirstMs, Redials
	KindWrapUpRecord Kind = "wrap_up_record" // what came of the call; Code, Hard, Duty, Category, By; WaitMs received → this; the last one holds

	KindCallbackOwed    Kind = "callback_owed"    // somebody is to be rung back; By, DueMs from when they may be rung until it must be over
	KindCallbackClaimed Kind = "callback_claimed" // Reason: taken by Responder, released by By
	KindCallbackAttempt Kind = "callback_attempt" // Reason what came of it, By, Offers attempts so far, WaitMs from when they might be rung
	KindCallbackClosed  Kind = "callback_closed"  // Reason how, Code, By, Offers attempts, WaitMs, DueMs
	// KindCallbackForgotten: nobody ended it, and its number was deleted; Offers attempts, WaitMs from when it should have been over.
	KindCallbackForgotten Kind = "callback_forgotten"

	KindFollowUp         Kind = "follow_up"          // a follow-up's clock runs; Category, WaitMs how long it had run already, DueMs
	KindFollowUpMissed   Kind = "follow_up_missed"   // it ran out unseen, once each; Category, WaitMs, DueMs
	KindFollowUpDone     Kind = "follow_up_done"     // it is over; Category, Reason how, WaitMs start → visit, DueMs, Missed
	KindFollowUpReviewed Kind = "follow_up_reviewed" // somebody said why it ran out; Category, Reason, DueMs
)

// Kinds lists the closed set.
var Kinds = []Kind{
	KindReceived, KindWaiting, KindWidened, KindOffered, KindOfferSent, KindRinging, KindPickedUp, KindOfferEnded,
	KindAccepted, KindConnected, KindDropped, KindDanger, KindHandedOver, KindFinished, KindWrapUp, KindWrapUpEnded, KindPresence, KindPlan,
	KindUnreached, KindWrapUpRecord, KindCallbackOwed, KindCallbackClaimed, KindCallbackAttempt, KindCallbackClosed, KindCallbackForgotten,
	KindFollowUp, KindFollowUpMissed, KindFollowUpDone, KindFollowUpReviewed,
}

// Shown is whether a caller's number was presented.
type Shown string

// The closed set; "" is not known.
const (
	ShownPresented Shown = "presented"
	ShownWithheld  Shown = "withheld"
)

// Event is one entry of the ledger. Only the fields its Kind needs are set. It
// never holds a number, a name or a place.
type Event struct {
	ID   string    // the stream's id, "" before it is written
	At   time.Time // when it happened, by the service's clock, to the millisecond
	Kind Kind

	Call      ID
	Offer     OfferID
	Line      string
	Team      string // home team of the call; on offers, the team of the responder
	Caller    Caller
	Responder string
	Tier      Tier
	Result    Result
	Outcome   Outcome
	Presence  Presence
	Reason    string // from a closed set for its kind
	By        By     // who did it at a screen; "" when nobody did
	FromTeam  string // handed_over: the home team before
	Withheld  bool   // received: the caller's number was withheld or unusable
	Redials   int    // received: earlier tries of the same caller within the redial window

	// Waits, in whole milliseconds. Connected carries them for the first
	// answer only; Finished repeats what is known.
	WaitMs   int64 // received → connected (or → finished, when never connected): the caller's clock
	IntakeMs int64 // received → end of greeting and menu
	QueueMs  int64 // end of intake → the accepting phone's offer, or → finished; on offer_sent, the carrier's queue_time
	RingMs   int64 // that offer → connected; on offer_ended, offer → its end
	ReturnMs int64 // greeting's end → connected or finished: the return's clock, never below 0
	TalkMs   int64 // connected → finished
	FirstMs  int64 // first try of the same caller → received or first connected; 0 when their number is not known
	Offers   int   // offers made for the call so far; callback_…: attempts
	Version  int64 // plan: the version now in force

	// Follow-ups: what the caller, or whoever referred them, was promised after
	// the call. Responder is who recorded the entry.
	Category string // follow_up…: which promise, metrics.FollowUps names them
	DueMs    int64  // follow_up…: start of its clock → when it is due
	Missed   bool   // follow_up_done: it had run out before anybody recorded it; connected: unreached was written
	SinceMs  int64  // follow_up…: start of its clock → this entry; below 0 when it starts later
	Number   Shown  // follow_up…: whether the call's number was presented; "" not known any more

	// Wrap-up records. Responder is who had the call.
	Code Code        // what came of it; "" not recorded
	Hard bool        // marked as hard
	Duty DutyToRefer // "" did not come up
}

// Values is the entry as the field–value pairs of the stream. Fields that are
// empty are left out.
func (e Event) Values() []string {
	v := []string{"t", strconv.FormatInt(Millis(e.At), 10), "k", string(e.Kind)}
	str := func(name, value string) {
		if value != "" {
			v = append(v, name, value)
		}
	}
	num := func(name string, value int64) {
		if value != 0 {
			v = append(v, name, strconv.FormatInt(value, 10))
		}
	}
	str("c", string(e.Call))
	str("o", string(e.Offer))
	str("l", e.Line)
	str("tm", e.Team)
	str("cl", string(e.Caller))
	str("r", e.Responder)
	str("ti", string(e.Tier))
	str("rs", string(e.Result))
	str("oc", string(e.Outcome))
	str("p", string(e.Presence))
	str("why", e.Reason)
	str("by", string(e.By))
	str("tf", e.FromTeam)
	if e.Withheld {
		str("wh", "1")
	}
	num("rd", int64(e.Redials))
	num("w", e.WaitMs)
	num("wi", e.IntakeMs)
	num("wq", e.QueueMs)
	num("wr", e.RingMs)
	num("rt", e.ReturnMs)
	num("tk", e.TalkMs)
	num("fm", e.FirstMs)
	num("n", int64(e.Offers))
	num("v", e.Version)
	str("ct", e.Category)
	num("du", e.DueMs)
	num("si", e.SinceMs)
	str("nb", string(e.Number))
	if e.Missed {
		str("mi", "1")
	}
	str("cd", string(e.Code))
	if e.Hard {
		str("hd", "1")
	}
	str("dr", string(e.Duty))
	return v
}

// ParseEvent reads an entry back. Unknown fields are ignored, so that an older
// program can read a newer ledger; a missing time or kind is an error.
func ParseEvent(id string, values map[string]any) (Event, error) {
	e := Event{ID: id}
	for name, raw := range values {
		s, ok := raw.(string)
		if !ok {
			return Event{}, fmt.Errorf("ledger entry %s: field %q is not a string", id, name)
		}
		if err := e.set(name, s); err != nil {
			return Event{}, fmt.Errorf("ledger entry %s: field %q: %w", id, name, err)
		}
	}
	if e.At.IsZero() || e.Kind == "" {
		return Event{}, fmt.Errorf("ledger entry %s: no time or kind", id)
	}
	return e, nil
}

func (e *Event) set(name, s string) error {
	number, err := e.setNumber(name, s)
	if !number {
		e.setText(name, s)
	}
	return err
}

// setText sets a field that is not a number; a name it does not know is a newer
// program's.
func (e *Event) setText(name, s string) {
	switch name {
	case "k":
		e.Kind = Kind(s)
	case "c":
		e.Call = ID(s)
	case "o":
		e.Offer = OfferID(s)
	case "l":
		e.Line = s
	case "tm":
		e.Team = s
	case "cl":
		e.Caller = Caller(s)
	case "r":
		e.Responder = s
	case "ti":
		e.Tier = Tier(s)
	case "rs":
		e.Result = Result(s)
	case "oc":
		e.Outcome = Outcome(s)
	case "p":
		e.Presence = Presence(s)
	case "why":
		e.Reason = s
	case "by":
		e.By = By(s)
	case "tf":
		e.FromTeam = s
	case "wh":
		e.Withheld = s == "1"
	case "ct":
		e.Category = s
	case "mi":
		e.Missed = s == "1"
	case "nb":
		e.Number = Shown(s)
	case "cd":
		e.Code = Code(s)
	case "hd":
		e.Hard = s == "1"
	case "dr":
		e.Duty = DutyToRefer(s)
	}
}

// setNumber sets a field that is a number; false when the name is no number's.
func (e *Event) setNumber(name, s string) (number bool, err error) {
	var into *int64
	var small *int
	switch name {
	case "t":
	case "w":
		into = &e.WaitMs
	case "wi":
		into = &e.IntakeMs
	case "wq":
		into = &e.QueueMs
	case "wr":
		into = &e.RingMs
	case "rt":
		into = &e.ReturnMs
	case "tk":
		into = &e.TalkMs
	case "fm":
		into = &e.FirstMs
	case "v":
		into = &e.Version
	case "du":
		into = &e.DueMs
	case "si":
		into = &e.SinceMs
	case "rd":
		small = &e.Redials
	case "n":
		small = &e.Offers
	default:
		return false, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return true, err
	}
	switch {
	case into != nil:
		*into = n
	case small != nil:
		*small = int(n)
	default:
		e.At = FromMillis(n)
	}
	return true, nil
}
