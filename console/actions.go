package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// Actions is what buttons do. Each is the same operation the telephones use,
// says honestly what came of it, and writes who asked for it into the ledger. A
// nil action is not offered.
type Actions struct {
	RingAgain  func(ctx context.Context, id call.ID, by call.By) (queue.Did, error)
	RingPerson func(ctx context.Context, id call.ID, responder string, by call.By) (queue.Did, error)
	Widen      func(ctx context.Context, id call.ID, beyond int, by call.By) (queue.Did, error) // beyond: the highest rung they saw reached
	HandOver   func(context.Context, queue.HandOver) (queue.Did, error)
	Pause      func(context.Context, queue.Standing) (queue.Did, error)
	Back       func(ctx context.Context, responder string, by call.By) (queue.Did, error)
	EndWrapUp  func(ctx context.Context, responder string, by call.By) (queue.Did, error)
}

// action is one button: what is asked before it, and what it does.
type action struct {
	Needs access.Permission
	Ask   func(c *composer, id string, v url.Values) (form, bool) // false: there is no such call or person
	Do    func(ctx context.Context, p press) (queue.Did, error)
	About func(v url.Values) string // what the audit keeps of what was entered; nil: nothing was
}

// press is one button pressed.
type press struct {
	ID string
	V  url.Values
	By call.By
}

// incomplete is what was not chosen, and must be.
type incomplete problem

func (i incomplete) Error() string { return i.Text }

// actions are the buttons there are functions for.
func (c *Console) actions() map[string]action {
	all := map[string]action{}
	for name, a := range c.everyAction() {
		if c.handedIn(name) {
			all[name] = a
		}
	}
	return all
}

// The buttons by the last parts of their addresses.
const (
	pressRingAgain  = "ring-again"
	pressRingPerson = "ring-person"
	pressWiden      = "widen"
	pressHandOver   = "hand-over"
	pressPause      = "pause"
	pressBack       = "back"
	pressEndWrapUp  = "end-wrap-up"
)

func (c *Console) handedIn(name string) bool {
	a := &c.o.Actions
	return map[string]bool{
		pressRingAgain: a.RingAgain != nil, pressRingPerson: a.RingPerson != nil, pressWiden: a.Widen != nil, pressHandOver: a.HandOver != nil,
		pressPause: a.Pause != nil, pressBack: a.Back != nil, pressEndWrapUp: a.EndWrapUp != nil,
	}[name]
}

func (c *Console) everyAction() map[string]action {
	a := &c.o.Actions
	return map[string]action{
		pressRingAgain: {Needs: access.ActOnCalls, Ask: askRingAgain, Do: func(ctx context.Context, p press) (queue.Did, error) {
			return a.RingAgain(ctx, call.ID(p.ID), p.By)
		}},
		pressRingPerson: {Needs: access.ActOnCalls, Ask: askRingPerson, About: chosenOf("person"), Do: func(ctx context.Context, p press) (queue.Did, error) {
			who := p.V.Get("person")
			if who == "" {
				return queue.Did{}, incomplete{"person", "Choose who is rung"}
			}
			return a.RingPerson(ctx, call.ID(p.ID), who, p.By)
		}},
		pressWiden: {Needs: access.ActOnCalls, Ask: askWiden, Do: func(ctx context.Context, p press) (queue.Did, error) {
			beyond, ok := rungOf(p.V)
			if !ok {
				return queue.Did{Why: queue.WhyAlready}, nil // whatever they saw, it was not this page
			}
			return a.Widen(ctx, call.ID(p.ID), beyond, p.By)
		}},
		pressHandOver: {Needs: access.ActOnCalls, Ask: askHandOver, About: chosenOf("team"), Do: func(ctx context.Context, p press) (queue.Did, error) {
			to := p.V.Get("team")
			if to == "" {
				return queue.Did{}, incomplete{"team", "Choose a team"}
			}
			return a.HandOver(ctx, queue.HandOver{Call: call.ID(p.ID), To: to, From: p.V.Get("from"), By: p.By})
		}},
		pressPause: {Needs: access.ActOnPeople, Ask: askPause, About: chosenOf("why"), Do: func(ctx context.Context, p press) (queue.Did, error) {
			to, why := pauseOf(p.V.Get("why"))
			if to == "" {
				return queue.Did{}, incomplete{"why", "Choose a reason"}
			}
			return a.Pause(ctx, queue.Standing{Responder: p.ID, To: to, Why: why, By: p.By})
		}},
		pressBack: {Needs: access.ActOnPeople, Ask: askBack, Do: func(ctx context.Context, p press) (queue.Did, error) {
			return a.Back(ctx, p.ID, p.By)
		}},
		pressEndWrapUp: {Needs: access.ActOnPeople, Ask: askEndWrapUp, Do: func(ctx context.Context, p press) (queue.Did, error) {
			return a.EndWrapUp(ctx, p.ID, p.By)
		}},
	}
}

