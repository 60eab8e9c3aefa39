package console

import (
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// teamDuty is who is on shift now for one team, or for all of them.
type teamDuty struct {
	ID    string
	Name  string
	Bare  string // nobody responds: said loudly, with what happens to callers
	Tiers []tierDuty
}

type tierDuty struct {
	Name   string
	People []personRow
}

// personRow is one person on shift.
type personRow struct {
	ID     string
	Key    string // unique on the page: a person may be in several tiers
	Name   string
	State  string
	Tone   string
	Clock  clock
	Detail string // such as "3 missed in a row"
	Until  string // local time their shift ends; "" for a last human
	Does   []does
	Page   bool // there is a page about them
}

// does is a button of a row.
type does struct {
	Action string
	ID     string
	Text   string
	About  string // what a screen reader adds
	Href   string // where it is asked about
}

// shownTiers are the tiers of a team's own block.
var shownTiers = []call.Tier{call.TierResponding, call.TierBackup, call.TierDutyManager}

// duties lists who is on shift: each open team, then whoever is on shift for
// every team alike, then the last humans.
func (c *composer) duties() []teamDuty {
	if c.Rota == nil {
		return nil
	}
	open := c.openTeams(c.Now)
	shared := c.sharedTiers(open)
	var out []teamDuty
	for _, id := range open {
		t := teamDuty{ID: id, Name: c.team(id)}
		for _, tier := range shownTiers {
			people := c.onShift(id, tier)
			if tier == call.TierResponding && len(people) == 0 {
				t.Bare = "Nobody on shift. " + c.insteadOf(id)
			}
			if len(people) > 0 && !shared[tier] {
				t.Tiers = append(t.Tiers, c.tier(id, tier, people))
			}
		}
		out = append(out, t)
	}
	all := teamDuty{ID: "all", Name: "Every team"}
	for _, tier := range shownTiers {
		if shared[tier] {
			all.Tiers = append(all.Tiers, c.tier("all", tier, c.onShift(open[0], tier)))
		}
	}
	if last := c.lastHumans(); len(last.People) > 0 {
		all.Tiers = append(all.Tiers, last)
	}
	if len(all.Tiers) > 0 {
		out = append(out, all)
	}
	return out
}

// sharedTiers are the tiers whose people are the same in every open team, so
// that they are listed once.
func (c *composer) sharedTiers(open []string) map[call.Tier]bool {
	shared := map[call.Tier]bool{}
	if len(open) < 2 {
		return shared
	}
	for _, tier := range shownTiers {
		first := ids(c.onShift(open[0], tier))
		same := first != ""
		for _, id := range open[1:] {
			same = same && ids(c.onShift(id, tier)) == first
		}
		shared[tier] = same
	}
	return shared
}

// ids is the people of some duties as one comparable text.
func ids(ds []rota.Duty) string { return strings.Join(idList(ds), "\n") }

func idList(ds []rota.Duty) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = d.Responder
	}
	return out
}

// insteadOf says who is rung for a team without anybody.
func (c *composer) insteadOf(team string) string {
	for i := range c.Rota.Plan().Teams {
		t := &c.Rota.Plan().Teams[i]
		if t.ID != team {
			continue
		}
		for _, n := range t.Neighbours {
			if len(c.onShift(n, call.TierResponding)) > 0 {
				return "Its callers go to " + c.team(n) + " at once."
			}
		}
	}
	for _, tier := range []call.Tier{call.TierBackup, call.TierDutyManager} {
		if len(c.onShift(team, tier)) > 0 {
			return "Its callers go to the " + lower(tierWord(tier)) + " at once."
		}
	}
	return "Its callers go to the last human at once."
}

func (c *composer) tier(team string, tier call.Tier, people []rota.Duty) tierDuty {
	t := tierDuty{Name: tierWord(tier)}
	for _, d := range people {
		row := c.personRow(d.Responder)
		row.Key = team + "-" + string(tier) + "-" + d.Responder
		if !d.Until.IsZero() && d.Until.Before(c.Rota.CoversUntil()) {
			row.Until = when(d.Until, c.Now, c.Zone)
		}
		t.People = append(t.People, row)
	}
	return t
}

