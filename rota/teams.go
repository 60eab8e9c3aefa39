package rota

import (
	"maps"
	"slices"
	"time"
)

// Standing is how far a team's life has come at an instant.
type Standing string

// The closed set of standings.
const (
	StandingOpen      Standing = "open"      // answers
	StandingOpening   Standing = "opening"   // does not yet
	StandingClosed    Standing = "closed"    // does no longer; its successor does
	StandingElsewhere Standing = "elsewhere" // left the service, and is a team somewhere else
)

// TeamLife is a team there is, was or will be, as one instant sees it.
type TeamLife struct {
	ID, Name   string
	Standing   Standing
	From       time.Time // zero: always there, or nobody wrote down since when
	Until      time.Time // zero: for good
	Before     string    // who had its work before From; "" = nobody
	Successor  string    // who has its work from Until on; "" = nobody
	MergedFrom []Source  // what it took over, or will
	SplitOff   []Source  // what left it, or will
	Renamed    []Rename
	Neighbours []string
	For        []string
	Listed     bool // in the plan, with people of its own; else only its name is left
}

// Catalogue is every team that is known: those of the plan in its order, then
// those that live on in their histories, by id.
func (r *Rota) Catalogue(at time.Time) []TeamLife {
	var all []TeamLife
	for i := range r.plan.Teams {
		all = append(all, r.lifeOf(r.plan.Teams[i].ID, at))
	}
	for _, id := range slices.Sorted(maps.Keys(r.catalogue.teams)) {
		if !r.catalogue.teams[id].rostered {
			all = append(all, r.lifeOf(id, at))
		}
	}
	return all
}

// TeamLife is one team of the catalogue, by its id or one it had before; ok is
// false when the plan never heard of it.
func (r *Rota) TeamLife(id string, at time.Time) (t TeamLife, ok bool) {
	if now, renamed := r.catalogue.alias[id]; renamed {
		id = now
	}
	if _, ok := r.catalogue.teams[id]; !ok {
		return TeamLife{}, false
	}
	return r.lifeOf(id, at), true
}

func (r *Rota) lifeOf(id string, at time.Time) TeamLife {
	l := r.catalogue.teams[id]
	t := TeamLife{ID: id, Name: r.TeamName(id), From: instantOrZero(l.from), Until: instantOrZero(l.until), Before: l.before, Successor: l.successor, Listed: l.rostered}
	if i := slices.IndexFunc(r.plan.Teams, func(p Team) bool { return p.ID == id }); i >= 0 {
		p := &r.plan.Teams[i]
		t.MergedFrom, t.SplitOff, t.Renamed, t.Neighbours, t.For = p.MergedFrom, p.SplitOff, p.Renamed, p.Neighbours, p.For
	}
	switch sec := at.Unix(); {
	case l.until != 0 && sec >= l.until:
		t.Standing = StandingClosed
	case sec < l.from:
		t.Standing = StandingOpening
	case !l.rostered:
		t.Standing = StandingElsewhere
	default:
		t.Standing = StandingOpen
	}
	return t
}

func instantOrZero(sec int64) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

// HappensAt is the instant of a merger or parting of the plan.
func (r *Rota) HappensAt(s Source) time.Time {
	return CutOver{On: s.From, At: s.At}.Instant(r.zone)
}

// PeopleOf are the ids of those whose home team stands for the team at the
// instant, in the plan's order: after a merger, the people of all its sources.
func (r *Rota) PeopleOf(team string, at time.Time) (ids []string) {
	for i := range r.plan.Responders {
		if p := &r.plan.Responders[i]; r.standsFor(p.Team, at.Unix()) == team {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// LinesOf are the lines whose calls a team has at the instant, when nothing else
// tells; retired ones too, for they still land.
func (r *Rota) LinesOf(team string, at time.Time) (lines []PlannedLine) {
	for i := range r.plan.Lines {
		if has, _ := r.lineTeam(&r.plan.Lines[i], at.Unix()); has == team {
			lines = append(lines, r.plan.Lines[i])
		}
	}
	return lines
}

// LocalitiesOf are the localities a team visits at the instant.
func (r *Rota) LocalitiesOf(team string, at time.Time) (list []Locality) {
	for i := range r.plan.Localities {
		if l := &r.plan.Localities[i]; r.catalogue.localityTeam(l, at.Unix()) == team {
			list = append(list, *l)
		}
	}
	return list
}

// LocalityTeam is the team that visits a locality at the instant, "" for one
// outside the service or unknown.
func (r *Rota) LocalityTeam(id string, at time.Time) string {
	for i := range r.plan.Localities {
		if l := &r.plan.Localities[i]; l.ID == id {
			return r.catalogue.localityTeam(l, at.Unix())
		}
	}
	return ""
}
