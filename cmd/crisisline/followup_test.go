package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// TestFollowUpFromPromiseToReview is a shift lead's way through, each step in a
// process of its own: the clocks survive every restart.
func TestFollowUpFromPromiseToReview(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")
	const id = "CA00000000000000000000000000000001"
	says(t, d.types(exitDone, "followup", "categories").stdout, "crisis.very_urgent: seen face to face within 4h0m0s", "cyp_ed.urgent", "168h")

	// The desk's clock says 03:30 on Saturday 21 November, in winter.
	record := []string{"followup", "record", "--call", id, "--by", "edda"}
	says(t, d.types(exitDone, append(record, "--scale", "c")...).stdout, "crisis.urgent: due Sun 22 Nov 03:30")
	says(t, d.types(exitDone, append(record, "--scale", "C")...).stdout, "recorded before")
	says(t, d.types(exitDone, append(record, "--scale", "G")...).stdout, "no clock was started")
	says(t, d.types(exitDone, append(record, "--category", "crisis.very_urgent", "--at", "2026-11-20 23:00", "--team", "pseh")...).stdout, "due Sat 21 Nov 03:00")
	says(t, d.types(exitDone, append(record, "--category", "referrer.response", "--at", "2026-11-21 03:10")...).stdout, "due Sat 21 Nov 03:40")
	says(t, d.types(exitFailed, append(record, "--category", "same_day", "--at", "2026-11-20 18:30")...).stderr, "before 18:00")
	says(t, d.types(exitFailed, append(record, "--category", "urgent")...).stderr, "followup categories")
	says(t, d.types(exitFailed, append(record, "--scale", "H")...).stderr, "A to G")
	says(t, d.types(exitFailed, record...).stderr, "--category or --scale")

	open := d.types(exitFindings, "followup", "due").stdout
	says(t, open, "OVERDUE 30m", "10m0s left", "24h0m0s left")
	if strings.Index(open, "crisis.very_urgent") > strings.Index(open, "referrer.response") {
		t.Errorf("not the soonest due first:\n%s", open)
	}

	says(t, d.types(exitDone, "followup", "breaches").stdout, "crisis.very_urgent", "pseh", id)
	done := []string{"followup", "done", "--call", id, "--by", "finn"}
	says(t, d.types(exitDone, append(done, "--category", "referrer.response", "--at", "2026-11-21 03:20")...).stdout, "in time")
	says(t, d.types(exitDone, append(done, "--category", "crisis.very_urgent")...).stdout, "30m0s late", "review list")
	says(t, d.types(exitDone, append(done, "--category", "crisis.urgent", "--how", "declined")...).stdout, "declined")
	d.types(exitFailed, append(done, "--category", "crisis.semi_urgent")...)
	d.types(exitFailed, append(done, "--category", "crisis.urgent", "--how", "forgotten")...)
	d.types(exitFailed, "followup", "review", "--call", id, "--category", "crisis.very_urgent", "--reason", "Mr Smith was out")
	d.types(exitDone, "followup", "review", "--call", id, "--category", "crisis.very_urgent", "--reason", "travel", "--by", "dm7")
	says(t, d.types(exitDone, "followup", "due", "--json").stdout, "[]")

	var breaches []queue.FollowUp
	if err := json.Unmarshal([]byte(d.types(exitDone, "followup", "breaches", "--json").stdout), &breaches); err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time { v, _ := time.Parse(time.RFC3339, s); return v }
	want := []queue.FollowUp{{
		Call: id, Category: "crisis.very_urgent", Team: "pseh", By: "edda", StartedAt: at("2026-11-20T23:00:00Z"), DueAt: at("2026-11-21T03:00:00Z"),
		Missed: true, DoneAt: at("2026-11-21T03:30:00Z"), How: "seen", DoneBy: "finn", Reason: "travel", ReviewedBy: "dm7",
	}}
	if diff := cmp.Diff(want, breaches); diff != "" {
		t.Error(diff)
	}
}

