package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

func planFeed(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "feed",
		Short: "Give out, list and revoke calendar addresses",
		Long: `Give out, list and revoke calendar addresses. A person's or a team's shifts can
be subscribed to in any calendar program. Whoever has the address can read it:
it is shown once, kept nowhere, and can be revoked.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(feedAdd(sh), feedList(sh), feedRevoke(sh))
	return c
}

func feedAdd(sh *shell) *cobra.Command {
	var of rota.FeedOf
	var by string
	c := &cobra.Command{
		Use:   "add --person ID | --team ID",
		Short: "Give out an address; it is shown this once",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withBook(c.Context(), func(b *rota.Book) error {
				token, err := b.AddFeed(c.Context(), sh.now(), of, by)
				if err != nil {
					return err
				}
				fmt.Fprintf(sh.stdout, "/feeds/%s.ics\n", token)
				fmt.Fprintln(sh.stderr, "Put the address of the console before it, and give it to that person alone. It is not shown again.")
				return nil
			})
		},
	}
	login := sh.variable("LOGNAME")
	if login == "" {
		login = "command-line"
	}
	c.Flags().StringVar(&of.Person, "person", "", "whose shifts (id)")
	c.Flags().StringVar(&of.Team, "team", "", "which team's shifts (id)")
	c.Flags().StringVar(&by, "by", login, "who gives it out: a login, never a name")
	return c
}

func feedList(sh *shell) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the addresses that work, without the addresses",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withBook(c.Context(), func(b *rota.Book) error {
				feeds, err := b.Feeds(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return sh.json(feeds)
				}
				rows := [][]string{{"ID", "OF", "GIVEN OUT", "BY"}}
				for _, f := range feeds {
					rows = append(rows, []string{f.ID, strings.TrimSpace(f.Of.Person + " " + f.Of.Team), f.At.UTC().Format(time.RFC3339), f.Who})
				}
				return sh.table(rows)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func feedRevoke(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Make an address nobody's, at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return sh.withBook(c.Context(), func(b *rota.Book) error {
				if err := b.RevokeFeed(c.Context(), args[0]); err != nil {
					return fmt.Errorf("%w: plan feed list shows the ids", err)
				}
				fmt.Fprintln(sh.stdout, "revoked")
				return nil
			})
		},
	}
}
