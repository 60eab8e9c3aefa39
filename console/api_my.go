package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// offerMy are the operations about whoever asks: somebody who is signed in, or
// whose token it is.
func offerMy(a *api) {
	my := func(method, path, id, summary string) operation {
		return operation{Method: method, Path: "/my" + path, ID: id, Tag: "my shift", Needs: access.OwnShift, Summary: summary,
			More: "About whoever asks: a token's --responder, or who is signed in."}
	}
	offer(a, my(http.MethodGet, "", "my", "Am I on, until when, what is next, and how I stand"), (*Console).apiMy)
	pause := my(http.MethodPost, "/pause", "my-pause", "Go on a break, or away")
	pause.More += " 409 says why not: never while a phone rings or a caller is on it."
	offer(a, pause, func(c *Console, r *asked, in *myPauseAsk) (didJSON, error) {
		to, why := pauseOf(string(in.Body.Why))
		if to == "" {
			return didJSON{}, wrongAt("why", "Choose why.")
		}
		return c.apiMine(r, "pause", string(why), c.pausing(to, why))
	})
	offer(a, my(http.MethodPost, "/back", "my-back", "Be rung again"), func(c *Console, r *asked, _ *nothing) (didJSON, error) {
		return c.apiMine(r, "back", "", c.comingBack)
	})
	offer(a, my(http.MethodPost, "/ready", "my-ready", "End one's wrap-up"), func(c *Console, r *asked, _ *nothing) (didJSON, error) {
		return c.apiMine(r, "ready", "", c.gettingReady)
	})
}

type myDutyJSON struct {
	Team  string     `json:"team"`
	Tier  call.Tier  `json:"tier"`
	Until *time.Time `json:"until,omitempty"`
}

type myShiftJSON struct {
	Teams []string  `json:"teams" nullable:"false"`
	Tier  call.Tier `json:"tier"`
	From  time.Time `json:"from" doc:"Now, of the one going on"`
	Until time.Time `json:"until"`
	Slot  *slotJSON `json:"slot,omitempty" doc:"To give it in a swap; none where an override put one on"`
}

