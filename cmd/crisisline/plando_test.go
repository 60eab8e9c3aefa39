package main

import (
	"fmt"
	"regexp"
	"testing"

	"example.org/crisisline/rota"
)

// named is the id that an operation made.
func named(t *testing.T, text, word string) string {
	t.Helper()
	id := regexp.MustCompile(word + `-20261121-[a-z0-9]{6}\b`).FindString(text)
	if id == "" {
		t.Fatalf("no %s is named in\n%s", word, text)
	}
	return id
}

// Swaps and takes from the terminal: each is in force for the next, and the
// plan's own rules hold.
func TestPlanSwapAndTake(t *testing.T) {
	t.Parallel()
	d := opened(t)
	offer := []string{"plan", "swap", "offer", "ada", "pseh-day", "2026-12-07", "--with", "cleo", "--for", "pseh-weekend@2026-12-12"}
	says(t, d.types(exitDone, append(offer, "--dry-run")...).stdout, "ada offers pseh-day", "Nothing was changed")
	offered := d.types(exitDone, offer...).stdout
	says(t, offered, "version 2 is in force")
	swap := named(t, offered, "swap")
	says(t, d.types(exitDone, "plan", "swap", "accept", swap, "cleo").stdout, "version 3")
	says(t, d.types(exitDone, "plan", "swap", "approve", swap, "zeno", "--why", "both asked").stdout, "cleo on", "version 4")
	says(t, d.types(exitDone, "plan", "who", "--at", "2026-12-07 12:00", "--team", "pseh").stdout, "cleo", "swap "+swap)
	taken := named(t, d.types(exitDone, "plan", "take", "edda", "pseh-weekend", "2026-12-05", "--from", "cleo").stdout, "swap")
	says(t, d.types(exitDone, "plan", "swap", "decline", taken).stdout, "version 6")
	says(t, d.types(exitFailed, "plan", "swap", "accept", "swap-x", "cleo").stderr, "no such thing")
	says(t, d.types(exitFailed, "plan", "take", "edda", "pseh-weekend", "5th").stderr, "5th")
	says(t, d.types(exitDone, "plan", "history").stdout, "both asked", "ada offers pseh-day")
}

// Somebody ill, and a replacement, are in force at once; what stays open stops
// the next change that is no emergency.
func TestPlanSickAndReplace(t *testing.T) {
	t.Parallel()
	d := opened(t)
	replaced := d.types(exitDone, "plan", "replace", "greta", "--with", "edda", "--why", "did not come").stdout
	says(t, replaced, "edda is on in place of greta", "version 2")
	says(t, d.types(exitDone, "plan", "who").stdout, "edda", "override "+named(t, replaced, "replace"))
	says(t, d.types(exitFailed, "plan", "replace", "ada", "--with", "edda").stderr, "ada is on no shift now")
	says(t, d.types(exitUsage, "plan", "replace", "ada").stderr, "with")
	ill := []string{"plan", "sick", "hugo", "--from", "2026-11-21 20:00", "--until", "2026-11-22"}
	says(t, d.types(exitFindings, append(ill, "--dry-run")...).stdout, "could cover", "Nothing was changed")
	says(t, d.types(exitDone, ill...).stdout, "could cover", "version 3 is in force: published in an emergency")
	tidy := []string{"plan", "do", `{"do": "tidy", "before": "2026-11-01"}`}
	says(t, d.types(exitUsage, tidy...).stderr, "--why")
	says(t, d.types(exitFindings, append(tidy, "--why", "tidy up")...).stdout, "1 person of 2")
	says(t, d.types(exitDone, append(tidy, "--why", "neighbours answer", "--anyway", "--by", "zeno")...).stdout, "version 4", "zeno answers for it")
	says(t, d.types(exitUsage, "plan", "sick", "hugo", "--until", "soon").stderr, "2026-03-29T20:00")
}

// Every operation there is can be done with "plan do": none is unknown to it.
func TestPlanDoKnowsEveryOperation(t *testing.T) {
	t.Parallel()
	d := opened(t)
	for _, op := range rota.Ops() {
		got := d.types(exitFailed, "plan", "do", fmt.Sprintf(`{"do": %q, "nonsense": 1}`, op), "--why", "x").stderr
		says(t, got, op, "nonsense")
	}
	says(t, d.types(exitFailed, "plan", "do", `{"do": "shout"}`, "--why", "x").stderr, "take_shift")
	absence := `{"do": "report_absence", "person": "ada", "kind": "training", "start": "2026-12-07T00:00", "end": "2026-12-08T00:00"}`
	says(t, d.types(exitFindings, "plan", "do", absence, "--why", "course").stdout, "could cover", "refuse")
	says(t, d.types(exitDone, "plan", "do", absence, "--why", "course", "--anyway").stdout, "version 2")
}
