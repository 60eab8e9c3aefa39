package rota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// benchPlan has teams × rules weekly shifts of eight to twelve hours, all of
// one tier, over people of its own.
func benchPlan(teams, rules int) *Plan {
	rnd := rand.New(rand.NewPCG(1, 2))
	p := &Plan{Zone: "Europe/London", Lines: []PlannedLine{{ID: "l", Team: "team-0"}}, LastHuman: []LastHuman{{Name: "x"}}}
	for t := range teams {
		team := fmt.Sprintf("team-%d", t)
		p.Teams = append(p.Teams, Team{ID: team, Name: team})
		for i := range rules {
			id := fmt.Sprintf("p-%d-%d", t, i)
			p.Responders = append(p.Responders, Responder{ID: id, Team: team, Skills: []string{"registered"}})
			start, end := Clock(90), Clock(90)
			for start/60 == 1 || end/60 == 1 { // the hour that clocks change, in which no shift may begin or end
				start = Clock(rnd.IntN(96) * 15)
				end = (start + 480 + Clock(rnd.IntN(17)*15)) % dayMinutes
			}
			p.Shifts = append(p.Shifts, Shift{
				ID: "s-" + id, Teams: []string{team}, Tier: call.TierResponding, Days: Days(1 + rnd.IntN(127)),
				Start: start, End: end, People: []string{id},
			})
		}
	}
	return p
}

var benchStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) // eight weeks from here cross the spring change

// benchInstants are random instants of the horizon, asked in a fixed order.
func benchInstants() []time.Time {
	rnd := rand.New(rand.NewPCG(3, 4))
	at := make([]time.Time, 4096)
	for i := range at {
		at[i] = benchStart.Add(time.Duration(rnd.Int64N(int64(DefaultHorizon))))
	}
	return at
}

// naive is how a rota is usually asked: every rule of the team, today's and
// yesterday's occurrence, by the calendar, at the moment of the question. It is
// a fair one: the team's rules are already at hand and the zone loaded.
func naive(rules []*Shift, zone *time.Location, now time.Time) []string {
	var on []string
	local := now.In(zone)
	for _, s := range rules {
		for back := range 2 {
			d := local.AddDate(0, 0, -back)
			if !s.Days.Has(d.Weekday()) {
				continue
			}
			start := time.Date(d.Year(), d.Month(), d.Day(), int(s.Start)/60, int(s.Start)%60, 0, 0, zone)
			end := time.Date(d.Year(), d.Month(), d.Day(), int(s.End)/60, int(s.End)%60, 0, 0, zone)
			if s.End <= s.Start {
				end = time.Date(d.Year(), d.Month(), d.Day()+1, int(s.End)/60, int(s.End)%60, 0, 0, zone)
			}
			if !now.Before(start) && now.Before(end) {
				on = append(on, s.People...)
			}
		}
	}
	return on
}

func rulesOf(p *Plan, team string) []*Shift {
	var rules []*Shift
	for i := range p.Shifts {
		if p.Shifts[i].has(team) {
			rules = append(rules, &p.Shifts[i])
		}
	}
	return rules
}

// BenchmarkOnShift prints what a question costs, and how many times more the
// rule walk of the same rota takes in the same run. "now" asks every team in
// turn about one minute, as a service does; "any" jumps about the whole
// horizon, which no cache likes.
func BenchmarkOnShift(b *testing.B) {
	for _, shape := range []struct{ teams, rules int }{{200, 50}, {8, 1250}} {
		p := benchPlan(shape.teams, shape.rules)
		r := compiled(b, p, benchStart, DefaultHorizon)
		rules, instants := rulesOf(p, "team-0"), benchInstants()
		slow := took(500, func(i int) { naiveSink = naive(rules, r.zone, instants[i]) })
		for _, ask := range []string{"now", "any"} {
			b.Run(fmt.Sprintf("%s/%dx%d", ask, shape.teams, shape.rules), func(b *testing.B) {
				at, team := benchInstants(), make([]string, 4096)
				for i := range team {
					team[i] = p.Teams[i*7%shape.teams].ID
					if ask == "now" {
						at[i] = benchStart.Add(40*24*time.Hour + time.Duration(i)*time.Millisecond)
					}
					r.OnShift(team[i], call.TierResponding, at[i])
				}
				i := 0
				b.ReportAllocs()
				for b.Loop() {
					i = (i + 1) % len(at)
					sink = r.OnShift(team[i], call.TierResponding, at[i])
				}
				b.ReportMetric(float64(slow)*float64(b.N)/float64(b.Elapsed()), "x-naive")
			})
		}
	}
}

var naiveSink []string

var sink []Duty

// took is the mean time of n runs.
func took(n int, run func(i int)) time.Duration {
	start := time.Now()
	for i := range n {
		run(i)
	}
	return time.Since(start) / time.Duration(n)
}

// BenchmarkCompile prints what a change of plan costs before it is in force, and
// how many times more the usual way takes in the same run: every occurrence by
// time.Date, then sorted, and nothing made of them yet. "layers" has a tenth of
// its shifts in rotation, a tenth dated, and swaps, absences and overrides.
func BenchmarkCompile(b *testing.B) {
	for _, shape := range []struct {
		teams, rules int
		layers       bool
	}{{200, 50, false}, {8, 1250, false}, {1, 10000, false}, {8, 1250, true}} {
		p := benchPlan(shape.teams, shape.rules)
		name := fmt.Sprintf("%dx%d", shape.teams, shape.rules)
		if shape.layers {
			benchLayers(p)
			name += "/layers"
		}
		b.Run(name, func(b *testing.B) {
			usual := took(1, func(int) { expandSink = expanded(b, p) })
			b.ReportAllocs()
			for b.Loop() {
				compiled(b, p, benchStart, DefaultHorizon)
			}
			b.ReportMetric(float64(usual)*float64(b.N)/float64(b.Elapsed()), "x-expand")
		})
	}
}

