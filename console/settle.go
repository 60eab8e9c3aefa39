package console

import (
	"errors"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// settle does one operation to the plan in force and publishes it through the
// gate, anew when somebody else was quicker. may says whether whoever asks may
// change one plan into the other.
//
// An operation after which the same people ring as before is not held up by what
// the gate refuses in the plan as it is: offering a swap opens no gap.
func (c *Console) settle(r *asked, op rota.Op, how rota.How, may func(before, after *rota.Plan) error) error {
	for range mostTries {
		plan := c.o.Rota()
		p, said, err := edited(plan.Plan(), []rota.Op{op}, c.o.Now())
		if err != nil {
			return err
		}
		if err := may(plan.Plan(), p); err != nil {
			return err
		}
		change := rota.Change{Who: r.Who.Signature(), Why: said, Plan: p, Expect: plan.Version()}
		version, d, err := c.o.Changes.PublishGated(r.Context(), c.o.Now(), change, how)
		if errors.Is(err, rota.ErrRefused) && len(d.Rings) == 0 && len(d.Opened) == 0 {
			all := how
			all.Emergency = true
			version, _, err = c.o.Changes.PublishGated(r.Context(), c.o.Now(), change, all)
		}
		if err == nil {
			c.o.Log.Info("rota changed", "version", version, "operation", op.Do())
			return nil
		}
		if !errors.Is(err, rota.ErrStale) {
			return err
		}
	}
	return rota.ErrStale
}

// mayChange is for settle: the change is the business of those teams whose rota
// whoever asks makes.
func (r *asked) mayChange(before, after *rota.Plan) error {
	if teams := rota.Touched(before, after); !r.Who.May(access.ChangeRota, teams...) {
		return refused{access.ChangeRota, teams}
	}
	return nil
}

// foresee is what an operation would come to, without doing it: who rings, and
// what the check says. The error says why it cannot be done.
func (c *Console) foresee(r *asked, op rota.Op) (draftPage, error) {
	var page draftPage
	d, facts, err := c.rehearsed(r, op)
	if err != nil && !errors.Is(err, rota.ErrRefused) {
		return page, err
	}
	now, plan := c.o.Now(), c.o.Rota()
	page.Blocked = err != nil && len(d.Rings) > 0
	page.fill(names{plan, c.o.Zone}, plan.Review(now, rota.DefaultHorizon, facts), d, now)
	return page, nil
}

// rehearsed is what the gate would say of an operation, and by which facts; its
// error is rota.ErrRefused where the gate would refuse it.
func (c *Console) rehearsed(r *asked, op rota.Op) (d rota.Decision, facts rota.Facts, err error) {
	now, plan := c.o.Now(), c.o.Rota()
	p, _, err := edited(plan.Plan(), []rota.Op{op}, now)
	if err != nil {
		return d, facts, err
	}
	after, err := rota.Compile(p, now, rota.DefaultHorizon)
	if err != nil {
		return d, facts, err
	}
	facts = c.facts(r.Context())
	d, err = rota.Gate(plan, after, now, rota.DefaultHorizon, after.Review(now, rota.DefaultHorizon, facts), nil)
	return d, facts, err
}
