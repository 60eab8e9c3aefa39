package rota

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

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
	crews  map[crewKey][]string // worked out so far
	begins map[crewKey]bool     // likewise: an occurrence of the shift begins on the day
}

type crewKey struct {
	shift string
	day   int64
}

func newOracle(p *Plan, zone *time.Location, from time.Time, length time.Duration) *oracle {
	o := &oracle{from: from.Unix(), plan: p, zone: zone, crews: map[crewKey][]string{}, begins: map[crewKey]bool{}}
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

// on reports who is on shift, sorted. Layers are laid one over the other as a
// person would with slips of paper: crews, with the swaps that were agreed;
// then whoever is away is turned face down; then overrides.
func (o *oracle) on(team string, tier call.Tier, at time.Time) []string {
	wall := o.seen(at)
	type running struct {
		shift *Shift
		crew  []string
	}
	var all []running
	for i := range o.plan.Shifts {
		s := &o.plan.Shifts[i]
		if s.Tier != tier || !slices.Contains(s.Teams, team) && !slices.Contains(s.Teams, AllTeams) {
			continue
		}
		if day, ok := o.began(s, wall); ok {
			all = append(all, running{s, o.crew(s, day)})
		}
	}
	slices.SortStableFunc(all, func(a, b running) int { return kindOrder[b.shift.Kind] - kindOrder[a.shift.Kind] }) // strongest first
	on, down := map[string]bool{}, map[string]bool{}
	var standing []*Shift
	for _, r := range all {
		if slices.ContainsFunc(standing, func(s *Shift) bool {
			return kindOrder[s.Kind] > kindOrder[r.shift.Kind] && (slices.Contains(s.Replaces, r.shift.ID) || slices.Contains(s.Replaces, "all"))
		}) {
			continue
		}
		standing = append(standing, r.shift)
		for _, id := range r.crew {
			on[id] = true
		}
	}
	for _, a := range o.plan.Absences {
		if on[a.Person] && wall >= a.Start.minutes() && (a.End.IsZero() || wall < a.End.minutes()) {
			down[a.Person] = true
		}
	}
	for _, v := range o.plan.Overrides {
		if v.Tier != tier || !slices.Contains(v.Teams, team) || wall < v.Start.minutes() || wall >= v.End.minutes() {
			continue
		}
		was := on[v.Remove]
		delete(on, v.Remove)
		delete(down, v.Remove)
		if v.Add != "" && (v.Remove == "" || was) {
			on[v.Add] = true
			delete(down, v.Add)
		}
	}
	ids := make([]string, 0, len(on))
	for id := range on {
		if !down[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

var kindOrder = map[Kind]int{"": 0, KindWeekly: 0, KindRotation: 1, KindDated: 2}

// crew is who has the occurrence that began on the day: the list passed on by
// hand, hand-over after hand-over, from the first day, and then the swaps.
func (o *oracle) crew(s *Shift, day int64) []string {
	key := crewKey{s.ID, day}
	if crew, ok := o.crews[key]; ok {
		return crew
	}
	crew := slices.Clone(s.People)
	if s.Kind == KindRotation {
		round := slices.Clone(s.People)
		turn, left := 0, s.Every.Lengths[0]
		for d := s.From.number(); d < day; d++ {
			if s.Every.Shifts && !s.Days.Has(time.Unix(d*daySeconds, 0).UTC().Weekday()) {
				continue
			}
			if left--; left == 0 {
				turn++
				left = s.Every.Lengths[turn%len(s.Every.Lengths)]
				for range s.MoveOn {
					round = append(round[1:], round[0])
				}
			}
		}
		crew = round[:s.AtOnce]
	}
	for _, w := range o.plan.Swaps.Offers {
		if w.State == SwapAgreed {
			trade(s, crew, day, w.Gives, w.Person, w.With)
			trade(s, crew, day, w.Takes, w.With, w.Person)
		}
	}
	o.crews[key] = crew
	return crew
}

func trade(s *Shift, crew []string, day int64, slot Slot, off, put string) {
	last := slot.Until
	if last.IsZero() {
		last = dayOf(slot.Date.number() + 1)
	}
	d := dayOf(day).String()
	if slot.Shift == s.ID && d >= slot.Date.String() && d < last.String() && !slices.Contains(crew, put) {
		if at := slices.Index(crew, off); at >= 0 {
			crew[at] = put
		}
	}
}

func (l LocalTime) minutes() int64 { return l.Date.number()*dayMinutes + int64(l.Clock) }

// began is the day on which the occurrence began that is on; ok is false when
// none is.
func (o *oracle) began(s *Shift, wall int64) (began int64, ok bool) {
	for back := range int64(2) {
		day := wall/dayMinutes - back
		begins, known := o.begins[crewKey{s.ID, day}]
		if !known {
			begins = beginsOn(s, day)
			o.begins[crewKey{s.ID, day}] = begins
		}
		if !begins {
			continue
		}
		start := day*dayMinutes + int64(s.Start)
		end := day*dayMinutes + int64(s.End)
		if s.End <= s.Start {
			end += dayMinutes
		}
		if start <= wall && wall < end {
			return day, true
		}
	}
	return 0, false
}

// beginsOn reports whether an occurrence of the shift begins on the day.
func beginsOn(s *Shift, day int64) bool {
	date := time.Unix(day*daySeconds, 0).UTC()
	d := dateOf(date)
	if s.Kind == KindDated {
		return slices.Contains(s.Dates, d)
	}
	return s.Days.Has(date.Weekday()) && (s.From.IsZero() || d.String() >= s.From.String()) && (s.Until.IsZero() || d.String() < s.Until.String())
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
				p := wildPlan(rnd, tc.zone, at, wild{40, 10, 10, 60, 30, 30})
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

// Every minute of four weeks, in plans with every layer, over each clock change
// of three years: the timeline and the oracle agree. Random days of sixty are
// looked at below.
func TestEveryMinuteEqualsOracle(t *testing.T) {
	t.Parallel()
	for i, change := range londonChanges {
		t.Run(change[:10], func(t *testing.T) {
			t.Parallel()
			from := when(t, change).Add(-14*24*time.Hour - 17*time.Minute)
			p := wildPlan(rand.New(rand.NewPCG(60, uint64(i))), "Europe/London", when(t, change), wild{5, 3, 4, 30, 20, 40})
			everyMinute(t, p, from, 28*24*time.Hour, call.TierResponding)
		})
	}
}

// londonChanges are the clock changes of 2026 to 2028.
var londonChanges = []string{
	"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2027-03-28T01:00:00Z",
	"2027-10-31T01:00:00Z", "2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z",
}

// fataler is what fails: a test, or one run of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func everyMinute(t fataler, p *Plan, from time.Time, length time.Duration, tiers ...call.Tier) {
	t.Helper()
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		t.Fatalf("zone: %v", err)
	}
	r, err := Compile(p, from.Add(-time.Hour), length+2*time.Hour)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	o := newOracle(p, zone, from, length)
	var ids []string
	for at := from; at.Before(from.Add(length)); at = at.Add(time.Minute) {
		for _, team := range []string{"a", "b"} {
			for _, tier := range tiers {
				ids = ids[:0]
				for _, d := range r.OnShift(team, tier, at) {
					ids = append(ids, d.Responder)
				}
				slices.Sort(ids)
				if want := o.on(team, tier, at); !slices.Equal(ids, want) {
					t.Fatalf("%s %s at %s (%s): got %v, want %v", team, tier, at.UTC(), at.In(zone), ids, want)
				}
			}
		}
	}
}

// Random plans, each looked at for every minute of a random day of 60.
func TestAnyPlanEqualsOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.IntRange(0, 8)
		w := wild{few.Draw(t, "weekly"), few.Draw(t, "rotations"), few.Draw(t, "dated"), 10 * few.Draw(t, "swaps"), 3 * few.Draw(t, "absences"), 3 * few.Draw(t, "overrides")}
		change, err := time.Parse(time.RFC3339, rapid.SampledFrom(londonChanges).Draw(t, "change"))
		if err != nil {
			t.Fatalf("change: %v", err)
		}
		p := wildPlan(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7)), "Europe/London", change, w)
		day := rapid.IntRange(-30, 30).Draw(t, "day")
		everyMinute(t, p, change.Add(time.Duration(day)*24*time.Hour-12*time.Hour), 24*time.Hour, rosteredTiers[:]...)
	})
}
