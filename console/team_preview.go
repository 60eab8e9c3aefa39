package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// teamPreview is what a merger or split would do, before it is published.
type teamPreview struct {
	When    string // the cut-over
	Days    int    // looked at from it on
	Happens []happening
	Before  []previewTeam
	After   []previewTeam
	Rings   []previewRing
	More    string
	Worse   []finding
	Better  []finding
	Doubled bool // somebody is in two places: it is among what is worse
	Answers []Link

	worse []rota.Finding
	of    rota.Preview
}

// happening is what becomes of one kind of thing, in sentences.
type happening struct {
	About string
	Lines []string
}

type previewTeam struct {
	Name   string
	Side   string // "as it is" or "as it would be"
	People string // who is on in those days
	Fewest string // responding at any minute, and how many are wanted
	Short  string
	Skills string
}

// previewRing is a time after the cut-over, and who rings in it for the teams
// that change, before and after.
type previewRing struct {
	When, Tier    string
	Before, After []string
}

// ringSpan is how long after the cut-over it is shown who rings.
const ringSpan = 24 * time.Hour

// preview computes what a draft's answers would do. What is refused is told by the
// draft itself.
func (s stepping) preview(mine *rota.Plan, refused []rota.Finding) (*teamPreview, error) {
	cut := s.CutOver(s.v).Instant(s.zone)
	pv, err := rota.PreviewOf(s.r.Plan(), mine, cut, previewSpan)
	if err != nil {
		return nil, err
	}
	before, err := rota.Compile(s.r.Plan(), cut.Add(-7*24*time.Hour), previewSpan)
	if err != nil {
		return nil, err
	}
	after, err := rota.Compile(mine, cut.Add(-7*24*time.Hour), previewSpan)
	if err != nil {
		return nil, err
	}
	is, was := names{after, s.zone}, names{before, s.zone}
	p := &teamPreview{When: is.day(cut), Days: int(previewSpan.Hours() / 24), Doubled: len(pv.Doubled) > 0, of: pv}
	for _, v := range pv.Before {
		p.Before = append(p.Before, was.previewTeam(v, "As it is"))
	}
	for _, v := range pv.After {
		p.After = append(p.After, is.previewTeam(v, "As it would be"))
	}
	p.Happens = s.happens(was, is, cut, pv)
	p.Rings, p.More = is.previewRings(was, changed(pv), cut, s.now)
	p.worse = slices.DeleteFunc(pv.Worse, func(f rota.Finding) bool { return slices.ContainsFunc(refused, f.SameAs) })
	p.Worse = is.told(p.worse)
	p.Better = was.told(pv.Better)
	for _, step := range s.Steps {
		p.Answers = append(p.Answers, Link{step.Form(s.mending).Title, stepLink(s.way, step.ID, s.draft.Name)})
	}
	return p, nil
}

// left are the findings of a rehearsal that the preview has not told.
func (p *teamPreview) left(found []rota.Finding) []rota.Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f rota.Finding) bool { return slices.ContainsFunc(p.worse, f.SameAs) })
}

// told are findings in words, each kind about the same team and people once.
func (n names) told(found []rota.Finding) []finding {
	var all []finding
	var first []rota.Finding
	var more []int
	for _, f := range found {
		if i := slices.IndexFunc(first, f.SameAs); i >= 0 {
			more[i]++
			continue
		}
		first, more, all = append(first, f), append(more, 0), append(all, n.finding(f))
	}
	for i, n := range more {
		if n > 0 {
			all[i].Text += ". And " + count(n, "time more", "times more") + " in those days"
		}
	}
	return all
}

// changed are the teams that are not the same before and after.
func changed(pv rota.Preview) []string {
	var ids []string
	for _, list := range [][]rota.TeamView{pv.Before, pv.After} {
		for _, v := range list {
			if !slices.Contains(ids, v.Team) {
				ids = append(ids, v.Team)
			}
		}
	}
	return ids
}

