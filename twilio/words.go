package twilio

// Call statuses. no-answer also covers a call rejected on the phone, and a call
// cancelled while still queued sends no callback at all.
// https://www.twilio.com/docs/voice/twiml, read 2026-11-21.
const (
	StatusQueued     = "queued"
	StatusInitiated  = "initiated"
	StatusRinging    = "ringing"
	StatusInProgress = "in-progress"
	StatusCompleted  = "completed"
	StatusBusy       = "busy"
	StatusFailed     = "failed"
	StatusNoAnswer   = "no-answer"
	StatusCanceled   = "canceled"
)

// Ended reports whether a leg of this status is over for good.
func Ended(status string) bool {
	switch status {
	case StatusCompleted, StatusBusy, StatusFailed, StatusNoAnswer, StatusCanceled:
		return true
	}
	return false
}

// Results of <Enqueue>, sent to its action.
// https://www.twilio.com/docs/voice/twiml/enqueue, read 2026-11-21.
const (
	QueueBridged           = "bridged" // sent after the bridge ends
	QueueBridging          = "bridging-in-process"
	QueueError             = "error" // in <Enqueue>, or in the wait document
	QueueHangup            = "hangup"
	QueueLeave             = "leave"
	QueueRedirected        = "redirected" // our own doing, sent at once
	QueueRedirectedBridged = "redirected-from-bridged"
	QueueFull              = "queue-full"
	QueueSystemError       = "system-error" // may be no more than a caller who hung up early
)

// Events of a conference's callback (StatusCallbackEvent).
// https://www.twilio.com/docs/voice/twiml/conference, read 2026-11-21.
const (
	EventConferenceStart  = "conference-start"
	EventConferenceEnd    = "conference-end"
	EventParticipantJoin  = "participant-join"
	EventParticipantLeave = "participant-leave"
)
