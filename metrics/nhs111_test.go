package metrics_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

func published(t *testing.T) []metrics.MHReturn {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "nhs111_mh_2025.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	returns, others, err := metrics.ReadMH(f)
	if err != nil || others != 0 {
		t.Fatalf("%d other rows, %v", others, err)
	}
	return returns
}

// hampshire is the published month as items.
func hampshire(t *testing.T, month string) metrics.Items {
	t.Helper()
	for _, r := range published(t) {
		if r.ContractCode == "MH063" && r.Start.Format("2006-01") == month {
			n := func(id string) int64 { return r.Values[id].N }
			return metrics.Items{
				A01: n("A01"), A02: n("A02"), A03: n("A03"), B01: n("B01"), B02: n("B02"), B03: n("B03"),
				B04: n("B04"), B05: n("B05"), B06: n("B06"), B07: n("B07"), B09: n("B09"),
				Longest: time.Duration(n("B07")) * time.Second,
			}
		}
	}
	t.Fatalf("Hampshire returned nothing for %s", month)
	return metrics.Items{}
}

// What Hampshire's line published in 2025, and what follows from it.
func TestHampshire(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		month                                       string
		answerSeconds, abandoned, over30, f2, f3, b float64 // per cent, but the first and the last
	}{
		{"2025-04", 24.6, 5.0, 2.3, 87.5, 83.2, 59.2},
		{"2025-05", 14.9, 3.4, 2.0, 92.4, 89.3, 81.2},
		{"2025-08", 47.2, 9.4, 5.0, 81.9, 74.2, 86.0},
		{"2025-12", 109.8, 18.9, 9.6, 68.2, 55.3, 119.4},
	} {
		i := hampshire(t, tc.month)
		if err := i.Check(); err != nil {
			t.Errorf("%s: %v", tc.month, err)
		}
		near := func(what string, scale, want float64, formula func() (float64, bool)) {
			got, ok := formula()
			if !ok || math.Abs(got*scale-want) > .05 {
				t.Errorf("%s: %s is %.2f, want %.1f", tc.month, what, got*scale, want)
			}
		}
		near("speed of answer", 1, tc.answerSeconds, i.SpeedOfAnswer)
		near("abandoned", 100, tc.abandoned, i.Abandoned)
		near("abandoned over 30 s", 100, tc.over30, i.AbandonedOver30)
		near("within 60 s of answered", 100, tc.f2, i.ReachedOfAnswered)
		near("within 60 s of received", 100, tc.f3, i.ReachedOfReceived)
		near("abandoned after", 1, tc.b, i.AbandonedAfter)
	}
}

func TestReadBothDateFormatsAndWithheldValues(t *testing.T) {
	t.Parallel()
	var months []string
	withheld := 0
	for _, r := range published(t) {
		months = append(months, r.ContractCode+" "+r.Start.Format(time.DateOnly)+" "+r.End.Format(time.DateOnly))
		for _, v := range r.Values {
			if v.Kind == metrics.Suppressed {
				withheld++
			}
		}
	}
	want := []string{
		"MH063 2025-04-01 2025-04-30", "MH063 2025-05-01 2025-05-31", "MH063 2025-08-01 2025-08-31",
		"MH034 2025-09-01 2025-09-30", "MH055 2025-09-01 2025-09-30", "MH068 2025-09-01 2025-09-30",
		"MH063 2025-12-01 2025-12-31",
	}
	if diff := cmp.Diff(want, months); diff != "" {
		t.Errorf("returns (-want +got):\n%s", diff)
	}
	if withheld != 6 {
		t.Errorf("%d values withheld, want 6", withheld)
	}
}

