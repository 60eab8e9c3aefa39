package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// importRoutes are people in and out as a table. The table with numbers is
// answered to a form, with a reason, as one number is.
func (c *Console) importRoutes() []route {
	return []route{
		{"GET /rota/import", access.ChangeRota, c.askImport},
		{"POST /rota/import", access.ChangeRota, c.doImport},
		{"GET /rota/import/template.csv", access.ChangeRota, c.template},
		{"GET /rota/import/people.csv", access.ChangeRota, c.maskedPeople},
		{"GET /rota/import/numbers", access.SeeNumbers, c.askPeopleNumbers},
		{"POST /rota/import/numbers", access.SeeNumbers, c.peopleNumbers},
	}
}

// mostUpload bounds a table: thousands of people.
const mostUpload = 1 << 20

// importPage is the form, and after a try what each row would do.
type importPage struct {
	Form    form
	Rows    []importRow
	Sum     string // "2 people are new, 1 is changed, 40 are as they were"
	More    int    // rows that are not shown
	Numbers bool   // they may see numbers
}

type importRow struct {
	Line       int
	Who        string
	Kind, Tone string
	Text       string
}

// mostRows is how many rows a page shows; those that are refused first.
const mostRows = 200

func importForm(v map[string][]string, ps ...problem) form {
	pasted, exact := "", false
	if v != nil && len(v["table"]) > 0 {
		pasted = v["table"][0]
	}
	if v != nil && len(v["exact"]) > 0 {
		exact = true
	}
	return form{
		Title: "Import people", Action: "/rota/import", Button: "See what changes", Upload: true, Back: Link{"Back to People", "/people"},
		Lines: []string{
			"A table as CSV, saved from any spreadsheet. Rows change or add people by their id; columns that the table does not have stay as they are. Nothing is taken in part: one row that is wrong stops the whole table.",
			"It becomes a draft. Nothing is in force before you publish it.",
		},
		Fields: []field{
			{Kind: "file", Name: "file", Label: "A CSV file, of at most 1 MB", Value: ".csv,text/csv"},
			{Kind: "textarea", Name: "table", Label: "Or paste the table", Hint: "The first row names the columns: id, name, team, number, skills, tiers, proven.", Value: pasted},
			{Kind: "checkboxes", Name: "exact", Label: "Who is not in the table", Choices: []choice{{Value: "yes", Text: "They leave the plan", Hint: "For a table of everybody. Without it they stay.", Chosen: exact}}},
		},
	}.with(ps...)
}

// askImport asks for a table.
func (c *Console) askImport(w http.ResponseWriter, r *asked) {
	c.showImport(w, r, http.StatusOK, importPage{Form: importForm(nil)})
}

func (c *Console) showImport(w http.ResponseWriter, r *asked, code int, p importPage) {
	p.Numbers = r.Who.May(access.SeeNumbers)
	title := p.Form.Title
	if len(p.Form.Problems) > 0 {
		title = "Error: " + title
	}
	c.render(w, code, "import", c.page(r, title, p))
}

// readTable is the table that was uploaded or pasted, or what is wrong with it.
func readTable(w http.ResponseWriter, r *asked) (name string, data []byte, ps []problem) {
	r.Body = http.MaxBytesReader(w, r.Body, mostUpload+64<<10) // the rest of the form
	if err := r.ParseMultipartForm(mostUpload); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return "", nil, []problem{{"file", "The file is bigger than 1 MB: import it in parts"}}
		}
		return "", nil, []problem{{"file", "The file did not arrive whole: try again"}}
	}
	if file, head, err := r.FormFile("file"); err == nil {
		defer file.Close() //nolint:errcheck // it was only read
		if head.Size > 0 {
			data, err := io.ReadAll(file)
			if err != nil || len(data) > mostUpload {
				return "", nil, []problem{{"file", "The file is bigger than 1 MB: import it in parts"}}
			}
			return "people.csv", data, nil
		}
	}
	if text := r.FormValue("table"); strings.TrimSpace(text) != "" {
		return "pasted", []byte(text), nil
	}
	return "", nil, []problem{{"file", "Choose a file, or paste a table"}}
}

