package rota

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
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
	cal := newCalendar(r.zone, r.from, r.until)
	r.cutLanes(&cal)
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
	for i := range r.plan.Teams {
		id := r.plan.Teams[i].ID
		l := r.catalogue.teams[id]
		lanes := &teamLanes{index: i}
		for t, tier := range rosteredTiers {
			lanes.tiers[t] = lane{team: id, tier: tier, order: i*len(rosteredTiers) + t, life: [2]int64{l.from, l.until}}
		}
		r.lanes[id] = lanes
		r.order = append(r.order, lanes)
	}
	rosters := r.rosters()
	for i := range r.plan.Shifts {
		s := &r.plan.Shifts[i]
		for _, l := range r.lanesOf(s.Teams, s.Tier) {
			l.addShift(int32(i), s, &rosters[i])
		}
	}
}

// cutLanes cuts every lane's horizon into stretches, on as many processors as
// there are: lanes have nothing in common.
func (r *Rota) cutLanes(cal *calendar) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(r.order)) {
		wg.Go(func() {
			c := cutter{r: r, cal: cal}
			for i := next.Add(1) - 1; i < int64(len(r.order)); i = next.Add(1) - 1 {
				for t := range r.order[i].tiers {
					c.cut(&r.order[i].tiers[t])
				}
			}
		})
	}
	wg.Wait()
}

// lanesOf are the lanes a shift or override is for.
func (r *Rota) lanesOf(teams []string, tier call.Tier) []*lane {
	t := slices.Index(rosteredTiers[:], tier)
	if slices.Contains(teams, AllTeams) {
		return mapped(r.order, func(team *teamLanes) *lane { return &team.tiers[t] })
	}
	return mapped(teams, func(id string) *lane { return &r.lanes[id].tiers[t] })
}
