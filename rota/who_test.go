package rota

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWho(t *testing.T) {
	t.Parallel()
	r := compiled(t, smallPlan(t), when(t, "2026-03-30T00:00:00Z"), DefaultHorizon)
	var b strings.Builder
	for _, row := range Who(r, when(t, "2026-04-02T22:00:00Z")) {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s\n", row.Team, row.Tier, row.Responder, row.Until.Format("02 15:04"), row.Why)
	}
	want := `east|responding||01 00:00|nobody
east|backup||01 00:00|nobody
east|duty_manager|gus|25 00:00|shift manager
west|responding|dan|25 00:00|shift west-all
west|backup||01 00:00|nobody
west|duty_manager|gus|25 00:00|shift manager
young|responding|eve|25 00:00|shift young-all
young|backup||01 00:00|nobody
young|duty_manager|gus|25 00:00|shift manager
all|last_human|last-human-1|01 00:00|always
all|last_human|last-human-2|01 00:00|always
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	before := smallPlan(t)
	after := edited(t,
		"minimum: {responding: 1", "minimum: {responding: 2",
		"name: East,", "name: East side,",
		"number: 07700 900002", "number: 07700 900009",
		"people: [ann, bob, cat]", "people: [cat, ann]",
		"  - {id: backup, team: east", "  - {id: second, team: east",
	)
	var b strings.Builder
	for _, d := range Diff(before, after) {
		fmt.Fprintln(&b, d)
	}
	want := `~ minimum: {responding 1, backup 0, duty_manager 0} → {responding 2, backup 0, duty_manager 0}
~ team east: name East → East side
~ responder bob: number changed
~ shift east-day: people [ann, bob, cat] → [cat, ann]
+ shift second
- shift backup
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if same := Diff(before, smallPlan(t)); len(same) != 0 {
		t.Errorf("a plan differs from itself: %v", same)
	}
	if all := Diff(nil, before); len(all) == 0 || all[0].Kind != DiffAdded {
		t.Errorf("from no plan: %v", all)
	}
}
