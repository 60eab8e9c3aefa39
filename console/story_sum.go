package console

import (
	"fmt"
	"time"

	"example.org/crisisline/call"
)

// phoneRow is one phone that was asked for a caller, and what came of it.
type phoneRow struct {
	Name, Where string
	At          string // local time
	Rang        string // for how long
	Result      string
	Tone        string
}

// phones are the offers of a call, in the order they were made. Entries that do
// not say of which offer they are belong to the last one to that person.
func (n names) phones(events []call.Event) (rows []phoneRow) {
	last := map[string]int{}
	key := func(e call.Event) string {
		if e.Offer != "" {
			return string(e.Offer)
		}
		return "to " + e.Responder
	}
	for _, e := range events {
		switch e.Kind {
		case call.KindOffered:
			last[key(e)] = len(rows)
			last["to "+e.Responder] = len(rows)
			rows = append(rows, phoneRow{
				Name: n.person(e.Responder), Where: n.team(e.Team) + ", " + lower(tierWord(e.Tier)),
				At: onWall(e.At, n.zone, "15:04:05"), Result: "still open", Tone: "blue",
			})
		case call.KindOfferEnded, call.KindAccepted:
			i, ok := last[key(e)]
			if !ok {
				continue
			}
			row := &rows[i]
			switch {
			case e.Kind == call.KindAccepted || e.Result == call.ResultAccepted:
				row.Result, row.Tone = "pressed 1", "green"
			default:
				row.Result, row.Tone = resultWords[e.Result], "grey"
				if e.Result.Miss() || e.Result == call.ResultLapsed || e.Result == call.ResultFailed {
					row.Tone = "orange"
				}
			}
			if e.RingMs > 0 {
				row.Rang = seconds(e.RingMs)
			}
		default: // not about an offer
		}
	}
	return rows
}

// tries says which try of the caller's this was, and how long they have tried.
func (t *tale) tries(e call.Event) {
	since := "the first was " + spoken(millis(e.FirstMs)) + " before"
	switch {
	case e.Redials > 0 && e.FirstMs > 0:
		t.Facts = append(t.Facts, fact{"Try", ordinal(e.Redials + 1), since})
	case e.Redials > 0:
		t.Facts = append(t.Facts, fact{"Try", ordinal(e.Redials + 1), "shortly one after the other"})
	case e.FirstMs > 0:
		t.Facts = append(t.Facts, fact{"Try", "Not the first", since})
	}
}

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// sums are a call's totals.
func (t *tale) sums(n names, events []call.Event) {
	var drops, danger int
	var end *call.Event
	for i, e := range events {
		switch e.Kind {
		case call.KindReceived:
			t.tries(e)
		case call.KindDropped:
			drops++
		case call.KindDanger:
			danger++
		case call.KindConnected:
			if e.WaitMs > 0 {
				t.Facts = append(t.Facts, fact{"Answered after", seconds(e.WaitMs), waitedOn(e)})
			}
			if e.FirstMs > e.WaitMs {
				t.Facts = append(t.Facts, fact{"Reached", spoken(millis(e.FirstMs)), "after their first try"})
			}
		case call.KindFinished:
			end = &events[i]
		default: // counted elsewhere
		}
	}
	switch {
	case end == nil:
		t.Facts = append(t.Facts, fact{Label: "Outcome", Value: "Still going on"})
	case end.Outcome == call.OutcomeAnswered:
		t.Facts = append(t.Facts, fact{Label: "Outcome", Value: outcomeWords[end.Outcome]})
	default:
		t.Facts = append(t.Facts, fact{"Outcome", outcomeWords[end.Outcome], "after " + seconds(end.WaitMs)})
	}
	if end != nil && end.TalkMs > 0 {
		t.Facts = append(t.Facts, fact{Label: "Talked for", Value: mmss(time.Duration(end.TalkMs) * time.Millisecond)})
	}
	if t.responder != "" {
		t.Facts = append(t.Facts, fact{Label: "Had the caller", Value: n.person(t.responder)})
	}
	if len(t.Phones) > 0 {
		t.Facts = append(t.Facts, fact{Label: "Phones asked", Value: fmt.Sprint(len(t.Phones))})
	}
	if drops > 0 {
		t.Facts = append(t.Facts, fact{"Cut off", upper(times(drops)), "by the responder’s phone"})
	}
	if danger > 0 {
		t.Facts = append(t.Facts, fact{Label: "Danger key", Value: "Pressed"})
	}
}
