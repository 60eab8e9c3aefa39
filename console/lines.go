package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// Use is what the ledger knows of how teams and lines are used. A nil function
// is nobody knowing.
type Use struct {
	// Rung is how often each line was rung since an instant, today included.
	// ErrCounting while that is still being counted.
	Rung func(context.Context) (by map[string]int64, since time.Time, err error)
	// Helped is how many calls of a team another answered today.
	Helped func() map[HelpPair]int
}

// ErrCounting is what is not known yet, and will be in a moment.
var ErrCounting = errors.New("still being counted")

// linesPage is every number people may ring, those given up included.
type linesPage struct {
	NoPlan    bool
	Views     []menuItem
	Tables    []lineTable
	Since     string // since when lines are counted; "" when they are not
	Counting  string // why not, "" when nobody ever knows
	CanChange bool
	Done      string
}

type lineTable struct {
	Caption string
	Rows    []lineRow
}

type lineRow struct {
	ID, Name string
	Numbers  []string
	For      string
	Language string
	Team     Link
	Route    string // what else is special about its calls
	Given    string // when it was given up, or is
	Change   *Link
	Rung     string
	Still    bool // given up, and rung all the same
}

// lines computes the page. rung may be nil. It is pure.
func lines(r *rota.Rota, rung map[string]int64, now time.Time, zone *time.Location) linesPage {
	if r == nil {
		return linesPage{NoPlan: true}
	}
	n := names{r, zone}
	kept, given := lineTable{Caption: "Published"}, lineTable{Caption: "Given up, and answered all the same"}
	for i := range r.Plan().Lines {
		l := &r.Plan().Lines[i]
		row := n.lineRow(l, rung[l.ID], now)
		if l.Retired == nil {
			kept.Rows = append(kept.Rows, row)
			continue
		}
		row.Change = &Link{"Who has its calls", "/rota/change/retire?line=" + l.ID}
		if since := instant(rota.LocalTime{Date: l.Retired.Since}, zone); since.After(now) {
			row.Given = "To be given up on " + n.day(since)
		} else {
			row.Given, row.Still = "Given up on "+n.day(since), rung[l.ID] > 0
		}
		given.Rows = append(given.Rows, row)
	}
	return linesPage{Tables: []lineTable{kept, given}}
}

func (n names) lineRow(l *rota.PlannedLine, rung int64, now time.Time) lineRow {
	means, _ := n.r.Line(l.ID, now)
	row := lineRow{
		ID: l.ID, Name: l.Name, For: lineFor(l), Language: languageName(l.Language), Team: n.teamLink(means.Team),
		Route: lineRoute(l), Rung: timesRung(rung),
	}
	for _, number := range l.Numbers {
		row.Numbers = append(row.Numbers, nationally(number))
	}
	return row
}

func timesRung(n int64) string {
	if n == 0 {
		return "never"
	}
	return times(int(n))
}

func lineFor(l *rota.PlannedLine) string {
	if l.Caller == call.CallerUnknown || l.Caller == "" {
		return "Anybody"
	}
	return map[call.Caller]string{
		call.CallerSelf: "People in a crisis", call.CallerCarer: "People who care for somebody", call.CallerProfessional: "Professionals",
	}[l.Caller]
}

// lineRoute is what happens to a line's calls besides ringing its team.
func lineRoute(l *rota.PlannedLine) string {
	parts := []string{"Straight through"}
	if l.Menu {
		parts[0] = "A short menu first"
	}
	if l.ByLandline {
		parts = append(parts, "a landline’s area may choose a nearer team")
	}
	if len(l.Skills) > 0 {
		parts = append(parts, "first people who are: "+skillWords(l.Skills))
	}
	return strings.Join(parts, "; ")
}

// languageNames are languages as people here call them. Another is shown by its
// code.
var languageNames = map[string]string{
	"": "English", "ar": "Arabic", "bn": "Bengali", "bsl": "British Sign Language", "cy": "Welsh", "en": "English", "fa": "Farsi", "fr": "French",
	"gu": "Gujarati", "hi": "Hindi", "ne": "Nepali", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "so": "Somali",
	"tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "zh": "Chinese",
}

func languageName(tag string) string {
	code, _, _ := strings.Cut(tag, "-")
	if name, ok := languageNames[code]; ok {
		return name
	}
	return tag
}

// skillWords are skills as people say them: "registered, young people, speaks
// Polish".
func skillWords(skills []string) string {
	words := make([]string, len(skills))
	for i, s := range skills {
		words[i] = strings.ReplaceAll(s, "_", " ")
		if tag, ok := strings.CutPrefix(s, "language:"); ok {
			words[i] = "speaks " + languageName(tag)
		}
	}
	return strings.Join(words, ", ")
}

// nationally is one of the service's own numbers as people in the UK write it.
// Another country's stays as it is.
func nationally(n call.Number) string {
	digits, uk := strings.CutPrefix(n.E164(), "+44")
	if !uk || len(digits) < 9 {
		return n.E164()
	}
	digits = "0" + digits
	cut := []int{5} // 01632 960001, 07700 900001
	switch {
	case digits[1] == '2':
		cut = []int{3, 7} // 023 9200 0010
	case digits[1] == '3', digits[1] == '8', digits[1] == '9', digits[1] == '1' && (digits[2] == '1' || digits[3] == '1'):
		cut = []int{4, 7} // 0808 157 0001, 0121 …
	}
	out, last := "", 0
	for _, at := range cut {
		out, last = out+digits[last:at]+" ", at
	}
	return out + digits[last:]
}

// lines is the page.
func (c *Console) lines(w http.ResponseWriter, r *asked) {
	var rung map[string]int64
	var since time.Time
	var err error
	if c.o.Use.Rung != nil {
		rung, since, err = c.o.Use.Rung(r.Context())
	}
	p := lines(c.o.Rota(), rung, c.o.Now(), c.o.Zone)
	switch {
	case err == nil && rung != nil:
		p.Since = since.In(c.o.Zone).Format("2 January")
	case errors.Is(err, ErrCounting):
		p.Counting = "How often each line is rung is still being counted. Look again in a minute."
	case err != nil:
		c.o.Log.Warn("lines not counted", "err", err)
		p.Counting = "How often each line is rung is not known just now: the store gave no answer."
	}
	p.Views, p.CanChange, p.Done = teamViews("/lines"), c.mayChangeTeams(r), teamsDone[r.URL.Query().Get("done")]
	c.render(w, http.StatusOK, "lines", c.page(r, "Lines", p))
}
