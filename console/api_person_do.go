package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// offerPersonChanges are the operations that change who is in the plan: each makes
// a draft, as the pages do.
func offerPersonChanges(a *api) {
	change := func(path, id, summary, more string) operation {
		return operation{Method: http.MethodPost, Path: path, ID: id, Tag: "people", Needs: access.ChangeRota, Status: http.StatusCreated,
			Summary: summary + ": a draft", More: strings.TrimSpace(more + " Nothing is in force before the draft is published.")}
	}
	offer(a, change("/people", "join", "Add somebody to the plan", "They are on no shift yet."), (*Console).apiJoin)
	offer(a, change("/people/{id}/details", "details", "Change what the plan says of somebody", "What is left out stays. A new number must be tested."), (*Console).apiDetails)
	offer(a, change("/people/{id}/leave", "leave", "Take somebody out of the plan", "A call they have goes on to its end. What they did stays in the history."), (*Console).apiLeave)
	offer(a, change("/rota/absences/{id}/end", "end-absence", "Somebody who was away is back", "Whoever was put in their place stays until that cover is taken back."),
		func(c *Console, r *asked, in *draftedAsk) (draftJSON, error) {
			return c.apiWay(r, "back", "", rota.EndAbsence{ID: in.ID})
		})
	offer(a, change("/people/import", "import", "Change and add people from a table as CSV", "Nothing is taken in part: a row that is wrong stops the whole table, and errors says which."), (*Console).apiImport)
	offer(a, operation{Method: http.MethodGet, Path: "/people/table", ID: "people-table", Tag: "people", Needs: access.ChangeRota,
		Summary: "The people of your teams as the table that is imported, with the ends of their numbers only"}, (*Console).apiTable)
}

type joinAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Name   string      `json:"name" minLength:"1" doc:"As colleagues know them"`
		Number string      `json:"number" minLength:"1" doc:"A mobile or landline they answer themselves, such as 07700 900123. It is in no answer"`
		Team   string      `json:"team" minLength:"1"`
		Tiers  []call.Tier `json:"tiers,omitempty" nullable:"false" doc:"responding and backup when left out"`
		Skills []string    `json:"skills,omitempty" nullable:"false"`
		Draft  string      `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiJoin(r *asked, in *joinAsk) (draftJSON, error) {
	m, _, err := c.mendingOf(r, in.Body.Draft)
	if err != nil {
		return draftJSON{}, err
	}
	tiers := in.Body.Tiers
	if len(tiers) == 0 {
		tiers = usualTiers
	}
	m.v = aboutSomebody(in.Body.Name, in.Body.Number, in.Body.Team, tiers, in.Body.Skills)
	ops, ps := joinOps(m)
	if len(ps) > 0 {
		return draftJSON{}, amiss(apiFields(ps))
	}
	if op, ok := ops[0].(rota.AddPerson); ok && in.Key != "" { // the same person when it is asked again
		op.ID = "p-" + digest(r.Who.ID, "person", in.Key)
		ops[0] = op
	}
	return c.apiWay(r, "join", in.Body.Draft, ops...)
}

// aboutSomebody is what the page's form has of a person.
func aboutSomebody(name, number, team string, tiers []call.Tier, skills []string) url.Values {
	v := url.Values{"name": {name}, "number": {number}, "team": {team}, "skills": skills}
	for _, t := range tiers {
		v.Add("tiers", string(t))
	}
	return v
}

// apiFields are the form's problems at the fields a program sends.
func apiFields(ps []problem) []problem {
	for i := range ps {
		ps[i].Field = strings.TrimPrefix(ps[i].Field, "more-")
	}
	return ps
}

type detailsAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	ID   string `path:"id"`
	Body struct {
		Name   string      `json:"name,omitempty"`
		Number string      `json:"number,omitempty"`
		Team   string      `json:"team,omitempty"`
		Tiers  []call.Tier `json:"tiers,omitempty" nullable:"false"`
		Skills *[]string   `json:"skills,omitempty" doc:"All they have; an empty list takes all away"`
		Draft  string      `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiDetails(r *asked, in *detailsAsk) (draftJSON, error) {
	m, _, err := c.mendingOf(r, in.Body.Draft)
	if err != nil {
		return draftJSON{}, err
	}
	p, ok := m.r.Responder(in.ID)
	if !ok {
		return draftJSON{}, errNotThere
	}
	tiers, skills := in.Body.Tiers, p.Skills
	if in.Body.Skills != nil {
		skills = *in.Body.Skills
	}
	if len(tiers) == 0 {
		tiers = personOfAPI(&p).Tiers
	}
	m.v = aboutSomebody(cmp.Or(in.Body.Name, p.Name), in.Body.Number, cmp.Or(in.Body.Team, p.Team), tiers, skills)
	m.v.Set("person", p.ID)
	ops, ps := detailsOps(m)
	if len(ps) > 0 {
		return draftJSON{}, amiss(apiFields(ps))
	}
	return c.apiWay(r, "details", in.Body.Draft, ops...)
}

type leaveAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	ID   string `path:"id"`
	Body struct {
		By    string `json:"by,omitempty" doc:"Who has their place in shifts; nobody when left out"`
		Draft string `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiLeave(r *asked, in *leaveAsk) (draftJSON, error) {
	m, _, err := c.mendingOf(r, in.Body.Draft)
	if err != nil {
		return draftJSON{}, err
	}
	if _, ok := m.r.Responder(in.ID); !ok {
		return draftJSON{}, errNotThere
	}
	return c.apiWay(r, "leave", in.Body.Draft, rota.RemovePerson{Person: in.ID, By: in.Body.By})
}

type importAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Table string `json:"table" minLength:"1" doc:"CSV; the first row names the columns: id, name, team, number, skills, tiers, proven. Columns that are not there stay as they are"`
		Exact bool   `json:"exact,omitempty" doc:"Who is not in the table leaves the plan"`
	}
}

type importRowJSON struct {
	Line    int      `json:"line" doc:"As a spreadsheet counts"`
	ID      string   `json:"id"`
	Kind    string   `json:"kind" enum:"new,changed,same"`
	Changes []string `json:"changes" nullable:"false" doc:"Columns"`
}

type importJSON struct {
	Draft   draftJSON       `json:"draft"`
	Rows    []importRowJSON `json:"rows" nullable:"false" doc:"Those that change something"`
	Leaving []string        `json:"leaving" nullable:"false" doc:"Who leaves the plan"`
}

func (c *Console) apiImport(r *asked, in *importAsk) (importJSON, error) {
	plan, out := c.o.Rota(), importJSON{Rows: []importRowJSON{}}
	if plan == nil {
		return out, rota.ErrNoPlan
	}
	d, table, err := c.importPeople(r, plan, "table", []byte(in.Body.Table), in.Body.Exact)
	switch {
	case errors.Is(err, errNoTable):
		return out, wrongAt("table", "The table cannot be read as CSV.")
	case errors.Is(err, errSaysAll):
		return out, wrongAt("table", "The plan says all of this already: nothing would change.")
	case errors.Is(err, errWrongRows):
		return out, rowsAmiss(table)
	}
	for _, row := range table.Rows {
		if kind := map[rota.RowKind]string{rota.RowAdded: "new", rota.RowChanged: "changed"}[row.Kind]; kind != "" {
			out.Rows = append(out.Rows, importRowJSON{row.Line, row.ID, kind, listOf(row.Changes)})
		}
	}
	out.Leaving = listOf(table.Gone)
	out.Draft, err = c.draftNow(r, d, err)
	return out, err
}

// rowsAmiss says what is wrong with each row.
func rowsAmiss(table rota.PeopleTable) error {
	e := &huma.ErrorModel{Status: http.StatusUnprocessableEntity, Title: http.StatusText(http.StatusUnprocessableEntity), Detail: "Nothing was taken: " + wrongRows(table) + "."}
	for _, row := range table.Rows {
		if row.Kind == rota.RowRefused {
			at := "body.table"
			if row.Line > 0 {
				at += fmt.Sprintf("[%d]", row.Line)
			}
			e.Errors = append(e.Errors, &huma.ErrorDetail{Message: importLine(row).Text, Location: at})
		}
	}
	return e
}

type tableJSON struct {
	Table string `json:"table" doc:"CSV"`
}

func (c *Console) apiTable(r *asked, _ *nothing) (tableJSON, error) {
	if c.o.Rota() == nil {
		return tableJSON{}, rota.ErrNoPlan
	}
	data, err := maskedTable(r, c.o.Rota())
	return tableJSON{string(data)}, err
}
