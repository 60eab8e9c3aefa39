package rota

import (
	"sync"

	"go.yaml.in/yaml/v3"
)

// original is a text that plans were read from. All that were read from one
// text share it, and what it says is worked out once, when first asked for: a
// plan is written and read back several times for each edit, and reading YAML
// is most of what an edit costs. It is not changed, and is safe for concurrent
// use.
type original struct {
	text []byte
	root *yaml.Node
	says func() writtenPlan         // the plan of the text
	form func() (*yaml.Node, error) // says, as splice compares it
}

func newOriginal(text []byte, root *yaml.Node) *original {
	o := &original{text: text, root: root}
	o.says = sync.OnceValue(func() writtenPlan {
		p := emptyPlan(nil)
		(&reader{lines: map[string]int{}}).plan(p, root)
		return p.written()
	})
	o.form = sync.OnceValues(func() (*yaml.Node, error) {
		var n yaml.Node
		err := n.Encode(o.says())
		return &n, err
	})
	return o
}

// plan is a plan of its own, read and checked as Parse does.
func (o *original) plan(filename string) (*Plan, error) {
	rd := &reader{file: filename, lines: map[string]int{}}
	p := emptyPlan(o)
	rd.plan(p, o.root)
	if len(rd.problems) == 0 { // a plan only half read would give false alarms
		validate(p, rd)
		rd.policyRight(p)
	}
	if len(rd.problems) > 0 {
		return nil, rd.problems.sorted()
	}
	return p, nil
}

// emptyPlan holds what a plan says that does not say it.
func emptyPlan(source *original) *Plan {
	return &Plan{Minimum: Minimum{Responding: 1, Backup: 1, DutyManager: 1}, source: source}
}

// with is the text changed to say what w does and no more, and the plan that it
// reads back as. ok is false when the text is of a layout that splice does not
// know, or would not read back as w.
func (o *original) with(w writtenPlan) (text []byte, p *Plan, ok bool) {
	from, err := o.form()
	if err != nil {
		return nil, nil, false
	}
	if text, err = splice(o.text, o.root, from, w); err != nil {
		return nil, nil, false
	}
	if p, err = Parse("plan", text); err != nil {
		return nil, nil, false
	}
	return text, p, p.source.says().same(w)
}