func (c *composer) lastHumans() tierDuty {
	t := tierDuty{Name: tierWord(call.TierLastHuman)}
	for _, p := range c.Rota.LastHumans() {
		row := c.personRow(p.ID)
		row.Key = "last-" + p.ID
		row.Name = p.Name
		row.Page = false
		row.Does = nil // they are rung whatever they do; a break would be a lie
		if row.State == "Free" {
			row.State, row.Tone = "Always there", "grey"
		}
		t.People = append(t.People, row)
	}
	return t
}

// personRow is what one person is doing now.
func (c *composer) personRow(id string) personRow {
	p := c.state(id)
	name := c.person(id)
	row := personRow{ID: id, Name: name, Page: true}
	if p.Misses > 0 {
		row.Detail = count(p.Misses, "missed call", "missed calls in a row")
	}
	back := does{Action: pressBack, ID: id, Text: "Back", About: name + " can be rung again"}
	off := does{Action: pressPause, ID: id, Text: "Break or away", About: ": " + name}
	switch p.Presence {
	case call.PresenceOffered:
		row.State, row.Tone, row.Clock = "Phone ringing", "yellow", c.since(p.Since)
	case call.PresenceConnected:
		row.State, row.Tone, row.Clock = "On a call", "blue", c.since(p.Since)
	case call.PresenceWrapUp:
		row.State, row.Tone = "Wrap-up", "purple"
		row.Clock = c.wrapUp(p.Since)
		row.Does = []does{{Action: pressEndWrapUp, ID: id, Text: "End wrap-up", About: "of " + name}, off}
	case onPhone:
		row.State, row.Tone, row.Detail = "On the phone", "grey", "Still on the line after a call; rung again once they hang up"
		row.Does = []does{off}
	case call.PresenceBreak, call.PresenceAway:
		c.pausedRow(&row, p)
		row.Does = []does{back}
	default:
		row.State, row.Tone = "Free", "green"
		row.Does = []does{off}
	}
	row.Does = c.allowed(row.Does)
	if c.CanChange {
		row.Does = append(row.Does,
			does{ID: id, Text: "Sick", About: ": " + name, Href: "/rota/change/sick?person=" + id},
			does{ID: id, Text: "Replace", About: name + " now", Href: "/rota/change/replace?person=" + id},
			does{ID: id, Text: "Swap", About: "a shift of " + name, Href: "/rota/change/swap?person=" + id})
	}
	return row
}

// pausedRow is what somebody on a break or set away is doing, and when they are back.
func (c *composer) pausedRow(row *personRow, p queue.PresenceRecord) {
	row.State, row.Tone, row.Clock = "On a break", "grey", c.since(p.Since)
	if p.Presence == call.PresenceAway {
		row.State, row.Tone = "Set aside", "orange"
	}
	if t, ok := pauseText[p.Why]; ok {
		row.State = t.State
	}
	switch {
	case p.Presence == call.PresenceAway && (p.Why == call.PauseMissed || p.Why == ""):
		row.Detail = "Calls were missed; not rung while others can be"
	case !p.Until.IsZero() && p.Until.Before(c.Rota.CoversUntil()):
		row.Detail = "back at " + when(p.Until, c.Now, c.Zone)
	}
}

// allowed leaves out buttons nobody handed in.
func (c *composer) allowed(ds []does) []does {
	var out []does
	for _, d := range ds {
		if c.Can[d.Action] {
			d.Href = "/confirm/" + d.Action + "/" + d.ID
			out = append(out, d)
		}
	}
	return out
}

// duty is what a person is on shift for now.
func (c *composer) duty(responder string) []rota.Duty {
	if c.Rota == nil {
		return nil
	}
	return c.Rota.Duties(responder, c.Now)
}

// wrapUp counts down when the length of a wrap-up is known, else up.
func (c *composer) wrapUp(since time.Time) clock {
	if c.WrapUp <= 0 {
		return c.since(since)
	}
	return c.until(since.Add(c.WrapUp))
}
