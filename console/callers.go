package console

import (
	"sort"
	"strconv"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// rowsShown is how many callers of a team are drawn as waiting, and in all as
// talking. More than that is not read by anyone and would make every update
// heavy; the rest is counted.
const rowsShown = 25

// teamCallers are the callers of one home team whom nobody has accepted yet,
// the longest wait first.
type teamCallers struct {
	ID    string
	Name  string
	Count int
	Rows  []callerRow
	More  int // rows not drawn
}

// talking are the callers with someone, of all teams, the longest first.
type talking struct {
	Count int
	Rows  []callerRow
	More  int
}

// callerRow is one caller on the line.
type callerRow struct {
	ID     call.ID
	Kind   string // "waiting", "greeting" or "talking": how loud the row is
	Rang   string // local time the call came, which is how people refer to it
	Wait   clock  // unanswered: since the call came
	Talk   clock  // connected: since both could hear each other
	Waited string // connected: how long it had taken
	Who    string
	Line   string
	Team   string
	Flags  []label
	Stage  string // in words, without the phones
	Phones []phone
	Busy   string // waiting with no phone ringing: why not
	Next   step
	NextIn clock
	Sooner *does // the button that brings in at once whoever is next
	Offers string
	Does   []does
}

// label is a small label on a row.
type label struct{ Tone, Text string }

// phone is one responder's phone ringing for a caller.
type phone struct {
	Name  string
	Doing string
	Since clock
}

// callers parts the live calls into those still waiting, by home team with the
// longest wait first, and those with someone. Quiet are the teams with neither.
func (c *composer) callers() (waiting []teamCallers, with talking, quiet []string) {
	byTeam := map[string][]*queue.Record{}
	busy := map[string]bool{}
	for _, r := range c.live() {
		busy[r.Team] = true
		if r.State.Unanswered() {
			byTeam[r.Team] = append(byTeam[r.Team], r)
			continue
		}
		if with.Count++; with.Count > rowsShown {
			with.More++
			continue
		}
		with.Rows = append(with.Rows, c.row(r))
	}
	for _, id := range c.teams {
		if of := byTeam[id]; len(of) > 0 {
			waiting = append(waiting, c.teamCallers(id, of))
		}
		if !busy[id] {
			quiet = append(quiet, c.team(id))
		}
	}
	sort.SliceStable(waiting, func(i, j int) bool {
		return byTeam[waiting[i].ID][0].ReceivedAt.Before(byTeam[waiting[j].ID][0].ReceivedAt)
	})
	return waiting, with, quiet
}

// live are the calls with a caller on the line, the oldest first.
func (c *composer) live() []*queue.Record {
	var out []*queue.Record
	for i := range c.Calls.Calls {
		if r := &c.Calls.Calls[i]; r.State.Live() {
			out = append(out, r)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].ReceivedAt.Before(out[j].ReceivedAt) })
	return out
}

func (c *composer) teamCallers(id string, of []*queue.Record) teamCallers {
	t := teamCallers{ID: id, Name: c.team(id), Count: len(of)}
	for _, r := range of {
		if len(t.Rows) == rowsShown {
			t.More = len(of) - rowsShown
			break
		}
		t.Rows = append(t.Rows, c.row(r))
	}
	return t
}

func (c *composer) row(r *queue.Record) callerRow {
	row := callerRow{
		ID:    r.ID,
		Rang:  onWall(r.ReceivedAt, c.Zone, "15:04:05"),
		Who:   callerWord(r.Caller),
		Line:  c.line(r.Line),
		Team:  c.team(r.Team),
		Flags: c.flags(r),
	}
	if r.Offers > 0 {
		row.Offers = count(r.Offers, "offer so far", "offers so far")
	}
	if r.State.Unanswered() {
		c.unanswered(&row, r)
	} else {
		c.answered(&row, r)
	}
	return row
}

