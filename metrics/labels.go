package metrics

import (
	"slices"

	"example.org/crisisline/call"
)

// Other is the label value of anything outside a closed set: a line or team the
// plan in force does not have, or a reason nobody declared.
const Other = "other"

// Shape is the part of the label sets that comes from the plan and the
// configuration. Every combination is exported as 0 from the start, because a
// counter that appears with its first event hides that event from rate().
type Shape struct {
	Lines     []string   // ids of the plan's lines
	Teams     []string   // ids of the plan's teams
	Routes    []string   // webhook routes, as patterns; a route first seen later is added
	Standards []Standard // nil: Standards()
	FollowUps Promises   // nil: FollowUps()
}

// The most lines, teams and routes that become labels. What is beyond is Other.
const (
	maxLines  = 64
	maxTeams  = 64
	maxRoutes = 64
)

// Reasons of degraded mode.
const (
	DegradedStore   = "store"   // the store does not answer, or answers errors
	DegradedPlan    = "plan"    // no plan in force, or only the snapshot on disk
	DegradedCarrier = "carrier" // the carrier refuses or does not answer our requests
	DegradedPanic   = "panic"   // a handler panicked and the fallback was spoken
)

// DegradedReasons lists the closed set.
var DegradedReasons = []string{DegradedStore, DegradedPlan, DegradedCarrier, DegradedPanic, Other}

// Reasons for refusing a webhook before it was believed.
const (
	RejectedSignature = "signature" // not signed by the carrier with a token we hold
	RejectedAccount   = "account"   // signed, but of another account
	RejectedMalformed = "malformed" // not a form, or too many parameters
	RejectedTooLarge  = "too_large" // body beyond the limit
	RejectedMethod    = "method"    // not POST
)

// RejectedReasons lists the closed set.
var RejectedReasons = []string{
	RejectedSignature, RejectedAccount, RejectedMalformed, RejectedTooLarge, RejectedMethod, Other,
}

// Operations lists the requests made to the carrier.
var Operations = []string{
	"create_call", "redirect_call", "end_call", "cancel_call", "dequeue", "fetch_call", "find_calls", "ensure_queue",
	"participants", "end_conference", "fetch_number", "check_account", Other,
}

// CarrierResults lists how a request to the carrier may end. Unknown means that
// it was sent and nobody can say whether it was carried out.
var CarrierResults = []string{"ok", "gone", "throttled", "refused", "not_sent", "unknown", "auth", Other}

// CallbackStates lists where an owed callback may be, in one of them each: owed,
// before the time the caller said is safe; due, and nobody has taken it; claimed by
// somebody who is about it; overdue, claimed or not.
var CallbackStates = []string{"owed", "due", "claimed", "overdue"}

// FollowUpStates lists where a follow-up may be: its clock running, run out and
// still open, and run out with nobody having said why. The last two overlap.
var FollowUpStates = []string{"due", "overdue", "to_review"}

// WidenReasons lists why a further rung of people may be asked.
var WidenReasons = []string{"own_team", "own_team_any_skill", "neighbour", "backup", "duty_manager", "last_human", Other}

// Phases of a wait, in their order.
const (
	PhaseIntake = "intake" // received → end of greeting and menu
	PhaseQueue  = "queue"  // → the accepting phone's offer, or → the call's end
	PhaseRing   = "ring"   // → connected
)

// Phases lists the closed set.
var Phases = []string{PhaseIntake, PhaseQueue, PhaseRing}

// Codes lists the HTTP codes told apart in webhook_seconds.
var Codes = []string{"200", "204", "400", "403", "413", "500", "503", Other}

func oneOf(set []string, value string) string {
	if slices.Contains(set, value) {
		return value
	}
	return Other
}

func callerLabel(c call.Caller) string {
	if slices.Contains(call.Callers, c) {
		return string(c)
	}
	return string(call.CallerUnknown)
}

// names is the closed set of lines and teams at one moment. It is replaced, not
// changed, when a plan comes into force.
type names struct{ lines, teams []string }

func (n *names) line(id string) string { return oneOf(n.lines, id) }
func (n *names) team(id string) string { return oneOf(n.teams, id) }

// named is a set without Other, which it always holds first.
func named(set []string) []string { return set[1:] }

// with is n and what shape adds to it, up to the limits. Other is always a
// member, and nothing is ever taken away: a counter that vanishes is a lie.
func (n *names) with(s Shape) *names {
	return &names{lines: union(n.lines, s.Lines, maxLines), teams: union(n.teams, s.Teams, maxTeams)}
}

func union(have, more []string, limit int) []string {
	out := slices.Clone(have)
	if len(out) == 0 {
		out = []string{Other}
	}
	for _, id := range more {
		if id != "" && len(out) < limit && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
