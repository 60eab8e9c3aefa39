package console

import (
	"fmt"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// mmss is d as "1:05", or "1:02:05" from an hour on. It is what board.js
// writes, so that a page refreshed by hand and a live one look alike.
func mmss(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// spoken is d in words for a person planning: "8 seconds", "12 minutes",
// "13 hours", "3 h 20 min".
func spoken(d time.Duration) string {
	d = max(d, 0)
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d < time.Minute:
		return count(int(d/time.Second), "second", "seconds")
	case h == 0:
		return count(m, "minute", "minutes")
	case m == 0:
		return count(h, "hour", "hours")
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

// count is n with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// list joins names as a person would say them.
func list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// when is an instant on the wall: "08:00" on the day of now, "Sun 08:00"
// within the week, else with its date; with GMT or BST where the wall shows it twice.
func when(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return onWall(t, zone, "15:04")
	case t.Sub(now).Abs() < 6*24*time.Hour:
		return onWall(t, zone, "Mon 15:04")
	}
	return onWall(t, zone, "Mon 2 January 15:04")
}

var callerWords = map[call.Caller]string{
	call.CallerSelf:         "About themselves",
	call.CallerCarer:        "About someone they care for",
	call.CallerProfessional: "Professional",
	call.CallerUnknown:      "Has not said",
}

func callerWord(c call.Caller) string {
	if w, ok := callerWords[c]; ok {
		return w
	}
	return callerWords[call.CallerUnknown]
}

var tierWords = map[call.Tier]string{
	call.TierResponding:  "Responding",
	call.TierBackup:      "Backup",
	call.TierDutyManager: "Duty manager",
	call.TierLastHuman:   "Last human, outside the rota",
}

func tierWord(t call.Tier) string {
	if w, ok := tierWords[t]; ok {
		return w
	}
	return string(t)
}

var resultWords = map[call.Result]string{
	call.ResultAccepted:  "accepted",
	call.ResultLost:      "stopped: someone else was first",
	call.ResultDeclined:  "declined",
	call.ResultNoAnswer:  "no answer",
	call.ResultNoKey:     "picked up, but no key was pressed",
	call.ResultBusy:      "engaged",
	call.ResultFailed:    "could not be reached",
	call.ResultCancelled: "stopped: the caller had gone",
	call.ResultLapsed:    "no word from the network in time",
}

var outcomeWords = map[call.Outcome]string{
	call.OutcomeAnswered:  "Answered",
	call.OutcomeAbandoned: "The caller left before anyone answered",
	call.OutcomeCallback:  "The caller asked to be rung back; a callback is owed",
	call.OutcomeHandedOn:  "Passed to a person elsewhere",
	call.OutcomeFallback:  "Rung from the plan on disk while the store was gone",
	call.OutcomeFailed:    "Ended by the network or by us",
}

// presenceWords finish the sentence "was set …".
var presenceWords = map[call.Presence]string{
	call.PresenceFree:  "back: they can be rung",
	call.PresenceBreak: "on a break",
	call.PresenceAway:  "away",
}

// reasonWords says why the service is degraded. A reason that is not here is
// shown as it is: an unexplained word is better than a hidden one.
var reasonWords = map[string]string{
	"store":             "the store does not answer",
	"plan":              "no plan is in force, or only the copy on disk",
	"carrier":           "the telephone network refuses or does not answer our requests",
	"panic":             "a fault in the program was caught and the fallback was spoken",
	"stalled_dispatch":  "waiting callers are not being rung",
	"draining":          "this instance is shutting down",
	"calls_on_snapshot": "calls taken while the store was gone are still being rung from the plan on disk",
	"store_in_memory":   "the store is in memory and nothing survives a restart",
}

func reasonWord(reason string) string {
	if w, ok := reasonWords[reason]; ok {
		return w
	}
	return reason
}

// upper is s with a capital first letter.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lower is s with a small first letter.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