func (n names) previewTeam(v rota.TeamView, side string) previewTeam {
	t := previewTeam{Name: n.team(v.Team), Side: side, People: count(len(v.People), "person", "people")}
	t.Fewest = fmt.Sprintf("%d, of %d wanted", max(v.Least, 0), v.Minimum)
	if v.Short > 0 {
		t.Short = spoken(v.Short) + " short in all, first on " + n.day(v.FirstShort)
	}
	var skills []string
	for _, skill := range slices.Sorted(maps.Keys(v.Skills)) {
		skills = append(skills, fmt.Sprintf("%d %s", v.Skills[skill], skillWords([]string{skill})))
	}
	t.Skills = strings.Join(skills, ", ")
	return t
}

// happens says what becomes of calls, people, lines, localities and help.
func (s stepping) happens(was, is names, cut time.Time, pv rota.Preview) []happening {
	all := []happening{{"Until then", append(s.helpAtOnce(is), "Nothing else changes, and it can be taken back on the page of the team.")}}
	if len(all[0].Lines) == 1 {
		all[0].Lines[0] = "Nothing changes, and it can be taken back on the page of the team."
	}
	all = append(all, happening{"Calls", []string{
		callsGoOn + " A call that began before counts for the team it came to.",
		"A caller who waits at that minute is answered by the people of their team as it is then, and keeps their place.",
	}})
	teams := changed(pv)
	if people := s.inTheMiddle(was, is, teams, cut); len(people) > 0 {
		all = append(all, happening{"In the middle of a shift then", []string{list(people) + ": they go on until it ends."}})
	}
	var lines []string
	for i := range is.r.Plan().Lines {
		id := is.r.Plan().Lines[i].ID
		from, _ := was.r.Line(id, cut)
		to, _ := is.r.Line(id, cut)
		if from.Team != to.Team {
			lines = append(lines, to.Name+": its calls go to "+is.team(to.Team)+", no longer to "+was.team(from.Team)+".")
		}
	}
	all = append(all, happening{"Lines", orNone(lines, "Every line goes where it went.")})
	var places []string
	for _, l := range is.r.Plan().Localities {
		if to := is.r.LocalityTeam(l.ID, cut); to != was.r.LocalityTeam(l.ID, cut) {
			places = append(places, l.Name+" ("+codeRanges(l.Outward)+"): visited by "+is.team(to)+".")
		}
	}
	all = append(all, happening{"Localities", orNone(places, "Every place is visited by who visited it.")})
	if people := s.peopleHappen(was, is, teams, cut); len(people) > 0 {
		all = append(all, happening{"People", people})
	}
	if help := s.helpHappens(is, teams, cut); len(help) > 0 {
		all = append(all, happening{"Help", help})
	}
	return all
}

func orNone(lines []string, none string) []string {
	if len(lines) == 0 {
		return []string{none}
	}
	return lines
}

// inTheMiddle are those whom the cut-over finds on for a team that changes, and
// who are on for another of them from then on.
func (s stepping) inTheMiddle(was, is names, teams []string, cut time.Time) []string {
	var people []string
	for _, tier := range shownTiers {
		for _, team := range teams {
			for _, d := range was.r.OnShift(team, tier, cut.Add(-time.Second)) {
				moves, stays := false, false
				for _, e := range is.r.Duties(d.Responder, cut) {
					moves = moves || e.Tier == tier && e.Team != team && slices.Contains(teams, e.Team) && !was.isOn(d.Responder, e.Team, tier, cut.Add(-time.Second))
					stays = stays || e.Tier == tier && e.Team == team
				}
				closes := !slices.Contains(is.r.Teams(cut), team)
				name := is.person(d.Responder)
				if moves && (closes || !stays) && d.Until.After(cut) && !slices.Contains(people, name) {
					people = append(people, name)
				}
			}
		}
	}
	return people
}

func (n names) isOn(person, team string, tier call.Tier, at time.Time) bool {
	return slices.ContainsFunc(n.r.OnShift(team, tier, at), func(d rota.Duty) bool { return d.Responder == person })
}

// peopleHappen says whose lists people are on afterwards.
func (s stepping) peopleHappen(was, is names, teams []string, cut time.Time) []string {
	var all []string
	for _, team := range teams {
		now, then := was.r.PeopleOf(team, cut), is.r.PeopleOf(team, cut)
		if len(then) > 0 && len(without(then, now)) > 0 {
			all = append(all, is.team(team)+": "+list(is.people(then))+".")
		}
	}
	return all
}

