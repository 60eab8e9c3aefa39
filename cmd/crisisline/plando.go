package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

func planDo(sh *shell) *cobra.Command {
	return sh.operation("do JSON", "Do any operation to the plan, given as JSON",
		`Do any operation to the plan in force, given as JSON, and publish it through the
gate as one step: '{"do": "replace_now", "person": "ada", "by": "edda"}'. "-" reads
it from standard input. docs/ROTA.md lists what each operation needs. They are:
`+strings.Join(rota.Ops(), ", ")+`.`,
		cobra.ExactArgs(1), func(*cobra.Command) making {
			return func(args []string) (rota.Op, error) {
				data := []byte(args[0])
				if args[0] == "-" {
					var err error
					if data, err = sh.readFile("-"); err != nil {
						return nil, err
					}
				}
				return rota.ParseOp(data)
			}
		})
}

func planSick(sh *shell) *cobra.Command {
	return sh.operation("sick PERSON", "Say that somebody is ill, or away, and who could cover",
		`Say that somebody is ill: they are taken off everything from now, or --from, until
--until, or until further notice. It is in force at once and checked after. It says
who could cover. --kind leave, or training, goes through the gate as any change.`,
		cobra.ExactArgs(1), func(c *cobra.Command) making {
			whySaid(c)
			var from, until wallTime
			kind := c.Flags().String("kind", string(rota.AbsentSick), "sick, leave or training")
			c.Flags().Var(&from, "from", `since when: 2026-11-23 or "2026-11-23 20:00" in the plan's zone; now when left out`)
			c.Flags().Var(&until, "until", "when they are back; until further notice when left out")
			return func(args []string) (rota.Op, error) {
				return rota.ReportAbsence{Person: args[0], Kind: rota.AbsenceKind(*kind), Start: from.LocalTime, End: until.LocalTime}, nil
			}
		})
}

func planReplace(sh *shell) *cobra.Command {
	return sh.operation("replace PERSON --with OTHER", "Put somebody in another's place, now",
		`Put somebody in another's place wherever that person is on shift now, until the
shift ends or --until. It is in force at the next ring, and checked after.`,
		cobra.ExactArgs(1), func(c *cobra.Command) making {
			whySaid(c)
			var until wallTime
			by := c.Flags().String("with", "", "who takes the place (id)")
			_ = c.MarkFlagRequired("with")
			c.Flags().Var(&until, "until", "until when; to the end of the shift when left out")
			return func(args []string) (rota.Op, error) {
				return rota.ReplaceNow{Person: args[0], By: *by, Until: until.LocalTime}, nil
			}
		})
}

func planTake(sh *shell) *cobra.Command {
	return sh.operation("take PERSON SHIFT DATE", "Have somebody take one time of a shift of somebody else",
		`Have somebody take the shift that starts on a day, from whoever has it: --from where
several have. With --until, every one of its days before that one.`,
		cobra.ExactArgs(3), func(c *cobra.Command) making {
			whySaid(c)
			from := c.Flags().String("from", "", "whose shift (id), where several are on it")
			until := c.Flags().String("until", "", "first day that is not taken")
			despite := despiteFlag(c)
			return func(args []string) (rota.Op, error) {
				slot, err := slotOf(args[1], args[2], *until)
				return rota.TakeShift{Person: args[0], Slot: slot, From: *from, Despite: *despite}, err
			}
		})
}

func planSwap(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "swap",
		Short: "Offer, accept, approve or decline an exchange of shifts",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		sh.operation("offer PERSON SHIFT DATE", "Offer a shift, to one person or to whoever takes it",
			`Offer the shift that starts on a day. --with names who is asked; --for SHIFT@DATE
what of theirs is wanted in return.`,
			cobra.ExactArgs(3), func(c *cobra.Command) making {
				whySaid(c)
				with := c.Flags().String("with", "", "who is asked (id); whoever takes it when left out")
				back := c.Flags().String("for", "", "what is wanted in return: SHIFT@2026-11-23")
				until := c.Flags().String("until", "", "first day that is not offered")
				return func(args []string) (rota.Op, error) {
					gives, err := slotOf(args[1], args[2], *until)
					if err != nil {
						return nil, err
					}
					takes, err := slotAt(*back)
					return rota.OfferSwap{Person: args[0], Gives: gives, With: *with, Takes: takes}, err
				}
			}),
		sh.operation("accept ID PERSON", "Accept an offer", `Accept an offer. --for SHIFT@DATE is what is given in return for an open one.`,
			cobra.ExactArgs(2), func(c *cobra.Command) making {
				whySaid(c)
				back := c.Flags().String("for", "", "what is given in return for an open offer: SHIFT@2026-11-23")
				despite := despiteFlag(c)
				return func(args []string) (rota.Op, error) {
					takes, err := slotAt(*back)
					return rota.AcceptSwap{ID: args[0], Person: args[1], Takes: takes, Despite: *despite}, err
				}
			}),
		sh.operation("approve ID MANAGER", "Approve what both sides agreed on", "Approve what both sides agreed on, where the plan asks for it.",
			cobra.ExactArgs(2), func(c *cobra.Command) making {
				whySaid(c)
				despite := despiteFlag(c)
				return func(args []string) (rota.Op, error) {
					return rota.ApproveSwap{ID: args[0], By: args[1], Despite: *despite}, nil
				}
			}),
		sh.operation("decline ID", "Decline an offer, or take back one's own", "Decline an offer, or take back one's own.",
			cobra.ExactArgs(1), func(c *cobra.Command) making {
				whySaid(c)
				return func(args []string) (rota.Op, error) { return rota.DeclineSwap{ID: args[0]}, nil }
			}),
	)
	return c
}

