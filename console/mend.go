package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// mend is one way to change the rota: what is asked, and the operations the
// answers are. It decides nothing itself: rota.Edit does, as for the command
// line.
type mend struct {
	Form  func(m mending) form
	Ops   func(m mending) ([]rota.Op, []problem)
	Needs access.Permission
	Once  bool   // in force at once, without a look first: for 3 a.m.
	Page  string // where what it changes is shown; "" for the rota
}

// mending is one asking: the rota as it is, or as a draft has it, and what was
// entered so far.
type mending struct {
	names
	now time.Time
	v   url.Values
	by  string // who asks, as the history has it

	who   access.Person     // who asks
	needs access.Permission // what it takes, for the teams that it concerns; "" is not asked
}

// mends are the ways, by the last part of their address.
var mends = map[string]mend{
	"sick":    {Form: sickForm, Ops: sickOps, Needs: access.ChangeRota},
	"replace": {Form: replaceForm, Ops: replaceOps, Needs: access.MendNow, Once: true},
	"swap":    {Form: swapForm, Ops: swapOps, Needs: access.ChangeRota},
	"take":    {Form: takeForm, Ops: takeOps, Needs: access.ChangeRota},
	"cover":   {Form: coverForm, Ops: coverOps, Needs: access.ChangeRota},
	"back":    {Form: backForm, Ops: backOps, Needs: access.ChangeRota},
	"join":    {Form: joinForm, Ops: joinOps, Needs: access.ChangeRota},
	"details": {Form: detailsForm, Ops: detailsOps, Needs: access.ChangeRota},
	"leave":   {Form: leaveForm, Ops: leaveOps, Needs: access.ChangeRota},

	"help":      {Form: helpForm, Ops: helpOps, Needs: access.ChangeTeams, Page: "/mutual-aid"},
	"end-help":  {Form: endHelpForm, Ops: endHelpOps, Needs: access.ChangeTeams, Page: "/mutual-aid"},
	"move-code": {Form: moveCodeForm, Ops: moveCodeOps, Needs: access.ChangeTeams, Page: "/localities"},
	"retire":    {Form: retireForm, Ops: retireOps, Needs: access.ChangeTeams, Page: "/lines"},
}

// pageOf is where a draft's change is shown.
func pageOf(d rota.Draft) string {
	if page := mends[d.Way].Page; page != "" {
		return page
	}
	if d.Way != "" {
		return "/teams"
	}
	return "/rota"
}

// backFrom is the link back to a page.
func backFrom(page string) Link {
	return map[string]Link{
		"/rota": {"Back to the rota", "/rota"}, "/teams": {"Back to Teams", "/teams"}, "/lines": {"Back to Lines", "/lines"},
		"/mutual-aid": {"Back to Mutual aid", "/mutual-aid"}, "/localities": {"Back to Localities", "/localities"},
	}[page]
}

// askMend asks. It changes nothing.
func (c *Console) askMend(w http.ResponseWriter, r *asked) {
	how, ok := mends[r.PathValue("way")]
	m, _, err := c.mending(r)
	if !ok || err != nil {
		c.notAsked(w, r, err)
		return
	}
	if !c.mayMend(w, r, how, m) {
		return
	}
	c.showForm(w, r, http.StatusOK, c.mendForm(how, m, r))
}

func (c *Console) mendForm(how mend, m mending, r *asked) form {
	f := how.Form(m)
	f.Action = "/rota/change/" + r.PathValue("way")
	if f.Back.Href == "" {
		f.Back = backFrom(cmp.Or(how.Page, "/rota"))
	}
	if d := m.v.Get("draft"); d != "" {
		f.Fields = append(f.Fields, field{Kind: "hidden", Name: "draft", Value: d})
		f.Back = Link{"Back to the draft", "/rota/drafts/" + d}
	}
	return f
}

// mending reads what was entered, and the rota it is about.
func (c *Console) mending(r *asked) (m mending, d rota.Draft, err error) {
	if err := r.ParseForm(); err != nil {
		return m, d, err
	}
	m, d, err = c.mendingOf(r, r.Form.Get("draft"))
	m.v, m.needs = r.Form, mends[r.PathValue("way")].Needs
	return m, d, err
}