var expandSink int

// expanded lists the occurrences of eight weeks and sorts them.
func expanded(tb testing.TB, p *Plan) int {
	tb.Helper()
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		tb.Fatal(err)
	}
	type span struct{ start, end time.Time }
	var all []span
	for i := range p.Shifts {
		s := &p.Shifts[i]
		for d := benchStart.AddDate(0, 0, -1); d.Before(benchStart.Add(DefaultHorizon)); d = d.AddDate(0, 0, 1) {
			if s.startsOn(dateOf(d).number()) {
				start := time.Date(d.Year(), d.Month(), d.Day(), 0, int(s.Start), 0, 0, zone)
				all = append(all, span{start, time.Date(d.Year(), d.Month(), d.Day(), 0, int(s.Start)+s.minutes(), 0, 0, zone)})
			}
		}
	}
	slices.SortFunc(all, func(a, b span) int { return a.start.Compare(b.start) })
	return len(all)
}

// benchLayers puts every layer into a plan.
func benchLayers(p *Plan) {
	rnd := rand.New(rand.NewPCG(5, 6))
	first := dateOf(benchStart).number()
	for i := range p.Shifts {
		s := &p.Shifts[i]
		switch i % 10 {
		case 0:
			s.Kind, s.AtOnce, s.MoveOn, s.Every = KindRotation, 1, 1, Every{Lengths: []int{7}}
			s.From = dayOf(first - int64(rnd.IntN(200)))
			for range 4 {
				s.People = append(s.People, p.Responders[(i+rnd.IntN(50)+1)%len(p.Responders)].ID)
			}
		case 1:
			s.Kind, s.Days = KindDated, 0
			for d := range 20 {
				s.Dates = append(s.Dates, dayOf(first+int64(d*2)))
			}
		case 2:
			start := dayOf(first + int64(rnd.IntN(50)))
			p.Absences = append(p.Absences, Absence{ID: "a" + s.ID, Person: s.People[0], Start: LocalTime{Date: start}, End: LocalTime{Date: dayOf(start.number() + 7)}})
		case 3:
			p.Swaps.Offers = append(p.Swaps.Offers, Swap{
				ID: "w" + s.ID, Person: s.People[0], With: p.Responders[(i+1)%len(p.Responders)].ID, State: SwapAgreed,
				Gives: Slot{Shift: s.ID, Date: dayOf(first + int64(rnd.IntN(50))), Until: dayOf(first + 52)},
			})
		case 4:
			start := dayOf(first + int64(rnd.IntN(50)))
			p.Overrides = append(p.Overrides, Override{
				ID: "o" + s.ID, Teams: s.Teams, Tier: s.Tier, Remove: s.People[0], Add: p.Responders[(i+2)%len(p.Responders)].ID,
				Start: LocalTime{start, 600}, End: LocalTime{start, 900},
			})
		}
	}
}

// BenchmarkEdit is one operation on the example plan, from the text to the
// words: what somebody waits for at 3 a.m., before it is published.
func BenchmarkEdit(b *testing.B) {
	p := examplePlan(b)
	now := benchStart.Add(20 * time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Edit(p, ReplaceNow{Person: "greta", By: "edda"}, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	r := compiled(b, examplePlan(b), benchStart, DefaultHorizon)
	b.ReportAllocs()
	for b.Loop() {
		r.Next(benchStart.Add(time.Hour))
	}
}

func BenchmarkMatch(b *testing.B) {
	r := compiled(b, examplePlan(b), benchStart, DefaultHorizon)
	need := call.Need{Line: "public", Team: "pseh", Skills: []string{"young_people"}}
	b.ReportAllocs()
	for b.Loop() {
		r.Match(need, DefaultTiming(), benchStart.Add(time.Hour))
	}
}

func BenchmarkServes(b *testing.B) {
	r := compiled(b, examplePlan(b), benchStart, DefaultHorizon)
	b.ReportAllocs()
	for b.Loop() {
		r.Serves("lena", benchStart.Add(time.Hour))
	}
}

// The promise of the timeline: once a stretch has been asked about, a question
// allocates nothing.
func TestOnShiftAllocatesNothing(t *testing.T) {
	r := compiled(t, benchPlan(4, 50), benchStart, DefaultHorizon)
	at := benchInstants()
	for _, a := range at {
		r.OnShift("team-2", call.TierResponding, a)
	}
	i := 0
	if n := testing.AllocsPerRun(len(at), func() {
		i = (i + 1) % len(at)
		sink = r.OnShift("team-2", call.TierResponding, at[i])
	}); n != 0 {
		t.Errorf("%v allocations a question, want 0", n)
	}
}

// The two sides of the ratio answer the same question with the same answer.
func TestNaiveAgrees(t *testing.T) {
	t.Parallel()
	p := benchPlan(2, 50)
	r := compiled(t, p, benchStart, DefaultHorizon)
	for _, at := range benchInstants()[:500] {
		var fast []string
		for _, d := range r.OnShift("team-1", call.TierResponding, at) {
			fast = append(fast, d.Responder)
		}
		slow := naive(rulesOf(p, "team-1"), r.zone, at)
		slices.Sort(fast)
		slices.Sort(slow)
		if !slices.Equal(fast, slow) || len(fast) == 0 {
			t.Fatalf("at %s: timeline %v, rule walk %v", at, fast, slow)
		}
	}
}
