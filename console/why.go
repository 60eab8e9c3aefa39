package console

import (
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// whyNobody says why no phone rings, from what the people who may be asked are
// doing.
func (c *composer) whyNobody(people []string) string {
	if len(people) == 0 {
		return "Nobody may be asked at this moment."
	}
	doing := map[call.Presence]int{}
	for _, p := range people {
		s := c.state(p)
		if s.Presence == call.PresenceAway && s.Why != "" && s.Why != call.PauseMissed {
			s.Presence = setAway
		}
		doing[s.Presence]++
	}
	var parts []string
	for _, s := range []struct {
		p         call.Presence
		one, many string
	}{
		{call.PresenceFree, "free (just asked, or about to be rung)", "free (just asked, or about to be rung)"},
		{call.PresenceConnected, "on a call", "on calls"},
		{call.PresenceOffered, "being rung for another caller", "being rung for other callers"},
		{call.PresenceWrapUp, "in wrap-up", "in wrap-up"},
		{onPhone, "still on the phone after a call", "still on the phone after a call"},
		{call.PresenceBreak, "on a break", "on a break"},
		{call.PresenceAway, "set aside after missed calls", "set aside after missed calls"},
		{setAway, "set away", "set away"},
	} {
		if n := doing[s.p]; n > 0 {
			parts = append(parts, count(n, s.one, s.many))
		}
	}
	return "Of " + count(len(people), "person", "people") + " who may be asked: " + strings.Join(parts, ", ") + "."
}

// setAway is somebody whom a person set away: unlike those set aside after missed
// calls they are not asked even when nobody else is there.
const setAway call.Presence = "set_away"

// onPhone is somebody who is free again with a leg of ours still at their ear: they
// are rung once they have hung up.
const onPhone call.Presence = "on_phone"

// stuckAfter is how long a caller may wait with somebody free and no phone
// ringing before the board says that something is wrong. The service's own
// watchdog acts sooner; this is a second pair of eyes.
const stuckAfter = 10 * time.Second

// stuck are the calls nobody is being rung for although someone could be.
// Whoever became free less than ReofferAfter ago may have been asked for this
// very call, and does not count.
func (c *composer) stuck() []*queue.Record {
	var out []*queue.Record
	for i := range c.Calls.Calls {
		r := &c.Calls.Calls[i]
		if r.State != call.StateWaiting || len(c.offers[r.ID]) > 0 || c.Now.Before(r.NotBefore) || c.Now.Sub(latest(r.LastStep, r.NotBefore)) < stuckAfter {
			continue
		}
		for _, p := range reached(r, c.ladder(r), c.Now) {
			if s := c.state(p); s.Presence == call.PresenceFree && c.Now.Sub(s.Since) >= c.ReofferAfter {
				out = append(out, r)
				break
			}
		}
	}
	return out
}
