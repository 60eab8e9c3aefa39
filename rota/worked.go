package rota

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// WorkedLog reads from the ledger when people were at work on calls: from
// pressing 1 to the end of their wrap-up. For somebody on call at home that is
// their working time; for somebody on site it only tells of work beyond the end
// of a shift. The zero WorkedLog is ready. It is not safe for use at once by
// several goroutines.
type WorkedLog struct {
	open map[string]onCall
	done []Worked
}

// onCall is somebody at work on a call.
type onCall struct {
	since, last time.Time
	over        bool // the caller has gone; only a wrap-up may be left
}

// Add takes the ledger's entries in their order. Entries that say nothing of
// anybody's work are ignored, as is an end without a beginning.
func (l *WorkedLog) Add(e call.Event) {
	if e.Responder == "" {
		return
	}
	if l.open == nil {
		l.open = map[string]onCall{}
	}
	c, busy := l.open[e.Responder]
	switch e.Kind {
	case call.KindAccepted, call.KindConnected:
		if busy && c.over { // no wrap-up was written: the call ended when it finished
			l.close(e.Responder, c, c.last)
			busy = false
		}
		if !busy {
			l.open[e.Responder] = onCall{since: e.At, last: e.At}
		}
	case call.KindFinished, call.KindWrapUp:
		if busy {
			c.last, c.over = e.At, true
			l.open[e.Responder] = c
		}
	case call.KindWrapUpEnded, call.KindDropped:
		if busy {
			l.close(e.Responder, c, e.At)
		}
	}
}

func (l *WorkedLog) close(id string, c onCall, at time.Time) {
	delete(l.open, id)
	if at.After(c.since) {
		l.done = append(l.done, Worked{id, c.since, at})
	}
}

// Worked is what was worked so far, by time, then person; who is on a call at
// now has worked until now.
func (l *WorkedLog) Worked(now time.Time) []Worked {
	all := slices.Clone(l.done)
	for id, c := range l.open {
		until := now
		if c.over {
			until = c.last
		}
		if until.After(c.since) {
			all = append(all, Worked{id, c.since, until})
		}
	}
	slices.SortFunc(all, func(a, b Worked) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Responder, b.Responder))
	})
	return all
}
