package rota

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds of what an importer reads: far beyond any rota, and small enough that
// a wrong file does no harm.
const (
	mostImportBytes = 8 << 20
	mostImportRows  = 20_000
)

// row is one row of a table under its header.
type row struct {
	line  int // as a spreadsheet counts: the header is 1
	cells map[string]string
}

// ImportPeople is the plan with the responders of a table: a row with an id
// the plan has changes that person, in the columns the table has; any other is
// somebody new. With exact, people who are not in the table leave the plan. The
// error is a Problems whose lines are the table's rows; p stays as it is.
func ImportPeople(p *Plan, file string, data []byte, exact bool) (*Plan, error) {
	return importTable(p, file, data, peopleColumns, tableOf[Responder]{
		section: "responders", parts: func(q *Plan) *[]Responder { return &q.Responders },
		id: func(r Responder) string { return r.ID }, written: func(r Responder) any { return r.written() },
		read: (*reader).responder, exact: exact, fix: keepMasked, made: unproven,
	})
}

// ImportShifts is ImportPeople for shifts.
func ImportShifts(p *Plan, file string, data []byte, exact bool) (*Plan, error) {
	return importTable(p, file, data, shiftColumns, tableOf[Shift]{
		section: "shifts", parts: func(q *Plan) *[]Shift { return &q.Shifts },
		id: func(s Shift) string { return s.ID }, written: func(s Shift) any { return s.written() },
		read: (*reader).shift, exact: exact,
	})
}

// tableOf is how a table is read into one section of a plan.
type tableOf[T any] struct {
	section string
	parts   func(*Plan) *[]T
	id      func(T) string
	written func(T) any
	read    func(*reader, *T, string, *yaml.Node)
	exact   bool
	fix     func(was *T, r *row) (text, mend string) // of a row before it is read; nil: nothing
	made    func(was, is *T)                         // of a part that changed; nil: nothing
}

func importTable[T any](p *Plan, file string, data []byte, columns []string, t tableOf[T]) (*Plan, error) {
	rd := &reader{file: file, lines: map[string]int{}}
	header, rows := rd.table(data, columns)
	if len(rd.problems) > 0 {
		return nil, rd.problems.sorted()
	}
	q, err := p.Clone()
	if err != nil {
		return nil, err
	}
	parts := t.parts(q)
	var kept, named []string
	for _, row := range rows {
		id := row.cells["id"]
		if id == "" {
			rd.problem(row.line, "the row has no id", "write one: it is how the person or shift is known for ever")
			continue
		}
		if slices.Contains(named, id) {
			rd.problem(row.line, shown(id)+" is there twice", "keep one of the rows")
			continue
		}
		named, kept = append(named, id), append(kept, id)
		i := slices.IndexFunc(*parts, func(v T) bool { return t.id(v) == id })
		var was any
		var before *T
		if i >= 0 {
			before, was = &(*parts)[i], t.written((*parts)[i])
		}
		if t.fix != nil {
			if text, mend := t.fix(before, &row); text != "" {
				rd.problem(row.line, text, mend)
				continue
			}
		}
		if i < 0 {
			i = len(*parts)
			*parts = append(*parts, *new(T))
		}
		n, err := row.node(header, was)
		if err != nil {
			return nil, err
		}
		var v T
		t.read(rd, &v, at(t.section, i), n)
		if t.made != nil && before != nil {
			t.made(before, &v)
		}
		(*parts)[i] = v
	}
	if len(rd.problems) == 0 {
		if t.exact {
			*parts = slices.DeleteFunc(*parts, func(v T) bool { return !slices.Contains(kept, t.id(v)) })
			rd.lines = map[string]int{} // places have moved: rows cannot be named any more
		}
		validate(q, rd)
	}
	if len(rd.problems) > 0 {
		return nil, rd.problems.sorted()
	}
	return q, nil
}

