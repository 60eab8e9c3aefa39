package console

import (
	"strings"
	"time"

	"example.org/crisisline/metrics"
)

// promiseWords is what was promised, in few words and without its limit.
var promiseWords = map[string]string{
	"crisis.emergency":      "999 is rung",
	"crisis.very_urgent":    "Seen face to face, very urgent",
	"crisis.urgent":         "Seen face to face, urgent",
	"crisis.semi_urgent":    "Seen face to face, semi-urgent",
	"community.help_starts": "Help from the community team starts",
	"same_day":              "Seen the same day",
	"referrer.response":     "The referrer has an answer",
	"handover.accepted":     "The other service says that it has them",
	"liaison.ed":            "Seen in the emergency department",
	"cyp_ed.urgent":         "Treatment starts, eating disorder under 18",
	"callback.attempt":      "First try to ring back",
	"callback.closed":       "Rung back, or decided what else is done",
	"debrief.offered":       "Debrief offered to the responder",
}

// promiseWord is what was promised; a category that is not ours is shown as it is.
func promiseWord(category string) string {
	if w, ok := promiseWords[category]; ok {
		return w
	}
	return category
}

// promised is what was promised, with its limit.
func promised(f metrics.FollowUp) string {
	switch {
	case f.Limit == 0:
		return promiseWord(f.Name)
	case f.Limit >= 7*24*time.Hour && f.Limit%(7*24*time.Hour) == 0:
		return promiseWord(f.Name) + ", within " + count(int(f.Limit/(7*24*time.Hour)), "week", "weeks")
	}
	return promiseWord(f.Name) + ", within " + spoken(f.Limit)
}

// endedWords is how a promise ended, as it is chosen and as it is told.
var endedWords = map[string]string{
	"seen":             "They were seen",
	"declined":         "They declined",
	"handed_on":        "Handed on to another service",
	"not_needed":       "No longer needed",
	"mistaken":         "Recorded by mistake",
	"attempted":        "Somebody tried",
	"reached":          "The right person was reached",
	"decided":          "Decided what is done instead",
	"offered":          "A debrief was offered, and taken",
	"offered_declined": "A debrief was offered, and declined",
}

// keptWords are what keeps a promise that is no visit.
var keptWords = map[string]string{
	"crisis.emergency": "999 was rung", "community.help_starts": "Help has started", "referrer.response": "The referrer was answered",
	"handover.accepted": "The other service has them", "cyp_ed.urgent": "Treatment has started",
}

// endedWord is how a promise ended.
func endedWord(category, how string) string {
	if w, ok := keptWords[category]; ok && how == "seen" {
		return w
	}
	if w, ok := endedWords[how]; ok {
		return w
	}
	return plainWord(how)
}

// triedWords is what came of an attempt to ring back.
var triedWords = map[string]string{
	"no_answer": "Nobody answered", "engaged": "Engaged", "voicemail": "An answerphone: nothing was left on it",
	"someone_else": "Somebody else answered: nothing was said", "not_safe": "They could not talk",
	"number_fails": "The number does not work", "reached": "The right person was reached",
}

func triedWord(result string) string {
	if w, ok := triedWords[result]; ok {
		return w
	}
	return plainWord(result)
}

// lateWords is why a promise was late.
var lateWords = map[string]string{
	"nobody_free": "Nobody was free", "travel": "Travelling took too long", "person_not_in": "They were not in",
	"person_asked_for_later": "They asked for later", "seen_elsewhere": "They were seen elsewhere",
	"recorded_late": "It was done in time, and recorded late", "clinical_decision": "A clinical decision",
	"handed_on_late": "It was handed on late", "not_noticed": "Nobody noticed", "other": "Something else",
}

func lateWord(reason string) string {
	if w, ok := lateWords[reason]; ok {
		return w
	}
	return plainWord(reason)
}

// plainWord is a word of a closed set that has no words of its own here.
func plainWord(word string) string { return upper(strings.ReplaceAll(word, "_", " ")) }
