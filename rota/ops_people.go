package rota

import (
	"fmt"
	"slices"
	"strings"

	"example.org/crisisline/call"
)

// AddPerson adds somebody to the plan. They are on no shift yet.
type AddPerson struct {
	ID     string      `json:"id,omitempty"` // "" = made: one that says nothing of who they are
	Name   string      `json:"name"`
	Team   string      `json:"team"`
	Number string      `json:"number"` // as people write it: call.ParseDialable
	Skills []string    `json:"skills,omitempty"`
	Tiers  []call.Tier `json:"tiers,omitempty"` // none = responding and backup
}

// Do is the operation's name.
func (AddPerson) Do() string { return "add_person" }

func (op AddPerson) edit(e *edit) error {
	number, err := call.ParseDialable(op.Number)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCannot, err)
	}
	if op.ID == "" {
		op.ID = e.newID("person", e.hasPerson)
	}
	if e.hasPerson(op.ID) {
		return fmt.Errorf("%w: there is a responder %s already", ErrCannot, op.ID)
	}
	e.p.Responders = append(e.p.Responders, Responder{
		ID: op.ID, Name: op.Name, Team: op.Team, Number: number, Skills: op.Skills, Tiers: op.Tiers,
	})
	e.say("%s is new in team %s", op.ID, op.Team)
	return nil
}

func (e *edit) hasPerson(id string) bool {
	_, err := e.person(id)
	return err == nil
}

// ChangePerson changes what the plan says of somebody. What is left out stays.
type ChangePerson struct {
	Person string      `json:"person"`
	Name   string      `json:"name,omitempty"`
	Team   string      `json:"team,omitempty"`
	Number string      `json:"number,omitempty"` // a new one is not proven yet
	Skills []string    `json:"skills,omitzero"`  // nil stays, empty takes all away
	Tiers  []call.Tier `json:"tiers,omitzero"`
}

// Do is the operation's name.
func (ChangePerson) Do() string { return "change_person" }

func (op ChangePerson) edit(e *edit) error {
	p, err := e.person(op.Person)
	if err != nil {
		return err
	}
	was := *p
	var said []string
	if op.Name != "" && op.Name != p.Name {
		p.Name = op.Name
		said = append(said, "name")
	}
	if op.Team != "" && op.Team != p.Team {
		p.Team = op.Team
		said = append(said, "team "+was.Team+" → "+op.Team)
	}
	if op.Number != "" {
		if p.Number, err = call.ParseDialable(op.Number); err != nil {
			return fmt.Errorf("%w: %w", ErrCannot, err)
		}
		if p.Number != was.Number {
			p.Proven = Date{}
			said = append(said, "number")
		}
	}
	if op.Skills != nil && !slices.Equal(op.Skills, p.Skills) {
		p.Skills = op.Skills
		said = append(said, "skills "+orNone(strings.Join(was.Skills, ", "))+" → "+orNone(strings.Join(p.Skills, ", ")))
	}
	if op.Tiers != nil && !slices.Equal(op.Tiers, p.Tiers) {
		p.Tiers = op.Tiers
		said = append(said, "tiers "+tierText(was.Tiers)+" → "+tierText(p.Tiers))
	}
	if len(said) == 0 {
		return fmt.Errorf("%w: nothing would be changed of %s", ErrCannot, op.Person)
	}
	e.say("%s is changed: %s", op.Person, strings.Join(said, "; "))
	return nil
}

func tierText(tiers []call.Tier) string {
	if len(tiers) == 0 {
		tiers = []call.Tier{call.TierResponding, call.TierBackup}
	}
	return strings.Join(mapped(tiers, func(t call.Tier) string { return string(t) }), ", ")
}

// RemovePerson takes somebody out of the plan: off every shift, and with them
// their absences and their part in swaps and overrides. By, when it is said,
// has their place in every shift, turns of a rotation included, and in overrides
// to come.
type RemovePerson struct {
	Person string `json:"person"`
	By     string `json:"by,omitempty"`
}

