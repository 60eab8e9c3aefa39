package rota

import (
	"fmt"
	"log/slog"
	"time"

	"example.org/crisisline/call"
)

// Plan is the whole document a service runs by, as people write it. It says
// nothing of the present moment; Compile turns it into answers.
type Plan struct {
	Service    string // id of the service, as in the store's keys
	Name       string // for screens; never spoken and never logged
	Zone       string // IANA zone of every wall time in the plan: "Europe/London"
	Minimum    Minimum
	Alarm      Alarm
	Policy     Policy // what the service decided about the checks
	Teams      []Team
	Localities []Locality
	Split      []Split
	Lines      []PlannedLine
	Responders []Responder
	Shifts     []Shift
	Absences   []Absence
	Swaps      Swaps
	Overrides  []Override
	MutualAid  []Aid
	LastHuman  []LastHuman // in the order they are asked; at least one

	source *original // the text it was read from, comments and all; nil = none
}

// String names the service only, so that a plan in a log shows nobody.
func (p *Plan) String() string { return "plan of " + p.Service }

// LogValue is String, for slog.
func (p *Plan) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Minimum is how many people must be on shift at every minute. Fewer is a
// finding of Check; it never changes who is rung. In a team's own minimum a
// negative value, and nil Skills, stand for the plan's.
type Minimum struct {
	Responding  int            // at least 1
	Backup      int            // may be 0
	DutyManager int            // may be 0
	Skills      map[string]int // skill → how many of the responding tier must have it
	Overlap     time.Duration  // hand-over overlap hoped for; a note when shorter
}

// of is the minimum for a tier.
func (m Minimum) of(tier call.Tier) int {
	switch tier {
	case call.TierResponding:
		return m.Responding
	case call.TierBackup:
		return m.Backup
	case call.TierDutyManager:
		return m.DutyManager
	default: // a last human is not in the rota
		return 0
	}
}

// over is m where it says something, and the plan's elsewhere.
func (m Minimum) over(plan Minimum) Minimum {
	if m.Responding >= 0 {
		plan.Responding = m.Responding
	}
	if m.Backup >= 0 {
		plan.Backup = m.Backup
	}
	if m.DutyManager >= 0 {
		plan.DutyManager = m.DutyManager
	}
	if m.Overlap >= 0 {
		plan.Overlap = m.Overlap
	}
	if m.Skills != nil {
		plan.Skills = m.Skills
	}
	return plan
}

// minimumOf is the minimum that holds for a team.
func (p *Plan) minimumOf(t *Team) Minimum {
	if t.Minimum == nil {
		return p.Minimum
	}
	return t.Minimum.over(p.Minimum)
}

// Alarm is when the service should be told of trouble ahead.
type Alarm struct {
	Gap time.Duration // a gap nearer than this is an alarm
}

// Team answers for localities and lines. A team has a life: it opens, is
// merged from others, and may close in favour of a successor.
type Team struct {
	ID         string
	Name       string
	From       Date // first day; zero = always
	Until      Date // first day it no longer exists; zero = open
	Successor  string
	MergedFrom []Source // what it took over, and when
	SplitOff   []Source // parts that left to be teams elsewhere, and when
	Renamed    []Rename // what it was called, and until when
	Neighbours []string // asked after the own team, in this order
	For        []string // skills the team exists for: asked sooner by calls that need them, later by the rest
	Minimum    *Minimum // nil = the plan's
}

// Source is a team that became part of another, or left it.
type Source struct {
	Team string
	Name string
	From Date  // the day it happened
	At   Clock // the time of that day; 0 = midnight
}

// Locality is an area of home, for who visits, never for who waits.
type Locality struct {
	ID       string
	Name     string
	Team     string // "" when outside the service
	Outside  string // who looks after it when Team is ""
	Outward  []string
	Dialling []string // landline prefixes, national form; a hint only
	Moved    []Move
	HandOver *HandOver // whom to bring in for a caller from outside; nil = the duty manager finds out
}

// Move says which team had a locality, or a line, before another day.
type Move struct {
	Team string // the team it belonged to
	Till Date   // until this day
	At   Clock  // and this time of it; 0 = midnight
}

// Split is an outward code that crosses localities: somebody has to ask.
type Split struct {
	Outward string
	Between []string
	Ask     string // what tells them apart
}

// PlannedLine is a public number and how its calls begin.
type PlannedLine struct {
	ID         string
	Name       string
	Numbers    []call.Number
	Caller     call.Caller // who is taken to ring it before anything is pressed
	Team       string      // home team of its calls, or the one used when nothing else tells
	ByLandline bool        // a caller's landline may choose another home team
	Menu       bool
	Language   string
	Skills     []string // skills preferred for its calls
	Moved      []Move   // teams that had it before
	Retired    *Retired
}

// Retired says that a line is no longer published, though it still lands.
type Retired struct {
	Since Date
	Team  string // who has its calls since; "" = the line's team, or its successor
}

// Responder is a person who answers.
type Responder struct {
	ID     string
	Name   string
	Team   string
	Number call.Number
	Skills []string
	Tiers  []call.Tier // tiers they may be put in; none = responding and backup
	Proven Date        // when their telephone was last tested; zero = never
}

// String is the id: names are for screens only.
func (r Responder) String() string { return r.ID }

// LogValue is String, for slog.
func (r Responder) LogValue() slog.Value { return slog.StringValue(r.ID) }

// Eligible reports whether a plan may put them in tier.
func (r Responder) Eligible(tier call.Tier) bool {
	if len(r.Tiers) == 0 {
		return tier == call.TierResponding || tier == call.TierBackup
	}
	for _, t := range r.Tiers {
		if t == tier {
			return true
		}
	}
	return false
}

// LastHuman is a telephone that a person answers day and night, outside the
// rota: a switchboard, a site manager's desk.
type LastHuman struct {
	Name   string
	Number call.Number
}

// lastHumanID is the responder id of the i-th last human, from 0.
func lastHumanID(i int) string { return fmt.Sprintf("last-human-%d", i+1) }
