package rota

import "slices"

// resolve turns what is on into who is on, one entry per person, weakest layer
// first:
//
//  1. Crews of shifts in the plan's order, those with agreed swaps as the
//     swaps made them. They add up, but for a shift that a stronger one
//     replaces. Somebody there twice is there for the stronger reason.
//  2. Absences mark people.
//  3. Overrides in the plan's order. A replacement finds the marked too: it is
//     for them that replacements are most often made.
//  4. Whoever is still marked goes.
//
// on is sorted.
func (r *Rota) resolve(l *lane, on []int32) []Duty {
	c := crowd{duties: []Duty{}} // not nil: a stretch that was made stays made
	for k, src := range on {
		s := &l.sources[src]
		switch s.layer {
		case layerAbsence:
			c.absent(r.plan.Absences[s.index].Person)
		case layerOverride:
			c.override(l, &r.plan.Overrides[s.index])
		default:
			if l.replacing && r.replaced(l, on, k) {
				continue
			}
			for _, p := range s.crew {
				c.put(l, p, s.layer)
			}
		}
	}
	return c.present()
}

// replaced reports whether a stronger shift stands in the place of the k-th of
// on. A shift that is replaced itself replaces nothing.
func (r *Rota) replaced(l *lane, on []int32, k int) bool {
	weaker := &l.sources[on[k]]
	for j, src := range on {
		s := &l.sources[src]
		if s.layer >= layerSwap {
			return false // no shifts come after
		}
		if s.layer > weaker.layer && r.plan.Shifts[s.index].replaces(&r.plan.Shifts[weaker.index]) && !r.replaced(l, on, j) {
			return true
		}
	}
	return false
}

// crowd is who is on as the layers are laid one over the other.
type crowd struct {
	duties []Duty
	layers []layer // of each duty: what put it there
}

func (c *crowd) find(id string) int {
	return slices.IndexFunc(c.duties, func(d Duty) bool { return d.Responder == id })
}

func (c *crowd) put(l *lane, p post, by layer) {
	if p.swap {
		by = layerSwap
	}
	at := c.find(p.person)
	if at < 0 {
		c.duties = append(c.duties, Duty{Responder: p.person, Team: l.team, Tier: l.tier, Why: p.why})
		c.layers = append(c.layers, by)
	} else if by > c.layers[at] {
		c.duties[at].Why, c.layers[at] = p.why, by
	}
}

// absent marks a person by an empty reason: only what is present has one.
func (c *crowd) absent(id string) {
	if at := c.find(id); at >= 0 {
		c.duties[at].Why = ""
	}
}

func (c *crowd) override(l *lane, o *Override) {
	at := -1
	if o.Remove != "" {
		at = c.find(o.Remove)
	}
	if at >= 0 {
		c.duties, c.layers = slices.Delete(c.duties, at, at+1), slices.Delete(c.layers, at, at+1)
	}
	if o.Add == "" || o.Remove != "" && at < 0 {
		return
	}
	if at := c.find(o.Add); at >= 0 && c.duties[at].Why != "" {
		return // on already
	} else if at >= 0 {
		c.duties[at].Why = "override " + o.ID
		return
	}
	c.put(l, post{person: o.Add, why: "override " + o.ID}, layerOverride)
}

func (c *crowd) present() []Duty {
	return slices.DeleteFunc(c.duties, func(d Duty) bool { return d.Why == "" })
}
