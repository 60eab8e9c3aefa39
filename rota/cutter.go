package rota

import (
	"math/bits"
	"slices"
	"sync"
)

// edge is a source's going on or off.
type edge struct {
	at     int64
	source int32
}

// cutter cuts a lane's horizon into stretches in which the same sources are
// on. One cutter does many lanes, one after another, in the same memory.
type cutter struct {
	r   *Rota
	cal *calendar

	byStart, byEnd []pattern
	spare          []pattern
	begins, ends   []edge
	loose          []edge

	on     []uint64 // the set of sources that are on, a bit each
	sum    uint64   // of the set: the same set has the same sum
	starts []int64
	which  []uint32          // set of each stretch
	sets   []uint64          // every set once
	seen   map[uint64]uint32 // sum → set
}

func (c *cutter) cut(l *lane) {
	c.starts, c.which, c.sets = c.starts[:0], c.which[:0], c.sets[:0]
	if c.seen == nil {
		c.seen = map[uint64]uint32{}
	}
	clear(c.seen)
	c.on, c.sum = slices.Grow(c.on[:0], len(l.sources)/64+1)[:len(l.sources)/64+1], 0
	clear(c.on)
	c.edges(l)
	from, until := c.r.from, c.r.until
	if l.life[0] > from {
		c.stretch(from)
		from = l.life[0]
	}
	if l.life[1] != 0 && l.life[1] < until {
		until = l.life[1]
	}
	if from < until {
		c.sweep(from, until)
	}
	if until < c.r.until {
		clear(c.on)
		c.sum = 0
		c.stretch(max(until, c.r.from))
	}
	l.sets, l.words = slices.Clone(c.sets), len(c.on)
	l.stretches = make([]stretch, len(c.starts))
	for i, start := range c.starts {
		l.stretches[i].start, l.stretches[i].set = start, c.which[i]
	}
	l.indexHours(c.r.until)
}

// edges fills begins and ends, each in order of time. Shifts that repeat come
// out in order because a later wall time is never an earlier instant: only the
// patterns are sorted, not their occurrences. What is dated is sorted apart.
func (c *cutter) edges(l *lane) {
	c.byStart, c.begins, c.ends = c.byStart[:0], c.begins[:0], c.ends[:0]
	most, weeks := 0, len(c.cal.days)/7+1
	for k, i := range l.shifts {
		if s := &c.r.plan.Shifts[i]; s.Kind != KindDated {
			c.byStart = append(c.byStart, s.pattern(int32(k), l.rosters[k]))
			most += bits.OnesCount8(uint8(s.Days)) * weeks
		}
	}
	c.byEnd = byMinute(c.byEnd, c.byStart, func(p *pattern) int { return int(p.end % dayMinutes) })
	c.byStart, c.spare = byMinute(c.spare, c.byStart, func(p *pattern) int { return int(p.start) }), c.byStart
	var wg sync.WaitGroup
	wg.Go(func() { // the two have nothing in common, and with many shifts on one lane each takes a while
		c.ends = slices.Grow(c.ends, most)
		for i := range c.cal.days {
			c.dayEnds(l, c.cal.first+int64(i))
		}
	})
	c.begins = slices.Grow(c.begins, most)
	for i := range c.cal.days {
		c.dayBegins(l, c.cal.first+int64(i))
	}
	wg.Wait()
	c.looseEdges(l)
}

// byMinute is from, put into into in the order of a minute of the day.
func byMinute(into, from []pattern, minute func(*pattern) int) []pattern {
	var first [dayMinutes + 1]int
	for i := range from {
		first[minute(&from[i])+1]++
	}
	for m := range dayMinutes {
		first[m+1] += first[m]
	}
	into = slices.Grow(into[:0], len(from))[:len(from)]
	for i := range from {
		m := minute(&from[i])
		into[first[m]] = from[i]
		first[m]++
	}
	return into
}

// dayBegins are the begins on one day of what repeats.
func (c *cutter) dayBegins(l *lane, day int64) {
	today := Days(1) << weekday(day)
	for k := range c.byStart {
		p := &c.byStart[k]
		if start, ok := c.cal.start(p, day, today); ok {
			c.begins = append(c.begins, edge{start, c.source(l, p, day)})
		}
	}
}

