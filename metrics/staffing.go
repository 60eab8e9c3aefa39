package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Week is a figure for each hour of the week on the wall's clock, Monday first.
type Week [7][24]float64

// WeekDays are the days of a Week, in order.
var WeekDays = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// steadyWeeks is from how many weeks of history each hour of the week speaks for
// itself. With less, an hour is its weekday's calls spread like all days'.
const steadyWeeks = 8

// Arrivals is how many calls arrive in each hour of the week, on average over
// the days given, and in words where that comes from. Days that were merged are
// left out.
func Arrivals(days []*Day) (week Week, basis string) {
	var hours [7][24]float64
	var seen [7]float64
	for _, d := range days {
		date, err := time.Parse(time.DateOnly, d.From)
		if err != nil || d.Days != 1 {
			continue
		}
		day := (int(date.Weekday()) + 6) % 7
		seen[day]++
		for h := range 24 {
			hours[day][h] += float64(d.Of(HourSlice(h)).Received)
		}
	}
	var n, all float64
	var byHour [24]float64
	for day := range hours {
		n += seen[day]
		for h, calls := range hours[day] {
			byHour[h] += calls
			all += calls
		}
	}
	if n == 0 || all == 0 {
		return week, "no calls in the ledger"
	}
	for day := range hours {
		var total float64
		for _, calls := range hours[day] {
			total += calls
		}
		for h, calls := range hours[day] {
			switch {
			case seen[day] >= steadyWeeks:
				week[day][h] = calls / seen[day]
			case seen[day] > 0:
				week[day][h] = total / seen[day] * byHour[h] / all
			default:
				week[day][h] = byHour[h] / n
			}
		}
	}
	if n >= 7*steadyWeeks {
		return week, fmt.Sprintf("%d days of the ledger, each hour of the week by itself", int(n))
	}
	return week, fmt.Sprintf("%d days of the ledger: too few for each hour of the week by itself, so a weekday's calls are spread over the hours like all days'", int(n))
}

// ArrivalsOfMonth spreads a month's calls, such as a published A01, over the
// week when there is no history: 63 of 100 between 18:00 and 06:00, which is
// what one helpline (Samaritans Ireland) has said, and every day alike.
func ArrivalsOfMonth(calls int64, m Month) (week Week, basis string) {
	from, to := m.Bounds(time.UTC)
	return alike(float64(calls) / (to.Sub(from).Hours() / 24)), fmt.Sprintf("%d calls in %s, %s", calls, m, alikeWords)
}

const alikeWords = "63 of 100 between 18:00 and 06:00 as one helpline has published, every day alike"

// alike spreads a day's calls over every day's hours.
func alike(perDay float64) (week Week) {
	for day := range week {
		for h := range 24 {
			share := .37
			if h < 6 || h >= 18 {
				share = .63
			}
			week[day][h] = perDay * share / 12
		}
	}
	return week
}

// Patience is the mean time callers are ready to wait, as far as the tally
// shows: all time waited after the greeting for each caller who gave up. False
// when fewer than ten did.
func (t *Tally) Patience() (time.Duration, bool) {
	w := &t.Return
	if w.Left() < 10 {
		return 0, false
	}
	return time.Duration((w.SumMs+w.LeftMs)/w.Left()) * time.Millisecond, true
}

// Staffing is the question of how many people each hour needs.
type Staffing struct {
	PerHour  Week
	Handling time.Duration                   // measured, or assumed
	Patience time.Duration                   // 0: nobody gives up (Erlang C)
	Ring     time.Duration                   // from an offer to both hearing each other
	Mean     time.Duration                   // target
	P95      time.Duration                   // target
	Teams    []float64                       // share of calls of each team, for the comparison with sealed teams
	OnShift  func(day, hour int) (int, bool) // fewest people answering in that hour of the plan; nil or false: not known
}

