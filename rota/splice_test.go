package rota

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// lineDiff is the lines of b that are not in a with a plus, and the other way
// round with a minus, in order.
func lineDiff(a, b []byte) (out []string) {
	count := map[string]int{}
	for line := range strings.Lines(string(b)) {
		count[line]++
	}
	for line := range strings.Lines(string(a)) {
		if count[line]--; count[line] < 0 {
			out = append(out, "-"+strings.TrimSpace(line))
		}
	}
	for line := range strings.Lines(string(b)) {
		if count[line] > 0 {
			count[line]--
			out = append(out, "+"+strings.TrimSpace(line))
		}
	}
	return out
}

// An edit writes its own lines and no others: comments, blank lines and
// everybody else's way of writing stay.
func TestAnEditWritesOnlyItsLines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		edit func(p *Plan)
		want []string
	}{
		{"a name in a flow item", func(p *Plan) { p.Responders[0].Name = "Ada L" }, []string{
			"-- {id: ada, name: Ada, team: pseh, number: 07700 900101, skills: [registered, prescriber]}",
			"+- {id: ada, name: Ada L, team: pseh, number: 07700 900101, skills: [registered, prescriber]}",
		}},
		{"a count in a block", func(p *Plan) { p.Minimum.Backup = 0 }, []string{"-backup: 1", "+backup: 0"}},
		{"a comment behind the value stays", func(p *Plan) { p.Alarm.Gap *= 2 }, []string{"-gap: 72h", "+gap: 144h"}},
		{"somebody new", func(p *Plan) {
			r := p.Responders[7]
			r.ID, r.Name, r.Number = "nia", "Nia", p.LastHuman[0].Number
			p.LastHuman = p.LastHuman[1:]
			p.Responders = append(p.Responders[:8:8], append([]Responder{r}, p.Responders[8:]...)...)
		}, []string{
			"-- {name: Hospital switchboard, number: \"023 9200 0001\"}",
			"+- {id: nia, name: Nia, team: pseh, number: \"+442392000001\", skills: [peer]}",
		}},
		{"a new key of a team", func(p *Plan) { p.Teams[3].Renamed = []Rename{{Name: "Wight", Till: Date{2026, 1, 1}}} }, []string{
			"+renamed:", "+- {name: Wight, till: 2026-01-01}",
		}},
		{"a new section", func(p *Plan) {
			p.MutualAid = []Aid{{Team: "pseh", By: "southampton", After: -1, AtOnce: 2}}
		}, []string{"+", "+mutual_aid:", "+- {team: pseh, by: southampton, at_once: 2}"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := examplePlan(t)
			tc.edit(p)
			text, err := p.YAML()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Join(lineDiff(p.source.text, text), "\n"), strings.Join(tc.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Whatever is changed, the text reads back as the plan.
func TestKeptTextReadsBack(t *testing.T) {
	t.Parallel()
	base := parseFile(t, "testdata/small.yaml") // small: it is read many times over
	rapid.Check(t, func(t *rapid.T) {
		p, err := base.Clone()
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			i := rapid.IntRange(0, len(p.Shifts)-1).Draw(t, "shift")
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				p.Shifts[i].End += 15
			case 1:
				s := p.Shifts[i]
				s.ID += "-x"
				p.Shifts = append(p.Shifts[:i+1:i+1], append([]Shift{s}, p.Shifts[i+1:]...)...)
			case 2:
				p.Teams[i%len(p.Teams)].Name += " again"
			case 3:
				p.Localities[i%len(p.Localities)].Dialling = nil
			case 4:
				p.Responders = append(p.Responders[1:len(p.Responders):len(p.Responders)], p.Responders[0])
			}
		}
		want, err := p.canonical()
		if err != nil {
			t.Fatal(err)
		}
		text, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("again", text)
		if err != nil {
			if _, bad := Parse("canonical", want); bad != nil {
				return // a plan that is no good in any writing
			}
			t.Fatalf("%v", err)
		}
		if got, err := again.canonical(); err != nil || string(got) != string(want) {
			t.Fatalf("reads back as another plan: %v", err)
		}
	})
}