// dayEnds are the ends on one day of what repeats.
func (c *cutter) dayEnds(l *lane, day int64) {
	today, yesterday := Days(1)<<weekday(day), Days(1)<<weekday(day-1)
	for k := range c.byEnd {
		p := &c.byEnd[k]
		began, on := day-int64(p.over), today
		if p.over > 0 {
			on = yesterday
		}
		if _, ok := c.cal.start(p, began, on); ok {
			c.ends = append(c.ends, edge{c.cal.instant(began, int64(p.end)), c.source(l, p, began)})
		}
	}
}

// source is the lane's source for the occurrence of p that starts on the day.
func (c *cutter) source(l *lane, p *pattern, day int64) int32 {
	if p.fixed {
		return p.first
	}
	return p.first + l.rosters[p.at].roster.crewOn(&c.r.plan.Shifts[l.shifts[p.at]], day)
}

// looseEdges are those of dated shifts, absences and overrides.
func (c *cutter) looseEdges(l *lane) {
	var begins, ends []edge
	span := func(src int32, start, end int64) {
		if start < end {
			begins, ends = append(begins, edge{start, src}), append(ends, edge{end, src})
		}
	}
	for k, i := range l.shifts {
		s, at := &c.r.plan.Shifts[i], l.rosters[k]
		if s.Kind != KindDated {
			continue
		}
		for _, d := range s.Dates {
			start, end := s.occurrence(d.number(), c.r.zone)
			span(at.first+at.roster.crewOn(s, d.number()), start, end)
		}
	}
	for k := l.people; k < len(l.sources); k++ {
		start, end := c.r.span(&l.sources[k])
		span(int32(k), start, end) //nolint:gosec // thousands
	}
	c.begins, c.ends = c.merged(c.begins, begins), c.merged(c.ends, ends)
}

// merged puts the loose edges among the others, all in order of time.
func (c *cutter) merged(edges, loose []edge) []edge {
	if len(loose) == 0 {
		return edges
	}
	slices.SortStableFunc(loose, func(a, b edge) int { return int(a.at - b.at) })
	c.loose = append(c.loose[:0], edges...)
	rest, all := c.loose, edges[:0]
	for len(rest) > 0 || len(loose) > 0 {
		if len(loose) == 0 || len(rest) > 0 && rest[0].at <= loose[0].at {
			all, rest = append(all, rest[0]), rest[1:]
		} else {
			all, loose = append(all, loose[0]), loose[1:]
		}
	}
	return all
}

// sweep cuts [from, until). At one instant whoever ends is taken off before
// whoever begins is put on.
func (c *cutter) sweep(from, until int64) {
	begins, ends := c.begins, c.ends
	for now := from; now < until; {
		for {
			if len(ends) > 0 && ends[0].at <= now && (len(begins) == 0 || ends[0].at <= begins[0].at) {
				c.set(ends[0].source, false)
				ends = ends[1:]
			} else if len(begins) > 0 && begins[0].at <= now {
				c.set(begins[0].source, true)
				begins = begins[1:]
			} else {
				break
			}
		}
		c.stretch(now)
		now = until
		if len(begins) > 0 {
			now = min(now, begins[0].at)
		}
		if len(ends) > 0 {
			now = min(now, ends[0].at)
		}
	}
}

// set puts a source on or takes it off.
func (c *cutter) set(src int32, on bool) {
	word, bit := &c.on[src>>6], uint64(1)<<(src&63)
	if (*word&bit != 0) != on {
		*word ^= bit
		c.sum ^= mixed(uint64(src)) //nolint:gosec // an index
	}
}

// mixed spreads a number over 64 bits (the finaliser of splitmix64), so that
// the exclusive or of many tells their sets apart.
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// stretch begins a stretch at sec, unless the same sources stay on. Weeks
// repeat, so that most sets were on before; they are kept once. Sums only say
// where to look: sets are compared bit by bit.
func (c *cutter) stretch(sec int64) {
	words := len(c.on)
	set, ok := c.seen[c.sum]
	if !ok || !slices.Equal(c.sets[int(set)*words:int(set+1)*words], c.on) {
		set = uint32(len(c.sets) / words) //nolint:gosec // thousands
		c.sets = append(c.sets, c.on...)
		c.seen[c.sum] = set
	}
	if last := len(c.which) - 1; last >= 0 && c.which[last] == set {
		return
	}
	c.starts = append(c.starts, sec)
	c.which = append(c.which, set)
}
