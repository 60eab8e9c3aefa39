package sim

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Call statuses in Twilio's words (docs/twilio.md 1.1).
const (
	statusQueued     = "queued"
	statusInitiated  = "initiated"
	statusRinging    = "ringing"
	statusInProgress = "in-progress"
	statusCompleted  = "completed"
	statusBusy       = "busy"
	statusFailed     = "failed"
	statusNoAnswer   = "no-answer"
	statusCanceled   = "canceled"
)

// leg is one phone's part in a call, as Twilio keeps it. Once answered (or, for
// an inbound leg, from the start) a goroutine plays its documents.
type leg struct {
	sleeper
	n         *Network
	sid       string
	direction string // inbound, outbound-api, outbound-dial
	from, to  string
	parent    *leg   // of a leg made by Dial
	kids      []*leg // made by its last Dial
	line      *Line  // inbound: the number rung
	phone     *Phone

	status                    string
	created, dialled, ringing time.Time
	answered, ended           time.Time
	sip                       int
	over                      bool // ended, or must end as soon as it looks
	playing                   bool // its goroutine is alive
	queueTime                 time.Duration
	history                   []change // of status, for a stale fetch
	first, backup             target
	reports                   reports
	timeout, timeLimit        time.Duration
	redirect                  *target     // asked for by REST and not yet taken
	goTo                      target      // where the last verb sends the document
	broken                    func() bool // what else ends the wait document being played
	failed                    *failure    // why the last document could not be had
	keys                      *collecting // while a Gather listens
	star, starred             bool        // * ends the Dial; it was pressed
	passed, parted            bool        // a Dial's leg: passed screening; left by REST
	member                    *member     // of a queue
	seat                      *seat       // in a conference
	hearing                   []*leg
	moments                   []Moment
	heard                     strings.Builder
	observer                  func(Moment) // people
	reported                  bool         // by Phone.Rings
	firstJoined               time.Time
	fetchedAt                 time.Time // when it last fetched a document
	fetched                   int       // at that same instant
}

type change struct {
	at     time.Time
	status string
}

func (n *Network) newLeg(direction, from, to string) *leg {
	l := &leg{n: n, sid: n.newSID("CA"), direction: direction, from: from, to: to, created: n.now()}
	l.set(statusQueued)
	n.legs[l.sid] = l
	n.order = append(n.order, l)
	return l
}

func (l *leg) set(status string) {
	l.status = status
	l.history = append(l.history, change{l.n.now(), status})
	l.n.activity++
	l.n.log.Debug("leg", "sid", l.sid, "direction", l.direction, "status", status)
}

// flow is what follows a verb or a document.
type flow int

const (
	next       flow = iota // the next verb, or no verb is left
	jump                   // l.goTo is the next document
	redirected             // l.redirect, by REST, leaves everything
	leaving                // Leave was executed
	broke                  // l.broken
	failing                // l.failed
	stop                   // the leg is over
)

// wait lets up to d pass (below 0: any time) until ready. It returns next when
// ready or when the time is up; ready may be nil.
func (l *leg) wait(d time.Duration, ready func() bool) flow {
	expired := d == 0
	if d > 0 {
		timer := l.n.after(d, func() {
			expired = true
			l.n.wake(&l.sleeper)
		})
		defer timer.Stop()
	}
	for {
		if f := l.cut(); f != next {
			return f
		}
		if expired || ready != nil && ready() {
			return next
		}
		l.n.sleep(&l.sleeper)
	}
}

// cut says whether something from outside ends what the leg is doing.
func (l *leg) cut() flow {
	switch {
	case l.over:
		return stop
	case l.redirect != nil:
		return redirected
	case l.broken != nil && l.broken():
		return broke
	}
	return next
}

// live plays the leg's documents until it is over.
func (l *leg) live(first func()) {
	l.playing = true
	l.n.spawn(func() {
		first()
		l.end(statusCompleted, 0)
		l.playing = false
		l.report("completed")
	})
}

// run plays src and every document it leads to.
func (l *leg) run(src target) {
	for {
		d, f := l.load(src, nil)
		if f == next {
			f = l.play(d, inCall)
		}
		switch f {
		case jump:
			src = l.goTo
		case redirected:
			src = l.takeRedirect()
		case failing:
			if l.failed.fallback || l.backup.raw == "" {
				l.applicationError(l.failed)
				return
			}
			src = l.backup
			src.fallback = true
			src.extra = url.Values{"ErrorCode": {itoa(l.failed.code)}, "ErrorUrl": {l.failed.url}}
		default:
			return // ran out of verbs, or over
		}
	}
}

func (l *leg) takeRedirect() target {
	t := *l.redirect
	l.redirect = nil
	return t
}

// mostAtOnce is how many documents a leg may fetch while no time passes. One
// that fetches more would go on for ever: on a manual clock nothing ends it.
const mostAtOnce = 100

