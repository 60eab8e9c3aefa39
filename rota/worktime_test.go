package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// works is a plan in which ann works exactly the spans given, local start and
// end, on site. Somebody else is always there too.
func works(t *testing.T, policy string, spans []string, more ...string) *Plan {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `service: test
zone: Europe/London
minimum: {responding: 1, backup: 0, duty_manager: 0}
policy: {%s}
teams: [{id: east, name: East}]
lines: [{id: public, name: Public, number: "0808 157 0001", team: east}]
responders:
  - {id: ann, name: A, team: east, number: 07700 900001, proven: 2026-03-01}
  - {id: always, name: X, team: east, number: 07700 900002}
shifts:
  - {id: base, team: east, tier: responding, days: daily, start: "00:00", end: "00:00", people: [always]}
last_human: [{name: Switchboard, number: 01632 960001}]
%s
overrides:
`, policy, strings.Join(more, "\n"))
	for i, s := range spans {
		start, end, _ := strings.Cut(s, " ")
		fmt.Fprintf(&b, "  - {id: o%d, team: east, tier: responding, add: ann, start: %s, end: %s}\n", i, start, end)
	}
	p, err := Parse("roster", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// each day from a first one, the same hours; an end that is not after the start
// is on the next day.
func daily(first string, days int, start, end string) []string {
	d, _ := ParseDate(first)
	var spans []string
	for i := range int64(days) {
		until := dayOf(d.number() + i)
		if end <= start {
			until = dayOf(d.number() + i + 1)
		}
		spans = append(spans, dayOf(d.number()+i).String()+"T"+start+" "+until.String()+"T"+end)
	}
	return spans
}

// weekly repeats a week's spans for weeks weeks from a Monday.
func weekly(first string, weeks int, week func(monday string) []string) []string {
	d, _ := ParseDate(first)
	var spans []string
	for i := range int64(weeks) {
		spans = append(spans, week(dayOf(d.number()+7*i).String())...)
	}
	return spans
}

func days(n int, start, end string) func(string) []string {
	return func(monday string) []string { return daily(monday, n, start, end) }
}

// stretched moves the end of the last span by so many minutes.
func stretched(spans []string, minutes int) []string {
	spans = slices.Clone(spans)
	start, end, _ := strings.Cut(spans[len(spans)-1], " ")
	l, _ := ParseLocalTime(end)
	m := l.minutes() + int64(minutes)
	l = LocalTime{dayOf(m / dayMinutes), Clock(m % dayMinutes)}
	spans[len(spans)-1] = start + " " + l.String()
	return spans
}

// about is what the checks say of ann, one rule or all: "refuse daily_rest".
func about(t *testing.T, p *Plan, now string, span time.Duration, facts Facts, rules ...string) string {
	t.Helper()
	at := when(t, now)
	var said []string
	for _, f := range compiled(t, p, at, span).Review(at, span, facts) {
		if slices.Contains(f.People, "ann") && (len(rules) == 0 || slices.Contains(rules, f.Rule)) {
			said = append(said, string(f.Level)+" "+f.Rule)
			if f.Source == "" || f.Mend == "" || f.Text == "" || !f.Until.After(f.From) {
				t.Errorf("incomplete: %+v", f)
			}
		}
	}
	return strings.Join(said, ", ")
}

func chain(a []string, b ...string) []string { return append(slices.Clone(a), b...) }

// shortWeek is three weeks without a day off, but for a rest from Wednesday
// 4 March at 17:00 to Thursday at start.
func shortWeek(start string) []string {
	return chain(daily("2026-02-23", 10, "09:00", "17:00"), chain([]string{"2026-03-05T" + start + " 2026-03-05T23:00"}, daily("2026-03-06", 10, "12:00", "20:00")...)...)
}

// shortFortnight is five weeks without a day off, but for a rest from Friday
// 13 March at 17:00 to Sunday at start.
func shortFortnight(start string) []string {
	return chain(daily("2026-02-23", 19, "09:00", "17:00"), chain([]string{"2026-03-15T" + start + " 2026-03-15T23:00"}, daily("2026-03-16", 13, "17:00", "23:00")...)...)
}

// Every figure from both sides. Weeks: Monday 2 March 2026 is one; the clocks go
// forward on Sunday 29 March and back on Sunday 25 October.
func TestWorkingTime(t *testing.T) {
	t.Parallel()
	const monday, month = "2026-03-02T00:00:00Z", 28 * 24 * time.Hour
	eight := func(n int) func(string) []string { return days(n, "09:00", "17:00") }
	for _, tc := range []struct {
		name   string
		now    string // "" = Monday 2 March
		policy string
		spans  []string
		rule   string
		want   string
	}{
		{"11 h between two days", "", "", []string{"2026-03-02T08:00 2026-03-02T20:00", "2026-03-03T07:00 2026-03-03T15:00"}, RuleDailyRest, ""},
		{"a minute less", "", "", []string{"2026-03-02T08:00 2026-03-02T20:00", "2026-03-03T06:59 2026-03-03T15:00"}, RuleDailyRest, "refuse daily_rest"},
		{"13 h leave 11", "", "", []string{"2026-03-02T08:00 2026-03-02T21:00"}, RuleDailyRest, ""},
		{"13 h and a minute do not", "", "", []string{"2026-03-02T08:00 2026-03-02T21:01"}, RuleDailyRest, "refuse daily_rest"},
		{"a split day with 11 h at night", "", "", []string{"2026-03-02T08:00 2026-03-02T12:00", "2026-03-02T17:00 2026-03-02T21:00"}, RuleDailyRest, ""},
		{"a split day that ends too late", "", "", []string{"2026-03-02T08:00 2026-03-02T12:00", "2026-03-02T17:00 2026-03-02T21:01"}, RuleDailyRest, "refuse daily_rest"},
		{"round the clock", "", "", []string{"2026-03-02T08:00 2026-03-04T08:00"}, RuleDailyRest, "refuse daily_rest, refuse daily_rest"},
		{"over by now", "2026-03-05T00:00:00Z", "", []string{"2026-03-02T08:00 2026-03-02T22:00"}, RuleDailyRest, ""},
		{"the policy lowers it", "", "levels: {daily_rest: note}", []string{"2026-03-02T08:00 2026-03-02T21:01"}, RuleDailyRest, "note daily_rest"},
		{"clocks back: 13 h on the wall are 14", "2026-10-19T00:00:00Z", "", []string{"2026-10-24T19:00 2026-10-25T08:00"}, RuleDailyRest, "warn daily_rest"},
		{"clocks back: a minute more is the plan's doing", "2026-10-19T00:00:00Z", "", []string{"2026-10-24T19:00 2026-10-25T08:01"}, RuleDailyRest, "refuse daily_rest"},
		{"clocks back: 10 h on the wall are 11 of rest", "2026-10-19T00:00:00Z", "", []string{"2026-10-24T12:00 2026-10-24T20:00", "2026-10-25T06:00 2026-10-25T12:00"}, RuleDailyRest, ""},
		{"clocks forward: 11 h on the wall are 10", "2026-03-23T00:00:00Z", "", []string{"2026-03-28T12:00 2026-03-28T20:00", "2026-03-29T07:00 2026-03-29T12:00"}, RuleDailyRest, "refuse daily_rest"},
		{"clocks forward: 12 h on the wall", "2026-03-23T00:00:00Z", "", []string{"2026-03-28T12:00 2026-03-28T20:00", "2026-03-29T08:00 2026-03-29T12:00"}, RuleDailyRest, ""},

		{"24 h in a week", "", "", shortWeek("17:00"), RuleWeeklyRest, ""},
		{"a minute less, and a full week before", "", "", shortWeek("16:59"), RuleWeeklyRest, "refuse weekly_rest"},
		{"no day off for five weeks", "", "", weekly("2026-02-23", 5, eight(7)), RuleWeeklyRest, "refuse weekly_rest, refuse weekly_rest, refuse weekly_rest"},
		{"no day off, but 48 h the week after", "", "", shortFortnight("17:00"), RuleWeeklyRest, ""},
		{"no day off, and a minute less than 48 h", "", "", shortFortnight("16:59"), RuleWeeklyRest, "refuse weekly_rest, refuse weekly_rest"},

		{"48 h a week", "2026-06-29T00:00:00Z", "", weekly("2026-03-02", 17, eight(6)), RuleWeeklyHours, ""},
		{"48 h and a minute in 17 weeks", "2026-06-29T00:00:00Z", "", stretched(weekly("2026-03-02", 17, eight(6)), 1), RuleWeeklyHours, "warn weekly_hours"},
		{"opted out", "2026-06-29T00:00:00Z", "opt_out: [ann]", stretched(weekly("2026-03-02", 17, eight(6)), 1), RuleWeeklyHours, "note weekly_hours"},
		{"a break is no work", "2026-06-29T00:00:00Z", "break: 20m", weekly("2026-03-02", 17, days(6, "09:00", "17:20")), RuleWeeklyHours, ""},
		{"and not a minute more", "2026-06-29T00:00:00Z", "break: 20m", stretched(weekly("2026-03-02", 17, days(6, "09:00", "17:20")), 1), RuleWeeklyHours, "warn weekly_hours"},
		{"three weeks say nothing", "2026-03-23T00:00:00Z", "", weekly("2026-03-02", 3, days(6, "09:00", "19:00")), RuleWeeklyHours, ""},
		{"four do", "2026-03-30T00:00:00Z", "", weekly("2026-03-02", 4, days(6, "09:00", "19:00")), RuleWeeklyHours, "warn weekly_hours"},

		{"nights of 8 h on average", "2026-06-29T00:00:00Z", "opt_out: [ann]", stretched(weekly("2026-03-02", 17, days(6, "22:00", "06:00")), 60), RuleNightHours, ""}, // the clocks took an hour
		{"a minute more, opted out or not", "2026-06-29T00:00:00Z", "opt_out: [ann]", stretched(weekly("2026-03-02", 17, days(6, "22:00", "06:00")), 61), RuleNightHours, "refuse night_hours"},

		{"a night of 8 h", "", "", weekly("2026-03-02", 4, days(2, "22:00", "06:00")), RuleNightHazard, ""},
		{"a minute more", "", "", stretched(weekly("2026-03-02", 3, days(2, "22:00", "06:00")), 1), RuleNightHazard, "warn night_hazard"},
		{"3 h of night time make a night", "", "", weekly("2026-03-02", 4, days(2, "17:00", "02:00")), RuleNightHazard, "warn night_hazard"},
		{"2 h 59 min do not", "", "", weekly("2026-03-02", 4, days(2, "16:59", "01:59")), RuleNightHazard, ""},

		{"6 h need no break", "", "", []string{"2026-03-02T09:00 2026-03-02T15:00"}, RuleBreak, ""},
		{"6 h and a minute do", "", "", []string{"2026-03-02T09:00 2026-03-02T15:01"}, RuleBreak, "note break"},
		{"20 min are enough", "", "break: 20m", []string{"2026-03-02T09:00 2026-03-02T15:01"}, RuleBreak, ""},
		{"19 are not", "", "break: 19m", []string{"2026-03-02T09:00 2026-03-02T15:01"}, RuleBreak, "refuse break"},

		{"under 18: 12 h", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T20:00", "2026-03-03T08:00 2026-03-03T12:00"}, RuleYoungRest, ""},
		{"under 18: a minute less", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T20:00", "2026-03-03T07:59 2026-03-03T12:00"}, RuleYoungRest, "refuse young_daily_rest"},
		{"18 since", "", "young: [{responder: ann, until: 2026-03-02}]", []string{"2026-03-02T08:00 2026-03-02T20:00", "2026-03-03T07:59 2026-03-03T12:00"}, RuleYoungRest, ""},
		{"under 18: 48 h a week", "", "young: [{responder: ann, until: 2026-03-09}]", []string{"2026-03-04T09:00 2026-03-04T17:00", "2026-03-06T17:00 2026-03-06T20:00", "2026-03-08T00:00 2026-03-08T08:00"}, RuleYoungWeek, ""},
		{"under 18: a minute less", "", "young: [{responder: ann, until: 2026-03-09}]", []string{"2026-03-03T23:59 2026-03-04T17:01", "2026-03-06T17:00 2026-03-06T20:00", "2026-03-08T00:00 2026-03-08T08:00"}, RuleYoungWeek, "refuse young_weekly_rest"},
		{"under 18: 4½ h", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T09:00 2026-03-02T13:30"}, RuleYoungBreak, ""},
		{"under 18: a minute more", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T09:00 2026-03-02T13:31"}, RuleYoungBreak, "warn young_break"},
		{"under 18: 29 min", "", "break: 29m, young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T09:00 2026-03-02T13:31"}, RuleYoungBreak, "refuse young_break"},
		{"under 18: 30 min", "", "break: 30m, young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T09:00 2026-03-02T13:31"}, RuleYoungBreak, ""},

		{"under 18: 8 h", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T16:00"}, RuleYoungDay, ""},
		{"under 18: a minute more", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T16:01"}, RuleYoungDay, "refuse young_daily_hours"},
		{"under 18: in two parts", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T12:00", "2026-03-02T14:00 2026-03-02T18:01"}, RuleYoungDay, "refuse young_daily_hours"},
		{"under 18: 8 h and the break", "", "break: 30m, young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T16:30"}, RuleYoungDay, ""},
		{"under 18: a minute more and the break", "", "break: 30m, young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T16:31"}, RuleYoungDay, "refuse young_daily_hours"},
		{"under 18: a night is of two days", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T18:00 2026-03-03T06:00"}, RuleYoungDay, ""},
		{"under 18: 8 h on a day of 25", "2026-10-19T00:00:00Z", "young: [{responder: ann, until: 2027-06-01}]", []string{"2026-10-25T00:00 2026-10-25T07:00"}, RuleYoungDay, ""},
		{"under 18: more on a day of 25", "2026-10-19T00:00:00Z", "young: [{responder: ann, until: 2027-06-01}]", []string{"2026-10-25T00:00 2026-10-25T07:01"}, RuleYoungDay, "refuse young_daily_hours"},
		{"18 on that day", "", "young: [{responder: ann, until: 2026-03-02}]", []string{"2026-03-02T08:00 2026-03-02T18:00"}, RuleYoungDay, ""},
		{"18 the day after", "", "young: [{responder: ann, until: 2026-03-03}]", []string{"2026-03-02T08:00 2026-03-02T18:00", "2026-03-03T08:00 2026-03-03T18:00"}, RuleYoungDay, "refuse young_daily_hours"},
		{"under 18: 40 h", "", "young: [{responder: ann, until: 2026-06-01}]", daily("2026-03-02", 5, "09:00", "17:00"), RuleYoungHours, ""},
		{"under 18: a minute more in the week", "", "young: [{responder: ann, until: 2026-06-01}]", stretched(daily("2026-03-02", 5, "09:00", "17:00"), 1), RuleYoungHours, "refuse young_weekly_hours"},
		{"under 18: 80 h in a fortnight, unevenly", "", "young: [{responder: ann, until: 2026-06-01}]", chain(daily("2026-03-02", 6, "09:00", "16:00"), daily("2026-03-09", 5, "09:00", "16:36")...), RuleYoungHours, "refuse young_weekly_hours"},
		{"18 in the middle of the week", "", "young: [{responder: ann, until: 2026-03-06}]", daily("2026-03-02", 7, "09:00", "17:00"), RuleYoungHours, ""},
		{"until 23:00", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T18:00 2026-03-02T23:00"}, RuleYoungNight, ""},
		{"a minute of the night", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T18:00 2026-03-02T23:01"}, RuleYoungNight, "refuse young_night"},
		{"from 06:00", "", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T06:00 2026-03-02T12:00"}, RuleYoungNight, ""},
		{"of age", "", "", []string{"2026-03-02T18:00 2026-03-03T06:00"}, RuleYoungNight, ""},

		{"12 h", "", "", []string{"2026-03-02T08:00 2026-03-02T20:00"}, RuleShiftLength, ""},
		{"12 h and a minute", "", "", []string{"2026-03-02T08:00 2026-03-02T20:01"}, RuleShiftLength, "note shift_length"},
		{"12 h on the wall, clocks back", "2026-10-19T00:00:00Z", "", []string{"2026-10-24T20:00 2026-10-25T08:00"}, RuleShiftLength, "note shift_length"},
		{"13 h on the wall, clocks forward", "2026-03-23T00:00:00Z", "", []string{"2026-03-28T20:00 2026-03-29T09:00"}, RuleShiftLength, ""},

		{"7 days", "", "", daily("2026-03-02", 7, "09:00", "17:00"), RuleManyDays, ""},
		{"8 days", "", "", daily("2026-03-02", 8, "09:00", "17:00"), RuleManyDays, "warn consecutive_days"},
		{"8 days with one off", "", "", chain(daily("2026-03-02", 4, "09:00", "17:00"), daily("2026-03-07", 4, "09:00", "17:00")...), RuleManyDays, ""},
		{"3 nights", "", "", daily("2026-03-02", 3, "22:00", "06:00"), RuleManyNights, ""},
		{"4 nights", "", "", daily("2026-03-02", 4, "22:00", "06:00"), RuleManyNights, "warn consecutive_nights"},
		{"4 days of 10 h", "", "", daily("2026-03-02", 4, "09:00", "19:00"), RuleManyLong, ""},
		{"4 days of more", "", "", daily("2026-03-02", 4, "09:00", "19:01"), RuleManyLong, "note consecutive_long"},
		{"4 starts at 07:00", "", "", daily("2026-03-02", 4, "07:00", "15:00"), RuleManyEarly, ""},
		{"4 starts before", "", "", daily("2026-03-02", 4, "06:59", "15:00"), RuleManyEarly, "note consecutive_early"},

		{"two nights' sleep", "", "", []string{"2026-03-02T22:00 2026-03-03T06:00", "2026-03-05T06:00 2026-03-05T14:00"}, RuleSwitch, ""},
		{"a minute less", "", "", []string{"2026-03-02T22:00 2026-03-03T06:00", "2026-03-05T05:59 2026-03-05T14:00"}, RuleSwitch, "warn day_night_switch"},
		{"day to night", "", "", []string{"2026-03-02T09:00 2026-03-02T17:00", "2026-03-03T22:00 2026-03-04T06:00"}, RuleSwitch, "warn day_night_switch"},
		{"over the change of clocks", "2026-03-23T00:00:00Z", "", []string{"2026-03-27T22:00 2026-03-28T06:00", "2026-03-30T06:00 2026-03-30T14:00"}, RuleSwitch, ""},
		{"over it, a minute less", "2026-03-23T00:00:00Z", "", []string{"2026-03-27T22:00 2026-03-28T06:00", "2026-03-30T05:59 2026-03-30T14:00"}, RuleSwitch, "warn day_night_switch"},
	} {
		t.Run(tc.rule+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			now := tc.now
			if now == "" {
				now = monday
			}
			if got := about(t, works(t, tc.policy, tc.spans), now, month, Facts{}, tc.rule); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// Leave and sickness are left out of an average: sixteen weeks of 48 hours and
// one of leave are still 48.
func TestLeaveIsLeftOutOfAverages(t *testing.T) {
	t.Parallel()
	spans := weekly("2026-03-09", 16, days(6, "09:00", "17:00"))
	spans = append(spans, "2026-03-01T09:00 2026-03-01T10:00") // known since before
	leave := "absences: [{id: l, person: ann, kind: leave, start: 2026-03-02T00:00, end: 2026-03-09T00:00}]"
	for _, tc := range []struct {
		name, more string
		spans      []string
		want       string
	}{
		{"48 h, a week of leave", leave, spans, ""},
		{"and a minute more", leave, append(slices.Clone(spans[16:]), stretched(spans[:16], 1)...), "warn weekly_hours"},
		{"a week of nothing", "", append(slices.Clone(spans[16:]), stretched(spans[:16], 60)...), ""},
	} {
		if got := about(t, works(t, "", tc.spans, tc.more), "2026-06-29T00:00:00Z", 24*time.Hour, Facts{}, RuleWeeklyHours); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Somebody on call at home works only while called out; each call lengthens the
// record, cuts rest short, and is owed.
func TestOnCallAtHome(t *testing.T) {
	t.Parallel()
	plan := func(policy string) *Plan {
		p := works(t, policy, []string{"2026-03-04T08:00 2026-03-04T16:00"})
		p.Shifts = append(p.Shifts, Shift{
			ID: "home", Kind: KindWeekly, Teams: []string{"east"}, Tier: call.TierBackup, Days: EveryDay, Start: 0, End: 0, People: []string{"ann"},
		})
		return p
	}
	const now, span = "2026-03-03T12:00:00Z", 7 * 24 * time.Hour
	called := func(spans ...string) Facts {
		var f Facts
		for _, s := range spans {
			from, until, _ := strings.Cut(s, " ")
			f.Worked = append(f.Worked, Worked{"ann", when(t, from), when(t, until)})
		}
		return f
	}
	for _, tc := range []struct {
		name   string
		policy string
		facts  Facts
		want   string
	}{
		{"never called", "", Facts{}, ""},
		{"waiting is work where the policy says so", "at_home: []", Facts{}, "refuse daily_rest"},
		{"called at two before a day shift", "", called("2026-03-04T02:00:00Z 2026-03-04T02:30:00Z"), "warn daily_rest"},
		{"called early enough", "", called("2026-03-03T20:00:00Z 2026-03-03T21:00:00Z"), ""},
		{"called, eleven hours before", "", called("2026-03-03T20:59:00Z 2026-03-03T21:01:00Z"), "warn daily_rest"},
	} {
		got, _, _ := strings.Cut(about(t, plan(tc.policy), now, span, tc.facts, RuleDailyRest), ",")
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestRestOwed(t *testing.T) {
	t.Parallel()
	p := works(t, "", []string{"2026-03-02T08:00 2026-03-02T18:00", "2026-03-03T08:00 2026-03-03T18:00", "2026-03-04T08:00 2026-03-04T18:00"})
	worked := []Worked{{"ann", when(t, "2026-03-03T00:00:00Z"), when(t, "2026-03-03T01:00:00Z")}} // 6 h and 7 h of rest instead of 14
	for _, tc := range []struct {
		at    string
		want  time.Duration
		since string
	}{
		{"2026-03-02T20:00:00Z", 0, ""},
		{"2026-03-03T10:00:00Z", 4 * time.Hour, "2026-03-02T08:00:00Z"},
		{"2026-03-04T06:00:00Z", 3 * time.Hour, "2026-03-02T08:00:00Z"}, // 12 h of rest so far: one more than need be
		{"2026-03-04T20:00:00Z", time.Hour, "2026-03-02T08:00:00Z"},     // 14 h: three more
		{"2026-03-05T06:00:00Z", 0, ""},
	} {
		owing, err := compiled(t, p, when(t, tc.at), time.Hour).RestOwed(when(t, tc.at), worked)
		if err != nil {
			t.Fatal(err)
		}
		owing = slices.DeleteFunc(owing, func(d RestDebt) bool { return d.Responder != "ann" })
		switch {
		case tc.want == 0 && len(owing) > 0, tc.want > 0 && len(owing) != 1:
			t.Errorf("%s: %v", tc.at, owing)
		case tc.want > 0 && (owing[0].Owed != tc.want || !owing[0].Since.Equal(when(t, tc.since))):
			t.Errorf("%s: owed %s since %s, want %s since %s", tc.at, owing[0].Owed, owing[0].Since, tc.want, tc.since)
		}
		got := about(t, p, tc.at, 24*time.Hour, Facts{Worked: worked}, RuleRestOwed)
		if (got == "note rest_owed") != (tc.want > 0) {
			t.Errorf("%s: the review says %q", tc.at, got)
		}
	}
}

// A night worker has a night in one week of three, or more.
func TestNightWorker(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		weeks, nights int
		want          string
	}{{17, 5, ""}, {17, 6, "note health_assessment"}, {6, 1, ""}, {6, 2, "note health_assessment"}} {
		first := dayOf(when(t, "2026-06-29T00:00:00Z").Unix()/daySeconds - int64(7*tc.weeks)).String()
		spans := weekly(first, tc.weeks, days(1, "09:00", "17:00"))
		for i := range tc.nights {
			spans[i] = strings.Replace(strings.Replace(spans[i], "T09:00", "T22:00", 1), "T17:00", "T23:59", 1)
			d, _ := ParseDate(spans[i][:10])
			spans[i] = spans[i][:17] + dayOf(d.number()+1).String() + "T06:00"
		}
		if got := about(t, works(t, "", spans), "2026-06-29T00:00:00Z", time.Hour, Facts{}, RuleHealth); got != tc.want {
			t.Errorf("%d nights in %d weeks: got %q, want %q", tc.nights, tc.weeks, got, tc.want)
		}
		assessed := works(t, "assessed: [{responder: ann, on: 2026-02-01}]", spans)
		if got := about(t, assessed, "2026-06-29T00:00:00Z", time.Hour, Facts{}, RuleHealth); got != "" {
			t.Errorf("assessed, and yet %q", got)
		}
	}
}
