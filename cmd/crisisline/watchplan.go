package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// plansNoted is how many versions back the audit is brought up to date: more than
// are published while no instance runs.
const plansNoted = 200

// watchPlan keeps each plan version in the audit, whoever published it, from
// wherever: a page, a command, another instance. Every instance looks; each
// version is kept once.
func (s *service) watchPlan(ctx context.Context) {
	noted := int64(0)
	var c complaint
	for {
		plan := s.book.Current()
		if plan != nil && plan.Version() != noted {
			err := notePlans(ctx, s.book, s.audit)
			if c.due(s.now(), err) {
				s.log.Warn("will try again", "what", "keep the plan in the audit", "err", err)
			}
			if err == nil {
				noted = plan.Version()
			}
		}
		if !pause(ctx, time.Second) {
			return
		}
	}
}

// notePlans adds to the audit every version that came into force since the last
// one there.
func notePlans(ctx context.Context, b *rota.Book, log *audit.Log) error {
	versions, err := b.History(ctx, plansNoted)
	if err != nil || len(versions) == 0 {
		return err
	}
	last, _, err := log.Find(ctx, audit.Wanted{What: audit.Published, Limit: 1})
	if err != nil {
		return fmt.Errorf("note plan: %w", err)
	}
	if len(last) == 0 {
		versions = versions[:1] // what was before the audit began is not its business
	}
	for i := len(versions) - 1; i >= 0; i-- {
		if len(last) > 0 && !laterThan(versions[i], last[0]) {
			continue
		}
		if err := notePlan(ctx, log, versions[i]); err != nil {
			return err
		}
	}
	return nil
}

// laterThan reports whether a version came after one that was noted. A store that
// lost its plan begins to count anew, and clocks differ: either says so.
func laterThan(v rota.Entry, noted audit.Entry) bool {
	number, err := strconv.ParseInt(noted.About, 10, 64)
	return err != nil || v.Version > number || v.At.After(noted.At)
}

func notePlan(ctx context.Context, log *audit.Log, v rota.Entry) error {
	e := audit.Entry{At: v.At, Who: v.Who, What: audit.Published, About: strconv.FormatInt(v.Version, 10), Why: v.Why, After: audit.Digest(v.After)}
	if v.Before != nil {
		e.Before = audit.Digest(v.Before)
	}
	e.Teams = concernedBy(v)
	if v.Waiver != nil {
		e.Why += " (refused by the checks; " + v.Waiver.Who + " answers for it: " + v.Waiver.Why + ")"
	}
	_, err := log.AddUnless(ctx, e, func(o audit.Entry) (there, enough bool) {
		if _, err := strconv.ParseInt(o.About, 10, 64); o.What != audit.Published || err != nil {
			return false, false
		}
		return o.About == e.About && o.After == e.After && o.At.Equal(e.At), laterThan(v, o) && o.At.Before(e.At)
	})
	if err != nil {
		return fmt.Errorf("note plan: %w", err)
	}
	return nil
}

// concernedBy is whose business a version is: the whole service's, when what it
// changed cannot be told.
func concernedBy(v rota.Entry) []string {
	before, err := rota.Parse("plan", v.Before)
	after, errAfter := rota.Parse("plan", v.After)
	if v.Before == nil || err != nil || errAfter != nil {
		return []string{rota.EveryTeam}
	}
	if teams := rota.Touched(before, after); len(teams) > 0 {
		return teams
	}
	return []string{rota.EveryTeam}
}

// publishedPlans holds the versions that are kept to what the audit says of them.
type publishedPlans map[int64][]string // version → digests

func (p publishedPlans) see(e audit.Entry) {
	if v, err := strconv.ParseInt(e.About, 10, 64); err == nil && e.What == audit.Published {
		p[v] = append(p[v], e.After)
	}
}

// differ are the versions whose text is not what was published, and those the
// audit should have and does not. The newest may be noted yet, when an instance runs.
func (p publishedPlans) differ(kept []rota.Entry) (problems []string) {
	var first, last int64
	for v := range p {
		if first == 0 || v < first {
			first = v
		}
		last = max(last, v)
	}
	for _, v := range kept {
		digests, there := p[v.Version]
		switch {
		case there && !slices.Contains(digests, audit.Digest(v.After)):
			problems = append(problems, fmt.Sprintf("plan version %d is not what the audit says was published", v.Version))
		case !there && v.Version > first && v.Version < last:
			problems = append(problems, fmt.Sprintf("plan version %d is not in the audit", v.Version))
		}
	}
	return problems
}