func chosenOf(name string) func(url.Values) string {
	return func(v url.Values) string { return v.Get(name) }
}

func (c *Console) can() map[string]bool {
	can := map[string]bool{}
	for name := range c.actions() {
		can[name] = true
	}
	return can
}

// asking is a question with what answers it.
type asking struct {
	action
	Name, ID string
	Form     form
	Teams    []string // whose business it is
}

// question is what an action asks now; false when it is about nobody we know.
func (c *Console) question(r *asked) (asking, bool) {
	if r.ParseForm() != nil {
		return asking{}, false
	}
	return c.asking(r.Context(), r.PathValue("action"), r.PathValue("id"), r.Form)
}

func (c *Console) asking(ctx context.Context, name, id string, v url.Values) (asking, bool) {
	q := asking{Name: name, ID: id}
	var ok bool
	if q.action, ok = c.actions()[q.Name]; !ok {
		return q, false
	}
	at := newComposer(c.moment(ctx))
	if q.Form, ok = q.Ask(at, q.ID, v); !ok {
		return q, false
	}
	q.Form.Action = "/actions/" + q.Name + "/" + url.PathEscape(q.ID)
	q.Form.Back = Link{"Back to Now", "/"}
	q.Teams = at.teamsOf(q.ID)
	return q, true
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

// by is who stands in the ledger beside what somebody does: their id in the plan,
// or their role when they are not in it. Never a name.
func (c *Console) by(who access.Person) call.By {
	if plan := c.o.Rota(); plan != nil {
		if _, ok := plan.Responder(who.Responder); ok {
			return call.By(who.Responder)
		}
	}
	return call.ByRole(string(who.Role()))
}

// confirm asks before an action. It changes nothing.
func (c *Console) confirm(w http.ResponseWriter, r *asked) {
	q, ok := c.question(r)
	if !ok {
		c.over(w, r)
		return
	}
	if c.may(w, r, q.Needs, q.Teams...) {
		c.showForm(w, r, http.StatusOK, q.Form)
	}
}

// act does it, and goes back to the board, which says what came of it. When it
// was refused, or nobody can say, it is asked again with the reason.
func (c *Console) act(w http.ResponseWriter, r *asked) {
	q, ok := c.question(r)
	if !ok {
		c.over(w, r)
		return
	}
	did, err := c.press(r, q, r.Form)
	var missing incomplete
	var no refused
	switch {
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.As(err, &missing):
		c.showForm(w, r, http.StatusUnprocessableEntity, q.Form.with(problem(missing)))
	case err != nil:
		c.showForm(w, r, http.StatusBadGateway, q.Form.with(problem{Text: "The store gave no clear answer, so it may or may not have been done. Look at the board before you try again."}))
	case !did.Done && !soAlready(did.Why):
		c.showRefusal(w, r, q, did.Why)
	default:
		http.Redirect(w, r.Request, "/?done="+q.Name+"."+string(did.Why), http.StatusSeeOther)
	}
}

// press does it, if whoever asks may, and keeps that they did.
func (c *Console) press(r *asked, q asking, v url.Values) (queue.Did, error) {
	if !r.Who.May(q.Needs, q.Teams...) {
		return queue.Did{}, refused{q.Needs, q.Teams}
	}
	did, err := q.Do(r.Context(), press{ID: q.ID, V: v, By: c.by(r.Who)})
	c.source.forget()
	if errors.As(err, &incomplete{}) {
		return did, err
	}
	if err != nil {
		c.o.Log.Error("console action", "action", q.Name, "id", q.ID, "err", err)
		return did, err
	}
	c.o.Log.Info("console action", "action", q.Name, "id", q.ID, "done", did.Done, "why", did.Why)
	if did.Done {
		c.note(r, q.entry(v))
	}
	return did, nil
}

// showRefusal asks again, from how things stand now, saying first why it was not done.
func (c *Console) showRefusal(w http.ResponseWriter, r *asked, q asking, why queue.Why) {
	if now, ok := c.question(r); ok {
		q = now
	}
	c.showForm(w, r, http.StatusConflict, q.Form.with(problem{Text: "Not done. " + saidOf(q.Name, why)}))
}

// entry is the action as the audit keeps it.
func (q asking) entry(v url.Values) audit.Entry {
	e := audit.Entry{What: audit.Acted, About: q.ID, After: q.Name, Teams: q.Teams}
	if q.About != nil {
		e.After = strings.TrimSpace(e.After + " " + q.About(v))
	}
	return e
}

// over answers for a call or person that is no longer there.
func (c *Console) over(w http.ResponseWriter, r *asked) {
	text := "That call is over, or that person is not in the plan. Nothing was changed."
	if c.o.Rota() == nil {
		text = "No plan is in force yet, so nobody can be rung. An administrator puts one in force: crisisline plan apply."
	}
	c.render(w, http.StatusNotFound, "message", c.page(r, "Nothing to do", text))
}
