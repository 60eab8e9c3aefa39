package rota

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// easter is Easter Sunday by the anonymous Gregorian computus.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e, f := b/4, b%4, (b+8)/25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

// byRule are the days the Banking and Financial Dealings Act and custom give,
// with substitutes for those that fall on a weekend.
func byRule(year int) Holidays {
	var h Holidays
	on := func(t time.Time, name string) { h = append(h, Holiday{dateOf(t), name}) }
	day := func(m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
	monday := func(t time.Time) time.Time {
		for t.Weekday() != time.Monday {
			t = t.AddDate(0, 0, 1)
		}
		return t
	}
	substitute := func(t time.Time, name string) {
		d := t
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || h.Name(dateOf(d)) != "" {
			d = d.AddDate(0, 0, 1)
		}
		if !d.Equal(t) {
			name += " (substitute day)"
		}
		on(d, name)
	}
	substitute(day(1, 1), "New Year’s Day")
	on(easter(year).AddDate(0, 0, -2), "Good Friday")
	on(easter(year).AddDate(0, 0, 1), "Easter Monday")
	on(monday(day(5, 1)), "Early May bank holiday")
	on(monday(day(5, 25)), "Spring bank holiday")
	on(monday(day(8, 25)), "Summer bank holiday")
	substitute(day(12, 25), "Christmas Day")
	substitute(day(12, 26), "Boxing Day")
	return h
}

func TestEnglandAndWales(t *testing.T) {
	t.Parallel()
	var want Holidays
	for year := 2025; year <= 2028; year++ {
		want = append(want, byRule(year)...)
	}
	if diff := cmp.Diff(want, EnglandAndWales()); diff != "" {
		t.Errorf("by the rule -, committed +\n%s", diff)
	}
	if got := EnglandAndWales().Until(); got != (Date{2029, 1, 1}) {
		t.Errorf("known until %s", got)
	}
	if !strings.Contains(englandAndWales, "Open Government") || !strings.Contains(englandAndWales, "https://www.gov.uk/bank-holidays") {
		t.Error("the file does not say where it comes from")
	}
}

func TestHolidayChanges(t *testing.T) {
	t.Parallel()
	changes, err := ParseHolidayChanges([]byte("# a royal year\n2027-05-10 Coronation\n- 2027-05-03\n-2027-05-31 moved\n2027-05-10 The coronation\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	h := EnglandAndWales().With(changes...)
	for day, want := range map[string]string{
		"2027-05-10": "The coronation", "2027-05-03": "", "2027-05-31": "", "2027-08-30": "Summer bank holiday", "2027-08-29": "",
	} {
		d, _ := ParseDate(day)
		if got := h.Name(d); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	again, err := ParseHolidays(h.Text())
	if diff := cmp.Diff(h, again); diff != "" || err != nil {
		t.Errorf("written and read: %v\n%s", err, diff)
	}
	_, err = ParseHolidayChanges([]byte("2027-05-10\nChristmas\n2027-02-30 No day\n"))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 3 || problems[2].Line != 3 {
		t.Errorf("what is wrong: %v", err)
	}
}

func TestParseGovUK(t *testing.T) {
	t.Parallel()
	const good = `{"scotland": {"events": [{"title": "St Andrew", "date": "2030-12-02", "notes": "", "bunting": true}]},
		"england-and-wales": {"division": "england-and-wales", "events": [
		{"title": "Boxing Day", "date": "2026-12-28", "notes": "Substitute day", "bunting": true},
		{"title": "New  Year’s Day", "date": "2026-01-01", "notes": "", "bunting": true}]}}`
	h, err := ParseGovUK([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("2026-01-01 New Year’s Day\n2026-12-28 Boxing Day (substitute day)\n", string(h.Text())); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	for name, bad := range map[string]string{
		"no JSON": "<html>", "no list": `{"scotland": {"events": []}}`, "no events": `{"england-and-wales": {"events": []}}`,
		"no date":  `{"england-and-wales": {"events": [{"title": "x", "date": "1 May"}]}}`,
		"no title": `{"england-and-wales": {"events": [{"title": " ", "date": "2026-05-01"}]}}`,
		"twice":    `{"england-and-wales": {"events": [{"title": "x", "date": "2026-05-01"}, {"title": "y", "date": "2026-05-01"}]}}`,
	} {
		if _, err := ParseGovUK([]byte(bad)); !errors.Is(err, ErrNoHolidays) {
			t.Errorf("%s: %v", name, err)
		}
	}
	merged := EnglandAndWales().Merge(h)
	if merged.Name(Date{2026, 4, 3}) != "" || merged.Name(Date{2025, 4, 18}) != "Good Friday" || len(merged) != 2+3*8 {
		t.Errorf("merged: %s", merged.Text())
	}
}

func FuzzParseGovUK(f *testing.F) {
	f.Add([]byte(`{"england-and-wales": {"events": [{"title": "x", "date": "2026-05-01", "notes": "Substitute day"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ParseGovUK(data)
		if err != nil {
			return
		}
		again, err := ParseHolidays(h.Text())
		if diff := cmp.Diff(h, again); err != nil || diff != "" {
			t.Errorf("written and read: %v\n%s", err, diff)
		}
	})
}

func FuzzParseHolidayChanges(f *testing.F) {
	f.Add([]byte("2027-05-10 Coronation\n- 2027-05-03\n# remark"))
	f.Fuzz(func(t *testing.T, data []byte) {
		changes, err := ParseHolidayChanges(data)
		if err != nil {
			return
		}
		h := Holidays{}.With(changes...)
		for i := 1; i < len(h); i++ {
			if h[i-1].Date.number() >= h[i].Date.number() {
				t.Errorf("%s is not before %s", h[i-1].Date, h[i].Date)
			}
		}
	})
}
