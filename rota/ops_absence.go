package rota

import (
	"fmt"
	"slices"
	"time"
)

// ReportAbsence takes a person off everything from Start until End.
type ReportAbsence struct {
	ID     string      `json:"id,omitempty"` // "" = made
	Person string      `json:"person"`
	Kind   AbsenceKind `json:"kind"`
	Start  LocalTime   `json:"start,omitzero"` // zero = now
	End    LocalTime   `json:"end,omitzero"`   // zero = until further notice
}

// Do is the operation's name.
func (ReportAbsence) Do() string { return "report_absence" }

func (op ReportAbsence) edit(e *edit) error {
	p, err := e.person(op.Person)
	if err != nil {
		return err
	}
	if op.Start.IsZero() {
		op.Start = writable(e.zone, e.now.Unix())
	}
	if op.ID == "" {
		op.ID = e.newID("absence", func(id string) bool {
			return slices.ContainsFunc(e.p.Absences, func(a Absence) bool { return a.ID == id })
		})
	}
	e.p.Absences = append(e.p.Absences, Absence(op))
	until := "until further notice"
	last := e.at(op.Start).Add(lookAhead * time.Second)
	if !op.End.IsZero() {
		until, last = "until "+op.End.dayOrTime(), e.at(op.End)
	}
	e.say("absence %s: %s is away from %s %s", op.ID, op.Person, op.Start.dayOrTime(), until)
	for _, s := range e.before.stays(op.Person, e.at(op.Start), last) {
		same := func(q CoverQuery) bool { // one shift of several teams is one person's to cover
			return q.Tier == s.Tier && q.From.Equal(s.Start) && q.Until.Equal(s.End)
		}
		if !slices.ContainsFunc(e.cover, same) {
			e.cover = append(e.cover, CoverQuery{
				Team: s.Team, Tier: s.Tier, From: s.Start, Until: s.End, Not: op.Person, Skills: e.missed(p, s.Team),
			})
		}
	}
	return nil
}

// missed is which of the skills that the team must have the person has.
func (e *edit) missed(p *Responder, team string) []string {
	var skills []string
	for i := range e.p.Teams {
		if t := &e.p.Teams[i]; t.ID == team {
			for _, s := range sortedKeys(e.p.minimumOf(t).Skills) {
				if slices.Contains(p.Skills, s) {
					skills = append(skills, s)
				}
			}
		}
	}
	return skills
}

// EndAbsence says when a person is back. One that had not begun is taken out.
type EndAbsence struct {
	ID  string    `json:"id"`
	End LocalTime `json:"end,omitzero"` // zero = now
}

// Do is the operation's name.
func (EndAbsence) Do() string { return "end_absence" }

func (op EndAbsence) edit(e *edit) error {
	i := slices.IndexFunc(e.p.Absences, func(a Absence) bool { return a.ID == op.ID })
	if i < 0 {
		return fmt.Errorf("%w: absence %s", ErrNoSuch, shown(op.ID))
	}
	a := &e.p.Absences[i]
	if op.End.IsZero() {
		op.End = writable(e.zone, e.now.Unix())
	}
	if op.End.instant(e.zone) <= a.Start.instant(e.zone) {
		e.say("absence %s of %s is taken back", a.ID, a.Person)
		e.p.Absences = slices.Delete(e.p.Absences, i, i+1)
		return nil
	}
	if !a.End.IsZero() && a.End.instant(e.zone) <= e.now.Unix() {
		return fmt.Errorf("%w: %s was back on %s", ErrTooLate, a.Person, a.End.dayOrTime())
	}
	a.End = op.End
	e.say("absence %s: %s is back from %s", a.ID, a.Person, a.End.dayOrTime())
	return nil
}
