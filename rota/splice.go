package rota

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errSplice says that a text cannot be changed piece by piece. It is no error
// of the plan: the plan is then written afresh.
var errSplice = errors.New("not a text that can be changed in places")

// splice changes the text of a plan where the plan has changed and nowhere
// else, so that comments, order and layout stay and a diff shows the edit
// alone. root is the text's; was is what it says, is what it ought to say. The
// result is to be read back and compared: splice knows the layouts people use,
// not all of YAML.
func splice(text []byte, root, was *yaml.Node, is any) ([]byte, error) {
	var to yaml.Node
	if err := to.Encode(is); err != nil {
		return nil, err
	}
	s := splicing{text: text}
	for i := range text {
		if i == 0 || text[i-1] == '\n' {
			s.lines = append(s.lines, i)
		}
	}
	if err := s.mapping(root, was, &to, true); err != nil {
		return nil, err
	}
	return s.apply()
}

// splicing is one call of splice.
type splicing struct {
	text  []byte
	lines []int // offset of each line
	edits []textEdit
}

// textEdit puts text in place of [from, until).
type textEdit struct {
	from, until int
	text        string
}

func (s *splicing) edit(from, until int, text string) {
	s.edits = append(s.edits, textEdit{from, until, text})
}

// apply makes the edits, last first. Insertions at one place keep their order.
func (s *splicing) apply() ([]byte, error) {
	slices.SortStableFunc(s.edits, func(a, b textEdit) int { return a.from - b.from })
	var b bytes.Buffer
	done := 0
	for _, e := range s.edits {
		if e.from < done {
			return nil, errSplice
		}
		b.Write(s.text[done:e.from])
		b.WriteString(e.text)
		done = e.until
	}
	b.Write(s.text[done:])
	return b.Bytes(), nil
}

// mapping changes the values that differ. Keys that from does not have may
// stand in the text all the same, saying what is so anyway.
func (s *splicing) mapping(src, from, to *yaml.Node, top bool) error {
	if src.Kind != yaml.MappingNode {
		return errSplice
	}
	for i := 0; i+1 < len(to.Content); i += 2 {
		key, val := to.Content[i].Value, to.Content[i+1]
		old := valueOf(from, key)
		if old != nil && sameNode(old, val) {
			continue
		}
		keyNode, there := entryOf(src, key)
		var err error
		if there == nil {
			err = s.addKey(src, key, val, top)
		} else {
			err = s.value(keyNode, there, old, val)
		}
		if err != nil {
			return err
		}
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, old := from.Content[i].Value, from.Content[i+1]
		if valueOf(to, key) != nil {
			continue
		}
		if keyNode, there := entryOf(src, key); there != nil {
			if err := s.dropKey(src, keyNode, there, old, top); err != nil {
				return err
			}
		}
	}
	return nil
}

// value changes one value of a mapping.
func (s *splicing) value(key, src, from, to *yaml.Node) error {
	switch {
	case src.Kind == yaml.ScalarNode && src.Value == "" && src.Style == 0: // "overrides:" and nothing
		at := s.lineEnd(s.offset(key))
		s.edit(at, at, s.block(to, key.Column-1))
		return nil
	case from != nil && src.Kind == yaml.MappingNode && from.Kind == yaml.MappingNode && to.Kind == yaml.MappingNode:
		return s.mapping(src, from, to, false)
	case from != nil && blockItems(src) && to.Kind == yaml.SequenceNode && len(src.Content) == len(from.Content):
		return s.sequence(src, from, to)
	case src.Kind == yaml.SequenceNode && len(src.Content) == 0 && isList(to): // "overrides: []"
		end, err := s.end(src)
		if err != nil {
			return err
		}
		s.edit(s.offset(src), end, strings.TrimSuffix(s.block(to, key.Column-1), "\n"))
		return nil
	}
	return s.replace(src, to)
}

// replace writes a value anew, on one line.
func (s *splicing) replace(src, to *yaml.Node) error {
	end, err := s.end(src)
	if err != nil {
		return err
	}
	s.edit(s.offset(src), end, inline(to))
	return nil
}

// addKey adds an entry at the end of a mapping.
func (s *splicing) addKey(src *yaml.Node, key string, val *yaml.Node, top bool) error {
	end, err := s.end(src)
	if err != nil {
		return err
	}
	switch {
	case src.Style&yaml.FlowStyle != 0:
		s.edit(end-1, end-1, ", "+key+": "+inline(val)) // before the brace
	case top:
		gap := "\n"
		if len(s.text) > 0 && s.text[len(s.text)-1] != '\n' {
			gap = "\n\n"
		}
		s.edit(len(s.text), len(s.text), gap+key+":"+s.entry(val, 0))
	default:
		at, indent := s.lineEnd(end), src.Content[0].Column-1
		s.edit(at, at, strings.Repeat(" ", indent)+key+":"+s.entry(val, indent))
	}
	return nil
}

