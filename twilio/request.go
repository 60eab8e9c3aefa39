package twilio

import "strconv"

// Request is a voice webhook as typed fields. A field the request did not
// carry has its zero value, except SequenceNumber. Which requests carry which
// fields is in the package documentation's table.
type Request struct {
	CallSID       string // the leg the request is about
	AccountSID    string
	From, To      string // as sent; From may be no number at all: see call.ParseCaller
	CallStatus    string // one of the Status constants
	Direction     string // inbound, outbound-api, outbound-dial
	ParentCallSID string // the leg whose <Dial> made this one
	ForwardedFrom string // carrier-dependent
	CallDuration  int    // seconds; terminal status only

	Digits        string // <Gather>: keys pressed, without the terminator
	FinishedOnKey string // <Gather>: the terminator

	QueueResult      string // <Enqueue> action: one of the QueueResult constants
	QueueSID         string
	QueueTime        int // seconds in the queue
	QueuePosition    int // wait document: 1 is next
	CurrentQueueSize int
	MaxQueueSize     int

	DialCallStatus   string // <Dial> action: completed, answered, busy, no-answer, failed, canceled
	DialCallSID      string // absent when a conference was dialled
	DialBridged      string // "true" or "false"; absent on older requests
	DialCallDuration int    // seconds; absent when a conference was dialled

	ConferenceSID         string
	FriendlyName          string // the conference's name
	StatusCallbackEvent   string // conference-start, participant-join, …
	ParticipantLabel      string
	ReasonParticipantLeft string
	ReasonConferenceEnded string

	SequenceNumber  int    // order of a leg's or a conference's callbacks from 0; -1 when absent
	Timestamp       string // RFC 2822, UTC, whole seconds
	CallbackSource  string // call-progress-events
	SIPResponseCode int    // terminal status only: 404 unreachable, 487 rang out
	AnsweredBy      string // only when machine detection was asked for; we never ask
	ErrorCode       string // fallback request: why the primary failed
	ErrorURL        string // fallback request: the URL that failed
}

// Request reads the form's typed view. A number that is not one reads as 0. Of
// a repeated name the first value counts.
func (f *Form) Request() Request {
	r := Request{SequenceNumber: -1}
	for i := f.n - 1; i >= 0; i-- { // backwards, so that the first of a repeated name wins
		r.set(f.pairs[i].name, f.pairs[i].value)
	}
	return r
}

func (r *Request) set(name, value string) {
	switch name {
	case "CallSid":
		r.CallSID = value
	case "AccountSid":
		r.AccountSID = value
	case "From":
		r.From = value
	case "To":
		r.To = value
	case "CallStatus":
		r.CallStatus = value
	case "Direction":
		r.Direction = value
	case "ParentCallSid":
		r.ParentCallSID = value
	case "ForwardedFrom":
		r.ForwardedFrom = value
	case "CallDuration":
		r.CallDuration = whole(value, 0)
	case "Digits":
		r.Digits = value
	case "FinishedOnKey":
		r.FinishedOnKey = value
	case "SequenceNumber":
		r.SequenceNumber = whole(value, -1)
	case "Timestamp":
		r.Timestamp = value
	case "CallbackSource":
		r.CallbackSource = value
	case "SipResponseCode":
		r.SIPResponseCode = whole(value, 0)
	case "AnsweredBy":
		r.AnsweredBy = value
	case "ErrorCode":
		r.ErrorCode = value
	case "ErrorUrl":
		r.ErrorURL = value
	default:
		r.setJoin(name, value)
	}
}

// setJoin sets what concerns queues, dials and conferences.
func (r *Request) setJoin(name, value string) {
	switch name {
	case "QueueResult":
		r.QueueResult = value
	case "QueueSid":
		r.QueueSID = value
	case "QueueTime":
		r.QueueTime = whole(value, 0)
	case "QueuePosition":
		r.QueuePosition = whole(value, 0)
	case "CurrentQueueSize":
		r.CurrentQueueSize = whole(value, 0)
	case "MaxQueueSize":
		r.MaxQueueSize = whole(value, 0)
	case "DialCallStatus":
		r.DialCallStatus = value
	case "DialCallSid":
		r.DialCallSID = value
	case "DialBridged":
		r.DialBridged = value
	case "DialCallDuration":
		r.DialCallDuration = whole(value, 0)
	case "ConferenceSid":
		r.ConferenceSID = value
	case "FriendlyName":
		r.FriendlyName = value
	case "StatusCallbackEvent":
		r.StatusCallbackEvent = value
	case "ParticipantLabel":
		r.ParticipantLabel = value
	case "ReasonParticipantLeft":
		r.ReasonParticipantLeft = value
	case "ReasonConferenceEnded":
		r.ReasonConferenceEnded = value
	}
}

// whole is s as a number of 0 or more, or absent when it is not one.
func whole(s string, absent int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return absent
	}
	return n
}
