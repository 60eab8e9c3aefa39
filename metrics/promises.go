package metrics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// Promises are the follow-ups of a service: the shipped ones, with the numbers
// that it agreed.
type Promises []FollowUp

// Named is the follow-up of that name.
func (p Promises) Named(name string) (FollowUp, bool) {
	i := slices.IndexFunc(p, func(f FollowUp) bool { return f.Name == name })
	if i < 0 {
		return FollowUp{}, false
	}
	return p[i], true
}

// For is the follow-up that a letter of the UK Mental Health Triage Scale asks
// for. F and G ask for none: clock is false. ok is false for what is no letter
// of the scale.
func (p Promises) For(letter string) (f FollowUp, clock, ok bool) {
	i := slices.IndexFunc(p, func(f FollowUp) bool { return f.Scale != "" && f.Scale == letter })
	if i < 0 {
		return FollowUp{}, false, letter == "F" || letter == "G"
	}
	return p[i], true, true
}

// caller is the label of who rang: none for what is owed to a responder, of whom
// nothing more need be told apart than their team.
func (f FollowUp) caller(c call.Caller) string {
	if f.Staff {
		c = call.CallerUnknown
	}
	return callerLabel(c)
}

// OwnPromise is what a service agreed about a shipped follow-up. Zero leaves a
// number as it is shipped.
type OwnPromise struct {
	Name   string
	Limit  time.Duration // from a minute to 90 days, whole seconds
	Target float64       // least share, in (0, 1]
}

// The bounds of a service's own limits: below a minute nobody can act, and what
// takes a season is no follow-up of a call.
const (
	leastLimit = time.Minute
	mostLimit  = 90 * 24 * time.Hour
)

// With is p with a service's own numbers, which are then local whatever they
// were. Its error names everything that is wrong with the first that is.
func (p Promises) With(own []OwnPromise) (Promises, error) {
	out := slices.Clone(p)
	seen := map[string]bool{}
	for _, o := range own {
		i := slices.IndexFunc(out, func(f FollowUp) bool { return f.Name == o.Name })
		if i < 0 {
			return nil, fmt.Errorf("follow-up %q: there is none of that name: use one of %s", o.Name, strings.Join(p.names(), ", "))
		}
		f := &out[i]
		switch {
		case seen[o.Name]:
			return nil, fmt.Errorf("follow-up %q is there twice", o.Name)
		case o.Limit == 0 && o.Target == 0:
			return nil, fmt.Errorf("follow-up %q: say its limit, its target, or both", o.Name)
		case o.Limit != 0 && f.Limit == 0:
			return nil, fmt.Errorf("follow-up %q: its limit is the end of the day: only its target can be changed", o.Name)
		case o.Limit != 0 && (o.Limit < leastLimit || o.Limit > mostLimit || o.Limit%time.Second != 0):
			return nil, fmt.Errorf("follow-up %q: a limit of %s must be whole seconds, from 1m to 2160h (90 days)", o.Name, o.Limit)
		case o.Target < 0 || o.Target > 1:
			return nil, fmt.Errorf("follow-up %q: a target of %v must be a share above 0 and at most 1, such as 0.95", o.Name, o.Target)
		}
		seen[o.Name] = true
		if o.Limit != 0 {
			f.Limit = o.Limit
		}
		if o.Target != 0 {
			f.Target = &o.Target
		}
		f.Label, f.Source = LabelLocal, "set by this service; as shipped: "+f.Source
	}
	return out, nil
}

func (p Promises) names() []string {
	names := make([]string, len(p))
	for i, f := range p {
		names[i] = f.Name
	}
	return names
}
