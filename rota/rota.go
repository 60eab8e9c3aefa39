package rota

import (
	"time"

	"example.org/crisisline/call"
)

// Rota is a compiled plan. It never changes and is safe for any number of
// readers.
type Rota struct {
	plan    *Plan
	version int64
	until   time.Time
}

// Version is the version of the plan in the store, 0 for one never stored.
func (r *Rota) Version() int64 { return r.version }

// Plan is what it was compiled from. Do not change it.
func (r *Rota) Plan() *Plan { return r.plan }

// CoversUntil is the end of the compiled horizon. Beyond it answers are as
// right, and slower.
func (r *Rota) CoversUntil() time.Time { return r.until }

// Duty is one person's being on shift.
type Duty struct {
	Responder string
	Team      string
	Tier      call.Tier
	Until     time.Time // when they go off this team and tier, or the horizon's end if that is sooner
	Why       string    // the shift or override that says so
}

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
