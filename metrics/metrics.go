package metrics

import (
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"example.org/crisisline/call"
)

// AnswerBuckets are the bounds of every wait, in seconds. They hold the
// thresholds of the standards and of the return (20, 30, 60 and 120 s), and
// Prometheus' bounds are inclusive like theirs, so shares read from them are
// exact. They are classic buckets on purpose: a server that takes native
// histograms drops the classic ones, and the alerts built on them fall silent.
var AnswerBuckets = []float64{5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600}

// webhookBuckets run from a webhook's own cost to the carrier's 15 s limit.
var webhookBuckets = []float64{.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15}

// carrierBuckets hold the waits before a leg is made: ours and the carrier's.
var carrierBuckets = []float64{.1, .25, .5, 1, 2, 5, 10, 20, 30, 60}

// Recorder holds every metric of the service. All methods may be called from
// any goroutine.
type Recorder struct {
	names atomic.Pointer[names]
	grow  sync.Mutex // held while label sets grow
	seen  seen

	standards []Standard
	follows   Promises

	received  *prometheus.CounterVec   // line, caller
	calls     *prometheus.CounterVec   // line, team, caller, outcome
	answer    *prometheus.HistogramVec // line, team, caller
	abandon   *prometheus.HistogramVec // line, team, caller
	wait      *prometheus.HistogramVec // phase
	offers    *prometheus.CounterVec   // team, tier, result
	standard  *prometheus.CounterVec   // standard, team, caller, result
	target    *prometheus.GaugeVec     // standard
	widened   *prometheus.CounterVec   // reason
	dropped   *prometheus.CounterVec   // team
	danger    *prometheus.CounterVec   // team
	carrierQ  prometheus.Histogram
	paceWait  prometheus.Histogram
	carrier   *prometheus.CounterVec // operation, result
	rejected  *prometheus.CounterVec // reason
	ignored   *prometheus.CounterVec // kind
	panics    prometheus.Counter
	repeated  prometheus.Counter
	degraded  *prometheus.GaugeVec // reason
	stalled   prometheus.Gauge
	lag       prometheus.Gauge
	plan      *prometheus.GaugeVec // none
	planUntil *prometheus.GaugeVec // none
	loaded    *prometheus.GaugeVec // none
	loadedAt  *prometheus.GaugeVec // none
	durable   *prometheus.GaugeVec // none
	number    *prometheus.GaugeVec // line
	expiry    *prometheus.GaugeVec // none

	webhook *prometheus.HistogramVec // route, code
	routes  atomic.Pointer[map[string]*Route]
	live    *liveCollector
}

// New registers every metric with reg, all of them at 0 over the closed label
// sets; only Other appears when it is first needed. It panics when reg holds one already, which is a mistake in wiring.
func New(reg prometheus.Registerer, shape Shape) *Recorder {
	f := promauto.With(reg)
	r := &Recorder{standards: shape.Standards, follows: shape.FollowUps}
	if r.standards == nil {
		r.standards = Standards()
	}
	if r.follows == nil {
		r.follows = FollowUps()
	}
	r.registerCalls(f)
	r.registerParts(f)
	r.live = &liveCollector{names: r.names.Load, follows: r.follows}
	reg.MustRegister(r.live)
	r.zeroFixed()
	r.Reshape(shape)
	return r
}

