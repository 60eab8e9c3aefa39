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
// the service's own list; ones that are not in it come last.
func promised(d *Day, kept Promises) (out []Promised) {
	for category, f := range d.FollowUps {
		p := Promised{FollowUp: FollowUp{Name: category}, FollowUpFigures: *f}
		if named, ok := kept.Named(category); ok {
			p.FollowUp = named
		}
		out = append(out, p)
	}
	place := func(p Promised) int {
		i := slices.IndexFunc(kept, func(f FollowUp) bool { return f.Name == p.Name })
		if i < 0 {
			return len(kept)
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
	}
	return p.Stop + " within " + spanWords(p.Limit)
}

// spanWords is a limit as people say it, exact to the second.
func spanWords(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		length, beyond time.Duration
		name           string
	}{{day, 72 * time.Hour, "day"}, {time.Hour, 0, "hour"}, {time.Minute, 0, "minute"}} {
		if d > unit.beyond && d%unit.length == 0 {
			return many(int(d/unit.length), unit.name)
		}
	}
	return d.String()
}

// InTime is the share kept in time of those kept in time and those that ran out,
// withheld when either count could be somebody.
func (p Promised) InTime() string { return cellText(p.Fell()) }

// Verdict is whether the target was met: kept or missed, "" without a target, when
// nothing was due, and when the share is withheld.
func (p Promised) Verdict() string {
	share, known := p.Share()
	switch {
	case p.Target == nil || !known || p.InTime() == "–":
		return ""
	case share >= *p.Target:
		return "kept"
	}
	return "missed"
}

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
