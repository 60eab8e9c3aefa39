package rota

import (
	"fmt"
	"slices"
)

// RetireLine says that a number is given up: it is no longer published, still
// answered, and counted until nobody rings it. On a line that is given up
// already it says who has its calls.
type RetireLine struct {
	Line  string `json:"line"`
	Since Date   `json:"since,omitzero"` // zero = today, or as it was
	Team  string `json:"team,omitempty"` // who has its calls since; "" = its own team, or whoever stands for that
}

// Do is the operation's name.
func (RetireLine) Do() string { return "retire_line" }

func (op RetireLine) edit(e *edit) error {
	l, err := e.line(op.Line)
	if err != nil {
		return err
	}
	if op.Team != "" {
		if err := e.openTeam(op.Team); err != nil {
			return err
		}
	}
	if op.Since.IsZero() {
		op.Since = wallAt(e.zone, e.now.Unix()).Date
		if l.Retired != nil {
			op.Since = l.Retired.Since
		}
	}
	l.Retired = &Retired{Since: op.Since, Team: op.Team}
	to := "go where they went"
	if op.Team != "" {
		to = "go to team " + op.Team
	}
	e.say("line %s is given up from %s on, and its calls %s", l.ID, op.Since, to)
	return nil
}

// RestoreLine publishes a number again that was given up.
type RestoreLine struct {
	Line string `json:"line"`
}

// Do is the operation's name.
func (RestoreLine) Do() string { return "restore_line" }

func (op RestoreLine) edit(e *edit) error {
	l, err := e.line(op.Line)
	if err != nil {
		return err
	}
	if l.Retired == nil {
		return fmt.Errorf("%w: line %s is published", ErrTooLate, l.ID)
	}
	l.Retired = nil
	e.say("line %s is published again, and its calls go to team %s", l.ID, l.Team)
	return nil
}

func (e *edit) line(id string) (*PlannedLine, error) {
	i := slices.IndexFunc(e.p.Lines, func(l PlannedLine) bool { return l.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("%w: line %s", ErrNoSuch, shown(id))
	}
	return &e.p.Lines[i], nil
}
