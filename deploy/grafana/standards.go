package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

const aboutStandards = `Counted live, from counters, over the range chosen above. **What is published comes from the ledger**
(` + "`crisisline report`" + `), to the call and the millisecond; figures here are for watching. Look at how many were judged before
believing a share. No pass mark is set nationally for most follow-ups; docs/STANDARDS.md says whose each number is.`

// standards is whether the promises are kept.
func standards() *dashboard.DashboardBuilder {
	const judged = `sum by (standard) (increase(crisisline_standard_total[$__range]))`
	return page("standards", "standards", "Whether the promises are kept, and how fast they burn.", "24h", "1m").
		WithPanel(words(aboutStandards, 3)).
		WithRow(dashboard.NewRowBuilder("Answering")).
		WithPanel(panel{title: "Reached in 60 s, of everyone who rang", why: "The headline. Caller's clock; who left counts against it.", unit: share, width: 6, alarm: .95, below: true,
			ask: []query{{`sum(increase(crisisline_standard_total{standard="answer.reached_60s",result="met"}[$__range])) / sum(increase(crisisline_standard_total{standard="answer.reached_60s"}[$__range]))`, "reached"}}}.figure()).
		WithPanel(panel{title: "Abandoned, of everyone who rang", why: "At most 3 % since 2021.", unit: share, width: 6, alarm: .03,
			ask: []query{{`sum(increase(crisisline_calls_total{outcome="abandoned"}[$__range])) / sum(increase(crisisline_calls_total[$__range]))`, "abandoned"}}}.figure()).
		WithPanel(panel{title: "Mean wait of the answered", why: "Caller's clock. The return's mean leaves the greeting out.", unit: seconds, width: 6,
			ask: []query{{`sum(increase(crisisline_answer_seconds_sum[$__range])) / sum(increase(crisisline_answer_seconds_count[$__range]))`, "mean"}}}.figure()).
		WithPanel(panel{title: "95th centile of the answered", why: "Caller's clock, estimated from buckets; the return's is exact.", unit: seconds, width: 6, alarm: 120,
			ask: []query{{`histogram_quantile(0.95, sum by (le) (increase(crisisline_answer_seconds_bucket[$__range])))`, "95th centile"}}}.figure()).
		WithRow(dashboard.NewRowBuilder("Every standard")).
		WithPanel(panel{title: "Met, of those judged", unit: share, most: 1, height: 12,
			ask: []query{{`sum by (standard) (increase(crisisline_standard_total{result="met"}[$__range])) / ` + judged, "{{standard}}"}}}.bars()).
		WithPanel(panel{title: "Asked for", why: "A standard that is not here has no pass mark.", unit: share, most: 1, width: 6, height: 12,
			ask: []query{{`max by (standard) (crisisline_standard_target_ratio)`, "{{standard}}"}}}.bars()).
		WithPanel(panel{title: "How many were judged", why: "Under fifty, a share says little.", unit: count, width: 6, height: 12,
			ask: []query{{judged, "{{standard}}"}}}.bars()).
		WithRow(dashboard.NewRowBuilder("How fast they burn")).
		WithPanel(panel{title: "Missed, over an hour", why: "As many times what the target allows: 6 pages somebody, if ten calls were judged.", unit: count, alarm: 6,
			ask: []query{{`crisisline:standard_missed:ratio_rate1h / on (standard) (crisisline:standard_may_miss:ratio > 0)`, "{{standard}}"}}}.lines()).
		WithPanel(panel{title: "Missed, over a day", why: "As many times what the target allows: 2 is a ticket.", unit: count, alarm: 2,
			ask: []query{{`crisisline:standard_missed:ratio_rate1d / on (standard) (crisisline:standard_may_miss:ratio > 0)`, "{{standard}}"}}}.lines()).
		WithPanel(panel{title: "Waits of the answered", why: "Caller's clock; how many fell into each bucket.", unit: seconds,
			ask: []query{{`sum by (le) (increase(crisisline_answer_seconds_bucket[$__rate_interval]))`, "{{le}}"}}}.heat()).
		WithPanel(panel{title: "Waits of those who left", why: "Caller's clock; when patience ended.", unit: seconds,
			ask: []query{{`sum by (le) (increase(crisisline_abandon_seconds_bucket[$__rate_interval]))`, "{{le}}"}}}.heat()).
		WithRow(dashboard.NewRowBuilder("After the call")).
		WithPanel(panel{title: "Follow-ups: clocks running", unit: count, width: 8,
			ask: []query{{`max by (category) (crisisline_follow_ups{state="due"})`, "{{category}}"}}}.bars()).
		WithPanel(panel{title: "Follow-ups: overdue", why: "Nobody has recorded that the person was seen.", unit: count, width: 8, alarm: 1,
			ask: []query{{`max by (category) (crisisline_follow_ups{state="overdue"})`, "{{category}}"}}}.bars()).
		WithPanel(panel{title: "Follow-ups: late, and nobody has said why", unit: count, width: 8, alarm: 1,
			ask: []query{{`max by (category) (crisisline_follow_ups{state="to_review"})`, "{{category}}"}}}.bars())
}
