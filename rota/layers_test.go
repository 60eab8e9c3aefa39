package rota

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// layered is a plan of one team with the given lists. Ann has the days and bob
// the nights; cat, dan and eve have nothing but what the lists give them.
func layered(t *testing.T, lists string) *Plan {
	t.Helper()
	p, err := Parse("layered", []byte(`
service: test
zone: Europe/London
minimum: {responding: 1, backup: 0, duty_manager: 0}
teams: [{id: east, name: East}]
lines: [{id: public, name: Public, number: "0808 157 0001", team: east}]
responders:
  - {id: ann, name: A, team: east, number: 07700 900001}
  - {id: bob, name: B, team: east, number: 07700 900002}
  - {id: cat, name: C, team: east, number: 07700 900003}
  - {id: dan, name: D, team: east, number: 07700 900004}
  - {id: eve, name: E, team: east, number: 07700 900005}
last_human: [{name: Switchboard, number: 01632 960001}]
shifts:
  - {id: day, team: east, tier: responding, days: daily, start: "08:00", end: "20:00", people: ann}
  - {id: night, team: east, tier: responding, days: daily, start: "20:00", end: "08:00", people: bob}
`+lists))
	if err != nil {
		t.Fatalf("%v\n%s", err, lists)
	}
	return p
}

// Override > swap > dated > rotation > weekly; an absence takes a person off
// all but an override that names them. The table is the rule of doc.go.
func TestLayers(t *testing.T) {
	t.Parallel()
	const (
		dated    = `  - {id: xmas, kind: dated, team: east, tier: responding, dates: 2026-12-25, start: "08:00", end: "20:00", people: dan, replaces: all}` + "\n"
		rotation = `  - {id: turn, kind: rotation, team: east, tier: responding, start: "08:00", end: "20:00", every: day, people: [cat, cat, eve], from: 2026-12-24, replaces: [day]}` + "\n"
		swapped  = `swaps: {offers: [{id: s, person: dan, gives: {shift: xmas, date: 2026-12-25}, with: eve, state: agreed}]}` + "\n"
		swapSick = `absences: [{id: a, person: eve, kind: sick, start: 2026-12-25, end: 2026-12-26}]` + "\n"
	)
	over := func(what string) string {
		return "overrides: [{id: o, team: east, tier: responding, " + what + ", start: 2026-12-25T09:00, end: 2026-12-25T19:00}]\n"
	}
	for _, tc := range []struct{ name, lists, want string }{
		{"weekly", "", "ann (shift day)"},
		{"a rotation adds up", strings.Replace(rotation, ", replaces: [day]", "", 1), "ann (shift day), cat (shift turn)"},
		{"a rotation in place of a weekly shift", rotation, "cat (shift turn)"},
		{"a dated shift adds up", strings.Replace(dated, ", replaces: all", "", 1), "ann (shift day), dan (shift xmas)"},
		{"a dated shift in place of both", rotation + dated, "dan (shift xmas)"},
		{"a shift that is replaced replaces nothing", rotation + strings.Replace(dated, "all", "[turn]", 1), "ann (shift day), dan (shift xmas)"},
		{"one person by two shifts is there for the stronger", strings.Replace(strings.Replace(dated, ", replaces: all", "", 1), "dan", "ann", 1), "ann (shift xmas)"},
		{"a swap of a dated shift", dated + swapped, "eve (swap s)"},
		{"a swap that is only accepted", dated + strings.Replace(swapped, "agreed", "accepted", 1), "dan (shift xmas)"},
		{"the taker of a swap is ill", dated + swapped + swapSick, ""},
		{"an override replaces whom a swap put there", dated + swapped + over("remove: eve, add: bob"), "bob (override o)"},
		{"an override of the one who gave the shift away", dated + swapped + over("remove: dan, add: bob"), "eve (swap s)"},
		{"an override replaces somebody who is ill", dated + swapped + swapSick + over("remove: eve, add: bob"), "bob (override o)"},
		{"an override puts on somebody who is ill", dated + swapped + swapSick + over("add: eve"), "eve (override o)"},
		{"an override takes somebody off", over("remove: ann"), ""},
		{"two overrides, in their order", strings.Replace(over("remove: ann, add: bob"), "]\n", ", {id: o2, team: east, tier: responding, remove: bob, add: cat, start: 2026-12-25T10:00, end: 2026-12-25T19:00}]\n", 1), "cat (override o2)"},
		{"leave takes somebody off all", rotation + "absences: [{id: a, person: cat, kind: leave, start: 2026-12-20, end: 2027-01-05}]\n", ""},
		{"leave until further notice", "absences: [{id: a, person: ann, kind: sick, start: 2026-12-20T07:30}]\n", ""},
		{"leave that ends as the shift begins", "absences: [{id: a, person: ann, kind: leave, start: 2026-12-20, end: 2026-12-25T08:00}]\n", "ann (shift day)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := layered(t, tc.lists)
			at := p.at(t, "2026-12-25T12:00")
			for name, r := range map[string]*Rota{
				"compiled": compiled(t, p, at.Add(-30*24*time.Hour), DefaultHorizon), "walked": compiled(t, p, at.Add(24*time.Hour), time.Hour),
			} {
				var got []string
				for _, d := range r.OnShift("east", call.TierResponding, at) {
					got = append(got, fmt.Sprintf("%s (%s)", d.Responder, d.Why))
				}
				if strings.Join(got, ", ") != tc.want {
					t.Errorf("%s: got %s, want %s", name, strings.Join(got, ", "), tc.want)
				}
			}
		})
	}
}

