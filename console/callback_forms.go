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
	"example.org/crisisline/queue"
)

func (b theirs) at(page string) string {
	return "/calls/" + url.PathEscape(string(b.Call)) + "/callback" + page
}

// unclear is what a form says when nobody knows whether it was kept.
const unclear = "The store gave no clear answer, so it may or may not have been recorded. Look at the callback before you try again."

// askTry asks what came of an attempt to ring back.
func (c *Console) askTry(w http.ResponseWriter, r *asked) {
	if b, ok := c.openBack(w, r); ok {
		c.showForm(w, r, http.StatusOK, b.tryForm(url.Values{}))
	}
}

// openBack is owedBack of one that is not over.
func (c *Console) openBack(w http.ResponseWriter, r *asked) (theirs, bool) {
	b, ok := c.owedBack(w, r, access.Record)
	if ok && !b.DoneAt.IsZero() {
		http.Redirect(w, r.Request, "/follow-ups?done=gone", http.StatusSeeOther)
		return b, false
	}
	return b, ok
}

func (b theirs) tryForm(v url.Values) form {
	var results []choice
	for _, result := range queue.CallbackResults {
		results = append(results, choice{Value: result, Text: triedWord(result)})
	}
	last := len(results) - 1 // that they were reached: first, for it is what one hopes for
	results = append(results[last:], results[:last]...)
	return form{
		Title: "You rang back: what came of it?", Button: "Save", Action: b.at("/try"), Back: Link{"Back to the callback", b.at("")},
		Fields: []field{
			{Kind: "radios", Name: "result", Label: "What came of it?", Choices: entered(results, v, "result")},
			momentField(v, "When did you ring?", b.now, b.zone),
		},
	}
}

// keepTry keeps it. That they were reached leads on to what came of it.
func (c *Console) keepTry(w http.ResponseWriter, r *asked) {
	b, ok := c.openBack(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		c.over(w, r)
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, b.tryForm(r.PostForm).with(ps...)) }
	result := r.PostForm.Get("result")
	at, ps := b.rang(r.PostForm)
	ps = append(triedSo(result), ps...)
	if len(ps) > 0 {
		again(http.StatusUnprocessableEntity, ps...)
		return
	}
	_, first, err := c.tryCallback(r, b.Call, at, result)
	switch {
	case err != nil:
		c.o.Log.Error("record attempt", "call", b.Call, "err", err)
		again(http.StatusBadGateway, problem{Text: unclear})
	case result == "reached":
		to := url.Values{"how": {"reached"}, "at": {writtenMoment(at, b.now, b.zone)}}
		http.Redirect(w, r.Request, b.at("/end")+"?"+to.Encode(), http.StatusSeeOther)
	case !first:
		http.Redirect(w, r.Request, b.at("?done=same"), http.StatusSeeOther)
	default:
		http.Redirect(w, r.Request, b.at("?done=tried"), http.StatusSeeOther)
	}
}

// triedSo is what is wrong with what came of a try.
func triedSo(result string) []problem {
	if slices.Contains(queue.CallbackResults, result) {
		return nil
	}
	return []problem{{"result", "Choose what came of it"}}
}

// rang reads when somebody rang.
func (b theirs) rang(v url.Values) (time.Time, []problem) {
	at, wrong := happened(v.Get("at"), "at", b.now, b.zone)
	if wrong != nil {
		return at, []problem{*wrong}
	}
	return at, b.rangAt(at)
}

// rangAt is what is wrong with when somebody rang: not before the caller had asked
// for it.
func (b theirs) rangAt(at time.Time) []problem {
	if at.Before(b.AskedAt.Truncate(time.Minute)) {
		return []problem{{"at", "That was before they asked, " + when(b.AskedAt, b.now, b.zone)}}
	}
	return nil
}

// tryCallback is the operation: somebody has tried, and who.
func (c *Console) tryCallback(r *asked, id call.ID, at time.Time, result string) (got queue.Callback, first bool, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	got, first, err = c.o.After.Attempt(ctx, c.o.Now(), id, c.by(r.Who), at, result)
	if err == nil && first {
		c.note(r, audit.Entry{What: audit.Recorded, About: string(id), After: "callback tried " + result, Teams: ofTeam(got.Team)})
	}
	return got, first, err
}

// askClose asks how a callback ended.
func (c *Console) askClose(w http.ResponseWriter, r *asked) {
	if b, ok := c.openBack(w, r); ok {
		c.showForm(w, r, http.StatusOK, b.closeForm(r.URL.Query()))
	}
}

func (b theirs) closeForm(v url.Values) form {
	var ends, codes []choice
	for _, how := range queue.CallbackEnds {
		ends = append(ends, choice{Value: how, Text: endedWord("callback.closed", how)})
	}
	for _, code := range call.Codes {
		codes = append(codes, choice{Value: string(code), Text: code.Words()})
	}
	return form{
		Title: "What came of the callback?", Button: "Save", Action: b.at("/end"), Back: Link{"Back to the callback", b.at("")},
		Fields: []field{
			{Kind: "radios", Name: "how", Label: "How did it end?", Choices: entered(ends, v, "how")},
			{Kind: "radios", Name: "code", Label: "Outcome", Hint: "When they were reached, or it was decided what is done instead.", Choices: entered(codes, v, "code")},
			momentField(v, "When did it end?", b.now, b.zone),
		},
	}
}

// keepClose keeps it.
func (c *Console) keepClose(w http.ResponseWriter, r *asked) {
	b, ok := c.openBack(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		c.over(w, r)
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, b.closeForm(r.PostForm).with(ps...)) }
	how := r.PostForm.Get("how")
	code, ps := endedSo(how, call.Code(r.PostForm.Get("code")))
	at, wrong := b.rang(r.PostForm)
	if ps = append(ps, wrong...); len(ps) > 0 {
		again(http.StatusUnprocessableEntity, ps...)
		return
	}
	_, first, err := c.closeCallback(r, b.Call, at, how, code)
	switch {
	case errors.Is(err, queue.ErrNoCallback) || err == nil && !first:
		http.Redirect(w, r.Request, "/follow-ups?done=gone", http.StatusSeeOther)
	case err != nil:
		c.o.Log.Error("close callback", "call", b.Call, "err", err)
		again(http.StatusBadGateway, problem{Text: unclear})
	default:
		http.Redirect(w, r.Request, "/follow-ups?done=closed", http.StatusSeeOther)
	}
}

// endedSo is what is wrong with how a callback ended; its outcome is left out where
// there can be none.
func endedSo(how string, code call.Code) (_ call.Code, ps []problem) {
	coded := how == "reached" || how == "decided"
	if !slices.Contains(queue.CallbackEnds, how) {
		ps = append(ps, problem{"how", "Choose how it ended"})
	}
	switch {
	case coded && !slices.Contains(call.Codes, code):
		ps = append(ps, problem{"code", "Choose the outcome that fits best"})
	case !coded:
		code = ""
	}
	return code, ps
}

// closeCallback is the operation: a callback is over, and who says so.
func (c *Console) closeCallback(r *asked, id call.ID, at time.Time, how string, code call.Code) (got queue.Callback, first bool, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	got, first, err = c.o.After.Close(ctx, c.o.Now(), id, c.by(r.Who), at, how, code)
	if err == nil && first {
		c.note(r, audit.Entry{What: audit.Recorded, About: string(id), After: strings.TrimSpace("callback " + how + " " + string(code)), Teams: ofTeam(got.Team)})
	}
	return got, first, err
}
