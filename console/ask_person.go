package console

import (
	"net/url"
	"slices"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
)

// What is asked before something is done about a person.

// pauseText is what a reason is called where it is chosen, and what follows.
var pauseText = map[call.Pause]struct{ Text, Hint, State string }{
	call.PauseRest:        {"A break", "rest, food, air", "On a break"},
	call.PauseRecovery:    {"Recovery after a hard call", "ends by itself after a while; nobody need explain", "Recovering"},
	call.PauseDebrief:     {"Talking a call over", "with a colleague or a lead", "Talking a call over"},
	call.PauseWork:        {"Other work", "writing up, a visit, teaching", "Other work"},
	call.PauseUnwell:      {"Unwell", "not fit to take calls; for a later shift, report them sick on the rota", "Unwell"},
	call.PausePhone:       {"Phone trouble", "their phone does not work", "Phone trouble"},
	call.PauseUnreachable: {"Cannot be reached", "nobody can get hold of them", "Cannot be reached"},
	call.PauseMissed:      {"Missed calls", "", "Set aside"},
}

// pauseOf reads a reason that was chosen; "" when it is none of those offered.
func pauseOf(text string) (to call.Presence, why call.Pause) {
	for _, to := range []call.Presence{call.PresenceBreak, call.PresenceAway} {
		if slices.Contains(call.Pauses[to], call.Pause(text)) {
			return to, call.Pause(text)
		}
	}
	return "", ""
}

func askPause(c *composer, id string, v url.Values) (form, bool) {
	name, ok := c.known(id)
	f := form{
		Title:  "Take " + name + " off the line for a while?",
		Lines:  []string{"Their phone does not ring for callers until they are set back, or their shift ends. Calls in progress are not touched."},
		Button: "Take off the line",
	}
	var choices []choice
	for _, to := range []call.Presence{call.PresenceBreak, call.PresenceAway} {
		for _, why := range call.Pauses[to] {
			t := pauseText[why]
			choices = append(choices, choice{Value: string(why), Text: t.Text, Hint: upper(t.Hint)})
		}
	}
	f.Fields = []field{{Kind: "radios", Name: "why", Label: "Why", Choices: entered(choices, v, "why")}}
	f.Warning = c.lonely(id)
	return f, ok
}

// lonely warns of the duties of which somebody is the last one there.
func (c *composer) lonely(id string) (warning string) {
	for _, d := range c.duty(id) {
		if c.others(d) > 0 {
			continue
		}
		if warning = "Nobody else is on shift as " + lower(tierWord(d.Tier)) + "."; d.Tier == call.TierResponding {
			return "Nobody else can be rung for " + c.team(d.Team) + "."
		}
	}
	return warning
}

// others is how many people on the same duty may be rung when not busy.
func (c *composer) others(d rota.Duty) int {
	n := 0
	for _, o := range c.onShift(d.Team, d.Tier) {
		if o.Responder != d.Responder && c.mayRing(o.Responder) {
			n++
		}
	}
	return n
}

func askBack(c *composer, id string, _ url.Values) (form, bool) {
	name, ok := c.known(id)
	f := form{Title: "Set " + name + " back?", Button: "Set back"}
	f.Lines = []string{"Their phone rings for callers again from now on, as long as they are on shift. Ask them first."}
	if len(c.duty(id)) == 0 {
		f.Warning = "They are not on shift now, so nothing rings until their next shift."
	}
	return f, ok
}

func askEndWrapUp(c *composer, id string, _ url.Values) (form, bool) {
	name, ok := c.known(id)
	f := form{Title: "End the wrap-up of " + name + "?", Button: "End wrap-up"}
	f.Lines = []string{"They can be rung for the next caller at once. Ask them first: they may still be writing, or need a moment."}
	if c.state(id).Presence != call.PresenceWrapUp {
		f.Warning = "They are no longer in wrap-up. Nothing will change."
	}
	return f, ok
}

func (c *composer) known(id string) (name string, ok bool) {
	if c.Rota == nil {
		return id, false
	}
	_, ok = c.Rota.Responder(id)
	return c.person(id), ok
}
