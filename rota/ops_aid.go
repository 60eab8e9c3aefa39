package rota

import (
	"fmt"
	"slices"
	"strings"
)

// AddAid writes a promise of help between two teams into the plan. Where it and
// one that was there before hold at once, the new one counts.
type AddAid struct {
	Team   string   `json:"team"`              // whose calls
	By     string   `json:"by"`                // who helps; a neighbour of Team
	After  string   `json:"after,omitempty"`   // "30s" of waiting; "" = when any neighbour is asked
	AtOnce *int     `json:"at_once,omitempty"` // calls at once; none = as many as there are people, 0 = no help
	Days   []string `json:"days,omitempty"`    // as in a shift; none = every day
	Start  Clock    `json:"start,omitempty"`
	End    Clock    `json:"end,omitempty"` // equal to Start = round the clock
	Since  Date     `json:"since,omitzero"`
	Until  Date     `json:"until,omitzero"` // first day on which it has ended; zero = until the plan says otherwise
}

// Do is the operation's name.
func (AddAid) Do() string { return "add_aid" }

func (op AddAid) edit(e *edit) error {
	a := Aid{Team: op.Team, By: op.By, After: -1, AtOnce: NoLimit, Start: op.Start, End: op.End, Since: op.Since, Until: op.Until}
	for _, id := range []string{op.Team, op.By} {
		if err := e.openTeam(id); err != nil {
			return err
		}
	}
	var err error
	if op.After != "" {
		if a.After, err = parseSpan(op.After); err != nil {
			return fmt.Errorf("%w: after: %w", ErrCannot, err)
		}
	}
	if op.AtOnce != nil {
		if a.AtOnce = *op.AtOnce; a.AtOnce < 0 {
			return cannot("%d calls at once are none: leave at_once out for as many as there are people", a.AtOnce)
		}
	}
	for _, word := range op.Days {
		days, err := ParseDays(word)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrCannot, err)
		}
		a.Days |= days
	}
	if !a.Until.IsZero() && e.at(LocalTime{Date: a.Until}).Compare(e.now) <= 0 {
		return cannot("the help would be over before it begins: %s has begun", a.Until)
	}
	at := slices.IndexFunc(e.p.MutualAid, func(b Aid) bool { return b.Team == a.Team && b.By == a.By })
	if slices.ContainsFunc(e.p.MutualAid, a.alike) {
		return cannot("there is a promise of team %s to team %s from that day and hour on already: end it first", a.By, a.Team)
	}
	e.p.MutualAid = slices.Insert(e.p.MutualAid, max(at, 0), a)
	e.say("%s", a.words())
	return nil
}

// alike reports whether nothing by which people tell two promises apart differs.
func (a Aid) alike(b Aid) bool {
	return a.Team == b.Team && a.By == b.By && a.Since == b.Since && a.Start == b.Start
}

// openTeam refuses a team that is not open now.
func (e *edit) openTeam(id string) error {
	if !slices.Contains(e.before.Teams(e.now), id) {
		return fmt.Errorf("%w: open team %s", ErrNoSuch, shown(id))
	}
	return nil
}

// EndAid ends a promise of help. Afterwards the helper is a neighbour as any,
// asked at all hours and without a limit; to have it not asked at all, add a
// promise of 0 calls at once.
type EndAid struct {
	Team  string `json:"team"`
	By    string `json:"by"`
	Since Date   `json:"since,omitzero"` // of the promise meant: two of the same teams
	Start Clock  `json:"start,omitempty"`
	Until Date   `json:"until,omitzero"` // first day on which it has ended; zero = today
}

// Do is the operation's name.
func (EndAid) Do() string { return "end_aid" }

func (op EndAid) edit(e *edit) error {
	meant := Aid{Team: op.Team, By: op.By, Since: op.Since, Start: op.Start}
	i := slices.IndexFunc(e.p.MutualAid, meant.alike)
	if i < 0 {
		return fmt.Errorf("%w: promise of team %s to team %s", ErrNoSuch, shown(op.By), shown(op.Team))
	}
	a := &e.p.MutualAid[i]
	today := wallAt(e.zone, e.now.Unix()).Date
	if op.Until.IsZero() {
		op.Until = today
	}
	switch {
	case op.Until.number() < today.number():
		return cannot("%s is over: the help ends today or later", op.Until)
	case !a.Until.IsZero() && a.Until.number() <= op.Until.number():
		return fmt.Errorf("%w: it ends on %s anyway", ErrTooLate, a.Until)
	case !a.Since.IsZero() && op.Until.number() <= a.Since.number(), op.Until == today:
		e.say("no longer: %s", strings.TrimSpace(a.words()))
		e.p.MutualAid = slices.Delete(e.p.MutualAid, i, i+1)
	default:
		a.Until = op.Until
		e.say("%s", a.words())
	}
	return nil
}
