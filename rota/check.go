package rota

import "time"

// Level is how grave a finding is.
type Level string

// The closed set of levels.
const (
	LevelRefuse Level = "refuse" // must not be published
	LevelWarn   Level = "warn"
	LevelNote   Level = "note"
)

// Finding is one thing a check found, and how to mend it.
type Finding struct {
	Level  Level
	Rule   string // closed set: the Rule constants
	Team   string
	From   time.Time
	Until  time.Time
	People []string // responder ids
	Text   string
	Mend   string
}
