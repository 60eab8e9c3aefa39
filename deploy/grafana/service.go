package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// service is for whoever runs the machines: rate, errors and duration of what
// comes in and goes out; utilisation, saturation and errors of what it stands on.
func service() *dashboard.DashboardBuilder {
	quantile := func(q, legend string) query {
		return query{`histogram_quantile(` + q + `, sum by (le) (rate(crisisline_webhook_seconds_bucket[$__rate_interval])))`, legend}
	}
	return page("service", "service", "Rate, errors, duration; utilisation, saturation, errors.", "3h", "10s").
		WithRow(dashboard.NewRowBuilder("Webhooks in")).
		WithPanel(panel{title: "Rate", why: "A second, by route.", unit: "reqps", width: 8,
			ask: []query{{`sum by (route) (rate(crisisline_webhook_seconds_count[$__rate_interval]))`, "{{route}}"}}}.lines()).
		WithPanel(panel{title: "Errors", why: "A second: answers of 5xx, and what was refused before it was believed.", unit: "reqps", width: 8,
			ask: []query{
				{`sum by (code) (rate(crisisline_webhook_seconds_count{code=~"5.."}[$__rate_interval]))`, "{{code}}"},
				{`sum by (reason) (rate(crisisline_webhook_rejected_total[$__rate_interval]))`, "refused: {{reason}}"},
			}}.lines()).
		WithPanel(panel{title: "Duration", why: "A caller hears silence meanwhile; at 15 s the carrier gives up.", unit: seconds, width: 8, alarm: 1,
			ask: []query{quantile("0.5", "half"), quantile("0.95", "95 %"), quantile("0.99", "99 %")}}.lines()).
		WithRow(dashboard.NewRowBuilder("Requests to the carrier")).
		WithPanel(panel{title: "Rate", why: "A second, by operation.", unit: "reqps", width: 8,
			ask: []query{{`sum by (operation) (rate(crisisline_carrier_requests_total[$__rate_interval]))`, "{{operation}}"}}}.lines()).
		WithPanel(panel{title: "Not done", why: "Share of each operation that was refused, throttled, or whose outcome is unknown.", unit: share, most: 1, width: 8,
			ask: []query{{`crisisline:carrier_refused:ratio_rate5m`, "{{operation}}"}}}.lines()).
		WithPanel(panel{title: "Waits before a phone rings", why: "95 % of legs waited less: for our own pacing, and in the carrier's queue. Beyond 2 s, buy calls per second.", unit: seconds, width: 8, alarm: 2,
			ask: []query{
				{`histogram_quantile(0.95, sum by (le) (rate(crisisline_pace_wait_seconds_bucket[30m])))`, "ours"},
				{`histogram_quantile(0.95, sum by (le) (rate(crisisline_carrier_queue_seconds_bucket[30m])))`, "the carrier's"},
			}}.lines()).
		WithRow(dashboard.NewRowBuilder("What it stands on")).
		WithPanel(panel{title: "Instances scraped", unit: count, width: 4, alarm: 1, below: true, ask: []query{{`sum(up{job="crisisline"})`, "up"}}}.figure()).
		WithPanel(panel{title: "Store would survive a restart", why: "1 yes, 0 no.", unit: count, width: 4, alarm: 1, below: true,
			ask: []query{{`min(crisisline_store_durable)`, "durable"}}}.figure()).
		WithPanel(panel{title: "Store could be read", why: "At this scrape, for the gauges.", unit: count, width: 4, alarm: 1, below: true,
			ask: []query{{`min(crisisline_live_read_success)`, "read"}}}.figure()).
		WithPanel(panel{title: "Numbers point here", why: "The least of all lines; 0: at least one does not.", unit: count, width: 4, alarm: 1, below: true,
			ask: []query{{`min(crisisline_number_configured)`, "lines"}}}.figure()).
		WithPanel(panel{title: "Configuration last read", why: "1 taken, 0 refused and the one before kept.", unit: count, width: 4, alarm: 1, below: true,
			ask: []query{{`min(crisisline_config_load_success)`, "taken"}}}.figure()).
		WithPanel(panel{title: "Certificate ends in", why: "As the carrier sees it at the public URL.", unit: duration, width: 4, alarm: 21 * 86400, below: true,
			ask: []query{{`min(crisisline_certificate_seconds_left)`, "left"}}}.figure()).
		WithPanel(panel{title: "Ledger not yet counted", why: "Age of the oldest entry; figures speak of the past by as much.", unit: seconds, width: 8, alarm: 60,
			ask: []query{{`max(crisisline_ledger_lag_seconds)`, "behind"}}}.lines()).
		WithPanel(panel{title: "Dispatch standing still", why: "How long a caller waited while somebody free was not rung.", unit: seconds, width: 8, alarm: 10,
			ask: []query{{`max(crisisline_stalled_dispatch_seconds)`, "stalled"}}}.lines()).
		WithPanel(panel{title: "Degraded, by reason", unit: count, width: 8, most: 1,
			ask: []query{{`max by (reason) (crisisline_degraded)`, "{{reason}}"}}}.lines()).
		WithPanel(panel{title: "Processor", why: "Cores in use, by instance.", unit: count, width: 6,
			ask: []query{{`rate(process_cpu_seconds_total{job="crisisline"}[$__rate_interval])`, "{{instance}}"}}}.lines()).
		WithPanel(panel{title: "Memory", unit: memory, width: 6, ask: []query{{`process_resident_memory_bytes{job="crisisline"}`, "{{instance}}"}}}.lines()).
		WithPanel(panel{title: "Open files, of those allowed", unit: share, most: 1, width: 6, alarm: .8,
			ask: []query{{`process_open_fds{job="crisisline"} / process_max_fds{job="crisisline"}`, "{{instance}}"}}}.lines()).
		WithPanel(panel{title: "Goroutines", unit: count, width: 6, ask: []query{{`go_goroutines{job="crisisline"}`, "{{instance}}"}}}.lines()).
		WithPanel(panel{title: "Panics", why: "An hour. The caller was given the fallback.", unit: count, width: 8, alarm: 1,
			ask: []query{{`sum(increase(crisisline_panics_total[1h]))`, "panics"}}}.lines()).
		WithPanel(panel{title: "Events that did not fit", why: "An hour: repeats, late arrivals, reorderings; they change nothing.", unit: count, width: 8,
			ask: []query{{`3600 * sum by (kind) (rate(crisisline_ignored_events_total[$__rate_interval]))`, "{{kind}}"}}}.lines()).
		WithPanel(panel{title: "Ledger entries delivered again", why: "An hour; not counted again.", unit: count, width: 8,
			ask: []query{{`3600 * sum(rate(crisisline_ledger_repeats_total[$__rate_interval]))`, "repeats"}}}.lines())
}
