package console

import (
	"fmt"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// entry is one line of the story.
type entry struct {
	At    string // local time
	Day   string // when it is another than the call's
	After string // since the call came
	Text  string
	More  string
	Tone  string // "good", "bad" or ""
}

// waitedOn is what a wait was made of.
func waitedOn(e call.Event) string {
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
	at := e.At.In(n.zone)
	out := entry{At: onWall(at, n.zone, "15:04:05"), After: "+" + mmss(e.At.Sub(began))}
	if at.Format(time.DateOnly) != began.In(n.zone).Format(time.DateOnly) {
		out.Day = at.Format("Mon 2 January")
	}
	if e.At.Sub(began) >= 24*time.Hour {
		out.After = "+" + count(int(e.At.Sub(began)/(24*time.Hour)), "day", "days")
	}
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
		if e.FirstMs > 0 {
			out.More += " First rang " + spoken(millis(e.FirstMs)) + " before."
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
		out.More = "They first rang " + spoken(millis(e.FirstMs)) + " before."
	case call.KindWrapUpRecord:
		out.Text, out.More = "What came of it was recorded by "+n.by(e.By), recordedWords(e)
	case call.KindCallbackOwed, call.KindCallbackClaimed, call.KindCallbackAttempt, call.KindCallbackClosed, call.KindCallbackForgotten:
		n.callbackEntry(out, e, who)
	case call.KindFollowUp, call.KindFollowUpMissed, call.KindFollowUpDone, call.KindFollowUpReviewed:
		n.promiseEntry(out, e)
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
		return a(strings.ReplaceAll(role, "_", " "))
	}
	if b == "" {
		return "the service"
	}
	return n.person(string(b))
}