// load fetches and parses a document. A text/plain answer is a document that
// reads the text aloud, as Twilio does; audio is played.
func (l *leg) load(t target, more url.Values) (document, flow) {
	if f := l.wait(l.n.faults.late(), nil); f != next {
		return document{}, f
	}
	if now := l.n.now(); now.Equal(l.fetchedAt) {
		l.fetched++
	} else {
		l.fetchedAt, l.fetched = now, 1
	}
	if l.fetched > mostAtOnce {
		l.failed = &failure{code: 11200, url: t.raw, why: "documents go round in a circle", fallback: true}
		return document{}, l.cutOr(failing)
	}
	r := reply{body: []byte(t.inline), kind: "text/xml"}
	if t.inline == "" {
		var fail *failure
		r, fail = l.n.fetch(t, l.params(t.extra, more))
		if fail != nil {
			l.failed = fail
			return document{}, l.cutOr(failing)
		}
	}
	d := document{from: t, base: r.at}
	d.from.extra = nil
	switch {
	case r.kind == "text/plain":
		l.n.warnLocked("12300 text/plain is read aloud: %s", t.raw)
		d.verbs = []*element{{name: "Say", attr: map[string]string{}, mix: []any{string(r.body)}}}
		return d, l.cutOr(next)
	case strings.HasPrefix(r.kind, "audio/"):
		d.verbs = []*element{{name: "Play", attr: map[string]string{}, text: r.at.String()}}
		return d, l.cutOr(next)
	case r.kind != "text/xml" && r.kind != "application/xml" && r.kind != "text/html":
		l.failed = &failure{code: 12300, url: t.raw, why: "content type " + r.kind, fallback: t.fallback}
		return d, l.cutOr(failing)
	}
	if hook := l.n.opt.OnDocument; hook != nil {
		l.n.unlocked(func() { hook(r.body) })
	}
	root, err := parseTwiML(r.body)
	if err != nil {
		l.failed = &failure{code: 12100, url: t.raw, why: err.Error(), fallback: t.fallback}
		return d, l.cutOr(failing)
	}
	d.verbs = root.kids
	return d, l.cutOr(next)
}

// cutOr is f unless something from outside has come up meanwhile.
func (l *leg) cutOr(f flow) flow {
	if c := l.cut(); c != next {
		return c
	}
	return f
}

// goodbye makes a request whose answer nobody will act on: the leg is over or
// has been sent elsewhere.
func (l *leg) goodbye(t target, more url.Values) {
	if t.raw == "" || l.n.closed {
		return
	}
	r, fail := l.n.fetch(t, l.params(t.extra, more))
	if fail != nil {
		l.n.warnLocked("%d %s: %s", fail.code, fail.url, fail.why)
		return
	}
	if hook := l.n.opt.OnDocument; hook != nil && len(r.body) > 0 && r.kind != "text/plain" {
		l.n.unlocked(func() { hook(r.body) })
	}
}

// applicationError is what a caller hears when nothing else can be said.
func (l *leg) applicationError(f *failure) {
	l.n.spoken = append(l.n.spoken, Spoken{At: l.n.now(), Leg: l.sid, Code: f.code, URL: f.url, Why: f.why})
	l.pickUp()
	const words = "We are sorry, an application error has occurred. Goodbye."
	l.moment(Moment{Kind: MomentHeard, Text: words, Lasts: speaking(words)})
	l.wait(speaking(words), nil)
}

// pickUp answers an inbound leg on Twilio's side.
func (l *leg) pickUp() {
	if l.direction != "inbound" || l.over || !l.answered.IsZero() {
		return
	}
	l.answered = l.n.now()
	l.set(statusInProgress)
	l.moment(Moment{Kind: MomentAnswered})
}

// end is the leg's one end, from whichever side. What follows from it, for
// those who heard it, happens at once; its last webhooks follow.
func (l *leg) end(status string, sip int) {
	if !l.ended.IsZero() {
		return
	}
	n := l.n
	l.over, l.ended, l.sip = true, n.now(), sip
	if l.sip == 0 {
		l.sip = 200
	}
	l.set(status)
	if l.phone != nil {
		l.phone.drop(l)
	}
	l.leaveSeat()
	n.part(l)
	l.moment(Moment{Kind: MomentEnded, Text: status})
	n.wake(&l.sleeper)
	if l.parent != nil {
		n.wake(&l.parent.sleeper)
	}
	if !l.playing && !l.dialled.IsZero() { // one that never left the CPS queue tells nobody
		l.report("completed")
	}
	n.retire()
}

// keep is how many legs are remembered once they are over.
const keep = 4_000

// retire forgets the oldest legs and conferences that are over when there are
// very many.
func (n *Network) retire() {
	if len(n.conferences) > keep*2 {
		live := slices.DeleteFunc(slices.Clone(n.conferences[:keep]), func(c *conference) bool { return c.over })
		n.conferences = append(live, n.conferences[keep:]...)
	}
	if len(n.order) < keep*2 {
		return
	}
	kept := n.order[:0]
	for i, l := range n.order {
		if i < keep && !l.ended.IsZero() {
			delete(n.legs, l.sid)
			continue
		}
		kept = append(kept, l)
	}
	clear(n.order[len(kept):])
	n.order = kept
}
