package conformance

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Documented limits that no grammar knows.
// https://www.twilio.com/docs/api/errors/11750, 13521 and the verbs' own pages,
// read 2026-11-21. They are written here a second time on purpose: the encoder's
// own check must not be what judges it.
const (
	maxDocument  = 64_000
	maxNumbers   = 10
	maxQueueName = 64
	maxLabel     = 128
	maxSpoken    = 4500 // URL-encoded
)

func (w *walk) limits(e *open) {
	text := strings.TrimSpace(string(e.text))
	for name, v := range e.attrs {
		w.urlLimits(name, v)
	}
	switch e.tag {
	case "Say":
		w.sayLimits(e.attrs["voice"], text)
	case "emphasis": // https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
		if slices.ContainsFunc(w.path, func(o *open) bool { return strings.HasSuffix(o.attrs["voice"], "-Neural") }) {
			w.fail("is refused by neural voices")
		}
	case "Dial":
		w.between(e, "timeout", 5, 600)
		w.between(e, "timeLimit", 1, 24*3600)
		if n := e.children["Number"]; n > maxNumbers {
			w.fail("holds %d <Number>, more than %d", n, maxNumbers)
		}
		if len(e.children) == 0 && text == "" {
			w.fail("dials nothing")
		}
	case "Enqueue", "Queue":
		if e.children["Task"] == 0 && (text == "" || len(text) > maxQueueName) {
			w.fail("name must have 1 to %d bytes", maxQueueName)
		}
	case "Conference":
		w.between(e, "maxParticipants", 2, 250)
		if text == "" || len(text) > maxLabel || len(e.attrs["participantLabel"]) > maxLabel {
			w.fail("name or label is missing or longer than %d", maxLabel)
		}
	case "Number":
		if digits, ok := strings.CutPrefix(text, "+"); !ok || len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
			w.fail("is not E.164")
		}
	case "Redirect", "Play":
		if text == "" && e.attrs["digits"] == "" {
			w.fail("needs a URL")
		}
		w.urlLimits("url", text)
	case "Gather":
		if strings.Trim(e.attrs["finishOnKey"], "0123456789*#") != "" {
			w.fail("attribute finishOnKey is not keys of a telephone")
		}
	}
}

func (w *walk) sayLimits(voice, text string) {
	limit := 4096
	switch {
	case strings.HasPrefix(voice, "Polly."):
		limit = 3000
	case strings.HasPrefix(voice, "Google."):
		limit = 5000
	}
	if n := utf8.RuneCountInString(text); n == 0 || n > limit {
		w.fail("speaks %d characters, must be 1 to %d", n, limit)
	}
	if n := len(url.QueryEscape(text)); n > maxSpoken {
		w.fail("speaks %d characters when URL-encoded, more than %d", n, maxSpoken)
	}
}

func (w *walk) between(e *open, name string, low, high int) {
	v, ok := e.attrs[name]
	if !ok {
		return
	}
	if n, err := strconv.Atoi(v); err == nil && (n < low || n > high) {
		w.fail("attribute %s is %d, must be %d to %d", name, n, low, high)
	}
}

// urlLimits checks attributes that hold a URL. Empty ones are judged by their
// verb: waitUrl="" is silence.
func (w *walk) urlLimits(name, v string) {
	lower := strings.ToLower(name)
	if lower != "action" && !strings.HasSuffix(lower, "url") && !strings.HasSuffix(lower, "callback") || v == "" {
		return
	}
	u, err := url.Parse(v)
	switch {
	case err != nil || strings.ContainsAny(v, " \t\r\n"):
		w.fail("%s is not a URL", name)
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		w.fail("%s is neither http nor https", name)
	case strings.Contains(u.Host, "_"):
		w.fail("%s has a host with an underscore", name)
	}
}
