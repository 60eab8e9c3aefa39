package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

func followUpCallback(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "callback",
		Short: "Callbacks that are owed: promise one, take it, say that it was tried, and what came of it",
		Long: `Callbacks that are owed: promise one, take it, say that it was tried, and what
came of it. A person rings back, from a telephone of the service, and says who
they are to nobody but the person they want. Two clocks run from when it was asked
for, or from when it is safe to ring: to the first attempt, and to its end. What is
overdue raises an alert and goes to the review list.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(callbackList(sh), callbackOwe(sh), callbackClaim(sh), callbackRelease(sh), callbackAttempt(sh), callbackClose(sh))
	return c
}

// callbackFlags name one callback, who says something about it, and when it was.
type callbackFlags struct {
	followUpFlags
	sh *shell
}

// id, who and when are what the store wants of them.
func (f *callbackFlags) id() call.ID  { return call.ID(f.call) }
func (f *callbackFlags) who() call.By { return call.By(f.by) }
func (f *callbackFlags) when(zone *time.Location) (time.Time, error) {
	return parseMoment(f.at, zone, f.sh.now())
}

// callbackStep is a command that changes one callback and tells how it stands.
func (sh *shell) callbackStep(use, short, moment string, do func(context.Context, *callbackFlags, *queue.Store, *time.Location) (queue.Callback, error)) *cobra.Command {
	f := &callbackFlags{sh: sh}
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
				got, err := do(c.Context(), f, q, zone)
				if errors.Is(err, queue.ErrClaimed) {
					return fmt.Errorf("%w: %s, until %s", err, got.ClaimedBy, got.ClaimedUntil.In(zone).Format("15:04"))
				}
				if err == nil {
					fmt.Fprintln(sh.stdout, callbackStanding(got, sh.now(), zone))
				}
				return err
			})
		},
	}
	f.flags(c, sh, moment)
	_ = c.Flags().MarkHidden("category")
	return c
}

func callbackOwe(sh *shell) *cobra.Command {
	var from, until, team string
	c := sh.callbackStep("owe --call ID", "Promise that somebody rings a caller back, as they agreed",
		"when it was asked for; left out, the call's end while it is in wrap-up, else now",
		func(ctx context.Context, f *callbackFlags, q *queue.Store, zone *time.Location) (queue.Callback, error) {
			p := queue.CallbackPromise{Call: f.id(), By: f.who(), Team: team}
			for _, m := range []struct {
				text string
				into *time.Time
			}{{f.at, &p.AskedAt}, {from, &p.SafeFrom}, {until, &p.SafeUntil}} {
				if m.text == "" {
					continue
				}
				at, err := parseMoment(m.text, zone, sh.now())
				if err != nil {
					return queue.Callback{}, err
				}
				*m.into = at
			}
			got, _, err := q.OweCallback(ctx, sh.now(), p)
			return got, err
		})
	c.Flags().StringVar(&from, "safe-from", "", "when it is safe to ring; left out, at once")
	c.Flags().StringVar(&until, "safe-until", "", "until when it is; left out, whenever")
	c.Flags().StringVar(&team, "team", "", "whose callback it is, when not the call's home team's")
	return c
}

func callbackClaim(sh *shell) *cobra.Command {
	return sh.callbackStep("claim --call ID", "Take a callback, or keep it for longer: nobody else rings meanwhile", "",
		func(ctx context.Context, f *callbackFlags, q *queue.Store, _ *time.Location) (queue.Callback, error) {
			got, _, err := q.ClaimCallback(ctx, sh.now(), f.id(), f.who())
			return got, err
		})
}

func callbackRelease(sh *shell) *cobra.Command {
	return sh.callbackStep("release --call ID", "Give a callback back, whoever has it", "",
		func(ctx context.Context, f *callbackFlags, q *queue.Store, _ *time.Location) (queue.Callback, error) {
			got, _, err := q.ReleaseCallback(ctx, sh.now(), f.id(), f.who())
			return got, err
		})
}

func callbackAttempt(sh *shell) *cobra.Command {
	var result string
	c := sh.callbackStep("attempt --call ID --result RESULT", "Say that it was tried, and how that went", "when it was; left out, now",
		func(ctx context.Context, f *callbackFlags, q *queue.Store, zone *time.Location) (queue.Callback, error) {
			at, err := f.when(zone)
			if err != nil {
				return queue.Callback{}, err
			}
			got, _, err := q.AttemptCallback(ctx, sh.now(), f.id(), f.who(), at, result)
			return got, err
		})
	c.Flags().StringVar(&result, "result", "", "one of "+strings.Join(queue.CallbackResults, ", "))
	_ = c.MarkFlagRequired("result")
	return c
}

func callbackClose(sh *shell) *cobra.Command {
	var how, code string
	c := sh.callbackStep("close --call ID --how HOW [--code CODE]", "Say that it is over: they were reached, or what is done instead", "when it was; left out, now",
		func(ctx context.Context, f *callbackFlags, q *queue.Store, zone *time.Location) (queue.Callback, error) {
			at, err := f.when(zone)
			if err != nil {
				return queue.Callback{}, err
			}
			got, _, err := q.CloseCallback(ctx, sh.now(), f.id(), f.who(), at, how, call.Code(code))
			return got, err
		})
	c.Flags().StringVar(&how, "how", "reached", "one of "+strings.Join(queue.CallbackEnds, ", "))
	c.Flags().StringVar(&code, "code", "", `the outcome, when they were reached or it was decided; "followup wrap-up --help" lists the seven`)
	return c
}

func callbackList(sh *shell) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "The callbacks that are owed, what is due soonest first; overdue ends with exit code 4", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
				open, err := q.Callbacks(c.Context(), followUpsShown)
				if err != nil {
					return err
				}
				if err := sh.tellCallbacks(open, zone, asJSON); err != nil {
					return err
				}
				if slices.ContainsFunc(open, func(cb queue.Callback) bool { return cb.State(sh.now()) == queue.CallbackOverdue }) {
					return errFindings
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (sh *shell) tellCallbacks(open []queue.Callback, zone *time.Location, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(sh.stdout).Encode(append([]queue.Callback{}, open...))
	}
	w := tabwriter.NewWriter(sh.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CALL\tTEAM\tSTANDS")
	for _, c := range open {
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Call, c.Team, callbackStanding(c, sh.now(), zone))
	}
	return w.Flush()
}

// callbackStanding says in words how a callback stands.
func callbackStanding(c queue.Callback, now time.Time, zone *time.Location) string {
	clock := func(t time.Time) string { return t.In(zone).Format("Mon 2 Jan 15:04") }
	var words string
	switch c.State(now) {
	case queue.CallbackOver:
		words = fmt.Sprintf("over: %s %s", strings.ReplaceAll(c.How, "_", " "), clock(c.DoneAt))
		if c.Code != "" {
			words += fmt.Sprintf(", %s %s", c.Code, c.Code.Words())
		}
		return words
	case queue.CallbackOverdue:
		words = "OVERDUE " + now.Sub(c.NextDue()).Round(time.Minute).String()
	case queue.CallbackOwed:
		words = "owed, not safe to ring before " + clock(c.StartedAt)
	case queue.CallbackClaimed:
		words = "due by " + clock(c.NextDue())
	default:
		words = "due by " + clock(c.NextDue()) + ", nobody has it"
	}
	if c.ClaimedBy != "" && now.Before(c.ClaimedUntil) {
		words += fmt.Sprintf(", %s has it until %s", c.ClaimedBy, c.ClaimedUntil.In(zone).Format("15:04"))
	}
	if c.Attempts > 0 {
		words += fmt.Sprintf(", tried %d times, last: %s", c.Attempts, strings.ReplaceAll(c.LastResult, "_", " "))
	}
	if !c.SafeUntil.IsZero() {
		words += ", not after " + clock(c.SafeUntil)
	}
	if !c.HasNumber {
		words += "; the number is not kept here"
	}
	return words
}
