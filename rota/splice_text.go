package rota

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// offset is where a node begins in the text. Columns count characters.
func (s *splicing) offset(n *yaml.Node) int {
	at := s.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(s.text[at:])
		at += size
	}
	return at
}

func (s *splicing) lineStart(at int) int { return bytes.LastIndexByte(s.text[:at], '\n') + 1 }

// lineEnd is the beginning of the next line.
func (s *splicing) lineEnd(at int) int {
	if i := bytes.IndexByte(s.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s.text)
}

// end is where a node's text ends.
func (s *splicing) end(n *yaml.Node) (int, error) {
	at := s.offset(n)
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return 0, errSplice
	case n.Style&yaml.FlowStyle != 0 && n.Kind != yaml.ScalarNode:
		return s.closing(at)
	case n.Kind != yaml.ScalarNode && len(n.Content) > 0:
		return s.end(n.Content[len(n.Content)-1])
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return s.quoted(at)
	case n.Kind == yaml.ScalarNode && bytes.HasPrefix(s.text[at:], []byte(n.Value)):
		return at + len(n.Value), nil
	}
	return 0, errSplice
}

// closing is behind the bracket that closes the one at the offset.
func (s *splicing) closing(at int) (int, error) {
	depth := 0
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return at + 1, nil
			}
		case (c == '"' || c == '\'') && bytes.ContainsAny(s.text[at-1:at], " ,[{:"):
			end, err := s.quoted(at)
			if err != nil {
				return 0, err
			}
			at = end
			continue
		case c == '#' && (s.text[at-1] == ' ' || s.text[at-1] == '\n'):
			at = s.lineEnd(at)
			continue
		}
		at++
	}
	return 0, errSplice
}

// quoted is behind the quote that closes the one at the offset.
func (s *splicing) quoted(at int) (int, error) {
	quote := s.text[at]
	for i := at + 1; i < len(s.text); i++ {
		switch {
		case quote == '"' && s.text[i] == '\\':
			i++
		case s.text[i] != quote:
		case quote == '\'' && i+1 < len(s.text) && s.text[i+1] == quote:
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, errSplice
}

// inline is a value on one line, days and times without the quotes that only
// other readers would need.
func inline(n *yaml.Node) string {
	text, err := yaml.Marshal(plain(n, yaml.FlowStyle))
	if err != nil {
		return fmt.Sprintf("%q", err) // not a plan: the reading back will refuse it
	}
	return strings.TrimSuffix(string(text), "\n")
}

func blockText(n *yaml.Node) string {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(plain(n, 0)), enc.Close()); err != nil {
		return ""
	}
	return b.String()
}

// indented puts spaces before every line but the first.
func indented(text string, indent int) string {
	lines := strings.SplitAfter(text, "\n")
	for i := 1; i < len(lines); i++ {
		if lines[i] != "" {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
	}
	return strings.Join(lines, "")
}

// plain is a copy for printing: collections in the style, dates unquoted.
func plain(n *yaml.Node, style yaml.Style) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style}
	if n.Kind != yaml.ScalarNode {
		c.Style |= style
	} else if _, err := ParseDate(n.Value); err == nil {
		c.Tag, c.Style = "!!timestamp", 0
	}
	for _, child := range n.Content {
		c.Content = append(c.Content, plain(child, style))
	}
	return c
}
