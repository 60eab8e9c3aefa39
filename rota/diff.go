package rota

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// DiffKind says what became of a part of a plan.
type DiffKind string

// The closed set of kinds.
const (
	DiffAdded   DiffKind = "added"
	DiffRemoved DiffKind = "removed"
	DiffChanged DiffKind = "changed"
)

// DiffLine is one difference between two plans, in words a person can check.
// Numbers are not shown: a changed one reads "number changed".
type DiffLine struct {
	Kind DiffKind
	What string // "shift pseh-day", "line public", "minimum"
	Text string // for a change, each key with before and after
}

// String is one line of a listing: "+ shift x", "- line y", "~ team z: …".
func (d DiffLine) String() string {
	sign := map[DiffKind]string{DiffAdded: "+", DiffRemoved: "-", DiffChanged: "~"}[d.Kind]
	if d.Text == "" {
		return sign + " " + d.What
	}
	return sign + " " + d.What + ": " + d.Text
}

// Diff is what changes from plan a to plan b, section by section; parts are
// matched by id, so that moving a line about is no difference. Either may be
// nil: no plan.
func Diff(a, b *Plan) []DiffLine {
	before, after := parts(a), parts(b)
	var lines []DiffLine //nolint:prealloc // most often few of many
	for _, section := range sections {
		lines = append(lines, diffSection(section.word, before[section.key], after[section.key])...)
	}
	return lines
}

// sections of a plan in the order they are compared, with the word for one
// part.
var sections = []struct{ key, word string }{
	{"", ""}, {"teams", "team"}, {"localities", "locality"}, {"split", "split code"}, {"lines", "line"},
	{"responders", "responder"}, {"shifts", "shift"}, {"overrides", "override"}, {"last_human", "last human"},
}

// part is a piece of a plan as key → text, and section its pieces by id.
type (
	part    map[string]string
	section map[string]part
)

// parts takes a plan apart through its written form, so that whatever is
// written is compared and nothing need be listed twice.
func parts(p *Plan) map[string]section {
	all := map[string]section{}
	if p == nil {
		return all
	}
	var doc yaml.Node
	if err := doc.Encode(p.written()); err != nil {
		return all
	}
	plain := section{}
	for i := 0; i+1 < len(doc.Content); i += 2 {
		key, val := doc.Content[i].Value, doc.Content[i+1]
		if val.Kind != yaml.SequenceNode {
			plain[key] = part{"": oneLine(val)}
			continue
		}
		all[key] = section{}
		for j, item := range val.Content {
			fields := part{}
			id := fmt.Sprint(j + 1)
			for k := 0; k+1 < len(item.Content); k += 2 {
				name := item.Content[k].Value
				fields[name] = oneLine(item.Content[k+1])
				if name == "id" || name == "outward" && key == "split" {
					id = item.Content[k+1].Value
				}
			}
			all[key][id] = fields
		}
	}
	all[""] = plain
	return all
}

func diffSection(word string, before, after section) []DiffLine {
	ids := slices.Sorted(maps.Keys(after))
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if after[id] == nil {
			ids = append(ids, id)
		}
	}
	lines := make([]DiffLine, 0, len(ids))
	for _, id := range ids {
		d := DiffLine{What: strings.TrimSpace(word + " " + id)}
		switch was, is := before[id], after[id]; {
		case was == nil:
			d.Kind = DiffAdded
		case is == nil:
			d.Kind = DiffRemoved
		default:
			d.Kind, d.Text = DiffChanged, diffPart(was, is)
		}
		if d.Kind != DiffChanged || d.Text != "" {
			lines = append(lines, d)
		}
	}
	return lines
}

func diffPart(was, is part) string {
	keys := maps.Clone(was)
	maps.Copy(keys, is)
	var changes []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		switch {
		case was[key] == is[key]:
		case key == "number":
			changes = append(changes, "number changed")
		default:
			changes = append(changes, strings.TrimSpace(fmt.Sprintf("%s %s → %s", key, orNone(was[key]), orNone(is[key]))))
		}
	}
	return strings.Join(changes, "; ")
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// oneLine is a node's value on one line.
func oneLine(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var inner []string
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			inner = append(inner, n.Content[i].Value+" "+oneLine(n.Content[i+1]))
		}
		return "{" + strings.Join(inner, ", ") + "}"
	}
	for _, item := range n.Content {
		inner = append(inner, oneLine(item))
	}
	return "[" + strings.Join(inner, ", ") + "]"
}