// The end of a certificate is read whether or not anybody would believe it.
func TestCertificateEnd(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	end, err := certificateEnd(t.Context(), server.URL+"/prefix")
	if err != nil || !end.Equal(server.Certificate().NotAfter) {
		t.Errorf("ends %s, %v; not %s", end, err, server.Certificate().NotAfter)
	}
	for _, other := range []string{"http://127.0.0.1:1", "", "::"} {
		if _, err := certificateEnd(t.Context(), other); err == nil {
			t.Errorf("%q has a certificate", other)
		}
	}
}

// What the service agreed is what clocks run by, and a name there is not is
// refused before anything starts.
func TestFollowUpByTheServicesOwnNumbers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")
	d.environ = append(d.environ, `CRISISLINE_FOLLOW_UPS=[{"name":"crisis.very_urgent","limit":"2h","target":0.9}]`)
	says(t, d.types(exitDone, "followup", "categories").stdout, "crisis.very_urgent: seen face to face within 2h0m0s, for 90 % (local: set by this service")
	says(t, d.types(exitDone, "followup", "record", "--call", "CA1", "--scale", "B", "--at", "2026-11-21 03:00").stdout, "due Sat 21 Nov 05:00")
	d.environ = append(d.environ, `CRISISLINE_FOLLOW_UPS=[{"name":"urgent","limit":"2h"}]`)
	says(t, d.types(exitConfig, "followup", "categories").stderr, "follow_ups", `"urgent"`, "crisis.urgent")
}

// What came of a call is said at the desk, too: long after the call, corrected,
// and with the clocks that follow from it.
func TestWrapUpAtTheDesk(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")
	const id = "CA1"
	at := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	fill(t, d.folder, []call.Event{
		{At: at, Kind: call.KindReceived, Call: id, Line: "crisis", Team: "pseh", Caller: call.CallerSelf},
		{At: at.Add(time.Minute), Kind: call.KindConnected, Call: id, Line: "crisis", Team: "pseh", Caller: call.CallerSelf, Responder: "edda", WaitMs: 60_000},
		{At: at.Add(time.Hour), Kind: call.KindFinished, Call: id, Line: "crisis", Team: "pseh", Caller: call.CallerSelf, Responder: "edda",
			Outcome: call.OutcomeAnswered, WaitMs: 60_000, TalkMs: 59 * 60_000},
		{At: at, Kind: call.KindReceived, Call: "CA2", Line: "crisis"},
		{At: at.Add(time.Minute), Kind: call.KindFinished, Call: "CA2", Line: "crisis", Outcome: call.OutcomeAbandoned, WaitMs: 60_000},
	})
	say := []string{"followup", "wrap-up", "--call", id}
	says(t, d.types(exitDone, say...).stdout, "nothing was recorded")
	says(t, d.types(exitDone, append(say, "--code", "05", "--hard", "yes", "--scale", "c")...).stdout,
		"05 Urgent referral", "crisis.urgent", "a debrief is owed to edda", "did not come up")
	says(t, d.types(exitDone, append(say, "--duty-to-refer", "no-consent", "--scale", "G")...).stdout, "05 Urgent", "response:      none", "no consent")
	due := d.types(exitDone, "followup", "due").stdout
	says(t, due, "debrief.offered", "1h0m0s left")
	if strings.Contains(due, "crisis.urgent") {
		t.Errorf("a clock started by mistake still runs:\n%s", due)
	}
	says(t, d.types(exitDone, "followup", "done", "--call", id, "--category", "debrief.offered").stdout, "in time")
	says(t, d.types(exitFailed, "followup", "done", "--call", id, "--category", "debrief.offered", "--how", "seen").stderr, "offered_declined")

	var shares []rota.Share
	if err := json.Unmarshal([]byte(d.types(exitDone, "plan", "hours", "--from", "2026-11-01", "--json").stdout), &shares); err != nil {
		t.Fatal(err)
	}
	for _, s := range shares {
		if want := map[string]int{"edda": 1}[s.Responder]; s.HardCalls.Have != want {
			t.Errorf("%s has %d hard calls, not %d", s.Responder, s.HardCalls.Have, want)
		}
	}
	says(t, d.types(exitDone, "plan", "hours", "--from", "2026-11-01").stdout, "HARD CALLS", "1 (")
	for _, wrong := range [][]string{{"--code", "07"}, {"--hard", "very"}, {"--duty-to-refer", "perhaps"}, {"--scale", "H"},
		{"--category", "same_day", "--at", "2026-11-20 22:59"}} {
		d.types(exitFailed, append(say, wrong...)...)
	}
	says(t, d.types(exitFailed, "followup", "wrap-up", "--call", "CA2", "--code", "01").stderr, "never answered")
	says(t, d.types(exitFailed, "followup", "wrap-up", "--call", "CA3", "--code", "01").stderr, "no such call")
}

