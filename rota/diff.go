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
	Text string // for a change, each key with before and after; else what the part is, by ids

	Section string // the word of What: "shift"; "" for what stands by itself
	ID      string // the rest of it
}

// String is one line of a listing: "+ absence x: ann, sick, …", "- line y: …", "~ team z: …".
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
	{"responders", "responder"}, {"shifts", "shift"}, {"absences", "absence"}, {"swaps", "swap"}, {"overrides", "override"},
	{"mutual_aid", "promise of help"}, {"last_human", "last human"},
}

// part is a piece of a plan: its keys as text, and what it is in words. section
// is the pieces of one list by id.
type (
	part struct {
		fields map[string]string
		words  string
	}
	section map[string]*part
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
		switch {
		case val.Kind == yaml.SequenceNode:
			all[key] = items(val, p.told(key))
		case key == "swaps": // the offers, and a word on how they are agreed
			all[key] = items(valueOf(val, "offers"), p.told(key))
			if p.Swaps.Approval {
				plain["swaps"] = keysOf(val, "offers")
			}
		case val.Kind == yaml.MappingNode:
			plain[key] = keysOf(val)
		default:
			plain[key] = &part{map[string]string{"": oneLine(val)}, oneLine(val)}
		}
	}
	all[""] = plain
	return all
}

// items are the parts of a list by id, words being what each is.
func items(list *yaml.Node, words []string) section {
	s := section{}
	for i, id := range identities(list) {
		s[id] = keysOf(list.Content[i])
		s[id].words = words[i]
	}
	return s
}

// keysOf are the keys of a mapping, but for some.
func keysOf(n *yaml.Node, but ...string) *part {
	p := &part{fields: map[string]string{}}
	var words []string
	for k := 0; k+1 < len(n.Content); k += 2 {
		if name := n.Content[k].Value; !slices.Contains(but, name) {
			p.fields[name] = oneLine(n.Content[k+1])
			words = append(words, name+" "+p.fields[name])
		}
	}
	p.words = strings.Join(words, ", ")
	return p
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
		d := DiffLine{What: strings.TrimSpace(word + " " + id), Section: word, ID: id}
		switch was, is := before[id], after[id]; {
		case was == nil:
			d.Kind, d.Text = DiffAdded, is.words
		case is == nil:
			d.Kind, d.Text = DiffRemoved, was.words
		default:
			d.Kind, d.Text = DiffChanged, diffPart(was.fields, is.fields)
		}
		if d.Kind != DiffChanged || d.Text != "" {
			lines = append(lines, d)
		}
	}
	return lines
}

func diffPart(was, is map[string]string) string {
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