// A 20:00–08:00 night is 11 hours when the clocks go forward and 13 when they
// go back, whichever layer it comes from; the day shifts on either side meet
// it with nobody doubled and nobody missing.
func TestNightsOfClockChangesInEveryLayer(t *testing.T) {
	t.Parallel()
	for _, change := range londonChanges {
		at := when(t, change)
		eve, morning := dateOf(at.Add(-24*time.Hour)).String(), dateOf(at).String()
		want := 11 * 60
		if at.Month() == time.October {
			want = 13 * 60
		}
		span := fmt.Sprintf("start: %sT20:00, end: %sT08:00", eve, morning)
		for _, tc := range []struct{ name, lists, night string }{
			{"weekly", "", "bob"},
			{"rotation", `  - {id: turn, kind: rotation, team: east, tier: responding, start: "20:00", end: "08:00", every: day, people: [cat, dan], from: ` + eve + ", replaces: [night]}\n", "cat"},
			{"rotation by shift", `  - {id: turn, kind: rotation, team: east, tier: responding, days: [sat], start: "20:00", end: "08:00", every: shift, people: [cat, dan], from: ` + eve + ", replaces: [night]}\n", "cat"},
			{"dated", `  - {id: one, kind: dated, team: east, tier: responding, dates: ` + eve + `, start: "20:00", end: "08:00", people: cat, replaces: all}` + "\n", "cat"},
			{"swap", "swaps: {offers: [{id: s, person: bob, gives: {shift: night, date: " + eve + "}, with: cat, state: agreed}]}\n", "cat"},
			{"absence with an override", "absences: [{id: a, person: bob, kind: sick, " + span + "}]\noverrides: [{id: o, team: east, tier: responding, remove: bob, add: cat, " + span + "}]\n", "cat"},
			{"override", "overrides: [{id: o, team: east, tier: responding, remove: bob, add: cat, " + span + "}]\n", "cat"},
			{"absence", "absences: [{id: a, person: bob, kind: sick, " + span + "}]\n", ""},
		} {
			t.Run(morning+"/"+tc.name, func(t *testing.T) {
				t.Parallel()
				p := layered(t, tc.lists)
				from, until := p.at(t, eve+"T08:00"), p.at(t, morning+"T20:00")
				r := compiled(t, p, from, until.Sub(from))
				minutes := map[string]int{}
				for m := from; m.Before(until); m = m.Add(time.Minute) {
					on := r.OnShift("east", call.TierResponding, m)
					switch len(on) {
					case 0:
						minutes[""]++
					case 1:
						minutes[on[0].Responder]++
					default:
						t.Fatalf("at %s: %v", m, on)
					}
				}
				if diff := cmp.Diff(map[string]int{"ann": 24 * 60, tc.night: want}, minutes); diff != "" {
					t.Errorf("minutes on shift: want -, got +\n%s", diff)
				}
			})
		}
	}
}

