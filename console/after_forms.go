package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
)

// promise is one promise after a call that somebody says something about.
type promise struct {
	names
	queue.FollowUp
	kind metrics.FollowUp // with this service's limits; Name "" when it is none of ours
	now  time.Time
}

// promise reads it, or answers why not. Some are ended by what they are about.
func (c *Console) promise(w http.ResponseWriter, r *asked, do access.Permission) (promise, bool) {
	p, err := c.promiseOf(r, call.ID(r.PathValue("id")), r.PathValue("category"), do)
	var no refused
	switch {
	case err == nil:
		return p, true
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.Is(err, queue.ErrNoFollowUp):
		c.render(w, http.StatusNotFound, "message", c.page(r, "Nothing of the kind", "Nobody recorded such a promise after that call, or it was kept only for a time that is over."))
	default:
		c.storeSilent(w, r, "read follow-up", err)
	}
	return p, false
}

// promiseOf is a promise, if whoever asks may do something about it.
func (c *Console) promiseOf(r *asked, id call.ID, category string, do access.Permission) (promise, error) {
	ctx, done := context.WithTimeout(r.Context(), c.patience)
	defer done()
	f, err := c.o.After.FollowUp(ctx, id, category)
	p := promise{names: names{c.o.Rota(), c.o.Zone}, FollowUp: f, now: c.o.Now()}
	p.kind, _ = c.o.Calls.Promises.Named(f.Category)
	switch {
	case err != nil:
		return p, err
	case f.OwedTo != "" && !(owing{who: r.Who}).maySeeStaff(f):
		return p, refused{access.ActOnPeople, []string{f.Team}}
	case f.OwedTo != "" && f.OwedTo == r.Who.Responder && do == access.Record:
		return p, nil // their own debrief
	case !r.Who.May(do, f.Team):
		return p, refused{do, []string{f.Team}}
	}
	return p, nil
}

func (p promise) what() string {
	if p.OwedTo != "" {
		return "debrief offered to " + p.person(p.OwedTo)
	}
	return lower(promiseWord(p.Category))
}

// ends is how it may end.
func (p promise) ends() []string {
	if p.kind.Name == "" {
		return metrics.VisitEnds
	}
	return p.kind.EndsAs()
}

// askEnd asks how a promise ended.
func (c *Console) askEnd(w http.ResponseWriter, r *asked) {
	p, ok := c.promise(w, r, access.Record)
	if !ok {
		return
	}
	c.showForm(w, r, http.StatusOK, p.endForm(url.Values{}))
}

func (p promise) endForm(v url.Values) form {
	f := form{
		Title: "What came of it: " + p.what(), Button: "Save", Action: promiseAt("end", p.FollowUp), Back: Link{"Back to what is owed", "/follow-ups"},
		Lines: []string{"Promised by " + when(p.DueAt, p.now, p.zone) + "; decided " + when(p.StartedAt, p.now, p.zone) + "."},
		Also:  []Link{{"The call", storyAt(p.Call, time.Time{}, "")}},
	}
	if p.Overdue(p.now) {
		f.Warning = "It is " + spoken(p.now.Sub(p.DueAt)) + " overdue. What counts is when it happened, not when it is recorded."
	}
	var ends []choice
	for _, how := range p.ends() {
		ends = append(ends, choice{Value: how, Text: endedWord(p.Category, how)})
	}
	f.Fields = []field{
		{Kind: "radios", Name: "how", Label: "What came of it?", Choices: entered(ends, v, "how")},
		momentField(v, "When did it happen?", p.now, p.zone),
	}
	return f
}

// momentField asks when something happened: now, unless they say otherwise.
func momentField(v url.Values, label string, now time.Time, zone *time.Location) field {
	at := v.Get("at")
	if !v.Has("at") {
		at = writtenMoment(now, now, zone)
	}
	return field{Kind: "moment", Name: "at", Label: label, Hint: hintOf(now, zone), Value: at}
}

// keepEnd keeps it.
func (c *Console) keepEnd(w http.ResponseWriter, r *asked) {
	p, ok := c.promise(w, r, access.Record)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		c.over(w, r)
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, p.endForm(r.PostForm).with(ps...)) }
	how := r.PostForm.Get("how")
	var ps []problem
	if !slices.Contains(p.ends(), how) {
		ps = append(ps, problem{"how", "Choose what came of it"})
	}
	at, wrong := happened(r.PostForm.Get("at"), "at", p.now, p.zone)
	if wrong == nil && at.Before(p.StartedAt.Truncate(time.Minute)) {
		wrong = &problem{"at", "That was before it was promised, " + when(p.StartedAt, p.now, p.zone)}
	}
	if wrong != nil {
		ps = append(ps, *wrong)
	}
	if len(ps) > 0 {
		again(http.StatusUnprocessableEntity, ps...)
		return
	}
	got, first, err := c.endPromise(r, p.FollowUp, latest(at, p.StartedAt), how)
	if err != nil {
		c.o.Log.Error("end follow-up", "call", p.Call, "category", p.Category, "err", err)
		again(http.StatusBadGateway, problem{Text: "The store gave no clear answer, so it may or may not have been recorded. Look at what is owed before you try again."})
		return
	}
	done, to := "ended", "/follow-ups"
	switch {
	case !first:
		done = "same"
	case got.Missed && got.Reason == "" && r.Who.May(access.Review, got.Team):
		to = promiseAt("why", got)
	}
	http.Redirect(w, r.Request, doneAt(to, done), http.StatusSeeOther)
}

