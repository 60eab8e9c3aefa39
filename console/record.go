package console

import (
	"context"
	"errors"
	"fmt"
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

// recording is one asking for what came of a call.
type recording struct {
	tale
	names
	now      time.Time
	promises metrics.Promises
	before   queue.WrapUpRecord // what was said; zero when nothing was
	ended    time.Time          // zero while the caller is on the line
}

// askRecord asks what came of a call. It changes nothing.
func (c *Console) askRecord(w http.ResponseWriter, r *asked) {
	if rec, ok := c.recording(w, r); ok {
		c.showForm(w, r, http.StatusOK, rec.form(rec.said()))
	}
}

// errNothingCame is a call to which nobody was ever connected.
var errNothingCame = errors.New("nobody was connected to this caller")

// recording reads the call and what was recorded of it, or answers why not.
func (c *Console) recording(w http.ResponseWriter, r *asked) (rec recording, ok bool) {
	t, ok := c.tale(w, r)
	if !ok {
		return recording{}, false
	}
	rec, err := c.recordingOf(r, t)
	var no refused
	switch {
	case err == nil:
		return rec, true
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.Is(err, errNothingCame):
		c.render(w, http.StatusConflict, "message", c.page(r, "Nothing to record", "Nobody was ever connected to this caller, so nothing came of the call that a responder could say."))
	default:
		c.storeSilent(w, r, "read what was recorded", err)
	}
	return recording{}, false
}

// recordingOf is what was recorded of a call, if whoever asks may record more.
func (c *Console) recordingOf(r *asked, t tale) (recording, error) {
	switch {
	case !c.mayRecord(r, t.team, t.responder):
		return recording{}, refused{access.RecordAny, []string{t.team}}
	case !t.answered:
		return recording{}, errNothingCame
	}
	before, _, err := c.o.Calls.WrapUp(r.Context(), t.ID)
	if err != nil {
		return recording{}, err
	}
	return recording{
		tale: t, names: names{c.o.Rota(), c.o.Zone}, now: c.o.Now(), promises: c.o.Calls.Promises, ended: t.ended, before: before,
	}, nil
}

// storeSilent answers when the store did not, and nothing was changed.
func (c *Console) storeSilent(w http.ResponseWriter, r *asked, what string, err error) {
	c.o.Log.Error("store is silent", "what", what, "err", err)
	c.render(w, http.StatusBadGateway, "message", c.page(r, "The store gave no answer", "Nothing was changed. Calls are answered all the same. Try again in a moment."))
}

// said is what was recorded before, as it stands in the form.
func (rec recording) said() url.Values {
	v := url.Values{"code": {string(rec.before.Code)}, "response": {rec.before.Response}, "duty": {string(rec.before.Duty)}}
	if rec.before.Hard {
		v.Set("hard", "yes")
	}
	return v
}

// form asks what came of the call: two presses for most calls.
func (rec recording) form(v url.Values) form {
	f := form{
		Title: "What came of the call of " + onWall(rec.received, rec.zone, "15:04") + "?", Action: callAt(rec.ID, "record", rec.received),
		Button: "Save", Back: Link{"Back to the call", storyAt(rec.ID, rec.received, "")},
	}
	if !rec.before.RecordedAt.IsZero() {
		f.Lines = []string{"Recorded by " + rec.by(rec.before.By) + ", " + when(rec.before.RecordedAt, rec.now, rec.zone) + ". What you save takes its place; the ledger keeps both."}
	}
	if r := rec.before.Response; r != "" && r != call.ResponseNone {
		f.Lines = append(f.Lines, "If you say another time by when, the clock that runs now ends as a mistake.")
	}
	var codes []choice
	for _, code := range call.Codes {
		codes = append(codes, choice{Value: string(code), Text: code.Words()})
	}
	decided := v.Get("decided")
	if !v.Has("decided") {
		decided = writtenMoment(rec.decided(), rec.now, rec.zone)
	}
	f.Fields = []field{
		{Kind: "radios", Name: "code", Label: "Outcome", Choices: entered(codes, v, "code")},
		{
			Kind: "select", Name: "response", Label: "How soon must somebody be there for them?",
			Hint: "Starts its clock. Choose it when somebody is to see them, or is to hear from you.", Choices: rec.responses(v.Get("response")),
		},
		{Kind: "moment", Name: "decided", Label: "When was that decided?", Hint: "The clock runs from then. " + hintOf(rec.now, rec.zone), Value: decided},
		{Kind: "radios", Name: "hard", Label: "Was it a hard call?", Hint: "Whoever had the caller is offered a debrief. It counts against nobody.", Choices: orFirst(entered([]choice{
			{Value: "no", Text: "No"}, {Value: "yes", Text: "Yes, it was hard"},
		}, v, "hard"))},
		{Kind: "radios", Name: "duty", Label: "Might they lose their home?", Hint: "Duty to refer: only with their consent. The housing authority of their choice stands in the clinical record.", Choices: orFirst(entered([]choice{
			{Value: "", Text: "It did not come up"},
			{Value: string(call.DutyConsent), Text: "Yes, and they agreed that a housing authority is told"},
			{Value: string(call.DutyNoConsent), Text: "Yes, and they did not agree"},
		}, v, "duty"))},
	}
	return f
}

// orFirst marks the first choice when none was made.
func orFirst(all []choice) []choice {
	if !slices.ContainsFunc(all, func(c choice) bool { return c.Chosen }) {
		all[0].Chosen = true
	}
	return all
}

// responses are what may be promised, by the letters of the UK Mental Health
// Triage Scale first.
func (rec recording) responses(value string) []choice {
	all := []choice{{Value: call.ResponseNone, Text: "Nobody need be seen"}}
	for _, scale := range []bool{true, false} {
		for _, f := range rec.promises {
			if f.Staff || f.Starts != "" || (f.Scale != "") != scale {
				continue
			}
			c := choice{Value: f.Name, Text: promised(f), Group: "Other promises"}
			if scale {
				c.Text, c.Group = f.Scale+": "+c.Text, "UK Mental Health Triage Scale"
			}
			all = append(all, c)
		}
	}
	return picked(all, value, "Not said")
}

// decided is when a need is taken to have been decided: at the end of the talk.
func (rec recording) decided() time.Time {
	if rec.ended.IsZero() {
		return rec.now
	}
	return rec.ended
}

// record keeps what was entered.
func (c *Console) record(w http.ResponseWriter, r *asked) {
	rec, ok := c.recording(w, r)
	if !ok {
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, rec.form(r.PostForm).with(ps...)) }
	say, ps := rec.read(r.PostForm)
	if len(ps) > 0 {
		again(http.StatusUnprocessableEntity, ps...)
		return
	}
	first, err := c.recordCall(r, say)
	switch {
	case errors.Is(err, queue.ErrNotAnswered), errors.Is(err, queue.ErrNoCall):
		again(http.StatusConflict, problem{Text: "Nobody was connected to this caller, as far as the ledger still goes. Nothing was recorded."})
	case err != nil:
		c.o.Log.Error("record call", "call", rec.ID, "err", err)
		again(http.StatusBadGateway, problem{Text: "The store gave no clear answer, so it may or may not have been recorded. Look at the call before you try again."})
	default:
		done := "recorded"
		if !first {
			done = "same"
		}
		http.Redirect(w, r.Request, doneAt(storyAt(rec.ID, rec.received, ""), done), http.StatusSeeOther)
	}
}

