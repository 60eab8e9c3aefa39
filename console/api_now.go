package console

import (
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// offerNow are the operations about the present.
func offerNow(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/me", ID: "me", Tag: "access", Needs: access.SignedIn, Summary: "Who asks, and what they may do"}, (*Console).apiMe)
	offer(a, operation{Method: http.MethodGet, Path: "/board", ID: "board", Tag: "now", Needs: access.Look,
		Summary: "Who waits, who rings, who talks, who is free", More: "No caller's number, name or place is in it."}, (*Console).apiBoard)
	offer(a, operation{Method: http.MethodGet, Path: "/figures", ID: "figures", Tag: "now", Needs: access.ReadReports, Summary: "Today's figures so far"}, (*Console).apiFigures)
}

type grantJSON struct {
	Role  access.Role `json:"role" enum:"viewer,responder,shift_lead,duty_manager,administrator"`
	Teams []string    `json:"teams" nullable:"false" doc:"None: every team"`
}

type meJSON struct {
	ID        string      `json:"id" doc:"What stands beside what is done"`
	Responder string      `json:"responder,omitempty" doc:"Who they are in the plan"`
	Role      access.Role `json:"role" enum:"viewer,responder,shift_lead,duty_manager,administrator" doc:"The highest they have anywhere"`
	Grants    []grantJSON `json:"grants" nullable:"false"`
	How       access.How  `json:"how" enum:"provider,code,development,token"`
}

func (c *Console) apiMe(r *asked, _ *nothing) (meJSON, error) {
	me := meJSON{ID: r.Who.ID, Responder: r.Who.Responder, Role: r.Who.Role(), How: r.Who.How, Grants: []grantJSON{}}
	for _, g := range r.Who.Grants {
		me.Grants = append(me.Grants, grantJSON{g.Role, listOf(g.Teams)})
	}
	return me, nil
}

type ringJSON struct {
	Responder string           `json:"responder"`
	Team      string           `json:"team"`
	Tier      call.Tier        `json:"tier"`
	State     queue.OfferState `json:"state" enum:"promised,sent,ringing,picked_up"`
	Since     *time.Time       `json:"since,omitempty"`
}

type callerJSON struct {
	ID           call.ID     `json:"id" doc:"The carrier's call id"`
	State        call.State  `json:"state"`
	Line         string      `json:"line"`
	Team         string      `json:"team" doc:"Home team"`
	Caller       call.Caller `json:"caller" doc:"Who rings: self, carer, professional, unknown"`
	ReceivedAt   *time.Time  `json:"received_at,omitempty"`
	WaitingSince *time.Time  `json:"waiting_since,omitempty"`
	TalkingSince *time.Time  `json:"talking_since,omitempty"`
	Responder    string      `json:"responder,omitempty"`
	Tier         call.Tier   `json:"tier,omitempty"`
	Offers       int         `json:"offers" doc:"Phones asked so far"`
	Redials      int         `json:"redials"`
	Rung         int         `json:"rung" doc:"Highest rung of people reached"`
	Danger       bool        `json:"danger" doc:"They pressed the danger key"`
	Front        bool        `json:"front" doc:"Back at the front after a responder's phone dropped"`
	Rings        []ringJSON  `json:"rings" nullable:"false" doc:"Phones that ring for them"`
}

type standingJSON struct {
	Responder string        `json:"responder"`
	Name      string        `json:"name"`
	Presence  call.Presence `json:"presence"`
	Since     *time.Time    `json:"since,omitempty"`
	Call      call.ID       `json:"call,omitempty"`
	Why       call.Pause    `json:"why,omitempty"`
	Until     *time.Time    `json:"until,omitempty"`
	Misses    int           `json:"misses"`
	OnPhone   bool          `json:"on_phone,omitempty" doc:"A leg of ours is still at their ear: they are not rung before they hang up"`
}

type boardJSON struct {
	At      time.Time      `json:"at" doc:"Of what is shown"`
	Mode    string         `json:"mode" doc:"normal, or what is wrong"`
	Reasons []string       `json:"reasons" nullable:"false"`
	Stale   bool           `json:"stale" doc:"The store does not answer; this was so at that time"`
	Version int64          `json:"plan_version"`
	Callers []callerJSON   `json:"callers" nullable:"false"`
	People  []standingJSON `json:"people" nullable:"false" doc:"Whoever did something since they came on"`
	OnShift []dutyJSON     `json:"on_shift" nullable:"false"`
	Next    *time.Time     `json:"next_change,omitempty" doc:"When somebody next comes on or goes off"`
}

func (c *Console) apiBoard(r *asked, _ *nothing) (boardJSON, error) {
	m := c.moment(r.Context())
	n := names{m.Rota, c.o.Zone}
	b := boardJSON{
		At: m.Calls.At.UTC(), Mode: m.Mode, Reasons: listOf(m.Reasons), Stale: m.Stale,
		Callers: []callerJSON{}, People: []standingJSON{}, OnShift: []dutyJSON{},
	}
	rings := map[call.ID][]ringJSON{}
	for _, o := range m.Calls.Offers {
		rings[o.Call] = append(rings[o.Call], ringJSON{o.Responder, o.Team, o.Tier, o.State, utc(o.OfferedAt)})
	}
	for _, k := range m.Calls.Calls {
		if !k.State.Live() {
			continue
		}
		b.Callers = append(b.Callers, callerJSON{
			ID: k.ID, State: k.State, Line: k.Line, Team: k.Team, Caller: k.Caller, ReceivedAt: utc(k.ReceivedAt), WaitingSince: utc(k.WaitingAt),
			TalkingSince: utc(k.TalkingAt), Responder: k.Responder, Tier: k.Tier, Offers: k.Offers, Redials: k.Redials, Rung: k.Rung,
			Danger: k.Danger, Front: k.Front, Rings: listOf(rings[k.ID]),
		})
	}
	for _, p := range m.Calls.Presences {
		b.People = append(b.People, standingJSON{p.Responder, n.person(p.Responder), p.Presence, utc(p.Since), p.Call, p.Why, utc(p.Until), p.Misses, p.OnPhone})
	}
	if m.Rota != nil {
		b.Version, b.OnShift, b.Next = m.Rota.Version(), n.duties(n.openTeams(m.Now), m.Now), utc(m.Rota.NextChange(m.Now))
	}
	return b, nil
}

type figuresJSON struct {
	Clock     string `json:"clock" doc:"Where waits begin: caller (first webhook) or return (end of the greeting)"`
	Received  int64  `json:"received"`
	Answered  int64  `json:"answered" doc:"Both heard each other"`
	Within60  int64  `json:"answered_within_60s"`
	Abandoned int64  `json:"abandoned"`
	Callback  int64  `json:"callback"`
	HandedOn  int64  `json:"handed_on"`
	Fallback  int64  `json:"fallback"`
	Failed    int64  `json:"failed"`
	Waiting   int64  `json:"in_progress_unanswered"`
	Talking   int64  `json:"in_progress_answered"`
	MeanMs    int64  `json:"mean_answer_ms"`
	P95Ms     int64  `json:"p95_answer_ms"`
	LongestMs int64  `json:"longest_answer_ms"`
}

func (c *Console) apiFigures(*asked, *nothing) (figuresJSON, error) {
	i := c.o.Figures()
	return figuresJSON{
		Clock: string(i.Clock), Received: i.A01, Answered: i.A03, Within60: i.B01, Abandoned: i.B02, Callback: i.Callback, HandedOn: i.HandedOn,
		Fallback: i.Fallback, Failed: i.Failed, Waiting: i.Live, Talking: i.Talking,
		MeanMs: i.Mean.Milliseconds(), P95Ms: i.P95.Milliseconds(), LongestMs: i.Longest.Milliseconds(),
	}, nil
}
