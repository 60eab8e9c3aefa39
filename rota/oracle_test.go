package rota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// The oracle knows nothing of instants, offsets or transitions. It watches the
// wall clock minute by minute and remembers the latest time it ever showed: a
// shift is on once its start has been seen and until its end has. When the
// clocks go back the latest time stands still for an hour; when they go
// forward it leaps. That is the written rule, said the other way round.
type oracle struct {
	from   int64   // seconds UTC, whole minutes
	latest []int64 // per minute: the latest wall minute seen, since 1970 as if UTC
	plan   *Plan
	zone   *time.Location
}

func newOracle(p *Plan, zone *time.Location, from time.Time, length time.Duration) *oracle {
	o := &oracle{from: from.Unix(), plan: p, zone: zone}
	high := int64(-1 << 62)
	// Begin two days early, so that the night before the span is remembered.
	for at := from.Add(-48 * time.Hour); at.Before(from.Add(length)); at = at.Add(time.Minute) {
		local := at.In(zone)
		y, m, d := local.Date()
		high = max(high, time.Date(y, m, d, local.Hour(), local.Minute(), 0, 0, time.UTC).Unix()/60)
		if !at.Before(from) {
			o.latest = append(o.latest, high)
		}
	}
	return o
}

func (o *oracle) seen(at time.Time) int64 { return o.latest[(at.Unix()-o.from)/60] }

// on reports who is on shift, sorted.
func (o *oracle) on(team string, tier call.Tier, at time.Time) []string {
	wall := o.seen(at)
	on := map[string]bool{}
	for i := range o.plan.Shifts {
		s := &o.plan.Shifts[i]
		if s.Tier == tier && (slices.Contains(s.Teams, team) || slices.Contains(s.Teams, AllTeams)) && o.inShift(s, wall) {
			for _, p := range s.People {
				on[p] = true
			}
		}
	}
	for _, v := range o.plan.Overrides {
		if v.Tier != tier || !slices.Contains(v.Teams, team) || wall < v.Start.minutes() || wall >= v.End.minutes() {
			continue
		}
		was := on[v.Remove]
		delete(on, v.Remove)
		if v.Add != "" && (v.Remove == "" || was) {
			on[v.Add] = true
		}
	}
	ids := make([]string, 0, len(on))
	for id := range on {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (l LocalTime) minutes() int64 { return l.Date.number()*dayMinutes + int64(l.Clock) }

func (o *oracle) inShift(s *Shift, wall int64) bool {
	for back := range int64(2) {
		day := wall/dayMinutes - back
		date := time.Unix(day*daySeconds, 0).UTC()
		d := dateOf(date)
		if !s.Days.Has(date.Weekday()) || !s.From.IsZero() && d.String() < s.From.String() ||
			!s.Until.IsZero() && d.String() >= s.Until.String() {
			continue
		}
		start := day*dayMinutes + int64(s.Start)
		end := day*dayMinutes + int64(s.End)
		if s.End <= s.Start {
			end += dayMinutes
		}
		if start <= wall && wall < end {
			return true
		}
	}
	return false
}

// wildPlan is a plan no Parse would pass: shifts begin and end at any quarter
// of an hour, those that clocks skip and repeat above all.
func wildPlan(rnd *rand.Rand, zone string, year int) *Plan {
	p := &Plan{Zone: zone, Lines: []PlannedLine{{ID: "l", Team: "a"}}, LastHuman: []LastHuman{{Name: "x"}}}
	for _, id := range []string{"a", "b"} {
		p.Teams = append(p.Teams, Team{ID: id, Name: id})
	}
	for i := range 12 {
		p.Responders = append(p.Responders, Responder{ID: fmt.Sprintf("p%d", i), Team: "a"})
	}
	clock := func() Clock {
		if rnd.IntN(2) == 0 {
			return Clock(rnd.IntN(14) * 15) // 00:00 to 03:15
		}
		return Clock(rnd.IntN(96) * 15)
	}
	people := func() []string {
		a, b := rnd.IntN(12), rnd.IntN(12)
		return slices.Compact([]string{fmt.Sprintf("p%d", a), fmt.Sprintf("p%d", b)})
	}
	day := func() Date { return dateOf(time.Date(year, 1, 1+rnd.IntN(365), 0, 0, 0, 0, time.UTC)) }
	for i := range 40 {
		s := Shift{
			ID: fmt.Sprintf("s%d", i), Teams: []string{[]string{"a", "b", AllTeams}[rnd.IntN(3)]}, Tier: rosteredTiers[rnd.IntN(3)],
			Days: Days(1 + rnd.IntN(127)), Start: clock(), End: clock(), People: people(),
		}
		if rnd.IntN(4) == 0 {
			s.From = day()
		}
		if rnd.IntN(4) == 0 {
			s.Until = day()
		}
		p.Shifts = append(p.Shifts, s)
	}
	for i := range 30 {
		start := LocalTime{day(), clock()}
		end := LocalTime{dateOf(time.Unix((start.Date.number()+int64(1+rnd.IntN(3)))*daySeconds, 0).UTC()), clock()}
		v := Override{ID: fmt.Sprintf("o%d", i), Teams: []string{"a"}, Tier: call.TierResponding, Start: start, End: end}
		if rnd.IntN(3) > 0 {
			v.Add = people()[0]
		}
		if rnd.IntN(3) > 0 || v.Add == "" {
			v.Remove = people()[0]
		}
		if v.Add == v.Remove {
			v.Remove = ""
		}
		p.Overrides = append(p.Overrides, v)
	}
	return p
}

// 20,000 instants in each zone, a quarter of them within a day of a clock
// change; compiled timeline, rule walk and oracle agree at every one.
func TestOnShiftEqualsOracle(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		zone    string
		changes []string
	}{
		{"Europe/London", []string{"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"}},
		{"America/New_York", []string{"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"}},
		{"Australia/Lord_Howe", []string{"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"}},
	} {
		for i, change := range tc.changes {
			t.Run(tc.zone+"/"+change[:7], func(t *testing.T) {
				t.Parallel()
				rnd := rand.New(rand.NewPCG(2026, uint64(i)))
				at := when(t, change)
				from := at.Add(-4 * 7 * 24 * time.Hour)
				p := wildPlan(rnd, tc.zone, 2026)
				agree(t, rnd, p, from, at)
			})
		}
	}
}

func agree(t *testing.T, rnd *rand.Rand, p *Plan, from, change time.Time) {
	t.Helper()
	zone := zoneOf(t, p.Zone)
	r := compiled(t, p, from, DefaultHorizon)
	later := compiled(t, p, from.Add(DefaultHorizon), time.Hour) // answers by walking the rules
	o := newOracle(p, zone, from, DefaultHorizon)
	for range 10000 {
		at := from.Add(time.Duration(rnd.Int64N(int64(DefaultHorizon))))
		if rnd.IntN(4) == 0 {
			at = change.Add(time.Duration(rnd.Int64N(int64(48*time.Hour)) - int64(24*time.Hour)))
		}
		team, tier := []string{"a", "b"}[rnd.IntN(2)], rosteredTiers[rnd.IntN(3)]
		want := o.on(team, tier, at)
		for name, rota := range map[string]*Rota{"compiled": r, "walked": later} {
			got := []string{}
			for _, d := range rota.OnShift(team, tier, at) {
				got = append(got, d.Responder)
				if !d.Until.After(at) {
					t.Fatalf("%s %s %s %s: on until %s, which is over", name, team, tier, at, d.Until)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s %s %s at %s (%s): got %v, want %v", name, team, tier, at.UTC(), at.In(zone), got, want)
			}
		}
	}
}
