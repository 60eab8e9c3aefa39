package rota

import (
	"time"

	"example.org/crisisline/call"
)

// Reasons a rung is there. The set is closed and is a label.
const (
	ReasonOwnTeam         = "own_team"           // the home team, those with the skills preferred
	ReasonOwnTeamAnySkill = "own_team_any_skill" // the rest of the home team
	ReasonNeighbour       = "neighbour"
	ReasonBackup          = "backup"
	ReasonDutyManager     = "duty_manager"
	ReasonLastHuman       = "last_human"
)

// Reasons lists the closed set.
var Reasons = []string{ReasonOwnTeam, ReasonOwnTeamAnySkill, ReasonNeighbour, ReasonBackup, ReasonDutyManager, ReasonLastHuman}

// Timing is how long a call waits before more people may be asked, each since
// it began to wait.
type Timing struct {
	SkillsFor        time.Duration // only people with the skills preferred, until then
	NeighboursAfter  time.Duration
	BackupAfter      time.Duration
	DutyManagerAfter time.Duration
	LastHumanAfter   time.Duration
}

// DefaultTiming is the shipped ladder: 8, 20, 45, 75 and 105 seconds.
func DefaultTiming() Timing {
	return Timing{
		SkillsFor: 8 * time.Second, NeighboursAfter: 20 * time.Second, BackupAfter: 45 * time.Second,
		DutyManagerAfter: 75 * time.Second, LastHumanAfter: 105 * time.Second,
	}
}

// Ladder is who may be asked for a call, in order. It is never empty and its
// last rung is a last human.
type Ladder []Rung

// Rung is a set of people who may be asked from After on.
type Rung struct {
	After  time.Duration // since the call began to wait
	Tier   call.Tier
	Team   string
	Reason string     // one of Reasons
	Groups [][]string // responder ids; earlier group first, within one the store decides
	Pools  []string   // pools the call waits in from After on, "team/tier/skill+skill"
	Limit  Limit      // of the home team's calls that these people may have at once
}