// Do is the operation's name.
func (RemovePerson) Do() string { return "remove_person" }

func (op RemovePerson) edit(e *edit) error {
	if _, err := e.person(op.Person); err != nil {
		return err
	}
	if op.By != "" {
		if _, err := e.person(op.By); err != nil {
			return err
		}
		if op.By == op.Person {
			return fmt.Errorf("%w: %s cannot take their own place", ErrCannot, op.By)
		}
	}
	shifts, err := op.outOfShifts(e)
	if err != nil {
		return err
	}
	p := e.p
	p.Absences = slices.DeleteFunc(p.Absences, func(a Absence) bool { return a.Person == op.Person })
	swaps := len(p.Swaps.Offers)
	p.Swaps.Offers = slices.DeleteFunc(p.Swaps.Offers, func(s Swap) bool { return s.Person == op.Person || s.With == op.Person })
	op.outOfOverrides(e)
	p.Policy.OptOut = slices.DeleteFunc(p.Policy.OptOut, func(id string) bool { return id == op.Person })
	p.Policy.Young = slices.DeleteFunc(p.Policy.Young, func(y Young) bool { return y.Responder == op.Person })
	p.Policy.Assessed = slices.DeleteFunc(p.Policy.Assessed, func(a Assessment) bool { return a.Responder == op.Person })
	p.Responders = slices.DeleteFunc(p.Responders, func(r Responder) bool { return r.ID == op.Person })
	text := op.Person + " leaves the plan"
	if op.By != "" {
		text += ", and " + op.By + " has their place"
	}
	if len(shifts) > 0 {
		text += ", in " + strings.Join(shifts, ", ")
	}
	e.say("%s", text)
	if n := swaps - len(p.Swaps.Offers); n > 0 {
		e.say("%s with them", counted(n, "swap of theirs goes", "swaps of theirs go"))
	}
	return nil
}

// outOfShifts names the shifts they were in. A shift without anybody is no
// shift: somebody must have the place.
func (op RemovePerson) outOfShifts(e *edit) (shifts []string, err error) {
	for i := range e.p.Shifts {
		s := &e.p.Shifts[i]
		at := slices.Index(s.People, op.Person)
		if at < 0 {
			continue
		}
		if op.By != "" && !slices.Contains(s.People, op.By) {
			s.People[at] = op.By
		} else {
			s.People = slices.Delete(s.People, at, at+1)
		}
		s.People = slices.DeleteFunc(s.People, func(id string) bool { return id == op.Person })
		if len(s.People) == 0 {
			return nil, fmt.Errorf("%w: nobody would be left in shift %s: say who has their place", ErrCannot, s.ID)
		}
		shifts = append(shifts, s.ID)
	}
	return shifts, nil
}

// outOfOverrides leaves nobody on or off because of somebody who is gone.
func (op RemovePerson) outOfOverrides(e *edit) {
	e.p.Overrides = slices.DeleteFunc(e.p.Overrides, func(o Override) bool {
		return (o.Add == op.Person || o.Remove == op.Person) && !o.End.IsZero() && o.End.instant(e.zone) <= e.now.Unix()
	})
	for i := range e.p.Overrides {
		o := &e.p.Overrides[i]
		if o.Add == op.Person {
			o.Add = op.By
		}
		if o.Remove == op.Person {
			o.Remove = ""
			if o.Add != "" {
				o.Remove = op.By // who covers for the one covers for the other
			}
		}
	}
	e.p.Overrides = slices.DeleteFunc(e.p.Overrides, func(o Override) bool {
		return o.Add == "" && o.Remove == "" || o.Add == o.Remove
	})
}

// ParseSkill reads the name of a skill, as a plan writes it: "young_people",
// "language:pl".
func ParseSkill(s string) (string, error) { return parseSkill(s) }
