package console

import (
	"time"

	"example.org/crisisline/call"
)

// alarm is one thing the band says. Danger is for what harms a caller now,
// warn for what will.
type alarm struct {
	Level string // "danger" or "warn"
	Title string
	Text  string
}

// gapWarned is how near a gap in a team's rota is before the board says so,
// when the plan sets no alarm of its own.
const gapWarned = 12 * time.Hour

// alarms are what must be seen first, worst first.
func (c *composer) alarms() []alarm {
	var out []alarm
	add := func(level, title, text string) { out = append(out, alarm{level, title, text}) }
	if c.Stale {
		text := "Calls and people's states are shown as of " + c.Calls.At.In(c.Zone).Format("15:04:05") + "."
		if c.Calls.At.IsZero() {
			text = "No calls can be shown."
		}
		add("danger", "This page cannot see the calls", text+" Telephones are answered all the same, from the last published plan.")
	}
	if c.Mode != "" && c.Mode != ModeNormal {
		add("danger", "The service is "+c.Mode, degradedText(c.Reasons))
	}
	if c.Rota == nil {
		add("danger", "No plan is in force", "Nobody can be rung until a plan is published.")
		return out
	}
	out = append(out, c.coverAlarms()...)
	if n := len(c.stuck()); n > 0 {
		add("danger", count(n, "caller waits", "callers wait")+" with nobody being rung", "Someone who may be asked is free. Use Ring again beside the caller.")
	}
	return append(out, c.gapAlarms()...)
}

func degradedText(reasons []string) string {
	if len(reasons) == 0 {
		return "No reason was given."
	}
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = reasonWord(r)
	}
	return upper(list(words)) + "."
}

// coverAlarms are the teams nobody can be rung for now.
func (c *composer) coverAlarms() []alarm {
	var bare, gone []string
	anyone := false
	open := c.openTeams(c.Now)
	for _, id := range open {
		people := c.onShift(id, call.TierResponding)
		anyone = anyone || len(people) > 0 || len(c.onShift(id, call.TierBackup)) > 0
		switch usable := c.usable(id); {
		case len(people) == 0:
			bare = append(bare, c.team(id))
		case usable == 0:
			gone = append(gone, c.team(id))
		}
	}
	var out []alarm
	switch {
	case len(open) > 0 && !anyone:
		out = append(out, alarm{"danger", "Nobody is on shift", "No team has anybody. Every caller goes to the duty manager or the last human."})
	case len(bare) > 0:
		out = append(out, alarm{"danger", "Nobody is on shift for " + list(bare), c.bareText(bare)})
	}
	if len(gone) > 0 {
		out = append(out, alarm{"danger", "Nobody can be rung for " + list(gone), "Everyone on shift is on a break or set aside. Put someone back, or callers go to other teams."})
	}
	return out
}

func (c *composer) bareText(bare []string) string {
	if len(bare) > 1 {
		return "Their callers go to other teams at once."
	}
	for _, d := range c.openTeams(c.Now) {
		if c.team(d) == bare[0] {
			return c.insteadOf(d)
		}
	}
	return ""
}

// usable is how many people of a team may be rung when they are not busy.
func (c *composer) usable(team string) int {
	n := 0
	for _, d := range c.onShift(team, call.TierResponding) {
		switch c.state(d.Responder).Presence {
		case call.PresenceBreak, call.PresenceAway:
		default:
			n++
		}
	}
	return n
}

// gapAlarms are gaps that are near.
func (c *composer) gapAlarms() []alarm {
	near := c.Rota.Plan().Alarm.Gap
	if near <= 0 {
		near = gapWarned
	}
	var out []alarm
	for _, id := range c.openTeams(c.Now) {
		gap, ok := c.Rota.NextGap(id, c.Now)
		if !ok || !gap.After(c.Now) || gap.Sub(c.Now) > near {
			continue
		}
		out = append(out, alarm{"warn", "Nobody for " + c.team(id) + " from " + when(gap, c.Now, c.Zone), "In " + spoken(gap.Sub(c.Now)) + ". See Rota."})
	}
	return out
}

// calm is what the band says when nothing is wrong.
func (c *composer) calm(next *change) string {
	if next == nil {
		return "Every team has someone on shift."
	}
	return "Every team has someone on shift. Next change " + next.Local + "."
}
