package rota

import (
	"context"
	"fmt"
	"time"

	"example.org/crisisline/call"
)

// Reach is how somebody's telephone was answered, by the ledger.
type Reach struct {
	Rung     time.Time // a call last rang it; zero: none did, as far as the ledger goes
	Answered time.Time // 1 was last pressed on it, as for a caller
	Missed   int       // rings since then that nobody took up: no answer, no key, engaged, not reached
}

// ReachLog reads from the ledger whose telephones rang, and what came of it. The
// zero ReachLog is ready. It is not safe for use at once by several goroutines.
type ReachLog struct{ of map[string]Reach }

// Add takes the ledger's entries in their order, and ignores those that are not
// about anybody's telephone.
func (l *ReachLog) Add(e call.Event) {
	if e.Responder == "" {
		return
	}
	r := l.of[e.Responder]
	switch e.Kind {
	case call.KindOfferSent:
		r.Rung = e.At
	case call.KindAccepted:
		r.Answered, r.Missed = e.At, 0
	case call.KindOfferEnded:
		switch e.Result {
		case call.ResultNoAnswer, call.ResultNoKey, call.ResultBusy, call.ResultFailed:
			r.Missed++
		default: // accepted is told above; the others say nothing of the telephone
			return
		}
	default:
		return
	}
	if l.of == nil {
		l.of = map[string]Reach{}
	}
	l.of[e.Responder] = r
}

// Reached is what is known of everybody, of calls on the number they have: what
// came before since(id), when the plan got it, is of another telephone.
func (l *ReachLog) Reached(since func(id string) time.Time) map[string]Reach {
	all := make(map[string]Reach, len(l.of))
	for id, r := range l.of {
		from := since(id)
		if r.Rung.Before(from) {
			r.Rung, r.Missed = time.Time{}, 0
		}
		if r.Answered.Before(from) {
			r.Answered = time.Time{}
		}
		if r != (Reach{}) {
			all[id] = r
		}
	}
	return all
}

// NumberLog knows since when the plan has had each person's number. The zero
// NumberLog is ready. It is not safe for use at once by several goroutines.
type NumberLog struct {
	version int64
	numbers map[string]call.Number
	since   map[string]time.Time
}

// numbersKnown is how many versions back changes of numbers are looked for: as
// far as the pages show, too.
const numbersKnown = 200

// Catch reads the versions of the plan that have come since the last time.
func (l *NumberLog) Catch(ctx context.Context, b *Book) error {
	r := b.Current()
	if r == nil || r.version == l.version {
		return nil
	}
	n := int64(numbersKnown)
	if l.numbers != nil {
		n = min(n, r.version-l.version)
	}
	entries, err := b.History(ctx, int(max(1, n)))
	if err != nil {
		return fmt.Errorf("read when numbers changed: %w", err)
	}
	for i := len(entries) - 1; i >= 0; i-- {
		l.add(entries[i])
	}
	return nil
}

func (l *NumberLog) add(e Entry) {
	p, err := Parse("plan", e.After)
	if err != nil || e.Version <= l.version { // one that this program cannot read changes nothing that it knows
		return
	}
	numbers := make(map[string]call.Number, len(p.Responders))
	for i := range p.Responders {
		who := &p.Responders[i]
		numbers[who.ID] = who.Number
		if l.numbers != nil && l.numbers[who.ID] != who.Number {
			l.since[who.ID] = e.At
		}
	}
	if l.since == nil {
		l.since = map[string]time.Time{}
	}
	l.numbers, l.version = numbers, e.Version
}

// Since is when the number that a person has came into force; zero: longer ago
// than is known.
func (l *NumberLog) Since(id string) time.Time { return l.since[id] }
