package sim

import "time"

// responder is one of the crowd whose telephone rings.
type responder struct {
	p       *People
	leg     *leg
	presses bool // the key, when asked
	pressed bool
	joined  bool
}

// rung is a responder's telephone ringing: they answer, decline, miss it, or
// their answerphone does.
func (p *People) rung(l *leg) {
	a := p.crowd.Answering
	if p.stopped {
		return
	}
	pickUp := max(time.Second, p.drawn(a.PickUp, 0.5))
	r := &responder{p: p, leg: l, presses: true}
	switch x := p.rng.Float64(); {
	case x < a.Misses:
		return
	case x < a.Misses+a.Declines/2:
		p.n.after(pickUp, l.refuse)
		return
	case x < a.Misses+a.Declines:
		p.n.after(pickUp, func() {
			l.answer()
			p.n.after(p.between(3*time.Second, 6*time.Second), func() { l.press("2") })
			p.n.after(30*time.Second, l.hangUp)
		})
		return
	case x < a.Misses+a.Declines+a.Voicemail:
		p.n.after(15*time.Second, func() {
			if l.rings() {
				l.answer()
				p.n.after(answerphone, l.hangUp)
			}
		})
		return
	case x < a.Misses+a.Declines+a.Voicemail+a.NoKey:
		r.presses = false
	}
	l.observer = r.noticed
	p.n.after(pickUp, l.answer)
}

func (r *responder) noticed(m Moment) {
	p, l := r.p, r.leg
	switch m.Kind {
	case MomentAnswered:
		// Nobody holds an empty line for ever.
		p.n.after(time.Minute, func() {
			if !r.joined {
				l.hangUp()
			}
		})
	case MomentHeard:
		if l.keys == nil {
			return
		}
		switch {
		case !r.joined && r.presses && !r.pressed:
			r.pressed = true
			p.n.after(m.Lasts*6/10+p.between(500*time.Millisecond, 2*time.Second), func() { l.press("1") })
		case r.joined && p.crowd.Answering.WrapUpKey != "":
			p.n.after(m.Lasts+p.between(time.Second, 3*time.Second), func() { l.press(p.crowd.Answering.WrapUpKey) })
		}
	case MomentJoined:
		r.joined = true
	case MomentAlone:
		patience := 4 * time.Second
		if p.crowd.Answering.WrapUpKey != "" {
			patience = 30 * time.Second
		}
		p.n.after(patience, func() {
			if len(l.hearing) == 0 {
				l.hangUp()
			}
		})
	default: // of no interest to a responder
	}
}
