package rota

import (
	"fmt"
	"slices"
	"time"
)

// OfferSwap offers an occurrence of Person's shift to With, or to whoever takes
// it, for an occurrence of With's shift or for nothing. Nobody's shift changes
// yet.
type OfferSwap struct {
	ID     string `json:"id,omitempty"` // "" = made
	Person string `json:"person"`
	Gives  Slot   `json:"gives"`
	With   string `json:"with,omitempty"`
	Takes  Slot   `json:"takes,omitzero"`
}

// Do is the operation's name.
func (OfferSwap) Do() string { return "offer_swap" }

func (op OfferSwap) edit(e *edit) error {
	if op.ID == "" {
		op.ID = e.newID("swap", e.hasSwap)
	}
	s := Swap{ID: op.ID, Person: op.Person, Gives: op.Gives, With: op.With, Takes: op.Takes, State: SwapOffered}
	if err := e.holds(op.Gives, op.Person); err != nil {
		return err
	}
	if !op.Takes.IsZero() {
		if err := e.holds(op.Takes, op.With); err != nil {
			return err
		}
	}
	e.p.Swaps.Offers = append(e.p.Swaps.Offers, s)
	to := op.With
	if to == "" {
		to = "whoever takes it"
	}
	e.say("swap %s: %s offers %s to %s%s; nothing changes before it is accepted", s.ID, s.Person, s.Gives, to, s.inReturn())
	return nil
}

func (s *Swap) inReturn() string {
	if s.Takes.IsZero() {
		return ""
	}
	return " for " + s.Takes.String()
}

func (e *edit) hasSwap(id string) bool {
	return slices.ContainsFunc(e.p.Swaps.Offers, func(s Swap) bool { return s.ID == id })
}

func (e *edit) swap(id string) (*Swap, error) {
	for i := range e.p.Swaps.Offers {
		if e.p.Swaps.Offers[i].ID == id {
			return &e.p.Swaps.Offers[i], nil
		}
	}
	return nil, fmt.Errorf("%w: swap %s", ErrNoSuch, shown(id))
}

// holds checks that the person has every occurrence of the slot, swaps agreed
// so far included, and that some of it is still to come.
func (e *edit) holds(slot Slot, person string) error {
	s, err := e.shift(slot.Shift)
	if err != nil {
		return err
	}
	if _, err := e.person(person); err != nil {
		return err
	}
	from, until := slot.span()
	if until-from > longestSlot {
		return fmt.Errorf("%w: a swap is of a year at most", ErrCannot)
	}
	found, last := 0, int64(0)
	for day := from; day < until; day++ {
		if !s.startsOn(day) {
			continue
		}
		if !slices.Contains(e.crewOn(s, day), person) {
			return fmt.Errorf("%w: %s is not in %s on %s", ErrNotOn, person, s.ID, dayOf(day))
		}
		found++
		_, last = s.occurrence(day, e.zone)
	}
	if found == 0 {
		return fmt.Errorf("%w: %s does not start on %s", ErrNotOn, s.ID, slot.Date)
	}
	if last <= e.now.Unix() {
		return fmt.Errorf("%w: %s is over", ErrTooLate, slot)
	}
	return nil
}

// crewOn is who has an occurrence, by the plan as it is being changed.
func (e *edit) crewOn(s *Shift, day int64) []string {
	r := Rota{plan: e.p, zone: e.zone}
	i := slices.IndexFunc(e.p.Shifts, func(other Shift) bool { return other.ID == s.ID })
	ro := r.rosters()[i]
	return mapped(ro.crews[ro.crewOn(s, day)], func(p post) string { return p.person })
}

// AcceptSwap takes up an offer. It holds at once unless a manager is to
// approve swaps. Both sides' rest is looked at; Despite is the reason to accept
// a shorter one than the daily rest.
type AcceptSwap struct {
	ID      string `json:"id"`
	Person  string `json:"person"`         // who accepts
	Takes   Slot   `json:"takes,omitzero"` // what is given in return for an open offer
	Despite string `json:"despite,omitempty"`
}

// Do is the operation's name.
func (AcceptSwap) Do() string { return "accept_swap" }

func (op AcceptSwap) edit(e *edit) error {
	s, err := e.swap(op.ID)
	if err != nil {
		return err
	}
	switch {
	case s.State != SwapOffered:
		return fmt.Errorf("%w: swap %s is %s", ErrTooLate, s.ID, s.State)
	case s.With != "" && s.With != op.Person:
		return fmt.Errorf("%w: swap %s is offered to somebody else", ErrCannot, s.ID)
	case !op.Takes.IsZero() && !s.Takes.IsZero() && op.Takes != s.Takes:
		return fmt.Errorf("%w: swap %s asks for %s", ErrCannot, s.ID, s.Takes)
	}
	s.With = op.Person
	if !op.Takes.IsZero() {
		s.Takes = op.Takes
	}
	return e.accept(s, op.Despite)
}

