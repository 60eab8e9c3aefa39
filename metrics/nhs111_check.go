package metrics

import (
	"fmt"
	"io"
	"strings"
)

// MHRule is one thing that must hold in a return.
type MHRule struct {
	Name  string                        // the rule in the items' own names
	Items []string                      // the items it needs; with one withheld it says nothing
	Holds func(v map[string]int64) bool // of their numbers
}

// MHRules are the rules a return is checked by. Published files do not name
// their residual calls, so the first can fail although nothing is lost; it is
// still what a reader must be told.
var MHRules = []MHRule{
	{"A01 = A03 + B02", []string{"A01", "A03", "B02"}, func(v map[string]int64) bool { return v["A01"] == v["A03"]+v["B02"] }},
	{"A01 ≥ A03 + B02", []string{"A01", "A03", "B02"}, func(v map[string]int64) bool { return v["A01"] >= v["A03"]+v["B02"] }},
	{"B02 = B03 + B04 + B05", []string{"B02", "B03", "B04", "B05"}, func(v map[string]int64) bool {
		return v["B02"] == v["B03"]+v["B04"]+v["B05"]
	}},
	{"A02 ≤ A01", []string{"A01", "A02"}, func(v map[string]int64) bool { return v["A02"] <= v["A01"] }},
	{"B01 ≤ A03", []string{"A03", "B01"}, func(v map[string]int64) bool { return v["B01"] <= v["A03"] }},
	{"B01 ≥ 95 % of A03 means B07 ≤ 60", []string{"A03", "B01", "B07"}, func(v map[string]int64) bool {
		return v["A03"] == 0 || 100*v["B01"] < 95*v["A03"] || v["B07"] <= 60
	}},
	{"B01 < 95 % of A03 means B07 ≥ 60", []string{"A03", "B01", "B07"}, func(v map[string]int64) bool {
		return 100*v["B01"] >= 95*v["A03"] || v["B07"] >= 60 // 60: the centile may be rounded down
	}},
	{"A03 = 0 means no B06 and B07", []string{"A03"}, func(v map[string]int64) bool {
		return v["A03"] > 0 || v["B06"] == 0 && v["B07"] == 0
	}},
	{"B06 ≥ 60 s for each call answered later", []string{"A03", "B01", "B06"}, func(v map[string]int64) bool {
		return v["B06"] >= 60*(v["A03"]-v["B01"])
	}},
	{"B09 ≥ 30 s and 60 s for each call of B04 and B05", []string{"B04", "B05", "B09"}, func(v map[string]int64) bool {
		return v["B09"] >= 30*v["B04"]+60*v["B05"]
	}},
}

// Check names the rules that do not hold, with the numbers. Rules that need a
// withheld or missing value are passed over.
func (r MHReturn) Check() (broken []MHFinding) {
	for _, rule := range MHRules {
		if v, ok := r.numbers(rule.Items); ok && !rule.Holds(v) {
			broken = append(broken, MHFinding{Return: r, Rule: rule.Name, Text: r.said(rule.Items)})
		}
	}
	return broken
}

// numbers is every number the return has; ok is false when one needed is not.
func (r MHReturn) numbers(needed []string) (v map[string]int64, ok bool) {
	v = map[string]int64{}
	for id, value := range r.Values {
		if value.Kind == Number {
			v[id] = value.N
		}
	}
	for _, id := range needed {
		if r.Values[id].Kind != Number {
			return nil, false
		}
	}
	return v, true
}

func (r MHReturn) said(items []string) string {
	var parts []string
	for _, id := range items {
		parts = append(parts, id+" "+r.Values[id].String())
	}
	return strings.Join(parts, ", ")
}

// MHFinding is a rule that does not hold in one return.
type MHFinding struct {
	Return MHReturn
	Rule   string
	Text   string // the numbers
}

// MHAudit is what checking a file found.
type MHAudit struct {
	Returns  int
	Others   int            // rows that are none of the eleven items
	Checked  map[string]int // by rule, the returns with every number it needs
	Holds    map[string]int // of those, the ones in which it holds
	Findings []MHFinding    // in the file's order
	Same     [][2]MHReturn  // pairs of contracts with the very same figures
}

// CheckMH reads a published file and reports what does not add up. The error is
// about reading; the audit covers what could be read.
func CheckMH(r io.Reader) (MHAudit, error) {
	returns, others, err := ReadMH(r)
	a := MHAudit{Returns: len(returns), Others: others, Checked: map[string]int{}, Holds: map[string]int{}}
	seen := map[string]MHReturn{}
	for _, ret := range returns {
		for _, rule := range MHRules {
			if v, ok := ret.numbers(rule.Items); ok {
				a.Checked[rule.Name]++
				if rule.Holds(v) {
					a.Holds[rule.Name]++
				}
			}
		}
		a.Findings = append(a.Findings, ret.Check()...)
		if ret.Values["A01"].N == 0 {
			continue // nothing received is nothing repeated
		}
		figures := ret.Start.String() + ret.said(mhIDs())
		if first, again := seen[figures]; again {
			a.Same = append(a.Same, [2]MHReturn{first, ret})
		} else {
			seen[figures] = ret
		}
	}
	return a, err
}

func mhIDs() (ids []string) {
	for _, item := range MHItems {
		ids = append(ids, item[0])
	}
	return ids
}

// Write prints the audit: each rule with how many returns it holds in, then each
// return in which one does not.
func (a MHAudit) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d returns", a.Returns)
	if a.Others > 0 {
		fmt.Fprintf(&b, ", and %d rows of other items left out", a.Others)
	}
	b.WriteString("\n\n")
	for _, rule := range MHRules {
		fmt.Fprintf(&b, "%-50s holds in %d of %d", rule.Name, a.Holds[rule.Name], a.Checked[rule.Name])
		if withheld := a.Returns - a.Checked[rule.Name]; withheld > 0 {
			fmt.Fprintf(&b, " (%d withheld)", withheld)
		}
		b.WriteByte('\n')
	}
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "\n%s %s %s: %s does not hold: %s", f.Return.Start.Format("2006-01"), f.Return.ContractCode,
			f.Return.ContractName, f.Rule, f.Text)
	}
	for _, same := range a.Same {
		fmt.Fprintf(&b, "\n%s %s and %s return the very same figures: are these calls counted twice?",
			same[0].Start.Format("2006-01"), same[0].ContractCode, same[1].ContractCode)
	}
	b.WriteByte('\n')
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}
