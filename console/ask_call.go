package console

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// What is asked before something is done to a call.

// callerOf is how people refer to a caller: by when they rang.
func (c *composer) callerOf(r *queue.Record) string {
	return "the caller of " + onWall(r.ReceivedAt, c.Zone, "15:04:05")
}

// answeredMeanwhile says so in place of a form of which nothing can come.
func answeredMeanwhile(title, text string) (form, bool) {
	return form{Title: title, Warning: "Somebody has answered this caller meanwhile. " + text, Leave: Link{"Back to the board", "/"}}, true
}

func (c *composer) find(id call.ID) *queue.Record {
	for i := range c.Calls.Calls {
		if r := &c.Calls.Calls[i]; r.ID == id && r.State.Live() {
			return r
		}
	}
	return nil
}

func askRingAgain(c *composer, id string, _ url.Values) (form, bool) {
	r := c.find(call.ID(id))
	if r == nil {
		return form{}, false
	}
	f := form{Title: "Ring again for " + c.callerOf(r) + "?", Button: "Ring again"}
	if !r.State.Unanswered() {
		return answeredMeanwhile(f.Title, "Nothing will be rung.")
	}
	people := reached(r, c.ladder(r), c.Now)
	f.Lines = []string{
		"Whoever may be asked for this caller and is free is rung at once, also if they were asked a moment ago: " + orNobody(list(c.people(people))) + ".",
		"Nobody on a call or in wrap-up is disturbed. Phones that ring already go on ringing.",
	}
	return f, true
}

func orNobody(names string) string {
	if names == "" {
		return "nobody is on shift for it now"
	}
	return names
}

// askRingPerson offers whoever is on shift and free, the caller's own team first.
func askRingPerson(c *composer, id string, v url.Values) (form, bool) {
	r := c.find(call.ID(id))
	if r == nil {
		return form{}, false
	}
	f := form{Title: "Whom to ring for " + c.callerOf(r) + "?", Button: "Ring this person"}
	if !r.State.Unanswered() {
		return answeredMeanwhile(f.Title, "Nothing will be rung.")
	}
	free, busy := c.askable(r)
	f.Lines = []string{"Their phone rings at once, whichever team and tier they are on. Phones that ring already go on ringing; whoever presses 1 first has the caller."}
	if len(free) == 0 {
		f.Warning = "Nobody on shift is free to be rung."
		f.Lines = nil
	}
	if text := c.busyText(busy); text != "" {
		f.Lines = append(f.Lines, "Not in the list: "+text+".")
	}
	f.Lines = append(f.Lines, "Somebody who is off shift is put on the rota first: Replace now.")
	f.Fields = []field{{Kind: "radios", Name: "person", Label: "Who is on shift and free", Choices: entered(free, v, "person")}}
	if len(free) > mostRadios {
		f.Fields[0].Kind = "select"
		f.Fields[0].Choices = append([]choice{{Text: "Choose somebody"}}, f.Fields[0].Choices...)
	}
	return f, true
}

// mostRadios is how many choices are read at a glance; more are a list.
const mostRadios = 12

// entered marks the choice that was made; unlike chosen none when there was none,
// because pressing on must not ring somebody nobody chose.
func entered(all []choice, v url.Values, name string) []choice {
	for i := range all {
		all[i].Chosen = v.Get(name) != "" && all[i].Value == v.Get(name)
	}
	return all
}

// askable are the people on shift who may be rung for a call, its own team's
// first, and of the others what they are doing.
func (c *composer) askable(r *queue.Record) (free []choice, busy []string) {
	teams := slices.Concat([]string{r.Team}, slices.DeleteFunc(c.openTeams(c.Now), func(t string) bool { return t == r.Team }))
	seen := map[string]bool{}
	consider := func(who, group, hint string) {
		if seen[who] {
			return
		}
		seen[who] = true
		s := c.state(who)
		kept := s.Presence == call.PresenceWrapUp && s.Call == r.ID // their phone dropped this very caller
		if s.Presence != call.PresenceFree && !kept {
			busy = append(busy, who)
			return
		}
		free = append(free, choice{Value: who, Text: c.person(who), Hint: hint, Group: group})
	}
	for _, tier := range shownTiers {
		for _, team := range teams {
			for _, d := range c.onShift(team, tier) {
				consider(d.Responder, tierWord(tier), c.team(team)+", "+lower(tierWord(tier)))
			}
		}
	}
	if c.Rota != nil {
		for _, h := range c.Rota.LastHumans() {
			consider(h.ID, tierWord(call.TierLastHuman), tierWord(call.TierLastHuman))
		}
	}
	return free, busy
}

