package console

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// outwardCode is the first half of a UK postcode, its letters and its number
// apart: "PO" and "4", "W" and "1A". wholePostcode is one with its second half,
// or the beginning of it: a place no page may keep.
var (
	outwardCode   = regexp.MustCompile(`^([A-Z]{1,2})([0-9][0-9A-Z]?)$`)
	wholePostcode = regexp.MustCompile(`^([A-Z]{1,2}[0-9][0-9A-Z]?)\s*[0-9][A-Z]{0,2}$`)
)

// codeRanges is outward codes as people write them: "PO1 to PO6, PO9".
func codeRanges(codes []string) string {
	type code struct {
		area string
		n    int
	}
	var known []code
	var others []string
	for _, c := range codes {
		m := outwardCode.FindStringSubmatch(c)
		n, err := 0, error(nil)
		if m != nil {
			n, err = strconv.Atoi(m[2])
		}
		if m == nil || err != nil {
			others = append(others, c)
			continue
		}
		known = append(known, code{m[1], n})
	}
	slices.SortFunc(known, func(a, b code) int {
		if a.area != b.area {
			return strings.Compare(a.area, b.area)
		}
		return a.n - b.n
	})
	var parts []string
	for i := 0; i < len(known); {
		j := i
		for j+1 < len(known) && known[j+1].area == known[i].area && known[j+1].n == known[j].n+1 {
			j++
		}
		first, last := fmt.Sprint(known[i].area, known[i].n), fmt.Sprint(known[j].area, known[j].n)
		switch {
		case j-i >= 2:
			parts = append(parts, first+" to "+last)
		case j > i:
			parts = append(parts, first, last)
		default:
			parts = append(parts, first)
		}
		i = j + 1
	}
	slices.Sort(others)
	return strings.Join(append(parts, others...), ", ")
}
