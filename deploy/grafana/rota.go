package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// rota is whether somebody will be there: now, tonight and at the weekend.
func rota() *dashboard.DashboardBuilder {
	return page("rota", "rota health", "Whether somebody is there, now and in the days ahead.", "24h", "1m").
		WithVariable(teamVariable()).
		WithRow(dashboard.NewRowBuilder("Ahead")).
		WithPanel(panel{title: "Until nobody is on shift", why: "By team; 0 is now. A team covered as far as the plan reaches shows no end.", unit: duration, width: 16, alarm: 4 * 3600, below: true, height: 6,
			ask: []query{{`crisisline:rota_next_gap_seconds:min{team=~"$team"}`, "{{team}}"}}}.figure()).
		WithPanel(panel{title: "The plan in force reaches", why: "Compiled some weeks ahead, and again each day.", unit: duration, width: 4, alarm: 3 * 86400, below: true, height: 6,
			ask: []query{{`min(crisisline_plan_covers_until_timestamp_seconds) - time()`, "ahead"}}}.figure()).
		WithPanel(panel{title: "Plan version", why: "More than one: an edit has not reached every instance.", unit: count, width: 4, height: 6,
			ask: []query{{`max(crisisline_plan_version)`, "newest"}, {`min(crisisline_plan_version)`, "oldest"}}}.figure()).
		WithRow(dashboard.NewRowBuilder("On shift")).
		WithPanel(panel{title: "People on shift, by team", why: "The responding tier.", unit: count, width: 8, alarm: 1, below: true,
			ask: []query{{`sum by (team) (crisisline:responders:max{team=~"$team",tier="responding"})`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "People on shift, by tier", why: "Backup, duty manager and the last human stand behind the responders.", unit: count, width: 8,
			ask: []query{{`sum by (tier) (crisisline:responders:max{team=~"$team"})`, "{{tier}}"}}}.lines()).
		WithPanel(panel{title: "Last human", why: "Outside the rota, the end of every ladder. Nought is a page.", unit: count, width: 8, alarm: 1, below: true, height: 8,
			ask: []query{{`sum(crisisline:responders:max{tier="last_human"})`, "people"}}}.figure()).
		WithRow(dashboard.NewRowBuilder("Load")).
		WithPanel(panel{title: "Busy", why: "Share of those on shift who are promised to a call, have one, or are in wrap-up.", unit: share, most: 1, width: 8,
			ask: []query{{`sum by (team) (crisisline:responders:max{team=~"$team",tier!="last_human",state=~"offered|connected|wrap_up"}) / (sum by (team) (crisisline:responders:max{team=~"$team",tier!="last_human"}) > 0)`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "On a break, or set aside after misses", unit: count, width: 8,
			ask: []query{{`sum by (team, state) (crisisline:responders:max{team=~"$team",state=~"break|away"})`, "{{team}}, {{state}}"}}}.lines()).
		WithPanel(panel{title: "How offers ended", why: "An hour. Many rung out: phones, or people who should not be on shift.", unit: count, width: 8,
			ask: []query{{`3600 * sum by (result) (rate(crisisline_offers_total{team=~"$team"}[$__rate_interval]))`, "{{result}}"}}}.lines()).
		WithPanel(panel{title: "Responders' phones that dropped a caller", why: "An hour; the caller went back to the front.", unit: count, width: 12,
			ask: []query{{`3600 * sum by (team) (rate(crisisline_responder_drops_total{team=~"$team"}[$__rate_interval]))`, "{{team}}"}}}.lines()).
		WithPanel(panel{title: "Danger key", why: "Presses an hour, by home team.", unit: count, width: 12,
			ask: []query{{`3600 * sum by (team) (rate(crisisline_danger_presses_total{team=~"$team"}[$__rate_interval]))`, "{{team}}"}}}.lines())
}
