package metrics

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.org/crisisline/call"
)

// LiveFigures is how things stand now, read from the store and the rota once a
// scrape. Every instance reads the same, so rules take max over instances.
type LiveFigures struct {
	Teams      map[string]TeamLive
	Responders map[Post]int   // people on shift, by what they are doing
	Callbacks  map[string]int // callbacks owed, by CallbackStates
	FollowUps  map[Owed]int   // follow-ups, by category and FollowUpStates
	Err        error          // the store could not be read: nothing above is exported
}

// TeamLive is how things stand in one team.
type TeamLive struct {
	Waiting     int           // callers of this home team nobody has accepted yet
	Unrung      int           // of those, the ones past the greeting for whom no phone rings
	LongestWait time.Duration // of those waiting, since the call arrived; 0 when nobody waits
	NextGap     time.Duration // until nobody of the responding tier is on shift; 0 is now, NoGap is never
}

// Owed is a category of follow-up and where it is.
type Owed struct{ Category, State string }

// NoGap is the NextGap of a team that is covered as far as the plan reaches. It
// is exported as +Inf.
const NoGap = time.Duration(math.MaxInt64)

// Post is what a person on shift is doing, and where.
type Post struct {
	Team  string
	Tier  call.Tier
	State call.Presence
}

// Live has fn called at each scrape. Without one, nothing of it is exported.
func (r *Recorder) Live(fn func() LiveFigures) {
	r.live.read.Store(&fn)
}

// liveCollector asks at scrape time, so that a gauge is never older than the
// scrape and never survives the store it was read from.
type liveCollector struct {
	read  atomic.Pointer[func() LiveFigures]
	names func() *names

	follows Promises
}

var (
	teamLabel     = []string{"team"}
	descWaiting   = liveDesc("waiting_calls", "Callers of this home team whom nobody has accepted yet.", teamLabel)
	descUnrung    = liveDesc("unrung_calls", "Of the waiting callers, those past the greeting for whom no phone rings at this moment.", teamLabel)
	descLongest   = liveDesc("longest_wait_seconds", "Caller's clock: how long the longest-waiting caller of the team has waited; 0 when nobody waits.", teamLabel)
	descGap       = liveDesc("rota_next_gap_seconds", "Until nobody of the responding tier is on shift; 0 when nobody is now, +Inf when covered as far as the plan reaches.", teamLabel)
	descResponder = liveDesc("responders", "People on shift, by what they are doing.", []string{"team", "tier", "state"})
	descCallbacks = liveDesc("callbacks_owed", "Callbacks promised and not over, each in one state: not yet safe to ring (owed), nobody has it (due), taken by somebody (claimed), past a clock whoever has it (overdue).", []string{"state"})
	descFollowUps = liveDesc("follow_ups", "Promises about what happens after a call: clocks running (due), run out and still open (overdue), run out with no reason recorded (to_review; overlaps overdue).", []string{"category", "state"})
	descRead      = liveDesc("live_read_success", "1 when the store could be read for this scrape's gauges; when 0 they are left out rather than stale.", nil)
)

func liveDesc(name, help string, labels []string) *prometheus.Desc {
	return prometheus.NewDesc("crisisline_"+name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (c *liveCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descWaiting, descUnrung, descLongest, descGap, descResponder, descCallbacks, descFollowUps, descRead,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *liveCollector) Collect(ch chan<- prometheus.Metric) {
	fn := c.read.Load()
	if fn == nil {
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	f := (*fn)()
	gauge(descRead, flag(f.Err == nil))
	if f.Err != nil {
		return
	}
	n := c.names()
	for team, t := range foldTeams(n, f.Teams) {
		gauge(descWaiting, float64(t.Waiting), team)
		gauge(descUnrung, float64(t.Unrung), team)
		gauge(descLongest, t.LongestWait.Seconds(), team)
		if _, planned := f.Teams[team]; planned {
			gauge(descGap, gapSeconds(t.NextGap), team) // a team that is no more has no gap
		}
	}
	for post, people := range foldPosts(n, f.Responders) {
		gauge(descResponder, float64(people), post.Team, string(post.Tier), string(post.State))
	}
	for _, state := range CallbackStates {
		gauge(descCallbacks, float64(f.Callbacks[state]), state)
	}
	for _, promise := range c.follows {
		for _, state := range FollowUpStates {
			gauge(descFollowUps, float64(f.FollowUps[Owed{promise.Name, state}]), promise.Name, state)
		}
	}
}

// foldTeams is every team of the shape, with what belongs to none of them
// gathered under Other. A team missing from the figures has nobody waiting.
func foldTeams(n *names, teams map[string]TeamLive) map[string]TeamLive {
	out := make(map[string]TeamLive, len(n.teams))
	for _, id := range named(n.teams) {
		out[id] = TeamLive{}
	}
	for id, t := range teams {
		to := out[n.team(id)]
		to.Waiting += t.Waiting
		to.Unrung += t.Unrung
		to.LongestWait = max(to.LongestWait, t.LongestWait)
		to.NextGap = t.NextGap
		out[n.team(id)] = to
	}
	return out
}

// foldPosts is every post of the shape, the empty ones at 0.
func foldPosts(n *names, people map[Post]int) map[Post]int {
	out := make(map[Post]int, len(n.teams)*len(call.Tiers)*len(call.Presences))
	for _, team := range named(n.teams) {
		for _, tier := range call.Tiers {
			for _, state := range call.Presences {
				out[Post{team, tier, state}] = 0
			}
		}
	}
	for p, count := range people {
		if known(call.Tiers, p.Tier) && known(call.Presences, p.State) {
			p.Team = n.team(p.Team)
			out[p] += count
		}
	}
	return out
}

func gapSeconds(d time.Duration) float64 {
	if d == NoGap {
		return math.Inf(1)
	}
	return max(d, 0).Seconds()
}
