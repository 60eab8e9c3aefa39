package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// unmasking is one number that somebody wants to see in full: a form that asks
// why, and the answer, which is shown once. The number is read only when the
// audit has kept who sees it and why; it is never in an address, and nothing on
// the way keeps the page (Cache-Control: no-store).
type unmasking struct {
	Title   string   // "Show the number of Ada"
	About   string   // what the audit says it is of: the id of a call or a person
	Teams   []string // whose business it is
	Action  string   // address of the form
	Back    Link
	Reasons []choice // closed: what is chosen stands in the audit
	// Number reads it. None, and no error, is a number that is not kept, or never
	// was told: None says which.
	Number func(context.Context) (call.Number, error)
	None   string

	NoWords bool // only the reasons: nothing is to be written beside them

	// What may differ: words on the form, its button, the audit's kind, and a file
	// in place of one number.
	Lines  []string
	Button string
	What   string
	File   func() (name string, data []byte, err error)
}

// otherReason must be explained.
const otherReason = "other"

// longestReason is of the words beside a reason, in characters: enough for why,
// too short for anybody's story.
const longestReason = 80

var longDigits = regexp.MustCompile(`\d(?:[\s().-]*\d){4,}`)

// longestWhy is of a reason for a change of the rota, in characters: it stands on
// boards and in the history.
const longestWhy = 200

// aNumber is what could be rung. Dates and times are none.
var aNumber = regexp.MustCompile(`(?:\+|\b0)(?:[\s()-]*\d){9,}`)

// unfit is what is wrong with a reason in somebody's own words.
func unfit(name, text string) []problem {
	switch {
	case utf8.RuneCountInString(text) > longestWhy || !utf8.ValidString(text):
		return []problem{{name, "Use at most 200 characters"}}
	case aNumber.MatchString(text):
		return []problem{{name, "Leave telephone numbers out: what you write is kept for good"}}
	}
	return nil
}

// numberPage is the answer.
type numberPage struct {
	Title, Number, None string
	Back                Link
}

// askUnmask asks why. It shows nothing.
func (c *Console) askUnmask(w http.ResponseWriter, r *asked, u unmasking) {
	if c.may(w, r, access.SeeNumbers, u.Teams...) {
		c.showForm(w, r, http.StatusOK, u.form(r.Form))
	}
}

func (u unmasking) form(v url.Values) form {
	button, lines := "Show it once", []string{"It is kept for good that you saw it, when, and why."}
	if u.Button != "" {
		button = u.Button
	}
	f := form{
		Title: u.Title, Action: u.Action, Button: button, Back: u.Back,
		Lines: append(lines, u.Lines...),
		Fields: []field{
			{Kind: "radios", Name: "reason", Label: "Why do you need it?", Choices: marked(u.Reasons, v.Get("reason"))},
			{
				Kind: "text", Name: "words", Label: "A few words (you can leave this empty)", Value: v.Get("words"),
				Hint: "At most 80 characters. Nothing about a caller, and no numbers.",
			},
		},
	}
	if u.NoWords {
		f.Fields = f.Fields[:1]
	}
	return f
}

// reason is what the audit is to say, or what is wrong with what was entered.
func (u unmasking) reason(v url.Values) (string, []problem) {
	words := strings.Join(strings.Fields(v.Get("words")), " ")
	text := ""
	for _, c := range u.Reasons {
		if c.Value == v.Get("reason") {
			text = c.Text
		}
	}
	switch {
	case text != "" && u.NoWords:
		return text, nil
	case text == "":
		return "", []problem{{"reason", "Choose why you need it"}}
	case v.Get("reason") == otherReason && words == "":
		return "", []problem{{"words", "Say in a few words why"}}
	case utf8.RuneCountInString(words) > longestReason || !utf8.ValidString(words):
		return "", []problem{{"words", "Use at most 80 characters"}}
	case longDigits.MatchString(words):
		return "", []problem{{"words", "Leave numbers out: what you write is kept for good"}}
	case words != "":
		text += ": " + words
	}
	return text, nil
}

// unmask keeps in the audit who sees it and why, and shows it.
func (c *Console) unmask(w http.ResponseWriter, r *asked, u unmasking) {
	if err := r.ParseForm(); err != nil {
		c.over(w, r)
		return
	}
	if !c.may(w, r, access.SeeNumbers, u.Teams...) {
		return
	}
	why, ps := u.reason(r.PostForm)
	if len(ps) > 0 {
		c.showForm(w, r, http.StatusUnprocessableEntity, u.form(r.PostForm).with(ps...))
		return
	}
	what := audit.SawNumber
	if u.What != "" {
		what = u.What
	}
	if err := c.noted(r, audit.Entry{What: what, About: u.About, Why: why, Teams: u.Teams}); err != nil {
		c.o.Log.Error("audit", "what", what, "about", u.About, "err", err)
		c.showForm(w, r, http.StatusBadGateway, u.form(r.PostForm).with(problem{Text: "The audit cannot be written just now, so the number is not shown. Try again in a minute."}))
		return
	}
	if u.File != nil {
		name, data, err := u.File()
		c.download(w, r, name, data, err)
		return
	}
	number, err := u.Number(r.Context())
	if err != nil {
		c.o.Log.Error("number not read", "about", u.About, "err", err)
		c.showForm(w, r, http.StatusBadGateway, u.form(r.PostForm).with(problem{Text: "The store gave no answer. The number was not shown; the audit has that you asked. Try again in a minute."}))
		return
	}
	p := numberPage{Title: strings.TrimPrefix(u.Title, "Show "), Number: nationally(number), Back: u.Back}
	if p.Title = upper(p.Title); !number.Known() {
		p.None = u.None
	}
	c.render(w, http.StatusOK, "number", c.page(r, p.Title, p))
}
