package rota

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

func local(t *testing.T, s string) LocalTime {
	t.Helper()
	l, err := parseDayOrTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// do edits in order and returns the plan and what was said of the last.
func do(t *testing.T, p *Plan, now time.Time, ops ...Op) (*Plan, []string) {
	t.Helper()
	var said []string
	for _, op := range ops {
		var err error
		if p, said, err = Edit(p, op, now); err != nil {
			t.Fatalf("%s: %v", op.Do(), err)
		}
	}
	return p, said
}

var madeID = regexp.MustCompile(`-(\d{8})-[a-z0-9]{6}\b`)

// unnamed is what was said, line by line, without the end of ids that an
// operation made.
func unnamed(said ...string) string {
	return madeID.ReplaceAllString(strings.Join(said, "\n"), "-$1-…")
}

func on(t *testing.T, p *Plan, team, at string) string {
	t.Helper()
	instant := p.at(t, at)
	var ids []string
	for _, d := range compiled(t, p, instant.Add(-24*time.Hour), 48*time.Hour).OnShift(team, rosteredTiers[0], instant) {
		ids = append(ids, d.Responder)
	}
	return strings.Join(ids, " ")
}

func (p *Plan) at(t *testing.T, s string) time.Time {
	t.Helper()
	return time.Unix(local(t, s).instant(zoneOf(t, p.Zone)), 0)
}

func TestEdit(t *testing.T) {
	t.Parallel()
	type check struct{ team, at, want string }
	for _, tc := range []struct {
		name   string
		now    string
		ops    []Op
		checks []check
		said   string
	}{
		{
			"somebody is replaced at once, until the end of the shift", "2026-03-02T21:10",
			[]Op{ReplaceNow{Person: "bob", By: "ann", Why: "did not come"}},
			[]check{{"east", "2026-03-02T21:09", "bob"}, {"east", "2026-03-02T21:10", "ann"}, {"east", "2026-03-03T07:59", "ann"}, {"east", "2026-03-03T08:00", "ann bob cat"}},
			`
override replace-20260302-…: ann is on in place of bob, responding, from 2026-03-02T21:10 to 2026-03-03T08:00
east responding, Mon 2 Mar 21:10 to Tue 3 Mar 08:00: bob off, ann on`,
		},
		{
			"replaced in the hour that the night has twice", "2026-10-25T00:30",
			[]Op{ReplaceNow{Person: "bob", By: "ann", Until: LocalTime{Date{2026, 10, 25}, 480}}},
			[]check{{"east", "2026-10-25T00:30", "ann"}, {"east", "2026-10-25T03:00", "ann"}},
			`
override replace-20261025-…: ann is on in place of bob, responding, from 2026-10-25T00:30 to 2026-10-25T08:00
east responding, Sun 25 Oct 00:30 to Sun 25 Oct 08:00: bob off, ann on`,
		},
		{
			"ill, and a colleague takes the shift", "2026-03-02T12:00",
			[]Op{
				ReportAbsence{Person: "dan", Kind: AbsentSick, Start: LocalTime{Date{2026, 3, 3}, 0}, End: LocalTime{Date{2026, 3, 4}, 0}},
				AddOverride{Teams: []string{"west"}, Tier: "responding", Remove: "dan", Add: "cat", Start: LocalTime{Date{2026, 3, 3}, 0}, End: LocalTime{Date{2026, 3, 4}, 0}},
			},
			[]check{{"west", "2026-03-02T23:59", "dan"}, {"west", "2026-03-03T00:00", "cat"}, {"west", "2026-03-04T00:00", "dan"}},
			`
override override-20260302-…: cat is on in place of dan, responding, from 2026-03-03T00:00 to 2026-03-04T00:00
west responding, Tue 3 Mar 00:00 to Wed 4 Mar 00:00: cat on`,
		},
		{
			"ill until further notice, back the next day", "2026-03-02T12:00",
			[]Op{ReportAbsence{ID: "a1", Person: "dan", Kind: AbsentSick}, EndAbsence{ID: "a1", End: LocalTime{Date{2026, 3, 3}, 0}}},
			[]check{{"west", "2026-03-02T11:59", "dan"}, {"west", "2026-03-02T12:00", ""}, {"west", "2026-03-03T00:00", "dan"}},
			"",
		},
		{
			"back before it began", "2026-03-02T12:00",
			[]Op{ReportAbsence{ID: "a1", Person: "dan", Kind: AbsentLeave, Start: LocalTime{Date{2026, 3, 3}, 0}}, EndAbsence{ID: "a1"}},
			[]check{{"west", "2026-03-03T12:00", "dan"}},
			"",
		},
		{
			"a shift that is an extra one", "2026-03-02T12:00",
			[]Op{AddDated{ID: "extra", Teams: []string{"west"}, Tier: "responding", Dates: []Date{{2026, 3, 5}}, Start: 600, End: 720, People: []string{"cat"}}},
			[]check{{"west", "2026-03-05T10:00", "dan cat"}, {"west", "2026-03-05T12:00", "dan"}},
			`
shift extra is added, 10:00 to 12:00 on 1 days
west responding, Thu 5 Mar 10:00 to Thu 5 Mar 12:00: cat on`,
		},
		{
			"a shift in place of others", "2026-03-02T12:00",
			[]Op{AddDated{ID: "instead", Teams: []string{"west"}, Tier: "responding", Dates: []Date{{2026, 3, 5}}, Start: 600, End: 720, People: []string{"cat"}, Replaces: []string{"west-all"}}},
			[]check{{"west", "2026-03-05T09:59", "dan"}, {"west", "2026-03-05T10:00", "cat"}, {"west", "2026-03-05T12:00", "dan"}},
			"",
		},
		{
			"a night given away", "2026-03-02T12:00",
			[]Op{TakeShift{Person: "cat", Slot: Slot{Shift: "east-night", Date: Date{2026, 3, 5}}, Despite: "agreed with the manager"}},
			[]check{{"east", "2026-03-05T19:59", "ann bob cat"}, {"east", "2026-03-05T20:00", "cat"}, {"east", "2026-03-06T07:59", "cat"}},
			"",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := parseFile(t, "testdata/small.yaml")
			p, said := do(t, p, p.at(t, tc.now), tc.ops...)
			for _, c := range tc.checks {
				if got := on(t, p, c.team, c.at); got != c.want {
					t.Errorf("%s at %s: got %q, want %q", c.team, c.at, got, c.want)
				}
			}
			if got := "\n" + unnamed(said...); tc.said != "" && got != tc.said {
				t.Errorf("said%s\nwant%s", got, tc.said)
			}
		})
	}
}