type myCallJSON struct {
	ID         call.ID    `json:"id"`
	ReceivedAt time.Time  `json:"received_at"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Code       call.Code  `json:"code,omitempty" doc:"What came of it; none: nothing was recorded yet"`
}

type mySwapJSON struct {
	Swap     swapJSON `json:"swap"`
	Mine     bool     `json:"mine" doc:"Offered by whoever asks"`
	ToAnswer bool     `json:"to_answer" doc:"Whoever asks may accept it"`
}

type myFeedJSON struct {
	ID string    `json:"id" doc:"To end it; not the address"`
	At time.Time `json:"made_at"`
}

type myJSON struct {
	Person   string        `json:"person"`
	Name     string        `json:"name"`
	Team     string        `json:"team"`
	On       []myDutyJSON  `json:"on" nullable:"false" doc:"None: off shift"`
	Shifts   []myShiftJSON `json:"shifts" nullable:"false" doc:"Of the next six weeks, the one going on first"`
	Presence call.Presence `json:"presence,omitempty" doc:"None while the store cannot be read"`
	Since    *time.Time    `json:"since,omitempty"`
	Until    *time.Time    `json:"until,omitempty" doc:"When a break ends by itself"`
	Why      call.Pause    `json:"why,omitempty"`
	Call     call.ID       `json:"call,omitempty"`
	Calls    []myCallJSON  `json:"last_calls" nullable:"false" doc:"At most three of the last 36 hours"`
	Swaps    []mySwapJSON  `json:"swaps" nullable:"false"`
	Feeds    []myFeedJSON  `json:"feeds" nullable:"false" doc:"Calendar addresses that work"`
}

func (c *Console) apiMy(r *asked, _ *nothing) (myJSON, error) {
	who, ok := c.me(r)
	if !ok {
		return myJSON{}, errNobodyHere
	}
	m := c.moment(r.Context())
	l := looking{names: names{covering(m.Rota, m.Now, m.Now.Add(mySpan)), m.Zone}, now: m.Now}
	out := myJSON{Person: who.ID, Name: who.Name, Team: who.Team, On: []myDutyJSON{}, Calls: []myCallJSON{}, Swaps: []mySwapJSON{}, Feeds: []myFeedJSON{}}
	for _, d := range l.r.Duties(who.ID, m.Now) {
		out.On = append(out.On, myDutyJSON{d.Team, d.Tier, utc(d.Until)})
	}
	out.Shifts = l.shiftsOfAPI(who.ID, mySpan)
	if !m.Stale {
		p := newComposer(m).state(who.ID)
		out.Presence, out.Since, out.Until, out.Why, out.Call = p.Presence, utc(p.Since), utc(p.Until), p.Why, p.Call
	}
	for _, row := range l.mySwaps(&who) {
		out.Swaps = append(out.Swaps, mySwapJSON{swapOfAPI(row.swapRow), row.Mine, row.ToAnswer})
	}
	calls, err := c.lastCalls(r.Context(), who.ID, m.Now)
	if err != nil {
		return out, err
	}
	for _, s := range calls {
		one := myCallJSON{s.ID, s.ReceivedAt.UTC(), utc(s.EndedAt), ""}
		if s.WrapUp != nil {
			one.Code = s.WrapUp.Code
		}
		out.Calls = append(out.Calls, one)
	}
	feeds, err := c.feedsOf(r.Context(), who.ID)
	for _, f := range feeds {
		out.Feeds = append(out.Feeds, myFeedJSON{f.ID, f.At.UTC()})
	}
	return out, err
}

type myPauseAsk struct {
	asker
	Body struct {
		Why call.Pause `json:"why" doc:"rest, meal, recovery, unwell …"`
	}
}

func (c *Console) apiMine(r *asked, word, about string, do func(ctx context.Context, me string) (queue.Did, error)) (didJSON, error) {
	did, err := c.changeMine(r, word, about, do)
	if err != nil {
		return didJSON{}, err
	}
	if text := myRefusal(word, did); text != "" {
		return didJSON{}, meanwhile{Text: text}
	}
	return didJSON{did.Done, did.Why}, nil
}

// offerMySwaps are the operations about one's own shifts in exchange.
func offerMySwaps(a *api) {
	swaps := func(path, id, summary, more string) operation {
		return operation{Method: http.MethodPost, Path: "/my/swaps" + path, ID: id, Tag: "my shift", Needs: access.OwnShift, Summary: summary, More: more}
	}
	offered := swaps("", "offer-my-swap", "Offer a shift of one's own", "Nothing changes before somebody takes it up. What is offered already is not offered twice.")
	offered.Status = http.StatusCreated
	offer(a, offered, (*Console).apiOfferMySwap)
	offer(a, swaps("/{id}/accept", "accept-my-swap", "Take up a swap one was asked for, or that anybody may",
		"In force from the next ring on, or, where the plan wants it, when a duty manager has approved it."), func(c *Console, r *asked, in *aboutAsk) (swapJSON, error) {
		err := c.acceptOwn(r, in.ID)
		if errors.Is(err, rota.ErrRest) || errors.Is(err, rota.ErrRefused) { // nothing they could say would do
			err = amiss{{"", c.myTrouble(err)}}
		}
		return c.swapNow(in.ID, err)
	})
	offer(a, swaps("/{id}/decline", "decline-my-swap", "Say no to a swap, or take one's own back", "Everybody keeps their own shift."), func(c *Console, r *asked, in *aboutAsk) (swapJSON, error) {
		_, err := c.declineOwn(r, in.ID)
		return c.swapNow(in.ID, err)
	})
}

type offerMySwapAsk struct {
	asker
	Body struct {
		Gives slotJSON  `json:"gives"`
		With  string    `json:"with,omitempty" doc:"Who is asked; whoever takes it when left out"`
		Takes *slotJSON `json:"takes,omitempty" doc:"What is wanted in return"`
	}
}

func (c *Console) apiOfferMySwap(r *asked, in *offerMySwapAsk) (swapJSON, error) {
	who, ok := c.me(r)
	if !ok {
		return swapJSON{}, errNobodyHere
	}
	op := rota.OfferSwap{Person: who.ID, With: in.Body.With}
	var err error
	if op.Gives, err = in.Body.Gives.slot(); err == nil && in.Body.Takes != nil {
		op.Takes, err = in.Body.Takes.slot()
	}
	if _, known := c.o.Rota().Responder(op.With); op.With != "" && !known {
		err = wrongAt("with", "The plan has nobody of that id.")
	}
	if err != nil {
		return swapJSON{}, err
	}
	id, err := c.offerOwn(r, op)
	return c.swapNow(id, err)
}

// offerFeeds are the operations about one's own calendar addresses.
func offerFeeds(a *api) {
	offer(a, operation{Method: http.MethodPost, Path: "/my/feeds", ID: "make-my-feed", Tag: "my shift", Needs: access.OwnShift, Status: http.StatusCreated,
		Summary: "A calendar address of one's own shifts", More: "It is a secret, told this once. At most five; if an answer is lost, end the newest."}, func(c *Console, r *asked, _ *nothing) (feedJSON, error) {
		address, err := c.makeFeed(r)
		return feedJSON{address}, err
	})
	offer(a, operation{Method: http.MethodDelete, Path: "/my/feeds/{id}", ID: "end-my-feed", Tag: "my shift", Needs: access.OwnShift,
		Summary: "End a calendar address: nothing can be read at it any more"}, func(c *Console, r *asked, in *aboutAsk) (doneJSON, error) {
		return doneJSON{true}, c.endFeed(r, in.ID)
	})
}

type feedJSON struct {
	Address string `json:"address"`
}

type doneJSON struct {
	Done bool `json:"done"`
}