// table reads rows under a header whose columns are known.
func (rd *reader) table(data []byte, columns []string) (header []string, rows []row) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > mostImportBytes:
		rd.problem(1, "the file is too big", "import at most 8 MB at a time")
		return nil, nil
	case !utf8.Valid(data):
		rd.problem(1, "the file is not UTF-8", "save it as \"CSV UTF-8\"")
		return nil, nil
	}
	c := csv.NewReader(bytes.NewReader(data))
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		c.Comma = ';' // how spreadsheets write it where a comma is a decimal point
	}
	c.FieldsPerRecord, c.TrimLeadingSpace = -1, true
	for line := 1; ; line++ {
		cells, err := c.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if header == nil {
				rd.problem(1, "the file is empty", "export one to begin with: its first row names the columns")
			}
			return header, rows
		case errors.As(err, &broken):
			rd.problem(line, "a quotation mark is out of place", "put the cell in quotation marks, and double those inside it")
			return nil, nil
		case err != nil:
			rd.problem(line, "the row cannot be read", "save the file as CSV again")
			return nil, nil
		case line > mostImportRows:
			rd.problem(line, fmt.Sprintf("there are more than %d rows", mostImportRows), "import it in parts")
			return nil, nil
		case header == nil:
			if header = rd.header(cells, columns); header == nil {
				return nil, nil
			}
		default:
			rows = rd.row(rows, header, cells, line)
		}
	}
}

func (rd *reader) header(cells, columns []string) (header []string) {
	for _, name := range cells {
		name = strings.ToLower(strings.TrimSpace(harmed(name)))
		switch {
		case !slices.Contains(columns, name):
			rd.problem(1, "unknown column "+shown(name), didYouMean(name, columns))
		case slices.Contains(header, name):
			rd.problem(1, "column "+shown(name)+" is there twice", "keep one of them")
		}
		header = append(header, name)
	}
	if must := columns[0]; !slices.Contains(header, must) {
		rd.problem(1, fmt.Sprintf("there is no column %q", must), "add it: the first row names the columns")
	}
	if len(rd.problems) > 0 {
		return nil
	}
	return header
}

func (rd *reader) row(rows []row, header, cells []string, line int) []row {
	r := row{line: line, cells: map[string]string{}}
	empty := true
	for i, c := range cells {
		c = strings.TrimSpace(harmed(c))
		empty = empty && c == ""
		if i >= len(header) {
			if c != "" {
				rd.problem(line, "the row has more cells than columns", "look for a comma that is not in quotation marks")
				return rows
			}
			continue
		}
		r.cells[header[i]] = c
	}
	if empty {
		return rows
	}
	return append(rows, r)
}

// node is the row as a plan's text would have it: what was there before, with
// the columns of the table in place of its own. An empty cell leaves a key out.
func (r row) node(header []string, was any) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Line: r.line}
	if was != nil {
		var before yaml.Node
		if err := before.Encode(was); err != nil {
			return nil, err
		}
		for i := 0; i+1 < len(before.Content); i += 2 {
			if !slices.Contains(header, before.Content[i].Value) {
				onLine(before.Content[i+1], r.line)
				n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: before.Content[i].Value, Line: r.line}, before.Content[i+1])
			}
		}
	}
	for _, name := range header {
		if c := r.cells[name]; c != "" {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name, Line: r.line}, r.value(name, c))
		}
	}
	return n, nil
}

func onLine(n *yaml.Node, line int) {
	n.Line = line
	for _, inner := range n.Content {
		onLine(inner, line)
	}
}

// value is a cell as a node: a list when it has semicolons, pairs for needs.
func (r row) value(column, c string) *yaml.Node {
	scalar := func(s string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.TrimSpace(s), Line: r.line}
	}
	switch {
	case column == "needs":
		n := &yaml.Node{Kind: yaml.MappingNode, Line: r.line}
		for _, pair := range strings.Split(c, ";") {
			skill, count, _ := strings.Cut(pair, "=")
			n.Content = append(n.Content, scalar(skill), scalar(count))
		}
		return n
	case column != "name" && strings.Contains(c, ";"):
		n := &yaml.Node{Kind: yaml.SequenceNode, Line: r.line}
		for _, s := range strings.Split(c, ";") {
			if strings.TrimSpace(s) != "" {
				n.Content = append(n.Content, scalar(s))
			}
		}
		return n
	}
	return scalar(c)
}
