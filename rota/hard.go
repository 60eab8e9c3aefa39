package rota

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// HardLog reads from the ledger which calls were marked hard, as it was said
// last of each. The zero HardLog is ready. It is not safe for use at once by
// several goroutines.
type HardLog struct{ marked map[call.ID]HardCall }

// Add takes the ledger's entries in their order, and ignores all but wrap-up
// records.
func (l *HardLog) Add(e call.Event) {
	switch {
	case e.Kind != call.KindWrapUpRecord:
	case !e.Hard || e.Responder == "":
		delete(l.marked, e.Call)
	default:
		if l.marked == nil {
			l.marked = map[call.ID]HardCall{}
		}
		received := e.At.Add(-time.Duration(e.WaitMs) * time.Millisecond)
		l.marked[e.Call] = HardCall{Responder: e.Responder, At: received}
	}
}

// HardCalls are the calls marked hard, by when they were received, then person.
func (l *HardLog) HardCalls() []HardCall {
	var all []HardCall
	for _, h := range l.marked {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b HardCall) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Responder, b.Responder))
	})
	return all
}