// A callback's whole way, each step in a process of its own: what was promised
// survives every restart.
func TestCallbackAtTheDesk(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	var calls []call.Event
	for i, id := range []call.ID{"CA1", "CA2", "CA3"} {
		came := at.Add(time.Duration(i) * time.Second)
		calls = append(calls, call.Event{At: came, Kind: call.KindReceived, Call: id, Line: "crisis", Team: "pseh"},
			call.Event{At: came.Add(time.Minute), Kind: call.KindFinished, Call: id, Line: "crisis", Team: "pseh", Outcome: call.OutcomeAbandoned, WaitMs: 60_000})
	}
	fill(t, d.folder, calls)
	does := func(exit int, args ...string) started {
		t.Helper()
		return d.types(exit, append([]string{"followup", "callback"}, args...)...)
	}
	says(t, does(exitDone, "list").stdout, "STANDS")
	says(t, does(exitDone, "owe", "--call", "CA1", "--by", "edda").stdout, "due by Sat 21 Nov 04:00, nobody has it", "not kept here")
	says(t, does(exitDone, "owe", "--call", "CA2", "--by", "edda", "--safe-from", "2026-11-21 09:00", "--safe-until", "2026-11-21 12:00").stdout,
		"not safe to ring before Sat 21 Nov 09:00", "not after Sat 21 Nov 12:00")
	says(t, does(exitDone, "claim", "--call", "CA1", "--by", "finn").stdout, "finn has it until 03:45")
	says(t, does(exitFailed, "claim", "--call", "CA1", "--by", "edda").stderr, "somebody else has this callback: finn, until 03:45")
	says(t, does(exitDone, "release", "--call", "CA1", "--by", "dm7").stdout, "nobody has it")
	says(t, does(exitDone, "attempt", "--call", "CA1", "--by", "edda", "--result", "no_answer").stdout, "due by Sat 21 Nov 04:30", "tried 1 times, last: no answer")
	says(t, does(exitFailed, "close", "--call", "CA1", "--by", "edda").stderr, "one of the seven")
	says(t, does(exitDone, "close", "--call", "CA1", "--by", "edda", "--code", "03").stdout, "over: reached", "03 Signposted")

	does(exitDone, "owe", "--call", "CA3", "--at", "2026-11-21 03:00", "--team", "solent")
	says(t, does(exitDone, "list").stdout, "CA3", "solent")
	does(exitFailed, "owe", "--call", "CA3", "--at", "2026-11-21 03:31")
	does(exitFailed, "owe", "--call", "CA9")
	does(exitFailed, "attempt", "--call", "CA3", "--result", "her_mother")
	d.types(exitFailed, "followup", "done", "--call", "CA3", "--category", "callback.closed", "--how", "reached")
	d.types(exitFailed, "followup", "record", "--call", "CA3", "--category", "callback.closed")
	var open []queue.Callback
	if err := json.Unmarshal([]byte(does(exitDone, "list", "--json").stdout), &open); err != nil || len(open) != 2 || open[0].Call != "CA3" {
		t.Errorf("open: %+v, %v", open, err)
	}
	does(exitDone, "owe", "--call", "CA1", "--at", "2026-11-21 01:00") // as it was: over
	says(t, d.types(exitDone, "followup", "due").stdout, "callback.attempt", "callback.closed")
}
