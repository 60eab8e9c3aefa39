package metrics

import (
	"sync"

	"example.org/crisisline/call"
)

// Apply counts one ledger entry. An entry delivered again is not counted again:
// the last ids are kept, because a consumer group repeats what was not
// acknowledged.
func (r *Recorder) Apply(e call.Event) {
	if !r.seen.first(e.ID) {
		r.repeated.Inc()
		return
	}
	n := r.names.Load()
	team := n.team(e.Team)
	switch e.Kind {
	case call.KindReceived:
		r.received.WithLabelValues(n.line(e.Line), callerLabel(e.Caller)).Inc()
	case call.KindWidened:
		r.widened.WithLabelValues(oneOf(WidenReasons, e.Reason)).Inc()
	case call.KindOfferSent:
		r.carrierQ.Observe(seconds(e.QueueMs))
	case call.KindOfferEnded:
		r.offerEnded(team, e)
	case call.KindDropped:
		r.dropped.WithLabelValues(team).Inc()
	case call.KindDanger:
		r.danger.WithLabelValues(team).Inc()
	case call.KindConnected:
		if FirstConnected(e) {
			r.settled(n, e)
		}
	case call.KindFinished:
		r.finished(n, e)
	case call.KindUnreached:
		r.judge(team, e)
	case call.KindFollowUpMissed, call.KindFollowUpDone:
		r.followUp(team, e)
	default: // the other entries change no figure
	}
}

func (r *Recorder) offerEnded(team string, e call.Event) {
	if !known(call.Tiers, e.Tier) || !known(call.Results, e.Result) {
		return // an older program reading a newer ledger
	}
	r.offers.WithLabelValues(team, string(e.Tier), string(e.Result)).Inc()
}

// followUp judges a promise about what happens after a call. A category that
// nobody declared is not counted: its name could be anything.
func (r *Recorder) followUp(team string, e call.Event) {
	promise, ok := r.follows.Named(e.Category)
	if !ok {
		return
	}
	if v := JudgeFollowUp(e); v != NotJudged {
		r.standard.WithLabelValues(e.Category, team, promise.caller(e.Caller), string(v)).Inc()
	}
}

func (r *Recorder) finished(n *names, e call.Event) {
	outcome := e.Outcome
	if !known(call.Outcomes, outcome) {
		outcome = call.OutcomeFailed
	}
	r.calls.WithLabelValues(n.line(e.Line), n.team(e.Team), callerLabel(e.Caller), string(outcome)).Inc()
	if outcome != call.OutcomeAnswered {
		r.settled(n, e)
	}
}

// settled observes the waits of a call and judges it, at the one entry that
// decides how long its caller waited.
func (r *Recorder) settled(n *names, e call.Event) {
	line, team, caller := n.line(e.Line), n.team(e.Team), callerLabel(e.Caller)
	r.wait.WithLabelValues(PhaseIntake).Observe(seconds(e.IntakeMs))
	r.wait.WithLabelValues(PhaseQueue).Observe(seconds(e.QueueMs))
	switch {
	case e.Kind == call.KindConnected:
		r.wait.WithLabelValues(PhaseRing).Observe(seconds(e.RingMs))
		r.answer.WithLabelValues(line, team, caller).Observe(seconds(e.WaitMs))
	case e.Outcome == call.OutcomeAbandoned:
		r.abandon.WithLabelValues(line, team, caller).Observe(seconds(e.WaitMs))
	}
	r.judge(team, e)
}

// judge counts what an entry says of each standard.
func (r *Recorder) judge(team string, e call.Event) {
	for i := range r.standards {
		if v, _ := r.standards[i].Judge(e); v != NotJudged {
			r.standard.WithLabelValues(r.standards[i].Name, team, callerLabel(e.Caller), string(v)).Inc()
		}
	}
}

// FirstConnected reports whether a connected entry is the call's answer. A call
// may be connected again after its responder's phone dropped; only the first
// carries waits.
func FirstConnected(e call.Event) bool {
	return e.Kind == call.KindConnected && e.WaitMs > 0
}

func known[T comparable](set []T, v T) bool {
	for _, s := range set {
		if s == v {
			return true
		}
	}
	return false
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

// seenKept is how many ids of entries are remembered. A group repeats at most
// what its consumers held unacknowledged, a few hundred.
const seenKept = 4096

// seen remembers the last ids applied.
type seen struct {
	mu   sync.Mutex
	set  map[string]struct{}
	ring [seenKept]string
	next int
}

// first reports whether id was not among the last ones, and remembers it. An
// entry that has no id yet is always new.
func (s *seen) first(id string) bool {
	if id == "" {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.set[id]; ok {
		return false
	}
	if s.set == nil {
		s.set = make(map[string]struct{}, seenKept)
	}
	delete(s.set, s.ring[s.next])
	s.ring[s.next] = id
	s.set[id] = struct{}{}
	s.next = (s.next + 1) % seenKept
	return true
}