// Who has the turn is a matter of the date alone.
func TestRotations(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, keys, want string }{ // want: who is on at noon of 1 to 14 March, a Sunday first
		{"daily", "every: day, people: [cat, dan, eve], from: 2026-03-02", "- cat dan eve cat dan eve cat dan eve cat dan eve cat"},
		{"weekly, from a Monday", "every: week, people: [cat, dan], from: 2026-03-02", "- cat cat cat cat cat cat cat dan dan dan dan dan dan"},
		{"every two weeks, long under way", "every: 2 weeks, people: [cat, dan], from: 2025-12-29", "cat cat cat cat cat cat cat cat dan dan dan dan dan dan"},
		{"four days and three", "every: [4 days, 3 days], people: [cat, dan], from: 2026-03-02", "- cat cat cat cat dan dan dan cat cat cat cat dan dan"},
		{"by shift, weekdays", "every: shift, days: weekdays, people: [cat, dan, eve], from: 2026-03-02", "- cat dan eve cat dan - - eve cat dan eve cat -"},
		{"two shifts each", "every: 2 shifts, days: [mon, wed, fri], people: [cat, dan], from: 2026-03-02", "- cat - cat - dan - - dan - cat - cat -"},
		{"two at once, both change", "every: day, at_once: 2, people: [cat, dan, eve, bob], from: 2026-03-01", "cat+dan eve+bob cat+dan eve+bob cat+dan eve+bob cat+dan eve+bob cat+dan eve+bob cat+dan eve+bob cat+dan eve+bob"},
		{"two at once, one stays", "every: day, at_once: 2, move_on: 1, people: [cat, dan, eve], from: 2026-03-01", "cat+dan dan+eve eve+cat cat+dan dan+eve eve+cat cat+dan dan+eve eve+cat cat+dan dan+eve eve+cat cat+dan dan+eve"},
		{"somebody has two turns in a round", "every: day, people: [cat, dan, cat, eve], from: 2026-03-01", "cat dan cat eve cat dan cat eve cat dan cat eve cat dan"},
		{"until a day", "every: day, people: [cat, dan], from: 2026-03-01, until: 2026-03-04", "cat dan cat - - - - - - - - - - -"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := layered(t, `  - {id: turn, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", `+tc.keys+"}\n")
			r := compiled(t, p, p.at(t, "2026-02-28"), 21*24*time.Hour)
			var got []string
			for d := range 14 {
				var ids []string
				for _, duty := range r.OnShift("east", call.TierBackup, p.at(t, fmt.Sprintf("2026-03-%02dT12:00", d+1))) {
					ids = append(ids, duty.Responder)
				}
				if ids == nil {
					ids = []string{"-"}
				}
				got = append(got, strings.Join(ids, "+"))
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), tc.want)
			}
			again, err := p.canonical()
			if err != nil {
				t.Fatal(err)
			}
			q, err := Parse("again", again)
			if err != nil {
				t.Fatal(err)
			}
			p.source, q.source = nil, nil
			if diff := cmp.Diff(p, q, cmp.AllowUnexported(Plan{})); diff != "" {
				t.Errorf("written and read back: want -, got +\n%s", diff)
			}
		})
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	p := layered(t, "absences: [{id: a, person: bob, kind: sick, start: 2026-12-25, end: 2026-12-26}]\n")
	r := compiled(t, p, p.at(t, "2026-12-20"), DefaultHorizon)
	for _, tc := range []struct{ from, change, gap string }{
		{"2026-12-24T12:00", "2026-12-24T20:00", "2026-12-25T00:00"},
		{"2026-12-24T20:00", "2026-12-25T00:00", "2026-12-25T00:00"},
		{"2026-12-25T03:00", "2026-12-25T08:00", "2026-12-25T03:00"},
		{"2026-12-25T12:00", "2026-12-25T20:00", "2026-12-25T20:00"},
		{"2026-12-26T00:00", "2026-12-26T08:00", ""},
	} {
		got := r.Next(p.at(t, tc.from))
		want := Next{Change: p.at(t, tc.change).UTC()}
		if tc.gap != "" {
			want.Gap, want.Team = p.at(t, tc.gap).UTC(), "east"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from %s: want -, got +\n%s", tc.from, diff)
		}
	}
	// Two shifts that adjoin with the same person in both are no change.
	same := layered(t, "overrides: [{id: o, team: east, tier: responding, remove: bob, add: ann, start: 2026-12-24T20:00, end: 2026-12-25T08:00}]\n")
	if got, want := compiled(t, same, same.at(t, "2026-12-20"), DefaultHorizon).Next(same.at(t, "2026-12-24T12:00")).Change, same.at(t, "2026-12-25T20:00").UTC(); !got.Equal(want) {
		t.Errorf("next change %s, want %s", got, want)
	}
}

