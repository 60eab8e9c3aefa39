package sim

import (
	"fmt"
	"time"
)

// caller is one of the crowd who rings the line.
type caller struct {
	p       *People
	contact *Contact
	phone   *Phone
	line    CrowdLine
	from    string
	leg     *leg
	key     string // pressed at the first menu; "" is none
	pressed bool
	talks   int  // times joined, so that an old talk's end is not taken for the new one's
	done    bool // has talked as long as was wanted
}

// newCaller rings a line from a telephone nobody uses.
func (p *People) newCaller() {
	c := &caller{p: p, line: p.chooseLine(), contact: &Contact{}}
	c.phone = p.freePhone()
	c.from = c.phone.number
	if p.chance(0.12) {
		c.from = [...]string{"anonymous", "+266696687", "+7378742833", ""}[p.rng.IntN(4)]
	}
	c.contact.Kind, c.key = p.chooseKind(c.line)
	c.dial()
}

func (p *People) chooseLine() CrowdLine {
	weight := func(l CrowdLine) float64 {
		if l.Share == 0 {
			return 1
		}
		return l.Share
	}
	var sum float64
	for _, l := range p.crowd.Lines {
		sum += weight(l)
	}
	at := p.rng.Float64() * sum
	for _, l := range p.crowd.Lines {
		if at -= weight(l); at < 0 {
			return l
		}
	}
	return p.crowd.Lines[len(p.crowd.Lines)-1]
}

// chooseKind says who rings and the key they press: one in ten presses nothing,
// one in fifty something else.
func (p *People) chooseKind(l CrowdLine) (kind, key string) {
	if l.Professional {
		return "professional", ""
	}
	switch x := p.rng.Float64(); {
	case x < 0.64:
		kind, key = "self", p.crowd.Keys.Self
	case x < 0.90:
		kind, key = "carer", p.crowd.Keys.Carer
	default:
		kind, key = "professional", p.crowd.Keys.Professional
	}
	switch x := p.rng.Float64(); {
	case x < 0.10:
		return "unknown", ""
	case x < 0.12:
		return "unknown", "7"
	}
	return kind, key
}

// freePhone is a drama mobile that is in no call, from a range of its own.
func (p *People) freePhone() *Phone {
	for range 600 {
		number := fmt.Sprintf("+447700900%03d", 300+p.next%600)
		p.next++
		if phone := p.n.phone(number); len(phone.legs) == 0 && phone.answerer == nil {
			return phone
		}
	}
	// More than 600 at once: a further range.
	p.next++
	return p.n.phone(fmt.Sprintf("+441632960%03d", p.next%1000))
}

func (c *caller) dial() {
	p := c.p
	c.phone.from = c.from
	c.leg = c.phone.dial(c.line.Number)
	if c.leg == nil {
		return
	}
	c.contact.Leg, c.contact.Line, c.contact.DialledAt = c.leg.sid, c.line.Number, p.n.now()
	p.contacts = append(p.contacts, c.contact)
	p.open++
	c.leg.observer = c.noticed
	patience := p.crowd.Patience.Holds
	if p.chance(p.crowd.Patience.Leavers) {
		patience = p.drawn(p.crowd.Patience.Mean, 1)
	}
	p.n.after(patience, func() { c.giveUp() })
}

// giveUp is the end of patience, unless somebody has answered.
func (c *caller) giveUp() {
	if c.leg.ended.IsZero() && len(c.leg.hearing) == 0 {
		c.contact.GaveUp = c.contact.AnsweredAt.IsZero()
		c.leg.hangUp()
	}
}

func (c *caller) noticed(m Moment) {
	p := c.p
	switch m.Kind {
	case MomentHeard:
		if c.leg.keys != nil && c.key != "" && !c.pressed {
			c.pressed = true
			p.n.after(m.Lasts*8/10+p.between(500*time.Millisecond, 2500*time.Millisecond), func() {
				if c.leg.keys != nil {
					c.leg.press(c.key)
				}
			})
		}
	case MomentJoined:
		if c.contact.AnsweredAt.IsZero() {
			c.contact.AnsweredAt = m.At
		}
		c.talks++
		c.talk(c.talks)
	case MomentAlone:
		// The responder ended it, or their line dropped: then one waits on.
		patience := 5 * time.Minute
		if c.done {
			patience = p.between(5*time.Second, 15*time.Second)
		}
		p.n.after(patience, func() { c.giveUp() })
	case MomentEnded:
		c.ended(m)
	default: // of no interest to a caller
	}
}

// talk lasts as drawn, then one of the two ends it.
func (c *caller) talk(which int) {
	p := c.p
	p.n.after(max(5*time.Second, p.drawn(p.crowd.Answering.Talk, 0.7)), func() {
		if which != c.talks || len(c.leg.hearing) == 0 {
			return
		}
		c.done = true
		if p.chance(p.crowd.Answering.CallerEnd) {
			c.leg.hangUp()
			return
		}
		responder := c.leg.hearing[0]
		if p.chance(0.5) {
			responder.press("*")
		}
		p.n.after(p.between(2*time.Second, 6*time.Second), func() {
			if len(responder.hearing) > 0 {
				responder.hangUp()
			}
		})
	})
}

func (c *caller) ended(m Moment) {
	p := c.p
	c.contact.EndedAt = m.At
	p.open--
	if !c.contact.GaveUp || p.stopped || !p.chance(p.crowd.Patience.Redials) {
		return
	}
	p.pending++
	p.n.after(p.drawn(p.crowd.Patience.Again, 0.8), func() {
		p.pending--
		if p.stopped || len(c.phone.legs) > 0 {
			return
		}
		again := &caller{p: p, phone: c.phone, line: c.line, from: c.from, key: c.key, contact: &Contact{Kind: c.contact.Kind, Redial: true}}
		again.dial()
	})
}
