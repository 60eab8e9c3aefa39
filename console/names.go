package console

import (
	"slices"
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

// alsoOf are the names of another plan besides: of a draft, in which somebody may
// be new.
func (n names) alsoOf(p *rota.Plan, now time.Time) names {
	if n.r == nil || p == nil {
		return n
	}
	both := *n.r.Plan()
	both.Responders, both.Teams = slices.Clone(both.Responders), slices.Clone(both.Teams)
	for i := range p.Responders {
		if _, known := n.r.Responder(p.Responders[i].ID); !known {
			both.Responders = append(both.Responders, p.Responders[i])
		}
	}
	for i := range p.Teams {
		if !slices.ContainsFunc(both.Teams, func(t rota.Team) bool { return t.ID == p.Teams[i].ID }) {
			both.Teams = append(both.Teams, p.Teams[i])
		}
	}
	r, err := rota.Compile(&both, now, time.Hour)
	if err != nil { // both compile by themselves
		return n
	}
	return names{r, n.zone}
}

// peopleChanged is who is in one plan and not in another, or otherwise.
func (n names) peopleChanged(before, after *rota.Plan) []versionLine {
	var all []versionLine
	for _, d := range rota.Diff(before, after) {
		id, ok := strings.CutPrefix(d.What, "responder ")
		if !ok {
			continue
		}
		f := diffWords[d.Kind]
		line := versionLine{Kind: f.Text, Tone: f.Tone, What: n.person(id), Text: upper(n.words(d.Text))}
		if d.Kind == rota.DiffAdded {
			if p, ok := n.r.Responder(id); ok {
				line.Text = n.team(p.Team) + ". " + n.tiersOf(&p) + "." + sentence("Skills: ", skillWords(p.Skills)) + " Number " + ending(p.Number) + "."
			}
		}
		all = append(all, line)
	}
	return all
}

// sentence is a text that ends in a full stop, "" when there is nothing to say.
func sentence(before, text string) string {
	if text == "" {
		return ""
	}
	return " " + before + text + "."
}
