package console

import (
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/rota"
)

// localitiesPage is who visits where, and the way to look up a code.
type localitiesPage struct {
	NoPlan    bool
	Views     []menuItem
	Problems  []problem
	Code      field
	Found     *placeFound
	Teams     []localityTeam
	Outside   []placeLine
	Split     []splitRow
	CanChange bool
	Done      string
}

type localityTeam struct {
	Link   Link
	Places []placeLine
}

// splitRow is an outward code that crosses localities.
type splitRow struct{ Code, Between, Ask string }

// placeFound is what an outward code means.
type placeFound struct {
	Title string
	Text  []string
	Move  string // address to move it; "" when it cannot be
}

// localities computes the page. It is pure.
func localities(r *rota.Rota, now time.Time, zone *time.Location) localitiesPage {
	p := localitiesPage{Code: field{
		Kind: "text", Name: "code", Label: "Which team visits a place?", Auto: "off",
		Hint: "Only the first half of the postcode, for example PO4. Never a whole postcode: what you write is not kept.",
	}}
	if r == nil {
		p.NoPlan = true
		return p
	}
	n := names{r, zone}
	for _, team := range r.Teams(now) {
		t := localityTeam{Link: n.teamLink(team)}
		for _, l := range r.LocalitiesOf(team, now) {
			t.Places = append(t.Places, placeLine{l.Name, codeRanges(l.Outward), list(l.Dialling)})
		}
		if len(t.Places) > 0 {
			p.Teams = append(p.Teams, t)
		}
	}
	for _, l := range r.Plan().Localities {
		if l.Team == "" {
			p.Outside = append(p.Outside, placeLine{l.Name + ": " + l.Outside, codeRanges(l.Outward), list(l.Dialling)})
		}
	}
	for _, s := range r.Plan().Split {
		p.Split = append(p.Split, splitRow{s.Outward, list(n.localityNames(s.Between)), s.Ask})
	}
	return p
}

func (n names) localityNames(ids []string) []string {
	var all []string
	for _, id := range ids {
		all = append(all, n.locality(id))
	}
	return all
}

func (n names) locality(id string) string {
	if n.r == nil {
		return id
	}
	for _, l := range n.r.Plan().Localities {
		if l.ID == id {
			return l.Name
		}
	}
	return id
}

// tidyCode is an outward code as the plan writes it; wrong says why the text is
// none. The text itself is in no answer: it may be where somebody lives.
func tidyCode(text string) (code, wrong string) {
	code = strings.ToUpper(strings.TrimSpace(text))
	switch {
	case code == "":
		return "", "Write the first half of a postcode, such as PO4"
	case outwardCode.MatchString(code):
		return code, ""
	case wholePostcode.MatchString(code):
		return "", "Write only the first half of the postcode, such as PO4: a whole one says where somebody lives. What you wrote was not kept"
	}
	return "", "That is not the first half of a UK postcode, such as PO4. What you wrote was not kept"
}

// place is what a code means, in words. It is pure.
func (n names) place(code string, now time.Time) placeFound {
	at, known := n.r.Place(code, now)
	switch {
	case !known:
		return placeFound{Title: code + " is in no locality of the plan", Text: []string{"Callers from there are answered as any. Ask who looks after them, and add the code to the plan."}}
	case at.Ask != "":
		return placeFound{Title: code + " crosses " + list(n.localityNames(at.Localities)) + ": ask", Text: []string{upper(at.Ask)}}
	case at.Team == "":
		f := placeFound{Title: code + " is in " + n.locality(at.Localities[0]) + ", outside the service"}
		f.Text = append(f.Text, "Looked after by "+at.Outside+". The caller is answered here all the same, and handed over to a person there.")
		f.Text = append(f.Text, "Bring in "+at.HandOver.To+" and say: “"+at.HandOver.Say+"”")
		if at.HandOver.Hours != "" {
			f.Text = append(f.Text, "A person answers there: "+at.HandOver.Hours)
		}
		return f
	}
	return placeFound{
		Title: n.team(at.Team) + " visits " + code,
		Text:  []string{"It is in " + n.locality(at.Localities[0]) + ". A locality decides who visits, never who waits."},
		Move:  "/rota/change/move-code?code=" + code,
	}
}

// localities is the page.
func (c *Console) localities(w http.ResponseWriter, r *asked) {
	c.showLocalities(w, r, http.StatusOK, localities(c.o.Rota(), c.o.Now(), c.o.Zone))
}

// lookUp answers which team visits a code. It is posted, so that no place is in
// an address.
func (c *Console) lookUp(w http.ResponseWriter, r *asked) {
	plan := c.o.Rota()
	p := localities(plan, c.o.Now(), c.o.Zone)
	if plan == nil {
		c.showLocalities(w, r, http.StatusOK, p)
		return
	}
	code, wrong := tidyCode(r.PostFormValue("code"))
	if wrong != "" {
		p.Problems, p.Code.Problem = []problem{{"code", wrong}}, wrong
		c.showLocalities(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	found := names{plan, c.o.Zone}.place(code, c.o.Now())
	p.Found, p.Code.Value = &found, code
	c.showLocalities(w, r, http.StatusOK, p)
}

func (c *Console) showLocalities(w http.ResponseWriter, r *asked, status int, p localitiesPage) {
	title := "Localities"
	if len(p.Problems) > 0 {
		title = "Error: " + title
	}
	p.Views, p.CanChange, p.Done = teamViews("/localities"), c.mayChangeTeams(r), teamsDone[r.URL.Query().Get("done")]
	c.render(w, status, "localities", c.page(r, title, p))
}
