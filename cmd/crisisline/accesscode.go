package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

const (
	mostCodes     = 20
	mostCodeHours = 72
	mostTokenDays = 3 * 365
)

func accessCode(sh *shell) *cobra.Command {
	var g grantFlags
	var person string
	var hours, count int
	c := &cobra.Command{
		Use:   "code --for NAME --role ROLE",
		Short: "Print one-time codes, for when the sign-in service is down",
		Long: `Print one-time codes, for when the sign-in service is down. Each signs somebody
in once. They are printed here and kept nowhere but as hashes: hand them over on
paper or by voice. What a code's holder does stands in the audit as "code:NAME".`,
		Args: cobra.NoArgs,
	}
	who := sh.whoFlag(c)
	g.flags(c)
	c.Flags().StringVar(&person, "for", "", "who it is for, as it will stand in the audit")
	c.Flags().IntVar(&hours, "hours", 8, fmt.Sprintf("for how long they can be used, at most %d", mostCodeHours))
	c.Flags().IntVar(&count, "count", 1, fmt.Sprintf("how many, at most %d", mostCodes))
	_ = c.MarkFlagRequired("for")
	c.RunE = func(c *cobra.Command, _ []string) error {
		name, err := tidied("--for", person)
		if err != nil {
			return err
		}
		if hours < 1 || hours > mostCodeHours || count < 1 || count > mostCodes {
			return fmt.Errorf("--hours is 1 to %d, --count 1 to %d", mostCodeHours, mostCodes)
		}
		return sh.withAccess(c.Context(), *who, func(ctx context.Context, o *office) error {
			grants, err := g.grants(o)
			if err != nil {
				return err
			}
			code := access.Code{For: name, Grants: grants, Made: o.now(), By: o.who, Expires: o.now().Add(time.Duration(hours) * time.Hour)}
			for range count {
				text, err := o.keep.NewCode(ctx, code, o.now())
				if err != nil {
					return err
				}
				fmt.Fprintln(o.stdout, text)
			}
			fmt.Fprintf(o.stderr, "%s: %s. Each works once, until %s. They are shown this once.\n", name, mayDo(grants), o.when(code.Expires))
			return o.note(ctx, audit.Entry{What: audit.Access, About: "code:" + name, After: fmt.Sprintf("%d code(s) for %d h: %s", count, hours, mayDo(grants)), Teams: access.Person{Grants: grants}.Teams()})
		})
	}
	c.AddCommand(accessCodeList(sh), accessCodeEnd(sh))
	return c
}

func accessCodeList(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "The codes nobody has used yet: for whom, until when; never the codes",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withAccess(c.Context(), "list", func(ctx context.Context, o *office) error {
				all, err := o.keep.Codes(ctx, o.now())
				if err != nil {
					return err
				}
				t := tabwriter.NewWriter(o.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(t, "FOR\tMAY DO\tUNTIL\tMADE BY")
				for _, k := range all {
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", k.For, mayDo(k.Grants), o.when(k.Expires), k.By)
				}
				return t.Flush()
			})
		},
	}
}

func accessCodeEnd(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "end NAME",
		Short: "End the codes for somebody that nobody has used yet",
		Args:  cobra.ExactArgs(1),
	}
	who := sh.whoFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return sh.withAccess(c.Context(), *who, func(ctx context.Context, o *office) error {
			n, err := o.keep.EndCodes(ctx, strings.TrimSpace(args[0]))
			if err != nil {
				return err
			}
			if n == 0 {
				return errors.New("there is no unused code for that name: access code list")
			}
			fmt.Fprintf(o.stdout, "ended %d code(s); whoever used one already is signed out by access end-sessions\n", n)
			return o.note(ctx, audit.Entry{What: audit.Access, About: "code:" + args[0], After: fmt.Sprintf("%d code(s) ended", n)})
		})
	}
	return c
}

func accessToken(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Tokens let a program do what a role may, over the JSON API",
		Long: `Tokens let a program do what a role may, over the JSON API (docs/API.md). What it
does stands in the audit as "token:NAME". A token is shown once, when it is made.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(accessTokenCreate(sh), accessTokenList(sh), accessTokenEnd(sh))
	return c
}

func accessTokenCreate(sh *shell) *cobra.Command {
	var g grantFlags
	var days int
	var responder string
	c := &cobra.Command{
		Use:   "create NAME --role ROLE",
		Short: "Make a token, and print it once",
		Args:  cobra.ExactArgs(1),
	}
	who := sh.whoFlag(c)
	g.flags(c)
	c.Flags().IntVar(&days, "days", 365, fmt.Sprintf("for how long it is good, at most %d", mostTokenDays))
	c.Flags().StringVar(&responder, "responder", "", "whose it is, by their id in the plan: it may do what is for them alone, such as their breaks")
	c.RunE = func(c *cobra.Command, args []string) error {
		name, err := tidied("NAME", args[0])
		if err != nil {
			return err
		}
		if days < 1 || days > mostTokenDays {
			return fmt.Errorf("--days is 1 to %d", mostTokenDays)
		}
		return sh.withAccess(c.Context(), *who, func(ctx context.Context, o *office) error {
			grants, err := g.grants(o)
			if err != nil {
				return err
			}
			if plan := o.book.Current(); plan != nil && responder != "" {
				if _, ok := plan.Responder(responder); !ok {
					return fmt.Errorf("--responder %s: the plan has nobody of that id; crisisline plan hours lists them", responder)
				}
			}
			t := access.Token{Name: name, Grants: grants, Made: o.now(), By: o.who, Expires: o.now().AddDate(0, 0, days), Responder: responder}
			secret, err := o.keep.NewToken(ctx, t)
			if err != nil {
				return err
			}
			fmt.Fprintln(o.stdout, secret)
			may := mayDo(grants)
			if responder != "" {
				may += ", as " + responder
			}
			fmt.Fprintf(o.stderr, "%s: %s, until %s. It is shown this once.\n", name, may, o.when(t.Expires))
			return o.note(ctx, audit.Entry{What: audit.Access, About: "token:" + name, After: fmt.Sprintf("token for %d days: %s", days, may), Teams: access.Person{Grants: grants}.Teams()})
		})
	}
	return c
}

func accessTokenList(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Which tokens there are: for what, until when; never the tokens",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withAccess(c.Context(), "list", func(ctx context.Context, o *office) error {
				all, err := o.keep.Tokens(ctx)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(o.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "NAME\tMAY DO\tAS\tUNTIL\tMADE BY")
				for _, t := range all {
					until := o.when(t.Expires)
					if !o.now().Before(t.Expires) {
						until = "over since " + until
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.Name, mayDo(t.Grants), t.Responder, until, t.By)
				}
				return w.Flush()
			})
		},
	}
}

func accessTokenEnd(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "end NAME",
		Short: "End a token, at once and everywhere",
		Args:  cobra.ExactArgs(1),
	}
	who := sh.whoFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return sh.withAccess(c.Context(), *who, func(ctx context.Context, o *office) error {
			if err := o.keep.EndToken(ctx, args[0]); err != nil {
				return fmt.Errorf("%w: access token list", err)
			}
			fmt.Fprintf(o.stdout, "ended: %s is good for nothing any more\n", args[0])
			return o.note(ctx, audit.Entry{What: audit.Access, About: "token:" + args[0], After: "token ended"})
		})
	}
	return c
}
