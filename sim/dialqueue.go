package sim

import (
	"net/url"
	"strings"
	"time"
)

// dialQueue is <Dial><Queue>: the front of the queue, or whoever comes first.
func (l *leg) dialQueue(v, noun *element, d document) flow {
	n := l.n
	q := n.queueNamed(strings.TrimSpace(noun.text))
	if q == nil {
		return l.action(v, d, dialStatus(statusFailed))
	}
	deadline := n.now().Add(limit(v))
	left := func() time.Duration { return max(0, deadline.Sub(n.now())) }
	for {
		q.waiting = append(q.waiting, l)
		f := l.wait(left(), func() bool { return len(q.members) > 0 || l.starred })
		q.waiting = without(q.waiting, l)
		if f != next || len(q.members) == 0 || l.starred {
			outcome := dialStatus(statusNoAnswer)
			outcome.Set("QueueSid", q.sid)
			return l.goneOr(v, d, outcome, f)
		}
		m := l.claim(q, noun, d)
		f = l.wait(left(), func() bool { return m.ready || m.finished || m.leg.over || l.starred })
		if f == next && !m.ready && !l.starred && left() > 0 {
			continue // the caller left before the bridge
		}
		if f == next && m.ready {
			n.join(l, m.leg)
			m.bridged = true
			f = l.wait(left(), func() bool { return m.finished || m.leg.over || l.starred })
			n.part(l)
		}
		m.finished = true
		n.wake(&m.leg.sleeper)
		return l.goneOr(v, d, m.outcome(), f)
	}
}

// claim takes the front of the queue for this leg.
func (l *leg) claim(q *queue, noun *element, d document) *member {
	m := q.members[0]
	m.claimed = l
	if raw := noun.attr["url"]; raw != "" {
		m.screen = target{raw: raw, base: d.base, method: noun.attr["method"]}
	}
	q.take(m, l.n.now())
	l.n.wake(&m.leg.sleeper)
	return m
}

// outcome is what the Dial action is told of the member it was bridged to. The
// spelling of DequeingCallSid is Twilio's (docs/twilio.md 1.6).
func (m *member) outcome() url.Values {
	v := dialStatus(statusCompleted)
	v.Set("DialCallSid", m.leg.sid)
	v.Set("DialBridged", boolean(m.bridged))
	v.Set("QueueSid", m.queue.sid)
	v.Set("QueueTime", itoa(int(m.leg.n.now().Sub(m.since)/time.Second)))
	v.Set("DequeingCallSid", m.claimed.sid)
	return v
}
