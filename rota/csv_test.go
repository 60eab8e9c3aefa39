package rota

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is exported comes back as it was: nothing changes.
func TestTablesThereAndBack(t *testing.T) {
	t.Parallel()
	p := richExample(t)
	people, err := p.PeopleCSV()
	if err != nil {
		t.Fatal(err)
	}
	shifts, err := p.ShiftsCSV()
	if err != nil {
		t.Fatal(err)
	}
	q, err := ImportPeople(p, "people.csv", people, true)
	if err != nil {
		t.Fatal(err)
	}
	if q, err = ImportShifts(q, "shifts.csv", shifts, true); err != nil {
		t.Fatal(err)
	}
	if diff := Diff(p, q); len(diff) > 0 {
		t.Errorf("%v", diff)
	}
}

func TestTableChangesOnlyItsColumns(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	q, err := ImportPeople(p, "people.csv", []byte("\ufeffid;name;team;number\r\nada;Ada L;pseh;07700 900101\r\nnia;Nia;pseh;07700 900199\r\n\r\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range Diff(p, q) {
		lines = append(lines, d.String())
	}
	want := "~ responder ada: name Ada → Ada L|+ responder nia"
	if got := strings.Join(lines, "|"); !strings.HasPrefix(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestTablesRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, data string
		want       []string
	}{
		{"nothing", "", []string{"t.csv:1: the file is empty"}},
		{"wrong column", "id,nmae\nada,x\n", []string{`unknown column "nmae": did you mean "name"?`}}, //nolint:misspell // that is the point
		{"no id column", "name\nAda\n", []string{`there is no column "id"`}},
		{"each row's own problem", "id,team,number\nada,psehh,07700 900101\nbram,pseh,12\ncleo,pseh,999\n", []string{"t.csv:3: ", "t.csv:4: "}},
		{"what the plan says of it", "id,team\nbram,psehh\n", []string{`t.csv:2: there is no team "psehh": did you mean "pseh"?`}},
		{"twice", "id,name\nada,A\nada,B\n", []string{`t.csv:3: "ada" is there twice`}},
		{"too many cells", "id,name\nada,A,B\n", []string{"t.csv:2: the row has more cells"}},
		{"quotes", "id,name\nada,\"A\"B\"\n", []string{"t.csv:2: a quotation mark"}},
		{"not UTF-8", "id,name\nada,\xff\n", []string{"not UTF-8"}},
		{"a number somebody else has", "id,number\nada,07700 900102\n", []string{"t.csv:"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ImportPeople(examplePlan(t), "t.csv", []byte(tc.data), false)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("not refused: %v", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nwants %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "900102") {
				t.Error("a number is shown")
			}
		})
	}
}

// A spreadsheet never runs a cell we wrote, and the cell comes back as it was.
func TestCellsAreHarmless(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[=+\-@' a1]{0,6}`).Draw(t, "cell")
		safe := harmless(s)
		if safe != "" && strings.ContainsRune(formulaStarts, rune(safe[0])) {
			t.Errorf("%q is written as %q", s, safe)
		}
		if back := harmed(safe); back != s {
			t.Errorf("%q comes back as %q", s, back)
		}
	})
	p := examplePlan(t)
	p.Responders[0].Name = `=HYPERLINK("x")`
	data, err := p.PeopleCSV()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || rows[1][1] != `'=HYPERLINK("x")` || rows[1][3] != "07700 900101" {
		t.Errorf("%v, %v", rows[1], err)
	}
}

func FuzzImportTables(f *testing.F) {
	f.Add("id,name,team,number\nann,Ada,east,07700 900101\n")
	f.Add("id;kind;team;days;start;end;people\nx;weekly;east;mon;08:00;20:00;ann\n")
	f.Add("person,start,end,team\nann,2026-03-02 08:00,2026-03-02 20:00,east\n")
	f.Add("id,needs\neast-day,registered=2; peer=1\n")
	p := fuzzPlan(f)
	f.Fuzz(func(t *testing.T, data string) {
		for _, read := range []func() (*Plan, error){
			func() (*Plan, error) { return ImportPeople(p, "t.csv", []byte(data), false) },
			func() (*Plan, error) { return ImportShifts(p, "t.csv", []byte(data), false) },
			func() (*Plan, error) { return ImportRoster(p, "t.csv", []byte(data), Import{Source: "fuzz"}) },
		} {
			mustBeGoodOrRefused(t, read)
		}
	})
}

// mustBeGoodOrRefused holds an importer to its promise: a plan that parses, or
// problems that say where and what to do.
func mustBeGoodOrRefused(t *testing.T, read func() (*Plan, error)) {
	t.Helper()
	q, err := read()
	var problems Problems
	switch {
	case err == nil:
		if _, err := q.Clone(); err != nil {
			t.Errorf("what was imported is no good plan: %v", err)
		}
	case errors.As(err, &problems):
		for _, p := range problems {
			if p.Mend == "" || p.Text == "" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
	default:
		t.Errorf("neither a plan nor problems: %v", err)
	}
}
