package metrics

import (
	"time"

	"example.org/crisisline/call"
)

// Figures folds ledger entries, in their order, into the items of the return.
// The zero value counts every call.
type Figures struct {
	From, To time.Time // calls received in [From, To); zero: no bound
	IVRLines []string  // lines whose calls come through the 111 option (A02)
}

// Items are the figures of one clock.
type Items struct{ A01 int64 }

// Add takes one entry.
func (f *Figures) Add(e call.Event) {}

// Items is the figures so far by the given clock.
func (f *Figures) Items(c Clock) Items { return Items{} }

// Check is an error naming everything that does not add up.
func (f *Figures) Check() error { return nil }
