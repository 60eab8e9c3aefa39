package rota

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func TestPeopleComeChangeAndGo(t *testing.T) {
	t.Parallel()
	small := parseFile(t, "testdata/small.yaml")
	now := small.at(t, "2026-04-02T12:00")
	for _, tc := range []struct {
		name string
		ops  []Op
		want string // the plan's differences
		said string // its first sentence
	}{
		{
			"somebody new", []Op{AddPerson{Name: "Hal", Team: "west", Number: "07700 900 008", Skills: []string{"peer"}}},
			"+ responder person-20260402-…", "person-20260402-… is new in team west",
		},
		{
			"a name and a team", []Op{ChangePerson{Person: "fay", Name: "Faye", Team: "west"}},
			"~ responder fay: name F → Faye; team east → west", "fay is changed: name; team east → west",
		},
		{
			"a new number is not shown, and not proven", []Op{ChangePerson{Person: "ann", Number: "07700 900009"}},
			"~ responder ann: number changed", "ann is changed: number",
		},
		{
			"tiers, and no skill any more", []Op{ChangePerson{Person: "cat", Skills: []string{}, Tiers: []call.Tier{call.TierResponding}}},
			"~ responder cat: skills [registered, young_people] → nothing; tiers nothing → [responding]",
			"cat is changed: skills registered, young_people → nothing; tiers responding, backup → responding",
		},
		{
			"somebody goes", []Op{RemovePerson{Person: "cat"}},
			"- responder cat; ~ shift east-day: people [ann, bob, cat] → [ann, bob]; - override cat-helps",
			"cat leaves the plan, in east-day",
		},
		{
			"and another has their place", []Op{RemovePerson{Person: "bob", By: "dan"}},
			"- responder bob; ~ shift east-day: people [ann, bob, cat] → [ann, dan, cat]; ~ shift east-night: people [bob] → [dan]; ~ override bob-covered: remove bob → dan; - override bob-ill",
			"bob leaves the plan, and dan has their place, in east-day, east-night",
		},
		{
			"who is there already is not there twice", []Op{RemovePerson{Person: "ann", By: "cat"}},
			"- responder ann; ~ shift east-day: people [ann, bob, cat] → [bob, cat]; ~ override bob-covered: add ann → cat",
			"ann leaves the plan, and cat has their place, in east-day",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, said := do(t, small, now, tc.ops...)
			var lines []string
			for _, d := range Diff(small, p) {
				if d.Kind != DiffChanged {
					d.Text = "" // what it is, in words: TestDiffTellsWhatWasAdded
				}
				lines = append(lines, d.String())
			}
			if d := cmp.Diff(tc.want, unnamed(strings.Join(lines, "; "))); d != "" {
				t.Error(d)
			}
			if got := unnamed(said[0]); got != tc.said {
				t.Errorf("said %q, want %q", got, tc.said)
			}
		})
	}
}

// Whoever goes takes absences, swaps and their part of the policy with them; a
// number that is changed has to be proven again.
func TestNothingNamesWhoIsGone(t *testing.T) {
	t.Parallel()
	p, err := Parse("p", []byte(strings.NewReplacer(
		"number: 07700 900003,", "number: 07700 900003, proven: 2026-03-01,",
		"minimum:", "policy: {opt_out: [cat], young: [{responder: cat, until: 2026-09-01}], assessed: [{responder: cat, on: 2026-01-01}]}\nminimum:",
		"last_human:", "absences: [{id: a, person: cat, kind: leave, start: 2026-04-06T00:00}]\nswaps: {offers: [{id: s, person: cat, gives: {shift: east-day, date: 2026-04-05}, with: dan, state: agreed}]}\nlast_human:",
	).Replace(string(mustYAML(t, parseFile(t, "testdata/small.yaml"))))))
	if err != nil {
		t.Fatal(err)
	}
	now := p.at(t, "2026-04-02T12:00")
	gone, said := do(t, p, now, RemovePerson{Person: "cat"})
	if text := string(mustYAML(t, gone)); strings.Contains(text, "cat") && strings.Contains(strings.ReplaceAll(text, "# Cat", ""), "cat") {
		t.Errorf("cat is still there:\n%s", text)
	}
	if said[1] != "1 swap of theirs goes with them" {
		t.Errorf("said %q", said[1])
	}
	changed, _ := do(t, p, now, ChangePerson{Person: "cat", Number: "07700 900009"})
	if !changed.Responders[2].Proven.IsZero() {
		t.Error("a new number is proven")
	}
}

func TestPeopleOperationsRefused(t *testing.T) {
	t.Parallel()
	small := parseFile(t, "testdata/small.yaml")
	now := small.at(t, "2026-04-02T12:00")
	for _, tc := range []struct {
		name string
		op   Op
		is   error
		said string
	}{
		{"a number that is none", AddPerson{Name: "Hal", Team: "west", Number: "999"}, ErrCannot, "emergency and short codes"},
		{"a number that is charged", ChangePerson{Person: "ann", Number: "0909 879 0001"}, ErrCannot, "premium-rate"},
		{"an id that is taken", AddPerson{ID: "ann", Name: "Hal", Team: "west", Number: "07700 900008"}, ErrCannot, "already"},
		{"nothing changed", ChangePerson{Person: "ann", Name: "A"}, ErrCannot, "nothing would be changed"},
		{"nobody known", ChangePerson{Person: "zoe", Name: "A"}, ErrNoSuch, "zoe"},
		{"nobody known goes", RemovePerson{Person: "zoe"}, ErrNoSuch, "zoe"},
		{"nobody known has their place", RemovePerson{Person: "ann", By: "zoe"}, ErrNoSuch, "zoe"},
		{"their own place", RemovePerson{Person: "ann", By: "ann"}, ErrCannot, "own place"},
		{"the only one", RemovePerson{Person: "dan"}, ErrCannot, "nobody would be left in shift west-all"},
		{"who may not be put there", RemovePerson{Person: "gus", By: "ann"}, nil, "duty_manager"},
		{"no such team", ChangePerson{Person: "ann", Team: "north"}, nil, "north"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := Edit(small, tc.op, now)
			var problems Problems
			switch {
			case err == nil || !strings.Contains(err.Error(), tc.said):
				t.Errorf("got %v, want %q", err, tc.said)
			case tc.is != nil && !errors.Is(err, tc.is), tc.is == nil && !errors.As(err, &problems):
				t.Errorf("got %T %v", err, err)
			}
			if err != nil && strings.Contains(err.Error(), "879 0001") {
				t.Errorf("a number is in the error: %v", err)
			}
		})
	}
}
