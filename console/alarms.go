package console

import (
	"strings"
	"time"

	"example.org/crisisline/call"
)

// alarm is one thing the band says. Danger is for what harms a caller now,
// warn for what will.
type alarm struct {
	Level string // "danger" or "warn"
	Title string
	Text  string
	Stale bool // it says that the calls shown are old
}

// gapWarned is how near a gap in a team's rota is before the board says so,
// when the plan sets no alarm of its own.
const gapWarned = 12 * time.Hour

// alarms are what must be seen first, worst first.
func (c *composer) alarms() []alarm {
	out := c.healthAlarms()
	if c.Rota == nil {
		return append(out, alarm{Level: "danger", Title: "No plan is in force", Text: "Nobody can be rung until a plan is published."})
	}
	if !c.Stale {
		out = append(out, c.waitAlarms()...)
	}
	out = append(out, c.coverAlarms()...)
	out = append(out, c.gapAlarms()...)
	return append(out, c.waivers(c.Now)...)
}

// healthAlarms are what is wrong with the service, and with what this page can
// see of it.
func (c *composer) healthAlarms() []alarm {
	var out []alarm
	wrong := c.Mode != "" && c.Mode != ModeNormal && c.Rota != nil // without a plan that is the alarm
	if c.Stale {
		a := alarm{Level: "danger", Title: "This page cannot see the calls", Stale: true}
		a.Text = "Calls and people’s states are shown as of " + onWall(c.Calls.At, c.Zone, "15:04:05") + "."
		if c.Calls.At.IsZero() {
			a.Text = "No calls can be shown."
		}
		a.Text += " Telephones are answered all the same, from the last published plan."
		if wrong {
			a.Title = "The service is " + c.Mode + ", and this page cannot see the calls"
			a.Text = reasonText(c.Reasons) + " " + a.Text
		}
		return append(out, a)
	}
	switch {
	case wrong && c.Mode == "draining":
		out = append(out, alarm{Level: "warn", Title: "This instance is shutting down", Text: "Calls go on. Open the page again on another instance."})
	case wrong:
		out = append(out, alarm{Level: "danger", Title: "The service is " + c.Mode, Text: reasonText(c.Reasons)})
	case len(c.Reasons) > 0 && c.Rota != nil:
		out = append(out, alarm{Level: "warn", Title: reasonText(c.Reasons)})
	}
	return out
}

func reasonText(reasons []string) string {
	if len(reasons) == 0 {
		return "No reason was given."
	}
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = reasonWord(r)
	}
	return upper(list(words)) + "."
}

// waitAlarms are callers who have waited too long, and callers for whom nothing
// is being done.
func (c *composer) waitAlarms() []alarm {
	var out []alarm
	late := 0
	for _, r := range c.live() {
		if r.State.Unanswered() && c.Now.Sub(r.ReceivedAt) >= waitLate {
			late++
		}
	}
	if n := len(c.stuck()); n > 0 {
		out = append(out, alarm{
			Level: "danger", Title: count(n, "caller waits", "callers wait") + " with nobody being rung",
			Text: "Someone who may be asked is free. Use Ring again beside the caller.",
		})
	}
	if late > 0 {
		out = append(out, alarm{Level: "danger", Title: count(late, "caller has", "callers have") + " waited over 2 minutes"})
	}
	return out
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
		out = append(out, alarm{Level: "danger", Title: "Nobody is on shift", Text: strings.Replace(c.insteadOf(open[0]), "Its callers go", "Every caller goes", 1)})
	case len(bare) > 0:
		out = append(out, alarm{Level: "danger", Title: "Nobody is on shift for " + list(bare), Text: c.bareText(bare)})
	}
	if len(gone) > 0 {
		out = append(out, alarm{Level: "danger", Title: "Nobody can be rung for " + list(gone), Text: "Everyone on shift is on a break or set aside. Until someone is set back, callers go to other teams."})
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
		if c.mayRing(d.Responder) {
			n++
		}
	}
	return n
}

// mayRing reports whether a person is neither on a break nor set aside.
func (c *composer) mayRing(responder string) bool {
	p := c.state(responder).Presence
	return p != call.PresenceBreak && p != call.PresenceAway
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
		out = append(out, alarm{
			Level: "warn", Title: "Nobody for " + c.team(id) + " from " + when(gap, c.Now, c.Zone),
			Text: "In " + spoken(gap.Sub(c.Now)) + ". See Rota.",
		})
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
