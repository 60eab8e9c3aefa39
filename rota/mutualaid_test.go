package rota

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
)

// rungText is a ladder in a few words: reason, team, time and limit of each rung.
func rungText(l Ladder) (lines []string) {
	for _, r := range l {
		text := r.After.String() + " " + r.Reason + " " + r.Team
		if r.Limit.Key != "" {
			text += " limit " + r.Limit.Key
		}
		lines = append(lines, text)
	}
	return lines
}

func TestMutualAidInTheLadder(t *testing.T) {
	t.Parallel()
	const none = "0s own_team east|20s neighbour west|20s neighbour young|45s backup east|1m15s duty_manager east|1m45s last_human east"
	for _, tc := range []struct{ name, aid, at, want string }{
		{"no terms", "", "2026-03-02T12:00:00Z", none},
		{
			"sooner, and two at once", "{team: east, by: west, after: 5s, at_once: 2}", "2026-03-02T12:00:00Z",
			"0s own_team east|5s neighbour west limit east>west|20s neighbour young|45s backup east|1m15s duty_manager east|1m45s last_human east",
		},
		{
			"later than the backup", "{team: east, by: west, after: 60s}", "2026-03-02T12:00:00Z",
			"0s own_team east|20s neighbour young|45s backup east|1m0s neighbour west|1m15s duty_manager east|1m45s last_human east",
		},
		{
			"never after the last human", "{team: east, by: west, after: 10m}", "2026-03-02T12:00:00Z",
			"0s own_team east|20s neighbour young|45s backup east|1m15s duty_manager east|1m45s neighbour west|1m45s last_human east",
		},
		{
			"not in these hours", `{team: east, by: west, start: "20:00", end: "08:00"}`, "2026-03-02T12:00:00Z",
			"0s own_team east|20s neighbour young|45s backup east|1m15s duty_manager east|1m45s last_human east",
		},
		{"not at all", "{team: east, by: west, at_once: 0}", "2026-03-02T12:00:00Z", "0s own_team east|20s neighbour young|45s backup east|1m15s duty_manager east|1m45s last_human east"},
		{"before it begins", "{team: east, by: west, after: 5s, since: 2026-03-03}", "2026-03-02T12:00:00Z", none},
		{"ended by itself", "{team: east, by: west, at_once: 1, until: 2026-03-02}", "2026-03-02T12:00:00Z", none},
		{"the other way round", "{team: west, by: east, after: 5s}", "2026-03-02T12:00:00Z", none},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := withAid(t, tc.aid)
			r := compiled(t, p, when(t, "2026-03-01T00:00:00Z"), DefaultHorizon)
			ladder := r.Match(call.Need{Line: "public", Team: "east"}, DefaultTiming(), when(t, tc.at))
			if got := strings.Join(rungText(ladder), "|"); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			again, err := p.Clone()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(p.MutualAid, again.MutualAid); diff != "" {
				t.Errorf("written and read: %s", diff)
			}
		})
	}
}

func withAid(t *testing.T, aid string) *Plan {
	t.Helper()
	if aid == "" {
		return parseFile(t, "testdata/small.yaml")
	}
	return reworded(t, parseFile(t, "testdata/small.yaml"), "last_human:", "mutual_aid:\n  - "+aid+"\nlast_human:")
}

// Hours of help follow the rules of shifts on the nights the clocks change: a
// night's help lasts as long as the night shift beside it.
func TestMutualAidHoursAcrossClockChanges(t *testing.T) {
	t.Parallel()
	aid := Aid{Start: 20 * 60, End: 8 * 60}
	zone := zoneOf(t, "Europe/London")
	for from, want := range map[string]time.Duration{
		"2026-03-28T12:00:00Z": 11 * time.Hour, "2026-10-24T12:00:00Z": 13 * time.Hour,
		"2027-03-27T12:00:00Z": 11 * time.Hour, "2027-10-30T12:00:00Z": 13 * time.Hour,
		"2028-03-25T12:00:00Z": 11 * time.Hour, "2028-10-28T12:00:00Z": 13 * time.Hour,
		"2026-06-01T12:00:00Z": 12 * time.Hour,
	} {
		start, held := when(t, from), time.Duration(0)
		for m := time.Duration(0); m < 23*time.Hour; m += time.Minute {
			if aid.holds(start.Add(m).Unix(), zone) {
				held += time.Minute
			}
		}
		if held != want {
			t.Errorf("the night after %s: helped for %s, want %s", from, held, want)
		}
	}
}

func TestMutualAidRefused(t *testing.T) {
	t.Parallel()
	for aid, want := range map[string]string{
		"{team: east, by: est}":                                        `did you mean "east"?`,
		"{team: east, by: east}":                                       "helps itself",
		`{team: east, by: west, start: "01:30", end: "08:00"}`:         "skip or repeat",
		"{team: east, by: west, since: 2026-05-02, until: 2026-05-01}": "ends before it begins",
		"{team: east, by: west, at_once: some}":                        "not a count",
	} {
		text, err := parseFile(t, "testdata/small.yaml").YAML()
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse("x.yaml", []byte(strings.Replace(string(text), "last_human:", "mutual_aid:\n  - "+aid+"\nlast_human:", 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", aid, err, want)
		}
	}
}
