package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// tale is the story of one call.
type tale struct {
	ID      call.ID
	Rang    string
	Facts   []fact
	Entries []entry
	Over    bool
}

type fact struct{ Label, Value, Detail string }

// entry is one line of the story.
type entry struct {
	At    string // local time
	After string // since the call came
	Text  string
	More  string
	Tone  string // "good", "bad" or ""
}

// story is the page of one call.
func (c *Console) story(w http.ResponseWriter, r *asked) {
	id := call.ID(r.PathValue("id"))
	ctx, done := context.WithTimeout(r.Context(), c.patience)
	defer done()
	events, err := c.o.Story(ctx, id, receivedAt(r))
	if err != nil {
		c.o.Log.Error("read story", "call", id, "err", err)
		text := "The store did not answer. Calls are answered all the same. Try again in a moment."
		if ctx.Err() != nil && r.Context().Err() == nil {
			text = "It was not found in the time there is: the ledger is long, and callers come first. Find the call by the time it came, under Calls."
		}
		c.render(w, http.StatusBadGateway, "message", c.page(r, "The story cannot be read", text))
		return
	}
	if len(events) == 0 {
		c.render(w, http.StatusNotFound, "message", c.page(r, "No such call", "The ledger has nothing of this call, or it was kept only for a time that is over."))
		return
	}
	t := tell(id, events, names{c.o.Rota(), c.o.Zone})
	p := c.page(r, "The call of "+t.Rang, t)
	p.CallID = string(id)
	c.render(w, http.StatusOK, "story", p)
}

// receivedAt is when a call came, as its address says; zero when it does not.
func receivedAt(r *asked) time.Time {
	ms, err := strconv.ParseInt(r.FormValue("at"), 10, 64)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return call.FromMillis(ms)
}

// tell makes a story of a call's entries. It is pure.
func tell(id call.ID, events []call.Event, n names) tale {
	first := events[0]
	t := tale{ID: id, Rang: first.At.In(n.zone).Format("15:04:05 on 2 January 2006")}
	t.Facts = []fact{{Label: "Line", Value: n.line(first.Line)}, {Label: "Who rings", Value: callerWord(first.Caller)}}
	if first.Team != "" {
		t.Facts = append(t.Facts, fact{Label: "Team", Value: n.team(first.Team)})
	}
	for _, e := range events {
		t.Entries = append(t.Entries, n.entry(e, first.At))
		if e.Caller != "" && e.Caller != call.CallerUnknown {
			t.Facts[1].Value = callerWord(e.Caller)
		}
		switch e.Kind {
		case call.KindConnected:
			if e.WaitMs > 0 {
				t.Facts = append(t.Facts, fact{"Answered after", seconds(e.WaitMs), waits(e)})
			}
		case call.KindFinished:
			t.Over = true
			t.Facts = append(t.Facts, fact{Label: "Outcome", Value: outcomeWords[e.Outcome]})
			if e.TalkMs > 0 {
				t.Facts = append(t.Facts, fact{Label: "Talked for", Value: mmss(time.Duration(e.TalkMs) * time.Millisecond)})
			}
		}
	}
	if !t.Over {
		t.Facts = append(t.Facts, fact{Label: "Outcome", Value: "Still going on"})
	}
	return t
}

// waits is what a wait was made of.
func waits(e call.Event) string {
	return fmt.Sprintf("greeting and menu %s, queue %s, ringing %s", seconds(e.IntakeMs), seconds(e.QueueMs), seconds(e.RingMs))
}

// seconds is a duration of the ledger, to a tenth below a minute.
func seconds(ms int64) string {
	if ms < 60_000 {
		return fmt.Sprintf("%.1f s", float64(ms)/1000)
	}
	return mmss(time.Duration(ms) * time.Millisecond)
}

func (n names) entry(e call.Event, began time.Time) entry {
	out := entry{At: e.At.In(n.zone).Format("15:04:05"), After: "+" + mmss(e.At.Sub(began))}
	who := n.person(e.Responder)
	switch e.Kind {
	case call.KindReceived:
		out.Text = "The call came in"
		if e.Withheld {
			out.More = "The number was withheld, or cannot be used."
		}
		if e.Redials > 0 {
			out.More += " Rang " + times(e.Redials) + " before without an answer; keeps the earlier place."
		}
	case call.KindWaiting:
		out.Text = "Waits in the queue"
	case call.KindWidened:
		out.Text, out.More = "More people may be asked", widenedWords[e.Reason]
		if e.By != "" {
			out.More += " Brought in by " + n.by(e.By) + "."
		}
	case call.KindOffered:
		out.Text = "Offered to " + who
		out.More = n.team(e.Team) + ", " + lower(tierWord(e.Tier))
		if e.By != "" {
			out.More += "; asked for by " + n.by(e.By)
		}
	case call.KindOfferSent:
		out.Text = "The network took the leg to " + lower(n.phoneOf(e.Responder))
		if e.QueueMs > 0 {
			out.More = "It said it would hold it for " + seconds(e.QueueMs) + "."
		}
	case call.KindRinging:
		out.Text = n.phoneOf(e.Responder) + " rings"
	case call.KindPickedUp:
		out.Text = n.phoneOf(e.Responder) + " was picked up"
		out.More = "By a person or an answerphone: only a key tells."
	case call.KindOfferEnded:
		out.Text = n.phoneOf(e.Responder) + ": " + resultWords[e.Result]
		if e.Result.Miss() || e.Result == call.ResultLapsed {
			out.Tone = "bad"
		}
	default:
		n.later(&out, e, who)
	}
	return out
}

