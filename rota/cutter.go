package rota

import (
	"slices"
)

// edge is a source's going on or off.
type edge struct {
	at     int64
	source int32
}

// arenaSpan is a part of the arena.
type arenaSpan struct{ first, last uint32 }

// cutter cuts a lane's horizon into stretches in which the same sources are
// on. One cutter does many lanes, one after another, in the same memory.
type cutter struct {
	r   *Rota
	cal *calendar

	byStart, byEnd []pattern
	begins, ends   []edge
	on             []int32 // sorted: overrides, being negative, before shifts

	starts  []int64
	sources []arenaSpan
	arena   []int32
	weekAgo int // stretch about a week before the last one
}

func (c *cutter) cut(l *lane) {
	c.starts, c.sources, c.arena, c.weekAgo = c.starts[:0], c.sources[:0], c.arena[:0], 0
	c.edges(l)
	from, until := c.r.from, c.r.until
	if l.life[0] > from {
		c.stretch(from, nil)
		from = l.life[0]
	}
	if l.life[1] != 0 && l.life[1] < until {
		until = l.life[1]
	}
	if from < until {
		c.sweep(from, until)
	}
	if until < c.r.until {
		c.stretch(max(until, c.r.from), nil)
	}
	l.arena = slices.Clone(c.arena)
	l.stretches = make([]stretch, len(c.starts))
	for i, start := range c.starts {
		l.stretches[i].start = start
		l.stretches[i].first, l.stretches[i].last = c.sources[i].first, c.sources[i].last
	}
	l.indexHours(c.r.until)
}

// edges fills begins and ends, each in order of time. Shifts come out in order
// because a later wall time is never an earlier instant: only the patterns are
// sorted, not their occurrences.
func (c *cutter) edges(l *lane) {
	c.byStart, c.begins, c.ends = c.byStart[:0], c.begins[:0], c.ends[:0]
	for _, i := range l.shifts {
		c.byStart = append(c.byStart, c.r.plan.Shifts[i].pattern(i))
	}
	c.byEnd = append(c.byEnd[:0], c.byStart...)
	slices.SortStableFunc(c.byStart, func(a, b pattern) int { return int(a.start - b.start) })
	slices.SortStableFunc(c.byEnd, func(a, b pattern) int { return int(a.end%dayMinutes - b.end%dayMinutes) })
	for i := range c.cal.days {
		day := c.cal.first + int64(i)
		for k := range c.byStart {
			p := &c.byStart[k]
			if start, ok := c.cal.start(p, day); ok {
				c.begins = append(c.begins, edge{start, p.source})
			}
		}
		for k := range c.byEnd {
			p := &c.byEnd[k]
			began := day - p.end/dayMinutes
			if _, ok := c.cal.start(p, began); ok {
				c.ends = append(c.ends, edge{c.cal.instant(began, p.end), p.source})
			}
		}
	}
	c.overrideEdges(l)
}

func (c *cutter) overrideEdges(l *lane) {
	if len(l.over) == 0 {
		return
	}
	for _, i := range l.over {
		o := &c.r.plan.Overrides[i]
		c.begins = append(c.begins, edge{o.Start.instant(c.r.zone), ^i})
		c.ends = append(c.ends, edge{o.End.instant(c.r.zone), ^i})
	}
	byTime := func(a, b edge) int { return int(a.at - b.at) }
	slices.SortStableFunc(c.begins, byTime)
	slices.SortStableFunc(c.ends, byTime)
}

// sweep cuts [from, until). At one instant whoever ends is taken off before
// whoever begins is put on.
func (c *cutter) sweep(from, until int64) {
	c.on = c.on[:0]
	begins, ends := c.begins, c.ends
	for now := from; now < until; {
		for {
			if len(ends) > 0 && ends[0].at <= now && (len(begins) == 0 || ends[0].at <= begins[0].at) {
				if i, ok := slices.BinarySearch(c.on, ends[0].source); ok {
					c.on = slices.Delete(c.on, i, i+1)
				}
				ends = ends[1:]
			} else if len(begins) > 0 && begins[0].at <= now {
				if i, ok := slices.BinarySearch(c.on, begins[0].source); !ok {
					c.on = slices.Insert(c.on, i, begins[0].source)
				}
				begins = begins[1:]
			} else {
				break
			}
		}
		c.stretch(now, c.on)
		now = until
		if len(begins) > 0 {
			now = min(now, begins[0].at)
		}
		if len(ends) > 0 {
			now = min(now, ends[0].at)
		}
	}
}

// stretch begins a stretch at sec, unless the same sources stay on. Weeks
// repeat, so what was on a week ago is most often on now, and is shared.
func (c *cutter) stretch(sec int64, on []int32) {
	last := len(c.starts) - 1
	if last >= 0 && slices.Equal(c.at(last), on) {
		return
	}
	for c.weekAgo < last && c.starts[c.weekAgo] < sec-7*daySeconds {
		c.weekAgo++
	}
	span := arenaSpan{uint32(len(c.arena)), uint32(len(c.arena) + len(on))} //nolint:gosec // thousands, not thousands of millions
	if last >= 0 && slices.Equal(c.at(c.weekAgo), on) {
		span = c.sources[c.weekAgo]
	} else {
		c.arena = append(c.arena, on...)
	}
	c.starts = append(c.starts, sec)
	c.sources = append(c.sources, span)
}

func (c *cutter) at(i int) []int32 {
	s := c.sources[i]
	return c.arena[s.first:s.last]
}
