package console

import "strings"

// owedLine is what is owed after calls, in a line of the board. It is quiet until
// something is overdue.
type owedLine struct {
	Level string // "", "warn" or "danger": a caller waits for what they were promised
	Text  string // "" for nothing owed
}

// owed says what is owed. While the store cannot be read nobody knows.
func (c *composer) owed() owedLine {
	s := c.Calls
	if !c.CanFollow || c.Stale || s.Callbacks+s.FollowUpsOverdue == 0 {
		return owedLine{}
	}
	var parts []string
	if s.Callbacks > 0 {
		parts = append(parts, count(s.Callbacks, "callback", "callbacks")+" owed")
	}
	if s.CallbacksOverdue > 0 {
		parts = append(parts, count(s.CallbacksOverdue, "overdue", "overdue"))
	}
	if s.FollowUpsOverdue > 0 {
		parts = append(parts, count(s.FollowUpsOverdue, "visit or answer", "visits or answers")+" overdue")
	}
	l := owedLine{Text: strings.Join(parts, ", ")}
	switch {
	case s.CallbacksOverdue > 0:
		l.Level = "danger"
	case s.FollowUpsOverdue > 0:
		l.Level = "warn"
	}
	return l
}
