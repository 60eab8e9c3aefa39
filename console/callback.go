package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// triesEnough is how often somebody is rung before it is decided what else is
// done: what the domestic-violence services teach, and no silent end.
const triesEnough = 3

// callbackPage is one caller who is to be rung back.
type callbackPage struct {
	Title   string
	Done    string
	Problem string
	Row     owedRow
	Facts   []fact
	Warning string
	Rules   []string
	Enough  bool // tried as often as anybody is
	Over    bool
	Does    []owedDo
	Number  *Link  // where it may be asked for
	NoWay   string // why there is none to ask for
	Story   string
}

// theirs is a callback that somebody does something about.
type theirs struct {
	owing
	queue.Callback
}

// backOf is a callback, if whoever asks may do something about it.
func (c *Console) backOf(r *asked, id call.ID, do access.Permission) (b theirs, err error) {
	ctx, done := context.WithTimeout(r.Context(), c.patience)
	defer done()
	b.owing = owing{names: names{c.o.Rota(), c.o.Zone}, now: c.o.Now(), who: r.Who, by: c.by(r.Who), keep: c.o.Calls.OverdueNumberFor}
	var ok bool
	b.Callback, ok, err = c.o.After.Callback(ctx, id)
	switch {
	case err != nil:
		return b, err
	case !ok:
		return b, queue.ErrNoCallback
	case do != access.ReadCalls && !r.Who.May(do, b.Team):
		return b, refused{do, []string{b.Team}}
	}
	return b, nil
}

// owedBack is backOf, or answers why not.
func (c *Console) owedBack(w http.ResponseWriter, r *asked, do access.Permission) (theirs, bool) {
	b, err := c.backOf(r, call.ID(r.PathValue("id")), do)
	var no refused
	switch {
	case err == nil:
		return b, true
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.Is(err, queue.ErrNoCallback):
		c.render(w, http.StatusNotFound, "message", c.page(r, "No callback", "Nobody promised to ring that caller back, or it was over so long ago that it is no longer kept."))
	default:
		c.storeSilent(w, r, "read callback", err)
	}
	return b, false
}

// callback is the page of one.
func (c *Console) callback(w http.ResponseWriter, r *asked) {
	if b, ok := c.owedBack(w, r, access.ReadCalls); ok {
		c.showCallback(w, r, http.StatusOK, b, "")
	}
}

func (c *Console) showCallback(w http.ResponseWriter, r *asked, code int, b theirs, wrong string) {
	p := b.page()
	p.Done, p.Problem = callbackDone[r.FormValue("done")], wrong
	if c.o.Calls != nil && !p.Over && b.HasNumber && r.Who.May(access.SeeNumbers, b.Team) {
		p.Number = &Link{"See the number", callAt(b.Call, "number", time.Time{})}
	}
	title := p.Title
	if wrong != "" {
		title = "Error: " + title
	}
	view := c.page(r, title, p)
	view.Again = againEvery
	c.render(w, code, "callback", view)
}

// callbackDone is what the page says after something was done.
var callbackDone = map[string]string{
	"promised": "Promised. It is on the list until it is over.",
	"before":   "That was promised already, as it stands here. Nothing changed.",
	"taken":    "It is yours for 15 minutes: nobody else rings meanwhile.",
	"tried":    "Recorded.",
	"same":     "That was recorded already. Nothing changed.",
	"reached":  "Recorded that they were reached. Now say what came of it.",
}

// page tells one callback. It is pure.
func (b theirs) page() callbackPage {
	asked := when(b.AskedAt, b.now, b.zone)
	at := "/calls/" + string(b.Call) + "/callback"
	p := callbackPage{Title: "Ring back the caller who asked at " + asked, Row: b.callbackRow(b.Callback), Over: !b.DoneAt.IsZero(), Enough: b.Attempts >= triesEnough, Story: storyAt(b.Call, time.Time{}, "")}
	p.Facts = []fact{
		{Label: "Who rang", Value: callerWord(b.Caller)}, {Label: "Line", Value: b.line(b.Line)}, {Label: "Team", Value: b.teamName(b.Team)},
		{"Promised", asked, "by " + b.names.by(b.By)},
		{Label: "May be rung", Value: b.safe()},
		{Label: "First try by", Value: when(b.AttemptDue, b.now, b.zone)}, {Label: "Over by", Value: when(b.CloseDue, b.now, b.zone)},
	}
	if b.Attempts > 0 {
		p.Facts = append(p.Facts, fact{"Tried", upper(times(b.Attempts)), "last " + when(b.LastAt, b.now, b.zone) + ": " + lower(triedWord(b.LastResult))})
	}
	if p.Over {
		ended := fact{"Over", when(b.DoneAt, b.now, b.zone), endedWord("callback.closed", b.How)}
		if b.Code != "" {
			ended.Detail += ": " + lower(b.Code.Words())
		}
		p.Facts = append(p.Facts, ended)
		return p
	}
	switch {
	case b.now.Before(b.SafeFrom):
		p.Warning = "It is not safe to ring before " + when(b.SafeFrom, b.now, b.zone) + "."
	case !b.SafeUntil.IsZero() && b.now.After(b.SafeUntil):
		p.Warning = "It was safe to ring until " + when(b.SafeUntil, b.now, b.zone) + ", and is not any more. Decide what is done instead, and record it as the end."
	}
	if p.Row.Going != "" && b.HasNumber {
		p.Facts = append(p.Facts, fact{Label: "Number", Value: "Kept until " + when(b.NumberUntil(b.keep), b.now, b.zone), Detail: "then deleted, when nobody has ended it"})
	}
	p.Rules = []string{
		"Ask for the person. If it is not them, or you are not sure: “Sorry, I’ll try again.” Never name the service.",
		"Leave nothing on an answerphone and send no text.",
	}
	if p.Enough {
		p.Rules = append(p.Rules, "Tried "+times(b.Attempts)+": decide what is done instead, such as their team, their doctor or a welfare check, and record it as the end.")
	}
	switch {
	case !b.NumberGone.IsZero():
		p.Warning = b.numberGoes(b.Callback)
	case !b.HasNumber:
		p.NoWay = "This service has no number of theirs: it stands in the clinical record."
	case !b.who.May(access.SeeNumbers, b.Team):
		p.NoWay = "A shift lead of the team can see the number."
	}
	if b.who.May(access.Record, b.Team) {
		p.Does = b.does(at)
	}
	return p
}

