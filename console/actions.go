package console

import (
	"context"
	"fmt"
	"net/http"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// action is one button: what is asked before it, and what it does.
type action struct {
	Needs access.Permission
	Ask   func(c *composer, id string) (question, bool) // false: there is no such call or person
	Do    func(ctx context.Context, id string) error
}

// question is a confirmation: what will happen, and to whom.
type question struct {
	Title   string
	Lines   []string
	Warning string // what it will cost, when it costs something
	Button  string
	Action  string // filled in by the page
	ID      string
	Teams   []string // whose business it is
	Problem string   // why the last try failed
}

// doneWords is what the board says after an action.
var doneWords = map[string]string{
	"ring-again":  "Done. Phones are rung again for that caller.",
	"break":       "Done. Set on a break: no phone of theirs rings until they are set back.",
	"back":        "Done. They can be rung again.",
	"replace":     "Done. They are replaced from the next ring on. " + callsGoOn,
	"end-wrap-up": "Done. Their wrap-up is over and they can be rung.",
}

// actions are the buttons there are functions for.
func (c *Console) actions() map[string]action {
	a, all := c.o.Actions, map[string]action{}
	if a.RingAgain != nil {
		all["ring-again"] = action{Needs: access.ActOnCalls, Ask: askRingAgain, Do: func(ctx context.Context, id string) error { return a.RingAgain(ctx, call.ID(id)) }}
	}
	if a.SetPresence != nil {
		all["break"] = action{Needs: access.ActOnPeople, Ask: askBreak, Do: func(ctx context.Context, id string) error {
			return a.SetPresence(ctx, id, call.PresenceBreak, "console")
		}}
		all["back"] = action{Needs: access.ActOnPeople, Ask: askBack, Do: func(ctx context.Context, id string) error {
			return a.SetPresence(ctx, id, call.PresenceFree, "console")
		}}
	}
	if a.EndWrapUp != nil {
		all["end-wrap-up"] = action{Needs: access.ActOnPeople, Ask: askEndWrapUp, Do: a.EndWrapUp}
	}
	return all
}

func (c *Console) can() map[string]bool {
	can := map[string]bool{}
	for name := range c.actions() {
		can[name] = true
	}
	return can
}

func askRingAgain(c *composer, id string) (question, bool) {
	r := c.find(call.ID(id))
	if r == nil {
		return question{}, false
	}
	q := question{Title: "Ring again for the caller of " + r.ReceivedAt.In(c.Zone).Format("15:04:05") + "?", Button: "Ring again"}
	if !r.State.Unanswered() {
		q.Warning = "Somebody has answered this caller meanwhile. Nothing will be rung."
		return q, true
	}
	people := reached(r, c.ladder(r), c.Now)
	q.Lines = []string{
		"Whoever may be asked for this caller and is free is rung at once: " + orNobody(list(c.people(people))) + ".",
		"Nobody on a call or in wrap-up is disturbed. Phones that ring already go on ringing.",
	}
	return q, true
}

func orNobody(names string) string {
	if names == "" {
		return "nobody is on shift for it now"
	}
	return names
}

func askBreak(c *composer, id string) (question, bool) {
	name, ok := c.known(id)
	q := question{
		Title:  "Set " + name + " on a break?",
		Lines:  []string{"Their phone does not ring for callers until they are set back.", "A call they have now goes on; a phone that rings now goes on ringing."},
		Button: "Set on a break",
	}
	for _, d := range c.duty(id) {
		if c.others(d) > 0 {
			continue
		}
		if q.Warning = "Nobody else is on shift as " + lower(tierWord(d.Tier)) + "."; d.Tier == call.TierResponding {
			q.Warning = "Nobody else can be rung for " + c.team(d.Team) + "."
			break
		}
	}
	return q, ok
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

func askBack(c *composer, id string) (question, bool) {
	name, ok := c.known(id)
	q := question{Title: "Set " + name + " back?", Button: "Set back"}
	q.Lines = []string{"Their phone rings for callers again from now on, as long as they are on shift."}
	if len(c.duty(id)) == 0 {
		q.Warning = "They are not on shift now, so nothing rings until their next shift."
	}
	return q, ok
}

func askEndWrapUp(c *composer, id string) (question, bool) {
	name, ok := c.known(id)
	q := question{Title: "End the wrap-up of " + name + "?", Button: "End wrap-up"}
	q.Lines = []string{"They can be rung for the next caller at once. Ask them first: they may still be writing, or need a moment."}
	if c.state(id).Presence != call.PresenceWrapUp {
		q.Warning = "They are no longer in wrap-up. Nothing will change."
	}
	return q, ok
}

func (c *composer) known(id string) (name string, ok bool) {
	if c.Rota == nil {
		return id, false
	}
	_, ok = c.Rota.Responder(id)
	return c.person(id), ok
}

func (c *composer) find(id call.ID) *queue.Record {
	for i := range c.Calls.Calls {
		if r := &c.Calls.Calls[i]; r.ID == id && r.State.Live() {
			return r
		}
	}
	return nil
}

// question is what an action asks now, nil when it is about nobody we know.
func (c *Console) question(r *asked) (*question, action) {
	name, id := r.PathValue("action"), r.PathValue("id")
	a, ok := c.actions()[name]
	if !ok {
		return nil, a
	}
	at := newComposer(c.moment(r.Context()))
	q, ok := a.Ask(at, id)
	if !ok {
		return nil, a
	}
	q.Action, q.ID, q.Teams = name, id, at.teamsOf(id)
	return &q, a
}

// teamsOf is whose business a call or a person is.
func (c *composer) teamsOf(id string) []string {
	if r := c.find(call.ID(id)); r != nil {
		return []string{r.Team}
	}
	if c.Rota != nil {
		if p, ok := c.Rota.Responder(id); ok {
			return []string{p.Team}
		}
	}
	return []string{rota.EveryTeam}
}

// confirm asks before an action. It changes nothing.
func (c *Console) confirm(w http.ResponseWriter, r *asked) {
	q, a := c.question(r)
	if q == nil {
		c.over(w, r)
		return
	}
	if !c.may(w, r, a.Needs, q.Teams...) {
		return
	}
	c.render(w, http.StatusOK, "confirm", c.page(r, q.Title, q))
}

// act does it, and goes back to the board. When it fails the question
// is asked again with the reason.
func (c *Console) act(w http.ResponseWriter, r *asked) {
	q, a := c.question(r)
	if q == nil {
		c.over(w, r)
		return
	}
	if !c.may(w, r, a.Needs, q.Teams...) {
		return
	}
	err := a.Do(r.Context(), q.ID)
	c.source.forget()
	if err != nil {
		c.o.Log.Error("console action", "action", q.Action, "id", q.ID, "err", err)
		q.Problem = "The store gave no clear answer, so it may or may not have been done. Look at the board before you try again."
		c.render(w, http.StatusBadGateway, "confirm", c.page(r, "Error: "+q.Title, q))
		return
	}
	c.o.Log.Info("console action", "action", q.Action, "id", q.ID)
	c.note(r, audit.Entry{What: audit.Acted, About: q.ID, After: q.Action})
	http.Redirect(w, r.Request, fmt.Sprintf("/?done=%s", q.Action), http.StatusSeeOther)
}

// over answers for a call or person that is no longer there.
func (c *Console) over(w http.ResponseWriter, r *asked) {
	c.render(w, http.StatusNotFound, "message", c.page(r, "Nothing to do", "That call is over, or that person is not in the plan. Nothing was changed."))
}
