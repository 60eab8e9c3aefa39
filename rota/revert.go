package rota

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrEntangled is what Revert returns when later changes stand on the one to be
// taken back; the text names them.
var ErrEntangled = errors.New("later changes touch the same parts")

// Revert takes one change back and leaves the later ones: before and after are
// the plans around the change, current the plan in force. Whatever the change
// did is undone part by part, key by key; where somebody has changed the same
// key since, it is ErrEntangled and nothing is done.
func Revert(before, after, current *Plan) (*Plan, error) {
	docs := [3]*yaml.Node{{}, {}, {}}
	for i, p := range []*Plan{before, after, current} {
		if err := docs[i].Encode(p.written()); err != nil {
			return nil, err
		}
	}
	v := reverting{}
	merged := v.mapping("", docs[0], docs[1], docs[2])
	v.leftovers(docs[0], docs[1], merged)
	if len(v.clashes) > 0 {
		slices.Sort(v.clashes)
		return nil, fmt.Errorf("%w: %s: change those by hand, or undo the later changes first", ErrEntangled, strings.Join(slices.Compact(v.clashes), ", "))
	}
	text, err := yaml.Marshal(merged)
	if err != nil {
		return nil, err
	}
	p, err := Parse("plan", text)
	if err != nil {
		return nil, err
	}
	p.source = current.source // its comments are kept
	return p, nil
}

// reverting is one call of Revert.
type reverting struct{ clashes []string }

// mapping takes back what the change did to the keys of one mapping. Any of the
// three may be nil: not there.
func (v *reverting) mapping(path string, before, after, current *yaml.Node) *yaml.Node {
	was, is, now := keyed(before), keyed(after), keyed(current)
	merged := &yaml.Node{Kind: yaml.MappingNode}
	put := func(key string, n *yaml.Node) {
		if n != nil {
			merged.Content = append(merged.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, n)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(union(was, is, now))) {
		put(key, v.value(join(path, key), was[key], is[key], now[key]))
	}
	if len(merged.Content) == 0 && (before == nil || after == nil || current == nil) {
		return nil // nothing is left of it
	}
	return merged
}

func (v *reverting) value(path string, before, after, current *yaml.Node) *yaml.Node {
	switch {
	case alike(before, after):
		return current // the change left it alone
	case alike(after, current):
		return before // nobody has touched it since
	case alike(before, current):
		return current // somebody has taken it back already
	case listOfParts(before) && listOfParts(after) && listOfParts(current):
		return v.list(path, before, after, current)
	case keys(before) && keys(after) && keys(current):
		return v.mapping(path, before, after, current)
	}
	v.clashes = append(v.clashes, path)
	return current
}

// item takes back what was done to one part of a list. A part comes and goes
// whole: half an absence is none.
func (v *reverting) item(path string, before, after, current *yaml.Node) *yaml.Node {
	if before == nil || after == nil || current == nil {
		if !alike(before, after) && !alike(after, current) && !alike(before, current) {
			v.clashes = append(v.clashes, path)
			return current
		}
	}
	return v.value(path, before, after, current)
}

// keys reports whether the node is a set of keys; none at all is an empty one.
func keys(n *yaml.Node) bool { return n == nil || n.Kind == yaml.MappingNode }

// list takes back what was done to parts that have an id. Parts stand in the
// order of the present plan; those that come back stand at the end.
func (v *reverting) list(path string, before, after, current *yaml.Node) *yaml.Node {
	was, is, now := identified(before), identified(after), identified(current)
	merged := &yaml.Node{Kind: yaml.SequenceNode}
	var order []string
	for _, list := range []*yaml.Node{current, before} {
		if list == nil {
			continue
		}
		for _, id := range identities(list) {
			if !slices.Contains(order, id) {
				order = append(order, id)
			}
		}
	}
	for _, id := range order {
		if n := v.item(path+" "+id, was[id], is[id], now[id]); n != nil {
			merged.Content = append(merged.Content, n)
		}
	}
	if len(merged.Content) == 0 {
		return nil
	}
	return merged
}

// leftovers are clashes too: parts that go, and that something later names.
func (v *reverting) leftovers(before, after, merged *yaml.Node) {
	was, is := keyed(before), keyed(after)
	gone := map[string]string{}
	for key, list := range is {
		if list.Kind != yaml.SequenceNode || !listOfParts(list) {
			continue
		}
		had := identified(was[key])
		for id := range identified(list) {
			if had[id] == nil {
				gone[id] = key + " " + id
			}
		}
	}
	named, hadNamed := map[string]int{}, map[string]int{}
	count(merged, named)
	count(before, hadNamed)
	for id, path := range gone {
		if named[id] > hadNamed[id] { // the word may have meant something else before, as a locality's id
			v.clashes = append(v.clashes, path)
		}
	}
}

// count counts how often each value stands in a document.
func count(n *yaml.Node, values map[string]int) {
	if n.Kind == yaml.ScalarNode {
		values[n.Value]++
	}
	for _, inner := range n.Content {
		count(inner, values)
	}
}

func keyed(n *yaml.Node) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	if n != nil {
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = n.Content[i+1]
		}
	}
	return m
}

func union(sets ...map[string]*yaml.Node) map[string]bool {
	all := map[string]bool{}
	for _, s := range sets {
		for k := range s {
			all[k] = true
		}
	}
	return all
}

func alike(a, b *yaml.Node) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Kind == b.Kind && oneLine(a) == oneLine(b))
}

// listOfParts reports whether the node is a list whose items can be told apart
// by what they are; no list at all is an empty one.
func listOfParts(n *yaml.Node) bool {
	if n == nil {
		return true
	}
	return n.Kind == yaml.SequenceNode && !slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return identity(item) == "" })
}

func identified(n *yaml.Node) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	for i, id := range identities(n) {
		m[id] = n.Content[i]
	}
	return m
}

// identities tell the items of a list apart. Two that look alike are the first
// and the second of their kind: none is lost.
func identities(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	ids, seen := make([]string, len(n.Content)), map[string]int{}
	for i, item := range n.Content {
		id := identity(item)
		if seen[id]++; seen[id] > 1 && id != "" {
			id += fmt.Sprintf(" (%d)", seen[id])
		}
		ids[i] = id
	}
	return ids
}

// identity is what tells an item of a list from the others: its id, or what
// stands for one; a word is itself.
func identity(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	fields := keyed(n)
	if id := fields["id"]; id != nil {
		return id.Value
	}
	var parts []string
	for _, key := range []string{"outward", "team", "by", "name", "till", "from", "since", "start"} {
		if f := fields[key]; f != nil {
			parts = append(parts, f.Value)
		}
	}
	return strings.Join(parts, " ")
}
