package rota

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/call"
)

// RowKind is what importing a row does.
type RowKind string

// The closed set of kinds.
const (
	RowAdded   RowKind = "added"
	RowChanged RowKind = "changed"
	RowSame    RowKind = "same"
	RowRefused RowKind = "refused"
)

// PeopleRow is one row of a table of people, and what importing it does.
type PeopleRow struct {
	Line     int // as a spreadsheet counts: the header is 1; 0 for the file as a whole
	ID, Name string
	Kind     RowKind
	Changes  []string // the columns that change; what they say is not shown
	Problems []Problem
}

// PeopleTable is what importing a table would do, row by row, and to whom it
// would not speak.
type PeopleTable struct {
	Rows []PeopleRow // in the order of the table, what is wrong with the whole of it first
	Gone []string    // with exact: ids of those who leave the plan
	Plan *Plan       // the plan that results; nil when any row is refused: nothing is taken then
}

// ReadPeople looks at a table of people without changing anything: each row
// with what it does and what is wrong with it. It is ImportPeople for a person who
// wants to see first.
func ReadPeople(p *Plan, file string, data []byte, exact bool) (PeopleTable, error) {
	var t PeopleTable
	next, err := ImportPeople(p, file, data, exact)
	var wrong Problems
	if err != nil && !errors.As(err, &wrong) {
		return t, err
	}
	rd := &reader{file: file, lines: map[string]int{}}
	_, rows := rd.table(data, peopleColumns)
	wrong = append(wrong, p.wrongBesides(file, rows, wrong)...)
	named := map[string]bool{}
	for _, r := range rows {
		row := PeopleRow{Line: r.line, ID: r.cells["id"], Name: r.cells["name"]}
		named[row.ID] = true
		row.Kind, row.Changes = p.rowKind(r)
		row.Problems = slices.DeleteFunc(slices.Clone(wrong), func(w Problem) bool { return w.Line != r.line })
		if len(row.Problems) > 0 {
			row.Kind = RowRefused
		}
		t.Rows = append(t.Rows, row)
	}
	whole := slices.DeleteFunc(slices.Clone(wrong), func(w Problem) bool {
		return slices.ContainsFunc(rows, func(r row) bool { return r.line == w.Line })
	})
	if len(whole) > 0 {
		t.Rows = append([]PeopleRow{{Kind: RowRefused, Problems: whole}}, t.Rows...)
	}
	for i := range p.Responders {
		if exact && !named[p.Responders[i].ID] {
			t.Gone = append(t.Gone, p.Responders[i].ID)
		}
	}
	t.Plan = next
	return t, nil
}

// wrongBesides is what is wrong with the rows that could be read, while others
// could not: those keep the plan from being made, and with it from being looked
// at, and whoever mends a table wants to hear everything at once.
func (p *Plan) wrongBesides(file string, rows []row, wrong Problems) Problems {
	right := slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
		return slices.ContainsFunc(wrong, func(w Problem) bool { return w.Line == r.line })
	})
	if len(right) == len(rows) || len(right) == 0 {
		return nil
	}
	columns := slices.Sorted(maps.Keys(right[0].cells))
	text := [][]string{columns}
	for _, r := range right {
		text = append(text, mapped(columns, func(c string) string { return r.cells[c] }))
	}
	data, err := csvText(text)
	if err == nil {
		_, err = ImportPeople(p, file, data, false)
	}
	var besides Problems
	if !errors.As(err, &besides) {
		return nil
	}
	rd := &reader{file: file, lines: map[string]int{}}
	_, again := rd.table(data, peopleColumns)
	var out Problems
	for _, w := range besides {
		if i := slices.IndexFunc(again, func(r row) bool { return r.line == w.Line }); i >= 0 && i < len(right) {
			w.Line = right[i].line
			out = append(out, w)
		}
	}
	return out
}

// rowKind compares a row with what the plan has, column by column.
func (p *Plan) rowKind(r row) (RowKind, []string) {
	i := slices.IndexFunc(p.Responders, func(w Responder) bool { return w.ID == r.cells["id"] })
	if i < 0 {
		return RowAdded, nil
	}
	var n yaml.Node
	if err := n.Encode(p.Responders[i].written()); err != nil {
		return RowSame, nil
	}
	was := keyed(&n)
	var changes []string
	for _, c := range peopleColumns {
		is, there := r.cells[c]
		if there && !sameCell(c, cell(was[c]), is, p.Responders[i].Number) {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return RowSame, nil
	}
	return RowChanged, changes
}

// sameCell reports whether a cell says what the plan does.
func sameCell(column, was, is string, number call.Number) bool {
	if column == "number" {
		if digits, masked := maskedNumber(is); masked {
			return strings.HasSuffix(number.E164(), digits)
		}
		n, err := call.ParseDialable(is)
		return err == nil && n == number
	}
	parts := func(s string) []string {
		return slices.DeleteFunc(mapped(strings.Split(s, ";"), strings.TrimSpace), func(s string) bool { return s == "" })
	}
	return slices.Equal(parts(was), parts(is))
}

var masked = regexp.MustCompile(`^(?i:ends|…|\.\.\.)\s*(\d{3})$`)

// maskedNumber reads a number of which only the end is shown, as MaskedPeopleCSV
// writes it.
func maskedNumber(s string) (digits string, ok bool) {
	m := masked.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", false
	}
	return m[1], true
}

// keepMasked puts the number that the plan has in the place of one that is
// masked, so that a table that shows none can be read back. What is wrong is said
// in words, with what to do.
func keepMasked(was *Responder, r *row) (text, mend string) {
	digits, ok := maskedNumber(r.cells["number"])
	switch {
	case !ok:
		return "", ""
	case was == nil:
		return "the number is masked, and the plan has nobody with this id", "write the number in full"
	case !strings.HasSuffix(was.Number.E164(), digits):
		return "the number is masked, and ends otherwise than the plan's", "write the new number in full, or leave this one as it was"
	}
	r.cells["number"] = was.Number.E164()
	return "", ""
}

// unproven takes the day of a test off a number that is new.
func unproven(was, is *Responder) {
	if is.Number != was.Number && is.Proven == was.Proven {
		is.Proven = Date{}
	}
}

// MaskedPeopleCSV is PeopleCSV with the end of each number in place of it:
// "ends 101". Read back, such a number stays as it is.
func (p *Plan) MaskedPeopleCSV() ([]byte, error) {
	return table(peopleColumns, mapped(p.Responders, func(r Responder) any {
		w := r.written()
		if n := len(w.Number); n > 3 {
			w.Number = "ends " + w.Number[n-3:]
		}
		return w
	}))
}

// PeopleTemplate is a table of people without any: its first row names the columns.
func PeopleTemplate() ([]byte, error) { return csvText([][]string{peopleColumns}) }
