package sim

import (
	"net/url"
	"strings"
	"time"
)

// queue is a Twilio queue: callers in the order they came.
type queue struct {
	sid, name string
	max       int
	created   time.Time
	members   []*member
	total     time.Duration // waited by all who left
	left      int
	waiting   []*leg // legs that dial the queue and wait for somebody in it
}

// member is one caller's stay in a queue.
type member struct {
	leg      *leg
	queue    *queue
	since    time.Time
	out      bool // no longer counted, whatever the leg is still doing
	claimed  *leg // by <Dial><Queue>
	screen   target
	ready    bool // has heard the Queue's url and may be bridged
	bridged  bool
	finished bool // the bridge is over
}

// defaultQueueSize is what a queue holds that nobody has set (docs/twilio.md 1.5).
const defaultQueueSize = 1000

func (n *Network) queueNamed(name string) *queue {
	for _, q := range n.queues {
		if q.name == name {
			return q
		}
	}
	return nil
}

func (n *Network) newQueue(name string, most int) *queue {
	q := &queue{sid: n.newSID("QU"), name: name, max: most, created: n.now()}
	n.queues = append(n.queues, q)
	return q
}

func (q *queue) position(m *member) int {
	for i, other := range q.members {
		if other == m {
			return i + 1
		}
	}
	return 0
}

func (q *queue) average() time.Duration {
	if q.left == 0 {
		return 0
	}
	return q.total / time.Duration(q.left)
}

// take removes a member; the second time nothing happens.
func (q *queue) take(m *member, now time.Time) {
	at := q.position(m)
	if at == 0 {
		return
	}
	q.members = append(q.members[:at-1:at-1], q.members[at:]...)
	m.out = true
	q.total += now.Sub(m.since)
	q.left++
}

func (m *member) params() url.Values {
	now := m.leg.n.now()
	return url.Values{
		"QueuePosition":    {itoa(m.queue.position(m))},
		"QueueSid":         {m.queue.sid},
		"QueueTime":        {itoa(int(now.Sub(m.since) / time.Second))},
		"AvgQueueTime":     {whole(m.queue.average())},
		"CurrentQueueSize": {itoa(len(m.queue.members))},
		"MaxQueueSize":     {itoa(m.queue.max)},
	}
}

// enqueue is <Enqueue>: the caller waits, hears the wait document again and
// again, and leaves in one of the ways of QueueResult (docs/twilio.md 1.5).
func (l *leg) enqueue(v *element, d document) flow {
	n := l.n
	name := strings.TrimSpace(v.text)
	if name == "" || len(name) > 64 {
		return l.action(v, d, url.Values{"QueueResult": {"error"}})
	}
	q := n.queueNamed(name)
	if q == nil {
		q = n.newQueue(name, v.number("maxQueueSize", defaultQueueSize))
	}
	if len(q.members) >= q.max {
		return l.action(v, d, url.Values{"QueueResult": {"queue-full"}})
	}
	m := &member{leg: l, queue: q, since: n.now()}
	q.members = append(q.members, m)
	l.member = m
	l.moment(Moment{Kind: MomentQueued, Text: "waiting"})
	for _, dialler := range q.waiting {
		n.wake(&dialler.sleeper)
	}
	l.broken = func() bool { return m.claimed != nil }
	f := l.hold(v, d, m)
	l.broken = nil
	q.take(m, n.now())
	l.member = nil
	if m.claimed != nil && f != broke {
		m.finished = true
		n.wake(&m.claimed.sleeper)
	}
	return l.dequeued(v, d, m, f)
}

// hold plays the wait document until something ends the stay.
func (l *leg) hold(v *element, d document, m *member) flow {
	raw, ok := v.attr["waitUrl"]
	if !ok {
		l.moment(Moment{Kind: MomentHeard, Text: "(hold music)"})
	}
	if raw == "" {
		return l.wait(-1, nil)
	}
	t := target{raw: raw, base: d.base, method: v.attr["waitUrlMethod"]}
	return l.loop(t, inQueue, m.params)
}

