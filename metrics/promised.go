package metrics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Promised is how the follow-ups of one category went in a month: what was
// entered in it, whenever the call was.
type Promised struct {
	FollowUp
	FollowUpFigures
}

// promised lists the categories of which anything was entered, in the order of
// FollowUps; ones that are not shipped come last.
func promised(d *Day) (out []Promised) {
	for category, f := range d.FollowUps {
		p := Promised{FollowUp: FollowUp{Name: category}, FollowUpFigures: *f}
		if shipped, ok := FollowUpNamed(category); ok {
			p.FollowUp = shipped
		}
		out = append(out, p)
	}
	place := func(p Promised) int {
		i := slices.IndexFunc(FollowUps(), func(f FollowUp) bool { return f.Name == p.Name })
		if i < 0 {
			return len(FollowUps())
		}
		return i
	}
	slices.SortFunc(out, func(a, b Promised) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.Name, b.Name))
	})
	return out
}

// Within is the limit in words.
func (p Promised) Within() string {
	switch {
	case p.Stop == "":
		return "not a shipped promise"
	case p.Limit == 0:
		return p.Stop + " the same day"
	case p.Limit < time.Hour:
		return fmt.Sprintf("%s within %d minutes", p.Stop, int(p.Limit.Minutes()))
	case p.Limit <= 72*time.Hour:
		return fmt.Sprintf("%s within %d hours", p.Stop, int(p.Limit.Hours()))
	}
	return fmt.Sprintf("%s within %d days", p.Stop, int(p.Limit.Hours()/24))
}

// InTime is the share of those seen that were seen in time, withheld when either
// count could be somebody.
func (p Promised) InTime() string { return cellText(Proportion{p.Met, p.Met + p.Late}) }

// Aim is the target in words.
func (p Promised) Aim() string {
	if p.Target == nil {
		return "none agreed"
	}
	return "at least " + Percent(*p.Target)
}

// Why is why some ran out, as reviewed, most frequent first.
func (p Promised) Why() string {
	if p.Overran == 0 {
		return "–"
	}
	reasons := make([]string, 0, len(p.Reasons))
	for r := range p.Reasons {
		reasons = append(reasons, r)
	}
	slices.SortFunc(reasons, func(a, b string) int {
		return cmp.Or(cmp.Compare(p.Reasons[b], p.Reasons[a]), strings.Compare(a, b))
	})
	for i, r := range reasons {
		reasons[i] = fmt.Sprintf("%s (%s)", strings.ReplaceAll(r, "_", " "), few(p.Reasons[r]))
	}
	if left := p.Overran - p.Reviewed; left > 0 {
		reasons = append(reasons, few(left)+" not reviewed yet")
	}
	return strings.Join(reasons, ", ")
}

// few is a count, or that it is too small to be said.
func few(n int64) string {
	if Withhold(n) {
		return "under 5"
	}
	return thousands(n)
}