// does is what may be done about it. Ringing back by machine, from here, would
// be one more.
func (b theirs) does(at string) []owedDo {
	try, end := owedDo{Text: "Record a try", Href: at + "/try"}, owedDo{Text: "Record the end", Href: at + "/end"}
	taken := b.ClaimedBy != "" && b.now.Before(b.ClaimedUntil)
	switch {
	case taken && b.ClaimedBy == b.by:
		return []owedDo{try, end, {Text: "Keep it for longer", Href: at + "/take", Post: true}, {Text: "Give it back", Href: at + "/give-back", Post: true}}
	case taken:
		return []owedDo{try, end, {Text: "Give it back for them", Href: at + "/give-back", Post: true}}
	}
	if b.now.Before(b.StartedAt) {
		return []owedDo{try, end}
	}
	return []owedDo{{Text: "Take it", Href: at + "/take", Post: true}, try, end}
}

// safe is when the caller may be rung.
func (b theirs) safe() string {
	switch {
	case b.SafeFrom.IsZero() && b.SafeUntil.IsZero():
		return "At any time"
	case b.SafeUntil.IsZero():
		return "From " + when(b.SafeFrom, b.now, b.zone)
	case b.SafeFrom.IsZero():
		return "Until " + when(b.SafeUntil, b.now, b.zone)
	}
	return "From " + when(b.SafeFrom, b.now, b.zone) + " until " + when(b.SafeUntil, b.now, b.zone)
}

// take gives a callback to whoever asks, or renews it.
func (c *Console) take(w http.ResponseWriter, r *asked) {
	c.claim(w, r, "take", c.o.After.Claim)
}

// giveBack lets somebody else take it.
func (c *Console) giveBack(w http.ResponseWriter, r *asked) {
	c.claim(w, r, "give-back", c.o.After.Release)
}

func (c *Console) claim(w http.ResponseWriter, r *asked, what string, do func(context.Context, time.Time, call.ID, call.By) (queue.Callback, bool, error)) {
	b, ok := c.owedBack(w, r, access.Record)
	if !ok {
		return
	}
	got, first, err := c.claimCallback(r, b.Call, what, do)
	at := "/calls/" + string(b.Call) + "/callback"
	switch {
	case errors.Is(err, queue.ErrClaimed):
		b.Callback = got
		c.showCallback(w, r, http.StatusConflict, b, b.takenWords(got))
	case errors.Is(err, queue.ErrNoCallback) || err == nil && !got.DoneAt.IsZero():
		http.Redirect(w, r.Request, "/follow-ups?done=gone", http.StatusSeeOther)
	case err != nil:
		c.o.Log.Error("callback", "what", what, "call", b.Call, "err", err)
		c.showCallback(w, r, http.StatusBadGateway, b, "The store gave no clear answer. Look again before you ring anybody.")
	case what == "give-back":
		done := "back"
		if !first {
			done = "same"
		}
		http.Redirect(w, r.Request, "/follow-ups?done="+done, http.StatusSeeOther)
	default:
		http.Redirect(w, r.Request, at+"?done=taken", http.StatusSeeOther)
	}
}

// takenWords say who has it.
func (b theirs) takenWords(got queue.Callback) string {
	return upper(b.names.by(got.ClaimedBy)) + " took it meanwhile, and has it until " + when(got.ClaimedUntil, b.now, b.zone) + "."
}

// claimCallback is the operation: a callback is taken, kept for longer or given
// back, and by whom.
func (c *Console) claimCallback(r *asked, id call.ID, what string, do func(context.Context, time.Time, call.ID, call.By) (queue.Callback, bool, error)) (queue.Callback, bool, error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), writePatience)
	defer done()
	got, first, err := do(ctx, c.o.Now(), id, c.by(r.Who))
	if err == nil && first {
		c.note(r, audit.Entry{What: audit.Recorded, About: string(id), After: "callback " + what, Teams: ofTeam(got.Team)})
	}
	return got, first, err
}
