package twilio

// ContentType is what every TwiML document must be served as. Anything else
// that is text is read aloud to the caller.
const ContentType = "text/xml; charset=utf-8"

const header = `<?xml version="1.0" encoding="UTF-8"?>`

// Append adds a whole TwiML document to dst and returns the extended slice.
// Attributes come in one order always. Text is escaped; what XML cannot hold
// becomes U+FFFD. What Twilio would refuse is for Check to find; Append panics
// only on a verb that is nil or a pointer. It allocates nothing when dst has
// room.
func Append(dst []byte, verbs ...Verb) []byte {
	dst = append(dst, header...)
	if len(verbs) == 0 {
		return append(dst, "<Response/>"...)
	}
	dst = append(dst, "<Response>"...)
	for _, v := range verbs {
		dst = appendVerb(dst, v)
	}
	return append(dst, "</Response>"...)
}

func appendVerb(dst []byte, v Verb) []byte {
	switch v := v.(type) {
	case Say:
		return appendSay(dst, &v)
	case Play:
		return appendPlay(dst, v)
	case Pause:
		return appendPause(dst, v)
	case Gather:
		return appendGather(dst, &v)
	case Dial:
		return appendDial(dst, &v)
	case Enqueue:
		dst = append(dst, "<Enqueue"...)
		dst = optional(dst, "action", v.Action)
		dst = optional(dst, "waitUrl", v.WaitURL)
		return closeText(dst, "Enqueue", v.Name)
	case Redirect:
		return closeText(append(dst, "<Redirect"...), "Redirect", v.URL)
	case Hangup:
		return append(dst, "<Hangup/>"...)
	case Leave:
		return append(dst, "<Leave/>"...)
	case Reject:
		return append(optional(append(dst, "<Reject"...), "reason", v.Reason), "/>"...)
	}
	panic(notAValue)
}

// notAValue is a fault of the program, found by the first test that runs it: a
// pointer to a verb is a Verb to the compiler, and must not vanish silently.
const notAValue = "twilio: a verb, target or SSML node must be a value, not a pointer or nil"

func appendSay(dst []byte, v *Say) []byte {
	dst = append(dst, "<Say"...)
	dst = optional(dst, "voice", v.Voice)
	dst = optional(dst, "language", v.Language)
	if len(v.SSML) == 0 {
		return closeText(dst, "Say", v.Text)
	}
	dst = append(dst, '>')
	dst = appendSSML(dst, v.SSML)
	return append(dst, "</Say>"...)
}

func appendPlay(dst []byte, v Play) []byte {
	dst = append(dst, "<Play"...)
	dst = count(dst, "loop", v.Loop)
	return closeText(dst, "Play", v.URL)
}

func appendPause(dst []byte, v Pause) []byte {
	dst = append(dst, "<Pause"...)
	dst = count(dst, "length", v.Seconds)
	return append(dst, "/>"...)
}

func appendGather(dst []byte, v *Gather) []byte {
	dst = append(dst, "<Gather"...)
	dst = optional(dst, "action", v.Action)
	input := v.Input
	if input == "" {
		input = "dtmf"
	}
	dst = attr(dst, "input", input)
	dst = count(dst, "numDigits", v.NumDigits)
	dst = count(dst, "timeout", v.Timeout)
	if v.FinishOnKey != nil {
		dst = attr(dst, "finishOnKey", *v.FinishOnKey)
	}
	if v.ActionOnEmptyResult {
		dst = attr(dst, "actionOnEmptyResult", "true")
	}
	if input != "dtmf" {
		dst = optional(dst, "language", v.Language)
		dst = optional(dst, "speechTimeout", v.SpeechTimeout)
		dst = optional(dst, "speechModel", v.SpeechModel)
		dst = optional(dst, "hints", v.Hints)
		// Twilio's default is true and turns words of distress into f***.
		dst = attr(dst, "profanityFilter", "false")
	}
	if len(v.Verbs) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	for _, inner := range v.Verbs {
		switch inner := inner.(type) {
		case Say:
			dst = appendSay(dst, &inner)
		case Play:
			dst = appendPlay(dst, inner)
		case Pause:
			dst = appendPause(dst, inner)
		default:
			panic(notAValue)
		}
	}
	return append(dst, "</Gather>"...)
}

func appendDial(dst []byte, v *Dial) []byte {
	dst = append(dst, "<Dial"...)
	dst = optional(dst, "action", v.Action)
	dst = optional(dst, "callerId", v.CallerID)
	dst = count(dst, "timeout", v.Timeout)
	dst = count(dst, "timeLimit", v.TimeLimit)
	if v.AnswerOnBridge {
		dst = attr(dst, "answerOnBridge", "true")
	}
	if v.HangupOnStar {
		dst = attr(dst, "hangupOnStar", "true")
	}
	dst = optional(dst, "ringTone", v.RingTone)
	dst = append(dst, '>')
	switch target := v.Target.(type) {
	case Numbers:
		for i := range target {
			dst = appendNumber(dst, &target[i])
		}
	case Conference:
		dst = appendConference(dst, &target)
	case Queue:
		dst = optional(append(dst, "<Queue"...), "url", target.URL)
		dst = closeText(dst, "Queue", target.Name)
	default:
		panic(notAValue)
	}
	return append(dst, "</Dial>"...)
}

func appendNumber(dst []byte, v *Number) []byte {
	dst = append(dst, "<Number"...)
	dst = optional(dst, "url", v.URL)
	dst = list(dst, "statusCallbackEvent", v.StatusEvents)
	dst = optional(dst, "statusCallback", v.StatusCallback)
	return closeText(dst, "Number", v.E164)
}

func appendConference(dst []byte, v *Conference) []byte {
	dst = append(dst, "<Conference"...)
	dst = boolean(dst, "startConferenceOnEnter", v.StartOnEnter)
	dst = boolean(dst, "endConferenceOnExit", v.EndOnExit)
	beep := v.Beep
	if beep == "" {
		beep = "false"
	}
	dst = attr(dst, "beep", beep)
	if v.WaitURL != nil {
		dst = attr(dst, "waitUrl", *v.WaitURL)
	}
	dst = list(dst, "statusCallbackEvent", v.StatusEvents)
	dst = optional(dst, "statusCallback", v.StatusCallback)
	dst = optional(dst, "participantLabel", v.ParticipantLabel)
	dst = optional(dst, "jitterBufferSize", v.JitterBufferSize)
	dst = count(dst, "maxParticipants", v.MaxParticipants)
	return closeText(dst, "Conference", v.Name)
}
