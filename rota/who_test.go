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
	want := `~ minimum: responding 1 → 2
~ team east: name East → East side
~ responder bob: number changed
~ shift east-day: people [ann, bob, cat] → [cat, ann]
+ shift second: weekly, backup for team east, daily, 08:00 to 20:00, fay
- shift backup: weekly, backup for team east, daily, 08:00 to 20:00, fay
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

// What a change puts in is said in words, with nobody's number among them.
func TestDiffTellsWhatWasAdded(t *testing.T) {
	t.Parallel()
	before := smallPlan(t)
	after := edited(t,
		"name: Young people,", "name: Young, renamed: [{name: Young people, till: 2026-05-01}],",
		"localities:", "localities:\n  - {id: quay, name: The Quay, team: east, outward: [ZZ4, ZZ5]}",
		"lines:", `split:
  - {outward: ZZ9, between: [harbour, hills], ask: which side of the river}
lines:
  - {id: old, name: Old line, number: "023 9200 0099", team: west, language: pl, retired: {since: 2026-01-01, team: east}}`,
		"responders:", "responders:\n  - {id: hal, name: H, team: west, number: 07700 900008, skills: [peer], tiers: [backup, duty_manager]}",
		"shifts:", `shifts:
  - {id: fair, kind: dated, team: [east, west], tier: backup, dates: [2026-05-01], start: "10:00", end: "12:00", people: [hal]}
  - {id: weeks, kind: rotation, team: all, tier: duty_manager, every: week, start: "09:00", end: "09:00", people: [gus, hal], from: 2026-06-01, replaces: all}`,
		"overrides:", `policy: {break: 30m}
absences:
  - {id: a1, person: ann, kind: sick, start: 2026-04-01T12:00, end: 2026-04-03}
  - {id: a2, person: bob, kind: leave, start: 2026-04-01}
swaps:
  approval: yes
  offers:
    - {id: s1, person: ann, gives: {shift: east-day, date: 2026-04-09}, with: dan, takes: {shift: west-all, date: 2026-04-10}, state: agreed, approved_by: gus}
mutual_aid:
  - {team: east, by: west, after: 10s, at_once: 2, days: [mon], start: "22:00", end: "08:00", since: 2026-05-01, until: 2026-06-01}
overrides:
  - {id: o1, team: west, tier: responding, remove: dan, add: cat, start: 2026-04-01T12:00, end: 2026-04-01T16:00, why: dentist}`,
		"last_human:", "last_human:\n  - {name: Night desk, number: 01632 960003}",
	)
	var b strings.Builder
	for _, d := range Diff(before, after) {
		fmt.Fprintln(&b, d)
	}
	want := `+ policy: break 30m
+ swaps: approval true
~ team young: name Young people → Young; renamed nothing → [{name Young people, till 2026-05-01}]
+ locality quay: The Quay, of team east, codes ZZ4 and ZZ5
+ split code ZZ9: between harbour and hills: which side of the river
+ line old: Old line, of team west, in pl, retired since 2026-01-01, its calls go to team east
+ responder hal: H, of team west, skills peer, only backup and duty manager
+ shift fair: dated, backup for team east, team west, on 2026-05-01, 10:00 to 12:00, hal
+ shift weeks: rotation, duty manager for every team, daily, 09:00 to 09:00, gus and hal, 1 at once, a turn is week, in place of all, from 2026-06-01
+ absence a1: ann, sick, from 2026-04-01T12:00 to 2026-04-03
+ absence a2: bob, leave, from 2026-04-01 until further notice
+ swap s1: ann gives east-day on 2026-04-09 to dan, for west-all on 2026-04-10, agreed, approved by gus
+ override o1: cat is on in place of dan, responding for team west, from 2026-04-01T12:00 to 2026-04-01T16:00, dentist
+ promise of help east west 2026-05-01 22:00: team west helps team east, after 10s, at most 2 at once, mon, 22:00 to 08:00, from 2026-05-01, until 2026-06-01
+ last human Night desk: Night desk
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if n := len(Diff(after, before)); n != len(Diff(before, after)) {
		t.Errorf("%d differences one way, %d the other", len(Diff(before, after)), n)
	}
}