// doImport reads the table, and makes a draft of it when every row is right.
func (c *Console) doImport(w http.ResponseWriter, r *asked) {
	plan := c.o.Rota()
	if plan == nil {
		c.over(w, r)
		return
	}
	name, data, ps := readTable(w, r)
	if len(ps) > 0 {
		c.showImport(w, r, http.StatusUnprocessableEntity, importPage{Form: importForm(r.Form, ps...)})
		return
	}
	d, table, err := c.importPeople(r, plan, name, data, r.FormValue("exact") == "yes")
	p := names{plan, c.o.Zone}.importPage(table)
	again := func(code int, ps ...problem) {
		p.Form = importForm(r.Form, ps...)
		c.showImport(w, r, code, p)
	}
	var no refused
	switch {
	case err == nil:
		http.Redirect(w, r.Request, "/rota/drafts/"+d.Name, http.StatusSeeOther)
	case errors.Is(err, errNoTable):
		c.o.Log.Error("people not imported", "err", err)
		again(http.StatusUnprocessableEntity, problem{"file", "The table cannot be read as CSV"})
	case errors.Is(err, errWrongRows):
		again(http.StatusUnprocessableEntity, problem{"table", "Nothing was taken: " + wrongRows(table) + ". Mend what is said below, and send it again"})
	case errors.Is(err, errSaysAll):
		again(http.StatusUnprocessableEntity, problem{"table", "The plan says all of this already: nothing would change"})
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	default:
		again(c.trouble(err), mending{names: names{plan, c.o.Zone}}.said(err)...)
	}
}

// Why a table of people was not taken.
var (
	errNoTable   = errors.New("the table cannot be read as CSV")
	errWrongRows = errors.New("rows of the table are wrong")
	errSaysAll   = errors.New("the plan says all of this already")
)

// importPeople is the operation: a table of people becomes a draft, when every row
// of it is right and any changes something. exact: who is not in it leaves.
func (c *Console) importPeople(r *asked, plan *rota.Rota, name string, data []byte, exact bool) (d rota.Draft, table rota.PeopleTable, err error) {
	table, err = rota.ReadPeople(plan.Plan(), name, data, exact)
	switch {
	case err != nil:
		return d, table, fmt.Errorf("%w: %w", errNoTable, err)
	case table.Plan == nil:
		return d, table, errWrongRows
	case len(rota.Diff(plan.Plan(), table.Plan)) == 0:
		return d, table, errSaysAll
	}
	if teams := rota.Touched(plan.Plan(), table.Plan); !r.Who.May(access.ChangeRota, teams...) {
		return d, table, refused{access.ChangeRota, teams}
	}
	sum := names{plan, c.o.Zone}.importPage(table).Sum
	d = rota.Draft{Base: plan.Version(), Who: r.Who.Signature(), Why: "people imported: " + sum}
	if d.Text, err = table.Plan.YAML(); err == nil {
		d.Name, err = c.keepDraft(r, d, "import")
	}
	if err == nil {
		c.note(r, audit.Entry{What: audit.Imported, About: d.Name, After: sum, Teams: c.teamsOfDraft(r.Context(), d)})
	}
	return d, table, err
}

func wrongRows(t rota.PeopleTable) string {
	n := 0
	for _, r := range t.Rows {
		if r.Kind == rota.RowRefused && r.Line > 0 {
			n++
		}
	}
	if n == 0 {
		return "the table as a whole is wrong"
	}
	return count(n, "row is", "rows are") + " wrong"
}

var rowWords = map[rota.RowKind]struct{ Text, Tone string }{
	rota.RowAdded: {"New", "green"}, rota.RowChanged: {"Changed", "blue"}, rota.RowSame: {"As before", "grey"}, rota.RowRefused: {"Refused", "red"},
}

// ofAPart is where a plan's text has what is wrong: a person knows the row.
var ofAPart = regexp.MustCompile(`responders\[\d+\](?:\.(\w+))?(?:\[\d+\])?:? ?`)

// importPage is what a table would do, refused rows first.
func (n names) importPage(t rota.PeopleTable) importPage {
	var p importPage
	kinds := map[rota.RowKind]int{}
	for _, refused := range []bool{true, false} {
		for _, r := range t.Rows {
			if (r.Kind == rota.RowRefused) != refused {
				continue
			}
			kinds[r.Kind]++
			if len(p.Rows) == mostRows {
				p.More++
				continue
			}
			p.Rows = append(p.Rows, importLine(r))
		}
	}
	for _, id := range t.Gone {
		p.Rows = append(p.Rows, importRow{Who: n.person(id), Kind: "Leaves", Tone: "red", Text: "Not in the table."})
	}
	p.Sum = strings.Join([]string{
		strconv.Itoa(kinds[rota.RowAdded]) + " new", strconv.Itoa(kinds[rota.RowChanged]) + " changed",
		strconv.Itoa(kinds[rota.RowSame]) + " as before", strconv.Itoa(len(t.Gone)) + " leaving",
	}, ", ")
	return p
}

