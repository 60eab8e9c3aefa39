package main

import (
	"encoding/json"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// What was worked on calls is read from the ledger: the hours of a person show
// it, and the check and the gate judge by it.
func TestPlanGoesByTheLedger(t *testing.T) {
	t.Parallel()
	d := opened(t)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	fill(t, d.folder, []call.Event{
		{At: at(10, 22, 0), Kind: call.KindAccepted, Call: "a", Responder: "ada"},
		{At: at(10, 22, 40), Kind: call.KindFinished, Call: "a", Responder: "ada"},
		{At: at(10, 23, 30), Kind: call.KindWrapUpEnded, Responder: "ada"},
		{At: at(12, 1, 0), Kind: call.KindAccepted, Call: "b", Responder: "ada"},
		{At: at(12, 1, 15), Kind: call.KindWrapUpEnded, Responder: "ada"},
		{At: at(20, 1, 0), Kind: call.KindAccepted, Call: "c", Responder: "edda"},
		{At: at(20, 2, 0), Kind: call.KindWrapUpEnded, Responder: "edda"},
		{At: time.Date(2026, 5, 1, 1, 0, 0, 0, time.UTC), Kind: call.KindAccepted, Call: "d", Responder: "ada"}, // too long ago
		{At: time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC), Kind: call.KindWrapUpEnded, Responder: "ada"},
	})
	var told hoursTold
	if err := json.Unmarshal([]byte(d.types(exitDone, "plan", "hours", "--person", "ada", "--json").stdout), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.OnCalls) != 1 || told.OnCalls[0] != (workTold{"week 46 of 2026", 2, 1.75}) {
		t.Errorf("on calls: %+v", told.OnCalls)
	}
	says(t, d.types(exitDone, "plan", "hours", "--person", "edda").stdout, "On calls so far", "week 47 of 2026", "1.00")
	says(t, d.types(exitDone, "plan", "hours").stdout, "HOURS ON CALLS", "1.75")

	strict := d.file("strict.yaml", "\npolicy:\n", "\npolicy:\n  levels: {records: refuse}\n")
	d.types(exitDone, "plan", "apply", strict, "--dry-run")
	d.environ = append(d.environ, "CRISISLINE_PRIVACY_LEDGER_FOR=2160h") // records of time worked go too soon
	says(t, d.types(exitDone, "plan", "check").stdout, "records of time worked")
	says(t, d.types(exitFindings, "plan", "apply", strict, "--why", "stricter").stdout, "records of time worked")
}
