package rota

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// EveryTeam is what Touched says of a change that no team owns, such as the
// service's minimum or a person outside the rota.
const EveryTeam = "*"

// Touched is whose business a change from plan a to plan b is: the ids of the
// teams it names, and of the home teams of the people it names, sorted; with
// EveryTeam when some part of it names neither. Either plan may be nil.
func Touched(a, b *Plan) []string {
	owner, shifts := map[string]string{}, map[string][]string{}
	for _, p := range []*Plan{a, b} {
		if p == nil {
			continue
		}
		for i := range p.Shifts {
			shifts[p.Shifts[i].ID] = append(shifts[p.Shifts[i].ID], p.Shifts[i].Teams...)
		}
		for i := range p.Responders {
			owner[p.Responders[i].ID] = p.Responders[i].Team
		}
		for i := range p.Teams {
			owner[p.Teams[i].ID] = p.Teams[i].ID // after the people: an id is a team's first
		}
	}
	teams := map[string]bool{}
	before, after := pieces(a), pieces(b)
	for at := range union(before, after) {
		was, is := before[at], after[at]
		if alike(was, is) {
			continue
		}
		found := false
		for _, n := range []*yaml.Node{was, is} {
			if ofEveryTeam(at, n) {
				teams[EveryTeam], found = true, true
			}
			switch {
			case strings.HasPrefix(at, "teams "): // whom a team asks for help is its own business
				n = besides(n, "neighbours")
			case strings.HasPrefix(at, "swaps "): // a swap is no business of the team of whoever approves it
				n = besides(n, "approved_by")
			}
			for _, word := range scalars(n) {
				if team, ok := owner[word]; ok {
					teams[team], found = true, true
				}
				for _, team := range shifts[word] {
					if !strings.HasPrefix(at, "swaps ") {
						break // only a swap names a shift and no team
					}
					if team == AllTeams {
						team = EveryTeam
					}
					teams[team], found = true, true
				}
			}
		}
		if !found {
			teams[EveryTeam] = true
		}
	}
	return slices.Sorted(maps.Keys(teams))
}

// Structural reports whether a change from plan a to plan b is of what there is,
// the teams, their localities, lines and promises of help, and not only of who
// is on. Either plan may be nil.
func Structural(a, b *Plan) bool {
	before, after := pieces(a), pieces(b)
	for at := range union(before, after) {
		section, _, _ := strings.Cut(at, " ")
		if slices.Contains([]string{"teams", "localities", "split", "lines", "mutual_aid"}, section) && !alike(before[at], after[at]) {
			return true
		}
	}
	return false
}

// ofEveryTeam reports whether a piece is a shift, or an exception to one, that is
// every team's: whose people they are does not make it theirs alone.
func ofEveryTeam(at string, n *yaml.Node) bool {
	section, _, _ := strings.Cut(at, " ")
	return n != nil && (section == "shifts" || section == "overrides") && slices.Contains(scalars(valueOf(n, "team")), AllTeams)
}

// besides is a piece without one of its keys.
func besides(piece *yaml.Node, key string) *yaml.Node {
	if piece == nil {
		return nil
	}
	own := &yaml.Node{Kind: piece.Kind}
	for i := 0; i+1 < len(piece.Content); i += 2 {
		if piece.Content[i].Value != key {
			own.Content = append(own.Content, piece.Content[i], piece.Content[i+1])
		}
	}
	return own
}

// pieces takes a plan's written form apart: each item of a list under its
// section and id, everything else under its key.
func pieces(p *Plan) map[string]*yaml.Node {
	all := map[string]*yaml.Node{}
	if p == nil {
		return all
	}
	var doc yaml.Node
	if err := doc.Encode(p.written()); err != nil {
		return all
	}
	for i := 0; i+1 < len(doc.Content); i += 2 {
		key, val := doc.Content[i].Value, doc.Content[i+1]
		if key == "swaps" { // the offers, and how they are agreed
			for id, item := range identified(valueOf(val, "offers")) {
				all[key+" "+id] = item
			}
			// Without it nobody need approve: the first offer there is does not say
			// anything new about that.
			if val = valueOf(val, "approval"); val == nil || val.Value == "false" {
				continue
			}
		}
		if !listOfParts(val) {
			all[key] = val
			continue
		}
		for id, item := range identified(val) {
			all[key+" "+id] = item
		}
	}
	return all
}

func scalars(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var all []string
	for _, c := range n.Content {
		all = append(all, scalars(c)...)
	}
	return all
}