// dequeued is what follows a stay in the queue.
func (l *leg) dequeued(v *element, d document, m *member, f flow) flow {
	outcome := func(result string) url.Values {
		end := l.n.now()
		return url.Values{"QueueResult": {result}, "QueueSid": {m.queue.sid}, "QueueTime": {itoa(int(end.Sub(m.since) / time.Second))}}
	}
	switch f {
	case stop:
		if t, ok := actionOf(v, d); ok {
			l.goodbye(t, outcome("hangup"))
		}
		return stop
	case redirected:
		return l.redirectedFrom(v, d, outcome("redirected"))
	case leaving:
		return l.action(v, d, outcome("leave"))
	case failing:
		return l.waitFailed(v, d, outcome("error"))
	case broke:
		switch f := l.bridgedFromQueue(m); f {
		case stop:
			if t, ok := actionOf(v, d); ok {
				l.goodbye(t, outcome("bridged"))
			}
			return stop
		case redirected:
			return l.redirectedFrom(v, d, outcome("redirected-from-bridged"))
		default:
			return l.action(v, d, outcome("bridged"))
		}
	default:
		return l.action(v, d, outcome("error"))
	}
}

// redirectedFrom tells the action that REST took the caller out of the queue.
// Whether Twilio acts on the answer is not established: see Readings.
func (l *leg) redirectedFrom(v *element, d document, outcome url.Values) flow {
	t, ok := actionOf(v, d)
	if !ok {
		return redirected
	}
	r := l.n.opt.Readings
	if !r.EnqueueActionTwiMLExecuted && !r.EnqueueActionTwiMLReplaces {
		l.goodbye(t, outcome)
		return l.cut()
	}
	pending := l.redirect
	l.redirect = nil
	t.extra = outcome
	doc, f := l.load(t, nil)
	if f == next {
		f = l.play(doc, inCall)
	}
	if f == stop || f == redirected || l.over {
		return f
	}
	if r.EnqueueActionTwiMLReplaces {
		if f == next || f == leaving { // no verbs left: the call ends
			l.end(statusCompleted, 0)
			return stop
		}
		return f
	}
	l.redirect = pending
	return redirected
}

// waitFailed is a wait document that could not be fetched, parsed or played.
func (l *leg) waitFailed(v *element, d document, outcome url.Values) flow {
	r := l.n.opt.Readings
	l.n.warnLocked("%d wait document: %s", l.failed.code, l.failed.why)
	switch {
	case r.WaitURLFailureIsFatal:
		return failing
	case r.WaitURLFailureFallsThrough:
		return next
	}
	return l.action(v, d, outcome)
}

// loop plays a wait document. A queue's is asked for again each time it runs
// out of verbs; a conference's plays once.
func (l *leg) loop(first target, in place, more func() url.Values) flow {
	t := first
	idle := 0 // documents played since time last passed
	for {
		began := l.n.now()
		d, f := l.load(t, more())
		if f == next {
			f = l.play(d, in)
		}
		switch {
		case f == jump:
			t = l.goTo
		case f == next && in == inQueue:
			t = first
		default:
			return f
		}
		if l.n.now().After(began) {
			idle = 0
		} else if idle++; idle > 3 { // a document that takes no time would be asked for without end
			if f := l.wait(time.Second, nil); f != next {
				return f
			}
		}
	}
}

// bridgedFromQueue is the member's side of <Dial><Queue>: it hears the Queue's
// url, then the other leg, until the bridge ends.
func (l *leg) bridgedFromQueue(m *member) flow {
	if m.screen.raw != "" {
		f := l.loop(m.screen, onMember, func() url.Values {
			return url.Values{"QueueSid": {m.queue.sid}, "DequeingCallSid": {m.claimed.sid}, "QueueTime": {itoa(int(l.n.now().Sub(m.since) / time.Second))}}
		})
		if f != next {
			m.finished = true
			l.n.wake(&m.claimed.sleeper)
			return f
		}
	}
	m.ready = true
	l.n.wake(&m.claimed.sleeper)
	f := l.wait(-1, func() bool { return m.finished })
	m.finished = true
	l.n.wake(&m.claimed.sleeper)
	return f
}