// What is wrong with a shift of another kind is said in words, with its mend.
func TestKindsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := string(mustYAML(t, layered(t, "")))
	for _, tc := range []struct{ name, lists, want string }{
		{"no length of turn", `{id: x, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", people: [cat], from: 2026-03-02}`, `rotation "x" does not say how long a turn is`},
		{"no anchor", `{id: x, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", every: week, people: [cat]}`, `rotation "x" has no from`},
		{"too few people", `{id: x, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", every: week, at_once: 2, people: [cat], from: 2026-03-02}`, `wants 2 at once and has 1 people`},
		{"beside themselves", `{id: x, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", every: week, at_once: 2, people: [cat, cat, dan], from: 2026-03-02}`, `puts one person on beside themselves`},
		{"a turn of fortnights", `{id: x, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", every: fortnight, people: [cat], from: 2026-03-02}`, `"fortnight" is not the length of a turn`},
		{"days and shifts", `{id: x, kind: rotation, team: east, tier: backup, start: "09:00", end: "09:00", every: [day, shift], people: [cat], from: 2026-03-02}`, `counts shifts beside days`},
		{"the hour of the change", `{id: x, kind: rotation, team: east, tier: backup, start: "01:30", end: "09:00", every: week, people: [cat], from: 2026-03-02}`, `starts at 01:30, which the nights of clock changes skip or repeat`},
		{"no dates", `{id: x, kind: dated, team: east, tier: backup, start: "09:00", end: "09:00", people: [cat]}`, `dated shift "x" has no dates`},
		{"dated in the hour that is twice", `{id: x, kind: dated, team: east, tier: backup, dates: 2026-10-24, start: "20:00", end: "01:30", people: [cat]}`, `shift "x" ends at 2026-10-25T01:30, which that night skips or repeats`},
		{"dated in the hour that is missing", `{id: x, kind: dated, team: east, tier: backup, dates: 2026-03-29, start: "01:00", end: "09:00", people: [cat]}`, `shift "x" starts at 2026-03-29T01:00, which that night skips or repeats`},
		{"dated and weekly", `{id: x, kind: dated, team: east, tier: backup, days: mon, dates: 2026-10-24, start: "20:00", end: "23:00", people: [cat]}`, `shift "x" has "days", which means nothing for kind dated`},
		{"weekly and rotating", `{id: x, team: east, tier: backup, days: mon, every: week, start: "20:00", end: "23:00", people: [cat]}`, `shift "x" has "every", which means nothing for kind weekly: add kind: rotation, or remove it`},
		{"replaces its equal", `{id: x, kind: dated, team: east, tier: backup, dates: 2026-12-25, start: "20:00", end: "23:00", people: [cat], replaces: [x]}`, `shift "x" is as strong as "x"`},
		{"replaces nothing there is", `{id: x, kind: dated, team: east, tier: responding, dates: 2026-12-25, start: "20:00", end: "23:00", people: [cat], replaces: [nihgt]}`, `there is no shift "nihgt": did you mean "night"?`},
		{"replaces another tier", `{id: x, kind: dated, team: east, tier: backup, dates: 2026-12-25, start: "20:00", end: "23:00", people: [cat], replaces: [day]}`, `of another tier`},
		{"weekly replaces", `{id: x, team: east, tier: responding, days: mon, start: "20:00", end: "23:00", people: [cat], replaces: [day]}`, `shift "x" is weekly, and nothing is weaker`},
		{"needs what nobody has", `{id: x, team: east, tier: responding, days: mon, start: "20:00", end: "23:00", people: [cat], needs: {registred: 1}}`, `no responder has the skill "registred"`},
		{"absent nobody", "\nabsences: [{id: a, person: kat, kind: sick, start: 2026-03-02}]", `there is no responder "kat": did you mean "cat"?`},
		{"absent for the wrong reason", "\nabsences: [{id: a, person: cat, kind: flu, start: 2026-03-02}]", `"flu" is not a kind of absence: use sick, leave, training`},
		{"absent backwards", "\nabsences: [{id: a, person: cat, kind: sick, start: 2026-03-02, end: 2026-03-02}]", `absence "a" ends before it begins`},
		{"absent from the missing hour", "\nabsences: [{id: a, person: cat, kind: sick, start: 2026-03-29T01:30}]", `absence "a" starts at 2026-03-29T01:30, which that night skips or repeats`},
		{"a swap nobody takes", "\nswaps: {offers: [{id: s, person: bob, gives: {shift: night, date: 2026-03-02}, state: agreed}]}", `swap "s" is agreed and nobody takes it`},
		{"a swap with oneself", "\nswaps: {offers: [{id: s, person: bob, gives: {shift: night, date: 2026-03-02}, with: bob}]}", `swap "s" is of one person with themselves`},
		{"a swap of no shift", "\nswaps: {offers: [{id: s, person: bob, gives: {shift: nihgt, date: 2026-03-02}, with: cat}]}", `there is no shift "nihgt": did you mean "night"?`},
		{"a swap backwards", "\nswaps: {offers: [{id: s, person: bob, gives: {shift: night, date: 2026-03-02, until: 2026-03-01}, with: cat}]}", `a swap ends before it begins`},
		{"approved and not agreed", "\nswaps: {offers: [{id: s, person: bob, gives: {shift: night, date: 2026-03-02}, with: cat, approved_by: ann}]}", `swap "s" is approved and only offered`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			lists := tc.lists
			if lists[0] == '{' {
				lists = "  - " + lists
			}
			_, err := Parse("p", []byte(good+lists+"\n"))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func mustYAML(t *testing.T, p *Plan) []byte {
	t.Helper()
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
