package metrics

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// publishedMonths is how many published months arrivals are told from: a year,
// so that no season speaks for all.
const publishedMonths = 12

// ArrivalsPublished is how many calls arrive in each hour of the week by the
// newest months, at most twelve, that a contract has published (item A01), and in
// words where that comes from. They are spread as ArrivalsOfMonth spreads them.
// Where all returns are of one contract, it need not be the one asked for. It is
// an error when there are several and none is that one, and when no month says
// A01.
func ArrivalsPublished(returns []MHReturn, contract string) (week Week, basis string, err error) {
	names := map[string]bool{}
	var months []MHReturn
	for _, r := range returns {
		names[r.ContractCode] = true
	}
	if !names[contract] && len(names) > 1 {
		return week, "", fmt.Errorf("it has the returns of %d contracts: say which by report.contract_code", len(names))
	}
	for _, r := range returns {
		if r.Values["A01"].Kind == Number && (len(names) == 1 || r.ContractCode == contract) {
			months = append(months, r)
		}
	}
	if len(months) == 0 {
		return week, "", errors.New("no month in it says how many calls were received (A01)")
	}
	slices.SortFunc(months, func(a, b MHReturn) int { return b.Start.Compare(a.Start) })
	months = months[:min(len(months), publishedMonths)]
	var calls int64
	var days float64
	for _, r := range months {
		calls += r.Values["A01"].N
		days += r.End.Sub(r.Start).Hours()/24 + 1
	}
	if days <= 0 || calls == 0 {
		return week, "", errors.New("nobody rang in the months it tells of")
	}
	name := strings.TrimSpace(months[0].ContractCode + " " + months[0].ContractName)
	return alike(float64(calls) / days), fmt.Sprintf("%s calls in %s published by %s, the newest %s: %.0f a day; %s",
		thousands(calls), many(len(months), "month"), name, months[0].Start.Format("January 2006"), float64(calls)/days, alikeWords), nil
}
