package rota

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FairWeeks is the time over which shares are compared.
const FairWeeks = 12

// Count is how much of something fell to somebody, and how much would have if
// it went by the hours each works.
type Count struct {
	Have     int
	Expected float64
}

// over is how far above the expected share it is.
func (c Count) over() float64 { return float64(c.Have) - c.Expected }

// Unfair reports whether it is far above: by half as much again, and by two.
func (c Count) Unfair() bool { return c.over() >= 2 && float64(c.Have) > 1.5*c.Expected }

// Share is what fell to one person over a time, compared with the others of
// their team. Only work on site is counted: waiting at home is not.
type Share struct {
	Responder    string
	Team         string
	Hours        time.Duration
	Nights       Count // shifts with three hours or more of night time
	Weekends     Count // weekends with three hours or more of work
	BankHolidays Count // bank holidays with three hours or more of work
	HardCalls    Count // calls marked hard
}

// shareKinds are the counts of a share with the word for each.
var shareKinds = []struct {
	word string
	of   func(*Share) *Count
}{
	{"nights", func(s *Share) *Count { return &s.Nights }},
	{"weekends", func(s *Share) *Count { return &s.Weekends }},
	{"bank holidays", func(s *Share) *Count { return &s.BankHolidays }},
	{"hard calls", func(s *Share) *Count { return &s.HardCalls }},
}

// Shares are everybody's shares of [from, from + weeks), in the plan's order.
// Weeks of 0 means FairWeeks. Hard calls outside the span are not counted.
func (r *Rota) Shares(from time.Time, weeks int, facts Facts) ([]Share, error) {
	if weeks <= 0 {
		weeks = FairWeeks
	}
	until := from.Add(time.Duration(weeks) * 7 * 24 * time.Hour)
	w, err := r.workingTime(from, until.Sub(from), facts.Worked)
	if err != nil {
		return nil, fmt.Errorf("compare shares: %w", err)
	}
	return w.shares(from.Unix(), until.Unix(), facts), nil
}

// shares counts the stints that begin in [from, until).
func (w *working) shares(from, until int64, facts Facts) []Share {
	holidays := w.holidays(facts.Holidays, from, until)
	all := make([]Share, 0, len(w.people))
	for i := range w.people {
		x := &w.people[i]
		s := Share{Responder: x.id, Team: x.team}
		weekends, days := map[int64]int64{}, map[interval]int64{}
		for _, t := range x.stints {
			if t.from < from || t.from >= until || t.called {
				continue
			}
			s.Hours += time.Duration(w.length(t)) * time.Second
			if t.night {
				s.Nights.Have++
			}
			w.onWeekend(t, weekends)
			for _, h := range holidays {
				if n := min(t.until, h.until) - max(t.from, h.from); n > 0 {
					days[h] += n
				}
			}
		}
		s.Weekends.Have, s.BankHolidays.Have = enough(weekends), enough(days)
		for _, h := range facts.HardCalls {
			if at := h.At.Unix(); h.Responder == x.id && at >= from && at < until {
				s.HardCalls.Have++
			}
		}
		if s.Hours > 0 || s.HardCalls.Have > 0 {
			all = append(all, s)
		}
	}
	expect(all)
	return all
}

// holidays are the bank holidays of a span, midnight to midnight on the wall.
func (w *working) holidays(known Holidays, from, until int64) []interval {
	var days []interval
	for _, h := range w.r.plan.holidays(known) {
		if a, b := w.midnight(h.Date.number()), w.midnight(h.Date.number()+1); b > from && a < until {
			days = append(days, interval{a, b})
		}
	}
	return days
}

// holidays is the list that holds for a plan: known, or the committed one, with
// what the policy adds and takes off.
func (p *Plan) holidays(known Holidays) Holidays {
	if known == nil {
		known = EnglandAndWales()
	}
	return known.With(p.Policy.Holidays...)
}

// onWeekend adds a stint's work on Saturday and Sunday to its weekend.
func (w *working) onWeekend(t stint, weekends map[int64]int64) {
	for day := localDay(w.zone, t.from); day <= localDay(w.zone, t.until-1); day++ {
		saturday := day - (day+5)%7 // 1970-01-03 was one
		if day-saturday <= 1 {
			weekends[saturday] += min(t.until, w.midnight(day+1)) - max(t.from, w.midnight(day))
		}
	}
}

// enough counts what reaches three hours.
func enough[K comparable](seconds map[K]int64) int {
	n := 0
	for _, s := range seconds {
		if s >= int64(NightShift.Seconds()) {
			n++
		}
	}
	return n
}

// expect fills in what each would have by their part of their team's hours.
func expect(all []Share) {
	type sum struct {
		hours time.Duration
		have  [4]int
	}
	teams := map[string]*sum{}
	for i := range all {
		t := teams[all[i].Team]
		if t == nil {
			t = &sum{}
			teams[all[i].Team] = t
		}
		t.hours += all[i].Hours
		for k, kind := range shareKinds {
			t.have[k] += kind.of(&all[i]).Have
		}
	}
	for i := range all {
		t := teams[all[i].Team]
		for k, kind := range shareKinds {
			if t.hours > 0 {
				kind.of(&all[i]).Expected = float64(t.have[k]) * float64(all[i].Hours) / float64(t.hours)
			}
		}
	}
}

// fairSpan is the start of the twelve weeks that end in the week in which what
// is judged ends: what was, and what is planned.
func fairSpan(zone *time.Location, now time.Time, horizon time.Duration) (from time.Time) {
	const span = FairWeeks * 7 * 24 * time.Hour
	last := now.Add(min(horizon, span)).Unix() - 1
	return time.Unix(monday(zone, monday(zone, last)-(FairWeeks-1)*7*daySeconds+12*3600), 0) // noon: a clock change may lie between
}

// unfair notes people with far more than their share, and bank holidays that
// are not known as far as the plan is judged.
func (w *working) unfair(now time.Time, horizon time.Duration, facts Facts) []Finding {
	from := fairSpan(w.zone, now, horizon)
	until := from.Add(FairWeeks * 7 * 24 * time.Hour).UTC()
	all := w.shares(from.Unix(), until.Unix(), facts)
	var found []Finding
	for i := range all {
		var more []string
		for _, kind := range shareKinds {
			if c := kind.of(&all[i]); c.Unfair() {
				more = append(more, fmt.Sprintf("%d %s where %.1f would be their share", c.Have, kind.word, c.Expected))
			}
		}
		if len(more) > 0 {
			found = append(found, Finding{
				Level: ruleOf(RuleFairShare).Level, Rule: RuleFairShare, Team: all[i].Team, People: []string{all[i].Responder},
				Text: fmt.Sprintf("%s has %s, over %d weeks", all[i].Responder, strings.Join(more, " and "), FairWeeks),
				Mend: "see the suggested exchanges, or agree it with them", From: from.UTC(), Until: until,
			})
		}
	}
	if known := w.r.plan.holidays(facts.Holidays).Until(); midnight(w.zone, known) < now.Add(horizon).Unix() {
		found = append(found, Finding{
			Level: ruleOf(RuleHolidayKnown).Level, Rule: RuleHolidayKnown,
			Text: "bank holidays are known only to " + known.String(),
			Mend: "run crisisline plan holidays", From: now.UTC(), Until: now.Add(horizon).UTC(),
		})
	}
	return found
}

// shareOf is one person's share, nil when they have none.
func shareOf(all []Share, id string) *Share {
	if i := slices.IndexFunc(all, func(s Share) bool { return s.Responder == id }); i >= 0 {
		return &all[i]
	}
	return nil
}
