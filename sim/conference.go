package sim

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// conference is a Twilio conference: it begins when two are in it and one of
// them may start it, and is over when the last has gone (docs/twilio.md 1.7, 4.3).
type conference struct {
	sid, name string
	created   time.Time
	updated   time.Time
	seats     []*seat
	started   bool
	over      bool
	ending    string // ReasonConferenceEnded
	endedBy   *seat

	// Where its events go: what the first participant said; what later ones
	// say is ignored.
	to     target
	events map[string]bool
	seq    int
	out    outbox
}

// seat is one leg's part in a conference.
type seat struct {
	leg          *leg
	in           *conference
	label        string
	start, end   bool
	muted, beep  bool
	out          bool
	why          string // ReasonParticipantLeft
	joined, left time.Time
}

// maxSeats is what a conference holds unless it says less.
const maxSeats = 250

// endingWords is ReasonConferenceEnded by how the last participant went.
const (
	leftByHangup = "participant_hung_up"
	leftByREST   = "participant_updated_via_api"
	leftByEnd    = "moderator_ended_conference"
	leftByAPI    = "conference_ended_via_api"
)

// confer is <Dial><Conference>.
func (l *leg) confer(v, noun *element, d document) flow {
	n := l.n
	name := strings.TrimSpace(noun.text)
	if name == "" || len(name) > 128 {
		n.warnLocked("13212 conference name")
		return l.action(v, d, dialStatus(statusFailed))
	}
	s, fresh := n.seatFor(l, name, noun, d)
	c := s.in
	if !fresh {
		for _, other := range c.seats {
			if s.label != "" && other.label == s.label {
				n.warnLocked("16025 participant label is taken")
				return next // not added, and the call goes on
			}
		}
		if len(c.seats) >= min(maxSeats, max(2, noun.number("maxParticipants", maxSeats))) {
			n.warnLocked("conference is full")
			return next
		}
	}
	s.sit()
	deadline := n.now().Add(limit(v))
	f := l.waitForStart(noun, d, s)
	if f == failing {
		// The conference is not established; the call drops unless verbs follow.
		n.warnLocked("%d conference wait document: %s", l.failed.code, l.failed.why)
		s.leave(leftByHangup)
		return next
	}
	if f == next || f == broke {
		f = l.wait(max(0, deadline.Sub(n.now())), func() bool { return s.out || l.starred })
	}
	why := leftByHangup
	if f == redirected {
		why = leftByREST
	}
	s.leave(why)
	return l.goneOr(v, d, dialStatus("answered"), f)
}

// seatFor finds or makes the conference and a seat in it, not yet taken.
func (n *Network) seatFor(l *leg, name string, noun *element, d document) (s *seat, fresh bool) {
	s = &seat{
		leg: l, label: noun.attr["participantLabel"], joined: n.now(),
		start: noun.is("startConferenceOnEnter", true), end: noun.is("endConferenceOnExit", false),
		muted: noun.is("muted", false), beep: noun.attr["beep"] != "false",
	}
	for _, c := range slices.Backward(n.conferences) {
		if c.name == name && !c.over {
			s.in = c
			return s, false
		}
	}
	c := &conference{sid: n.newSID("CF"), name: name, created: n.now(), updated: n.now(), events: set(noun.attr["statusCallbackEvent"])}
	if raw := noun.attr["statusCallback"]; raw != "" {
		c.to = target{raw: raw, base: d.base, method: noun.attr["statusCallbackMethod"]}
	}
	n.conferences = append(n.conferences, c)
	s.in = c
	return s, true
}

// sit adds the seat to its conference, which may begin.
func (s *seat) sit() {
	c, n := s.in, s.leg.n
	if s.beep {
		for _, other := range c.seats {
			other.leg.moment(Moment{Kind: MomentHeard, Text: "(beep)"})
		}
	}
	c.seats = append(c.seats, s)
	s.leg.seat = s
	c.updated = n.now()
	c.tell(n, "join", s, nil)
	starts := false
	for _, other := range c.seats {
		starts = starts || other.start
	}
	if !c.started && len(c.seats) >= 2 && starts {
		c.started = true
		c.tell(n, "start", nil, nil)
		for _, other := range c.seats {
			n.wake(&other.leg.sleeper)
		}
	}
	if c.started {
		n.join(c.legs()...)
	}
}