const swapPlan = `
service: test
zone: Europe/London
minimum: {responding: 1, backup: 0, duty_manager: 0}
teams: [{id: east, name: East}, {id: west, name: West}]
lines: [{id: public, name: Public, number: "0808 157 0001", team: east}, {id: w, name: W, number: "0808 157 0002", team: west}]
responders:
  - {id: ann, name: A, team: east, number: 07700 900001}
  - {id: bob, name: B, team: east, number: 07700 900002}
  - {id: cat, name: C, team: west, number: 07700 900003, tiers: [responding]}
  - {id: dan, name: D, team: east, number: 07700 900004}
  - {id: fay, name: F, team: east, number: 07700 900006, tiers: [backup]}
shifts:
  - {id: odd, team: east, tier: responding, days: [mon, wed, fri, sun], start: "08:00", end: "08:00", people: ann}
  - {id: even, team: east, tier: responding, days: [tue, thu, sat], start: "08:00", end: "08:00", people: bob}
  - {id: west, team: west, tier: responding, days: daily, start: "00:00", end: "00:00", people: [cat]}
  - {id: calls, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", every: week, people: [fay, dan], from: 2026-03-02}
swaps:
  approval: yes
last_human:
  - {name: Switchboard, number: 01632 960001}
`

func TestSwapGoesItsWay(t *testing.T) {
	t.Parallel()
	p, err := Parse("p", []byte(swapPlan))
	if err != nil {
		t.Fatal(err)
	}
	now := p.at(t, "2026-03-02T12:00")
	gives, takes := Slot{Shift: "odd", Date: Date{2026, 3, 6}}, Slot{Shift: "even", Date: Date{2026, 3, 12}}
	offered, said := do(t, p, now, OfferSwap{ID: "s1", Person: "ann", Gives: gives, With: "dan"})
	if diff := cmp.Diff([]string{
		"swap s1: ann offers odd on 2026-03-06 to dan; nothing changes before it is accepted",
		"who is on shift stays as it is",
	}, said); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	accepted, _ := do(t, offered, now, AcceptSwap{ID: "s1", Person: "dan"})
	if got := on(t, accepted, "east", "2026-03-06T12:00"); got != "ann" {
		t.Errorf("accepted and not approved: %s is on, want ann", got)
	}
	agreed, said := do(t, accepted, now, ApproveSwap{ID: "s1", By: "fay"})
	if diff := cmp.Diff([]string{
		"swap s1 is approved: dan has odd on 2026-03-06 in place of ann",
		"east responding, Fri 6 Mar 08:00 to Sat 7 Mar 08:00: ann off, dan on",
	}, said); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	for at, want := range map[string]string{"2026-03-06T07:59": "bob", "2026-03-06T08:00": "dan", "2026-03-07T07:59": "dan", "2026-03-07T08:00": "bob", "2026-03-08T12:00": "ann"} {
		if got := on(t, agreed, "east", at); got != want {
			t.Errorf("at %s: got %s, want %s", at, got, want)
		}
	}
	back, _ := do(t, agreed, now, DeclineSwap{ID: "s1"})
	if got := on(t, back, "east", "2026-03-06T12:00"); got != "ann" {
		t.Errorf("declined: %s is on, want ann", got)
	}
	for _, tc := range []struct {
		name string
		p    *Plan
		op   Op
		want error
	}{
		{"somebody who is not on it offers", p, OfferSwap{Person: "bob", Gives: gives}, ErrNotOn},
		{"a day it does not start on", p, OfferSwap{Person: "ann", Gives: Slot{Shift: "odd", Date: Date{2026, 3, 5}}}, ErrNotOn},
		{"a day that is over", p, OfferSwap{Person: "ann", Gives: Slot{Shift: "odd", Date: Date{2026, 2, 27}}}, ErrTooLate},
		{"no such shift", p, OfferSwap{Person: "ann", Gives: Slot{Shift: "ood", Date: Date{2026, 3, 6}}}, ErrNoSuch},
		{"no such swap", p, AcceptSwap{ID: "s2", Person: "bob"}, ErrNoSuch},
		{"accepted by another", offered, AcceptSwap{ID: "s1", Person: "bob"}, ErrCannot},
		{"approved before it is accepted", offered, ApproveSwap{ID: "s1", By: "fay"}, ErrTooLate},
		{"approved by a side", accepted, ApproveSwap{ID: "s1", By: "dan"}, ErrCannot},
		{"accepted twice", accepted, AcceptSwap{ID: "s1", Person: "dan"}, ErrTooLate},
		{"declined twice", back, DeclineSwap{ID: "s1"}, ErrTooLate},
		{"not for that tier", p, TakeShift{Person: "fay", Slot: gives}, ErrCannot},
		{"on another shift then", p, TakeShift{Person: "cat", Slot: gives}, ErrCannot},
		{"no rest before it", p, TakeShift{Person: "bob", Slot: Slot{Shift: "odd", Date: Date{2026, 3, 9}}, From: "ann"}, ErrRest},
	} {
		if _, _, err := Edit(tc.p, tc.op, now); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
	both, _ := do(t, p, now, OfferSwap{ID: "s1", Person: "ann", Gives: gives, With: "bob", Takes: takes}, AcceptSwap{ID: "s1", Person: "bob", Despite: "asked for"}, ApproveSwap{ID: "s1", By: "fay", Despite: "asked for"})
	if got := on(t, both, "east", "2026-03-06T12:00") + " " + on(t, both, "east", "2026-03-12T12:00"); got != "bob ann" {
		t.Errorf("both ways: got %s, want bob ann", got)
	}
	week, _ := do(t, p, now, TakeShift{ID: "w", Person: "dan", Slot: Slot{Shift: "calls", Date: Date{2026, 3, 2}, Until: Date{2026, 3, 9}}}, ApproveSwap{ID: "w", By: "bob"})
	r := compiled(t, week, now, DefaultHorizon)
	if got := r.OnShift("east", "backup", p.at(t, "2026-03-08T23:00")); len(got) != 1 || got[0].Responder != "dan" || got[0].Why != "swap w" {
		t.Errorf("a whole turn: got %v", got)
	}
}

func TestSwapLeavesRest(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/small.yaml")
	now := p.at(t, "2026-03-02T12:00")
	// Ann works 08:00 to 20:00 and would take the night that begins four hours
	// after a short day of hers.
	p, _ = do(t, p, now, AddOverride{Teams: []string{"east"}, Tier: "responding", Remove: "ann", Start: local(t, "2026-03-05T16:00"), End: local(t, "2026-03-05T20:00")})
	take := TakeShift{Person: "ann", Slot: Slot{Shift: "east-night", Date: Date{2026, 3, 5}}}
	if _, _, err := Edit(p, take, now); !errors.Is(err, ErrRest) {
		t.Fatalf("got %v, want ErrRest", err)
	}
	take.Despite = "agreed, with rest after"
	_, said := do(t, p, now, take)
	if got := strings.Join(said, "\n"); !strings.Contains(got, "ann has 4 h of rest from Thu 5 Mar 16:00, and should have 11 h: accepted because: agreed, with rest after") {
		t.Errorf("said %s", got)
	}
}

// In the hour that a night has twice, now has no one name on the wall. What is
// done then still holds at once.
func TestReplaceNowInTheHourThatIsTwice(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"} { // both are 01:30 in London
		now := when(t, at)
		p, said := do(t, parseFile(t, "testdata/small.yaml"), now, ReplaceNow{Person: "bob", By: "ann"})
		if want := "override replace-20261025-…: ann is on in place of bob, responding, from 2026-10-25T00:59 to 2026-10-25T08:00"; unnamed(said[0]) != want {
			t.Errorf("at %s: got %s, want %s", at, said[0], want)
		}
		if got := compiled(t, p, now.Add(-time.Hour), DefaultHorizon).OnShift("east", "responding", now); len(got) != 1 || got[0].Responder != "ann" {
			t.Errorf("at %s: on are %v, want ann", at, got)
		}
	}
}