func TestAuditOfPublishedRows(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join("testdata", "nhs111_mh_2025.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	audit, err := metrics.CheckMH(f)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := audit.Write(&got); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "nhs111_audit.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// Reading what was published and writing it again gives the same file, but for
// the dates, which are always written the one way.
func TestWriteIsTheFileRead(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := metrics.WriteMH(&got, published(t)...); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "nhs111_mh_2025.csv"))
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("01/08/2025", "2025-08-01", "31/08/2025", "2025-08-31").Replace(string(want))
	if diff := cmp.Diff(plain, got.String()); diff != "" {
		t.Errorf("file (-published +written):\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	header := strings.Join(metrics.MHColumns, ",") + "\n"
	row := func(start, id, value string) string {
		return start + ",2025-09-30,South East,QRL,ICB,RYE,ORG,MH063,Hampshire," + id + ",Name," + value + "\n"
	}
	for name, tc := range map[string]struct{ file, want string }{
		"nothing":        {"", "not an NHS111-MH file"},
		"another file":   {"a,b\n1,2\n", "there is no column REPORTING_PERIOD_START"},
		"a date":         {header + row("Sept 2025", "A01", "1"), `line 2: "Sept 2025" is not a date`},
		"a value":        {header + row("2025-09-01", "A01", "many"), `line 2: "many" is not a count`},
		"below zero":     {header + row("2025-09-01", "A01", "-4"), `"-4" is not a count`},
		"twice the same": {header + row("2025-09-01", "A01", "1") + row("01/09/2025", "A01", "2"), "line 3: A01 of contract MH063 is there twice"},
		"a short row":    {header + "2025-09-01,2025-09-30\n", "wrong number of fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := metrics.CheckMH(strings.NewReader(tc.file))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want it to say %q", err, tc.want)
			}
			if not := strings.HasPrefix(tc.want, "not an"); not && !errors.Is(err, metrics.ErrNotMH) {
				t.Errorf("%v is not ErrNotMH", err)
			}
		})
	}
	a, err := metrics.CheckMH(strings.NewReader("\ufeff" + header + row("2025-09-01", "A01", `"1,234"`) + row("2025-09-01", "AVG1", "0.5")))
	if err != nil || a.Returns != 1 || a.Others != 1 {
		t.Errorf("a spreadsheet's mark, a comma and an average: %d returns, %d others, %v", a.Returns, a.Others, err)
	}
}

func TestSameFiguresTwice(t *testing.T) {
	t.Parallel()
	r := published(t)[0]
	again := r
	again.ContractCode = "MH999"
	var file bytes.Buffer
	if err := metrics.WriteMH(&file, r, again); err != nil {
		t.Fatal(err)
	}
	a, err := metrics.CheckMH(&file)
	if err != nil || len(a.Same) != 1 {
		t.Errorf("%d pairs of the very same figures, want 1; %v", len(a.Same), err)
	}
}

func TestMonthFromTheLedger(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	october, err := metrics.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	from, to := october.Bounds(london)
	if got := to.Sub(from); got != (31*24+1)*time.Hour {
		t.Errorf("October 2026 has %s, want an hour more than 31 days", got)
	}
	f := metrics.Figures{From: from, To: to, IVRLines: []string{"professional"}}
	shift := from.Sub(monday) + time.Hour
	for _, e := range story() {
		e.At = e.At.Add(shift)
		f.Add(e)
	}
	hants := metrics.Provider{
		Region: "South East", ICBCode: "QRL", ICBName: "NHS HAMPSHIRE AND ISLE OF WIGHT INTEGRATED CARE BOARD",
		OrgCode: "RW1", OrgName: "HAMPSHIRE AND ISLE OF WIGHT HEALTHCARE NHS FOUNDATION TRUST",
		ContractCode: "MH000", ContractName: "Example, crisis line",
	}
	r, err := metrics.NewMHReturn(hants, october, f.Items(metrics.ClockReturn))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := metrics.WriteMH(&got, r); err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, line := range strings.Split(strings.TrimSpace(got.String()), "\n")[1:] {
		cells := strings.Split(line, ",")
		values = append(values, cells[len(cells)-3]+"="+cells[len(cells)-1])
	}
	want := "A01=3 A02=1 A03=1 B01=1 B02=1 B03=0 B04=1 B05=0 B06=29 B07=29 B09=60"
	if s := strings.Join(values, " "); s != want {
		t.Errorf("values\n%s, want\n%s", s, want)
	}
	if !strings.Contains(got.String(), `2026-10-01,2026-10-31,South East,QRL,`) || !strings.Contains(got.String(), `"Example, crisis line"`) {
		t.Errorf("rows are not as published:\n%s", got.String())
	}
}

func TestAReturnThatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	month := metrics.Month{Year: 2026, Month: time.October}
	for name, tc := range map[string]struct {
		items metrics.Items
		want  string
	}{
		"does not add up": {metrics.Items{A01: 5, A03: 1, B01: 1}, "A01 5 ≠"},
		"not over":        {metrics.Items{A01: 1, Live: 1}, "1 calls of the month are still in progress"},
	} {
		if _, err := metrics.NewMHReturn(metrics.Provider{}, month, tc.items); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want it to say %q", name, err, tc.want)
		}
	}
	r, err := metrics.NewMHReturn(metrics.Provider{}, month, metrics.Items{A01: 2, B02: 2, B03: 2, B09: 20})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"A03": "0", "B06": "", "B07": "", "B09": "20"} {
		if got := r.Values[id].String(); got != want {
			t.Errorf("nobody was answered: %s is %q, want %q", id, got, want)
		}
	}
	if _, err := metrics.ParseMonth("10/2026"); err == nil {
		t.Error("a month written 10/2026 was read")
	}
}

func TestForPublicationWithholdsSmallNumbers(t *testing.T) {
	t.Parallel()
	items := metrics.Items{
		A01: 103, A03: 80, B01: 80, B02: 23, B03: 3, B04: 5, B05: 15, B06: 800, B07: 20, B09: 2000,
		P95: 20 * time.Second, Longest: 20 * time.Second,
	}
	r, err := metrics.NewMHReturn(metrics.Provider{}, metrics.Month{Year: 2026, Month: time.October}, items)
	if err != nil {
		t.Fatal(err)
	}
	said := func(r metrics.MHReturn) string {
		var s []string
		for _, item := range metrics.MHItems {
			s = append(s, r.Values[item[0]].String())
		}
		return strings.Join(s, " ")
	}
	if got, want := said(r.ForPublication(5)), "103 0 80 80 23 - - 15 800 20 2000"; got != want {
		t.Errorf("one small band: %q, want %q, the next smallest withheld too", got, want)
	}
	items.A01, items.A03, items.B01, items.B06 = 27, 4, 4, 40
	r, err = metrics.NewMHReturn(metrics.Provider{}, metrics.Month{Year: 2026, Month: time.October}, items)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(r.ForPublication(5)), "27 0 - - 23 - - 15 - - 2000"; got != want {
		t.Errorf("few answered: %q, want %q", got, want)
	}
	if got := said(r); got != "27 0 4 4 23 3 5 15 40 20 2000" {
		t.Errorf("the return itself changed: %q", got)
	}
}

// A call that came by transfer is one call: it has one id, received once.
func TestTransferredCallsCountOnce(t *testing.T) {
	t.Parallel()
	var f metrics.Figures
	f.Add(call.Event{ID: "1-0", Kind: call.KindReceived, Call: "CA1", At: monday})
	f.Add(call.Event{ID: "2-0", Kind: call.KindConnected, Call: "CA1", At: monday, WaitMs: 5000})
	f.Add(call.Event{ID: "3-0", Kind: call.KindFinished, Call: "CA1", At: monday, Outcome: call.OutcomeHandedOn})
	i := f.Items(metrics.ClockCaller)
	if err := f.Check(); err != nil || i.A01 != 1 || i.A03 != 1 || i.HandedOn != 0 {
		t.Errorf("answered, then handed on: received %d, answered %d, handed on %d, %v", i.A01, i.A03, i.HandedOn, err)
	}
}

func BenchmarkFigures(b *testing.B) {
	b.ReportAllocs()
	var f metrics.Figures
	received := call.Event{Kind: call.KindReceived, At: monday, Call: "CA1", Line: "public"}
	connected := call.Event{Kind: call.KindConnected, Call: "CA1", WaitMs: 41000, ReturnMs: 29000}
	over := call.Event{Kind: call.KindFinished, Call: "CA1", Outcome: call.OutcomeAnswered}
	for b.Loop() {
		f.Add(received)
		f.Add(connected)
		f.Add(over)
	}
}
