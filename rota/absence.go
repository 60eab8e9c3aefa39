package rota

// Absence takes a person off everything for a span. Only an override that adds
// them by name puts them on again.
type Absence struct {
	ID     string
	Person string
	Kind   AbsenceKind
	Start  LocalTime
	End    LocalTime // zero = until further notice
}

// AbsenceKind is why somebody is away, and no more than that: what they are
// ill with is nobody's business here.
type AbsenceKind string

// The closed set of kinds of absence.
const (
	AbsentSick     AbsenceKind = "sick"
	AbsentLeave    AbsenceKind = "leave"
	AbsentTraining AbsenceKind = "training"
)

// AbsenceKinds are all kinds of absence.
var AbsenceKinds = []AbsenceKind{AbsentSick, AbsentLeave, AbsentTraining}

// Swaps are the exchanges of shifts between people, and what they need.
type Swaps struct {
	Approval bool // a manager approves each before it holds
	Offers   []Swap
}

// Swap exchanges occurrences of shifts: Person gives one to With, who may give
// one in return. It holds for the occurrence in every team of the shift, and
// only while its giver is on it: a swap of somebody who is not is without effect.
type Swap struct {
	ID         string
	Person     string
	Gives      Slot
	With       string // "" = whoever takes it; never in a swap that is accepted
	Takes      Slot   // zero = nothing in return
	State      SwapState
	ApprovedBy string
}

// Slot is the occurrences of one shift that start on the days [Date, Until).
type Slot struct {
	Shift string `json:"shift"`
	Date  Date   `json:"date"`
	Until Date   `json:"until,omitzero"` // zero = that one day; later for a whole turn of a rotation
}

// IsZero reports whether the slot is nothing.
func (s Slot) IsZero() bool { return s.Shift == "" }

// span is [from, until) in day numbers.
func (s Slot) span() (from, until int64) {
	from = s.Date.number()
	if s.Until.IsZero() {
		return from, from + 1
	}
	return from, s.Until.number()
}

// longestSlot bounds the days of a slot: each of them is looked at.
const longestSlot = 366

// String is "pseh-day on 2026-03-02".
func (s Slot) String() string {
	if s.Until.IsZero() {
		return s.Shift + " on " + s.Date.String()
	}
	return s.Shift + " from " + s.Date.String() + " until " + s.Until.String()
}

// SwapState is how far a swap has come. Only an agreed one changes who is on.
type SwapState string

// The closed set of states.
const (
	SwapOffered  SwapState = "offered"  // by the giver
	SwapAccepted SwapState = "accepted" // by the taker; a manager is to approve it
	SwapAgreed   SwapState = "agreed"   // in force
	SwapDeclined SwapState = "declined" // by the taker, the manager, or taken back
)

// SwapStates are all states of a swap.
var SwapStates = []SwapState{SwapOffered, SwapAccepted, SwapAgreed, SwapDeclined}
