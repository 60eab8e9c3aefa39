package sim

import (
	"net/url"
	"strings"
	"time"
)

// ringBuffer is what Twilio adds to the timeout of every Dial (docs/twilio.md 1.6).
const ringBuffer = 5 * time.Second

// dial is <Dial> with Numbers (or one as its text), a Conference or a Queue.
func (l *leg) dial(v *element, d document) flow {
	l.star, l.starred = v.is("hangupOnStar", false), false
	defer func() { l.star = false }()
	var numbers []*element
	for _, kid := range v.kids {
		switch kid.name {
		case "Number":
			numbers = append(numbers, kid)
		case "Conference":
			l.pickUp()
			return l.confer(v, kid, d)
		case "Queue":
			l.pickUp()
			return l.dialQueue(v, kid, d)
		}
	}
	if len(numbers) == 0 && v.text != "" {
		numbers = []*element{{name: "Number", attr: map[string]string{}, text: v.text}}
	}
	if len(numbers) == 0 || len(numbers) > 10 {
		l.n.warnLocked("13223 Dial with %d numbers", len(numbers))
		return l.action(v, d, dialStatus(statusFailed))
	}
	return l.dialNumbers(v, d, numbers)
}

// gone makes the action request of a Dial whose leg is over or was redirected;
// its TwiML is not executed (docs/twilio.md 1.6).
func (l *leg) gone(v *element, d document, outcome url.Values, f flow) flow {
	if t, ok := actionOf(v, d); ok {
		l.goodbye(t, outcome)
	}
	if f == redirected {
		return l.cut()
	}
	return f
}

// goneOr is gone when something from outside ended the Dial, its action if not.
func (l *leg) goneOr(v *element, d document, outcome url.Values, f flow) flow {
	if f != next {
		return l.gone(v, d, outcome, f)
	}
	return l.action(v, d, outcome)
}

// dialNumbers rings all numbers at once and is bridged to the one that wins.
func (l *leg) dialNumbers(v *element, d document, numbers []*element) flow {
	l.kids = make([]*leg, 0, len(numbers))
	for _, number := range numbers {
		l.kids = append(l.kids, l.child(v, number, d))
	}
	if !l.answered.IsZero() {
		l.moment(Moment{Kind: MomentHeard, Text: "(ringing)"})
	}
	kids := l.kids
	f := l.wait(-1, func() bool { return won(kids) != nil || !pending(kids) || l.starred })
	winner := won(kids)
	for _, kid := range kids {
		if kid != winner || f != next || l.starred {
			kid.end(cancelStatus(kid), 487)
		}
	}
	if f != next || winner == nil || l.starred {
		return l.goneOr(v, d, dialOutcome(kids), f)
	}
	return l.talkTo(winner, v, d)
}

// won is the first of the legs that may be bridged.
func won(kids []*leg) *leg {
	for _, kid := range kids {
		if kid.passed && kid.ended.IsZero() {
			return kid
		}
	}
	return nil
}

// pending reports whether any of the legs has not ended.
func pending(kids []*leg) bool {
	for _, kid := range kids {
		if kid.ended.IsZero() {
			return true
		}
	}
	return false
}

// talkTo bridges the leg with the one that won, until either leaves.
func (l *leg) talkTo(winner *leg, v *element, d document) flow {
	n := l.n
	l.pickUp()
	began := n.now()
	n.join(l, winner)
	f := l.wait(limit(v), func() bool { return !winner.ended.IsZero() || winner.parted || l.starred })
	n.part(l)
	outcome := dialStatus(statusCompleted)
	outcome.Set("DialCallSid", winner.sid)
	outcome.Set("DialBridged", "true")
	if !winner.parted {
		outcome.Set("DialCallDuration", whole(n.now().Sub(began)))
		winner.end(statusCompleted, 0)
	}
	return l.goneOr(v, d, outcome, f)
}

// dialStatus begins what a Dial action is told.
func dialStatus(status string) url.Values { return url.Values{"DialCallStatus": {status}} }

// limit is a Dial's timeLimit, 4 h unless set.
func limit(v *element) time.Duration { return v.seconds("timeLimit", 14_400) }

func cancelStatus(l *leg) string {
	if l.answered.IsZero() {
		return statusCanceled
	}
	return statusCompleted
}

// dialOutcome is what a Dial that bridged nobody reports: somebody who picked
// up and was not bridged counts as completed; else the mildest reason.
func dialOutcome(kids []*leg) url.Values {
	rank := map[string]int{statusFailed: 1, statusBusy: 2, statusCanceled: 3, statusNoAnswer: 4, statusCompleted: 5}
	last := kids[0]
	for _, kid := range kids {
		if rank[kid.status] > rank[last.status] {
			last = kid
		}
	}
	outcome := dialStatus(last.status)
	outcome.Set("DialCallSid", last.sid)
	outcome.Set("DialBridged", "false")
	return outcome
}

// child is the leg of one Number.
func (l *leg) child(v, number *element, d document) *leg {
	from := v.attr["callerId"]
	if from == "" {
		from = l.from // a caller's number is shown to whom the Dial rings, unless one says otherwise
	}
	kid := l.n.newLeg("outbound-dial", from, strings.TrimSpace(number.text))
	kid.parent = l
	kid.timeout = time.Duration(min(max(v.number("timeout", 30), 5), 600))*time.Second + ringBuffer
	if raw := number.attr["url"]; raw != "" {
		kid.first = target{raw: raw, base: d.base, method: number.attr["method"]}
	}
	if raw := number.attr["statusCallback"]; raw != "" {
		kid.reports.to = target{raw: raw, base: d.base, method: number.attr["statusCallbackMethod"]}
		kid.reports.want([]string{number.attr["statusCallbackEvent"]})
	}
	kid.ring()
	return kid
}

// screened is the life of a Dial's leg once it is picked up: it hears the
// Number's url, alone, and may then be bridged.
func (l *leg) screened() {
	n := l.n
	if !n.opt.Readings.FirstToAcceptWins {
		for _, other := range l.parent.kids {
			if other != l && other.answered.IsZero() {
				other.end(statusCanceled, 487)
			}
		}
	}
	f := next
	if l.first.raw != "" {
		f = l.loop(l.first, onCallee, func() url.Values { return nil })
	}
	if f == failing {
		l.applicationError(l.failed)
		return
	}
	if f == next {
		l.passed = true
		n.wake(&l.parent.sleeper)
		f = l.wait(-1, nil)
	}
	if f == redirected {
		l.parted = true
		n.part(l)
		n.wake(&l.parent.sleeper)
		l.run(l.takeRedirect())
	}
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func without(legs []*leg, l *leg) []*leg {
	var rest []*leg
	for _, other := range legs {
		if other != l {
			rest = append(rest, other)
		}
	}
	return rest
}
