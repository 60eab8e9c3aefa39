package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a document. https://www.twilio.com/docs/api/errors/11750, 13521 and
// the verbs' own pages, read 2026-11-21.
const (
	maxDocument  = 64_000 // bytes; "64 kB"
	maxNumbers   = 10
	maxNameLen   = 64  // of a queue
	maxLabelLen  = 128 // of a participant
	maxHints     = 500
	maxHintLen   = 100
	maxSpoken    = 4500 // of Say's text, URL-encoded
	maxTimeLimit = 24 * 3600
)

// Check reports everything Twilio would refuse in a document of these verbs,
// and what would do harm though Twilio would not: a caller's number shown to a
// responder, a loop, verbs that can never run. It is for tests, start-up and
// the export of documents, not for every answer. Its text holds no number.
func Check(verbs ...Verb) error {
	c := &checker{}
	if n := len(Append(nil, verbs...)); n > maxDocument {
		c.fail("Response", "is %d bytes, more than %d", n, maxDocument)
	}
	for i, v := range verbs {
		c.verb(v, i, len(verbs))
	}
	return errors.Join(c.problems...)
}

type checker struct{ problems []error }

func (c *checker) fail(where, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf(where+": "+format, args...))
}

func (c *checker) verb(v Verb, i, n int) {
	last := func(name string) {
		if i != n-1 {
			c.fail(name, "verbs after it never run")
		}
	}
	switch v := v.(type) {
	case Say:
		c.say(v)
	case Play:
		c.play(v)
	case Pause:
		c.within("Pause length", v.Seconds, 0, maxTimeLimit)
	case Gather:
		c.gather(v)
	case Dial:
		c.dial(v, i)
	case Enqueue:
		c.name("Enqueue", v.Name, maxNameLen)
		c.url("Enqueue action", v.Action, false)
		c.url("Enqueue waitUrl", v.WaitURL, false)
	case Redirect:
		c.url("Redirect", v.URL, true)
		last("Redirect")
	case Hangup:
		last("Hangup")
	case Leave:
		last("Leave")
	case Reject:
		c.oneOf("Reject reason", v.Reason, "", "rejected", "busy")
		if i != 0 {
			c.fail("Reject", "must be first, or the call is answered before")
		}
		last("Reject")
	}
}

// say counts characters as the voice's provider does, tags included to be on
// the safe side.
func (c *checker) say(v Say) {
	text := v.Text
	if len(v.SSML) > 0 {
		if text != "" {
			c.fail("Say", "has both Text and SSML")
		}
		text = string(appendSSML(nil, v.SSML))
	}
	if strings.HasSuffix(v.Voice, "-Neural") && strings.Contains(text, "<emphasis") {
		c.fail("Say", "neural voices refuse emphasis") // https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
	}
	limit := 4096
	switch {
	case strings.HasPrefix(v.Voice, "Polly."):
		limit = 3000
	case strings.HasPrefix(v.Voice, "Google."):
		limit = 5000
	}
	if strings.TrimSpace(text) == "" {
		c.fail("Say", "says nothing")
	}
	if n := utf8.RuneCountInString(text); n > limit {
		c.fail("Say", "has %d characters, more than %d", n, limit)
	}
	if n := len(url.QueryEscape(text)); n > maxSpoken {
		c.fail("Say", "has %d characters when URL-encoded, more than %d", n, maxSpoken)
	}
}

func (c *checker) play(v Play) {
	c.url("Play", v.URL, true)
	c.within("Play loop", v.Loop, 0, 1000)
}

func (c *checker) gather(v Gather) {
	c.url("Gather action", v.Action, true)
	c.oneOf("Gather input", v.Input, "", "dtmf", "speech", "dtmf speech", "speech dtmf")
	c.within("Gather numDigits", v.NumDigits, 0, 1000)
	c.within("Gather timeout", v.Timeout, 0, 600)
	if v.FinishOnKey != nil && strings.Trim(*v.FinishOnKey, "0123456789*#") != "" {
		c.fail("Gather finishOnKey", "must be keys of a telephone")
	}
	if v.SpeechModel != "" && v.SpeechTimeout == "auto" {
		c.fail("Gather speechTimeout", "must be seconds when speechModel is set")
	}
	hints := strings.Split(v.Hints, ",")
	if len(hints) > maxHints || slices.ContainsFunc(hints, func(h string) bool { return utf8.RuneCountInString(h) > maxHintLen }) {
		c.fail("Gather hints", "more than %d, or one longer than %d", maxHints, maxHintLen)
	}
	for _, inner := range v.Verbs {
		switch inner := inner.(type) {
		case Say:
			c.say(inner)
		case Play:
			c.play(inner)
		case Pause:
			c.within("Pause length", inner.Seconds, 0, maxTimeLimit)
		}
	}
}

