package rota

import (
	"time"

	"example.org/crisisline/call"
)

// Line is what a dialled number means at an instant.
type Line struct {
	ID       string
	Name     string
	Number   string // E.164, the number dialled: also the caller id of legs for its calls
	Caller   call.Caller
	Menu     bool
	Language string
	Skills   []string
	Retired  bool
	Team     string // the team that has its calls now, when nothing else tells
}

// Why a home team was chosen. The set is closed.
const (
	HomeByLine      = "line"           // the line belongs to the team
	HomeBySuccessor = "line_successor" // the line's team was merged, or the line retired
	HomeByLandline  = "landline"       // the caller's landline is in the team's area: a hint
	HomeByDefault   = "default"        // nothing told
)

// nameLines indexes lines by id and by number.
func (r *Rota) nameLines() {
	r.lines = map[string]*PlannedLine{}
	for i := range r.plan.Lines {
		l := &r.plan.Lines[i]
		r.lines[l.ID] = l
		for _, n := range l.Numbers {
			r.lines[n.E164()] = l
		}
	}
}

// Line is the line a number in E.164 belongs to. A number the plan does not
// know, which can only be one that was pointed here by mistake or ahead of the
// plan, is answered as the default public line; ok is false then.
func (r *Rota) Line(dialled string, now time.Time) (l Line, ok bool) {
	p, ok := r.lines[dialled]
	if !ok {
		p = defaultLine(r.plan)
	}
	team, _ := r.lineTeam(p, now.Unix())
	l = Line{
		ID: p.ID, Name: p.Name, Number: p.Numbers[0].E164(), Caller: p.Caller, Menu: p.Menu,
		Language: p.Language, Skills: p.Skills, Retired: r.retired(p, now.Unix()), Team: team,
	}
	if ok && dialled != p.ID {
		l.Number = dialled
	}
	return l, ok
}

func (r *Rota) retired(l *PlannedLine, sec int64) bool {
	return l.Retired != nil && sec >= r.catalogue.day(l.Retired.Since)
}

// lineTeam is the team that has a line's calls at the instant.
func (r *Rota) lineTeam(l *PlannedLine, sec int64) (team, why string) {
	named := r.catalogue.owner(l.Team, l.Moved, sec)
	if r.retired(l, sec) && l.Retired.Team != "" {
		return r.catalogue.rosteredAt(l.Retired.Team, sec), HomeBySuccessor
	}
	team = r.catalogue.rosteredAt(named, sec)
	if team == named {
		return team, HomeByLine
	}
	return team, HomeBySuccessor
}

// HomeTeam is the team a call is for, and why: the team of the line dialled
// (its id, or its number), through every merger up to now; on a line that
// allows it, the team of the caller's landline. It is always an open team
// with people of its own. It decides who is asked first, never whether
// somebody answers.
func (r *Rota) HomeTeam(line string, caller call.Number, now time.Time) (team, why string) {
	sec := now.Unix()
	l, ok := r.lines[line]
	if !ok {
		l = defaultLine(r.plan)
	}
	team, why = r.lineTeam(l, sec)
	if !l.ByLandline {
		return team, why
	}
	if hinted := r.landlineTeam(caller, sec); hinted != "" && r.catalogue.open(hinted, sec) {
		return hinted, HomeByLandline
	}
	return team, HomeByDefault
}

// maxDial is how many numbers one <Dial> may ring at once
// (twilio.com/docs/voice/twiml/dial, "up to ten").
const maxDial = 10

// DialOrder is whom to ring for a line when the store is gone and nobody's
// presence is known: steps to be rung one after another, each of at most ten
// people at once. Own team, then neighbours, backup, duty manager, last human;
// nobody twice. It is never empty.
func (r *Rota) DialOrder(line string, now time.Time) [][]Responder {
	team, _ := r.HomeTeam(line, call.Number{}, now)
	var skills []string
	if l, ok := r.lines[line]; ok {
		skills = l.Skills
	}
	var steps [][]Responder
	stage := ""
	for _, rung := range r.match(call.Need{Line: line, Team: team, Skills: skills}, Timing{}, now, true) {
		fresh := stageOf(rung.Reason) != stage
		stage = stageOf(rung.Reason)
		for _, group := range rung.Groups {
			for _, id := range group {
				if fresh || len(steps[len(steps)-1]) == maxDial {
					steps = append(steps, nil)
					fresh = false
				}
				steps[len(steps)-1] = append(steps[len(steps)-1], r.persons[id].Responder)
			}
		}
	}
	return steps
}

// stageOf puts rungs that are rung together in degraded mode under one name.
func stageOf(reason string) string {
	if reason == ReasonOwnTeamAnySkill {
		return ReasonOwnTeam
	}
	return reason
}
