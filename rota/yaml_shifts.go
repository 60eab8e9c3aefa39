package rota

import "example.org/crisisline/call"

// The written forms of what puts people on shift and takes them off.
type (
	writtenShift struct {
		ID       string         `yaml:"id"`
		Kind     Kind           `yaml:"kind,omitempty"`
		Team     []string       `yaml:"team,flow"`
		Tier     call.Tier      `yaml:"tier"`
		Days     []string       `yaml:"days,omitempty,flow"`
		Dates    []string       `yaml:"dates,omitempty,flow"`
		Start    string         `yaml:"start"`
		End      string         `yaml:"end"`
		Every    []string       `yaml:"every,omitempty,flow"`
		AtOnce   int            `yaml:"at_once,omitempty"`
		MoveOn   int            `yaml:"move_on,omitempty"`
		People   []string       `yaml:"people,flow"`
		Needs    map[string]int `yaml:"needs,omitempty,flow"`
		Replaces []string       `yaml:"replaces,omitempty,flow"`
		From     string         `yaml:"from,omitempty"`
		Until    string         `yaml:"until,omitempty"`
	}
	writtenOverride struct {
		ID     string    `yaml:"id"`
		Team   []string  `yaml:"team,flow"`
		Tier   call.Tier `yaml:"tier"`
		Remove string    `yaml:"remove,omitempty"`
		Add    string    `yaml:"add,omitempty"`
		Start  string    `yaml:"start"`
		End    string    `yaml:"end"`
		Why    string    `yaml:"why,omitempty"`
	}
	writtenAbsence struct {
		ID     string      `yaml:"id"`
		Person string      `yaml:"person"`
		Kind   AbsenceKind `yaml:"kind"`
		Start  string      `yaml:"start"`
		End    string      `yaml:"end,omitempty"`
	}
	writtenSwaps struct {
		Approval bool          `yaml:"approval"`
		Offers   []writtenSwap `yaml:"offers,omitempty"`
	}
	writtenSwap struct {
		ID         string       `yaml:"id"`
		Person     string       `yaml:"person"`
		Gives      writtenSlot  `yaml:"gives,flow"`
		With       string       `yaml:"with,omitempty"`
		Takes      *writtenSlot `yaml:"takes,omitempty,flow"`
		State      SwapState    `yaml:"state"`
		ApprovedBy string       `yaml:"approved_by,omitempty"`
	}
	writtenSlot struct {
		Shift string `yaml:"shift"`
		Date  string `yaml:"date"`
		Until string `yaml:"until,omitempty"`
	}
)

func (s Shift) written() writtenShift {
	w := writtenShift{
		ID: s.ID, Team: s.Teams, Tier: s.Tier, Start: s.Start.String(), End: s.End.String(),
		People: s.People, Needs: s.Needs, Replaces: s.Replaces, From: s.From.String(), Until: s.Until.String(),
		Dates: mapped(s.Dates, Date.String), Every: s.Every.names(),
	}
	if s.Kind.strength() > 0 {
		w.Kind = s.Kind
	}
	if s.Kind != KindRotation || s.Days != EveryDay {
		w.Days = s.Days.names()
	}
	if s.AtOnce != 1 {
		w.AtOnce = s.AtOnce
	}
	if s.MoveOn != s.AtOnce {
		w.MoveOn = s.MoveOn
	}
	return w
}

func (o Override) written() writtenOverride {
	return writtenOverride{o.ID, o.Teams, o.Tier, o.Remove, o.Add, o.Start.String(), o.End.String(), o.Why}
}

func (a Absence) written() writtenAbsence {
	w := writtenAbsence{a.ID, a.Person, a.Kind, a.Start.dayOrTime(), ""}
	if !a.End.Date.IsZero() {
		w.End = a.End.dayOrTime()
	}
	return w
}

// written is nil for a plan without swaps that leaves them to the two people.
func (s Swaps) written() *writtenSwaps {
	if !s.Approval && len(s.Offers) == 0 {
		return nil
	}
	return &writtenSwaps{s.Approval, mapped(s.Offers, Swap.written)}
}

func (s Swap) written() writtenSwap {
	w := writtenSwap{s.ID, s.Person, s.Gives.written(), s.With, nil, s.State, s.ApprovedBy}
	if !s.Takes.IsZero() {
		takes := s.Takes.written()
		w.Takes = &takes
	}
	return w
}

func (s Slot) written() writtenSlot { return writtenSlot{s.Shift, s.Date.String(), s.Until.String()} }