func importLine(r rota.PeopleRow) importRow {
	w := rowWords[r.Kind]
	row := importRow{Line: r.Line, Who: r.Name, Kind: w.Text, Tone: w.Tone}
	if row.Who == "" {
		row.Who = r.ID
	}
	if row.Who == "" && r.Line == 0 {
		row.Who = "The whole table"
	}
	if len(r.Changes) > 0 && r.Kind == rota.RowChanged {
		row.Text = upper(strings.Join(r.Changes, ", ")) + "."
	}
	for _, p := range r.Problems {
		text := ofAPart.ReplaceAllStringFunc(p.Text, func(at string) string {
			if part := ofAPart.FindStringSubmatch(at)[1]; part != "" {
				return part + ": "
			}
			return "the row "
		})
		row.Text += " " + upper(text) + ". " + upper(p.Mend) + "."
	}
	row.Text = strings.TrimSpace(row.Text)
	return row
}

// template is a table without anybody.
func (c *Console) template(w http.ResponseWriter, r *asked) {
	data, err := rota.PeopleTemplate()
	c.download(w, r, "people-template.csv", data, err)
}

// maskedPeople is everybody whose rota whoever asks makes, with the ends of their
// numbers.
func (c *Console) maskedPeople(w http.ResponseWriter, r *asked) {
	plan := c.o.Rota()
	if plan == nil {
		c.over(w, r)
		return
	}
	data, err := maskedTable(r, plan)
	c.download(w, r, "people.csv", data, err)
}

func maskedTable(r *asked, plan *rota.Rota) ([]byte, error) {
	theirs := *plan.Plan()
	theirs.Responders = slices.DeleteFunc(slices.Clone(theirs.Responders), func(p rota.Responder) bool { return !r.Who.May(access.ChangeRota, p.Team) })
	return theirs.MaskedPeopleCSV()
}

func (c *Console) download(w http.ResponseWriter, r *asked, name string, data []byte, err error) {
	if err != nil {
		c.o.Log.Error("table not written", "err", err)
		c.render(w, http.StatusInternalServerError, "message", c.page(r, "The table cannot be written", "Nothing was changed. Try again."))
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = w.Write(data)
}

// listReasons are why everybody's numbers may be needed at once.
var listReasons = []choice{
	{Value: "paper", Text: "A list on paper for when the systems are down"},
	{Value: "check", Text: "To check that the numbers are right"},
	{Value: "move", Text: "To move people to or from another system"},
	{Value: otherReason, Text: "Something else", Hint: "Say what, below."},
}

// everyNumber is the table of everybody with numbers, as an unmasking: it is
// asked for with a reason, and kept in the audit before it is sent.
func (c *Console) everyNumber() (u unmasking, ok bool) {
	plan := c.o.Rota()
	if plan == nil {
		return u, false
	}
	u = unmasking{
		Title: "Download everybody with their numbers", About: "people.csv", Action: "/rota/import/numbers",
		Back: Link{"Back to Import people", "/rota/import"}, Reasons: listReasons, Button: "Download",
		Lines: []string{"The file has every responder’s number in full. Keep it as you would keep a patient’s record, and delete it when it has done its work."},
		What:  audit.Exported,
	}
	for i := range plan.Plan().Teams {
		u.Teams = append(u.Teams, plan.Plan().Teams[i].ID)
	}
	u.File = func() (string, []byte, error) {
		data, err := plan.Plan().PeopleCSV()
		return "people-with-numbers.csv", data, err
	}
	return u, true
}

func (c *Console) askPeopleNumbers(w http.ResponseWriter, r *asked) {
	u, ok := c.everyNumber()
	if !ok {
		c.over(w, r)
		return
	}
	c.askUnmask(w, r, u)
}

func (c *Console) peopleNumbers(w http.ResponseWriter, r *asked) {
	u, ok := c.everyNumber()
	if !ok {
		c.over(w, r)
		return
	}
	c.unmask(w, r, u)
}
