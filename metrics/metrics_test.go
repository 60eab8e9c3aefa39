package metrics_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

var update = flag.Bool("update", false, "write the golden files anew")

// monday is a plain winter morning, away from any change of clocks.
var monday = time.Date(2026, time.November, 16, 9, 0, 0, 0, time.UTC)

var small = metrics.Shape{
	Lines:  []string{"public", "professional"},
	Teams:  []string{"portsmouth", "southampton"},
	Routes: []string{"/voice/inbound"},
}

// story is one answered call with a missed offer, one abandoned and one owed a
// callback, as the ledger tells them.
func story() []call.Event {
	at := func(s int) time.Time { return monday.Add(time.Duration(s) * time.Second) }
	return []call.Event{
		{ID: "1-0", At: at(0), Kind: call.KindReceived, Call: "CA1", Line: "public", Team: "portsmouth", Caller: call.CallerUnknown},
		{ID: "2-0", At: at(12), Kind: call.KindWaiting, Call: "CA1"},
		{ID: "3-0", At: at(12), Kind: call.KindOffered, Call: "CA1", Offer: "o1", Team: "portsmouth", Tier: call.TierResponding, Offers: 1},
		{ID: "4-0", At: at(13), Kind: call.KindOfferSent, Call: "CA1", Offer: "o1", QueueMs: 1200},
		{ID: "5-0", At: at(32), Kind: call.KindOfferEnded, Call: "CA1", Offer: "o1", Team: "portsmouth", Tier: call.TierResponding, Result: call.ResultNoAnswer, RingMs: 20000},
		{ID: "6-0", At: at(32), Kind: call.KindWidened, Call: "CA1", Reason: "neighbour"},
		{ID: "7-0", At: at(40), Kind: call.KindOfferEnded, Call: "CA1", Offer: "o2", Team: "southampton", Tier: call.TierResponding, Result: call.ResultAccepted, RingMs: 7000},
		{ID: "8-0", At: at(41), Kind: call.KindConnected, Call: "CA1", Line: "public", Team: "portsmouth", Caller: call.CallerCarer, WaitMs: 41000, IntakeMs: 12000, QueueMs: 21000, RingMs: 8000, ReturnMs: 29000, Offers: 2},
		{ID: "9-0", At: at(60), Kind: call.KindReceived, Call: "CA2", Line: "public", Team: "portsmouth", Withheld: true},
		{ID: "10-0", At: at(70), Kind: call.KindDropped, Call: "CA1", Team: "portsmouth"},
		{ID: "11-0", At: at(75), Kind: call.KindConnected, Call: "CA1", Line: "public", Team: "portsmouth", Caller: call.CallerCarer},
		{ID: "12-0", At: at(135), Kind: call.KindFinished, Call: "CA2", Line: "public", Team: "portsmouth", Caller: call.CallerUnknown, Outcome: call.OutcomeAbandoned, WaitMs: 75000, IntakeMs: 15000, QueueMs: 60000, ReturnMs: 60000},
		{ID: "13-0", At: at(140), Kind: call.KindReceived, Call: "CA3", Line: "professional", Team: "southampton", Caller: call.CallerProfessional},
		{ID: "14-0", At: at(190), Kind: call.KindFinished, Call: "CA3", Line: "professional", Team: "southampton", Caller: call.CallerProfessional, Outcome: call.OutcomeCallback, WaitMs: 50000, IntakeMs: 5000, QueueMs: 45000, ReturnMs: 45000},
		{ID: "15-0", At: at(300), Kind: call.KindDanger, Call: "CA4", Team: "nowhere"},
		{ID: "16-0", At: at(900), Kind: call.KindFinished, Call: "CA1", Line: "public", Team: "portsmouth", Caller: call.CallerCarer, Outcome: call.OutcomeAnswered, WaitMs: 41000, IntakeMs: 12000, QueueMs: 21000, RingMs: 8000, ReturnMs: 29000, TalkMs: 859000, Offers: 3},
	}
}

// told is a recorder after the story and one of every other thing it can say.
func told(t testing.TB) *prometheus.Registry {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	r := metrics.New(reg, small)
	for _, e := range story() {
		r.Apply(e)
	}
	r.Apply(story()[7]) // delivered again
	r.Webhook("/voice/inbound", 200, 1500*time.Microsecond)
	r.Webhook("/voice/inbound", 418, time.Second)
	r.WebhookRejected(metrics.RejectedSignature)
	r.Ignored(call.KindPickedUp)
	r.PaceWait(0)
	r.CarrierRequest("create_call", "ok")
	r.Degraded(metrics.DegradedStore, true)
	r.Stalled(1500 * time.Millisecond)
	r.LedgerLag(20 * time.Millisecond)
	r.Panic()
	r.PlanInForce(7, monday.AddDate(0, 1, 0))
	r.ConfigLoaded(true, monday)
	r.ConfigLoaded(false, monday.Add(time.Hour))
	r.StoreDurable(true)
	r.NumberConfigured("public", true)
	r.CertificateLeft(30 * 24 * time.Hour)
	r.Apply(call.Event{ID: "17-0", Kind: call.KindFollowUpDone, Team: "portsmouth", Category: "crisis.urgent", Reason: "seen", WaitMs: 1})
	r.Apply(call.Event{ID: "18-0", Kind: call.KindFollowUpMissed, Team: "portsmouth", Category: "crisis.very_urgent"})
	r.Live(func() metrics.LiveFigures {
		return metrics.LiveFigures{
			Teams: map[string]metrics.TeamLive{
				"portsmouth":  {Waiting: 2, Unrung: 1, LongestWait: 33 * time.Second, NextGap: metrics.NoGap},
				"southampton": {NextGap: 3 * time.Hour},
			},
			Responders: map[metrics.Post]int{{Team: "portsmouth", Tier: call.TierResponding, State: call.PresenceFree}: 3},
			Callbacks:  map[string]int{"due": 1},
			FollowUps:  map[metrics.Owed]int{{Category: "crisis.very_urgent", State: "overdue"}: 1},
		}
	})
	return reg
}