// making makes an operation of a command's words.
type making func(args []string) (rota.Op, error)

// operation is a command that does one operation through the gate. flags
// declares the command's own flags and says how they become the operation.
func (sh *shell) operation(use, short, long string, args cobra.PositionalArgs, flags func(*cobra.Command) making) *cobra.Command {
	var g gateFlags
	c := &cobra.Command{Use: use, Short: short, Long: long, Args: args}
	g.flags(c, sh)
	made := flags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		op, err := made(args)
		if err != nil {
			return err
		}
		if g.dryRun {
			return sh.change(c.Context(), g, func(p *rota.Plan, _ *time.Location) (*rota.Plan, error) {
				next, said, err := rota.Edit(p, op, sh.now())
				sh.tellSaid(said)
				return next, err
			})
		}
		return sh.withPlan(c.Context(), func(b *rota.Book, read known) error {
			if b.Current() == nil {
				return fmt.Errorf("%w: apply one first, with plan apply FILE", rota.ErrNoPlan)
			}
			g.emergency = g.emergency || rota.Urgent(op)
			if err := g.learn(read); err != nil {
				return err
			}
			defer sh.busy("checking the plan")()
			done, err := b.Do(c.Context(), sh.now(), op, g.by, g.why, g.how())
			sh.tellSaid(done.Said)
			if errors.Is(err, rota.ErrRefused) {
				fmt.Fprintln(sh.stderr, "Not published, because of what is marked refuse. Mend it, or say --anyway and answer for it.")
				return sh.tellFindings(done.Decision.Refused, false)
			}
			if err != nil {
				return refused(sh, err)
			}
			sh.tellPublished(done.Version, done.Decision)
			return nil
		})
	}
	return c
}

// whySaid is for commands whose words say why: --why may be left out.
func whySaid(c *cobra.Command) {
	c.PreRunE = nil
	c.Flags().Lookup("why").Usage = "why, for the history; what is done when left out"
}

// tellSaid prints what an operation does.
func (sh *shell) tellSaid(said []string) {
	for _, s := range said {
		fmt.Fprintln(sh.stdout, s)
	}
}

// tellPublished prints that a change is in force, and what it opens.
func (sh *shell) tellPublished(version int64, d rota.Decision) {
	fmt.Fprintf(sh.stdout, "version %d is in force: %s\n", version, d.Why)
	for _, gap := range d.Opened {
		fmt.Fprintf(sh.stdout, "  opens a gap: %s\n", gap.Text)
	}
}

func despiteFlag(c *cobra.Command) *string {
	return c.Flags().String("despite", "", "why, where the rest between two shifts is too short")
}

// slotOf is a shift that starts on a day, or on the days before until.
func slotOf(shift, day, until string) (s rota.Slot, err error) {
	s.Shift = shift
	if s.Date, err = rota.ParseDate(day); err != nil {
		return s, err
	}
	if until != "" {
		s.Until, err = rota.ParseDate(until)
	}
	return s, err
}

// slotAt reads SHIFT@DATE; "" is none.
func slotAt(text string) (rota.Slot, error) {
	if text == "" {
		return rota.Slot{}, nil
	}
	shift, day, ok := strings.Cut(text, "@")
	if !ok {
		return rota.Slot{}, fmt.Errorf("%q names no day: write SHIFT@2026-11-23", text)
	}
	return slotOf(shift, day, "")
}

// wallTime is a flag for a time in the plan's zone; a day is its midnight.
type wallTime struct{ rota.LocalTime }

// Set reads what a person writes.
func (w *wallTime) Set(text string) (err error) {
	text = strings.Replace(text, " ", "T", 1)
	if !strings.Contains(text, "T") {
		text += "T00:00"
	}
	w.LocalTime, err = rota.ParseLocalTime(text)
	return err
}

// String is the flag's default in a help text.
func (w *wallTime) String() string {
	if w.IsZero() {
		return ""
	}
	return w.LocalTime.String()
}

// Type is what a help text calls it.
func (*wallTime) Type() string { return "time" }
