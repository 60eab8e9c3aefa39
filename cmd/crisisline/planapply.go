package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

// gateFlags are how a change is to pass the publishing gate.
type gateFlags struct {
	changeFlags
	dryRun, anyway, emergency bool
	facts                     rota.Facts
}

// learn reads what the check asks of the ledger. An emergency does not wait for
// it.
func (f *gateFlags) learn(read known) (err error) {
	if !f.emergency {
		f.facts, err = read()
	}
	return err
}

func (f *gateFlags) flags(c *cobra.Command, sh *shell) {
	f.changeFlags.flags(c, sh)
	c.Flags().Lookup("why").Annotations = nil // a dry run needs no reason
	c.PreRunE = func(*cobra.Command, []string) error {
		if f.why == "" && !f.dryRun {
			return errors.New("it does not say why: add --why, for the history")
		}
		return nil
	}
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what would change and what the check says")
	c.Flags().BoolVar(&f.anyway, "anyway", false, "let it pass although the check refuses it: --by answers for it, and --why is shown on the board until it ends")
	c.Flags().BoolVar(&f.emergency, "emergency", false, "publish at once, and check after")
}

func (f *gateFlags) how() rota.How {
	how := rota.How{Emergency: f.emergency, Facts: f.facts}
	if f.anyway {
		how.Waiver = &rota.Waiver{Who: f.by, Why: f.why}
	}
	return how
}

func planApply(sh *shell) *cobra.Command {
	var g gateFlags
	var expect int64
	var draft string
	c := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put a plan in force at the next ring, on every instance",
		Long: `Put a plan in force at the next ring, on every instance, if the check lets it.

With --draft NAME nothing is put in force: the file is kept as a draft, finished
or not, for "plan publish NAME".`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if draft != "" {
				return sh.keepDraft(c.Context(), draft, args[0], g.changeFlags)
			}
			p, err := sh.readPlan(args[0])
			if err != nil {
				return refused(sh, err)
			}
			return sh.withPlan(c.Context(), func(b *rota.Book, read known) error {
				if err := g.learn(read); err != nil {
					return err
				}
				was := inForce(b)
				if c.Flags().Changed("expect") {
					was = expect
				}
				return sh.passGate(c.Context(), b, rota.Change{Who: g.by, Why: g.why, Plan: p, Expect: was}, g)
			})
		},
	}
	g.flags(c, sh)
	c.Flags().Int64Var(&expect, "expect", 0, "refuse if the plan in force is not this version any more")
	c.Flags().StringVar(&draft, "draft", "", "keep it as a draft of this name instead")
	return c
}

// change does an edit to the plan in force and publishes it. When somebody else
// publishes at the same moment the edit is done again to theirs, so that
// neither is lost.
func (sh *shell) change(ctx context.Context, g gateFlags, edit func(p *rota.Plan, zone *time.Location) (*rota.Plan, error)) error {
	return sh.withPlan(ctx, func(b *rota.Book, read known) error {
		if err := g.learn(read); err != nil {
			return err
		}
		for try := 1; ; try++ {
			r := b.Current()
			if r == nil {
				return fmt.Errorf("%w: apply one first, with plan apply FILE", rota.ErrNoPlan)
			}
			p, err := edit(r.Plan(), r.Zone())
			if err != nil {
				return refused(sh, err)
			}
			err = sh.passGate(ctx, b, rota.Change{Who: g.by, Why: g.why, Plan: p, Expect: r.Version()}, g)
			if !errors.Is(err, rota.ErrStale) || try == mostTries {
				return err
			}
			if _, err := b.Refresh(ctx); err != nil {
				return err
			}
		}
	})
}

// mostTries bounds how often an edit is done again: each failure means that
// somebody else's succeeded.
const mostTries = 100

// passGate publishes a change, or says why it was refused, or, for a dry run,
// what it would do.
func (sh *shell) passGate(ctx context.Context, b *rota.Book, ch rota.Change, g gateFlags) error {
	defer sh.busy("checking the plan")()
	if g.dryRun {
		return sh.rehearse(ctx, b, ch, g)
	}
	version, d, err := b.PublishGated(ctx, sh.now(), ch, g.how())
	if errors.Is(err, rota.ErrRefused) {
		fmt.Fprintln(sh.stderr, "Not published, because of what is marked refuse. Mend it, or say --anyway and answer for it.")
		return sh.tellFindings(d.Findings, false)
	}
	if err != nil {
		return refused(sh, err)
	}
	sh.tellPublished(version, d)
	return nil
}

