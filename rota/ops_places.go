package rota

import (
	"fmt"
	"slices"
	"strings"
)

// MoveOutward gives one outward code ("PO4") to another team, from an instant
// on. The code becomes a locality of its own that remembers whose it was; one
// that is a locality by itself already only changes hands. Landlines stay with
// the locality they hint at.
type MoveOutward struct {
	Outward string    `json:"outward"`
	Team    string    `json:"team"`
	At      LocalTime `json:"at,omitzero"` // zero = now
	Name    string    `json:"name,omitempty"`
}

// Do is the operation's name.
func (MoveOutward) Do() string { return "move_outward" }

func (op MoveOutward) edit(e *edit) error {
	op.Outward = strings.ToUpper(strings.TrimSpace(op.Outward))
	i := slices.IndexFunc(e.p.Localities, func(l Locality) bool { return slices.Contains(l.Outward, op.Outward) })
	if split := slices.IndexFunc(e.p.Split, func(s Split) bool { return s.Outward == op.Outward }); split >= 0 {
		return cannot("%s crosses %s: change those localities, or the split", op.Outward, and(e.p.Split[split].Between))
	}
	if i < 0 {
		return fmt.Errorf("%w: outward code %s", ErrNoSuch, shown(op.Outward))
	}
	l := &e.p.Localities[i]
	dated := !op.At.IsZero()
	if !dated {
		op.At = writable(e.zone, e.now.Unix())
	}
	at := max(op.At.instant(e.zone), e.now.Unix())
	if err := e.mayMove(op, l, at, dated); err != nil {
		return err
	}
	was := Move{Team: l.Team, Till: op.At.Date, At: op.At.Clock}
	from := l.Name
	if len(l.Outward) > 1 {
		l.Outward = slices.DeleteFunc(slices.Clone(l.Outward), func(c string) bool { return c == op.Outward })
		if op.Name == "" {
			op.Name = l.Name + ", " + op.Outward
		}
		own := Locality{ID: e.localityID(strings.ToLower(op.Outward)), Name: op.Name, Team: l.Team, Outward: []string{op.Outward}, Moved: slices.Clone(l.Moved)}
		e.p.Localities = slices.Insert(e.p.Localities, i+1, own)
		l = &e.p.Localities[i+1]
	} else if op.Name != "" {
		l.Name = op.Name
	}
	if l.Team != "" {
		l.Moved = append(slices.Clone(l.Moved), was)
	}
	l.Team, l.Outside, l.HandOver = op.Team, "", nil
	e.say("%s, of %s, is visited by team %s from %s on", op.Outward, from, op.Team, op.At.dayOrTime())
	return nil
}

// mayMove refuses what nobody could read afterwards.
func (e *edit) mayMove(op MoveOutward, l *Locality, at int64, dated bool) error {
	now, catalogue := e.now.Unix(), e.before.catalogue
	for _, m := range l.Moved {
		if catalogue.instant(m.Till, m.At) > now {
			return cannot("%s goes to team %s on %s already: take that change back first", op.Outward, l.Team, m.Till)
		}
	}
	switch {
	case dated && op.At.instant(e.zone) <= now:
		return cannot("%s is over: choose a time to come, or none for now", op.At)
	case !catalogue.open(op.Team, at):
		return fmt.Errorf("%w: team %s, open then", ErrNoSuch, shown(op.Team))
	case l.Team == "" && dated:
		return cannot("%s is outside the service until it is moved: move it on the day, without a time", op.Outward)
	case l.Team != "" && catalogue.localityTeam(l, at) == op.Team:
		return cannot("team %s has %s anyway", op.Team, op.Outward)
	}
	return nil
}

func (e *edit) localityID(base string) string {
	id := base
	for n := 2; slices.ContainsFunc(e.p.Localities, func(l Locality) bool { return l.ID == id }); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}
