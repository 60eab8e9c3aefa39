package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// wizard is a change of teams that is asked for in steps of a few questions
// each. What was answered is kept in a draft, so that it can be left and gone on
// with, by somebody else too; the plan is made of the answers each time, so that
// what others publish meanwhile is no matter.
type wizard struct {
	Title string
	Steps []wizardStep
	// Make is the plan with the change in it, and what it does in a sentence. What
	// was answered has passed every step's check.
	Make func(m mending) (*rota.Plan, string, error)
	// CutOver is when it happens; zero while nobody has said.
	CutOver func(v url.Values) rota.CutOver
	// Names are the teams that an answer names: whose business it is.
	Names func(v url.Values) []string
}

// wizardStep is one page of questions.
type wizardStep struct {
	ID    string
	Form  func(m mending) form
	Check func(m mending) []problem
	Keeps []string // the answers it asks for

	Forgets []string // later answers that mean nothing once the first of Keeps is another
}

// wizards are the changes asked for in steps, by the last part of their address.
var wizards = map[string]wizard{"merge": mergeWizard, "split": splitWizard}

// step is the one of that name, the first for none; -1 for one there is not.
func (w wizard) step(id string) int {
	if id == "" {
		return 0
	}
	return slices.IndexFunc(w.Steps, func(s wizardStep) bool { return s.ID == id })
}

// open is the first step that is not answered, -1 when all are.
func (w wizard) open(m mending) int {
	return slices.IndexFunc(w.Steps, func(s wizardStep) bool { return len(s.Check(m)) > 0 })
}

// stepping is one step being asked: the plan in force, and every answer so far.
type stepping struct {
	mending
	wizard
	way   string
	at    int
	draft rota.Draft
}

// stepping reads what was answered before, and what is asked now. ok is false
// after it has answered.
func (c *Console) stepping(w http.ResponseWriter, r *asked) (s stepping, ok bool) {
	plan := c.o.Rota()
	s.way = r.PathValue("way")
	if s.wizard, ok = wizards[s.way]; !ok || plan == nil || r.ParseForm() != nil {
		c.over(w, r)
		return s, false
	}
	answers := url.Values{}
	if name := r.Form.Get("draft"); name != "" {
		d, err := c.o.Changes.Draft(r.Context(), name)
		if err != nil || d.Way != s.way {
			c.noDraft(w, r, cmp.Or(err, rota.ErrNoDraft))
			return s, false
		}
		s.draft = d
		for key, val := range d.Answers {
			answers[key] = val
		}
	}
	if s.at = s.step(r.Form.Get("step")); s.at < 0 {
		c.over(w, r)
		return s, false
	}
	s.Steps[s.at].answer(answers, r.Form, r.Method == http.MethodPost)
	s.mending = mending{names: names{plan, c.o.Zone}, now: c.o.Now(), v: answers}
	return s, c.may(w, r, access.ChangeTeams, s.Names(answers)...)
}

// answer puts what was entered among the answers. What is posted is all there is
// of the step: a browser sends nothing for boxes that are empty.
func (s wizardStep) answer(answers, entered url.Values, posted bool) {
	was := answers.Get(s.Keeps[0])
	for _, key := range s.Keeps {
		if val, ok := entered[key]; ok {
			answers[key] = val
		} else if posted {
			delete(answers, key)
		}
	}
	if answers.Get(s.Keeps[0]) != was {
		for _, key := range s.Forgets {
			delete(answers, key)
		}
	}
}

// askStep asks. It changes nothing.
func (c *Console) askStep(w http.ResponseWriter, r *asked) {
	if s, ok := c.stepping(w, r); ok {
		c.showForm(w, r, http.StatusOK, s.form())
	}
}

// form is the step's questions.
func (s stepping) form() form {
	f := s.Steps[s.at].Form(s.mending)
	f.Action, f.Step = "/teams/change/"+s.way, fmt.Sprintf("%s, step %d of %d", s.wizard.Title, s.at+1, len(s.Steps))
	f.Button = "Continue"
	if s.at == len(s.Steps)-1 {
		f.Button = "See what changes"
	}
	f.Fields = append(f.Fields, field{Kind: "hidden", Name: "step", Value: s.Steps[s.at].ID})
	f.Back = backFrom("/teams")
	f.Leave = Link{"Leave it", "/teams"}
	if s.draft.Name != "" {
		f.Fields = append(f.Fields, field{Kind: "hidden", Name: "draft", Value: s.draft.Name})
		f.Leave.Text = "Leave it for later"
	}
	if s.at > 0 {
		f.Back = Link{"Back", stepLink(s.way, s.Steps[s.at-1].ID, s.draft.Name)}
	}
	return f
}

