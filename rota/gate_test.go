package rota

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.org/crisisline/call"
)

var gateFrom = time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)

const gateSpan = 7 * 24 * time.Hour

// passes is Gate for two plans, with after's own Review.
func passes(t *testing.T, before, after *Plan, waiver *Waiver) (Decision, error) {
	t.Helper()
	var was *Rota
	if before != nil {
		was = compiled(t, before, gateFrom, DefaultHorizon)
	}
	is := compiled(t, after, gateFrom, DefaultHorizon)
	return Gate(was, is, gateFrom, gateSpan, is.Review(gateFrom, gateSpan, Facts{}), waiver)
}

// sound is the small plan with nothing refused: nobody is ill and the week is
// within the law.
func sound(t *testing.T, pairs ...string) *Plan {
	t.Helper()
	return edited(t, slices.Concat([]string{
		"remove: bob, start: 2026-04-02T20:00", "remove: bob, add: cat, start: 2026-04-02T20:00",
		"minimum: {responding: 1,", "policy: {levels: {daily_rest: warn, weekly_rest: warn, night_hours: warn}}\nminimum: {responding: 1,",
	}, pairs)...)
}

func TestGateShowsWhatWouldRing(t *testing.T) {
	t.Parallel()
	before := sound(t)
	after := sound(t, "remove: bob, add: cat, start: 2026-04-02T20:00", "remove: bob, start: 2026-04-02T20:00",
		"end: \"20:00\", people: [fay]", "end: \"14:00\", people: [fay]")
	d, err := passes(t, before, after, nil)
	if !errors.Is(err, ErrRefused) || d.Publish {
		t.Fatalf("an empty night passes: %v %v", d.Publish, err)
	}
	var got strings.Builder
	for _, c := range d.Rings[:3] {
		fmt.Fprintf(&got, "%s %s %s to %s: %v, not %v\n", c.Team, c.Tier, c.From.Format("Mon 15:04"), c.Until.Format("Mon 15:04"), c.After, c.Before)
	}
	for _, g := range d.Opened {
		fmt.Fprintf(&got, "opened %s %s: %s\n", g.Level, g.Rule, g.Text)
	}
	want := `east responding Thu 19:00 to Fri 07:00: [], not [cat]
east backup Mon 13:00 to Mon 19:00: [], not [fay]
east backup Tue 13:00 to Tue 19:00: [], not [fay]
opened refuse coverage_responding: nobody responding for team east (before: 1), from Thu 2 Apr 2026 20:00 to Fri 3 Apr 2026 08:00 (12 h)
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	back, err := passes(t, after, before, nil)
	if err != nil || !back.Publish || len(back.Opened) > 0 || len(back.Closed) != 1 || len(back.Rings) != len(d.Rings) {
		t.Errorf("the way back: %v, opened %v, closed %v, %d spans", err, back.Opened, back.Closed, len(back.Rings))
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	hole := []string{"remove: bob, add: cat, start: 2026-04-02T20:00", "remove: bob, start: 2026-04-02T20:00"}
	answers := &Waiver{Who: "xan", Why: "a locum is coming"}
	for _, tc := range []struct {
		name    string
		before  []string // nil = nothing in force
		after   []string
		waiver  *Waiver
		want    error
		words   string
		refused []string // rules
	}{
		{"sound", []string{}, []string{}, nil, nil, "nothing is refused", nil},
		{"a first plan, sound", nil, []string{}, nil, nil, "nothing is refused", nil},
		{"a hole", []string{}, hole, nil, ErrRefused, "1 finding is refused; the first: nobody in tier responding of team east", []string{RuleResponding}},
		{"a first plan with a hole", nil, hole, nil, ErrRefused, "1 finding is refused", []string{RuleResponding}},
		{"a hole that was there before is nobody's either", hole, hole, nil, ErrRefused, "1 finding is refused", []string{RuleResponding}},
		{"a hole, answered for", []string{}, hole, answers, nil, "1 finding is refused, and xan answers for it: a locum is coming", nil},
		{"answered for by nobody", []string{}, hole, &Waiver{Why: "no reason to give a name"}, ErrNoReason, "", []string{RuleResponding}},
		{"answered for without a reason", []string{}, hole, &Waiver{Who: "xan", Why: " "}, ErrNoReason, "", []string{RuleResponding}},
		{
			"the level lowered and the rule broken at once",
			[]string{},
			append([]string{"levels: {daily", "levels: {coverage_responding: note, daily"}, hole...),
			nil, ErrRefused, "1 finding is refused", []string{RuleResponding},
		},
		{
			"a minimum lowered and somebody taken off at once",
			[]string{"east-night, team: east, tier: responding, days: daily, start: \"20:00\", end: \"08:00\", people: [bob]", "east-night, team: east, tier: responding, days: daily, start: \"20:00\", end: \"08:00\", people: [bob, gus]", "tiers: [duty_manager]}", "tiers: [duty_manager, responding]}", "people: [gus]}", "people: [fay]}", "tiers: [backup]}", "tiers: [backup, duty_manager]}", "name: East,", "name: East, minimum: {responding: 2},"},
			[]string{},
			nil, ErrRefused, "the minimum being lowered by the same change", []string{RuleResponding, RuleResponding, RuleResponding, RuleResponding, RuleResponding, RuleResponding, RuleResponding, RuleResponding},
		},
		{
			"the level lowered a version earlier",
			[]string{"levels: {daily", "levels: {coverage_responding: note, daily"},
			append([]string{"levels: {daily", "levels: {coverage_responding: note, daily"}, hole...),
			nil, nil, "nothing is refused", nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var before *Plan
			if tc.before != nil {
				before = sound(t, tc.before...)
			}
			d, err := passes(t, before, sound(t, tc.after...), tc.waiver)
			if !errors.Is(err, tc.want) || d.Publish != (tc.want == nil) || !strings.Contains(d.Why, tc.words) {
				t.Errorf("got %v, %v, %q", err, d.Publish, d.Why)
			}
			var rules []string
			for _, f := range d.Refused {
				rules = append(rules, f.Rule)
			}
			if diff := cmp.Diff(tc.refused, rules); diff != "" {
				t.Errorf("refused: want -, got +\n%s", diff)
			}
			if tc.waiver == answers && (d.Waiver == nil || d.Waiver.Who != "xan" || len(d.Waiver.Findings) != 1 || !d.Waiver.At.Equal(gateFrom)) {
				t.Errorf("waiver: %+v", d.Waiver)
			}
		})
	}
}

// A waiver is for what it was given for: a longer gap, another team, or the
// same gap a week later is a new matter.
func TestWaiverCovers(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time { return gateFrom.Add(time.Duration(h) * time.Hour) }
	end := at(100)
	gap := Finding{Rule: RuleResponding, Team: "east", From: at(10), Until: at(20)}
	endless := Finding{Rule: RuleNumber, Team: "east", People: []string{"ann"}, From: at(0), Until: end}
	w := Waiver{Who: "xan", Why: "known", Findings: []Finding{gap, endless}, End: end}
	for _, tc := range []struct {
		name string
		f    Finding
		end  time.Time
		want bool
	}{
		{"the same", gap, end, true},
		{"what is left of it", Finding{Rule: RuleResponding, Team: "east", From: at(15), Until: at(20)}, end, true},
		{"an hour longer", Finding{Rule: RuleResponding, Team: "east", From: at(10), Until: at(21)}, end, false},
		{"an hour sooner", Finding{Rule: RuleResponding, Team: "east", From: at(9), Until: at(20)}, end, false},
		{"another team", Finding{Rule: RuleResponding, Team: "west", From: at(10), Until: at(20)}, end, false},
		{"another rule", Finding{Rule: RuleClinician, Team: "east", From: at(10), Until: at(20)}, end, false},
		{"after it ended", Finding{Rule: RuleResponding, Team: "east", From: at(20), Until: at(21)}, at(200), false},
		{"without end, looked at a day later", Finding{Rule: RuleNumber, Team: "east", People: []string{"ann"}, From: at(24), Until: at(124)}, at(124), true},
		{"another person", Finding{Rule: RuleNumber, Team: "east", People: []string{"bob"}, From: at(24), Until: at(124)}, at(124), false},
	} {
		if got := w.covers(tc.f, tc.end); got != tc.want {
			t.Errorf("%s: covered %v, want %v", tc.name, got, tc.want)
		}
	}
	if !w.Until().Equal(end) || len(standing([]Waiver{w}, at(99))) != 1 || len(standing([]Waiver{w}, end)) != 0 {
		t.Errorf("it stands until %s", w.Until())
	}
}

// short is a brute-force count, minute by minute, of who is missing: rule and
// team → how many fewer than the minimum.
func short(r *Rota, at time.Time) map[string]int {
	missing := map[string]int{}
	for _, team := range r.Teams(at) {
		m := r.plan.minimumOf(&r.plan.Teams[r.lanes[team].index])
		for _, tier := range rosteredTiers {
			missing[team+" "+string(tier)] = max(0, m.of(tier)-len(r.OnShift(team, tier, at)))
		}
		for s, least := range m.Skills {
			n := 0
			for _, d := range r.OnShift(team, call.TierResponding, at) {
				if p, _ := r.Responder(d.Responder); slices.Contains(p.Skills, s) {
					n++
				}
			}
			missing[team+" "+s] = max(0, least-n)
		}
	}
	return missing
}

// Whatever is edited, a minute that has fewer people than before and than the
// minimum is in the gaps opened; and unless somebody answered for it, nothing
// was published that leaves a team with nobody. Every gap opened is a real one.
func TestPublishNeverOpensAnUnreportedGap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		before, after := edited(t), edited(t)
		for _, p := range []*Plan{before, after} {
			p.Minimum.Backup, p.Minimum.Skills = 1, map[string]int{registered: 1}
			for range rnd.IntN(5) {
				wildEdit(rnd, p)
			}
		}
		was, is := compiled(t, before, gateFrom, gateSpan), compiled(t, after, gateFrom, gateSpan)
		var waiver *Waiver
		if rnd.IntN(2) == 0 {
			waiver = &Waiver{Who: "xan", Why: "it must be"}
		}
		d, err := Gate(was, is, gateFrom, gateSpan, is.Check(gateFrom, gateSpan), waiver)
		if d.Publish != (err == nil) || d.Publish && waiver == nil && len(d.Waived) > 0 {
			rt.Fatalf("%v with %v", d.Publish, err)
		}
		for at := gateFrom; at.Before(gateFrom.Add(gateSpan)); at = at.Add(15 * time.Minute) {
			a, b := short(was, at), short(is, at)
			opened := map[string]bool{}
			for _, g := range d.Opened {
				if !at.Before(g.From) && at.Before(g.Until) {
					opened[g.Team+" "+gapKey(g)] = true
				}
			}
			for key, n := range b {
				if (n > a[key]) != opened[key] {
					rt.Fatalf("%s, %s: %d missing, %d before; reported %v in %v", at, key, n, a[key], opened[key], d.Opened)
				}
			}
			for key, n := range b {
				if team, tier, _ := strings.Cut(key, " "); n > 0 && tier == string(call.TierResponding) && !said1(d.Refused, d.Waived, team, at) {
					rt.Fatalf("%s, %s: nobody says so", at, key)
				}
			}
		}
	})
}

func gapKey(g Gap) string {
	switch g.Rule {
	case RuleBackup:
		return string(call.TierBackup)
	case RuleDutyManager:
		return string(call.TierDutyManager)
	case RuleResponding:
		return string(call.TierResponding)
	}
	return g.Skill
}

// said1 reports whether a refused or waived finding tells of too few responders
// for the team then.
func said1(refused, waived []Finding, team string, at time.Time) bool {
	return slices.ContainsFunc(slices.Concat(refused, waived), func(f Finding) bool {
		return f.Rule == RuleResponding && f.Team == team && !at.Before(f.From) && at.Before(f.Until)
	})
}

// wildEdit changes something about who is on shift.
func wildEdit(rnd *rand.Rand, p *Plan) {
	s := &p.Shifts[rnd.IntN(len(p.Shifts))]
	people := []string{"ann", "bob", "cat", "dan", "eve"}
	switch rnd.IntN(4) {
	case 0:
		s.Days &= Days(rnd.IntN(128))
	case 1:
		s.End = Clock(rnd.IntN(96) * 15)
	case 2:
		s.People = []string{people[rnd.IntN(len(people))]}
	default:
		day := Date{2026, time.March, 30 + rnd.IntN(2)}
		p.Overrides = append(p.Overrides, Override{
			ID: fmt.Sprintf("wild-%d", len(p.Overrides)), Teams: []string{"east"}, Tier: call.TierResponding,
			Remove: people[rnd.IntN(2)], Start: LocalTime{day, Clock(rnd.IntN(48) * 15)}, End: LocalTime{day, Clock(720 + rnd.IntN(48)*15)},
		})
	}
}