func TestExposition(t *testing.T) {
	t.Parallel()
	got := exposition(t, told(t))
	golden := filepath.Join("testdata", "metrics.txt")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("exposition (-want +got), -update writes it anew:\n%s", diff)
	}
}

// exposition is the text a scrape sees, with the series that are 0 counted
// instead of shown.
func exposition(t testing.TB, reg prometheus.Gatherer) []byte {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var full, out bytes.Buffer
	for _, f := range families {
		full.Reset()
		if _, err := expfmt.MetricFamilyToText(&full, f); err != nil {
			t.Fatal(err)
		}
		zero := 0
		for lines := bufio.NewScanner(&full); lines.Scan(); {
			line := lines.Text()
			if strings.HasSuffix(line, " 0") && !strings.HasPrefix(line, "#") {
				zero++
				continue
			}
			fmt.Fprintln(&out, line)
		}
		if zero > 0 {
			fmt.Fprintf(&out, "# … and %d at 0\n", zero)
		}
		fmt.Fprintln(&out)
	}
	return out.Bytes()
}

func TestLint(t *testing.T) {
	t.Parallel()
	problems, err := testutil.GatherAndLint(told(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// The names other people's dashboards and alerts depend on, with their labels.
func TestContract(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"crisisline_calls_received_total":     {"caller", "line"},
		"crisisline_calls_total":              {"caller", "line", "outcome", "team"},
		"crisisline_answer_seconds":           {"caller", "line", "team"},
		"crisisline_wait_seconds":             {"phase"},
		"crisisline_abandon_seconds":          {"caller", "line", "team"},
		"crisisline_offers_total":             {"result", "team", "tier"},
		"crisisline_standard_total":           {"caller", "result", "standard", "team"},
		"crisisline_waiting_calls":            {"team"},
		"crisisline_longest_wait_seconds":     {"team"},
		"crisisline_responders":               {"state", "team", "tier"},
		"crisisline_rota_next_gap_seconds":    {"team"},
		"crisisline_callbacks_owed":           {"state"},
		"crisisline_degraded":                 {"reason"},
		"crisisline_follow_ups":               {"category", "state"},
		"crisisline_stalled_dispatch_seconds": nil,
		"crisisline_webhook_seconds":          {"code", "route"},
	}
	families, err := told(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, f := range families {
		if _, ours := want[f.GetName()]; !ours {
			continue
		}
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		got[f.GetName()] = labels
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names and labels (-want +got):\n%s", diff)
	}
}

func TestLabelsAreClosed(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	r := metrics.New(reg, small)
	before := series(t, reg)
	for i := range 3000 {
		odd := fmt.Sprintf("odd-%d", i)
		r.Apply(call.Event{Kind: call.KindReceived, Line: odd, Caller: call.Caller(odd)})
		r.Apply(call.Event{Kind: call.KindConnected, Line: odd, Team: odd, Caller: call.Caller(odd), WaitMs: 1})
		r.Apply(call.Event{Kind: call.KindFinished, Line: odd, Team: odd, Outcome: call.Outcome(odd)})
		r.Apply(call.Event{Kind: call.KindFinished, Line: odd, Team: odd, Outcome: call.OutcomeAbandoned})
		r.Apply(call.Event{Kind: call.KindOfferEnded, Team: odd, Tier: call.TierBackup, Result: call.ResultBusy})
		r.Apply(call.Event{Kind: call.KindOfferEnded, Team: odd, Tier: call.Tier(odd), Result: call.Result(odd)})
		r.Apply(call.Event{Kind: call.KindWidened, Reason: odd})
		r.Webhook("/"+odd, i, time.Millisecond)
		r.WebhookRejected(odd)
		r.Ignored(call.Kind(odd))
		r.CarrierRequest(odd, odd)
		r.Degraded(odd, true)
		r.NumberConfigured(odd, true)
		r.Apply(call.Event{Kind: call.KindFollowUpMissed, Team: odd, Category: odd})
	}
	routes := 62 * len(metrics.Codes) * 17 // those added until there were enough
	if grown := series(t, reg) - before; grown > routes+100 {
		t.Errorf("3000 odd values added %d series, of which routes may be %d", grown, routes)
	}
}

// The example plan's size: what one scrape of one instance costs.
func TestSeriesOfACounty(t *testing.T) {
	t.Parallel()
	if n := series(t, county()); n > 6250 {
		t.Errorf("%d series for 3 lines, 6 teams and 12 routes; the bound is 6250", n)
	} else {
		t.Logf("%d series for 3 lines, 6 teams and 12 routes", n)
	}
}

func county() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	shape := metrics.Shape{Lines: []string{"public", "professional", "legacy"}}
	for i := range 12 {
		if i < 6 {
			shape.Teams = append(shape.Teams, fmt.Sprintf("team-%d", i))
		}
		shape.Routes = append(shape.Routes, fmt.Sprintf("/voice/%d", i))
	}
	metrics.New(reg, shape)
	return reg
}

// series counts what a server would store: a bucket is a series.
func series(t testing.TB, reg prometheus.Gatherer) int {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range families {
		for _, m := range f.GetMetric() {
			n++
			if h := m.GetHistogram(); h != nil {
				n += len(h.GetBucket()) + 2 // +Inf, sum; count is the one above
			}
		}
	}
	return n
}
