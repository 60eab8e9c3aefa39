package call

import "regexp"

// By is who did something at a screen: a responder's id, or "role:" and a role
// for somebody who is not in the plan. It goes into the ledger, and so is never
// a name, an address or a number. The zero By is the service itself: the time
// had come.
type By string

// ByRole is somebody of a role who is not in the plan.
func ByRole(role string) By { return By("role:" + role) }

var byPattern = regexp.MustCompile(`^(role:)?[a-z0-9][a-z0-9_-]{0,39}$`)

// Fits reports whether b is an id or a role. What does not fit must not be
// written down: it could be anything.
func (b By) Fits() bool { return b == "" || byPattern.MatchString(string(b)) }

// Pause is why somebody is on a break, set away, or back. The set is closed: it
// stands in the ledger and on the board, and says nothing of anybody's health
// beyond "unwell".
type Pause string

// The closed set of reasons, by what they are reasons for.
const (
	PauseRest     Pause = "rest"       // break: rest, food, air
	PauseRecovery Pause = "recovery"   // break: after a hard call; ends by itself, see routing.recovery_for
	PauseDebrief  Pause = "debrief"    // break: talking a call over
	PauseWork     Pause = "other_work" // break: writing up, a visit, teaching

	PauseMissed      Pause = "missed_calls"  // away: set by the service after misses in a row; the last resort may still ring them
	PauseUnwell      Pause = "unwell"        // away: not fit to take calls
	PausePhone       Pause = "phone_trouble" // away: their phone does not work
	PauseUnreachable Pause = "unreachable"   // away: nobody can get hold of them

	PauseBack  Pause = "back"  // free: somebody said so
	PauseTimed Pause = "timed" // free: the pause had an end
)

// Pauses are the reasons a person may give, by what is set.
var Pauses = map[Presence][]Pause{
	PresenceBreak: {PauseRest, PauseRecovery, PauseDebrief, PauseWork},
	PresenceAway:  {PauseUnwell, PausePhone, PauseUnreachable},
	PresenceFree:  {PauseBack},
}
