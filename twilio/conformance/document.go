package conformance

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const grammarFile = "twilio/conformance/generated/grammar.json"

// grammar is what grammar.mjs writes.
type grammar struct {
	Source   string
	Root     string
	Elements map[string]*element
}

// element is one class of npm twilio. The same tag may be different classes in
// different places.
type element struct {
	Text       bool
	Attributes map[string]attribute
	Children   map[string]string // tag → class
}

type attribute struct {
	Kind   string // string, number, boolean, enum
	List   bool   // values separated by spaces
	Values []string
}

var loadGrammar = sync.OnceValues(func() (*grammar, error) {
	g := &grammar{}
	if err := load(grammarFile, g); err != nil {
		return nil, err
	}
	if g.Elements[g.Root] == nil || len(g.Elements) < 50 {
		return nil, fmt.Errorf("%s is not a grammar: run make test", grammarFile)
	}
	return g, nil
})

// Place is where a document is fetched from, which narrows what it may hold.
type Place string

// The places. https://www.twilio.com/docs/voice/twiml/enqueue, conference,
// queue and number, and https://www.twilio.com/docs/api/errors/13238, read 2026-11-21.
const (
	Anywhere       Place = "anywhere"
	QueueWait      Place = "waitUrl of Enqueue"
	ConferenceWait Place = "waitUrl of Conference" // anything else ends the call: error 13238
	BeforeQueue    Place = "url of Queue"
	BeforeNumber   Place = "url of Number"
)

var allowedAt = map[Place][]string{
	QueueWait:      {"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"},
	ConferenceWait: {"Play", "Say", "Pause", "Redirect"},
	BeforeQueue:    {"Play", "Say", "Pause", "Redirect"},
	BeforeNumber:   {"Play", "Say", "Gather", "Hangup"},
}

// Document checks a TwiML document for voice: well formed, only elements,
// nesting, attributes and values that npm twilio knows, and within Twilio's
// documented limits. All problems are reported together.
func Document(doc []byte) error { return DocumentAt(Anywhere, doc) }

// DocumentAt is Document for a document fetched from one place.
func DocumentAt(place Place, doc []byte) error {
	g, err := loadGrammar()
	if err != nil {
		return err
	}
	w := &walk{grammar: g, place: place}
	if !bytes.HasPrefix(doc, []byte("<?xml")) && !bytes.HasPrefix(doc, []byte("<Response")) {
		w.fail("does not begin with the XML declaration or <Response>") // error 12100
	}
	if len(doc) > maxDocument {
		w.fail("is %d bytes, more than %d", len(doc), maxDocument)
	}
	w.run(doc)
	return errors.Join(w.problems...)
}

// walk goes through one document.
type walk struct {
	grammar  *grammar
	place    Place
	path     []*open
	problems []error
}

// open is an element whose end has not come yet.
type open struct {
	tag      string
	class    *element // nil when unknown: what is in it is not judged
	attrs    map[string]string
	text     []byte
	children map[string]int
}

func (w *walk) fail(format string, args ...any) {
	var where strings.Builder
	for i := range w.path {
		where.WriteString("<" + w.path[i].tag + ">")
	}
	w.problems = append(w.problems, fmt.Errorf("TwiML "+where.String()+" "+format, args...))
}

func (w *walk) run(doc []byte) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	roots := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.fail("is not XML: %v", err)
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(w.path) == 0 {
				roots++
			}
			w.start(t)
		case xml.EndElement:
			w.end()
		case xml.CharData:
			w.text(t)
		case xml.Directive:
			w.fail("has a <!…> directive")
		}
	}
	if roots != 1 {
		w.fail("has %d root elements, must have 1", roots)
	}
}

func (w *walk) start(t xml.StartElement) {
	tag := t.Name.Local
	if t.Name.Space != "" {
		tag = t.Name.Space + ":" + tag
	}
	class := w.classOf(tag)
	if len(w.path) > 0 {
		w.path[len(w.path)-1].children[tag]++
	}
	w.path = append(w.path, &open{tag: tag, class: class, attrs: map[string]string{}, children: map[string]int{}})
	for _, a := range t.Attr {
		w.attribute(class, a)
	}
}

// classOf finds the element's class in the one it stands in; nil, with the
// problem noted, when it may not stand there.
func (w *walk) classOf(tag string) *element {
	if len(w.path) == 0 {
		if tag != "Response" {
			w.fail("root is <%s>, must be <Response>", tag)
			return nil
		}
		return w.grammar.Elements[w.grammar.Root]
	}
	parent := w.path[len(w.path)-1]
	if parent.class == nil {
		return nil
	}
	name, ok := parent.class.Children[tag]
	if !ok {
		w.fail("may not hold <%s>", tag)
		return nil
	}
	if allowed := allowedAt[w.place]; allowed != nil && len(w.path) == 1 && !slices.Contains(allowed, tag) {
		w.fail("may not hold <%s> in the %s", tag, w.place)
	}
	return w.grammar.Elements[name]
}

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

func (w *walk) attribute(class *element, a xml.Attr) {
	name := a.Name.Local
	if a.Name.Space == xmlSpace {
		name = "xml:" + name
	} else if a.Name.Space != "" {
		name = a.Name.Space + ":" + name
	}
	attrs := w.path[len(w.path)-1].attrs
	if _, again := attrs[name]; again {
		w.fail("has attribute %s twice", name)
	}
	attrs[name] = a.Value
	if class == nil {
		return
	}
	kind, ok := class.Attributes[name]
	if !ok {
		w.fail("has no attribute %s", name)
		return
	}
	values := []string{a.Value}
	if kind.List {
		if values = strings.Fields(a.Value); len(values) == 0 {
			w.fail("attribute %s is empty", name)
		}
	}
	for _, v := range values {
		if problem := kind.judge(v); problem != "" {
			w.fail("attribute %s %s", name, problem)
		}
	}
}

func (k attribute) judge(v string) string {
	switch k.Kind {
	case "number":
		if n, err := strconv.Atoi(v); err != nil || n < 0 {
			return "is not a number"
		}
	case "boolean":
		if v != "true" && v != "false" {
			return "is not true or false"
		}
	case "enum":
		if !slices.Contains(k.Values, v) {
			return fmt.Sprintf("is %q, which is none of the known values", v)
		}
	}
	return ""
}

func (w *walk) text(t xml.CharData) {
	blank := len(bytes.TrimSpace(t)) == 0
	if len(w.path) == 0 {
		if !blank {
			w.fail("has text outside <Response>")
		}
		return
	}
	in := w.path[len(w.path)-1]
	if !blank && in.class != nil && !in.class.Text {
		w.fail("may not hold text")
	}
	in.text = append(in.text, t...)
}

func (w *walk) end() {
	last := w.path[len(w.path)-1]
	if last.class != nil {
		w.limits(last)
	}
	w.path = w.path[:len(w.path)-1]
	if n := len(w.path); n > 0 { // what an SSML element says, the element around it says
		w.path[n-1].text = append(w.path[n-1].text, last.text...)
	}
}