// accept brings a swap with two people as far as it may go.
func (e *edit) accept(s *Swap, despite string) error {
	if err := e.fits(s, despite); err != nil {
		return err
	}
	if e.p.Swaps.Approval {
		s.State = SwapAccepted
		e.say("swap %s: %s takes %s from %s%s; a manager is to approve it, and nothing changes before", s.ID, s.With, s.Gives, s.Person, s.inReturn())
		return nil
	}
	s.State = SwapAgreed
	e.say("swap %s: %s has %s in place of %s%s", s.ID, s.With, s.Gives, s.Person, s.inReturn())
	return nil
}

// ApproveSwap is a manager's yes; the swap holds from then on.
type ApproveSwap struct {
	ID      string `json:"id"`
	By      string `json:"by"` // id of the manager
	Despite string `json:"despite,omitempty"`
}

// Do is the operation's name.
func (ApproveSwap) Do() string { return "approve_swap" }

func (op ApproveSwap) edit(e *edit) error {
	s, err := e.swap(op.ID)
	if err != nil {
		return err
	}
	if s.State != SwapAccepted {
		return fmt.Errorf("%w: swap %s is %s", ErrTooLate, s.ID, s.State)
	}
	if op.By == s.Person || op.By == s.With {
		return fmt.Errorf("%w: %s is a side of it", ErrCannot, op.By)
	}
	if err := e.fits(s, op.Despite); err != nil { // the plan may have moved on since
		return err
	}
	s.State, s.ApprovedBy = SwapAgreed, op.By
	e.say("swap %s is approved: %s has %s in place of %s%s", s.ID, s.With, s.Gives, s.Person, s.inReturn())
	return nil
}

// DeclineSwap is a no: of whom it was offered to, of the manager, or of the one
// who offered and thinks better of it. An agreed swap can be declined until it
// begins, and everybody is back on their own shift.
type DeclineSwap struct {
	ID string `json:"id"`
}

// Do is the operation's name.
func (DeclineSwap) Do() string { return "decline_swap" }

func (op DeclineSwap) edit(e *edit) error {
	s, err := e.swap(op.ID)
	if err != nil {
		return err
	}
	switch {
	case s.State == SwapDeclined:
		return fmt.Errorf("%w: swap %s is declined", ErrTooLate, s.ID)
	case s.State == SwapAgreed && e.begun(s):
		return fmt.Errorf("%w: swap %s has begun; use an override", ErrTooLate, s.ID)
	}
	s.State, s.ApprovedBy = SwapDeclined, ""
	e.say("swap %s is declined: %s keeps %s", s.ID, s.Person, s.Gives)
	return nil
}

// begun reports whether a shift of the swap has started.
func (e *edit) begun(s *Swap) bool {
	for _, slot := range [2]Slot{s.Gives, s.Takes} {
		if slot.IsZero() {
			continue
		}
		shift, err := e.shift(slot.Shift)
		if err == nil && instantOf(e.zone, slot.Date.number(), int64(shift.Start)) <= e.now.Unix() {
			return true
		}
	}
	return false
}

// TakeShift is "I'll do it": Person takes an occurrence of somebody's shift and
// gives nothing in return. An open offer of it is taken up.
type TakeShift struct {
	ID     string `json:"id,omitempty"` // "" = made
	Person string `json:"person"`
	Slot
	From    string `json:"from,omitempty"` // whose; "" = the only one on it, or the only one of them away
	Despite string `json:"despite,omitempty"`
}

// Do is the operation's name.
func (TakeShift) Do() string { return "take_shift" }

func (op TakeShift) edit(e *edit) error {
	from, err := e.takenFrom(op)
	if err != nil {
		return err
	}
	if err := e.holds(op.Slot, from); err != nil {
		return err
	}
	for i := range e.p.Swaps.Offers {
		s := &e.p.Swaps.Offers[i]
		if s.State == SwapOffered && s.Gives == op.Slot && s.Person == from && s.Takes.IsZero() && (s.With == "" || s.With == op.Person) {
			s.With = op.Person
			return e.accept(s, op.Despite)
		}
	}
	if op.ID == "" {
		op.ID = e.newID("swap", e.hasSwap)
	}
	e.p.Swaps.Offers = append(e.p.Swaps.Offers, Swap{ID: op.ID, Person: from, Gives: op.Slot, With: op.Person, State: SwapOffered})
	return e.accept(&e.p.Swaps.Offers[len(e.p.Swaps.Offers)-1], op.Despite)
}

