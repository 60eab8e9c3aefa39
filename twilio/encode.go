package twilio

import (
	"strconv"
	"unicode/utf8"
)

// ContentType is what every TwiML document must be served as. Anything else
// that is text is read aloud to the caller.
const ContentType = "text/xml; charset=utf-8"

const header = `<?xml version="1.0" encoding="UTF-8"?>`

// Append adds a whole TwiML document to dst and returns the extended slice.
// Attributes come in one order always. Text is escaped; what XML cannot hold
// becomes U+FFFD. It refuses nothing: see Check. It allocates nothing when dst
// has room.
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
	return dst
}

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

func appendSSML(dst []byte, nodes []SSML) []byte {
	for _, n := range nodes {
		switch n := n.(type) {
		case Text:
			dst = escapeText(dst, string(n))
		case Break:
			dst = optional(append(dst, "<break"...), "strength", n.Strength)
			dst = append(optional(dst, "time", n.Time), "/>"...)
		case Emphasis:
			dst = optional(append(dst, "<emphasis"...), "level", n.Level)
			dst = closeSSML(dst, "emphasis", n.SSML)
		case Lang:
			dst = optional(append(dst, "<lang"...), "xml:lang", n.XMLLang)
			dst = closeSSML(dst, "lang", n.SSML)
		case Prosody:
			dst = optional(append(dst, "<prosody"...), "volume", n.Volume)
			dst = optional(dst, "rate", n.Rate)
			dst = optional(dst, "pitch", n.Pitch)
			dst = closeSSML(dst, "prosody", n.SSML)
		case Paragraph:
			dst = closeSSML(append(dst, "<p"...), "p", n.SSML)
		case Sentence:
			dst = closeSSML(append(dst, "<s"...), "s", n.SSML)
		case SayAs:
			dst = optional(append(dst, "<say-as"...), "interpret-as", n.InterpretAs)
			dst = optional(dst, "format", n.Format)
			dst = closeText(dst, "say-as", n.Text)
		case Sub:
			dst = optional(append(dst, "<sub"...), "alias", n.Alias)
			dst = closeText(dst, "sub", n.Text)
		case Phoneme:
			dst = optional(append(dst, "<phoneme"...), "alphabet", n.Alphabet)
			dst = closeText(optional(dst, "ph", n.PH), "phoneme", n.Text)
		case Word:
			dst = closeText(optional(append(dst, "<w"...), "role", n.Role), "w", n.Text)
		}
	}
	return dst
}

func closeSSML(dst []byte, name string, inner []SSML) []byte {
	if len(inner) == 0 {
		return append(dst, "/>"...)
	}
	dst = appendSSML(append(dst, '>'), inner)
	return append(append(append(dst, "</"...), name...), '>')
}

// closeText ends an open tag with text in it, or with nothing.
func closeText(dst []byte, name, text string) []byte {
	if text == "" {
		return append(dst, "/>"...)
	}
	dst = escapeText(append(dst, '>'), text)
	return append(append(append(dst, "</"...), name...), '>')
}

func attr(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, ' '), name...), `="`...)
	return append(escapeAttr(dst, value), '"')
}

func optional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return attr(dst, name, value)
}

func count(dst []byte, name string, n int) []byte {
	if n == 0 {
		return dst
	}
	dst = append(append(append(dst, ' '), name...), `="`...)
	return append(strconv.AppendInt(dst, int64(n), 10), '"')
}

func boolean(dst []byte, name string, b *bool) []byte {
	if b == nil {
		return dst
	}
	return attr(dst, name, strconv.FormatBool(*b))
}

func list(dst []byte, name string, items []string) []byte {
	if len(items) == 0 {
		return dst
	}
	dst = append(append(append(dst, ' '), name...), `="`...)
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = escapeAttr(dst, item)
	}
	return append(dst, '"')
}

// escapeText and escapeAttr escape as Canonical XML does, and npm twilio.
func escapeText(dst []byte, s string) []byte { return escape(dst, s, false) }
func escapeAttr(dst []byte, s string) []byte { return escape(dst, s, true) }

func escape(dst []byte, s string, inAttr bool) []byte {
	start := 0
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		with := ""
		switch {
		case r == '&':
			with = "&amp;"
		case r == '<':
			with = "&lt;"
		case r == '>' && !inAttr:
			with = "&gt;"
		case r == '"' && inAttr:
			with = "&quot;"
		case r == '\r':
			with = "&#xD;"
		case r == '\n' && inAttr:
			with = "&#xA;"
		case r == '\t' && inAttr:
			with = "&#x9;"
		case r < 0x20 && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff, r == utf8.RuneError && n == 1:
			with = "\ufffd"
		}
		if with != "" {
			dst = append(append(dst, s[start:i]...), with...)
			start = i + n
		}
		i += n
	}
	return append(dst, s[start:]...)
}