func (sh *shell) rehearse(ctx context.Context, b *rota.Book, ch rota.Change, g gateFlags) error {
	d, err := b.Rehearse(ctx, sh.now(), ch, g.how())
	if err != nil && !errors.Is(err, rota.ErrRefused) {
		return refused(sh, err)
	}
	if before := b.Current(); before != nil {
		after, err := rota.Compile(ch.Plan, sh.now(), rota.DefaultHorizon)
		if err != nil {
			return err
		}
		if err := tellDiff(sh.stdout, before, after, sh.now(), 7*24*time.Hour); err != nil {
			return err
		}
	}
	fmt.Fprintf(sh.stdout, "\nNothing was changed. %s\n", sentence(d.Why))
	for _, gap := range d.Opened {
		fmt.Fprintf(sh.stdout, "  would open a gap: %s\n", gap.Text)
	}
	for _, gap := range d.Closed {
		fmt.Fprintf(sh.stdout, "  would close a gap: %s\n", gap.Text)
	}
	if len(d.Refused) > 0 {
		return sh.tellFindings(d.Refused, false)
	}
	return nil
}

// keepDraft keeps a file as a draft. It may be unfinished: it is read when it
// is published.
func (sh *shell) keepDraft(ctx context.Context, name, file string, ch changeFlags) error {
	data, err := sh.readFile(file)
	if err != nil {
		return err
	}
	return sh.withBook(ctx, func(b *rota.Book) error {
		d, err := b.Draft(ctx, name)
		if err != nil && !errors.Is(err, rota.ErrNoDraft) {
			return err
		}
		d.Name, d.Base, d.Who, d.Why, d.Text = name, inForce(b), ch.by, ch.why, data
		revision, err := b.SaveDraft(ctx, sh.now(), d)
		if err != nil {
			return err
		}
		fmt.Fprintf(sh.stdout, "draft %s is kept, save %d: plan publish %s puts it in force\n", name, revision, name)
		return nil
	})
}

func planPublish(sh *shell) *cobra.Command {
	var g gateFlags
	var drop bool
	c := &cobra.Command{
		Use:   "publish [DRAFT]",
		Short: "Put a draft in force, or list the drafts",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			return sh.withPlan(ctx, func(b *rota.Book, read known) error {
				if len(args) == 0 {
					return sh.tellDrafts(ctx, b)
				}
				d, err := b.Draft(ctx, args[0])
				if err != nil {
					return fmt.Errorf("%w: plan publish without a name lists them", err)
				}
				if drop {
					return b.DropDraft(ctx, d.Name, d.Revision)
				}
				if err := g.learn(read); err != nil {
					return err
				}
				return sh.publishDraft(ctx, b, d, g)
			})
		},
	}
	g.flags(c, sh)
	c.PreRunE = nil // a draft says why itself
	c.Flags().BoolVar(&drop, "drop", false, "throw the draft away instead")
	return c
}

func (sh *shell) publishDraft(ctx context.Context, b *rota.Book, d rota.Draft, g gateFlags) error {
	if g.why == "" {
		g.why = d.Why
	}
	p, err := d.Plan()
	if err != nil {
		return refused(sh, err)
	}
	if err := sh.passGate(ctx, b, rota.Change{Who: g.by, Why: g.why, Plan: p, Expect: d.Base}, g); err != nil || g.dryRun {
		if errors.Is(err, rota.ErrStale) {
			return fmt.Errorf("%w: the draft was made from version %d; plan diff shows what is new, then plan apply FILE --draft %s", err, d.Base, d.Name)
		}
		return err
	}
	return b.DropDraft(ctx, d.Name, d.Revision)
}

func (sh *shell) tellDrafts(ctx context.Context, b *rota.Book) error {
	drafts, err := b.Drafts(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"DRAFT", "FROM VERSION", "SAVED", "WHO", "WHY"}}
	for _, d := range drafts {
		rows = append(rows, []string{d.Name, fmt.Sprint(d.Base), d.At.UTC().Format(time.RFC3339), d.Who, d.Why})
	}
	if len(drafts) == 0 {
		fmt.Fprintln(sh.stdout, "there are no drafts: plan apply FILE --draft NAME keeps one")
		return nil
	}
	return sh.table(rows)
}