func (r *Recorder) registerCalls(f promauto.Factory) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return f.NewCounterVec(prometheus.CounterOpts{Name: "crisisline_" + name, Help: help}, labels)
	}
	waits := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "crisisline_" + name, Help: help, Buckets: AnswerBuckets,
		}, labels)
	}
	r.received = counter("calls_received_total",
		"Calls whose first webhook arrived, by line and by the caller known at that moment (the line's own; the key pressed comes later).",
		"line", "caller")
	r.calls = counter("calls_total",
		"Calls that are over, by how they ended; exactly one outcome each. Received = the sum of these + calls in progress.",
		"line", "team", "caller", "outcome")
	r.answer = waits("answer_seconds",
		"Caller's clock: received to connected, both hearing each other, once a call and observed when it is first connected.",
		"line", "team", "caller")
	r.abandon = waits("abandon_seconds",
		"Caller's clock: received to the caller's leaving, of calls abandoned before anyone was connected.",
		"line", "team", "caller")
	r.wait = waits("wait_seconds",
		"Where the wait of each call went: intake (received to end of greeting), queue (to the accepting phone's offer, or the end), ring (that offer to connected).",
		"phase")
	r.offers = counter("offers_total",
		"Offers of a call to one responder that are over, by the responder's team and tier and how they ended.",
		"team", "tier", "result")
	r.standard = counter("standard_total",
		"Calls judged by each standard that counts calls, and follow-ups by theirs. Met / (met + missed) is its share; each call or follow-up is judged once.",
		"standard", "team", "caller", "result")
	r.target = f.NewGaugeVec(prometheus.GaugeOpts{
		Name: "crisisline_standard_target_ratio",
		Help: "Least share of met that a standard asks for; absent for a standard without a pass mark.",
	}, []string{"standard"})
	r.widened = counter("widened_total",
		"Times a further rung of people could be asked for a waiting call, by why.", "reason")
	r.dropped = counter("responder_drops_total",
		"Times the responder's leg went while the caller stayed, and the caller went back to the front.", "team")
	r.danger = counter("danger_presses_total", "Times a waiting caller pressed the danger key.", "team")
}

func (r *Recorder) zeroFixed() {
	for _, p := range Phases {
		r.wait.WithLabelValues(p)
	}
	for _, s := range r.standards {
		if s.Counted() && s.Target != nil {
			r.target.WithLabelValues(s.Name).Set(*s.Target)
		}
	}
	for _, f := range r.follows {
		if f.Target != nil {
			r.target.WithLabelValues(f.Name).Set(*f.Target)
		}
	}
	for _, reason := range WidenReasons {
		r.widened.WithLabelValues(reason)
	}
	for _, op := range Operations {
		for _, res := range CarrierResults {
			r.carrier.WithLabelValues(op, res)
		}
	}
	for _, reason := range RejectedReasons {
		r.rejected.WithLabelValues(reason)
	}
	for _, k := range call.Kinds {
		r.ignored.WithLabelValues(string(k))
	}
	r.ignored.WithLabelValues(Other)
	for _, reason := range DegradedReasons {
		r.degraded.WithLabelValues(reason)
	}
}

// Reshape adds the lines, teams and routes of a plan that has come into force,
// at 0. Those of earlier plans stay, so that no counter ever disappears.
func (r *Recorder) Reshape(shape Shape) {
	r.grow.Lock()
	defer r.grow.Unlock()
	before := r.names.Load()
	if before == nil {
		before = &names{}
	}
	n := before.with(shape)
	for _, caller := range call.Callers {
		for _, line := range named(n.lines) {
			r.received.WithLabelValues(line, string(caller))
		}
		for _, team := range named(n.teams) {
			r.zeroTeam(named(n.lines), team, string(caller))
		}
	}
	r.names.Store(n)
	r.addRouteLocked(Other)
	for _, route := range shape.Routes {
		r.addRouteLocked(route)
	}
}

func (r *Recorder) zeroTeam(lines []string, team, caller string) {
	for _, line := range lines {
		for _, o := range call.Outcomes {
			r.calls.WithLabelValues(line, team, caller, string(o))
		}
		r.answer.WithLabelValues(line, team, caller)
		r.abandon.WithLabelValues(line, team, caller)
	}
	for _, s := range r.standards {
		if s.Counted() {
			r.standard.WithLabelValues(s.Name, team, caller, string(Met))
			r.standard.WithLabelValues(s.Name, team, caller, string(Missed))
		}
	}
	for _, f := range r.follows {
		caller := f.caller(call.Caller(caller))
		r.standard.WithLabelValues(f.Name, team, caller, string(Met))
		r.standard.WithLabelValues(f.Name, team, caller, string(Missed))
	}
	for _, tier := range call.Tiers {
		for _, res := range call.Results {
			r.offers.WithLabelValues(team, string(tier), string(res))
		}
	}
	r.dropped.WithLabelValues(team)
	r.danger.WithLabelValues(team)
}
