package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

const aboutEquity = `Locality decides who visits, not who waits: these bars should be alike. **Small numbers differ by chance.** A team with
thirty calls may stand ten points from another and nothing be wrong; the funnels of ` + "`crisisline report board`" + ` say what is
more than chance. Never rank teams by this page.`

// teams is whether the team a call is for, or who rings, decides how long one waits.
func teams() *dashboard.DashboardBuilder {
	const met = `crisisline_standard_total{standard="answer.reached_60s",team=~"$team"`
	by := func(label string) string {
		return `sum by (` + label + `) (increase(` + met + `,result="met"}[$__range])) / sum by (` + label + `) (increase(` + met + `}[$__range]))`
	}
	return page("teams", "teams and equity", "Whether the team a call is for, or who rings, decides how long one waits.", "7d", "5m").
		WithVariable(teamVariable()).
		WithPanel(words(aboutEquity, 3)).
		WithRow(dashboard.NewRowBuilder("By the team the call was for")).
		WithPanel(panel{title: "Reached in 60 s, of everyone who rang", unit: share, most: 1, width: 8, ask: []query{{by("team"), "{{team}}"}}}.bars()).
		WithPanel(panel{title: "Calls judged", why: "Under fifty, a share says little.", unit: count, width: 8,
			ask: []query{{`sum by (team) (increase(` + met + `}[$__range]))`, "{{team}}"}}}.bars()).
		WithPanel(panel{title: "Abandoned, of everyone who rang", unit: share, width: 8,
			ask: []query{{`sum by (team) (increase(crisisline_calls_total{team=~"$team",outcome="abandoned"}[$__range])) / sum by (team) (increase(crisisline_calls_total{team=~"$team"}[$__range]))`, "{{team}}"}}}.bars()).
		WithPanel(panel{title: "Mean wait of the answered", why: "Caller's clock.", unit: seconds, width: 12,
			ask: []query{{`crisisline:answer_seconds:mean1h{team=~"$team"}`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "95th centile of the answered", why: "Caller's clock, estimated from buckets.", unit: seconds, width: 12, alarm: 120,
			ask: []query{{`crisisline:answer_seconds:p95_1h{team=~"$team"}`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "Standards missed, over six hours", why: "As many times what the target allows: 6 pages somebody, if ten calls of the team were judged.", unit: count, width: 12, alarm: 6,
			ask: []query{{`crisisline:team_standard_missed:ratio_rate6h{team=~"$team"} / on (standard) group_left () (crisisline:standard_may_miss:ratio > 0)`, "{{team}}, {{standard}}"}}}.lines()).
		WithPanel(panel{title: "Standards missed, over three days", why: "As many times what the target allows: 2 is a ticket, if thirty calls of the team were judged.", unit: count, width: 12, alarm: 2,
			ask: []query{{`crisisline:team_standard_missed:ratio_rate3d{team=~"$team"} / on (standard) group_left () (crisisline:standard_may_miss:ratio > 0)`, "{{team}}, {{standard}}"}}}.lines()).
		WithRow(dashboard.NewRowBuilder("By who rings")).
		WithPanel(panel{title: "Reached in 60 s, by caller", why: "Self, someone who cares for them, a professional, or not known: a withheld number or no key must not wait longer.", unit: share, most: 1,
			ask: []query{{by("caller"), "{{caller}}"}}}.bars()).
		WithPanel(panel{title: "Mean wait, by caller", unit: seconds,
			ask: []query{{`sum by (caller) (increase(crisisline_answer_seconds_sum{team=~"$team"}[$__range])) / sum by (caller) (increase(crisisline_answer_seconds_count{team=~"$team"}[$__range]))`, "{{caller}}"}}}.bars()).
		WithRow(dashboard.NewRowBuilder("Who helped")).
		WithPanel(panel{title: "Calls that needed more than the home team", why: "An hour, by why more people could be asked.", unit: count,
			ask: []query{{`3600 * sum by (reason) (rate(crisisline_widened_total[$__rate_interval]))`, "{{reason}}"}}}.lines()).
		WithPanel(panel{title: "Offers missed", why: "Of those that were theirs to answer: rang out, met an answerphone, engaged, could not be reached.", unit: share, most: 1,
			ask: []query{{`crisisline:offers_missed:ratio_rate1h{team=~"$team"}`, "{{team}}"}}}.lines())
}
