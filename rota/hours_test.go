package rota

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hoursOf is what Hours says of ann, short.
func hoursOf(t *testing.T, p *Plan, now string, span time.Duration, facts Facts) (Hours, string) {
	t.Helper()
	at := when(t, now)
	all, err := compiled(t, p, at, span).Hours(at, at.Add(span), facts)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all {
		if h.Responder != "ann" {
			continue
		}
		var uses []string
		for _, u := range h.Uses {
			uses = append(uses, fmt.Sprintf("%s %.4g/%.4g", u.Rule, u.Is, u.Limit))
		}
		return h, fmt.Sprintf("week %s, span %s, on calls %s, nights %d, rested %s; %s", h.Week, h.Span, h.OnCalls, h.Nights, h.Rested, strings.Join(uses, ", "))
	}
	t.Fatal("ann is not there")
	return Hours{}, ""
}

func TestHours(t *testing.T) {
	t.Parallel()
	const monday, week = "2026-03-02T00:00:00Z", 7 * 24 * time.Hour
	out := Facts{Worked: []Worked{{"ann", when(t, "2026-03-03T20:00:00Z"), when(t, "2026-03-03T20:40:00Z")}}}
	for _, tc := range []struct {
		name  string
		now   string
		spans []string
		facts Facts
		want  string
	}{
		{"nothing", monday, nil, Facts{}, "week 0s, span 0s, on calls 0s, nights 0, rested 0s; "},
		{
			"five days", monday, daily("2026-03-02", 5, "09:00", "17:00"), Facts{},
			"week 40h0m0s, span 40h0m0s, on calls 0s, nights 0, rested 0s; consecutive_days 5/7, daily_rest 16/11, weekly_rest 55/24",
		},
		{
			"three nights, the last into the next week", "2026-03-06T00:00:00Z", daily("2026-03-06", 3, "20:00", "08:00"), Facts{},
			"week 28h0m0s, span 36h0m0s, on calls 0s, nights 3, rested 0s; consecutive_nights 3/3, daily_rest 12/11, consecutive_days 3/7, weekly_rest 116/24",
		},
		{
			"called out", monday, daily("2026-03-02", 2, "09:00", "17:00"), out,
			"week 16h40m0s, span 16h40m0s, on calls 40m0s, nights 0, rested 0s; daily_rest 12.33/11, consecutive_days 2/7, weekly_rest 123.3/24",
		},
		{
			"a call in the middle of a shift is no more work", monday, []string{"2026-03-03T19:00 2026-03-03T23:00"}, out,
			"week 4h0m0s, span 4h0m0s, on calls 0s, nights 0, rested 0s; daily_rest 20/11, weekly_rest 121/24, consecutive_days 1/7",
		},
		{
			"too little rest", "2026-03-03T00:00:00Z", []string{"2026-03-02T08:00 2026-03-02T21:00", "2026-03-03T07:00 2026-03-03T15:00"}, Facts{},
			"week 21h0m0s, span 8h0m0s, on calls 0s, nights 0, rested 10h0m0s; daily_rest 10/11, consecutive_days 2/7, weekly_rest 129/24",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, got := hoursOf(t, works(t, "", tc.spans), tc.now, week, tc.facts)
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// Who is beyond a limit by Hours is found by Review, and nobody else is.
func TestHoursAgreeWithReview(t *testing.T) {
	t.Parallel()
	const span = 28 * 24 * time.Hour
	six := func(n int, end string) []string { return weekly("2026-03-02", n, days(6, "09:00", end)) }
	for _, tc := range []struct {
		name, now, policy string
		spans             []string
	}{
		{"13 h", "2026-03-02T00:00:00Z", "", []string{"2026-03-02T08:00 2026-03-02T21:00"}},
		{"13 h and a minute", "2026-03-02T00:00:00Z", "", []string{"2026-03-02T08:00 2026-03-02T21:01"}},
		{"a split day", "2026-03-02T00:00:00Z", "", []string{"2026-03-02T08:00 2026-03-02T12:00", "2026-03-02T17:00 2026-03-02T21:00"}},
		{"a split day that ends too late", "2026-03-02T00:00:00Z", "", []string{"2026-03-02T08:00 2026-03-02T12:00", "2026-03-02T17:00 2026-03-02T21:01"}},
		{"round the clock", "2026-03-02T00:00:00Z", "", []string{"2026-03-02T08:00 2026-03-04T08:00"}},
		{"a week's rest", "2026-03-02T00:00:00Z", "", shortWeek("17:00")},
		{"a minute less", "2026-03-02T00:00:00Z", "", shortWeek("16:59")},
		{"two days in a fortnight", "2026-03-02T00:00:00Z", "", shortFortnight("17:00")},
		{"a minute less than two days", "2026-03-02T00:00:00Z", "", shortFortnight("16:59")},
		{"48 h a week", "2026-06-29T00:00:00Z", "", six(17, "17:00")},
		{"a minute more", "2026-06-29T00:00:00Z", "", stretched(six(17, "17:00"), 1)},
		{"opted out", "2026-06-29T00:00:00Z", "opt_out: [ann]", stretched(six(17, "17:00"), 1)},
		{"nights of 9 h", "2026-06-29T00:00:00Z", "opt_out: [ann]", weekly("2026-03-02", 17, days(6, "21:00", "06:00"))},
		{"8 days", "2026-03-02T00:00:00Z", "", daily("2026-03-02", 8, "09:00", "17:00")},
		{"4 nights", "2026-03-02T00:00:00Z", "", daily("2026-03-02", 4, "22:00", "06:00")},
		{"under 18, a minute less than 12 h", "2026-03-02T00:00:00Z", "young: [{responder: ann, until: 2026-06-01}]", []string{"2026-03-02T08:00 2026-03-02T20:00", "2026-03-03T07:59 2026-03-03T12:00"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := works(t, tc.policy, tc.spans)
			h, _ := hoursOf(t, p, tc.now, span, Facts{})
			for _, rule := range []string{RuleDailyRest, RuleYoungRest, RuleWeeklyRest, RuleWeeklyHours, RuleNightHours, RuleManyDays, RuleManyNights} {
				beyond := false
				for _, u := range h.Uses {
					beyond = beyond || u.Rule == rule && u.Part() > 1
				}
				if found := strings.TrimPrefix(about(t, p, tc.now, span, Facts{}, rule), "note "+rule); beyond != (found != "") {
					t.Errorf("%s: beyond %v, found %q", rule, beyond, found)
				}
			}
		})
	}
}

func TestUse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		use  Use
		want string
	}{
		{Use{}, "0"}, {Use{Is: 24, Limit: 48}, "0.5"}, {Use{Is: 48, Limit: 48}, "1"}, {Use{Is: 96, Limit: 48}, "2"},
		{Use{Is: 22, Limit: 11, Rest: true}, "0.5"}, {Use{Is: 11, Limit: 11, Rest: true}, "1"},
		{Use{Is: 5.5, Limit: 11, Rest: true}, "2"}, {Use{Is: 0, Limit: 11, Rest: true}, "99"},
	} {
		if got := fmt.Sprintf("%.4g", tc.use.Part()); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.use, got, tc.want)
		}
	}
}