// mendingOf is the rota to be changed: that of a draft, or for "" the one in force.
func (c *Console) mendingOf(r *asked, draft string) (m mending, d rota.Draft, err error) {
	plan := c.o.Rota()
	if c.o.Changes == nil || plan == nil {
		return m, d, rota.ErrNoPlan
	}
	now := c.o.Now()
	d.Base = plan.Version()
	if draft != "" {
		if d, err = c.o.Changes.Draft(r.Context(), draft); err != nil {
			return m, d, err
		}
		p, err := d.Plan()
		if err != nil {
			return m, d, err
		}
		if plan, err = rota.Compile(p, now.Add(-24*time.Hour), editHorizon); err != nil {
			return m, d, err
		}
	}
	return mending{names: names{plan, c.o.Zone}, now: now, by: r.Who.Signature(), who: r.Who}, d, nil
}

// mayMend reports whether they may change it somewhere, and for whom and where it is
// asked, so that nobody fills in what is then refused.
func (c *Console) mayMend(w http.ResponseWriter, r *asked, how mend, m mending) bool {
	var teams []string
	if p, ok := m.r.Responder(m.v.Get("person")); ok {
		teams = append(teams, p.Team)
	}
	if t, ok := m.asked(); ok && r.PathValue("way") == "cover" {
		teams = append(teams, t.Teams...)
	}
	return c.may(w, r, how.Needs, teams...)
}

// notAsked answers when there is nothing to ask about: no such way (err is nil),
// no plan, or a draft that is gone or could not be read.
func (c *Console) notAsked(w http.ResponseWriter, r *asked, err error) {
	switch {
	case err == nil:
		c.missing(w, r)
	case errors.Is(err, rota.ErrNoPlan):
		c.over(w, r)
	default:
		c.noDraft(w, r, err)
	}
}

// editHorizon is how far ahead a rota is compiled to be edited.
const editHorizon = 6 * 7 * 24 * time.Hour

// doMend edits, and keeps the result as a draft to be looked at, or puts it in
// force at once.
func (c *Console) doMend(w http.ResponseWriter, r *asked) {
	how, ok := mends[r.PathValue("way")]
	m, d, err := c.mending(r)
	if !ok || err != nil {
		c.notAsked(w, r, err)
		return
	}
	if !c.mayMend(w, r, how, m) {
		return
	}
	if _, ok := m.r.Responder(m.v.Get("person")); ok && m.v.Has(goOn.Name) {
		c.showForm(w, r, http.StatusOK, c.mendForm(how, m, r)) // whom it is about is answered: the rest is asked now
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, c.mendForm(how, m, r).with(ps...)) }
	ops, ps := how.Ops(m)
	ps = append(ps, unfit("despite", m.v.Get("despite"))...)
	if len(ps) > 0 {
		again(http.StatusUnprocessableEntity, ps...)
		return
	}
	var no refused
	if how.Once && m.v.Get("draft") == "" {
		_, err = c.atOnce(r, how.Needs, ops)
	} else {
		d, err = c.keepEdited(r, how.Needs, m, d, r.PathValue("way"), ops)
	}
	switch {
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case err != nil:
		again(c.trouble(err), m.said(err)...)
	case d.Name == "":
		http.Redirect(w, r.Request, "/?done="+r.PathValue("way"), http.StatusSeeOther)
	default:
		http.Redirect(w, r.Request, "/rota/drafts/"+d.Name, http.StatusSeeOther)
	}
}

// keepEdited keeps the rota after the operations as a draft: a new one, called
// after the way it was made, or on top of d.
func (c *Console) keepEdited(r *asked, needs access.Permission, m mending, d rota.Draft, way string, ops []rota.Op) (rota.Draft, error) {
	if d.Name != "" {
		if err := c.mayTouch(r, d); err != nil {
			return d, err
		}
	}
	p, said, err := edited(m.r.Plan(), ops, m.now)
	if err != nil {
		return d, err
	}
	if teams := rota.Touched(m.r.Plan(), p); !r.Who.May(needs, teams...) {
		return d, refused{needs, teams}
	}
	d.Who = r.Who.Signature()
	if mends[way].Page != "" {
		d.Way = way
	}
	if d.Why == "" {
		d.Why = said
	} else {
		d.Why += "; " + said
	}
	if d.Text, err = p.YAML(); err == nil {
		d.Name, err = c.keepDraft(r, d, way)
	}
	return d, err
}

// edited is the plan after the operations, and the first thing each says it
// does.
func edited(p *rota.Plan, ops []rota.Op, now time.Time) (*rota.Plan, string, error) {
	var all []string
	for _, op := range ops {
		next, said, err := rota.Edit(p, op, now)
		if err != nil {
			return nil, "", err
		}
		if p = next; len(said) > 0 {
			all = append(all, said[0])
		}
	}
	return p, strings.Join(all, "; "), nil
}

