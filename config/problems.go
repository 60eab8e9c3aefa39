package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that must be put right before the process can start.
type Problem struct {
	Source string // the file or variable it stands in, "" when it is about what is missing
	Key    string // the key, such as "routing.ring_for"
	Text   string // what is wrong and what to do
}

// String is the problem as one line.
func (p Problem) String() string {
	if p.Source == "" {
		return p.Key + ": " + p.Text
	}
	return p.Source + ": " + p.Key + ": " + p.Text
}

// Problems is everything wrong with a configuration, told at once.
type Problems []Problem

// Error is one line for the count and one for each problem.
func (ps Problems) Error() string {
	var b strings.Builder
	if len(ps) == 1 {
		b.WriteString("configuration: 1 problem")
	} else {
		fmt.Fprintf(&b, "configuration: %d problems", len(ps))
	}
	for _, p := range ps {
		b.WriteString("\n  ")
		b.WriteString(p.String())
	}
	return b.String()
}

// Join is the problems of several checks as one error, so that Load and Validate
// can be told together; of a key that an earlier check refused, what a later one
// says is left out. An error that is not Problems is returned as it is, nil when
// there is none.
func Join(errs ...error) error {
	var all Problems
	for _, err := range errs {
		var ps Problems
		switch {
		case err == nil:
		case errors.As(err, &ps):
			earlier := all
			for _, p := range ps {
				if !slices.ContainsFunc(earlier, func(e Problem) bool { return e.Key == p.Key }) {
					all = append(all, p)
				}
			}
		default:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// nearest is the candidate with the fewest single-letter changes from word, ""
// when none is near enough to be meant.
func nearest(word string, candidates []string) string {
	best, fewest := "", len(word)/3+2
	for _, c := range candidates {
		if d := changes(word, c); d < fewest {
			best, fewest = c, d
		}
	}
	return best
}

// changes counts insertions, deletions and replacements between a and b
// (Levenshtein's distance).
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
