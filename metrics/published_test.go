package metrics_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/metrics"
)

// Before there is a ledger, what the contract has published says how many ring:
// Hampshire's 13,128 calls in the 30 + 31 + 31 + 31 days of four months.
func TestArrivalsPublished(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/nhs111_mh_2025.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	returns, _, err := metrics.ReadMH(f)
	if err != nil {
		t.Fatal(err)
	}
	week, basis, err := metrics.ArrivalsPublished(returns, "MH063")
	if err != nil {
		t.Fatal(err)
	}
	var sum, night float64
	for _, day := range week {
		for h, calls := range day {
			if sum += calls; h < 6 || h >= 18 {
				night += calls
			}
		}
	}
	near(t, "calls a day", sum/7, 13128./123, 1e-9)
	near(t, "of them by night", night/sum, .63, 1e-9)
	for _, want := range []string{"13,128 calls in 4 months published by MH063 Hampshire (SCAS), the newest December 2025: 107 a day", "63 of 100 between 18:00 and 06:00"} {
		if !strings.Contains(basis, want) {
			t.Errorf("%q does not say %q", basis, want)
		}
	}
	if _, _, err := metrics.ArrivalsPublished(returns, "MH999"); err == nil || !strings.Contains(err.Error(), "say which by report.contract_code") {
		t.Errorf("of no such contract: %v", err)
	}
	var own []metrics.MHReturn
	for _, r := range returns {
		if r.ContractCode == "MH063" {
			own = append(own, r)
		}
	}
	if alone, _, err := metrics.ArrivalsPublished(own, "MH999"); err != nil || alone != week {
		t.Errorf("a file of one contract, by another's code: %v", err)
	}
	for i := range own {
		own[i].Values["A01"] = metrics.Value{Kind: metrics.Suppressed}
	}
	if _, _, err := metrics.ArrivalsPublished(own, ""); err == nil {
		t.Error("withheld counts told how many rang")
	}
	many := make([]metrics.MHReturn, 0, 30)
	for i := range 30 { // the newest twelve: 31 December 2026 back to January, of ten calls a month; older ones of none
		at := time.Date(2026, time.Month(12-i), 1, 0, 0, 0, 0, time.UTC)
		r := metrics.MHReturn{Start: at, End: at.AddDate(0, 1, -1), Values: map[string]metrics.Value{"A01": {Kind: metrics.Number}}}
		if i < 12 {
			r.Values["A01"] = metrics.Value{N: 10, Kind: metrics.Number}
		}
		many = append(many, r)
	}
	if _, basis, err = metrics.ArrivalsPublished(many, ""); err != nil || !strings.HasPrefix(basis, "120 calls in 12 months") {
		t.Errorf("%q, %v", basis, err)
	}
}
