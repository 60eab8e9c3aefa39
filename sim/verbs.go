package sim

import (
	"net/url"
	"strings"
	"time"
)

// play executes a document's verbs until one leads elsewhere.
func (l *leg) play(d document, in place) flow {
	for i, v := range d.verbs {
		if f := l.cut(); f != next {
			return f
		}
		for _, odd := range lint(v, in) {
			l.n.warnLocked("%s", odd)
		}
		if f := l.exec(v, d, in, i == 0); f != next {
			return f
		}
	}
	return next
}

func (l *leg) exec(v *element, d document, in place, first bool) flow {
	if !allowed[in][v.name] {
		if f, ok := l.misplaced(v, d, in); ok {
			return f
		}
	}
	if answers(v, first) {
		l.pickUp()
	}
	switch v.name {
	case "Say", "Play", "Pause":
		return l.sound(v, nil)
	case "Gather":
		return l.gather(v, d)
	case "Redirect":
		l.goTo = target{raw: strings.TrimSpace(v.text), base: d.base, method: v.attr["method"]}
		return jump
	case "Hangup":
		l.end(statusCompleted, 0)
		return stop
	case "Reject":
		return l.reject(v)
	case "Leave":
		if in == inQueue {
			return leaving
		}
		return next
	case "Enqueue":
		return l.enqueue(v, d)
	case "Dial":
		return l.dial(v, d)
	}
	l.n.warnLocked("<%s> is not played by this network", v.name)
	return next
}

// misplaced is what comes of a verb where it may not stand; ok is false when it
// is played all the same.
func (l *leg) misplaced(v *element, d document, in place) (f flow, ok bool) {
	switch {
	case in == inConf: // the conference is not established
		l.failed = &failure{code: 13238, url: d.from.raw, why: "<" + v.name + "> in a conference's wait document"}
		return failing, true
	case in == inQueue: // "TwiML error in the waitUrl document"
		l.failed = &failure{code: 12200, url: d.from.raw, why: "<" + v.name + "> in a queue's wait document"}
		return failing, true
	case (in == onCallee || in == onMember) && (v.name == "Dial" || v.name == "Enqueue"):
		return next, true // 13201: Dial may not be nested; the verb is passed over
	}
	return next, false
}

// answers reports whether a verb picks the call up on Twilio's side.
func answers(v *element, first bool) bool {
	switch v.name {
	case "Reject", "Redirect", "Leave":
		return false
	case "Pause":
		return !first
	case "Dial":
		return !first || !v.is("answerOnBridge", false)
	}
	return true
}

// sound plays Say, Play or Pause; ready ends it early (barge-in).
func (l *leg) sound(v *element, ready func() bool) flow {
	var m Moment
	switch v.name {
	case "Say":
		text, pauses := v.words(func(odd string) { l.n.warnLocked("%s", odd) })
		m = Moment{Kind: MomentHeard, Text: text, Lasts: speaking(text) + pauses}
	case "Play":
		m = Moment{Kind: MomentHeard, Text: "(recording) " + v.text, Lasts: 5 * time.Second}
		if l.n.opt.Media != nil {
			m.Lasts = l.n.opt.Media(v.text)
		}
	case "Pause":
		return l.wait(v.seconds("length", 1), ready)
	}
	times := v.number("loop", 1)
	for i := 0; times == 0 || i < times; i++ { // loop="0" is without end
		l.moment(m)
		if f := l.wait(max(m.Lasts, time.Millisecond), ready); f != next || ready != nil && ready() {
			return f
		}
	}
	return next
}

// reject refuses a call that has not been answered; later it only hangs up.
func (l *leg) reject(v *element) flow {
	if !l.answered.IsZero() || l.direction != "inbound" {
		l.n.warnLocked("<Reject> of a call that is up")
		l.end(statusCompleted, 0)
		return stop
	}
	if v.attr["reason"] == "busy" {
		l.end(statusBusy, 486)
	} else {
		l.end(statusNoAnswer, 603)
	}
	return stop
}

// action is where a verb's outcome goes: its action with what happened, or,
// without one, the next verb.
func (l *leg) action(v *element, d document, outcome url.Values) flow {
	t, ok := actionOf(v, d)
	if !ok {
		return next
	}
	t.extra = outcome
	l.goTo = t
	return jump
}

func actionOf(v *element, d document) (target, bool) {
	raw, ok := v.attr["action"]
	if !ok {
		return target{}, false
	}
	if raw == "" {
		t := d.from
		return t, t.inline == ""
	}
	return target{raw: raw, base: d.base, method: v.attr["method"]}, true
}

// collecting is a Gather that listens.
type collecting struct {
	digits string
	finish string // keys that end it
	most   int    // 0 is any number
	ended  bool   // by a finishing key
	by     string
}

func (c *collecting) press(key string) {
	switch {
	case c.full():
	case strings.Contains(c.finish, key):
		c.ended, c.by = true, key
	default:
		c.digits += key
	}
}

func (c *collecting) full() bool { return c.ended || c.most > 0 && len(c.digits) >= c.most }

// gather plays what is nested until a key is pressed, then listens until enough
// keys, a finishing key, or silence (docs/twilio.md 1.3). With nothing pressed the
// document goes on with the next verb, and nobody is told.
func (l *leg) gather(v *element, d document) flow {
	finish, ok := v.attr["finishOnKey"]
	if !ok {
		finish = "#"
	}
	keys := &collecting{finish: finish, most: v.number("numDigits", 0)}
	if input, ok := v.attr["input"]; !ok || strings.Contains(input, "dtmf") {
		l.keys = keys
		defer func() { l.keys = nil }()
	}
	touched := func() bool { return keys.digits != "" || keys.ended }
	for _, kid := range v.kids {
		if touched() || !children["Gather"][kid.name] {
			continue
		}
		if f := l.sound(kid, touched); f != next {
			return f
		}
	}
	for !keys.full() {
		before := keys.digits
		f := l.wait(v.seconds("timeout", 5), func() bool { return keys.full() || keys.digits != before })
		if f != next {
			return f
		}
		if keys.digits == before {
			break
		}
	}
	if keys.digits == "" && !v.is("actionOnEmptyResult", false) {
		return next
	}
	outcome := url.Values{"Digits": {keys.digits}, "msg": {"Gather End"}}
	if keys.ended {
		outcome.Set("FinishedOnKey", keys.by)
	}
	t, ok := actionOf(v, d)
	if !ok {
		t = d.from // the current document: it loops unless it knows better
	}
	if t.inline != "" {
		l.failed = &failure{code: 13326, url: "", why: "Gather in inline TwiML needs an absolute action"}
		return failing
	}
	t.extra = outcome
	l.goTo = t
	return jump
}
