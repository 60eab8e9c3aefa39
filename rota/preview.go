package rota

import (
	"slices"
	"time"

	"example.org/crisisline/call"
)

// Preview is what a merger or split would change, for a person to read before
// it is published: the same days with the plan as it is and as it would be.
type Preview struct {
	CutOver       time.Time
	Until         time.Time // end of the days looked at
	Before, After []TeamView
	Doubled       []Finding // people in two places at once who were not before
	Worse         []Finding // what Check finds after that it did not find before
	Better        []Finding // and the other way round
}

// TeamView is one team from the cut-over on.
type TeamView struct {
	Team, Name string
	People     []string // who is on shift for it in those days, any tier
	Lines      []string // ids of the lines that lead to it
	Localities []string
	Skills     map[string]int // people of People who have each
	Minimum    int            // responders wanted at every minute
	Least      int            // fewest responding at any minute
	Short      time.Duration  // for how long fewer than Minimum respond
	FirstShort time.Time      // when that begins first; zero when never
}

// PreviewOf compares two plans for span from the cut-over on, team by team as
// the plans list them. Teams that are the same in both are left out.
func PreviewOf(before, after *Plan, cutOver time.Time, span time.Duration) (Preview, error) {
	p := Preview{CutOver: cutOver, Until: cutOver.Add(span)}
	was, err := Compile(before, cutOver.Add(-24*time.Hour), span+24*time.Hour)
	if err != nil {
		return p, err
	}
	is, err := Compile(after, cutOver.Add(-24*time.Hour), span+24*time.Hour)
	if err != nil {
		return p, err
	}
	p.Before, p.After = was.views(cutOver, p.Until), is.views(cutOver, p.Until)
	same := func(list []TeamView) func(TeamView) bool {
		return func(v TeamView) bool { return slices.ContainsFunc(list, v.same) }
	}
	before0 := slices.Clone(p.Before)
	p.Before = slices.DeleteFunc(p.Before, same(p.After))
	p.After = slices.DeleteFunc(p.After, same(before0))
	found, fresh := was.Check(cutOver, span), is.Check(cutOver, span)
	p.Worse, p.Better = newIn(fresh, found), newIn(found, fresh)
	for _, f := range p.Worse {
		if f.Rule == RuleTwoTeams || f.Rule == RuleTwoTiers {
			p.Doubled = append(p.Doubled, f)
		}
	}
	return p, nil
}

// same reports whether nothing about the team changed.
func (v TeamView) same(w TeamView) bool {
	return v.Team == w.Team && slices.Equal(v.People, w.People) && slices.Equal(v.Lines, w.Lines) &&
		slices.Equal(v.Localities, w.Localities) && v.Minimum == w.Minimum && v.Least == w.Least && v.Short == w.Short
}

// SameAs reports whether two findings are of one rule, level, team and people,
// whenever they are.
func (f Finding) SameAs(o Finding) bool {
	return o.Rule == f.Rule && o.Team == f.Team && o.Level == f.Level && slices.Equal(o.People, f.People)
}

// newIn are findings of one list whose like is not in the other. A finding's
// like has the same rule, team and people, whenever it is.
func newIn(list, other []Finding) (fresh []Finding) {
	for _, f := range list {
		if f.Level != LevelNote && !slices.ContainsFunc(other, f.SameAs) {
			fresh = append(fresh, f)
		}
	}
	return fresh
}

// views are the teams open at from, as they are until until.
func (r *Rota) views(from, until time.Time) (list []TeamView) {
	for _, id := range r.Teams(from) {
		list = append(list, r.view(id, from, until))
	}
	return list
}

func (r *Rota) view(id string, from, until time.Time) TeamView {
	lanes := r.lanes[id]
	v := TeamView{Team: id, Name: r.TeamName(id), Skills: map[string]int{}, Least: -1}
	v.Minimum = r.plan.minimumOf(&r.plan.Teams[lanes.index]).Responding
	for t := range lanes.tiers {
		l := &lanes.tiers[t]
		marks := append(cuts(from.Unix(), until.Unix(), l), until.Unix())
		for i, sec := range marks[:len(marks)-1] {
			on := r.onLane(l, sec)
			for _, d := range on {
				if !slices.Contains(v.People, d.Responder) {
					v.People = append(v.People, d.Responder)
				}
			}
			if l.tier == call.TierResponding {
				v.respond(len(on), sec, marks[i+1])
			}
		}
	}
	slices.Sort(v.People)
	for _, person := range v.People {
		for _, skill := range r.persons[person].Skills {
			v.Skills[skill]++
		}
	}
	for i := range r.plan.Lines {
		if team, _ := r.lineTeam(&r.plan.Lines[i], from.Unix()); team == id {
			v.Lines = append(v.Lines, r.plan.Lines[i].ID)
		}
	}
	for i := range r.plan.Localities {
		if l := &r.plan.Localities[i]; r.catalogue.localityTeam(l, from.Unix()) == id {
			v.Localities = append(v.Localities, l.ID)
		}
	}
	return v
}

// respond notes that n people respond in [from, until).
func (v *TeamView) respond(n int, from, until int64) {
	if v.Least < 0 || n < v.Least {
		v.Least = n
	}
	if n < v.Minimum {
		if v.Short == 0 {
			v.FirstShort = time.Unix(from, 0).UTC()
		}
		v.Short += time.Duration(until-from) * time.Second
	}
}
