package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

func followUpCommand(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "followup",
		Short: "What was promised after a call: record it, say that it was kept, see what is due",
		Long: `What was promised after a call: to be seen within 4 hours, 24 hours or 72 hours,
the same day, to answer whoever referred, to be handed over.

A clock starts when a responder or shift lead records the response category in
wrap-up, and stops at the moment of the visit, which somebody records. One that
runs out goes to the review list ("followup breaches") until somebody says why.
Calls are named by the carrier's call id; nothing here names a person in crisis.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(followUpDue(sh), followUpRecord(sh), followUpDone(sh), followUpBreaches(sh), followUpReview(sh), followUpCategories(sh), followUpWrapUp(sh), followUpCallback(sh))
	return c
}

// followUpFlags name one follow-up and who says something about it.
type followUpFlags struct{ call, category, by, at string }

func (f *followUpFlags) flags(c *cobra.Command, sh *shell, moment string) {
	login := sh.variable("LOGNAME")
	if login == "" {
		login = "command-line"
	}
	c.Flags().StringVar(&f.call, "call", "", "the call's id")
	c.Flags().StringVar(&f.category, "category", "", `which promise; "followup categories" lists them`)
	c.Flags().StringVar(&f.by, "by", login, "who records it: a responder's id or a login, never a name")
	_ = c.MarkFlagRequired("call")
	if moment != "" {
		c.Flags().StringVar(&f.at, "at", "", moment)
	}
}

func followUpRecord(sh *shell) *cobra.Command {
	var f followUpFlags
	var letter, team string
	c := &cobra.Command{
		Use:   "record --call ID (--scale LETTER | --category NAME)",
		Short: "Start a clock: the response category of a call",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			promises, err := sh.promises()
			if err != nil {
				return err
			}
			return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
				promise, err := chosenFollowUp(promises, f.category, letter)
				if err != nil || promise == nil {
					if err == nil {
						fmt.Fprintf(sh.stdout, "%s asks for no visit: no clock was started\n", letter)
					}
					return err
				}
				start, err := sh.followUpStart(c.Context(), q, f, zone)
				if err != nil {
					return err
				}
				due, holds := promise.Due(start, zone)
				if !holds {
					return tooLate(*promise, start.In(zone))
				}
				got, first, err := q.FollowUp(c.Context(), sh.now(), queue.FollowUp{
					Call: call.ID(f.call), Category: promise.Name, Team: team, By: f.by, StartedAt: start, DueAt: due,
				})
				if err != nil {
					return err
				}
				again := ""
				if !first {
					again = " (recorded before, and left as it was)"
				}
				fmt.Fprintf(sh.stdout, "%s: due %s%s\n", got.Category, got.DueAt.In(zone).Format("Mon 2 Jan 15:04"), again)
				return nil
			})
		},
	}
	f.flags(c, sh, `when the need was decided; left out, the call's end while it is in wrap-up, else now`)
	c.Flags().StringVar(&letter, "scale", "", "a letter of the UK Mental Health Triage Scale, A to G, instead of --category")
	c.Flags().StringVar(&team, "team", "", "whose promise it is, when not the call's home team's")
	return c
}

// promises are the categories with this service's own numbers.
func (sh *shell) promises() (metrics.Promises, error) {
	cfg, err := sh.config(config.Tool)
	if err != nil {
		return nil, err
	}
	return agreed(cfg), nil
}

// chosenFollowUp is the promise named, or that the letter asks for; nil when
// the letter asks for none.
func chosenFollowUp(promises metrics.Promises, name, letter string) (*metrics.FollowUp, error) {
	switch {
	case (name == "") == (letter == ""):
		return nil, errors.New("say either --category or --scale")
	case letter != "":
		f, clock, ok := promises.For(strings.ToUpper(letter))
		if !ok {
			return nil, fmt.Errorf("%q is no letter of the UK Mental Health Triage Scale: A to G", letter)
		}
		if !clock {
			return nil, nil
		}
		return &f, nil
	}
	f, ok := promises.Named(name)
	switch {
	case !ok:
		return nil, fmt.Errorf(`there is no category %q: "crisisline followup categories" lists them`, name)
	case f.Starts != "":
		return nil, fmt.Errorf("%s is not recorded by itself: it starts with %s", name, f.Starts)
	}
	return &f, nil
}

