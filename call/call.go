package call

import "time"

// ID names a call. It is the carrier's identifier of the caller's leg, so that
// a repeated webhook names the same call without a look-up. It is opaque and
// says nothing about the caller.
type ID string

// OfferID names one attempt to ring one responder for one call. It is random,
// made by us before the carrier is asked for a leg, so that an attempt whose
// outcome is unknown can still be recognised when its leg calls back.
type OfferID string

// Caller is who rings. It decides words, priority and figures, never whether
// someone is answered.
type Caller string

// The closed set of callers.
const (
	CallerUnknown      Caller = "unknown"      // pressed nothing, or something else
	CallerSelf         Caller = "self"         // rings about themselves
	CallerCarer        Caller = "carer"        // rings about someone they care for
	CallerProfessional Caller = "professional" // GP, police, ambulance, 111
)

// Callers lists the closed set, for labels and checks.
var Callers = []Caller{CallerUnknown, CallerSelf, CallerCarer, CallerProfessional}

// Need is what a call requires of whoever answers. It is known in full when
// intake ends, and in part (line only) when an early offer is made.
type Need struct {
	Line     string   // id of the line in the plan
	Team     string   // home team, already resolved to a team that exists today
	Caller   Caller   // who rings
	Language string   // BCP 47 tag of the prompts chosen, "" for the line's own
	Skills   []string // skills preferred, sorted; relaxed with time, never required for ever
}

// Tier is the rank in which people are asked.
type Tier string

// The closed set of tiers, in the order they are asked.
const (
	TierResponding  Tier = "responding"
	TierBackup      Tier = "backup"
	TierDutyManager Tier = "duty_manager"
	TierLastHuman   Tier = "last_human" // outside the rota, always present
)

// Tiers lists the closed set in asking order.
var Tiers = []Tier{TierResponding, TierBackup, TierDutyManager, TierLastHuman}

// Presence is what a responder is doing now, as the store knows it. Who is on
// shift is the plan's to say, not the store's.
type Presence string

// The closed set of presences.
const (
	PresenceFree      Presence = "free"      // may be offered a call, if on shift
	PresenceOffered   Presence = "offered"   // a phone rings, or is about to
	PresenceConnected Presence = "connected" // accepted a call and still has it
	PresenceWrapUp    Presence = "wrap_up"   // finishing after a call
	PresenceBreak     Presence = "break"     // asked not to be rung
	PresenceAway      Presence = "away"      // set aside after repeated misses
)

// Presences lists the closed set.
var Presences = []Presence{PresenceFree, PresenceOffered, PresenceConnected, PresenceWrapUp, PresenceBreak, PresenceAway}

// Millis is t as milliseconds since 1970 UTC, the form in which instants are
// stored and compared everywhere at rest.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// FromMillis is the reverse of Millis; 0 gives the zero time.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