func stepLink(way, step, draft string) string {
	return "/teams/change/" + way + "?" + url.Values{"step": {step}, "draft": {draft}}.Encode()
}

// doStep keeps the answers, and leads to the next question or to the look before
// it is published.
func (c *Console) doStep(w http.ResponseWriter, r *asked) {
	s, ok := c.stepping(w, r)
	if !ok {
		return
	}
	ps := s.Steps[s.at].Check(s.mending)
	status := http.StatusUnprocessableEntity
	if len(ps) == 0 {
		next, err := c.keepAnswers(r, &s)
		if err == nil {
			http.Redirect(w, r.Request, next, http.StatusSeeOther)
			return
		}
		status, ps = c.trouble(err), s.said(err)
	}
	c.showForm(w, r, status, s.form().with(ps...))
}

// keepAnswers saves the draft, whole when nothing is left to ask, and says where
// to go on.
func (c *Console) keepAnswers(r *asked, s *stepping) (next string, err error) {
	d, left, err := c.answered(r, s)
	switch {
	case err != nil:
		return "", err
	case left >= 0:
		return stepLink(s.way, s.Steps[left].ID, d.Name), nil
	}
	return "/rota/drafts/" + d.Name, nil
}

// answered is the operation: what was answered so far is kept in a draft. left is
// the first step that is still to be answered, -1 for none.
func (c *Console) answered(r *asked, s *stepping) (d rota.Draft, left int, err error) {
	d = s.draft
	d.Way, d.Who, d.Answers = s.way, r.Who.Signature(), s.v
	d.Base, d.Why = s.r.Version(), s.wizard.Title+", not finished"
	plan := s.r.Plan()
	if left = s.open(s.mending); left < 0 {
		if plan, d.Why, err = s.Make(s.mending); err != nil {
			return d, left, err
		}
	}
	if d.Text, err = plan.YAML(); err != nil {
		return d, left, err
	}
	if d.Name, err = c.keepDraft(r, d, s.way); err == nil && left < 0 {
		c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, Why: d.Why, Teams: c.teamsOfDraft(r.Context(), d)})
	}
	return d, left, err
}

// stepsOf is the wizard that made a draft, with its answers read against the plan
// in force; ok is false for a draft that no wizard made.
func (c *Console) stepsOf(d rota.Draft) (s stepping, ok bool) {
	if s.wizard, ok = wizards[d.Way]; !ok || c.o.Rota() == nil {
		return s, false
	}
	s.way, s.draft = d.Way, d
	s.mending = mending{names: names{c.o.Rota(), c.o.Zone}, now: c.o.Now(), v: d.Answers}
	return s, true
}

// again is the draft made anew of its answers, on the plan in force.
func (s stepping) again() (rota.Draft, error) {
	d := s.draft
	if left := s.open(s.mending); left >= 0 {
		return d, fmt.Errorf("%w: what was answered does not hold any more: %s", rota.ErrCannot, lower(s.Steps[left].Check(s.mending)[0].Text))
	}
	plan, why, err := s.Make(s.mending)
	if err != nil {
		return d, err
	}
	d.Why, d.Base = why, s.r.Version()
	d.Text, err = plan.YAML()
	return d, err
}

// takeTeamBack makes a draft that takes a merger or split back whose time has not
// come, and leaves what was changed since.
func (c *Console) takeTeamBack(w http.ResponseWriter, r *asked) {
	plan, id := c.o.Rota(), r.PathValue("id")
	if plan == nil {
		c.missing(w, r)
		return
	}
	d, err := c.takeTeam(r, plan, id)
	var no refused
	switch {
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case err != nil:
		p := mending{names: names{plan, c.o.Zone}}.said(err)
		c.render(w, c.trouble(err), "message", c.page(r, "It cannot be taken back", p[0].Text))
	default:
		http.Redirect(w, r.Request, "/rota/drafts/"+d.Name, http.StatusSeeOther)
	}
}