func (c *checker) dial(v Dial, i int) {
	c.url("Dial action", v.Action, false)
	if v.Timeout != 0 {
		c.within("Dial timeout", v.Timeout, 5, 600)
	}
	c.within("Dial timeLimit", v.TimeLimit, 0, maxTimeLimit)
	if v.AnswerOnBridge && i != 0 {
		c.fail("Dial answerOnBridge", "works only if Dial is first")
	}
	switch target := v.Target.(type) {
	case Numbers:
		if !dialable(v.CallerID) {
			c.fail("Dial callerId", "must be a number of the line, or the responder sees the caller's own")
		}
		if len(target) < 1 || len(target) > maxNumbers {
			c.fail("Dial", "has %d numbers, must be 1 to %d", len(target), maxNumbers)
		}
		for _, n := range target {
			c.number(n)
		}
	case Conference:
		c.conference(target)
	case Queue:
		c.name("Queue", target.Name, maxNameLen)
		c.url("Queue url", target.URL, false)
	}
}

func (c *checker) number(n Number) {
	if !dialable(n.E164) {
		c.fail("Number", "is not E.164")
	}
	c.url("Number url", n.URL, false)
	c.url("Number statusCallback", n.StatusCallback, false)
	for _, e := range n.StatusEvents {
		c.oneOf("Number statusCallbackEvent", e, statusEvents...)
	}
}

func (c *checker) conference(v Conference) {
	c.name("Conference", v.Name, maxLabelLen)
	c.oneOf("Conference beep", v.Beep, "", "true", "false", "onEnter", "onExit")
	c.oneOf("Conference jitterBufferSize", v.JitterBufferSize, "", "large", "medium", "small", "off")
	if v.WaitURL != nil {
		c.url("Conference waitUrl", *v.WaitURL, false)
	}
	c.url("Conference statusCallback", v.StatusCallback, false)
	for _, e := range v.StatusEvents {
		c.oneOf("Conference statusCallbackEvent", e,
			"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
	}
	if len(v.ParticipantLabel) > maxLabelLen {
		c.fail("Conference participantLabel", "is longer than %d", maxLabelLen)
	}
	if v.MaxParticipants != 0 {
		c.within("Conference maxParticipants", v.MaxParticipants, 2, 250)
	}
}

func (c *checker) within(where string, n, low, high int) {
	if n < low || n > high {
		c.fail(where, "is %d, must be %d to %d", n, low, high)
	}
}

func (c *checker) oneOf(where, s string, allowed ...string) {
	if !slices.Contains(allowed, s) {
		c.fail(where, "must be one of %q", strings.Join(allowed, " "))
	}
}

func (c *checker) name(where, s string, longest int) {
	if s == "" || len(s) > longest {
		c.fail(where, "name must have 1 to %d bytes", longest)
	}
}

// url accepts an absolute http(s) URL or one relative to the document's own.
func (c *checker) url(where, s string, needed bool) {
	if s == "" {
		if needed {
			c.fail(where, "needs a URL")
		}
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil, strings.ContainsAny(s, " \t\r\n"):
		c.fail(where, "is not a URL")
	case u.Scheme == "" && u.Host == "" && !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "?"):
		c.fail(where, "must be absolute or begin with /")
	case u.Scheme != "" && (u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")):
		c.fail(where, "must be http or https")
	case strings.Contains(u.Host, "_"):
		c.fail(where, "has a host with an underscore, which Twilio refuses")
	}
}

// dialable reports whether s has the form of E.164: + and 7 to 15 digits.
func dialable(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && len(digits) >= 7 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == "" && digits[0] != '0'
}
