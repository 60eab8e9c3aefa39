package metrics

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// The NHS111-MH return ("Urgent Mental Health Helplines Data Collection"), as in
// the files NHS England publishes each month. The names are those of the files;
// what each counts is our reading of them (see Items), because the guidance's
// text on the clock's start and on the centile is not public.

// MHColumns are the columns of the file, in their order.
var MHColumns = []string{
	"REPORTING_PERIOD_START", "REPORTING_PERIOD_END", "REGION", "ICB_CODE", "ICB_NAME", "ORG_CODE", "ORG_NAME",
	"CONTRACT_CODE", "CONTRACT_NAME", "METRIC_ID", "METRIC_NAME", "METRIC_VALUE",
}

// MHItems are the eleven items' ids and names, in the order of the file. There
// is no B08.
var MHItems = [][2]string{
	{"A01", "Number of calls received"},
	{"A02", "Calls routed through IVR"},
	{"A03", "Number of answered calls"},
	{"B01", "Number of calls answered within 60 seconds"},
	{"B02", "Number of calls abandoned"},
	{"B03", "Calls abandoned in 30 seconds or less"},
	{"B04", "Calls abandoned in over 30 seconds and up to and including 60 seconds"},
	{"B05", "Calls abandoned after 60 seconds"},
	{"B06", "Total time to call answer (seconds)"},
	{"B07", "95th centile call answer time (seconds)"},
	{"B09", "Total time of abandoned calls (seconds)"},
}

// Provider is who returns, in the words of the file.
type Provider struct {
	Region, ICBCode, ICBName, OrgCode, OrgName, ContractCode, ContractName string
}

// Month is a calendar month, by the service's clock on the wall.
type Month struct {
	Year  int
	Month time.Month
}

// ParseMonth reads a month written as 2026-10.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Month{}, fmt.Errorf("read month %q: write it as 2026-10", s)
	}
	return Month{t.Year(), t.Month()}, nil
}

// Bounds is the month as [from, to) in zone. It has an hour more or less when
// the clocks change in it. A call belongs to the month it arrived in: to have
// its end too, read the ledger on past to, until no call of the month is live.
func (m Month) Bounds(zone *time.Location) (from, to time.Time) {
	from = time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, zone)
	return from, time.Date(m.Year, m.Month+1, 1, 0, 0, 0, 0, zone)
}

// String is the month as it is read.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// Value is one METRIC_VALUE: a number, or one that is withheld or does not exist.
type Value struct {
	N    int64
	Kind ValueKind
}

// ValueKind is whether there is a number.
type ValueKind int

// The kinds of value.
const (
	Missing    ValueKind = iota // no such row, or an empty cell: there is no such figure
	Number                      // N
	Suppressed                  // "-": there is one, and it is not said
)

func number(n int64) Value { return Value{N: n, Kind: Number} }

// String is the value as in the file.
func (v Value) String() string {
	switch v.Kind {
	case Number:
		return strconv.FormatInt(v.N, 10)
	case Suppressed:
		return "-"
	default:
		return ""
	}
}

// MHReturn is one provider's month.
type MHReturn struct {
	Provider
	Start, End time.Time // first and last day, both included
	Values     map[string]Value
}

// NewMHReturn makes the return of a month from its items. It refuses figures
// that do not add up and a month in which calls are still in progress: a return
// that is wrong must not look like one.
func NewMHReturn(p Provider, m Month, i Items) (MHReturn, error) {
	wrong := []error{i.Check()}
	if live := i.Live + i.Talking; live > 0 {
		wrong = append(wrong, fmt.Errorf("%d calls of the month are still in progress: read the ledger further", live))
	}
	if err := errors.Join(wrong...); err != nil {
		return MHReturn{}, fmt.Errorf("return for %s: %w", m, err)
	}
	first := time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, time.UTC)
	r := MHReturn{Provider: p, Start: first, End: first.AddDate(0, 1, -1), Values: map[string]Value{
		"A01": number(i.A01), "A02": number(i.A02), "A03": number(i.A03),
		"B01": number(i.B01), "B02": number(i.B02), "B03": number(i.B03), "B04": number(i.B04), "B05": number(i.B05),
		"B06": number(i.B06), "B07": number(i.B07), "B09": number(i.B09),
	}}
	if i.A03 == 0 { // nobody was answered: there is no time to answer, and 0 s would be a lie
		r.Values["B06"], r.Values["B07"] = Value{}, Value{}
	}
	return r, nil
}

// ForPublication is the return with every count below least, and every time that
// so few calls make, withheld. When that leaves one abandonment band alone the
// next smallest goes too, or it could be had by subtraction from B02.
func (r MHReturn) ForPublication(least int64) MHReturn {
	out := r
	out.Values = make(map[string]Value, len(r.Values))
	few := func(id string) bool {
		v := r.Values[id]
		return v.Kind == Number && v.N > 0 && v.N < least
	}
	for id, v := range r.Values {
		of := map[string]string{"B06": "A03", "B07": "A03", "B09": "B02"}[id]
		if of == "" && few(id) || of != "" && few(of) {
			v = Value{Kind: Suppressed}
		}
		out.Values[id] = v
	}
	hidden, smallest := 0, ""
	for _, id := range []string{"B03", "B04", "B05"} {
		v := out.Values[id]
		switch {
		case v.Kind == Suppressed:
			hidden++
		case v.N > 0 && (smallest == "" || v.N < out.Values[smallest].N):
			smallest = id
		}
	}
	if hidden == 1 && smallest != "" && out.Values["B02"].Kind == Number {
		out.Values[smallest] = Value{Kind: Suppressed}
	}
	return out
}

// WriteMH writes returns as the published file: a header, then eleven rows each.
func WriteMH(w io.Writer, returns ...MHReturn) error {
	out := csv.NewWriter(w)
	rows := [][]string{MHColumns}
	for _, r := range returns {
		for _, item := range MHItems {
			rows = append(rows, []string{
				r.Start.Format(time.DateOnly), r.End.Format(time.DateOnly), r.Region, r.ICBCode, r.ICBName, r.OrgCode,
				r.OrgName, r.ContractCode, r.ContractName, item[0], item[1], r.Values[item[0]].String(),
			})
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write NHS111-MH file: %w", err)
	}
	return nil
}
