package sim

// Readings chooses, where Twilio's pages do not say what happens, which of the
// readings the network plays (docs/twilio.md 11). The zero value is the likelier one.
type Readings struct {
	// EnqueueActionTwiMLExecuted: the document that answers an Enqueue action
	// sent as "redirected" is run, and when it runs out of verbs the redirect
	// takes place. Otherwise it is ignored, as is documented for Dial.
	EnqueueActionTwiMLExecuted bool
	// EnqueueActionTwiMLReplaces: that document is run instead of the redirect.
	EnqueueActionTwiMLReplaces bool
	// WaitURLFailureFallsThrough: a wait document that cannot be fetched sends
	// the caller to the verb after Enqueue even if there is an action. Otherwise
	// the action is asked with QueueResult=error, and only without one does the
	// caller fall through.
	WaitURLFailureFallsThrough bool
	// WaitURLFailureIsFatal: it is an error of the call: fallback URL.
	WaitURLFailureIsFatal bool
	// FirstToAcceptWins: of several Numbers rung at once with a screening URL,
	// all that answer are screened and the first to pass wins. Otherwise the
	// first to answer wins, screened or not.
	FirstToAcceptWins bool
	// NoRingBuffer: the Timeout of a REST call is kept to the second. Otherwise
	// 5 s are added, as Dial always does.
	NoRingBuffer bool
	// StartTimeSkipsQueued: a list of calls filtered by StartTime leaves out
	// calls not yet dialled.
	StartTimeSkipsQueued bool
}
