package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// planSpan is a plan and when it was in force.
type planSpan struct {
	text        []byte
	from, until time.Time
}

// with is the ledger with the plans that were in force, from the book of them.
func (l *ledger) with(book *rota.Book) *ledger {
	l.history = func(ctx context.Context) ([]rota.Entry, error) { return book.History(ctx, historyMost) }
	return l
}

// covered says how the rota was covered in a month: minute by minute, by the
// plan that was in force at that minute.
func (l *ledger) covered(ctx context.Context, m metrics.Month, in *metrics.BoardInput) error {
	if l.history == nil {
		return nil
	}
	entries, err := l.history(ctx)
	if err != nil {
		return err
	}
	from, to := m.Bounds(l.zone)
	if to.After(l.now) {
		to = l.now
	}
	spans := plansBetween(entries, from, to)
	if len(spans) == 0 {
		in.CoverWhy = "no plan that was in force then is kept"
		return nil
	}
	in.Versions = len(spans)
	in.Unplanned = minutes(from, to)
	names, order := map[string]*metrics.Cover{}, []string{}
	for _, s := range spans {
		in.Unplanned -= minutes(s.from, s.until)
		if err := lay(s, func(team, name string) *metrics.Cover {
			if names[team] == nil {
				names[team] = &metrics.Cover{Least: 1 << 30}
				order = append(order, team)
			}
			names[team].Team = name
			return names[team]
		}); err != nil {
			return err
		}
	}
	for _, team := range order {
		in.Cover = append(in.Cover, *names[team])
	}
	return nil
}

// minutes is how many minutes begin in a span.
func minutes(from, until time.Time) int {
	return int(max(0, wholeMinute(until).Sub(wholeMinute(from))/time.Minute))
}

// wholeMinute is the first whole minute from t on.
func wholeMinute(t time.Time) time.Time {
	whole := t.Truncate(time.Minute)
	if whole.Before(t) {
		whole = whole.Add(time.Minute)
	}
	return whole
}

// plansBetween is which plan was in force when between two instants, oldest first.
// Before the first version that is kept, nobody knows.
func plansBetween(entries []rota.Entry, from, to time.Time) (spans []planSpan) {
	until := to
	for _, e := range entries { // newest first
		if e.At.Before(until) {
			s := planSpan{e.After, e.At, until}
			if s.from.Before(from) {
				s.from = from
			}
			if minutes(s.from, s.until) > 0 {
				spans = append(spans, s)
			}
			until = e.At
		}
		if !until.After(from) {
			break
		}
	}
	slices.Reverse(spans)
	return spans
}

// lay counts who was on shift in each minute of a span, by its plan.
func lay(s planSpan, of func(team, name string) *metrics.Cover) error {
	p, err := rota.Parse("the plan of "+s.from.Format(time.DateOnly), s.text)
	if err != nil {
		return fmt.Errorf("read the plan that was in force on %s: %w", s.from.Format(time.DateOnly), err)
	}
	plan, err := rota.Compile(p, s.from, s.until.Sub(s.from)+time.Hour)
	if err != nil {
		return err
	}
	for at := wholeMinute(s.from); at.Before(s.until); at = at.Add(time.Minute) {
		for _, team := range plan.Teams(at) {
			c, want := of(team, plan.TeamName(team)), plan.Minimum(team)
			n := len(plan.OnShift(team, call.TierResponding, at))
			c.Minutes++
			if n < want.Responding {
				c.Below++
			}
			if n == 0 {
				c.Nobody++
			}
			if len(plan.OnShift(team, call.TierBackup, at)) < want.Backup {
				c.NoBackup++
			}
			c.Least, c.Minimum = min(c.Least, n), max(c.Minimum, want.Responding)
		}
	}
	return nil
}
