package metrics

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"example.org/crisisline/call"
)

func (r *Recorder) registerParts(f promauto.Factory) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return f.NewCounterVec(prometheus.CounterOpts{Name: "crisisline_" + name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return f.NewGauge(prometheus.GaugeOpts{Name: "crisisline_" + name, Help: help})
	}
	// A gauge without labels that is not there until it is first set: 0 would
	// say that something is wrong which nobody has looked at yet.
	unset := func(name, help string) *prometheus.GaugeVec {
		return f.NewGaugeVec(prometheus.GaugeOpts{Name: "crisisline_" + name, Help: help}, nil)
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return f.NewGaugeVec(prometheus.GaugeOpts{Name: "crisisline_" + name, Help: help}, labels)
	}
	histogram := func(name, help string) prometheus.Histogram {
		return f.NewHistogram(prometheus.HistogramOpts{Name: "crisisline_" + name, Help: help, Buckets: carrierBuckets})
	}
	r.webhook = f.NewHistogramVec(prometheus.HistogramOpts{
		Name: "crisisline_webhook_seconds", Buckets: webhookBuckets,
		Help: "From the first byte of a carrier's webhook read to the last byte of the answer written, by route and HTTP code.",
	}, []string{"route", "code"})
	r.rejected = counter("webhook_rejected_total", "Webhooks refused before they were believed, by why. Nothing of them is stored.", "reason")
	r.ignored = counter("ignored_events_total", "Events that did not fit the state of their call and were ignored: repeats, late arrivals, reorderings.", "kind")
	r.panics = f.NewCounter(prometheus.CounterOpts{Name: "crisisline_panics_total", Help: "Panics caught in handlers and loops. The caller was given the fallback."})
	r.repeated = f.NewCounter(prometheus.CounterOpts{Name: "crisisline_ledger_repeats_total", Help: "Ledger entries delivered again and not counted again."})
	r.paceWait = histogram("pace_wait_seconds", "How long a leg waited for our own calls-per-second pacing before it was asked for.")
	r.carrierQ = histogram("carrier_queue_seconds", "How long the carrier said a leg would wait in its own calls-per-second queue (queue_time).")
	r.carrier = counter("carrier_requests_total", "Requests to the carrier, by operation and how they ended. Unknown: sent, and nobody can say whether it was carried out.", "operation", "result")
	r.degraded = gauges("degraded", "1 while the service answers in degraded mode for this reason, else 0.", "reason")
	r.stalled = gauge("stalled_dispatch_seconds", "How long a caller has waited while somebody who could be rung was free and was not rung; 0 when dispatch works.")
	r.lag = gauge("ledger_lag_seconds", "Age of the oldest ledger entry not yet counted by this instance's group; 0 when all are.")
	r.plan = unset("plan_version", "Version of the plan in force on this instance.")
	r.planUntil = unset("plan_covers_until_timestamp_seconds", "Until when the plan in force on this instance is compiled.")
	r.loaded = unset("config_load_success", "1 when the configuration last read was taken, 0 when it was refused and the one before kept.")
	r.loadedAt = unset("config_load_timestamp_seconds", "When the configuration in force was read.")
	r.durable = unset("store_durable", "1 when the store writes to disk and never evicts, 0 when a restart would lose calls.")
	r.number = gauges("number_configured", "1 when the carrier's set-up of the line's number points here with a fallback, 0 when it does not.", "line")
	r.expiry = unset("certificate_seconds_left", "Until the certificate at the public URL is no longer valid; below 0 when it is not. Not there until it could be read once.")
}

// CertificateLeft says for how long the certificate that the carrier sees at our
// public URL is still valid.
func (r *Recorder) CertificateLeft(d time.Duration) { r.expiry.WithLabelValues().Set(d.Seconds()) }

// Ignored counts an event that did not fit the state of its call.
func (r *Recorder) Ignored(kind call.Kind) {
	if !slices.Contains(call.Kinds, kind) {
		kind = Other
	}
	r.ignored.WithLabelValues(string(kind)).Inc()
}

// WebhookRejected counts a webhook refused for one of RejectedReasons.
func (r *Recorder) WebhookRejected(reason string) {
	r.rejected.WithLabelValues(oneOf(RejectedReasons, reason)).Inc()
}

// CarrierRequest counts one request to the carrier; operation is one of
// Operations and result one of CarrierResults.
func (r *Recorder) CarrierRequest(operation, result string) {
	r.carrier.WithLabelValues(oneOf(Operations, operation), oneOf(CarrierResults, result)).Inc()
}

// PaceWait observes how long one leg waited for our own pacing; 0 for a leg
// that did not have to. What the carrier adds is read from the ledger.
func (r *Recorder) PaceWait(d time.Duration) { r.paceWait.Observe(d.Seconds()) }

// Degraded says whether the service is degraded for reason, one of
// DegradedReasons.
func (r *Recorder) Degraded(reason string, on bool) {
	r.degraded.WithLabelValues(oneOf(DegradedReasons, reason)).Set(flag(on))
}

// Stalled says for how long dispatch has stood still although it could move; 0
// when it does not.
func (r *Recorder) Stalled(d time.Duration) { r.stalled.Set(d.Seconds()) }

// LedgerLag says how old the oldest entry not yet applied is; 0 when none is.
func (r *Recorder) LedgerLag(d time.Duration) { r.lag.Set(max(d, 0).Seconds()) }

// Panic counts a panic that was caught.
func (r *Recorder) Panic() { r.panics.Inc() }

// PlanInForce says which plan this instance routes by and how far it reaches.
func (r *Recorder) PlanInForce(version int64, coversUntil time.Time) {
	r.plan.WithLabelValues().Set(float64(version))
	r.planUntil.WithLabelValues().Set(float64(coversUntil.Unix()))
}

// ConfigLoaded says whether the configuration read at the instant was taken. A
// refused one leaves the time of the one in force.
func (r *Recorder) ConfigLoaded(taken bool, at time.Time) {
	r.loaded.WithLabelValues().Set(flag(taken))
	if taken {
		r.loadedAt.WithLabelValues().Set(float64(at.Unix()))
	}
}

// StoreDurable says whether the store would survive a restart.
func (r *Recorder) StoreDurable(durable bool) { r.durable.WithLabelValues().Set(flag(durable)) }

// NumberConfigured says whether the carrier's set-up of a line's number is as it
// must be. A line never checked is not exported.
func (r *Recorder) NumberConfigured(line string, ok bool) {
	r.number.WithLabelValues(r.names.Load().line(line)).Set(flag(ok))
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