// later tells what happens from the answer on.
func (n names) later(out *entry, e call.Event, who string) {
	switch e.Kind {
	case call.KindAccepted:
		out.Text, out.Tone = who+" pressed 1 and has the caller", "good"
	case call.KindConnected:
		out.Text, out.Tone = "Both hear each other", "good"
	case call.KindDropped:
		out.Text, out.Tone = "The responder’s phone dropped the call", "bad"
		out.More = "The caller is back at the front of the queue."
	case call.KindDanger:
		out.Text, out.Tone = "The caller pressed the danger key", "bad"
	case call.KindHandedOver:
		out.Text, out.More = "Handed over to "+n.team(e.Team), "By "+n.by(e.By)+"; until then "+n.team(e.FromTeam)+" had the call."
	case call.KindFinished:
		out.Text, out.More = "The call is over", outcomeWords[e.Outcome]+"."
		if e.Outcome == call.OutcomeAbandoned || e.Outcome == call.OutcomeFailed {
			out.Text, out.Tone = "The call is over after "+seconds(e.WaitMs), "bad"
		}
	case call.KindWrapUp:
		out.Text = "Wrap-up of " + who + " began"
	case call.KindWrapUpEnded:
		out.Text, out.More = "Wrap-up of "+who+" ended", wrapUpWords[e.Reason]
		if e.By != "" {
			out.More = "Ended by " + n.by(e.By) + "."
		}
	case call.KindPresence:
		out.Text, out.More = who+" was set "+presenceWords[e.Presence], pauseText[call.Pause(e.Reason)].Text
	case call.KindPlan:
		out.Text = fmt.Sprintf("Plan version %d came into force", e.Version)
	case call.KindUnreached:
		out.Text, out.Tone = "Nobody reached this caller in time from their first try", "bad"
		out.More = "They first rang " + mmss(time.Duration(e.FirstMs)*time.Millisecond) + " before."
	case call.KindWrapUpRecord:
		out.Text, out.More = "What came of it was recorded", recordedWords(e)
	case call.KindCallbackOwed, call.KindCallbackClaimed, call.KindCallbackAttempt, call.KindCallbackClosed:
		out.Text, out.More = callbackWords(e, who)
	case call.KindFollowUp:
		out.Text, out.More = "A follow-up was promised: "+e.Category, "Due "+mmss(time.Duration(e.DueMs)*time.Millisecond)+" after it was decided."
	case call.KindFollowUpMissed:
		out.Text, out.Tone = "The time for the follow-up ran out: "+e.Category, "bad"
	case call.KindFollowUpDone:
		out.Text, out.More = "The follow-up is over: "+e.Category, lower(e.Reason)
	case call.KindFollowUpReviewed:
		out.Text, out.More = "Why the follow-up was late: "+e.Category, lower(e.Reason)
	default:
		out.Text = string(e.Kind) // a newer program's entry is shown, not hidden
	}
}

func (n names) phoneOf(responder string) string {
	if responder == "" {
		return "The phone"
	}
	return "The phone of " + n.person(responder)
}

// recordedWords is a wrap-up record in words.
func recordedWords(e call.Event) (text string) {
	if e.Code != "" {
		text = string(e.Code) + " " + e.Code.Words() + ". "
	}
	if e.Category != "" {
		text += "How soon to be seen: " + e.Category + ". "
	}
	if e.Hard {
		text += "A hard call: a debrief is owed. "
	}
	switch e.Duty {
	case call.DutyConsent:
		text += "Homelessness came up; they agreed that a housing authority is told."
	case call.DutyNoConsent:
		text += "Homelessness came up; they did not agree that a housing authority is told."
	}
	return strings.TrimSpace(text)
}

// callbackWords tells of a callback.
func callbackWords(e call.Event, who string) (text, more string) {
	plain := func(s string) string { return strings.ReplaceAll(s, "_", " ") }
	switch e.Kind {
	case call.KindCallbackOwed:
		return "A callback was promised", "To be over " + mmss(time.Duration(e.DueMs)*time.Millisecond) + " after they may be rung."
	case call.KindCallbackClaimed:
		if e.Reason == "released" {
			return "The callback was given back", "It was with " + who + "."
		}
		return who + " took the callback", ""
	case call.KindCallbackAttempt:
		return "Rung back: " + plain(e.Reason), ""
	}
	if e.Code != "" {
		more = string(e.Code) + " " + e.Code.Words() + "."
	}
	return "The callback is over: " + plain(e.Reason), more
}

var widenedWords = map[string]string{
	"own_team":           "The home team.",
	"own_team_any_skill": "Everyone in the home team, whatever their skills.",
	"neighbour":          "The neighbouring teams.",
	"backup":             "The backup tier.",
	"duty_manager":       "The duty manager.",
	"last_human":         "The last human, outside the rota.",
}

var wrapUpWords = map[string]string{
	"timed":  "Its time was over.",
	"ready":  "They said they were ready.",
	"needed": "A caller needed them.",
}

// by is who did something at a screen, as a reader may know them.
func (n names) by(b call.By) string {
	if role, ok := strings.CutPrefix(string(b), "role:"); ok {
		return "a " + strings.ReplaceAll(role, "_", " ")
	}
	return n.person(string(b))
}
