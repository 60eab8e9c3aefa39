package rota

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

const wholePolicy = `policy:
  levels: {consecutive_nights: refuse, two_teams: note}
  at_home: [backup]
  break: 30m
  proven_days: 14
  opt_out: [ann]
  young: [{responder: bob, until: 2026-06-01}]
  assessed: [{responder: cat, on: 2026-01-10}]
  holidays: [{date: 2027-05-10, name: A royal day}, {date: 2026-05-04, off: yes}]
`

func withPolicy(t *testing.T, policy string) (*Plan, error) {
	t.Helper()
	text, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := strings.Replace(string(text), "zone: Europe/London\n", "zone: Europe/London\n"+policy, 1)
	return Parse("plan.yaml", []byte(strings.Replace(s, "skills: [peer]}", "skills: [peer], proven: 2026-03-01}", 1)))
}

// A policy is read, survives being written afresh, and is part of a diff.
func TestPolicyThereAndBack(t *testing.T) {
	t.Parallel()
	p, err := withPolicy(t, wholePolicy)
	if err != nil {
		t.Fatal(err)
	}
	want := Policy{
		Levels: map[string]Level{RuleManyNights: LevelRefuse, RuleTwoTeams: LevelNote}, AtHome: []call.Tier{call.TierBackup},
		Break: 30 * time.Minute, ProvenDays: 14, OptOut: []string{"ann"}, Young: []Young{{"bob", Date{2026, 6, 1}}},
		Assessed: []Assessment{{"cat", Date{2026, 1, 10}}},
		Holidays: []HolidayChange{{Date: Date{2027, 5, 10}, Name: "A royal day"}, {Date: Date{2026, 5, 4}, Off: true}},
	}
	if diff := cmp.Diff(want, p.Policy); diff != "" {
		t.Errorf("read: want -, got +\n%s", diff)
	}
	p.Name = "changed, so that it is written afresh"
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("again", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if diff := cmp.Diff(want, again.Policy); diff != "" {
		t.Errorf("written and read: want -, got +\n%s", diff)
	}
	if got := again.Responders[1].Proven; got != (Date{2026, 3, 1}) {
		t.Errorf("proven on %s", got)
	}
	plain, err := withPolicy(t, "")
	if err != nil || plain.Policy.written() != nil {
		t.Errorf("no policy: %v %v", plain.Policy.written(), err)
	}
	plain.Name = p.Name
	if d := Diff(plain, p); len(d) != 1 || d[0].What != "policy" {
		t.Errorf("diff: %v", d)
	}
	none, err := withPolicy(t, "policy: {at_home: []}\n")
	if err != nil || none.Policy.atHome(call.TierBackup) || !plain.Policy.atHome(call.TierBackup) || plain.Policy.atHome(call.TierResponding) || p.Policy.atHome(call.TierDutyManager) {
		t.Errorf("who waits at home: %v", err)
	}
	if w := none.Policy.written(); w == nil || w.AtHome == nil {
		t.Error("that nobody waits at home is not written")
	}
}

func TestBadPolicies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ policy, want string }{
		{"policy: {levels: {dayly_rest: warn}}\n", `policy.levels: there is no rule "dayly_rest": did you mean "daily_rest"?`},
		{"policy: {levels: {daily_rest: silent}}\n", `"silent" is not a level: use refuse, warn or note (a rule cannot be silenced)`},
		{"policy: {levels: [daily_rest]}\n", "policy.levels is not a set of rules and levels"},
		{"policy: {opt_out: [anne]}\n", `there is no responder "anne": did you mean "ann"?`},
		{"policy: {young: [{responder: zed, until: 2026-06-01}]}\n", `there is no responder "zed"`},
		{"policy: {assessed: [{responder: ann}]}\n", `policy.assessed[0] has no "on"`},
		{"policy: {holidays: [{date: 2026-06-01}]}\n", "a holiday has no name"},
		{"policy: {at_home: [kitchen]}\n", `"kitchen" is not a tier`},
		{"policy: {silence: [daily_rest]}\n", `unknown key "silence"`},
	} {
		_, err := withPolicy(t, tc.policy)
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(err.Error(), tc.want) || problems[0].Line != 4 {
			t.Errorf("%s: got %v, want %s", tc.policy, err, tc.want)
		}
	}
}

// A level may be changed; the finding stays.
func TestPolicyChangesLevels(t *testing.T) {
	t.Parallel()
	from := when(t, "2026-03-30T00:00:00Z")
	usual := compiled(t, edited(t), from, DefaultHorizon).Review(from, gateSpan, Facts{})
	for _, level := range []Level{LevelRefuse, LevelWarn, LevelNote} {
		p := edited(t)
		p.Policy.Levels = map[string]Level{}
		for _, r := range Rules {
			p.Policy.Levels[r.Rule] = level
		}
		found := compiled(t, p, from, DefaultHorizon).Review(from, gateSpan, Facts{})
		if len(found) != len(usual) || len(found) == 0 {
			t.Errorf("%d findings at %s, usually %d", len(found), level, len(usual))
		}
		for _, f := range found {
			if f.Level != level {
				t.Errorf("%s is %s, not %s", f.Rule, f.Level, level)
			}
		}
	}
}

// A telephone's test holds for thirty days, on the day of the next shift.
func TestProven(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		proven string
		days   int
		want   string
	}{
		{"2026-02-28", 0, ""}, {"2026-02-27", 0, "warn number_proven"}, {"", 0, "warn number_proven"},
		{"2026-04-01", 0, "warn number_proven"}, // a day that has not come
		{"2026-03-16", 14, ""}, {"2026-03-15", 14, "warn number_proven"},
	} {
		p := works(t, "", []string{"2026-03-30T09:00 2026-03-30T12:00", "2026-04-20T09:00 2026-04-20T12:00"})
		p.Responders[0].Proven, _ = ParseDate(tc.proven)
		p.Policy.ProvenDays = tc.days
		if got := about(t, p, "2026-03-29T12:00:00Z", 28*24*time.Hour, Facts{}, RuleProven); got != tc.want {
			t.Errorf("proven %q, %d days: got %q, want %q", tc.proven, tc.days, got, tc.want)
		}
		if got := about(t, p, "2026-03-30T13:00:00Z", 7*24*time.Hour, Facts{}, RuleProven); got != "" {
			t.Errorf("not on shift, and yet %q", got)
		}
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	from := when(t, "2026-03-30T00:00:00Z")
	r := compiled(t, edited(t), from, DefaultHorizon)
	for kept, want := range map[time.Duration]bool{0: false, RecordsKept: false, RecordsKept - time.Minute: true} {
		if got := said(r.Review(from, gateSpan, Facts{RecordsKept: kept}), RuleRecords) != ""; got != want {
			t.Errorf("kept for %s: found %v", kept, got)
		}
	}
}

// docs/RULES.md has every rule with its level, figure and source, and no other.
func TestRulesAreExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `") {
			rows++
		}
	}
	if rows != len(Rules) {
		t.Errorf("%d rows for %d rules", rows, len(Rules))
	}
	for _, r := range Rules {
		if want := "| `" + r.Rule + "` | " + string(r.Level) + " | " + r.Figure + " | " + r.Source + " |"; !strings.Contains(string(text), want) {
			t.Errorf("not there: %s", want)
		}
	}
}