func TestAbsenceSaysWhoCouldCover(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/small.yaml")
	now := p.at(t, "2026-03-02T12:00")
	_, said := do(t, p, now, ReportAbsence{Person: "bob", Kind: AbsentSick, Start: local(t, "2026-03-02T21:00"), End: local(t, "2026-03-03T08:00")})
	if diff := cmp.Diff([]string{
		"absence absence-20260302-…: bob is away from 2026-03-02T21:00 until 2026-03-03T08:00",
		"east responding, Mon 2 Mar 21:00 to Tue 3 Mar 08:00: bob off; leaves nobody",
		"could cover east responding, Mon 2 Mar 21:00 to Tue 3 Mar 08:00: nobody of the plan: ask a neighbour or the bank",
	}, strings.Split(unnamed(said...), "\n")); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestCover(t *testing.T) {
	t.Parallel()
	p, err := Parse("p", []byte(swapPlan))
	if err != nil {
		t.Fatal(err)
	}
	from, until := p.at(t, "2026-03-06T08:00"), p.at(t, "2026-03-07T08:00")
	got := compiled(t, p, from, DefaultHorizon).Cover(CoverQuery{Team: "east", Tier: "responding", From: from, Until: until, Not: "ann"})
	want := []Candidate{
		{Responder: "dan", Can: true, OwnTeam: true, Skilled: true, Rest: 24 * time.Hour, Reasons: []string{"not on in four weeks"}},
		{Responder: "bob", OwnTeam: true, Skilled: true, LastOn: from.UTC(), Reasons: []string{"only 0 min of rest beside another shift, of 11 h", "last on until Fri 6 Mar 08:00"}},
		{Responder: "cat", Skilled: true, Rest: 24 * time.Hour, Reasons: []string{"of team west", "on responding then (shift west)", "not on in four weeks"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// An operation's JSON form comes back as the same operation, and slips in it
// are errors.
func TestOpJSON(t *testing.T) {
	t.Parallel()
	for _, op := range []Op{
		AddOverride{Teams: []string{"east"}, Tier: "responding", Add: "ann", Start: local(t, "2026-03-02T08:00"), End: local(t, "2026-03-02T20:00")},
		RemoveOverride{ID: "x"}, ReplaceNow{Person: "ann", By: "bob"}, ReportAbsence{Person: "ann", Kind: AbsentSick}, EndAbsence{ID: "x"},
		OfferSwap{Person: "ann", Gives: Slot{Shift: "odd", Date: Date{2026, 3, 6}}}, AcceptSwap{ID: "x", Person: "bob"}, ApproveSwap{ID: "x", By: "fay"},
		DeclineSwap{ID: "x"}, TakeShift{Person: "ann", Slot: Slot{Shift: "odd", Date: Date{2026, 3, 6}}},
		AddDated{Teams: []string{"east"}, Tier: "responding", Dates: []Date{{2026, 12, 25}}, Start: 480, End: 1200, People: []string{"ann"}}, RemoveDated{ID: "x"},
		Tidy{Before: Date{2026, 1, 1}}, AddPerson{Name: "H", Team: "east", Number: "07700 900008", Tiers: []call.Tier{call.TierBackup}},
		ChangePerson{Person: "ann", Skills: []string{}}, ChangePerson{Person: "ann", Tiers: []call.Tier{call.TierBackup}}, RemovePerson{Person: "ann", By: "bob"},
		AddAid{Team: "east", By: "west", After: "30s", Days: []string{"mon"}, Start: 480, End: 600, Since: Date{2026, 3, 1}}, EndAid{Team: "east", By: "west", Start: 480},
		MoveOutward{Outward: "ZZ1", Team: "west"}, RetireLine{Line: "gp", Team: "east"}, RestoreLine{Line: "gp"},
	} {
		text, err := MarshalOp(op)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseOp(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(op, again); diff != "" || !json.Valid(text) {
			t.Errorf("%s: want -, got +\n%s", text, diff)
		}
	}
	for text, want := range map[string]string{
		`{"do":"report_absenc"}`:              `read operation: not an operation: did you mean "report_absence"?`,
		`{}`:                                  "read operation: not an operation: known are ",
		`{"do":"tidy","befor":"2026-01-01"}`:  `read operation: tidy: json: unknown field "befor"`,
		`{"do":"tidy","before":"01/01/2026"}`: `read operation: tidy: "01/01/2026" is not a day`,
		`[]`:                                  "read operation: json: ",
	} {
		if _, err := ParseOp([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s…", text, err, want)
		}
	}
	if got := len(Ops()); got != 21 {
		t.Errorf("%d operations, want 21", got)
	}
}

// What an operation adds, its opposite takes away to the byte, comments and
// all; what is not touched stays as it was written.
func TestEditKeepsTheText(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/small.yaml", "../examples/plan.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := parseFile(t, file)
		team, person := p.Teams[0].ID, p.Responders[0].ID
		now := p.at(t, "2026-03-02T12:00")
		for _, pair := range [][2]Op{
			{AddOverride{ID: "new", Teams: []string{team}, Tier: "responding", Add: person, End: local(t, "2026-03-02T20:00"), Why: "busy: many calls"}, RemoveOverride{ID: "new"}},
			{ReportAbsence{ID: "new", Person: person, Kind: AbsentTraining, Start: local(t, "2026-03-09")}, EndAbsence{ID: "new", End: local(t, "2026-03-08")}},
			{AddDated{ID: "new", Teams: []string{team}, Tier: "responding", Dates: []Date{{2026, 12, 25}}, Start: 480, End: 1200, People: []string{person}, Needs: map[string]int{"registered": 1}}, RemoveDated{ID: "new"}},
		} {
			with, _ := do(t, p, now, pair[0])
			changed, err := with.YAML()
			if err != nil {
				t.Fatal(err)
			}
			added := len(strings.Split(string(changed), "\n")) - len(strings.Split(string(text), "\n"))
			if added < 1 || added > 3 {
				t.Errorf("%s: %s changes %d lines:\n%s", file, pair[0].Do(), added, cmp.Diff(string(text), string(changed)))
			}
			without, _ := do(t, with, now, pair[1])
			if again, _ := without.YAML(); string(again) != string(text) {
				t.Errorf("%s: %s and %s: want -, got +\n%s", file, pair[0].Do(), pair[1].Do(), cmp.Diff(string(text), string(again)))
			}
		}
	}
}
