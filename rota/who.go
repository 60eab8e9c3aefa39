package rota

import (
	"slices"
	"time"

	"example.org/crisisline/call"
)

// WhoRow is one line of the table of who is on shift: for a person at a
// screen or a terminal. It has names and no numbers.
type WhoRow struct {
	Team      string
	TeamName  string
	Tier      call.Tier
	Responder string // id; "" when nobody is on
	Name      string
	Skills    []string
	Until     time.Time // zero for nobody
	Why       string
}

// Who is who is on shift at an instant: every open team as the plan lists
// them, every tier in asking order, a row without a responder for an empty
// tier, last humans once at the end.
func Who(r *Rota, at time.Time) []WhoRow {
	var rows []WhoRow
	for _, team := range r.Teams(at) {
		for _, tier := range rosteredTiers {
			on := r.OnShift(team, tier, at)
			if len(on) == 0 {
				rows = append(rows, WhoRow{Team: team, TeamName: r.TeamName(team), Tier: tier, Why: "nobody"})
			}
			for _, d := range on {
				p := r.persons[d.Responder]
				rows = append(rows, WhoRow{
					Team: team, TeamName: r.TeamName(team), Tier: tier,
					Responder: d.Responder, Name: p.Name, Skills: p.Skills, Until: d.Until, Why: d.Why,
				})
			}
		}
	}
	for _, h := range r.LastHumans() {
		rows = append(rows, WhoRow{Team: AllTeams, Tier: call.TierLastHuman, Responder: h.ID, Name: h.Name, Why: "always"})
	}
	return rows
}

// FallbackNumbers is whom a document written now may still ring at any moment
// of [from, until), when the service itself is gone: the steps of DialOrder,
// with those people only who stand in the same tier of it all that time, and
// the last humans always. For a span longer than a shift that is often the
// last humans alone, which is the honest answer. Like DialOrder, steps have at
// most ten people and there is at least one.
func (r *Rota) FallbackNumbers(line string, from, until time.Time) [][]Responder {
	stays := func(p Responder) bool { return len(r.always(p.ID, from, until)) > 0 }
	var steps [][]Responder
	for _, step := range r.DialOrder(line, from) {
		if kept := slices.DeleteFunc(slices.Clone(step), func(p Responder) bool { return !stays(p) }); len(kept) > 0 {
			steps = append(steps, kept)
		}
	}
	return steps
}

// always are the duties a person has at from and keeps until until.
func (r *Rota) always(id string, from, until time.Time) []Duty {
	var kept []Duty
	for _, d := range r.Duties(id, from) {
		if d.Tier == call.TierLastHuman || !d.Until.Before(until) {
			kept = append(kept, d)
		}
	}
	return kept
}
