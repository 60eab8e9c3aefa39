package rota

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is a table of people as it was read, a line each.
func (t PeopleTable) told() string {
	var lines []string
	for _, r := range t.Rows {
		line := fmt.Sprintf("%d %s %s %s", r.Line, r.ID, r.Kind, strings.Join(r.Changes, ","))
		for _, p := range r.Problems {
			line += " | " + p.Text
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func TestReadPeople(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/small.yaml")
	masked, err := p.MaskedPeopleCSV()
	if err != nil {
		t.Fatal(err)
	}
	template, err := PeopleTemplate()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, data string
		exact      bool
		want       string
		gone       string
		plan       string // what changes; "refused" when nothing may
	}{
		{"nobody", string(template), false, "", "", ""},
		{
			"added, changed and as before", "id,name,team,number,skills\nann,A,east,07700 900001,registered\nbob,Bob,east,07700 900002,peer\nhal,Hal,west,07700 900008,\n", false,
			"2 ann same\n3 bob changed name\n4 hal added", "", "~ responder bob: name B → Bob; + responder hal: Hal, of team west",
		},
		{
			"one is wrong, and nothing is taken", "id,name,team,number\nhal,Hal,west,999\nbob,Bob,east,07700 900002\n,Nobody,east,07700 900009\nbob,Bob,east,07700 900002\n", false,
			"2 hal refused  | responders[7].number: emergency and short codes (such as 999 or 111) cannot be rung from here\n3 bob changed name\n4  refused  | the row has no id\n5 bob refused name | \"bob\" is there twice",
			"", "refused",
		},
		{
			"what only the plan shows is said at once with what the table shows", "id,name,team,number\nhal,Hal,nowhere,07700 900008\nivy,,east,07700 900010\njan,Jan,east,07700 900011\nkit,Kit,east,999\n", false,
			"2 hal refused  | there is no team \"nowhere\"\n3 ivy refused  | responders[8] has no \"name\"\n4 jan added\n5 kit refused  | responders[10].number: emergency and short codes (such as 999 or 111) cannot be rung from here", "", "refused",
		},
		{"a column that is none", "id,nmae\nann,A\n", false, "0  refused  | unknown column \"nmae\"", "", "refused"}, //nolint:misspell // that is the point
		{"what was masked stays", string(masked), true, "2 ann same\n3 bob same\n4 cat same\n5 dan same\n6 eve same\n7 fay same\n8 gus same", "", ""},
		{
			"masked otherwise, and masked for somebody new", "id,name,team,number\nann,A,east,ends 777\nhal,Hal,west,ends 123\n", false,
			"2 ann refused number | the number is masked, and ends otherwise than the plan's\n3 hal refused  | the number is masked, and the plan has nobody with this id", "", "refused",
		},
		{
			"exactly these", strings.Replace(string(masked), "gus,G,", "gil,Gil,", 1), true, "2 ann same\n3 bob same\n4 cat same\n5 dan same\n6 eve same\n7 fay same\n8 gil refused  | the number is masked, and the plan has nobody with this id", "gus", "refused",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadPeople(p, "people.csv", []byte(tc.data), tc.exact)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got.told()); d != "" {
				t.Error(d)
			}
			plan := "refused"
			if got.Plan != nil {
				var lines []string
				for _, d := range Diff(p, got.Plan) {
					lines = append(lines, d.String())
				}
				plan = strings.Join(lines, "; ")
			}
			if d := cmp.Diff(tc.plan, plan); d != "" {
				t.Error(d)
			}
			if gone := strings.Join(got.Gone, " "); gone != tc.gone {
				t.Errorf("gone %q, want %q", gone, tc.gone)
			}
		})
	}
	if strings.Contains(string(masked), "9000") || !strings.Contains(string(masked), "ends 001") {
		t.Errorf("not masked:\n%s", masked)
	}
}

// A new number has to be tested anew, wherever it comes from.
func TestANewNumberInATableIsNotProven(t *testing.T) {
	t.Parallel()
	p := works(t, "", nil)
	for data, want := range map[string]string{
		"id,number\nann,07700 900001\n": "2026-03-01", "id,number\nann,07700 900055\n": "", "id,number,proven\nann,07700 900055,2026-03-04\n": "2026-03-04",
	} {
		q, err := ImportPeople(p, "people.csv", []byte(data), false)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if !q.Responders[0].Proven.IsZero() {
			got = q.Responders[0].Proven.String()
		}
		if got != want {
			t.Errorf("%q: proven %q, want %q", data, got, want)
		}
	}
}
