package console

import (
	"net/http"
	"net/url"
	"slices"
)

// form is a page that asks. Every form works without JavaScript; what was
// entered is kept when something is wrong with it.
type form struct {
	Title    string
	Lines    []string
	Warning  string
	Problems []problem
	Fields   []field
	Button   string
	Action   string // address it is posted to
	Upload   bool   // it has a file
	Get      bool   // it asks only, and its answers may stand in an address
	Back     Link
	Leave    Link   // beside the button; none: Back, as "No, leave it"
	Step     string // which of several pages it is, "" for one alone
	Also     []Link // other ways on

	Elsewhere []Link // ways that open on another tab, so that this page stays
}

// problem is something wrong with what was entered. Field is where it can be
// put right, "" for the whole of it.
type problem struct{ Field, Text string }

// field is one question: radios, checkboxes, select, text, textarea, file, date
// (day, month and year), moment (read by readMoment) or hidden.
type field struct {
	Kind    string
	Name    string
	Label   string
	Hint    string
	Value   string
	Auto    string // what a browser may fill in
	Choices []choice
	Problem string

	Day, Month, Year string // of a date
}

type choice struct {
	Value, Text, Hint string
	Group             string // select: heading it stands under
	Not               bool   // it cannot be chosen: its hint says why
	Chosen            bool
}

// with is the form with what is wrong, said above and beside each question.
func (f form) with(ps ...problem) form {
	f.Problems = append(f.Problems, ps...)
	for i := range f.Fields {
		for _, p := range ps {
			if p.Field == f.Fields[i].Name && f.Fields[i].Problem == "" {
				f.Fields[i].Problem = p.Text
			}
		}
	}
	return f
}

// chosen marks the choice that was made, or the first when there was none.
func chosen(all []choice, v url.Values, name string) []choice {
	found := false
	for i := range all {
		all[i].Chosen = v.Has(name) && all[i].Value == v.Get(name) && !all[i].Not
		found = found || all[i].Chosen
	}
	if i := slices.IndexFunc(all, func(c choice) bool { return !c.Not }); !found && i >= 0 {
		all[i].Chosen = true
	}
	return all
}

// ticked marks every choice that was made; before anything was entered, those
// that are so now.
func ticked(all []choice, v url.Values, name string, now []string) []choice {
	made := now
	if v.Has(boxesOf(name)) {
		made = v[name]
	}
	for i := range all {
		all[i].Chosen = slices.Contains(made, all[i].Value)
	}
	return all
}

// boxesOf is a hidden field beside checkboxes: a browser sends nothing for boxes
// that are all empty.
func boxesOf(name string) string { return name + "-asked" }

// Groups are the choices of a select under their headings, in order.
func (f field) Groups() []choiceGroup {
	var groups []choiceGroup
	for _, c := range f.Choices {
		if n := len(groups); n > 0 && groups[n-1].Name == c.Group {
			groups[n-1].Choices = append(groups[n-1].Choices, c)
			continue
		}
		groups = append(groups, choiceGroup{c.Group, []choice{c}})
	}
	return groups
}

type choiceGroup struct {
	Name    string
	Choices []choice
}

// showForm writes the page. The title says first when something is wrong.
func (c *Console) showForm(w http.ResponseWriter, r *asked, code int, f form) {
	title := f.Title
	if len(f.Problems) > 0 {
		title = "Error: " + title
	}
	p := c.page(r, title, f)
	if under(f.Back.Href, "/teams") {
		p.in("/teams")
	}
	c.render(w, code, "form", p)
}

// marked marks the choice that was made, and none before one was.
func marked(all []choice, value string) []choice {
	out := slices.Clone(all)
	for i := range out {
		out[i].Chosen = value != "" && out[i].Value == value
	}
	return out
}
