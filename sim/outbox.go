package sim

import (
	"net/url"
	"time"
)

// outbox sends the status callbacks of one call or conference, one after the
// other, unless a fault is set: Twilio makes them as separate requests and
// promises no order (docs/twilio.md 1.4).
type outbox struct {
	waiting []letter
	sending bool
	held    *letter // overtaken on purpose by the next
}

type letter struct {
	to     target
	params url.Values
}

// post puts a callback on its way, as the faults say.
func (n *Network) post(o *outbox, to target, params url.Values) {
	if n.closed {
		return
	}
	l := letter{to, params}
	f := n.faults.status
	draw := func(share float64) bool { return share > 0 && n.rng.Float64() < share }
	switch {
	case draw(f.Drop):
		return
	case draw(f.Reorder) && o.held == nil:
		o.held = &l
		// Nothing may follow it; then it is only late.
		n.after(2*time.Second, func() { n.release(o) })
		return
	case f.Delay > 0:
		n.after(time.Duration(n.rng.Int64N(int64(f.Delay))), func() { n.send(o, l) })
	default:
		n.send(o, l)
	}
	if draw(f.Duplicate) {
		n.send(o, l)
	}
	n.release(o)
}

func (n *Network) release(o *outbox) {
	if held := o.held; held != nil {
		o.held = nil
		n.send(o, *held)
	}
}

func (n *Network) send(o *outbox, l letter) {
	o.waiting = append(o.waiting, l)
	if o.sending || n.closed {
		return
	}
	o.sending = true
	n.spawn(func() {
		for len(o.waiting) > 0 && !n.closed {
			l := o.waiting[0]
			o.waiting = o.waiting[1:]
			if _, fail := n.fetch(l.to, l.params); fail != nil {
				n.warnLocked("%d status callback: %s", fail.code, fail.why)
			}
		}
		o.sending = false
	})
}