// Slot is the answer for one hour of the week.
type Slot struct {
	PerHour         float64
	NeedMean        int // people with whom the mean target is kept
	NeedP95         int // people with whom the 95th centile is
	NeedSealed      int // people for both, were every team on its own
	People          int // on shift by the plan
	Known           bool
	Reached         float64 // share of callers predicted to be reached in 60 s with People
	MeanSec, P95Sec float64 // predicted
	Miss            bool    // predicted to miss a target
}

// Need is the people with whom both targets are kept.
func (s Slot) Need() int { return max(s.NeedMean, s.NeedP95) }

// Advice is the answer for a week.
type Advice struct {
	Staffing
	Basis string
	Slots [7][24]Slot
}

// Advise solves every hour of the week. People needed are computed as if nobody
// gave up (Erlang C): a target must not be kept by callers leaving. What is
// predicted with the plan's people counts those who leave (Erlang A).
func (s Staffing) Advise(basis string) Advice {
	a := Advice{Staffing: s, Basis: basis}
	solver := solver{s: s, need: map[int64][2]int{}}
	for day := range a.Slots {
		for h := range a.Slots[day] {
			a.Slots[day][h] = solver.slot(day, h)
		}
	}
	return a
}

// solver remembers what it has solved: hours of the week are often alike.
type solver struct {
	s    Staffing
	need map[int64][2]int // by calls an hour, in hundredths
}

func (v *solver) slot(day, hour int) Slot {
	rate := v.s.PerHour[day][hour]
	one := v.people(rate)
	slot := Slot{PerHour: rate, NeedMean: one[0], NeedP95: one[1]}
	for _, share := range v.s.Teams {
		own := v.people(rate * share)
		slot.NeedSealed += max(own[0], own[1])
	}
	if v.s.OnShift == nil {
		return slot
	}
	if slot.People, slot.Known = v.s.OnShift(day, hour); !slot.Known {
		return slot
	}
	w := v.queue(rate, slot.People).Solve()
	slot.Reached = w.Within(time.Minute)
	slot.MeanSec, slot.P95Sec = math.Inf(1), math.Inf(1)
	if w.Stable {
		slot.MeanSec, slot.P95Sec = w.Mean.Seconds(), w.P95.Seconds()
	}
	slot.Miss = slot.People < slot.Need()
	return slot
}

func (v *solver) queue(rate float64, people int) Queue {
	return Queue{PerHour: rate, Handling: v.s.Handling, People: people, Patience: v.s.Patience, Ring: v.s.Ring}
}

func (v *solver) people(rate float64) [2]int {
	key := int64(math.Ceil(rate * 100))
	if n, ok := v.need[key]; ok {
		return n
	}
	q := v.queue(float64(key)/100, 0)
	q.Patience = 0
	n := [2]int{
		q.PeopleFor(func(w Waiting) bool { return w.Mean <= v.s.Mean }),
		q.PeopleFor(func(w Waiting) bool { return w.P95 <= v.s.P95 }),
	}
	v.need[key] = n
	return n
}

// Missed is how many hours of the week are predicted to miss, and how many are
// known.
func (a Advice) Missed() (missed, known int) {
	for _, day := range a.Slots {
		for _, s := range day {
			if s.Known {
				known++
			}
			if s.Miss {
				missed++
			}
		}
	}
	return missed, known
}

// Totals are the people hours of a week: needed pooled, needed sealed, planned.
func (a Advice) Totals() (pooled, sealed, planned int) {
	for _, day := range a.Slots {
		for _, s := range day {
			pooled += s.Need()
			sealed += s.NeedSealed
			planned += s.People
		}
	}
	return pooled, sealed, planned
}

// Spell is neighbouring hours of a day that are predicted to miss, with the same
// people on shift.
type Spell struct {
	Days         []int // of the week, on which it is the same
	From, To     int   // hours, To not included
	People, Need int
	Reached      float64 // at the worst of its hours, share of callers reached in 60 s
}

