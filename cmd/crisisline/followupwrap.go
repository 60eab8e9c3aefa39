package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// wrapUpFlags are what may be said of a call. What is left out stays as it was
// said before.
type wrapUpFlags struct {
	followUpFlags
	code, hard, housing, letter string
}

func followUpWrapUp(sh *shell) *cobra.Command {
	var f wrapUpFlags
	var codes []string
	for _, code := range call.Codes {
		codes = append(codes, fmt.Sprintf("  %s  %s", code, code.Words()))
	}
	c := &cobra.Command{
		Use:   "wrap-up --call ID",
		Short: "Say what came of a call, or see what was said",
		Long: `Say what came of a call, or see what was said: its outcome, whether it was hard,
how soon somebody must be seen, and whether a housing authority is to be told.
What is left out stays as it was said before; what is said again replaces it, and
the ledger keeps both. A response starts its clock, a hard call the clock of the
debrief that its responder is owed.

Outcomes, by the NHS Data Dictionary:
` + strings.Join(codes, "\n"),
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return sh.wrapUp(c, f) },
	}
	f.flags(c, sh, "when the response was decided; left out, the call's end while it is in wrap-up, else now")
	c.Flags().StringVar(&f.code, "code", "", "the outcome's code")
	c.Flags().StringVar(&f.hard, "hard", "", "yes or no")
	c.Flags().StringVar(&f.housing, "duty-to-refer", "", "consent or no-consent, when homelessness came up; no when it did not")
	c.Flags().StringVar(&f.letter, "scale", "", "a letter of the UK Mental Health Triage Scale, A to G, instead of --category")
	return c
}

func (sh *shell) wrapUp(c *cobra.Command, f wrapUpFlags) error {
	promises, err := sh.promises()
	if err != nil {
		return err
	}
	return sh.withQueue(c.Context(), func(q *queue.Store, zone *time.Location) error {
		r, _, err := q.WrapUp(c.Context(), call.ID(f.call))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc([]string{"code", "hard", "duty-to-refer", "scale", "category"}, c.Flags().Changed) {
			sh.tellWrapUp(r)
			return nil
		}
		before := r.Response
		r.Call, r.By = call.ID(f.call), call.By(f.by)
		if err := f.fill(&r); err != nil {
			return err
		}
		if f.letter != "" || f.category != "" {
			promise, err := chosenFollowUp(promises, f.category, f.letter)
			if err != nil {
				return err
			}
			r.Response = call.ResponseNone
			if promise != nil {
				r.Response = promise.Name
			}
		}
		if promise, ok := promises.Named(r.Response); ok {
			if r.StartedAt, err = sh.followUpStart(c.Context(), q, f.followUpFlags, zone); err != nil {
				return err
			}
			var holds bool
			if r.DueAt, holds = promise.Due(r.StartedAt, zone); !holds && r.Response != before {
				return tooLate(promise, r.StartedAt.In(zone))
			}
		}
		r, _, err = q.WrapUpRecord(c.Context(), sh.now(), r)
		if err == nil {
			sh.tellWrapUp(r)
		}
		return err
	})
}

// fill lays over a record what the flags say.
func (f wrapUpFlags) fill(r *queue.WrapUpRecord) error {
	if f.code != "" {
		r.Code = call.Code(f.code)
	}
	switch f.hard {
	case "":
	case "yes", "no":
		r.Hard = f.hard == "yes"
	default:
		return errors.New("--hard: say yes or no")
	}
	switch f.housing {
	case "":
	case "no":
		r.Duty = ""
	case "consent", "no-consent":
		r.Duty = call.DutyToRefer(strings.ReplaceAll(f.housing, "-", "_"))
	default:
		return errors.New("--duty-to-refer: say consent, no-consent or no")
	}
	return nil
}

func (sh *shell) tellWrapUp(r queue.WrapUpRecord) {
	if r.RecordedAt.IsZero() {
		fmt.Fprintln(sh.stdout, "nothing was recorded of this call")
		return
	}
	or := func(value, none string) string {
		if value == "" {
			return none
		}
		return value
	}
	fmt.Fprintf(sh.stdout, "outcome:       %s\n", or(strings.TrimSpace(string(r.Code)+" "+r.Code.Words()), "not said"))
	fmt.Fprintf(sh.stdout, "response:      %s\n", or(r.Response, "not said"))
	fmt.Fprintf(sh.stdout, "hard:          %s\n", map[bool]string{true: "yes: a debrief is owed to " + or(r.Responder, "its responder"), false: "no"}[r.Hard])
	fmt.Fprintf(sh.stdout, "duty to refer: %s\n", or(strings.ReplaceAll(string(r.Duty), "_", " "), "did not come up"))
}