// recordCall is the operation: what came of a call is kept, and who said so. The
// permission is the caller's to ask for.
func (c *Console) recordCall(r *asked, say queue.WrapUpRecord) (first bool, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	say.By = c.by(r.Who)
	before, _, err := c.o.Calls.WrapUp(ctx, say.Call)
	if err != nil {
		return false, err
	}
	got, first, err := c.o.Calls.Record(ctx, c.o.Now(), say)
	if err != nil || !first {
		return first, err
	}
	c.note(r, audit.Entry{What: audit.Recorded, About: string(say.Call), Before: recordText(before), After: recordText(got), Teams: ofTeam(got.Team)})
	return true, nil
}

// recordText is a wrap-up record for the audit.
func recordText(r queue.WrapUpRecord) string {
	if r.RecordedAt.IsZero() {
		return ""
	}
	hard := ""
	if r.Hard {
		hard = "hard"
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", r.Code, r.Response, hard, r.Duty)), " ")
}

// read is what was entered, or what is wrong with it.
func (rec recording) read(v url.Values) (say queue.WrapUpRecord, ps []problem) {
	say = queue.WrapUpRecord{
		Call: rec.ID, Code: call.Code(v.Get("code")), Response: v.Get("response"), Hard: v.Get("hard") == "yes",
		Duty: call.DutyToRefer(v.Get("duty")), ReceivedAt: rec.received,
	}
	ps = rec.wrong(&say, func() (time.Time, *problem) { return happened(v.Get("decided"), "decided", rec.now, rec.zone) })
	return say, ps
}

// wrong is what is wrong with what is said. When a promise is among it, its clock
// is set by when it was decided.
func (rec recording) wrong(say *queue.WrapUpRecord, decided func() (time.Time, *problem)) (ps []problem) {
	if !slices.Contains(call.Codes, say.Code) {
		ps = append(ps, problem{"code", "Choose the outcome that fits best"})
	}
	if say.Duty != "" && !slices.Contains(call.Duties, say.Duty) {
		ps = append(ps, problem{"duty", "Choose whether losing their home came up"})
	}
	promise, ok := rec.promises.Named(say.Response)
	ok = ok && !promise.Staff && promise.Starts == ""
	switch {
	case say.Response == "" || say.Response == call.ResponseNone:
		if say.Code == call.CodeUrgent {
			ps = append(ps, problem{"response", "Say how soon: they are to be seen, and a clock must run"})
		}
		return ps
	case !ok:
		return append(ps, problem{"response", "Choose how soon from the list"})
	}
	at, p := decided()
	if p != nil {
		return append(ps, *p)
	}
	if at.Before(rec.received.Truncate(time.Minute)) {
		return append(ps, problem{"decided", "It cannot have been decided before the call came"})
	}
	say.StartedAt = at
	var holds bool
	if say.DueAt, holds = promise.Due(at, rec.zone); !holds && say.Response != rec.before.Response {
		ps = append(ps, problem{"response", fmt.Sprintf("That is for what was decided before %d:00. Choose another", promise.Before/time.Hour)})
	}
	return ps
}

// happened reads when something happened: never in the future.
func happened(text, name string, now time.Time, zone *time.Location) (time.Time, *problem) {
	at, no := readMoment(text, now, zone, lastOfTwo)
	switch {
	case no != "":
		return time.Time{}, &problem{name, no.or("Say when, such as 21:40 or yesterday 21:40")}
	case at.After(now):
		return time.Time{}, &problem{name, "That is still to come. Say when it happened"}
	}
	return at, nil
}
