package console

import (
	"strings"
	"time"

	"example.org/crisisline/call"
)

// recordedWords is a wrap-up record in words.
func recordedWords(e call.Event) string {
	var all []string
	if e.Code != "" {
		all = append(all, e.Code.Words())
	}
	switch e.Category {
	case "":
	case call.ResponseNone:
		all = append(all, "Nobody need be seen")
	default:
		all = append(all, promiseWord(e.Category))
	}
	if e.Hard {
		all = append(all, "A hard call: a debrief is owed")
	}
	if w := dutyWords[e.Duty]; w != "" {
		all = append(all, w)
	}
	if len(all) == 0 {
		return "Nothing is said any more."
	}
	return strings.Join(all, ". ") + "."
}

// dutyWords is what was said about a home that may be lost.
var dutyWords = map[call.DutyToRefer]string{
	call.DutyConsent:   "They may lose their home, and agreed that a housing authority is told",
	call.DutyNoConsent: "They may lose their home, and did not agree that a housing authority is told",
}

// callbackEntry tells of a callback.
func (n names) callbackEntry(out *entry, e call.Event, who string) {
	switch e.Kind {
	case call.KindCallbackOwed:
		out.Text = "A callback was promised by " + n.by(e.By)
		out.More = "To be over " + spoken(millis(e.DueMs)) + " after they may be rung."
	case call.KindCallbackClaimed:
		out.Text = who + " took the callback"
		if e.Reason == "released" {
			out.Text, out.More = "The callback was given back by "+n.by(e.By), "It was with "+who+"."
		}
	case call.KindCallbackAttempt:
		out.Text, out.More = "Rung back by "+n.by(e.By), triedWord(e.Reason)+"."
		if e.Reason == "reached" {
			out.Tone = "good"
		}
	case call.KindCallbackClosed:
		out.Text, out.More = "The callback is over, says "+n.by(e.By), endedWord("callback.closed", e.Reason)+"."
		if e.Code != "" {
			out.More += " " + e.Code.Words() + "."
		}
	case call.KindCallbackForgotten:
		out.Text, out.Tone = "The caller’s number was deleted: nobody ended the callback", "bad"
		out.More = "It should have been over " + spoken(millis(e.WaitMs)) + " before. It is still owed."
	default: // not about a callback
	}
}

// promiseEntry tells of a promise after the call.
func (n names) promiseEntry(out *entry, e call.Event) {
	what, by := lower(promiseWord(e.Category)), n.by(call.By(e.Responder))
	start := e.At.Add(-millis(e.WaitMs))
	due := start.Add(millis(e.DueMs))
	switch e.Kind {
	case call.KindFollowUp:
		out.Text = "Promised: " + what
		out.More = "By " + when(due, e.At, n.zone) + ". Recorded by " + by + "."
	case call.KindFollowUpMissed:
		out.Text, out.Tone = "Its time ran out: "+what, "bad"
	case call.KindFollowUpDone:
		out.Text, out.More = "Over: "+what, endedWord(e.Category, e.Reason)+", "+spoken(millis(e.WaitMs))+" after it was decided. Recorded by "+by+"."
	case call.KindFollowUpReviewed:
		out.Text, out.More = "Why it was late: "+what, lateWord(e.Reason)+". Said by "+by+"."
	default: // not about a promise
	}
}

// promiseRow is one promise after a call, and where it is.
type promiseRow struct {
	Text  string
	State string
	Tone  string
	Clock clock // how long is left, or by how much it is over
	Due   string
	Why   string // why it was late
}

// promises are those of a call, from its entries.
func (n names) promises(events []call.Event, now time.Time) (rows []promiseRow) {
	at := map[string]int{}
	for _, e := range events {
		if !strings.HasPrefix(string(e.Kind), string(call.KindFollowUp)) || strings.HasPrefix(e.Category, "callback.") {
			continue // a callback is told as such
		}
		i, known := at[e.Category]
		if !known {
			i = len(rows)
			at[e.Category] = i
			rows = append(rows, promiseRow{Text: promiseWord(e.Category)})
		}
		row := &rows[i]
		switch e.Kind {
		case call.KindFollowUp:
			due := e.At.Add(millis(e.DueMs - e.WaitMs))
			*row = promiseRow{Text: row.Text, Due: when(due, now, n.zone), State: "due in", Tone: "blue", Clock: clock{Until: due, at: now}}
			if now.After(due) {
				row.State, row.Tone, row.Clock = "overdue by", "red", clock{Since: due, at: now}
			}
		case call.KindFollowUpDone:
			row.State, row.Tone, row.Clock = endedWord(e.Category, e.Reason), "green", clock{}
			if e.Reason == "mistaken" || e.Reason == "not_needed" {
				row.Tone = "grey"
			}
			if late := millis(e.WaitMs - e.DueMs); late > 0 {
				row.State, row.Tone = row.State+", "+spoken(late)+" late", "orange"
			}
		case call.KindFollowUpReviewed:
			row.Why = lateWord(e.Reason)
		default: // that it ran out is seen from when it was due
		}
	}
	return rows
}

// recorded is what came of a call, as it was said last.
func (n names) recorded(events []call.Event, now time.Time) (facts []fact) {
	for _, e := range events {
		if e.Kind != call.KindWrapUpRecord {
			continue
		}
		outcome := e.Code.Words()
		if outcome == "" {
			outcome = "Not said"
		}
		facts = []fact{{"What came of it", outcome, "said by " + n.by(e.By) + ", " + when(e.At, now, n.zone)}}
		if e.Category != "" {
			text := promiseWord(e.Category)
			if e.Category == call.ResponseNone {
				text = "Nobody need be seen"
			}
			facts = append(facts, fact{Label: "How soon", Value: text})
		}
		if e.Hard {
			facts = append(facts, fact{"A hard call", "Yes", "a debrief is owed"})
		}
		if w := dutyWords[e.Duty]; w != "" {
			facts = append(facts, fact{Label: "Duty to refer", Value: w})
		}
	}
	return facts
}
