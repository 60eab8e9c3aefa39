package rota

import (
	"fmt"
	"slices"
	"strings"

	"example.org/crisisline/call"
)

// told is what each part of a section is, in the section's order: by ids, and
// without numbers, so that whoever reads that it was added knows what was.
func (p *Plan) told(section string) []string {
	switch section {
	case "teams":
		return mapped(p.Teams, Team.words)
	case "localities":
		return mapped(p.Localities, Locality.words)
	case "split":
		return mapped(p.Split, Split.words)
	case "lines":
		return mapped(p.Lines, PlannedLine.words)
	case "responders":
		return mapped(p.Responders, Responder.words)
	case "shifts":
		return mapped(p.Shifts, Shift.words)
	case "absences":
		return mapped(p.Absences, Absence.words)
	case "swaps":
		return mapped(p.Swaps.Offers, Swap.words)
	case "overrides":
		return mapped(p.Overrides, Override.words)
	case "mutual_aid":
		return mapped(p.MutualAid, Aid.words)
	}
	return mapped(p.LastHuman, func(h LastHuman) string { return h.Name })
}

// phrase is what is said of something, with what is not said left out.
func phrase(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// ifSaid is words with what they are about, "" when that is nothing.
func ifSaid(words, what string) string {
	if what == "" {
		return ""
	}
	return words + " " + what
}

// and joins words as people say them.
func and(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

func (t Team) words() string {
	var sources []string
	for _, s := range t.MergedFrom {
		sources = append(sources, "team "+s.Team)
	}
	return phrase(
		t.Name, ifSaid("from", t.From.String()), ifSaid("until", t.Until.String()), ifSaid("then team", t.Successor),
		ifSaid("merged from", and(sources)), ifSaid("neighbours", and(mapped(t.Neighbours, func(id string) string { return "team " + id }))), ifSaid("for", and(t.For)),
	)
}

func (l Locality) words() string {
	return phrase(l.Name, ifSaid("of team", l.Team), ifSaid("outside the service:", l.Outside), ifSaid("codes", and(l.Outward)), ifSaid("dialling codes", and(l.Dialling)))
}

func (s Split) words() string { return "between " + and(s.Between) + ": " + s.Ask }

func (l PlannedLine) words() string {
	retired := ""
	if l.Retired != nil {
		retired = phrase("retired since "+l.Retired.Since.String(), ifSaid("its calls go to team", l.Retired.Team))
	}
	caller := ""
	if l.Caller != call.CallerUnknown {
		caller = "callers: " + string(l.Caller)
	}
	return phrase(l.Name, ifSaid("of team", l.Team), caller, ifSaid("in", l.Language), ifSaid("skills", and(l.Skills)), retired)
}

func (r Responder) words() string {
	return phrase(r.Name, ifSaid("of team", r.Team), ifSaid("skills", and(r.Skills)), ifSaid("only", and(mapped(r.Tiers, tierWords))))
}

func (s Shift) words() string {
	on := ifSaid("on", and(mapped(s.Dates, Date.String)))
	if s.Kind != KindDated {
		on = s.Days.String()
	}
	kind := s.Kind
	if kind == "" {
		kind = KindWeekly
	}
	turns := ""
	if s.Kind == KindRotation {
		turns = fmt.Sprintf("%d at once, a turn is %s", s.AtOnce, and(s.Every.names()))
	}
	return phrase(
		string(kind), forTeams(s.Tier, s.Teams), on, s.Start.String()+" to "+s.End.String(), and(s.People), turns,
		ifSaid("in place of", and(s.Replaces)), ifSaid("from", s.From.String()), ifSaid("until", s.Until.String()),
	)
}

func (a Absence) words() string {
	end := "until further notice"
	if !a.End.IsZero() {
		end = "to " + a.End.dayOrTime()
	}
	return fmt.Sprintf("%s, %s, from %s %s", a.Person, a.Kind, a.Start.dayOrTime(), end)
}

func (s Swap) words() string {
	to := "to whoever takes it"
	if s.With != "" {
		to = "to " + s.With
	}
	takes := ""
	if !s.Takes.IsZero() {
		takes = "for " + s.Takes.String()
	}
	return phrase(fmt.Sprintf("%s gives %s %s", s.Person, s.Gives, to), takes, string(s.State), ifSaid("approved by", s.ApprovedBy))
}

func (o Override) words() string {
	return phrase(o.whom(), forTeams(o.Tier, o.Teams), "from "+o.Start.String()+" to "+o.End.String(), o.Why)
}

func (a Aid) words() string {
	after, most, hours := "", "", ""
	if a.After >= 0 {
		after = "after " + spanText(a.After)
	}
	if a.AtOnce >= 0 {
		most = fmt.Sprintf("at most %d at once", a.AtOnce)
	}
	if a.Start != a.End {
		hours = a.Start.String() + " to " + a.End.String()
	}
	return phrase(
		fmt.Sprintf("team %s helps team %s", a.By, a.Team), after, most, a.Days.String(), hours,
		ifSaid("from", a.Since.String()), ifSaid("until", a.Until.String()),
	)
}

func tierWords(t call.Tier) string { return strings.ReplaceAll(string(t), "_", " ") }

func forTeams(tier call.Tier, teams []string) string {
	if slices.Contains(teams, AllTeams) {
		return tierWords(tier) + " for every team"
	}
	return tierWords(tier) + " for team " + strings.Join(teams, ", team ")
}
