package rota

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing wrong in a plan's text. It never holds a telephone
// number or a person's name, only ids and lines.
type Problem struct { //nolint:errname // the word people use for what a plan has
	File string
	Line int // 0 when the plan did not come from a file
	Text string
	Mend string // what to do
}

// Error is "plan.yaml:12: what: what to do".
func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Text, p.Mend)
}

// Problems is everything wrong with a plan at once, in the order of its lines.
type Problems []Problem //nolint:errname // the word people use for what a plan has

// Error is one problem per line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// sorted orders problems by line and leaves out repeats.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return a.Line - b.Line })
	return slices.Compact(p)
}

var (
	oneWord    = regexp.MustCompile(`^[A-Za-z0-9_:./+-]{1,40}$`)
	manyDigits = regexp.MustCompile(`[0-9][0-9-]{5,}[0-9]`)
	isoDay     = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}`)
)

// shown is a written value as a problem may show it: in quotes when it is one
// word and cannot be a telephone number. Somebody may have put a number or a
// full name where an id belongs, and problems go to logs.
func shown(s string) string {
	if !oneWord.MatchString(s) || manyDigits.MatchString(isoDay.ReplaceAllString(s, "")) {
		return "what is written here"
	}
	return strconv.Quote(s)
}

// nearest is the known word closest to word, "" when none is close.
func nearest(word string, known []string) string {
	best, least := "", len(word)/2+1 // half the word may be wrong: "wset" is two letters from "west"
	for _, k := range known {
		if d := editDistance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// didYouMean is the advice for an unknown word.
func didYouMean(word string, known []string) string {
	if k := nearest(word, known); k != "" {
		return fmt.Sprintf("did you mean %q?", k)
	}
	if len(known) == 0 {
		return "there are none yet"
	}
	return "known are " + strings.Join(known, ", ")
}

// editDistance is Levenshtein's.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