// busyText is who is on shift and cannot be rung, by what they are doing.
func (c *composer) busyText(people []string) string {
	var parts []string
	for _, s := range []struct {
		p    call.Presence
		text string
	}{
		{call.PresenceOffered, "being rung"}, {call.PresenceConnected, "on a call"}, {call.PresenceWrapUp, "in wrap-up"},
		{onPhone, "still on the phone after a call"}, {call.PresenceBreak, "on a break"}, {call.PresenceAway, "set away"},
	} {
		var of []string
		for _, who := range people {
			if c.state(who).Presence == s.p {
				of = append(of, c.person(who))
			}
		}
		if len(of) > 0 {
			parts = append(parts, list(of)+" ("+s.text+")")
		}
	}
	return list(parts)
}

// askWiden names who joins. The rung that was reached when it was asked goes with
// the form, so that two people who press bring in one.
func askWiden(c *composer, id string, v url.Values) (form, bool) {
	r := c.find(call.ID(id))
	if r == nil {
		return form{}, false
	}
	f := form{Title: "Bring in more people for " + c.callerOf(r) + " now?", Button: "Bring them in now"}
	if !r.State.Unanswered() {
		return answeredMeanwhile(f.Title, "Nothing will be rung.")
	}
	ladder := c.ladder(r)
	at := highest(r, ladder, c.Now)
	saw, ok := rungOf(v)
	if !ok {
		saw = at
	}
	f.Fields = []field{{Kind: "hidden", Name: "beyond", Value: strconv.Itoa(saw)}}
	switch {
	case at > saw:
		f.Warning = "They have joined meanwhile. Nothing more will be done."
	case at+1 >= len(ladder):
		f.Warning = "Everyone may be asked for this caller already. Nothing will be done."
	default:
		next := sameTime(ladder[at+1:])
		f.Lines = []string{
			upper(joins(next, c.names)) + ", without waiting for their time: " + orNobody(list(c.people(peopleOf(next)))) + ".",
			"One more phone is rung at once if somebody there is free. Phones that ring already go on ringing.",
		}
	}
	return f, true
}

// rungOf is the rung that was reached when the form was made.
func rungOf(v url.Values) (int, bool) {
	n, err := strconv.Atoi(v.Get("beyond"))
	return n, err == nil && n >= 0 && n < 1000
}

// highest is the index of the highest rung that is reached; −1 for none.
func highest(r *queue.Record, ladder rota.Ladder, now time.Time) int {
	at := -1
	for i, rung := range ladder {
		if !open(r, i, rung, now) {
			break
		}
		at = i
	}
	return at
}

func peopleOf(rungs rota.Ladder) (people []string) {
	for _, rung := range rungs {
		for _, group := range rung.Groups {
			people = append(people, group...)
		}
	}
	return people
}

// askHandOver offers the other open teams, each with who is there.
func askHandOver(c *composer, id string, v url.Values) (form, bool) {
	r := c.find(call.ID(id))
	if r == nil {
		return form{}, false
	}
	f := form{Title: "Hand over " + c.callerOf(r) + " to which team?", Button: "Hand over"}
	if !r.State.Unanswered() {
		return answeredMeanwhile(f.Title, "A caller who is talking cannot be handed over: it would cut them off.")
	}
	f.Lines = []string{
		"They are with " + c.team(r.Team) + " now. The other team’s people are rung from now on, and the call counts as theirs.",
		"The caller notices nothing: they keep their place and what they have waited. Phones that ring go on ringing; whoever presses 1 first has the caller.",
	}
	var choices []choice
	for _, team := range c.openTeams(c.Now) {
		if team != r.Team {
			choices = append(choices, choice{Value: team, Text: c.team(team), Hint: c.strength(team)})
		}
	}
	f.Fields = []field{
		{Kind: "hidden", Name: "from", Value: r.Team},
		{Kind: "radios", Name: "team", Label: "Team", Choices: entered(choices, v, "team")},
	}
	if len(choices) == 0 {
		f.Warning, f.Lines, f.Fields = "There is no other team open now.", nil, f.Fields[:1]
	}
	return f, true
}

// strength is how many people of a team can be rung now, in words.
func (c *composer) strength(team string) string {
	people := c.onShift(team, call.TierResponding)
	free := 0
	for _, d := range people {
		if c.state(d.Responder).Presence == call.PresenceFree {
			free++
		}
	}
	if len(people) == 0 {
		return "Nobody on shift. " + c.insteadOf(team)
	}
	return strconv.Itoa(free) + " of " + count(len(people), "person", "people") + " free"
}