// mostTries bounds how often a change is made anew on a plan that somebody else
// has just changed, or a name for a draft is tried.
const mostTries = 20

// refused is an operation that whoever asks may not do, there or anywhere.
type refused struct {
	Do    access.Permission
	Teams []string
}

func (r refused) Error() string { return "it takes " + a(r.Do.Least().Words()) }

// atOnce puts the operations in force on whatever plan is in force then.
func (c *Console) atOnce(r *asked, needs access.Permission, ops []rota.Op) (version int64, err error) {
	for range mostTries {
		plan := c.o.Rota()
		p, said, err := edited(plan.Plan(), ops, c.o.Now())
		if err != nil {
			return 0, err
		}
		if teams := rota.Touched(plan.Plan(), p); !r.Who.May(needs, teams...) {
			return 0, refused{needs, teams}
		}
		change := rota.Change{Who: r.Who.Signature(), Why: said, Plan: p, Expect: plan.Version()}
		version, _, err := c.o.Changes.PublishGated(r.Context(), c.o.Now(), change, rota.How{Emergency: true})
		if err == nil {
			c.o.Log.Info("rota changed at once", "version", version)
			return version, nil
		}
		if !errors.Is(err, rota.ErrStale) {
			return 0, err
		}
	}
	return 0, rota.ErrStale
}

// keepDraft saves a draft, under the first free name when it has none.
func (c *Console) keepDraft(r *asked, d rota.Draft, word string) (string, error) {
	if d.Name != "" {
		_, err := c.o.Changes.SaveDraft(r.Context(), c.o.Now(), d)
		if err == nil {
			c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, After: d.Why, Teams: c.teamsOfDraft(r.Context(), d)})
		}
		return d.Name, err
	}
	if key := r.Header.Get(idempotencyKey); key != "" {
		return c.keepOnce(r, d, word, key)
	}
	day := strings.ReplaceAll(dateOf(c.o.Now().In(c.o.Zone)).String(), "-", "")
	for n := 1; ; n++ {
		d.Name = fmt.Sprintf("%s-%s-%d", word, day, n)
		_, err := c.o.Changes.SaveDraft(r.Context(), c.o.Now(), d)
		if err == nil {
			c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, After: d.Why, Teams: c.teamsOfDraft(r.Context(), d)})
		}
		if !errors.Is(err, rota.ErrStale) || n == 5*mostTries {
			return d.Name, err
		}
	}
}

// said is an error of the rota's as a person can use it.
func (m mending) said(err error) []problem {
	var wrong rota.Problems
	switch {
	case errors.As(err, &wrong):
		var ps []problem
		for _, p := range wrong {
			ps = append(ps, problem{Text: upper(m.words(p.Text + ": " + p.Mend))})
		}
		return ps
	case errors.Is(err, rota.ErrRest):
		return []problem{{"despite", upper(m.words(reasonOf(err)))}}
	case known(err):
		return []problem{{Text: upper(m.words(reasonOf(err)))}}
	}
	return []problem{{Text: "The store gave no clear answer, so it may or may not have been done. Look at the rota before you try again."}}
}

func known(err error) bool {
	for _, of := range []error{rota.ErrNoSuch, rota.ErrNotOn, rota.ErrRest, rota.ErrTooLate, rota.ErrCannot, rota.ErrStale, rota.ErrEntangled, rota.ErrNoUndo, rota.ErrNoDraft, rota.ErrRefused, rota.ErrNoReason} {
		if errors.Is(err, of) {
			return true
		}
	}
	return false
}

// reasonOf is an error without what was being done: the page says that.
func reasonOf(err error) string {
	text := strings.TrimPrefix(err.Error(), "edit plan: ")
	for _, op := range rota.Ops() {
		text = strings.TrimPrefix(text, strings.ReplaceAll(op, "_", " ")+": ")
	}
	if rest, ok := strings.CutPrefix(text, rota.ErrCannot.Error()+": "); ok {
		return rest // the rest says why
	}
	return text
}

// trouble is the status of a page that says what went wrong.
func (c *Console) trouble(err error) int {
	var wrong rota.Problems
	switch {
	case errors.As(err, &wrong), known(err):
		return http.StatusUnprocessableEntity
	}
	c.o.Log.Error("rota not changed", "err", err)
	return http.StatusBadGateway
}
