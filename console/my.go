package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// My shift: what a responder needs on the telephone in their hand. Everything on
// it is about whoever looks, by who they are in the plan (Who.Responder); no
// address of it names a person.

// mySpan is how far ahead one's own shifts are shown.
const mySpan = 6 * 7 * 24 * time.Hour

// myRoutes are the pages about oneself.
func (c *Console) myRoutes() []route {
	all := []route{{"GET /my", access.OwnShift, c.my}}
	if c.o.Actions.Pause != nil && c.o.Actions.Back != nil && c.o.Actions.EndWrapUp != nil {
		all = append(all,
			route{"POST /my/pause", access.OwnShift, c.myPause},
			route{"POST /my/back", access.OwnShift, c.myBack},
			route{"POST /my/ready", access.OwnShift, c.myReady})
	}
	if c.o.Changes != nil {
		all = append(all,
			route{"GET /my/swap", access.OwnShift, c.askMySwap},
			route{"POST /my/swap", access.OwnShift, c.offerMySwap},
			route{"GET /my/swaps/{id}", access.OwnShift, c.mySwap},
			route{"POST /my/swaps/{id}/accept", access.OwnShift, c.acceptMySwap},
			route{"POST /my/swaps/{id}/decline", access.OwnShift, c.declineMySwap})
	}
	if c.o.Feeds != nil {
		all = append(all,
			route{"POST /my/feeds", access.OwnShift, c.addMyFeed},
			route{"POST /my/feeds/{id}/revoke", access.OwnShift, c.revokeMyFeed})
	}
	return all
}

// myPage is one's own shift.
type myPage struct {
	Nobody   bool // whoever looks is nobody in the plan
	SignedAs string
	Done     string
	Problem  string // why what was pressed was not done
	Stale    bool   // the store does not answer: what one is doing is not known

	ID, Name string
	On       []myDuty
	Length   string // "9 hours left"
	Next     string // when one is next on; "" when on now, or never in six weeks
	Number   string
	Reach    reach
	Away     []absenceRow

	State    personRow
	Presence call.Presence
	Lonely   string // what it means for callers when one goes
	Pauses   []choice
	More     []choice
	Can      bool // the buttons are there
	CallHref string

	Calls []myCall
	Turns []turnRow
	Swaps []mySwapRow
	Ask   bool // swaps can be asked for
	Feeds []myFeed
	Feed  bool // calendar addresses can be made
}

// myDuty is one thing one is on shift as.
type myDuty struct{ What, Until, Also string }

// myCall is one of one's last calls.
type myCall struct {
	At, Talked, Came string
	Story, Record    string
	Owed             bool // nothing was recorded yet
}

// me is who asks, in the plan.
func (c *Console) me(r *asked) (rota.Responder, bool) {
	plan := c.o.Rota()
	if plan == nil || r.Who.Responder == "" {
		return rota.Responder{}, false
	}
	return plan.Responder(r.Who.Responder)
}

// my is the page.
func (c *Console) my(w http.ResponseWriter, r *asked) {
	c.showMy(w, r, http.StatusOK, myDone[r.URL.Query().Get("done")], "")
}

func (c *Console) showMy(w http.ResponseWriter, r *asked, code int, done, problem string) {
	p := c.myPage(r)
	p.Done, p.Problem = done, problem
	title := "My shift"
	if problem != "" {
		title = "Error: " + title
	}
	out := c.page(r, title, p)
	out.Own = !p.Nobody
	c.render(w, code, "my", out)
}

func (c *Console) myPage(r *asked) myPage {
	who, ok := c.me(r)
	if !ok {
		return myPage{Nobody: true, SignedAs: r.Who.Name}
	}
	m := c.moment(r.Context())
	at := newComposer(m)
	l := looking{names: names{covering(m.Rota, m.Now, m.Now.Add(mySpan)), m.Zone}, now: m.Now, facts: c.facts(r.Context()), may: func(*rota.Responder) bool { return true }}
	p := l.mine(&who, at)
	p.Can = c.o.Actions.Pause != nil && c.o.Actions.Back != nil && c.o.Actions.EndWrapUp != nil && !m.Stale
	p.Ask, p.Feed = c.o.Changes != nil, c.o.Feeds != nil
	if p.Presence == call.PresenceConnected || p.Presence == call.PresenceWrapUp {
		if id := at.state(who.ID).Call; id != "" && r.Who.May(access.ReadCalls) {
			p.CallHref = storyAt(id, time.Time{}, "/my")
		}
	}
	p.Calls = c.myCalls(r.Context(), l.names, who.ID, m.Now)
	p.Feeds = c.myFeeds(r.Context(), l.names, who.ID)
	return p
}

