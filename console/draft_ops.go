package console

import (
	"context"
	"errors"
	"strings"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// What is done with a draft, by a page or a program.

// broughtUpToDate is a draft made anew on the plan in force.
func (c *Console) broughtUpToDate(r *asked, name string) (rota.Draft, error) {
	d, err := c.touchable(r, name)
	if err != nil {
		return d, err
	}
	if d, err = c.caughtUp(r.Context(), d); err == nil {
		d.Who = r.Who.Signature()
		d.Revision, err = c.o.Changes.SaveDraft(r.Context(), c.o.Now(), d)
	}
	if err == nil {
		c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, After: "brought up to date", Teams: c.teamsOfDraft(r.Context(), d)})
	}
	return d, err
}

// caughtUp is a draft on the plan in force: made anew of its answers where it was
// asked for in steps, else with what it changes put on top.
func (c *Console) caughtUp(ctx context.Context, d rota.Draft) (rota.Draft, error) {
	if s, steps := c.stepsOf(d); steps {
		return s.again()
	}
	plan := c.o.Rota()
	p, err := c.onTop(ctx, d, plan)
	if err != nil {
		return d, err
	}
	d.Base = plan.Version()
	d.Text, err = p.YAML()
	return d, err
}

// publish puts a draft in force. because is why whoever asks answers for what the
// checks refuse; "" does not.
func (c *Console) publish(r *asked, name string, revision int64, why, because string) (rota.Draft, int64, error) {
	d, err := c.touchable(r, name)
	if err != nil {
		return d, 0, err
	}
	if ps := append(unfit("because", because), unfit("why", why)...); len(ps) > 0 {
		return d, 0, incomplete(ps[0])
	}
	how := rota.How{}
	if because = strings.TrimSpace(because); because != "" {
		teams := c.teamsOfDraft(r.Context(), d)
		if !r.Who.May(access.Waive, teams...) {
			return d, 0, refused{access.Waive, teams}
		}
		how.Waiver = &rota.Waiver{Who: r.Who.Signature(), Why: because}
	}
	if why = strings.TrimSpace(why); why == "" {
		why = d.Why
	}
	version, _, err := c.o.Changes.PublishDraft(r.Context(), c.o.Now(), name, revision, r.Who.Signature(), why, how)
	if err == nil {
		c.o.Log.Info("rota published", "version", version)
	}
	return d, version, err
}

// touchable is a draft, if whoever asks may change what it changes.
func (c *Console) touchable(r *asked, name string) (rota.Draft, error) {
	d, err := c.o.Changes.Draft(r.Context(), name)
	if err != nil {
		return d, err
	}
	return d, c.mayTouch(r, d)
}

// mayTouch refuses a draft to who may not publish it: what they wrote into it
// would go into force by somebody else's hand.
func (c *Console) mayTouch(r *asked, d rota.Draft) error {
	needs, teams := access.ChangeRota, c.teamsOfDraft(r.Context(), d)
	if p, err := d.Plan(); err == nil && c.o.Rota() != nil {
		needs = permissionFor(c.base(r.Context(), d), p)
	}
	if d.Way != "" {
		needs = access.ChangeTeams
	}
	if !r.Who.May(needs, teams...) {
		return refused{needs, teams}
	}
	return nil
}

// teamsOfDraft is whose business a draft is.
func (c *Console) teamsOfDraft(ctx context.Context, d rota.Draft) []string {
	if p, err := d.Plan(); err == nil && c.o.Rota() != nil {
		return touchedBy(c.base(ctx, d), p)
	}
	return []string{rota.EveryTeam}
}

// throwAway ends a draft. One that is gone already is as good.
func (c *Console) throwAway(r *asked, name string, revision int64) (rota.Draft, error) {
	d, err := c.touchable(r, name)
	if err != nil {
		return d, err
	}
	if err := c.o.Changes.DropDraft(r.Context(), name, revision); err != nil && !errors.Is(err, rota.ErrNoDraft) {
		return d, err
	}
	c.note(r, audit.Entry{What: audit.Drafted, About: name, After: "thrown away", Teams: c.teamsOfDraft(r.Context(), d)})
	return d, nil
}

// permissionFor is what it takes to change one plan into another.
func permissionFor(before, after *rota.Plan) access.Permission {
	if rota.Structural(before, after) {
		return access.ChangeTeams
	}
	return access.ChangeRota
}

// base is the plan a draft was made from: what others have published since is
// none of the draft's business. It is the plan in force where it is not known.
func (c *Console) base(ctx context.Context, d rota.Draft) *rota.Plan {
	plan := c.o.Rota()
	if d.Base == plan.Version() {
		return plan.Plan()
	}
	entries, err := c.o.Changes.History(ctx, historyKept)
	if err != nil {
		c.o.Log.Warn("history not read", "err", err)
		return plan.Plan()
	}
	for _, e := range entries {
		if e.Version == d.Base {
			if p, err := rota.Parse("plan", e.After); err == nil {
				return p
			}
		}
	}
	return plan.Plan()
}

// onTop is the plan in force with what the draft changes.
func (c *Console) onTop(ctx context.Context, d rota.Draft, plan *rota.Rota) (*rota.Plan, error) {
	entries, err := c.o.Changes.History(ctx, historyKept)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Version != d.Base {
			continue
		}
		base, err := rota.Parse("plan", e.After)
		if err != nil {
			return nil, err
		}
		mine, err := d.Plan()
		if err != nil {
			return nil, err
		}
		return rota.Revert(mine, base, plan.Plan())
	}
	return nil, rota.ErrStale
}