// takenFrom is whose shift it is that somebody takes.
func (e *edit) takenFrom(op TakeShift) (string, error) {
	if op.From != "" {
		return op.From, nil
	}
	s, err := e.shift(op.Shift)
	if err != nil {
		return "", err
	}
	start, end := s.occurrence(op.Date.number(), e.zone)
	if start == end {
		return "", fmt.Errorf("%w: %s does not start on %s", ErrNotOn, s.ID, op.Date)
	}
	crew := e.crewOn(s, op.Date.number())
	away := slices.DeleteFunc(slices.Clone(crew), func(id string) bool {
		return !e.before.away(id, time.Unix(start, 0), time.Unix(end, 0))
	})
	switch {
	case len(away) == 1:
		return away[0], nil
	case len(crew) == 1:
		return crew[0], nil
	}
	return "", fmt.Errorf("%w: several people are on %s: say from whom", ErrCannot, s.ID)
}

// fits checks that a swap, were it agreed, would have its effect and leave
// both people one duty at a time and their rest.
func (e *edit) fits(s *Swap, despite string) error {
	if err := e.holds(s.Gives, s.Person); err != nil {
		return err
	}
	if !s.Takes.IsZero() {
		if err := e.holds(s.Takes, s.With); err != nil {
			return err
		}
	}
	was := s.State
	s.State = SwapAgreed
	defer func() { s.State = was }()
	from, until := e.around(s)
	r, err := Compile(e.p, from, until.Sub(from))
	if err != nil {
		return err
	}
	for _, side := range [2]struct {
		person string
		gets   Slot
	}{{s.With, s.Gives}, {s.Person, s.Takes}} {
		p, err := e.person(side.person)
		if err != nil {
			return err
		}
		if err := e.canHave(r, s, p, side.gets); err != nil {
			return err
		}
		if err := e.rests(r, p.ID, from, until, despite); err != nil {
			return err
		}
	}
	return nil
}

// canHave checks one side of a swap.
func (e *edit) canHave(r *Rota, s *Swap, p *Responder, slot Slot) error {
	if slot.IsZero() {
		return nil
	}
	shift, err := e.shift(slot.Shift)
	if err != nil {
		return err
	}
	if !p.Eligible(shift.Tier) {
		return fmt.Errorf("%w: %s may not be put in tier %s", ErrCannot, p.ID, shift.Tier)
	}
	from, until := slot.span()
	for day := from; day < until; day++ {
		start, end := shift.occurrence(day, e.zone)
		if start == end {
			continue
		}
		a, b := time.Unix(start, 0).UTC(), time.Unix(end, 0).UTC()
		if r.away(p.ID, a, b) {
			return fmt.Errorf("%w: %s is away on %s", ErrCannot, p.ID, dayOf(day))
		}
		mine := false
		for _, spell := range r.stays(p.ID, a, b) {
			if spell.Why != "swap "+s.ID {
				return fmt.Errorf("%w: %s is on %s then (%s)", ErrCannot, p.ID, spell.Tier, spell.Why)
			}
			mine = true
		}
		if !mine {
			return fmt.Errorf("%w: %s would not be on by it on %s", ErrCannot, p.ID, dayOf(day))
		}
	}
	return nil
}

// around is the time in which a swap can shorten anybody's rest.
func (e *edit) around(s *Swap) (from, until time.Time) {
	first, last := s.Gives.span()
	if !s.Takes.IsZero() {
		a, b := s.Takes.span()
		first, last = min(first, a), max(last, b)
	}
	return time.Unix(instantOf(e.zone, first-2, 0), 0).UTC(), time.Unix(instantOf(e.zone, last+3, 0), 0).UTC()
}

// rests checks that the change shortens nobody's rest below the daily rest.
// One that was too short before is not this change's doing.
func (e *edit) rests(r *Rota, id string, from, until time.Time, despite string) error {
	was := e.before.restGaps(id, from, until)
	for _, g := range r.restGaps(id, from, until) {
		if slices.Contains(was, g) {
			continue
		}
		a, b := time.Unix(g.from, 0), time.Unix(g.until, 0)
		text := fmt.Sprintf("%s has %s of rest from %s, and should have %s", id, hours(b.Sub(a)), r.local(a), hours(DailyRest))
		if despite == "" {
			return fmt.Errorf("%w: %s; give a reason to do it all the same", ErrRest, text)
		}
		e.say("%s: accepted because: %s", text, despite)
	}
	return nil
}
