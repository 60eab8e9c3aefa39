package sim

import (
	"slices"
	"time"
)

// Bridge is a time when legs heard each other who must not.
type Bridge struct {
	At   time.Time
	Legs []string // call SIDs
}

// Spoken is an "application error" that somebody heard.
type Spoken struct {
	At   time.Time
	Leg  string // call SID
	Code int    // Twilio's error code
	URL  string // what could not be fetched or executed
	Why  string
}

// join lets all the legs given hear each other.
func (n *Network) join(legs ...*leg) {
	for _, l := range legs {
		n.hear(l, without(legs, l))
	}
	for _, l := range legs {
		n.checkBridge(l)
	}
}

// part takes a leg out of what it hears; those it heard hear it no more.
func (n *Network) part(l *leg) {
	others := l.hearing
	n.hear(l, nil)
	for _, other := range others {
		n.hear(other, without(other.hearing, l))
	}
}

// hear sets what a leg hears and notes when that changes.
func (n *Network) hear(l *leg, others []*leg) {
	if slices.Equal(l.hearing, others) {
		return
	}
	had := len(l.hearing)
	l.hearing = others
	switch {
	case len(others) > 0:
		m := Moment{Kind: MomentJoined}
		for _, other := range others {
			m.Legs = append(m.Legs, other.sid)
		}
		if l.firstJoined.IsZero() {
			l.firstJoined = n.now()
			if l.phone != nil {
				l.phone.joined(l)
			}
		}
		l.moment(m)
	case had > 0:
		l.moment(Moment{Kind: MomentAlone})
	}
}

// checkBridge notes a caller who hears two responders, a responder who hears
// two callers, and a telephone that is in two conversations. A caller's leg is
// one that came in, a responder's one that went out.
func (n *Network) checkBridge(l *leg) {
	b := Bridge{At: n.now(), Legs: []string{l.sid}}
	for _, other := range l.hearing {
		if (l.direction == "inbound") != (other.direction == "inbound") {
			b.Legs = append(b.Legs, other.sid)
		}
	}
	if l.phone != nil && len(l.hearing) > 0 {
		for _, other := range l.phone.legs {
			if other != l && len(other.hearing) > 0 {
				b.Legs = append(b.Legs, other.sid)
			}
		}
	}
	if len(b.Legs) > 2 {
		n.doubles = append(n.doubles, b)
	}
}

// DoubleBridges lists the times a caller heard two responders, a responder two
// callers, or a telephone was in two conversations. It must stay empty.
func (n *Network) DoubleBridges() []Bridge {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.doubles)
}

// Clashes lists the times a telephone was rung while it was ringing or in a
// call; it is engaged then. The service must not let it happen.
func (n *Network) Clashes() []Bridge {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.clashes)
}

// ApplicationErrors lists every "application error" spoken. It must stay empty.
func (n *Network) ApplicationErrors() []Spoken {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.spoken)
}

// Warnings lists what Twilio's debugger would show and callers do not hear:
// unknown verbs and attributes, verbs out of place, failed status callbacks.
func (n *Network) Warnings() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.warnings)
}

// Ringing reports how many legs ring at a number now.
func (n *Network) Ringing(number string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	if p := n.phones[number]; p != nil {
		for _, l := range p.legs {
			if l.rings() {
				count++
			}
		}
	}
	return count
}

func (l *leg) rings() bool {
	return l.direction != "inbound" && l.status == statusRinging && l.ended.IsZero()
}