// takeTeam is the operation: a draft in which the change that makes a team is taken
// back.
func (c *Console) takeTeam(r *asked, plan *rota.Rota, id string) (rota.Draft, error) {
	d, before, err := c.takingBack(r.Context(), plan, id)
	if err != nil {
		return d, err
	}
	if teams := touchedBy(before, plan.Plan()); !r.Who.May(access.ChangeTeams, teams...) {
		return d, refused{access.ChangeTeams, teams}
	}
	d.Who, d.Why = r.Who.Signature(), "the change that makes team "+id+" is taken back"
	if d.Name, err = c.keepDraft(r, d, "take-back"); err == nil {
		c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, Why: d.Why, Teams: c.teamsOfDraft(r.Context(), d)})
	}
	return d, err
}

// takingBack is the draft, and the plan that it makes.
func (c *Console) takingBack(ctx context.Context, plan *rota.Rota, team string) (d rota.Draft, p *rota.Plan, err error) {
	entries, err := c.o.Changes.History(ctx, historyKept)
	if err != nil {
		return d, nil, err
	}
	for _, e := range entries {
		when, made := rota.Reorganised(e, team)
		if !made {
			continue
		}
		if !when.After(c.o.Now()) {
			return d, nil, fmt.Errorf("%w: it has happened: merge or split anew from a day ahead", rota.ErrTooLate)
		}
		p, err = reverted(e, plan.Plan())
		if err != nil {
			return d, nil, err
		}
		d = rota.Draft{Base: plan.Version(), Way: "take-back"}
		d.Text, err = p.YAML()
		return d, p, err
	}
	return d, nil, fmt.Errorf("%w: the change is older than what is kept, or was taken back", rota.ErrNoUndo)
}

func reverted(e rota.Entry, current *rota.Plan) (*rota.Plan, error) {
	before, err := rota.Parse("before", e.Before)
	if err != nil {
		return nil, err
	}
	after, err := rota.Parse("after", e.After)
	if err != nil {
		return nil, err
	}
	p, err := rota.Revert(before, after, current)
	if err == nil && len(rota.Diff(current, p)) == 0 {
		return nil, fmt.Errorf("%w: it was taken back already", rota.ErrTooLate)
	}
	return p, err
}

// touchedBy is whose business a change of teams is: a team that it makes is its
// makers'.
func touchedBy(before, after *rota.Plan) []string {
	return slices.DeleteFunc(rota.Touched(before, after), func(id string) bool {
		return id != rota.EveryTeam && !slices.ContainsFunc(before.Teams, func(t rota.Team) bool { return t.ID == id })
	})
}

// whenStep asks for the cut-over, in every wizard alike.
func whenStep(lines ...string) wizardStep {
	return wizardStep{ID: "when", Keeps: []string{"on-day", "on-month", "on-year", "at"}, Check: checkWhen, Form: func(m mending) form {
		at := m.v.Get("at")
		if !m.v.Has("at") {
			at = "08:00"
		}
		return form{Title: "When does it happen?", Lines: lines, Fields: []field{
			m.day("on", "Day", "A day to come, for example 1 7 2026."),
			{Kind: "text", Name: "at", Label: "Time", Hint: "At a change of shift nobody is in the middle of one.", Value: at, Auto: "off"},
		}}
	}}
}

func checkWhen(m mending) []problem {
	var ps []problem
	day, ok := dayOf(m.v, "on")
	if !ok || day.IsZero() {
		ps = append(ps, problem{"on", "Write the day, such as 1 7 2026"})
	}
	clock, err := clockOf(m.v, "at")
	if err != nil || strings.TrimSpace(m.v.Get("at")) == "" {
		ps = append(ps, problem{"at", "Write the time of day, such as 08:00"})
	}
	if len(ps) == 0 && !(rota.CutOver{On: day, At: clock}).Instant(m.zone).After(m.now) {
		ps = append(ps, problem{"on", "The day and time must be ahead"})
	}
	return ps
}

// cutOverOf is what checkWhen has found right.
func cutOverOf(v url.Values) rota.CutOver {
	day, _ := dayOf(v, "on")
	clock, _ := clockOf(v, "at")
	return rota.CutOver{On: day, At: clock}
}

// previewSpan is how long after a cut-over a preview looks.
const previewSpan = 28 * 24 * time.Hour