func tooLate(promise metrics.FollowUp, start time.Time) error {
	return fmt.Errorf("%s holds for what began before %d:00, and this began at %s: choose another category",
		promise.Name, promise.Before/time.Hour, start.Format("15:04"))
}

// followUpStart is when the need was decided.
func (sh *shell) followUpStart(ctx context.Context, q *queue.Store, f followUpFlags, zone *time.Location) (time.Time, error) {
	if f.at != "" {
		return parseMoment(f.at, zone, sh.now())
	}
	return q.DecidedAt(ctx, sh.now(), call.ID(f.call))
}

func followUpDone(sh *shell) *cobra.Command {
	var f followUpFlags
	var how string
	c := &cobra.Command{
		Use:   "done --call ID --category NAME",
		Short: "Stop a clock: the visit was made, or there will be none",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			promises, err := sh.promises()
			if err != nil {
				return err
			}
			ends := metrics.VisitEnds
			if promise, ok := promises.Named(f.category); ok {
				ends = promise.EndsAs()
			}
			if strings.HasPrefix(f.category, "callback.") {
				return errors.New(`a callback's clocks end with it: "crisisline followup callback"`)
			}
			if how == "" {
				how = ends[0]
			}
			if !slices.Contains(ends, how) {
				return fmt.Errorf("--how %q: say one of %s", how, strings.Join(ends, ", "))
			}
			return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
				at, err := parseMoment(f.at, zone, sh.now())
				if err != nil {
					return err
				}
				got, _, err := q.FollowUpDone(c.Context(), sh.now(), call.ID(f.call), f.category, f.by, at, how)
				if err != nil {
					return err
				}
				fmt.Fprintf(sh.stdout, "%s: %s %s, %s\n", got.Category, got.How, got.DoneAt.In(zone).Format("Mon 2 Jan 15:04"), followUpStanding(got, sh.now()))
				if got.Missed && got.Reason == "" {
					fmt.Fprintln(sh.stdout, `it is on the review list: say why with "crisisline followup review"`)
				}
				return nil
			})
		},
	}
	f.flags(c, sh, "when it happened; left out, now")
	c.Flags().StringVar(&how, "how", "", "of a visit: "+strings.Join(metrics.VisitEnds, ", ")+"; left out, that it was kept")
	_ = c.MarkFlagRequired("category")
	return c
}

func followUpReview(sh *shell) *cobra.Command {
	var f followUpFlags
	var reason string
	c := &cobra.Command{
		Use:   "review --call ID --category NAME --reason REASON",
		Short: "Say why one ran out, and take it off the review list",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains(queue.FollowUpReasons, reason) {
				return fmt.Errorf("--reason %q: say one of %s", reason, strings.Join(queue.FollowUpReasons, ", "))
			}
			return sh.withQueue(c.Context(), func(q *queue.Store, _ *time.Location) error {
				_, err := q.FollowUpReviewed(c.Context(), sh.now(), call.ID(f.call), f.category, f.by, reason)
				return err
			})
		},
	}
	f.flags(c, sh, "")
	c.Flags().StringVar(&reason, "reason", "", "one of "+strings.Join(queue.FollowUpReasons, ", "))
	_ = c.MarkFlagRequired("category")
	_ = c.MarkFlagRequired("reason")
	return c
}

// withQueue opens the store for as long as use takes, and says which zone the
// plan's days are in.
func (sh *shell) withQueue(ctx context.Context, use func(*queue.Store, *time.Location) error) (err error) {
	cfg, err := sh.config(config.Tool)
	if err != nil {
		return err
	}
	log := sh.logger(config.Log{Format: "text", Level: "error"})
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if !st.Lasts() {
		return errors.New("there is no redis-server on the PATH, so the store would be in memory and end with this command: install redis-server 7.0 or later, or set redis.url")
	}
	sealer, err := openSealer(cfg, log)
	if err != nil {
		return err
	}
	b := openBook(cfg, st, sealer, log, sh.now, nil)
	if err := b.Load(ctx); err != nil && !errors.Is(err, rota.ErrNoPlan) {
		return err
	}
	q, err := openQueue(cfg, st.UniversalClient, sealer)
	if err != nil {
		return err
	}
	return use(q, (&service{book: b}).location())
}
