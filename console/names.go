package console

import (
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// names turns ids into the words of the plan in force. An id the plan no
// longer has is shown as it is.
type names struct {
	r    *rota.Rota
	zone *time.Location
}

func (n names) team(id string) string {
	if n.r != nil {
		return n.r.TeamName(id)
	}
	return id
}

func (n names) line(id string) string {
	if n.r != nil {
		for i := range n.r.Plan().Lines {
			if l := &n.r.Plan().Lines[i]; l.ID == id && l.Name != "" {
				return l.Name
			}
		}
	}
	return id
}

// person is a responder's name for the screen.
func (n names) person(id string) string {
	if n.r != nil {
		if p, ok := n.r.Responder(id); ok && p.Name != "" {
			return p.Name
		}
	}
	return signedAs(id)
}

// signedAs is somebody who is not in the plan, as they signed in.
func signedAs(id string) string {
	way, who, ok := strings.Cut(id, ":")
	switch {
	case !ok:
		return id
	case way == "development" && access.Role(who).Words() != "":
		return "The " + access.Role(who).Words()
	case way == "code":
		return who + " (one-time code)"
	case way == "token":
		return who + " (token)"
	}
	return id
}

// openTeams are the teams that exist on the day of now, in the plan's order.
func (n names) openTeams(now time.Time) []string {
	if n.r == nil {
		return nil
	}
	y, m, d := now.In(n.zone).Date()
	today := rota.Date{Year: y, Month: m, Day: d}.String() // ISO dates order as text
	var ids []string
	for i := range n.r.Plan().Teams {
		t := &n.r.Plan().Teams[i]
		if (t.From.IsZero() || t.From.String() <= today) && (t.Until.IsZero() || today < t.Until.String()) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}