func (c *composer) unanswered(row *callerRow, r *queue.Record) {
	row.Kind = "waiting"
	row.Wait = c.since(r.ReceivedAt)
	for _, o := range c.offers[r.ID] {
		row.Phones = append(row.Phones, phone{Name: c.person(o.Responder), Doing: doing(o), Since: c.since(o.OfferedAt)})
	}
	ladder := c.ladder(r)
	if c.Stale { // what came next may long have come
		row.Stage = "Was waiting"
		return
	}
	row.Next = nextStep(r, ladder, len(row.Phones) > 0, c.names, c.Now)
	if !row.Next.At.IsZero() {
		row.NextIn = c.until(row.Next.At)
	}
	c.offerButtons(row, r, ladder)
	switch {
	case r.State == call.StateIntake:
		row.Kind, row.Stage = "greeting", "Hears the greeting"
		if len(row.Phones) > 0 {
			row.Stage = "Hears the greeting; phones ring already"
		}
	case len(row.Phones) > 0:
		row.Stage = "Ringing"
	case c.Now.Before(r.NotBefore):
		row.Stage = "Cut off from a responder; rung again in a moment"
	default:
		row.Stage = "Waiting: no phone is ringing"
		row.Busy = c.whyNobody(reached(r, ladder, c.Now))
	}
}

// offerButtons are what may be done for a caller who waits.
func (c *composer) offerButtons(row *callerRow, r *queue.Record, ladder rota.Ladder) {
	about, id := "for the caller of "+row.Rang, string(r.ID)
	all := []does{
		{Action: pressRingPerson, ID: id, Text: "Ring somebody", About: about},
		{Action: pressHandOver, ID: id, Text: "Hand over", About: "the caller of " + row.Rang},
	}
	if len(row.Phones) == 0 { // while one rings there is nothing to do again
		all = append([]does{{Action: pressRingAgain, ID: id, Text: "Ring again", About: about}}, all...)
	}
	row.Does = c.allowed(all)
	if row.Next.At.IsZero() || c.Now.Before(r.NotBefore) {
		return // nobody joins by waiting
	}
	for _, d := range c.allowed([]does{{Action: pressWiden, ID: id, Text: "Bring in now", About: about}}) {
		d.Href += "?beyond=" + strconv.Itoa(max(highest(r, ladder, c.Now), 0))
		row.Sooner = &d
	}
}

func (c *composer) answered(row *callerRow, r *queue.Record) {
	row.Kind = "talking"
	with := c.person(r.Responder)
	if r.State == call.StateAccepted {
		row.Stage = with + " accepted; being joined"
		row.Wait = c.since(r.ReceivedAt)
		return
	}
	row.Stage = "With " + with
	row.Talk = c.since(r.TalkingAt)
	row.Waited = "answered after " + mmss(r.ConnectedAt.Sub(r.ReceivedAt))
}

// ladder is who may be asked for a call and when, by the plan in force.
func (c *composer) ladder(r *queue.Record) rota.Ladder {
	if c.Rota == nil {
		return nil
	}
	need := call.Need{Line: r.Line, Team: r.Team, Caller: r.Caller, Language: r.Language, Skills: r.Skills}
	return c.Rota.Match(need, c.Timing, c.Now)
}

func (c *composer) flags(r *queue.Record) []label {
	var fs []label
	if r.Danger {
		fs = append(fs, label{"red", "Pressed the danger key"})
	}
	if r.Front && r.State.Unanswered() {
		fs = append(fs, label{"orange", "Cut off, first in line"})
	}
	if r.Redials > 0 {
		fs = append(fs, label{"yellow", "Rang " + times(r.Redials) + " before, unanswered"})
	}
	return fs
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return count(n, "time", "times")
}

// doing is how far one phone has come.
func doing(o queue.OfferRecord) string {
	switch o.State {
	case queue.OfferRinging:
		return "ringing"
	case queue.OfferPickedUp:
		return "picked up, no key yet"
	}
	return "being dialled"
}
