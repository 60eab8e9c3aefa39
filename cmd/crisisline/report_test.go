package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/examples"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// reporting is a desk with an embedded store whose ledger holds calls.
func reporting(t *testing.T, events []call.Event) desk {
	t.Helper()
	d := newDesk(t)
	fill(t, d.folder, events)
	return d
}

// fill writes events into the ledger as the scripts would, in order of time.
func fill(t testing.TB, folder string, events []call.Event) {
	t.Helper()
	withStore(t, folder, func(rdb redis.UniversalClient, service string) {
		slices.SortStableFunc(events, func(a, b call.Event) int { return a.At.Compare(b.At) })
		for page := range slices.Chunk(events, 1000) {
			pipe := rdb.Pipeline()
			for _, e := range page {
				pipe.XAdd(t.Context(), &redis.XAddArgs{Stream: ledgerKey(service), ID: fmt.Sprintf("%d-*", e.At.UnixMilli()), Values: e.Values()})
			}
			if _, err := pipe.Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func ledgerKey(service string) string { return "cl:{" + service + "}:ledger" }

func withStore(t testing.TB, folder string, use func(redis.UniversalClient, string)) {
	t.Helper()
	cfg := config.Default()
	cfg.Service.DataDir = folder
	cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 30*time.Second, 30*time.Second
	st, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	use(st, cfg.Service.ID)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

func utc(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

// told is made-up calls of a span.
func told(t testing.TB, from, to time.Time) (events []call.Event) {
	t.Helper()
	plan, err := rota.Parse("example", examples.Plan)
	if err != nil {
		t.Fatal(err)
	}
	tell(from, to, plan, time.UTC, func(e call.Event) { events = append(events, e) })
	return events
}

// What a month's return says is the same from the ledger, from what was rolled
// up of it, and when the ledger has been trimmed away behind it.
func TestReturnFromLedgerRollUpAndAfterTrimming(t *testing.T) {
	t.Parallel()
	events := told(t, utc(time.September, 28), utc(time.November, 3))
	figures := metrics.Figures{From: utc(time.October, 1), To: utc(time.November, 1), IVRLines: []string{"professionals"}}
	slices.SortStableFunc(events, func(a, b call.Event) int { return a.At.Compare(b.At) })
	for _, e := range events {
		figures.Add(e)
	}
	want, err := metrics.NewMHReturn(metrics.Provider{}, metrics.Month{Year: 2026, Month: time.October}, figures.Items(metrics.ClockReturn))
	if err != nil {
		t.Fatal(err)
	}
	d := reporting(t, events)
	d.environ = append(d.environ, "CRISISLINE_REPORT_IVR_LINES=professionals")
	ask := func(when string) {
		got := d.types(exitDone, "report", "nhs111-mh", "--month", "2026-10")
		returns, _, err := metrics.ReadMH(strings.NewReader(got.stdout))
		if err != nil || len(returns) != 1 {
			t.Fatalf("%s: %v, %d returns\n%s", when, err, len(returns), got.stdout)
		}
		for _, item := range metrics.MHItems {
			if a, b := returns[0].Values[item[0]], want.Values[item[0]]; a != b {
				t.Errorf("%s: %s is %s, want %s", when, item[0], a, b)
			}
		}
		says(t, got.stderr, "the end of the greeting", "nearest rank", "reconciled")
	}
	ask("from the ledger")
	ask("rolled up")
	withStore(t, d.folder, func(rdb redis.UniversalClient, service string) {
		if err := rdb.XTrimMaxLen(t.Context(), ledgerKey(service), 0).Err(); err != nil {
			t.Fatal(err)
		}
	})
	d.environ = append(d.environ, "CRISISLINE_PRIVACY_LEDGER_FOR=48h")
	ask("trimmed")
	if n := d.types(exitDone, "report", "roll-up").stdout; n != "0 days rolled up\n" {
		t.Errorf("with the ledger gone, %s", n)
	}
	// September was never asked for, and is gone: nothing is said of it.
	got := d.types(exitFailed, "report", "nhs111-mh", "--month", "2026-09")
	says(t, got.stderr, "no longer reaches 2026-09-01")
	if got.stdout != "" {
		t.Errorf("and yet: %s", got.stdout)
	}
}

// What a service rolls up by the hour is enough: nobody need have asked for a
// report before the ledger was trimmed.
func TestRollUpBeforeTrimmingIsEnough(t *testing.T) {
	t.Parallel()
	d := reporting(t, told(t, utc(time.October, 1), utc(time.November, 20)))
	if got := d.types(exitDone, "report", "roll-up").stdout; !strings.HasSuffix(got, " days rolled up\n") || strings.HasPrefix(got, "0 ") {
		t.Errorf("%q", got)
	}
	if got := d.types(exitDone, "report", "roll-up").stdout; got != "0 days rolled up\n" {
		t.Errorf("the second time, %q", got)
	}
	before := d.types(exitDone, "report", "nhs111-mh", "--month", "2026-10").stdout
	withStore(t, d.folder, func(rdb redis.UniversalClient, service string) {
		if err := rdb.Del(t.Context(), ledgerKey(service)).Err(); err != nil {
			t.Fatal(err)
		}
	})
	if after := d.types(exitDone, "report", "nhs111-mh", "--month", "2026-10").stdout; after != before || !strings.Contains(after, "A01") {
		t.Errorf("before trimming:\n%s\nafter:\n%s", before, after)
	}
}

func TestReturnThatDoesNotAddUpIsNotWritten(t *testing.T) {
	t.Parallel()
	at := utc(time.October, 5)
	d := reporting(t, []call.Event{
		{At: at, Kind: call.KindReceived, Call: "CA1"},
		{At: at.Add(time.Minute), Kind: call.KindConnected, Call: "CA1", WaitMs: 60_000, ReturnMs: 50_000},
		{At: at.Add(time.Hour), Kind: call.KindFinished, Call: "CA1", Outcome: call.OutcomeAbandoned},
	})
	file := filepath.Join(d.folder, "return.csv")
	got := d.types(exitFindings, "report", "nhs111-mh", "--month", "2026-10", "--out", file)
	says(t, got.stderr, "NOT WRITTEN", "were connected and did not end as answered")
	if _, err := os.Stat(file); err == nil {
		t.Error("the file is there")
	}
	// The board is shown it, with the warning at the head; the public is not.
	d.types(exitFindings, "report", "board", "--month", "2026-10", "--out", filepath.Join(d.folder, "board"))
	page, err := os.ReadFile(filepath.Join(d.folder, "board", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	says(t, string(page), "THESE FIGURES DO NOT ADD UP")
	d.types(exitFindings, "report", "public", "--month", "2026-10", "--out", filepath.Join(d.folder, "public"))
}

func TestReturnOfCallsInProgressIsRefused(t *testing.T) {
	t.Parallel()
	d := reporting(t, []call.Event{{At: utc(time.October, 31).Add(23 * time.Hour), Kind: call.KindReceived, Call: "CA1"}})
	says(t, d.types(exitFindings, "report", "nhs111-mh", "--month", "2026-10").stderr, "1 calls of the month are still in progress")
	says(t, d.types(exitFailed, "report", "nhs111-mh", "--month", "2026-11").stderr, "is not over yet")
}

// A service's own standards stand on the board's page, by the words of its
// configuration; what contradicts itself is refused before anything is read.
func TestStandardsOfTheService(t *testing.T) {
	t.Parallel()
	at := utc(time.October, 5)
	d := reporting(t, []call.Event{
		{At: at, Kind: call.KindReceived, Call: "CA1", Line: "public"},
		{At: at.Add(time.Minute), Kind: call.KindConnected, Call: "CA1", WaitMs: 61_000, ReturnMs: 50_000},
		{At: at.Add(time.Hour), Kind: call.KindFinished, Call: "CA1", Line: "public", Outcome: call.OutcomeAnswered},
	})
	own := `CRISISLINE_STANDARDS=[{"name":"answer.reached_60s","target":0.5},{"name":"abandon.all","no_target":true},` +
		`{"name":"public.soon","clock":"return","stop":"connected","threshold":"50s","target":0.9,"measure":"share","population":"received","lines":["public"]},` +
		`{"name":"staff.stay","stop":"abandoned","callers":["professional"]},` +
		`{"name":"public.but","threshold":"61s","lines":["public"],"callers":["unknown"],"exclude":["callback","failed"]}]`
	environ := d.environ
	d.environ = append(environ, own)
	d.types(exitDone, "report", "board", "--month", "2026-10", "--out", filepath.Join(d.folder, "board"))
	page, err := os.ReadFile(filepath.Join(d.folder, "board", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"answer.reached_60s": "missed</span></td><td class=\"n\">0.0 %</td><td class=\"n\">at least 50 %",
		"abandon.all":        "no target agreed</span></td><td class=\"n\">100.0 %",
		"public.soon":        "kept</span></td><td class=\"n\">100.0 %</td><td class=\"n\">at least 90 %",
		"staff.stay":         "no call</span>",
		"public.but":         "(of everyone who rang as unknown on line public, leaving out calls that ended in a callback or failed)</td><td><span class=\"small\">no target agreed</span></td><td class=\"n\">100.0 %",
	} {
		row, _, _ := strings.Cut(string(page), "<code>"+name+"</code>")
		row = row[strings.LastIndex(row, "<tr>"):]
		says(t, row, want)
	}
	d.environ = append(environ, `CRISISLINE_STANDARDS=[{"name":"x","stop":"later"},{"name":"y","threshold":"1500ms"},{"name":"z","measure":"mean","stop":"settled","threshold":"9s"}]`)
	got := d.types(exitConfig, "report", "board", "--month", "2026-10", "--out", filepath.Join(d.folder, "board"))
	says(t, got.stderr, "standards", `"x": threshold: is needed`, "stop: say greeting_end, connected, abandoned or settled",
		"whole seconds, which are what is kept of past days", "the only mean that is kept is that of the time to connect")
}

// A day of which a call is in progress is shown as far as it has come.
func TestBoardOfTodayCountsWhatIsOver(t *testing.T) {
	t.Parallel()
	at := utc(time.November, 20)
	d := reporting(t, []call.Event{
		{At: at, Kind: call.KindReceived, Call: "CA1"},
		{At: at.Add(time.Minute), Kind: call.KindConnected, Call: "CA1", WaitMs: 60_000, ReturnMs: 50_000},
		{At: at.Add(time.Hour), Kind: call.KindFinished, Call: "CA1", Outcome: call.OutcomeAnswered},
		{At: at.Add(2 * time.Hour), Kind: call.KindReceived, Call: "CA2"},
	})
	d.types(exitDone, "report", "board", "--month", "2026-11", "--out", filepath.Join(d.folder, "board"))
	page, err := os.ReadFile(filepath.Join(d.folder, "board", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	says(t, string(page), `<div class="value">1</div><div class="name">calls received`, "1 calls of the month are still in progress")
}

func TestCheckOfPublishedReturns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	got := d.types(exitFindings, "report", "nhs111-mh", "--check", filepath.Join("..", "..", "metrics", "testdata", "nhs111_mh_2025.csv"))
	says(t, got.stdout, "A01 = A03 + B02", "holds in", "does not hold")
	d.types(exitFailed, "report", "nhs111-mh", "--check", "report_test.go")
}

// The example pages are whole: every drawing is well formed, every chart has its
// numbers beside it, nothing is fetched from elsewhere, and nothing looks like a
// telephone number.
func TestExamplePages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	drawing := regexp.MustCompile(`(?s)<svg.*?</svg>`)
	for _, kind := range []string{"board", "public"} {
		folder := filepath.Join(d.folder, kind)
		d.types(exitDone, "report", kind, "--example", "--month", "2026-10", "--out", folder)
		text, err := os.ReadFile(filepath.Join(folder, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		page := string(text)
		says(t, page, "EXAMPLE: every figure on this page is made up", "of everyone who rang", `lang="en-GB"`)
		drawings := drawing.FindAllString(page, -1)
		for _, svg := range drawings {
			parser := xml.NewDecoder(strings.NewReader(svg))
			for err == nil {
				_, err = parser.Token()
			}
			if err != io.EOF {
				t.Fatalf("%s: %v in %.200s", kind, err, svg)
			}
			err = nil
		}
		links := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(page, -1)
		tables := strings.Count(page, `href="equity`)
		if len(links) != len(drawings)+tables || len(links) < 4 {
			t.Errorf("%s: %d drawings, %d links", kind, len(drawings), len(links))
		}
		for _, l := range links {
			if _, err := os.Stat(filepath.Join(folder, l[1])); err != nil {
				t.Errorf("%s: %s is not beside it", kind, l[1])
			}
		}
		if bad := regexp.MustCompile(`https?://|\+44|\b0\d{9,10}\b|NaN|%!|Inf\b`).FindString(page); bad != "" {
			t.Errorf("%s holds %q", kind, bad)
		}
	}
}

// Before the first entry nobody noted anything: that is no month without calls,
// and nobody can say how many people it needs.
func TestReportsBeforeTheFirstCall(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first")
	for _, report := range [][]string{{"nhs111-mh"}, {"board", "--out", d.folder}, {"public", "--out", d.folder}} {
		got := d.types(exitFailed, append(append([]string{"report"}, report...), "--month", "2026-10")...)
		says(t, got.stderr, "2026-10: there are no figures of this month")
	}
	says(t, d.types(exitFailed, "report", "staffing").stderr, "the ledger has 0 whole days of calls, and a week is needed", "report.published", "--calls")
	at := utc(time.October, 12).Add(time.Hour)
	fill(t, d.folder, []call.Event{
		{At: at, Kind: call.KindReceived, Call: "CA1"},
		{At: at.Add(time.Minute), Kind: call.KindFinished, Call: "CA1", Outcome: call.OutcomeAbandoned, WaitMs: 60_000},
	})
	got := d.types(exitDone, "report", "nhs111-mh", "--month", "2026-10")
	says(t, got.stderr, "NOT THE WHOLE   the ledger begins 11 days into the month")
	says(t, d.types(exitFailed, "report", "nhs111-mh", "--month", "2026-09").stderr, "no figures of this month")
}

func TestStaffingWithoutHistory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first")
	page := filepath.Join(d.folder, "staffing.html")
	got := d.types(exitDone, "report", "staffing", "--calls", "3500", "--handling", "20m", "--out", page)
	says(t, got.stdout, "3500 calls in 2026-11", "Every day 20:00–24:00: 4 on shift, up to 6 needed", "if every team answered only its own", "hours of the week are predicted to miss")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	says(t, string(text), "People on shift / people needed")
	got = d.types(exitDone, "report", "staffing", "--published", "../../examples/published.csv")
	says(t, got.stdout, "13,128 calls in 4 months published by MH063 Hampshire (SCAS)", "handling time is assumed", "hours of the week are predicted to miss")
	d.environ = append(d.environ, "CRISISLINE_REPORT_PUBLISHED="+"../../examples/published.csv")
	says(t, d.types(exitDone, "report", "staffing").stdout, "13,128 calls")
	d.environ = append(d.environ, "CRISISLINE_REPORT_PUBLISHED="+d.file("plan.yaml"))
	says(t, d.types(exitFailed, "report", "staffing").stderr, "the published returns could not be used", "not an NHS111-MH file")
	// A few days of calls, the first and the last of them in part, are no week; a week is.
	fill(t, d.folder, told(t, utc(time.November, 15).Add(9*time.Hour), utc(time.November, 21)))
	says(t, d.types(exitFailed, "report", "staffing").stderr, "the ledger has 5 whole days of calls")
}

// BenchmarkReportOfAMonth reads a month of calls from a real store: from the
// ledger the first time, and rolled up.
func BenchmarkReportOfAMonth(b *testing.B) {
	events := told(b, utc(time.September, 24), utc(time.November, 10))
	folder := b.TempDir()
	fill(b, folder, events)
	environ := []string{"CRISISLINE_SERVICE_DATA_DIR=" + folder, "CRISISLINE_PRIVACY_KEY=" + strings.Repeat("k", 32)}
	report := func(b *testing.B) {
		var out, errs strings.Builder
		sh := shell{environ: environ, stdout: &out, stderr: &errs, now: func() time.Time { return utc(time.December, 1) }}
		if exit := run(b.Context(), []string{"report", "nhs111-mh", "--month", "2026-10"}, sh); exit != exitDone {
			b.Fatal(errs.String())
		}
	}
	for _, forget := range []bool{true, false} {
		b.Run(map[bool]string{true: "ledger", false: "rolled up"}[forget], func(b *testing.B) {
			for b.Loop() {
				if forget {
					b.StopTimer()
					withStore(b, folder, func(rdb redis.UniversalClient, service string) { rdb.Del(b.Context(), "cl:{"+service+"}:rollup") })
					b.StartTimer()
				}
				report(b)
			}
			b.ReportMetric(float64(len(events)), "entries")
		})
	}
}
