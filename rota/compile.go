package rota

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"example.org/crisisline/call"
)

// DefaultHorizon is how far ahead a rota is compiled.
const DefaultHorizon = 8 * 7 * 24 * time.Hour

// Compile turns a plan into a rota that answers quickly for [from, from +
// horizon), and rightly for ever. The plan must have come from Parse, and must
// not be changed afterwards. A horizon of 0 means DefaultHorizon.
func Compile(p *Plan, from time.Time, horizon time.Duration) (*Rota, error) {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil, fmt.Errorf("compile plan: zone: %w", err)
	}
	if len(p.Lines) == 0 || len(p.LastHuman) == 0 || len(p.Teams) == 0 {
		return nil, fmt.Errorf("compile plan: no team, line or last human: read it with Parse first")
	}
	if horizon <= 0 {
		horizon = DefaultHorizon
	}
	r := &Rota{
		plan: p, zone: zone, catalogue: newCatalogue(p, zone),
		from: from.Unix(), until: from.Add(horizon).Unix(),
		lanes: map[string]*teamLanes{}, persons: map[string]*person{},
	}
	r.layLanes()
	r.placePersons()
	r.nameLines()
	return r, nil
}

// rosteredTiers are the tiers people are put in by shifts.
var rosteredTiers = [3]call.Tier{call.TierResponding, call.TierBackup, call.TierDutyManager}

// teamLanes is one team's timelines.
type teamLanes struct {
	index      int
	tiers      [len(rosteredTiers)]lane
	lastHumans []Duty
}

func (r *Rota) layLanes() {
	cal := newCalendar(r.zone, r.from, r.until)
	for i := range r.plan.Teams {
		id := r.plan.Teams[i].ID
		l := r.catalogue.teams[id]
		lanes := &teamLanes{index: i}
		for t, tier := range rosteredTiers {
			lanes.tiers[t] = lane{team: id, tier: tier, life: [2]int64{l.from, l.until}}
		}
		r.lanes[id] = lanes
		r.order = append(r.order, lanes)
	}
	for i := range r.plan.Shifts {
		s := &r.plan.Shifts[i]
		for _, l := range r.lanesOf(s.Teams, s.Tier) {
			l.shifts = append(l.shifts, int32(i))
		}
	}
	for i := range r.plan.Overrides {
		o := &r.plan.Overrides[i]
		for _, l := range r.lanesOf(o.Teams, o.Tier) {
			l.over = append(l.over, int32(i))
		}
	}
	for _, lanes := range r.order {
		for t := range lanes.tiers {
			r.layLane(&lanes.tiers[t], &cal)
		}
	}
}

// lanesOf are the lanes a shift or override is for.
func (r *Rota) lanesOf(teams []string, tier call.Tier) []*lane {
	t := slices.Index(rosteredTiers[:], tier)
	var lanes []*lane
	for _, team := range r.order {
		if slices.Contains(teams, AllTeams) || slices.Contains(teams, team.tiers[t].team) {
			lanes = append(lanes, &team.tiers[t])
		}
	}
	return lanes
}

// layLane sweeps a lane's edges in order of time and cuts the horizon into
// stretches in which the same sources are on.
func (r *Rota) layLane(l *lane, cal *calendar) {
	patterns := make([]pattern, len(l.shifts))
	for i, s := range l.shifts {
		patterns[i] = r.plan.Shifts[s].pattern(s)
	}
	starts, ends := cal.edges(patterns)
	for _, i := range l.over {
		o := &r.plan.Overrides[i]
		starts = append(starts, edge{o.Start.instant(r.zone), ^i})
		ends = append(ends, edge{o.End.instant(r.zone), ^i})
	}
	if len(l.over) > 0 {
		byTime := func(a, b edge) int { return int(a.at - b.at) }
		slices.SortStableFunc(starts, byTime)
		slices.SortStableFunc(ends, byTime)
	}
	from, until := r.from, r.until
	if l.life[0] > from {
		l.stretch(from, nil)
		from = l.life[0]
	}
	if l.life[1] != 0 && l.life[1] < until {
		until = l.life[1]
	}
	if from < until {
		l.sweep(starts, ends, from, until)
	}
	if until < r.until {
		l.stretch(max(until, r.from), nil)
	}
	l.roster = make([]atomic.Pointer[[]Duty], len(l.starts))
}

// sweep adds the stretches of [from, until). At one instant whoever ends is
// taken off before whoever begins is put on.
func (l *lane) sweep(starts, ends []edge, from, until int64) {
	var on []int32 // sorted: overrides, being negative, first and latest written first
	s, e := 0, 0
	for now := from; now < until; {
		for e < len(ends) && ends[e].at <= now || s < len(starts) && starts[s].at <= now {
			if e < len(ends) && ends[e].at <= now && (s == len(starts) || ends[e].at <= starts[s].at) {
				if i, ok := slices.BinarySearch(on, ends[e].source); ok {
					on = slices.Delete(on, i, i+1)
				}
				e++
				continue
			}
			if i, ok := slices.BinarySearch(on, starts[s].source); !ok {
				on = slices.Insert(on, i, starts[s].source)
			}
			s++
		}
		l.stretch(now, on)
		now = until
		if s < len(starts) {
			now = min(now, starts[s].at)
		}
		if e < len(ends) {
			now = min(now, ends[e].at)
		}
	}
}

// stretch begins a stretch at sec, unless the same sources stay on.
func (l *lane) stretch(sec int64, on []int32) {
	if n := len(l.starts); n > 0 && slices.Equal(l.on(n-1), on) {
		return
	}
	l.starts = append(l.starts, sec)
	from := uint32(len(l.arena))
	l.arena = append(l.arena, on...)
	l.sources = append(l.sources, sourceSpan{from, uint32(len(l.arena))})
}