// mine computes what the plan and the present say of somebody. It is pure.
func (l looking) mine(who *rota.Responder, at *composer) myPage {
	p := myPage{
		ID: who.ID, Name: who.Name, Number: ending(who.Number), Reach: l.reach(who), Stale: at.Stale,
		Away: l.absences(who.ID, l.now, true), State: at.personRow(who.ID), Presence: at.state(who.ID).Presence,
	}
	duties := l.r.Duties(who.ID, l.now)
	last := l.now
	p.On = l.together(duties)
	for _, d := range duties {
		last = latest(last, d.Until)
	}
	turns := l.turns(who.ID, l.now, l.now.Add(mySpan+longestTurn))
	if len(duties) > 0 {
		p.Length = spoken(last.Sub(l.now)) + " left"
	}
	for _, t := range turns {
		if t.Start.After(l.now) {
			if len(duties) == 0 {
				p.Next = l.span(t.Start, t.End, l.now)
			}
			break
		}
	}
	p.Turns = l.turnRows(who.ID, mySpan)
	if len(duties) == 0 && (p.Presence == call.PresenceFree || p.Presence == onPhone) {
		p.State = personRow{State: "Off shift", Tone: "grey"}
	}
	p.Swaps = l.mySwaps(who)
	p.Lonely = at.lonely(who.ID)
	p.Pauses, p.More = pauseButtons()
	return p
}

// together is what one is on shift as, a line for each tier that ends at one time.
func (l looking) together(duties []rota.Duty) []myDuty {
	type key struct {
		tier  call.Tier
		until time.Time
	}
	var order []key
	teams := map[key][]string{}
	for _, d := range duties {
		k := key{d.Tier, d.Until}
		if !slices.Contains(order, k) {
			order = append(order, k)
		}
		teams[k] = append(teams[k], d.Team)
	}
	var all []myDuty
	for _, k := range order {
		d := myDuty{What: tierWord(k.tier) + ", " + l.teamList(teams[k]), Until: when(k.until, l.now, l.zone)}
		if k.tier == call.TierResponding {
			d.Also = list(l.teamNames(l.helped(teams[k])))
		}
		all = append(all, d)
	}
	return all
}

// helped are the open teams whose callers come to these teams when their own
// people are busy.
func (n names) helped(teams []string) []string {
	var all []string
	for i := range n.r.Plan().Teams {
		t := &n.r.Plan().Teams[i]
		if !slices.Contains(teams, t.ID) && slices.ContainsFunc(t.Neighbours, func(id string) bool { return slices.Contains(teams, id) }) {
			all = append(all, t.ID)
		}
	}
	return all
}

func (n names) teamNames(ids []string) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = n.team(id)
	}
	return all
}

// pauseButtons are the reasons for which one may step back: those that are
// pressed often, and the others.
func pauseButtons() (often, more []choice) {
	for _, to := range []call.Presence{call.PresenceBreak, call.PresenceAway} {
		for _, why := range call.Pauses[to] {
			if why == call.PauseUnreachable {
				continue // nobody says that of themselves
			}
			b := choice{Value: string(why), Text: pauseText[why].Text, Hint: upper(pauseText[why].Hint)}
			if why == call.PauseRest || why == call.PauseRecovery {
				often = append(often, b)
			} else {
				more = append(more, b)
			}
		}
	}
	return often, more
}

const (
	// myCallsBack is how far back one's last calls are looked for.
	myCallsBack = 36 * time.Hour
	myCallsMost = 3
)

// myCalls are the last calls one had, the latest first; none when they cannot be
// read just now, or are not kept here.
func (c *Console) myCalls(ctx context.Context, n names, id string, now time.Time) []myCall {
	ctx, cancel := context.WithTimeout(ctx, pagePatience)
	defer cancel()
	calls, err := c.lastCalls(ctx, id, now)
	if err != nil {
		c.o.Log.Warn("one's own last calls not read", "err", err)
	}
	var all []myCall
	for _, s := range calls {
		line := myCall{At: when(s.ReceivedAt, now, n.zone), Came: "Going on", Story: storyAt(s.ID, s.ReceivedAt, "/my"), Record: callAt(s.ID, "record", s.ReceivedAt)}
		if s.Outcome != "" {
			line.Talked, line.Came, line.Owed = mmss(s.Talk), "Nothing recorded yet", true
		}
		if s.WrapUp != nil && s.WrapUp.Code != "" {
			line.Came, line.Owed = s.WrapUp.Code.Words(), false
		}
		all = append(all, line)
	}
	return all
}

// lastCalls are the last calls somebody had; none where they are not kept.
func (c *Console) lastCalls(ctx context.Context, id string, now time.Time) ([]queue.CallSummary, error) {
	if c.o.Calls == nil {
		return nil, nil
	}
	page, err := c.o.Calls.Search(ctx, now.Add(-myCallsBack), now, queue.CallFilter{Responder: id}, myCallsMost, "")
	return slices.DeleteFunc(page.Calls, func(s queue.CallSummary) bool {
		return s.Responder != id || s.Outcome != call.OutcomeAnswered && s.Outcome != ""
	}), err
}
