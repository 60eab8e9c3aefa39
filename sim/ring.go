package sim

import (
	"slices"
	"time"
)

// How long an answerphone speaks and records before it hangs up.
const answerphone = 2 * time.Minute

// ring dials a leg's number now: its telephone, or the network, says what
// becomes of it.
func (l *leg) ring() {
	n := l.n
	l.dialled = n.now()
	l.set(statusInitiated)
	l.report("initiated")
	l.phone = n.phone(l.to)
	n.after(max(n.opt.PostDial, 0), l.arrive)
	n.after(l.timeout, func() {
		if l.answered.IsZero() {
			l.end(statusNoAnswer, 487)
		}
	})
}

// arrive is the leg at its telephone.
func (l *leg) arrive() {
	if !l.ended.IsZero() {
		return
	}
	p := l.phone
	habit := p.habit
	engaged := false
	for _, other := range p.legs {
		engaged = true
		l.n.clashes = append(l.n.clashes, Bridge{At: l.n.now(), Legs: []string{other.sid, l.sid}})
	}
	switch {
	case habit.Kind == Invalid:
		l.end(statusFailed, 404)
		return
	case habit.Kind == DeadNetwork:
		return // until the timeout
	case habit.Kind == Busy || engaged:
		l.end(statusBusy, 486)
		return
	}
	p.legs = append(p.legs, l)
	l.ringing = l.n.now()
	l.set(statusRinging)
	l.moment(Moment{Kind: MomentRang})
	l.report("ringing")
	switch habit.Kind {
	case Voicemail:
		l.n.after(habit.after(10*time.Second), func() {
			l.answer()
			l.n.after(answerphone, func() { l.hangUp() })
		})
	case Rejects:
		l.n.after(habit.after(2*time.Second), func() { l.refuse() })
	case NoAnswer:
	default:
		if p.answerer != nil {
			p.answerer(l)
		}
	}
}

func (h Habit) after(otherwise time.Duration) time.Duration {
	if h.After > 0 {
		return h.After
	}
	return otherwise
}

// answer picks the telephone up.
func (l *leg) answer() {
	if !l.rings() {
		return
	}
	l.answered = l.n.now()
	l.set(statusInProgress)
	l.moment(Moment{Kind: MomentAnswered})
	l.report("answered")
	if l.timeLimit > 0 {
		l.n.after(l.timeLimit, func() { l.end(statusCompleted, 0) })
	}
	if l.direction == "outbound-dial" {
		l.live(l.screened)
	} else {
		l.live(func() { l.run(l.first) })
	}
}

// refuse rejects a ringing call on the handset; the carrier calls it no-answer.
func (l *leg) refuse() {
	if l.rings() {
		l.end(statusNoAnswer, 603)
	}
}

// hangUp ends the leg at its telephone.
func (l *leg) hangUp() {
	if l.rings() {
		l.refuse()
		return
	}
	l.end(statusCompleted, 0)
}

// press sends keys from the telephone. Nobody listening, they are lost.
func (l *leg) press(digits string) {
	if l.over {
		return
	}
	l.moment(Moment{Kind: MomentPressed, Text: digits})
	for _, key := range digits {
		switch {
		case l.keys != nil:
			l.keys.press(string(key))
		case l.star && key == '*':
			l.starred = true
		}
	}
	l.n.wake(&l.sleeper)
}

// drop takes a leg off its telephone.
func (p *Phone) drop(l *leg) { p.legs = without(p.legs, l) }

// joined is told the first time one of the telephone's legs hears somebody.
func (p *Phone) joined(l *leg) {
	if p.habit.Kind == DropsMidCall {
		p.n.after(p.habit.After, func() { l.end(statusCompleted, 0) })
	}
}

// phone is the telephone with that number; those with a magic number have
// their habit from the start.
func (n *Network) phone(number string) *Phone {
	p := n.phones[number]
	if p == nil {
		p = &Phone{n: n, number: number, from: number, habit: magicHabits[number]}
		n.phones[number] = p
	}
	return p
}

// Moment is one thing that happened on a leg.
type Moment struct {
	At    time.Time     `json:"at"`
	Kind  MomentKind    `json:"kind"`
	Text  string        `json:"text,omitempty"`  // what was heard, which keys, how it ended
	Legs  []string      `json:"-"`               // joined: the legs now heard
	Lasts time.Duration `json:"lasts,omitempty"` // heard: how long it takes, estimated at 2.5 words a second
}

// MomentKind is the closed set of moments.
type MomentKind string

// What can happen on a leg.
const (
	MomentDialled  MomentKind = "dialled"
	MomentRang     MomentKind = "rang"
	MomentAnswered MomentKind = "answered"
	MomentHeard    MomentKind = "heard"
	MomentPressed  MomentKind = "pressed"
	MomentQueued   MomentKind = "queued"
	MomentJoined   MomentKind = "joined"
	MomentAlone    MomentKind = "alone"
	MomentEnded    MomentKind = "ended"
)

// moment adds to the leg's transcript and tells whoever lives at its telephone.
func (l *leg) moment(m Moment) {
	m.At = l.n.now()
	if len(l.moments) == maxMoments {
		l.moments = slices.Delete(l.moments, 1, maxMoments/2)
	}
	l.moments = append(l.moments, m)
	if m.Kind == MomentHeard {
		l.heard.WriteString(m.Text)
		l.heard.WriteByte(' ')
	}
	l.n.activity++
	if l.observer != nil {
		l.observer(m)
	}
}

// maxMoments bounds the transcript of a leg that waits for a very long time.
const maxMoments = 2000
