package rota

import (
	"fmt"
	"testing"
	"time"

	"example.org/crisisline/call"
)

const sixWeeks = 42 * 24 * time.Hour

// peoplePlan has teams of twenty: days and nights, four on at a time, each
// person in one shift of the week.
func peoplePlan(people int) *Plan {
	p := &Plan{
		Zone: "Europe/London", Lines: []PlannedLine{{ID: "l", Team: "team-0"}}, LastHuman: []LastHuman{{Name: "x"}},
		Minimum: Minimum{Responding: 4, Skills: map[string]int{registered: 2}, Overlap: 15 * time.Minute},
	}
	for n := range people {
		team, id := fmt.Sprintf("team-%d", n/20), fmt.Sprintf("p-%d", n)
		if n%20 == 0 {
			p.Teams = append(p.Teams, Team{ID: team, Name: team})
			for i, shift := range []struct {
				days       Days
				start, end Clock
			}{{15 << 1, 480, 1215}, {15 << 1, 1200, 495}, {1<<time.Friday | Weekend, 480, 1215}, {1<<time.Friday | Weekend, 1200, 495}} {
				s := Shift{
					ID: fmt.Sprintf("s-%s-%d", team, i), Kind: KindWeekly, Teams: []string{team}, Tier: call.TierResponding,
					Days: shift.days, Start: shift.start, End: shift.end,
				}
				for k := range 5 {
					s.People = append(s.People, fmt.Sprintf("p-%d", n+i*5+k))
				}
				p.Shifts = append(p.Shifts, s)
			}
		}
		p.Responders = append(p.Responders, Responder{ID: id, Team: team, Skills: []string{registered}})
	}
	return p
}

// BenchmarkReview is everything that is checked before six weeks are
// published: of the example plan, and of 1,000 people.
func BenchmarkReview(b *testing.B) {
	for _, tc := range []struct {
		name string
		plan *Plan
	}{{"example", examplePlan(b)}, {"1000", peoplePlan(1000)}} {
		b.Run(tc.name, func(b *testing.B) {
			r := compiled(b, tc.plan, benchStart, DefaultHorizon)
			b.ReportAllocs()
			for b.Loop() {
				foundSink = r.Review(benchStart, sixWeeks, Facts{})
			}
			b.ReportMetric(float64(len(foundSink)), "findings")
		})
	}
}

// BenchmarkGate is the gate over six weeks, the review besides.
func BenchmarkGate(b *testing.B) {
	for _, tc := range []struct {
		name          string
		before, after *Plan
	}{{"example", examplePlan(b), examplePlan(b)}, {"1000", peoplePlan(1000), peoplePlan(1000)}} {
		tc.after.Shifts[0].People = tc.after.Shifts[0].People[:1]
		b.Run(tc.name, func(b *testing.B) {
			was, is := compiled(b, tc.before, benchStart, DefaultHorizon), compiled(b, tc.after, benchStart, DefaultHorizon)
			found := is.Review(benchStart, sixWeeks, Facts{})
			for b.Loop() {
				_, _ = Gate(was, is, benchStart, sixWeeks, found, nil)
			}
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	r := compiled(b, examplePlan(b), benchStart, DefaultHorizon)
	for b.Loop() {
		_, _ = r.Suggest(benchStart, sixWeeks, Facts{}, 0)
	}
}

var foundSink []Finding
