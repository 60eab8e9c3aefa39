package metrics_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/metrics"
)

// publishedYear is every return of 2025 as the twelve published files, written
// out again from testdata/nhs111_2025.csv: a line for each month and contract.
// August is dated as it was, the other months by ISO.
func publishedYear(t *testing.T) (files [12]string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "nhs111_2025.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var months [12]bytes.Buffer
	for i := range months {
		fmt.Fprintln(&months[i], strings.Join(metrics.MHColumns, ","))
	}
	for _, row := range rows[1:] {
		start, err := time.Parse("2006-01", row[0])
		if err != nil {
			t.Fatal(err)
		}
		form := time.DateOnly
		if start.Month() == time.August {
			form = "02/01/2006"
		}
		w := &months[start.Month()-1]
		for i, item := range metrics.MHItems {
			fmt.Fprintf(w, "%s,%s,,,,,,%s,,%s,%s,%s\n", start.Format(form), start.AddDate(0, 1, -1).Format(form), row[1], item[0], item[1], row[2+i])
		}
	}
	for i := range months {
		files[i] = months[i].String()
	}
	return files
}

// itemsOf is a published return as items; what was withheld is 0.
func itemsOf(r metrics.MHReturn) metrics.Items {
	n := func(id string) int64 { return r.Values[id].N }
	return metrics.Items{
		A01: n("A01"), A02: n("A02"), A03: n("A03"), B01: n("B01"), B02: n("B02"), B03: n("B03"), B04: n("B04"), B05: n("B05"), B06: n("B06"), B07: n("B07"), B09: n("B09"),
	}
}

// Hampshire's year, and of how many services the returns do not reconcile, month
// by month.
func TestPublishedYear(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	hampshire, england := metrics.Items{}, metrics.Items{}
	withheld := 0
	line := func(name string, i metrics.Items) {
		answer, _ := i.SpeedOfAnswer()
		of, _ := i.ReachedOfAnswered()
		all, _ := i.ReachedOfReceived()
		left, _ := i.Abandoned()
		late, _ := i.AbandonedOver30()
		after, _ := i.AbandonedAfter()
		fmt.Fprintf(&b, "%s  received %7d  mean %6.1f s  in 60 s %4.1f %% of answered, %4.1f %% of received  gave up %4.1f %%, after 30 s %4.1f %%, after %5.1f s on average\n",
			name, i.A01, answer, 100*of, 100*all, 100*left, 100*late, after)
	}
	audits := make([]metrics.MHAudit, 12)
	for month, file := range publishedYear(t) {
		audit, err := metrics.CheckMH(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		audits[month] = audit
		returns, _, err := metrics.ReadMH(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range returns {
			for _, v := range r.Values {
				if v.Kind == metrics.Suppressed {
					withheld++
				}
			}
			i := itemsOf(r)
			if month == 8 {
				england = together(england, i)
			}
			if r.ContractCode == "MH063" {
				line(r.Start.Format("2006-01"), i)
				hampshire = together(hampshire, i)
			}
		}
	}
	line("2025   ", hampshire)
	fmt.Fprintf(&b, "\nEngland in September, what was not withheld: received %d, mean %.1f s\n", england.A01, float64(england.B06)/float64(england.A03))
	fmt.Fprintf(&b, "%d values withheld in the year\n\n", withheld)
	for _, rule := range metrics.MHRules {
		fmt.Fprintf(&b, "%-50s", rule.Name)
		for _, a := range audits {
			fmt.Fprintf(&b, " %d/%d", a.Holds[rule.Name], a.Checked[rule.Name])
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%-50s", "the very same figures as another")
	for _, a := range audits {
		fmt.Fprintf(&b, " %d", len(a.Same))
	}
	b.WriteByte('\n')
	golden := filepath.Join("testdata", "nhs111_2025.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("the year (-want +got):\n%s", d)
	}
}

func together(a, b metrics.Items) metrics.Items {
	a.A01 += b.A01
	a.A03 += b.A03
	a.B01 += b.B01
	a.B02 += b.B02
	a.B04 += b.B04
	a.B05 += b.B05
	a.B06 += b.B06
	a.B09 += b.B09
	return a
}
