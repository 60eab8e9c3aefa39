package rota

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// examplePlan is the plan people copy, and the one the other tests use.
func examplePlan(tb testing.TB) *Plan {
	tb.Helper()
	return parseFile(tb, "../examples/plan.yaml")
}

func parseFile(tb testing.TB, name string) *Plan {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := Parse(name, text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func compiled(tb testing.TB, p *Plan, from time.Time, horizon time.Duration) *Rota {
	tb.Helper()
	r, err := Compile(p, from, horizon)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// when reads an instant; tests write them in UTC unless they say otherwise.
func when(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestExampleHasNothingToRefuse(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	for _, from := range []string{"2025-01-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-10-01T12:00:00Z", "2026-11-20T12:00:00Z", "2026-12-20T12:00:00Z", "2028-02-28T23:59:00Z"} {
		r := compiled(t, p, when(t, from), DefaultHorizon)
		for _, f := range r.Check(when(t, from), DefaultHorizon) {
			if f.Level != LevelNote {
				t.Errorf("from %s: %s: %s: %s", from, f.Level, f.Rule, f.Text)
			}
		}
	}
}

func TestExampleComesBackFromYAML(t *testing.T) {
	t.Parallel()
	p := examplePlan(t)
	same, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(same, p.source.text) {
		t.Error("a plan nobody changed is not returned as its file was")
	}
	p.Teams[0].Name = "Portsmouth"
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("changed.yaml", text)
	if err != nil {
		t.Fatalf("canonical form is not a plan: %v\n%s", err, text)
	}
	again.source, p.source = nil, nil
	if diff := cmp.Diff(p, again, cmp.AllowUnexported(Plan{})); diff != "" {
		t.Errorf("written and read back: want -, got +\n%s", diff)
	}
}
