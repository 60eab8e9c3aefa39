package rota

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files anew")

// golden compares got with a file under testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: want -, got +\n%s", name, diff)
	}
}

// Each bad plan gives all its problems at once, in the order of its lines.
func TestParseSaysEverything(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("bad plans: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(filepath.Base(file), text)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want Problems", err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", err.Error()+"\n")
			if found := regexp.MustCompile(`[0-9][0-9 ]{6,}`).FindString(err.Error()); found != "" {
				t.Errorf("problems show what may be a telephone number: %q", found)
			}
		})
	}
}

func TestParseRefusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", "", "plan.yaml:1: the plan is empty: start from the example plan"},
		{"a comment", "# soon\n", "plan.yaml:1: the plan is empty: start from the example plan"},
		{"broken", "service: x\nteams: [\n", "plan.yaml:2: not readable as YAML: look for a missing quote, colon or indent at this line or just above"},
		{"tabs", "service: x\n\tzone: y\n", "plan.yaml:2: not readable as YAML: look for a missing quote, colon or indent at this line or just above"},
		{"a list", "- service\n", "plan.yaml:1: the plan is not a set of keys and values: see the example plan"},
		{"two documents", "service: x\n---\nservice: y\n", "plan.yaml:2: a second document begins here: keep one document in a file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse("plan.yaml", []byte(tc.text))
			if err == nil || p != nil {
				t.Fatal("accepted")
			}
			if first, _, _ := strings.Cut(err.Error(), "\n"); first != tc.want {
				t.Errorf("got  %s\nwant %s", first, tc.want)
			}
		})
	}
}

// A slip in a good plan is found at its line.
func TestParseFindsTheSlip(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, from, to, want string }{
		{"a mistyped key", "neighbours: [west, young]", "neihgbours: [west, young]", `6: unknown key "neihgbours": did you mean "neighbours"?`},
		{"a mistyped person", "people: [ann, bob, cat]", "people: [ann, bob, kat]", `25: there is no responder "kat": did you mean "cat"?`},
		{"an hour nobody covers", `start: "20:00", end: "08:00", people: [bob]`, `start: "20:00", end: "07:00", people: [bob]`,
			`6: nobody responds for team "east" from Mon 07:00 to Mon 08:00 (7 h a week in all): add a shift in tier responding for that time`},
		{"a day nobody covers", "tier: responding, days: daily, start: \"08:00\"", "tier: responding, days: [mon, tue, wed, thu, fri, sat], start: \"08:00\"",
			`6: nobody responds for team "east" from Sun 08:00 to Sun 20:00 (12 h a week in all): add a shift in tier responding for that time`},
		{"the hour of the clock change", `start: "20:00", end: "08:00", people: [bob]`, `start: "20:00", end: "01:30", people: [bob]`,
			`26: shift "east-night" ends at 01:30, which the nights of clock changes skip or repeat (01:00 to 02:00): use a time before 01:00, or 02:00 or later`},
		{"an emergency number", "number: 01632 960001", "number: 999",
			"37: last_human[0].number: emergency and short codes (such as 999 or 111) cannot be rung from here: give the direct number of a person or a switchboard"},
		{"the same telephone twice", "number: 07700 900002", "number: +44 7700 900001",
			"18: number of responder bob is also that of responder ann (line 17): give each its own number"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(string(good), tc.from) == 0 {
				t.Fatalf("%q is not in the plan", tc.from)
			}
			_, err := Parse("p", []byte(strings.Replace(string(good), tc.from, tc.to, 1)))
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains("\n"+err.Error()+"\n", "\np:"+tc.want+"\n") {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

// Nothing that anybody can put in a file stops the program, and what is
// accepted is accepted again in its canonical form.
func FuzzParse(f *testing.F) {
	for _, name := range []string{
		"testdata/small.yaml", "testdata/merger.yaml", "testdata/bad/keys.yaml", "testdata/bad/sense.yaml", "../examples/plan.yaml",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse("fuzz", text)
		if err != nil {
			if !errors.As(err, &Problems{}) {
				t.Fatalf("not Problems: %v", err)
			}
			return
		}
		p.source = nil
		again, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		q, err := Parse("again", again)
		if err != nil {
			t.Fatalf("canonical form refused: %v\n%s", err, again)
		}
		q.source = nil
		if diff := cmp.Diff(p, q, cmp.AllowUnexported(Plan{})); diff != "" {
			t.Fatalf("canonical form differs: want -, got +\n%s", diff)
		}
	})
}
