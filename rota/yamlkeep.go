package rota

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// keep writes a changed plan into the text it was read from: only the lines of
// what changed are written anew, and comments, order, blank lines and the way
// everything else is written stay. ok is false when the text is of a kind this
// cannot be done with, or the result would not read back as the plan.
func (p *Plan) keep(was *Plan, canonical []byte) (text []byte, ok bool) {
	var doc, before, after yaml.Node
	if yaml.Unmarshal(p.source, &doc) != nil || len(doc.Content) == 0 ||
		before.Encode(was.written()) != nil || after.Encode(p.written()) != nil {
		return nil, false
	}
	k := keeping{}
	if !k.mapping(doc.Content[0], &before, &after, false) {
		return nil, false
	}
	text = k.apply(p.source)
	again, err := Parse("", text)
	if err != nil {
		return nil, false
	}
	reads, err := again.canonical()
	return text, err == nil && bytes.Equal(reads, canonical)
}

// keeping collects what to write anew. Lines count from 1.
type keeping struct{ edits []lineEdit }

// lineEdit puts text in the place of lines [from, until).
type lineEdit struct {
	from, until int
	text        string
}

func (k *keeping) edit(from, until int, text string) {
	k.edits = append(k.edits, lineEdit{from, until, text})
}

func (k *keeping) apply(source []byte) []byte {
	lines := strings.SplitAfter(string(source), "\n")
	if last := len(lines) - 1; lines[last] != "" {
		lines[last] += "\n"
	}
	slices.SortStableFunc(k.edits, func(a, b lineEdit) int { return a.from - b.from })
	var b strings.Builder
	next := 1
	for _, e := range k.edits {
		for ; next < e.from && next <= len(lines); next++ {
			b.WriteString(lines[next-1])
		}
		b.WriteString(e.text)
		next = max(next, e.until)
	}
	for ; next <= len(lines); next++ {
		b.WriteString(lines[next-1])
	}
	return []byte(b.String())
}

// mapping edits a mapping that is written over several lines. The first key of
// an item of a list stands behind its dash.
func (k *keeping) mapping(text, before, after *yaml.Node, item bool) bool {
	if text.Kind != yaml.MappingNode || text.Style&yaml.FlowStyle != 0 || len(text.Content) == 0 {
		return false
	}
	was, is := keyed(before), keyed(after)
	indent := text.Content[0].Column - 1
	seen := map[string]bool{}
	for i := 0; i+1 < len(text.Content); i += 2 {
		key, val := text.Content[i], text.Content[i+1]
		seen[key.Value] = true
		switch {
		case alike(was[key.Value], is[key.Value]):
		case is[key.Value] == nil:
			if i == 0 && item {
				return false // the dash would go with it
			}
			k.edit(key.Line, lastLine(key, val)+1, "")
		case k.value(val, was[key.Value], is[key.Value], false):
		default:
			k.edit(key.Line, lastLine(key, val)+1, rendered(key.Value, is[key.Value], val, indent, i == 0 && item))
		}
	}
	end := lastLine(text) + 1
	for i := 0; i+1 < len(after.Content); i += 2 {
		if key := after.Content[i].Value; !seen[key] {
			k.edit(end, end, rendered(key, after.Content[i+1], nil, indent, false))
		}
	}
	return true
}

// value edits inside a value, if it can be done there.
func (k *keeping) value(text, before, after *yaml.Node, item bool) bool {
	mark := len(k.edits)
	if before == nil || after == nil || text.Kind != after.Kind {
		return false
	}
	ok := false
	switch text.Kind {
	case yaml.MappingNode:
		ok = k.mapping(text, before, after, item)
	case yaml.SequenceNode:
		ok = k.list(text, before, after)
	}
	if !ok {
		k.edits = k.edits[:mark]
	}
	return ok
}

// list edits a list of parts that have an id, one below the other.
func (k *keeping) list(text, before, after *yaml.Node) bool {
	if text.Style&yaml.FlowStyle != 0 || len(text.Content) == 0 || len(text.Content) != len(before.Content) || !listOfParts(before) || !listOfParts(after) ||
		text.Content[0].Kind != yaml.MappingNode {
		return false
	}
	place := map[string]*yaml.Node{} // in the text
	is := identified(after)
	for i, item := range text.Content {
		id := identity(before.Content[i])
		place[id] = item
		if is[id] == nil {
			k.edit(item.Line, lastLine(item)+1, "")
		}
	}
	dash := text.Column - 1
	at, like := text.Content[0].Line, text.Content[0]
	was := identified(before)
	for _, item := range after.Content {
		here := place[identity(item)]
		switch {
		case here == nil:
			k.edit(at, at, renderedItem(item, like, dash))
			continue
		case alike(was[identity(item)], item):
		case here.Style&yaml.FlowStyle == 0 && k.value(here, was[identity(item)], item, true):
		default:
			k.edit(here.Line, lastLine(here)+1, renderedItem(item, here, dash))
		}
		at, like = lastLine(here)+1, here
	}
	return true
}

// lastLine is the last line anything of the nodes begins on.
func lastLine(nodes ...*yaml.Node) (last int) {
	for _, n := range nodes {
		last = max(last, n.Line, lastLine(n.Content...))
	}
	return last
}

// rendered is "key: value" written anew, in the manner of what was there.
func rendered(key string, value, was *yaml.Node, indent int, afterDash bool) string {
	pair := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: key}, inManner(value, was)}}
	text := indented(pair, indent)
	if afterDash && indent >= 2 { // the key stands behind the dash of its item
		text = text[:indent-2] + "- " + text[indent:]
	}
	return text
}

func renderedItem(item, like *yaml.Node, dash int) string {
	return indented(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{inManner(item, like)}}, dash)
}

// inManner is a copy of a node in the style of another, with the comment that
// stood behind it.
func inManner(n, like *yaml.Node) *yaml.Node {
	c := *n
	if like != nil && c.Kind == like.Kind {
		if c.Kind != yaml.ScalarNode {
			c.Style = like.Style
		}
		c.LineComment = like.LineComment
	}
	return &c
}

// indented is a node's text with every line moved right.
func indented(n *yaml.Node, by int) string {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if enc.Encode(n) != nil || enc.Close() != nil {
		return ""
	}
	var moved strings.Builder
	for line := range strings.Lines(b.String()) {
		moved.WriteString(strings.Repeat(" ", by) + line)
	}
	return moved.String()
}
