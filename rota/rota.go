package rota

import (
	"time"

	"example.org/crisisline/call"
)

// Rota is a compiled plan. What it answers never changes, and it is safe for
// any number of readers.
type Rota struct {
	plan        *Plan
	version     int64
	waivers     []Waiver // what people answer for in this version
	zone        *time.Location
	from, until int64 // seconds UTC, the compiled horizon
	catalogue   *catalogue
	lanes       map[string]*teamLanes
	order       []*teamLanes // as the plan lists them
	persons     map[string]*person
	lines       map[string]*PlannedLine // by id and by number
	signatures  map[string][]string     // known sets of skills, by signature
	held        map[string]bool         // skills somebody has
}

// Version is the version of the plan in the store, 0 for one never stored.
func (r *Rota) Version() int64 { return r.version }

// Plan is what it was compiled from. Do not change it.
func (r *Rota) Plan() *Plan { return r.plan }

// Zone is where the plan's wall times are.
func (r *Rota) Zone() *time.Location { return r.zone }

// CoversUntil is the end of the compiled horizon. Beyond it answers are as
// right, and slower.
func (r *Rota) CoversUntil() time.Time { return time.Unix(r.until, 0).UTC() }

// Teams are the ids of teams that are open at the instant, as the plan lists them.
func (r *Rota) Teams(now time.Time) []string {
	var open []string
	for _, id := range r.catalogue.order {
		if r.catalogue.open(id, now.Unix()) {
			open = append(open, id)
		}
	}
	return open
}

// Minimum is what the plan asks for of a team; the plan's own for one it does not
// know.
func (r *Rota) Minimum(team string) Minimum {
	if lanes := r.lanes[team]; lanes != nil {
		return r.plan.minimumOf(&r.plan.Teams[lanes.index])
	}
	return r.plan.Minimum
}

// Duty is one person's being on shift.
type Duty struct {
	Responder string
	Team      string
	Tier      call.Tier
	Until     time.Time // when they go off this team and tier; looked for two weeks ahead, no further than the horizon
	Why       string    // the shift or override that says so
}

// NextChange is the first instant after from at which anybody goes on or off
// shift, or CoversUntil when nobody does before.
func (r *Rota) NextChange(from time.Time) time.Time {
	next := r.until
	for _, team := range r.order {
		for t := range team.tiers {
			l := &team.tiers[t]
			for i := max(1, l.after(from.Unix())); i < len(l.stretches) && l.stretches[i].start < next; i++ {
				if at := l.stretches[i].start; !sameOn(r.onLane(l, at-1), r.onLane(l, at)) {
					next = at
				}
			}
		}
	}
	return time.Unix(next, 0).UTC()
}

// NextGap is the first instant from from on at which a team has fewer people
// responding than its minimum; ok is false when the horizon holds none. A team
// that is closed then has no gap.
func (r *Rota) NextGap(team string, from time.Time) (gap time.Time, ok bool) {
	lanes := r.lanes[team]
	if lanes == nil {
		return time.Time{}, false
	}
	l := &lanes.tiers[0]
	least := r.plan.minimumOf(&r.plan.Teams[lanes.index]).Responding
	for i := max(0, l.after(from.Unix())-1); i < len(l.stretches); i++ {
		at := max(l.stretches[i].start, from.Unix())
		if r.catalogue.open(team, at) && len(r.resolve(l, l.on(i))) < least {
			return time.Unix(at, 0).UTC(), true
		}
	}
	return time.Time{}, false
}