// endPromise is the operation: a promise is over, and who said so. The permission
// is the caller's to ask for.
func (c *Console) endPromise(r *asked, f queue.FollowUp, at time.Time, how string) (got queue.FollowUp, first bool, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	got, first, err = c.o.After.Done(ctx, c.o.Now(), f.Call, f.Category, string(c.by(r.Who)), at, how)
	if err == nil && first {
		c.note(r, audit.Entry{What: audit.Recorded, About: string(f.Call), After: f.Category + " " + how + " " + at.UTC().Format(time.RFC3339), Teams: ofTeam(f.Team)})
	}
	return got, first, err
}

// askWhy asks why a promise ran out.
func (c *Console) askWhy(w http.ResponseWriter, r *asked) {
	if p, ok := c.promise(w, r, access.Review); ok {
		c.showForm(w, r, http.StatusOK, p.whyForm(url.Values{}))
	}
}

func (p promise) whyForm(v url.Values) form {
	f := form{
		Title: "Why was it late: " + p.what(), Button: "Save", Action: promiseAt("why", p.FollowUp), Back: Link{"Back to what is owed", "/follow-ups"},
		Also: []Link{{"The call", storyAt(p.Call, time.Time{}, "")}},
	}
	switch {
	case p.DoneAt.IsZero():
		f.Lines = []string{"It was due by " + when(p.DueAt, p.now, p.zone) + " and is still open."}
	case p.DoneAt.After(p.DueAt):
		f.Lines = []string{"It was due by " + when(p.DueAt, p.now, p.zone) + ", and happened " + spoken(p.DoneAt.Sub(p.DueAt)) + " later."}
	default:
		f.Lines = []string{"It happened in time, and was recorded after it was due, by " + when(p.DueAt, p.now, p.zone) + "."}
	}
	f.Lines = append(f.Lines, "What is learnt of it is for the service, not against anybody.")
	var reasons []choice
	for _, reason := range queue.FollowUpReasons {
		reasons = append(reasons, choice{Value: reason, Text: lateWord(reason)})
	}
	f.Fields = []field{{Kind: "radios", Name: "reason", Label: "What made it late, most of all?", Choices: entered(reasons, v, "reason")}}
	return f
}

// keepWhy keeps it, and takes it off the list.
func (c *Console) keepWhy(w http.ResponseWriter, r *asked) {
	p, ok := c.promise(w, r, access.Review)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		c.over(w, r)
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, p.whyForm(r.PostForm).with(ps...)) }
	reason := r.PostForm.Get("reason")
	if !slices.Contains(queue.FollowUpReasons, reason) {
		again(http.StatusUnprocessableEntity, problem{"reason", "Choose what made it late"})
		return
	}
	first, err := c.reviewPromise(r, p.FollowUp, reason)
	switch {
	case errors.Is(err, queue.ErrNoFollowUp):
		again(http.StatusConflict, problem{Text: "It has not run out, so there is nothing to say why about."})
	case err != nil:
		c.o.Log.Error("review follow-up", "call", p.Call, "category", p.Category, "err", err)
		again(http.StatusBadGateway, problem{Text: "The store gave no clear answer, so it may or may not have been recorded. Look at what is owed before you try again."})
	default:
		done := "reviewed"
		if !first {
			done = "same"
		}
		http.Redirect(w, r.Request, doneAt("/follow-ups", done), http.StatusSeeOther)
	}
}

// reviewPromise is the operation: why a promise was late, and who said so.
func (c *Console) reviewPromise(r *asked, f queue.FollowUp, reason string) (first bool, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	first, err = c.o.After.Reviewed(ctx, c.o.Now(), f.Call, f.Category, string(c.by(r.Who)), reason)
	if err == nil && first {
		c.note(r, audit.Entry{What: audit.Reviewed, About: string(f.Call), After: strings.TrimSpace(f.Category + " " + reason), Teams: ofTeam(f.Team)})
	}
	return first, err
}
