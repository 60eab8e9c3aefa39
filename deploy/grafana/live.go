package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// live is what a duty manager leaves open: who waits, who could be rung, and
// what is promised. It reads gauges, which every instance reads from the same
// store: max over instances, never sum.
func live() *dashboard.DashboardBuilder {
	return page("live", "live", "Who waits now, who can be rung, what is promised.", "1h", "5s").
		WithVariable(teamVariable()).
		WithRow(dashboard.NewRowBuilder("Now")).
		WithPanel(panel{title: "Waiting", why: "Callers nobody has accepted yet.", unit: count, width: 4,
			ask: []query{{`sum(crisisline:waiting_calls:max{team=~"$team"})`, "waiting"}}}.figure()).
		WithPanel(panel{title: "Nobody rings for", why: "Of those, past the greeting with no phone ringing.", unit: count, width: 4, alarm: 1,
			ask: []query{{`sum(crisisline:unrung_calls:max{team=~"$team"})`, "not ringing"}}}.figure()).
		WithPanel(panel{title: "Longest wait", why: "Caller's clock. Somebody is paged at two minutes.", unit: seconds, width: 4, alarm: 120,
			ask: []query{{`max(crisisline:longest_wait_seconds:max{team=~"$team"})`, "longest"}}}.figure()).
		WithPanel(panel{title: "Can be rung", why: "On shift and free, the last human left out.", unit: count, width: 4, alarm: 1, below: true,
			ask: []query{{`sum(crisisline:responders:max{team=~"$team",state="free",tier!="last_human"})`, "free"}}}.figure()).
		WithPanel(panel{title: "Let down in 10 minutes", why: "Left after more than 30 s, or cut off. A count, because a share of three calls says nothing.", unit: count, width: 4, alarm: 1,
			ask: []query{{`crisisline:unanswered:increase10m`, "callers"}}}.figure()).
		WithPanel(panel{title: "Degraded", why: "1 while calls go by the last published plan, or with less than the whole service.", unit: count, width: 4, alarm: 1,
			ask: []query{{`max(crisisline_degraded)`, "degraded"}}}.figure()).
		WithRow(dashboard.NewRowBuilder("The last hour")).
		WithPanel(panel{title: "Waiting, by team", why: "The caller's home team; whoever is able to help answers.", unit: count,
			ask: []query{{`crisisline:waiting_calls:max{team=~"$team"}`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "Longest wait, by team", why: "Caller's clock.", unit: seconds, alarm: 120,
			ask: []query{{`crisisline:longest_wait_seconds:max{team=~"$team"}`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "Calls arriving", why: "A minute, by what is known of the caller at the first webhook.", unit: perMin,
			ask: []query{{`60 * sum by (caller) (rate(crisisline_calls_received_total[$__rate_interval]))`, "{{caller}}"}}}.lines()).
		WithPanel(panel{title: "How calls ended", why: "A minute; exactly one outcome each.", unit: perMin,
			ask: []query{{`60 * sum by (outcome) (rate(crisisline_calls_total[$__rate_interval]))`, "{{outcome}}"}}}.lines()).
		WithPanel(panel{title: "Where the wait goes", why: "Mean of each part: greeting and menu, queue, ringing. Too few people shows in the queue, bad routing in the ringing.", unit: seconds,
			ask: []query{{`sum by (phase) (rate(crisisline_wait_seconds_sum[$__rate_interval])) / sum by (phase) (rate(crisisline_wait_seconds_count[$__rate_interval]))`, "{{phase}}"}}}.lines()).
		WithPanel(panel{title: "People on shift, by what they are doing", unit: count,
			ask: []query{{`sum by (state) (crisisline:responders:max{team=~"$team"})`, "{{state}}"}}}.lines()).
		WithRow(dashboard.NewRowBuilder("Promised")).
		WithPanel(panel{title: "Callbacks owed", why: "Overdue: these people were told that somebody would ring them.", unit: count, alarm: 1,
			ask: []query{{`max by (state) (crisisline_callbacks_owed)`, "{{state}}"}}}.lines()).
		WithPanel(panel{title: "Follow-ups", why: "Promises after a call: clocks running, run out and still open, run out with no reason recorded.", unit: count, alarm: 1,
			ask: []query{{`sum by (state) (max by (category, state) (crisisline_follow_ups))`, "{{state}}"}}}.lines())
}