// helpAtOnce are the neighbours that a team gets when the change is published:
// those of the teams that become part of it.
func (s stepping) helpAtOnce(is names) []string {
	var all []string
	then := s.mending
	then.names = is
	for _, team := range s.r.Teams(s.now) {
		now := s.neighboursOf(team)
		for _, c := range then.neighboursOf(team) {
			if !slices.ContainsFunc(now, func(o choice) bool { return o.Value == c.Value }) {
				all = append(all, c.Text+" helps "+s.team(team)+" too, after its other neighbours, as soon as this is published.")
			}
		}
	}
	return all
}

// helpHappens says who helps a team that changes, and which promises hold on.
func (s stepping) helpHappens(is names, teams []string, cut time.Time) []string {
	var all []string
	for _, team := range teams {
		life, ok := is.r.TeamLife(team, cut)
		if !ok || life.Standing != rota.StandingOpen {
			continue
		}
		var helpers []string
		for _, id := range life.Neighbours {
			if by, _ := is.r.TeamAt(id, cut); by != team && !slices.Contains(helpers, is.team(by)) {
				helpers = append(helpers, is.team(by))
			}
		}
		if len(helpers) > 0 {
			all = append(all, is.team(team)+" is helped by "+list(helpers)+", in this order.")
		}
	}
	for _, a := range is.r.Plan().MutualAid {
		home, _ := is.r.TeamAt(a.Team, cut)
		by, _ := is.r.TeamAt(a.By, cut)
		switch {
		case home == by && (slices.Contains(teams, a.Team) || slices.Contains(teams, a.By)):
			all = append(all, "What "+is.team(a.By)+" promised "+is.team(a.Team)+" is over: they are one team.")
		case home != a.Team || by != a.By:
			all = append(all, "What "+is.team(a.By)+" promised "+is.team(a.Team)+" holds between "+is.team(by)+" and "+is.team(home)+".")
		}
	}
	return all
}

// previewRings are who rings for the teams that change, time by time and tier by
// tier, where that differs.
func (n names) previewRings(was names, teams []string, cut, now time.Time) (rings []previewRing, more string) {
	edges := append(boundaries(was.r, cut, cut.Add(ringSpan)), boundaries(n.r, cut, cut.Add(ringSpan))...)
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	left := 0
	for _, tier := range shownTiers {
		var last *previewRing
		var since time.Time
		for i, at := range edges[:len(edges)-1] {
			a, b := was.ringing(teams, tier, at), n.ringing(teams, tier, at)
			if last != nil && slices.Equal(last.Before, a) && slices.Equal(last.After, b) {
				last.When = n.span(since, edges[i+1], now)
				continue
			}
			if last, since = nil, at; slices.Equal(a, b) || tier != call.TierResponding && slices.Equal(was.onAll(teams, tier, at), n.onAll(teams, tier, at)) {
				continue
			}
			if len(rings) == mostRings {
				left++
				continue
			}
			rings = append(rings, previewRing{n.span(at, edges[i+1], now), tierWord(tier), a, b})
			last = &rings[len(rings)-1]
		}
	}
	if left > 0 {
		more = count(left, "span more", "spans more")
	}
	return rings, more
}

// onAll are those who are on for any of some teams, sorted.
func (n names) onAll(teams []string, tier call.Tier, at time.Time) []string {
	var ids []string
	for _, team := range teams {
		for _, d := range n.r.OnShift(team, tier, at) {
			ids = append(ids, d.Responder)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ringing is who is on for some teams at an instant, each team by name; a team
// that is not open is not there.
func (n names) ringing(teams []string, tier call.Tier, at time.Time) []string {
	var all []string
	for _, team := range teams {
		if !slices.Contains(n.r.Teams(at), team) {
			continue
		}
		var on []string
		for _, d := range n.r.OnShift(team, tier, at) {
			on = append(on, n.person(d.Responder))
		}
		who := list(on)
		if who == "" {
			who = "nobody"
		}
		all = append(all, n.team(team)+": "+who)
	}
	return all
}
