package queue

// Every key is the prefix and one of these names; the scripts build theirs from
// the same prefix (lua/_common.lua). The braces make the service's id the hash
// tag, so that one service lies on one node of a cluster. doc.go has the table.
const (
	keyCall      = "call:"
	keyOffer     = "offer:"
	keyConf      = "conf:"
	keyPresence  = "pres"
	keyMisses    = "miss"
	keyPhoneUp   = "up"
	keyDue       = "due"
	keyLive      = "live"
	keyLedger    = "ledger"
	keyCallback  = "callback:"
	keyCallbacks = "callbacks"
	keyOver      = "over:"

	keyLater          = "later:"
	keyNumber         = "number:"
	keyWrapUp         = "wrapup:"
	keyFollowUp       = "followup:"
	keyFollowDue      = "follow_due"
	keyFollowLate     = "follow_late"
	keyFollowReview   = "follow_review"
	keyFollowReviewed = "follow_reviewed"
)

// prefixOf is the beginning of every key of a service.
func prefixOf(service string) string { return "cl:{" + service + "}:" }
