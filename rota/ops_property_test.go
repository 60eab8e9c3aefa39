package rota

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is done to a plan in whatever order, the text stays a plan, what an
// operation put in its opposite takes out to the byte, and a plan that was
// edited is itself untouched.
func TestEditAndBackRestoresBytes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p, err := Parse("small", text)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 48*60).Draw(t, "minutes")) * time.Minute)
		for i := range rapid.IntRange(1, 2).Draw(t, "operations") {
			op, back := anyOp(t, fmt.Sprintf("n%d", i))
			before := mustText(t, p)
			next, said, err := Edit(p, op, now)
			if string(mustText(t, p)) != string(before) {
				t.Fatalf("%s changed the plan it was given", op.Do())
			}
			if err != nil {
				continue // an edge in the hour that is twice, a person for the wrong tier: refused whole
			}
			if len(said) == 0 {
				t.Fatalf("%s says nothing", op.Do())
			}
			undone, _, err := Edit(next, back, now)
			if err != nil {
				t.Fatalf("%s after %s: %v", back.Do(), op.Do(), err)
			}
			if got := mustText(t, undone); string(got) != string(before) {
				t.Fatalf("%s and %s:\n%s\nnot\n%s", op.Do(), back.Do(), got, before)
			}
			p = next
		}
	})
}

func mustText(t *rapid.T, p *Plan) []byte {
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// anyOp is an operation and what takes it back.
func anyOp(t *rapid.T, id string) (op, back Op) {
	person := rapid.SampledFrom([]string{"ann", "bob", "cat", "dan", "eve", "fay"})
	hour := func(word string) LocalTime {
		return LocalTime{dayOf((Date{2026, 10, 25}).number() + int64(rapid.IntRange(2, 9).Draw(t, word))), Clock(60 * rapid.IntRange(0, 23).Draw(t, word+" hour"))}
	}
	switch rapid.IntRange(0, 2).Draw(t, "which") {
	case 0:
		o := AddOverride{ID: id, Teams: []string{"east"}, Tier: "responding", Add: person.Draw(t, "add"), End: hour("end")}
		if rapid.Bool().Draw(t, "replaces") {
			o.Remove = person.Draw(t, "remove")
		}
		o.Why = rapid.SampledFrom([]string{"", "ill", "busy: \"many\" calls", "a # in it", "'quoted'"}).Draw(t, "why")
		return o, RemoveOverride{ID: id}
	case 1:
		start := hour("start")
		return ReportAbsence{ID: id, Person: person.Draw(t, "person"), Kind: AbsentLeave, Start: start}, EndAbsence{ID: id, End: start}
	default:
		start, end := hour("from"), hour("to")
		return AddDated{
			ID: id, Teams: []string{"west"}, Tier: "responding", Dates: []Date{start.Date}, Start: start.Clock, End: end.Clock,
			People: []string{person.Draw(t, "person")}, Replaces: []string{AllTeams},
		}, RemoveDated{ID: id}
	}
}

// Nothing that anybody can send stops the program, and what is accepted is a
// plan that reads back.
func FuzzEdit(f *testing.F) {
	for _, op := range []string{
		`{"do":"add_override","teams":["east"],"tier":"responding","add":"dan","end":"2026-03-03T20:00"}`,
		`{"do":"report_absence","person":"ann","kind":"sick"}`,
		`{"do":"offer_swap","id":"s1","person":"ann","gives":{"shift":"odd","date":"2026-03-06"},"with":"dan"}`,
		`{"do":"take_shift","person":"dan","shift":"calls","date":"2026-03-02","until":"2026-03-09"}`,
		`{"do":"replace_now","person":"ann","by":"bob"}`,
		`{"do":"add_dated","teams":["all"],"tier":"backup","dates":["2026-12-25"],"start":"08:00","end":"08:00","people":["dan"]}`,
		`{"do":"tidy","before":"2026-03-01"}`,
		`{"do":"add_person","name":"H","team":"east","number":"07700 900008"}`, `{"do":"change_person","person":"ann","skills":[],"number":"999"}`,
		`{"do":"remove_person","person":"ann","by":"bob"}`,
		`{"do":"approve_swap","id":"s1","by":"bob"}`, `{"do":"nothing"}`, `{`,
	} {
		f.Add([]byte(op))
	}
	p, err := Parse("p", []byte(swapPlan))
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		op, err := ParseOp(data)
		if err != nil {
			return
		}
		next, said, err := Edit(p, op, now)
		if err != nil {
			if next != nil || said != nil {
				t.Fatal("an error and a plan")
			}
			return
		}
		text := mustYAML(t, next)
		if _, err := Parse("again", text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if form, err := MarshalOp(op); err != nil || !json.Valid(form) {
			t.Fatalf("%s: %v", form, err)
		}
		if len(said) == 0 || strings.Contains(strings.Join(said, "\n"), "\n\n") {
			t.Fatalf("said %q", said)
		}
	})
}