func (c *conference) legs() []*leg {
	legs := make([]*leg, len(c.seats))
	for i, s := range c.seats {
		legs[i] = s.leg
	}
	return legs
}

// waitForStart plays the wait document, once, until the conference begins.
func (l *leg) waitForStart(noun *element, d document, s *seat) flow {
	c := s.in
	if c.started || s.out {
		return next
	}
	l.broken = func() bool { return c.started || s.out || l.starred }
	defer func() { l.broken = nil }()
	raw, ok := noun.attr["waitUrl"]
	if !ok {
		l.moment(Moment{Kind: MomentHeard, Text: "(hold music)"})
	}
	if raw != "" {
		t := target{raw: raw, base: d.base, method: noun.attr["waitMethod"]}
		f := l.loop(t, inConf, func() url.Values { return url.Values{"ConferenceSid": {c.sid}, "FriendlyName": {c.name}} })
		if f != next {
			return f
		}
	}
	return l.wait(-1, nil)
}

// leaveSeat takes a leg that has ended out of its conference.
func (l *leg) leaveSeat() {
	if l.seat != nil {
		l.seat.leave(leftByHangup)
	}
}

// leave gives up the seat, once. The conference may be over with it.
func (s *seat) leave(why string) {
	c, n := s.in, s.leg.n
	if s.out {
		return
	}
	s.out, s.why, s.left = true, why, n.now()
	s.leg.seat = nil
	var rest []*seat
	for _, other := range c.seats {
		if other != s {
			rest = append(rest, other)
		}
	}
	c.seats = rest
	c.updated = n.now()
	n.part(s.leg)
	if c.started {
		n.join(c.legs()...)
	}
	n.wake(&s.leg.sleeper)
	c.tell(n, "leave", s, url.Values{"ParticipantCallStatus": {s.leg.status}, "ReasonParticipantLeft": {why}})
	switch {
	case c.over:
	case s.end && len(c.seats) > 0:
		c.finish(n, "participant-with-end-conference-on-exit-left", s, leftByEnd)
	case len(c.seats) == 0:
		c.finish(n, "last-participant-left", s, leftByEnd)
	}
}

// finish ends the conference for all who are in it; their calls go on.
func (c *conference) finish(n *Network, ending string, by *seat, why string) {
	if c.over {
		return
	}
	c.over, c.ending, c.endedBy = true, ending, by
	for len(c.seats) > 0 {
		c.seats[0].leave(why)
	}
	more := url.Values{"ReasonConferenceEnded": {ending}, "Reason": {ending}}
	if by != nil {
		more.Set("CallSidEndingConference", by.leg.sid)
		more.Set("ParticipantLabelEndingConference", by.label)
	}
	c.updated = n.now()
	c.tell(n, "end", nil, more)
}

// tell sends one event of the conference to where its first participant said.
func (c *conference) tell(n *Network, event string, s *seat, more url.Values) {
	if c.to.raw == "" || !c.events[event] {
		return
	}
	names := map[string]string{"start": "conference-start", "end": "conference-end", "join": "participant-join", "leave": "participant-leave"}
	c.seq++
	v := url.Values{
		"AccountSid": {n.opt.AccountSID}, "ConferenceSid": {c.sid}, "FriendlyName": {c.name},
		"SequenceNumber": {itoa(c.seq)}, "StatusCallbackEvent": {names[event]}, "Timestamp": {rfc2822(n.now())},
	}
	if s != nil {
		v.Set("CallSid", s.leg.sid)
		v.Set("Muted", boolean(s.muted))
		v.Set("Hold", "false")
		v.Set("Coaching", "false")
		v.Set("EndConferenceOnExit", boolean(s.end))
		v.Set("StartConferenceOnEnter", boolean(s.start))
		if s.label != "" {
			v.Set("ParticipantLabel", s.label)
		}
	}
	for name, values := range more {
		v[name] = values
	}
	n.post(&c.out, c.to, v)
}