// String is the spell in a sentence.
func (s Spell) String() string {
	return fmt.Sprintf("%s %02d:00–%02d:00: %d on shift, up to %d needed; at the worst hour %.0f of 100 callers would be reached within a minute.",
		daysInWords(s.Days), s.From, s.To, s.People, s.Need, 100*s.Reached)
}

func daysInWords(days []int) string {
	if len(days) == len(WeekDays) {
		return "Every day"
	}
	var names []string
	for _, d := range days {
		names = append(names, WeekDays[d])
	}
	return strings.Join(names, ", ")
}

// sameSpells gathers the days on which a spell has the same hours, people and
// need.
func sameSpells(spells []Spell) (out []Spell) {
	for _, s := range spells {
		i := slices.IndexFunc(out, func(o Spell) bool {
			return o.From == s.From && o.To == s.To && o.People == s.People && o.Need == s.Need
		})
		if i < 0 {
			out = append(out, s)
			continue
		}
		out[i].Days = append(out[i].Days, s.Days...)
		out[i].Reached = min(out[i].Reached, s.Reached)
	}
	return out
}

// Spells are the hours predicted to miss, in the order of the week.
func (a Advice) Spells() (spells []Spell) {
	for day := range a.Slots {
		var open *Spell
		for h, s := range a.Slots[day] {
			if !s.Miss {
				open = nil
				continue
			}
			if open == nil || open.People != s.People {
				spells = append(spells, Spell{Days: []int{day}, From: h, People: s.People, Reached: 1})
				open = &spells[len(spells)-1]
			}
			open.To, open.Need, open.Reached = h+1, max(open.Need, s.Need()), min(open.Reached, s.Reached)
		}
	}
	return sameSpells(spells)
}

// Text is the hours predicted to miss, in sentences, in the order of the week.
func (a Advice) Text() []string { return sentences(a.Spells()) }

// Worst is the same, the worst first.
func (a Advice) Worst() []string {
	spells := a.Spells()
	slices.SortStableFunc(spells, func(x, y Spell) int { return cmp.Compare(x.Reached, y.Reached) })
	return sentences(spells)
}

func sentences(spells []Spell) (lines []string) {
	for _, s := range spells {
		lines = append(lines, s.String())
	}
	return lines
}

// String is the advice as a page of text.
func (a Advice) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("arrivals        %s", a.Basis)
	line("handling time   %s a call, talk and wrap-up", a.Handling.Round(time.Second))
	if a.Patience > 0 {
		line("patience        callers are ready to wait %s on average", a.Patience.Round(time.Second))
	} else {
		line("patience        not measured: as if nobody gave up")
	}
	line("ring            %s from an offer to both hearing each other, counted in every wait", a.Ring.Round(time.Second))
	line("targets         mean at most %s, 95th centile at most %s", a.Mean, a.P95)
	pooled, sealed, planned := a.Totals()
	line("people hours    %d a week pooled, %s if every team answered only its own, %d planned", pooled, countOr(sealed), planned)
	line("\npeople needed for both targets, pooled")
	line("            %s", hourHeads())
	for day, name := range WeekDays {
		fmt.Fprintf(&b, "%-12s", name)
		for _, s := range a.Slots[day] {
			mark := " "
			if s.Miss {
				mark = "!"
			}
			fmt.Fprintf(&b, "%2d%s ", s.Need(), mark)
		}
		b.WriteByte('\n')
	}
	missed, known := a.Missed()
	if known == 0 {
		line("\nThe plan was not read: nothing is said about its hours.")
		return b.String()
	}
	line("\n%d of %d hours of the week are predicted to miss (marked !).", missed, known)
	for _, l := range a.Text() {
		line("%s", l)
	}
	return b.String()
}

func countOr(n int) string {
	if n == 0 {
		return "an unknown number"
	}
	return fmt.Sprint(n)
}

func hourHeads() string {
	var b strings.Builder
	for h := range 24 {
		fmt.Fprintf(&b, "%02d  ", h)
	}
	return strings.TrimSpace(b.String())
}
