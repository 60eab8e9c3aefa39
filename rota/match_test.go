package rota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// written is a ladder as one line per rung, so that a table reads like one:
// seconds, reason, team, groups, pools.
func written(l Ladder) string {
	var b strings.Builder
	for _, r := range l {
		groups := make([]string, len(r.Groups))
		for i, g := range r.Groups {
			groups[i] = strings.Join(g, " ")
		}
		fmt.Fprintf(&b, "%d %s %s: %s [%s]\n", int(r.After.Seconds()), r.Reason, r.Team, strings.Join(groups, " | "), strings.Join(r.Pools, " "))
	}
	return b.String()
}

func TestMatch(t *testing.T) {
	t.Parallel()
	r := compiled(t, parseFile(t, "testdata/small.yaml"), when(t, "2026-03-30T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct {
		name, at string
		need     call.Need
		want     string
	}{
		{"by day, everybody of the own team first", "2026-03-31T11:00:00Z", call.Need{Team: "east"}, `
0 own_team east: ann bob cat [east/responding/]
20 neighbour west: dan [west/responding/]
20 neighbour young: eve [young/responding/]
45 backup east: fay [east/backup/]
75 duty_manager east: gus [east/duty_manager/]
105 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"a skill is preferred, then relaxed", "2026-03-31T11:00:00Z", call.Need{Team: "east", Skills: []string{"registered"}}, `
0 own_team east: ann cat [east/responding/registered]
8 own_team_any_skill east: bob [east/responding/]
20 neighbour west: dan [west/responding/registered]
20 neighbour young: eve [young/responding/registered]
45 backup east: fay [east/backup/]
75 duty_manager east: gus [east/duty_manager/]
105 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"a team that exists for the skill is the first neighbour", "2026-03-31T11:00:00Z", call.Need{Team: "east", Skills: []string{"young_people"}}, `
0 own_team east: cat [east/responding/young_people]
8 own_team_any_skill east: ann bob [east/responding/]
20 neighbour young: eve [young/responding/young_people]
20 neighbour west: dan [west/responding/]
45 backup east: fay [east/backup/]
75 duty_manager east: gus [east/duty_manager/]
105 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"nobody of the own team has the skill: no time is lost on it", "2026-03-31T22:00:00Z", call.Need{Team: "east", Skills: []string{"registered"}}, `
0 own_team_any_skill east: bob [east/responding/]
12 neighbour west: dan [west/responding/registered]
12 neighbour young: eve [young/responding/registered]
37 duty_manager east: gus [east/duty_manager/]
67 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"own team and backup empty: neighbours at once", "2026-04-02T22:00:00Z", call.Need{Team: "east"}, `
0 neighbour west: dan [west/responding/]
0 neighbour young: eve [young/responding/]
25 duty_manager east: gus [east/duty_manager/]
55 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"a replacement stands where the other was", "2026-04-03T22:00:00Z", call.Need{Team: "east"}, `
0 own_team east: ann [east/responding/]
20 neighbour west: dan [west/responding/]
20 neighbour young: eve [young/responding/]
45 duty_manager east: gus [east/duty_manager/]
75 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"somebody on two teams is asked once", "2026-04-01T12:00:00Z", call.Need{Team: "east"}, `
0 own_team east: ann bob cat [east/responding/]
20 neighbour west: dan [west/responding/]
20 neighbour young: eve [young/responding/]
45 backup east: fay [east/backup/]
75 duty_manager east: gus [east/duty_manager/]
105 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"the language of the prompts is a skill", "2026-03-31T11:00:00Z", call.Need{Team: "young", Language: "pl-PL"}, `
0 own_team young: eve [young/responding/language:pl]
8 neighbour east: ann bob cat [east/responding/]
8 neighbour west: dan [west/responding/]
33 duty_manager young: gus [young/duty_manager/]
63 last_human young: last-human-1 | last-human-2 [young/last_human/]
`},
		{"a skill nobody has is no reason to wait", "2026-03-31T22:00:00Z", call.Need{Team: "east", Skills: []string{"juggling"}}, `
0 own_team east: bob [east/responding/]
20 neighbour west: dan [west/responding/]
20 neighbour young: eve [young/responding/]
45 duty_manager east: gus [east/duty_manager/]
75 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
		{"no such team: the default line's", "2026-03-31T22:00:00Z", call.Need{Team: "atlantis"}, `
0 own_team east: bob [east/responding/]
20 neighbour west: dan [west/responding/]
20 neighbour young: eve [young/responding/]
45 duty_manager east: gus [east/duty_manager/]
75 last_human east: last-human-1 | last-human-2 [east/last_human/]
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := "\n" + written(r.Match(tc.need, DefaultTiming(), when(t, tc.at)))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

// For any plan, need and instant: a ladder ends in a last human and never goes
// back in time; nobody stands in it twice; and the people who serve a rung's
// pools are exactly those it names, besides people named before.
func TestPoolsAreServedByTheirCandidates(t *testing.T) {
	t.Parallel()
	plans := []*Plan{parseFile(t, "testdata/small.yaml"), examplePlan(t)}
	rnd := rand.New(rand.NewPCG(7, 7))
	from := when(t, "2026-03-20T00:00:00Z")
	for _, p := range plans {
		r := compiled(t, p, from, DefaultHorizon)
		for range 3000 {
			at := from.Add(time.Duration(rnd.Int64N(int64(DefaultHorizon))))
			need := randomNeed(rnd, p)
			ladder := r.Match(need, DefaultTiming(), at)
			if problem := ladderProblem(r, ladder, at); problem != "" {
				t.Fatalf("%s, need %+v at %s:\n%s", problem, need, at, written(ladder))
			}
		}
	}
}

func randomNeed(rnd *rand.Rand, p *Plan) call.Need {
	skills := []string{"registered", "young_people", "peer", "prescriber", "language:pl", "juggling"}
	rnd.Shuffle(len(skills), func(i, j int) { skills[i], skills[j] = skills[j], skills[i] })
	return call.Need{
		Line: p.Lines[rnd.IntN(len(p.Lines))].ID, Team: p.Teams[rnd.IntN(len(p.Teams))].ID,
		Language: []string{"", "en-GB", "pl"}[rnd.IntN(3)], Skills: skills[:rnd.IntN(4)],
	}
}

func ladderProblem(r *Rota, ladder Ladder, at time.Time) string {
	if len(ladder) == 0 || ladder[len(ladder)-1].Tier != call.TierLastHuman {
		return "no last human at the end"
	}
	if ladder[0].After != 0 {
		return "nobody is asked at once"
	}
	named := map[string]bool{}
	after := time.Duration(0)
	for _, rung := range ladder {
		fresh := map[string]bool{}
		for _, group := range rung.Groups {
			if len(group) == 0 {
				return "empty group"
			}
			for _, id := range group {
				if named[id] || fresh[id] {
					return id + " twice"
				}
				fresh[id] = true
			}
		}
		for _, id := range r.everybody() {
			serves := slices.ContainsFunc(r.Serves(id, at), func(pool string) bool { return slices.Contains(rung.Pools, pool) })
			switch {
			case fresh[id] && !serves:
				return id + " is named and does not serve " + fmt.Sprint(rung.Pools)
			case serves && !fresh[id] && !named[id]:
				return id + " serves " + fmt.Sprint(rung.Pools) + " and is not named"
			}
		}
		for id := range fresh {
			named[id] = true
		}
		if rung.After < after {
			return "rungs go back in time"
		}
		after = rung.After
	}
	return ""
}

func TestServes(t *testing.T) {
	t.Parallel()
	r := compiled(t, parseFile(t, "testdata/small.yaml"), when(t, "2026-03-30T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct {
		name, who, at string
		want          []string
	}{
		{"one duty", "ann", "2026-03-31T11:00:00Z", []string{"east/responding/registered", "east/responding/"}},
		{"off shift", "ann", "2026-03-31T22:00:00Z", nil},
		{"two teams", "cat", "2026-04-01T12:00:00Z", []string{
			"east/responding/registered+young_people", "east/responding/registered", "east/responding/young_people", "east/responding/",
			"west/responding/registered+young_people", "west/responding/registered", "west/responding/young_people", "west/responding/",
		}},
		{"a shared shift", "gus", "2026-03-31T11:00:00Z", []string{"east/duty_manager/", "west/duty_manager/", "young/duty_manager/"}},
		{"a last human", "last-human-2", "2026-03-31T11:00:00Z", []string{"east/last_human/", "west/last_human/", "young/last_human/"}},
		{"a stranger", "zoe", "2026-03-31T11:00:00Z", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, r.Serves(tc.who, when(t, tc.at))); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestDuties(t *testing.T) {
	t.Parallel()
	r := compiled(t, parseFile(t, "testdata/small.yaml"), when(t, "2026-03-30T00:00:00Z"), DefaultHorizon)
	want := []Duty{
		{Responder: "cat", Team: "east", Tier: call.TierResponding, Until: when(t, "2026-04-01T19:00:00Z"), Why: "shift east-day"},
		{Responder: "cat", Team: "west", Tier: call.TierResponding, Until: when(t, "2026-04-01T15:00:00Z"), Why: "override cat-helps"},
	}
	if diff := cmp.Diff(want, r.Duties("cat", when(t, "2026-04-01T12:00:00Z"))); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	// Bob's nights and days adjoin: he is on until the night he is ill.
	on := r.OnShift("east", call.TierResponding, when(t, "2026-03-31T22:00:00Z"))
	if len(on) != 1 || !on[0].Until.Equal(when(t, "2026-04-02T19:00:00Z")) {
		t.Errorf("bob is on until %v", on)
	}
}

func TestDialOrder(t *testing.T) {
	t.Parallel()
	r := compiled(t, parseFile(t, "testdata/small.yaml"), when(t, "2026-03-30T00:00:00Z"), DefaultHorizon)
	for _, tc := range []struct{ name, line, at, want string }{
		{"by day", "public", "2026-03-31T11:00:00Z", "ann bob cat / dan eve / fay / gus / last-human-1 last-human-2"},
		{"a team's own line, skilled first", "gp", "2026-03-31T11:00:00Z", "dan / ann cat bob eve / gus / last-human-1 last-human-2"},
		{"nobody of the own team", "public", "2026-04-02T22:00:00Z", "dan eve / gus / last-human-1 last-human-2"},
		{"an unknown line", "what", "2026-03-31T22:00:00Z", "bob / dan eve / gus / last-human-1 last-human-2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := steps(r.DialOrder(tc.line, when(t, tc.at))); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func steps(order [][]Responder) string {
	words := make([]string, len(order))
	for i, step := range order {
		ids := make([]string, len(step))
		for j, p := range step {
			ids[j] = p.ID
		}
		words[i] = strings.Join(ids, " ")
	}
	return strings.Join(words, " / ")
}

// A <Dial> takes ten numbers; an eleventh person waits for the next step.
func TestDialOrderPartsLargeTeams(t *testing.T) {
	t.Parallel()
	p := benchPlan(1, 200)
	r := compiled(t, p, benchStart, DefaultHorizon)
	at := benchStart.Add(200 * time.Hour)
	on := len(r.OnShift("team-0", call.TierResponding, at))
	order := r.DialOrder("l", at)
	if on <= maxDial || len(order) != (on+maxDial-1)/maxDial+1 {
		t.Fatalf("%d people in %d steps", on, len(order))
	}
	for _, step := range order {
		if len(step) == 0 || len(step) > maxDial {
			t.Errorf("a step of %d", len(step))
		}
	}
}

func TestFallbackNumbers(t *testing.T) {
	t.Parallel()
	r := compiled(t, parseFile(t, "testdata/small.yaml"), when(t, "2026-03-30T00:00:00Z"), DefaultHorizon)
	at := when(t, "2026-03-31T11:00:00Z")
	for _, tc := range []struct {
		name string
		span time.Duration
		want string
	}{
		{"now", 0, "ann bob cat / dan eve / fay / gus / last-human-1 last-human-2"},
		{"past the end of the shift", 10 * time.Hour, "bob / dan eve / gus / last-human-1 last-human-2"},
		{"for months", 90 * 24 * time.Hour, "last-human-1 last-human-2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := steps(r.FallbackNumbers("public", at, at.Add(tc.span))); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
