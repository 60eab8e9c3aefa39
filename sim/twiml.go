package sim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// element is one node of a TwiML document.
type element struct {
	name string
	attr map[string]string
	kids []*element
	text string // its own characters, trimmed
	mix  []any  // characters (string) and kids (*element) in order, for Say
}

// document is TwiML ready to be played.
type document struct {
	verbs []*element
	from  target   // as it was asked for: the default action
	base  *url.URL // what its relative addresses are relative to
}

func (e *element) is(name string, otherwise bool) bool {
	switch strings.ToLower(e.attr[name]) {
	case "true":
		return true
	case "false":
		return false
	}
	return otherwise
}

func (e *element) number(name string, otherwise int) int {
	n, err := strconv.Atoi(e.attr[name])
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

func (e *element) seconds(name string, otherwise int) time.Duration {
	return time.Duration(e.number(name, otherwise)) * time.Second
}

// parseTwiML reads a document whose root is Response. Names are case-sensitive
// and nothing may stand before the XML declaration (12100).
func parseTwiML(body []byte) (*element, error) {
	if at := bytes.Index(body, []byte("<?xml")); at > 0 {
		return nil, errors.New("characters before the XML declaration")
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	var stack []*element
	var root *element
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{name: t.Name.Local, attr: map[string]string{}}
			for _, a := range t.Attr {
				name := a.Name.Local
				if a.Name.Space == "xml" || strings.HasSuffix(a.Name.Space, "/namespace") {
					name = "xml:" + name
				}
				e.attr[name] = a.Value
			}
			switch {
			case len(stack) > 0:
				top := stack[len(stack)-1]
				top.kids, top.mix = append(top.kids, e), append(top.mix, e)
			case root != nil:
				return nil, errors.New("more than one root")
			default:
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack[len(stack)-1].text = strings.TrimSpace(stack[len(stack)-1].text)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.text += string(t)
				top.mix = append(top.mix, string(t))
			}
		}
	}
	if root == nil || root.name != "Response" {
		return nil, errors.New("root is not Response")
	}
	return root, nil
}

// ssml is the set of elements Say may hold (docs/twilio.md 8).
var ssml = map[string]bool{
	"break": true, "emphasis": true, "lang": true, "p": true, "phoneme": true,
	"prosody": true, "s": true, "say-as": true, "sub": true, "w": true,
}

// words is what a Say speaks and the pauses written into it.
func (e *element) words(odd func(string)) (text string, pauses time.Duration) {
	var b strings.Builder
	var walk func(*element)
	walk = func(e *element) {
		for _, part := range e.mix {
			switch p := part.(type) {
			case string:
				b.WriteString(p)
			case *element:
				if !ssml[p.name] {
					odd(fmt.Sprintf("12200 <%s> in <%s>", p.name, e.name))
				}
				if p.name == "break" {
					pauses += breakTime(p.attr)
					b.WriteString(" ")
				}
				walk(p)
			}
		}
	}
	walk(e)
	return strings.Join(strings.Fields(b.String()), " "), pauses
}

func breakTime(attr map[string]string) time.Duration {
	if d, err := time.ParseDuration(attr["time"]); err == nil {
		return d
	}
	switch attr["strength"] {
	case "none", "x-weak":
		return 0
	case "strong":
		return 800 * time.Millisecond
	case "x-strong":
		return 1200 * time.Millisecond
	}
	return 400 * time.Millisecond
}

// speaking estimates how long words take to say: 2.5 a second, every digit a
// word of its own, and a third of a second to begin.
func speaking(text string) time.Duration {
	words := 0
	for field := range strings.FieldsSeq(text) {
		digits := 0
		for _, r := range field {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		words += max(1, digits)
	}
	if words == 0 {
		return 0
	}
	return 300*time.Millisecond + time.Duration(words)*400*time.Millisecond
}