// dropKey takes an entry out. A list loses its items and keeps its key, and
// the comments under it; a list at the very end of the text goes whole.
func (s *splicing) dropKey(src, key, val, from *yaml.Node, top bool) error {
	begin := s.offset(key)
	end, err := s.end(val)
	if err != nil {
		return err
	}
	if src.Style&yaml.FlowStyle != 0 {
		return s.dropFlow(begin, end)
	}
	if s.lineStart(begin) != begin-(key.Column-1) || len(bytes.TrimSpace(s.text[s.lineStart(begin):begin])) > 0 {
		return errSplice // shares its line with something else
	}
	if top && blockItems(val) {
		if len(bytes.TrimSpace(s.text[s.lineEnd(end):])) > 0 || len(val.Content) != len(from.Content) {
			return s.sequence(val, from, &yaml.Node{Kind: yaml.SequenceNode})
		}
		if begin >= 2 && s.text[begin-2] == '\n' { // the blank line it was added with
			begin--
		}
	}
	s.edit(s.lineStart(begin), s.lineEnd(end), "")
	return nil
}

// dropFlow takes "key: value" out of braces, with the comma before it.
func (s *splicing) dropFlow(begin, end int) error {
	before := len(bytes.TrimRight(s.text[:begin], " \n"))
	if before == 0 || s.text[before-1] != ',' {
		return errSplice
	}
	s.edit(before-1, end, "")
	return nil
}

// sequence changes a list of mappings, one item to a line or more. Items are
// matched by id; the order of those that stay must be the same.
func (s *splicing) sequence(src, from, to *yaml.Node) error {
	next := 0 // items of src before it are dealt with
	flow := len(src.Content) == 0 || src.Content[len(src.Content)-1].Style&yaml.FlowStyle != 0
	for _, item := range to.Content {
		at := slices.IndexFunc(from.Content, func(old *yaml.Node) bool { return sameItem(old, item) })
		if at < 0 {
			if err := s.insertItem(src, next, item, flow); err != nil {
				return err
			}
			continue
		}
		if at < next {
			return errSplice // items changed places
		}
		for ; next < at; next++ {
			if err := s.dropItem(src, next); err != nil {
				return err
			}
		}
		if err := s.item(src.Content[at], from.Content[at], item); err != nil {
			return err
		}
		next++
	}
	for ; next < len(src.Content); next++ {
		if err := s.dropItem(src, next); err != nil {
			return err
		}
	}
	return nil
}

func (s *splicing) item(src, from, to *yaml.Node) error {
	if sameNode(from, to) {
		return nil
	}
	if from.Kind != yaml.MappingNode {
		return s.replace(src, to)
	}
	return s.mapping(src, from, to, false)
}

// insertItem adds an item behind the first n.
func (s *splicing) insertItem(src *yaml.Node, n int, item *yaml.Node, flow bool) error {
	indent := src.Column - 1
	at := s.lineStart(s.offset(src))
	if n > 0 {
		end, err := s.end(src.Content[n-1])
		if err != nil {
			return err
		}
		at = s.lineEnd(end)
	}
	text := inline(item) + "\n"
	if !flow {
		text = indented(blockText(item), indent+2)
	}
	if at > 0 && s.text[at-1] != '\n' {
		text = "\n" + strings.TrimSuffix(strings.Repeat(" ", indent)+"- "+text, "\n")
		s.edit(at, at, text)
		return nil
	}
	s.edit(at, at, strings.Repeat(" ", indent)+"- "+text)
	return nil
}

func (s *splicing) dropItem(src *yaml.Node, n int) error {
	item := src.Content[n]
	end, err := s.end(item)
	if err != nil {
		return err
	}
	begin := s.lineStart(s.offset(item))
	if dash := bytes.TrimSpace(s.text[begin:s.offset(item)]); string(dash) != "-" {
		return errSplice
	}
	s.edit(begin, s.lineEnd(end), "")
	return nil
}

// entry is what stands after a new key and its colon, with the line's end.
func (s *splicing) entry(val *yaml.Node, indent int) string {
	if isList(val) || val.Kind == yaml.MappingNode {
		return "\n" + s.block(val, indent)
	}
	return " " + inline(val) + "\n"
}

// block is a value on lines of its own below a key at indent: an item to a
// line when it is a list of mappings.
func (s *splicing) block(val *yaml.Node, indent int) string {
	text := ""
	space := strings.Repeat(" ", indent+2)
	switch {
	case isList(val):
		for _, item := range val.Content {
			text += space + "- " + inline(item) + "\n"
		}
	case val.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(val.Content); i += 2 {
			text += space + val.Content[i].Value + ":" + s.entry(val.Content[i+1], indent+2)
		}
	default:
		text += space + inline(val) + "\n"
	}
	return text
}

func isList(n *yaml.Node) bool {
	return n.Kind == yaml.SequenceNode && (len(n.Content) == 0 || n.Content[0].Kind == yaml.MappingNode)
}

func blockItems(n *yaml.Node) bool {
	return n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0 && isList(n)
}

func entryOf(n *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func valueOf(n *yaml.Node, key string) *yaml.Node {
	_, v := entryOf(n, key)
	return v
}

func sameNode(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameNode)
}

// sameItem reports whether two items of a list are about one thing.
func sameItem(a, b *yaml.Node) bool {
	if id := valueOf(a, "id"); id != nil && a.Kind == yaml.MappingNode && b.Kind == yaml.MappingNode {
		other := valueOf(b, "id")
		return other != nil && other.Value == id.Value
	}
	return sameNode(a, b)
}
